"""Does a larger forget bias let an LSTM learn what lies further back?

The task of ``two_cues``: the mean of two cues, at the first and at the last of T steps; using the
last cue only costs .125. Varied: the forget bias, T, the learning rate. Held equal: 8 units,
batches of 16, Adam, at most 300 updates at every rate (fewer when the mean loss of 50 is below
.001). Choose the rate by ``validation`` and report ``test``: the two are measured on 1,000
sequences each that training has not seen.

Columns: ``both`` (updates): when the mean loss of 50 updates first is below .06, 0 if never;
``validation`` and ``test`` (loss).
"""

import numpy as np

from experiments.two_cues import first
from helpers import lstm
from helpers.training import Adam

SEEDS = range(10)
SETTINGS = [
    {"T": 50, "bias": bias, "rate": rate}
    for bias in (0.0, 1.0, 2.0, 5.0)
    for rate in (0.001, 0.003, 0.01, 0.03)
]
CHEAP = [(2, {"T": 50, "bias": 1.0, "rate": 0.03})]
UPDATES, H, B = 300, 8, 16


def run(seed, T, bias, rate):
    """Train one LSTM; return when it learned both cues and what it costs afterwards."""
    rng = np.random.default_rng(seed)
    params = lstm.init(1, H, rng, forget_bias=bias) | {"w": rng.standard_normal(H) / 4}
    optimiser, losses = Adam(rate), []
    while len(losses) < UPDATES and np.mean(losses[-50:] + [1.0] * (len(losses) < 50)) > 0.001:
        loss, grads = loss_and_grads(params, draw(T, B, rng))
        losses.append(loss)
        params = optimiser.step(params, grads)
    mean = np.convolve(losses, np.full(50, 1 / 50), "valid")
    validation, test = (loss_and_grads(params, draw(T, 1000, rng))[0] for _ in range(2))
    return {"both": first(mean < 0.06), "validation": validation, "test": test}


def draw(T, B, rng):
    """Return inputs (T, B, 1) with a cue at both ends."""
    x = np.zeros((T, B, 1))
    x[0, :, 0], x[-1, :, 0] = rng.choice([-1.0, 1.0], (2, B))
    return x


def loss_and_grads(params, x):
    """Return the mean of ½ (h_T · w − mean of the cues)² and its gradients."""
    core, w, B = {k: params[k] for k in ("W_x", "W_h", "b")}, params["w"], x.shape[1]
    (h, _), cache = lstm.forward(core, x)
    error = h[-1] @ w - (x[0, :, 0] + x[-1, :, 0]) / 2  # (B,)
    dh = np.zeros_like(h)
    dh[-1] = np.outer(error, w) / B
    grads = lstm.backward(core, cache, dh)[0] | {"w": h[-1].T @ error / B}
    return (error**2).mean() / 2, grads
