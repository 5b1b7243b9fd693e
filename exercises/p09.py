"""Exercises of page 09: character models. T steps, B names, V tokens."""

import itertools

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def _mask(rng, T, B):
    lengths = np.append(T, rng.integers(1, T + 1, size=B - 1))
    return (np.arange(T)[:, None] < rng.permutation(lengths)).astype(float)  # (T, B)


def perplexity(losses, mask):
    total = (mask * losses).sum()
    N = mask.sum()
    L = total / N
    return np.exp(L)


def _losses(rng):
    for T, B, s in sizes((1, 1), (4, 1), (1, 3), (2, 3), (5, 2), (6, 4), scales=(1, 0.01, 5)):
        mask, losses = _mask(rng, T, B), s * rng.random((T, B))
        yield losses, mask
        yield np.where(mask, losses, 30 * rng.normal(size=(T, B))), mask
        yield np.where(rng.random((T, B)) < 0.3, 0.0, losses), mask


e1 = Exercise("9.1", perplexity, _losses, returns="the perplexity")


def bigrams(sequences, V, alpha):
    C = np.zeros((V, V))
    for s in sequences:
        for u, v in itertools.pairwise(s):
            C[u, v] += 1
    n = C.sum(axis=1, keepdims=True)
    return (C + alpha) / (n + V * alpha)


def _texts(rng):
    for V, count in itertools.product((1, 2, 3, 4, 6), (1, 2, 3, 5)):
        for alpha in (1.0, 0.1, 2.5):
            lengths = rng.integers(1, 9, size=count)
            yield [rng.integers(0, V, size=n + 1).tolist() for n in lengths], V, alpha
    yield [[0]], 2, 0.5
    yield [[2, 2, 2, 2], [0], [2, 2, 2, 1]], 4, 1e-3


e2 = Exercise("9.2", bigrams, _texts, returns="p")


def masked_dy(y, targets, mask):
    V = y.shape[-1]
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    d = p - np.eye(V)[targets]
    N = mask.sum()
    return mask[:, :, None] * d / N


def _questions(rng):
    for T, B, V, s in sizes(
        (1, 1, 2), (1, 1, 3), (3, 1, 2), (1, 3, 4), (2, 3, 5), (4, 2, 3), (3, 3, 3),
        scales=(1, 1e-3, 4),
    ):  # fmt: skip
        y, targets = normal(rng, T, B, V, scale=s), rng.integers(0, V, size=(T, B))
        mask = _mask(rng, T, B)
        yield y, targets, mask
        yield y + 1000 * rng.integers(-3, 4, size=(T, B, 1)), targets, mask
        yield 900 * y, targets, mask


e3 = Exercise("9.3", masked_dy, _questions, returns="dy", steps="dy")


def adam(w, dw, r, s, k, rate):
    r_k = 0.9 * r + 0.1 * dw
    s_k = 0.999 * s + 0.001 * dw**2
    r_hat = r_k / (1 - 0.9**k)
    s_hat = s_k / (1 - 0.999**k)
    w_k = w - rate * r_hat / (np.sqrt(s_hat) + 1e-8)
    return w_k, r_k, s_k


def _steps(rng):
    for k, shape in itertools.product((1, 2, 7, 400), ((1,), (3,), (2, 3), (1, 4))):
        for scale, start in ((1.0, 0), (1e-7, 1), (10.0, 1)):
            w, dw, r, noise = rng.normal(size=(4, *shape)) * np.reshape(
                [1, scale, scale, 0.3], (4,) + (1,) * len(shape)
            )
            s = scale**2 * (1 + noise) ** 2
            yield w, dw, start * r, start * s, k, float(rng.choice([0.1, 0.5, 1.0]))
    args = *rng.normal(size=(3, 4)), rng.random(4), 3, 0.2
    yield from awkward(args, 0, 1, 2)


e4 = Exercise(
    "9.4", adam, _steps, returns=("w", "r", "s"), shown="r_hat s_hat", order=("r", "s", "w")
)
