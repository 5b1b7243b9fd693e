"""Answers to the exercises of page 01, written from the prompts alone."""
import sys
from collections import defaultdict, deque
from fractions import Fraction

import numpy as np


# ---------------------------------------------------------------- 1.1  max, half each at a tie

def wrong_1_1_a(x, y, du):
    "routes to the smaller input (dx and dy exchanged)"
    tie = du / 2 * (x == y)
    return du * (x < y) + tie, du * (x > y) + tie


def wrong_1_1_b(x, y, du):
    "at a tie both inputs get the whole gradient"
    return du * (x >= y), du * (y >= x)


def wrong_1_1_c(x, y, du):
    "(1.5) as it stands: at a tie nobody gets anything"
    return du * (x > y), du * (y > x)


def wrong_1_1_d(x, y, du):
    "at a tie the first input gets everything"
    if x >= y:
        return du, 0.0
    return 0.0, du


def wrong_1_1_e(x, y, du):
    "the value of the larger input in place of the slope 1"
    if x == y:
        return du * x / 2, du * y / 2
    return (du * x, 0.0) if x > y else (0.0, du * y)


def wrong_1_1_f(x, y, du):
    "compares absolute values"
    return du * np.heaviside(abs(x) - abs(y), 0.5), du * np.heaviside(abs(y) - abs(x), 0.5)


def wrong_1_1_g(x, y, du):
    "half each always, not only at a tie"
    return du / 2, du / 2


def wrong_1_1_h(x, y, du):
    "local derivatives only; the upstream gradient is forgotten"
    return np.heaviside(x - y, 0.5), np.heaviside(y - x, 0.5)


def wrong_1_1_i(x, y, du):
    "integer division halves a tie wrongly"
    if x == y:
        return du // 2, du // 2
    return du * (x > y), du * (y > x)


def wrong_1_1_j(x, y, du):
    "sign slip in the second one: -du where du should arrive"
    s = np.sign(x - y)
    return du * (1 + s) / 2, du * (s - 1) / 2


def wrong_1_1_k(x, y, du):
    "two slips: exchanged, and nothing at a tie"
    dx = du if y > x else 0
    dy = du if x > y else 0
    return dx, dy


def wrong_1_1_l(x, y, du):
    "two slips: upstream forgotten, and both get a whole 1 at a tie"
    top = max(x, y)
    return float(x == top), float(y == top)


def right_1_1_a(x, y, du):
    "heaviside with the half built in, a list instead of a tuple"
    return [du * np.heaviside(x - y, 0.5), du * np.heaviside(y - x, 0.5)]


def right_1_1_b(x, y, du):
    "max(x, y) = (x + y + |x - y|) / 2, so the slopes are (1 ± sign) / 2"
    s = np.sign(x - y)
    return du * (1 + s) / 2, du * (1 - s) / 2


def right_1_1_c(x, y, du):
    "counts the winners and shares between them, for any number of inputs"
    inputs = [x, y]
    winners = [v == max(inputs) for v in inputs]
    return tuple(float(Fraction(int(w), sum(winners))) * du for w in winners)


# ---------------------------------------------------------------- 1.2  u = a / b

def wrong_1_2_a(a, b):
    "sign of the second derivative lost"
    return a / b, 1 / b, a / b**2


def wrong_1_2_b(a, b):
    "forgets that a multiplies 1/b: derivative of 1/b instead of a/b"
    return a / b, 1 / b, -1 / b**2


def wrong_1_2_c(a, b):
    "derivatives in the wrong order"
    u = a / b
    return u, -u / b, 1 / b


def wrong_1_2_d(a, b):
    "b not squared"
    return a / b, 1 / b, -a / b


def wrong_1_2_e(a, b):
    "the swap of a multiply node: b for a, a for b"
    return a / b, b, a


def wrong_1_2_f(a, b):
    "precedence: -a/b*b is -a, the brackets around b*b are missing"
    return a / b, 1 / b, -a / b*b


def wrong_1_2_g(a, b):
    "u where a belongs, so b is divided out three times"
    u = a / b
    return u, 1 / b, -u / b**2


def wrong_1_2_h(a, b):
    "integer division for the value"
    return a // b, 1 / b, -a / b**2


def wrong_1_2_i(a, b):
    "roles exchanged in the second derivative: -b/a² for -a/b²"
    return a / b, 1 / b, -b / a**2


def wrong_1_2_j(a, b):
    "absolute value: always negative, right only for positive a"
    return a / b, 1 / b, -abs(a) / b**2


def wrong_1_2_k(a, b):
    "two slips: plus sign, and b not squared"
    u = a / b
    return u, 1 / b, u


def wrong_1_2_l(a, b):
    "two slips: derivative for a is 1, and wrong order"
    return a / b, -a / (b * b), 1.0


def wrong_1_2_m(a, b):
    "*2 typed for **2"
    return a / b, 1 / b, -a / b*2


def right_1_2_a(a, b):
    "by a reciprocal node and a multiply node"
    r = 1 / b
    return a * r, r, a * (-r * r)


def right_1_2_b(a, b):
    "complex step in each argument"
    i = 1e-30j
    return [a / b, ((a + i) / b).imag / 1e-30, (a / (b + i)).imag / 1e-30]


def right_1_2_c(a, b):
    "negative powers, as an array"
    return np.array([a, 1.0, -a]) * np.power(float(b), [-1.0, -1.0, -2.0])


# ---------------------------------------------------------------- 1.3  u = x * sigmoid(x)

def wrong_1_3_a(x, du):
    "second use of x forgotten: dx lacks du * s"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = ds * (-1 / v**2)
    de = dv
    dn = de * e
    return ds, dv, de, dn, -dn


def wrong_1_3_b(x, du):
    "only the direct use of x: the route through n is missing in dx"
    e = np.exp(-x)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv
    dn = de * e
    dx = du * s
    return ds, dv, de, dn, dx


def wrong_1_3_c(x, du):
    "multiply does not swap: ds = du * s, and x gets du * x"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * s
    dv = -ds / v**2
    de = dv
    dn = de * e
    return ds, dv, de, dn, du * x - dn


def wrong_1_3_d(x, du):
    "sign of the reciprocal's slope lost"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = x * du
    dv = ds / v**2
    de = 1 * dv
    dn = e * de
    dx = -1 * dn + s * du
    return ds, dv, de, dn, dx


def wrong_1_3_e(x, du):
    "exp passes the gradient on unchanged, its slope e is missing"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds * s * s
    de = dv
    dn = de
    dx = -dn + du * s
    return ds, dv, de, dn, dx


def wrong_1_3_f(x, du):
    "exp taken twice: the slope of exp at n is e, not exp(e)"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    grads = [du * x]
    grads.append(grads[-1] * -s**2)
    grads.append(grads[-1])
    grads.append(grads[-1] * np.exp(e))
    grads.append(-grads[-1] + du * s)
    return grads


def wrong_1_3_g(x, du):
    "sign of the negation lost on the way to x"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv
    dn = de * e
    dx = dn + du * s
    return ds, dv, de, dn, dx


def wrong_1_3_h(x, du):
    "the whole sigmoid's slope s(1-s) used for the single node 1/v"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = ds * s * (1 - s)
    de = dv
    dn = de * e
    dx = -dn + du * s
    return ds, dv, de, dn, dx


def wrong_1_3_i(x, du):
    "right numbers, first node first instead of last node first"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv
    dn = de * e
    dx = -dn + du * s
    return dx, dn, de, dv, ds


def wrong_1_3_j(x, du):
    "du forgotten in the direct term: s instead of du * s"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv
    dn = de * e
    dx = s
    dx += -dn
    return ds, dv, de, dn, dx


def wrong_1_3_k(x, du):
    "two slips: v not squared, and x used once only"
    n = -x
    e = np.exp(n)
    v = 1 + e
    ds = du * x
    dv = -ds / v
    de = dv
    dn = de * e
    dx = dn * -1
    return ds, dv, de, dn, dx


def wrong_1_3_l(x, du):
    "two slips: slope of 1+e taken as e, and the input n in place of exp's value"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    ds = du * x
    dv = -ds / v**2
    de = dv * e
    dn = de * n
    return ds, dv, de, dn, du * s - dn


def right_1_3_a(x, du):
    "each gradient in closed form, as an array"
    s = 1 / (1 + np.exp(-x))
    to_v = -du * x * s * s
    return np.array([du * x, to_v, to_v, -du * x * s * (1 - s), du * s * (1 + x * (1 - s))])


def right_1_3_b(x, du):
    "linear system of the graph: (I - A) g = du * e_u, nodes x, n, e, v, s, u"
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    A = np.zeros((6, 6))
    for user, used, local in [(1, 0, -1.0), (2, 1, e), (3, 2, 1.0), (4, 3, -1 / v**2),
                              (5, 4, x), (5, 0, s)]:
        A[used, user] += local
    g = np.linalg.solve(np.eye(6) - A, du * np.eye(6)[5])
    return list(g[4::-1])


def right_1_3_c(x, du):
    "complex step on what follows each node"
    h = 1e-25
    n = -x
    e = np.exp(n)
    v = 1 + e
    s = 1 / v
    after_s = lambda s: x * s
    after_v = lambda v: after_s(1 / v)
    after_e = lambda e: after_v(1 + e)
    after_n = lambda n: after_e(np.exp(n))
    whole = lambda x: x / (1 + np.exp(-x))
    pairs = [(after_s, s), (after_v, v), (after_e, e), (after_n, n), (whole, x)]
    return tuple(du * f(at + 1j * h).imag / h for f, at in pairs)


# ---------------------------------------------------------------- 1.4  a graph as a table

def wrong_1_4_a(n, edges, local, output):
    "sweeps in the order of the node numbers, though they are numbered in any order"
    grad = np.zeros(n)
    grad[output] = 1.0
    for w in range(n - 1, -1, -1):
        for k in np.flatnonzero(edges[:, 1] == w):
            grad[edges[k, 0]] += grad[w] * local[k]
    return grad


def wrong_1_4_b(n, edges, local, output):
    "A[v, w] += local with index arrays keeps one of two equal rows"
    A = np.zeros((n, n))
    A[edges[:, 0], edges[:, 1]] += local
    linked = np.zeros((n, n), dtype=bool)
    linked[edges[:, 0], edges[:, 1]] = True
    alive = {output}
    todo = [output]
    while todo:                                 # nodes that the output depends on
        for v in np.flatnonzero(linked[:, todo.pop()]):
            if v not in alive:
                alive.add(v)
                todo.append(v)
    keep = np.array([w in alive for w in range(n)])
    waiting = (linked & keep).sum(axis=1)
    g = np.zeros(n)
    g[output] = 1.0
    ready = [output]
    while ready:
        w = ready.pop()
        for v in np.flatnonzero(linked[:, w]):
            g[v] += g[w] * A[v, w]
            waiting[v] -= 1
            if waiting[v] == 0:
                ready.append(v)
    return g


def wrong_1_4_c(n, edges, local, output):
    "= instead of +=: the use met last wins"
    into = defaultdict(list)
    for (v, w), slope in zip(edges.tolist(), local.tolist()):
        into[w].append((v, slope))
    uses, found = defaultdict(int), [output]
    for w in found:
        for v, _ in into[w]:
            if v not in uses:
                found.append(v)
            uses[v] += 1
    grad = np.zeros(n)
    grad[output] = 1.0
    ready = [output]
    while ready:
        w = ready.pop()
        for v, slope in into[w]:
            grad[v] = grad[w] * slope
            uses[v] -= 1
            if uses[v] == 0:
                ready.append(v)
    return grad


def wrong_1_4_d(n, edges, local, output):
    "counts every use, also those that lead nowhere, and waits for them for ever"
    waiting = np.bincount(edges[:, 0], minlength=n)
    grad = np.zeros(n)
    grad[output] = 1.0
    ready = [output]
    while ready:
        w = ready.pop()
        for k in np.flatnonzero(edges[:, 1] == w):
            v = edges[k, 0]
            grad[v] += grad[w] * local[k]
            waiting[v] -= 1
            if waiting[v] == 0:
                ready.append(v)
    return grad


def wrong_1_4_e(n, edges, local, output):
    "reads a row as (w, v): follows the edges forward, away from the output"
    users = defaultdict(list)
    for (w, v), slope in zip(edges.tolist(), local.tolist()):
        users[w].append((v, slope))
    count, found = defaultdict(int), [output]
    for w in found:
        for v, _ in users[w]:
            if v not in count:
                found.append(v)
            count[v] += 1
    g = [0.0] * n
    g[output] = 1.0
    ready = deque([output])
    while ready:
        w = ready.popleft()
        for v, slope in users[w]:
            g[v] += g[w] * slope
            count[v] -= 1
            if not count[v]:
                ready.append(v)
    return np.array(g)


def wrong_1_4_f(n, edges, local, output):
    "never waits and follows every path on its own: right, but 2**40 paths never end"
    into = [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist()):
        into[w].append((v, slope))
    grad = np.zeros(n)
    arrivals = [(output, 1.0)]
    while arrivals:
        node, upstream = arrivals.pop()
        grad[node] += upstream
        for v, slope in into[node]:
            arrivals.append((v, upstream * slope))
    return grad


def wrong_1_4_g(n, edges, local, output):
    "recursion with a memory: right, but 2,000 additions nest too deep"
    users = defaultdict(list)
    for (v, w), slope in zip(edges.tolist(), local.tolist()):
        users[v].append((w, slope))
    memory = {output: 1.0}

    def gradient(v):
        if v not in memory:
            memory[v] = sum(gradient(w) * slope for w, slope in users[v])
        return memory[v]

    return np.array([gradient(v) for v in range(n)])


def wrong_1_4_h(n, edges, local, output):
    "one pass over the rows from the last to the first, as if they were sorted"
    grad = np.zeros(n)
    grad[output] = 1.0
    for (v, w), slope in zip(edges[::-1], local[::-1]):
        grad[v] += grad[w] * slope
    return grad


def wrong_1_4_i(n, edges, local, output):
    "starts at the last node, n - 1, whatever the output is"
    output = n - 1
    rows = [[] for _ in range(n)]
    for k, w in enumerate(edges[:, 1]):
        rows[w].append(k)
    uses = np.zeros(n, dtype=int)
    seen, stack = {output}, [output]
    while stack:
        w = stack.pop()
        for k in rows[w]:
            v = edges[k, 0]
            uses[v] += 1
            if v not in seen:
                seen.add(v)
                stack.append(v)
    g = np.zeros(n)
    g[output] = 1
    stack = [output]
    while stack:
        w = stack.pop()
        for k in rows[w]:
            v = edges[k, 0]
            g[v] += g[w] * local[k]
            uses[v] -= 1
            if uses[v] == 0:
                stack.append(v)
    return g


def wrong_1_4_j(n, edges, local, output):
    "a node passes its gradient on when it is first found, without waiting for its other uses"
    grad = np.zeros(n)
    grad[output] = 1.0
    visited, queue = {output}, deque([output])
    while queue:
        w = queue.popleft()
        for (v, _), slope in zip(edges[edges[:, 1] == w], local[edges[:, 1] == w]):
            grad[v] += grad[w] * slope
            if v not in visited:
                visited.add(v)
                queue.append(v)
    return grad


def wrong_1_4_k(n, edges, local, output):
    "two slips: equal rows merged by a dictionary, and only 50 rounds: longer paths are cut"
    table = {(v, w): slope for (v, w), slope in zip(map(tuple, edges.tolist()), local)}
    start = np.zeros(n)
    start[output] = 1.0
    g = start.copy()
    for _ in range(50):
        new = start.copy()
        for (v, w), slope in table.items():
            new[v] += g[w] * slope
        g = new
    return g


def wrong_1_4_l(n, edges, local, output):
    "two slips: absolute values of the slopes, and the output's own entry is 0, not 1"
    v, w = edges[:, 0], edges[:, 1]
    g = np.zeros(n)
    g[output] = 1.0
    for _ in range(n):
        new = np.zeros(n)
        new[output] = 1.0
        np.add.at(new, v, g[w] * np.abs(local))
        if np.array_equal(new, g):
            break
        g = new
    g[output] = 0.0
    return g


def right_1_4_a(n, edges, local, output):
    "rounds of dv = sum dw * local until nothing changes any more"
    start = np.zeros(n)
    start[output] = 1.0
    g = start
    for _ in range(n + 1):
        arriving = g[edges[:, 1]] * local
        new = start + np.bincount(edges[:, 0], weights=arriving, minlength=n)
        if np.array_equal(new, g):
            break
        g = new
    return g


def right_1_4_b(n, edges, local, output):
    "recursion with a memory, Python's limit raised for the time of the call; a list"
    users = [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist()):
        users[v].append((w, slope))
    known = [None] * n
    known[output] = 1.0

    def gradient(v):
        if known[v] is None:
            total = 0.0
            for w, slope in users[v]:
                total += slope * gradient(w)
            known[v] = total
        return known[v]

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 2 * n + 100)
    try:
        return [gradient(v) for v in range(n)]
    finally:
        sys.setrecursionlimit(limit)


def right_1_4_c(n, edges, local, output):
    "depth-first on the side of the users, with a memory and a stack of my own"
    users = [[] for _ in range(n)]
    for (v, w), slope in zip(edges.tolist(), local.tolist()):
        users[v].append((w, slope))
    done = {output: 1.0}
    for start in range(n):
        stack = [start]
        while stack:
            v = stack[-1]
            if v in done:
                stack.pop()
                continue
            missing = [w for w, _ in users[v] if w not in done]
            if missing:
                stack.extend(missing)
            else:
                done[v] = sum(done[w] * slope for w, slope in users[v])
                stack.pop()
    return np.array([done[v] for v in range(n)], dtype=float)
