"""How much gradient reaches a distant cue, before a network learns to use it and when it does?

``two_cues`` once more, the first cue 24 steps back, from .7 times an orthogonal matrix at rate .2.
Varied: ``clip``, the largest norm of a gradient, which tells networks that learn from those that
learn and then diverge. Held equal: all else, as there.

Columns: ``fell`` (update), the first whose loss is below .06, half of what using the last cue only
costs; 0 if none. Norm of ∂L/∂h_1 to that of ∂L/∂h_T: ``half`` at half that update, ``fall`` at it.
``long`` (update): the first, later than 20, whose gradient before clipping is longer than 1; 0 if
none. ``end``: the last loss, inf where it passed a million.
"""

import numpy as np

from experiments.two_cues import B, H, batch, reach
from helpers import rnn, spectra
from helpers.training import clip_by_norm

SEEDS = range(20)
SETTINGS = [{"clip": np.inf}, {"clip": 1.0}]
CHEAP = [(11, {"clip": 1.0})]
T, RATE, UPDATES = 25, 0.2, 2000


def run(seed, clip):
    """Train one network; return what reached the first cue, and when its loss fell."""
    rng = np.random.default_rng(seed)
    params = rnn.init(1, H, rng) | {"W_hh": 0.7 * spectra.orthogonal(H, rng)}
    w, losses, sizes, shares = rng.standard_normal(H) / 4, [], [], []
    while len(losses) < UPDATES and np.mean(losses[-50:] + [1.0] * (len(losses) < 50)) > 0.001:
        h, cache, error = batch(params, w, T, rng)
        losses.append((error**2).mean() / 2)
        if not losses[-1] < 1e6:
            break
        dh = np.zeros_like(h)
        dh[-1] = np.outer(error, w) / B
        shares.append(reach(params, h, dh[-1]))
        grads, _, _ = rnn.backward(params, cache, dh)
        grads, size = clip_by_norm(grads | {"w": h[-1].T @ error / B}, clip)
        sizes.append(size)
        params = {name: params[name] - RATE * grads[name] for name in params}
        w = w - RATE * grads["w"]
    low, long = np.array(losses) < 0.06, np.array(sizes) > 1
    long[:20] = False
    fell = int(np.argmax(low)) + 1 if low.any() else 0
    return {
        "fell": fell,
        "half": shares[max(fell // 2, 1) - 1],
        "fall": shares[max(fell, 1) - 1],
        "long": int(np.argmax(long)) + 1 if long.any() else 0,
        "end": losses[-1] if losses[-1] < 1e6 else np.inf,
    }
