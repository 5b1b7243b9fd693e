"""Exercises of notebook 11: convolution. One image, one kernel; the loops are ours."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(11)
FORWARD = "Nine pixels, four weights"
NAME = "A word about the name"
BACKWARD = "Backward: who touched whom?"
PATTERNS = "Two patterns"


def slide(x, w, step=1):
    """Cross-correlate, moving ``step`` pixels at a time."""
    rows = (x.shape[0] - w.shape[0]) // step + 1
    columns = (x.shape[1] - w.shape[1]) // step + 1
    y = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        a, b = i * step, j * step
        y[i, j] = (w * x[a : a + w.shape[0], b : b + w.shape[1]]).sum()
    return y


def full(dy, w):
    """Slide over dy among zeros, the kernel as it is."""
    return slide(np.pad(dy, [(size - 1, size - 1) for size in w.shape]), w)


def spread(dy, step, x_shape, w_shape):
    """Put ``step`` − 1 zeros between the entries of dy."""
    wide = np.zeros((x_shape[0] - w_shape[0] + 1, x_shape[1] - w_shape[1] + 1))
    wide[::step, ::step][: dy.shape[0], : dy.shape[1]] = dy
    return wide


def _image(rows, columns, scale=1.0):
    return scale * _rng.normal(size=(rows, columns))


kernel = Exercise(
    number="11.1",
    title="the kernel's gradient",
    truth=lambda x, dy: slide(x, dy),
    inputs=(
        (_image(4, 5), _image(3, 3)),
        (_image(3, 3), _image(2, 2)),
        (_image(2, 6, 1e-3), _image(1, 5, 1e3)),
        (_image(1, 1), _image(1, 1)),
    ),
    returns=("dw",),
    mistakes=(
        Mistake(
            lambda x, dy: slide(x, dy[::-1, ::-1]),
            "You turned dy by 180°: here both indices run the same way, nothing is turned.",
            PATTERNS,
        ),
        Mistake(
            lambda x, dy: slide(x, dy)[::-1, ::-1],
            "Your result is turned by 180°: entry (a, b) pairs dy[i, j] with x[i + a, j + b].",
            PATTERNS,
        ),
        Mistake(
            lambda x, dy: full(x, dy),
            "You slid over a padded image; a weight never lay on pixels outside it.",
            PATTERNS,
        ),
        Mistake(
            lambda x, dy: slide(x, dy) / dy.size,
            "You took the mean over the positions; shared weights sum.",
            PATTERNS,
        ),
    ),
)

pixels = Exercise(
    number="11.2",
    title="the input's gradient",
    truth=lambda dy, w: full(dy, w[::-1, ::-1]),
    inputs=(
        (_image(2, 3), _image(2, 2)),
        (_image(2, 2), _image(2, 3)),
        (_image(1, 1), _image(3, 2)),
        (_image(4, 1, 1e-3), _image(1, 1)),
    ),
    returns=("dx",),
    mistakes=(
        Mistake(
            lambda dy, w: full(dy, w),
            "The kernel is not turned: a pixel meets the weights in reversed order.",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: full(dy, w.T),
            "You transposed the kernel; turning by 180° reverses both axes, w[::-1, ::-1].",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: full(dy, w[::-1]),
            "You reversed the rows only; turning by 180° reverses both axes.",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: full(dy, w[:, ::-1]),
            "You reversed the columns only; turning by 180° reverses both axes.",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: slide(np.pad(dy, 1), w[::-1, ::-1]),
            "A border of 1 zero fits kernels of size 2 only; it takes the kernel's size minus 1.",
            PATTERNS,
        ),
    ),
)


def pooled(dy, size):
    return np.kron(dy, np.ones((size, size))) / size**2


pool = Exercise(
    number="11.3",
    title="back through average pooling",
    truth=pooled,
    inputs=(
        (_image(2, 3), 2),
        (_image(1, 2), 3),
        (_image(3, 1), 1),
        (_image(1, 1, 1e6), 4),
    ),
    returns=("dx",),
    mistakes=(
        Mistake(
            lambda dy, size: pooled(dy, size) * size**2,
            "Each pixel went into the average with weight 1/size², so it gets that share.",
            BACKWARD,
        ),
        Mistake(
            lambda dy, size: pooled(dy, size) * size,
            "You divided by size; an average over a square divides by size².",
            BACKWARD,
        ),
        Mistake(
            lambda dy, size: np.tile(dy, (size, size)) / size**2,
            "You laid copies of dy side by side (tile); each entry must become one block (repeat).",
            BACKWARD,
        ),
        Mistake(
            lambda dy, size: np.kron(dy, np.pad([[1.0]], ((0, size - 1), (0, size - 1)))),
            "You gave everything to one pixel of each block, as max pooling would; the average "
            "used all of them.",
            BACKWARD,
        ),
    ),
)


def strided(dy, w, x_shape, step):
    wide = spread(dy, step, x_shape, w.shape)
    return full(wide, w[::-1, ::-1])


def _no_spread(dy, w, x_shape, step):
    dx = np.zeros(x_shape)
    small = full(dy, w[::-1, ::-1])[: x_shape[0], : x_shape[1]]
    dx[: small.shape[0], : small.shape[1]] = small
    return dx


def _overwritten(dy, w, x_shape, step):
    dx = np.zeros(x_shape)
    for i, j in np.ndindex(dy.shape):
        a, b = i * step, j * step
        dx[a : a + w.shape[0], b : b + w.shape[1]] = dy[i, j] * w
    return dx


stride = Exercise(
    number="11.4",
    title="a stride larger than 1",
    truth=strided,
    inputs=(
        (_image(2, 3), _image(3, 2), (5, 6), 2),
        (_image(2, 2), _image(3, 3), (6, 5), 2),
        (_image(3, 2), _image(2, 2), (4, 3), 1),
        (_image(1, 2), _image(1, 4), (2, 8), 3),
    ),
    returns=("dx",),
    mistakes=(
        Mistake(
            _no_spread,
            "You ignored the stride: output (i, j) saw the window that starts at pixel "
            "(i·step, j·step).",
            FORWARD,
        ),
        Mistake(
            _overwritten,
            "Windows overlap, so a pixel collects from several outputs: += and not =.",
            BACKWARD,
        ),
        Mistake(
            lambda dy, w, x_shape, step: full(spread(dy, step, x_shape, w.shape), w),
            "The kernel is turned the wrong way: the window got dy[i, j] times w as it lies.",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w, x_shape, step: strided(dy, w, x_shape, step) / step**2,
            "There is no factor 1/step²: each output counts whole, there are only fewer of them.",
            PATTERNS,
        ),
    ),
)

EXERCISES = (kernel, pixels, pool, stride)
