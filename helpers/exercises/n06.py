"""Exercises of notebook 06: the LSTM. Vectors (H,), one sample; gates are kept squashed."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(6)
FORWARD = "The forward pass, in numbers"
LAST = "The last step, gate by gate"
NEXT = "Why does step t need a term from t + 1?"
WHICH = "Which carry reaches the output gate?"
UNITS = "From one unit to H"
LETTERS = "Other people's letters"


def sigma(a):
    return 1 / (1 + np.exp(-a))


def _normal(*shape, scale=1.0):
    return scale * _rng.normal(size=shape)


output_gate = Exercise(
    number="6.1",
    title="the output gate's pre-activation",
    truth=lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t) * o_t * (1 - o_t),
    inputs=tuple(
        (_normal(H), _normal(H, scale=scale), sigma(_normal(H, scale=scale)))
        for H, scale in ((3, 1.0), (1, 2.0), (5, 8.0), (2, 1e-3))
    ),
    returns=("da^o_t",),
    mistakes=(
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * c_t * o_t * (1 - o_t),
            "You multiplied with c_t, but the output gate's partner is tanh(c_t).",
            LAST,
        ),
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t) * o_t,
            "You used o_t itself as the slope of the sigmoid; it is o_t (1 − o_t).",
            LAST,
        ),
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t),
            "This is the gradient at o_t, before the gate's own slope: multiply by o_t (1 − o_t) "
            "to reach a^o_t.",
            LAST,
        ),
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t) * sigma(o_t) * (1 - sigma(o_t)),
            "You squashed o_t a second time: it is already the sigmoid of a^o_t, so its slope is "
            "o_t (1 − o_t).",
            LAST,
        ),
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * (1 - np.tanh(c_t) ** 2) * o_t * (1 - o_t),
            "You used the slope of tanh at c_t where tanh(c_t) itself belongs; the slope is for "
            "the way to c_t.",
            LAST,
        ),
        Mistake(
            lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t) * (1 - o_t**2),
            "1 − o_t² is the slope of tanh; the output gate is a sigmoid.",
            LAST,
        ),
    ),
)


def cells_back(dh, c, o, f, slip=""):
    """Return dc (T, H); row t − 1 of every array belongs to step t."""
    slope = {"no square": 1 - np.tanh(c), "no tanh": 1 - c**2}.get(slip, np.cosh(c) ** -2)
    local = dh * (slope if slip == "no o" else o * slope)  # (T, H)
    T, dc = len(dh), local.copy()
    if slip == "forward":
        for t in range(1, T):
            dc[t] += dc[t - 1] * f[t]
        return dc
    if slip == "no carry":
        return dc
    for t in range(T - 2, -1, -1):
        arrives = local[t + 1] if slip == "one step" else dc[t + 1]
        factor = {"f_t": f[t], "no f": 1.0}.get(slip, f[t + 1])
        dc[t] += arrives * factor
    return dc


def _cells(slip):
    return lambda dh, c, o, f: cells_back(dh, c, o, f, slip)


cell_line = Exercise(
    number="6.2",
    title="back along the cell line",
    truth=lambda dh, c, o, f: cells_back(dh, c, o, f),
    inputs=tuple(
        (_normal(T, H), _normal(T, H, scale=scale), *sigma(_normal(2, T, H, scale=scale)))
        for T, H, scale in ((4, 3, 1.0), (1, 2, 1.0), (6, 1, 4.0), (2, 5, 1e-3))
    ),
    returns=("dc",),
    time_axis=0,
    mistakes=(
        Mistake(
            _cells("f_t"),
            "You used f_t where f_{t+1} belongs: the product that used c_t is f_{t+1} ⊙ c_t, "
            "inside step t+1.",
            NEXT,
        ),
        Mistake(
            _cells("no carry"),
            "You dropped the gradient arriving from t+1 on the cell line, dc_{t+1} ⊙ f_{t+1}.",
            NEXT,
        ),
        Mistake(
            _cells("no f"),
            "The cell carry lacks its factor: on its way from c_{t+1} to c_t it meets f_{t+1}.",
            NEXT,
        ),
        Mistake(
            _cells("one step"),
            "Your carry comes from one step only: dc_{t+1} must contain its own carry, so go from "
            "the last step to the first and use the dc that you have completed.",
            NEXT,
        ),
        Mistake(
            _cells("forward"),
            "Your sum runs forward in time; a gradient travels from the last step to the first.",
            NEXT,
        ),
        Mistake(
            _cells("no square"),
            "The slope of tanh is 1 − tanh², not 1 − tanh.",
            LAST,
        ),
        Mistake(
            _cells("no tanh"),
            "c_t is not squashed yet, so the slope is 1 − tanh²(c_t), not 1 − c_t².",
            LAST,
        ),
        Mistake(
            _cells("no o"),
            "From h_t to c_t the gradient also passes the output gate: the factor o_t is missing.",
            LAST,
        ),
    ),
)


def blocks(W, order):
    parts = np.split(W, 4)
    return np.concatenate([parts[k] for k in order])


def _swapped_rows(W):
    W = W.copy()
    W[1:4] = W[[2, 3, 1]]
    return W


layout = Exercise(
    number="6.3",
    title="from another order of the gates",
    truth=lambda W: blocks(W, (0, 2, 3, 1)),
    inputs=((_normal(12, 2),), (_normal(4, 3),), (_normal(8),), (_normal(20, 1, scale=1e-3),)),
    returns=("W",),
    mistakes=(
        Mistake(
            lambda W: blocks(W, (0, 3, 1, 2)),
            "You converted in the other direction, from i, f, g, o to i, o, f, g.",
            LETTERS,
        ),
        Mistake(
            lambda W: blocks(W, (0, 2, 1, 3)),
            "Your order is i, f, o, g, the one of CS231n; here g comes before o.",
            LETTERS,
        ),
        Mistake(
            _swapped_rows,
            "You moved single rows; a gate is a block of H rows, a quarter of the matrix.",
            UNITS,
        ),
        Mistake(
            lambda W: W[[0, 2, 3, 1]],
            "You picked four rows; a gate is a block of H rows, a quarter of the matrix.",
            UNITS,
        ),
        Mistake(
            lambda W: np.concatenate([W[k::4] for k in (0, 2, 3, 1)]),
            "You took every fourth row for a gate, but the rows of a gate lie together, in blocks.",
            UNITS,
        ),
        Mistake(
            lambda W: W.copy(),
            "This is still the order i, o, f, g.",
            LETTERS,
        ),
    ),
)


def step_back(dh_above, from_h, from_c, gates, c_past, c_t, W_h, slip=""):
    i, f, g, o = gates
    slope = {k: (1 - v) * v for k, v in zip("ifo", (i, f, o), strict=True)}
    tanh = np.tanh(c_t)
    if slip == "twice":
        slope = {k: sigma(v) * (1 - sigma(v)) for k, v in zip("ifo", (i, f, o), strict=True)}
    if slip == "f":
        slope["f"] = f
    dh = dh_above + (0 if slip == "no from_h" else from_h)
    dc = dh * o * (1 - tanh if slip == "no square" else 1 - tanh**2)
    dc = dc + (0 if slip == "no from_c" else from_c)
    to_o = dh + from_c if slip == "from_c to o" else dh
    da = {
        "i": dc * g * slope["i"],
        "f": dc * (c_t if slip == "c_t" else c_past) * slope["f"],
        "g": dc * i * (1 - (g if slip == "no square" else g**2)),
        "o": to_o * (c_t if slip == "no tanh" else tanh) * slope["o"],
    }
    W = dict(zip("ifgo", np.split(W_h, 4), strict=True))
    sent = sum((W[k] if slip == "no transpose" else W[k].T) @ da[k] for k in da)
    to_c = {"dc": dc, "from_c on": from_c * f}.get(slip, dc * f)
    return da | {"to_h": sent, "to_c": to_c}


def _step(slip):
    return lambda *args: step_back(*args, slip)


def _step_input(H, scale, last=False):
    gates = sigma(_normal(3, H, scale=scale))
    i, f, o, g = *gates, np.tanh(_normal(H, scale=scale))
    c_past = _normal(H, scale=scale)
    above, from_h, from_c = _normal(3, H)
    carried = (0 * from_h, 0 * from_c) if last else (from_h, from_c)
    return (above, *carried, (i, f, g, o), c_past, f * c_past + i * g, _normal(4 * H, H))


step = Exercise(
    number="6.4",
    title="one LSTM step backward",
    truth=lambda *args: step_back(*args),
    inputs=(
        _step_input(3, 1.0),
        _step_input(1, 1.0),
        _step_input(2, 5.0),
        _step_input(4, 1e-2, last=True),
    ),
    mistakes=(
        Mistake(
            _step("no from_h"),
            "You dropped the gradient arriving from t+1 on the hidden line: dh_t is dh_above plus "
            "from_h.",
            NEXT,
        ),
        Mistake(
            _step("no from_c"),
            "You dropped the gradient arriving from t+1 on the cell line: dc_t lacks from_c.",
            NEXT,
        ),
        Mistake(
            _step("from_c to o"),
            "You gave the cell carry to the output gate too, but o_t cannot change c_t: it listens "
            "to dh_t only.",
            WHICH,
        ),
        Mistake(
            _step("no transpose"),
            "A transpose is missing: back to h_{t−1} each gate's block of W_h goes transposed.",
            LAST,
        ),
        Mistake(
            _step("f"),
            "At the forget gate you used f_t itself as the slope; it is f_t (1 − f_t).",
            LAST,
        ),
        Mistake(
            _step("twice"),
            "You squashed the gates a second time: i, f and o are already sigmoids, so the slope "
            "is value × (1 − value).",
            LAST,
        ),
        Mistake(
            _step("no square"),
            "The slope of tanh is 1 − tanh², at the candidate 1 − g_t²; you left out the square.",
            LAST,
        ),
        Mistake(
            _step("no tanh"),
            "The output gate was multiplied with tanh(c_t), not with c_t.",
            LAST,
        ),
        Mistake(
            _step("c_t"),
            "The forget gate's partner is the old cell: c_{t−1} belongs where you used c_t.",
            LAST,
        ),
        Mistake(
            _step("dc"),
            "To c_{t−1} you sent dc_t without the forget gate: it goes back times f_t.",
            LAST,
        ),
        Mistake(
            _step("from_c on"),
            "To c_{t−1} you passed on only what came along the cell line; all of dc_t goes back, "
            "what came down from h_t included.",
            LAST,
        ),
    ),
)


def gru_back(dh_t, r, z, n, h_past, W_hr, W_hz, W_hn, slip=""):
    if slip == "swapped":
        da_z, da_n, kept = dh_t * (n - h_past) * z * (1 - z), dh_t * z * (1 - n**2), dh_t * (1 - z)
    else:
        partner = {"one use": h_past}.get(slip, h_past - n)
        da_z, da_n, kept = dh_t * partner * z * (1 - z), dh_t * (1 - z) * (1 - n**2), dh_t * z
    back = (lambda W, da: W @ da) if slip == "no transpose" else (lambda W, da: W.T @ da)
    s = back(W_hn, da_n)  # the gradient at r ⊙ h_past
    da_r, through_n = s * h_past * r * (1 - r), s * r
    if slip == "after":
        da_r, through_n = da_n * (W_hn @ h_past) * r * (1 - r), W_hn.T @ (da_n * r)
    if slip == "no r":
        through_n = s
    if slip == "no s":
        da_r = da_n * h_past * r * (1 - r)
    kept = 0 if slip == "no z" else kept
    return {
        "r": da_r,
        "z": da_z,
        "n": da_n,
        "to_h": kept + back(W_hr, da_r) + back(W_hz, da_z) + through_n,
    }


def _gru(slip):
    return lambda *args: gru_back(*args, slip)


def _gru_input(H, scale):
    r, z = sigma(_normal(2, H, scale=scale))
    n, h_past = np.tanh(_normal(2, H, scale=scale))
    return (_normal(H), r, z, n, h_past, *_normal(3, H, H))


gru = Exercise(
    number="6.5",
    title="another gated unit",
    truth=lambda *args: gru_back(*args),
    inputs=(_gru_input(3, 1.0), _gru_input(1, 1.0), _gru_input(2, 4.0), _gru_input(5, 1e-2)),
    mistakes=(
        Mistake(
            _gru("no z"),
            "You dropped the direct route: z_t ⊙ h_{t−1} sends dh_t ⊙ z_t straight to h_{t−1}.",
            NEXT,
        ),
        Mistake(
            _gru("swapped"),
            "You have z_t and 1 − z_t the other way round: here z_t is what is kept of h_{t−1}.",
            FORWARD,
        ),
        Mistake(
            _gru("one use"),
            "z_t is used twice: once times h_{t−1}, once, with a minus, times n_t. You counted "
            "the first use only.",
            NEXT,
        ),
        Mistake(
            _gru("no r"),
            "On the route through the candidate h_{t−1} was multiplied by r_t, so its gradient is "
            "too.",
            LAST,
        ),
        Mistake(
            _gru("no s"),
            "The reset gate sits behind a matrix: what arrives at r_t ⊙ h_{t−1} is W_hnᵀ da^n_t, "
            "not da^n_t.",
            LAST,
        ),
        Mistake(
            _gru("after"),
            "You reset after the matrix, r_t ⊙ (W_hn h_{t−1}), as PyTorch does; here the reset "
            "comes first, W_hn (r_t ⊙ h_{t−1}).",
            LETTERS,
        ),
        Mistake(
            _gru("no transpose"),
            "The transposes are missing: back to h_{t−1} each matrix goes transposed.",
            LAST,
        ),
    ),
)

EXERCISES = (output_gate, cell_line, layout, step, gru)
