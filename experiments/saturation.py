"""Do large weights stop a gradient, or weaken it, or make it larger?

One layer of 100 units with 100 inputs of size 1 for 200 samples; a random upstream gradient.
Varied: the activation, and the size of the weights (1, .3, .1; .1 is 1/√n). Held equal: inputs,
directions of the weights and upstream of a seed. ``linear`` is the control for "the slopes take
it".

Columns: ``flat`` the share of slopes below .01 (for a sigmoid; below 1/25 of the largest for any);
``slope`` the mean slope; ``dx``, ``dW``, ``da`` the size (root mean square) of the gradient at the
inputs, at the weights (mean over the samples) and at the pre-activations, the upstream's size being
1; ``spread`` how much an output differs from sample to sample (standard deviation).
"""

import numpy as np

SEEDS = range(20)
SETTINGS = [
    {"activation": activation, "size": size}
    for activation in ("sigmoid", "tanh", "linear")
    for size in (1.0, 0.3, 0.1)
]
CHEAP = [(0, {"activation": "sigmoid", "size": 1.0})]
ACTIVATIONS = {  # f(a), f'(a) from h = f(a), the largest slope
    "sigmoid": (lambda a: (1 + np.tanh(a / 2)) / 2, lambda h: h * (1 - h), 0.25),
    "tanh": (np.tanh, lambda h: 1 - h * h, 1.0),
    "linear": (lambda a: a, np.ones_like, 1.0),
}
N, n = 200, 100


def run(seed, activation, size):
    """Send one gradient back through one layer."""
    rng = np.random.default_rng(seed)
    x, W = rng.normal(size=(N, n)), size * rng.normal(size=(n, n))
    f, f_slope, largest = ACTIVATIONS[activation]
    h = f(x @ W.T)  # (N, m)
    slope, dh = f_slope(h), rng.normal(size=(N, n))
    da = slope * dh
    return {
        "flat": (slope < largest / 25).mean(),
        "slope": slope.mean(),
        "dx": rms(da @ W) / rms(dh),
        "dW": rms(da.T @ x / N) / rms(dh),
        "da": rms(da) / rms(dh),
        "spread": h.std(axis=0).mean(),
    }


def rms(values):
    """Return the root of the mean square."""
    return np.sqrt((values**2).mean())
