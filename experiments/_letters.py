"""What names, clipping and products share: a character model of one cell, and its training."""

import numpy as np

from helpers import layers, lstm, rnn, training

CELLS = {"RNN": rnn, "LSTM": lstm}


def new(cell, size, V, rng, *, dtype=float):
    """Return parameters of a character model over V tokens, one cell of ``size`` units."""
    limit = 1 / np.sqrt(size)
    core = CELLS[cell].init(V, size, rng, dtype=dtype)
    W_hy = rng.uniform(-limit, limit, (V, size)).astype(dtype)
    return core | {"W_hy": W_hy, "b_y": np.zeros(V, dtype)}


def logits(params, tokens):
    """Return logits (T, B, V) after each of tokens (T, B), and their way back to the gradients."""
    cell = lstm if "W_x" in params else rnn
    core = {name: params[name] for name in cell.SHAPES}
    one_hot = np.eye(len(params["b_y"]), dtype=params["b_y"].dtype)
    h, cache = cell.forward(core, one_hot[tokens])
    h = h[0] if cell is lstm else h

    def back(dy):
        grads, *_ = cell.backward(core, cache, dy @ params["W_hy"])
        dW_hy = np.tensordot(dy, h, axes=((0, 1), (0, 1)))
        return grads | {"W_hy": dW_hy, "b_y": dy.sum(axis=(0, 1))}

    return h @ params["W_hy"].T + params["b_y"], back


def loss_and_grads(params, batch):
    """Return the mean cross-entropy of the real questions of a padded batch, and its gradients."""
    tokens, mask = batch
    y, back = logits(params, tokens[:-1])
    log_p = y - layers.log_sum_exp(y)[..., None]
    targets = np.eye(y.shape[-1], dtype=y.dtype)[tokens[1:]]
    mask = (mask[1:, :, None] / mask[1:].sum()).astype(y.dtype)
    return -(mask * targets * log_p).sum(), back(mask * (np.exp(log_p) - targets))


def chances(params, sequences):
    """Return the probability of each right token, name after name (N,)."""
    tokens, mask = training.pad(sequences)
    p = layers.softmax(logits(params, tokens[:-1])[0])
    right = np.take_along_axis(p, tokens[1:, :, None], axis=2)[..., 0]
    return right.T[mask[1:].T > 0]


def fit(params, sequences, rng, *, rate, steps, B=64):
    """Train by Adam, clipped at norm 1; the rate falls to 30 % and to 10 %, each after a third."""
    optimiser = training.Adam(rate)

    def watch(step, params):
        optimiser.rate = rate * (1.0 if step < steps / 3 else 0.3 if step < 2 * steps / 3 else 0.1)

    stream = training.batches(sequences, B, steps, rng)
    training.fit(
        loss_and_grads, params, stream, optimiser, steps=steps, clip=1.0, watch=watch, progress=""
    )
