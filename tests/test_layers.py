"""Settled layers against the complex step, the graph engine, and numbers known beforehand."""

import numpy as np
import pytest

from helpers import gradcheck, graph, layers

rng = np.random.default_rng(0)
LOGITS = rng.standard_normal((5, 3))
INDICES = np.array([0, 2, 1, 1, 0])
Q = rng.dirichlet(np.ones(3), size=5)
W, b, X, DY = (rng.standard_normal(shape) for shape in ((4, 3), 4, (5, 3), (5, 4)))


@pytest.mark.parametrize("targets", [INDICES, Q, np.eye(3, dtype=int)[INDICES]])
def test_cross_entropy_gradient(targets):
    """Every training loop in the course would descend along a wrong direction."""
    loss, dlogits = layers.softmax_cross_entropy(LOGITS, targets)
    truth = gradcheck.complex_step(lambda y: layers.softmax_cross_entropy(y, targets)[0], LOGITS)
    assert gradcheck.relative_error(dlogits, truth) < 1e-12

    y = graph.Node(LOGITS)  # the same loss, from its definition, as separate nodes
    S = graph.exp(y) / graph.exp(y).sum(1, keepdims=True)
    q = targets if np.ndim(targets) == 2 else np.eye(3)[targets]
    plain = -(graph.log(S) * q).sum() / 5
    plain.backward()
    np.testing.assert_allclose(loss, plain.value, rtol=1e-12)
    np.testing.assert_allclose(dlogits, y.grad, atol=1e-12)


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


def test_softmax_along_any_axis():
    """A softmax over the wrong axis would still look like probabilities."""
    for axis in (0, 1, -1):
        S = layers.softmax(LOGITS, axis=axis)
        np.testing.assert_allclose(S.sum(axis=axis), 1)
        total = np.log(np.exp(LOGITS).sum(axis=axis))
        np.testing.assert_allclose(layers.log_sum_exp(LOGITS, axis=axis), total)
        np.testing.assert_allclose(np.log(S), LOGITS - np.expand_dims(total, axis))


def test_affine_and_its_backward():
    """Notebook 02's layer would be wrong for a batch, its bias gradient first of all."""
    dW, db, dx = layers.affine_backward(W, X, DY)
    assert gradcheck.relative_error(layers.affine(W, b, X)[2], W @ X[2] + b) < 1e-12
    for ours, f, at in (
        (dW, lambda v: layers.affine(v, b, X), W),
        (db, lambda v: layers.affine(W, v, X), b),
        (dx, lambda v: layers.affine(W, b, v), X),
    ):
        truth = gradcheck.complex_step(lambda v, f=f: (DY * f(v)).sum(), at)
        assert gradcheck.relative_error(ours, truth) < 1e-12


def test_float32_is_kept():
    """A float32 model would double its memory without being asked."""
    y, w, bias, x = (v.astype(np.float32) for v in (LOGITS, W, b, X))
    results = [layers.softmax(y), layers.log_sum_exp(y), layers.affine(w, bias, x)]
    results += layers.affine_backward(w, x, DY.astype(np.float32))
    results += layers.softmax_cross_entropy(y, INDICES) + layers.softmax_cross_entropy(y, Q)
    assert {r.dtype for r in results} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("x_shape", "w_shape"),
    [
        ((1, 1, 1, 1), (1, 1, 1, 1)),
        ((2, 1, 4, 5), (3, 1, 4, 5)),
        ((2, 3, 5, 4), (2, 3, 1, 2)),
        ((1, 2, 3, 3), (1, 2, 2, 2)),
    ],
)
def test_convolution_and_its_gradients(x_shape, w_shape):
    """Notebook 11 hands over to this version: values by loops, gradients by the complex step."""
    rng = np.random.default_rng(5)
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
    y = layers.conv2d(w, b, x)
    for n, m, i, j in np.ndindex(y.shape):
        window = x[n, :, i : i + w_shape[2], j : j + w_shape[3]]
        assert y[n, m, i, j] == pytest.approx((w[m] * window).sum() + b[m])
    dy = rng.normal(size=y.shape)
    ours = layers.conv2d_backward(w, x, dy)
    truths = (
        gradcheck.complex_step(lambda w: (dy * layers.conv2d(w, b, x)).sum(), w),
        gradcheck.complex_step(lambda b: (dy * layers.conv2d(w, b, x)).sum(), b),
        gradcheck.complex_step(lambda x: (dy * layers.conv2d(w, b, x)).sum(), x),
    )
    for mine, truth in zip(ours, truths, strict=True):
        assert mine.shape == truth.shape
        assert np.allclose(mine, truth, rtol=1e-10, atol=1e-12)
    small = layers.conv2d_backward(*(a.astype(np.float32) for a in (w, x, dy)))
    assert all(g.dtype == np.float32 for g in small)
