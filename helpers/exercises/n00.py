"""The one exercise of notebook 00: how exercises work."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

RULES = "Derive with rules"

cube = Exercise(
    number="0.1",
    title="the derivative of a cube",
    truth=lambda x: 3 * x**2,
    inputs=((2.0,), (-0.5,), (np.array([0.1, 3.0]),), (1e-3,)),
    returns=("the derivative",),
    mistakes=(
        Mistake(lambda x: x**2, "The exponent comes down as a factor; yours is missing.", RULES),
        Mistake(lambda x: 3 * x**3, "The factor is right, but the exponent falls by one.", RULES),
        Mistake(lambda x: 3 * x, "The exponent falls by one, from 3 to 2, not to 1.", RULES),
        Mistake(lambda x: x**4 / 4, "You went the other way: this is an integral of x³.", RULES),
    ),
)

EXERCISES = (cube,)
