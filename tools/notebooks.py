"""Re-execute notebooks from clean kernels and store them in one settled form.

Usage: python -m tools.notebooks [NOTEBOOK ...]      (default: every notebook of the course)

Each notebook is run from top to bottom in a fresh kernel, in its own folder, and written back
with its outputs: execution counts 1..n, no widget state, no timings, no machine's traces. Of a
cell's metadata stay its tags, its place among slides, and the fold of a cell tagged hide-input. A
notebook whose settled form has not changed is not touched, so a second run changes nothing.
Exit status 1, with a sentence per notebook, when one fails; that notebook is left as it was.
"""

import argparse
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from tools import course

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MACHINE_TRACE = re.compile(r"0x[0-9a-f]{8,}|/home/|/root/|/tmp/|/Users/|[A-Z]:\\{1,2}Users")


def settle(notebook):
    """Bring an executed notebook into its stored form, in place.

    Raises
    ------
    ValueError
        When an output must not be stored: an error, a warning, or a trace of this machine.
    """
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(_kept(cell.metadata))
        cell.source = cell.source.rstrip()
    for count, cell in enumerate(course.code(notebook), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            _settle_output(output, count)


def _kept(metadata):
    """Return what is stored of a cell's metadata: tags, slides, and the fold of a hidden input."""
    kept = {key: metadata[key] for key in ("tags", "slideshow") if metadata.get(key)}
    if "hide-input" in kept.get("tags", []):  # one tag folds in JupyterLab and on a site alike
        kept["jupyter"] = {"source_hidden": True}
    return kept


def _settle_output(output, count):
    if output.output_type == "stream" and output.name == "stderr":
        raise ValueError(f"cell [{count}] writes to stderr: {output.text.strip()[:300]}")
    if output.output_type == "error":
        raise ValueError(f"cell [{count}] ends in {output.ename}: {output.evalue}")
    if "execution_count" in output:
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
    text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
    if trace := MACHINE_TRACE.search(text):
        raise ValueError(f"cell [{count}] prints {trace.group()!r}, which differs by machine.")


def refresh(path):
    """Execute and settle one notebook file; return a line that says what came of it.

    Raises
    ------
    ValueError
        When a cell fails, or prints what must not be stored. The file is left as it was.
    """
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    start = time.perf_counter()
    try:
        course.client(notebook, path.parent).execute()
        settle(notebook)
    except (CellExecutionError, ValueError) as error:
        raise ValueError(f"{path.name}: {str(error).strip()}") from None
    after = nbformat.writes(notebook, version=4) + "\n"
    seconds = time.perf_counter() - start
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")  # the same bytes on every system
    state = "unchanged" if after == before else "rewritten"
    return f"{path.name:<44}{state}   {seconds:5.1f} s   {len(after) // 1024:4d} KB"


def main():
    course.settle_environment()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the whole course")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks run at the same time")
    options = parser.parse_args()
    failed = False
    with ThreadPoolExecutor(options.jobs) as pool:
        notebooks = options.notebooks or course.paths(solutions=True)
        for run in [pool.submit(refresh, path) for path in notebooks]:
            try:
                print(run.result(), flush=True)
            except (ValueError, OSError) as error:
                failed = True
                print(error, file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
