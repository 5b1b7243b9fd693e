"""Answers to the exercises of page 05, written from the prompts alone."""
import math
from itertools import accumulate

import numpy as np


# ---------------------------------------------------------------- 5.1  two masks

def wrong_5_1_a(T, tau):
    "window one step too long: <= instead of <"
    i, j = np.mgrid[:T, :T]
    window = ((j <= i) & (i - j <= tau)) * 1.0
    chunks = ((j <= i) & (i // tau == j // tau)) * 1.0
    return window, chunks


def wrong_5_1_b(T, tau):
    "window on both sides: losses reach into the future"
    i, j = np.mgrid[:T, :T]
    window = (abs(i - j) < tau) * 1.0
    chunks = ((j <= i) & (i // tau == j // tau)) * 1.0
    return window, chunks


def wrong_5_1_c(T, tau):
    "chunks are full squares: within a chunk losses reach later steps"
    i, j = np.mgrid[:T, :T]
    window = np.tri(T) - np.tri(T, k=-tau)
    chunks = (i // tau == j // tau).astype(float)
    return window, chunks


def wrong_5_1_d(T, tau):
    "transposed: rows are steps, columns losses"
    i, j = np.mgrid[:T, :T]
    window = ((i <= j) & (j - i < tau)) * 1.0
    chunks = ((i <= j) & (i // tau == j // tau)) * 1.0
    return window, chunks


def wrong_5_1_e(T, tau):
    "chunk edges one step too early: numbers from 1, but not lowered by 1 before dividing"
    t = np.arange(1, T + 1)[:, None]
    k = np.arange(1, T + 1)[None, :]
    window = np.where((k <= t) & (t - k < tau), 1.0, 0.0)
    chunks = np.where((k <= t) & (t // tau == k // tau), 1.0, 0.0)
    return window, chunks


def wrong_5_1_f(T, tau):
    "the loss's own step is left out: k < t"
    t, k = np.indices((T, T))
    window = 1.0 * (k < t) * (t - k < tau)
    chunks = 1.0 * (k < t) * (t // tau == k // tau)
    return window, chunks


def wrong_5_1_g(T, tau):
    "the two exchanged"
    t, k = np.indices((T, T))
    window = 1.0 * (k <= t) * (t - k < tau)
    chunks = 1.0 * (k <= t) * (t // tau == k // tau)
    return chunks, window


def wrong_5_1_h(T, tau):
    "tau taken for the number of chunks instead of their length"
    length = math.ceil(T / tau)
    t, k = np.indices((T, T))
    window = 1.0 * (k <= t) * (t - k < tau)
    chunks = 1.0 * (k <= t) * (t // length == k // length)
    return window, chunks


def wrong_5_1_i(T, tau):
    "only whole chunks: a shorter last chunk is dropped"
    window = np.tri(T) * (1 - np.tri(T, k=-tau))
    chunks = np.zeros((T, T))
    for c in range(T // tau):
        here = slice(c * tau, (c + 1) * tau)
        chunks[here, here] = np.tri(tau)
    return window, chunks


def wrong_5_1_j(T, tau):
    "band made by rolling an identity: it wraps round to the last columns"
    window = sum(np.roll(np.eye(T), -lag, axis=1) for lag in range(min(tau, T)))
    chunks = np.kron(np.eye(-(-T // tau)), np.tri(tau))[:T, :T]
    return window, chunks


def wrong_5_1_k(T, tau):
    "two slips: window too long by one, and chunks without the triangle"
    window, chunks = np.zeros((T, T)), np.zeros((T, T))
    for t in range(T):
        window[t, max(0, t - tau):t + 1] = 1
        start = t // tau * tau
        chunks[t, start:start + tau] = 1
    return window, chunks


def wrong_5_1_l(T, tau):
    "two slips: chunks begin one step late, and the window misses the loss's own step"
    window, chunks = np.zeros((T, T)), np.zeros((T, T))
    for t in range(T):
        for k in range(T):
            if t - tau < k < t:
                window[t, k] = 1.0
            if t - t % tau < k <= t:
                chunks[t, k] = 1.0
    return window, chunks


def wrong_5_1_chunks(T, tau):
    "two slips: chunks numbered from 1, and full squares"
    t, k = np.mgrid[1 : T + 1, 1 : T + 1]
    return ((k <= t) & (t - k < tau)) * 1.0, (t // tau == k // tau) * 1.0


def right_5_1_a(T, tau):
    "the printed sums, with numbers from 1, in nested lists"
    window = [[0.0] * T for _ in range(T)]
    chunks = [[0.0] * T for _ in range(T)]
    for t in range(1, T + 1):
        for k in range(max(1, t - tau + 1), t + 1):
            window[t-1][k-1] = 1.0
        for k in range(tau * ((t - 1) // tau) + 1, t + 1):
            chunks[t-1][k-1] = 1.0
    return window, chunks


def right_5_1_b(T, tau):
    "differences of triangles, and a Kronecker product"
    window = np.tril(np.ones((T, T))) - np.tril(np.ones((T, T)), -tau)
    blocks = np.kron(np.eye(math.ceil(T / tau)), np.tri(tau))
    return [window, blocks[:T, :T]]


def right_5_1_c(T, tau):
    "recursion: what a loss reaches is what the loss before reached, moved on; float32"
    window = np.zeros((T, T), dtype=np.float32)
    chunks = np.zeros((T, T), dtype=np.float32)
    for t in range(T):
        if t:
            window[t] = window[t-1]
            chunks[t] = chunks[t-1] if t % tau else 0
        window[t, t] = chunks[t, t] = 1
        if t >= tau:
            window[t, t - tau] = 0
    return window, chunks


# ---------------------------------------------------------------- 5.2  start from any a_0

def wrong_5_2_a(b, c, a_0):
    "a_0 added without its factors"
    a = [a_0]
    for t in range(1, len(b)):
        a.append(a_0 + b[t] + sum(np.prod(c[i+1:t+1]) * b[i] for i in range(1, t)))
    return np.array(a)


def wrong_5_2_b(b, c, a_0):
    "(5.1) as printed: the new term is missing in all but the first entry"
    a = np.zeros(len(b))
    a[0] = a_0
    for t in range(1, len(b)):
        a[t] = b[t] + sum(c[i+1:t+1].prod() * b[i] for i in range(1, t))
    return a


def wrong_5_2_c(b, c, a_0):
    "products begin at i instead of i + 1"
    T = len(b) - 1
    out = [a_0]
    for t in range(1, T + 1):
        total = b[t] + a_0 * np.prod(c[1:t+1])
        for i in range(1, t):
            total += np.prod(c[i:t+1]) * b[i]
        out.append(total)
    return np.array(out)


def wrong_5_2_d(b, c, a_0):
    "products end at t - 1: the upper end of a slice forgotten"
    T = len(b) - 1
    out = [a_0]
    for t in range(1, T + 1):
        out.append(b[t] + a_0 * c[1:t].prod() + sum(c[i+1:t].prod() * b[i] for i in range(1, t)))
    return np.array(out)


def wrong_5_2_e(b, c, a_0):
    "a_0 is also multiplied by c_0"
    T = len(b) - 1
    out = [a_0]
    for t in range(1, T + 1):
        out.append(b[t] + a_0 * c[:t+1].prod() + sum(c[i+1:t+1].prod() * b[i] for i in range(1, t)))
    return np.array(out)


def wrong_5_2_f(b, c, a_0):
    "a_0 treated like b_1: its product begins at c_2"
    a = np.empty(len(b))
    a[0] = a_0
    for t in range(1, len(b)):
        a[t] = b[t] + np.prod(c[2:t+1]) * a_0
        for i in range(1, t):
            a[t] += np.prod(c[i+1:t+1]) * b[i]
    return a


def wrong_5_2_g(b, c, a_0):
    "b_t itself is missing"
    a = [a_0]
    for t in range(1, len(b)):
        a.append(a_0 * np.prod(c[1:t+1]) + sum(np.prod(c[i+1:t+1]) * b[i] for i in range(1, t)))
    return np.array(a)


def wrong_5_2_h(b, c, a_0):
    "only a_1 .. a_T: the first entry a_0 is not returned"
    out, a = [], a_0
    for b_t, c_t in zip(b[1:], c[1:]):
        a = b_t + c_t * a
        out.append(a)
    return np.array(out)


def wrong_5_2_i(b, c, a_0):
    "sum of the factors instead of their product"
    a = [a_0]
    for t in range(1, len(b)):
        a.append(b[t] + a_0 * sum(c[1:t+1]) + sum(sum(c[i+1:t+1]) * b[i] for i in range(1, t)))
    return np.array(a)


def wrong_5_2_j(b, c, a_0):
    "the factor of the step before: c_{t-1} a_{t-1}"
    a = np.array(b, dtype=float)
    a[0] = a_0
    for t in range(1, len(a)):
        a[t] += c[t-1] * a[t-1]
    return a


def wrong_5_2_k(b, c, a_0):
    "two slips: the sum begins at i = 0 and takes b_0 in, and a_0 gets no factors"
    T = len(b) - 1
    a = [sum(np.prod(c[i+1:t+1]) * b[i] for i in range(t + 1)) + a_0 for t in range(T + 1)]
    a[0] = a_0
    return np.array(a)


def wrong_5_2_l(b, c, a_0):
    "two slips: one running product for all terms, and b_T counted twice"
    P = np.concatenate([[1.0], np.cumprod(c[1:])])
    S = np.concatenate([[0.0], np.cumsum(b[1:])])
    a = P * (a_0 + S)
    a[-1] += b[-1]
    return a


def right_5_2_a(b, c, a_0):
    "linear system with ones on the diagonal and -c below it"
    T = len(b) - 1
    A = np.eye(T + 1)
    for t in range(1, T + 1):
        A[t, t-1] = -c[t]
    return np.linalg.solve(A, np.concatenate([[a_0], b[1:]]))


def right_5_2_b(b, c, a_0):
    "closed form with math.prod, a_0 in the place of b_0, a list"
    b, c = [a_0, *b[1:]], list(c)
    return [sum(math.prod(c[i+1:t+1]) * b[i] for i in range(t + 1)) for t in range(len(b))]


def right_5_2_c(b, c, a_0):
    "the recursion itself, by itertools.accumulate"
    return np.fromiter(accumulate(zip(b[1:], c[1:]), lambda a, bc: bc[0] + bc[1] * a,
                                  initial=a_0), dtype=float)


# ---------------------------------------------------------------- 5.3  chunks as a training loop

def _pass(W_xh, W_hh, b_h, h_0, x):
    h = [h_0]
    for t in range(1, len(x)):
        h.append(np.tanh(W_xh @ x[t] + W_hh @ h[-1] + b_h))
    return np.array(h)


def wrong_5_3_a(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "no cut: the full gradient"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t-1])
        db_h += da
        carry = W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_5_3_b(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "the state is reset to h_0 at every chunk instead of carried"
    T = len(x) - 1
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    dh_0 = None
    for first in range(1, T + 1, tau):
        last = min(first + tau - 1, T)
        h = {first - 1: h_0}
        for t in range(first, last + 1):
            h[t] = np.tanh(W_xh @ x[t] + W_hh @ h[t-1] + b_h)
        carry = np.zeros_like(h_0)
        for t in range(last, first - 1, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
            dW_hy += np.outer(dy, h[t])
            dW_xh += np.outer(da, x[t])
            dW_hh += np.outer(da, h[t-1])
            db_h += da
            carry = W_hh.T @ da
        if dh_0 is None:
            dh_0 = carry
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_c(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "dh_0 is overwritten by every chunk: the last chunk's carry is returned"
    T = len(x) - 1
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    state = h_0
    for first in range(1, T + 1, tau):
        steps = range(first, min(first + tau, T + 1))
        h = {first - 1: state}
        for t in steps:
            h[t] = np.tanh(W_xh @ x[t] + W_hh @ h[t-1] + b_h)
        dh_0 = np.zeros_like(h_0)
        for t in reversed(steps):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + dh_0)
            dW_hy += np.outer(dy, h[t])
            dW_xh += np.outer(da, x[t])
            dW_hh += np.outer(da, h[t-1])
            db_h += da
            dh_0 = W_hh.T @ da
        state = h[steps[-1]]
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_d(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "dh_0 collects the carries of all chunks"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    out = dict(dW_xh=0.0, dW_hh=0.0, db_h=0.0, dW_hy=0.0, dh_0=0.0)
    for first in range(1, T + 1, tau):
        carry = 0.0
        for t in range(min(first + tau - 1, T), first - 1, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (dy @ W_hy + carry)
            out["dW_hy"] += np.outer(dy, h[t])
            out["dW_xh"] += np.outer(da, x[t])
            out["dW_hh"] += np.outer(da, h[t-1])
            out["db_h"] += da
            carry = da @ W_hh
        out["dh_0"] += carry
    return out


def wrong_5_3_e(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "gradients zeroed at the start of every chunk: only the last chunk is left"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    for first in range(1, T + 1, tau):
        dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
        carry = np.zeros_like(h_0)
        for t in range(min(first + tau - 1, T), first - 1, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
            dW_hy += np.outer(dy, h[t])
            dW_xh += np.outer(da, x[t])
            dW_hh += np.outer(da, h[t-1])
            db_h += da
            carry = W_hh.T @ da
        if first == 1:
            dh_0 = carry
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_f(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "a sliding window instead of chunks: every loss goes back tau steps"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    dh_0 = np.zeros_like(h_0)
    for t in range(1, T + 1):
        dy = W_hy @ h[t] - targets[t]
        dW_hy += np.outer(dy, h[t])
        dh = W_hy.T @ dy
        for k in range(t, max(t - tau, 0), -1):
            da = (1 - h[k]**2) * dh
            dW_xh += np.outer(da, x[k])
            dW_hh += np.outer(da, h[k-1])
            db_h += da
            dh = W_hh.T @ da
            if k == 1:
                dh_0 += dh
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_g(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "a shorter last chunk is left out"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    dh_0 = np.zeros_like(h_0)
    for chunk in range(T // tau):
        carry = np.zeros_like(h_0)
        for t in range((chunk + 1) * tau, chunk * tau, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
            dW_hy += np.outer(dy, h[t])
            dW_xh += np.outer(da, x[t])
            dW_hh += np.outer(da, h[t-1])
            db_h += da
            carry = W_hh.T @ da
        if chunk == 0:
            dh_0 = carry
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_h(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "cuts one step off: before t divisible by tau instead of after it"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    da, dy = np.zeros_like(h), h @ W_hy.T - targets
    carry = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        da[t] = (1 - h[t]**2) * (W_hy.T @ dy[t] + carry)
        carry = np.zeros(len(h_0)) if t % tau == 0 else W_hh.T @ da[t]
    return dict(dW_xh=da[1:].T @ x[1:], dW_hh=da[1:].T @ h[:-1], db_h=da[1:].sum(axis=0),
                dW_hy=dy[1:].T @ h[1:], dh_0=W_hh.T @ da[1])


def wrong_5_3_i(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "only the last loss of each chunk goes back (many-to-one)"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    for first in range(1, T + 1, tau):
        last = min(first + tau - 1, T)
        dy = W_hy @ h[last] - targets[last]
        dW_hy += np.outer(dy, h[last])
        dh = W_hy.T @ dy
        for t in range(last, first - 1, -1):
            da = (1 - h[t]**2) * dh
            dW_xh += np.outer(da, x[t])
            dW_hh += np.outer(da, h[t-1])
            db_h += da
            dh = W_hh.T @ da
        if first == 1:
            dh_0 = dh
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_j(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "a detached state taken for zero in dW_hh: the first step of each later chunk adds nothing"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros_like(h_0)
    for t in range(T, 0, -1):
        edge = (t - 1) % tau == 0
        dy = W_hy @ h[t] - targets[t]
        da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        db_h += da
        if not edge or t == 1:
            dW_hh += np.outer(da, h[t-1])
        carry = W_hh.T @ da
        if edge and t > 1:
            carry = np.zeros_like(h_0)
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_5_3_k(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "two slips: mean over the chunks, and W_hh not transposed"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    starts = range(1, T + 1, tau)
    for first in starts:
        carry = np.zeros_like(h_0)
        for t in range(min(first + tau - 1, T), first - 1, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
            dW_hy += np.outer(dy, h[t]) / len(starts)
            dW_xh += np.outer(da, x[t]) / len(starts)
            dW_hh += np.outer(da, h[t-1]) / len(starts)
            db_h += da / len(starts)
            carry = W_hh @ da
        if first == 1:
            dh_0 = carry
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_0)


def wrong_5_3_l(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "two slips: state reset to zeros at each chunk, and dh_0 given as zero"
    T = len(x) - 1
    out = {"d" + name: np.zeros_like(v) for name, v in
           dict(W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy, h_0=h_0).items()}
    for first in range(1, T + 1, tau):
        rows, goals = x[first:first + tau], targets[first:first + tau]
        h = [h_0 if first == 1 else np.zeros_like(h_0)]
        for row in rows:
            h.append(np.tanh(W_xh @ row + W_hh @ h[-1] + b_h))
        carry = 0
        for i in range(len(rows) - 1, -1, -1):
            dy = W_hy @ h[i+1] - goals[i]
            da = (1 - h[i+1]**2) * (W_hy.T @ dy + carry)
            out["dW_hy"] += np.outer(dy, h[i+1])
            out["dW_xh"] += np.outer(da, rows[i])
            out["dW_hh"] += np.outer(da, h[i])
            out["db_h"] += da
            carry = W_hh.T @ da
    return out


def wrong_5_3_carried(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "carry of zeros once, before the loop over chunks"
    T, h, carry, dh_0 = len(x) - 1, [h_0], np.zeros(len(h_0)), None
    d = {"dW_hy": 0, "dW_xh": 0, "dW_hh": 0, "db_h": 0}
    for t in range(1, T + 1):
        h.append(np.tanh(W_xh @ x[t] + W_hh @ h[-1] + b_h))
    for first in range(1, T + 1, tau):
        for t in range(min(first + tau - 1, T), first - 1, -1):
            dy = W_hy @ h[t] - targets[t]
            da = (1 - h[t]**2) * (W_hy.T @ dy + carry)
            d["dW_hy"] = d["dW_hy"] + np.outer(dy, h[t])
            d["dW_xh"] = d["dW_xh"] + np.outer(da, x[t])
            d["dW_hh"] = d["dW_hh"] + np.outer(da, h[t - 1])
            d["db_h"] = d["db_h"] + da
            carry = W_hh.T @ da
        dh_0 = carry if dh_0 is None else dh_0
    return {**d, "dh_0": dh_0}


def right_5_3_a(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "every loss goes back alone to the start of its chunk; einsum at the end"
    T = len(x) - 1
    h = _pass(W_xh, W_hh, b_h, h_0, x)
    dy = h @ W_hy.T - targets
    dy[0] = 0
    da, dh_0 = np.zeros_like(h), np.zeros(len(h_0))
    for t in range(1, T + 1):
        back = dy[t] @ W_hy
        for k in range(t, tau * ((t - 1) // tau), -1):
            delta = (1 - h[k]**2) * back
            da[k] += delta
            back = delta @ W_hh
        if t <= tau:
            dh_0 += back
    return dict(dW_xh=np.einsum("ti,tj->ij", da, x),
                dW_hh=np.einsum("ti,tj->ij", da[1:], h[:-1]), db_h=np.einsum("ti->i", da),
                dW_hy=np.einsum("ti,tj->ij", dy, h), dh_0=dh_0)


def right_5_3_b(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "complex step; to detach is to drop the imaginary part"
    def loss(W_xh, W_hh, b_h, W_hy, h_0):
        h, total = h_0, 0.0
        for t in range(1, len(x)):
            if t > 1 and (t - 1) % tau == 0:
                h = h.real
            h = np.tanh(W_xh @ x[t] + W_hh @ h + b_h)
            e = W_hy @ h - targets[t]
            total = total + (e * e).sum() / 2
        return total
    given = dict(W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy, h_0=h_0)
    out = {}
    for name, value in given.items():
        grad = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[place] += 1e-25j
            grad[place] = loss(**(given | {name: moved})).imag / 1e-25
        out["d" + name] = grad
    return out


def right_5_3_c(W_xh, W_hh, b_h, W_hy, h_0, x, targets, tau):
    "recursion from chunk to chunk on the rest of the text"
    here_x, here_r = x[1:1 + tau], targets[1:1 + tau]
    states = _pass(W_xh, W_hh, b_h, h_0, np.vstack([np.zeros((1, x.shape[1])), here_x]))
    dy = states[1:] @ W_hy.T - here_r
    carry, das = np.zeros(len(h_0)), []
    for h_t, dy_t in zip(states[:0:-1], dy[::-1]):
        das.insert(0, (1 - h_t**2) * (W_hy.T @ dy_t + carry))
        carry = W_hh.T @ das[0]
    da = np.array(das)
    mine = dict(dW_xh=da.T @ here_x, dW_hh=da.T @ states[:-1], db_h=da.sum(axis=0),
                dW_hy=dy.T @ states[1:], dh_0=carry)
    if len(x) - 1 > tau:
        rest = right_5_3_c(W_xh, W_hh, b_h, W_hy, states[-1], x[tau:], targets[tau:], tau)
        for name in ("dW_xh", "dW_hh", "db_h", "dW_hy"):
            mine[name] = mine[name] + rest[name]
    return mine
