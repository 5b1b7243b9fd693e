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


e1 = Exercise(
    "1.1",
    "max with a tie",
    max_backward,
    _pairs,
    """\
see What each node does to a gradient
+ tie ->
  This is (1.5), which says nothing about a tie; there each input gets half.
/ 2 ->
  At a tie you gave each input all of du, twice as much as arrived; each gets half.
tie = du * (x == y) / 2 -> tie = 0
y > x -> y >= x
  At a tie you gave all of du to y; each input gets half.
tie = du * (x == y) / 2 -> tie = 0
x > y -> x >= y
  At a tie you gave all of du to x; each input gets half.
x > y -> x < y
y > x -> y < x
  You sent the gradient to the smaller input; max follows the larger one.
x > y -> abs(x) > abs(y)
y > x -> abs(y) > abs(x)
or
x > y -> abs(x) > abs(y)
y > x -> abs(y) > abs(x)
x == y -> abs(x) == abs(y)
  You compared absolute values; max looks at the numbers themselves: max(−3, 1) is 1.
x == y -> abs(x - y) < 1e-8
or
x == y -> np.isclose(x, y)
  Numbers that are only close are no tie: the larger one gets all of du.
x > y -> x > 0
y > x -> y > 0
or
x > y -> x > 0
y > x -> y > 0
tie = du * (x == y) / 2 -> tie = 0
  You compared each input with 0, as relu does; max compares the two with each other.
du * (x > y) -> du * x * (x > y)
du * (y > x) -> du * y * (y > x)
  You multiplied by the larger value; max only routes du, with slope 1.
see A formula is a graph
tie = du * (x == y) / 2 -> tie = (x == y) / 2
du * (x > y) -> (x > y)
du * (y > x) -> (y > x)
  These are the local derivatives; multiply them by the upstream du.
""",
    returns=("dx", "dy"),
)


def division(a, b):
    u = a / b
    return u, 1 / b, -a / b**2


def _quotients(rng):
    for a, b in numbers(rng, 2):
        yield a, b
    for b in (1.0, -1.0, 0.5, 1e-2, -50.0):
        yield 0.0, b
        yield b, b


e2 = Exercise(
    "1.2",
    "a division node",
    division,
    _quotients,
    """\
see Build the engine
-a / b**2 -> a / b**2
  The sign for b is wrong: a positive quotient falls when b rises.
-a / b**2 -> -1 / b**2
  The derivative for b lacks a factor: −1/b² belongs to 1/b, and here that is times a.
b**2 -> b
  The derivative of 1/b is −1/b²; in yours the square is missing.
1 / b, -a / b**2 -> -a / b**2, 1 / b
  The two local derivatives stand in the wrong order: first a's, then b's.
u, 1 / b -> u, 1.0
  The derivative for a is 1/b, not 1: b scales whatever a does.
u, 1 / b -> u, b
  The derivative for a is 1/b, not b: u = a · (1/b).
u, 1 / b -> u, 1 / a
  The derivative for a is what multiplies it, 1/b.
-a / b**2 -> np.log(abs(b)) * a
or
-a / b**2 -> a * np.log(b)
  A logarithm is what one gets by integrating 1/b; its derivative is −1/b².
-a / b**2 -> -1 / b
or
-a / b**2 -> 1 / b**2
  The derivative for b is a times that of 1/b, and that is −1/b².
see What each node does to a gradient
1 / b, -a / b**2 -> b, a
  These are the local derivatives of a product; write a/b as a · (1/b) first.
""",
    returns=("u", "∂u/∂a", "∂u/∂b"),
)


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
    "1.3",
    "x times its sigmoid",
    swish_backward,
    _points,
    """\
see Used twice: gradients add
du * s - dn -> -dn
  x is used twice, and you kept only the use by n = −x; the product uses it too.
du * s - dn -> du * s
  x is used twice, and you kept only the use by the product; n = −x uses it too.
du * s - dn -> dn
  x is used twice, and you kept only the use by n = −x, without its sign.
see One node or four
du * s - dn -> du * s + dn
  The local derivative of n = −x is −1; its sign is missing in your dx.
-ds / v**2 -> ds / v**2
  The derivative of 1/v is −1/v²; you lost the minus in dv.
v**2 -> v
  The derivative of 1/v is −1/v²; you lost the square in dv.
-ds / v**2 -> -ds * v**2
  The derivative of 1/v is −1/v²: v² divides.
-ds / v**2 -> -ds / e**2
  dv is −ds divided by v², the square of the node's input, not of its output.
-ds / v**2 -> ds * s * (1 - s)
  s (1 − s) is the slope of the whole sigmoid, from s to x; at v the slope is that of 1/v, −1/v².
de * e -> de
  exp has the local derivative e, its own value; you passed de on to n unchanged.
de * e -> de * n
  exp has the local derivative e, its output; you took its input n.
de * e -> de * np.exp(e)
  exp(n) is e itself already; you applied exp a second time.
de * e -> -de * e
  The derivative of exp is e, without a minus; the minus belongs to the node n = −x.
de = dv -> de = dv * e
  v = 1 + e passes its gradient on unchanged; the factor e belongs to exp, one node further.
see What each node does to a gradient
ds = du * x -> ds = du * s
du * s - dn -> du * x - dn
  Multiply swaps: in u = x · s, s gets du times x, and x gets du times s.
ds = du * x -> ds = du
  In u = x · s, s gets du times x; the factor x is missing.
du * s - dn -> du - dn
  In u = x · s, x gets du times s; the factor s is missing.
see A formula is a graph
ds = du * x -> ds = x
du * s - dn -> s - dn
  The upstream du is lost: every gradient is a multiple of what arrives.
du * s - dn -> s - dn
or
ds = du * x -> ds = x
  The upstream du is lost at one of the two inputs of the product.
""",
    returns=("ds", "dv", "de", "dn", "dx"),
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


def _once(n, edges, local, output):
    single = dict(zip(map(tuple, edges.tolist()), local, strict=True))
    return sweep(n, np.array([*single], int).reshape(-1, 2), np.array([*single.values()]), output)


def _all_sinks(n, edges, local, output):
    sinks = set(range(n)) - set(edges[:, 0].tolist())
    return sum(sweep(n, edges, local, sink) for sink in sinks)


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
    for n in (2, 3, 4, 5, 6, 8, 10, 12) * 4:
        pairs = rng.integers(0, n, size=(2 * n, 2))
        rows = [(int(min(p)), int(max(p))) for p in pairs if p[0] != p[1]]
        yield _shuffled(rng, n, rows + rows[:2], max(0, n - 1 - int(rng.integers(0, 3))))
    steps = ((0, 1), (0, 2), (1, 3), (2, 3))
    diamonds = [(v + i, v + j) for v in range(0, 120, 3) for i, j in steps]
    yield _shuffled(rng, 121, diamonds, 120, rng.uniform(0.4, 1.2, size=160))
    chain = [(v, k) for k in range(1, 2001) for v in (k - 1, 0)]
    yield _shuffled(rng, 2001, chain, 2000, np.ones(4000))


e4 = Exercise(
    "1.4",
    "the sweep over a list of edges",
    sweep,
    _graphs,
    """\
see When a node does not wait
ready = np.zeros(n), [output] -> ready = np.zeros(n), reached[::-1]
uses[v] == 0 -> False
or
uses[v] == 0 -> v not in seen and not seen.add(v)
grads[output] = 1.0 -> grads[output], seen = 1.0, {output}
  A node passed its gradient on when its first use had reported; it must wait for all.
ready = np.zeros(n), [output] -> ready = np.zeros(n), list(range(n))
uses[v] == 0 -> False
or
ready = np.zeros(n), [output] -> ready = np.zeros(n), list(range(n))[::-1]
uses[v] == 0 -> False
  You went through the nodes by their numbers; here a parent may have any number, so count the
  uses that have reported.
uses[v] == 0 -> True
  A node passes its gradient on each time that a use reports, old shares included; let it wait
  for all its uses, then pass on once.
see Build the engine
[0] * n, [output] -> [0] * n, list(range(n))
uses[edges[k, 0]] == 1 -> False
  You also wait for uses that the output does not depend on, and they never report: count only
  what can be reached from the output.
= _all_sinks
  You started from every node that nobody uses; the gradient starts at output alone.
grads[output] = 1.0 -> pass
  The start is missing: the output's gradient with respect to itself is 1.
see Used twice: gradients add
grads[v] += -> grads[v] =
or
grads[v] += -> grads[v] =
ready.pop() -> ready.pop(0)
  Each use overwrites what the others brought: += and not =.
= _once
  Two rows may join the same two nodes, as in a + a, and both count; a dictionary or an indexed
  += on an array keeps one of them.
(_, w) in -> (w, _) in
edges[k, 0] -> edges[k, 1]
  You walked the edges forward: in a row (v, w), w uses v, so it goes from w to v.
* local[k] ->
  The local derivatives are missing: each edge multiplies by its own ∂w/∂v.
grads[w] * local[k] -> local[k]
  What arrives at w is missing: each share is the gradient of w times ∂w/∂v.
see Five thousand nodes deep
= _recursive
  Right on small graphs, but Python stops a recursion that is thousands of calls deep; keep a
  list of ready nodes instead.
""",
    returns="grads",
)
