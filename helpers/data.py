"""Loaders for the data sets and tables of runs in ``data/``, and for a text of your own.

Everything is checked before it is used: a file that will not do is met with a sentence.

Where the files come from, their licences and their checksums: ``data/README.md``.
"""

import csv
import hashlib
import io
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from string import ascii_lowercase

import numpy as np

from helpers import _door

FOLDER = Path(__file__).resolve().parent.parent / "data"

# data/README.md repeats the sizes in bytes and the checksums; a test holds them together.
SIZES = {"digits.npy": 116_933, "first_names.csv": 73_935, "elnino.csv": 4_750}
SHA256 = {
    "digits.npy": "c45cf27f9e6d1507aa17aa9949fab3d046c8ffa373a108f49991e27f232ad83b",
    "first_names.csv": "d5a953e37efd888ae51c746c22eac6365ff3d8684f615b7fcbcaaf868ef9816d",
    "elnino.csv": "0517806bbed88729fa79dcefc1815051c5bba41a0a7e6a56087e17aa5346749d",
}


def digits():
    """Load 1,797 handwritten digits, scanned at 8 × 8 pixels, and what each one shows.

    The order is that of the source. Thirteen people wrote them and the file does not say who
    wrote which, so a random held-out set shares its writers with the training set.

    Returns
    -------
    images : ndarray of float64, shape (1797, 8, 8)
        Ink per pixel: the file's whole numbers 0..16 divided by 16, so 0 is paper, 1 full ink.
    labels : ndarray of int64, shape (1797,)
        The digit, 0..9.

    Raises
    ------
    OSError, ValueError
        When ``data/digits.npy`` is missing, or is not the file that the course ships.
    """
    with _reading("digits.npy") as content:
        table = np.load(io.BytesIO(content), allow_pickle=False)
    _hold("digits.npy", table.shape == (1797, 65), f"a table of shape {table.shape}")
    pixels, labels = table[:, :-1], table[:, -1]
    legal = pixels.max() <= 16 and labels.max() <= 9
    _hold("digits.npy", legal, f"a pixel of {pixels.max()} and a label of {labels.max()}")
    return pixels.reshape(-1, 8, 8) / 16.0, labels.astype(np.int64)


def first_names():
    """Load the 5,163 different first names of the 1990 US census lists.

    Returns
    -------
    list of str
        Each name once, 2 to 11 letters a-z, in alphabetical order: shuffle before holding any
        out. A name that both women and men bear is one entry; the file's columns ``female``
        and ``male`` (how common it is among each, in percent) are not returned.

    Raises
    ------
    OSError, ValueError
        When ``data/first_names.csv`` is missing, or is not the file that the course ships.
    """
    with _reading("first_names.csv") as content:
        rows = csv.DictReader(io.StringIO(content.decode("ascii")))
        names = [row["name"] for row in rows]
    _hold("first_names.csv", len(names) == 5163, f"{len(names):,} names")
    _hold("first_names.csv", names == sorted(set(names)), "names unsorted or repeated")
    _hold("first_names.csv", set("".join(names)) <= set(ascii_lowercase), "other letters")
    return names


def el_nino():
    """Load the monthly sea-surface temperature off Peru and Ecuador (region Niño 1+2).

    Returns
    -------
    years : ndarray of int64, shape (61,)
        1950 to 2010.
    temperatures : ndarray of float64, shape (61, 12)
        Monthly means in °C, January to December; ``temperatures.ravel()`` is in time order.

    Raises
    ------
    OSError, ValueError
        When ``data/elnino.csv`` is missing, or is not the file that the course ships.
    """
    with _reading("elnino.csv") as content:
        _header, *rows = csv.reader(io.StringIO(content.decode("ascii")))
        years = np.array([row[0] for row in rows], dtype=np.int64)
        temperatures = np.array([row[1:] for row in rows], dtype=np.float64)
    _hold("elnino.csv", temperatures.shape == (61, 12), f"shape {temperatures.shape}")
    _hold("elnino.csv", np.array_equal(years, np.arange(1950, 2011)), "other years")
    plausible = (np.abs(temperatures - 25) < 10).all()
    _hold("elnino.csv", plausible, "a temperature outside 15 to 35 °C")
    return years, temperatures


def runs(name):
    """Load the table of an experiment, as ``python -m experiments`` left it.

    Parameters
    ----------
    name : str
        Of ``data/runs/<name>.csv``; ``data/README.md`` tells its columns and their units.

    Returns
    -------
    dict of ndarray
        One entry a column, each with one entry a run: float64, or str for words.

    Raises
    ------
    FileNotFoundError
        When there is no such table.
    """
    folder = FOLDER / "runs"
    path = folder / f"{_door.instance('name', name, str, 'a string')}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.csv"))) or "none"
        raise FileNotFoundError(
            f"There is no table {name!r} in data/runs, only {known}; check the spelling, or make "
            f"it with `python -m experiments {name}`."
        )
    header, *rows = csv.reader(path.read_text("utf-8").splitlines())
    return {column: _numbers_or_words(v) for column, *v in zip(header, *rows, strict=True)}


def _numbers_or_words(values):
    try:
        return np.array(values, dtype=np.float64)
    except ValueError:
        return np.array(values)


def read_text(path, *, least=200, most=20_000_000):
    """Read a text of your own, in any script, from a UTF-8 file.

    Parameters
    ----------
    path : str or path-like
        A relative one starts in the folder of the running notebook, ``~`` is your home folder.
    least : int
        Fewest characters, blanks not counted, that are worth training on.
    most : int
        Largest size in bytes: this course's training reads the whole text into memory.

    Returns
    -------
    str
        Lines end in "\\n", whatever they ended in before; a byte-order mark is gone.

    Raises
    ------
    OSError, TypeError, ValueError
        When there is no such file, it is not UTF-8 text, or it is too short or too long.
    """
    path = Path(_door.instance("path", path, str | PathLike, "a string or a path"))
    _door.size("least", least, least=0)
    _door.size("most", most)
    try:
        path = path.expanduser()
        size, is_file = path.stat().st_size, path.is_file()
        content = path.read_bytes() if is_file and size <= most else b""
    except (RuntimeError, ValueError) as error:  # no such user after ~; a character no name has
        raise ValueError(f"path must name a file, but it is {str(path)!r} ({error}).") from None
    except FileNotFoundError:
        start = "" if path.is_absolute() else f" (a relative path starts in {Path.cwd()})"
        raise FileNotFoundError(
            f"There is no file {path}; check the folder and the spelling{start}."
        ) from None
    except OSError as error:
        reason = error.strerror or error
        raise type(error)(f"{path} cannot be read ({reason}); can you open it?") from None
    if not is_file:
        kind = "a folder" if path.is_dir() else "no ordinary file"
        raise IsADirectoryError(f"{path} is {kind}; give the path of one text file.")
    if size > most:
        raise ValueError(
            f"{path} has {size:,} bytes, and at most {most:,} can be used; save a part of it."
        )
    remedy = "if it is a text, save it again as plain text in UTF-8."
    if (zero := content.find(0)) >= 0:
        raise ValueError(
            f"{path} is binary (byte {zero + 1:,} is zero, as in pictures, archives and UTF-16); "
            f"{remedy}"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path} is not in UTF-8 (line {line:,} has the byte {content[error.start]:02X} where "
            f"UTF-8 cannot have it); {remedy}"
        ) from None
    length = len("".join(text.split()))
    if length < least:
        found = f"has only {length:,} characters" if length else "is empty"
        raise ValueError(
            f"{path} {found}; a model needs at least {least:,} characters to learn from, "
            "better some ten thousand."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _reading(name):
    """Yield the bytes of ``data/<name>``; say so if they do not have the form that is read."""
    content = _read(name)
    try:
        yield content
    except (IndexError, KeyError, ValueError) as error:
        _hold(name, False, f"another form than expected ({type(error).__name__}: {error})")


def _read(name):
    """Return the bytes of ``data/<name>`` if they are the ones the course ships."""
    try:
        content = (FOLDER / name).read_bytes()
    except OSError as error:
        raise type(error)(
            f"data/{name} cannot be read in {FOLDER} ({error.strerror}), but the course ships "
            f"it with {SIZES[name]:,} bytes; {_mend(name)} If that is another folder, "
            "run `pip install -e .` in the course's own."
        ) from None
    size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    _hold(name, size == SIZES[name], f"{size:,} bytes (expected {SIZES[name]:,})")
    expected = SHA256[name]
    _hold(name, sha256 == expected, f"sha256 {sha256[:12]}… (expected {expected[:12]}…)")
    return content


def _hold(name, holds, found):
    if not holds:
        raise ValueError(
            f"data/{name} has {found}, so it is not the file the course ships; {_mend(name)}"
        )


def _mend(name):
    return (
        f"restore it with `git checkout -- data/{name}`, or make it again with "
        "`python tools/export_data.py` (data/README.md says how)."
    )
