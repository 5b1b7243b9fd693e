"""Exercises of notebook 09: memory measured, and forecasts judged."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(9)
HOLD = "How long does a forget gate hold?"
NOTHING = "What does a network get that remembers nothing?"
SERIES = "A real series"
END = "Four networks, one question at the end"

hold = Exercise(
    number="10.1",
    title="a bias for a time scale",
    truth=lambda tau: np.log(tau - 1),
    inputs=(
        (np.array([2.0, 3.7, 64.0]),),
        (np.array([1.001]),),
        (np.array([1e6, 1.5]),),
        (np.array([10.0, 20.0, 40.0, 80.0]),),
    ),
    returns=("b_f",),
    mistakes=(
        Mistake(
            lambda tau: np.log(tau),
            "With ln τ the time scale is τ + 1, because τ = 1 + exp(b_f): take one off first.",
            HOLD,
        ),
        Mistake(
            lambda tau: -np.log(tau - 1),
            "The sign is turned: this bias suits the input gate; a forget gate that has it keeps "
            "only 1/τ of its cell.",
            HOLD,
        ),
        Mistake(
            lambda tau: 1 - 1 / tau,
            "This is the gate f itself; the bias is the number whose σ it is.",
            HOLD,
        ),
        Mistake(
            lambda tau: np.log2(tau - 1),
            "σ is made of powers of e, so the natural logarithm undoes it, not the one to base 2.",
            HOLD,
        ),
        Mistake(
            lambda tau: -np.log(np.exp(1 / tau) - 1),
            "This gate is exp(−1/τ), whose τ-th power is 1/e exactly; asked for is the gate "
            "1 − 1/τ, whose τ-th power only comes near.",
            HOLD,
        ),
    ),
)


def _moments(k, low, high):
    """Mean and variance of a sum of k uniform numbers, by their integrals."""
    mean = (high**2 - low**2) / (2 * (high - low))
    square = (high**3 - low**3) / (3 * (high - low))
    return k * mean, k * (square - mean**2)


baseline = Exercise(
    number="10.2",
    title="the best constant and its error",
    truth=_moments,
    inputs=((3, 0.0, 1.0), (1, -1.0, 2.0), (5, -2.5, 0.5), (4, 0.0, 0.01)),
    returns=("c", "the squared error"),
    mistakes=(
        Mistake(
            lambda k, low, high: (k * (low + high) / 2, k**2 * (high - low) ** 2 / 12),
            "k² would belong to k times one number; the variances of k independent numbers add.",
            NOTHING,
        ),
        Mistake(
            lambda k, low, high: (k * (low + high) / 2, (high - low) ** 2 / 12),
            "This is the variance of one number; k independent ones are added.",
            NOTHING,
        ),
        Mistake(
            lambda k, low, high: ((low + high) / 2, k * (high - low) ** 2 / 12),
            "c is the mean of one number; the answer is a sum of k of them.",
            NOTHING,
        ),
        Mistake(
            lambda k, low, high: (k * (low + high) / 2, k * (high - low) / 12),
            "A variance grows with the square of the width high − low.",
            NOTHING,
        ),
        Mistake(
            lambda k, low, high: (k * (low + high) / 2, np.sqrt(k / 12) * (high - low)),
            "This is the standard deviation; the squared error is the variance itself.",
            NOTHING,
        ),
        Mistake(
            lambda k, low, high: (k * (low + high) / 2, k / 12),
            "k/12 holds for numbers between 0 and 1 only; the width here is high − low.",
            NOTHING,
        ),
    ),
)


def _rmse(a):
    return np.sqrt(np.mean(np.square(a)))


def _forecasts(known, *, raw=False, judged=None, within=False, squared=False, ahead=False):
    """Make an answer: ``known`` gives the climatology; the rest is what can go wrong."""

    def answer(years, temperatures, last, k):
        climatology = known(temperatures, years <= last)
        a = (temperatures - climatology).ravel()
        series = temperatures.ravel() if raw else a
        month = np.flatnonzero(np.repeat(years, 12) > last)
        if judged == "all":
            month = np.arange(k, a.size)
        if within:
            month = month[k:]
        now = np.minimum(month + k, a.size - 1) if ahead else month - k
        end = np.square if squared else (lambda x: x)
        return end(_rmse(a[month])), end(_rmse(series[month] - series[now]))

    return answer


def _by_month(temperatures, training):
    return temperatures[training].mean(axis=0)


def _judged(years, temperatures, last, k):
    """Return the two errors, month by month."""
    start = int((years <= last).sum())
    of_climatology, of_persistence = [], []
    for t in range(12 * start, 12 * len(years)):
        a, before = (
            temperatures[s // 12, s % 12] - sum(temperatures[:start, s % 12]) / start
            for s in (t, t - k)
        )
        of_climatology.append(a**2)
        of_persistence.append((a - before) ** 2)
    return np.mean(of_climatology) ** 0.5, np.mean(of_persistence) ** 0.5


def _sea(N, last, k):
    season = 3 * np.cos(2 * np.pi * np.arange(12) / 12)
    temperatures = 23 + season + _rng.normal(size=(N, 12)) + 0.1 * np.arange(N)[:, None]
    return 1950 + np.arange(N), temperatures, 1950 + last, k


forecasts = Exercise(
    number="10.3",
    title="climatology and persistence without a leak",
    truth=_judged,
    inputs=(_sea(6, 3, 1), _sea(2, 0, 5), _sea(9, 4, 3), _sea(5, 3, 14)),
    returns=("the error of climatology", "the error of persistence"),
    mistakes=(
        Mistake(
            _forecasts(lambda temperatures, training: temperatures.mean(axis=0)),
            "Your climatology is taken over all years, so the held-out years helped to forecast "
            "themselves: use the years up to last only.",
            SERIES,
        ),
        Mistake(
            _forecasts(lambda temperatures, training: temperatures[~training].mean(axis=0)),
            "Your climatology is that of the years to forecast, which nobody knows beforehand.",
            SERIES,
        ),
        Mistake(
            _forecasts(lambda temperatures, training: temperatures[training].mean()),
            "You subtracted one mean of all months; climatology has a mean for each month.",
            SERIES,
        ),
        Mistake(
            _forecasts(_by_month, raw=True),
            "Your persistence repeats the temperature, so it carries the season of month t to "
            "month t + k; what stays is the anomaly.",
            SERIES,
        ),
        Mistake(
            _forecasts(_by_month, judged="all"),
            "You judged on all years; leave out the training years, which made the climatology.",
            SERIES,
        ),
        Mistake(
            _forecasts(_by_month, within=True),
            "You left out the first k months after last. Their forecasts start in a training year, "
            "which is the past and may be used.",
            SERIES,
        ),
        Mistake(
            _forecasts(_by_month, squared=True),
            "These are mean squared errors; take the root, so that they are in °C.",
            SERIES,
        ),
        Mistake(
            _forecasts(_by_month, ahead=True),
            "You forecast a month from the one k later; use the one k earlier.",
            SERIES,
        ),
    ),
)  # fmt: skip


def _asked(where, *, mean=lambda dy: dy.size, factor=2.0):
    """Make an answer: ``where(lags, T)`` says per step and sequence where the gradient enters."""

    def answer(h, lags, W_hy, b_y, m):
        T, B, _ = h.shape
        y = h[lags, np.arange(B)] @ W_hy.T + b_y
        dy = factor * (y - m) / mean(y)
        return where(lags, T)[:, :, None] * (dy @ W_hy)

    return answer


def _at_lag(lags, T):
    return (np.arange(T)[:, None] == lags).astype(float)


def _entered(h, lags, W_hy, b_y, m):
    """Return dh one sequence at a time."""
    dh = np.zeros(h.shape)
    for b, k in enumerate(lags):
        dy = 2 / m.size * (W_hy @ h[k, b] + b_y - m[b])
        dh[k, b] = W_hy.T @ dy
    return dh


def _at_the_end(h, lags, W_hy, b_y, m):
    dh = np.zeros(h.shape)
    dh[-1] = 2 * (h[-1] @ W_hy.T + b_y - m) / m.size @ W_hy
    return dh


def _lags(T, B, H, V, lags, scale=1.0):
    return (
        np.tanh(scale * _rng.normal(size=(T, B, H))),
        np.array(lags),
        _rng.normal(size=(V, H)),
        _rng.normal(size=V),
        _rng.normal(size=(B, V)),
    )


entered = Exercise(
    number="10.4",
    title="one batch, many lags",
    truth=_entered,
    inputs=(
        _lags(6, 3, 4, 2, [1, 5, 2]),
        _lags(1, 1, 2, 1, [0]),
        _lags(4, 5, 3, 2, [3, 0, 2, 1, 2], scale=8.0),
        _lags(7, 2, 1, 3, [6, 3], scale=1e-3),
    ),
    returns=("dh",),
    time_axis=0,
    mistakes=(
        Mistake(
            _at_the_end,
            "You read every sequence at the last step T. Sequence b is asked at index lags[b], "
            "and what stands after it is padding.",
            END,
        ),
        Mistake(
            _asked(lambda lags, T: (np.arange(T)[:, None] == T - 1) * np.ones(lags.shape)),
            "The answers are read at the right steps, but the gradient enters at the last one; it "
            "must enter where the answer was read.",
            END,
        ),
        Mistake(
            _asked(lambda lags, T: (np.arange(T)[:, None] <= lags).astype(float)),
            "You let the gradient in at every step up to the question. Earlier states have no loss "
            "of their own; backward carries the gradient to them.",
            END,
        ),
        Mistake(
            _asked(_at_lag, mean=len),
            "The loss is a mean over B sequences and V outputs: divide by both.",
            END,
        ),
        Mistake(
            _asked(_at_lag, mean=lambda dy: 1),
            "The factor 1/(BV) of the mean is missing.",
            END,
        ),
        Mistake(
            _asked(_at_lag, factor=1.0),
            "The 2 from the square is missing.",
            END,
        ),
        Mistake(
            _asked(_at_lag, factor=-2.0),
            "The sign is turned: it is y − m, answer minus target.",
            END,
        ),
    ),
)  # fmt: skip

EXERCISES = (hold, baseline, forecasts, entered)
