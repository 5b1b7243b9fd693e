"""The course in a real browser: JupyterLab on loopback, Chromium, and hands on the keyboard.

    with lab.serve() as server, lab.browse(server) as browser:
        notebook = browser.open("03_softmax_and_cross_entropy.ipynb")
        notebook.run_all()
        for explorer in notebook.explorers():
            print(explorer.name, explorer.line)
            for control in explorer.controls():
                for name, go in control.positions():
                    go()
                control.back()

``serve`` copies the course into a temporary folder and starts a JupyterLab of its own there: the
working tree and the user's Jupyter settings are neither read nor written. Waiting is by condition
(a picture that changed, a kernel that answered), never by the clock. Everything that was started
ends with its ``with`` block, or with this process.

Needs Chromium and the extra ``browser``: see ``chromium`` and ``browse`` for what is said if not.
"""

import base64
import contextlib
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COURSE = ("notebooks", "helpers", "data", "images")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# What a reader's JupyterLab would ask or fetch of its own accord, and cells kept in the page while
# they are off screen, so that all of them can be looked at.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {
        "fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True,
    },
    "docmanager-extension/plugin": {"autosave": False, "confirmClosingDocument": False},
}  # fmt: skip

# Chromium speaks to no one but the server; as root it has no sandbox to start.
SWITCHES = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip


class BrowserMissing(Exception):
    """Chromium or Playwright is not there; the message says how to install it."""


def chromium():
    """Return the path of an installed Chromium.

    Raises
    ------
    BrowserMissing
        When none of ``BROWSERS`` is on PATH.
    """
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise BrowserMissing(
        f"The browser tests need Chromium, and none of {', '.join(BROWSERS)} is on PATH. "
        "Install it with: apt-get install chromium"
    )


def _playwright():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise BrowserMissing(
            "The browser tests drive Chromium with Playwright's Python package, which is not "
            "installed. Install it with: pip install -e '.[browser]'"
        ) from error
    return sync_playwright()


# ---------------------------------------------------------------------------------- the server


@dataclass
class Server:
    """A running JupyterLab: its address, its token and the copy of the course that it serves."""

    url: str
    token: str
    folder: Path
    process: subprocess.Popen

    def ask(self, path, method="GET"):
        """Return what the server's REST interface answers at ``path``."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")


@contextlib.contextmanager
def serve(source=ROOT, *, settings=None, timeout=60):
    """Serve a temporary copy of the course in ``source`` with a JupyterLab of its own.

    Parameters
    ----------
    source : Path
        A folder that holds ``notebooks``, ``helpers`` and ``data``.
    settings : dict, optional
        JupyterLab settings by plugin, for instance ``{"notebook-extension/tracker":
        {"windowingMode": "full"}}``, laid over ``SETTINGS``.
    timeout : float
        Seconds in which the server must answer.

    Yields
    ------
    Server

    Raises
    ------
    RuntimeError
        When the server ends or does not answer in time; the message holds its last words.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as temporary:
        home = Path(temporary)
        folder = home / "course"
        for part in COURSE:
            if (Path(source) / part).exists():
                shutil.copytree(
                    Path(source) / part,
                    folder / part,
                    ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
                )
        for plugin, values in {**SETTINGS, **(settings or {})}.items():
            file = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        token, port = secrets.token_hex(16), _free_port()
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyterlab", "--no-browser"),
                    *(["--allow-root"] if hasattr(os, "geteuid") and not os.geteuid() else []),
                    "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={port}",
                    "--ServerApp.port_retries=0",
                    f"--ServerApp.root_dir={folder}",
                    "--LabApp.expose_app_in_browser=True",
                    "--LabApp.extension_manager=readonly",
                    "--LabApp.news_url=",
                ],
                cwd=folder,
                env=_environment(home, folder, token),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        server = Server(f"http://127.0.0.1:{port}", token, folder, process)
        try:
            _wait_for(server, home / "log", timeout)
            yield server
        finally:
            _end(process)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(home, folder, token):
    """Return the server's environment: all that Jupyter writes goes below ``home``."""
    private = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
    }
    # Progress bars are part of what a reader sees; the settings of test runs are not.
    ours = {k: v for k, v in os.environ.items() if k not in ("COURSE_PROGRESS", "JUPYTER_PATH")}
    ours |= {name: str(home / below) for name, below in private.items()}
    # The copy's helpers come before installed ones; one BLAS thread is enough for small matrices.
    return ours | {
        "JUPYTER_TOKEN": token,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _end_with_parent():
    # A process that is killed outright cannot clean up; the kernel of the system then does.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _wait_for(server, log, timeout):
    limit = time.monotonic() + timeout
    while server.process.poll() is None and time.monotonic() < limit:
        with contextlib.suppress(urllib.error.URLError, OSError):
            return server.ask("status")
        time.sleep(0.1)
    raise RuntimeError(
        f"JupyterLab did not answer within {timeout} s; its last words:\n"
        + "\n".join(log.read_text().splitlines()[-15:])
    )


def _end(process):
    """End the server, and with it its kernels; insist after ten seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --------------------------------------------------------------------------------- the browser


class Browser:
    """A Chromium with one window per opened notebook; ``browse`` makes it."""

    def __init__(self, server, context):
        self.server, self.context = server, context

    def open(self, name, *, timeout=60):
        """Open ``notebooks/<name>`` and wait until all of it is drawn; its kernel may follow."""
        if not (self.server.folder / "notebooks" / name).is_file():
            raise FileNotFoundError(f"The course has no notebook {name!r}; give its file name.")
        page = self.context.new_page()
        page.set_default_timeout(timeout * 1000)
        notebook = Notebook(self.server, page, name)
        page.goto(
            f"{self.server.url}/lab/workspaces/{secrets.token_hex(4)}/tree/notebooks/{name}"
            f"?reset&token={self.server.token}",
            wait_until="commit",
        )
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function("() => window.course.drawn()")
        notebook._settle_page()
        return notebook


@contextlib.contextmanager
def browse(server, *, width=1300, height=1000, scale=1):
    """Start Chromium; give a ``Browser`` that opens the notebooks of ``server``.

    ``width`` and ``height`` are the window's size in CSS pixels, ``scale`` the screen's pixels
    per CSS pixel.

    Raises
    ------
    BrowserMissing
        When Chromium or Playwright is not installed.
    """
    path = chromium()
    with _playwright() as playwright:
        root = hasattr(os, "geteuid") and not os.geteuid()
        chrome = playwright.chromium.launch(
            executable_path=path,
            args=SWITCHES + (["--no-sandbox"] if root else []),
            env={**os.environ, "XDG_CONFIG_HOME": str(server.folder.parent / "chromium")},
        )
        try:
            context = chrome.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            context.add_init_script(path=Path(__file__).with_name("lab.js"))
            yield Browser(server, context)
        finally:
            chrome.close()


# -------------------------------------------------------------------------------- the notebook


class Notebook:
    """One notebook in its window. ``page`` is Playwright's page, for what is not here."""

    def __init__(self, server, page, name):
        self.server, self.page, self.name = server, page, name
        self.console = []  # messages of level error, and errors that no one caught
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    def _listen(self, message):
        if message.type == "error":
            self.console.append(f"{message.text} [{message.location.get('url', '')}]")

    def close(self):
        """Close the window and end the notebook's kernel."""
        self.page.close()
        for session in self.server.ask("sessions"):
            if session["path"] == f"notebooks/{self.name}":
                self.server.ask(f"sessions/{session['id']}", "DELETE")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run_all(self, *, timeout=120):
        """Run every cell, as the menu's "Run All Cells" does; return the seconds it took."""
        self.page.wait_for_function("() => course.live()")
        start = time.monotonic()
        done = self.page.evaluate(
            "(ms) => Promise.race([course.run('notebook:run-all-cells').then(() => true),"
            " new Promise(r => setTimeout(() => r(false), ms))])",
            timeout * 1000,
        )
        if not done:
            raise TimeoutError(f"{self.name} did not run to its end within {timeout} s.")
        seconds = time.monotonic() - start
        self.settle()
        return seconds

    def settle(self):
        """Wait until the kernel has nothing to do, its answers are here and the page is drawn."""
        quiet = 0
        # Twice: what was held back while the kernel was busy is sent after its first answer.
        while quiet < 2:
            quiet = quiet + 1 if self.page.evaluate("() => course.ask()") == "idle" else 0
        self._settle_page()

    def _settle_page(self):
        self.page.evaluate(
            """async () => {
              await Promise.all([...document.querySelectorAll('.jp-Notebook img')].map(
                img => img.complete || img.decode().catch(() => 0)));
              await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
            }"""
        )

    # What a reader sees.

    def text(self):
        """Return the notebook's text as displayed, without the cells' source code."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(
              '.jp-MarkdownOutput, .jp-OutputArea-output')].map(e => e.innerText).join('\\n')"""
        )

    def prompts(self):
        """Return the code cells' prompts, such as ``[3]:``, ``[*]:`` or ``[ ]:``."""
        return [text.strip() for text in self.page.locator(".jp-InputPrompt").all_inner_texts()
                if text.strip()]  # fmt: skip

    def errors(self):
        """Return the errors that cells raised, such as "ValueError: …"."""
        return [f"{out['ename']}: {out['evalue']}" for out in self._outputs("error")]

    def stderr(self):
        """Return what cells wrote to stderr: warnings, and remains of progress bars."""
        return [text for text in self.streams("stderr") if text]

    def streams(self, name):
        """Return what cells wrote to stdout or stderr, one string per cell that did."""
        streams = [out for out in self._outputs("stream") if out["name"] == name]
        return ["".join(out["text"]) for out in streams]

    def _outputs(self, kind):
        return [out for out in self.page.evaluate("() => course.outputs()")
                if out["output_type"] == kind]  # fmt: skip

    def pictures(self):
        """Return the width in pixels of each picture that is displayed in an output."""
        return self.page.evaluate(
            "() => [...document.querySelectorAll('.jp-OutputArea-output img')]"
            ".map(img => img.naturalWidth).filter(width => width > 0)"
        )

    def broken_pictures(self):
        """Return the sources of the pictures, in outputs or prose, that show nothing."""
        return self.page.evaluate(
            "() => [...document.querySelectorAll('.jp-Notebook img')]"
            ".filter(img => !img.naturalWidth).map(img => img.src.slice(0, 100))"
        )

    def maths_errors(self):
        """Return the formulas that could not be set: in red, in an error box, or left as typed."""
        return self.page.evaluate("() => course.mathsErrors()")

    def too_wide(self):
        """Return the beginnings of cells, outputs and formulas that are wider than their place."""
        return self.page.evaluate("() => course.tooWide()")

    def explorers(self):
        """Return the notebook's live explorers, from top to bottom."""
        areas = self.page.locator(".jp-OutputArea-output:has(img.widget-image)")
        return [Explorer(self, areas.nth(k), k + 1) for k in range(areas.count())]

    # What a reader does.

    def cell(self, text):
        """Return the first code cell that contains ``text``."""
        return self.page.locator(".jp-CodeCell", has=self.page.get_by_text(text)).first

    def run(self, cell, source=None):
        """Type ``source`` into a cell (or leave it), run it, return its output's text."""
        cell.locator(".cm-content").click()
        if source is not None:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(source)
        self.page.wait_for_function("() => course.live()")
        self.page.evaluate("() => course.run('notebook:run-cell')")
        self.settle()
        outputs = cell.locator(".jp-OutputArea-output").all_inner_texts()
        return "\n".join(outputs).strip()

    def screenshots(self, folder, stem, *, height=1500):
        """Photograph the notebook from top to bottom, in slices; return the files' paths.

        ``height`` is a slice's height in CSS pixels.
        """
        folder.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        top = self.page.locator(".jp-Notebook").first.bounding_box()["y"]
        self.page.set_viewport_size({"width": size["width"], "height": int(top) + height + 30})
        self._settle_page()
        box = self.page.locator(".jp-Notebook").first.bounding_box()
        whole = self.page.evaluate(
            """() => { const outer = course.scroller(); outer.scrollTop = 0;
              const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
              return cells.at(-1).getBoundingClientRect().bottom
                     - outer.getBoundingClientRect().top; }"""
        )
        paths = []
        for k in range(-(-int(whole) // height)):
            at = self.page.evaluate(
                "async (y) => { const outer = course.scroller(); outer.scrollTop = y;"
                " await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"
                " return outer.scrollTop; }",
                k * height,
            )
            paths.append(folder / f"{stem}-{k:02d}.png")
            above = k * height - at  # the last slice cannot be scrolled to the window's top
            clip = {"x": box["x"], "y": box["y"] + above, "width": box["width"],
                    "height": min(height, whole - k * height + 10)}  # fmt: skip
            self.page.screenshot(path=str(paths[-1]), clip=clip)
        self.page.set_viewport_size(size)
        return paths


class Explorer:
    """One live explorer: its controls, its picture, the line of text below it."""

    def __init__(self, notebook, area, number):
        self.notebook, self.page, self.area = notebook, notebook.page, area
        self.name = f"{notebook.name[:2]}-{number}"
        self._image = area.locator("img.widget-image").first.element_handle()

    @property
    def line(self):
        """The line of text below the picture; starts with "ERROR" when the explorer failed."""
        alert = self.area.locator("[role=alert]")
        if alert.count():
            return f"ERROR {alert.first.inner_text()}"
        return self.area.locator("[role=status]").first.inner_text()

    def sha(self):
        """Return the SHA-1 of the picture's bytes, computed in the browser."""
        return self.page.evaluate("img => course.sha(img)", self._image)

    def picture(self):
        """Return the picture's bytes (PNG)."""
        return base64.b64decode(self.page.evaluate("img => course.bytes(img)", self._image))

    def wait(self, until, *, timeout=10):
        """Wait until ``until(sha)`` holds of the picture; return its SHA-1, or None if never."""
        limit = time.monotonic() + timeout
        while time.monotonic() < limit:
            if until(sha := self.sha()):
                return sha
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        return None

    def controls(self):
        """Return the controls in their order on the page."""
        found = self.area.locator(
            ".widget-slider, .jupyter-widget-slider, .widget-toggle-buttons,"
            " .widget-checkbox, .widget-play"
        )
        kinds = {"slider": Slider, "toggle-buttons": Buttons, "checkbox": Box, "play": Play}
        controls = []
        for k in range(found.count()):
            names = found.nth(k).get_attribute("class")
            kind = next(kind for key, kind in kinds.items() if f"widget-{key}" in names)
            controls.append(kind(self, found.nth(k)))
        return controls

    def screenshot(self, path):
        """Photograph the explorer as it is now."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.area.screenshot(path=str(path))


# -------------------------------------------------------------------------------- the controls


class Control:
    """One control of an explorer, moved by keyboard only."""

    def __init__(self, explorer, area):
        self.explorer, self.page, self.area = explorer, explorer.page, area

    @property
    def label(self):
        """The control's description, as displayed beside it."""
        labels = self.area.locator(".widget-label, .widget-label-basic").all_inner_texts()
        return next((text for label in labels if (text := label.strip(" \n\u200b"))), "")

    def focus(self):
        """Put the keyboard's focus on the control."""
        self._target().focus()

    def positions(self):
        """Yield (name, function that goes there) for each position to look at but the start."""
        raise NotImplementedError

    def back(self):
        """Return to where the control was when it was found."""
        raise NotImplementedError

    def press(self, key, times=1):
        """Press ``key`` on the control ``times`` times, as fast as a hand that holds it."""
        self.focus()
        for _ in range(times):
            self.page.keyboard.press(key)


class Slider(Control):
    """A slider; ``low``, ``high``, ``step`` and ``position`` are exponents on a log slider."""

    def __init__(self, explorer, area):
        super().__init__(explorer, area)
        bar = "el => el.querySelector('.noUi-target').noUiSlider"
        options = area.evaluate(f"el => ({bar})(el).options")
        self.low, self.high = options["range"]["min"], options["range"]["max"]
        self.step = options["step"]
        self._bar = bar
        self.start, self.shown = self.position, self.readout

    def _target(self):
        return self.area.locator(".noUi-handle")

    @property
    def position(self):
        """Where the handle is (the number, or its exponent on a log slider)."""
        return self.area.evaluate(f"el => ({self._bar})(el).get(true)")

    @property
    def readout(self):
        """The number displayed beside the slider."""
        return self.area.locator(".widget-readout").inner_text()

    def positions(self):
        """The highest and the lowest value."""
        if self.position != self.high:
            yield "end", lambda: self.press("End")
        if self.position != self.low:
            yield "home", lambda: self.press("Home")

    def back(self):
        """Return to the value that the slider had when it was found.

        By arrow keys, counted from where it is now; a start that lies between two steps cannot
        be reached so, and is typed into the readout.
        """
        steps = (self.start - self.position) / self.step
        from_low = (self.start - self.low) / self.step
        if abs(from_low - round(from_low)) > 1e-6:
            return self.type(self.shown)
        up, down = ("PageUp", "ArrowRight"), ("PageDown", "ArrowLeft")
        page, arrow = up if steps > 0 else down
        fives, ones = divmod(round(abs(steps)), 5)
        self.press(page, fives)
        self.press(arrow, ones)

    def type(self, number):
        """Type ``number`` into the readout."""
        self.area.locator(".widget-readout").focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(str(number))
        self.page.keyboard.press("Enter")


class Buttons(Control):
    """A row of buttons of which one is chosen."""

    def __init__(self, explorer, area):
        super().__init__(explorer, area)
        self.options = area.locator("button").all_text_contents()
        self.start = self.chosen

    def _target(self):
        return self.area.locator("button.mod-active")

    @property
    def chosen(self):
        """The number of the chosen button, from 0."""
        states = self.area.locator("button").evaluate_all(
            "all => all.map(e => e.classList.contains('mod-active'))"
        )
        return states.index(True)

    def positions(self):
        """Each button that is not chosen."""
        for number, option in enumerate(self.options):
            if number != self.start:
                yield option, lambda number=number: self.choose(number)

    def choose(self, number):
        """Walk to button ``number`` with Tab and press the space bar."""
        buttons = self.area.locator("button")
        buttons.first.focus()
        for _ in range(number):
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")

    def back(self):
        """Choose the button that was chosen when the row was found."""
        self.choose(self.start)


class Box(Control):
    """A check box."""

    def __init__(self, explorer, area):
        super().__init__(explorer, area)
        self.start = self.checked

    def _target(self):
        return self.area.locator("input[type=checkbox]")

    @property
    def checked(self):
        """Whether the box is ticked."""
        return self._target().is_checked()

    def positions(self):
        """The other state."""
        yield "unticked" if self.checked else "ticked", lambda: self.press("Space")

    def back(self):
        """Return to the state in which the box was found."""
        if self.checked != self.start:
            self.press("Space")


class Play(Control):
    """A play button, with the slider that it moves beside it."""

    def __init__(self, explorer, area):
        super().__init__(explorer, area)
        self._slider = Slider(explorer, area.locator("xpath=preceding-sibling::*[1]"))

    def _target(self):
        return self.area.locator("button").first

    @property
    def playing(self):
        """Whether it plays: the first button then shows the sign for a pause."""
        return self._target().locator(".fa-pause").count() > 0

    def positions(self):
        """Playing."""
        yield "playing", lambda: self.press("Space")

    def back(self):
        """Stop, and return the slider to where it was."""
        if self.playing:
            self.press("Space")
        self._slider.back()
