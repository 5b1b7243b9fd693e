"""Exercises of page 04: recurrent networks. One sequence; row t belongs to step t."""

import numpy as np

from exercises.inputs import awkward, from_1, network, normal, sizes
from exercises.slips import Exercise


def dW_xh(da, x):
    dW = da.T @ x
    return dW


def _pairs(rng):
    for T, H, D, s in sizes((1, 1, 1), (1, 3, 4), (2, 2, 2), (2, 1, 3), (4, 3, 2), (6, 1, 5)):
        args = from_1(rng, T, H, s), from_1(rng, T, D)
        yield from awkward(args, 0, 1) if s == 1 else (args,)


e1 = Exercise("4.1", dW_xh, _pairs, returns="dW_xh")


def dh_t(W_hy, W_hh, dy_t, da_next):
    from_loss = W_hy.T @ dy_t
    carry = W_hh.T @ da_next
    return from_loss + carry


def _copy_nodes(rng):
    for V, H, s in sizes((1, 1), (2, 1), (1, 3), (2, 2), (3, 4), (5, 2)):
        args = normal(rng, V, H), normal(rng, H, H), normal(rng, V), normal(rng, H, scale=s)
        yield from awkward(args, 0, 1, 2, 3) if s == 1 else (args,)


e2 = Exercise("4.2", dh_t, _copy_nodes, returns="dh_t")


def dh(W_hh, h, from_loss):
    dh = from_loss.copy()
    for t in reversed(range(1, len(h))):
        da = dh[t] * (1 - h[t] ** 2)
        dh[t - 1] += W_hh.T @ da
    return dh


def _states(rng):
    for T, H, s in sizes((1, 1), (1, 2), (2, 2), (3, 1), (4, 3), (6, 2)):
        h = np.tanh(normal(rng, T + 1, H, scale=s))
        h[0] = normal(rng, H)  # h_0 may be anything
        args = normal(rng, H, H), h, from_1(rng, T, H)
        yield from awkward(args, 0) if s == 1 else (args,)
        yield args[0], h, args[2] * (np.arange(T + 1) == T)[:, None]


e3 = Exercise("4.3", dh, _states, returns="dh", steps="dh")


def gradients(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    T = len(x) - 1
    h, g = {0: h_0}, {}
    for t in range(1, T + 1):
        g[t] = np.tanh(W_xh @ x[t] + W_hh @ h[t - 1] + b_h)
        h[t] = (1 - alpha) * h[t - 1] + alpha * g[t]
    dW_hy, dW_xh, dW_hh, db_h, dh_0, carry = [0] * 6
    for t in reversed(range(1, T + 1)):
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + carry
        da = dh * alpha * (1 - g[t] ** 2)
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t - 1])
        db_h += da
        carry = (1 - alpha) * dh + W_hh.T @ da
    dh_0 = carry
    return {"dW_hy": dW_hy, "dW_xh": dW_xh, "dW_hh": dW_hh, "db_h": db_h, "dh_0": dh_0}


def _leaky(rng):
    for T, D, H, V, s in sizes(
        (1, 1, 1, 1), (1, 3, 2, 4), (2, 2, 2, 2), (3, 1, 1, 2), (4, 2, 3, 2), (6, 3, 2, 1)
    ):
        *given, targets = network(rng, T, D, H, V, s)
        args = *given, float(rng.uniform(0.1, 0.9)), targets
        yield from awkward(args, 1, 3, 4) if s == 1 and T > 1 else (args,)
        yield *args[:-1], 20 * targets
        yield (*given, 1.0, targets)


e4 = Exercise("4.4", gradients, _leaky, shown="T h g dy dh da carry")
