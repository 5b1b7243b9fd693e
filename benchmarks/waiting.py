"""Measure where a reader or contributor waits: imports, opening, Run All, the tests.

    python -m benchmarks.waiting [--write] [imports] [opening] [notebooks] [tests]

Without names all four parts are measured; opening needs Chromium and the extra ``browser``.
``--write`` puts the tables into ``benchmarks/README.md``. Exit status 0, whatever the times.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import nbformat

from benchmarks import report
from tools import course

ROOT = course.ROOT
NUMBERS = "gradcheck, graph, layers, rnn, lstm, spectra, training, data"
STARTS = {
    "numpy": "import numpy",
    "all modules of numbers": f"from helpers import {NUMBERS}",
    "`exercises`": "import exercises",
    "`helpers.live`": "from helpers import live",
    "`helpers.live` and a first picture": """
from helpers import draw, live, style
import matplotlib.pyplot as plt
style.use()
fig, ax = plt.subplots()
ax.plot([0, 1])
draw.png(fig)
""",
}
AIMS = {"start": 0.4, "run": 10.0}  # s, of helpers.live and a first picture, and of Run All


def _python(code):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return time.perf_counter() - start


def imports(*, rounds=7):
    """Yield a table: milliseconds that each import adds to starting Python."""
    yield "| import | ms |"
    yield "|---|---:|"
    codes = {"": "pass", **STARTS}
    took = {name: min(_python(code) for _ in range(rounds)) for name, code in codes.items()}
    for name in STARTS:
        yield f"| {name} | {1e3 * (took[name] - took['']):.0f} |"
    yield from _aim("A first picture", took[name] - took[""], AIMS["start"])


def opening(*, rounds=5):
    """Yield a table: seconds until JupyterLab answers, and until a notebook is drawn in it."""
    lab, empty = course.lab(), "empty.ipynb"
    ready, took = [], {"00_start_here.ipynb": ([], []), empty: ([], [])}
    as_readers_have_it = {"notebook-extension/tracker": {}}
    for _ in range(rounds):
        start = time.perf_counter()
        with lab.serve(settings=as_readers_have_it) as server:
            ready.append(time.perf_counter() - start)
            nbformat.write(nbformat.v4.new_notebook(), server.folder / "notebooks" / empty)
            for name, times in took.items():
                with lab.browse(server) as browser:  # a new browser, which has nothing kept
                    for seconds in times:
                        start = time.perf_counter()
                        with browser.open(name):
                            seconds.append(time.perf_counter() - start)
    yield "| opening | first time, s | again, s |"
    yield "|---|---:|---:|"
    yield f"| JupyterLab answers | {statistics.median(ready):.1f} | |"
    for name, times in took.items():
        first, again = (statistics.median(seconds) for seconds in times)
        words = "an empty notebook" if name == empty else f"`{name}`"
        yield f"| {words} is drawn | {first:.1f} | {again:.1f} |"


def notebooks():
    """Yield a table: seconds of Run All, by kernel start, first import, and the dearest cells."""
    yield "| notebook | Run All, s | kernel start | imports | dearest cells, s |"
    yield "|---|---:|---:|---:|---|"
    whole = {}
    for path in course.paths():
        notebook = course.read(path)
        client = course.client(notebook, path.parent, timeout=300)
        start, took = time.perf_counter(), {}
        with client.setup_kernel():
            ready = time.perf_counter()
            for k, cell in enumerate(notebook.cells):
                before = time.perf_counter()
                client.execute_cell(cell, k)
                if cell.cell_type == "code":
                    took[len(took) + 1] = time.perf_counter() - before
            end = time.perf_counter()
        first, *_ = took.values()
        dearest = Counter({f"[{k}]": t for k, t in took.items() if k > 1}).most_common(3)
        cells = ", ".join(f"{name} {t:.1f}" for name, t in dearest)
        yield f"| {path.stem} | {end - start:.1f} | {ready - start:.1f} | {first:.1f} | {cells} |"
        whole[path.stem] = end - start
    yield from _aim("The slowest Run All", max(whole.values()), AIMS["run"])


def tests():
    """Yield a table: seconds of each part of the tests, the dearest first; then on all cores."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        whole = _pytest(f"--junitxml={results}")
        parts, counts = Counter(), Counter()
        for case in ElementTree.parse(results).iter("testcase"):
            part = case.get("classname", "").removeprefix("tests.")
            part = "notebooks.solutions" if part.startswith("notebooks.solutions") else part
            parts[part] += float(case.get("time"))
            counts[part] += 1
    yield "| part of the tests | tests or cells | s |"
    yield "|---|---:|---:|"
    for part, took in parts.most_common():
        if took >= 0.5:
            yield f"| {part} | {counts[part]} | {took:.1f} |"
    small = sum(took for took in parts.values() if took < 0.5)
    yield f"| the rest | | {small:.1f} |"
    yield f"| starting, collecting, kernels | | {whole - sum(parts.values()):.1f} |"
    yield f"| **all, one after another (`pytest`)** | {sum(counts.values())} | **{whole:.0f}** |"
    cores = _pytest("-n", "auto", "--dist", "loadfile")
    yield f"| **all, on {os.cpu_count()} cores (`make test`)** | | **{cores:.0f}** |"


def _pytest(*how):
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *how]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _aim(what, took, aim):
    yield ""
    held = "within" if took <= aim else "**more than**"
    yield f"*{what} took {took:.1f} s, {held} the {aim:g} s aimed at.*"


PARTS = {"imports": imports, "opening": opening, "notebooks": notebooks, "tests": tests}


def main():
    course.settle_environment()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}, but {', '.join(sorted(unknown))} was given")
    lines = [report.machine("numpy", "matplotlib", "ipywidgets", "pytest")]
    for name in options.parts or PARTS:
        lines.append("")
        for line in PARTS[name]():
            print(line, flush=True)
            lines.append(line)
    if options.write:
        report.write("waiting", lines)


if __name__ == "__main__":
    main()
