"""Exercises of notebook 09: memory measured, and forecasts judged."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(9)
HOLD = "How long does a forget gate hold?"
NOTHING = "What does a network get that remembers nothing?"
PROMISE = "What the gradient promises"
SERIES = "A real series"
END = "Four networks, one question at the end"

hold = Exercise(
    number="9.1",
    title="a bias for a time scale",
    truth=lambda tau: np.log(tau - 1),
    inputs=(
        (np.array([2.0, 3.7, 64.0]),),
        (np.array([1.001]),),
        (np.array([1e6, 1.5]),),
        (np.array([10.0, 20.0, 40.0, 80.0]),),
    ),
    returns=("b_f",),
    mistakes=(
        Mistake(
            lambda tau: np.log(tau),
            "With ln τ the gate is τ/(τ + 1), which belongs to the time scale τ + 1: take one off.",
            HOLD,
        ),
        Mistake(
            lambda tau: -np.log(tau - 1),
            "The sign is turned: this is the input gate's bias, with which the cell forgets all "
            "but 1/τ each step.",
            HOLD,
        ),
        Mistake(
            lambda tau: 1 - 1 / tau,
            "This is the gate f itself; the bias is the number whose σ it is.",
            HOLD,
        ),
        Mistake(
            lambda tau: 1 / (1 + np.exp(-np.log(tau - 1))),
            "This is the gate f itself; leave the σ to the network.",
            HOLD,
        ),
        Mistake(
            lambda tau: np.log2(tau - 1),
            "σ is made of powers of e, so the natural logarithm undoes it, not the one to base 2.",
            HOLD,
        ),
        Mistake(
            lambda tau: -np.log(np.exp(1 / tau) - 1),
            "This gate is exp(−1/τ), whose τ-th power is 1/e exactly; (9.5) asks for 1 − 1/τ, "
            "which only comes near it.",
            HOLD,
        ),
    ),
)  # fmt: skip
# 1 - 1/tau and its sigma form are one number: the second would never be the first to match.
hold = Exercise(**{**vars(hold), "mistakes": hold.mistakes[:3] + hold.mistakes[4:]})
