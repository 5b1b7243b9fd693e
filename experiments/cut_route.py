"""What does a wrong LSTM gradient cost where something must be remembered?

An LSTM of 4 units reads 25 numbers, noise but for two marked values of ±1, the first at step 1 or
2, the last at steps 3 to 5, and must say the last one after step 25. Varied: the ``slip`` in the
backward pass, the three of page 06 and none; the learning ``rate`` of Adam, the control for "with
another rate it would learn". Held equal: the start and the sequences of a seed, 600 updates with 32
new sequences each, clipped at norm 1.

Column: ``error``, the mean squared error on 1,000 other sequences; always to say 0 costs 1.
"""

import numpy as np

from helpers import lstm, training

SEEDS = [*range(6), *range(1000, 1006)]  # two sets: the second was run to refute the first
SETTINGS = [
    {"slip": slip, "rate": rate}
    for slip in ("none", "no cell carry", "no recurrent term", "f_t for f_t+1")
    for rate in (0.003, 0.01, 0.03)
]
CHEAP = [(0, {"slip": "none", "rate": 0.03})]
T, H, UPDATES = 25, 4, 600


def run(seed, slip, rate):
    """Train one network; return its error on sequences of its own."""
    rng = np.random.default_rng(seed)
    params = lstm.init(2, H, rng) | {"W_hy": 0.5 * rng.normal(size=(1, H))}

    def loss_and_grads(params, batch):
        x, target = batch
        h, cache, y = answer(params, x)
        dh, dy = np.zeros_like(h), 2 * (y - target) / len(y)
        dh[-1] = dy @ params["W_hy"]
        grads = back(params, cache, dh, slip)
        return ((y - target) ** 2).mean(), grads | {"W_hy": dy.T @ h[-1]}

    stream = (sequences(32, rng) for _ in range(UPDATES))
    optimiser = training.Adam(rate)
    training.fit(loss_and_grads, params, stream, optimiser, steps=UPDATES, clip=1.0, progress="")
    x, target = sequences(1000, np.random.default_rng([seed, 1]))
    return {"error": ((answer(params, x)[2] - target) ** 2).mean()}


def sequences(B, rng):
    """Return numbers and marks, x (T, B, 2), and the last marked value (B, 1)."""
    x, b = np.zeros((T, B, 2)), np.arange(B)
    x[:, :, 0] = rng.normal(scale=0.5, size=(T, B))
    for at in (rng.integers(0, 2, B), rng.integers(2, 5, B)):
        x[at, b] = np.stack([rng.choice([-1.0, 1.0], B), np.ones(B)], axis=1)
    return x, x[at, b, :1]


def answer(params, x):
    """Return h (T, B, H), the cache, and the output after the last step (B, 1)."""
    (h, _), cache = lstm.forward({name: params[name] for name in ("W_x", "W_h", "b")}, x)
    return h, cache, h[-1] @ params["W_hy"].T


def back(params, cache, dh, slip):
    """Return the gradients with one slip, formulas (6.4) to (6.12)."""
    h, c, gates = cache["h"], cache["c"], cache["gates"]
    da, from_h, from_c = np.empty_like(gates), 0.0, 0.0
    for t in range(T, 0, -1):
        i, f, g, o = np.split(gates[t - 1], 4, axis=1)
        dh_t = dh[t - 1] + from_h
        dc = dh_t * o * (1 - np.tanh(c[t]) ** 2) + from_c
        da[t - 1] = np.hstack(
            [
                dc * g * i * (1 - i),
                dc * c[t - 1] * f * (1 - f),
                dc * i * (1 - g**2),
                dh_t * np.tanh(c[t]) * o * (1 - o),
            ]
        )
        from_h = 0.0 if slip == "no recurrent term" else da[t - 1] @ params["W_h"]
        before = gates[t - 2 if slip == "f_t for f_t+1" and t > 1 else t - 1][:, H : 2 * H]
        from_c = 0.0 if slip == "no cell carry" else dc * before
    at = ([0, 1], [0, 1])
    sums = np.tensordot(da, cache["x"], at), np.tensordot(da, h[:-1], at), da.sum(axis=(0, 1))
    return dict(zip(("W_x", "W_h", "b"), sums, strict=True))
