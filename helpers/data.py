"""Loaders for data sets, stored weights and tables in ``data/``, and for a text of your own.

Where the files come from, their licences and their checksums: ``data/README.md``. A file that is
missing, or is not the one that the course ships, is met with a sentence (OSError, ValueError).
"""

import csv
import hashlib
import io
from collections import Counter
from os import PathLike
from pathlib import Path

import numpy as np

from helpers import _door

# Beside this package; after an ordinary install, beside the notebook or above it.
_PLACES = Path(__file__).resolve().parent.parent, Path.cwd(), *Path.cwd().parents
FOLDER = next((p for p in _PLACES if (p / "data" / "elnino.csv").is_file()), _PLACES[0]) / "data"

# data/README.md repeats the checksums; a test holds them together.
SHA256 = {
    "digits.npy": "c45cf27f9e6d1507aa17aa9949fab3d046c8ffa373a108f49991e27f232ad83b",
    "first_names.csv": "d5a953e37efd888ae51c746c22eac6365ff3d8684f615b7fcbcaaf868ef9816d",
    "elnino.csv": "0517806bbed88729fa79dcefc1815051c5bba41a0a7e6a56087e17aa5346749d",
    "torch_lstm.npz": "69b5d0a6b5cbbdcd8e62df7708354811c34e686d23ccb636d52a838c4fad68a7",
    "models/names_rnn.npz": "7a3547722c6f386b982ecd3839edc79f1f46dd0d7928302565ee16e8b0da88fb",
    "models/recall.npz": "9c68f608715c8e5a5d769e8224aa46dd27a4717d00a649737313309312d5351b",
}

# What the training of this course can do with a text of one's own, on a small machine.
LEAST, MOST, DISTINCT = 200, 10_000_000, 500  # characters, bytes, different characters


def digits():
    """Load 1,797 handwritten digits: images (1797, 8, 8), ink from 0 to 1; labels (1797,), 0..9.

    Thirteen people wrote them and the file does not say who wrote which, so a random held-out set
    shares its writers with the training set.
    """
    table = np.load(io.BytesIO(_read("digits.npy")))
    return table[:, :-1].reshape(-1, 8, 8) / 16.0, table[:, -1].astype(np.intp)


def first_names():
    """Load the 5,163 different first names of the 1990 US census lists, a list of str.

    Each name once, 2 to 11 letters a-z, in alphabetical order: shuffle before holding any out.
    """
    rows = csv.DictReader(io.StringIO(_read("first_names.csv").decode()))
    return [row["name"] for row in rows]


def el_nino():
    """Load the monthly sea-surface temperature off Peru and Ecuador (region Niño 1+2).

    Returns the years 1950 to 2010, (61,), and the monthly means in °C, January to December, (61,
    12), so that ``temperatures.ravel()`` is in time order.
    """
    table = np.loadtxt(io.BytesIO(_read("elnino.csv")), delimiter=",", skiprows=1)
    return table[:, 0].astype(np.intp), table[:, 1:].copy()


def torch_lstm():
    """Load what PyTorch's own ``nn.LSTM`` computed, forward and backward: H 3, D 2, T 4, B 2.

    Returns a dict of arrays of float64: ``weight_ih`` (4H, D), ``weight_hh`` (4H, H), ``bias_ih``,
    ``bias_hh`` (4H,); ``x`` (T, B, D), ``h_0``, ``c_0`` (1, B, H); ``h`` (T, B, H), ``h_T``,
    ``c_T`` (1, B, H); ``upstream`` (T, B, H); and under ``"d_" + name`` the gradient of
    L = Σ upstream · h for every weight, bias, ``x``, ``h_0`` and ``c_0``.
    """
    with np.load(io.BytesIO(_read("torch_lstm.npz"))) as arrays:
        return dict(arrays)


def model(name):
    """Load ``data/models/<name>.npz``, what a page's own training code made of seeded weights.

    Returns a dict of dicts of arrays: groups, such as the step or the kind of network, each with
    parameters (float64) or a history by name, as ``data/README.md`` tells.
    """
    groups = {}
    with np.load(io.BytesIO(_read(f"models/{name}.npz"))) as arrays:
        for key, array in arrays.items():
            group, entry = key.split("/")
            array = array.astype(float) if array.dtype == np.float32 else array
            groups.setdefault(group, {})[entry] = array
    return groups


def runs(name):
    """Load the table ``data/runs/<name>.csv``, as ``python -m experiments`` left it.

    Returns a dict of arrays, one a column, each with one entry a run: float64, or str for words.
    ``data/README.md`` tells the columns and their units.
    """
    table = (FOLDER / "runs" / f"{name}.csv").read_text("utf-8")
    header, *rows = csv.reader(table.splitlines())
    return {column: _numbers_or_words(v) for column, *v in zip(header, *rows, strict=True)}


def _numbers_or_words(values):
    try:
        return np.array(values, dtype=np.float64)
    except ValueError:
        return np.array(values)


def read_text(path):
    """Read a text of your own, in any script, from a UTF-8 file, and return it as str.

    A relative path starts in the folder of the running notebook, ``~`` is your home folder. Lines
    end in a line feed, whatever they ended in before. Characters beyond the 500 most frequent
    become □, and a printed line says so: every character costs the network a row of weights, and
    one that is rare is not learned. OSError, TypeError or ValueError when there is no such file, it
    is not UTF-8 text, or it is too short or too long.
    """
    path = Path(_door.need(path, str | PathLike, "path must be a string or a path")).expanduser()

    def refuse(words, error=ValueError):
        raise error(f"{path} {words}") from None

    if path.is_dir():
        refuse("is a folder; give the path of one text file.", IsADirectoryError)
    if path.suffix == ".ipynb":
        refuse("is a notebook, code and pictures and all; save its words as plain text in UTF-8.")
    try:
        excess = path.stat().st_size - MOST
        content = b"" if excess > 0 else path.read_bytes()
    except FileNotFoundError:
        start = "" if path.is_absolute() else f" (a relative path starts in {Path.cwd()})"
        refuse(f"is not there; check the folder and the spelling{start}.", FileNotFoundError)
    if excess > 0:
        refuse(
            f"has {MOST + excess:,} bytes, {excess:,} more than the {MOST:,} that can be trained "
            "on here; save a part of it."
        )
    remedy = "if it is a text, save it again as plain text in UTF-8."
    if (zero := content.find(0)) >= 0:
        refuse(f"is binary (byte {zero + 1:,} is zero, as in pictures and UTF-16); {remedy}")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        refuse(f"is not in UTF-8 (line {line:,} has the byte {byte:02X}, which is none); {remedy}")
    length = len("".join(text.split()))
    if length < LEAST:
        found = f"has only {length:,} characters" if length else "is empty"
        refuse(
            f"{found}; a model needs at least {LEAST:,} to learn from, better some ten thousand."
        )
    counts = Counter(text.replace("\n", "")).most_common()
    if rare := counts[DISTINCT:]:
        _door.say(
            f"{path} has {len(counts):,} different characters; the rarest {len(rare):,} "
            f"({sum(n for _, n in rare) / len(text):.1%} of the text) are read as □."
        )
        text = text.translate({ord(character): "□" for character, _ in rare})
    return text


def _read(name):
    """Return the bytes of ``data/<name>`` if they are the ones the course ships."""
    mend = (
        f"restore it with `git checkout -- data/{name}`, or make it again with "
        f"`python data/make.py {name}` (data/README.md says how)."
    )
    try:
        content = (FOLDER / name).read_bytes()
    except OSError as error:
        raise type(error)(
            f"data/{name} cannot be read in {FOLDER} ({error.strerror}); {mend} If that is "
            "another folder, start Jupyter in the course's own, or run `pip install -e .` there."
        ) from None
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != SHA256[name]:
        raise ValueError(
            f"data/{name} has {len(content):,} bytes and sha256 {sha256[:12]}… (expected "
            f"{SHA256[name][:12]}…), so it is not the file the course ships; {mend}"
        )
    return content
