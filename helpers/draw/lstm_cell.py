"""LSTM cells side by side, time left to right, and the gradient's routes back through them."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from helpers import _door, style
from helpers.draw._door import among, axes

_WIDTH, _CELL, _HIDDEN, _GATE = 11.0, 7.0, 1.0, 3.2  # one step's width; heights of the lines
_AT = {"f": 1.9, "i": 4.1, "g": 6.0, "o": 7.9}  # where each gate stands within its step
_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}

# Corners of every line, in units of the picture, from the left edge of the step.
_FORWARD = [
    [(-1.5, _CELL), (9.5, _CELL)],  # from the corner of the step before, and without a head
    [(9.5, _CELL), (9.5, 6.1)], [(9.5, 5.2), (9.5, 4.65)],
    [(1.9, 3.75), (1.9, 6.6)], [(4.1, 3.75), (4.1, 5.1), (4.7, 5.1)],
    [(6.0, 3.75), (6.0, 5.1), (5.4, 5.1)], [(5.05, 5.45), (5.05, 6.6)],
    [(7.9, 3.75), (7.9, 4.3), (9.15, 4.3)], [(9.5, 3.95), (9.5, 1.2)],
    [(-1.5, _HIDDEN), (7.9, _HIDDEN), (7.9, 2.65)], [(9.5, 1.0), (9.5, -0.7)],
    [(0.6, -0.7), (0.6, 1.0)],
]  # fmt: skip
_BACKWARD = {
    "loss": [[(9.8, -0.7), (9.8, 0.65)]],
    "output": [[(9.8, 1.2), (9.8, 3.95), (8.2, 3.95), (8.2, 3.75)]],
    "tanh": [[(9.8, 1.2), (9.8, 4.55), (10.4, 4.55), (10.4, 6.7), (5.45, 6.7)]],
    "input": [[(5.3, 6.65), (5.3, 5.45)], [(4.9, 4.8), (4.4, 4.8), (4.4, 3.75)],
              [(5.2, 4.8), (5.7, 4.8), (5.7, 3.75)]],
    "forget": [[(4.7, 6.7), (2.2, 6.7), (2.2, 3.75)]],
    "cell carry": [[(2.2, 6.7), (-0.5, 6.7)]],  # goes on where "forget" turns off
    "recurrent": [[(8.2, 2.65), (8.2, 0.7), (-1.1, 0.7)], [(6.3, 2.65), (6.3, 0.7)],
                  [(4.4, 2.65), (4.4, 0.7)], [(2.2, 2.65), (2.2, 0.7)]],
}  # fmt: skip


def lstm_cells(ax, *, steps=2, values=None, gradients=True, animated=False):
    """Draw ``steps`` LSTM cells: forward lines in blue, gradient routes in dashed orange.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        About 4.4 inches wide per step and 3.8 high.
    steps : int, keyword
        How many cells, for t = 1..steps.
    values : dict, optional
        Forward values to write at the lines: ``("c", t)`` and ``("h", t)`` to a number.
    gradients : bool, keyword
        False: the forward pass alone; both dictionaries are then empty.
    animated : bool, keyword
        For an explorer: it draws the numbers and the two routes between steps.

    Returns
    -------
    numbers : dict of matplotlib.text.Text
        Empty texts to fill: ``(name, t)`` for name in c, h (the gradient of the state), i, f, g, o
        (the gradient of the gate's pre-activation), "i mark", "f mark", "g mark", "o mark" (left
        of the gate's box) and, beside the line on which step t receives them, loss, "cell carry"
        and recurrent (the last two not for the last step).
    routes : dict of list of matplotlib.patches.FancyArrowPatch
        ``(name, t)`` for name in loss, output, tanh, input, forget, "cell carry", recurrent. The
        last two leave step t to the left.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as described.
    """
    axes(ax)
    times = range(1, _door.size("steps", steps) + 1)
    states = [(name, t) for name in "ch" for t in times]
    for state, number in among("values", values, states, "c and h of the steps").items():
        _door.number(f"values[{state}]", number)
    numbers, routes = {}, {}
    for t in times:
        left = _WIDTH * (t - 1)
        _forward(ax, left, t, values or {})
        if gradients:
            _backward(ax, left, t, steps, numbers, routes, animated)
    ax.set(xlim=(-2.4, _WIDTH * steps + 0.9), ylim=(-1.6, 8.3))
    ax.set_axis_off()
    return numbers, routes


def _backward(ax, left, t, steps, numbers, routes, animated):
    for name, lines in _BACKWARD.items():
        moves = animated and name in ("cell carry", "recurrent")
        routes[name, t] = [_arrow(ax, left, line, "gradient", moves) for line in lines]
    places = {k: (x, 2.2, "center") for k, x in _AT.items()}
    places |= {f"{k} mark": (x - 0.65, _GATE, "right") for k, x in _AT.items()}
    places |= {"c": (6.65, 5.95, "left"), "h": (10.95, 1.65, "center"), "loss": (9.9, -0.2, "left")}
    names = {"c": (6.5, 5.95, f"$dc_{t}$ ="), "h": (11.4, 2.2, f"$dh_{t}$")}
    if t < steps:
        places |= {"cell carry": (11.75, 5.6, "center"), "recurrent": (15.6, 0.1, "left")}
        names["cell carry"] = 12.4, 6.2, f"$dc_{t + 1}\\,f_{t + 1}$"
        names["recurrent"] = 15.4, 0.1, rf"$\Sigma_k\,W_{{hk}}\,da^k_{t + 1}$ ="
    look = {"va": "center", "fontsize": 9.5, "zorder": 6, "color": style.ink(style.GRADIENT)}
    for name, (x, y, side) in places.items():
        numbers[name, t] = ax.text(left + x, y, "", ha=side, bbox=_WHITE, animated=animated, **look)
    for x, y, text in names.values():
        ax.text(left + x, y, text, ha="right", **look)


def _forward(ax, left, t, values):
    for line in _FORWARD:
        _arrow(ax, left, line, "forward", head=line is not _FORWARD[0])
    for k, x in _AT.items():
        if k != "o":
            _arrow(ax, left, [(x, _HIDDEN), (x, 2.65)], "forward")
        _box(ax, left + x, _GATE, f"${k}_{t}$")
    _box(ax, left + 9.5, 5.65, "tanh", width=1.25)
    for x, y, sign in ((1.9, _CELL, "×"), (5.05, _CELL, "+"), (5.05, 5.1, "×"), (9.5, 4.3, "×")):
        ax.plot(left + x, y, "o", markersize=14, color="white", mec=style.FORWARD, zorder=4)
        ax.text(left + x, y - 0.03, sign, ha="center", va="center", zorder=5)
    ax.plot([left + 7.5, left + 9.5], [_CELL, _HIDDEN], "o", markersize=7, color=style.FORWARD)
    for name, x, y, side in (("c", 7.5, 7.55, "center"), ("h", 9.2, 0.1, "right")):
        number = f" = {values[name, t]:.4f}" if (name, t) in values else ""
        _word(ax, left + x, y, f"${name}_{t}${number}", side)
    _word(ax, left + 0.6, -1.15, f"$x_{t}$")
    _word(ax, left + 9.6, -1.15, rf"$\ell_{t}$")
    if t == 1:
        _word(ax, -2.0, _CELL, "$c_0$")
        _word(ax, -2.0, _HIDDEN, "$h_0$")


def _arrow(ax, left, line, kind, animated=False, head=True):
    back = kind == "gradient"
    return ax.add_patch(FancyArrowPatch(
        path=Path([(left + x, y) for x, y in line]), arrowstyle="-|>" if head else "-", fill=False,
        mutation_scale=9 if back else 7, linestyle="--" if back else "-",
        capstyle="butt" if head else "projecting",  # so that corners close
        color=style.GRADIENT if back else style.FORWARD, linewidth=1.7 if back else 1.4,
        zorder=3 if back else 2, animated=animated,
    ))  # fmt: skip


def _box(ax, x, y, text, width=1.1):
    ax.add_patch(FancyBboxPatch(
        (x - width / 2, y - 0.5), width, 1.0, boxstyle="round,pad=0,rounding_size=0.2",
        facecolor="#e8f1f8", edgecolor=style.FORWARD, zorder=4,
    ))  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", zorder=5)


def _word(ax, x, y, text, side="center"):
    ax.text(x, y, text, ha=side, va="center", color=style.ink(style.FORWARD), fontsize=10)
