"""Measure in a browser how long a reader waits from key press to changed picture.

    python -m benchmarks.latency [NOTEBOOK ...] [--moves N] [--write]

Every explorer of the course, in JupyterLab and headless Chromium: an arrow key moves a slider, and
the clock runs from the key press to the first frame after the new picture has loaded. Beside it, in
the same page and kernel, an explorer that does nothing but move a dot, and the same figure through
plain ``ipywidgets.interact``: the same compute, the same drawing, a fresh inline figure at each
move. The kernel's share is timed in the kernel, by compute, draw (artists moved, rendered) and
encode (PNG). At last the slider moves 60 times within a second, as under a mouse: positions that
are stale by the time the kernel is free are skipped, and the last one must be drawn.

The aims: at most twice the time of the explorer that does nothing, and the first explorer of page
07 at least five times as fast as ``interact``. ``--write`` puts the table, and below it what falls
short, into ``benchmarks/README.md``. What fails is said in its row, the others go on, and the exit
status is 1. Needs Chromium and the extra ``browser``; ``make latency`` installs the latter.
"""

import argparse
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
NOT_DRAWN = "FAILED: the last was not drawn"

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
IDLE = """
def dot(fig):
    ax = fig.subplots()
    ax.set(xlim=(-1, 11), ylim=(-1, 1))
    (point,) = ax.plot([0], [0], "o", animated=True)
    def update(data):
        point.set_xdata([data["x"]])
        return f"x = {data['x']}"
    return update
idle = live.Explorer(lambda x: {"x": x}, dot, {"x": live.slider("x", 0, 10, 5, 1)})
idle._box.add_class("idle")
idle
"""
SHARES = """
import hashlib, json, math, statistics, time
def kernel_shares(explorer, rounds=40):
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        data = explorer.compute(**explorer.settings)
        computed = time.perf_counter()
        pixels, _ = explorer.paint(data)
        drawn = time.perf_counter()
        live._png(pixels)
        took.append((computed - start, drawn - computed, time.perf_counter() - drawn))
    return [1e3 * statistics.median(column) for column in zip(*took)]
print(json.dumps([kernel_shares(explorer) for explorer, _, _ in course_explorers]))
"""
# Where the first slider of an explorer stands, and the picture of that position drawn anew.
AT_REST = """
def at_rest(explorer):
    controls = (getattr(control, "slider", control) for control in explorer.controls.values())
    slider = next(control for control in controls if hasattr(control, "step"))
    place = math.log(slider.value, slider.base) if hasattr(slider, "base") else slider.value
    pixels, _ = explorer.paint(explorer.compute(**explorer.settings))
    return place, hashlib.sha1(live._png(pixels)).hexdigest()
print(json.dumps(at_rest(course_explorers[{number}][0])))
"""
WATCH = """// What this asks of the page, beside lab.js.
() => {
  // Call `then` for each picture that comes into `area`: one that has loaded there, or one that was
  // loaded before it was put there. Returns a function that ends it.
  const onPicture = (area, then) => {
    const put = new MutationObserver((changes) => changes.forEach(({addedNodes}) =>
      addedNodes.forEach((node) => { if (node.querySelector?.('img')?.complete) then(); })));
    put.observe(area, {childList: true, subtree: true});
    area.addEventListener('load', then, true);
    return () => { put.disconnect(); area.removeEventListener('load', then, true); };
  };
  Object.assign(window.course, {
    // Milliseconds from the next key press anywhere to the first frame after a picture has come
    // into `area`; null if none comes within `limit` milliseconds.
    latency: (area, limit) => {
      let pressed, stop;
      window.courseLatency = new Promise((resolve) => {
        const onKey = (event) => { pressed = event.timeStamp; };
        const finish = (ms) => {
          removeEventListener('keydown', onKey, true);
          stop();
          resolve(ms);
        };
        addEventListener('keydown', onKey, {capture: true, once: true});
        stop = onPicture(area, () => {
          if (pressed) requestAnimationFrame(() => finish(performance.now() - pressed));
        });
        setTimeout(() => finish(null), limit);
      });
    },
    // Count the pictures that come into `area` from now on, in `courseCount`.
    count: (area) => {
      window.courseStop?.();
      window.courseCount = 0;
      window.courseStop = onPicture(area, () => { window.courseCount += 1; });
    },
  });
}"""
ASK = """async (code) => {
  const session = jupyterapp.shell.currentWidget.context.sessionContext.session;
  const future = session.kernel.requestExecute({code});
  let said = '';
  future.onIOPub = (message) => { said += message.content.text ?? ''; };
  await future.done;
  return JSON.parse(said);
}"""


def prepared(path):
    """Return the notebook with the cells that the measurement needs, and its explorers' number."""
    notebook = course.read(path)
    count = sum(cell.source.count("live.Explorer(") for cell in notebook.cells)
    cells = [nbformat.v4.new_code_cell(BEFORE), *notebook.cells]
    added = [IDLE, PLAIN, *(f"plain({number})" for number in range(count))]
    notebook.cells = cells + [nbformat.v4.new_code_cell(source) for source in added]
    return notebook, count


def added(notebook, mark):
    """Return the output with this mark; it stands at the end, in cells that come and go."""
    area = notebook.page.locator(f".jp-OutputArea-output:has(> .{mark})")
    notebook.page.evaluate("() => { course.scroller().scrollTop = 1e9; }")
    for _ in range(20):
        notebook.settle()
        if area.count():
            return area
        notebook.page.evaluate("() => { course.scroller().scrollTop -= 400; }")
    raise RuntimeError(f"{notebook.name}: {mark} is not on the page.")


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


def dragged(notebook, explorer, slider, number, *, moves=60):
    """Move a slider ``moves`` times within a second, to and fro.

    Return how many pictures were drawn within a second, and whether the last position was.
    """
    page = notebook.page
    slider.press("Home")
    notebook.settle()
    page.evaluate("area => course.count(area)", explorer.area.element_handle())
    steps = slider.evaluate(
        """handle => { const {range, step} = handle.closest('.noUi-target').noUiSlider.options;
             return Math.round((range.max - range.min) / step); }"""
    )
    start = time.perf_counter()
    for move in range(moves):
        time.sleep(max(0.0, start + move / moves - time.perf_counter()))
        page.keyboard.press("ArrowLeft" if move // steps % 2 else "ArrowRight")
    took = time.perf_counter() - start
    notebook.settle()
    drawn = page.evaluate("() => window.courseCount") / took
    place, sha = page.evaluate(ASK, AT_REST.format(number=number))
    return drawn, abs(lab.place(slider)[1] - place) < 1e-6 and sha == explorer.sha()


def measure(browser, path, *, moves):
    """Yield one line of the table for each explorer of a notebook."""
    prepared_notebook, count = prepared(path)
    nbformat.write(prepared_notebook, browser.server.folder / "notebooks" / path.name)
    with browser.open(path.name) as notebook:
        notebook.run_all(timeout=240)
        notebook.page.evaluate(WATCH)
        notebook.page.evaluate("() => { course.scroller().scrollTop = 1e9; }")
        notebook.settle()
        kernel = notebook.page.evaluate(ASK, SHARES)
        area = added(notebook, "idle")
        nothing = waits(notebook, area, area.get_by_role("slider").first, moves=moves)
        nothing = statistics.median(nothing)
        for number, explorer in enumerate(notebook.explorers()[:count]):
            explorer.area.scroll_into_view_if_needed()
            slider = explorer.area.get_by_role("slider").first
            ours = waits(notebook, explorer.area, slider, moves=moves)
            area = added(notebook, f"plain-{number}")
            theirs = waits(notebook, area, area.locator(".noUi-handle").first, moves=moves)
            explorer.area.scroll_into_view_if_needed()
            drawn, last = dragged(notebook, explorer, slider, number)
            a = statistics.median(ours)
            b = statistics.median(theirs) if theirs else float("nan")  # it showed no picture
            compute, draw, encode = kernel[number]
            yield (
                f"| {explorer.name} | {a:.0f} | {nothing:.0f} | {a / nothing:.1f} | {b:.0f} | "
                f"{b / a:.1f} | "
                f"{compute + draw + encode:.1f} | {compute:.1f} | {draw:.1f} | {encode:.1f} | "
                f"{drawn:.0f}{'' if last else ', ' + NOT_DRAWN} |"
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
        "| explorer | ours, ms | nothing, ms | ours / nothing | `interact`, ms | times as fast "
        "| kernel, ms | compute | draw | encode | pictures a second |",
        "|---|" + "---:|" * 10,
    ]
    print("\n".join(lines[2:]))
    as_readers_have_it = {"notebook-extension/tracker": {}}  # JupyterLab's own way with long pages
    with lab.serve(settings=as_readers_have_it) as server, lab.browse(server) as browser:
        for path in paths:
            rows = measure(browser, path, moves=options.moves)
            while line := next_row(rows, path):
                print(line, flush=True)
                lines.append(line)
    short = list(shortfalls(lines))
    print(*short, sep="\n")
    if options.write:
        report.write("latency", [*lines, "", *short])
    return int(any("FAILED" in line for line in lines))


def shortfalls(lines):
    """Yield what of the table falls short of the aims, in words."""
    rows = [line.strip("| ").split(" | ") for line in lines if line[:4].strip("| ").isdecimal()]
    rows = [row for row in rows if len(row) > 5]
    slow = ", ".join(f"{row[0]} ({row[3]} times)" for row in rows if float(row[3]) > 2)
    yield f"*More than twice the time of an explorer that does nothing: {slow or 'none'}.*"
    for name, *_, times in (row[:6] for row in rows if row[0] == "07-1"):
        held = "at least five" if float(times) >= 5 else "**less than five**"
        yield f"*The flagship, {name}, is {times} times as fast as `interact`: {held}.*"


def next_row(rows, path):
    """Return the next line of a notebook's table, None after the last; a failure is a line too."""
    try:
        return next(rows, None)
    except Exception as error:  # whatever ends one notebook, the others are measured
        return f"| {path.stem[:2]} | FAILED: {' '.join(str(error).split())[:80]} |"


if __name__ == "__main__":
    sys.exit(main())
