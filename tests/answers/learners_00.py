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


# ---------------------------------------------------------------- 0.2  a step with two paths

def wrong_0_2_a(keep, w, h):
    "the path that keeps is lost"
    return w * (1 - np.tanh(w * h)**2)


def wrong_0_2_b(keep, w, h):
    "the inner derivative w is lost"
    return keep + 1 - np.tanh(w * h)**2


def wrong_0_2_c(keep, w, h):
    "the slope of tanh is taken at h, not at w h"
    return keep + w * (1 - np.tanh(h)**2)


def wrong_0_2_d(keep, w, h):
    "the misprint: 1 - tanh without the square"
    return keep + w * (1 - np.tanh(w * h))


def wrong_0_2_e(keep, w, h):
    "differentiated by w instead of h"
    return h * (1 - np.tanh(w * h)**2)


def wrong_0_2_f(keep, w, h):
    "keep h where keep belongs"
    return keep * h + w * (1 - np.tanh(w * h)**2)


def wrong_0_2_g(keep, w, h):
    "the two paths multiplied, not added"
    return keep * w * (1 - np.tanh(w * h)**2)


def wrong_0_2_h(keep, w, h):
    "the new number itself"
    return keep * h + np.tanh(w * h)


def wrong_0_2_i(keep, w, h):
    "the slope of the sigmoid, with tanh for its value"
    s = np.tanh(w * h)
    return keep + w * s * (1 - s)


def wrong_0_2_j(keep, w, h):
    "the outer slope taken at the new number"
    new = keep * h + np.tanh(w * h)
    return keep + w * (1 - new**2)


def wrong_0_2_k(keep, w, h):
    "two slips: no square, and no inner derivative"
    return keep + (1 - np.tanh(w * h))


def right_0_2_a(keep, w, h):
    "1/cosh squared is the same slope"
    return keep + w / np.cosh(w * h)**2


def right_0_2_b(keep, w, h):
    "complex step"
    z = h + 1e-20j
    return (keep * z + np.tanh(w * z)).imag / 1e-20


# ---------------------------------------------------------------- 0.3  many such steps

def wrong_0_3_a(keep, w, start, steps):
    "the slope is taken at the number where the step ends"
    h, d = start, 1.0
    for _ in range(steps):
        h = keep * h + np.tanh(w * h)
        d = d * (keep + w * (1 - np.tanh(w * h)**2))
    return d


def wrong_0_3_b(keep, w, start, steps):
    "slopes are added along the path, not multiplied"
    h, d = start, 0.0
    for _ in range(steps):
        d = d + keep + w * (1 - np.tanh(w * h)**2)
        h = keep * h + np.tanh(w * h)
    return d


def wrong_0_3_c(keep, w, start, steps):
    "only the last step's slope"
    h, d = start, 1.0
    for _ in range(steps):
        d = keep + w * (1 - np.tanh(w * h)**2)
        h = keep * h + np.tanh(w * h)
    return d


def wrong_0_3_d(keep, w, start, steps):
    "the number is never moved on: the first slope to a power"
    return (keep + w * (1 - np.tanh(w * start)**2)) ** steps


def wrong_0_3_e(keep, w, start, steps):
    "one step too few"
    h, d = start, 1.0
    for _ in range(steps - 1):
        d *= keep + w * (1 - np.tanh(w * h)**2)
        h = keep * h + np.tanh(w * h)
    return d


def wrong_0_3_f(keep, w, start, steps):
    "the last number instead of its derivative"
    h = start
    for _ in range(steps):
        h = keep * h + np.tanh(w * h)
    return h


def wrong_0_3_g(keep, w, start, steps):
    "only the steps' tanh is followed; what is kept is lost"
    h, d = start, 1.0
    for _ in range(steps):
        d *= w * (1 - np.tanh(w * h)**2)
        h = keep * h + np.tanh(w * h)
    return d


def wrong_0_3_h(keep, w, start, steps):
    "begins the product with start instead of 1"
    h, d = start, start
    for _ in range(steps):
        d *= keep + w * (1 - np.tanh(w * h)**2)
        h = keep * h + np.tanh(w * h)
    return d


def wrong_0_3_i(keep, w, start, steps):
    "h is overwritten by the squashed part, and what is kept never comes back"
    h, d = start, 1.0
    for _ in range(steps):
        h_new = np.tanh(w * h)
        d *= keep + w * (1 - h_new**2)
        h = h_new
    return d


def wrong_0_3_j(keep, w, start, steps):
    "slope of tanh from the new number"
    h, d = start, 1.0
    for _ in range(steps):
        h = keep * h + np.tanh(w * h)
        d *= keep + w * (1 - h * h)
    return d


def right_0_3_a(keep, w, start, steps):
    "by recursion"
    if steps == 0:
        return 1.0
    slope = keep + w / np.cosh(w * start)**2
    return slope * right_0_3_a(keep, w, keep * start + np.tanh(w * start), steps - 1)


def right_0_3_b(keep, w, start, steps):
    "complex step"
    z = start + 1e-20j
    for _ in range(steps):
        z = keep * z + np.tanh(w * z)
    return z.imag / 1e-20
