"""Exercise of page 14: random truncation."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def z(b, c, coins, pi):
    stays = coins < pi
    xi = stays / pi
    z = np.zeros(len(b))
    for t in range(1, len(b)):
        z[t] = b[t] + xi[t] * c[t] * z[t - 1]
    return z


def _cuts(rng):
    for T, s in sizes(1, 2, 3, 5, 9):
        for low, high in ((0.3, 0.8), (0.9, 1.0), (0.05, 0.2)):
            pi = rng.uniform(low, high, size=T + 1)
            args = normal(rng, T + 1, scale=s), normal(rng, T + 1), rng.random(T + 1), pi
            yield args
        yield from awkward(args, 0, 1) if s == 1 else ()
        yield *args[:2], pi * rng.choice([0.5, 1.0, 1.5], size=T + 1), pi  # ties
        yield *args[:3], np.ones(T + 1)


e1 = Exercise("14.1", z, _cuts, returns="z", steps="z", forward=True)
