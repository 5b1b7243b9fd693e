"""Exercises of notebook 11: eight backward passes to mend.

Each exercise's first known mistake is the patient as it came in; the others are repairs that miss.
One healthy pass for each kind of cell, with its lines as arguments, serves them all.
"""

import numpy as np

from helpers.exercises.core import CLOSE, Exercise, Mistake

_rng = np.random.default_rng(10)
FORMULAS = "What a healthy pass computes"


def _sigma(a):
    return 1 / (1 + np.exp(-a))


def _judge(truth, gates):
    """Return a judge that names the latest wrong step and its gates, else the wrong parameters."""

    def judge(parts, p, x, states, dh):
        true = truth(p, x, states, dh)
        ours = dict(zip(sorted(true), parts, strict=True))  # in the order in which core sorts them
        for name in ("a", *p):
            if ours[name].shape != true[name].shape:
                early = name == "a" and ours[name].shape == (1, *true[name].shape[1:])
                hint = " Does return stand inside the loop?" if early else ""
                shape = f"has shape {ours[name].shape}, expected is {true[name].shape}"
                return f"{name} {shape} (with x {x.shape}).{hint}"
        for t in range(len(x) - 1, 0, -1):
            pairs = (np.split(v["a"][t - 1], len(gates), axis=-1) for v in (ours, true))
            fits = [_fits(*pair, true["a"]) for pair in zip(*pairs, strict=True)]
            if not all(fits):
                wrong = ", ".join(gate for gate, fit in zip(gates, fits, strict=True) if not fit)
                rest = "" if t == len(x) - 1 else "; the steps after it are right"
                found = f"On a sequence of {len(x) - 1} steps the latest wrong one is step {t}"
                return f"{found}, in {wrong}{rest}."
        wrong = ", ".join(name for name in p if not _fits(ours[name], true[name], true[name]))
        return wrong and f"All steps are right, but not the sums over them: {wrong}."

    return judge


def _fits(mine, true, whole):
    return np.allclose(mine, true, rtol=CLOSE, atol=CLOSE * np.abs(whole).max())


def _lstm_states(p, x):
    H = p["W_h"].shape[1]
    h, c, i, f, g, o = {0: np.zeros(H)}, {0: np.zeros(H)}, {}, {}, {}, {}
    for t in range(1, len(x)):
        a = np.split(p["W_x"] @ x[t] + p["W_h"] @ h[t - 1] + p["b"], 4)
        i[t], f[t], g[t], o[t] = _sigma(a[0]), _sigma(a[1]), np.tanh(a[2]), _sigma(a[3])
        c[t] = f[t] * c[t - 1] + i[t] * g[t]
        h[t] = o[t] * np.tanh(c[t])
    return h, c, i, f, g, o


def _rnn_states(p, x):
    h = {0: np.zeros((*x.shape[1:-1], len(p["W_hh"])))}
    for t in range(1, len(x)):
        h[t] = np.tanh(x[t] @ p["W_xh"].T + h[t - 1] @ p["W_hh"].T + p["b_h"])
    return (h,)


def _lstm_input(T, D, H, scale=1.0):
    shapes = {"W_x": (4 * H, D), "W_h": (4 * H, H), "b": (4 * H,)}
    p = {name: scale * _rng.normal(size=shape) for name, shape in shapes.items()}
    x = _rng.normal(size=(T + 1, D))
    return p, x, _lstm_states(p, x), _rng.normal(size=(T + 1, H))


def _rnn_input(T, D, H, scale=1.0, batch=()):
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,)}
    p = {name: scale * _rng.normal(size=shape) for name, shape in shapes.items()}
    x = _rng.normal(size=(T + 1, *batch, D))
    return p, x, _rnn_states(p, x), _rng.normal(size=(T + 1, *batch, H))


_LSTM_INPUTS = (
    _lstm_input(4, 3, 2),
    _lstm_input(1, 2, 3),
    _lstm_input(3, 1, 1),
    _lstm_input(2, 2, 4, 4.0),
    _lstm_input(3, 4, 2, 1e-2),
)


def _slopes(s):
    return [s["i"] * (1 - s["i"]), s["f"] * (1 - s["f"]), 1 - s["g"] ** 2, s["o"] * (1 - s["o"])]


def _read_dc(s, dc):
    """What i, f and g take for dc_t."""
    return dc, dc, dc


def lstm_back(
    *,
    slopes=_slopes,
    partner_f=lambda c, t: c[t - 1],
    read_dc=_read_dc,
    read_do=lambda dh, dc: dh,
    stack=lambda i, f, g, o: (i, f, g, o),
    to_h=lambda old, new, dh: new,
    to_c=lambda old, dc, f, i, t: dc * f[t],
    swap=False,
):
    """Return an LSTM backward pass; every argument replaces one of its lines."""

    def backward(p, x, states, dh):
        h, c, i, f, g, o = states
        from_h, from_c, da = np.zeros_like(h[0]), np.zeros_like(h[0]), {}
        for t in range(len(x) - 1, 0, -1):
            s = {"i": i[t], "f": f[t], "g": g[t], "o": o[t]}
            dh_t = dh[t] + from_h
            dc_t = dh_t * o[t] * (1 - np.tanh(c[t]) ** 2) + from_c
            for_i, for_f, for_g = read_dc(s, dc_t)
            arrives = [for_i * g[t], for_f * partner_f(c, t), for_g * i[t]]
            arrives.append(read_do(dh_t, dc_t) * np.tanh(c[t]))
            blocks = (a * slope for a, slope in zip(arrives, slopes(s), strict=True))
            da[t] = np.concatenate(stack(*blocks))
            from_h = to_h(from_h, p["W_h"].T @ da[t], dh_t)
            from_c = to_c(from_c, dc_t, f, i, t)
            if swap:
                from_h, from_c = from_c, from_h
        rows = np.array([da[t] for t in sorted(da)])
        past = np.array([h[t] for t in range(len(x) - 1)])
        return {"W_x": rows.T @ x[1:], "W_h": rows.T @ past, "b": rows.sum(axis=0), "a": rows}

    return backward


def _slope_f(change):
    def slopes(s):
        i, _, g, o = _slopes(s)
        return [i, change(s["f"]), g, o]

    return slopes


def _squashed(a):
    return _sigma(a) * (1 - _sigma(a))


def _lstm_exercise(number, title, *mistakes):
    return Exercise(
        number=number,
        title=title,
        truth=lstm_back(),
        inputs=_LSTM_INPUTS,
        mistakes=tuple(Mistake(*mistake) for mistake in mistakes),
        judge=_judge(lstm_back(), "ifgo"),
    )


patient_1 = _lstm_exercise(
    "11.1",
    "patient 1",
    (
        lstm_back(slopes=_slope_f(lambda f: f)),
        "The forget gate takes its own value f for its slope: the slope of a sigmoid with value f "
        "is f (1 - f).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=_slope_f(lambda f: 1 - f)),
        "Now 1 - f stands there alone; the slope of a sigmoid is the product f (1 - f).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=_slope_f(lambda f: 1 - f**2)),
        "1 - f² is the slope of a tanh; the forget gate is a sigmoid, f (1 - f).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=_slope_f(lambda f: f**2 * (1 - f))),
        "There is one f too many: partner c_{t-1}, then the slope f (1 - f), nothing else.",
        FORMULAS,
    ),
    (
        lstm_back(partner_f=lambda c, t: c[t]),
        "The slope is right, but the forget gate's partner is the old cell c_{t-1}, not c_t.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [s["i"] * (1 - s["i"]), _squashed(s["f"]), *_slopes(s)[2:]]),
        "You applied the sigmoid once more to f, which is a gate value already: f (1 - f).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=_slope_f(lambda f: f), partner_f=lambda c, t: c[t]),
        "You changed the partner, which was right, c_{t-1}; the fault is in the slope beside it.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [*_slopes(s)[:1], s["f"] * (1 - s["i"]), *_slopes(s)[2:]]),
        "The second factor of the slope took the input gate: it is f (1 - f), f both times.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=_slope_f(lambda f: f * (1 + f))),
        "1 + f: the sign is wrong; the slope of a sigmoid with value f is f (1 - f).",
        FORMULAS,
    ),
    (
        lstm_back(stack=lambda i, f, g, o: (f, i, g, o)),
        "Every gate is right, but they stand in the order f, i, g, o; it is i, f, g, o.",
        FORMULAS,
    ),
    (
        lstm_back(
            slopes=_slope_f(lambda f: f), to_c=lambda old, dc, f, i, t: dc * f[t] * (1 - f[t])
        ),
        "The carry from_c was right: c_{t-1} reaches c_t through f_t alone. The slope "
        "f (1 - f) belongs to da_f.",
        FORMULAS,
    ),
)

patient_2 = _lstm_exercise(
    "11.2",
    "patient 2",
    (
        lstm_back(
            slopes=lambda s: [_squashed(s[k]) if k != "g" else 1 - s[k] ** 2 for k in "ifgo"]
        ),
        "slope squashes what it is given, and i, f, o are squashed already: from a gate value s "
        "the slope is s (1 - s).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [s[k] * (1 - s[k]) for k in "ifgo"]),
        "You changed the candidate too; g is a tanh, and its slope 1 - g² was right.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [1 - s[k] ** 2 for k in "ifgo"]),
        "1 - s² is the slope of a tanh; i, f and o are sigmoids, s (1 - s).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [s[k] if k != "g" else 1 - s[k] ** 2 for k in "ifgo"]),
        "Now the slope is the gate's value itself; a sigmoid's slope is s (1 - s).",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [*_slopes(s)[:3], _squashed(s["o"])]),
        "The input and forget gates are healed; the output gate is still squashed twice.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [_squashed(s["i"]), *_slopes(s)[1:3], _squashed(s["o"])]),
        "The forget gate is healed; the input and output gates are still squashed twice.",
        FORMULAS,
    ),
    (
        lstm_back(slopes=lambda s: [*_slopes(s)[:1], _squashed(s["f"]), *_slopes(s)[2:3],
                                    _squashed(s["o"])]),
        "The input gate is healed; the forget and output gates are still squashed twice.",
        FORMULAS,
    ),
)  # fmt: skip

patient_3 = _lstm_exercise(
    "11.3",
    "patient 3",
    (
        lstm_back(to_h=lambda old, new, dh: old, to_c=lambda old, dc, f, i, t: old),
        "What step t sends is computed into dh_prev and dc_prev, and nobody reads those: dh_next "
        "and dc_next stay zero.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: old),
        "The route along h works again; dc_next is still never updated.",
        FORMULAS,
    ),
    (
        lstm_back(to_h=lambda old, new, dh: old),
        "The route along c works again; dh_next is still never updated.",
        FORMULAS,
    ),
    (
        lstm_back(
            to_h=lambda old, new, dh: old + new, to_c=lambda old, dc, f, i, t: old + dc * f[t]
        ),
        "You add to dh_next and dc_next, so old carries are delivered again at every step: "
        "replace them, = and not +=.",
        FORMULAS,
    ),
    (
        lstm_back(to_h=lambda old, new, dh: old + new),
        "You add to dh_next, so old carries are delivered again at every step: replace it.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc),
        "The cell carry lost its factor: step t sends dc_t * f[t].",
        FORMULAS,
    ),
    (
        lstm_back(swap=True),
        "The two carries have changed places: what went through W_h belongs to dh_next, what "
        "went through f[t] to dc_next.",
        FORMULAS,
    ),
    (
        lstm_back(to_h=lambda old, new, dh: dh),
        "You hand dh_t on as it is: what h_{t-1} receives came through the gates, W_hᵀ da_t.",
        FORMULAS,
    ),
)  # fmt: skip

patient_4 = _lstm_exercise(
    "11.4",
    "patient 4",
    (
        lstm_back(read_dc=lambda s, dc: (dc * s["f"],) * 3),
        "dc is multiplied by f[t] for step t - 1 before the gates of step t have read it (a second "
        "name is not a copy).",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc),
        "The gates read the right dc now, but it leaves for step t - 1 without its factor f[t].",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f[t] * f[t]),
        "The factor f[t] is applied twice on the way to step t - 1.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f.get(t - 1, 0.0)),
        "Now dc is multiplied when it has arrived, by the f of the receiving step (the mistake of "
        "patient 5): multiply by f[t] after the gates of step t have read dc.",
        FORMULAS,
    ),
    (
        lstm_back(
            read_dc=lambda s, dc: (dc * s["f"],) * 3, to_c=lambda old, dc, f, i, t: dc * f[t] ** 2
        ),
        "You multiply before the gates read dc, and after; only after is right.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: np.zeros_like(dc)),
        "You start dc afresh at every step, so what step t + 1 sent is lost: it must be added.",
        FORMULAS,
    ),
    (
        lstm_back(read_do=lambda dh, dc: dc),
        "The output gate listens to dh_t, not to dc: it cannot change c_t.",
        FORMULAS,
    ),
)

patient_5 = _lstm_exercise(
    "11.5",
    "patient 5",
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f.get(t - 1, 0.0)),
        "dc_next meets f[t]; the product that used c_t was made in step t + 1, so the factor is "
        "f_{t+1}.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f.get(t - 2, 0.0)),
        "f[t-1] is a step further off: c_t is used in step t + 1, by f_{t+1}.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc),
        "The factor is gone altogether: c_t reaches c_{t+1} through f_{t+1}.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f[t] * f.get(t - 1, 0.0)),
        "f_{t+1} is there, and f[t] still is as well: one of them is too many.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * f.get(t + 1, f[t])),
        "What step t sends to step t - 1 meets the f of the sending step: f[t], not f[t+1].",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: dc * i[t]),
        "You took the input gate's factor: c_t enters c_{t+1} times the forget gate f_{t+1}.",
        FORMULAS,
    ),
    (
        lstm_back(to_c=lambda old, dc, f, i, t: np.zeros_like(dc)),
        "The cell carry is gone: step t + 1 sends dc_{t+1} times f_{t+1}.",
        FORMULAS,
    ),
)


def rnn_back(
    *,
    carry=lambda W, da, dh, old: da @ W,
    slope=lambda h, t: 1 - h[t] ** 2,
    W_xh=lambda da, x: sum(da[t].T @ x[t] for t in da),
    W_hh=lambda da, h: sum(da[t].T @ h[t - 1] for t in da),
    b_h=lambda da: sum(da[t].sum(axis=0) for t in da),
):
    """Return a batched RNN backward pass; every argument replaces one of its lines."""

    def backward(p, x, states, dh):
        h = states[0]
        sent, da = np.zeros_like(h[0]), {}
        for t in range(len(x) - 1, 0, -1):
            da[t] = slope(h, t) * (dh[t] + sent)
            sent = carry(p["W_hh"], da[t], dh[t] + sent, sent)
        return {
            "W_xh": W_xh(da, x),
            "W_hh": W_hh(da, h),
            "b_h": b_h(da),
            "a": np.array([da[t] for t in sorted(da)]),
        }

    return backward


def single(backward):
    """Let a batched pass work on one sequence, x (T+1, D)."""

    def alone(p, x, states, dh):
        h = {t: row[None] for t, row in states[0].items()}
        grads = backward(p, x[:, None], (h,), dh[:, None])
        return grads | {"a": grads["a"][:, 0]}

    return alone


_RNN_INPUTS = (
    _rnn_input(4, 3, 2),
    _rnn_input(1, 2, 3),
    _rnn_input(3, 1, 1),
    _rnn_input(2, 2, 4, 4.0),
    _rnn_input(3, 4, 3, 1e-2),
)


def _rnn_exercise(number, title, *mistakes):
    return Exercise(
        number=number,
        title=title,
        truth=single(rnn_back()),
        inputs=_RNN_INPUTS,
        mistakes=tuple(Mistake(single(answer), *words) for answer, *words in mistakes),
        judge=_judge(single(rnn_back()), "a"),
    )


patient_6 = _rnn_exercise(
    "11.6",
    "patient 6",
    (
        rnn_back(carry=lambda W, da, dh, old: da @ W.T),
        "The transpose is missing: forward multiplied by W_hh, so backward multiplies by its "
        "transpose, p[\"W_hh\"].T @ da[t].",
        FORMULAS,
    ),
    (
        rnn_back(carry=lambda W, da, dh, old: dh @ W),
        "The transpose is right, but what goes back is da[t], behind the slope of the tanh, and "
        "not the gradient at h[t].",
        FORMULAS,
    ),
    (
        rnn_back(carry=lambda W, da, dh, old: da),
        "W_hh is gone from the carry: it is p[\"W_hh\"].T @ da[t].",
        FORMULAS,
    ),
    (
        rnn_back(carry=lambda W, da, dh, old: old + da @ W),
        "You add to the carry, so old ones are delivered again at every step: replace it.",
        FORMULAS,
    ),
    (
        rnn_back(carry=lambda W, da, dh, old: np.zeros_like(da)),
        "Now nothing is sent back: the carry is p[\"W_hh\"].T @ da[t].",
        FORMULAS,
    ),
    (
        rnn_back(carry=lambda W, da, dh, old: da @ W.T, slope=lambda h, t: 1 - h[t]),
        "The slope was right, 1 - h²; the fault is the missing transpose in the carry.",
        FORMULAS,
    ),
    (
        rnn_back(slope=lambda h, t: 1 - h[t - 1] ** 2),
        "The carry is right, but the slope of step t is taken at its own value, 1 - h[t]².",
        FORMULAS,
    ),
)  # fmt: skip

patient_7 = _rnn_exercise(
    "11.7",
    "patient 7",
    (
        rnn_back(W_xh=lambda da, x: da[1].T @ x[1]),
        "dW_xh is assigned anew at every step, so only step 1 is left of it: +=, because all "
        "steps share the weights.",
        FORMULAS,
    ),
    (
        rnn_back(W_xh=lambda da, x: sum(da[t].T @ x[t] for t in da) / len(da)),
        "You took the mean over the steps; shared weights sum.",
        FORMULAS,
    ),
    (
        rnn_back(W_xh=lambda da, x: da[max(da)].T @ x[max(da)]),
        "Only the last step is left of dW_xh: add the terms of all steps.",
        FORMULAS,
    ),
    (
        rnn_back(W_xh=lambda da, x: sum(da[t].T @ x[t - 1] for t in da)),
        "It is a sum now, but the partner of da[t] is x[t], the input of the same step.",
        FORMULAS,
    ),
    (
        rnn_back(
            W_xh=lambda da, x: da[1].T @ x[1],
            W_hh=lambda da, h: da[1].T @ h[0],
            b_h=lambda da: da[1].sum(axis=0),
        ),
        "Now all three parameters are assigned anew at every step; all three must be +=.",
        FORMULAS,
    ),
    (
        rnn_back(
            W_xh=lambda da, x: sum(da[t].T @ x[t] for t in da),
            W_hh=lambda da, h: sum(da[t].T @ h[t] for t in da),
        ),
        "dW_xh is right; but you changed dW_hh, whose partner was h[t-1].",
        FORMULAS,
    ),
)

patient_8 = Exercise(
    number="11.8",
    title="patient 8",
    truth=rnn_back(),
    judge=_judge(rnn_back(), "a"),
    inputs=(
        _rnn_input(4, 3, 2, batch=(5,)),
        _rnn_input(1, 2, 4, batch=(3,)),
        _rnn_input(2, 3, 2, batch=(1,)),
        _rnn_input(3, 1, 1, 1e-2, batch=(4,)),
        _rnn_input(2, 2, 3, 4.0, batch=(2,)),
    ),
    mistakes=tuple(
        Mistake(rnn_back(b_h=b_h), says, FORMULAS)
        for b_h, says in (
            (
                lambda da: sum(da[t] for t in da),
                "Adding da[t] (B, H) to db_h (H,) broadcasts, and the sum has one row per sample: "
                "the samples share the bias, so sum over them, da[t].sum(axis=0).",
            ),
            (
                lambda da: sum(da[t].sum() for t in da) * np.ones(da[1].shape[1]),
                "da[t].sum() adds up the units too, and gives every unit the same bias gradient: "
                "sum over axis 0, the samples, only.",
            ),
            (
                lambda da: sum(da[t].mean(axis=0) for t in da),
                "You took the mean over the samples; L is a sum over them here, and the 1/B of a "
                "mean loss would already be in dh.",
            ),
            (
                lambda da: sum(da[t].sum(axis=0, keepdims=True) for t in da),
                "The sum is right, but its shape is (1, H) where the bias is (H,): leave out "
                "keepdims.",
            ),
            (
                lambda da: da[1].sum(axis=0),
                "Over the samples you sum, over the steps you do not: only step 1 is left.",
            ),
            (
                lambda da: sum(da[t][0] for t in da),
                "You kept the first sample's row only; every sample has a share in the bias.",
            ),
        )
    ),
)

EXERCISES = (
    patient_1,
    patient_2,
    patient_3,
    patient_4,
    patient_5,
    patient_6,
    patient_7,
    patient_8,
)
