"""Exercises of page 06: the LSTM. Vectors (H,), one sample; gates are kept squashed."""

import numpy as np

from exercises.inputs import awkward, gate, normal, sigma, sizes  # noqa: F401 - slips use sigma
from exercises.slips import Exercise


def da_o(dh_t, c_t, o_t):
    return dh_t * np.tanh(c_t) * o_t * (1 - o_t)


def _gate_inputs(rng):
    for H, s in sizes(1, 2, 3, 5):
        args = normal(rng, H), normal(rng, H, scale=s), gate(rng, H, scale=s)
        yield from awkward(args, 0, 1) if s == 1 else (args,)


e1 = Exercise("6.1", da_o, _gate_inputs, returns="da^o_t")


def dc(dh, c, o, f):
    dc = dh * o * (1 - np.tanh(c) ** 2)  # (T, H), without what comes from the next step
    for t in reversed(range(len(dc) - 1)):
        dc[t] += dc[t + 1] * f[t + 1]
    return dc


def _cell_inputs(rng):
    for T, H, s in sizes((1, 1), (1, 2), (2, 1), (3, 1), (2, 5), (4, 3), (6, 2)):
        args = *normal(rng, 2, T, H, scale=s), *gate(rng, 2, T, H, scale=s)
        yield from awkward(args, 0, 1) if s == 1 and T > 1 else (args,)


e2 = Exercise("6.2", dc, _cell_inputs, returns="dc", steps="dc")


def rows(W):
    i, o, f, g = np.split(W, 4)
    return np.concatenate([i, f, g, o])


def _row_inputs(rng):
    for H, D, s in sizes((1, 1), (1, 3), (2, 1), (2, 3), (3, 2), (5, 1), (4, 4), (3, 0)):
        yield (s * rng.normal(size=(4 * H, D) if D else 4 * H),)


e3 = Exercise("6.3", rows, _row_inputs, returns="W", shown="i f g o")


def step_back(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    i, f, g, o = gates
    dh = dh_above + from_h
    da_o = dh * np.tanh(c_t) * o * (1 - o)
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da_i = dc * g * i * (1 - i)
    da_f = dc * c_past * f * (1 - f)
    da_g = dc * i * (1 - g**2)
    da = np.concatenate([da_i, da_f, da_g, da_o])  # (4H,)
    to_h = W_h.T @ da
    to_c = dc * f
    return {"o": da_o, "i": da_i, "f": da_f, "g": da_g, "to_h": to_h, "to_c": to_c}


def _step_inputs(rng):
    for H, s in sizes(1, 2, 3, 4):
        i, f, o = gate(rng, 3, H, scale=s)
        g, c_past = np.tanh(normal(rng, H, scale=s)), normal(rng, H, scale=s)
        gates, c_t = (i, f, g, o), f * c_past + i * g
        args = *normal(rng, 3, H), gates, c_past, c_t, normal(rng, 4 * H, H)
        yield from awkward(args, 0, 1, 2) if s == 1 else (args,)


e4 = Exercise("6.4", step_back, _step_inputs, shown="i f g o dh dc")


def gru_back(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    da_z = dh_t * (h_past - n) * z * (1 - z)
    da_n = dh_t * (1 - z) * (1 - n**2)
    s = W_hn.T @ da_n  # what arrives at r ⊙ h_past
    da_r = s * h_past * r * (1 - r)
    to_h = dh_t * z + W_hz.T @ da_z + W_hr.T @ da_r + s * r
    return {"z": da_z, "n": da_n, "r": da_r, "to_h": to_h}


def _gru_inputs(rng):
    for H, s in sizes(1, 2, 3, 5):
        r, z = gate(rng, 2, H, scale=s)
        n, h_past = np.tanh(normal(rng, 2, H, scale=s))
        args = normal(rng, H), r, z, n, h_past, *normal(rng, 3, H, H)
        yield from awkward(args, 0, 3, 4) if s == 1 else (args,)


e5 = Exercise("6.5", gru_back, _gru_inputs)
