"""Checks at the doors where people type: one sentence says what was expected and what was given."""

import sys
from types import UnionType

import numpy as np


def need(value, holds, words):
    """Return ``value`` if it ``holds``: is of that type, or passes that test.

    Else ``words``, which end in what was expected, and the value make the sentence of a TypeError
    (for a type) or a ValueError (for a test; one that cannot be made is failed).
    """
    of_type = isinstance(holds, type | UnionType)
    try:
        fine = isinstance(value, holds) if of_type else holds(value)
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise (TypeError if of_type else ValueError)(f"{words}, but it is {shown(value)}.")
    return value


def shown(value):
    """Describe ``value`` in few words, for a sentence."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    words = " ".join(repr(value).split())
    article = "an" if type(value).__name__[0] in "aeiouAEIOU" else "a"
    return words if len(words) <= 60 else f"{article} {type(value).__name__}"


def say(line, *, end="\n"):
    """Print a line; a screen that lacks one of its characters, such as ∂, shows ? there."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), end=end, flush=not end)


def plain(name, value):
    """Return ``value`` as an array of whatever it holds, or say that its lists do not fit."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be an array, but its lists are of unequal lengths, so its rows do not "
            "stack; make them equally long."
        ) from None


def floating(name, value, shape, sizes=None):
    """Return ``value`` as an array of floating (or complex) numbers of this shape, not empty.

    An entry of ``shape`` is a size, a letter such as "T" (any size, the same wherever the letter
    stands), or "4H", a multiple. ``sizes`` holds the letters known so far, and takes up new ones.
    TypeError and ValueError say what is wrong.
    """
    array = plain(name, value)
    if array.dtype.kind not in "fc":
        raise TypeError(
            f"{name} must hold floating-point numbers, but its dtype is {array.dtype}; "
            f"convert it, for example with np.asarray({name}, dtype=float)."
        )
    sizes = {} if sizes is None else sizes
    letters = [str(entry).lstrip("0123456789") for entry in shape]
    known = ", ".join(f"{k} = {sizes[k]}" for k in dict.fromkeys(letters) if k in sizes)
    fit = [_fits(*pair, sizes) for pair in zip(array.shape, shape, strict=False)]
    if array.ndim != len(shape) or not all(fit):
        advice = "no axis may be empty" if 0 in array.shape else "check the order of its axes"
        raise ValueError(
            f"{name} must have shape {str(tuple(shape)).replace(chr(39), '')}"
            f"{known and ' with '}{known}, but its shape is {array.shape}; {advice}."
        )
    return array


def _fits(n, expected, sizes):
    if not isinstance(expected, str):
        return n == expected
    letter = expected.lstrip("0123456789")
    times = int(expected.removesuffix(letter) or 1)
    return n >= 1 and n == times * sizes.setdefault(letter, n // times)


def entries(params, shapes, sizes):
    """Return the arrays of ``params``, a dict with the keys of ``shapes`` and no other."""
    keys("params", params, shapes)
    return [floating(f"params[{k!r}]", params[k], shapes[k], sizes) for k in shapes]


def unchanged(params, kept):
    """Say if an entry of ``params`` is no longer what ``kept``, a copy, holds."""
    for key, entry in params.items():
        same = np.array_equal(entry, kept[key])
        if not same and not np.array_equal(entry, kept[key], equal_nan=True):
            raise ValueError(
                f"params[{key!r}] must be what forward was given, but it has other values than "
                "then; call forward again, and then backward."
            )


def keys(name, table, expected):
    """Return ``table`` if it is a dict with the ``expected`` keys and no other."""
    words = f"a dict with the keys {', '.join(map(repr, expected))}"
    if set(need(table, dict, f"{name} must be {words}")) != set(expected):
        given = ", ".join(map(repr, table)) or "no keys"
        raise ValueError(f"{name} must be {words}, but it has {given}.")
    return table
