"""Ten ReLU layers on two spirals: how large must their weights start for descent to get away?

The network: 2 inputs, ten layers of 32 units, one output; 100 samples, the same for all seeds; 800
steps of descent. Varied: ``g``, the weights being normal with standard deviation g / √n, n the
number of inputs of their layer, and biases 0; and the ``rate``, tenfold as the control for "it only
needs longer steps". ``start`` default is what PyTorch's nn.Linear draws: weights and biases uniform
between ± 1 / √n, so that g is 1 / √3; default weights has its biases at 0, the control for "its
weights are too small". ``descent`` is plain, or Adam at PyTorch's default rate, .001: the control
for "whatever the optimiser". Held equal: samples, layers, steps.

Columns: ``end`` the last loss (mean square of the error, halved; .5 is to answer 0 always; inf if
it overflowed); ``away`` which loss, counted from 1, is the first below .45, 0 if none is;
``growth`` the norm of all weights' gradients then, relative to the first one's.
"""

from itertools import pairwise

import numpy as np

from helpers.training import SGD, Adam

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
SETTINGS = [
    {"start": start, "g": g, "rate": rate, "descent": descent}
    for start, g in (
        ("default", 0.577),
        ("default weights", 0.577),
        ("normal", 0.7),
        ("normal", 1.4),
    )
    for rate, descent in ((0.02, "plain"), (0.2, "plain"), (0.001, "Adam"))
]
CHEAP = [
    (0, {"start": "normal", "g": 0.7, "rate": 0.02, "descent": "plain"}),
    (0, {"start": "default", "g": 0.577, "rate": 0.001, "descent": "Adam"}),
]
N, DEPTH, n, STEPS = 100, 10, 32, 800


def run(seed, start, g, rate, descent):
    """Train one network."""
    optimiser = {"plain": SGD, "Adam": Adam}[descent](rate)
    x, q = spirals(np.random.default_rng(0))
    W, b = begin(start, g, np.random.default_rng(seed))
    losses, norms = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS):
            loss, dW, db = gradients(W, b, x, q)
            losses.append(loss)
            norms.append(np.sqrt(sum((dw**2).sum() for dw in dW)))
            params = optimiser.step(dict(enumerate([*W, *b])), dict(enumerate([*dW, *db])))
            W, b = [params[k] for k in range(len(W))], [params[len(W) + k] for k in range(len(b))]
            if not np.isfinite(loss):
                break
    below = np.flatnonzero(np.array(losses) < 0.45)
    return {
        "end": losses[-1] if np.isfinite(losses[-1]) else np.inf,
        "away": below[0] + 1 if below.size else 0,
        "growth": norms[below[0]] / norms[0] if below.size else 0.0,
    }


def spirals(rng):
    """Return the two spirals of notebook 02: inputs (N, 2), which arm (N, 1)."""
    u = rng.uniform(size=N)
    q = np.where(np.arange(N) % 2, 1.0, -1.0)
    radius, angle = q * (0.75 + 2.25 * u), 2.5 * np.pi * u
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + 0.09 * rng.normal(size=(N, 2)), q[:, None]


def begin(start, g, rng):
    """Return starting weights and biases of all layers, the output's last."""
    sizes = [2, *[n] * DEPTH, 1]
    shapes = [(m, k) for k, m in pairwise(sizes)]
    if start == "normal":
        return [g / np.sqrt(k) * rng.normal(size=(m, k)) for m, k in shapes], [
            np.zeros(m) for m, _ in shapes
        ]
    W = [rng.uniform(-1, 1, size=shape) / np.sqrt(shape[1]) for shape in shapes]
    b = [rng.uniform(-1, 1, size=m) / np.sqrt(k) for m, k in shapes]
    return W, b if start == "default" else [np.zeros(m) for m, _ in shapes]


def gradients(W, b, x, q):
    """Return the loss and its gradients for the weights and biases of every layer."""
    h = [x / 1.4]  # inputs of size about 1
    for w, c in zip(W[:-1], b[:-1], strict=True):
        h.append(np.maximum(h[-1] @ w.T + c, 0))
    dy = h[-1] @ W[-1].T + b[-1] - q
    da, dW, db = dy / len(x), [], []
    for k in range(len(W) - 1, -1, -1):
        dW.append(da.T @ h[k])
        db.append(da.sum(axis=0))
        da = (da @ W[k]) * (h[k] > 0)
    return (dy**2).mean() / 2, dW[::-1], db[::-1]
