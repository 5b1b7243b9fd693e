"""Pictures of notebook 10: a patient's loss beside its map of errors, and named ends of curves."""

from collections.abc import Iterable

import numpy as np
from matplotlib.ticker import NullFormatter

from helpers import _door, style
from helpers.draw._door import axes, figure
from helpers.draw.plots import heat, label_curve, tone

SEEN = 1e-9  # relative errors below this are rounding


def case_sheet(fig, losses, healthy, errors, *, gates, weights, title):
    """Draw one patient: left its training loss beside its healthy twin's, right its errors.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Empty.
    losses, healthy : sequence of float
        One loss per update.
    errors : ndarray, shape (gates, T + parameters)
        Relative errors, first of da_1 .. da_T, then of the parameters; infinite where the shape
        is wrong. Right entries stay white, and the darker, the larger the error; numbers stand
        where they say something new, at the latest wrong step and at the parameters.
    gates, weights : list of str
        Names of the rows, and of the last columns. A second line under a column's name is the
        cosine; "cos" is written once, left of the first.
    title : str
        Written over the map.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as described.
    """
    figure(fig)
    losses, healthy = _door.real("losses", losses, ("n",)), _door.real("healthy", healthy, ("n",))
    gates = list(_door.instance("gates", gates, Iterable, "a list of names"))
    weights = list(_door.instance("weights", weights, Iterable, "a list of names"))
    errors = _door.real("errors", errors, (len(gates), "T + parameters"), allow=np.isinf)
    if errors.shape[1] <= len(weights):
        raise ValueError(
            f"errors must have a column for each step, then {len(weights)} for weights, but it "
            f"has {errors.shape[1]} in all."
        )
    left, right = fig.subplots(1, 2, width_ratios=[1, 3.1])
    curves = [(losses, "patient", style.FRAME, "-"), (healthy, "healthy", style.REFERENCE, "--")]
    above = max(curve[7 * len(curve) // 10] for curve in (losses, healthy))  # where names begin
    for curve, name, colour, line in curves:
        left.semilogy(curve, color=colour, linestyle=line)
        up = (name == "patient") == (losses[-1] >= healthy[-1])  # one above, one below, always
        y, dy = (above, 11) if up else (curve[-1], -10)
        label_curve(left, len(curve), y, name, colour, dy=dy, ha="right")
    left.set(xlabel="updates", ylabel="loss")
    _loss_axis(left, (losses, healthy))
    left.set(xlim=(0, len(losses)), xticks=(0, len(losses) // 2, len(losses)))

    T = errors.shape[1] - len(weights)
    wrong = errors > SEEN
    latest = np.nonzero(wrong[:, :T].any(axis=0))[0].max(initial=-1)
    columns = [f"$da_{t}$" for t in range(1, T + 1)] + list(weights)
    shown = np.where(wrong, np.minimum(errors, 1.0), np.nan)
    image = heat(right, shown, signed=False, limit=1, rows=list(gates), columns=columns)
    image.set_cmap("viridis_r")  # from pale to dark, so that white is next to the smallest error
    bar = fig.colorbar(image, ax=right, ticks=(0, 0.5, 1), fraction=0.03, pad=0.01)
    bar.ax.set_yticklabels(["0", "50%", "100%+"], fontsize=9.5)
    for k, j in np.argwhere(wrong):
        if j == latest or j >= T:
            size = errors[k, j]
            words = f"{size:.0%}" if size >= 0.01 else "< 1%"
            words = words if np.isfinite(size) else "wrong\nshape"
            look = {"fontsize": 10, "color": tone(image, shown[k, j])}
            right.text(j, k, words, ha="center", va="center", **look)
    for edge in range(1, errors.shape[1]):
        right.axvline(edge - 0.5, color="black" if edge == T else "#cccccc", linewidth=0.8)
    right.spines[:].set_visible(True)
    right.tick_params(axis="x", labelsize=9.5)
    if any("\n" in name for name in weights):
        beside = right.get_xticklabels()[T]
        place = {"transform": beside.get_transform(), "ha": "right", "va": beside.get_va()}
        right.text(T - 0.44, 0, "\ncos", fontsize=9.5, **place)
    right.set_aspect("auto")
    right.set_title(title, fontsize=11)


def _loss_axis(ax, curves):
    """Show the whole of positive curves on a log axis, with a few plain ticks."""
    seen = np.concatenate(curves)
    low, high = seen.min(where=seen > 0, initial=np.inf), seen.max()
    span = max(high / low, 2.0) if low <= high else 2.0
    low, high = (low / span**0.2, high * span**0.08) if low <= high else (0.1, 1.0)
    few = (1e-4, 1e-3, 1e-2, 0.1, 1) if high / low > 50 else (0.05, 0.1, 0.2, 0.4, 0.8)
    ticks = [tick for tick in few if low <= tick <= high]
    ax.set_ylim(low, high)
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.yaxis.set_minor_formatter(NullFormatter())


def label_ends(ax, curves, colours):
    """Write each curve's name beside its end, none on top of another (log axis; sets its limits).

    ``curves`` maps names to sequences, ``colours`` maps names to one of the four colours.
    """
    if axes(ax).get_yscale() != "log":
        raise ValueError(f"ax must have a log y axis, but its scale is {ax.get_yscale()}.")
    _door.keys("colours", colours, _door.instance("curves", curves, dict, "a dict"), more=True)
    curves = {k: _door.real(f"curves[{k!r}]", v, ("n",)) for k, v in curves.items()}
    _loss_axis(ax, list(curves.values()))
    place, (low, high) = 0.0, ax.get_ylim()
    for name, curve in sorted(curves.items(), key=lambda item: item[1][-1]):
        end = len(curve)
        place = max(curve[-1], place * (high / low) ** 0.07)
        ax.plot([end, 1.08 * end], [curve[-1], place], "-", color=colours[name], linewidth=0.8)
        label_curve(ax, 1.08 * end, place, name, colours[name], dx=3)
