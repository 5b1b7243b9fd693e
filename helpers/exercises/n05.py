"""Exercises of notebook 05: truncated backpropagation through time."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(5)
CLOSED = "What there is to cut"
WAYS = "Three ways to read a text"
DETACH = "Detach: keep the value, drop the history"
CHUNK = "A chunk of six is not a window of six"
CHANCE = "A cut by chance"
FAIR = "Why it is fair"
CARRY = "Carry or reset?"


def window(T, tau):
    return np.array([[float(t - tau < k <= t) for k in range(T)] for t in range(T)])


def chunks(T, tau):
    return np.array([[float(t - t % tau <= k <= t) for k in range(T)] for t in range(T)])


def _shifted_chunks(T, tau):
    return chunks(T + tau - 1, tau)[tau - 1 :, tau - 1 :]


masks = Exercise(
    number="5.1",
    title="two masks",
    truth=lambda T, tau: (window(T, tau), chunks(T, tau)),
    inputs=((7, 3), (1, 1), (6, 2), (4, 9), (5, 1)),
    returns=("window", "chunks"),
    mistakes=(
        Mistake(
            lambda T, tau: (window(T, tau + 1), chunks(T, tau)),
            "Your window is one step too long: its τ steps include the loss's own, t - k < τ.",
            DETACH,
        ),
        Mistake(
            lambda T, tau: (window(T, tau - 1), chunks(T, tau)),
            "Your window is one step too short: t - k may be 0, 1, …, τ - 1, which are τ steps.",
            DETACH,
        ),
        Mistake(
            lambda T, tau: (window(T, tau), window(T, tau)),
            "You took a chunk for a window: a loss in a chunk reaches back to where the chunk "
            "begins, however few steps that are.",
            CHUNK,
        ),
        Mistake(
            lambda T, tau: (window(T, tau), _shifted_chunks(T, tau)),
            "Your first chunk has one step only: index 0 is step 1 here, so nothing needs to be "
            "subtracted before you divide by τ.",
            DETACH,
        ),
        Mistake(
            lambda T, tau: (window(T, tau), np.maximum(chunks(T, tau), chunks(T, tau).T)),
            "Your chunks are full squares: no loss depends on later steps, so k may not exceed t.",
            WAYS,
        ),
        Mistake(
            lambda T, tau: (window(T, tau).T, chunks(T, tau).T),
            "Your masks are transposed: rows are losses t, columns are steps k.",
            WAYS,
        ),
    ),
)


def summed(b, c, a_0, first=1, last=1, gap=0):
    """Sum over the past: c_j from j = i + first to t - 1 + last, b_i up to i = t - 1 - gap."""
    a = [a_0]
    for t in range(1, len(b)):
        past = [np.prod(c[i + first : t + last]) * b[i] for i in range(1, t - gap)]
        a.append(b[t] + sum(past) + a_0 * np.prod(c[1 : t + last]))
    return np.array(a)


def _factor_outside(b, c, a_0):
    a = [a_0]
    for t in range(1, len(b)):
        a.append(c[t] * (b[t] + a[t - 1]))
    return np.array(a)


def _without_start(b, c, a_0):
    a = summed(b, c, 0.0)
    a[0] = a_0
    return a


closed = Exercise(
    number="5.2",
    title="the closed form with a start",
    truth=summed,
    inputs=tuple(
        (scale * _rng.normal(size=T + 1), _rng.normal(size=T + 1), a_0)
        for T, scale, a_0 in ((5, 1.0, 0.7), (1, 1.0, -1.5), (3, 1e-4, 2e-4), (8, 1e3, 40.0))
    ),
    returns=("a",),
    time_axis=0,
    mistakes=(
        Mistake(
            lambda b, c, a_0: summed(b, c, a_0, first=0),
            "Your products begin at c_i; b_i is added at step i, after c_i was applied, so its "
            "first factor is c_{i+1}.",
            CLOSED,
        ),
        Mistake(
            lambda b, c, a_0: summed(b, c, a_0, last=0),
            "Your products end at c_{t-1}; the last factor is c_t (a slice leaves out its end).",
            CLOSED,
        ),
        Mistake(
            lambda b, c, a_0: summed(b, c, a_0, gap=1),
            "The term of b_{t-1} is missing: the sum runs up to i = t - 1 (range leaves out its "
            "end).",
            CLOSED,
        ),
        Mistake(
            _without_start,
            "The start is missing: a_0 reaches step t through all the factors c_1 … c_t.",
            CLOSED,
        ),
        Mistake(
            lambda b, c, a_0: summed(b, c, 0.0) + a_0,
            "You added a_0 as it is; on its way to step t it meets all the factors c_1 … c_t.",
            CLOSED,
        ),
        Mistake(
            _factor_outside,
            "You multiplied b_t by c_t as well; b_t is what step t itself adds, with no factor.",
            CLOSED,
        ),
    ),
)


def masked(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau, mask=chunks, reset=None, keep=1.0):
    """Add up the paths that ``mask`` keeps, each by itself, as in (5.6).

    The state that enters a later chunk is multiplied by ``reset`` in the forward pass, and by
    ``keep`` where the backward pass reads it.
    """
    T, h, before = len(x) - 1, [h_0], []
    for t in range(1, T + 1):
        edge = t > 1 and (t - 1) % tau == 0
        entering = h[-1] * (reset if edge and reset is not None else 1.0)
        before.append(entering * (keep if edge else 1.0))  # (H,) of step t, at index t - 1
        h.append(np.tanh(W_xh @ x[t] + W_hh @ entering + b_h))
    M, d = mask(T, tau), {}
    for name, value in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_h), ("W_hy", W_hy), ("h_0", h_0)):
        d[f"d{name}"] = np.zeros_like(value)
    for t in range(1, T + 1):
        dy = M[t - 1, t - 1] * (W_hy @ h[t] - targets[t])  # (V,)
        d["dW_hy"] += np.outer(dy, h[t])
        delta = (1 - h[t] ** 2) * (W_hy.T @ dy)
        for k in range(t, 0, -1):
            path = M[t - 1, k - 1] * delta
            d["dW_xh"] += np.outer(path, x[k])
            d["dW_hh"] += np.outer(path, before[k - 1])
            d["db_h"] += path
            delta = (1 - h[k - 1] ** 2) * (W_hh.T @ delta)
            if k == 1:
                d["dh_0"] += W_hh.T @ path
    return d


def _all_starts(*args):
    """Collect in dh_0 what arrives at the start of every chunk."""
    W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau = args
    d, h = masked(*args), h_0
    d["dh_0"] = np.zeros_like(h_0)
    for first in range(1, len(x), tau):
        here = slice(first - 1, min(first + tau, len(x)))
        one = masked(W_xh, W_hh, b_h, W_hy, h, x[here], targets[here], tau)
        d["dh_0"] = d["dh_0"] + one["dh_0"]
        for t in range(first, here.stop):
            h = np.tanh(W_xh @ x[t] + W_hh @ h + b_h)
    return d


def _whole_chunks(T, tau):
    M = chunks(T, tau)
    M[T - T % tau :] = 0.0
    return M


def _masking(mask):
    return lambda *args: masked(*args, mask=mask)


def _given(T, D, H, V, tau, scale):
    x, targets = _rng.normal(size=(T + 1, D)), _rng.normal(size=(T + 1, V))
    x[0] = targets[0] = 0
    W_xh, W_hh = scale * _rng.normal(size=(H, D)), 0.8 * _rng.normal(size=(H, H))
    b_h, W_hy = 0.3 * _rng.normal(size=H), _rng.normal(size=(V, H))
    return W_xh, W_hh, b_h, W_hy, 0.5 * _rng.normal(size=H), x, targets, tau


loop = Exercise(
    number="5.3",
    title="truncated BPTT, chunk by chunk",
    truth=lambda *args: masked(*args),
    inputs=tuple(
        _given(*sizes)
        for sizes in (
            (7, 2, 3, 4, 3, 0.8),
            (1, 3, 2, 1, 1, 0.8),
            (4, 1, 1, 2, 1, 0.8),
            (6, 2, 4, 3, 2, 3.0),
            (5, 3, 2, 1, 8, 1e-3),
        )
    ),
    mistakes=(
        Mistake(
            _masking(lambda T, tau: np.tri(T)),
            "You never cut: this is the full gradient. At the start of a chunk the carry is "
            "dropped.",
            DETACH,
        ),
        Mistake(
            _masking(window),
            "You took a chunk for a window: here a loss reaches back to where its chunk begins.",
            CHUNK,
        ),
        Mistake(
            lambda *args: masked(*args, reset=0.0),
            "You reset the state at each chunk; these chunks continue one sequence, so the last "
            "state is carried on.",
            CARRY,
        ),
        Mistake(
            lambda *args: masked(*args, keep=0.0),
            "At the first step of a chunk dW_hh lost its term: a detached state drops its history, "
            "not its value, so da_t h_{t-1}ᵀ still counts.",
            DETACH,
        ),
        Mistake(
            _masking(_whole_chunks),
            "You left out the last chunk when it is shorter than τ; its losses count too.",
            DETACH,
        ),
        Mistake(
            _all_starts,
            "You collected in dh_0 what arrives at the start of every chunk; a detached state is "
            "not h_0, so only the first chunk reaches it.",
            DETACH,
        ),
    ),
)

EXERCISES = (masks, closed, loop)
