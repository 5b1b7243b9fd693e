"""Settled layers: extremes and types. Values and gradients are tested in test_autograd.py."""

import numpy as np

from helpers import layers

rng = np.random.default_rng(0)


def test_large_logits_do_not_overflow():
    """Logits [1000, 0], notebook 03's example, would give NaN."""
    y = np.array([[1000.0, 0.0], [0.0, -1000.0]])
    assert layers.log_sum_exp(y).tolist() == [1000, 0]
    assert layers.softmax(y).tolist() == [[1, 0], [1, 0]]
    loss, dlogits = layers.softmax_cross_entropy(y, [1, 1])
    assert loss == 1000 and dlogits.tolist() == [[0.5, -0.5], [0.5, -0.5]]
    # Small differences of large logits survive too: log(1 + e^-1) at an offset of 2^40.
    loss, _ = layers.softmax_cross_entropy(np.array([[1.0, 0.0]]) + 2.0**40, [0])
    np.testing.assert_allclose(loss, np.log1p(np.exp(-1)), rtol=1e-15)


def test_float32_is_kept():
    """A float32 model would double its memory without being asked."""

    def some(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    y, q = some(5, 3), rng.dirichlet(np.ones(3), size=5)
    results = [layers.softmax(y), layers.log_sum_exp(y)]
    results += layers.softmax_cross_entropy(y, [0, 2, 1, 1, 0])
    results += layers.softmax_cross_entropy(y, q)
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
