"""Are unbiased random cuts worth their price? Networks trained with each rule, at equal cost.

An RNN of 12 units reads 10 streams of random bits, 24 steps, and must say at every step the bit of
``delay`` steps ago (delay 3 lies within every rule's reach of 6 steps, delay 8 beyond window and
chunks). Varied: the rule (``full``; ``window`` and ``chunks`` of 6 steps; ``random``: every way
back stays open with probability 5/6 and is weighted by 6/5; ``unweighted``: the same coins, without
the weight, the control for "because it is unbiased"), and the learning rate. Held equal: the cost,
that is the number of products with W_hh or its transpose, forward and backward, that an update of
the rule needs; the network and the texts of a seed. New texts at every update; plain gradient
descent. Choose the rate of a rule by ``validation`` and report ``test``, 400 streams each.

Columns: ``updates`` made for 20,000 products; ``products`` of an update; ``validation``, ``test``
(nats; guessing costs ln 2 = .693, counted from the step where the echo begins).
"""

import numpy as np

from helpers import layers, rnn

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
RULES = ["full", "window", "chunks", "chunks 12", "random", "unweighted"]
SETTINGS = [
    {"delay": delay, "rule": rule, "rate": rate}
    for delay in (3, 8)
    for rule in RULES
    for rate in (0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
]
CHEAP = [(0, {"delay": 8, "rule": "window", "rate": 0.3})]
T, H, B, TAU, OPEN, BUDGET = 24, 12, 10, 6, 5 / 6, 20_000


def run(seed, delay, rule, rate):
    """Train one network until its products are used up."""
    rng = np.random.default_rng(seed)
    params = rnn.init(1, H, rng) | {"W_hy": 0.5 * rng.normal(size=(2, H))}
    coins, cost, updates = np.random.default_rng([seed, 1]), 0, 0
    while cost < BUDGET:
        xi = weights(rule, coins)
        grads, products = gradients(params, *draw(delay, B, rng), xi, window=rule == "window")
        params = {name: params[name] - rate * grads[name] for name in params}
        cost, updates = cost + products, updates + 1
        if not np.isfinite(params["W_hh"]).all():
            break
    ruler = np.random.default_rng([seed, 2])
    validation, test = (loss(params, *draw(delay, 400, ruler)) for _ in range(2))
    return {"updates": updates, "products": cost / updates, "validation": validation, "test": test}


def draw(delay, B, rng):
    """Return inputs (T, B, 1), targets (T, B), and weights (T, 1), 0 before the echo begins."""
    bits = rng.integers(0, 2, (T, B))
    return 2.0 * bits[:, :, None] - 1, np.roll(bits, delay, axis=0), counted(delay)


def counted(delay):
    return (np.arange(T) >= delay)[:, None] * 1.0


def weights(rule, rng):
    """Return what the carry from step t + 1 to step t is multiplied by, t = 1 .. T − 1: (T,)."""
    if rule in ("chunks", "chunks 12"):
        length = TAU if rule == "chunks" else 12
        return (np.arange(1, T + 1) % length != 0) * 1.0
    if rule in ("random", "unweighted"):
        opened = rng.random(T) < OPEN
        return opened / OPEN if rule == "random" else opened * 1.0
    return np.ones(T)


def gradients(params, x, m, weight, xi, *, window):
    """Return the gradients under one rule, and the products with W_hh that they took."""
    core = {name: params[name] for name in ("W_xh", "W_hh", "b_h")}
    h, cache = rnn.forward(core, x)  # (T, B, H)
    dy = weight[..., None] * (layers.softmax(h @ params["W_hy"].T) - np.eye(2)[m])
    dy /= weight.sum() * m.shape[1]
    dh, slope, W_hh = dy @ params["W_hy"], 1 - h**2, params["W_hh"]
    products, past = len(x), cache["h"][:-1]  # forward; h_0 .. h_{T−1}
    if window:  # every loss goes back alone, TAU steps with its own; all losses at once
        delta = slope * dh
        da = delta.copy()
        for lag in range(1, TAU):
            delta = slope[: T - lag] * (delta[1:] @ W_hh)
            da[: T - lag] += delta
            products += T - lag
    else:
        da, carry = np.empty_like(h), 0.0
        for t in range(len(x) - 1, -1, -1):
            da[t] = slope[t] * (dh[t] + carry)
            carry = 0.0
            if t and xi[t - 1]:
                carry = xi[t - 1] * (da[t] @ W_hh)
                products += 1
    return {
        "W_xh": np.tensordot(da, x, axes=([0, 1], [0, 1])),
        "W_hh": np.tensordot(da, past, axes=([0, 1], [0, 1])),
        "b_h": da.sum(axis=(0, 1)),
        "W_hy": np.tensordot(dy, h, axes=([0, 1], [0, 1])),
    }, products


def loss(params, x, m, weight):
    """Return the mean of −log p of the right bit over the positions that count."""
    h, _ = rnn.forward({name: params[name] for name in ("W_xh", "W_hh", "b_h")}, x)
    p = np.take_along_axis(layers.softmax(h @ params["W_hy"].T), m[..., None], axis=2)[..., 0]
    return -(weight * np.log(p)).sum() / (weight.sum() * m.shape[1])
