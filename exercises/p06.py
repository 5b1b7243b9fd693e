"""Exercises of page 06: the LSTM. Vectors (H,), one sample; gates are kept squashed."""

import numpy as np

from exercises.inputs import awkward, gate, normal, sigma, sizes  # noqa: F401 - slips use sigma
from exercises.slips import Exercise


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
    """\
see The last step, gate by gate
np.tanh(c_t) -> c_t
  You multiplied with c_t, but the output gate's partner is tanh(c_t).
* (1 - o_t) ->
  You used o_t itself as the slope of the sigmoid; it is o_t (1 − o_t).
* o_t * (1 - o_t) ->
  This is the gradient at o_t, before the gate's own slope: multiply by o_t (1 − o_t) to reach
  a^o_t.
* o_t * -> *
  You used 1 − o_t as the slope of the sigmoid; it is the product o_t (1 − o_t).
o_t * (1 - o_t) -> sigma(o_t) * (1 - sigma(o_t))
  You squashed o_t a second time: it is already the sigmoid of a^o_t, so its slope is o_t (1 −
  o_t).
np.tanh(c_t) -> (1 - np.tanh(c_t) ** 2)
  You used the slope of tanh at c_t where tanh(c_t) itself belongs; the slope is for the way to
  c_t.
o_t * (1 - o_t) -> (1 - o_t**2)
  1 − o_t² is the slope of tanh; the output gate is a sigmoid.
* np.tanh(c_t) ->
  The output gate's partner is missing: h_t is o_t times tanh(c_t), so tanh(c_t) comes into its
  gradient.
""",
    returns="da^o_t",
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
    """\
see Why does step t need a term from t + 1?
f[t + 1] -> f[t]
  You used f_t where f_{t+1} belongs: the product that used c_t is f_{t+1} ⊙ c_t, inside step
  t+1.
dc[t] += dc[t + 1] * f[t + 1] -> pass
  You dropped the gradient arriving from t+1 on the cell line, dc_{t+1} ⊙ f_{t+1}.
* f[t + 1] ->
  The cell carry lacks its factor: on its way from c_{t+1} to c_t it meets f_{t+1}.
reversed(range(len(dc) - 1)) -> range(len(dc) - 1)
  Your carry comes from one step only: dc_{t+1} must contain its own carry, so go from the last
  step to the first and use the dc that you have completed.
= _forward
  Your sum runs forward in time; a gradient travels from the last step to the first.
dc[t] += -> dc[t] =
  You kept only what comes from t+1 and lost the loss's own share at step t: the carry is added
  to dh_t ⊙ o_t (1 − tanh²(c_t)).
see The last step, gate by gate
np.tanh(c) ** 2 -> np.tanh(c)
  The slope of tanh is 1 − tanh², not 1 − tanh.
np.tanh(c) ** 2 -> c ** 2
  c_t is not squashed yet, so the slope is 1 − tanh²(c_t), not 1 − c_t².
* (1 - np.tanh(c) ** 2) ->
  From h_t to c_t the gradient passes the tanh: its slope, 1 − tanh²(c_t), is missing.
(1 - np.tanh(c) ** 2) -> np.tanh(c)
  You multiplied by tanh(c_t) itself, which is the output gate's partner; on the way to c_t it
  is the slope, 1 − tanh²(c_t).
dh * o * -> dh *
  From h_t to c_t the gradient also passes the output gate: the factor o_t is missing.
* o * -> * o * (1 - o) *
  You gave o_t its sigmoid slope; towards c_t the gate only multiplies, and the slope is for the
  way to a^o_t.
""",
    returns="dc",
    steps="dc",
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
    """\
see Other people's letters
[i, f, g, o] -> [i, g, o, f]
  You converted in the other direction, from i, f, g, o to i, o, f, g.
i, o, f, g = -> i, g, f, o =
  Your order is i, f, o, g, the one of CS231n; here g comes before o.
see From one unit to H
= _single_rows
  You moved single rows; a gate is a block of H rows, a quarter of the matrix.
= lambda W: W[[0, 2, 3, 1]]
  You picked four rows; a gate is a block of H rows, a quarter of the matrix.
np.split(W, 4) -> W[0::4], W[1::4], W[2::4], W[3::4]
  You took every fourth row for a gate, but the rows of a gate lie together, in blocks.
see Other people's letters
= lambda W: W.copy()
  This is still the order i, o, f, g.
see From one unit to H
np.concatenate -> np.array
  Your four blocks are stacked along a new axis; lay them end to end with np.concatenate, so
  that the shape stays that of W.
np.split(W, 4) -> np.split(W, 4, axis=-1)
[i, f, g, o] -> [i, f, g, o], axis=-1
  You cut the columns into gates; the gates lie in blocks of rows.
""",
    returns="W",
)


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
        yield args
        yield from awkward(args, 0, 1, 2) if s == 1 else ()


# The slips at the own slope of a sigmoid gate K, alike for three of them.
GATES = (("o", "output"), ("i", "input"), ("f", "forget"))
GATE = """\
* K * (1 - K) -> * K
  At the NAME gate you used K_t itself as the slope; it is K_t (1 − K_t).
* K * (1 - K) -> * (1 - K)
  At the NAME gate you used 1 − K_t as the slope; it is K_t (1 − K_t).
* K * (1 - K) ->
  At the NAME gate you stopped at the gate's value: its own slope, K_t (1 − K_t), leads on to
  the pre-activation.
K * (1 - K) -> (1 - K**2)
  At the NAME gate you took the slope of tanh, 1 − K_t²; this gate is a sigmoid.
K * (1 - K) -> sigma(K) * (1 - sigma(K))
  You squashed K_t a second time: it is already a sigmoid, so the slope is K_t (1 − K_t).
"""


e4 = Exercise(
    "6.4",
    "one LSTM step backward",
    step_back,
    _step_inputs,
    """\
see Why does step t need a term from t + 1?
dh_above + from_h -> dh_above
  You dropped the gradient arriving from t+1 on the hidden line: dh_t is dh_above plus from_h.
+ from_c ->
  You dropped the gradient arriving from t+1 on the cell line: dc_t lacks from_c.
dh_above + from_h -> from_h
  The loss of step t itself is lost: dh_t is dh_above plus from_h.
see Which carry reaches the output gate?
da_o = dh * -> da_o = (dh + from_c) *
  You gave the cell carry to the output gate too, but o_t cannot change c_t: it listens to dh_t
  only.
da_o = dh * -> da_o = (dh * o * (1 - np.tanh(c_t) ** 2) + from_c) *
or
da_o = dh * -> da_o = from_c *
  You fed the output gate from the cell's gradient; o_t stands behind the cell and listens to
  dh_t only.
see The last step, gate by gate
W_h.T @ da -> sum(W @ part for W, part in zip(np.split(W_h, 4), np.split(da, 4)))
  A transpose is missing: back to h_{t−1} each gate's block of W_h goes transposed.
W_h.T -> W_h
  A transpose is missing: back to h_{t−1} the matrix goes transposed, W_hᵀ (H, 4H).
see Other people's letters
[da_i, da_f, da_g, da_o] -> [da_i, da_f, da_o, da_g]
  You stacked the four gradients in the order i, f, o, g; the rows of W_h stand in the order i,
  f, g, o.
see The last step, gate by gate
"""
    + "".join(GATE.replace("K", k).replace("NAME", name) for k, name in GATES)
    + """\
i * (1 - i) -> sigma(i) * (1 - sigma(i))
f * (1 - f) -> sigma(f) * (1 - sigma(f))
o * (1 - o) -> sigma(o) * (1 - sigma(o))
  You squashed the gates a second time: i, f and o are already sigmoids, so the slope is value ×
  (1 − value).
i * (1 - i) -> sigma(i) * (1 - sigma(i))
f * (1 - f) -> sigma(f) * (1 - sigma(f))
o * (1 - o) -> sigma(o) * (1 - sigma(o))
g**2 -> np.tanh(g) ** 2
  You squashed all four gates a second time: they arrive squashed, so the slopes are value × (1
  − value), and 1 − g_t² at the candidate.
g**2 -> np.tanh(g) ** 2
  You squashed the candidate a second time: g_t is a tanh already, so its slope is 1 − g_t².
np.tanh(c_t) ** 2 -> np.tanh(c_t)
g**2 -> g
  The slope of tanh is 1 − tanh², at the candidate 1 − g_t²; you left out the square.
np.tanh(c_t) ** 2 -> np.tanh(c_t)
  The slope of tanh at c_t is 1 − tanh²(c_t); you left out the square.
g**2 -> g
  The candidate's slope is 1 − g_t²; you left out the square.
(1 - g**2) -> g * (1 - g)
  The candidate is a tanh, so its slope is 1 − g_t², not g_t (1 − g_t).
* (1 - g**2) ->
  At the candidate you stopped at g_t: its own slope, 1 − g_t², leads on to the pre-activation.
dh * np.tanh(c_t) -> dh * c_t
  The output gate was multiplied with tanh(c_t), not with c_t.
see The forward pass, in numbers
dh * np.tanh(c_t) -> dh * c_t
o * (1 - np.tanh(c_t) ** 2) -> o
  Your h_t is o_t ⊙ c_t: the tanh between cell and output is lost, at the output gate and on the
  way to c_t.
see The last step, gate by gate
* (1 - np.tanh(c_t) ** 2) ->
  From h_t to c_t the gradient passes the tanh: its slope, 1 − tanh²(c_t), is missing.
1 - np.tanh(c_t) ** 2 -> 1 - c_t**2
  c_t is not squashed yet, so the slope is 1 − tanh²(c_t), not 1 − c_t².
dc = dh * o * -> dc = dh *
  From h_t to c_t the gradient also passes the output gate: the factor o_t is missing.
c_past -> c_t
  The forget gate's partner is the old cell: c_{t−1} belongs where you used c_t.
dc * g * -> dc * i *
dc * i * (1 - g**2) -> dc * g * (1 - g**2)
  Multiply swaps: in i_t ⊙ g_t the input gate gets dc_t times g_t, and the candidate gets dc_t
  times i_t.
to_c = dc * f -> to_c = dc
  To c_{t−1} you sent dc_t without the forget gate: it goes back times f_t.
to_c = dc * f -> to_c = from_c * f
  To c_{t−1} you passed on only what came along the cell line; all of dc_t goes back, what came
  down from h_t included.
to_c = dc * f -> to_c = (dc - from_c) * f
  To c_{t−1} you passed on only what came down from h_t; all of dc_t goes back, what came along
  the cell line included.
to_c = dc * f -> to_c = from_c + dc * f
  You added from_c once more on the way to c_{t−1}; dc_t contains it already.
to_c = dc * f -> to_c = dc * f * (1 - f)
  On the cell line f_t only multiplies; its slope, f_t (1 − f_t), is for the way to a^f_t.
""",
)


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
    """\
see Why does step t need a term from t + 1?
dh_t * z + ->
  You dropped the direct route: z_t ⊙ h_{t−1} sends dh_t ⊙ z_t straight to h_{t−1}.
see The forward pass, in numbers
(h_past - n) -> (n - h_past)
dh_t * (1 - z) -> dh_t * z
dh_t * z + -> dh_t * (1 - z) +
  You have z_t and 1 − z_t the other way round: here z_t is what is kept of h_{t−1}.
see Why does step t need a term from t + 1?
(h_past - n) -> h_past
  z_t is used twice: once times h_{t−1}, once, with a minus, times n_t. You counted the first
  use only.
(h_past - n) -> -n
  z_t is used twice: once times h_{t−1}, once, with a minus, times n_t. You counted the second
  use only.
(h_past - n) -> (n - h_past)
  The update gate's sign is turned: h_t grows with z_t where h_{t−1} is above n_t.
(h_past - n) -> (h_past + n)
  z_t enters the second product as 1 − z_t, so n_t comes with a minus.
see The last step, gate by gate
+ s * r -> + s
  On the route through the candidate h_{t−1} was multiplied by r_t, so its gradient is too.
see Why does step t need a term from t + 1?
+ s * r ->
  The route through the candidate is missing: r_t ⊙ h_{t−1} stands inside n_t, so h_{t−1} gets
  W_hnᵀ da^n_t times r_t.
see The last step, gate by gate
da_r = s * -> da_r = da_n *
  The reset gate sits behind a matrix: what arrives at r_t ⊙ h_{t−1} is W_hnᵀ da^n_t, not
  da^n_t.
see Other people's letters
s * h_past * r -> da_n * (W_hn @ h_past) * r
s * r -> W_hn.T @ (da_n * r)
  You reset after the matrix, r_t ⊙ (W_hn h_{t−1}), as PyTorch does; here the reset comes first,
  W_hn (r_t ⊙ h_{t−1}).
see The last step, gate by gate
s * r -> W_hn.T @ (da_n * r)
  On the route through the candidate you applied r_t before W_hnᵀ; here the reset stands before
  the matrix, so on the way back it comes after: r_t ⊙ (W_hnᵀ da^n_t).
W_hn.T -> W_hn
W_hz.T -> W_hz
W_hr.T -> W_hr
  The transposes are missing: back to h_{t−1} each matrix goes transposed.
W_hr.T -> W_hr
  The transpose of W_hr is missing on the way back.
W_hz.T -> W_hz
  The transpose of W_hz is missing on the way back.
W_hn.T -> W_hn
  The transpose of W_hn is missing on the way back.
dh_t * (1 - z) -> dh_t
  The candidate is weighted with 1 − z_t in h_t; its gradient lacks that factor.
see The forward pass, in numbers
dh_t * (1 - z) -> dh_t * z
  The candidate is weighted with 1 − z_t in h_t, not with z_t.
see The last step, gate by gate
n**2 -> n
  The candidate's slope is 1 − n_t²; you left out the square.
* (1 - n**2) ->
  At the candidate you stopped at n_t: its own slope, 1 − n_t², leads on to the pre-activation.
(1 - n**2) -> n * (1 - n)
  The candidate is a tanh, so its slope is 1 − n_t², not n_t (1 − n_t).
n**2 -> np.tanh(n) ** 2
  You squashed the candidate a second time: n_t is a tanh already.
z * (1 - z) -> sigma(z) * (1 - sigma(z))
r * (1 - r) -> sigma(r) * (1 - sigma(r))
  You squashed the gates a second time: r and z are already sigmoids, so the slope is value × (1
  − value).
* z * (1 - z) ->
  At the update gate the gate's own slope, z_t (1 − z_t), is missing.
* r * (1 - r) ->
  At the reset gate the gate's own slope, r_t (1 − r_t), is missing.
z * (1 - z) -> z
  At the update gate you used z_t itself as the slope; it is z_t (1 − z_t).
r * (1 - r) -> r
  At the reset gate you used r_t itself as the slope; it is r_t (1 − r_t).
s * h_past * r -> s * r
  The reset gate's partner is missing: it was multiplied with h_{t−1}.
""",
)
