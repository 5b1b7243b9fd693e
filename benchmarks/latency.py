"""Measure in a browser how long a reader waits from key press to changed picture.

    python -m benchmarks.latency [NOTEBOOK ...] [--moves N] [--write]

Every explorer of the course, in JupyterLab and headless Chromium: an arrow key moves a slider, and
the clock runs from the key press to the first frame after the new picture has loaded. Beside it, in
the same page and kernel, the same figure through plain ``ipywidgets.interact``: the same compute,
the same drawing, a fresh inline figure at each move. The kernel's share is timed in the kernel, by
compute, draw (artists moved, rendered) and encode (PNG). At last the slider moves 60 times within
a second, as under a mouse: positions that are stale by the time the kernel is free are skipped,
and the last one is drawn.

``--write`` puts the table into ``benchmarks/README.md``. What fails is said in its row, the others
go on, and the exit status is 1: a last position that was not drawn is a defect. Needs Chromium and
the extra ``browser``; ``make latency`` installs the latter.
"""

import argparse
import json
import statistics
import sys
import time

import nbformat

from benchmarks import report
from tools import course

lab = course.lab()

# Seconds between the last answer and the next key press: a hand does not press sooner, and what
# JupyterLab does of its own accord when the kernel falls idle is over by then.
PACE = 0.2

# The first cell remembers what each explorer was made of; the last ones use it.
BEFORE = """
from helpers import live
course_explorers = []
class Remembered(live.Explorer):
    def __init__(self, compute, picture, controls, *, size=(9.0, 4.0), note=""):
        super().__init__(compute, picture, controls, size=size, note=note)
        course_explorers.append((self, picture, size))
live.Explorer = Remembered
"""
PLAIN = """
def plain(number):
    explorer, picture, size = course_explorers[number]
    def draw(**settings):
        fig = plt.figure(figsize=size)
        update = picture(fig)
        update(explorer.compute(**settings))
        for artist in fig.findobj(lambda artist: artist.get_animated()):
            artist.set_animated(False)
        plt.show()
    copies = {}
    for name, control in explorer.controls.items():
        control = getattr(control, "slider", control)
        kept = ("min", "max", "step", "options", "base", "value", "description", "readout_format")
        values = {key: getattr(control, key) for key in kept if control.has_trait(key)}
        copies[name] = type(control)(**values)
    return ipywidgets.interactive(draw, **copies).add_class(f"plain-{number}")
import ipywidgets, matplotlib.pyplot as plt
"""
SHARES = """
import json, statistics, time
import numpy as np
def kernel_shares(explorer, rounds=40):
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        data = explorer.compute(**explorer.settings)
        computed = time.perf_counter()
        explorer._draw(data)
        drawn = time.perf_counter()
        live._png(np.asarray(explorer._canvas.buffer_rgba()))
        took.append((computed - start, drawn - computed, time.perf_counter() - drawn))
    return [1e3 * statistics.median(column) for column in zip(*took)]
print("SHARES", json.dumps([kernel_shares(explorer) for explorer, _, _ in course_explorers]))
"""


def prepared(path):
    """Return the notebook with the cells that the measurement needs, and its explorers' number."""
    notebook = course.read(path)
    count = sum(cell.source.count("live.Explorer(") for cell in notebook.cells)
    cells = [nbformat.v4.new_code_cell(BEFORE), *notebook.cells]
    cells += [nbformat.v4.new_code_cell(SHARES), nbformat.v4.new_code_cell(PLAIN)]
    cells += [nbformat.v4.new_code_cell(f"plain({number})") for number in range(count)]
    notebook.cells = cells
    return notebook, count


def plain(notebook, number):
    """Return the area of one `interact`; they stand at the end, in cells that come and go."""
    area = notebook.page.locator(f".jp-OutputArea-output:has(> .plain-{number})")
    notebook.page.evaluate("() => { course.scroller().scrollTop = 1e9; }")
    for _ in range(20):
        notebook.settle()
        if area.count():
            return area
        notebook.page.evaluate("() => { course.scroller().scrollTop -= 400; }")
    raise RuntimeError(
        f"{notebook.name}: the interact of explorer {number + 1} is not on the page."
    )


def waits(notebook, area, handle, *, moves):
    """Press arrow keys on a slider; return the milliseconds of each move that changed its area."""
    took, keys = [], ["ArrowRight", "ArrowLeft"]
    handle.scroll_into_view_if_needed()
    notebook.settle()
    node = area.element_handle()
    for move in range(moves + 2):  # the first two warm up
        notebook.settle()
        handle.focus()
        time.sleep(PACE)
        notebook.page.evaluate("([area, ms]) => course.latency(area, ms)", [node, 2000])
        notebook.page.keyboard.press(keys[move % 2])
        took.append(notebook.page.evaluate("() => window.courseLatency"))
    return [ms for ms in took[2:] if ms is not None]


def dragged(notebook, explorer, slider, *, moves=60):
    """Move a slider 60 times, a second long, to and fro; return the pictures drawn a second.

    Raises
    ------
    AssertionError
        When the picture at rest is not that of the last position.
    """
    page = notebook.page
    slider.press("Home")
    notebook.settle()
    page.evaluate("area => course.count(area)", explorer.area.element_handle())
    steps = round((slider.high - slider.low) / slider.step)
    start = time.perf_counter()
    for move in range(moves):
        time.sleep(max(0.0, start + move / 60 - time.perf_counter()))
        page.keyboard.press("ArrowLeft" if move // steps % 2 else "ArrowRight")
    took = time.perf_counter() - start
    notebook.settle()
    drawn, last = page.evaluate("() => window.courseCount"), explorer.sha()
    for key in ("End", "Home"):  # away from here, and back to it
        slider.press(key)
        notebook.settle()
    slider.press("ArrowRight", steps - abs(steps - moves % (2 * steps)))
    notebook.settle()
    assert explorer.sha() == last, "the last position was not drawn"
    return round(drawn / took)


def measure(browser, path, *, moves):
    """Yield one line of the table for each explorer of a notebook."""
    prepared_notebook, count = prepared(path)
    nbformat.write(prepared_notebook, browser.server.folder / "notebooks" / path.name)
    with browser.open(path.name) as notebook:
        notebook.run_all(timeout=240)
        notebook.page.evaluate("() => { course.scroller().scrollTop = 1e9; }")
        notebook.settle()
        said = "\n".join(notebook.streams("stdout"))
        kernel = json.loads(said.split("SHARES", 1)[1].splitlines()[0])
        for number, explorer in enumerate(notebook.explorers()[:count]):
            explorer.area.scroll_into_view_if_needed()
            slider = next(c for c in explorer.controls() if isinstance(c, lab.Slider))
            ours = waits(notebook, explorer.area, slider._target(), moves=moves)
            slider.back()
            area = plain(notebook, number)
            theirs = waits(notebook, area, area.locator(".noUi-handle").first, moves=moves)
            explorer.area.scroll_into_view_if_needed()
            try:
                drawn = dragged(notebook, explorer, slider)
            except AssertionError as error:
                drawn = f"FAILED: {error}"
            a = statistics.median(ours)
            b = statistics.median(theirs) if theirs else float("nan")  # it showed no picture
            compute, draw, encode = kernel[number]
            yield (
                f"| {path.stem[:2]}-{number + 1} | {a:.0f} | {b:.0f} | {b / a:.1f} | "
                f"{compute + draw + encode:.1f} | {compute:.1f} | {draw:.1f} | {encode:.1f} | "
                f"{drawn} |"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="file names; default: all with explorers")
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    options = parser.parse_args()
    paths = [
        path
        for path in course.paths()
        if "live.Explorer(" in path.read_text(encoding="utf-8")
        and (not options.notebooks or path.name in options.notebooks)
    ]
    lines = [
        report.machine("jupyterlab", "ipywidgets", "matplotlib", "numpy"),
        "",
        "| explorer | ours, ms | `interact`, ms | times as fast | kernel, ms | compute | draw "
        "| encode | pictures a second |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines[2:]))
    as_readers_have_it = {"notebook-extension/tracker": {}}  # JupyterLab's own way with long pages
    with lab.serve(settings=as_readers_have_it) as server, lab.browse(server) as browser:
        for path in paths:
            rows = measure(browser, path, moves=options.moves)
            while line := next_row(rows, path):
                print(line, flush=True)
                lines.append(line)
    if options.write:
        report.write("latency", lines)
    return int(any("FAILED" in line for line in lines))


def next_row(rows, path):
    """Return the next line of a notebook's table, None after the last; a failure is a line too."""
    try:
        return next(rows, None)
    except Exception as error:  # whatever ends one notebook, the others are measured
        return f"| {path.stem[:2]} | FAILED: {' '.join(str(error).split())[:80]} |"


if __name__ == "__main__":
    sys.exit(main())
