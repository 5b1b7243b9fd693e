"""Networks on a fixed grid, time from left to right: steps, unrolled networks, path pictures.

Forward edges are blue, with their value above (to the left of travel); backward edges are orange
and dashed, with the gradient on the other side. Artists come back by name, for an explorer.
"""

from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from helpers import style
from helpers.draw.plots import heat

HALF = 0.27  # radius of a round node, half the height of a box, in the grid's unit


def network(ax, nodes, edges, *, values=None, gradients=None, moving=False):
    """Draw nodes and directed edges; a gradient travels each edge the other way.

    ``nodes`` maps a name to ``(x, y, label)`` for a circle, ``(x, y, label, width)`` for a box;
    ``edges`` a name to ``(from, to)``, two names of nodes. ``values`` and ``gradients`` map names
    of edges to the text beside them; an edge named in ``gradients`` gets an orange edge as well,
    also when its text is empty. ``moving`` makes the orange edges and their texts ``animated``.

    Returns a SimpleNamespace of dicts: ``nodes`` (patches) by node; by edge ``forward`` and
    ``backward`` (arrows), ``values`` and ``gradients`` (texts).
    """
    values, gradients = values or {}, gradients or {}
    made = SimpleNamespace(nodes={}, forward={}, backward={}, values={}, gradients={})
    for name, (x, y, label, *width) in nodes.items():
        made.nodes[name] = ax.add_patch(_node(x, y, *width))
        ax.text(x, y, label, ha="center", va="center", zorder=4, size=12)
    for name, (start, end) in edges.items():
        a, b = np.array(nodes[start][:2], float), np.array(nodes[end][:2], float)
        along = (b - a) / np.hypot(*(b - a))
        left = np.array([-along[1], along[0]])
        a = a + along * _reach(along, *nodes[start][3:])
        b = b - along * _reach(along, *nodes[end][3:])
        side = (0.08 if name in gradients else 0.0) * left
        made.forward[name] = _arrow(ax, a + side, b + side, style.FORWARD, "-")
        if name in values:
            made.values[name] = _beside(ax, (a + b) / 2, left, values[name], style.FORWARD)
        if name in gradients:
            arrow = _arrow(ax, b - side, a - side, style.GRADIENT, (0, (3, 1.2)))
            text = _beside(ax, (a + b) / 2, -left, gradients[name], style.GRADIENT)
            arrow.set_animated(moving)
            text.set_animated(moving)
            made.backward[name], made.gradients[name] = arrow, text
    ax.set(aspect="equal")
    ax.autoscale_view()
    ax.set_axis_off()
    return made


def unrolled(ax, T, *, symbols="xhℓ", losses=None, values=None, gradients=None, moving=False):
    """Draw a recurrent network unrolled over the steps 1..T.

    Column t is at 1.5 t; the rows are inputs at −1.15, states at 0, losses at 1.15. ``symbols``
    are what input, state and loss are called; ``losses`` the steps that have one, by default all.
    ``values``, ``gradients``, ``moving`` are those of ``network``, for the edges ``("input", t)``
    from x_t to h_t, ``("state", t)`` from h_{t−1} to h_t, and ``("loss", t)`` from h_t to ℓ_t.
    Returns what ``network`` returns; the nodes are ``("x", t)``, ``("h", t)`` and ``("l", t)``.
    """
    steps = range(1, T + 1)
    losses = steps if losses is None else losses
    x, h, loss = (r"\ell" if symbol == "ℓ" else symbol for symbol in symbols)
    nodes = {("h", t): (1.5 * t, 0, f"${h}_{{{t}}}$") for t in range(T + 1)}
    nodes |= {("x", t): (1.5 * t, -1.15, f"${x}_{{{t}}}$", 2 * HALF) for t in steps}
    nodes |= {("l", t): (1.5 * t, 1.15, f"${loss}_{{{t}}}$") for t in losses}
    edges = {("state", t): (("h", t - 1), ("h", t)) for t in steps}
    edges |= {("input", t): (("x", t), ("h", t)) for t in steps}
    edges |= {("loss", t): (("h", t), ("l", t)) for t in losses}
    return network(ax, nodes, edges, values=values, gradients=gradients, moving=moving)


def paths(ax, C, *, limit=None, numbers=None):
    """Draw the path picture: entry [t, k] is what loss t contributes through step k ≤ t.

    Row t−1 of ``C`` (T, T) is loss t, column k−1 step k; above the diagonal nothing is drawn.
    ``limit``, ``numbers`` are those of ``heat``. Returns the image.
    """
    C = np.array(C, dtype=float)
    steps = range(1, len(C) + 1)
    C[np.triu_indices(len(C), 1)] = np.nan
    image = heat(ax, C, limit=limit, numbers=numbers, rows=steps, columns=steps)
    ax.set(xlabel="through step $k$", ylabel="loss $t$")
    return image


def _node(x, y, width=None):
    look = {"edgecolor": style.FORWARD, "linewidth": 1.6, "zorder": 3}
    if width is None:
        return Circle((x, y), HALF, facecolor="white", **look)
    corner, rounded = (x - width / 2, y - HALF), "round,pad=0,rounding_size=0.08"
    return FancyBboxPatch(corner, width, 2 * HALF, boxstyle=rounded, facecolor="#eeeeee", **look)


def _reach(along, width=None):
    if width is None:  # a circle
        return HALF
    return min(half / max(abs(d), 1e-9) for half, d in zip((width / 2, HALF), along, strict=True))


def _arrow(ax, start, end, colour, line):
    look = {"color": colour, "linewidth": 1.6, "linestyle": line, "zorder": 2}
    head = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 1}
    return ax.add_patch(FancyArrowPatch(start, end, **head, **look))


def _beside(ax, place, side, text, colour):
    horizontal = abs(side[0]) < 0.5
    x, y = place + side * 0.14
    return ax.text(
        x, y, text, size=10, color=style.ink(colour), zorder=4,
        ha="center" if horizontal else ("left" if side[0] > 0 else "right"),
        va="center" if not horizontal else ("bottom" if side[1] > 0 else "top"),
    )  # fmt: skip
