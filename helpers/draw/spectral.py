"""Norms against the lag, for the pages on vanishing gradients."""

import numpy as np

from helpers import style
from helpers.draw.plots import heat, label_curve

_LEAST = 1e-250  # a norm of 0 is drawn here, far below every frame


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


def memory_panels(fig, steps, units):
    """Draw three norms against the lag, beside a Jacobian (2H, 2H) of an LSTM's (c, h).

    Returns ``move(data)`` with the norms ``lstm``, ``line``, ``rnn`` (each (T+1,)) and ``step``.
    """
    left, right = fig.subplots(1, 2, width_ratios=[1.6, 1])
    norm_axes(left, steps, low=-30, high=10, name="norm of the Jacobian")
    curves = {}
    for name, label, colour, line in (
        ("lstm", "LSTM, all routes", style.GRADIENT, "-"),
        ("line", "LSTM, cell line only", style.REFERENCE, "--"),
        ("rnn", "RNN", style.FRAME, "-."),
    ):
        (curves[name],) = left.plot([], [], line, color=colour, label=label, animated=True)
    fig.legend(handles=list(curves.values()), loc="outside lower left", ncols=3)
    image = heat(right, np.zeros((2 * units, 2 * units)), limit=1)
    image.set_animated(True)
    fig.colorbar(image, ax=right, shrink=0.8)
    for line in (right.axhline, right.axvline):
        line(units - 0.5, color=style.FRAME, linewidth=0.8, animated=True)
    middles = [units / 2 - 0.5, 1.5 * units - 0.5]
    right.set(title="LSTM: one step's Jacobian", xticks=middles, yticks=middles,
              xticklabels=["$c_{t-1}$", "$h_{t-1}$"], yticklabels=["$c_t$", "$h_t$"])  # fmt: skip

    def move(data):
        for name, curve in curves.items():
            curve.set_data(np.arange(len(data[name])), np.maximum(data[name], _LEAST))
        image.set_data(data["step"])

    return move
