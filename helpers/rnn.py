"""The settled tanh recurrent layer: ``init``, ``forward``, ``backward`` over a dict of arrays.

    h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h),   t = 1..T

Derived in notebook 04. Arrays are time-major and rows are samples: x (T, B, D), h (T, B, H), so
W x becomes ``x @ W.T``, and array index t−1 holds time step t. The floating type of the arguments
is kept (the wider one if they differ); complex arguments work, so the complex step does too.
"""

import numpy as np

from helpers import _door

CACHE = "x", "h", "params"
SHAPES = {"W_xh": ("H", "D"), "W_hh": ("H", "H"), "b_h": ("H",)}


def init(input_size, hidden_size, rng, *, dtype=float):
    """Draw new parameters, W_xh (H, D), W_hh (H, H), b_h (H,), for sizes D and H.

    Weights are uniform in ±1/√H, drawn from ``rng``, a numpy.random.Generator; biases are 0.
    """
    D, H = input_size, hidden_size
    limit = 1 / np.sqrt(H)
    return {
        "W_xh": rng.uniform(-limit, limit, (H, D)).astype(dtype),
        "W_hh": rng.uniform(-limit, limit, (H, H)).astype(dtype),
        "b_h": np.zeros(H, dtype),
    }


def forward(params, x, h0=None):
    """Return the states h (T, B, H), h_1 .. h_T, on inputs x (T, B, D), and a cache.

    The state before the first, h0 (B, H), is 0 by default. The cache, for ``backward``, holds x
    (not a copy: leave it as it is until then), h (T+1, B, H) from step 0, and a copy of ``params``;
    the h returned is a read-only view of it. TypeError or ValueError for an argument that is not
    an array of floats of its shape, or is empty.
    """
    sizes = {}
    W_xh, W_hh, b_h = _door.entries(params, SHAPES, sizes)
    x = _door.floating("x", x, ("T", "B", "D"), sizes)
    T, B, D, H = (sizes[letter] for letter in "TBDH")
    h0 = np.zeros((B, H), x.dtype) if h0 is None else _door.floating("h0", h0, (B, H))
    dtype = np.result_type(W_xh, W_hh, b_h, x, h0)

    # What the inputs bring to every step in one product; the loop adds what the past brings.
    a = (x.reshape(T * B, D) @ W_xh.T + b_h).astype(dtype, copy=False).reshape(T, B, H)
    h = np.empty((T + 1, B, H), dtype)
    h[0] = h0
    W_hhT = W_hh.T.astype(dtype, copy=False)
    past = np.empty((B, H), dtype)
    for t in range(1, T + 1):
        np.matmul(h[t - 1], W_hhT, out=past)
        past += a[t - 1]
        np.tanh(past, out=h[t])
    states = h[1:]
    states.flags.writeable = False
    kept = {name: np.array(value) for name, value in params.items()}
    return states, dict(zip(CACHE, (x, h, kept), strict=True))


def backward(params, cache, dh):
    """Backpropagate through time. Nothing that it is given is changed.

    ``params`` and ``cache`` are those of ``forward``; dh (T, B, H) is what arrives at each h_t from
    the losses that use it directly: what arrives from step t+1 is added here. Returns the gradients
    of the parameters, summed over steps and samples, under the keys of ``params``; dx (T, B, D);
    dh0 (B, H). TypeError or ValueError when dh is not an array of floats of its shape, or the
    parameters are not those of ``forward``, because they are others or were changed in place.
    """
    _door.keys("cache", cache, CACHE)
    x, h, before = (cache[key] for key in CACHE)
    T, B, D = x.shape
    H = h.shape[-1]
    sizes = {"T": T, "B": B, "D": D, "H": H}
    W_xh, W_hh, _ = _door.entries(params, SHAPES, sizes)
    _door.unchanged(params, before)
    dh = _door.floating("dh", dh, ("T", "B", "H"), sizes)
    dtype = np.result_type(h, dh)

    W_hh = W_hh.astype(dtype, copy=False)
    da = np.empty((T, B, H), dtype)
    dh_t = np.empty((B, H), dtype)
    carry = np.zeros((B, H), dtype)  # arrives from step t+1; nothing does at the last
    for t in range(T, 0, -1):
        np.add(dh[t - 1], carry, out=dh_t)
        da_t = da[t - 1]
        np.multiply(h[t], h[t], out=da_t)
        np.subtract(1, da_t, out=da_t)  # tanh' = 1 − h²
        da_t *= dh_t
        np.matmul(da_t, W_hh, out=carry)  # W_hhᵀ da of each row

    # The same weights serve every step and sample, so their gradients sum over both: one product.
    da, past = da.reshape(T * B, H), h[:-1].reshape(T * B, H)
    grads = {"W_xh": da.T @ x.reshape(T * B, D), "W_hh": da.T @ past, "b_h": da.sum(axis=0)}
    return grads, (da @ W_xh).reshape(T, B, D), carry
