"""Which network learns to name a bit that it saw ``lag`` steps ago, and what did its gradient say?

Varied: four networks of 16 units, four learning rates (the same four for each: an equal tuning
budget) and three lags. Held equal: Adam, clipping at norm 1, at most 400 batches of 32 sequences
(``most``).
Seeds 0 to 4 choose a network's rate, all others judge the choice. The rows ``lags`` = mixed are
the control for "it cannot hold the bit": the same network and budget, short lags mixed in; of the
orthogonal RNN (at one rate), the control for "it is the network that makes it a clock or a latch".
The LSTM's rows of at most 2,000 batches, at the two rates where it solved about half, are the
control for "it never finds out by itself".

Results of a row (shares and errors are ratios, scores are differences of logits):

- ``error``: cross-entropy over ln 2, on 1,000 sequences that decided nothing; ``solved``: below 0.1
- ``batches``: used until 300 other sequences said solved, at most ``most``
- ``share_before``, ``share_after``: of the gradient's norm over all lags, the part at ``lag``
- ``least_right``: smallest share of right answers when asked after lag / 2, ..., 3 lag steps
- ``flip``: mean change of the score at 3 lag when the marked bit is flipped
- ``slope``: the change that the gradient predicts for it
"""

import numpy as np

from experiments import _memory
from helpers import layers

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
RATES = (0.001, 0.003, 0.01, 0.03)
SETTINGS = [
    dict(network=network, rate=rate, lag=lag, lags="fixed", most=400)
    for lag in (10, 20, 40)
    for network in _memory.NETWORKS
    for rate in RATES
]
SETTINGS += [
    dict(network="LSTM", rate=rate, lag=40, lags=lags, most=most)
    for lags, most, rates in (("mixed", 400, RATES), ("fixed", 2000, RATES[:2]))
    for rate in rates
]
SETTINGS.append(dict(network="orthogonal RNN", rate=0.01, lag=40, lags="mixed", most=400))
CHEAP = [
    (0, dict(network="orthogonal RNN", rate=0.01, lag=10, lags="fixed", most=400)),
    (1, dict(network="LSTM", rate=0.03, lag=10, lags="fixed", most=400)),
]
SIGNS = np.array([-1.0, 1.0])  # score: logit of class 1 minus that of class 0
TASK = _memory.recall, layers.softmax_cross_entropy, np.log(2)


def run(seed, network, rate, lag, lags, most):
    """Train one network on recall and look at what it learned."""
    rng = np.random.default_rng(seed)
    params = _memory.new(network, 2, 2, rng)
    before = share(params, lag, seed)
    batches = _memory.train(params, *TASK, lag, seed, rng, rate=rate, batches=most, lags=lags)
    error = _memory.error(params, *TASK, lag, seed)
    x, target = _memory.recall(3 * lag, 300, np.random.default_rng([seed, 3]))
    y = _memory.states(params, x)[0] @ params["W_hy"].T + params["b_y"]
    right = (y.argmax(axis=2) == target).mean(axis=1)
    other = x.copy()
    other[0, :, 0] *= -1
    flip = np.abs((_memory.answer(params, other) - y[-1]) @ SIGNS).mean()
    return {
        "error": error,
        "solved": error < 0.1,
        "batches": batches,
        "share_before": before,
        "share_after": share(params, lag, seed),
        "least_right": right[lag // 2 :].min(),
        "flip": flip,
        "slope": 2 * np.abs(slope(params, x[:, :64])[0, :, 0]).mean(),  # a flip moves x by 2
    }


def slope(params, x):
    """Return the score's gradient at the input (T, B, 2)."""
    h, back = _memory.states(params, x)
    dh = np.zeros_like(h)
    dh[-1] = SIGNS @ params["W_hy"]
    return back(dh)[1]


def share(params, lag, seed):
    """Return the part of the gradient's norm, summed over lags, that the marked step gets."""
    x, _ = _memory.recall(lag, 64, np.random.default_rng([seed, 4]))
    norms = np.linalg.norm(slope(params, x), axis=2).mean(axis=1)
    return norms[0] / norms.sum()
