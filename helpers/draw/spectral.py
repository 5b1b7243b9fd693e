"""Norms against the lag, for the pages on vanishing gradients."""

import numpy as np

from helpers import style
from helpers.draw.plots import label_curve


def norm_axes(ax, steps, *, low=-15, high=15, name=r"$\|\partial h_T/\partial h_{T-k}\|$"):
    """Set up axes for norms against the lag k: log scale from 10^low to 10^high, a line at 1."""
    ax.axhline(1, color=style.FRAME, linewidth=0.8)
    ax.set(yscale="log", xlim=(0, steps), ylim=(10.0**low, 10.0**high),
           yticks=10.0 ** np.arange(-5 * (-low // 5), high + 1, 5),
           xlabel="lag $k$ (steps back)", ylabel=name)  # fmt: skip
    ax.minorticks_off()
    return ax


def norm_curves(ax, curves, *, colour=style.GRADIENT, lines=("-",)):
    """Draw ``curves``, a dict of name to norms (T+1,), and write the names at their ends.

    A name that starts with "_" is not written. ``colour`` is one of the four colours; ``lines``
    are line styles, taken in turn.
    """
    for n, (name, norms) in enumerate(curves.items()):
        ax.plot(norms, linestyle=lines[n % len(lines)], color=colour)
        if not name.startswith("_"):
            label_curve(ax, len(norms) - 1, norms[-1], name, colour)
