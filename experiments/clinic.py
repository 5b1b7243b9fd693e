"""Does a wrong gradient train faster than the right one, or only with longer steps?

The eight patients of the clinic and their healthy twin learn an echo: four units, three random
signs a step, 20 steps, one sequence to memorise (five for patient 8), 200 updates at the page's
rates, .5 for the LSTM, .1 for the RNN. Varied, two by two: whose ``direction`` the steps take, and
whose ``length``. (twin, twin) is the healthy twin (the same for patients 1 to 5, and for 6 and 7,
so run once), (patient, patient) the patient. The other two are the controls for "because its steps
are longer": the steps of one, each as long as the step of the same update in the other's own run.
Held equal: start and sequence of a seed.

Columns: ``first``, ``end`` (loss) before the first and after the last update, inf where it is no
longer finite; ``cosine`` the lowest cosine between the patient's and the true gradient met on the
way, every tenth update; ``ratio`` the median ratio of their lengths there.
"""

import numpy as np

from helpers import lstm, rnn

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
SETTINGS = [
    {"patient": patient, "direction": direction, "length": length}
    for patient in range(1, 9)
    for direction in ("patient", "twin")
    for length in ("patient", "twin")
    if direction == "patient" or length == "patient" or patient in (1, 6, 8)
]
CHEAP = [(0, {"patient": 6, "direction": "patient", "length": "patient"})]
T, D, H, B, UPDATES = 20, 3, 4, 5, 200


def run(seed, patient, direction, length):
    """Train along one of the two directions with steps of one of the two lengths."""
    with np.errstate(all="ignore"):  # overflow is part of the story
        sizes = None if direction == length else train(seed, patient, length)[1]
        losses, _, met = train(seed, patient, direction, sizes)
    cosines, ratios = np.array(met or [(np.nan, np.nan)]).T
    return {
        "first": losses[0],
        "end": losses[-1] if np.isfinite(losses[-1]) else np.inf,
        "cosine": cosines.min(),
        "ratio": np.median(ratios),
    }


def train(seed, patient, direction, sizes=None):
    """Return losses, step lengths, and (cosine, ratio of lengths) met; ``sizes``: given lengths."""
    rng = np.random.default_rng(seed)
    p = (lstm if patient < 6 else rnn).init(D, H, rng)
    x = rng.choice([-1.0, 1.0], size=(T, B if patient == 8 else 1, D))
    q = np.zeros((T, x.shape[1], 2))
    q[1:] = 0.7 * x[:-1, :, :2]
    rate, losses, used, met = 0.5 if patient < 6 else 0.1, [], [], []
    step_back = lstm_back if patient < 6 else rnn_back
    for update in range(UPDATES + 1):
        states = lstm_states(p, x) if patient < 6 else rnn_states(p, x)
        dh = np.zeros_like(states[0][1:])
        dh[..., :2] = (states[0][1:, :, :2] - q) / q.size * 2
        losses.append((dh**2).sum() * q.size / 4)
        way = {}
        for whose, number in (("patient", patient), ("twin", 0)):
            if whose == direction or update % 10 == 0:
                way[whose] = step_back(p, x, states, dh, number)
        if update % 10 == 0 and patient < 8:
            ours, true = norm(way["patient"]), norm(way["twin"])
            inner = sum((way["patient"][k] * way["twin"][k]).sum() for k in p)
            met.append((inner / ours / true, ours / true))
        size = norm(way[direction])
        used.append(rate * size if sizes is None else sizes[update])
        p = {k: p[k] - used[-1] / size * way[direction][k] for k in p}
    return losses, used, met


def norm(grads):
    """Return the length of all gradients together."""
    return np.sqrt(sum((g**2).sum() for g in grads.values()))


def lstm_states(p, x):
    """Return h, c (T + 1, B, H) from step 0, and the gates (T, B, 4H)."""
    cache = lstm.forward(p, x)[1]
    return cache["h"], cache["c"], cache["gates"]


def rnn_states(p, x):
    """Return h (T + 1, B, H) from step 0, for biases of one row or of one a sample."""
    h = [np.zeros((x.shape[1], H))]
    for x_t in x:
        h.append(np.tanh(x_t @ p["W_xh"].T + h[-1] @ p["W_hh"].T + p["b_h"]))
    return (np.array(h),)


def lstm_back(p, x, states, dh, patient):
    """Return the gradients of patient 1 to 5, or the right ones for 0."""
    h, c, gates = states
    steps, carry, dc_next = len(x), 0.0, 0.0
    da, slope = np.empty_like(gates), sigma_slope if patient == 2 else lambda s: s * (1 - s)
    for t in range(steps - 1, -1, -1):
        i, f, g, o = np.split(gates[t], 4, axis=1)  # (B, H) each
        dh_t = dh[t] + carry
        dc = dh_t * o * (1 - np.tanh(c[t + 1]) ** 2)
        dc = dc + dc_next * (f if patient == 5 else 1)
        if patient == 4:
            dc = dc * f
        da[t] = np.concatenate(
            [
                dc * g * slope(i),
                dc * c[t] * (f if patient == 1 else slope(f)),
                dc * i * (1 - g**2),
                dh_t * np.tanh(c[t + 1]) * slope(o),
            ],
            axis=1,
        )
        if patient != 3:
            carry, dc_next = da[t] @ p["W_h"], dc if patient in (4, 5) else dc * f
    return dict(zip(p, sums(da, x, h), strict=True))


def rnn_back(p, x, states, dh, patient):
    """Return the gradients of patient 6 to 8, or the right ones for 0."""
    (h,) = states
    da, carry = np.empty_like(dh), 0.0
    for t in range(len(x) - 1, -1, -1):
        da[t] = (1 - h[t + 1] ** 2) * (dh[t] + carry)
        carry = da[t] @ (p["W_hh"].T if patient == 6 else p["W_hh"])
    dW_x, dW_h, db = sums(da, x, h)
    if patient == 7:
        dW_x = da[0].T @ x[0]
    return dict(zip(p, (dW_x, dW_h, da.sum(axis=0) if patient == 8 else db), strict=True))


def sums(da, x, h):
    """Return the gradients of W_x, W_h and b: sums over steps and samples."""
    at = ([0, 1], [0, 1])
    return np.tensordot(da, x, at), np.tensordot(da, h[:-1], at), da.sum(axis=(0, 1))


def sigma_slope(a):
    """Return σ'(a), right for a pre-activation; patient 2 gives it a gate's value."""
    return 1 / (4 * np.cosh(a / 2) ** 2)
