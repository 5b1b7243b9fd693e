"""Exercises of page 02: vectors, matrices and layers."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def da(h, dh):
    return dh * (h > 0)


def _relus(rng):
    for *shape, s in sizes((1,), (5,), (4, 1), (3, 4), (2, 3, 2), scales=(1.0, 1e-9, 1e3)):
        args = np.maximum(s * rng.normal(size=shape), 0), normal(rng, *shape)
        yield from awkward(args, 1) if s == 1 else (args,)
        yield 0 * args[0], args[1]
        yield s + args[0], 9 * args[1]


e1 = Exercise("2.1", da, _relus, returns="da")


def layer(x, W, dy):
    dW = x.T @ dy
    db = dy.sum(axis=0)
    dx = dy @ W.T
    return dW, db, dx


def _layers(rng):
    for N, n, m, s in sizes(
        (1, 1, 1), (1, 2, 3), (2, 1, 1), (3, 1, 2), (3, 4, 2), (5, 3, 3), (4, 2, 4), (2, 2, 2)
    ):
        args = normal(rng, N, n, scale=s), normal(rng, n, m), normal(rng, N, m)
        yield args
        yield from awkward((*args[:2], 9 * args[2]), 0, 1, 2) if s == 1 else ()


e2 = Exercise("2.2", layer, _layers, returns=("dW", "db", "dx"))


def unbroadcast(dy, shape):
    new = dy.ndim - len(shape)
    ones = tuple(k for k, size in enumerate(shape) if size == 1)
    kept = dy.sum(axis=tuple(range(new)))
    return kept.sum(axis=ones, keepdims=True)


def _copies(rng):
    for whole, shape in (
        ((1,), (1,)), ((3,), ()), ((3,), (1,)), ((1, 3), (1, 1)), ((3, 4), (4,)), ((3, 3), (3,)),
        ((3, 4), (3, 1)), ((3, 4), (1, 4)), ((3, 4), (1,)), ((3, 2), ()), ((2, 5), (2, 5)),
        ((2, 2), (1, 1)), ((2, 3, 4), (3, 1)), ((2, 3, 4), (4,)), ((2, 3, 4), (1, 3, 1)),
        ((2, 3, 4), ()), ((2, 1, 3), (1, 1)), ((2, 2, 2, 2), (1, 2)), ((2, 3, 2, 3), (3, 1, 3)),
    ):  # fmt: skip
        args = normal(rng, *whole), shape
        yield from awkward(args, 0)


e3 = Exercise("2.3", unbroadcast, _copies, returns="dx")


def norm_backward(x, gamma, dy, epsilon):
    mu = x.mean(axis=1, keepdims=True)
    v = ((x - mu) ** 2).mean(axis=1, keepdims=True)
    root = np.sqrt(v + epsilon)
    z = (x - mu) / root
    dz = dy * gamma
    through_mu = dz.mean(axis=1, keepdims=True)
    through_v = z * (dz * z).mean(axis=1, keepdims=True)
    dx = (dz - through_mu - through_v) / root
    dgamma = (dy * z).sum(axis=0)
    dbeta = dy.sum(axis=0)
    return dx, dgamma, dbeta


def _rows(rng):
    for N, n, s in sizes((1, 1), (1, 2), (2, 1), (1, 5), (3, 3), (3, 4), (4, 2), (5, 3)):
        epsilon = s**2 * float(rng.uniform(0.01, 0.5))
        dy = normal(rng, N, n, scale=4.0)
        args = normal(rng, N, n, scale=s) + 3 * s, *normal(rng, 1, n), dy, epsilon
        yield from awkward(args, 0, 1, 2) if s == 1 else (args,)


e4 = Exercise("2.4", norm_backward, _rows, returns=("dx", "dgamma", "dbeta"), shown="z dz")
