"""Try every page in a browser that has no Python, and measure how long a reader waits there.

    python -m benchmarks.lite [--write] [NOTEBOOK ...]      (make site-test)

Builds the course for JupyterLite with an interpreter of its own (``pyodide.py``), serves it on
loopback, and opens each page in a Chromium that has never been there and reaches no other host: Run
All, one slider of each explorer dragged, each exercise answered wrong and right. ``--write`` puts
the table into ``benchmarks/README.md``. Exit status 1 when anything fails.
"""

import argparse
import contextlib
import functools
import http.server
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from benchmarks import pyodide, report
from tools import course, lite

lab = course.lab()
HOST = "127.0.0.1"
STEPS = 8  # of a slider

# The kernel answers in turn: once this is done, so is all that was asked before.
ASK = """async code => {
  const session = jupyterapp.shell.currentWidget.context.sessionContext;
  await session.ready;
  const future = session.session.kernel.requestExecute({code, store_history: false});
  let said = '';
  future.onIOPub = ({content}) => { said += content.text ?? content.evalue ?? ''; };
  await future.done;
  return said;
}"""

# What no reader should see.
FAULTS = """() => jupyterapp.shell.currentWidget.content.model.toJSON().cells.flatMap((cell, k) =>
  (cell.outputs ?? []).filter(out => out.output_type === 'error' || out.name === 'stderr')
    .map(out => `cell ${k}: ${out.evalue ?? out.text}`))"""

# Every exercise of a page: its first slip must be named, its solution be right.
JUDGE = """
import exercises
from exercises.slips import load
try:
    _all = load({page!r})
except ValueError:
    _all = {{}}
for _n, _e in _all.items():
    _wrong, _right = exercises.verdict(_n, _e.make(_e.known[0][1])), exercises.verdict(_n, _e.truth)
    if _wrong.done or not _wrong.slips or not _right.done:
        print("exercise", _n, "|", _wrong.words, "|", _right.words)
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the types that a browser insists on, and no word on each."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm",
        ".json": "application/json", ".whl": "application/zip",
    }  # fmt: skip

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(folder):
    """Serve a folder on loopback; give its address."""
    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()


class Page(lab.Notebook):
    """A notebook in JupyterLite; ``foreign`` is what it asked of other hosts."""

    def __init__(self, context, url, name):
        super().__init__(None, context.new_page(), name)
        self.foreign = []
        context.on("request", self._note)
        self.page.set_default_timeout(300_000)
        self.page.goto(f"{url}/lab/index.html?path=notebooks/{name}", wait_until="commit")
        self.wait_until_drawn()

    def _note(self, request):
        where = urlsplit(request.url)
        if where.scheme.startswith("http") and where.hostname != HOST:
            self.foreign.append(request.url)

    def ask(self, code=""):
        """Run code in the kernel; return what it prints."""
        return self.page.evaluate(ASK, code)

    def settle(self):
        self.ask()
        self.page.evaluate("() => course.still()")

    def session(self):
        return None  # a kernel ends with its window


def moved(page, slider, image, move):
    """Move a slider; return the milliseconds to a new picture, None if none comes or it stood."""
    before, place, start = image.get_attribute("src"), lab.place(slider), time.perf_counter()
    move()
    if lab.place(slider) == place:
        return None
    page.page.wait_for_function(
        "([image, before]) => image.src !== before && image.complete",
        arg=[image, before], timeout=30_000,
    )  # fmt: skip
    return 1e3 * (time.perf_counter() - start)


def dragged(page, explorer):
    """Drag an explorer's first slider along, then press a key; return the milliseconds of each."""
    mouse = page.page.mouse
    image = explorer.area.locator("img.widget-image").element_handle()
    slider = explorer.area.get_by_role("slider", name=re.compile(".")).first
    slider.scroll_into_view_if_needed()
    page.settle()
    bar = slider.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]").bounding_box()
    handle = slider.bounding_box()
    y = handle["y"] + handle["height"] / 2
    mouse.move(handle["x"] + handle["width"] / 2, y)
    mouse.down()
    xs = [bar["x"] + bar["width"] * step / STEPS for step in range(STEPS + 1)]
    took = [moved(page, slider, image, lambda x=x: mouse.move(x, y)) for x in xs]
    mouse.up()
    return [*filter(None, took)], moved(page, slider, image, lambda: slider.press("ArrowLeft"))


class Watch:
    """Seconds, and how many of them the pages of a browser were computing, since the last look."""

    def __init__(self, chrome):
        self.devtools = chrome.new_browser_cdp_session()
        self.before = self._now()

    def _now(self):
        processes = self.devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        cpu = sum(one["cpuTime"] for one in processes if one["type"] == "renderer")
        return time.perf_counter(), cpu

    def look(self):
        """Return a cell of the table."""
        now, before = self._now(), self.before
        self.before = now
        return " | ".join(f"{b - a:.0f}" for a, b in zip(before, now, strict=True))


def measure(chrome, url, name):
    """Try one page; return its line of the table and what failed."""
    context = chrome.new_context(viewport={"width": 1300, "height": 1000})
    context.add_init_script(path=course.ROOT / "tests" / "browser" / "lab.js")
    watch, start = Watch(chrome), time.perf_counter()
    with Page(context, url, name) as page:
        drawn = time.perf_counter() - start
        page.ask()
        ready = watch.look()
        page.run_all(timeout=1200)
        ran = watch.look()
        faults = page.page.evaluate(FAULTS)
        steps = []
        for explorer in page.explorers():
            took, key = dragged(page, explorer)
            steps += took
            if not (took and key):
                faults.append(f"{explorer.name}: dragged {took}, key {key} ms: it stands still")
        watch.look()
        faults += filter(None, page.ask(JUDGE.format(page=name[:2])).splitlines())
        judged = watch.look()
        faults += [f"asked {address}" for address in page.foreign]
    step = f"{statistics.median(steps):.0f}" if steps else ""
    return f"| {name[:2]} | {drawn:.0f} | {ready} | {ran} | {step} | {judged} |", faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="file names; default: all")
    parser.add_argument("--site", type=Path, help="a folder that was built before")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    options = parser.parse_args()
    lines = [
        report.machine("ipywidgets", "playwright"),
        "",
        "| page | drawn, s | kernel, s | computing | Run All, s | computing | slider step, ms "
        "| exercises, s | computing |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    failed = 0
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        site = options.site or Path(temporary) / "lite"
        if not options.site:
            pyodide.assemble(Path(temporary) / "pyodide")
            lite.build(site, Path(temporary) / "pyodide")
        launch = lab.chromium()
        launch["args"] += [f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}"]
        with serve(site) as url:
            print("\n".join(lines[2:]), flush=True)
            for path in course.paths():
                if options.notebooks and path.name not in options.notebooks:
                    continue
                chrome = playwright.chromium.launch(**launch)
                try:
                    line, faults = measure(chrome, url, path.name)
                except Exception as error:  # whatever ends one page, the others are tried
                    line, faults = f"| {path.stem} | FAILED |", [str(error)[:300]]
                chrome.close()
                lines.append(line)
                print("\n".join([line, *(f"    {fault}" for fault in faults)]), flush=True)
                failed += bool(faults)
    if options.write:
        report.write("lite", lines)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
