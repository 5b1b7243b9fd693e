"""Make the three files in ``data/`` again, byte for byte, from installed Python packages.

The course does not need these packages; install them in an environment of their own
(``data/README.md`` has the command). Nothing is downloaded and none of them is imported: the
script only reads data files that they install.

    python tools/export_data.py              # write into data/
    python tools/export_data.py --to FOLDER  # write elsewhere, to compare
"""

import argparse
import csv
import gzip
import hashlib
import io
from importlib import metadata
from pathlib import Path

import numpy as np

VERSIONS = {"scikit-learn": "1.9.1", "names": "0.3.0", "statsmodels": "0.15.0"}


def source(package, path):
    """Return the bytes of a file that ``package`` installed, or leave with a sentence."""
    wanted = VERSIONS[package]
    try:
        installed = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        wrong = "is not installed"
    else:
        file = Path(installed.locate_file(path))
        if installed.version == wanted and file.is_file():
            return file.read_bytes()
        wrong = f"has version {installed.version}"
        if installed.version == wanted:
            wrong = f"{wanted} is installed without {path}"
    raise SystemExit(
        f"The package {package} {wrong}, but the data is exported from its version {wanted}; "
        "install the packages that data/README.md names, then run this script again."
    )


def digits():
    """Pack the digits as uint8, shape (1797, 65): 64 pixels row by row (0..16), the label."""
    text = gzip.decompress(source("scikit-learn", "sklearn/datasets/data/digits.csv.gz"))
    table = np.loadtxt(io.BytesIO(text), delimiter=",").astype(np.uint8)
    packed = io.BytesIO()
    np.lib.format.write_array(packed, table, version=(1, 0), allow_pickle=False)
    return packed.getvalue()


def first_names():
    """Join the women's and the men's list: a row per name, its percentage in each."""
    shares = {}
    for sex in ("female", "male"):
        for line in source("names", f"names/dist.{sex}.first").decode("ascii").splitlines():
            name, percent, _cumulative, _rank = line.split()
            shares.setdefault(name.lower(), {})[sex] = percent
    rows = [(name, s.get("female", ""), s.get("male", "")) for name, s in shares.items()]
    return written([("name", "female", "male"), *sorted(rows)])


def el_nino():
    """Copy the temperatures, a row per year, in the two decimals they were published in."""
    text = source("statsmodels", "statsmodels/datasets/elnino/elnino.csv").decode("ascii")
    header, *rows = csv.reader(io.StringIO(text))
    body = [[year, *(f"{float(t):.2f}" for t in months)] for year, *months in rows]
    return written([[name.lower() for name in header], *body])


def written(rows):
    """Return rows as the bytes of a CSV file with plain newlines on every system."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("ascii")


def main(arguments=None):
    """Export all three files and say of each whether it is what was there before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parents[1] / "data"
    parser.add_argument("--to", type=Path, default=default, help="folder to write into")
    folder = parser.parse_args(arguments).to
    # All three are made before any is written: a missing package leaves the folder as it was.
    files = {"digits.npy": digits(), "first_names.csv": first_names(), "elnino.csv": el_nino()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file, sha256 = folder / name, hashlib.sha256(content).hexdigest()
        before = file.read_bytes() if file.is_file() else None
        verdict = "new" if before is None else "same" if before == content else "CHANGED"
        file.write_bytes(content)
        print(f"{verdict:8}{name:17}{len(content):>8,} bytes  {sha256}")


if __name__ == "__main__":
    main()
