"""Answers to the exercises of page 02, written from the prompts alone."""
import itertools

import numpy as np


# ---------------------------------------------------------------- 2.1  relu from its value

def wrong_2_1_a(h, dh):
    "the value of the relu in place of its slope"
    return dh * h


def wrong_2_1_b(h, dh):
    ">= lets everything through, since h is never negative"
    return dh * (h >= 0)


def wrong_2_1_c(h, dh):
    "applies the relu to the gradient"
    return np.maximum(dh, 0)


def wrong_2_1_d(h, dh):
    "local slope only; the upstream gradient is forgotten"
    return np.where(h > 0, 1.0, 0.0)


def wrong_2_1_e(h, dh):
    "the slope of tanh"
    return (1 - h**2) * dh


def wrong_2_1_f(h, dh):
    "guided backprop: negative gradients are cut as well"
    da = dh.copy()
    da[h <= 0] = 0
    da[dh < 0] = 0
    return da


def wrong_2_1_g(h, dh):
    "mask inverted: passes where the unit was off"
    return np.where(h > 0, 0.0, dh)


def wrong_2_1_h(h, dh):
    "the slope of the sigmoid"
    return h * (1 - h) * dh


def wrong_2_1_i(h, dh):
    "slope one half at 0"
    return dh * np.heaviside(h, 0.5)


def wrong_2_1_j(h, dh):
    "the mask decided per row, not per entry (wrong broadcasting)"
    alive = h.sum(axis=-1, keepdims=True) > 0
    return dh * alive


def wrong_2_1_k(h, dh):
    "two slips: absolute value of the gradient, and multiplied by h"
    return np.abs(dh) * np.maximum(h, 0)


def wrong_2_1_l(h, dh):
    "two slips: mask inverted and sign changed"
    return -dh * (h == 0)


def right_2_1_a(h, dh):
    "h is never negative, so its sign is the slope"
    return np.sign(h) * dh


def right_2_1_b(h, dh):
    "entry by entry over the flat arrays"
    flat = [g if value > 0 else 0.0 for value, g in zip(np.ravel(h), np.ravel(dh))]
    return np.reshape(flat, np.shape(h))


def right_2_1_c(h, dh):
    "float32, with a masked copy"
    da = np.array(dh, dtype=np.float32)
    da[h <= 0] = 0
    return da


# ---------------------------------------------------------------- 2.2  a layer with W (from, to)

def wrong_2_2_a(x, W, dy):
    "formulas of the other convention, W (to, from), for both products"
    return dy.T @ x, dy.sum(axis=0), dy @ W


def wrong_2_2_b(x, W, dy):
    "dW right, but dx = dy @ W lacks the transpose (runs for square W only)"
    return x.T @ dy, dy.sum(axis=0), dy @ W


def wrong_2_2_c(x, W, dy):
    "mean over the batch for the bias"
    return x.T @ dy, dy.mean(axis=0), dy @ W.T


def wrong_2_2_d(x, W, dy):
    "mean over the batch for the weights and the bias: 1/N, which dy already has if it is wanted"
    N = len(x)
    dW = np.dot(x.T, dy) / N
    db = np.sum(dy, axis=0) / N
    dx = np.dot(dy, W.T)
    return dW, db, dx


def wrong_2_2_e(x, W, dy):
    "db not summed over the batch"
    return x.T @ dy, dy, dy @ W.T


def wrong_2_2_f(x, W, dy):
    "db summed over the wrong axis"
    return x.T @ dy, dy.sum(axis=1), dy @ W.T


def wrong_2_2_g(x, W, dy):
    "dx comes out with samples as columns"
    return x.T @ dy, dy.sum(axis=0), W @ dy.T


def wrong_2_2_h(x, W, dy):
    "order: dx first"
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def wrong_2_2_i(x, W, dy):
    "= instead of +=: only the last sample is left"
    for k in range(len(x)):
        dW = np.outer(x[k], dy[k])
        db = dy[k]
    return dW, db, dy @ W.T


def wrong_2_2_j(x, W, dy):
    "updates W in place before dx is computed: dx sees the new weights"
    dW, db = x.T @ dy, dy.sum(axis=0)
    W -= 0.1 * dW
    return dW, db, dy @ W.T


def wrong_2_2_k(x, W, dy):
    "two slips: dW transposed (to, from), and db is the mean"
    dW = sum(np.outer(g, row) for g, row in zip(dy, x))
    return dW, dy.mean(axis=0), dy @ W.T


def wrong_2_2_l(x, W, dy):
    "two slips: dW from the batch sums of x and dy, and db with a minus sign"
    dW = np.outer(x.sum(axis=0), dy.sum(axis=0))
    return dW, -dy.sum(axis=0), np.einsum("ki,ji->kj", dy, W)


def right_2_2_a(x, W, dy):
    "einsum"
    return np.einsum("kj,ki->ji", x, dy), np.einsum("ki->i", dy), np.einsum("ki,ji->kj", dy, W)


def right_2_2_b(x, W, dy):
    "three loops, nested lists"
    (N, n), m = x.shape, W.shape[1]
    dW = [[sum(x[k, j] * dy[k, i] for k in range(N)) for i in range(m)] for j in range(n)]
    db = [sum(dy[k, i] for k in range(N)) for i in range(m)]
    dx = [[sum(dy[k, i] * W[j, i] for i in range(m)) for j in range(n)] for k in range(N)]
    return [dW, db, dx]


def right_2_2_c(x, W, dy):
    "the bias as one more row of weights, and Kronecker products sample by sample"
    rows = np.hstack([x, np.ones((len(x), 1))])
    both = sum(np.kron(row[:, None], g[None, :]) for row, g in zip(rows, dy))
    return both[:-1], both[-1], (W @ dy.T).T


# ---------------------------------------------------------------- 2.3  undo broadcasting

def wrong_2_3_a(dy, shape):
    "sums the missing axes on the left, but leaves axes of size 1 spread out"
    while dy.ndim > len(shape):
        dy = dy.sum(axis=0)
    return dy


def wrong_2_3_b(dy, shape):
    "axes of size 1 are summed away instead of kept"
    dy = dy.sum(axis=tuple(range(dy.ndim - len(shape))))
    ones = tuple(k for k, size in enumerate(shape) if size == 1)
    return dy.sum(axis=ones)


def wrong_2_3_c(dy, shape):
    "mean instead of sum"
    extra = dy.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + k for k, s in enumerate(shape) if s == 1)
    return dy.mean(axis=axes, keepdims=True).reshape(shape)


def wrong_2_3_d(dy, shape):
    "aligns the shapes at the left: sums the last axes"
    while dy.ndim > len(shape):
        dy = dy.sum(axis=-1)
    for k, size in enumerate(shape):
        if size == 1:
            dy = dy.sum(axis=k, keepdims=True)
    return dy


def wrong_2_3_e(dy, shape):
    "takes the first copy instead of adding the copies"
    for _ in range(dy.ndim - len(shape)):
        dy = dy[0]
    return dy[tuple(slice(0, size) for size in shape)]


def wrong_2_3_f(dy, shape):
    "np.resize: the first numbers in the right shape"
    return np.resize(dy, shape)


def wrong_2_3_g(dy, shape):
    "sums everything and writes it everywhere"
    return np.full(shape, dy.sum())


def wrong_2_3_h(dy, shape):
    "sums axes of size 1 before the axes on the left are gone, so their numbers are shifted"
    for k, size in enumerate(shape):
        if size == 1:
            dy = dy.sum(axis=k, keepdims=True)
    while dy.ndim > len(shape):
        dy = dy.sum(axis=0)
    return dy


def wrong_2_3_i(dy, shape):
    "the shape () is taken for 'nothing was broadcast'"
    if not shape:
        return dy
    dy = dy.sum(axis=tuple(range(dy.ndim - len(shape))))
    for k, size in enumerate(shape):
        if size == 1:
            dy = dy.sum(axis=k, keepdims=True)
    return dy


def wrong_2_3_j(dy, shape):
    "sums correctly, then spreads the sum back to the shape of y"
    padded = (1,) * (dy.ndim - len(shape)) + tuple(shape)
    axes = tuple(k for k in range(dy.ndim) if padded[k] != dy.shape[k])
    return np.broadcast_to(dy.sum(axis=axes, keepdims=True), dy.shape)


def wrong_2_3_k(dy, shape):
    "two slips: left axes averaged, axes of size 1 take the largest entry"
    while dy.ndim > len(shape):
        dy = dy.mean(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            dy = dy.max(axis=k, keepdims=True)
    return dy


def wrong_2_3_l(dy, shape):
    "two slips: left axes not summed but the last one taken, absolute values added"
    while dy.ndim > len(shape):
        dy = dy[-1]
    for k, size in enumerate(shape):
        if size == 1:
            dy = np.abs(dy).sum(axis=k, keepdims=True)
    return dy


def right_2_3_a(dy, shape):
    "broadcasts the numbers 0, 1, 2, ... of x's entries and counts with weights"
    size = int(np.prod(shape))
    owner = np.broadcast_to(np.arange(size).reshape(shape), dy.shape)
    return np.bincount(owner.ravel(), weights=dy.ravel(), minlength=size).reshape(shape)


def right_2_3_b(dy, shape):
    "loop over all entries of y"
    dx = np.zeros(shape)
    shift = dy.ndim - len(shape)
    for place in itertools.product(*map(range, dy.shape)):
        home = tuple(0 if size == 1 else i for size, i in zip(shape, place[shift:]))
        dx[home] += dy[place]
    return dx


def right_2_3_c(dy, shape):
    "recursion on the first axis"
    if dy.ndim > len(shape):
        return sum(right_2_3_c(np.asarray(part), shape) for part in dy)
    if dy.ndim == 0:
        return dy
    parts = [right_2_3_c(np.asarray(part), shape[1:]) for part in dy]
    return np.stack([sum(parts)] if shape[0] == 1 else parts)


# ---------------------------------------------------------------- 2.4  layer normalisation

def wrong_2_4_a(x, gamma, dy, epsilon):
    "direct route only: mean and variance taken for constants"
    mu = x.mean(axis=1, keepdims=True)
    v = x.var(axis=1, keepdims=True)
    z = (x - mu) / np.sqrt(v + epsilon)
    return gamma * dy / np.sqrt(v + epsilon), (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_b(x, gamma, dy, epsilon):
    "the route through the mean is missing"
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - z * (dz * z).mean(axis=1, keepdims=True)) / s
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_c(x, gamma, dy, epsilon):
    "the route through the variance is missing"
    mu = x.mean(1)[:, None]
    s = np.sqrt(((x - mu)**2).mean(1)[:, None] + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - dz.mean(1)[:, None]) / s
    return dx, (dy * z).sum(0), dy.sum(0)


def wrong_2_4_d(x, gamma, dy, epsilon):
    "gamma multiplies after the means instead of before"
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    z = (x - mu) / s
    dx = gamma / s * (dy - dy.mean(axis=1, keepdims=True)
                      - z * (dy * z).mean(axis=1, keepdims=True))
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_e(x, gamma, dy, epsilon):
    "epsilon outside the root: standard deviation + epsilon"
    mu = x.mean(axis=-1, keepdims=True)
    s = x.std(axis=-1, keepdims=True) + epsilon
    z = (x - mu) / s
    g = dy * gamma
    dx = (g - g.mean(axis=-1, keepdims=True) - z * (g * z).mean(axis=-1, keepdims=True)) / s
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_f(x, gamma, dy, epsilon):
    "variance with n - 1 (as torch.std has it)"
    n = x.shape[1]
    mu = x.mean(axis=1, keepdims=True)
    v = ((x - mu)**2).sum(axis=1, keepdims=True) / max(n - 1, 1)
    s = np.sqrt(v + epsilon)
    z = (x - mu) / s
    dz = gamma * dy
    dx = (dz - dz.mean(axis=1, keepdims=True)) / s - z * (dz * z).sum(
        axis=1, keepdims=True) / max(n - 1, 1) / s
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_g(x, gamma, dy, epsilon):
    "batch normalisation: mean and variance over the samples"
    mu = x.mean(axis=0)
    s = np.sqrt(x.var(axis=0) + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / s
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_h(x, gamma, dy, epsilon):
    "dgamma with x instead of the normalised z"
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - dz.mean(axis=1, keepdims=True) - z * (dz * z).mean(axis=1, keepdims=True)) / s
    return dx, (dy * x).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_i(x, gamma, dy, epsilon):
    "sums where the means belong: the factor 1/n is lost"
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - dz.sum(axis=1, keepdims=True) - z * (dz * z).sum(axis=1, keepdims=True)) / s
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def wrong_2_4_j(x, gamma, dy, epsilon):
    "order: dbeta before dgamma"
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    z = (x - mu) / s
    dz = dy * gamma
    dx = (dz - dz.mean(axis=1, keepdims=True) - z * (dz * z).mean(axis=1, keepdims=True)) / s
    return dx, dy.sum(axis=0), (dy * z).sum(axis=0)


def wrong_2_4_k(x, gamma, dy, epsilon):
    "two slips: gamma forgotten in dx, and dgamma is a mean over the batch"
    N, n = x.shape
    dx = np.empty((N, n))
    dgamma, dbeta = np.zeros(n), np.zeros(n)
    for k in range(N):
        mu = x[k].sum() / n
        s = np.sqrt(((x[k] - mu)**2).sum() / n + epsilon)
        z = (x[k] - mu) / s
        dx[k] = (dy[k] - dy[k].mean() - z * (dy[k] @ z) / n) / s
        dgamma += dy[k] * z / N
        dbeta += dy[k]
    return dx, dgamma, dbeta


def wrong_2_4_l(x, gamma, dy, epsilon):
    "two slips: plus sign on the variance route, and divided by v + epsilon without the root"
    mu = x.mean(axis=1, keepdims=True)
    v = x.var(axis=1, keepdims=True)
    z = (x - mu) / np.sqrt(v + epsilon)
    dz = dy * gamma
    dx = (dz - dz.mean(axis=1, keepdims=True)
          + z * (dz * z).mean(axis=1, keepdims=True)) / (v + epsilon)
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def right_2_4_a(x, gamma, dy, epsilon):
    "node by node, as in course code on batch normalisation"
    N, n = x.shape
    mu = x.sum(axis=1, keepdims=True) / n
    xmu = x - mu
    var = (xmu**2).sum(axis=1, keepdims=True) / n
    ivar = 1.0 / np.sqrt(var + epsilon)
    xhat = xmu * ivar
    dxhat = dy * gamma
    divar = (dxhat * xmu).sum(axis=1, keepdims=True)
    dvar = divar * -0.5 * (var + epsilon)**-1.5
    dxmu = dxhat * ivar + 2 * xmu / n * dvar
    dx = dxmu - np.ones((N, n)) / n * dxmu.sum(axis=1, keepdims=True)
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


def right_2_4_b(x, gamma, dy, epsilon):
    "one Jacobian for each row, then einsum"
    N, n = x.shape
    centre = np.eye(n) - np.ones((n, n)) / n
    zs, dx = [], []
    for row, g in zip(x, dy):
        s = np.sqrt(row.var() + epsilon)
        z = centre @ row / s
        J = (centre - np.outer(z, z) / n) / s
        zs.append(z)
        dx.append(J.T @ np.diag(gamma) @ g)
    return [np.array(dx), np.einsum("kj,kj->j", dy, zs), np.einsum("kj->j", dy)]


def right_2_4_c(x, gamma, dy, epsilon):
    "complex step, one entry of x at a time"
    def z_of(rows):
        mu = rows.sum(axis=1, keepdims=True) / rows.shape[1]
        v = ((rows - mu)**2).sum(axis=1, keepdims=True) / rows.shape[1]
        return (rows - mu) / np.sqrt(v + epsilon)
    dx = np.zeros(x.shape)
    for j in range(x.shape[1]):
        moved = x.astype(complex)
        moved[:, j] += 1e-25j
        dx[:, j] = (dy * gamma * z_of(moved).imag).sum(axis=1) / 1e-25
    z = z_of(x)
    return dx, np.diag(dy.T @ z), np.ones(len(x)) @ dy
