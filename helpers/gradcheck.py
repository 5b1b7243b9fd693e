"""Independent truth for gradients, and two sentences that raise when they fail: check and claim.

Two ways to differentiate a function without knowing its formula: the complex step, exact to
rounding (Squire & Trapp 1998), and central differences, which lose about a third of the digits
but need nothing of the function beyond its values.
"""

import numpy as np

from helpers import _door


class GradientMismatch(AssertionError):
    """Raised by ``check`` when a gradient differs from its independent truth."""


def complex_step(f, x):
    """Differentiate ``f`` at ``x`` by the complex step, Im f(x + i·1e-20) / 1e-20.

    There is no subtraction, so nothing cancels and the step may be as small as 1e-20. ``f`` takes
    an array of x's shape, returns a number or an array, and is made of analytic operations (+, *,
    exp, tanh, ...), not of abs. Comparisons and ``np.maximum`` look at real parts first, so they
    serve except at a tie, where the step decides. Entry ``[i..., j...]`` of the result, of shape
    ``f(x).shape + x.shape``, is ∂f_i/∂x_j: for a scalar ``f``, the gradient in x's own shape.
    TypeError or ValueError when x does not hold finite real numbers, or f drops the imaginary part.
    """

    def partial(x, direction):
        value = np.asarray(f(x + 1e-20j * direction))
        if not np.iscomplexobj(value):
            raise TypeError(
                f"f must return complex numbers for complex input, but it returned {value.dtype}; "
                "remove .real, float() or dtype=float, or use central(f, x)."
            )
        return value.imag / 1e-20

    return _gather(partial, x)


def central(f, x, *, step=None):
    """Differentiate ``f`` at ``x`` by central differences, (f(x+step) − f(x−step)) / (2·step).

    Takes, returns and raises as ``complex_step``, with an error of about 1e-11 relative as a rule.
    The default step is eps^(1/3) ≈ 6e-6: rounding costs ~eps/step, truncation a sixth, ~step²/6.
    """
    step = np.finfo(float).eps ** (1 / 3) if step is None else step

    def partial(x, direction):
        return (np.asarray(f(x + step * direction)) - f(x - step * direction)) / (2 * step)

    return _gather(partial, x)


def _gather(partial, x):
    x = _numbers("x", x)
    if x.dtype.kind not in "iuf" or not np.isfinite(x).all():
        raise ValueError(
            f"x must hold finite real numbers to differentiate by, but it is {_door.shown(x)}, of "
            f"dtype {x.dtype}; look for NaN, and convert complex numbers."
        )
    columns = []
    for j in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[j] = 1.0
        columns.append(partial(x, direction))
    return np.stack(columns, axis=-1).reshape(columns[0].shape + x.shape)


def _numbers(name, value):
    array = _door.plain(name, value)
    if array.dtype.kind not in "iufc" or array.size == 0:
        raise TypeError(
            f"{name} must hold numbers, at least one, but it is {_door.shown(value)}, of dtype "
            f"{array.dtype}."
        )
    return array


def relative_error(ours, truth):
    """Largest difference of two arrays, relative to the largest entry of ``truth`` (if not 0)."""
    difference, scale = np.abs(np.subtract(ours, truth)).max(), np.abs(truth).max()
    return float(difference / scale if scale > 0 else difference)


def check(tag, name, ours=None, truth=None, *, bound=1e-8):
    """Print one line if ``ours`` agrees with ``truth``; raise ``GradientMismatch`` if it does not.

    The line names the formula (``tag``, such as "4.7", or "") and what is compared, and shows the
    first of the largest entries beside its truth, how many entries there are, and ``bound``, the
    largest allowed ``relative_error``: never the error, whose digits differ from machine to
    machine. A group has one line: ``check("2.11", {"dW": (ours, truth), "db": (ours, truth)})``.
    """
    _door.need(tag, str, 'tag must be a string, such as "4.10"')
    _door.need(name, str | dict, "name must be a string, or a dict of pairs (ours, truth)")
    _door.need(bound, lambda b: 0 < b < 1, "bound must be a number above 0 and below 1")
    group = name if isinstance(name, dict) else {name: (ours, truth)}
    pairs_only = "name must be a dict of pairs (ours, truth), at least one"
    _door.need(group, lambda g: g and all(len(pair) == 2 for pair in g.values()), pairs_only)
    number = f"({tag})" if tag else ""
    pairs = [_compared(f"{number} {name}".strip(), *group[name], bound) for name in group]
    ours, truth = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
    size = np.abs(truth)
    shown = np.argmax(size >= (1 - 1e-6) * size.max())  # equal sizes may differ by rounding
    left, right = _short(ours[shown] if size.max() > 0 else 0.0), _short(truth[shown])
    values = f"{left} {'=' if left == right else '≈'} {right}"
    entries = "1 entry" if size.size == 1 else f"{size.size:,} entries"
    error = f"{'relative ' if size.max() > 0 else ''}error < {bound:.0e}"
    _door.say(f"{number:<8}{', '.join(group):<26} {values:<19}  {entries}, {error}")


def _compared(label, ours, truth, bound):
    """Return both as arrays if they agree."""
    ours, truth = _numbers(f"{label}: ours", ours), _numbers(f"{label}: truth", truth)
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
    return ours, truth


def _short(value):
    """Write five digits; eight first, as the further ones differ from machine to machine."""
    value = float(f"{np.abs(value) if np.iscomplexobj(value) else value:.7e}")
    words = f"{value:.5g}"
    return words.replace("0.", ".", 1) if 1e-5 < abs(value) < 1 else words


def claim(tag, words, held, *, at_least=None, above=None, below=None, of="seeds"):
    """Print one line if a sentence about an experiment holds; raise AssertionError if it does not.

    ``tag`` numbers the claim, such as "C10.2"; ``words`` are the sentence, without its end.
    ``held`` is one True or False a seed, of which ``at_least`` so many must hold, by default all;
    or, with ``above`` or ``below``, an interval (low, high) that must lie there. ``of`` says of
    what there are outcomes.
    """
    held, bounds = np.asarray(held), {"above": above, "below": below}
    bounds = " and ".join(f"{word} {b:g}" for word, b in bounds.items() if b is not None)
    if bounds:
        low, high = _door.need(
            held,
            lambda h: h.shape == (2,) and np.isfinite(h).all(),
            "held must be two finite numbers",
        )
        holds = (above is None or low > above) and (below is None or high < below)
        found, asked = f"{low:.3g} to {high:.3g}", bounds
    elif held.ndim == 1 and held.dtype == bool and held.size:
        least = held.size if at_least is None else at_least
        holds = held.sum() >= least
        found, asked = f"in {held.sum()} of {held.size} {of}", f"in at least {least}"
    else:
        raise ValueError(
            f"held must be one True or False a seed, but it is {_door.shown(held)}; "
            "for an interval (low, high), give above=... or below=..."
        )
    if not holds:
        raise AssertionError(f"{tag} does not hold: {words}: {found}, not {asked}.")
    _door.say(f"{tag:<8}{words}: {found}{bounds and ', '}{bounds}")
