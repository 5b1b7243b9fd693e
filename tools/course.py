"""What tests, tools and benchmarks all do: find, read, run and copy the course."""

import base64
import importlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"


def paths(*, solutions=False):
    """Return the notebooks of the course in order, then their solutions if these are asked for."""
    found = sorted(NOTEBOOKS.glob("*.ipynb"))
    return found + sorted(NOTEBOOKS.glob("solutions/*.ipynb")) if solutions else found


def read(path):
    """Return the notebook stored at ``path``."""
    return nbformat.read(path, as_version=4)


def code(notebook):
    """Return a notebook's code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    """Return the text of each markdown cell of a notebook."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def outputs(notebook):
    """Return all stored outputs of a notebook, in order."""
    return [output for cell in code(notebook) for output in cell.outputs]


def pictures(notebook):
    """Yield (number of its cell, its text, PIL image) for each stored picture of a notebook."""
    from PIL import Image

    for k, cell in enumerate(notebook.cells):
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            if stored := data.get("image/png"):
                picture = Image.open(io.BytesIO(base64.b64decode(stored))).convert("RGB")
                yield k, data["text/plain"], picture


def settle_environment():
    """Let this process and its kernels run the course as its tests do, with the helpers here."""
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["COURSE_PROGRESS"] = "off"  # a bar would leave its remains in stored outputs
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads would wait


def client(notebook, folder, *, timeout=120):
    """Return the client that runs a notebook in a fresh kernel, which starts in ``folder``."""
    made = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # one stream arrives cut at arbitrary places
    )
    made.extra_arguments = ["--log-level=40"]  # the kernel's own remarks are not the reader's
    return made


def copy(folder):
    """Copy every file that git knows or would add, as it is now, into ``folder``; return it.

    Raises
    ------
    subprocess.CalledProcessError
        When the course does not lie in a git repository.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    folder = Path(folder)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # a file deleted but not yet committed is still listed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def lab():
    """Return the module that drives JupyterLab; it lies beside the browser tests."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    return importlib.import_module("lab")
