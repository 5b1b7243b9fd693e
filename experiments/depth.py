"""What reaches the first of ten layers, and does it depend on where one looks?

Ten layers of 16 units over T steps and 8 sequences, before training. A gradient of norm 1 arrives
at the top, at the last step only, in a random direction. Varied: the layers (``rnn``; ``rnn
orthogonal``: W_xh; ``lstm 1`` and ``lstm 5``: forget bias; ``lstm 5 orthogonal``: each of the four
blocks of W_x), a skip connection around every layer, and T: cells hand a gradient to earlier steps,
and what would go to steps before the first is not seen. The RNN and the orthogonal starts are the
controls for "because of the gates", T for "lost".

Columns: ``steps`` the norm that arrives at the input of the first layer, over all steps;
``last_step`` the part of it at the last step only.
"""

import numpy as np

from helpers import lstm, rnn, spectra

SEEDS = range(40)
LAYERS = ["rnn", "rnn orthogonal", "lstm 1", "lstm 5", "lstm 5 orthogonal"]
SETTINGS = [
    {"layer": layer, "skip": skip, "T": T} for layer in LAYERS for skip in (0, 1) for T in (20, 100)
]
CHEAP = [(0, {"layer": "lstm 5", "skip": 0, "T": 20})]
H, B, LAYERS_HIGH = 16, 8, 10


def run(seed, layer, skip, T):
    """Send one gradient down one stack."""
    rng = np.random.default_rng(seed)
    below, stack = rng.standard_normal((T, B, H)), []
    model = rnn if layer.startswith("rnn") else lstm
    for _ in range(LAYERS_HIGH):
        params = draw(layer, rng)
        out, cache = model.forward(params, below)
        out = out if model is rnn else out[0]  # h of (h, c)
        stack.append((params, cache))
        below = below + out if skip else out
    dh = np.zeros((T, B, H))
    dh[-1] = rng.standard_normal((B, H))
    dh /= np.linalg.norm(dh)
    for params, cache in reversed(stack):
        dx = model.backward(params, cache, dh)[1]
        dh = dh + dx if skip else dx
    return {"steps": np.linalg.norm(dh), "last_step": np.linalg.norm(dh[-1])}


def draw(layer, rng):
    """Return the parameters of one layer of this kind."""
    if layer.startswith("rnn"):
        params = rnn.init(H, H, rng)
        return params | {"W_xh": spectra.orthogonal(H, rng)} if "orth" in layer else params
    params = lstm.init(H, H, rng, forget_bias=float(layer.split()[1]))
    if "orth" in layer:
        params["W_x"] = np.concatenate([spectra.orthogonal(H, rng) for _ in range(4)])
    return params
