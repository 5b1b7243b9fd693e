"""Exercises of page 03: softmax and cross-entropy."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def softmax(y):
    e = np.exp(y - y.max())
    return e / e.sum()


def _logits(rng):
    for V, s in sizes(1, 2, 3, 5, 8, scales=(1.0, 1e-3, 6.0)):
        y = s * rng.normal(size=V)
        yield (y,)
        yield (1000 + y,)
        yield (-1000 - y,)
    for rows in (
        [1000, 0], [0, 5000, 0], [-9000, 0, 1], [800, 800], [-1000, -1001, -1003], [0] * 4,
    ):  # fmt: skip
        yield (np.array(rows, dtype=float),)


e1 = Exercise("3.1", softmax, _logits, returns="p")


def dy(p, dp):
    return p * (dp - (p * dp).sum())


def _upstream(rng):
    for V, s in sizes(1, 2, 4, 7, scales=(1.0, 0.1, 4.0)):
        args = softmax(s * rng.normal(size=V)), normal(rng, V)
        yield from awkward(args, 1) if s == 1 else (args,)
        yield args[0], np.eye(V)[0]
        yield np.eye(V)[-1], args[1]


e2 = Exercise("3.2", dy, _upstream, returns="dy")


def smoothed_dy(y, m, epsilon):
    V = len(y)
    q = np.full(V, epsilon / V)
    q[m] += 1 - epsilon
    return softmax(y) - q


def _smoothing(rng):
    for V, s in sizes(2, 3, 4, 6, scales=(1.0, 1e-3, 10.0)):
        for epsilon in (0.1, 0.5):
            yield s * rng.normal(size=V), int(rng.integers(V)), epsilon
        yield 1000 + s * rng.normal(size=V), V - 1, 0.05
        yield np.r_[s * rng.normal(size=V), -3000.0], 0, 0.3
    yield np.zeros(4), 2, 0.0
    yield np.array([2.0, 1.0]), 1, 1.0


e3 = Exercise("3.3", (smoothed_dy, softmax), _smoothing, returns="dy", shown="softmax q")


def dY(Y, targets, tau):
    N = len(Y)
    P = rows(Y / tau)
    P[np.arange(N), targets] -= 1
    dY = P / N
    return dY / tau


def rows(Y):
    E = np.exp(Y - Y.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _batches(rng):
    for N, V, s in sizes((1, 1), (1, 4), (2, 2), (3, 1), (3, 3), (5, 3), (2, 6)):
        tau = float(rng.uniform(0.4, 3))
        Y, targets = s * rng.normal(size=(N, V)), rng.integers(0, V, size=N)
        yield Y, targets, tau
        yield Y + 1000 * rng.integers(-3, 4, size=(N, 1)), targets, tau
        yield 900 * Y, targets, tau


e4 = Exercise("3.4", (dY, rows), _batches, returns="dY", shown="P rows=softmax")
