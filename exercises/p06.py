"""Exercises of page 06: the LSTM. Vectors (H,), one sample; gates are kept squashed."""

import numpy as np

from exercises.inputs import awkward, gate, normal, sigma, sizes
from exercises.slips import Exercise, Slip

FORWARD = "The forward pass, in numbers"
LAST = "The last step, gate by gate"
NEXT = "Why does step t need a term from t + 1?"
WHICH = "Which carry reaches the output gate?"
UNITS = "From one unit to H"
LETTERS = "Other people's letters"


def da_o(dh_t, c_t, o_t):
    return dh_t * np.tanh(c_t) * o_t * (1 - o_t)


def _gate_inputs(rng):
    for H, s in sizes(1, 2, 3, 5):
        args = normal(rng, H), normal(rng, H, scale=s), gate(rng, H, scale=s)
        yield args
        yield from awkward(args, 0, 1) if s == 1 else ()


e1 = Exercise(
    "6.1",
    "the output gate's pre-activation",
    da_o,
    _gate_inputs,
    returns="da^o_t",
    slips=[
        Slip(
            {"np.tanh(c_t)": "c_t"},
            "You multiplied with c_t, but the output gate's partner is tanh(c_t).",
            LAST,
        ),
        Slip(
            {"* (1 - o_t)": ""},
            "You used o_t itself as the slope of the sigmoid; it is o_t (1 − o_t).",
            LAST,
        ),
        Slip(
            {"* o_t * (1 - o_t)": ""},
            "This is the gradient at o_t, before the gate's own slope: multiply by o_t (1 − o_t) "
            "to reach a^o_t.",
            LAST,
        ),
        Slip(
            {"* o_t *": "*"},
            "You used 1 − o_t as the slope of the sigmoid; it is the product o_t (1 − o_t).",
            LAST,
        ),
        Slip(
            {"o_t * (1 - o_t)": "sigma(o_t) * (1 - sigma(o_t))"},
            "You squashed o_t a second time: it is already the sigmoid of a^o_t, so its slope is "
            "o_t (1 − o_t).",
            LAST,
        ),
        Slip(
            {"np.tanh(c_t)": "(1 - np.tanh(c_t) ** 2)"},
            "You used the slope of tanh at c_t where tanh(c_t) itself belongs; the slope is for "
            "the way to c_t.",
            LAST,
        ),
        Slip(
            {"o_t * (1 - o_t)": "(1 - o_t**2)"},
            "1 − o_t² is the slope of tanh; the output gate is a sigmoid.",
            LAST,
        ),
        Slip(
            [{"* np.tanh(c_t)": ""}],
            "The output gate's partner is missing: h_t is o_t times tanh(c_t), so tanh(c_t) comes "
            "into its gradient.",
            LAST,
        ),
    ],
)


def dc(dh, c, o, f):
    dc = dh * o * (1 - np.tanh(c) ** 2)  # (T, H), without what comes from the next step
    for t in reversed(range(len(dc) - 1)):
        dc[t] += dc[t + 1] * f[t + 1]
    return dc


def _forward(dh, c, o, f):
    dc = dh * o * (1 - np.tanh(c) ** 2)
    for t in range(1, len(dc)):
        dc[t] += dc[t - 1] * f[t]
    return dc


def _cell_inputs(rng):
    for T, H, s in sizes((1, 1), (1, 2), (2, 1), (3, 1), (2, 5), (4, 3), (6, 2)):
        args = *normal(rng, 2, T, H, scale=s), *gate(rng, 2, T, H, scale=s)
        yield args
        yield from awkward(args, 0, 1) if s == 1 and T > 1 else ()


e2 = Exercise(
    "6.2",
    "back along the cell line",
    dc,
    _cell_inputs,
    returns="dc",
    steps="dc",
    slips=[
        Slip(
            {"f[t + 1]": "f[t]"},
            "You used f_t where f_{t+1} belongs: the product that used c_t is f_{t+1} ⊙ c_t, "
            "inside step t+1.",
            NEXT,
        ),
        Slip(
            {"dc[t] += dc[t + 1] * f[t + 1]": "pass"},
            "You dropped the gradient arriving from t+1 on the cell line, dc_{t+1} ⊙ f_{t+1}.",
            NEXT,
        ),
        Slip(
            {"* f[t + 1]": ""},
            "The cell carry lacks its factor: on its way from c_{t+1} to c_t it meets f_{t+1}.",
            NEXT,
        ),
        Slip(
            {"reversed(range(len(dc) - 1))": "range(len(dc) - 1)"},
            "Your carry comes from one step only: dc_{t+1} must contain its own carry, so go from "
            "the last step to the first and use the dc that you have completed.",
            NEXT,
        ),
        Slip(
            _forward,
            "Your sum runs forward in time; a gradient travels from the last step to the first.",
            NEXT,
        ),
        Slip(
            {"dc[t] +=": "dc[t] ="},
            "You kept only what comes from t+1 and lost the loss's own share at step t: the carry "
            "is added to dh_t ⊙ o_t (1 − tanh²(c_t)).",
            NEXT,
        ),
        Slip(
            {"np.tanh(c) ** 2": "np.tanh(c)"}, "The slope of tanh is 1 − tanh², not 1 − tanh.", LAST
        ),
        Slip(
            {"np.tanh(c) ** 2": "c ** 2"},
            "c_t is not squashed yet, so the slope is 1 − tanh²(c_t), not 1 − c_t².",
            LAST,
        ),
        Slip(
            {"* (1 - np.tanh(c) ** 2)": ""},
            "From h_t to c_t the gradient passes the tanh: its slope, 1 − tanh²(c_t), is missing.",
            LAST,
        ),
        Slip(
            {"(1 - np.tanh(c) ** 2)": "np.tanh(c)"},
            "You multiplied by tanh(c_t) itself, which is the output gate's partner; on the way to "
            "c_t it is the slope, 1 − tanh²(c_t).",
            LAST,
        ),
        Slip(
            {"dh * o *": "dh *"},
            "From h_t to c_t the gradient also passes the output gate: the factor o_t is missing.",
            LAST,
        ),
        Slip(
            {"* o *": "* o * (1 - o) *"},
            "You gave o_t its sigmoid slope; towards c_t the gate only multiplies, and the slope is "
            "for the way to a^o_t.",
            LAST,
        ),
    ],
)


def rows(W):
    i, o, f, g = np.split(W, 4)
    return np.concatenate([i, f, g, o])


def _single_rows(W):
    W = W.copy()
    W[1:4] = W[[2, 3, 1]]
    return W


def _row_inputs(rng):
    for H, D, s in sizes((1, 1), (1, 3), (2, 1), (2, 3), (3, 2), (5, 1), (4, 4), (3, 0)):
        yield (s * rng.normal(size=(4 * H, D) if D else 4 * H),)


e3 = Exercise(
    "6.3",
    "from another order of the gates",
    rows,
    _row_inputs,
    returns="W",
    slips=[
        Slip(
            {"[i, f, g, o]": "[i, g, o, f]"},
            "You converted in the other direction, from i, f, g, o to i, o, f, g.",
            LETTERS,
        ),
        Slip(
            {"i, o, f, g =": "i, g, f, o ="},
            "Your order is i, f, o, g, the one of CS231n; here g comes before o.",
            LETTERS,
        ),
        Slip(
            _single_rows,
            "You moved single rows; a gate is a block of H rows, a quarter of the matrix.",
            UNITS,
        ),
        Slip(
            lambda W: W[[0, 2, 3, 1]],
            "You picked four rows; a gate is a block of H rows, a quarter of the matrix.",
            UNITS,
        ),
        Slip(
            {"np.split(W, 4)": "W[0::4], W[1::4], W[2::4], W[3::4]"},
            "You took every fourth row for a gate, but the rows of a gate lie together, in blocks.",
            UNITS,
        ),
        Slip(lambda W: W.copy(), "This is still the order i, o, f, g.", LETTERS),
        Slip(
            {"np.concatenate": "np.array"},
            "Your four blocks are stacked along a new axis; lay them end to end with "
            "np.concatenate, so that the shape stays that of W.",
            UNITS,
        ),
        Slip(
            {"np.split(W, 4)": "np.split(W, 4, axis=-1)", "[i, f, g, o]": "[i, f, g, o], axis=-1"},
            "You cut the columns into gates; the gates lie in blocks of rows.",
            UNITS,
        ),
    ],
)


def step_back(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    i, f, g, o = gates
    W_i, W_f, W_g, W_o = np.split(W_h, 4)
    dh = dh_above + from_h
    da_o = dh * np.tanh(c_t) * o * (1 - o)
    dc = dh * o * (1 - np.tanh(c_t) ** 2) + from_c
    da_i = dc * g * i * (1 - i)
    da_f = dc * c_past * f * (1 - f)
    da_g = dc * i * (1 - g**2)
    to_h = W_i.T @ da_i + W_f.T @ da_f + W_g.T @ da_g + W_o.T @ da_o
    to_c = dc * f
    return {"o": da_o, "i": da_i, "f": da_f, "g": da_g, "to_h": to_h, "to_c": to_c}


def _step_inputs(rng):
    for H, s in sizes(1, 2, 3, 4):
        i, f, o = gate(rng, 3, H, scale=s)
        g, c_past = np.tanh(normal(rng, H, scale=s)), normal(rng, H, scale=s)
        gates, c_t = (i, f, g, o), f * c_past + i * g
        args = *normal(rng, 3, H), gates, c_past, c_t, normal(rng, 4 * H, H)
        yield args
        yield from awkward(args, 0, 1, 2) if s == 1 else ()


SQUASHED = {
    "i * (1 - i)": "sigma(i) * (1 - sigma(i))",
    "f * (1 - f)": "sigma(f) * (1 - sigma(f))",
    "o * (1 - o)": "sigma(o) * (1 - sigma(o))",
}
AGAIN_G = {"g**2": "np.tanh(g) ** 2"}
TRANSPOSED = {f"W_{k}.T": f"W_{k}" for k in "ifgo"}


def _gate_slips(gate, name):
    """Return the slips at one sigmoid gate's own slope."""
    return [
        Slip(
            {f"* {gate} * (1 - {gate})": f"* {gate}"},
            f"At the {name} gate you used {gate}_t itself as the slope; it is "
            f"{gate}_t (1 − {gate}_t).",
            LAST,
        ),
        Slip(
            {f"* {gate} * (1 - {gate})": f"* (1 - {gate})"},
            f"At the {name} gate you used 1 − {gate}_t as the slope; it is {gate}_t (1 − {gate}_t).",
            LAST,
        ),
        Slip(
            {f"* {gate} * (1 - {gate})": ""},
            f"At the {name} gate you stopped at the gate's value: its own slope, "
            f"{gate}_t (1 − {gate}_t), leads on to the pre-activation.",
            LAST,
        ),
        Slip(
            {f"{gate} * (1 - {gate})": f"(1 - {gate}**2)"},
            f"At the {name} gate you took the slope of tanh, 1 − {gate}_t²; this gate is a sigmoid.",
            LAST,
        ),
        Slip(
            {f"{gate} * (1 - {gate})": f"sigma({gate}) * (1 - sigma({gate}))"},
            f"You squashed {gate}_t a second time: it is already a sigmoid, so the slope is "
            f"{gate}_t (1 − {gate}_t).",
            LAST,
        ),
    ]


e4 = Exercise(
    "6.4",
    "one LSTM step backward",
    step_back,
    _step_inputs,
    slips=[
        Slip(
            {"dh_above + from_h": "dh_above"},
            "You dropped the gradient arriving from t+1 on the hidden line: dh_t is dh_above plus "
            "from_h.",
            NEXT,
        ),
        Slip(
            {"+ from_c": ""},
            "You dropped the gradient arriving from t+1 on the cell line: dc_t lacks from_c.",
            NEXT,
        ),
        Slip(
            {"dh_above + from_h": "from_h"},
            "The loss of step t itself is lost: dh_t is dh_above plus from_h.",
            NEXT,
        ),
        Slip(
            {"da_o = dh *": "da_o = (dh + from_c) *"},
            "You gave the cell carry to the output gate too, but o_t cannot change c_t: it listens "
            "to dh_t only.",
            WHICH,
        ),
        Slip(
            [
                {"da_o = dh *": "da_o = (dh * o * (1 - np.tanh(c_t) ** 2) + from_c) *"},
                {"da_o = dh *": "da_o = from_c *"},
            ],
            "You fed the output gate from the cell's gradient; o_t stands behind the cell and "
            "listens to dh_t only.",
            WHICH,
        ),
        Slip(
            TRANSPOSED,
            "A transpose is missing: back to h_{t−1} each gate's block of W_h goes transposed.",
            LAST,
        ),
        Slip(
            {
                "W_i.T @ da_i + W_f.T @ da_f + W_g.T @ da_g + W_o.T @ da_o": (
                    "W_h @ np.concatenate([da_i, da_f, da_g, da_o])"
                )
            },
            "A transpose is missing: back to h_{t−1} the matrix goes transposed, W_hᵀ (H, 4H).",
            LAST,
        ),
        Slip(
            {
                "W_i.T @ da_i + W_f.T @ da_f + W_g.T @ da_g + W_o.T @ da_o": (
                    "W_h.T @ np.concatenate([da_i, da_f, da_o, da_g])"
                )
            },
            "You stacked the four gradients in the order i, f, o, g; the rows of W_h stand in the "
            "order i, f, g, o.",
            LETTERS,
        ),
        *_gate_slips("o", "output"),
        *_gate_slips("i", "input"),
        *_gate_slips("f", "forget"),
        Slip(
            SQUASHED,
            "You squashed the gates a second time: i, f and o are already sigmoids, so the slope "
            "is value × (1 − value).",
            LAST,
        ),
        Slip(
            SQUASHED | AGAIN_G,
            "You squashed all four gates a second time: they arrive squashed, so the slopes are "
            "value × (1 − value), and 1 − g_t² at the candidate.",
            LAST,
        ),
        Slip(
            AGAIN_G,
            "You squashed the candidate a second time: g_t is a tanh already, so its slope is "
            "1 − g_t².",
            LAST,
        ),
        Slip(
            {"np.tanh(c_t) ** 2": "np.tanh(c_t)", "g**2": "g"},
            "The slope of tanh is 1 − tanh², at the candidate 1 − g_t²; you left out the square.",
            LAST,
        ),
        Slip(
            {"np.tanh(c_t) ** 2": "np.tanh(c_t)"},
            "The slope of tanh at c_t is 1 − tanh²(c_t); you left out the square.",
            LAST,
        ),
        Slip({"g**2": "g"}, "The candidate's slope is 1 − g_t²; you left out the square.", LAST),
        Slip(
            {"(1 - g**2)": "g * (1 - g)"},
            "The candidate is a tanh, so its slope is 1 − g_t², not g_t (1 − g_t).",
            LAST,
        ),
        Slip(
            {"* (1 - g**2)": ""},
            "At the candidate you stopped at g_t: its own slope, 1 − g_t², leads on to the "
            "pre-activation.",
            LAST,
        ),
        Slip(
            {"dh * np.tanh(c_t)": "dh * c_t"},
            "The output gate was multiplied with tanh(c_t), not with c_t.",
            LAST,
        ),
        Slip(
            {"dh * np.tanh(c_t)": "dh * c_t", "o * (1 - np.tanh(c_t) ** 2)": "o"},
            "Your h_t is o_t ⊙ c_t: the tanh between cell and output is lost, at the output gate "
            "and on the way to c_t.",
            FORWARD,
        ),
        Slip(
            {"* (1 - np.tanh(c_t) ** 2)": ""},
            "From h_t to c_t the gradient passes the tanh: its slope, 1 − tanh²(c_t), is missing.",
            LAST,
        ),
        Slip(
            {"1 - np.tanh(c_t) ** 2": "1 - c_t**2"},
            "c_t is not squashed yet, so the slope is 1 − tanh²(c_t), not 1 − c_t².",
            LAST,
        ),
        Slip(
            {"dc = dh * o *": "dc = dh *"},
            "From h_t to c_t the gradient also passes the output gate: the factor o_t is missing.",
            LAST,
        ),
        Slip(
            {"c_past": "c_t"},
            "The forget gate's partner is the old cell: c_{t−1} belongs where you used c_t.",
            LAST,
        ),
        Slip(
            {"dc * g *": "dc * i *", "dc * i * (1 - g**2)": "dc * g * (1 - g**2)"},
            "Multiply swaps: in i_t ⊙ g_t the input gate gets dc_t times g_t, and the candidate "
            "gets dc_t times i_t.",
            LAST,
        ),
        Slip(
            {"to_c = dc * f": "to_c = dc"},
            "To c_{t−1} you sent dc_t without the forget gate: it goes back times f_t.",
            LAST,
        ),
        Slip(
            {"to_c = dc * f": "to_c = from_c * f"},
            "To c_{t−1} you passed on only what came along the cell line; all of dc_t goes back, "
            "what came down from h_t included.",
            LAST,
        ),
        Slip(
            {"to_c = dc * f": "to_c = (dc - from_c) * f"},
            "To c_{t−1} you passed on only what came down from h_t; all of dc_t goes back, what "
            "came along the cell line included.",
            LAST,
        ),
        Slip(
            {"to_c = dc * f": "to_c = from_c + dc * f"},
            "You added from_c once more on the way to c_{t−1}; dc_t contains it already.",
            LAST,
        ),
        Slip(
            {"to_c = dc * f": "to_c = dc * f * (1 - f)"},
            "On the cell line f_t only multiplies; its slope, f_t (1 − f_t), is for the way to "
            "a^f_t.",
            LAST,
        ),
    ],
)  # fmt: skip


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
        yield args
        yield from awkward(args, 0, 3, 4) if s == 1 else ()


e5 = Exercise(
    "6.5",
    "another gated unit",
    gru_back,
    _gru_inputs,
    slips=[
        Slip(
            {"dh_t * z +": ""},
            "You dropped the direct route: z_t ⊙ h_{t−1} sends dh_t ⊙ z_t straight to h_{t−1}.",
            NEXT,
        ),
        Slip(
            {"(h_past - n)": "(n - h_past)", "dh_t * (1 - z)": "dh_t * z", "dh_t * z +": "dh_t * (1 - z) +"},
            "You have z_t and 1 − z_t the other way round: here z_t is what is kept of h_{t−1}.",
            FORWARD,
        ),
        Slip(
            {"(h_past - n)": "h_past"},
            "z_t is used twice: once times h_{t−1}, once, with a minus, times n_t. You counted "
            "the first use only.",
            NEXT,
        ),
        Slip(
            {"(h_past - n)": "-n"},
            "z_t is used twice: once times h_{t−1}, once, with a minus, times n_t. You counted "
            "the second use only.",
            NEXT,
        ),
        Slip(
            {"(h_past - n)": "(n - h_past)"},
            "The update gate's sign is turned: h_t grows with z_t where h_{t−1} is above n_t.",
            NEXT,
        ),
        Slip(
            {"(h_past - n)": "(h_past + n)"},
            "z_t enters the second product as 1 − z_t, so n_t comes with a minus.",
            NEXT,
        ),
        Slip(
            {"+ s * r": "+ s"},
            "On the route through the candidate h_{t−1} was multiplied by r_t, so its gradient is "
            "too.",
            LAST,
        ),
        Slip(
            {"+ s * r": ""},
            "The route through the candidate is missing: r_t ⊙ h_{t−1} stands inside n_t, so "
            "h_{t−1} gets W_hnᵀ da^n_t times r_t.",
            NEXT,
        ),
        Slip(
            {"da_r = s *": "da_r = da_n *"},
            "The reset gate sits behind a matrix: what arrives at r_t ⊙ h_{t−1} is W_hnᵀ da^n_t, "
            "not da^n_t.",
            LAST,
        ),
        Slip(
            {"s * h_past * r": "da_n * (W_hn @ h_past) * r", "s * r": "W_hn.T @ (da_n * r)"},
            "You reset after the matrix, r_t ⊙ (W_hn h_{t−1}), as PyTorch does; here the reset "
            "comes first, W_hn (r_t ⊙ h_{t−1}).",
            LETTERS,
        ),
        Slip(
            {"s * r": "W_hn.T @ (da_n * r)"},
            "On the route through the candidate you applied r_t before W_hnᵀ; here the reset "
            "stands before the matrix, so on the way back it comes after: r_t ⊙ (W_hnᵀ da^n_t).",
            LAST,
        ),
        Slip(
            {"W_hn.T": "W_hn", "W_hz.T": "W_hz", "W_hr.T": "W_hr"},
            "The transposes are missing: back to h_{t−1} each matrix goes transposed.",
            LAST,
        ),
        *(
            Slip({f"W_h{k}.T": f"W_h{k}"}, f"The transpose of W_h{k} is missing on the way back.", LAST)
            for k in "rzn"
        ),
        Slip(
            {"dh_t * (1 - z)": "dh_t"},
            "The candidate is weighted with 1 − z_t in h_t; its gradient lacks that factor.",
            LAST,
        ),
        Slip(
            {"dh_t * (1 - z)": "dh_t * z"},
            "The candidate is weighted with 1 − z_t in h_t, not with z_t.",
            FORWARD,
        ),
        Slip({"n**2": "n"}, "The candidate's slope is 1 − n_t²; you left out the square.", LAST),
        Slip(
            {"* (1 - n**2)": ""},
            "At the candidate you stopped at n_t: its own slope, 1 − n_t², leads on to the "
            "pre-activation.",
            LAST,
        ),
        Slip(
            {"(1 - n**2)": "n * (1 - n)"},
            "The candidate is a tanh, so its slope is 1 − n_t², not n_t (1 − n_t).",
            LAST,
        ),
        Slip(
            {"n**2": "np.tanh(n) ** 2"},
            "You squashed the candidate a second time: n_t is a tanh already.",
            LAST,
        ),
        Slip(
            {"z * (1 - z)": "sigma(z) * (1 - sigma(z))", "r * (1 - r)": "sigma(r) * (1 - sigma(r))"},
            "You squashed the gates a second time: r and z are already sigmoids, so the slope is "
            "value × (1 − value).",
            LAST,
        ),
        Slip(
            {"* z * (1 - z)": ""},
            "At the update gate the gate's own slope, z_t (1 − z_t), is missing.",
            LAST,
        ),
        Slip(
            {"* r * (1 - r)": ""},
            "At the reset gate the gate's own slope, r_t (1 − r_t), is missing.",
            LAST,
        ),
        Slip(
            {"z * (1 - z)": "z"},
            "At the update gate you used z_t itself as the slope; it is z_t (1 − z_t).",
            LAST,
        ),
        Slip(
            {"r * (1 - r)": "r"},
            "At the reset gate you used r_t itself as the slope; it is r_t (1 − r_t).",
            LAST,
        ),
        Slip(
            {"s * h_past * r": "s * r"},
            "The reset gate's partner is missing: it was multiplied with h_{t−1}.",
            LAST,
        ),
    ],
)  # fmt: skip
