"""Answers to the exercises of page 00, written from the prompts alone."""
import numpy as np


# ---------------------------------------------------------------- 0.1  the derivative of x**3

def wrong_0_1_a(x):
    "exponent lowered, but the factor 3 is lost"
    return x**2


def wrong_0_1_b(x):
    "factor is the new exponent instead of the old one"
    return 2 * x**2


def wrong_0_1_c(x):
    "exponent not lowered"
    n = 3
    return n * x**n


def wrong_0_1_d(x):
    "exponent lowered twice"
    return 3 * x


def wrong_0_1_e(x):
    "integrates instead of differentiating"
    return x**4 / 4


def wrong_0_1_f(x):
    "one-sided difference with a step that is far too large"
    step = 0.1
    return ((x + step)**3 - x**3) / step


def wrong_0_1_g(x):
    "central difference divided by s instead of 2s: twice too large"
    f = lambda v: v**3
    s = 1e-5
    return (f(x + s) - f(x - s)) / s


def wrong_0_1_h(x):
    "absolute value: the slope gets the sign of x, as if it were odd"
    return 3 * x * abs(x)


def wrong_0_1_i(x):
    "the second derivative: differentiated once too often"
    first = np.poly1d([1, 0, 0, 0]).deriv()
    return first.deriv()(x)


def wrong_0_1_j(x):
    "^ is no power in Python: bitwise exclusive or, an error for floats"
    return 3 * x ^ 2


def wrong_0_1_k(x):
    "two slips: exponent lowered twice, and a minus sign as for x**-3"
    return -3 * x


def wrong_0_1_l(x):
    "two slips: factor is the new exponent, and the exponent stays as it was"
    return 2 * x**3


def right_0_1_a(x):
    "NumPy's polynomials"
    return np.polyval(np.polyder([1.0, 0.0, 0.0, 0.0]), x)


def right_0_1_b(x):
    "complex step"
    return ((x + 1e-20j)**3).imag / 1e-20


def right_0_1_c(x):
    "product rule for x * x * x, one factor moved at a time, in a loop"
    total = 0.0
    for moved in range(3):
        term = 1.0
        for k in range(3):
            term = term * (1.0 if k == moved else x)
        total = total + term
    return total
