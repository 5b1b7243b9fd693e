"""The settled LSTM layer: ``init``, ``forward``, ``backward`` over a dict of arrays.

    a_t = W_x x_t + W_h h_{t−1} + b          four blocks of H rows: i, f, g, o
    i, f, o = σ(a_i), σ(a_f), σ(a_o);   g = tanh(a_g)
    c_t = f ⊙ c_{t−1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

Hochreiter & Schmidhuber (1997) with the forget gate of Gers, Schmidhuber & Cummins (2000); derived
in notebook 06. The order of the blocks is PyTorch's, so weights carry over. Conventions are those
of ``helpers.rnn``: time-major, rows are samples, the floating type is kept, complex works.
"""

import numpy as np

from helpers import _door

CACHE = "x", "h", "c", "gates", "tanh_c", "params"
SHAPES = {"W_x": ("4H", "D"), "W_h": ("4H", "H"), "b": ("4H",)}


def init(input_size, hidden_size, rng, *, forget_bias=1.0, dtype=float):
    """Draw new parameters, W_x (4H, D), W_h (4H, H), b (4H,), for sizes D and H.

    Weights are uniform in ±1/√H, drawn from ``rng``, a numpy.random.Generator. Biases are 0 but
    for every forget gate's, ``forget_bias``: 1, so that a new cell keeps σ(1) ≈ 0.73 of its state
    each step rather than half (after Gers, Schmidhuber & Cummins 2000).
    """
    D, H = input_size, hidden_size
    limit = 1 / np.sqrt(H)
    b = np.zeros(4 * H, dtype)
    b[H : 2 * H] = forget_bias
    return {
        "W_x": rng.uniform(-limit, limit, (4 * H, D)).astype(dtype),
        "W_h": rng.uniform(-limit, limit, (4 * H, H)).astype(dtype),
        "b": b,
    }


def forward(params, x, h0=None, c0=None):
    """Return the states (h, c), each (T, B, H), steps 1 .. T, on inputs x (T, B, D), and a cache.

    The states before the first, h0 and c0 (B, H), are 0 by default. The cache, for ``backward``,
    holds x (not a copy: leave it as it is until then), h and c (T+1, B, H) from step 0, gates
    (T, B, 4H), tanh_c (T, B, H), and a copy of ``params``; the states returned are read-only views
    of it. TypeError or ValueError for an argument that is not an array of floats of its shape, or
    is empty.
    """
    sizes = {}
    W_x, W_h, b = _door.entries(params, SHAPES, sizes)
    x = _door.floating("x", x, ("T", "B", "D"), sizes)
    T, B, D, H = (sizes[letter] for letter in "TBDH")
    h0 = np.zeros((B, H), x.dtype) if h0 is None else _door.floating("h0", h0, (B, H))
    c0 = np.zeros((B, H), x.dtype) if c0 is None else _door.floating("c0", c0, (B, H))
    dtype = np.result_type(W_x, W_h, b, x, h0, c0)

    # σ(a) = ½ + ½ tanh(½ a) cannot overflow, and makes all four blocks one tanh:
    # gate = shift + scale · tanh(scale · a), with the inner scale taken into the weights.
    shift = _rows([0.5, 0.5, 0, 0.5], B, H, dtype)
    scale = 1 - shift
    W_xT, W_hT = W_x.T * scale[0], W_h.T * scale[0]
    gates = (x.reshape(T * B, D) @ W_xT).reshape(T, B, 4 * H)
    gates += scale[0] * b
    h, c = np.empty((T + 1, B, H), dtype), np.empty((T + 1, B, H), dtype)
    h[0], c[0] = h0, c0
    tanh_c = np.empty((T, B, H), dtype)
    past, ig = np.empty((B, 4 * H), dtype), np.empty((B, H), dtype)
    i, f, g, o = _blocks(gates)
    for t in range(1, T + 1):
        gate = gates[t - 1]
        np.matmul(h[t - 1], W_hT, out=past)
        gate += past
        np.tanh(gate, out=gate)
        gate *= scale
        gate += shift
        np.multiply(i[t - 1], g[t - 1], out=ig)
        c_t = np.multiply(f[t - 1], c[t - 1], out=c[t])
        c_t += ig
        s = np.tanh(c_t, out=tanh_c[t - 1])
        np.multiply(o[t - 1], s, out=h[t])
    states = h[1:], c[1:]
    for state in states:
        state.flags.writeable = False
    kept = {name: np.array(value) for name, value in params.items()}
    return states, dict(zip(CACHE, (x, h, c, gates, tanh_c, kept), strict=True))


def backward(params, cache, dh, dc=None):
    """Backpropagate through time. Nothing that it is given is changed.

    ``params`` and ``cache`` are those of ``forward``; dh (T, B, H) is what arrives at each h_t from
    the losses that use it directly (what arrives from step t+1 is added here), and dc likewise at
    each c_t, 0 by default. Returns the gradients of the parameters, summed over steps and samples,
    under the keys of ``params``; dx (T, B, D); dh0 and dc0 (B, H). TypeError or ValueError when dh
    or dc is not an array of floats of its shape, or the parameters are not those of ``forward``,
    because they are others or were changed in place.
    """
    _door.keys("cache", cache, CACHE)
    x, h, c, gates, tanh_c, before = (cache[key] for key in CACHE)
    T, B, D = x.shape
    H = h.shape[-1]
    sizes = {"T": T, "B": B, "D": D, "H": H}
    W_x, W_h, _ = _door.entries(params, SHAPES, sizes)
    _door.unchanged(params, before)
    dh = _door.floating("dh", dh, ("T", "B", "H"), sizes)
    dc = None if dc is None else _door.floating("dc", dc, ("T", "B", "H"), sizes)
    dtype = np.result_type(h, dh, h if dc is None else dc)

    W_h = W_h.astype(dtype, copy=False)
    # σ' = (1 − σ)(σ − 0) and tanh' = (1 − tanh)(tanh + 1): distances to the upper and lower bound.
    lower = _rows([0, 0, -1, 0], B, H, dtype)
    da = np.empty((T, B, 4 * H), dtype)
    dgate, above = np.empty((B, 4 * H), dtype), np.empty((B, 4 * H), dtype)
    di, df, dg, do = _blocks(dgate)
    dh_t, dtanh = np.empty((B, H), dtype), np.empty((B, H), dtype)
    dh_carry, dc_t = np.zeros((B, H), dtype), np.zeros((B, H), dtype)
    i, f, g, o = _blocks(gates)
    for t in range(T, 0, -1):
        gate, da_t, s = gates[t - 1], da[t - 1], tanh_c[t - 1]
        np.add(dh[t - 1], dh_carry, out=dh_t)
        # dc_t holds what the cell of step t+1 sent: dc_{t+1} ⊙ f_{t+1}.
        np.multiply(s, s, out=dtanh)
        np.subtract(1, dtanh, out=dtanh)
        dtanh *= o[t - 1]
        dtanh *= dh_t
        dc_t += dtanh
        if dc is not None:
            dc_t += dc[t - 1]
        np.multiply(dc_t, g[t - 1], out=di)
        np.multiply(dc_t, c[t - 1], out=df)
        np.multiply(dc_t, i[t - 1], out=dg)
        np.multiply(dh_t, s, out=do)
        np.subtract(1, gate, out=da_t)
        np.subtract(gate, lower, out=above)
        da_t *= above
        da_t *= dgate
        dc_t *= f[t - 1]
        np.matmul(da_t, W_h, out=dh_carry)

    # The same weights serve every step and sample, so their gradients sum over both: one product.
    da, past = da.reshape(T * B, 4 * H), h[:-1].reshape(T * B, H)
    grads = {"W_x": da.T @ x.reshape(T * B, D), "W_h": da.T @ past, "b": da.sum(axis=0)}
    return grads, (da @ W_x).reshape(T, B, D), dh_carry, dc_t


def _rows(constants, B, H, dtype):
    """Return B rows (B, 4H) of four constants, one a block; equal shapes add faster than a row."""
    return np.tile(np.repeat(np.array(constants, dtype), H), (B, 1))


def _blocks(rows):
    """Return views of the four gate blocks i, f, g, o of an array (..., 4H)."""
    H = rows.shape[-1] // 4
    return (rows[..., k * H : (k + 1) * H] for k in range(4))
