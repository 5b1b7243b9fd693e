"""Settled layers on batches (rows are samples): softmax and its loss.

Derived in notebook 03. They keep the floating type they are given; complex arrays are
allowed, so the complex step passes through. TypeError and ValueError say which shape was wrong.
"""

import numpy as np

from helpers import _door


def log_sum_exp(y):
    """Return log Σ exp(y) along the last axis, which is removed.

    The largest (real part of) y is taken out first: exp never sees a positive number, so it
    cannot overflow, and at least one term is 1, so the logarithm never sees 0.
    """
    shifted, largest = _shifted(y)
    return largest[..., 0] + np.log(np.exp(shifted).sum(axis=-1))


def softmax(y):
    """Return p = exp(y) / Σ exp(y) along the last axis, in y's shape; see ``log_sum_exp``."""
    e = np.exp(_shifted(y)[0])
    return e / e.sum(axis=-1, keepdims=True)


def softmax_cross_entropy(logits, targets):
    """Return the mean cross-entropy −Σ_j q_j log p_j and its gradient (p − q) / N, as one node.

    Fused, because the two-node way divides by p_m, which may have underflowed to 0. For logits
    (N, V), the targets are N class indices m, integers from 0 to V−1; or distributions q, (N, V),
    entries at least 0, rows that sum to 1 (within 1e-5): else ValueError. The loss is a scalar, in
    nats per row; the gradient has the shape of the logits.
    """
    logits = _door.floating("logits", logits, ("N", "V"))
    q = _distributions(np.asarray(targets), logits)
    N = len(logits)
    shifted, _ = _shifted(logits)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (N, V)
    loss = -(q * log_p).sum(axis=1).mean()
    return loss, (np.exp(log_p) - q) / N


def _shifted(y):
    y = np.asarray(y)
    largest = y.real.max(axis=-1, keepdims=True)
    return y - largest, largest


def _distributions(targets, logits):
    """Return targets as rows q (N, V): a one-hot row for an index."""
    N, V = logits.shape
    dtype = logits.real.dtype
    if targets.shape == (N,) and targets.dtype.kind in "iu":
        for m in (int(targets.min()), int(targets.max())):
            _door.need(m, range(V).__contains__, f"Every target must be from 0 to V−1 = {V - 1}")
        return np.eye(V, dtype=dtype)[targets]
    if targets.shape != (N, V) or targets.dtype.kind not in "iuf":
        raise ValueError(
            f"targets must be N = {N} class indices, integers, or an (N, V) = {N, V} array of "
            f"probabilities, but they have shape {targets.shape} and dtype {targets.dtype}."
        )
    sums = targets.sum(axis=1)
    if not (targets.min() >= 0 and np.abs(sums - 1).max() <= 1e-5):
        raise ValueError(
            "Each row of targets must be a distribution: entries of at least 0 that sum to 1; "
            f"the smallest entry is {targets.min():g}, the sums run from {sums.min():g} "
            f"to {sums.max():g}."
        )
    return targets.astype(dtype)
