"""Checks at the door: every public function says in one sentence what is wrong with its input."""

from collections.abc import Callable

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
    array = value if type(value) is np.ndarray else plain(name, value)
    if array.dtype.kind not in "fc":
        remedy = f"; convert it, for example with np.asarray({name}, dtype=float)"
        given = f"its dtype is {array.dtype}" if array.ndim else f"it is {shown(value)}"
        raise TypeError(
            f"{name} must hold floating-point numbers, but {given}"
            f"{remedy if array.dtype.kind in 'biu' else ''}."
        )
    sizes = {} if sizes is None else sizes
    known = dict(sizes)
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


def plain(name, value):
    """Return ``value`` as an array of whatever it holds, or say that its lists do not fit."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be an array, but its lists are of unequal lengths, so its rows do not "
            "stack; make them equally long."
        ) from None


def real(name, value, shape=None, *, sizes=None, allow=None):
    """Return numbers to be drawn as an array of floats: as ``floating``, but integers will do.

    ``allow`` is np.isnan or np.isinf where such entries are let through.
    """
    array = plain(name, value)
    if array.dtype.kind not in "biuf":
        given = f"its dtype is {array.dtype}" if array.ndim else f"it is {shown(value)}"
        raise TypeError(f"{name} must hold real numbers, but {given}.")
    array = array.astype(float)
    floating(name, np.where(allow(array), 0.0, array) if allow else array, shape, sizes=sizes)
    return array


def size(name, value, *, least=1):
    """Return ``value`` as an int of at least ``least`` (None: any), or say what is wrong."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or (least is not None and value < least):
        words = "" if least is None else f" of at least {least}"
        raise ValueError(f"{name} must be a whole number{words}, but it is {shown(value)}.")
    return int(value)


def number(name, value, words="a finite number", holds=np.isfinite):
    """Return ``value`` if it is a real number that ``holds``, in ``words``, or say what it is."""
    real = isinstance(value, int | float | np.integer | np.floating)
    # A comparison with NaN is false, so NaN never holds.
    if not real or isinstance(value, bool) or not holds(value):
        raise ValueError(f"{name} must be {words}, but it is {shown(value)}.")
    return value


def one_of(name, value, choices):
    """Return ``value``, a string, if it is one of ``choices``, or say which there are."""
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(repr(c) for c in choices)
        raise ValueError(f"{name} must be one of {known}, but it is {shown(value)}.")
    return value


def instance(name, value, kind, words):
    """Return ``value`` if it is a ``kind``, in ``words``, or say what it is."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {words}, but it is {shown(value)}.")
    return value


def function(name, value):
    """Return ``value`` if it can be called, or say what it is."""
    return instance(name, value, Callable, "a function")


def form(name, value):
    """Return ``value`` if it is a format for numbers, such as ".2f", or say that it is none."""
    try:
        format(1.0, value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a format for numbers, such as '.2f', but it is {shown(value)}."
        ) from None
    return value


def generator(name, value):
    """Return ``value`` if it is a ``numpy.random.Generator``, or say how to make one."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a NumPy random generator, but it is {shown(value)}; "
            "make one with np.random.default_rng(seed)."
        )
    return value


def floating_type(name, value):
    """Return ``value`` as a real floating NumPy dtype, or say what is wrong with it."""
    try:
        dtype = np.dtype("V" if value is None else value)  # np.dtype(None) would be float64
    except (TypeError, ValueError):
        dtype = np.dtype("V")
    if dtype.kind != "f":
        raise TypeError(
            f"{name} must be a floating-point type, but it is {shown(value)}; use float."
        )
    return dtype


def entries(name, table, shapes, *, sizes=None):
    """Check a dict of arrays: every key of ``shapes`` present, floating, of its shape, no other."""
    keys(name, table, shapes)
    sizes = {} if sizes is None else sizes
    return [floating(f"{name}[{k!r}]", table[k], shapes[k], sizes=sizes) for k in shapes]


def keys(name, table, expected, *, more=False):
    """Return ``table`` if it is a dict with the ``expected`` keys (and ``more``, where allowed)."""
    words = f"a dict with the keys {', '.join(map(repr, expected))}"
    given = set(instance(name, table, dict, words))
    if not (given >= set(expected) if more else given == set(expected)):
        given = ", ".join(map(repr, table)) or "no keys"
        raise ValueError(f"{name} must be {words}, but it has {given}.")
    return table


def unchanged(name, table, kept):
    """Say if an entry of ``table`` is no longer what ``kept`` holds under its key, if it does."""
    for key, entry in table.items():
        if key in kept and entry is not kept[key] and not np.array_equal(entry, kept[key]):
            raise ValueError(
                f"{name}[{key!r}] must be what forward was given, but it has other values than "
                "then; call forward again, and then backward."
            )


def shown(value):
    """Describe ``value`` in few words, for a sentence."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    words = " ".join(repr(value).split())
    article = "an" if type(value).__name__[0] in "aeiouAEIOU" else "a"
    return words if len(words) <= 60 else f"{article} {type(value).__name__}"


def read_only(view):
    """Return ``view`` such that writing to it raises: for results that a cache still needs."""
    view.flags.writeable = False
    return view


def _fits(shape, expected, sizes):
    return len(shape) == len(expected) and all(
        _agrees(n, e, sizes) for n, e in zip(shape, expected, strict=True)
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
