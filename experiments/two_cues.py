"""When does a network learn the distant half of a task, seed by seed?

An RNN answers the mean of two cues, each +1 or −1, at the first and at the last of T steps.
Guessing 0 costs .25, using the last cue only .125, using both 0. Varied: T (the first cue lies T −
1 steps back); the scale of the orthogonal start, which sets how much of the first cue comes forward
and how much of the gradient goes back; the largest norm of a gradient, ``clip``, and the rate, the
controls for runs that overflow; ``carry``, a factor on the gradient at each step back and on
nothing else, which tells the two ways apart. Held equal: 16 units, batches of 64, plain gradient
descent, at most 2,000 updates at rate .2 and 4,000 at rate .1 (it ends early when both cues are
learned, mean loss of 50 updates below .001, or when the loss passes a million).

Columns: ``last_cue``, ``both`` (updates): when the mean loss of 50 updates first is below .15, and
below .06, half of what using the last cue only costs; 0 if never. ``at_400`` and ``end`` (loss):
means of the 50 updates up to 400, where one might have stopped, and of the last 50 (inf if the loss
overflowed). ``share`` (ratio): norm of ∂L/∂h_1 to that of ∂L/∂h_T at the start.
"""

import numpy as np

from helpers import rnn, spectra
from helpers.training import clip_by_norm

SEEDS = range(20)
SETTINGS = [
    {"T": T, "scale": scale, "clip": clip, "rate": 0.2, "carry": 1.0}
    for T, clip in ((5, np.inf), (10, np.inf), (25, np.inf), (25, 1.0))
    for scale in (0.7, 0.9)
] + [
    {"T": 25, "scale": 0.7, "clip": np.inf, "rate": 0.1, "carry": 1.0},
    {"T": 25, "scale": 0.7, "clip": 1.0, "rate": 0.2, "carry": 1.25},
    {"T": 25, "scale": 0.9, "clip": 1.0, "rate": 0.2, "carry": 0.0},
    {"T": 25, "scale": 0.7, "clip": 1.0, "rate": 0.2, "carry": 0.0},
]
CHEAP = [(0, {"T": 5, "scale": 0.7, "clip": np.inf, "rate": 0.2, "carry": 1.0})]
WAY, H, B = 400, 16, 64  # rate times updates, at most


def run(seed, T, scale, clip, rate, carry):
    """Train one network; return when it learned what."""
    rng = np.random.default_rng(seed)
    params = rnn.init(1, H, rng) | {"W_hh": scale * spectra.orthogonal(H, rng)}
    w, losses, share = rng.standard_normal(H) / 4, [], None
    updates = round(WAY / rate)
    while len(losses) < updates and np.mean(losses[-50:] + [1.0] * (len(losses) < 50)) > 0.001:
        h, cache, error = batch(params, w, T, rng)
        losses.append((error**2).mean() / 2)
        if not losses[-1] < 1e6:
            break
        dh = np.zeros_like(h)
        dh[-1] = np.outer(error, w) / B
        back = params | {"W_hh": carry * params["W_hh"]}  # backward uses it for the carry only
        grads, _, _ = rnn.backward(back, cache | {"params": back}, dh)
        if share is None:
            share = reach(back, h, dh[-1])
        grads, _ = clip_by_norm(grads | {"w": h[-1].T @ error / B}, clip)
        params = {name: params[name] - rate * grads[name] for name in params}
        w = w - rate * grads["w"]
    mean = np.convolve(losses, np.full(50, 1 / 50), "valid")  # entry n: updates n + 1 .. n + 50
    return {
        "last_cue": first(mean < 0.15),
        "both": first(mean < 0.06),
        "at_400": mean[min(350, len(mean) - 1)],
        "end": mean[-1] if losses[-1] < 1e6 else np.inf,
        "share": share,
    }


def batch(params, w, T, rng):
    """Draw B sequences; return states, cache and the errors (B,) of the mean of their cues."""
    x = np.zeros((T, B, 1))
    x[0, :, 0], x[-1, :, 0] = rng.choice([-1.0, 1.0], (2, B))
    h, cache = rnn.forward(params, x)
    return h, cache, h[-1] @ w - (x[0, :, 0] + x[-1, :, 0]) / 2


def reach(params, h, dh):
    """Return ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ over the batch, of a loss that looks at h_T only."""
    size = np.linalg.norm(dh)
    for h_t in h[:0:-1]:
        dh = (dh * (1 - h_t**2)) @ params["W_hh"]
    return np.linalg.norm(dh) / size


def first(holds):
    """Return the update, counted from 1, at which 50 updates first hold; 0 if they never do."""
    return int(np.argmax(holds)) + 50 if holds.any() else 0
