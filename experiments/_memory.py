"""What recall and adding share: the two tasks, four networks, and one training run."""

import numpy as np

from helpers import lstm, rnn, spectra, training

H = 16
NETWORKS = ("plain RNN", "orthogonal RNN", "LSTM", "chrono LSTM")


def recall(lag, B, rng):
    """Return lag + 1 random bits, the first one marked, x (lag+1, B, 2); and its class (B,)."""
    x = np.zeros((lag + 1, B, 2))
    x[:, :, 0] = rng.choice([-1.0, 1.0], (lag + 1, B))
    x[0, :, 1] = 1
    return x, (x[0, :, 0] > 0).astype(int)


def adding(lag, B, rng):
    """Return lag + 1 uniform numbers, one of each half marked, x; and the two's sum (B, 1)."""
    x = np.zeros((lag + 1, B, 2))
    x[:, :, 0] = rng.random((lag + 1, B))
    b, half = np.arange(B), (lag + 1) // 2
    first, second = rng.integers(0, half, B), rng.integers(half, lag + 1, B)
    x[first, b, 1] = x[second, b, 1] = 1
    return x, (x[first, b, 0] + x[second, b, 0])[:, None]


def squared_error(y, m):
    """Return the mean squared error and its gradient at y."""
    return ((y - m) ** 2).mean(), 2 * (y - m) / y.size


def new(network, inputs, outputs, rng, *, size=H):
    """Return new parameters of one of NETWORKS, with an output layer W_hy, b_y."""
    if network.endswith("RNN"):
        params = rnn.init(inputs, size, rng)
        if network == "orthogonal RNN":
            params["W_hh"] = spectra.orthogonal(size, rng)
    else:
        params = lstm.init(inputs, size, rng)
        if network == "chrono LSTM":
            params["b"][size : 2 * size] = np.log(rng.uniform(2, 64, size) - 1)
            params["b"][:size] = -params["b"][size : 2 * size]
    limit = 1 / np.sqrt(size)
    W_hy = rng.uniform(-limit, limit, (outputs, size))
    return params | {"W_hy": W_hy, "b_y": np.zeros(outputs)}


def states(params, x):
    """Return h (T, B, H) and its way back, which takes dh and returns grads and dx."""
    core = {name: w for name, w in params.items() if name not in ("W_hy", "b_y")}
    if "W_h" in core:
        (h, _), cache = lstm.forward(core, x)
        return h, lambda dh: lstm.backward(core, cache, dh)[:2]
    h, cache = rnn.forward(core, x)
    return h, lambda dh: rnn.backward(core, cache, dh)[:2]


def answer(params, x):
    """Return the output after the last step (B, V)."""
    return states(params, x)[0][-1] @ params["W_hy"].T + params["b_y"]


def objective(loss):
    """Return loss_and_grads for ``training.fit``: one answer, after the last step."""

    def loss_and_grads(params, batch):
        x, target = batch
        h, back = states(params, x)
        L, dy = loss(h[-1] @ params["W_hy"].T + params["b_y"], target)
        dh = np.zeros_like(h)
        dh[-1] = dy @ params["W_hy"]
        return L, back(dh)[0] | {"W_hy": dy.T @ h[-1], "b_y": dy.sum(axis=0)}

    return loss_and_grads


def train(params, make, loss, baseline, lag, seed, rng, *, rate, batches, lags="fixed"):
    """Train until solved, or for all ``batches`` of 32 sequences; return the batches used.

    Every 50 batches, 300 validation sequences decide whether to stop: error below 0.1, where the
    error is the loss over the loss of remembering nothing. ``lags="mixed"`` draws the lag of each
    batch from 1 to ``lag``; judged is always at ``lag``.
    """
    optimiser, step = training.Adam(rate), objective(loss)
    x, target = make(lag, 300, np.random.default_rng([seed, 1]))
    used, now = 0, np.inf
    while now >= 0.1 and used < batches:
        chosen = rng.integers(1, lag + 1, 50) if lags == "mixed" else [lag] * 50
        stream = (make(int(k), 32, rng) for k in chosen)
        training.fit(step, params, stream, optimiser, steps=50, clip=1.0, progress="")
        used, now = used + 50, loss(answer(params, x), target)[0] / baseline
    return used


def error(params, make, loss, baseline, lag, seed):
    """Return the loss on 1,000 sequences that decided nothing, over that of remembering nothing."""
    x, target = make(lag, 1000, np.random.default_rng([seed, 2]))
    return loss(answer(params, x), target)[0] / baseline
