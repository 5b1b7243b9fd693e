"""Does an LSTM forecast the sea off Peru better than one number per lead? Does a long past help?

Anomalies of the monthly temperature, one to six months ahead: trained on 1950 to 1990, validated
on 1991 to 2000, held out 2001 to 2010. Varied: the months of past it sees, the rate (the same two
for each: an equal tuning budget, decided by ``validation``), whether the validation decade picks
the best of 15 moments (``stop`` = early) or not (none: after 300 batches), and whether the months
that touch 1997 and 1998 take part in the picking. Held equal: an LSTM of 16 units, forget bias 1,
Adam, clipping at norm 1, 300 batches of 32 windows.

The baselines need no seed, so the page computes them; a row is measured against one, damped
persistence: phi_k times the last anomaly, one phi per lead, least squares in the training years.

Results of a row, errors of the six leads together but where a lead is named:

- ``validation``, ``held_out``: root mean squared error, °C; ``lead1``, ``lead3``, ``lead6``: the
  held-out one at that lead
- ``1991`` ... ``2010``: mean squared error minus that of damped persistence, °C², over the
  forecasts that start in that year's preceding December to its November. Years are the blocks of
  a bootstrap that respects overlapping windows.
"""

import numpy as np

from experiments import _memory
from helpers import data, training

SEEDS = range(10)
SETTINGS = [
    dict(months=months, rate=rate, stop=stop, without=without)
    for months in (3, 24)
    for rate in (0.003, 0.01)
    for stop, without in (("early", "nothing"), ("none", "nothing"), ("early", "1997-98"))
]
CHEAP = [(0, dict(months=3, rate=0.01, stop="early", without="nothing"))]
W, LEADS = 24, np.arange(1, 7)


def run(seed, months, rate, stop, without):
    """Train one forecaster and judge it year by year."""
    parts, scale = windows()
    x, target, _ = parts["training"]
    phi = x[-1, :, 0] @ target / (x[-1, :, 0] @ x[-1, :, 0])
    past, wanted, years = parts["validation"]
    kept = ~np.isin(years, (1997, 1998)).any(axis=1) if without == "1997-98" else slice(None)

    rng = np.random.default_rng(seed)
    params, optimiser = _memory.new("LSTM", 3, 6, rng), training.Adam(rate)
    step, best, chosen = _memory.objective(_memory.squared_error), np.inf, None
    for _ in range(15):
        rows = rng.integers(0, len(target), (20, 32))
        stream = ((x[-months:, r], target[r]) for r in rows)
        training.fit(step, params, stream, optimiser, steps=20, clip=1.0, progress="")
        loss = ((_memory.answer(params, past[-months:]) - wanted)[kept] ** 2).mean()
        if loss < best or stop == "none":
            best, chosen = loss, dict(params)

    results, by_year = {}, {}
    for part in ("validation", "held_out"):
        past, wanted, years = parts[part]
        square = scale**2 * (_memory.answer(chosen, past[-months:]) - wanted) ** 2
        damped = scale**2 * (phi * past[-1, :, :1] - wanted) ** 2
        results[part] = np.sqrt(square.mean())
        for year in np.unique(years[:, 0]):
            here = years[:, 0] == year
            by_year[str(year)] = (square - damped)[here].mean()
    results |= {f"lead{k}": np.sqrt(square[:, k - 1].mean()) for k in (1, 3, 6)}
    return results | by_year


def windows():
    """Return three parts of (x (W, N, 3), target (N, 6), its years (N, 6)), and a unit in °C."""
    years, temperatures = data.el_nino()
    anomaly = (temperatures - temperatures[years <= 1990].mean(axis=0)).ravel()
    year, month = np.repeat(years, 12), np.tile(np.arange(12), len(years))
    scale = anomaly[year <= 1990].std()
    parts = {}
    spans = {"training": (1950, 1990), "validation": (1991, 2000), "held_out": (2001, 2010)}
    for part, (first, last) in spans.items():
        inside = np.flatnonzero((year >= first) & (year <= last))
        now = np.arange(max(inside[0] - 1, W - 1), inside[-1] - 5)  # all six targets lie inside
        seen = now + np.arange(1 - W, 1)[:, None]
        angle = 2 * np.pi * month[seen] / 12
        x = np.stack([anomaly[seen] / scale, np.sin(angle), np.cos(angle)], axis=2)
        ahead = now[:, None] + LEADS
        parts[part] = x, anomaly[ahead] / scale, year[ahead]
    return parts, scale
