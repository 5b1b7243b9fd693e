"""How long must a chunk be, and from which state should it start?

An RNN reads 20 streams of 480 random bits and must say the bit of ``delay`` steps ago,
trained on chunks of ``tau`` steps with the path cut at their start. Varied: tau; the delay, the
control for "the loss must reach the step that read the bit" (if so, the cliff moves with it);
``loss``: at all positions of a chunk, or at all but the last, the control for "the last position is
enough"; ``updates``: ten times as many, the control for "short chunks have read too little";
``way``: in sequence or at random, the state carried or reset; ``units`` and ``rate``: 32 and .1,
the control for "no network learns it in shorter chunks", each also alone, the controls for "it is
the units" and "it is the rate"; ``trained``: all weights; W_hy alone, the control for "an untaught
state keeps nothing"; *slow rest*, W_hy at the rate and the other weights at .01; *afresh*, all, and
then on their states a new W_hy alone, as long again. Held equal: the network and the bits of a
seed.

Columns: ``loss_end`` (nats): mean of the last fifth of the updates over the positions that count;
``first``, ``later`` (nats): the same over positions 1 to ``delay``, and after (nan where there are
none). Guessing costs ln 2 = .693.
"""

import numpy as np

from helpers import layers, rnn

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
USUAL = {"loss": "all", "way": "sequence carried", "trained": "all", "updates": 600}
USUAL |= {"units": 8, "rate": 0.5}
SETTINGS = (
    [
        {"tau": tau, "delay": delay} | USUAL
        for delay, taus in ((3, range(1, 9)), (2, range(2, 5)), (5, range(5, 8)))
        for tau in taus
    ]
    + [{"tau": 4, "delay": 3} | USUAL | {"loss": "all but last"}]
    + [
        {"tau": 12, "delay": 3} | USUAL | {"way": way}
        for way in ("sequence carried", "sequence reset", "random carried", "random reset")
    ]
    + [{"tau": 3, "delay": 3} | USUAL | {"trained": "W_hy", "units": n} for n in (8, 32)]
    + [{"tau": 3, "delay": 3} | USUAL | {"updates": 6000}]
    + [{"tau": tau, "delay": 3} | USUAL | {"units": 32, "rate": 0.1} for tau in (1, 2, 3, 4)]
    + [{"tau": tau, "delay": 3} | USUAL | {"units": 32} for tau in (1, 2, 3, 4)]
    + [{"tau": tau, "delay": 3} | USUAL | {"rate": 0.1} for tau in (1, 2, 3, 4)]
    + [{"tau": 3, "delay": 3} | USUAL | {"trained": which} for which in ("slow rest", "afresh")]
)
CHEAP = [(0, {"tau": 4, "delay": 3} | USUAL)]
B, LENGTH = 20, 480


def run(seed, tau, delay, loss, way, trained, updates, units, rate):
    """Train one network on chunks; return what its last updates cost."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (LENGTH + delay, B))
    x, m = 2.0 * bits[delay:, :, None] - 1, bits[:-delay]  # (LENGTH, B, 1), (LENGTH, B)
    params = rnn.init(1, units, rng) | {"W_hy": 0.5 * rng.normal(size=(2, units))}
    weight = np.ones((tau, 1))
    if loss == "all but last":
        weight[-1] = 0
    rates = dict.fromkeys(["W_hy"] if trained == "W_hy" else params, rate)
    if trained == "slow rest":
        rates |= dict.fromkeys(["W_xh", "W_hh", "b_h"], 0.01)
    new, state, kept = params["W_hy"], np.zeros((B, units)), []
    for update in range(2 * updates if trained == "afresh" else updates):
        if update == updates:
            params["W_hy"], rates = new, {"W_hy": rate}
        n = LENGTH // tau
        chunk = update % n if way.startswith("sequence") else rng.integers(n)
        if way.endswith("reset") or (way.startswith("sequence") and chunk == 0):
            state = np.zeros((B, units))  # the text begins again
        here = slice(chunk * tau, (chunk + 1) * tau)
        by_position, grads, state = read(params, x[here], m[here], state, weight)
        kept.append(by_position)
        for name in rates:
            params[name] = params[name] - rates[name] * grads[name]
    by_position = np.mean(kept[-updates // 5 :], axis=0)  # (tau,)
    return {
        "loss_end": np.average(by_position, weights=weight[:, 0]),
        "first": by_position[:delay].mean(),
        "later": by_position[delay:].mean() if tau > delay else np.nan,
    }


def read(params, x, m, state, weight):
    """Return the loss by position (tau,), the chunk's own gradients, and the last state."""
    core = {name: params[name] for name in ("W_xh", "W_hh", "b_h")}
    h, cache = rnn.forward(core, x, state)  # (tau, B, H)
    p = layers.softmax(h @ params["W_hy"].T)  # (tau, B, 2)
    loss = -np.log(np.take_along_axis(p, m[..., None], axis=2)).mean(axis=(1, 2))
    dy = weight[..., None] * (p - np.eye(2)[m]) / (weight.sum() * B)
    grads = rnn.backward(core, cache, dy @ params["W_hy"])[0]
    grads["W_hy"] = np.tensordot(dy, h, axes=([0, 1], [0, 1]))
    return loss, grads, h[-1]
