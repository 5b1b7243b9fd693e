"""Generators of inputs that exercises share: many sizes and scales, and awkward values."""

import itertools

import numpy as np

SCALES = (1.0, 1e-3, 4.0, 0.1)  # ordinary, tiny, saturated, small


def normal(rng, *shape, scale=1.0):
    """Return normal numbers, at most 6 in size: beyond, 1 − tanh² is lost in rounding."""
    return np.clip(scale * rng.normal(size=shape), -6, 6)


def sigma(a):
    return 1 / (1 + np.exp(-a))


def gate(rng, *shape, scale=1.0):
    """Return values between 0 and 1."""
    return sigma(normal(rng, *shape, scale=scale))


def sizes(*choices, scales=SCALES):
    """Yield (*sizes, scale) for every scale and each tuple of sizes."""
    for shape, scale in itertools.product(choices, scales):
        yield *(shape if isinstance(shape, tuple) else (shape,)), scale


def awkward(args, *which):
    """Yield arguments; then with each of those arrays, in turn, zero, positive, negative, equal."""
    yield args
    for k in which:
        for change in (np.zeros_like, np.abs, lambda a: -np.abs(a), lambda a: a * 0 + a.flat[0]):
            yield *args[:k], change(np.asarray(args[k], dtype=float)), *args[k + 1 :]


def numbers(rng, count, *, scales=(1.0, 1e-3, 30.0), rounds=10):
    """Yield tuples of ``count`` numbers: of all signs and scales, then small whole ones."""
    for _, scale in itertools.product(range(rounds), scales):
        yield tuple(float(v) for v in scale * rng.normal(size=count))
    yield from itertools.product((-2.0, 1.0, 3.0), repeat=count)


def from_1(rng, T, size, scale=1.0):
    """Return T + 1 rows, of which row 0 is zero."""
    return np.r_[np.zeros((1, size)), normal(rng, T, size, scale=scale)]


def network(rng, T, D, H, V, s):
    """Return (W_xh, W_hh, b_h, W_hy, h_0, x) and the targets."""
    weights = normal(rng, H, D, scale=s), normal(rng, H, H), normal(rng, H), normal(rng, V, H)
    return *weights, normal(rng, H), from_1(rng, T, D), from_1(rng, T, V)
