"""How much of a gradient is left after a hundred steps, RNN and LSTM, each with several starts?

16 units, 8 inputs drawn N(0, inputs²), 100 steps, the networks as they are before training. Varied:
the start (an RNN with weights uniform in ±1/√H or with an orthogonal W_hh, an LSTM with forget bias
0, 1, 2, ln 9 or 5), the gain that multiplies all weights (not the forget bias), and the size of the
inputs. Held equal: the inputs of a seed. The default start of the RNN is the control for "the LSTM
keeps more": an orthogonal one is the better RNN.

Columns: ``norm`` the largest factor by which a gradient is multiplied over 100 steps, ‖∂s_T/∂s_0‖
of the whole state s, h or (c, h); ``h_to_h`` the same for ∂h_T/∂h_0, c_0 held; ``c_to_c`` for
∂c_T/∂c_0, h_0 held, to be compared with ``line``, the largest product of one unit's forget gates
(both 0 for an RNN); ``flat`` the share of slopes, or of forget gates' slopes, below half of their
largest.
"""

import numpy as np

from helpers import lstm, rnn, spectra

SEEDS = range(30)
STARTS = ["rnn", "rnn orthogonal", "lstm 0", "lstm 1", "lstm 2", "lstm ln 9", "lstm 5"]
SETTINGS = [
    {"start": start, "gain": gain, "inputs": inputs}
    for start in STARTS
    for gain, inputs in [
        (1.0, 1.0),
        (1.5, 1.0),
        (2.0, 1.0),
        (3.0, 1.0),
        (4.5, 1.0),
        (6.0, 1.0),
        (10.0, 1.0),
        (1.0, 0.1),
    ]
]
CHEAP = [
    (0, {"start": "rnn orthogonal", "gain": 1.0, "inputs": 1.0}),
    (0, {"start": "lstm 5", "gain": 1.0, "inputs": 1.0}),
]
H, D, T = 16, 8, 100


def run(seed, start, gain, inputs):
    """Follow the Jacobian of one network back over all its steps."""
    rng = np.random.default_rng(seed)
    x = inputs * rng.standard_normal((T, 1, D))
    if start.startswith("rnn"):
        params = rnn.init(D, H, rng)
        if start == "rnn orthogonal":
            params["W_hh"] = spectra.orthogonal(H, rng)
        factors, slopes = rnn_factors({k: gain * w for k, w in params.items()}, x)
        norm = h_to_h = size(factors)
        flat = (slopes < 0.5).mean()
        return {"norm": norm, "h_to_h": h_to_h, "c_to_c": 0.0, "line": 0.0, "flat": flat}
    params = {k: gain * w for k, w in lstm.init(D, H, rng, forget_bias=0.0).items()}
    params["b"][H : 2 * H] = np.log(9) if start == "lstm ln 9" else float(start.split()[1])
    factors, f = lstm_factors(params, x)
    return {
        "norm": size(factors),
        "h_to_h": size(factors, slice(H, 2 * H)),
        "c_to_c": size(factors, slice(H)),
        "line": f.prod(axis=0).max(),
        "flat": (f * (1 - f) < 0.125).mean(),
    }


def rnn_factors(params, x):
    """Return the Jacobians ∂h_t/∂h_{t−1} (T, H, H), latest first, and the slopes (T, H)."""
    drive = x[:, 0] @ params["W_xh"].T + params["b_h"]
    slopes = spectra.trajectory(params["W_hh"], drive)[1][::-1]
    return slopes[:, :, None] * params["W_hh"], slopes


def lstm_factors(params, x):
    """Return the Jacobians ∂(c_t, h_t)/∂(c_{t−1}, h_{t−1}) (T, 2H, 2H), and the gates f (T, H)."""
    cache = lstm.forward(params, x)[1]
    i, f, g, o = np.moveaxis(cache["gates"][:, 0].reshape(T, 4, H), 1, 0)  # (T, H) each
    W_hi, W_hf, W_hg, W_ho = params["W_h"].reshape(4, H, H)
    c, s = cache["c"][:-1, 0], cache["tanh_c"][:, 0]  # c_{t−1}, tanh c_t
    rows = (c * f * (1 - f), g * i * (1 - i), i * (1 - g**2), s * o * (1 - o), o * (1 - s**2))
    to_f, to_i, to_g, to_o, D_t = (row[:, :, None] for row in rows)
    B = to_f * W_hf + to_i * W_hi + to_g * W_hg  # (T, H, H)
    keep = f[:, :, None] * np.eye(H)
    to_c, to_h = (
        np.concatenate([keep, B], 2),
        np.concatenate([D_t * keep, D_t * B + to_o * W_ho], 2),
    )
    return np.concatenate([to_c, to_h], 1)[::-1], f


def size(factors, block=slice(None)):
    """Return the norm of a block of the product of all factors, without overflow or underflow."""
    product, exponent = np.eye(factors.shape[-1]), 0
    for factor in factors:
        product = product @ factor
        shift = int(np.frexp(np.abs(product).max())[1])
        product, exponent = product * 2.0**-shift, exponent + shift
    return float(np.ldexp(np.linalg.norm(product[block, block], 2), exponent))
