"""The course in a real browser: JupyterLab on loopback, Chromium, and hands on the keyboard.

    with lab.serve() as server, lab.browse(server) as browser:
        with browser.open("03_softmax_and_cross_entropy.ipynb") as notebook:
            notebook.run_all()
            explorer = notebook.explorers()[0]
            explorer.area.get_by_role("slider").first.press("End")
            notebook.settle()
            print(explorer.name, explorer.line)

``serve`` copies the course into a temporary folder: the working tree and the user's Jupyter
settings are neither read nor written. Waiting is by condition, never by the clock.
"""

import contextlib
import ctypes
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("notebooks", "helpers", "exercises", "data", "images")
LINUX = sys.platform == "linux"

# What a reader's JupyterLab would ask or fetch of its own accord, and cells kept in the page while
# they are off screen, so that all of them can be looked at.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False, "confirmClosingDocument": False},
}


def chromium():
    """Return how Playwright launches the Chromium that is installed; SystemExit if there is none.

    It speaks to no one but the server; as root it has no sandbox to start.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("The browser tests need chromium on PATH. Install it: apt-get install chromium")
    as_root = hasattr(os, "geteuid") and not os.geteuid()
    return {"executable_path": path, "args": ["--disable-gpu"] + ["--no-sandbox"] * as_root}


def photograph(of, path, **options):
    """Keep a picture of a page, or of a part of it; not where COURSE_PHOTOGRAPHS is ``off``."""
    if os.environ.get("COURSE_PHOTOGRAPHS") != "off":
        of.screenshot(path=path, **options)


@dataclass
class Server:
    """A running JupyterLab: its address, its token and the copy of the course that it serves."""

    url: str
    token: str
    folder: Path

    def ask(self, path, method="GET"):
        """Return what the server's REST interface answers at ``path``."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")


@contextlib.contextmanager
def serve(source=ROOT, *, settings=None, timeout=180):
    """Serve a temporary copy of the course in ``source`` with a JupyterLab of its own.

    ``settings`` of JupyterLab, by plugin, are laid over ``SETTINGS``. RuntimeError, with the
    server's last words, when it does not answer within ``timeout`` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as temporary, socket.socket() as probe:
        home, token = Path(temporary), secrets.token_hex(16)
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        for part in filter(Path.is_dir, (source / name for name in PARTS)):
            shutil.copytree(part, home / "course" / part.name, ignore=ignored)
        for plugin, values in {**SETTINGS, **(settings or {})}.items():
            file = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        probe.bind(("127.0.0.1", 0))
        port, folder = probe.getsockname()[1], home / "course"
        probe.close()
        server = Server(f"http://127.0.0.1:{port}", token, folder)
        values = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "root_dir": folder}
        options = [f"--ServerApp.{name}={value}" for name, value in values.items()]
        options += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *options],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=_environment(home, source, token),
                # One that is killed outright cannot clean up; the system then ends the server.
                preexec_fn=(lambda: ctypes.CDLL(None).prctl(1, 15)) if LINUX else None,
            )  # fmt: skip
        try:
            limit, answered = time.monotonic() + timeout, False
            while not answered:
                if process.poll() is not None or time.monotonic() > limit:
                    words = (home / "log").read_text().splitlines()[-15:]
                    raise RuntimeError("\n".join(["JupyterLab did not answer; it said:", *words]))
                with contextlib.suppress(OSError):
                    answered = server.ask("status")
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()  # its kernels end with it
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:  # all is closed; it only collects its garbage
                process.kill()
                process.wait()


def _environment(home, source, token):
    """Return the server's environment: all that Jupyter writes goes below ``home``."""
    # Progress bars are part of what a reader sees; the settings of test runs are not.
    ours = {k: v for k, v in os.environ.items() if k not in ("COURSE_PROGRESS", "JUPYTER_PATH")}
    folders = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython",
        "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "MPLCONFIGDIR": "matplotlib",
        "PYTHONPATH": "course",  # the copy's helpers come before installed ones
    }  # fmt: skip
    return ours | {name: str(home / folder) for name, folder in folders.items()} | {
        "JUPYTER_CONFIG_PATH": str(source / "etc" / "jupyter"),  # as an installed course has it
        "JUPYTER_TOKEN": token, "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip


class Browser:
    """A browser that opens the notebooks of ``server`` in windows of Playwright's ``context``."""

    def __init__(self, server, context):
        self.server, self.context = server, context
        context.add_init_script(path=Path(__file__).with_name("lab.js"))

    def open(self, name, *, timeout=180):
        """Open ``notebooks/<name>`` and wait until all of it is drawn; its kernel may follow."""
        page = self.context.new_page()
        page.set_default_timeout(timeout * 1000)
        notebook = Notebook(self.server, page, name)
        workspace = f"{self.server.url}/lab/workspaces/{secrets.token_hex(4)}"
        query = f"?reset&token={self.server.token}"
        page.goto(f"{workspace}/tree/notebooks/{name}{query}", wait_until="commit")
        notebook.wait_until_drawn()
        return notebook


@contextlib.contextmanager
def browse(server, *, width=1300, height=1000):
    """Start Chromium; give a ``Browser`` whose windows have this size in CSS pixels."""
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(**chromium())
        yield Browser(server, chrome.new_context(viewport={"width": width, "height": height}))


class Notebook:
    """One notebook in its window. ``page`` is Playwright's page, for what is not here."""

    def __init__(self, server, page, name):
        self.server, self.page, self.name = server, page, name
        self.console = []  # messages of level error, and errors that no one caught
        page.on("console", lambda m: self.console.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    def session(self):
        """Return the server's session of this notebook, None if it has none."""
        of = {session["path"]: session for session in self.server.ask("sessions")}
        return of.get(f"notebooks/{self.name}")

    def close(self):
        """Close the window and end the notebook's kernel."""
        self.page.close()
        if session := self.session():
            self.server.ask(f"sessions/{session['id']}", "DELETE")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait_until_drawn(self):
        """Wait until every cell is there, its formulas set, its pictures and fonts loaded."""
        self.page.wait_for_function("() => window.course?.drawn()")
        self.page.evaluate("() => course.still()")

    def run_all(self, *, timeout=300):
        """Run every cell, as the menu's "Run All Cells" does."""
        self.command("notebook:run-all-cells", timeout)

    def command(self, name, timeout=300):
        """Execute a command of JupyterLab; TimeoutError when it takes longer than that."""
        self.page.wait_for_function("() => course.live()")
        if not self.page.evaluate(f"() => course.run('{name}', {timeout * 1000})"):
            raise TimeoutError(f"{self.name}: {name} did not end within {timeout} s.")
        self.settle()

    def settle(self):
        """Wait until the kernel has nothing to do, its answers are here and the page is drawn."""
        self.page.evaluate("() => course.answered().then(course.still)")

    def explorers(self):
        """Return the notebook's live explorers, from top to bottom."""
        areas = self.page.locator(".jp-OutputArea-output:has(img.widget-image)").all()
        return [Explorer(f"{self.name[:2]}-{n}", area) for n, area in enumerate(areas, start=1)]

    def run(self, cell, source):
        """Type ``source`` into a cell, run it, return its output's text."""
        cell.locator(".cm-content").fill(source)
        self.command("notebook:run-cell")
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def look(self):
        """Return what a reader sees now: see `sight` in lab.js."""
        return self.page.evaluate("() => course.sight()")

    def photograph(self, folder):
        """Photograph each screen, from top to bottom: 00.png, 01.png, ..."""
        for k in range(self.page.evaluate("() => course.screens()")):
            self.page.evaluate(f"() => course.scroll({k})")
            photograph(self.page, folder / f"{k:02d}.png")


def place(slider):
    """Return (lowest, here, highest) of a slider, exponents on a log slider; ARIA rounds them."""
    return slider.evaluate(
        """handle => { const bar = handle.closest('.noUi-target').noUiSlider;
             const {min, max} = bar.options.range; return [min, bar.get(true), max]; }"""
    )


@dataclass
class Explorer:
    """One live explorer; ``area`` is the locator in which to find its controls by their roles."""

    name: str
    area: object

    @property
    def line(self):
        """The line of text below the picture, or the error in its place."""
        return self.area.locator(".course-words").inner_text()

    def sha(self):
        """Return the SHA-1 of the picture's bytes, computed in the browser."""
        return self.area.locator("img.widget-image").evaluate("img => course.sha(img)")
