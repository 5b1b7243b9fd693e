"""Pictures of notebook 10: a patient's loss beside its map of errors, and named ends of curves."""

import numpy as np

from helpers import style
from helpers.draw.plots import heat, label_curve

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
        is wrong. Right entries stay white; numbers stand where they say something new, at the
        latest wrong step and at the parameters.
    gates, weights : list of str
        Names of the rows, and of the last columns.
    title : str
        Written over the map.
    """
    left, right = fig.subplots(1, 2, width_ratios=[1, 2.2])
    curves = [(losses, "patient", style.FRAME, "-"), (healthy, "healthy", style.REFERENCE, "--")]
    for curve, name, colour, line in curves:
        left.semilogy(curve, color=colour, linestyle=line)
        up = curve[-1] >= max(losses[-1], healthy[-1])
        label_curve(left, len(curve), curve[-1], name, colour, dy=13 if up else -10, ha="right")
    left.set(xlabel="updates", ylabel="loss", ylim=(1e-4, 1), yticks=(1e-4, 1e-2, 1))
    left.set(xlim=(0, len(losses)), xticks=(0, len(losses) // 2, len(losses)))

    T = errors.shape[1] - len(weights)
    wrong = errors > SEEN
    latest = np.nonzero(wrong[:, :T].any(axis=0))[0].max(initial=-1)
    columns = [f"$da_{t}$" for t in range(1, T + 1)] + list(weights)
    shown = np.where(wrong, np.minimum(errors, 1.0), np.nan)
    heat(right, shown, signed=False, limit=1, rows=list(gates), columns=columns)
    for k, j in np.argwhere(wrong):
        if j == latest or j >= T:
            size = errors[k, j]
            words = f"{size:.0%}" if size >= 0.01 else "< 1%"
            words = words if np.isfinite(size) else "wrong\nshape"
            colour = "white" if size < 0.6 else "black"
            right.text(j, k, words, ha="center", va="center", fontsize=10, color=colour)
    for edge in range(1, errors.shape[1]):
        right.axvline(edge - 0.5, color="black" if edge == T else "#cccccc", linewidth=0.8)
    right.spines[:].set_visible(True)
    right.tick_params(axis="x", labelsize=9)
    right.set_aspect("auto")
    right.set_title(title, fontsize=11)


def label_ends(ax, curves, colours):
    """Write each curve's name beside its end, none on top of another (log axis, limits set).

    ``curves`` maps names to sequences, ``colours`` maps names to one of the four colours.
    """
    place, (low, high) = 0.0, ax.get_ylim()
    for name, curve in sorted(curves.items(), key=lambda item: item[1][-1]):
        end = len(curve)
        place = max(curve[-1], place * (high / low) ** 0.07)
        ax.plot([end, 1.08 * end], [curve[-1], place], "-", color=colours[name], linewidth=0.8)
        label_curve(ax, 1.08 * end, place, name, colours[name], dx=3)
