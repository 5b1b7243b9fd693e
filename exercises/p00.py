"""Exercises of page 00: how exercises work, two paths, and a product of many slopes."""

import numpy as np

from exercises.inputs import normal, numbers
from exercises.slips import Exercise


def cube(x):
    return 3 * x**2


def _inputs(rng):
    yield from numbers(rng, 1)
    for x in (0.0, 0.5, -0.25, -4, -1, 2, 5, 6, 7):
        yield (x,)


e1 = Exercise("0.1", cube, _inputs, returns="the derivative")


def slope(keep, w, h):
    s = np.tanh(w * h)
    return keep + w * (1 - s**2)


def _steps(rng):
    """Yield a share that is kept, a weight and a number, tanh never flat to the last digit."""
    for scale in (1.0, 1e-3, 2.0) * 10:
        w = float(normal(rng, scale=scale))
        yield float(rng.uniform()), w, float(np.clip(normal(rng), -6, 6) / max(1.0, abs(w)))
    for keep in (0.0, 0.5, 1.0, -0.3):
        yield from ((keep, w, h) for w in (0.0, 1.5, -0.8) for h in (0.0, 0.1, 1.0, -0.7))


e2 = Exercise("0.2", slope, _steps, returns="the derivative")


def reach(keep, w, start, steps):
    h = start
    product = 1.0
    for _ in range(steps):
        s = np.tanh(w * h)
        product = product * (keep + w * (1 - s**2))
        h = keep * h + s
    return product


def _runs(rng):
    for number, (keep, w, start) in enumerate(_steps(rng)):
        yield keep, w, start, (0, 1, 2, 3, 30)[number % 5]


e3 = Exercise("0.3", reach, _runs, returns="the derivative", shown="h")
