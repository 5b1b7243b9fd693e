"""Networks on a fixed grid, time from left to right: cells, unrolled networks, path pictures.

Forward edges are blue, with their value above (to the left of travel); backward edges are orange
and dashed, with the gradient on the other side. Artists come back by name, for an explorer.
"""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from helpers import _door, style
from helpers.draw._door import among, axes, several
from helpers.draw.plots import heat

HALF = 0.27  # radius of a round node, half the height of a box, in the grid's unit


def network(ax, nodes, edges, *, values=None, gradients=None, moving=False):
    """Draw nodes and directed edges; a gradient travels each edge the other way.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    nodes : dict
        Name to ``(x, y, label)`` for a circle, ``(x, y, label, width)`` for a box.
    edges : dict
        Name to ``(from, to)``, two names of nodes.
    values, gradients : dict, optional
        Name of an edge to the text beside it. An edge named in ``gradients`` gets an orange edge
        as well, also when its text is empty.
    moving : bool
        Make the orange edges and their texts ``animated``.

    Returns
    -------
    SimpleNamespace of dicts
        ``nodes`` (patches) by node; by edge ``forward`` and ``backward`` (arrows), ``values`` and
        ``gradients`` (texts).

    Raises
    ------
    TypeError, ValueError
        When an argument is not as described, or names a node or edge that is not there.
    """
    _check(axes(ax), nodes, edges)
    values = among("values", values, edges, "edges")
    gradients = among("gradients", gradients, edges, "edges")
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

    Column t is at 1.5 t; the rows are inputs at −1.15, states at 0, losses at 1.15.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    T : int
    symbols : str of three characters
        What input, state and loss are called.
    losses : iterable of int, optional
        The steps that have a loss; by default all.
    values, gradients, moving
        As for ``network``. The edges are ``("input", t)`` from x_t to h_t, ``("state", t)`` from
        h_{t−1} to h_t, and ``("loss", t)`` from h_t to ℓ_t.

    Returns
    -------
    SimpleNamespace of dicts
        As ``network``; the nodes are ``("x", t)``, ``("h", t)`` and ``("l", t)``.

    Raises
    ------
    TypeError, ValueError
        As ``network``; or when a loss is at no step, or ``symbols`` are not three.
    """
    steps = range(1, _door.size("T", T) + 1)
    losses = steps if losses is None else losses
    _door.instance("losses", losses, Iterable, "a list of steps")
    among("losses", dict.fromkeys(losses), steps, f"steps from 1 to {T}")
    several("symbols", symbols, 3, "for input, state and loss")
    x, h, loss = (r"\ell" if symbol == "ℓ" else symbol for symbol in symbols)
    nodes = {("h", t): (1.5 * t, 0, f"${h}_{{{t}}}$") for t in range(T + 1)}
    nodes |= {("x", t): (1.5 * t, -1.15, f"${x}_{{{t}}}$", 2 * HALF) for t in steps}
    nodes |= {("l", t): (1.5 * t, 1.15, f"${loss}_{{{t}}}$", 2 * HALF) for t in losses}
    edges = {("state", t): (("h", t - 1), ("h", t)) for t in steps}
    edges |= {("input", t): (("x", t), ("h", t)) for t in steps}
    edges |= {("loss", t): (("h", t), ("l", t)) for t in losses}
    return network(ax, nodes, edges, values=values, gradients=gradients, moving=moving)


def paths(ax, C, *, signed=True, limit=None, numbers=None):
    """Draw the path picture: entry [t, k] is what loss t contributes through step k ≤ t.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    C : array_like, shape (T, T)
        Row t−1 is loss t, column k−1 step k. Above the diagonal nothing is drawn.
    signed, limit, numbers
        As for ``heat``.

    Returns
    -------
    matplotlib.image.AxesImage

    Raises
    ------
    TypeError, ValueError
        When ``C`` is not square, or as ``heat``.
    """
    C = _door.real("C", C, ("T", "T"), allow=np.isnan)
    steps = range(1, len(C) + 1)
    C[np.triu_indices(len(C), 1)] = np.nan
    image = heat(ax, C, signed=signed, limit=limit, numbers=numbers, rows=steps, columns=steps)
    ax.set(xlabel="through step $k$", ylabel="loss $t$")
    return image


def _check(ax, nodes, edges):
    for name, node in _door.instance("nodes", nodes, dict, "a dict of nodes").items():
        if not isinstance(node, tuple) or len(node) not in (3, 4):
            raise ValueError(
                f"nodes[{name!r}] must be (x, y, label) or (x, y, label, width), but it is "
                f"{_door.shown(node)}."
            )
        _door.real(f"The place of nodes[{name!r}]", node[:2])
    for name, edge in _door.instance("edges", edges, dict, "a dict of edges").items():
        for end in several(f"edges[{name!r}]", edge, 2, "the names of its ends"):
            if end not in nodes:
                raise ValueError(f"edges[{name!r}] must join two nodes, but {end!r} is not one.")


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
