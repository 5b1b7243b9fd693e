"""Checks at the door: every public function says in one sentence what is wrong with its input."""

import numpy as np


def floating(name, value, shape=None, *, sizes=None):
    """Return ``value`` as a floating (or complex) array, or say what is wrong with it.

    Parameters
    ----------
    name : str
        What the caller's documentation calls the array; it starts the error sentence.
    value : array_like
        The array to check.
    shape : tuple, optional
        Expected shape. An entry is an int (that size exactly), or a letter such as ``"T"``
        (any size of at least 1) or ``"4H"`` (a multiple), shown so in the sentence.
    sizes : dict, optional
        Sizes of the letters met so far: a letter found there must have that size, and one that
        is not is added. Hand the same dict to the checks of all arrays that share letters.

    Raises
    ------
    TypeError
        When the entries are not floating-point (or complex) numbers.
    ValueError
        When the shape differs, or an entry is NaN or infinite.
    """
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.inexact):
        raise TypeError(
            f"{name} must hold floating-point numbers, but its dtype is {array.dtype}; "
            f"convert it, for example with np.asarray({name}, dtype=float)."
        )
    known = dict(sizes or {})
    if shape is not None and not _fits(array.shape, shape, sizes):
        advice = "no axis may be empty" if 0 in array.shape else "check the order of its axes"
        raise ValueError(
            f"{name} must have shape {_written(shape, known)}, but its shape is {array.shape}; "
            f"{advice}."
        )
    # A sum is finite unless an entry is not (or the sum overflows): one cheap pass nearly always.
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = not np.isfinite(array.sum())
    if suspicious and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} must be finite, but its entry {where} is {array[where]}; "
            "look for an overflow or a missing value where it was made."
        )
    return array


def size(name, value, *, least=1):
    """Return ``value`` as an int of at least ``least``, or say what is wrong with it."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, but it is {value!r}.")
    return int(value)


def one_of(name, value, choices):
    """Return ``value`` if it is one of ``choices``, or say which there are."""
    if value not in choices:
        known = ", ".join(repr(c) for c in choices)
        raise ValueError(f"{name} must be one of {known}, but it is {value!r}.")
    return value


def generator(name, value):
    """Return ``value`` if it is a ``numpy.random.Generator``, or say how to make one."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a NumPy random generator, but it is {value!r}; "
            "make one with np.random.default_rng(seed)."
        )
    return value


def floating_type(name, value):
    """Return ``value`` as a real floating NumPy dtype, or say what is wrong with it."""
    dtype = np.dtype(value)
    if dtype.kind != "f":
        raise TypeError(f"{name} must be a floating-point type, but it is {dtype}; use float.")
    return dtype


def entries(name, table, shapes, *, sizes=None):
    """Check a dict of arrays: every key of ``shapes`` present, floating, of its shape, no other."""
    if not isinstance(table, dict) or set(table) != set(shapes):
        given = sorted(table) if isinstance(table, dict) else type(table).__name__
        raise ValueError(
            f"{name} must be a dict with the keys {sorted(shapes)}, but it is {given}."
        )
    sizes = {} if sizes is None else sizes
    return [floating(f"{name}[{k!r}]", table[k], shapes[k], sizes=sizes) for k in shapes]


def read_only(view):
    """Return ``view`` such that writing to it raises: for results that a cache still needs."""
    view.flags.writeable = False
    return view


def _fits(shape, expected, sizes):
    return len(shape) == len(expected) and all(
        _agrees(n, e, {} if sizes is None else sizes) for n, e in zip(shape, expected, strict=True)
    )


def _agrees(n, expected, sizes):
    if not isinstance(expected, str):
        return n == expected
    letter = expected.lstrip("0123456789")
    times = int(expected.removesuffix(letter) or 1)
    return n >= 1 and n == times * sizes.setdefault(letter, n // times)


def _written(shape, known):
    inside = ", ".join(str(entry) for entry in shape) + ("," if len(shape) == 1 else "")
    letters = dict.fromkeys(e.lstrip("0123456789") for e in shape if isinstance(e, str))
    given = ", ".join(f"{letter} = {known[letter]}" for letter in letters if letter in known)
    return f"({inside})" + (f" with {given}" if given else "")
