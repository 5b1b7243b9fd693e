"""Independent truth for gradients, and two sentences that raise when they fail: check and claim.

Two ways to differentiate a function without knowing its formula: the complex step, exact to
rounding (Squire & Trapp 1998), and central differences, which lose about a third of the digits
but need nothing of the function beyond its values.
"""

import numpy as np

from helpers import _door


class GradientMismatch(AssertionError):
    """Raised by ``check`` when a gradient differs from its independent truth."""


def complex_step(f, x, *, step=1e-20):
    """Differentiate ``f`` at ``x`` by the complex step, Im f(x + i·step) / step.

    There is no subtraction, so nothing cancels and the step may be as small as 1e-20.
    ``f`` must be made of analytic operations (+, *, exp, tanh, ...): not abs, max or comparisons.

    Parameters
    ----------
    f : callable
        Takes an array of x's shape, returns a number or an array.
    x : array_like of float, any shape
        Where to differentiate. It is not changed.
    step : float
        Size of the imaginary step, in x's unit; above 0.

    Returns
    -------
    ndarray, shape ``f(x).shape + x.shape``
        Entry ``[i..., j...]`` is ∂f_i/∂x_j: for a scalar ``f``, the gradient in x's own shape.

    Raises
    ------
    TypeError, ValueError
        When ``x`` is not a finite array of real floats with at least one entry, ``step`` is not
        above 0, or ``f`` does not return numbers, or drops the imaginary part.
    """
    f, x, step = _door.function("f", f), _place(x), _step(step)

    def partial(direction):
        value = _numbers("The value of f", f(x + 1j * step * direction))
        if not np.iscomplexobj(value):
            raise TypeError(
                "f returned real numbers for complex input; "
                "remove .real, float() or dtype=float, or use central(f, x)."
            )
        return value.imag / step

    return _gather(partial, x)


def central(f, x, *, step=None):
    """Differentiate ``f`` at ``x`` by central differences, (f(x+step) − f(x−step)) / (2·step).

    Parameters
    ----------
    f : callable
        Takes an array of x's shape, returns a number or an array.
    x : array_like of float, any shape
        Where to differentiate. It is not changed.
    step : float, optional
        In x's unit; above 0. By default eps^(1/3) ≈ 6e-6, where the truncation error (~step²)
        and the rounding error (~eps/step) are about equal.

    Returns
    -------
    ndarray, shape ``f(x).shape + x.shape``
        As ``complex_step``, with an error of about 1e-10 relative at best.

    Raises
    ------
    TypeError, ValueError
        When ``x`` is not a finite array of real floats with at least one entry, ``step`` is not
        above 0, or ``f`` does not return numbers.
    """
    f, x = _door.function("f", f), _place(x)
    step = np.finfo(float).eps ** (1 / 3) if step is None else _step(step)

    def partial(direction):
        ahead = _numbers("The value of f", f(x + step * direction))
        behind = _numbers("The value of f", f(x - step * direction))
        _alike("f(x + step)", ahead, "f(x - step)", behind)
        return (ahead - behind) / (2 * step)

    return _gather(partial, x)


def _place(x):
    x = _door.floating("x", x)
    if np.iscomplexobj(x) or x.size == 0:
        raise ValueError(
            "x must hold real numbers, at least one, to differentiate by, but it has shape "
            f"{x.shape} and dtype {x.dtype}."
        )
    return x


def _step(step):
    return _door.number("step", step, "a finite number above 0", lambda s: 0 < s < np.inf)


def _numbers(name, value):
    array = _door.plain(name, value)
    if array.dtype.kind not in "iufc" or array.size == 0:
        raise TypeError(
            f"{name} must hold numbers, at least one, but it is {_door.shown(value)}, of dtype "
            f"{array.dtype}."
        )
    return array


def _alike(name, ours, other, truth):
    if ours.shape != truth.shape:
        raise ValueError(
            f"{name} and {other} must have the same shape, but their shapes are {ours.shape} and "
            f"{truth.shape}; nothing is broadcast here."
        )


def _gather(partial, x):
    columns = []
    for j in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[j] = 1.0
        columns.append(partial(direction))
        _alike("One value of f", columns[-1], "another", columns[0])
    value_shape = columns[0].shape
    return np.stack(columns, axis=-1).reshape(value_shape + x.shape)


def relative_error(ours, truth):
    """Largest difference between two arrays, relative to the largest entry of ``truth``.

    Where ``truth`` is zero everywhere, the largest difference itself. Raises TypeError or
    ValueError for what is not two arrays of numbers of one shape, with at least one entry.
    """
    ours, truth = _numbers("ours", ours), _numbers("truth", truth)
    _alike("ours", ours, "truth", truth)
    difference = np.max(np.abs(ours - truth))
    scale = np.max(np.abs(truth))
    return float(difference / scale if scale > 0 else difference)


def check(tag, name, ours, truth, *, bound=1e-8):
    """Print one aligned line if ``ours`` agrees with ``truth``; raise if it does not.

    Parameters
    ----------
    tag : str
        Number of the formula that is being proved, such as ``"4.7"``; ``""`` for a check
        that belongs to no numbered formula.
    name : str
        What is compared, such as ``"dL/dW_hh"``.
    ours, truth : array_like of the same shape
        The formula's value, and the same thing from an independent source.
    bound : float
        Largest allowed relative error (see ``relative_error``). The line shows this bound and
        not the error, whose last digits differ from machine to machine.

    Raises
    ------
    GradientMismatch
        When the shapes differ, an entry is not finite, or the error exceeds ``bound``.
    TypeError, ValueError
        When the arguments are not as described, so that nothing could be compared.
    """
    _door.instance("tag", tag, str, 'a string, such as "4.10"')
    _door.instance("name", name, str, "a string")
    _door.number("bound", bound, "a number above 0 and below 1", lambda b: 0 < b < 1)
    ours, truth = _numbers("ours", ours), _numbers("truth", truth)
    label = f"({tag}) {name}" if tag else name
    if ours.shape != truth.shape:
        raise GradientMismatch(f"{label}: our shape is {ours.shape}, the true one {truth.shape}.")
    if not (np.isfinite(ours).all() and np.isfinite(truth).all()):
        raise GradientMismatch(f"{label}: not every entry is finite, so nothing can be compared.")
    error = relative_error(ours, truth)
    if not error < bound:
        worst = np.unravel_index(np.argmax(np.abs(ours - truth)), ours.shape)
        at = f" at entry {tuple(map(int, worst))}" if worst else ""
        raise GradientMismatch(
            f"{label}: relative error {error:.1e} exceeds {bound:.0e};\n"
            f"worst{at}: ours {ours[worst]:.8g}, truth {truth[worst]:.8g}."
        )
    number = f"({tag})" if tag else ""
    print(f"{number:<7}{name:<38} agrees, relative error < {bound:.0e}")


def claim(tag, words, held, *, at_least=None, above=None, below=None):
    """Print one line if a sentence about an experiment holds; raise if it does not.

    Parameters
    ----------
    tag : str
        Number of the claim, such as ``"C10.2"``.
    words : str
        The sentence, without its end: ``"the chrono start solves lag 40"``.
    held : sequence of bool, or (low, high)
        One outcome a seed; or, with ``above`` or ``below``, an interval.
    at_least : int, optional
        In how many seeds the sentence must hold, by default in all.
    above, below : float, optional
        Where the whole interval must lie.

    Raises
    ------
    AssertionError
        When the sentence holds in fewer seeds, or the interval does not lie there.
    ValueError
        When ``held`` is not as described.
    """
    held, bounds = np.asarray(held), {"above": above, "below": below}
    bounds = " and ".join(f"{word} {b:g}" for word, b in bounds.items() if b is not None)
    if bounds:
        low, high = _door.real("held", held, (2,))
        holds = (above is None or low > above) and (below is None or high < below)
        found, asked = f"{low:.3g} to {high:.3g}", bounds
    elif held.ndim == 1 and held.dtype == bool and held.size:
        least = held.size if at_least is None else _door.size("at_least", at_least)
        holds = held.sum() >= least
        found, asked = f"in {held.sum()} of {held.size} seeds", f"in at least {least}"
    else:
        raise ValueError(
            f"held must be one True or False a seed, but it is {_door.shown(held)}; "
            "for an interval (low, high), give above=... or below=..."
        )
    if not holds:
        raise AssertionError(f"{tag} does not hold: {words}: {found}, not {asked}.")
    print(f"{tag:<8}{words}: {found}{bounds and ', '}{bounds}")
