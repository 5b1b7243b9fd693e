"""Do ReLU units that start dead cost anything?

The two-layer network of notebook 02, 32 units, on its two spirals, 2,000 steps of plain descent.
Varied: where the ``biases`` start, all at −3, spread between −2 and 2, or all at 0, the control
for "living units are enough". At 0 the lines where units switch all cross at the centre of the
spirals; ``off centre`` they all cross at (1, 1), the control for "it is enough that they cross".
Held equal: the weights of a seed, and the samples.

Columns: ``dead`` the units that are positive for no sample at the start, ``loss`` at the end.
"""

import numpy as np

from experiments.small_start import spirals

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
SETTINGS = [{"biases": name} for name in ("at -3", "spread", "at 0", "off centre")]
CHEAP = [(0, {"biases": "at -3"})]
H, STEPS, RATE = 32, 2000, 0.02


def run(seed, biases):
    """Train one network."""
    x, q = spirals(np.random.default_rng(0))
    rng = np.random.default_rng(seed)
    W, v = rng.normal(size=(H, 2)), rng.normal(size=(1, H)) / np.sqrt(H) / 2
    b = {
        "at -3": np.full(H, -3.0),
        "spread": rng.uniform(-2, 2, size=H),
        "at 0": np.zeros(H),
        "off centre": -W @ np.ones(2),  # a = 0 at (1, 1)
    }[biases]
    c = np.zeros(1)
    for step in range(STEPS + 1):
        a = x @ W.T + b  # (N, H)
        h = np.maximum(a, 0)
        if step == 0:
            dead = (a <= 0).all(axis=0).sum()
        dy = (h @ v.T + c - q) / len(x)  # (N, 1)
        if step == STEPS:
            return {"dead": dead, "loss": len(x) * (dy**2).sum() / 2}
        da = (h > 0) * (dy @ v)
        W, b = W - RATE * da.T @ x, b - RATE * da.sum(axis=0)
        v, c = v - RATE * dy.T @ h, c - RATE * dy.sum(axis=0)
