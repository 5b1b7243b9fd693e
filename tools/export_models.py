"""Make data/models: run the pages' own training cells and keep the weights.

    python tools/export_models.py [NAME ...] [--to FOLDER]

A page's code is run from its top to the cell that begins with ``TRAIN = False``, with True for
False; that cell leaves a dict of dicts of arrays, ``stored``. Weights are kept in float32, which
halves the files; histories as they are.
"""

import argparse
import hashlib
import json
import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
PAGES = {"names_rnn": "09_character_models", "recall": "10_long_memory"}


def main():
    """Train on each page and write what it stored."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(PAGES), metavar="NAME")
    parser.add_argument("--to", type=Path, default=ROOT / "data" / "models")
    given = parser.parse_args()
    os.environ |= {"MPLBACKEND": "agg", "COURSE_PROGRESS": "off"}
    given.to.mkdir(parents=True, exist_ok=True)
    for name in given.names:
        path = given.to / f"{name}.npz"
        np.savez(path, **_flat(trained_on(ROOT / "notebooks" / f"{PAGES[name]}.ipynb")))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"models/{path.name}  {path.stat().st_size:,} bytes  {sha256}")


def trained_on(page):
    """Run a page's code as far as its training, all of it, and return ``stored``."""
    namespace = {}
    for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            before = "".join(cell["source"])
            source = before.replace("TRAIN = False", "TRAIN = True", 1)
            exec(compile(source, str(page), "exec"), namespace)
            if source != before:
                return namespace["stored"]
    raise SystemExit(f"{page.name} has no cell with TRAIN = False.")


def _flat(groups):
    return {
        f"{group}/{name}": array if group == "history" else array.astype(np.float32)
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }


if __name__ == "__main__":
    main()
