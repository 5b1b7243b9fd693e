"""Does a network learn what to keep when no loss is heard at earlier steps?

An RNN of ``H`` units reads *banana* and *canada* and guesses each next letter; the fourth answer,
after *ana*, depends on the very first letter, so forgetting it costs ln 2 = .693. Varied: the carry
from step t + 1 to step t, passed on or cut to zero; and the width, the control for "without the
carry it cannot be learned". Held equal: the start of a seed, 1,000 updates at rate .03.

Columns: ``fourth`` (nats): the loss of the fourth answer at the end; ``rises`` the share of updates
after which the whole loss is larger than before.
"""

import numpy as np

from helpers import layers, rnn

SEEDS = range(40)
SETTINGS = [{"H": H, "carry": carry} for H in (6, 16) for carry in ("passed", "cut")]
CHEAP = [(0, {"H": 6, "carry": "passed"})]
WORDS, LETTERS, UPDATES, RATE = ("banana.", "canada."), ".abcdn", 1000, 0.03
INDEX = np.array([[LETTERS.index(c) for c in word] for word in WORDS]).T  # (T + 1, B)
x, m = np.eye(len(LETTERS))[INDEX[:-1]], np.eye(len(LETTERS))[INDEX[1:]]  # (T, B, V) each


def run(seed, H, carry):
    """Train one network; return what its fourth answer costs."""
    rng = np.random.default_rng(seed)
    V = len(LETTERS)
    core = {
        "W_xh": 0.5 * rng.normal(size=(H, V)),
        "W_hh": 0.3 * rng.normal(size=(H, H)),
        "b_h": np.zeros(H),
    }
    W_hy, losses = 0.5 * rng.normal(size=(V, H)), []
    for _ in range(UPDATES + 1):
        h, cache = rnn.forward(core, x)
        p = layers.softmax(h @ W_hy.T)  # (T, B, V)
        by_step = -np.log((p * m).sum(axis=2)).mean(axis=1)  # (T,)
        losses.append(by_step.sum())
        dy = (p - m) / len(WORDS)
        grads = back(core, cache, dy @ W_hy, carry)
        W_hy = W_hy - RATE * np.tensordot(dy, h, axes=([0, 1], [0, 1]))
        core = {name: core[name] - RATE * grads[name] for name in core}
    return {"fourth": by_step[3], "rises": (np.diff(losses) > 0).mean()}


def back(core, cache, dh, carry):
    """Return the gradients with the carry passed on, or those of every step by itself."""
    if carry == "passed":
        return rnn.backward(core, cache, dh)[0]
    past, da = cache["h"][:-1], (1 - cache["h"][1:] ** 2) * dh
    at = ([0, 1], [0, 1])
    sums = np.tensordot(da, x, at), np.tensordot(da, past, at), da.sum(axis=(0, 1))
    return dict(zip(core, sums, strict=True))
