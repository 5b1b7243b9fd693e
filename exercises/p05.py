"""Exercises of page 05: truncated backpropagation through time."""

import numpy as np

from exercises.inputs import awkward, network, normal, sizes
from exercises.slips import Exercise


def masks(T, tau):
    t, k = np.arange(T)[:, None], np.arange(T)
    past = np.tri(T)
    window = past * (t - k < tau)
    first = t - t % tau
    chunks = past * (k >= first)
    return window, chunks


def _lengths(rng):
    for T in (1, 2, 3, 4, 5, 6, 7, 8):
        for tau in sorted({1, 2, 3, 4, T, T + 2}):
            yield T, tau


e1 = Exercise("5.1", masks, _lengths, returns=("window", "chunks"))


def a(b, c, a_0):
    a = np.zeros(len(b))
    a[0] = a_0
    for t in range(1, len(b)):
        past = sum(b[i] * np.prod(c[i + 1 : t + 1]) for i in range(1, t))
        start = a_0 * np.prod(c[1 : t + 1])
        a[t] = b[t] + past + start
    return a


def _recursions(rng):
    for T, s in sizes(1, 2, 3, 4, 5, 8):
        args = normal(rng, T + 1, scale=s), normal(rng, T + 1), float(s * rng.normal())
        yield from awkward(args, 0, 1) if s == 1 else (args,)
        yield args[0], args[1], 0.0


e2 = Exercise("5.2", a, _recursions, returns="a", steps="a", forward=True, shown="i")


def chunk_gradients(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    T, h = len(x) - 1, {0: h_0}
    for t in range(1, T + 1):
        before = h[t - 1]
        h[t] = np.tanh(W_xh @ x[t] + W_hh @ before + b_h)
    dW_hy, dW_xh, dW_hh, db_h, dh_0, carry = [0] * 6
    for t in reversed(range(1, T + 1)):
        if t % tau == 0:  # step t is the last of its chunk
            carry = 0
        before = h[t - 1]
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + carry
        da = dh * (1 - h[t] ** 2)
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, before)
        db_h += da
        carry = W_hh.T @ da
    dh_0 = carry
    return {"dW_hy": dW_hy, "dW_xh": dW_xh, "dW_hh": dW_hh, "db_h": db_h, "dh_0": dh_0}


def _window(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    """Send each loss alone back through its last tau steps: the losses before it are 0."""
    h, total = [h_0], {}
    for t in range(1, len(x)):
        h.append(np.tanh(W_xh @ x[t] + W_hh @ h[t - 1] + b_h))
        s = max(t - tau, 0)
        alone = [W_hy @ state for state in h[s:t]] + [targets[t]]
        d = chunk_gradients(W_xh, W_hh, b_h, W_hy, h[s], x[s : t + 1], alone, t + 1)
        d["dh_0"] = d["dh_0"] * (s == 0)
        total = {name: total.get(name, 0) + part for name, part in d.items()}
    return total


def _chunked(rng):
    for T, D, H, V, s in sizes(
        (1, 1, 1, 1), (2, 2, 2, 2), (3, 1, 1, 2), (4, 3, 2, 1), (5, 2, 3, 2), (7, 2, 2, 3)
    ):
        given = network(rng, T, D, H, V, s)
        for tau in sorted({1, 2, 3, T, T + 3} if s == 1 else {2, 3}):
            yield *given, tau
        yield *given[:-1], 20 * given[-1], 2
        yield from ((*args, 2) for args in awkward(given, 1, 4) if s == 1 and T > 2)


e3 = Exercise("5.3", chunk_gradients, _chunked, shown="T h dy dh da carry")
