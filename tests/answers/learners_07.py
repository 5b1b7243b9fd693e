"""Answers to the exercises of page 07, written from the prompts alone."""
import numpy as np


# ---------------------------------------------------------------- 7.1

def wrong_7_1_a(h_t, W_hh):
    "broadcast along the wrong axis: scales the columns of W_hh"
    return (1 - h_t**2) * W_hh


def wrong_7_1_b(h_t, W_hh):
    "the transposed Jacobian (the one that carries gradients back)"
    return W_hh.T * (1 - h_t**2)


def wrong_7_1_c(h_t, W_hh):
    "squashes the state a second time"
    return (1 - np.tanh(h_t) ** 2)[:, None] * W_hh


def wrong_7_1_d(h_t, W_hh):
    "1 - h, the square is forgotten"
    return (1 - h_t)[:, None] * W_hh


def wrong_7_1_e(h_t, W_hh):
    "sigmoid slope h(1 - h)"
    s = h_t * (1 - h_t)
    return s[:, None] * W_hh


def wrong_7_1_f(h_t, W_hh):
    "matrix product instead of scaling rows: a vector (H,)"
    return (1 - h_t**2) @ W_hh


def wrong_7_1_g(h_t, W_hh):
    "W_hh alone, the slope is missing"
    return W_hh.copy()


def wrong_7_1_h(h_t, W_hh):
    "outer product of slopes with slopes: scales rows and columns"
    s = 1 - h_t**2
    return np.outer(s, s) * W_hh


def wrong_7_1_i(h_t, W_hh):
    "sign: h^2 - 1"
    return (h_t**2 - 1)[:, None] * W_hh


def wrong_7_1_j(h_t, W_hh):
    "rows scaled, but W_hh transposed"
    return (1 - h_t**2).reshape(-1, 1) * W_hh.T


def wrong_7_1_k(h_t, W_hh):
    "two slips: columns scaled, and tanh applied to h again"
    return (1 - np.tanh(h_t) ** 2) * W_hh


def wrong_7_1_l(h_t, W_hh):
    "brackets: 1 - h^2 W"
    return 1 - h_t[:, None] ** 2 * W_hh


def wrong_7_1_m(h_t, W_hh):
    "two slips: mean slope for every row, and h not squared"
    return np.mean(1 - np.abs(h_t)) * W_hh


def right_7_1_a(h_t, W_hh):
    "einsum"
    return np.einsum("i,ij->ij", 1 - h_t * h_t, W_hh)


def right_7_1_b(h_t, W_hh):
    "two transposes"
    return (W_hh.T * (1 + h_t) * (1 - h_t)).T


def right_7_1_c(h_t, W_hh):
    "nested lists"
    return np.array([[(1 - h * h) * w for w in row] for h, row in zip(h_t.tolist(), W_hh.tolist())])


# ---------------------------------------------------------------- 7.2

def wrong_7_2_a(grads, limit):
    "clips every array by its own norm"
    out = {}
    for name, g in grads.items():
        n = np.linalg.norm(g)
        out[name] = g * min(1, limit / n) if n > 0 else g.copy()
    return out


def wrong_7_2_b(grads, limit):
    "clips by value"
    return {k: np.clip(v, -limit, limit) for k, v in grads.items()}


def wrong_7_2_c(grads, limit):
    "normalises always, also a gradient that is short enough"
    n = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {k: g * limit / max(n, 1e-300) for k, g in grads.items()}


def wrong_7_2_d(grads, limit):
    "no square root: the squared length is compared and divided by"
    n = sum((g**2).sum() for g in grads.values())
    factor = min(1, limit / n)
    return {k: factor * g for k, g in grads.items()}


def wrong_7_2_e(grads, limit):
    "adds the arrays' norms instead of their squares"
    total = sum(np.linalg.norm(g) for g in grads.values())
    return {k: g * min(1.0, limit / total) for k, g in grads.items()}


def wrong_7_2_f(grads, limit):
    "the largest of the arrays' norms as the norm of all"
    n = max(np.linalg.norm(g) for g in grads.values())
    return {k: g * min(1.0, limit / n) for k, g in grads.items()}


def wrong_7_2_g(grads, limit):
    "mean of squares in place of their sum (root mean square)"
    v = np.concatenate([g.ravel() for g in grads.values()])
    n = np.sqrt(np.mean(v**2))
    return {k: g * min(1, limit / n) for k, g in grads.items()}


def wrong_7_2_h(grads, limit):
    "divides by the norm and forgets to multiply by the limit"
    n = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    if n > limit:
        return {k: g / n for k, g in grads.items()}
    return dict(grads)


def wrong_7_2_i(grads, limit):
    "max for min: short gradients are blown up, long ones stay"
    n = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {k: g * max(1, limit / n) for k, g in grads.items()}


def wrong_7_2_j(grads, limit):
    "clips in place one array after the other, each time with the norm of all so far"
    out = {k: g.copy() for k, g in grads.items()}
    for k in out:
        n = np.sqrt(sum((g**2).sum() for g in out.values()))
        out[k] *= min(1, limit / n)
    return out


def wrong_7_2_k(grads, limit):
    "two slips: each array by itself, and the limit shared out as limit / number of arrays"
    part = limit / len(grads)
    return {k: g * min(1, part / (np.linalg.norm(g) + 1e-300)) for k, g in grads.items()}


def wrong_7_2_l(grads, limit):
    "spectral norm for matrices (norm of order 2) instead of all entries' squares"
    n = np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads.values()))
    return {k: g * min(1, limit / n) for k, g in grads.items()}


def wrong_7_2_m(grads, limit):
    "returns one long vector instead of the dict"
    v = np.concatenate([g.ravel() for g in grads.values()])
    return v * min(1, limit / np.linalg.norm(v))


def wrong_7_2_n(grads, limit):
    "two slips: no root, and absolute values come back"
    n = sum((g * g).sum() for g in grads.values())
    return {k: np.abs(g) * min(1, limit / n) for k, g in grads.items()}


def right_7_2_a(grads, limit):
    "one long vector, cut up again"
    names = list(grads)
    flat = np.concatenate([np.ravel(grads[k]) for k in names])
    length = np.linalg.norm(flat)
    if length > limit:
        flat = flat * (limit / length)
    cuts = np.cumsum([grads[k].size for k in names])[:-1]
    return {k: part.reshape(grads[k].shape).copy() for k, part in zip(names, np.split(flat, cuts))}


def right_7_2_b(grads, limit):
    "hypot over all entries in plain Python"
    import math
    length = 0.0
    for g in grads.values():
        for v in g.ravel().tolist():
            length = math.hypot(length, v)
    return {k: g * (limit / max(length, limit)) for k, g in grads.items()}


def right_7_2_c(grads, limit):
    "einsum over all axes, and a comparison of squares"
    square = sum(float(np.einsum("...,...->", g, g)) if g.ndim == 0 else float(np.vdot(g, g))
                 for g in grads.values())
    scale = limit / square**0.5 if square > limit**2 else 1.0
    return dict((k, scale * g) for k, g in grads.items())


# ---------------------------------------------------------------- 7.3

def wrong_7_3_a(k, peak):
    "corner s = peak / k: the factor lambda^(k-1) of the closed form forgotten"
    lam = np.exp(-1 / k)
    return np.array([[lam, peak / k], [0, lam]])


def wrong_7_3_b(k, peak):
    "lambda = 1 - 1/k, one step too small: the peak comes at k - 1"
    lam = 1 - 1 / k
    s = peak / (k * lam ** (k - 1))
    return np.array([[lam, s], [0, lam]])


def wrong_7_3_c(k, peak):
    "shift matrix with weights peak instead of its k-th root: the norm is peak^k"
    return np.diag(np.full(k, float(peak)), 1)


def wrong_7_3_d(k, peak):
    "growing rotation: right size at k, but it never stops"
    a, g = 0.3, peak ** (1 / k)
    return g * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


def wrong_7_3_e(k, peak):
    "shift matrix of size k instead of k + 1: W^k is already zero"
    W = np.zeros((k, k))
    for j in range(k - 1):
        W[j, j + 1] = peak ** (1 / k)
    return W


def wrong_7_3_f(k, peak):
    "shift matrix of size k + 2: it grows one step too long"
    return peak ** (1 / k) * np.eye(k + 2, k=1)


def wrong_7_3_g(k, peak):
    "lambda = 0.9 as on the page, whatever k: peaks at 9"
    lam = 0.9
    return np.array([[lam, peak / (k * lam ** (k - 1))], [0.0, lam]])


def wrong_7_3_h(k, peak):
    "lambda = exp(+1/k): explodes for ever"
    lam = np.exp(1 / k)
    return np.array([[lam, peak / (k * lam ** (k - 1))], [0.0, lam]])


def wrong_7_3_i(k, peak):
    "exponent k in place of k - 1 in the corner of (7.3)"
    lam = np.exp(-1 / k)
    return np.array([[lam, peak / (k * lam**k)], [0.0, lam]])


def wrong_7_3_j(k, peak):
    "cycle that closes too strongly: peak is right, decay far too slow"
    g = peak ** (1 / k)
    W = g * np.eye(k + 1, k=1)
    W[k, 0] = 0.99 / peak
    return W


def wrong_7_3_k(k, peak):
    "two slips: lambda = 1 - 1/(k+1)^2 (far too slow) and s = peak / k"
    lam = 1 - 1 / (k + 1) ** 2
    return np.array([[lam, peak / k], [0, lam]])


def wrong_7_3_l(k, peak):
    "two slips: diagonal matrix (normal, cannot do it), k-th root of peak and a decaying entry"
    return np.diag([peak ** (1 / k), 1 - 1 / k])


def wrong_7_3_m(k, peak):
    "scales the whole matrix to norm peak, so the first power has it, not the k-th"
    lam = np.exp(-1 / k)
    W = np.array([[lam, 1.0], [0, lam]])
    return W * peak / np.linalg.norm(W, 2)


def right_7_3_a(k, peak):
    "weighted shift: nilpotent, its k-th power is a single entry"
    return np.diag([peak ** (1 / k)] * k, 1)


def right_7_3_b(k, peak):
    "Jordan block, the corner found by bisection on the norm"
    lam = (k - 0.5) / (k + 0.5)
    low, high = 0.0, 10 * peak
    for _ in range(100):
        s = (low + high) / 2
        n = np.linalg.norm(np.linalg.matrix_power(np.array([[lam, s], [0, lam]]), k), 2)
        low, high = (s, high) if n < peak else (low, s)
    return np.array([[lam, s], [0, lam]])


def right_7_3_c(k, peak):
    "a cycle of k + 1 states, weak where it closes, seen in turned coordinates"
    g = peak ** (1 / k)
    W = np.zeros((k + 1, k + 1))
    for j in range(k):
        W[j + 1, j] = g
    W[0, k] = 0.1 / peak
    Q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(k + 1, k + 1)))
    return Q @ W @ Q.T


def right_7_3_d(k, peak):
    "Jordan block (7.3) with lambda = exp(-1/k); the norm is within one percent of its corner"
    lam = np.exp(-1 / k)
    return np.array([[lam, peak / (k * lam ** (k - 1))], [0.0, lam]])
