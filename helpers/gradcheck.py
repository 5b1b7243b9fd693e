"""Independent truth for gradients: numerical derivatives, and a check that raises when it fails.

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
        Size of the imaginary step, in x's unit.

    Returns
    -------
    ndarray, shape ``f(x).shape + x.shape``
        Entry ``[i..., j...]`` is ∂f_i/∂x_j: for a scalar ``f``, the gradient in x's own shape.

    Raises
    ------
    TypeError, ValueError
        When ``x`` is not a finite array of floats, or ``f`` drops the imaginary part.
    """
    x = _door.floating("x", x)

    def partial(direction):
        value = np.asarray(f(x + 1j * step * direction))
        if not np.iscomplexobj(value):
            raise TypeError(
                "f returned real numbers for a complex input, so the complex step cannot see its "
                "derivative; remove float(...), .real or dtype=float from f, or use central(f, x)."
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
        In x's unit. By default eps^(1/3) ≈ 6e-6, where the truncation error (~step²) and the
        rounding error (~eps/step) are about equal.

    Returns
    -------
    ndarray, shape ``f(x).shape + x.shape``
        As ``complex_step``, with an error of about 1e-10 relative at best.

    Raises
    ------
    TypeError, ValueError
        When ``x`` is not a finite array of floats.
    """
    x = _door.floating("x", x)
    step = np.finfo(float).eps ** (1 / 3) if step is None else step

    def partial(direction):
        ahead, behind = (
            np.asarray(f(x + step * direction)),
            np.asarray(f(x - step * direction)),
        )
        return (ahead - behind) / (2 * step)

    return _gather(partial, x)


def _gather(partial, x):
    columns = []
    for j in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[j] = 1.0
        columns.append(partial(direction))
    value_shape = columns[0].shape
    return np.stack(columns, axis=-1).reshape(value_shape + x.shape)


def relative_error(ours, truth):
    """Largest difference between two arrays, relative to the largest entry of ``truth``.

    Where ``truth`` is zero everywhere, the largest difference itself.
    """
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
    """
    ours, truth = np.asarray(ours), np.asarray(truth)
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
            f"{label}: relative error {error:.1e} exceeds {bound:.0e}; "
            f"worst{at}: ours {ours[worst]:.8g}, truth {truth[worst]:.8g}."
        )
    number = f"({tag})" if tag else ""
    print(f"{number:<7}{name:<38} agrees, relative error < {bound:.0e}")
