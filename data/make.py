"""Make files of ``data/`` again, byte for byte; ``data/README.md`` says what each of them needs.

    python data/make.py digits.npy first_names.csv elnino.csv      from other packages' files
    python data/make.py torch_lstm.npz                             a pass of PyTorch's nn.LSTM
    python data/make.py models/names_rnn.npz models/recall.npz     the pages' own training cells
        [--to FOLDER]                                                 elsewhere, to compare

Nothing is downloaded, and of the packages only files are read. All files named are made before any
is written: what is missing leaves the folder as it was.
"""

import argparse
import csv
import functools
import gzip
import hashlib
import io
import json
import os
from importlib import metadata
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = {"scikit-learn": "1.9.1", "names": "0.3.0", "statsmodels": "0.15.0", "torch": "2.13.0"}


def installed(package, path=""):
    """Return the place of a file that ``package`` installed, or leave with a sentence."""
    wanted = VERSIONS[package]
    try:
        found = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        wrong = "is not installed"
    else:
        if found.version.split("+")[0] == wanted:
            return Path(found.locate_file(path))
        wrong = f"has version {found.version}"
    raise SystemExit(
        f"The package {package} {wrong}, but this file is made from its version {wanted}; install "
        "what data/README.md names, then run this script again."
    )


def digits():
    """Pack the digits as uint8, shape (1797, 65): 64 pixels row by row (0..16), the label."""
    text = gzip.open(installed("scikit-learn", "sklearn/datasets/data/digits.csv.gz"))
    packed = io.BytesIO()
    table = np.loadtxt(text, delimiter=",").astype(np.uint8)
    np.lib.format.write_array(packed, table, version=(1, 0), allow_pickle=False)
    return packed.getvalue()


def first_names():
    """Join the women's and the men's list: a row per name, its percentage in each."""
    shares = {}
    for sex in ("female", "male"):
        for line in installed("names", f"names/dist.{sex}.first").read_text("ascii").splitlines():
            name, percent, _cumulative, _rank = line.split()
            shares.setdefault(name.lower(), {})[sex] = percent
    rows = [(name, s.get("female", ""), s.get("male", "")) for name, s in shares.items()]
    return written([("name", "female", "male"), *sorted(rows)])


def el_nino():
    """Copy the temperatures, a row per year, in the two decimals they were published in."""
    text = installed("statsmodels", "statsmodels/datasets/elnino/elnino.csv").read_text("ascii")
    header, *rows = csv.reader(io.StringIO(text))
    body = [[year, *(f"{float(t):.2f}" for t in months)] for year, *months in rows]
    return written([[name.lower() for name in header], *body])


def written(rows):
    """Return rows as the bytes of a CSV file with plain newlines on every system."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("ascii")


def torch_lstm(H=3, D=2, T=4, B=2):
    """Run PyTorch's nn.LSTM once, time-major, in float64; keep all that went in and came out.

    PyTorch's names without _l0, ``d_`` before one for the gradient of L = Σ upstream · h.
    """
    installed("torch")
    import torch

    torch.manual_seed(0)
    layer = torch.nn.LSTM(D, H, dtype=torch.float64)
    inputs = {"x": (T, B, D), "h_0": (1, B, H), "c_0": (1, B, H)}
    given = {k: torch.randn(s, dtype=torch.float64, requires_grad=True) for k, s in inputs.items()}
    upstream = torch.randn(T, B, H, dtype=torch.float64)
    h, (h_T, c_T) = layer(given["x"], (given["h_0"], given["c_0"]))
    h.backward(upstream)
    leaves = given | {name.removesuffix("_l0"): w for name, w in layer.named_parameters()}
    arrays = leaves | {"upstream": upstream, "h": h, "h_T": h_T, "c_T": c_T}
    arrays |= {f"d_{name}": leaf.grad for name, leaf in leaves.items()}
    return archive({name: array.detach().numpy() for name, array in arrays.items()})


def trained_on(page):
    """Run a page from its top to its cell with ``TRAIN = False``, with True; keep its ``stored``.

    Weights are kept in float32, which halves the file; histories as they are.
    """
    os.environ |= {"MPLBACKEND": "agg", "COURSE_PROGRESS": "off"}
    cells = json.loads((ROOT / "notebooks" / page).read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    last = next(k for k, source in enumerate(sources) if "TRAIN = False" in source)
    namespace = {}
    for source in sources[: last + 1]:
        exec(compile(source.replace("TRAIN = False", "TRAIN = True", 1), page, "exec"), namespace)
    return archive({
        f"{group}/{name}": array if group == "history" else array.astype(np.float32)
        for group, arrays in namespace["stored"].items() for name, array in arrays.items()
    })  # fmt: skip


def archive(arrays):
    """Return arrays as the bytes of an NPZ file."""
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


FILES = {
    "digits.npy": digits,
    "first_names.csv": first_names,
    "elnino.csv": el_nino,
    "torch_lstm.npz": torch_lstm,
    "models/names_rnn.npz": functools.partial(trained_on, "09_character_models.ipynb"),
    "models/recall.npz": functools.partial(trained_on, "10_long_memory.ipynb"),
}


def main(arguments=None):
    """Make the files and say of each whether it is what was there before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", choices=FILES, metavar="FILE", help=", ".join(FILES))
    parser.add_argument("--to", type=Path, default=ROOT / "data", help="folder to write into")
    given = parser.parse_args(arguments)
    made = {name: FILES[name]() for name in given.files}
    for name, content in made.items():
        file = given.to / name
        before = file.read_bytes() if file.is_file() else None
        verdict = "new" if before is None else "same" if before == content else "CHANGED"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        print(
            f"{verdict:8}{name:21}{len(content):>8,} bytes  {hashlib.sha256(content).hexdigest()}"
        )


if __name__ == "__main__":
    main()
