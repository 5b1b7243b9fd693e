"""Exercises of notebook 02: vectors, matrices and layers."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake
from helpers.gradcheck import complex_step

_rng = np.random.default_rng(2)
JACOBIAN = "A slope for every pair"
DOWNSTREAM = "Downstream"
INDICES = "One layer, by indices"
SAMPLES = "Many samples at once"
BROADCAST = "Broadcasting is a copy node"
DEAD = "Dead units"


def _pairs(*shapes_and_scales):
    for shape, scale in shapes_and_scales:
        yield np.maximum(scale * _rng.normal(size=shape), 0), _rng.normal(size=shape)


relu = Exercise(
    number="2.1",
    title="back through a ReLU",
    truth=lambda h, dh: np.where(h > 0, dh, 0.0),
    inputs=(
        (np.array([2.0, 0.0, 0.5, 0.0, 3.0]), np.array([1.0, -2.0, -0.7, 0.4, 0.0])),
        (np.array([0.8]), np.array([-1.5])),
        *_pairs(((3, 4), 1.0), ((2, 5), 1e-9), ((4, 1), 1e3)),
    ),
    returns=("da",),
    mistakes=(
        Mistake(
            lambda h, dh: dh,
            "You let everything through: where h is 0, the slope is 0. (h is never negative, so "
            "h >= 0 is always true; ask for h > 0.)",
            DEAD,
        ),
        Mistake(
            lambda h, dh: h * dh,
            "You multiplied by the value h; upstream is multiplied by the slope, 1 or 0.",
            DOWNSTREAM,
        ),
        Mistake(
            lambda h, dh: np.maximum(dh, 0),
            "You clipped the gradient itself: the mask comes from h, and a negative gradient "
            "passes where h > 0.",
            DEAD,
        ),
        Mistake(
            lambda h, dh: (h > 0) * np.maximum(dh, 0),
            "The mask is right, but negative gradients must pass too: do not clip dh.",
            DEAD,
        ),
        Mistake(
            lambda h, dh: (h == 0) * dh,
            "Your mask is upside down: the gradient passes where h > 0.",
            DEAD,
        ),
        Mistake(
            lambda h, dh: (1 - h * h) * dh,
            "1 - h² is the slope of tanh; that of the ReLU is 1 or 0.",
            DOWNSTREAM,
        ),
    ),
)


def layer(x, W, dy):
    return x.T @ dy, dy.sum(axis=0), dy @ W.T


def _changed(dW=lambda d: d, db=lambda d: d, dx=lambda d: d):
    """Return ``layer`` with a change made to one of its results."""

    def answer(x, W, dy):
        a, b, c = layer(x, W, dy)
        return dW(a), db(b), dx(c)

    return answer


backward = Exercise(
    number="2.2",
    title="a layer whose weights lie the other way round",
    truth=layer,
    inputs=tuple(
        (scale * _rng.normal(size=(N, n)), _rng.normal(size=(n, m)), _rng.normal(size=(N, m)))
        for N, n, m, scale in (
            (3, 4, 2, 1.0),
            (5, 3, 3, 1.0),
            (1, 2, 3, 1e3),
            (2, 1, 1, 1e-6),
            (4, 4, 3, 1.0),
        )
    ),
    returns=("dW", "db", "dx"),
    mistakes=(
        Mistake(
            lambda x, W, dy: (dy.T @ x, dy.sum(axis=0), dy @ W),
            "These are (2.7) to (2.9) as they stand, for y = x Wᵀ + b; here W is not transposed.",
            INDICES,
        ),
        Mistake(
            _changed(dW=np.transpose),
            "dW is transposed: it belongs to W, so its shape is (n, m).",
            INDICES,
        ),
        Mistake(
            lambda x, W, dy: (x.T @ dy, dy, dy @ W.T),
            "db is not summed: all rows used the same b, and copies sum.",
            BROADCAST,
        ),
        Mistake(
            lambda x, W, dy: (x.T @ dy, dy.sum(axis=0, keepdims=True), dy @ W.T),
            "db has one axis too many: b has shape (m,), so leave out keepdims.",
            BROADCAST,
        ),
        Mistake(
            lambda x, W, dy: (x.T @ dy / len(x), dy.mean(axis=0), dy @ W.T),
            "You took means over the batch; copies sum. A 1/N, if there is one, is in dy already.",
            SAMPLES,
        ),
    ),
)


def unbroadcast(dy, shape):
    """Differentiate the broadcasting itself."""
    return complex_step(lambda x: (dy * np.broadcast_to(x, dy.shape)).sum(), np.zeros(shape))


def _leading(dy, shape):
    return tuple(range(dy.ndim - len(shape)))


def _ones(dy, shape):
    new = dy.ndim - len(shape)
    return tuple(new + k for k, size in enumerate(shape) if size == 1)


def _mean(dy, shape):
    return unbroadcast(dy, shape) * np.prod(shape, dtype=float) / dy.size


def _one_copy(dy, shape):
    kept = dy[tuple(0 for _ in _leading(dy, shape))]
    return kept[tuple(slice(0, size) for size in shape)]


copies = Exercise(
    number="2.3",
    title="back through broadcasting",
    truth=unbroadcast,
    inputs=tuple(
        (_rng.normal(size=whole), shape)
        for whole, shape in (
            ((3, 4), (4,)),
            ((3, 4), (3, 1)),
            ((3, 4), (1, 4)),
            ((2, 3, 4), (3, 1)),
            ((3, 2), ()),
            ((2, 5), (2, 5)),
            ((1, 3), (1, 1)),
        )
    ),
    returns=("dx",),
    mistakes=(
        Mistake(
            lambda dy, shape: dy.sum(axis=_leading(dy, shape) + _ones(dy, shape)),
            "You sum over the right axes, but lose those of size 1: keep them with keepdims.",
            BROADCAST,
        ),
        Mistake(
            lambda dy, shape: dy.sum(axis=_leading(dy, shape)),
            "You sum over the axes that were missing on the left, but not over those of size 1: "
            "along them x was copied as well.",
            BROADCAST,
        ),
        Mistake(
            lambda dy, shape: dy.sum(axis=_ones(dy, shape), keepdims=True),
            "You sum over the axes of size 1, but not over those that were missing on the left.",
            BROADCAST,
        ),
        Mistake(
            lambda dy, shape: dy.sum(axis=_leading(dy, shape) + _ones(dy, shape), keepdims=True),
            "The sums are right, but the axes that x did not have are still there, with size 1.",
            BROADCAST,
        ),
        Mistake(
            lambda dy, shape: dy.sum(axis=0),
            "You always sum over axis 0; sum over the axes along which x was copied.",
            BROADCAST,
        ),
        Mistake(
            _mean,
            "You took the mean over the copies; copies sum.",
            BROADCAST,
        ),
        Mistake(
            _one_copy,
            "You kept the gradient of one copy; every copy acts on the result, so add them all.",
            BROADCAST,
        ),
    ),
)


def _normal(x, epsilon, axis=1):
    centred = x - x.mean(axis=axis, keepdims=True)
    root = np.sqrt((centred**2).mean(axis=axis, keepdims=True) + epsilon)
    return centred / root, root


def norm_backward(x, gamma, dy, epsilon):
    """Differentiate the forward pass, without the formula that the exercise asks for."""
    z, _ = _normal(x, epsilon)
    dx = complex_step(lambda x: (dy * gamma * _normal(x, epsilon)[0]).sum(), x)
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def _with_dx(of):
    """Return an answer whose dx is ``of(dz, z, root)``, the rest being right."""

    def answer(x, gamma, dy, epsilon):
        z, root = _normal(x, epsilon)
        return of(dy * gamma, z, root), (dy * z).sum(axis=0), dy.sum(axis=0)

    return answer


def _row_mean(values):
    return values.mean(axis=1, keepdims=True)


def _closed(dz, z, root, share=1):
    return (dz - share * (_row_mean(dz) + z * _row_mean(dz * z))) / root


def _by_columns(x, gamma, dy, epsilon):
    z, root = _normal(x, epsilon, axis=0)
    dz = dy * gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / root
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


def _rows_kept(x, gamma, dy, epsilon):
    z, root = _normal(x, epsilon)
    return _closed(dy * gamma, z, root), dy * z, dy


norm = Exercise(
    number="2.4",
    title="layer normalisation",
    truth=norm_backward,
    inputs=tuple(
        (
            scale * _rng.normal(size=(N, n)) + shift,
            _rng.normal(size=n),
            _rng.normal(size=(N, n)),
            epsilon,
        )
        for N, n, scale, shift, epsilon in (
            (3, 4, 1.0, 0.0, 0.1),
            (1, 5, 20.0, 3.0, 1e-5),
            (4, 2, 1e-3, 0.0, 1e-5),
            (2, 3, 0.0, 1.0, 1e-2),
            (2, 1, 1.0, 0.0, 1e-3),
        )
    ),
    returns=("dx", "dgamma", "dbeta"),
    mistakes=(
        Mistake(
            _with_dx(lambda dz, z, root: dz / root),
            "dx holds the direct route only: the mean and the variance depend on x too.",
            DOWNSTREAM,
        ),
        Mistake(
            _with_dx(lambda dz, z, root: (dz - _row_mean(dz)) / root),
            "dx lacks the route through the variance v: changing x_j rescales the whole row.",
            DOWNSTREAM,
        ),
        Mistake(
            _with_dx(lambda dz, z, root: (dz - z * _row_mean(dz * z)) / root),
            "dx lacks the route through the mean μ: changing x_j shifts the whole row.",
            DOWNSTREAM,
        ),
        Mistake(
            lambda x, gamma, dy, epsilon: norm_backward(x, np.ones_like(gamma), dy, epsilon),
            "dx lacks gamma: the gradient that arrives at z is gamma ⊙ dy.",
            DOWNSTREAM,
        ),
        Mistake(
            _with_dx(lambda dz, z, root: _closed(dz, z, root, share=z.shape[1])),
            "In dx you took sums over the row; each entry has only a 1/n share in μ and v.",
            DOWNSTREAM,
        ),
        Mistake(
            _by_columns,
            "You normalised each column; here each row, one sample, is normalised: axis 1.",
            SAMPLES,
        ),
        Mistake(
            _rows_kept,
            "dgamma and dbeta are not summed: all rows used the same gamma and beta.",
            BROADCAST,
        ),
        Mistake(
            lambda x, gamma, dy, epsilon: (
                norm_backward(x, gamma, dy, epsilon)[0],
                (dy * x).sum(axis=0),
                dy.sum(axis=0),
            ),
            "In dgamma each dy meets what gamma was multiplied by: z, not x.",
            INDICES,
        ),
    ),
)

EXERCISES = (relu, backward, copies, norm)
