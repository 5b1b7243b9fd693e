"""Re-execute notebooks from clean kernels and store them in one settled form.

Usage: python tools/notebooks.py [NOTEBOOK ...]      (default: every notebook of the course)

Each notebook is run from top to bottom in a fresh kernel, in its own folder, and written back
with its outputs: execution counts 1..n, no widget state, no timings, no machine's traces. A
notebook whose settled form has not changed is not touched, so a second run changes nothing.
Exit status 1, with a sentence per notebook, when one fails; that notebook is left as it was.
"""

import argparse
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MACHINE_TRACE = re.compile(r"0x[0-9a-f]{8,}|/home/|/root/|/tmp/|/Users/|[A-Z]:\\{1,2}Users")


def course():
    """Return the paths of all notebooks of the course and their solutions, in order."""
    folder = ROOT / "notebooks"
    return sorted(folder.glob("*.ipynb")) + sorted(folder.glob("solutions/*.ipynb"))


def execute(notebook, folder):
    """Run a notebook from top to bottom in a fresh kernel that starts in ``folder``."""
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.extra_arguments = ["--log-level=40"]  # the kernel's own remarks are not the reader's
    client.execute()


def settle(notebook):
    """Bring an executed notebook into its stored form, in place.

    Raises
    ------
    ValueError
        When an output must not be stored: an error, a warning, or a trace of this machine.
    """
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    )
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(_kept(cell.metadata))
        cell.source = cell.source.rstrip()
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = _merged(cell.outputs)
        for output in cell.outputs:
            _settle_output(output, count)


def _kept(metadata):
    """Return what is stored of a cell's metadata: tags, slides, and the fold of a hidden input."""
    kept = {key: metadata[key] for key in ("tags", "slideshow") if metadata.get(key)}
    if "hide-input" in kept.get("tags", []):  # one tag folds in JupyterLab and on a site alike
        kept["jupyter"] = {"source_hidden": True}
    return kept


def _merged(outputs):
    """Join neighbouring pieces of one stream, which arrive cut at arbitrary places."""
    kept = []
    for output in outputs:
        last = kept[-1] if kept else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            kept.append(output)
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
        execute(notebook, path.parent)
        settle(notebook)
    except CellExecutionError as error:
        raise ValueError(f"{path.name}: {str(error).strip()}") from None
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    after = nbformat.writes(notebook, version=4) + "\n"
    seconds = time.perf_counter() - start
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")  # the same bytes on every system
    state = "unchanged" if after == before else "rewritten"
    return f"{path.name:<44}{state}   {seconds:5.1f} s   {len(after) // 1024:4d} KB"


def main():
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads would wait
    os.environ["COURSE_PROGRESS"] = "off"  # a bar would leave its remains in stored outputs
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the whole course")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks run at the same time")
    options = parser.parse_args()
    failed = False
    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(refresh, path) for path in options.notebooks or course()]
        for run in runs:
            try:
                print(run.result(), flush=True)
            except (ValueError, OSError) as error:
                failed = True
                print(error, file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
