"""Answers to the exercises of page 03, written from the prompts alone."""
import math

import numpy as np


def _soft(y):
    e = np.exp(y - np.max(y))
    return e / e.sum()


def _soft_rows(Y):
    E = np.exp(Y - Y.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


# ---------------------------------------------------------------- 3.1  a safe softmax

def wrong_3_1_a(y):
    "the formula as it is printed: overflows to inf / inf"
    return np.exp(y) / np.exp(y).sum()


def wrong_3_1_b(y):
    "subtracts the smallest logit"
    e = np.exp(y - y.min())
    return e / e.sum()


def wrong_3_1_c(y):
    "divides by the largest logit instead of subtracting it"
    e = np.exp(y / y.max())
    return e / e.sum()


def wrong_3_1_d(y):
    "shift in the numerator only"
    return np.exp(y - y.max()) / np.exp(y).sum()


def wrong_3_1_e(y):
    "subtracts the mean: still overflows for large differences"
    z = y - np.mean(y)
    return np.exp(z) / np.sum(np.exp(z))


def wrong_3_1_f(y):
    "clips the logits at 700: differences above that are lost"
    e = np.exp(np.minimum(y, 700.0))
    return e / e.sum()


def wrong_3_1_g(y):
    "subtracts the largest absolute value: all terms vanish for very negative logits"
    e = np.exp(y - np.abs(y).max())
    return e / e.sum()


def wrong_3_1_h(y):
    "the log of the softmax: the last exponential is missing"
    z = y - y.max()
    return z - np.log(np.exp(z).sum())


def wrong_3_1_i(y):
    "turns nan into 0 afterwards: the winner gets probability 0"
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.exp(y) / np.exp(y).sum())


def wrong_3_1_j(y):
    "not normalised: the largest gets 1, the sum is more than 1"
    return np.exp(y - y.max())


def wrong_3_1_k(y):
    "two slips: exponential taken twice, and the mean of the terms for their sum"
    e = np.exp(np.exp(y - y.max()))
    return e / e.mean()


def wrong_3_1_l(y):
    "two slips: sign of the logits changed, and divided by the largest term, not the sum"
    e = np.exp(-(y - y.min()))
    return e / e.max()


def right_3_1_a(y):
    "through pairwise differences: S_i = 1 / sum_k exp(y_k - y_i)"
    with np.errstate(over="ignore"):
        return 1 / np.exp(np.subtract.outer(y, y).T).sum(axis=1)


def right_3_1_b(y):
    "plain Python, a list"
    top = max(float(v) for v in y)
    powers = [math.exp(float(v) - top) for v in y]
    total = math.fsum(powers)
    return [p / total for p in powers]


def right_3_1_c(y):
    "log-sum-exp by np.logaddexp"
    return np.exp(y - np.logaddexp.reduce(y))


# ---------------------------------------------------------------- 3.2  through a softmax

def wrong_3_2_a(S, dS):
    "S times dS only: the shared denominator forgotten"
    return S * dS


def wrong_3_2_b(S, dS):
    "plain sum of dS instead of the sum weighted with S"
    return S * (dS - dS.sum())


def wrong_3_2_c(S, dS):
    "plain mean of dS instead of the mean weighted with S"
    return S * (dS - dS.mean())


def wrong_3_2_d(S, dS):
    "plus sign"
    return S * (dS + (S * dS).sum())


def wrong_3_2_e(S, dS):
    "diagonal of the Jacobian only"
    return S * (1 - S) * dS


def wrong_3_2_f(S, dS):
    "backward of the log-softmax"
    return dS - S * dS.sum()


def wrong_3_2_g(S, dS):
    "the factor S_j of the second term lost"
    return S * dS - np.dot(S, dS)


def wrong_3_2_h(S, dS):
    "S_j inside the sum: S_j pulled out of the wrong term"
    return S * (dS - S * dS.sum())


def wrong_3_2_i(S, dS):
    "only the off-diagonal formula -S_i S_j, for all pairs"
    V = len(S)
    dy = np.zeros(V)
    for j in range(V):
        for i in range(V):
            dy[j] += -S[i] * S[j] * dS[i]
    return dy


def wrong_3_2_j(S, dS):
    "the shortcut of softmax with cross-entropy where it does not apply"
    target = np.zeros_like(S)
    target[np.argmin(dS)] = 1
    return S - target


def wrong_3_2_k(S, dS):
    "two slips: plus sign, and unweighted sum"
    return S * (dS + dS.sum())


def wrong_3_2_l(S, dS):
    "two slips: in place, so that the weighted mean sees S * dS, and a plain mean"
    out = S
    out *= dS
    out -= S * out.mean()
    return out


def right_3_2_a(S, dS):
    "einsum with the covariance written out"
    return np.einsum("i,i->i", S, dS) - np.einsum("i,j,i->j", S, S, dS)


def right_3_2_b(S, dS):
    "two loops, a list"
    return [sum(dS[i] * S[i] * ((i == j) - S[j]) for i in range(len(S))) for j in range(len(S))]


def right_3_2_c(S, dS):
    "differences dS_j - dS_i weighted with both probabilities (S sums to 1)"
    return (S[:, None] * S[None, :] * (dS[:, None] - dS[None, :])).sum(axis=1)


# ---------------------------------------------------------------- 3.3  label smoothing

def wrong_3_3_a(y, m, epsilon):
    "the other convention: epsilon shared among the V - 1 wrong classes only"
    V = len(y)
    q = np.full(V, epsilon / max(V - 1, 1))
    q[m] = 1 - epsilon
    return _soft(y) - q


def wrong_3_3_b(y, m, epsilon):
    "sign: target minus probabilities"
    q = (1 - epsilon) * np.eye(len(y))[m] + epsilon / len(y)
    return q - _soft(y)


def wrong_3_3_c(y, m, epsilon):
    "the target gets 1 - epsilon without its share epsilon / V"
    V = len(y)
    q = np.full(V, epsilon / V)
    q[m] = 1 - epsilon
    return _soft(y) - q


def wrong_3_3_d(y, m, epsilon):
    "no smoothing at all"
    dy = _soft(y)
    dy[m] -= 1
    return dy


def wrong_3_3_e(y, m, epsilon):
    "epsilon not divided by V"
    one_hot = (np.arange(len(y)) == m).astype(float)
    return _soft(y) - ((1 - epsilon) * one_hot + epsilon)


def wrong_3_3_f(y, m, epsilon):
    "logits where the probabilities belong"
    q = (1 - epsilon) * np.eye(len(y))[m] + epsilon / len(y)
    return y - q


def wrong_3_3_g(y, m, epsilon):
    "smooths the prediction, not the target"
    V = len(y)
    S = (1 - epsilon) * _soft(y) + epsilon / V
    S[m] -= 1
    return S


def wrong_3_3_h(y, m, epsilon):
    "roles of epsilon and 1 - epsilon exchanged"
    V = len(y)
    q = epsilon * np.eye(V)[m] + (1 - epsilon) / V
    return _soft(y) - q


def wrong_3_3_i(y, m, epsilon):
    "half-finished: the gradient with respect to S, -q / S, not yet taken through the softmax"
    V = len(y)
    q = (1 - epsilon) * np.eye(V)[m] + epsilon / V
    return -q / _soft(y)


def wrong_3_3_j(y, m, epsilon):
    "softmax slope once more: S(1 - S) times (S - q)"
    S = _soft(y)
    q = (1 - epsilon) * np.eye(len(y))[m] + epsilon / len(y)
    return (S - q) * S * (1 - S)


def wrong_3_3_k(y, m, epsilon):
    "two slips: softmax taken twice, and the target's share epsilon / V lost"
    S = _soft(_soft(y))
    dy = S - epsilon / len(y)
    dy[m] = S[m] - (1 - epsilon)
    return dy


def wrong_3_3_l(y, m, epsilon):
    "two slips: class m counted from 1, and divided by V as if it were a batch mean"
    V = len(y)
    q = np.full(V, epsilon / V)
    q[m - 1] += 1 - epsilon
    return (_soft(y) - q) / V


def right_3_3_a(y, m, epsilon):
    "mixture of two gradients: one-hot target and uniform target"
    S = np.exp(y - np.logaddexp.reduce(y))
    hard = S.copy()
    hard[m] -= 1
    return (1 - epsilon) * hard + epsilon * (S - 1 / len(y))


def right_3_3_b(y, m, epsilon):
    "complex step on log Z - sum q y"
    V = len(y)
    q = [epsilon / V + (1 - epsilon) * (k == m) for k in range(V)]
    top = max(y)
    dy = []
    for j in range(V):
        z = np.array(y, dtype=complex)
        z[j] += 1e-25j
        loss = top + np.log(np.exp(z - top).sum()) - sum(qk * zk for qk, zk in zip(q, z))
        dy.append(loss.imag / 1e-25)
    return dy


def right_3_3_c(y, m, epsilon):
    "plain Python, class by class"
    V, top = len(y), max(y)
    Z = sum(math.exp(v - top) for v in y)
    dy = []
    for k, v in enumerate(y):
        S = math.exp(v - top) / Z
        if k == m:
            dy.append(S - 1 + epsilon - epsilon / V)
        else:
            dy.append(S - epsilon / V)
    return np.array(dy)


# ---------------------------------------------------------------- 3.4  batch with temperature

def wrong_3_4_a(Y, targets, tau):
    "the factor 1 / tau outside is missing"
    N, V = Y.shape
    return (_soft_rows(Y / tau) - np.eye(V)[targets]) / N


def wrong_3_4_b(Y, targets, tau):
    "the factor 1 / N is missing: sum instead of mean"
    return (_soft_rows(Y / tau) - np.eye(Y.shape[1])[targets]) / tau


def wrong_3_4_c(Y, targets, tau):
    "softmax down the columns, over the samples"
    N, V = Y.shape
    E = np.exp(Y / tau - (Y / tau).max(axis=0))
    S = E / E.sum(axis=0)
    return (S - np.eye(V)[targets]) / (N * tau)


def wrong_3_4_d(Y, targets, tau):
    "temperature forgotten inside the softmax"
    N, V = Y.shape
    return (_soft_rows(Y) - np.eye(V)[targets]) / (N * tau)


def wrong_3_4_e(Y, targets, tau):
    "multiplies by tau instead of dividing (inverse temperature), inside and outside"
    N, V = Y.shape
    return tau * (_soft_rows(tau * Y) - np.eye(V)[targets]) / N


def wrong_3_4_f(Y, targets, tau):
    "mean over all N * V entries"
    dY = _soft_rows(Y / tau)
    dY[np.arange(len(Y)), targets] -= 1
    return dY / (tau * Y.size)


def wrong_3_4_g(Y, targets, tau):
    "S[:, targets] -= 1 subtracts in every row, not one entry per row"
    S = _soft_rows(Y / tau)
    S[:, targets] -= 1
    return S / (tau * len(Y))


def wrong_3_4_h(Y, targets, tau):
    "sign: target minus probabilities"
    N, V = Y.shape
    return (np.eye(V)[targets] - _soft_rows(Y / tau)) / (N * tau)


def wrong_3_4_i(Y, targets, tau):
    "one common denominator for the whole batch"
    Z = np.exp(Y / tau - (Y / tau).max())
    S = Z / Z.sum()
    S[range(len(Y)), targets] -= 1
    return S / len(Y) / tau


def wrong_3_4_j(Y, targets, tau):
    "the target's entry set to -1 instead of lowered by 1"
    S = _soft_rows(Y / tau)
    S[np.arange(len(Y)), targets] = -1
    return S / (len(Y) * tau)


def wrong_3_4_k(Y, targets, tau):
    "two slips: 1 / tau twice outside, and divided by V instead of N"
    N, V = Y.shape
    return (_soft_rows(Y / tau) - np.eye(V)[targets]) / (V * tau**2)


def wrong_3_4_l(Y, targets, tau):
    "two slips: half-finished -1/S at the target, and no temperature outside"
    N, V = Y.shape
    S = _soft_rows(Y / tau)
    return -np.eye(V)[targets] / S / N


def right_3_4_a(Y, targets, tau):
    "row by row"
    N, V = Y.shape
    dY = np.empty((N, V))
    for k in range(N):
        z = Y[k] / tau
        S = np.exp(z - np.logaddexp.reduce(z))
        for j in range(V):
            dY[k, j] = (S[j] - (1.0 if j == targets[k] else 0.0)) / tau / N
    return dY


def right_3_4_b(Y, targets, tau):
    "einsum with the Jacobians of the rows; -1/S cancelled by hand"
    N, V = Y.shape
    S = _soft_rows(Y / tau)
    Q = (targets[:, None] == np.arange(V)).astype(float)
    J_over_S = np.eye(V)[None] - S[:, None, :]               # J[i, j] / S[i]
    return -np.einsum("ki,kij->kj", Q, J_over_S) / (N * tau)


def right_3_4_c(Y, targets, tau):
    "result in float32, as a list of rows"
    S = np.exp(Y / tau - np.logaddexp.reduce(Y / tau, axis=1, keepdims=True))
    S[np.arange(len(Y)), targets] -= 1
    return [row for row in np.float32(S / (tau * len(Y)))]
