"""Exercise of notebook 14: random truncation."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake
from helpers.exercises.n05 import summed

_rng = np.random.default_rng(5)
CLOSED = "What there is to cut"
WAYS = "Four ways to read a text"
DETACH = "Detach: keep the value, drop the history"
CHUNK = "A chunk of six is not a window of six"
CHANCE = "A cut by chance"
FAIR = "Why it is fair"
CARRY = "Carry or reset?"


def weighted(b, c, coins, pi):
    """Every z_t as its sum of paths, each weighted with the product of its ξ, as in (14.2)."""
    xi = (coins < pi) / pi
    return summed(b, xi * c, 0.0)


def _with(xi):
    return lambda b, c, coins, pi: summed(b, xi(coins, pi) * c, 0.0)


def _all_weighted(b, c, coins, pi):
    xi = (coins < pi) / pi
    return summed(xi * b, xi * c, 0.0)


def _chance(T, low, high):
    coins, pi = _rng.random(T + 1), _rng.uniform(low, high, size=T + 1)
    return coins, pi


fair = Exercise(
    number="14.1",
    title="random cuts, forward in time",
    truth=weighted,
    inputs=tuple(
        (scale * _rng.normal(size=T + 1), _rng.normal(size=T + 1), *_chance(T, low, high))
        for T, scale, low, high in (
            (9, 1.0, 0.3, 0.8),
            (1, 1.0, 0.5, 0.9),
            (6, 1e-5, 0.9, 1.0),
            (12, 1e2, 0.6, 0.7),
            (4, 1.0, 0.01, 0.05),
        )
    ),
    returns=("z",),
    time_axis=0,
    mistakes=(
        Mistake(
            _with(lambda coins, pi: (coins < pi) * 1.0),
            "The factor 1/π_t is missing where the way stays open; without it long paths count "
            "for too little on average.",
            FAIR,
        ),
        Mistake(
            _all_weighted,
            "You weighted the immediate derivative too; ξ_t stands on the way back from step t to "
            "step t - 1 only.",
            CHANCE,
        ),
        Mistake(
            _with(lambda coins, pi: (coins < pi) * pi),
            "You multiplied by π_t where you must divide by it: the mean of ξ_t has to be 1.",
            FAIR,
        ),
        Mistake(
            _with(lambda coins, pi: (coins >= pi) / pi),
            "Your coins are turned round: the way stays open with probability π_t, that is where "
            "coins < pi.",
            WAYS,
        ),
        Mistake(
            _with(lambda coins, pi: np.roll((coins < pi) / pi, 1)),
            "You used ξ_{t-1} at step t; J_t, the way from t to t - 1, goes with ξ_t.",
            CHANCE,
        ),
        Mistake(
            _with(lambda coins, pi: (coins < pi) / (1 - pi)),
            "You divided by 1 - π_t, the probability of a cut; what stays open is divided by its "
            "own probability, π_t.",
            FAIR,
        ),
    ),
)


EXERCISES = (fair,)
