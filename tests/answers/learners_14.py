"""Answers to the exercises of page 14, written from the prompts alone."""
import math

import numpy as np


# ---------------------------------------------------------------- 14.1  random cuts with numbers

def wrong_14_1_a(b, c, coins, pi):
    "the factor 1 / pi is missing"
    z = np.zeros(len(b))
    for t in range(1, len(b)):
        z[t] = b[t] + (coins[t] < pi[t]) * c[t] * z[t-1]
    return z


def wrong_14_1_b(b, c, coins, pi):
    "multiplies by pi instead of dividing"
    xi = np.where(coins < pi, pi, 0.0)
    z = np.zeros(len(b))
    for t in range(1, len(b)):
        z[t] = b[t] + xi[t] * c[t] * z[t-1]
    return z


def wrong_14_1_c(b, c, coins, pi):
    "coin read the wrong way round: open where coins > pi"
    z = [0.0]
    for t in range(1, len(b)):
        xi = 1 / pi[t] if coins[t] > pi[t] else 0
        z.append(b[t] + xi * c[t] * z[-1])
    return np.array(z)


def wrong_14_1_d(b, c, coins, pi):
    "weight 1 / (1 - pi), as for dropout with a probability to drop"
    z = [0.0]
    for t in range(1, len(b)):
        xi = 1 / (1 - pi[t]) if coins[t] < pi[t] else 0
        z.append(b[t] + xi * c[t] * z[-1])
    return np.array(z)


def wrong_14_1_e(b, c, coins, pi):
    "xi multiplies the immediate derivative as well"
    xi = (coins < pi) / pi
    z = np.zeros_like(b)
    for t in range(1, len(b)):
        z[t] = xi[t] * (b[t] + c[t] * z[t-1])
    return z


def wrong_14_1_f(b, c, coins, pi):
    "coin of the step before: xi_{t-1}"
    xi = (coins < pi) / pi
    z = np.zeros_like(b)
    for t in range(1, len(b)):
        z[t] = b[t] + xi[t-1] * c[t] * z[t-1]
    return z


def wrong_14_1_g(b, c, coins, pi):
    "coins ignored: always open, always times 1 / pi"
    z = np.zeros(b.shape)
    for t in range(1, b.size):
        z[t] = b[t] + c[t] * z[t-1] / pi[t]
    return z


def wrong_14_1_h(b, c, coins, pi):
    "starts at z_0 = b_0 instead of 0"
    z = np.array(b, dtype=float)
    for t in range(1, len(z)):
        if coins[t] < pi[t]:
            z[t] += c[t] * z[t-1] / pi[t]
    return z


def wrong_14_1_i(b, c, coins, pi):
    "Jacobian of the step before: c_{t-1}"
    xi = np.where(coins < pi, 1 / pi, 0.0)
    z = [0.0]
    for t in range(1, len(b)):
        z.append(b[t] + xi[t] * c[t-1] * z[t-1])
    return np.array(z)


def wrong_14_1_j(b, c, coins, pi):
    "one weight for all steps: 1 over the mean of pi"
    weight = 1 / np.mean(pi[1:]) if len(pi) > 1 else 1.0
    z = np.zeros(len(b))
    for t in range(1, len(b)):
        z[t] = b[t]
        if coins[t] < pi[t]:
            z[t] = z[t] + weight * c[t] * z[t-1]
    return z


def wrong_14_1_k(b, c, coins, pi):
    "two slips: a cut erases the step's own b_t too, and no factor 1 / pi"
    z, out = 0.0, [0.0]
    for t in range(1, len(b)):
        z = b[t] + c[t] * z if coins[t] < pi[t] else 0.0
        out.append(z)
    return np.array(out)


def wrong_14_1_l(b, c, coins, pi):
    "two slips: z_0 is not returned, and open and cut are exchanged"
    z, out = 0.0, []
    for b_t, c_t, coin, p in zip(b[1:], c[1:], coins[1:], pi[1:]):
        z = b_t + (0.0 if coin < p else c_t / p) * z
        out.append(z)
    return np.array(out)


def right_14_1_a(b, c, coins, pi):
    "closed form with weighted factors, a list"
    f = [0.0] + [c[t] / pi[t] if coins[t] < pi[t] else 0.0 for t in range(1, len(b))]
    return [sum(math.prod(f[i+1:t+1]) * b[i] for i in range(1, t + 1)) for t in range(len(b))]


def right_14_1_b(b, c, coins, pi):
    "linear system over all steps"
    T = len(b) - 1
    A = np.eye(T + 1)
    for t in range(1, T + 1):
        if coins[t] < pi[t]:
            A[t, t-1] -= c[t] / pi[t]
    r = np.array(b, dtype=float)
    r[0] = 0
    return np.linalg.solve(A, r)


def right_14_1_c(b, c, coins, pi):
    "recursion on the number of steps"
    if len(b) == 1:
        return np.zeros(1)
    before = right_14_1_c(b[:-1], c[:-1], coins[:-1], pi[:-1])
    last = b[-1]
    if coins[-1] < pi[-1]:
        last = last + before[-1] * c[-1] / pi[-1]
    return np.append(before, last)
