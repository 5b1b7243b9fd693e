"""Exercises of page 01: computational graphs. Numbers, and a graph as a list of edges."""

import itertools

import numpy as np

from exercises.inputs import numbers
from exercises.slips import Exercise


def max_backward(x, y, du):
    tie = du * (x == y) / 2
    dx = du * (x > y) + tie
    dy = du * (y > x) + tie
    return dx, dy


def _pairs(rng):
    yield from numbers(rng, 3)
    for x, y in itertools.product((0.7, -0.7, 0.0, 3.0, 1e3, 1e-9, 0.7 + 1e-9), repeat=2):
        yield x, y, float(rng.normal())


e1 = Exercise("1.1", max_backward, _pairs, returns=("dx", "dy"))


def division(a, b):
    u = a / b
    return u, 1 / b, -a / b**2


def _quotients(rng):
    for a, b in numbers(rng, 2):
        yield a, b
    for b in (1.0, -1.0, 0.5, 1e-2, -50.0):
        yield 0.0, b
        yield b, b


e2 = Exercise("1.2", division, _quotients, returns=("u", "∂u/∂a", "∂u/∂b"))


def swish_backward(x, du):
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv
    dn = de * e
    dx = du * s - dn
    return ds, dv, de, dn, dx


def _points(rng):
    for x, du in numbers(rng, 2, scales=(1.0, 1e-3, 5.0)):
        yield float(np.clip(x, -10, 10)), du
    for x in (0.0, 0.7, -9.0, 9.0):
        yield x, 1.0
        yield x, 0.0


e3 = Exercise(
    "1.3", swish_backward, _points, returns=("ds", "dv", "de", "dn", "dx"), shown="n e v s"
)


def sweep(n, edges, local, output):
    ends = [[] for _ in range(n)]  # of each node, the rows that end there
    for k, (_, w) in enumerate(edges):
        ends[w].append(k)
    uses, reached = [0] * n, [output]
    for w in reached:  # grows while it runs
        for k in ends[w]:
            uses[edges[k, 0]] += 1
            if uses[edges[k, 0]] == 1:
                reached.append(edges[k, 0])
    grads, ready = np.zeros(n), [output]
    grads[output] = 1.0
    while ready:
        w = ready.pop()
        for k in ends[w]:
            v = edges[k, 0]
            grads[v] += grads[w] * local[k]
            uses[v] -= 1
            if uses[v] == 0:
                ready.append(v)
    return grads


def _each_path(n, edges, local, output):
    """Go along every path from the output by itself, and give up after 20 000 of its nodes."""
    grads, paths = np.zeros(n), [(output, 1.0)]
    ends = [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist(), strict=True):
        ends[w].append((v, slope))
    for _ in range(20_000):
        w, share = paths.pop()
        grads[w] += share
        paths += [(v, share * slope) for v, slope in ends[w]]
        if not paths:
            return grads
    raise StopIteration


def _one_pass(n, edges, local, output):
    grads = np.zeros(n)
    grads[output] = 1.0
    for (v, w), slope in zip(edges.tolist(), local.tolist(), strict=True):
        grads[v] += grads[w] * slope
    return grads


def _recursive(n, edges, local, output):
    """Recursion over users: right, but as deep as the graph."""
    grads, users = {output: 1.0}, [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist(), strict=True):
        users[v].append((w, slope))

    def grad(v):
        if v not in grads:
            grads[v] = 0.0 + sum(slope * grad(w) for w, slope in users[v])
        return grads[v]

    grads.update({w: 0.0 for w in range(n) if not users[w] and w != output})
    grads[output] = 1.0
    return np.array([grad(v) for v in range(n)])


def _shuffled(rng, n, rows, output, local=None):
    """Give the nodes of a graph, and its edges, another order."""
    number, order = rng.permutation(n), rng.permutation(len(rows))
    edges = number[np.array(rows, dtype=int).reshape(-1, 2)][order]
    return n, edges, rng.normal(size=len(rows)) if local is None else local, int(number[output])


def _graphs(rng):
    yield _shuffled(rng, 1, [], 0)
    yield _shuffled(rng, 2, [(0, 1)], 0)
    yield _shuffled(rng, 4, [(0, 1), (0, 1), (1, 2), (1, 3), (2, 3)], 3)
    for _ in range(4):  # two equal rows, and a third use that reports late
        yield _shuffled(rng, 5, [(0, 1), (1, 4), (1, 4), (1, 2), (2, 3), (3, 4)], 4)
    for n in (2, 3, 4, 5, 6, 8, 10, 12) * 4:
        pairs = rng.integers(0, n, size=(2 * n, 2))
        rows = [(int(min(p)), int(max(p))) for p in pairs if p[0] != p[1]]
        yield _shuffled(rng, n, rows + rows[:2], max(0, n - 1 - int(rng.integers(0, 3))))
    steps = ((0, 1), (0, 2), (1, 3), (2, 3))
    diamonds = [(v + i, v + j) for v in range(0, 120, 3) for i, j in steps]
    yield _shuffled(rng, 121, diamonds, 120, rng.uniform(0.4, 1.2, size=160))
    chain = [(v, k) for k in range(1, 2001) for v in (k - 1, 0)]
    yield _shuffled(rng, 2001, chain, 2000, np.ones(4000))


e4 = Exercise("1.4", sweep, _graphs, returns="grads", shown="w v")
