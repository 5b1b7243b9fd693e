"""Pictures of computational graphs: forward values above the edges, gradients below them.

Every *use* of a value is an edge of its own, so ``a + a`` shows two. No backward pass is run
here: a gradient is drawn only where one has left it in ``node.grad``.
"""

from collections import Counter

import numpy as np

from helpers import style
from helpers.graph import topological_order

_PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.2}
_POINTS = 72  # in a unit of length, about (an inch)


def graph(ax, root, *, at=None, along=0.4, animated=False):
    """Draw the graph of ``root`` from left to right, with its numbers; return a GraphPicture.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its frame is hidden and its aspect made equal.
    root : helpers.graph.Node
        The output, with or without gradients.
    at : dict, optional
        Node to (x, y), a unit being about an inch; by default in layers, for small graphs.
    along : float
        Where on an edge its numbers stand, from 0 at the value used to 1 at its user.
    animated : bool
        True for an explorer, which moves it.
    """
    at = _layers(root) if at is None else at
    return GraphPicture(ax, root, at, along, animated)


class GraphPicture:
    """The artists of a drawn graph, by position in the backward order (root first).

    ``values``, ``gradients`` and ``arrows`` hold the text above, the text below and the backward
    arrow of edge k of node i under (i, k), the root's own under (0, "out"); ``sums`` the text
    below node i if it is used more than once; ``ring`` is the highlight of the current node.
    ``mark((i, k))`` shows the backward arrow of an edge instead of its forward arrow.
    """

    def __init__(self, ax, root, at, along, animated):
        self._ax, self._along, self._animated = ax, along, animated
        self.values, self.gradients, self.arrows, self.sums = {}, {}, {}, {}
        self._ahead, self._normal, self._course = {}, {}, {}
        order = topological_order(root)[::-1]
        self._at = [np.array(at[node], float) for node in order]
        uses = Counter(parent for node in order for parent, _ in node.edges)
        for i, node in enumerate(order):
            self._node(i, node, uses[node])
            inside, met = Counter(parent for parent, _ in node.edges), Counter()
            for k, (parent, _) in enumerate(node.edges):
                # Several uses of one value by one node are arcs, all other edges are straight.
                arcs = np.linspace(-0.5, 0.5, inside[parent]) if inside[parent] > 1 else [0]
                rad = arcs[met[parent]]
                met[parent] += 1
                gap = 17 if parent.edges else max(17, 8 + 4.5 * len(parent.name.strip("$")))
                self._edge((i, k), self._at[order.index(parent)], self._at[i], rad, gap, 17)
        end = self._at[0] + (0.95, 0)
        self._edge((0, "out"), self._at[0], end, 0, 17, 0)
        ax.text(*end, f" {root.name}", va="center", fontsize=12)
        (self.ring,) = ax.plot([], [], "o", ms=37, mfc="none", mec=style.GRADIENT, mew=3)
        self.ring.set_animated(animated)
        reach = np.array([*self._at, *(text.xy for text in self.values.values()), end])
        low, high = reach.min(axis=0) - (1.3 if self.sums else 0.3, 0.45), reach.max(axis=0)
        ax.set(xlim=(low[0], high[0] + 0.25), ylim=(low[1], high[1] + 0.4), aspect="equal")
        ax.set_axis_off()
        self.update(root)

    def update(self, root, *, done=None):
        """Write the numbers of ``root``, whose graph has the drawn shape.

        ``done`` counts the operations, from the root backward, that have passed their gradient
        on; the last of them is highlighted, and its edges read upstream × local = downstream.
        By default every gradient that is there is shown, and nothing is highlighted.
        """
        order = topological_order(root)[::-1]
        operations = [node for node in order if node.edges]
        passed = operations[:done]
        current = passed[-1] if done else None
        terms = {order[i]: [] for i in self.sums}
        self._write((0, "out"), self._number(root.value), self._number(root.grad))
        self.ring.set_data(*([[c] for c in self._at[order.index(current)]] if done else [[], []]))
        for i, node in enumerate(order):
            for k, (parent, pull) in enumerate(node.edges):
                down = pull(node.grad) if node in passed and node.grad is not None else None
                below = self._number(down)
                if node is current and below and np.size(down) == 1:
                    local = self._number(pull(np.ones_like(node.grad)), term=True)
                    words = f"{self._number(node.grad, term=True)} × {local}"
                    wide = len(f"{words} = {below}") > 13 and len(self._course[i, k])
                    below = words + ("\n" if wide else " ") + f"= {below}"
                self._write((i, k), self._number(parent.value), below)
                self.mark((i, k), node is current)
                if parent in terms:
                    terms[parent].append(self._number(down, term=True) or "?")
        for i, text in self.sums.items():
            parts, name = terms[order[i]], order[i].name
            words = f"d{name} = " * bool(name) + (" + ".join(parts) if len(parts) < 4 else "Σ")
            gap = "\n" if len(words) > 14 else " "
            total = f"{gap}= {self._number(order[i].grad)}"
            text.set_text("" if set(parts) == {"?"} else words + total * ("?" not in parts))

    def mark(self, key, on=True):
        """Show the backward arrow of an edge in place of its forward arrow, or not."""
        self.arrows[key].set_visible(on)
        self._ahead[key].set_visible(not on)  # both at once would look like one two-way arrow

    def _node(self, i, node, uses):
        at, box, words = self._at[i], None, node.op or node.name or self._number(node.value)
        if node.edges:
            self._ax.plot(*at, "o", ms=30, mfc="white", mec=style.FRAME, zorder=3)
            self._text(at, (0, 27), style.FRAME, moves=False).set_text(node.name if i > 0 else "")
        else:
            box = {"boxstyle": "round,pad=0.4", "edgecolor": style.FRAME, "facecolor": "#f2f2f2"}
        size = 9 if node.edges and len(words) > 1 else 13
        self._text(at, (0, 0), style.FRAME, size, moves=False, bbox=box).set_text(words)
        if uses > 1:
            self.sums[i] = self._text(at, (-6, -67) if node.edges else (12, -18), style.GRADIENT)
            self.sums[i].set(ha="left" if node.edges else "right", va="top")

    def _edge(self, key, start, end, rad, near, far):
        t = 0.6 if key == (0, "out") else self._along
        control = (start + end) / 2 + rad * (end - start)[::-1] * (1, -1)
        parts = np.vstack([t, np.linspace(0, 1, 60)[:, None] if rad else np.empty((0, 1))])
        course = (1 - parts) ** 2 * start + 2 * parts * (1 - parts) * control + parts**2 * end
        middle = course[0]
        tangent = (1 - t) * (control - start) + t * (end - control)
        normal = np.array([-tangent[1], tangent[0]]) / np.hypot(*tangent)
        self._normal[key] = normal if tangent[0] >= 0 else -normal
        self._course[key] = _POINTS * (course[1:] - middle)  # of an arc; empty if straight
        look = {"connectionstyle": f"arc3,rad={rad}", "mutation_scale": 14, "shrinkA": near}
        ahead = {"arrowstyle": "-|>", "color": "#555555", "lw": 1.2, "shrinkB": far}
        back = {"arrowstyle": "<|-", "color": style.GRADIENT, "lw": 3, "shrinkB": far}
        self._ahead[key] = self._ax.annotate("", end, start, arrowprops=look | ahead, zorder=1)
        self.arrows[key] = self._ax.annotate("", end, start, arrowprops=look | back, zorder=2)
        self._ahead[key].set_animated(self._animated)
        self.arrows[key].set(visible=False, animated=self._animated)
        self.values[key] = self._text(middle, (0, 0), style.FORWARD, bbox=_PAPER)
        self.gradients[key] = self._text(middle, (0, 0), style.GRADIENT, bbox=_PAPER)

    def _text(self, xy, offset, colour, size=11, *, moves=True, bbox=None):
        return self._ax.annotate(
            "", xy, offset, textcoords="offset points", ha="center", va="center", fontsize=size,
            color=style.ink(colour), zorder=5, animated=self._animated and moves, bbox=bbox,
        )  # fmt: skip

    def _write(self, key, above, below):
        for text, words, side in ((self.values[key], above, 1), (self.gradients[key], below, -1)):
            # Far enough along the normal for a text of this width not to touch the edge.
            lines, normal = words.split("\n"), side * self._normal[key]
            half = np.array([3.6 * max(map(len, lines)), 6.5 * len(lines)])
            place = normal * (np.abs(normal) @ half + 3)
            # On its hollow side, an arc bends back into a wide text: farther, until it is clear.
            free = half + np.array([0, 3])
            while np.any(np.all(np.abs(self._course[key] - place) < free, axis=1)):
                place += normal
            text.set(text=words, position=place)

    def _number(self, value, *, term=False):
        if value is None or np.size(value) > 1:
            return "" if value is None else "×".join(map(str, value.shape))
        number = format(float(np.real(value).item()) + 0.0, ".4g").replace("-", "−")
        return f"({number})" if term and number.startswith("−") else number


def _layers(root):
    """Place nodes in layers by their distance from the leaves, operands from top to bottom."""
    order, layer, row, leaves = topological_order(root), {}, {}, 0
    for node in order:
        layer[node] = 1 + max((layer[parent] for parent, _ in node.edges), default=-1)
        row[node] = np.mean([row[parent] for parent, _ in node.edges] or [-leaves])
        leaves += not node.edges
    at, links = {}, [(parent, node) for node in order for parent, _ in node.edges]
    for leaf in [node for node in order if not node.edges and node is not root]:
        layer[leaf] = min(layer[user] for parent, user in links if parent is leaf) - 1
    for x in set(layer.values()):
        # An edge that passes a layer keeps a place there, so that it does not hit a node.
        passing = [parent for parent, user in links if layer[parent] < x < layer[user]]
        column = sorted([n for n in order if layer[n] == x] + passing, key=lambda n: -row[n])
        for k, node in enumerate(column):
            at.setdefault(node, (1.8 * x, 1.4 * ((len(column) - 1) / 2 - k)))
    return at
