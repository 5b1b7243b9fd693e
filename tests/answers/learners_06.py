"""Answers to the exercises of page 06, written from the prompts alone."""
import numpy as np


def _sigma(a):
    return 1 / (1 + np.exp(-a))


# ---------------------------------------------------------------- 6.1

def wrong_6_1_a(dh_t, c_t, o_t):
    "no slope: only what arrives times partner (the gradient at the gate's value)"
    return dh_t * np.tanh(c_t)


def wrong_6_1_b(dh_t, c_t, o_t):
    "the gate's value o in place of its slope o(1 - o)"
    return dh_t * np.tanh(c_t) * o_t


def wrong_6_1_c(dh_t, c_t, o_t):
    "partner is c itself, the tanh is forgotten"
    slope = o_t * (1 - o_t)
    return dh_t * c_t * slope


def wrong_6_1_d(dh_t, c_t, o_t):
    "partner replaced by the slope of tanh at c"
    return dh_t * (1 - np.tanh(c_t) ** 2) * o_t * (1 - o_t)


def wrong_6_1_e(dh_t, c_t, o_t):
    "squashes the gate a second time before taking the slope"
    s = 1 / (1 + np.exp(-o_t))
    return dh_t * np.tanh(c_t) * s * (1 - s)


def wrong_6_1_f(dh_t, c_t, o_t):
    "slope of tanh, 1 - o^2, for a sigmoid gate"
    return dh_t * np.tanh(c_t) * (1 - o_t**2)


def wrong_6_1_g(dh_t, c_t, o_t):
    "sign of the slope turned: o(o - 1)"
    return dh_t * np.tanh(c_t) * o_t * (o_t - 1)


def wrong_6_1_h(dh_t, c_t, o_t):
    "returns dc_t (6.3) instead of da^o_t"
    return dh_t * o_t * (1 - np.tanh(c_t) ** 2)


def wrong_6_1_i(dh_t, c_t, o_t):
    "the tanh's slope is multiplied on in addition to the partner"
    tc = np.tanh(c_t)
    return dh_t * tc * (1 - tc**2) * o_t * (1 - o_t)


def wrong_6_1_j(dh_t, c_t, o_t):
    "@ between dh and tanh(c): sums over the units before the slope"
    return (dh_t @ np.tanh(c_t)) * o_t * (1 - o_t)


def wrong_6_1_k(dh_t, c_t, o_t):
    "two slips: no tanh at c, and the gate's value for its slope"
    return dh_t * c_t * o_t


def wrong_6_1_l(dh_t, c_t, o_t):
    "missing brackets: ... * o * 1 - o"
    return dh_t * np.tanh(c_t) * o_t * 1 - o_t


def wrong_6_1_m(dh_t, c_t, o_t):
    "two slips: squashes the gate again, and its value for its slope"
    return dh_t * np.tanh(c_t) * _sigma(o_t)


def right_6_1_a(dh_t, c_t, o_t):
    "loop over the units, with math functions"
    import math
    out = []
    for d, c, o in zip(dh_t, c_t, o_t):
        out.append(float(d) * math.tanh(float(c)) * (float(o) - float(o) ** 2))
    return np.array(out)


def right_6_1_b(dh_t, c_t, o_t):
    "einsum over four factors, tanh from exponentials"
    e = np.exp(-2 * c_t)
    return np.einsum("i,i,i,i->i", dh_t, (1 - e) / (1 + e), o_t, 1 - o_t)


def right_6_1_c(dh_t, c_t, o_t):
    "diagonal matrices"
    return np.diag(o_t) @ np.diag(1 - o_t) @ np.diag(np.tanh(c_t)) @ dh_t


# ---------------------------------------------------------------- 6.2

def wrong_6_2_a(dh, c, o, f):
    "uses f_t instead of f_{t+1} in the cell carry"
    dc = np.zeros_like(dh)
    carry = np.zeros(dh.shape[1])
    for t in reversed(range(len(dh))):
        dc[t] = dh[t] * o[t] * (1 - np.tanh(c[t]) ** 2) + carry * f[t]
        carry = dc[t]
    return dc


def wrong_6_2_b(dh, c, o, f):
    "no carry at all: every step treated as the last"
    return dh * o * (1 - np.tanh(c) ** 2)


def wrong_6_2_c(dh, c, o, f):
    "carry goes forward in time, from step t - 1"
    T = len(dh)
    dc = np.zeros_like(dh)
    for t in range(T):
        dc[t] = dh[t] * o[t] * (1 - np.tanh(c[t]) ** 2)
        if t > 0:
            dc[t] += dc[t - 1] * f[t]
    return dc


def wrong_6_2_d(dh, c, o, f):
    "c taken as already squashed: 1 - c^2"
    dc = dh * o * (1 - c**2)
    for t in range(len(dh) - 2, -1, -1):
        dc[t] = dc[t] + dc[t + 1] * f[t + 1]
    return dc


def wrong_6_2_e(dh, c, o, f):
    "tanh(c) in place of its slope"
    T, H = dh.shape
    dc = np.zeros((T + 1, H))
    fs = np.vstack([f, np.zeros(H)])
    for t in range(T - 1, -1, -1):
        dc[t] = dh[t] * o[t] * np.tanh(c[t]) + dc[t + 1] * fs[t + 1]
    return dc[:-1]


def wrong_6_2_f(dh, c, o, f):
    "carry without the forget gate: a plain sum over the later steps"
    local = dh * o * (1 - np.tanh(c) ** 2)
    return np.cumsum(local[::-1], axis=0)[::-1]


def wrong_6_2_g(dh, c, o, f):
    "only the next step's own part is carried, not its complete dc (one step of carry)"
    local = dh * o * (1 - np.tanh(c) ** 2)
    dc = local.copy()
    dc[:-1] += local[1:] * f[1:]
    return dc


def wrong_6_2_h(dh, c, o, f):
    "collects the rows from the last step on and forgets to turn the list round"
    rows, carry = [], 0.0
    for t in reversed(range(len(dh))):
        d = dh[t] * o[t] * (1 - np.tanh(c[t]) ** 2) + carry
        rows.append(d)
        carry = d * f[t]
    return np.array(rows)


def wrong_6_2_i(dh, c, o, f):
    "the output gate is forgotten"
    dc, carry = np.empty_like(dh), 0.0
    for t in reversed(range(len(dh))):
        dc[t] = dh[t] * (1 - np.tanh(c[t]) ** 2) + carry
        carry = dc[t] * f[t]
    return dc


def wrong_6_2_j(dh, c, o, f):
    "two slips: f_t for f_{t+1}, and tanh not squared in the slope"
    dc = np.zeros_like(dh)
    nxt = 0
    for t in range(len(dh) - 1, -1, -1):
        dc[t] = dh[t] * o[t] * (1 - np.tanh(c[t])) + nxt * f[t]
        nxt = dc[t]
    return dc


def wrong_6_2_k(dh, c, o, f):
    "negative index wraps: beyond step T it reads rows 0 instead of nothing"
    T = len(dh)
    dc = dh * o * (1 - np.tanh(c) ** 2)
    for t in range(T - 1, -1, -1):
        dc[t] += dc[(t + 1) % T] * f[(t + 1) % T]
    return dc


def wrong_6_2_l(dh, c, o, f):
    "the carry is added to dh before the output gate and the slope, not after"
    dc, carry = np.zeros_like(dh), np.zeros_like(dh[0])
    for t in reversed(range(len(dh))):
        dc[t] = (dh[t] + carry) * o[t] * (1 - np.tanh(c[t]) ** 2)
        carry = dc[t] * f[t]
    return dc


def wrong_6_2_m(dh, c, o, f):
    "two slips: the carry multiplied by f twice (f_{t+1} and f_t), its sign turned"
    dc, carry = np.zeros_like(dh), np.zeros_like(dh[0])
    for t in reversed(range(len(dh))):
        dc[t] = dh[t] * o[t] * (1 - np.tanh(c[t]) ** 2) - carry * f[t]
        carry = dc[t] * f[t]
    return dc


def right_6_2_a(dh, c, o, f):
    "recursion over the steps"
    def back(t):
        if t == len(dh):
            return []
        later = back(t + 1)
        own = dh[t] * o[t] / np.cosh(c[t]) ** 2
        return [own + later[0] * f[t + 1] if later else own] + later
    return np.array(back(0))


def right_6_2_b(dh, c, o, f):
    "a matrix of gate products for each unit, applied with einsum"
    T, H = dh.shape
    local = dh * o * (1 - np.tanh(c) ** 2)
    P = np.zeros((T, T, H))
    for t in range(T):
        for s in range(t, T):
            P[t, s] = np.prod(f[t + 1 : s + 1], axis=0)
    return np.einsum("tsh,sh->th", P, local)


def right_6_2_c(dh, c, o, f):
    "one linear system for each unit: (I - shifted diag f) dc = local"
    T, H = dh.shape
    dc = np.zeros((T, H))
    for j in range(H):
        A = np.eye(T)
        for t in range(T - 1):
            A[t, t + 1] = -f[t + 1, j]
        dc[:, j] = np.linalg.solve(A, dh[:, j] * o[:, j] * (1 - np.tanh(c[:, j]) ** 2))
    return dc


# ---------------------------------------------------------------- 6.3

def wrong_6_3_a(W):
    "the permutation the wrong way round (ours to theirs)"
    i, f, g, o = np.split(W, 4)
    return np.concatenate([i, o, f, g])


def wrong_6_3_b(W):
    "returns W as it came: thinks both orders are the same"
    return W


def wrong_6_3_c(W):
    "only o and f exchanged: i, f, o, g"
    i, o, f, g = np.split(W, 4)
    return np.concatenate([i, f, o, g])


def wrong_6_3_d(W):
    "g and f exchanged at the end: i, g, f, o"
    i, o, f, g = np.split(W, 4)
    return np.concatenate([i, g, f, o])


def wrong_6_3_e(W):
    "permutes single rows 0..3 and drops the rest (blocks of H rows forgotten)"
    return W[[0, 2, 3, 1]]


def wrong_6_3_f(W):
    "takes the gates as interleaved, one row of each gate after the other"
    H = len(W) // 4
    return W.reshape(H, 4, *W.shape[1:])[:, [0, 2, 3, 1]].reshape(W.shape)


def wrong_6_3_g(W):
    "assigns in place from views: block f is overwritten before it is moved"
    W = W.copy()
    i, o, f, g = np.split(W, 4)
    H = len(W) // 4
    W[H:2*H] = f
    W[2*H:3*H] = g
    W[3*H:] = o
    return W


def wrong_6_3_h(W):
    "right blocks, but each block is turned upside down as well"
    i, o, f, g = np.split(W, 4)
    return np.concatenate([b[::-1] for b in (i, f, g, o)])


def wrong_6_3_i(W):
    "names the blocks i, f, o, g when splitting (ONNX has i, o, f, g)"
    i, f, o, g = np.split(W, 4)
    return np.concatenate([i, f, g, o])


def wrong_6_3_j(W):
    "two slips: the blocks named in our order when splitting, and put together backwards"
    return np.concatenate(np.split(W, 4)[::-1])


def wrong_6_3_k(W):
    "rolls all four blocks, i included: o, f, g, i"
    H = W.shape[0] // 4
    return np.roll(W, -H, axis=0)


def wrong_6_3_m(W):
    "stacks the blocks along a new axis: shape (4, H, ...)"
    i, o, f, g = np.split(W, 4)
    return np.array([i, f, g, o])


def wrong_6_3_n(W):
    "two slips: gates taken as interleaved rows, and the inverse permutation"
    H = len(W) // 4
    rows = [W[4 * j + k] for k in (0, 3, 1, 2) for j in range(H)]
    return np.array(rows)


def right_6_3_a(W):
    "kron: a permutation matrix of blocks"
    H = len(W) // 4
    P = np.zeros((4, 4))
    P[[0, 1, 2, 3], [0, 2, 3, 1]] = 1
    return np.kron(P, np.eye(H)) @ W


def right_6_3_b(W):
    "roll of the last three blocks"
    H = W.shape[0] // 4
    return np.concatenate((W[:H], np.roll(W[H:], -H, axis=0)), axis=0)


def right_6_3_c(W):
    "dict of gates, row by row"
    H = len(W) // 4
    rows = {k: [W[n * H + j] for j in range(H)] for n, k in enumerate("iofg")}
    return np.array(rows["i"] + rows["f"] + rows["g"] + rows["o"])


# ---------------------------------------------------------------- 6.4

def wrong_6_4_a(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "the recurrent term is left out of dh"
    i, f, g, o = gates
    dh = dh_above
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    d = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
         "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    d["to_h"] = W_h.T @ np.concatenate([d["i"], d["f"], d["g"], d["o"]])
    d["to_c"] = dc * f
    return d


def wrong_6_4_b(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "the cell carry is left out of dc"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2)
    da = [dc * g * i * (1 - i), dc * c_past * f * (1 - f),
          dc * i * (1 - g * g), dh * np.tanh(c_t) * o * (1 - o)]
    out = dict(zip("ifgo", da))
    return out | {"to_h": W_h.T @ np.concatenate(da), "to_c": dc * f}


def wrong_6_4_c(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "the cell carry also enters dh, so the output gate hears it"
    i, f, g, o = gates
    dh = dh_above + from_h + from_c
    dc = dh * o * (1 - np.tanh(c_t) ** 2)
    da_i, da_f = dc * g * i * (1 - i), dc * c_past * f * (1 - f)
    da_g, da_o = dc * i * (1 - g**2), dh * np.tanh(c_t) * o * (1 - o)
    to_h = W_h.T @ np.concatenate((da_i, da_f, da_g, da_o))
    return {"i": da_i, "f": da_f, "g": da_g, "o": da_o, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_d(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "from_c multiplied by this step's f once more"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c * f
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_e(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "to_c is dc, the forget gate is forgotten"
    i, f, g, o = gates
    dh = dh_above + from_h
    th = np.tanh(c_t)
    dc = dh * o * (1 - th**2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * th * o * (1 - o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": dc}


def wrong_6_4_f(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "the gates' gradients stacked in the order i, f, o, g before W_h.T"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    return {**da, "to_h": W_h.T @ np.hstack([da[k] for k in "ifog"]), "to_c": dc * f}


def wrong_6_4_g(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "the forget gate's partner is c_t, not c_{t-1}"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_t * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_h(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "sigmoid slope g(1 - g) for the candidate, which is a tanh"
    i, f, g, o = gates
    s = lambda v: v * (1 - v)
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    di, df, dg, do = dc * g * s(i), dc * c_past * s(f), dc * i * s(g), dh * np.tanh(c_t) * s(o)
    to_h = W_h.T @ np.concatenate([di, df, dg, do])
    return {"i": di, "f": df, "g": dg, "o": do, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_i(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "W_h not transposed: each block used as W_hk instead of its transpose"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    to_h = sum(block @ da[k] for block, k in zip(np.split(W_h, 4), "ifgo"))
    return {**da, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_j(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "partners of i and g exchanged: each gets itself"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * i * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * g * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_k(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "two slips: gates squashed a second time for their slopes, and no from_h"
    i, f, g, o = gates
    s = lambda v: _sigma(v) * (1 - _sigma(v))
    dh = dh_above
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * s(i), "f": dc * c_past * s(f), "g": dc * i * (1 - g**2),
          "o": dh * np.tanh(c_t) * s(o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": dc * f}


def wrong_6_4_l(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "to_h holds only the four gates' terms averaged, not summed"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * np.tanh(c_t) * o * (1 - o)}
    parts = [W.T @ da[k] for W, k in zip(np.split(W_h, 4), "ifgo")]
    return {**da, "to_h": np.mean(parts, axis=0), "to_c": dc * f}


def wrong_6_4_m(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "two slips: no tanh at the output gate's partner, and to_c is from_c times f"
    i, f, g, o = gates
    dh = dh_above + from_h
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da = {"i": dc * g * i * (1 - i), "f": dc * c_past * f * (1 - f),
          "g": dc * i * (1 - g**2), "o": dh * c_t * o * (1 - o)}
    to_h = W_h.T @ np.concatenate([da[k] for k in "ifgo"])
    return {**da, "to_h": to_h, "to_c": from_c * f}


def wrong_6_4_n(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "from_c times f_t where it enters dc_t"
    i, f, g, o = gates
    dh, th = dh_above + from_h, np.tanh(c_t)
    dc = dh * o * (1 - th**2) + f * from_c
    d = {"o": dh * th * o * (1 - o), "i": dc * g * i * (1 - i)}
    d |= {"f": dc * c_past * f * (1 - f), "g": dc * i * (1 - g**2)}
    return {**d, "to_h": W_h.T @ np.concatenate([d[k] for k in "ifgo"]), "to_c": dc * f}


def wrong_6_4_o(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "dc_t from dh_above alone"
    i, f, g, o = gates
    dh, th = dh_above + from_h, np.tanh(c_t)
    dc = dh_above * o * (1 - th**2) + from_c
    d = {"o": dh * th * o * (1 - o), "i": dc * g * i * (1 - i)}
    d |= {"f": dc * c_past * f * (1 - f), "g": dc * i * (1 - g**2)}
    return {**d, "to_h": W_h.T @ np.concatenate([d[k] for k in "ifgo"]), "to_c": dc * f}


def right_6_4_a(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "loops over units and gates"
    i, f, g, o = gates
    H = len(i)
    da = {k: np.zeros(H) for k in "ifgo"}
    to_c, to_h = np.zeros(H), np.zeros(H)
    for j in range(H):
        dh = dh_above[j] + from_h[j]
        th = np.tanh(c_t[j])
        dc = from_c[j] + dh * o[j] * (1 - th) * (1 + th)
        da["i"][j] = dc * g[j] * i[j] * (1 - i[j])
        da["f"][j] = dc * c_past[j] * f[j] * (1 - f[j])
        da["g"][j] = dc * i[j] * (1 - g[j] ** 2)
        da["o"][j] = dh * th * o[j] * (1 - o[j])
        to_c[j] = dc * f[j]
    for n, k in enumerate("ifgo"):
        for j in range(H):
            for m in range(H):
                to_h[m] += W_h[n * H + j, m] * da[k][j]
    return {**da, "to_h": to_h, "to_c": to_c}


def right_6_4_b(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "stacked (4, H) arrays and einsum"
    i, f, g, o = gates
    H = len(o)
    dh = np.add(dh_above, from_h)
    dc = dh * o / np.cosh(c_t) ** 2 + from_c
    arrives = np.stack([dc, dc, dc, dh])
    partner = np.stack([g, c_past, i, np.tanh(c_t)])
    slope = np.stack([i - i**2, f - f**2, 1 - g**2, o - o**2])
    da = arrives * partner * slope
    to_h = np.einsum("khm,kh->m", W_h.reshape(4, H, H), da)
    return dict(i=da[0], f=da[1], g=da[2], o=da[3], to_h=to_h, to_c=dc * f)


def right_6_4_c(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    "Jacobians as diagonal matrices, multiplied from the left by row vectors"
    i, f, g, o = (np.diag(k) for k in gates)
    one = np.eye(len(c_t))
    C, P = np.diag(np.tanh(c_t)), np.diag(c_past)
    dh = dh_above + from_h
    dc = dh @ o @ (one - C @ C) + from_c
    di, df, dg = dc @ g @ i @ (one - i), dc @ P @ f @ (one - f), dc @ i @ (one - g @ g)
    do = dh @ C @ o @ (one - o)
    return {"to_c": dc @ f, "to_h": np.r_[di, df, dg, do] @ W_h, "o": do, "g": dg, "f": df, "i": di}


# ---------------------------------------------------------------- 6.5

def wrong_6_5_a(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "the direct route z * dh to h_{t-1} is forgotten"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    da_r = (W_hn.T @ da_n) * h_past * r * (1 - r)
    to_h = W_hr.T @ da_r + W_hz.T @ da_z + r * (W_hn.T @ da_n)
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_b(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "sign at z: n - h_{t-1} (the other convention of the update gate)"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (n - h_past) * z * (1 - z)
    back = W_hn.T @ da_n
    da_r = back * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + r * back
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_c(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "the other convention throughout: h = (1 - z) h_{t-1} + z n"
    da_n = dh_t * z * (1 - n**2)
    da_z = dh_t * (n - h_past) * z * (1 - z)
    back = W_hn.T @ da_n
    da_r = back * h_past * r * (1 - r)
    return {"r": da_r, "z": da_z, "n": da_n,
            "to_h": dh_t * (1 - z) + W_hr.T @ da_r + W_hz.T @ da_z + r * back}


def wrong_6_5_d(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "z gets only the partner h_{t-1}; its second use (1 - z) n is forgotten"
    dn = dh_t * (1 - z) * (1 - n * n)
    dz = dh_t * h_past * z * (1 - z)
    dr = (W_hn.T @ dn) * h_past * r * (1 - r)
    to_h = z * dh_t + W_hr.T @ dr + W_hz.T @ dz + (W_hn.T @ dn) * r
    return {"r": dr, "z": dz, "n": dn, "to_h": to_h}


def wrong_6_5_e(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "cuDNN/PyTorch's GRU: r outside the product, n = tanh(.. + r * (W_hn h)); partner of r is W_hn h"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    da_r = da_n * (W_hn @ h_past) * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + W_hn.T @ (r * da_n)
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_f(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "the candidate's route to h_{t-1} is not multiplied by r"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    s = W_hn.T @ da_n
    da_r = s * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + s
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_g(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "no transposes on the way back"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    s = W_hn @ da_n
    da_r = s * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr @ da_r + W_hz @ da_z + s * r
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_h(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "n squashed again: slope 1 - tanh(n)^2"
    da_n = dh_t * (1 - z) * (1 - np.tanh(n) ** 2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    s = W_hn.T @ da_n
    da_r = s * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + s * r
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_i(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "r gets da_n directly, the matrix W_hn between them is skipped"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    da_r = da_n * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + W_hn.T @ da_n * r
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_j(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "r multiplied in before the matrix: W_hn.T @ (r * da_n)"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    da_r = (W_hn.T @ da_n) * h_past * r * (1 - r)
    to_h = dh_t * z + W_hr.T @ da_r + W_hz.T @ da_z + W_hn.T @ (r * da_n)
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_k(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "two slips: z's value for its slope, and the reset gate's route to h_{t-1} lost"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z
    da_r = (W_hn.T @ da_n) * h_past * r * (1 - r)
    to_h = dh_t * z + W_hz.T @ da_z + (W_hn.T @ da_n) * r
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_l(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "two slips: W_hr and W_hz exchanged, and r's partner h_{t-1} forgotten"
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_z = dh_t * (h_past - n) * z * (1 - z)
    s = W_hn.T @ da_n
    da_r = s * r * (1 - r)
    to_h = dh_t * z + W_hz.T @ da_r + W_hr.T @ da_z + s * r
    return {"r": da_r, "z": da_z, "n": da_n, "to_h": to_h}


def wrong_6_5_m(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "the slopes are missing everywhere: gradients at the gates' values, not at the pre-activations"
    dn = dh_t * (1 - z)
    dz = dh_t * (h_past - n)
    s = W_hn.T @ dn
    dr = s * h_past
    return {"r": dr, "z": dz, "n": dn, "to_h": dh_t * z + W_hr.T @ dr + W_hz.T @ dz + s * r}


def right_6_5_a(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "row vectors and einsum"
    da_n = np.einsum("i,i,i->i", dh_t, 1 - z, 1 - n * n)
    m = np.einsum("j,ji->i", da_n, W_hn)
    da_r = m * h_past * (r - r * r)
    da_z = (dh_t * h_past - dh_t * n) * (z - z * z)
    to_h = dh_t * z + m * r + da_r @ W_hr + da_z @ W_hz
    return dict(r=da_r, z=da_z, n=da_n, to_h=to_h)


def right_6_5_b(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "complex step through the step's own forward pass, with its inputs recovered from the gates"
    lr, lz, ln = np.log(r / (1 - r)), np.log(z / (1 - z)), np.arctanh(n)

    def L(ar, az, an, h):
        rr, zz = _sigma(lr + ar + W_hr @ (h - h_past)), _sigma(lz + az + W_hz @ (h - h_past))
        nn = np.tanh(ln + an + W_hn @ (rr * h - r * h_past))
        return dh_t @ (zz * h + (1 - zz) * nn)
    H, out = len(r), {k: np.zeros(len(r)) for k in ("r", "z", "n", "to_h")}
    for place, k in enumerate(out):
        for j in range(H):
            v = [np.zeros(H, complex) for _ in range(3)] + [h_past.astype(complex)]
            v[place][j] += 1e-30j
            out[k][j] = L(*v).imag / 1e-30
    return out


def right_6_5_c(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn):
    "loops in plain Python floats"
    H = range(len(r))
    da_n = [dh_t[j] * (1 - z[j]) * (1 - n[j] ** 2) for j in H]
    da_z = [dh_t[j] * (h_past[j] - n[j]) * z[j] * (1 - z[j]) for j in H]
    reset = [sum(W_hn[j][m] * da_n[j] for j in H) for m in H]
    da_r = [reset[m] * h_past[m] * r[m] * (1 - r[m]) for m in H]
    to_h = [dh_t[m] * z[m] + reset[m] * r[m]
            + sum(W_hr[j][m] * da_r[j] + W_hz[j][m] * da_z[j] for j in H) for m in H]
    return {"r": np.array(da_r), "z": np.array(da_z), "n": np.array(da_n), "to_h": np.array(to_h)}
