"""Exercises of notebook 12: convolution. One image, one kernel; the loops are ours."""

import contextlib
import itertools

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(11)
FORWARD = "Nine pixels, four weights"
BACKWARD = "Backward: who touched whom?"
PATTERNS = "Two patterns"
MANY = "Many images, many kernels, no loops"


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


def _normal(*shape, scale=1.0):
    return scale * _rng.normal(size=shape)


def whole(dy, w):
    """Return the input's shape."""
    return dy.shape[0] + w.shape[0] - 1, dy.shape[1] + w.shape[1] - 1


def over_images(one):
    """Return the function that sums ``one(image, upstream)`` over all pairs."""
    return lambda x, dy: sum(map(one, x, dy))


def scattered(dy, w, shape, step=1, keep=True):
    """Let each output add dy[i, j]·w to its window; without ``keep``, overwrite it."""
    dx = np.zeros(shape)
    for i, j in np.ndindex(dy.shape):
        a, b = i * step, j * step
        window = dx[a : a + w.shape[0], b : b + w.shape[1]]
        window[:] = keep * window + dy[i, j] * w
    return dx


def wrapped(dy, w, shape, step=1):
    """Sum dy[i, j]·w[p − i·step, q − j·step] with Python's negative indices."""
    dx = np.zeros(shape)
    for (p, q), (i, j) in itertools.product(np.ndindex(shape), np.ndindex(dy.shape)):
        with contextlib.suppress(IndexError):
            dx[p, q] += dy[i, j] * w[p - i * step, q - j * step]
    return dx


kernel = Exercise(
    number="12.1",
    title="the kernel's gradient, over all images",
    truth=over_images(slide),
    inputs=(
        (_normal(3, 4, 5), _normal(3, 3, 2)),
        (_normal(2, 3, 3), _normal(2, 2, 2)),
        (_normal(1, 2, 6, scale=1e-3), _normal(1, 1, 5, scale=1e3)),
        (_normal(4, 1, 1), _normal(4, 1, 1)),
    ),
    returns=("dw",),
    mistakes=(
        Mistake(
            over_images(lambda x, dy: slide(x, dy[::-1, ::-1])),
            "You turned dy by 180°: here both indices run the same way, nothing is turned.",
            PATTERNS,
        ),
        Mistake(
            over_images(lambda x, dy: slide(x, dy)[::-1, ::-1]),
            "Your result is turned by 180°: entry (a, b) pairs dy[i, j] with x[i + a, j + b].",
            PATTERNS,
        ),
        Mistake(
            over_images(lambda x, dy: slide(x[::-1, ::-1], dy)),
            "You turned the images by 180°: here both indices run the same way, nothing is turned.",
            PATTERNS,
        ),
        Mistake(
            over_images(lambda x, dy: slide(x, dy.T)),
            "You transposed dy: row i of dy belongs to the windows of row i, as it stands.",
            PATTERNS,
        ),
        Mistake(
            over_images(full),
            "You slid over a padded image; a weight never lay on pixels outside it.",
            PATTERNS,
        ),
        Mistake(
            lambda x, dy: over_images(slide)(x, dy) / dy[0].size,
            "You took the mean over the positions; shared weights sum.",
            PATTERNS,
        ),
        Mistake(
            lambda x, dy: over_images(slide)(x, dy) / len(x),
            "You took the mean over the images; the kernel is shared among them, and shared "
            "weights sum.",
            MANY,
        ),
        Mistake(
            lambda x, dy: np.stack(list(map(slide, x, dy))),
            "You kept one gradient per image; all images share one kernel, so they sum.",
            MANY,
        ),
        Mistake(
            lambda x, dy: slide(x.sum(axis=0), dy.sum(axis=0)),
            "You summed images and upstreams first, so each image also meets the upstreams of "
            "the others; slide first, then sum.",
            MANY,
        ),
    ),
)

TURN = (
    "If you slide over padded dy, turn the kernel (w[::-1, ::-1]); if you add dy[i, j]·w into "
    "windows, leave it as it is."
)

WRAPS = (
    "A negative index wraps round in Python; such weights do not exist: the row and the column "
    "of a weight must be 0 or more."
)

pixels = Exercise(
    number="12.2",
    title="the input's gradient",
    truth=lambda dy, w: full(dy, w[::-1, ::-1]),
    inputs=(
        (_normal(2, 3), _normal(2, 2)),
        (_normal(2, 2), _normal(2, 3)),
        (_normal(1, 1), _normal(3, 2)),
        (_normal(2, 1, scale=1e-3), _normal(1, 1)),
    ),
    returns=("dx",),
    mistakes=(
        Mistake(full, f"The kernel lies the wrong way round. {TURN}", PATTERNS),
        Mistake(
            lambda dy, w: full(dy, w[::-1]),
            f"The kernel's columns lie the wrong way round. {TURN}",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: full(dy, w[:, ::-1]),
            f"The kernel's rows lie the wrong way round. {TURN}",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: full(dy, w.T),
            "You transposed the kernel; turning by 180° reverses both axes, w[::-1, ::-1].",
            PATTERNS,
        ),
        Mistake(
            lambda dy, w: scattered(dy, w, whole(dy, w), keep=False),
            "Windows overlap, so a pixel collects from several outputs: += and not =.",
            BACKWARD,
        ),
        Mistake(
            lambda dy, w: wrapped(dy, w, whole(dy, w)),
            WRAPS,
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


TILED = "You laid copies of dy side by side (tile); each entry must become one block (repeat)"

pool = Exercise(
    number="12.3",
    title="back through average pooling",
    truth=pooled,
    inputs=(
        (_normal(2, 3), 2),
        (_normal(1, 2), 3),
        (_normal(3, 1), 1),
        (_normal(1, 1, scale=1e6), 4),
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
        Mistake(lambda dy, size: np.tile(dy, (size, size)) / size**2, f"{TILED}.", BACKWARD),
        Mistake(
            lambda dy, size: np.tile(dy, (size, size)),
            f"{TILED}, and each pixel gets a share of 1/size².",
            BACKWARD,
        ),
        Mistake(
            lambda dy, size: dy.repeat(size**2).reshape(len(dy) * size, -1) / size**2,
            "You repeated the entries in one long row, so a block lies flat instead of square: "
            "repeat along axis 0, then along axis 1.",
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


def strided_dw(w, x, dy, step):
    """Let each output add dy[i, j] times the window it saw."""
    dw = np.zeros(w.shape)
    for i, j in np.ndindex(dy.shape):
        a, b = i * step, j * step
        dw += dy[i, j] * x[a : a + w.shape[0], b : b + w.shape[1]]
    return dw


def strided_dx(w, x, dy, step):
    return full(spread(dy, step, x.shape, w.shape), w[::-1, ::-1])


def only_dx(wrong):
    """A wrong dx beside the right dw."""
    return lambda w, x, dy, step: (strided_dw(w, x, dy, step), wrong(w, x, dy, step))


def only_dw(wrong):
    """A wrong dw beside the right dx."""
    return lambda w, x, dy, step: (wrong(w, x, dy, step), strided_dx(w, x, dy, step))


def dilated(w, x, dy, step):
    dw, dx = np.zeros(w.shape), np.zeros(x.shape)
    for (i, j), (a, b) in itertools.product(np.ndindex(dy.shape), np.ndindex(w.shape)):
        dw[a, b] += dy[i, j] * x[i + a * step, j + b * step]
        dx[i + a * step, j + b * step] += dy[i, j] * w[a, b]
    return dw, dx


def repeated(w, x, dy, step):
    """Fill the places between the entries of dy with copies instead of zeros."""
    high, wide = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    copies = np.kron(dy, np.ones((step, step)))[:high, :wide]
    dx = np.zeros(x.shape)
    small = full(copies, w[::-1, ::-1])
    dx[: small.shape[0], : small.shape[1]] = small
    return dx


def floored(w, x, dy, step):
    """Ask each pixel which output it met under each weight, rounding down."""
    dx = np.zeros(x.shape)
    for (p, q), (a, b) in itertools.product(np.ndindex(x.shape), np.ndindex(w.shape)):
        i, j = (p - a) // step, (q - b) // step
        if 0 <= i < dy.shape[0] and 0 <= j < dy.shape[1]:
            dx[p, q] += dy[i, j] * w[a, b]
    return dx


def last_window(w, x, dy, step):
    kept = np.zeros(dy.shape)
    kept[-1, -1] = dy[-1, -1]
    return strided_dw(w, x, kept, step)


NO_STEP = "You ignored the stride: output (i, j) saw the window that starts at (i·step, j·step)"

stride = Exercise(
    number="12.4",
    title="a stride larger than 1",
    truth=lambda w, x, dy, step: (strided_dw(w, x, dy, step), strided_dx(w, x, dy, step)),
    inputs=(
        (_normal(2, 3), _normal(5, 7), _normal(2, 3), 2),
        (_normal(3, 3), _normal(6, 7), _normal(2, 3), 2),
        (_normal(2, 2), _normal(4, 3), _normal(3, 2), 1),
        (_normal(1, 2), _normal(2, 9), _normal(1, 3), 3),
    ),
    returns=("dw", "dx"),
    mistakes=(
        Mistake(
            lambda w, x, dy, step: (
                slide(x, dy)[: w.shape[0], : w.shape[1]],
                scattered(dy, w, x.shape),
            ),
            f"{NO_STEP}.",
            FORWARD,
        ),
        Mistake(
            only_dx(lambda w, x, dy, step: scattered(dy, w, x.shape)),
            f"{NO_STEP}; your dx does not know of it.",
            FORWARD,
        ),
        Mistake(
            only_dw(lambda w, x, dy, step: slide(x, dy)[: w.shape[0], : w.shape[1]]),
            f"{NO_STEP}; your dw does not know of it.",
            FORWARD,
        ),
        Mistake(
            dilated,
            "The stride belongs to the output's index: weight (a, b) saw pixel (i·step + a, "
            "j·step + b), not (i + a·step, j + b·step).",
            FORWARD,
        ),
        Mistake(
            only_dx(lambda w, x, dy, step: scattered(dy, w, x.shape, step, keep=False)),
            "In dx windows overlap, so a pixel collects from several outputs: += and not =.",
            BACKWARD,
        ),
        Mistake(
            only_dx(lambda w, x, dy, step: scattered(dy, w[::-1, ::-1], x.shape, step)),
            f"In dx the kernel lies the wrong way round. {TURN}",
            PATTERNS,
        ),
        Mistake(
            only_dx(floored),
            "In dx, pixel p was under weight a only if p − a is divisible by step; rounding down "
            "finds outputs that never saw it.",
            PATTERNS,
        ),
        Mistake(
            only_dx(lambda w, x, dy, step: wrapped(dy, w, x.shape, step)),
            WRAPS,
            PATTERNS,
        ),
        Mistake(
            only_dx(repeated),
            "Between the entries of dy belong zeros, not copies: at those places there is no "
            "output.",
            PATTERNS,
        ),
        Mistake(
            only_dx(lambda w, x, dy, step: strided_dx(w, x, dy, step) / step**2),
            "There is no factor 1/step²: each output counts whole, there are only fewer of them.",
            PATTERNS,
        ),
        Mistake(
            only_dw(last_window),
            "Your dw keeps the last window only; a shared weight collects from all: += and not =.",
            PATTERNS,
        ),
    ),
)

EXERCISES = (kernel, pixels, pool, stride)
