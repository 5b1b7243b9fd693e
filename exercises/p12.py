"""Exercises of page 12: convolution. Images and kernels (rows, columns); the loops are ours."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def kernel_gradient(x, dy):
    rows, columns = dy.shape[1:]
    dw = np.zeros((x.shape[1] - rows + 1, x.shape[2] - columns + 1))
    for a, b in np.ndindex(dw.shape):
        dw[a, b] = (dy * x[:, a : a + rows, b : b + columns]).sum()
    return dw


def slide(x, w):
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = (w * x[i : i + w.shape[0], j : j + w.shape[1]]).sum()
    return y


def pad(dy, A, B):
    return np.pad(dy, [(0, 0)] * (dy.ndim - 2) + [(A - 1, A - 1), (B - 1, B - 1)])


def _images(rng):
    for N, rows, columns, A, B, s in sizes(
        (1, 1, 1, 1, 1), (3, 2, 3, 1, 2), (2, 2, 2, 2, 2), (1, 1, 5, 2, 2), (4, 1, 1, 3, 2),
        (2, 3, 2, 2, 3), (3, 2, 1, 3, 1), (2, 1, 2, 1, 1), (2, 3, 3, 2, 1),
    ):  # fmt: skip
        args = normal(rng, N, rows + A - 1, columns + B - 1), normal(rng, N, rows, columns, scale=s)
        yield from awkward(args, 0, 1) if s == 1 and N == 3 else (args,)


e1 = Exercise(
    "12.1", kernel_gradient, _images, returns="dw", shown="a b rows=dy.shape[1] columns=dy.shape[2]"
)


def pixel_gradient(dy, w):
    A, B = w.shape
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    for i, j in np.ndindex(dy.shape):
        dx[i : i + A, j : j + B] += dy[i, j] * w
    return dx


def _kernels(rng):
    for rows, columns, A, B, s in sizes(
        (1, 1, 1, 1), (2, 3, 2, 2), (2, 2, 2, 3), (1, 1, 3, 2), (2, 1, 1, 1), (3, 4, 3, 1),
        (3, 3, 3, 3), (2, 4, 3, 4), (4, 2, 1, 2),
    ):  # fmt: skip
        args = normal(rng, rows, columns, scale=s), normal(rng, A, B)
        yield from awkward(args, 0, 1) if s == 1 and rows == 2 else (args,)


e2 = Exercise("12.2", pixel_gradient, _kernels, returns="dx", shown="i j A=w.shape[0] B=w.shape[1]")


def pool_gradient(dy, size):
    blocks = dy.repeat(size, axis=0).repeat(size, axis=1)
    return blocks / size**2


def _pools(rng):
    for rows, columns, size, s in sizes(
        (1, 1, 1), (2, 3, 2), (1, 2, 3), (3, 1, 1), (1, 1, 4), (3, 2, 2), (2, 2, 3), (4, 3, 2),
        scales=(1.0, 1e-3, 1e6, 0.1),
    ):  # fmt: skip
        args = s * rng.normal(size=(rows, columns)), size
        yield from awkward(args, 0) if s == 1 and size == 2 else (args,)


e3 = Exercise("12.3", pool_gradient, _pools, returns="dx")


def strided(w, x, dy, step):
    dw = np.zeros(w.shape)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        rows, columns = slice(p, p + w.shape[0]), slice(q, q + w.shape[1])
        dw += dy[i, j] * x[rows, columns]
        dx[rows, columns] += dy[i, j] * w
    return dw, dx


def by_pixels(w, x, dy, step, find):
    """Sum over all weights, or all outputs, that ``find`` gives a pixel; dw as it should be."""
    dx = np.zeros(x.shape)
    for p, q in np.ndindex(x.shape):
        for i, j, a, b in find(p, q, step, w.shape, dy.shape):
            dx[p, q] += dy[i, j] * w[a, b]
    return strided(w, x, dy, step)[0], dx


def _floored(p, q, step, weights, outputs):
    for a, b in np.ndindex(weights):
        i, j = (p - a) // step, (q - b) // step
        if 0 <= i < outputs[0] and 0 <= j < outputs[1]:
            yield i, j, a, b


def _negative(p, q, step, weights, outputs, low=True):
    """Find weights by Python's negative indices; ``low``: down to −size, else until one stops."""
    for i, j in np.ndindex(outputs):
        a, b = p - i * step, q - j * step
        if a < weights[0] and b < weights[1]:
            if not low or (a >= -weights[0] and b >= -weights[1]):
                yield i, j, a, b


def dilated(w, x, dy, step, inside=lambda p, q, x: p < len(x) and q < x.shape[1]):
    dw, dx = np.zeros(w.shape), np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        for a, b in np.ndindex(w.shape):
            p, q = i + a * step, j + b * step
            if inside(p, q, x):
                dw[a, b] += dy[i, j] * x[p, q]
                dx[p, q] += dy[i, j] * w[a, b]
    return dw, dx


def _strides(rng):
    for A, B, rows, columns, more, step, s in sizes(
        (1, 1, 1, 1, 0, 1), (2, 3, 2, 3, 0, 2), (3, 3, 2, 3, 1, 2), (2, 2, 3, 2, 0, 1),
        (1, 2, 1, 3, 0, 3), (1, 1, 2, 2, 1, 2), (3, 2, 2, 2, 1, 3), (2, 4, 3, 2, 0, 2),
        (3, 3, 3, 1, 0, 2),
    ):  # fmt: skip
        x = normal(rng, (rows - 1) * step + A + more, (columns - 1) * step + B + more)
        args = normal(rng, A, B), x, normal(rng, rows, columns, scale=s), step
        yield from awkward(args, 0, 1, 2) if s == 1 and A == 2 else (args,)


e4 = Exercise("12.4", strided, _strides, returns=("dw", "dx"), shown="i j p=i*step q=j*step")
