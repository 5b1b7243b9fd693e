"""Answers to the exercises of page 11, written from the prompts alone."""
import numpy as np


# What a reader has from the page: sigma, slope, gates_back and collect.

def _sigma(a):
    return 1 / (1 + np.exp(-a))


def _slope(a):
    return _sigma(a) * (1 - _sigma(a))


def _gates_back(t, states, dh_t, dc_t):
    h, c, i, f, g, o = states
    return np.concatenate([dc_t * g[t] * i[t] * (1 - i[t]), dc_t * c[t-1] * f[t] * (1 - f[t]),
                           dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])])


def _collect(da, x, h, names):
    steps = sorted(da)
    past, da = np.array([h[t-1] for t in steps]), np.array([da[t] for t in steps])
    return dict(zip(names, (da.T @ x[1:], da.T @ past, da.sum(axis=0)))) | {"a": da}


_LSTM, _RNN = ("W_x", "W_h", "b"), ("W_xh", "W_hh", "b_h")


# ---------------------------------------------------------------- 11.1
# patient: da_f = dc_t * c[t-1] * f[t]

def wrong_11_1_a(p, x, states, dh):
    "the patient handed back as it was"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t]
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_b(p, x, states, dh):
    "f replaced by 1 - f instead of multiplied by it"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * (1 - f[t])
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_c(p, x, states, dh):
    "slope mended, but the partner changed to c[t]"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t] * f[t] * (1 - f[t])
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_d(p, x, states, dh):
    "slope of tanh for the forget gate"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * (1 - f[t]**2)
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_e(p, x, states, dh):
    "mends the wrong line: (1 - f) put at the cell carry, da_f left"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t]
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t] * (1 - f[t])
    return _collect(da, x, h, _LSTM)


def wrong_11_1_f(p, x, states, dh):
    "da_f mended, and the same factor put at the healthy cell carry too"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        slope_f = f[t] * (1 - f[t])
        da[t] = np.concatenate([dc_t * g[t] * i[t] * (1 - i[t]), dc_t * c[t-1] * slope_f,
                                dc_t * i[t] * (1 - g[t]**2),
                                dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * slope_f
    return _collect(da, x, h, _LSTM)


def wrong_11_1_g(p, x, states, dh):
    "uses slope, which squashes the gate once more"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * _slope(f[t])
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_h(p, x, states, dh):
    "sign: f (f - 1)"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t] * (f[t] - 1)
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_i(p, x, states, dh):
    "mends the gate after it went back through W_h: from_h still carries the wrong da_f"
    h, c, i, f, g, o = states
    H = len(h[0])
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t]
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        da[t][H:2*H] *= 1 - f[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_j(p, x, states, dh):
    "two slips: (1 - f) multiplied on at every gate, and the partner of f is c[t]"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        s = f[t] * (1 - f[t])
        da[t] = np.concatenate([dc_t * g[t] * s, dc_t * c[t] * s,
                                dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * s])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_k(p, x, states, dh):
    "two slips: gates exchanged when stacked (i, f, o, g), and no (1 - f)"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t]
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_o, da_g])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_l(p, x, states, dh):
    "the slope of the step before: f[t] (1 - f[t-1])"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * f[t] * (1 - f.get(t - 1, f[t]))
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_1_m(p, x, states, dh):
    "mended, but the steps come out in backward order (row 0 is step T)"
    h, c, i, f, g, o = states
    H, D, T = len(h[0]), x.shape[1], len(x) - 1
    G = {"W_x": np.zeros((4*H, D)), "W_h": np.zeros((4*H, H)), "b": np.zeros(4*H), "a": []}
    from_h, from_c = 0.0, 0.0
    for t in range(T, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da = _gates_back(t, states, dh_t, dc_t)
        G["W_x"] += np.outer(da, x[t])
        G["W_h"] += np.outer(da, h[t-1])
        G["b"] += da
        G["a"].append(da)
        from_h, from_c = p["W_h"].T @ da, dc_t * f[t]
    return G | {"a": np.array(G["a"])}


def right_11_1_a(p, x, states, dh):
    "one line mended: f - f^2"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da_i = dc_t * g[t] * i[t] * (1 - i[t])
        da_f = dc_t * c[t-1] * (f[t] - f[t]**2)
        da_g = dc_t * i[t] * (1 - g[t]**2)
        da_o = dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])
        da[t] = np.concatenate([da_i, da_f, da_g, da_o])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def right_11_1_b(p, x, states, dh):
    "arrays over time, preallocated, sums by einsum"
    h, c, i, f, g, o = states
    T, H = len(x) - 1, len(h[0])
    a, dhn, dcn = np.zeros((T, 4, H)), np.zeros(H), np.zeros(H)
    W = p["W_h"].reshape(4, H, H)
    for t in range(T, 0, -1):
        th = np.tanh(c[t])
        d = dh[t] + dhn
        e = d * o[t] * (1 - th * th) + dcn
        a[t-1] = e * g[t] * i[t] * (1 - i[t]), e * c[t-1] * f[t] * (1 - f[t]), \
            e * i[t] * (1 - g[t]**2), d * th * o[t] * (1 - o[t])
        dhn, dcn = np.einsum("kij,ki->j", W, a[t-1]), e * f[t]
    a = a.reshape(T, 4 * H)
    past = np.stack([h[t] for t in range(T)])
    return {"W_x": np.einsum("ta,td->ad", a, x[1:]), "W_h": np.einsum("ta,th->ah", a, past),
            "b": np.einsum("ta->a", a), "a": a}


def right_11_1_c(p, x, states, dh):
    "recursion over the steps"
    h, c, i, f, g, o = states

    def back(t, from_h, from_c):
        if t == 0:
            return {}
        d = dh[t] + from_h
        e = d * o[t] / np.cosh(c[t])**2 + from_c
        a = np.r_[e * g[t] * (i[t] - i[t]**2), e * c[t-1] * (f[t] - f[t]**2),
                  e * i[t] * (1 - g[t]**2), d * np.tanh(c[t]) * (o[t] - o[t]**2)]
        return back(t - 1, a @ p["W_h"], e * f[t]) | {t: a}
    return _collect(back(len(x) - 1, 0, 0), x, h, _LSTM)


# ---------------------------------------------------------------- 11.2
# patient: slope(i[t]) etc. with slope(a) = sigma(a)(1 - sigma(a))

def _two(p, x, states, dh, si, sf, so, sg=None):
    "patient 2 with its three (or four) slopes as functions of a gate"
    h, c, i, f, g, o = states
    sg = sg or (lambda v: 1 - v**2)
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = np.concatenate([dc_t * g[t] * si(i[t]), dc_t * c[t-1] * sf(f[t]),
                                dc_t * i[t] * sg(g[t]), dh_t * np.tanh(c[t]) * so(o[t])])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_2_a(p, x, states, dh):
    "the patient handed back as it was: gates squashed twice"
    return _two(p, x, states, dh, _slope, _slope, _slope)


def wrong_11_2_b(p, x, states, dh):
    "only the forget gate mended"
    return _two(p, x, states, dh, _slope, lambda s: s * (1 - s), _slope)


def wrong_11_2_c(p, x, states, dh):
    "i and f mended, o forgotten"
    good = lambda s: s * (1 - s)
    return _two(p, x, states, dh, good, good, _slope)


def wrong_11_2_d(p, x, states, dh):
    "slope given sigma(gate): squashed three times"
    s = lambda v: _slope(_sigma(v))
    return _two(p, x, states, dh, s, s, s)


def wrong_11_2_e(p, x, states, dh):
    "tanh's slope 1 - s^2 for all four"
    s = lambda v: 1 - v**2
    return _two(p, x, states, dh, s, s, s)


def wrong_11_2_f(p, x, states, dh):
    "the gate's value in place of its slope (patient 1's disease)"
    s = lambda v: v
    return _two(p, x, states, dh, s, s, s)


def wrong_11_2_g(p, x, states, dh):
    "feeds slope the odds s / (1 - s): the logarithm of the inverse is forgotten"
    s = lambda v: _slope(v / (1 - v))
    return _two(p, x, states, dh, s, s, s)


def wrong_11_2_h(p, x, states, dh):
    "s (1 - s) applied to the candidate as well"
    s = lambda v: v * (1 - v)
    return _two(p, x, states, dh, s, s, s, s)


def wrong_11_2_i(p, x, states, dh):
    "feeds slope the pre-activations of the input only: W_x x_t + b, without W_h h_{t-1}"
    h, c, i, f, g, o = states
    H = len(h[0])
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        a = p["W_x"] @ x[t] + p["b"]
        si, sf, _, so = _slope(a).reshape(4, H)
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = np.concatenate([dc_t * g[t] * si, dc_t * c[t-1] * sf,
                                dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * so])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_2_j(p, x, states, dh):
    "feeds slope the pre-activations, but with h[t] for h[t-1]"
    h, c, i, f, g, o = states
    H = len(h[0])
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        a = (p["W_x"] @ x[t] + p["W_h"] @ h[t] + p["b"]).reshape(4, H)
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = np.concatenate([dc_t * g[t] * _slope(a[0]), dc_t * c[t-1] * _slope(a[1]),
                                dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * _slope(a[3])])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_2_k(p, x, states, dh):
    "two slips: recomputed pre-activations split as i, f, o, g, and h[t] for h[t-1]"
    h, c, i, f, g, o = states
    H = len(h[0])
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        ai, af, ao, ag = np.split(p["W_x"] @ x[t] + p["W_h"] @ h[t] + p["b"], 4)
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = np.concatenate([dc_t * g[t] * _slope(ai), dc_t * c[t-1] * _slope(af),
                                dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * _slope(ao)])
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_2_l(p, x, states, dh):
    "two slips: slope s (1 + s), and o left as it was"
    s = lambda v: v * (1 + v)
    return _two(p, x, states, dh, s, s, _slope)


def wrong_11_2_m(p, x, states, dh):
    "the page's mixed slope: true only where a gate is nearly shut or open"
    def s(v):
        return np.where((v < 0.05) | (v > 0.95), v * (1 - v), _slope(v))
    return _two(p, x, states, dh, s, s, s)


def right_11_2_a(p, x, states, dh):
    "feeds slope the logit of the gate, its pre-activation recovered"
    s = lambda v: _slope(np.log(v) - np.log(1 - v))
    return _two(p, x, states, dh, s, s, s)


def right_11_2_b(p, x, states, dh):
    "feeds slope the pre-activations, computed again"
    h, c, i, f, g, o = states
    H = h[1].size
    da, from_h, from_c = {}, np.zeros(H), np.zeros(H)
    for t in reversed(range(1, len(x))):
        a = p["W_x"] @ x[t] + p["W_h"] @ h[t-1] + p["b"]
        si, sf, _, so = np.split(_slope(a), 4)
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = np.hstack((dc_t * g[t] * si, dc_t * c[t-1] * sf,
                           dc_t * i[t] * (1 - g[t]**2), dh_t * np.tanh(c[t]) * so))
        from_h = da[t] @ p["W_h"]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def right_11_2_c(p, x, states, dh):
    "a slope of its own for gate values, as 1/4 - (s - 1/2)^2"
    s = lambda v: 0.25 - (v - 0.5)**2
    return _two(p, x, states, dh, s, s, s)


# ---------------------------------------------------------------- 11.3
# patient: dh_prev and dc_prev computed, never handed on

def wrong_11_3_a(p, x, states, dh):
    "the patient handed back as it was"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_prev = p["W_h"].T @ da[t]
        dc_prev = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_b(p, x, states, dh):
    "only the carry along h handed on"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next = p["W_h"].T @ da[t]
        dc_prev = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_c(p, x, states, dh):
    "only the carry along c handed on"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_prev = p["W_h"].T @ da[t]
        dc_next = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_e(p, x, states, dh):
    "carries pile up: += instead of ="
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next += p["W_h"].T @ da[t]
        dc_next += dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_f(p, x, states, dh):
    "dc_next is dc_t: handed on without the forget gate"
    h, c, i, f, g, o = states
    dh_next, dc_next, da = 0, 0, {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next, dc_next = p["W_h"].T @ da[t], dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_3_g(p, x, states, dh):
    "the two carries exchanged"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_prev = p["W_h"].T @ da[t]
        dc_prev = dc_t * f[t]
        dh_next, dc_next = dc_prev, dh_prev
    return _collect(da, x, h, _LSTM)


def wrong_11_3_h(p, x, states, dh):
    "hands on dh_t itself, not what went through W_h"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next, dc_next = dh_t, dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_i(p, x, states, dh):
    "the carry along h put on the cell as well"
    h, c, i, f, g, o = states
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    da = {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next + dh_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next, dc_next = p["W_h"].T @ da[t], dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_j(p, x, states, dh):
    "carries arrive one step late: handed on from the turn before"
    h, c, i, f, g, o = states
    z = np.zeros_like(h[1])
    dh_next, dc_next, dh_prev, dc_prev, da = z, z, z, z, {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next, dc_next = dh_prev, dc_prev
        dh_prev, dc_prev = p["W_h"].T @ da[t], dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_k(p, x, states, dh):
    "two slips: f_{t-1} for f_t at the cell carry, and only the output gate's block of W_h"
    h, c, i, f, g, o = states
    H = len(h[0])
    dh_next, dc_next, da = np.zeros(H), np.zeros(H), {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next = p["W_h"][3*H:].T @ da[t][3*H:]
        dc_next = dc_t * f.get(t - 1, 0)
    return _collect(da, x, h, _LSTM)


def wrong_11_3_l(p, x, states, dh):
    "two slips: the carry along c not handed on, and dh_next added twice"
    h, c, i, f, g, o = states
    dh_next, da = 0.0, {}
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + 2 * dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_3_m(p, x, states, dh):
    "what is handed on along h is computed from the upstream dh[t] alone, without the carry in it"
    h, c, i, f, g, o = states
    T, da = len(x) - 1, {}
    dh_next, dc_next = np.zeros_like(h[1]), np.zeros_like(c[1])
    for t in range(T, 0, -1):
        dh_t = dh[t] + dh_next
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        dh_next, dc_next = p["W_h"].T @ _gates_back(t, states, dh[t], dc_t), dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def right_11_3_a(p, x, states, dh):
    "carries kept in dicts by step, with nothing at T + 1"
    h, c, i, f, g, o = states
    T = len(x) - 1
    to_h, to_c, da = {T: 0.0}, {T: 0.0}, {}
    for t in range(T, 0, -1):
        dh_t = dh[t] + to_h[t]
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + to_c[t]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        to_h[t-1] = p["W_h"].T @ da[t]
        to_c[t-1] = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def right_11_3_b(p, x, states, dh):
    "dh of the whole sequence completed in a copy, dc as well"
    h, c, i, f, g, o = states
    dh, dc, da = dh.copy(), np.zeros_like(dh), {}
    for t in range(len(x) - 1, 0, -1):
        dc[t] += dh[t] * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh[t], dc[t])
        dh[t-1] += np.einsum("ah,a->h", p["W_h"], da[t])
        dc[t-1] += dc[t] * f[t]
    return _collect(da, x, h, _LSTM)


def right_11_3_c(p, x, states, dh):
    "one linear system for all da at once: forward sensitivities, transposed"
    h, c, i, f, g, o = states
    H, T = len(h[0]), len(x) - 1

    def into(t):                        # d(h_t, c_t) / d(a_t): (2H, 4H), the past held fixed
        dcda = np.hstack([np.diag(g[t] * i[t] * (1 - i[t])), np.diag(c[t-1] * f[t] * (1 - f[t])),
                          np.diag(i[t] * (1 - g[t]**2)), np.zeros((H, H))])
        k = np.diag(o[t] * (1 - np.tanh(c[t])**2))
        own = np.hstack([np.zeros((H, 3 * H)), np.diag(np.tanh(c[t]) * o[t] * (1 - o[t]))])
        return np.vstack([k @ dcda + own, dcda])
    da, G = {}, np.zeros(2 * H)
    for t in range(T, 0, -1):
        G = G + np.r_[dh[t], np.zeros(H)]
        da[t] = into(t).T @ G
        through_c = np.r_[np.zeros(H), f[t] * (G[H:] + G[:H] * o[t] * (1 - np.tanh(c[t])**2))]
        G = np.r_[p["W_h"].T @ da[t], np.zeros(H)] + through_c
    return _collect(da, x, h, _LSTM)


# ---------------------------------------------------------------- 11.4
# patient: dc *= f[t] before the gates read it

def wrong_11_4_a(p, x, states, dh):
    "the patient handed back as it was"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        dc *= f[t]
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_b(p, x, states, dh):
    "the line moved to the top of the loop: f_t where f_{t+1} belongs (patient 5)"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dc *= f[t]
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_c(p, x, states, dh):
    "the line removed: the carry goes without any gate"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_e(p, x, states, dh):
    "multiplied before and after the gates"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        dc *= f[t]
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
        dc *= f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_f(p, x, states, dh):
    "dc set afresh at each step (= for +=): the carry is overwritten"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc = dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
        dc *= f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_g(p, x, states, dh):
    "divides by f once too late: the gates read the multiplied dc, the next step gets a bare one"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        dc *= f[t]
        da[t] = _gates_back(t, states, dh_t, dc)
        dc /= f[t]
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_h(p, x, states, dh):
    "only the step's own part is multiplied before the gates; the carry is read bare"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc = dc + dh_t * o[t] * (1 - np.tanh(c[t])**2) * f[t]
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_i(p, x, states, dh):
    "carry multiplied by the forget gate's slope f (1 - f) after the gates"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
        dc *= f[t] * (1 - f[t])
    return _collect(da, x, h, _LSTM)


def wrong_11_4_j(p, x, states, dh):
    "only the gates i and g get the right dc, row f still the multiplied one"
    h, c, i, f, g, o = states
    H = len(c[1])
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        dc *= f[t]
        da[t][H:2*H] = dc * c[t-1] * f[t] * (1 - f[t])
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_k(p, x, states, dh):
    "two slips: f_t at the top of the loop, and from_h handed on before the gates are new"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc = dc * f[t] + dh_t * o[t] * (1 - np.tanh(c[t])**2)
        from_h = p["W_h"].T @ da[t + 1] if t + 1 in da else 0.0
        da[t] = _gates_back(t, states, dh_t, dc)
    return _collect(da, x, h, _LSTM)


def wrong_11_4_l(p, x, states, dh):
    "two slips: the carry without a gate, and tanh(c)^2 for 1 - tanh(c)^2"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * np.tanh(c[t])**2
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_4_m(p, x, states, dh):
    "stores dc itself for each step and multiplies it in place afterwards: all steps share one array"
    h, c, i, f, g, o = states
    T = len(x) - 1
    kept, dhs, da, from_h, dc = {}, {}, {}, 0.0, np.zeros_like(c[1])
    for t in range(T, 0, -1):
        dhs[t] = dh[t] + from_h
        dc += dhs[t] * o[t] * (1 - np.tanh(c[t])**2)
        kept[t] = dc
        from_h = p["W_h"].T @ _gates_back(t, states, dhs[t], dc)
        dc *= f[t]
    for t in range(1, T + 1):
        da[t] = _gates_back(t, states, dhs[t], kept[t])
    return _collect(da, x, h, _LSTM)


def right_11_4_a(p, x, states, dh):
    "the line moved behind the gates"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc += dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = p["W_h"].T @ da[t]
        dc *= f[t]
    return _collect(da, x, h, _LSTM)


def right_11_4_b(p, x, states, dh):
    "at the top of the loop, with f_{t+1} and none at the last step"
    h, c, i, f, g, o = states
    T = len(x) - 1
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(T, 0, -1):
        dc = dc * (f[t+1] if t < T else 0.0)
        dh_t = dh[t] + from_h
        dc = dc + dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc)
        from_h = da[t] @ p["W_h"]
    return _collect(da, x, h, _LSTM)


def right_11_4_c(p, x, states, dh):
    "the multiplied order kept, and divided out for the gates"
    h, c, i, f, g, o = states
    da, from_h, dc = {}, 0.0, np.zeros_like(c[1])
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc = f[t] * (dc + dh_t * o[t] * (1 - np.tanh(c[t])**2))
        da[t] = _gates_back(t, states, dh_t, dc / f[t])
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


# ---------------------------------------------------------------- 11.5
# patient: dc_t = ... + dc_next * f[t]

def wrong_11_5_a(p, x, states, dh):
    "the patient handed back as it was: f_t"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f[t]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_b(p, x, states, dh):
    "f[t-1] instead"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f.get(t - 1, 1.0)
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_c(p, x, states, dh):
    "multiplied when handed on, and the old factor left standing as well"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f[t]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_5_d(p, x, states, dh):
    "the factor taken out and never put back"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_e(p, x, states, dh):
    "hands on f (1 - f) dc, the slope for the gate"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t] * (1 - f[t])
    return _collect(da, x, h, _LSTM)


def wrong_11_5_f(p, x, states, dh):
    "multiplies dc_t itself before the gates read it (patient 4)"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = (dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next) * f[t]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_g(p, x, states, dh):
    "f[t+1] with the forget gate of step 1 at the end (modulo)"
    h, c, i, f, g, o = states
    T = len(x) - 1
    da, from_h, dc_next = {}, 0.0, dh[T] * o[T] * (1 - np.tanh(c[T])**2)
    for t in range(T, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f[t % T + 1]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_h(p, x, states, dh):
    "the index of o moved as well: o[t+1]"
    h, c, i, f, g, o = states
    T = len(x) - 1
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(T, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[min(t + 1, T)] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        from_c = dc_t * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_5_i(p, x, states, dh):
    "f_{t+1} from the step after next: f.get(t + 2)"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f.get(t + 2, 0.0)
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_j(p, x, states, dh):
    "hands on only the step's own part times f, the carry from beyond is dropped"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        own = dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, own + from_c)
        from_h = p["W_h"].T @ da[t]
        from_c = own * f[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_5_k(p, x, states, dh):
    "two slips: factor i_t for f_t when handing on, and from_h along W_h of i only"
    h, c, i, f, g, o = states
    H = len(h[0])
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + from_c
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"][:H].T @ da[t][:H]
        from_c = dc_t * i[t]
    return _collect(da, x, h, _LSTM)


def wrong_11_5_l(p, x, states, dh):
    "two slips: no factor, and the carry subtracted"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) - dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def wrong_11_5_m(p, x, states, dh):
    "the forget gate multiplies the old carry only, the step's own part is handed on bare"
    h, c, i, f, g, o = states
    da, from_h, from_c = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2)
        da[t] = _gates_back(t, states, dh_t, dc_t + from_c)
        from_h = p["W_h"].T @ da[t]
        from_c = from_c * f[t] + dc_t
    return _collect(da, x, h, _LSTM)


def right_11_5_a(p, x, states, dh):
    "multiplies before handing on"
    h, c, i, f, g, o = states
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(len(x) - 1, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = f[t] * dc_t
    return _collect(da, x, h, _LSTM)


def right_11_5_b(p, x, states, dh):
    "the subscript t + 1, with a dict that has nothing beyond T"
    h, c, i, f, g, o = states
    T = len(x) - 1
    f_after = {**f, T + 1: np.zeros_like(f[1])}
    da, from_h, dc_next = {}, 0.0, 0.0
    for t in range(T, 0, -1):
        dh_t = dh[t] + from_h
        dc_t = dh_t * o[t] * (1 - np.tanh(c[t])**2) + dc_next * f_after[t+1]
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
        dc_next = dc_t
    return _collect(da, x, h, _LSTM)


def right_11_5_c(p, x, states, dh):
    "dc_t as an explicit sum over all later steps, with products of gates"
    h, c, i, f, g, o = states
    T = len(x) - 1
    own, da, from_h = {}, {}, 0.0
    for t in range(T, 0, -1):
        dh_t = dh[t] + from_h
        own[t] = dh_t * o[t] * (1 - np.tanh(c[t])**2)
        dc_t = sum(own[s] * np.prod([f[j] for j in range(t + 1, s + 1)] + [np.ones_like(f[1])],
                                    axis=0) for s in range(t, T + 1))
        da[t] = _gates_back(t, states, dh_t, dc_t)
        from_h = p["W_h"].T @ da[t]
    return _collect(da, x, h, _LSTM)


# ---------------------------------------------------------------- 11.6
# patient: carry = W_hh @ da

def wrong_11_6_a(p, x, states, dh):
    "the patient handed back as it was: no transpose"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"] @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_c(p, x, states, dh):
    "transposes a view of the weights in place, so every second step is right"
    h = states[0]
    W, da, carry = p["W_hh"], {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        W = W.T
        carry = W @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_d(p, x, states, dh):
    "transpose right, but the slope is applied to dh only"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * dh[t] + carry
        carry = p["W_hh"].T @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_e(p, x, states, dh):
    "carries the gradient at h, before the slope"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        d = dh[t] + carry
        da[t] = (1 - h[t]**2) * d
        carry = p["W_hh"].T @ d
    return _collect(da, x, h, _RNN)


def wrong_11_6_f(p, x, states, dh):
    "slope of the step before on the way back: h[t-1]"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t-1]**2) * (dh[t] + carry)
        carry = p["W_hh"].T @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_g(p, x, states, dh):
    "carry piles up: += for ="
    h = states[0]
    da, carry = {}, np.zeros_like(h[1])
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = carry + p["W_hh"].T @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_h(p, x, states, dh):
    "transposes the collected dW_hh instead of the matrix in the carry"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"] @ da[t]
    out = _collect(da, x, h, _RNN)
    out["W_hh"] = out["W_hh"].T
    return out


def wrong_11_6_i(p, x, states, dh):
    "transpose right, but the carry takes the upstream dh[t], not da[t]"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"].T @ dh[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_j(p, x, states, dh):
    "inverse for transpose"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = np.linalg.solve(p["W_hh"], da[t])
    return _collect(da, x, h, _RNN)


def wrong_11_6_k(p, x, states, dh):
    "two slips: tanh applied to h again, and no transpose"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - np.tanh(h[t])**2) * (dh[t] + carry)
        carry = p["W_hh"] @ da[t]
    return _collect(da, x, h, _RNN)


def wrong_11_6_l(p, x, states, dh):
    "two slips: the carry dropped (truncated after one step), and dW_hh with h[t] for h[t-1]"
    h = states[0]
    T = len(x) - 1
    da = np.array([(1 - h[t]**2) * dh[t] for t in range(1, T + 1)])
    now = np.array([h[t] for t in range(1, T + 1)])
    return {"W_xh": da.T @ x[1:], "W_hh": da.T @ now, "b_h": da.sum(0), "a": da}


def wrong_11_6_m(p, x, states, dh):
    "transpose right, the slope counted twice (again at the carry)"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"].T @ ((1 - h[t]**2) * da[t])
    return _collect(da, x, h, _RNN)


def _inplace_11_6_a(p, x, states, dh):
    "right the first time, but adds the carry to the caller's dh in place (patient 9)"
    h, da = states[0], {}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * dh[t]
        dh[t-1] += p["W_hh"].T @ da[t]
    return _collect(da, x, h, _RNN)


def right_11_6_a(p, x, states, dh):
    "row vector from the left"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = da[t] @ p["W_hh"]
    return _collect(da, x, h, _RNN)


def right_11_6_b(p, x, states, dh):
    "one block-triangular system over all steps, solved at once"
    h = states[0]
    T, H = len(x) - 1, len(h[1])
    S = [np.diag(1 - h[t]**2) for t in range(1, T + 1)]
    A, rhs = np.eye(T * H), np.zeros(T * H)
    for t in range(T):
        rhs[t*H:(t+1)*H] = S[t] @ dh[t+1]
        if t + 1 < T:
            A[t*H:(t+1)*H, (t+1)*H:(t+2)*H] = -S[t] @ p["W_hh"].T
    a = np.linalg.solve(A, rhs).reshape(T, H)
    past = np.array([h[t] for t in range(T)])
    return {"W_xh": np.einsum("th,td->hd", a, x[1:]), "W_hh": np.einsum("ti,tj->ij", a, past),
            "b_h": a.sum(axis=0), "a": a}


def right_11_6_c(p, x, states, dh):
    "loops over units, grads summed by outer products, list turned round at the end"
    h = states[0]
    H, D = len(h[1]), x.shape[1]
    dWx, dWh, db, rows, carry = np.zeros((H, D)), np.zeros((H, H)), np.zeros(H), [], [0.0] * H
    for t in range(len(x) - 1, 0, -1):
        da = np.array([(1 - h[t][j]**2) * (dh[t][j] + carry[j]) for j in range(H)])
        carry = [sum(p["W_hh"][j, m] * da[j] for j in range(H)) for m in range(H)]
        dWx += np.outer(da, x[t])
        dWh += np.outer(da, h[t-1])
        db += da
        rows.append(da)
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db, "a": np.array(rows[::-1])}


# ---------------------------------------------------------------- 11.7
# patient: dW_xh = np.outer(...) in place of +=

def _seven(p, x, states, dh):
    "the healthy sweep of patient 7"
    h, da, carry = states[0], {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"].T @ da[t]
    return h, da, np.array([da[t] for t in sorted(da)])


def wrong_11_7_a(p, x, states, dh):
    "the patient handed back as it was: = for +="
    h = states[0]
    da, carry = {}, 0.0
    dW_xh, dW_hh, db_h = (np.zeros_like(p[name]) for name in _RNN)
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        dW_xh = np.outer(da[t], x[t])
        dW_hh += np.outer(da[t], h[t-1])
        db_h += da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "a": np.array([da[t] for t in sorted(da)])}


def wrong_11_7_b(p, x, states, dh):
    "+= with x[t-1]"
    h = states[0]
    da, carry = {}, 0.0
    dW_xh, dW_hh, db_h = (np.zeros_like(p[name]) for name in _RNN)
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        dW_xh += np.outer(da[t], x[t-1])
        dW_hh += np.outer(da[t], h[t-1])
        db_h += da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "a": np.array([da[t] for t in sorted(da)])}


def wrong_11_7_c(p, x, states, dh):
    "outer product the wrong way round: (D, H)"
    h = states[0]
    da, carry = {}, 0.0
    dW_xh = np.zeros(p["W_xh"].T.shape)
    dW_hh, db_h = np.zeros_like(p["W_hh"]), np.zeros_like(p["b_h"])
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        dW_xh += np.outer(x[t], da[t])
        dW_hh += np.outer(da[t], h[t-1])
        db_h += da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "a": np.array([da[t] for t in sorted(da)])}


def wrong_11_7_d(p, x, states, dh):
    "mean over the steps instead of the sum, at W_xh"
    h, da, a = _seven(p, x, states, dh)
    out = _collect(da, x, h, _RNN)
    out["W_xh"] = np.mean([np.outer(da[t], x[t]) for t in sorted(da)], axis=0)
    return out


def wrong_11_7_e(p, x, states, dh):
    "all three set with = now"
    h = states[0]
    da, carry = {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        dW_xh = np.outer(da[t], x[t])
        dW_hh = np.outer(da[t], h[t-1])
        db_h = da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "a": np.array([da[t] for t in sorted(da)])}


def wrong_11_7_f(p, x, states, dh):
    "dW_xh multiplied up: *= for +="
    h, da, a = _seven(p, x, states, dh)
    dW = np.ones_like(p["W_xh"])
    for t in sorted(da):
        dW *= np.outer(da[t], x[t])
    return _collect(da, x, h, _RNN) | {"W_xh": dW}


def wrong_11_7_h(p, x, states, dh):
    "the last step is left out of the sum (range one too short)"
    h, da, a = _seven(p, x, states, dh)
    T = len(x) - 1
    dW = sum((np.outer(da[t], x[t]) for t in range(1, T)), np.zeros_like(p["W_xh"]))
    return _collect(da, x, h, _RNN) | {"W_xh": dW}


def wrong_11_7_i(p, x, states, dh):
    "sums da first and multiplies by the sum of the inputs"
    h, da, a = _seven(p, x, states, dh)
    return _collect(da, x, h, _RNN) | {"W_xh": np.outer(a.sum(axis=0), x[1:].sum(axis=0))}


def wrong_11_7_j(p, x, states, dh):
    "counts the last step twice: starts from its product and adds all"
    h, da, a = _seven(p, x, states, dh)
    T = len(x) - 1
    dW = np.outer(da[T], x[T])
    for t in range(T, 0, -1):
        dW = dW + np.outer(da[t], x[t])
    return _collect(da, x, h, _RNN) | {"W_xh": dW}


def wrong_11_7_k(p, x, states, dh):
    "two slips: += with the gradient at h (no slope), and a in backward order"
    h = states[0]
    da, carry = {}, 0.0
    dW_xh, dW_hh, db_h = (np.zeros_like(p[name]) for name in _RNN)
    for t in range(len(x) - 1, 0, -1):
        d = dh[t] + carry
        da[t] = (1 - h[t]**2) * d
        dW_xh += np.outer(d, x[t])
        dW_hh += np.outer(da[t], h[t-1])
        db_h += da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "a": np.array(list(da.values()))}


def wrong_11_7_l(p, x, states, dh):
    "two slips: W_xh mended, but the transpose at the carry removed and b_h averaged"
    h, da, carry = states[0], {}, 0.0
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = p["W_hh"] @ da[t]
    out = _collect(da, x, h, _RNN)
    return out | {"b_h": out["a"].mean(axis=0)}


def wrong_11_7_m(p, x, states, dh):
    "pairs the steps the wrong way round: da in backward order against x in forward order"
    h, da, a = _seven(p, x, states, dh)
    return _collect(da, x, h, _RNN) | {"W_xh": a[::-1].T @ x[1:]}


def right_11_7_a(p, x, states, dh):
    "list of outer products, summed at the end"
    h = states[0]
    da, carry, parts = {}, 0.0, []
    dW_hh, db_h = np.zeros_like(p["W_hh"]), np.zeros_like(p["b_h"])
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        parts.append(da[t][:, None] * x[t])
        dW_hh += np.outer(da[t], h[t-1])
        db_h += da[t]
        carry = p["W_hh"].T @ da[t]
    return {"W_xh": sum(parts), "W_hh": dW_hh, "b_h": db_h,
            "a": np.array([da[t] for t in sorted(da)])}


def right_11_7_b(p, x, states, dh):
    "input, past and one stacked: one einsum for all three"
    h, da, a = _seven(p, x, states, dh)
    D, T = x.shape[1], len(x) - 1
    z = np.hstack([x[1:], np.array([h[t] for t in range(T)]), np.ones((T, 1))])
    G = np.einsum("ti,tj->ij", a, z)
    return {"W_xh": G[:, :D], "W_hh": G[:, D:-1], "b_h": G[:, -1], "a": a}


def right_11_7_c(p, x, states, dh):
    "np.kron for the outer products, tensordot for the rest"
    h, da, a = _seven(p, x, states, dh)
    dW = np.zeros_like(p["W_xh"])
    for t in da:
        dW += np.kron(da[t][:, None], x[t][None, :])
    past = np.stack([h[t-1] for t in sorted(da)])
    return {"a": a, "b_h": np.ones(len(a)) @ a, "W_hh": np.tensordot(a, past, axes=(0, 0)),
            "W_xh": dW}


# ---------------------------------------------------------------- 11.8
# patient: grads["b_h"] = grads["b_h"] + da[t], (B, H)

def _eight(p, x, states, dh):
    "the healthy sweep of patient 8: da (T, B, H), inputs, past"
    h = states[0]
    T, da, carry = len(x) - 1, {}, 0.0
    for t in range(T, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        carry = da[t] @ p["W_hh"]
    return np.array([da[t] for t in range(1, T + 1)]), x[1:], np.array([h[t] for t in range(T)])


def _eight_grads(a, x, past):
    return {"W_xh": np.einsum("tbh,tbd->hd", a, x), "W_hh": np.einsum("tbi,tbj->ij", a, past),
            "b_h": a.sum(axis=(0, 1)), "a": a}


def wrong_11_8_a(p, x, states, dh):
    "the patient handed back as it was: (B, H)"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] = grads["W_xh"] + da[t].T @ x[t]
        grads["W_hh"] = grads["W_hh"] + da[t].T @ h[t-1]
        grads["b_h"] = grads["b_h"] + da[t]
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_b(p, x, states, dh):
    "mean over the batch instead of the sum"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] = grads["W_xh"] + da[t].T @ x[t]
        grads["W_hh"] = grads["W_hh"] + da[t].T @ h[t-1]
        grads["b_h"] = grads["b_h"] + da[t].mean(axis=0)
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_c(p, x, states, dh):
    "sums over the units instead of the samples (sum of each row), then over the batch's mean"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] = grads["W_xh"] + da[t].T @ x[t]
        grads["W_hh"] = grads["W_hh"] + da[t].T @ h[t-1]
        grads["b_h"] = grads["b_h"] + da[t].sum(axis=1).mean()
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_d(p, x, states, dh):
    "sum() without axis: one number added to every unit"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] += da[t].T @ x[t]
        grads["W_hh"] += da[t].T @ h[t-1]
        grads["b_h"] += da[t].sum()
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_e(p, x, states, dh):
    "takes the first sample only"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] += da[t].T @ x[t]
        grads["W_hh"] += da[t].T @ h[t-1]
        grads["b_h"] += da[t][0]
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_f(p, x, states, dh):
    "sums over the batch, but keeps only one step (= for +)"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] = grads["W_xh"] + da[t].T @ x[t]
        grads["W_hh"] = grads["W_hh"] + da[t].T @ h[t-1]
        grads["b_h"] = da[t].sum(axis=0)
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_g(p, x, states, dh):
    "keepdims: shape (1, H)"
    a, x, past = _eight(p, x, states, dh)
    grads = _eight_grads(a, x, past)
    grads["b_h"] = a.sum(axis=0).sum(axis=0, keepdims=True)
    return grads


def wrong_11_8_h(p, x, states, dh):
    "averages all three over the batch, as many programs do"
    a, x, past = _eight(p, x, states, dh)
    grads = _eight_grads(a, x, past)
    B = a.shape[1]
    return {name: grads[name] / B for name in _RNN} | {"a": a}


def wrong_11_8_i(p, x, states, dh):
    "sums da over the batch at once, so a is (T, H) and the weights see summed samples"
    a, x, past = _eight(p, x, states, dh)
    s = a.sum(axis=1)
    return {"W_xh": s.T @ x.sum(axis=1), "W_hh": s.T @ past.sum(axis=1), "b_h": s.sum(axis=0),
            "a": s}


def wrong_11_8_j(p, x, states, dh):
    "b_h summed over the batch and averaged over the steps"
    a, x, past = _eight(p, x, states, dh)
    return _eight_grads(a, x, past) | {"b_h": a.sum(axis=1).mean(axis=0)}


def wrong_11_8_k(p, x, states, dh):
    "two slips: mean over the samples, and a with batch first (B, T, H)"
    a, x, past = _eight(p, x, states, dh)
    return _eight_grads(a, x, past) | {"b_h": a.mean(axis=1).sum(axis=0), "a": a.swapaxes(0, 1)}


def wrong_11_8_l(p, x, states, dh):
    "two slips: b_h mended, but W_hh transposed in the carry and dW_hh with h[t]"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] += da[t].T @ x[t]
        grads["W_hh"] += da[t].T @ h[t]
        grads["b_h"] += da[t].sum(axis=0)
        carry = da[t] @ p["W_hh"].T
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def wrong_11_8_m(p, x, states, dh):
    "sums the upstream dh instead of da for the bias (no slope, no carry)"
    a, xs, past = _eight(p, x, states, dh)
    return _eight_grads(a, xs, past) | {"b_h": dh[1:].sum(axis=(0, 1))}


def right_11_8_a(p, x, states, dh):
    "ones from the left: the bias as a weight of a constant input"
    h = states[0]
    da, carry, grads = {}, 0.0, {name: np.zeros_like(p[name]) for name in _RNN}
    for t in range(len(x) - 1, 0, -1):
        da[t] = (1 - h[t]**2) * (dh[t] + carry)
        grads["W_xh"] = grads["W_xh"] + da[t].T @ x[t]
        grads["W_hh"] = grads["W_hh"] + da[t].T @ h[t-1]
        grads["b_h"] = grads["b_h"] + np.ones(len(da[t])) @ da[t]
        carry = da[t] @ p["W_hh"]
    return grads | {"a": np.array([da[t] for t in sorted(da)])}


def right_11_8_b(p, x, states, dh):
    "whole arrays: reshape to (T B, .) and one matrix product each"
    a, xs, past = _eight(p, x, states, dh)
    rows = lambda v: v.reshape(-1, v.shape[-1])
    return {"W_xh": rows(a).T @ rows(xs), "W_hh": rows(a).T @ rows(past),
            "b_h": np.add.reduce(rows(a)), "a": a}


def right_11_8_c(p, x, states, dh):
    "sample by sample, each as a single sequence, added up"
    h = states[0]
    T, B, H = len(x) - 1, x.shape[1], len(p["b_h"])
    a = np.zeros((T, B, H))
    g = [np.zeros_like(p[name]) for name in _RNN]
    for b in range(B):
        carry = np.zeros(H)
        for t in range(T, 0, -1):
            d = (1 - h[t][b]**2) * (dh[t][b] + carry)
            carry = p["W_hh"].T @ d
            a[t-1, b] = d
            for total, part in zip(g, (np.outer(d, x[t][b]), np.outer(d, h[t-1][b]), d)):
                total += part
    return dict(zip(_RNN, g), a=a)
