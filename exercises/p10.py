"""Exercises of page 10: memory measured, and forecasts judged."""

import numpy as np

from exercises.inputs import awkward, normal, sigma, sizes  # noqa: F401 - slips use sigma
from exercises.slips import Exercise


def b_f(tau):
    odds = tau - 1  # f / (1 − f)
    return np.log(odds)


def _time_scales(rng):
    for H, s in sizes(1, 2, 3, 5, 8):
        yield (1 + np.exp(normal(rng, H, scale=s)),)
        yield (2.0 + rng.integers(0, 60, size=H),)
    for rows in [1.001], [2.0, 3.7, 64.0], [1e5, 1.5], [2.0] * 3, [10.0, 20.0, 40.0, 80.0]:
        yield (np.array(rows),)


e1 = Exercise("10.1", b_f, _time_scales, returns="b_f")


def baseline(k, low, high):
    c = k * (low + high) / 2
    error = k * (high - low) ** 2 / 12
    return c, error


def _uniform(rng):
    for k in (1, 2, 3, 5, 8):
        for low, high in ((0.0, 1.0), (-1.0, 1.0), (-2.5, 0.0), (0.0, 0.01), (2.0, 5.0)):
            yield k, low, high
        for _ in range(3):
            low = float(rng.normal())
            yield k, low, low + float(rng.uniform(0.2, 3))


e2 = Exercise("10.2", baseline, _uniform, returns=("c", "error"))


def forecasts(years, temperatures, last, k):
    training = years <= last
    climatology = temperatures[training].mean(axis=0)
    a = (temperatures - climatology).ravel()  # by month
    t = np.arange(12 * training.sum(), len(a))  # the months to judge
    of_climatology = np.sqrt((a[t] ** 2).mean())
    of_persistence = np.sqrt(((a[t] - a[t - k]) ** 2).mean())
    return of_climatology, of_persistence


def _seas(rng):
    season = 3 * np.cos(2 * np.pi * np.arange(12) / 12)
    for known, ahead, s in sizes(
        (1, 1), (2, 1), (1, 2), (3, 2), (4, 5), (6, 3), scales=(1, 0.1, 3)
    ):
        N = known + ahead
        years = int(rng.integers(1850, 2000)) + np.arange(N)
        sea = 23 + season + s * rng.normal(size=(N, 12)) + 0.1 * np.arange(N)[:, None]
        for k in (1, int(rng.integers(2, 12))):
            yield years, sea, int(years[known - 1]), k
        if known > 1:
            yield years, sea - 23, int(years[known - 1]), int(rng.integers(12, 20))


e3 = Exercise(
    "10.3", forecasts, _seas, returns=("the error of climatology", "the error of persistence")
)


def mixed_lags(h, lags, W_hy, b_y, q):
    T, B, H = h.shape
    each = np.arange(B)
    y = h[lags, each] @ W_hy.T + b_y
    dy = 2 * (y - q) / B / len(b_y)
    dh = np.zeros((T, B, H))
    dh[lags, each] = dy @ W_hy
    return dh


def _batches(rng):
    for T, B, H, V, s in sizes(
        (1, 1, 1, 1), (1, 1, 2, 1), (3, 1, 1, 2), (2, 3, 2, 2), (4, 2, 3, 1), (5, 4, 2, 3),
        (4, 4, 4, 4),
    ):  # fmt: skip
        h, lags = np.tanh(normal(rng, T, B, H, scale=s)), rng.integers(0, T, size=B)
        args = h, lags, normal(rng, V, H), normal(rng, V), normal(rng, B, V)
        yield from awkward(args, 0, 2, 3, 4) if (T, s) == (2, 1) else (args,)


e4 = Exercise("10.4", mixed_lags, _batches, returns="dh", steps="dh", shown="y dy")
