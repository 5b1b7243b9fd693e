"""Exercises of page 11: eight backward passes to mend.

One healthy pass for each kind of cell serves them all. The first slip of a patient is the patient
as it came in; what can befall any pass of its kind follows, from the tables 11.lstm and 11.rnn.
"""

from functools import partial

import numpy as np

from exercises.inputs import normal, sigma, sizes
from exercises.slips import Exercise, listed


def lstm_back(p, x, states, dh):
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t]) ** 2) + from_c
        da[t] = gates_back(dh_t, dc_t, c[t - 1], c[t], i[t], f[t], g[t], o[t])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    a = np.array([da[t] for t in sorted(da)])  # (T, 4H)
    W_x = a.T @ x[1:]
    W_h = a.T @ np.array([h[t - 1] for t in sorted(da)])
    b = a.sum(axis=0)
    return {"a": a, "W_x": W_x, "W_h": W_h, "b": b}


def gates_back(dh_t, dc_t, c_past, c_t, i, f, g, o):
    da_i = dc_t * g * i * (1 - i)
    da_f = dc_t * c_past * f * (1 - f)
    da_g = dc_t * i * (1 - g**2)
    da_o = dh_t * np.tanh(c_t) * o * (1 - o)
    return np.concatenate([da_i, da_f, da_g, da_o])


def rnn_back(p, x, states, dh):
    (h,) = states
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t] ** 2) * (dh[t] + carry)  # (H,) or (B, H)
        carry = da[t] @ p["W_hh"]
    a = np.array([da[t] for t in sorted(da)])
    rows = a.reshape(-1, len(p["W_hh"]))  # all steps, of all samples
    W_xh = rows.T @ x[1:].reshape(len(rows), -1)
    W_hh = rows.T @ np.array([h[t - 1] for t in sorted(da)]).reshape(rows.shape)
    b_h = rows.sum(axis=0)
    return {"a": a, "W_xh": W_xh, "W_hh": W_hh, "b_h": b_h}


def fed(a, i, f, o, at=3):
    """Return what slopes of the sigmoid at pre-activations a (4H,) change in da_t."""
    a = np.split(a, 4)
    wrong = (sigma(v) * (1 - sigma(v)) for v in (a[0], a[1], a[at]))
    ratios = [w / (s * (1 - s)) for w, s in zip(wrong, (i, f, o), strict=True)]
    return np.concatenate([*ratios[:2], 1 + 0 * i, ratios[2]])


def outer(a, v):
    """Return Σ over samples of a vᵀ, for one sample (H,), (D,) or a batch (B, H), (B, D)."""
    return np.atleast_2d(a).T @ np.atleast_2d(v)


def _lstm_states(p, x):
    H = p["W_h"].shape[1]
    h, c, i, f, g, o = {0: np.zeros(H)}, {0: np.zeros(H)}, {}, {}, {}, {}
    for t in range(1, len(x)):
        a = np.split(p["W_x"] @ x[t] + p["W_h"] @ h[t - 1] + p["b"], 4)
        i[t], f[t], g[t], o[t] = sigma(a[0]), sigma(a[1]), np.tanh(a[2]), sigma(a[3])
        c[t] = f[t] * c[t - 1] + i[t] * g[t]
        h[t] = o[t] * np.tanh(c[t])
    return h, c, i, f, g, o


def _rnn_states(p, x):
    h = {0: np.zeros((*x.shape[1:-1], len(p["W_hh"])))}
    for t in range(1, len(x)):
        h[t] = np.tanh(x[t] @ p["W_xh"].T + h[t - 1] @ p["W_hh"].T + p["b_h"])
    return (h,)


def _given(rng, names, gates, states, batches=((),)):
    """Yield (p, x, states, dh) of many sizes; then without matrix, with a loss at one step only."""
    for T, D, H, s in sizes((1, 1, 1), (1, 2, 3), (2, 2, 1), (3, 1, 2), (2, 3, 2), (4, 3, 2),
                            (5, 2, 3), (2, 2, 4), scales=(1.0, 0.01, 2.0, 0.1)):  # fmt: skip
        for batch in batches:
            shapes = (gates * H, D), (gates * H, H), (gates * H,)
            p = {k: normal(rng, *shape, scale=s) for k, shape in zip(names, shapes, strict=True)}
            x, dh = normal(rng, T + 1, *batch, D), normal(rng, T + 1, *batch, H)
            yield p, x, states(p, x), dh
            if s == 1 and T > 2:
                last = dh * (np.arange(T + 1) == T).reshape(-1, *[1] * len(batch), 1)
                yield p, x, states(p, x), last
                p = p | {names[1]: 0 * p[names[1]]}
                yield p, abs(x), states(p, abs(x)), dh


_lstm_inputs = partial(_given, names=("W_x", "W_h", "b"), gates=4, states=_lstm_states)
_rnn_inputs = partial(_given, names=("W_xh", "W_hh", "b_h"), gates=1, states=_rnn_states)
_batches = partial(_rnn_inputs, batches=((1,), (5,)))


def _patient(number, kind, solution, inputs, blocks=""):
    shown = "h c i f g o da dh_t dc_t c_past=c[t-1] c_t=c[t] from_h from_c carry dh=u"
    exercise = Exercise(
        f"11.{number}", solution, inputs, steps="a", blocks=blocks, whole=True, shown=shown
    )
    own = [way for slip in exercise.slips for way in slip.ways]
    _, common = listed(f"11.{kind}", globals())
    exercise.slips += [s for s in common if not any(way in own for way in s.ways)]
    return exercise


LSTM, RNN = ("lstm", (lstm_back, gates_back), _lstm_inputs, "ifgo"), ("rnn", rnn_back, _rnn_inputs)

e1 = _patient(1, *LSTM)
e2 = _patient(2, *LSTM)
e3 = _patient(3, *LSTM)
e4 = _patient(4, *LSTM)
e5 = _patient(5, *LSTM)
e6 = _patient(6, *RNN)
e7 = _patient(7, *RNN)
e8 = _patient(8, "rnn", rnn_back, _batches)
