"""Answers to the exercises of page 04, written from the prompts alone."""
import numpy as np


# ---------------------------------------------------------------- 4.1  dW_xh

def wrong_4_1_a(da, x):
    "transposed: (D, H) instead of (H, D)"
    return x.T @ da


def wrong_4_1_b(da, x):
    "one step late: da_t with x_{t-1}, as for W_hh"
    return da[1:].T @ x[:-1]


def wrong_4_1_c(da, x):
    "mean over the steps instead of the sum"
    T = len(x) - 1
    return da.T @ x / T


def wrong_4_1_d(da, x):
    "product of the sums instead of the sum of products"
    return np.outer(da.sum(axis=0), x.sum(axis=0))


def wrong_4_1_e(da, x):
    "= instead of +=: only the last step is left"
    for t in range(1, len(x)):
        dW = np.outer(da[t], x[t])
    return dW


def wrong_4_1_f(da, x):
    "one step early: da_t with x_{t+1}"
    return da[:-1].T @ x[1:]


def wrong_4_1_g(da, x):
    "the last step left out: range(1, T) ends at T - 1"
    T = len(da) - 1
    dW = np.zeros((da.shape[1], x.shape[1]))
    for t in range(1, T):
        dW += np.outer(da[t], x[t])
    return dW


def wrong_4_1_h(da, x):
    "the slope of tanh once more"
    return ((1 - da**2) * da).T @ x


def wrong_4_1_i(da, x):
    "inner sum over the units instead of over time"
    return np.einsum("ti,sj->ts", da, x)


def wrong_4_1_j(da, x):
    "one of the two runs backward in time"
    return da[:0:-1].T @ x[1:]


def wrong_4_1_k(da, x):
    "two slips: transposed, and x one step late"
    return sum(np.outer(x[t-1], da[t]) for t in range(1, len(x)))


def wrong_4_1_l(da, x):
    "two slips: minus sign (already the descent step), and mean over all rows"
    return -(da[:, :, None] * x[:, None, :]).mean(axis=0)


def right_4_1_a(da, x):
    "einsum"
    return np.einsum("ti,tj->ij", da, x)


def right_4_1_b(da, x):
    "Kronecker products, step by step"
    dW = np.zeros((da.shape[1], x.shape[1]))
    for row, inp in zip(da[1:], x[1:]):
        dW += np.kron(row.reshape(-1, 1), inp)
    return dW


def right_4_1_c(da, x):
    "three loops, nested lists"
    return [[sum(float(da[t][i]) * float(x[t][j]) for t in range(len(x)))
             for j in range(len(x[0]))] for i in range(len(da[0]))]


# ---------------------------------------------------------------- 4.2  the copy node

def wrong_4_2_a(W_hy, W_hh, dy_t, da_next):
    "W_hh not transposed"
    return W_hy.T @ dy_t + W_hh @ da_next


def wrong_4_2_b(W_hy, W_hh, dy_t, da_next):
    "only what the step's own loss says"
    return W_hy.T @ dy_t


def wrong_4_2_c(W_hy, W_hh, dy_t, da_next):
    "only the carry"
    return W_hh.T @ da_next


def wrong_4_2_d(W_hy, W_hh, dy_t, da_next):
    "multiplies the two gradients instead of adding"
    return (W_hy.T @ dy_t) * (W_hh.T @ da_next)


def wrong_4_2_e(W_hy, W_hh, dy_t, da_next):
    "minus sign"
    return W_hy.T @ dy_t - W_hh.T @ da_next


def wrong_4_2_f(W_hy, W_hh, dy_t, da_next):
    "a tanh slope on da_next, which has passed the tanh already"
    return W_hy.T @ dy_t + W_hh.T @ ((1 - da_next**2) * da_next)


def wrong_4_2_g(W_hy, W_hh, dy_t, da_next):
    "W_hh forgotten: da_next added as it is"
    return np.dot(dy_t, W_hy) + da_next


def wrong_4_2_h(W_hy, W_hh, dy_t, da_next):
    "mean of the two instead of the sum"
    return np.mean([W_hy.T @ dy_t, W_hh.T @ da_next], axis=0)


def wrong_4_2_i(W_hy, W_hh, dy_t, da_next):
    "the loss's part goes through W_hh as well"
    return W_hh.T @ (W_hy.T @ dy_t + da_next)


def wrong_4_2_j(W_hy, W_hh, dy_t, da_next):
    "columns added before multiplying (wrong broadcasting)"
    return W_hy.T @ dy_t + (W_hh * da_next).sum(axis=0)


def wrong_4_2_k(W_hy, W_hh, dy_t, da_next):
    "two slips: W_hh not transposed, and minus"
    carry = np.einsum("ij,j->i", W_hh, da_next)
    return W_hy.T @ dy_t - carry


def wrong_4_2_l(W_hy, W_hh, dy_t, da_next):
    "two slips: squashed, and the carry counted twice"
    carry = W_hh.T @ da_next
    dh = W_hy.T @ dy_t + carry
    dh += carry
    return np.tanh(dh)


def wrong_4_2_m(W_hy, W_hh, dy_t, da_next):
    "sign of the loss's gradient turned, q - p"
    return -(W_hy.T @ dy_t) + W_hh.T @ da_next


def wrong_4_2_n(W_hy, W_hh, dy_t, da_next):
    "two slips: q - p, and W_hh not transposed"
    return W_hh @ da_next - dy_t @ W_hy


def right_4_2_a(W_hy, W_hh, dy_t, da_next):
    "both weights stacked into one matrix"
    return np.concatenate([dy_t, da_next]) @ np.vstack([W_hy, W_hh])


def right_4_2_b(W_hy, W_hh, dy_t, da_next):
    "unit by unit, path by path"
    H = len(da_next)
    out = [0.0] * H
    for j in range(H):
        for i in range(len(dy_t)):
            out[j] += W_hy[i, j] * dy_t[i]
        for i in range(H):
            out[j] += W_hh[i, j] * da_next[i]
    return out


def right_4_2_c(W_hy, W_hh, dy_t, da_next):
    "einsum, result in float32"
    return (np.einsum("vh,v->h", W_hy, dy_t)
            + np.einsum("gh,g->h", W_hh, da_next)).astype(np.float32)


# ---------------------------------------------------------------- 4.3  the sweep

def wrong_4_3_a(W_hh, h, from_loss):
    "W_hh not transposed"
    T = len(h) - 1
    dh = np.zeros_like(h)
    carry = np.zeros(h.shape[1])
    for t in range(T, 0, -1):
        dh[t] = from_loss[t] + carry
        carry = W_hh @ ((1 - h[t]**2) * dh[t])
    dh[0] = carry
    return dh


def wrong_4_3_b(W_hh, h, from_loss):
    "the slope of tanh forgotten"
    dh = from_loss.copy()
    for t in range(len(h) - 1, 0, -1):
        dh[t-1] += W_hh.T @ dh[t]
    return dh


def wrong_4_3_c(W_hh, h, from_loss):
    "slope at the step before: 1 - h_{t-1}² for da_t"
    dh = from_loss.copy()
    for t in range(len(h) - 1, 0, -1):
        da = (1 - h[t-1]**2) * dh[t]
        dh[t-1] += W_hh.T @ da
    return dh


def wrong_4_3_d(W_hh, h, from_loss):
    "row 0 stays zero: dh_0 is forgotten"
    T, H = h.shape[0] - 1, h.shape[1]
    dh = np.zeros((T + 1, H))
    da_next = np.zeros(H)
    for t in range(T, 0, -1):
        dh[t] = from_loss[t] + W_hh.T @ da_next
        da_next = (1 - h[t]**2) * dh[t]
    return dh


def wrong_4_3_e(W_hh, h, from_loss):
    "squashes the states again: 1 - tanh(h)²"
    dh = np.array(from_loss)
    for t in reversed(range(1, len(h))):
        dh[t-1] += ((1 - np.tanh(h[t])**2) * dh[t]) @ W_hh
    return dh


def wrong_4_3_f(W_hh, h, from_loss):
    "the misprint 1 - tanh, without the square"
    dh = np.array(from_loss)
    for t in reversed(range(1, len(h))):
        dh[t-1] += ((1 - h[t]) * dh[t]) @ W_hh
    return dh


def wrong_4_3_g(W_hh, h, from_loss):
    "returns da, the gradients behind the tanh, instead of dh"
    da = np.zeros_like(h)
    carry = 0
    for t in range(len(h) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (from_loss[t] + carry)
        carry = W_hh.T @ da[t]
    da[0] = carry
    return da


def wrong_4_3_h(W_hh, h, from_loss):
    "one array changed in place and stored again and again: rows share memory"
    rows = []
    dh = np.zeros(h.shape[1])
    for t in range(len(h) - 1, -1, -1):
        dh += from_loss[t]
        rows.append(dh)
        if t > 0:
            dh[:] = W_hh.T @ ((1 - h[t]**2) * dh)
    return np.array(rows[::-1])


def wrong_4_3_i(W_hh, h, from_loss):
    "rows in the order of the sweep, last step first"
    rows, carry = [], np.zeros(h.shape[1])
    for t in range(len(h) - 1, -1, -1):
        dh = from_loss[t] + carry
        rows.append(dh)
        carry = W_hh.T @ ((1 - h[t]**2) * dh)
    return np.stack(rows)


def wrong_4_3_j(W_hh, h, from_loss):
    "every carry starts from the step's own loss only: nothing comes from two steps away"
    da = (1 - h**2) * from_loss
    dh = from_loss.copy()
    dh[:-1] += da[1:] @ W_hh
    return dh


def wrong_4_3_k(W_hh, h, from_loss):
    "two slips: W_hh not transposed, and slope at the step before"
    dh = from_loss.copy()
    for t in range(len(h) - 2, -1, -1):
        dh[t] += W_hh @ ((1 - h[t]**2) * dh[t+1])
    return dh


def wrong_4_3_l(W_hh, h, from_loss):
    "two slips: sigmoid's slope h(1 - h), and dh_0 passes a slope of its own"
    T = len(h) - 1
    dh = {T: from_loss[T]}
    for t in range(T - 1, -1, -1):
        dh[t] = from_loss[t] + W_hh.T @ (h[t+1] * (1 - h[t+1]) * dh[t+1])
    dh[0] = h[0] * (1 - h[0]) * dh[0]
    return np.array([dh[t] for t in range(T + 1)])


def right_4_3_a(W_hh, h, from_loss):
    "every loss goes back alone, then the paths add up"
    T = len(h) - 1
    dh = np.zeros(h.shape)
    for t in range(T, 0, -1):
        g = from_loss[t].copy()
        dh[t] += g
        for k in range(t, 0, -1):
            g = np.einsum("ij,i,i->j", W_hh, 1 - h[k]**2, g)
            dh[k-1] += g
    return dh


def right_4_3_b(W_hh, h, from_loss):
    "recursion from each step to the next, a list of arrays"
    T = len(h) - 1
    known = {T: from_loss[T]}

    def dh(t):
        if t not in known:
            known[t] = from_loss[t] + W_hh.T @ np.diag(1 - h[t+1]**2) @ dh(t + 1)
        return known[t]

    return [dh(t) for t in range(T, -1, -1)][::-1]


def right_4_3_c(W_hh, h, from_loss):
    "one block triangular system for all steps at once"
    n, H = h.shape
    A = np.eye(n * H)
    for t in range(n - 1):
        here, after = slice(t * H, (t + 1) * H), slice((t + 1) * H, (t + 2) * H)
        A[here, after] -= W_hh.T * (1 - h[t+1]**2)
    return np.linalg.solve(A, from_loss.ravel()).reshape(n, H)


# ---------------------------------------------------------------- 4.4  a leak

def _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha):
    h, g = {0: h_0}, {}
    for t in range(1, len(x)):
        g[t] = np.tanh(W_xh @ x[t] + W_hh @ h[t-1] + b_h)
        h[t] = (1 - alpha) * h[t-1] + alpha * g[t]
    return h, g


def wrong_4_4_a(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "second use of h_{t-1} forgotten: the leak hands nothing back"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + carry
        da = alpha * (1 - g[t]**2) * dh
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t-1])
        db_h += da
        carry = W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_4_4_b(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "alpha forgotten on the way from h_t to g_t"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = 0, 0, 0, 0
    dh_next = 0
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + dh_next
        da = (1 - g[t]**2) * dh
        dW_hy = dW_hy + np.outer(dy, h[t])
        dW_xh = dW_xh + np.outer(da, x[t])
        dW_hh = dW_hh + np.outer(da, h[t-1])
        db_h = db_h + da
        dh_next = (1 - alpha) * dh + W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh_next)


def wrong_4_4_c(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "slope 1 - h² as in the notebook, though the tanh's value is g"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    grads = {"d" + k: np.zeros_like(v) for k, v in
             dict(W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy).items()}
    carry = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + carry
        da = (1 - h[t]**2) * alpha * dh
        grads["dW_hy"] += np.outer(dy, h[t])
        grads["dW_xh"] += np.outer(da, x[t])
        grads["dW_hh"] += np.outer(da, h[t-1])
        grads["db_h"] += da
        carry = (1 - alpha) * dh + W_hh.T @ da
    return grads | {"dh_0": carry}


def wrong_4_4_d(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "W_hh not transposed in the carry"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    da, dy, carry = {}, {}, np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy[t] = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy[t] + carry
        da[t] = alpha * dh * (1 - g[t]**2)
        carry = (1 - alpha) * dh + W_hh @ da[t]
    steps = range(1, T + 1)
    return dict(dW_xh=sum(np.outer(da[t], x[t]) for t in steps),
                dW_hh=sum(np.outer(da[t], h[t-1]) for t in steps),
                db_h=sum(da.values()), dW_hy=sum(np.outer(dy[t], h[t]) for t in steps),
                dh_0=carry)


def wrong_4_4_e(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "dW_hh pairs da_t with h_t instead of h_{t-1}"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    da, dy, carry = {}, {}, np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy[t] = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy[t] + carry
        da[t] = alpha * dh * (1 - g[t]**2)
        carry = (1 - alpha) * dh + W_hh.T @ da[t]
    steps = range(1, T + 1)
    return dict(dW_xh=sum(np.outer(da[t], x[t]) for t in steps),
                dW_hh=sum(np.outer(da[t], h[t]) for t in steps),
                db_h=sum(da.values()), dW_hy=sum(np.outer(dy[t], h[t]) for t in steps),
                dh_0=carry)


def wrong_4_4_f(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "dW_hy with g_t instead of the state h_t"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros(v.shape) for v in (W_xh, W_hh, b_h, W_hy))
    dh = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        dh = dh + W_hy.T @ dy
        da = alpha * dh * (1 - g[t]**2)
        dW_hy += np.outer(dy, g[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t-1])
        db_h += da
        dh = (1 - alpha) * dh + W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=dh)


def wrong_4_4_g(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "dh multiplied in place by the slope, so the leak hands back the squashed gradient"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros(v.shape) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy + carry
        da = dh
        da *= 1 - g[t]**2
        da = alpha * da
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t-1])
        db_h += da
        carry = (1 - alpha) * dh + W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_4_4_h(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "sign of the error: target minus output"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros(v.shape) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros(len(h_0))
    for t in reversed(range(1, T + 1)):
        error = targets[t] - W_hy @ h[t]
        dh = error @ W_hy + carry
        da = alpha * dh * (1 - g[t] * g[t])
        dW_hy += error[:, None] * h[t]
        dW_xh += da[:, None] * x[t]
        dW_hh += da[:, None] * h[t-1]
        db_h += da
        carry = (1 - alpha) * dh + da @ W_hh
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_4_4_i(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "dh_0 lacks the leak: W_hh^T da_1 as in the notebook; the sweep itself is right"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    da, dy = np.zeros((T + 2, len(h_0))), np.zeros_like(targets)
    dh = np.zeros((T + 2, len(h_0)))
    for t in range(T, 0, -1):
        dy[t] = W_hy @ h[t] - targets[t]
        dh[t] = W_hy.T @ dy[t] + W_hh.T @ da[t+1] + (1 - alpha) * dh[t+1]
        da[t] = alpha * (1 - g[t]**2) * dh[t]
    H = np.array([h[t] for t in range(T + 1)])
    return dict(dW_xh=da[1:-1].T @ x[1:], dW_hh=da[1:-1].T @ H[:-1], db_h=da.sum(axis=0),
                dW_hy=dy[1:].T @ H[1:], dh_0=W_hh.T @ da[1])


def wrong_4_4_j(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "alpha and 1 - alpha exchanged in the backward pass"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    da, dy, carry = {}, {}, np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy[t] = W_hy @ h[t] - targets[t]
        dh = W_hy.T @ dy[t] + carry
        da[t] = (1 - alpha) * dh * (1 - g[t]**2)
        carry = alpha * dh + W_hh.T @ da[t]
    steps = range(1, T + 1)
    return dict(dW_xh=sum(np.outer(da[t], x[t]) for t in steps),
                dW_hh=sum(np.outer(da[t], h[t-1]) for t in steps),
                db_h=sum(da.values()), dW_hy=sum(np.outer(dy[t], h[t]) for t in steps),
                dh_0=carry)


def wrong_4_4_k(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "two slips: the leak hands back (1 - alpha) da instead of dh, and a factor 2 from the square"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dW_xh, dW_hh, db_h, dW_hy = (np.zeros(v.shape) for v in (W_xh, W_hh, b_h, W_hy))
    carry = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        dy = 2 * (W_hy @ h[t] - targets[t])
        da = alpha * (1 - g[t]**2) * (W_hy.T @ dy + carry)
        dW_hy += np.outer(dy, h[t])
        dW_xh += np.outer(da, x[t])
        dW_hh += np.outer(da, h[t-1])
        db_h += da
        carry = (1 - alpha) * da + W_hh.T @ da
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, dh_0=carry)


def wrong_4_4_l(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "two slips: da clipped to ±1 inside the sweep (as in min-char-rnn), and mean over the steps"
    T = len(x) - 1
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    dWxh, dWhh, dbh, dWhy = (np.zeros_like(v) for v in (W_xh, W_hh, b_h, W_hy))
    dhnext = np.zeros_like(h_0)
    for t in reversed(range(1, T + 1)):
        dy = (W_hy @ h[t] - targets[t]) / (T + 1)
        dWhy += np.outer(dy, h[t])
        dh = np.dot(W_hy.T, dy) + dhnext
        dhraw = np.clip((1 - g[t] * g[t]) * alpha * dh, -1, 1)
        dbh += dhraw
        dWxh += np.outer(dhraw, x[t])
        dWhh += np.outer(dhraw, h[t-1])
        dhnext = np.dot(W_hh.T, dhraw) + (1 - alpha) * dh
    return dict(dW_xh=dWxh, dW_hh=dWhh, db_h=dbh, dW_hy=dWhy, dh_0=dhnext)


def right_4_4_a(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "every loss goes back alone by the Jacobian of a step, einsum at the end"
    T, H = len(x) - 1, len(h_0)
    h, g = _leaky_forward(W_xh, W_hh, b_h, h_0, x, alpha)
    states = np.array([h[t] for t in range(T + 1)])
    dy = states @ W_hy.T - targets
    dy[0] = 0
    J = {t: (1 - alpha) * np.eye(H) + alpha * np.diag(1 - g[t]**2) @ W_hh for t in g}
    dh = np.zeros((T + 1, H))
    for t in range(1, T + 1):
        back = W_hy.T @ dy[t]
        for k in range(t, 0, -1):
            dh[k] += back
            back = J[k].T @ back
        dh[0] += back
    da = np.array([alpha * (1 - g[t]**2) * dh[t] for t in range(1, T + 1)])
    return dict(dW_xh=np.einsum("ti,tj->ij", da, x[1:]),
                dW_hh=np.einsum("ti,tj->ij", da, states[:-1]), db_h=np.einsum("ti->i", da),
                dW_hy=np.einsum("ti,tj->ij", dy, states), dh_0=dh[0])


def right_4_4_b(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "complex step in every entry of every argument"
    def loss(W_xh, W_hh, b_h, W_hy, h_0):
        h, total = h_0, 0.0
        for x_t, r_t in zip(x[1:], targets[1:]):
            h = (1 - alpha) * h + alpha * np.tanh(W_xh @ x_t + W_hh @ h + b_h)
            e = W_hy @ h - r_t
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


def right_4_4_c(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    "recursion: each call does one step forward, and backward on its return"
    grads = [np.zeros_like(v, dtype=float) for v in (W_xh, W_hh, b_h, W_hy)]

    def step(t, h_before):
        if t == len(x):
            return np.zeros(len(h_before))
        g = np.tanh(W_xh @ x[t] + W_hh @ h_before + b_h)
        h = h_before + alpha * (g - h_before)
        dy = W_hy @ h - targets[t]
        dh = step(t + 1, h) + dy @ W_hy
        da = (alpha - alpha * g * g) * dh
        for grad, part in zip(grads, (np.outer(da, x[t]), np.outer(da, h_before), da,
                                      np.outer(dy, h))):
            grad += part
        return dh - alpha * dh + da @ W_hh

    dh_0 = step(1, np.asarray(h_0, dtype=float))
    return dict(zip(["dW_xh", "dW_hh", "db_h", "dW_hy"], grads), dh_0=dh_0)
