"""Exercise of page 00: how exercises work."""

from exercises.inputs import numbers
from exercises.slips import Exercise


def cube(x):
    return 3 * x**2


def _inputs(rng):
    yield from numbers(rng, 1)
    for x in (0.0, 0.5, -0.25, -4, -1, 2, 5, 6, 7):
        yield (x,)


e1 = Exercise("0.1", cube, _inputs, returns="the derivative")
