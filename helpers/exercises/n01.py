"""Exercises of notebook 01: computational graphs. Numbers, and a graph as a list of edges."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(1)
RULES = "What each node does to a gradient"
COPY = "Used twice: gradients add"
ENGINE = "Build the engine"
WAIT = "When a node does not wait"
DEEP = "Five thousand nodes deep"
SIGMOID = "One node or four"


def routed(x, y, du):
    return du * np.heaviside(x - y, 0.5), du * np.heaviside(y - x, 0.5)


maximum = Exercise(
    number="1.1",
    title="max with a tie",
    truth=routed,
    inputs=((3.0, -1.0, 2.0), (-1.0, 3.0, 0.5), (0.7, 0.7, -3.0), (1e-9, 0.0, 1e3)),
    returns=("dx", "dy"),
    mistakes=(
        Mistake(
            lambda x, y, du: (du * (x > y), du * (y > x)),
            "This is (1.5), which says nothing about a tie; there each input gets half.",
            RULES,
        ),
        Mistake(
            lambda x, y, du: (du * (x >= y), du * (y >= x)),
            "At a tie you gave each input all of du, twice as much as arrived; each gets half.",
            RULES,
        ),
        Mistake(
            lambda x, y, du: (du * (x > y), du * (y >= x)),
            "At a tie you gave all of du to y; each input gets half.",
            RULES,
        ),
        Mistake(
            lambda x, y, du: (du * (x >= y), du * (y > x)),
            "At a tie you gave all of du to x; each input gets half.",
            RULES,
        ),
        Mistake(
            lambda x, y, du: routed(y, x, du),
            "You sent the gradient to the smaller input; max follows the larger one.",
            RULES,
        ),
        Mistake(
            lambda x, y, du: routed(x, y, 1.0),
            "These are the local derivatives; multiply them by the upstream du.",
            "A formula is a graph",
        ),
    ),
)

divide = Exercise(
    number="1.2",
    title="a division node",
    truth=lambda a, b: (a / b, 1 / b, -a / b**2),
    inputs=((3.0, 2.0), (-1.5, 0.4), (1e-3, -50.0), (7.0, 1e-2)),
    returns=("u", "∂u/∂a", "∂u/∂b"),
    mistakes=(
        Mistake(
            lambda a, b: (a / b, 1 / b, a / b**2),
            "The sign for b is wrong: a positive quotient falls when b rises.",
            ENGINE,
        ),
        Mistake(
            lambda a, b: (a / b, 1 / b, -1 / b**2),
            "The derivative for b lacks a factor: -1/b² belongs to 1/b, and here that is times a.",
            ENGINE,
        ),
        Mistake(
            lambda a, b: (a / b, 1 / b, -a / b),
            "The derivative of 1/b is -1/b²; in yours the square is missing.",
            ENGINE,
        ),
        Mistake(
            lambda a, b: (a / b, -a / b**2, 1 / b),
            "The two local derivatives stand in the wrong order: first a's, then b's.",
            ENGINE,
        ),
        Mistake(
            lambda a, b: (a / b, b, a),
            "These are the local derivatives of a product; write a/b as a · (1/b) first.",
            RULES,
        ),
        Mistake(
            lambda a, b: (a / b, 1.0, -a / b**2),
            "The derivative for a is 1/b, not 1: b scales whatever a does.",
            ENGINE,
        ),
    ),
)


def in_closed_form(x, du):
    s = (1 + np.tanh(x / 2)) / 2
    falls = -x * du * s**2
    return x * du, falls, falls, falls * np.exp(-x), du * s * (1 + x * np.exp(-x) * s)


def node_by_node(x, du, *, swaps=True, reciprocal=lambda v: -1 / v**2, exp=lambda e: e, end=None):
    """Sweep back through u = x · 1/(1 + exp(−x)), with one thing changed."""
    e = np.exp(-x)
    v = 1 + e
    s = 1 / v
    ds = du * (x if swaps else s)
    dv = ds * reciprocal(v)
    dn = dv * exp(e)
    from_product = du * (s if swaps else x)
    return ds, dv, dv, dn, end(from_product, dn) if end else from_product - dn


swish = Exercise(
    number="1.3",
    title="x times its sigmoid",
    truth=in_closed_form,
    inputs=((0.7, 1.0), (-1.3, -2.0), (12.0, 0.5), (-12.0, 3.0), (1e-3, 1e3)),
    returns=("ds", "dv", "de", "dn", "dx"),
    mistakes=(
        Mistake(
            lambda x, du: node_by_node(x, du, end=lambda direct, dn: -dn),
            "x is used twice, and you kept only the use by n = -x; the product uses it too.",
            COPY,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, end=lambda direct, dn: direct),
            "x is used twice, and you kept only the use by the product; n = -x uses it too.",
            COPY,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, end=lambda direct, dn: direct + dn),
            "The local derivative of n = -x is -1; its sign is missing in your dx.",
            SIGMOID,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, reciprocal=lambda v: 1 / v**2),
            "The derivative of 1/v is -1/v²; you lost the minus in dv.",
            SIGMOID,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, reciprocal=lambda v: -1 / v),
            "The derivative of 1/v is -1/v²; you lost the square in dv.",
            SIGMOID,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, exp=lambda e: 1.0),
            "exp has the local derivative e, its own value; you passed de on to n unchanged.",
            SIGMOID,
        ),
        Mistake(
            lambda x, du: node_by_node(x, du, swaps=False),
            "Multiply swaps: in u = x · s, s gets du times x, and x gets du times s.",
            RULES,
        ),
    ),
)


def uses_of(n, edges, local):
    """Return for every node the pairs (parent, local derivative) of its edges."""
    into = [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist(), strict=True):
        into[w].append((v, slope))
    return into


def first_met(into, output):
    order, met = [output], {output}
    for w in order:
        for v, _ in into[w]:
            if v not in met:
                met.add(v)
                order.append(v)
    return order


def waiting(into, output, counted=first_met):
    uses, order, ready = [0] * len(into), [], [output]
    for w in counted(into, output):
        for v, _ in into[w]:
            uses[v] += 1
    while ready:
        order.append(ready.pop())
        for v, _ in into[order[-1]]:
            uses[v] -= 1
            if uses[v] == 0:
                ready.append(v)
    return order


def by_recursion(into, output):
    done = {}

    def visit(w):
        for v, _ in into[w]:
            if v not in done:
                visit(v)
        done[w] = True

    visit(output)
    return list(done)[::-1]


def by_number(into, output):
    return range(len(into))[::-1]


def sweep(n, edges, local, output, *, order=waiting, adds=True):
    into, grads = uses_of(n, edges, local), np.zeros(n)
    grads[output] = 1.0
    for w in order(into, output):
        for v, slope in into[w]:
            grads[v] = grads[v] * adds + grads[w] * slope
    return grads


def _once(n, edges, local, output):
    single = dict(zip(map(tuple, edges.tolist()), local, strict=True))
    return sweep(n, np.array([*single]).reshape(-1, 2), np.array([*single.values()]), output)


def _shuffled(n, rows, output, local=None):
    """Give the nodes of a graph, and its edges, another order."""
    number, order = _rng.permutation(n), _rng.permutation(len(rows))
    edges = number[np.array(rows, dtype=int).reshape(-1, 2)][order]
    return n, edges, _rng.normal(size=len(rows)) if local is None else local, int(number[output])


_small = [(0, 2), (0, 2), (1, 3), (2, 3), (2, 4), (3, 5), (4, 5), (4, 5), (1, 5), (3, 6), (5, 7)]
_diamonds = [(v + i, v + j) for v in range(0, 120, 3) for i, j in ((0, 1), (0, 2), (1, 3), (2, 3))]
_chain = [(v, k) for k in range(1, 2001) for v in (k - 1, 0)]

arrays = Exercise(
    number="1.4",
    title="the sweep over a list of edges",
    truth=sweep,
    inputs=(
        _shuffled(4, [(0, 1), (0, 1), (1, 2), (1, 3), (2, 3)], 3),
        _shuffled(8, _small, 5),
        _shuffled(1, [], 0),
        _shuffled(121, _diamonds, 120, _rng.uniform(0.4, 1.2, size=160)),
        _shuffled(2001, _chain, 2000, np.ones(4000)),
    ),
    returns=("grads",),
    mistakes=(
        Mistake(
            lambda *graph: sweep(*graph, order=first_met),
            "A node passed its gradient on when its first use had reported; it must wait for all.",
            WAIT,
        ),
        Mistake(
            lambda *graph: sweep(*graph, order=by_number),
            "You went through the nodes by their numbers; here a parent may have any number, so "
            "count the uses that have reported.",
            WAIT,
        ),
        Mistake(
            lambda *graph: sweep(
                *graph,
                order=lambda into, output: waiting(into, output, lambda *_: range(len(into))),
            ),
            "You also wait for uses that the output does not depend on, and they never report: "
            "count only what can be reached from the output.",
            ENGINE,
        ),
        Mistake(
            lambda *graph: sweep(*graph, adds=False),
            "Each use overwrites what the others brought: += and not =.",
            COPY,
        ),
        Mistake(
            _once,
            "Two rows may join the same two nodes, as in a + a, and both count; a dictionary or an "
            "indexed += on an array keeps one of them.",
            COPY,
        ),
        Mistake(
            lambda n, edges, local, output: sweep(n, edges[:, ::-1], local, output),
            "You walked the edges forward: in a row (v, w), w uses v, so it goes from w to v.",
            COPY,
        ),
        Mistake(
            lambda *graph: sweep(*graph, order=by_recursion),
            "Right on small graphs, but Python stops a recursion that is thousands of calls deep; "
            "keep a list of ready nodes instead.",
            DEEP,
        ),
    ),
)

EXERCISES = (maximum, divide, swish, arrays)
