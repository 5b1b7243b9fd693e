"""Answers to the exercises of page 10, written from the prompts alone."""
import numpy as np


# ---------------------------------------------------------------- 10.1

def wrong_10_1_a(tau):
    "sign: log(1 / (tau - 1)), the input gate's bias"
    return -np.log(tau - 1)


def wrong_10_1_b(tau):
    "log(tau), the minus one is forgotten"
    return np.log(tau)


def wrong_10_1_c(tau):
    "the gate itself, not its bias"
    return 1 - 1 / tau


def wrong_10_1_d(tau):
    "log of the gate instead of its logit"
    return np.log(1 - 1 / tau)


def wrong_10_1_e(tau):
    "squashes the gate again instead of undoing the sigmoid"
    f = 1 - 1 / tau
    return 1 / (1 + np.exp(-f))


def wrong_10_1_f(tau):
    "log(tau + 1)"
    return np.log1p(tau)


def wrong_10_1_g(tau):
    "odds without the logarithm"
    f = 1 - 1 / tau
    return f / (1 - f)


def wrong_10_1_h(tau):
    "common logarithm"
    return np.log10(tau - 1)


def wrong_10_1_i(tau):
    "inverse of tanh instead of the sigmoid's"
    return np.arctanh(1 - 1 / tau)


def wrong_10_1_j(tau):
    "two slips: sign, and tau for tau - 1"
    return -np.log(tau)


def wrong_10_1_k(tau):
    "one bias for all, from the mean time scale"
    return np.full(len(tau), np.log(np.mean(tau) - 1))


def wrong_10_1_l(tau):
    "two slips: absolute value of the bias, logarithm to base 2"
    return np.abs(np.log2(tau - 1))


def wrong_10_1_m(tau):
    "absolute value: units with tau below 2 get a positive bias"
    return np.abs(np.log(tau - 1))


def wrong_10_1_n(tau):
    "gate exp(-1/tau) instead of 1 - 1/tau"
    f = np.exp(-1 / tau)
    return np.log(f / (1 - f))


def right_10_1_a(tau):
    "logit of the gate, unit by unit"
    import math
    out = []
    for t in tau:
        f = 1 - 1 / t
        out.append(math.log(f) - math.log(1 - f))
    return np.array(out)


def right_10_1_b(tau):
    "twice arctanh(2 f - 1)"
    return 2 * np.arctanh(1 - 2 / tau)


def right_10_1_c(tau):
    "bisection on the sigmoid"
    low, high = np.full(len(tau), -60.0), np.full(len(tau), 60.0)
    for _ in range(200):
        b = (low + high) / 2
        small = 1 / (1 + np.exp(b)) > 1 / tau
        low, high = np.where(small, b, low), np.where(small, high, b)
    return (low + high) / 2


# ---------------------------------------------------------------- 10.2

def wrong_10_2_a(k, low, high):
    "constant right, error without the factor k"
    return k * (low + high) / 2, (high - low) ** 2 / 12


def wrong_10_2_b(k, low, high):
    "variance times k squared"
    return k * (low + high) / 2, k**2 * (high - low) ** 2 / 12


def wrong_10_2_c(k, low, high):
    "standard deviation instead of the mean squared error"
    return k * (low + high) / 2, np.sqrt(k / 12) * (high - low)


def wrong_10_2_d(k, low, high):
    "half the width as mean: low is forgotten in c"
    return k * (high - low) / 2, k * (high - low) ** 2 / 12


def wrong_10_2_e(k, low, high):
    "c is the mean of one number"
    return (low + high) / 2, k * (high - low) ** 2 / 12


def wrong_10_2_f(k, low, high):
    "width not squared"
    return k * (low + high) / 2, k * (high - low) / 12


def wrong_10_2_g(k, low, high):
    "(high^2 - low^2) for (high - low)^2"
    return k * (low + high) / 2, k * (high**2 - low**2) / 12


def wrong_10_2_h(k, low, high):
    "the page's numbers: only right for two numbers between 0 and 1"
    return 1.0, 1 / 6


def wrong_10_2_i(k, low, high):
    "error of the mean of k numbers: divides by k"
    return k * (low + high) / 2, (high - low) ** 2 / (12 * k)


def wrong_10_2_j(k, low, high):
    "order of the tuple turned round"
    return k * (high - low) ** 2 / 12, k * (low + high) / 2


def wrong_10_2_k(k, low, high):
    "two slips: c = mean of one number, error of the sum of k with 6 for 12"
    c = low + (high - low) / 2
    return c, k * (high - low) ** 2 / 6


def wrong_10_2_l(k, low, high):
    "two slips: second moment instead of variance, and no k at it"
    second = (high**3 - low**3) / (3 * (high - low))
    return k * (low + high) / 2, second


def wrong_10_2_m(k, low, high):
    "E m^2 of the sum, the mean is not subtracted"
    c = k * (low + high) / 2
    return c, k * (high - low) ** 2 / 12 + c**2


def wrong_10_2_n(k, low, high):
    "takes the k numbers as one that is k times as large: uniform between k low and k high, 3 for 12"
    return k * (low + high) / 2, (k * high - k * low) ** 2 / 3


def right_10_2_a(k, low, high):
    "moments of one number, then k of them"
    m1 = (high**2 - low**2) / (2 * (high - low))
    m2 = (high**2 + high * low + low**2) / 3
    return (k * m1, k * (m2 - m1**2))


def right_10_2_b(k, low, high):
    "adds number after number in a loop, and rationals"
    from fractions import Fraction
    a, b = Fraction(float(low)), Fraction(float(high))
    c = err = Fraction(0)
    for _ in range(int(k)):
        c += (a + b) / 2
        err += (b - a) ** 2 / 12
    return float(c), float(err)


def right_10_2_c(k, low, high):
    "Gauss quadrature of the integrals of (9.1), as numpy scalars"
    u, weight = np.polynomial.legendre.leggauss(4)
    u, weight = (high - low) / 2 * u + (high + low) / 2, weight / 2
    c = (weight * u).sum()
    return k * c, k * (weight * (u - c) ** 2).sum()


# ---------------------------------------------------------------- 10.3

def wrong_10_3_a(years, temperatures, last, k):
    "climatology from all years, the held-out ones included"
    clim = temperatures.mean(axis=0)
    a = (temperatures - clim).ravel()
    first = 12 * int((years <= last).sum())
    err = a[first:] - a[first - k : len(a) - k]
    return np.sqrt((a[first:] ** 2).mean()), np.sqrt((err**2).mean())


def wrong_10_3_b(years, temperatures, last, k):
    "persistence of the raw temperature: the season is not taken out"
    clim = temperatures[years <= last].mean(axis=0)
    a = (temperatures - clim).ravel()
    raw = temperatures.ravel()
    first = 12 * int((years <= last).sum())
    err = raw[first:] - raw[first - k : len(raw) - k]
    return np.sqrt((a[first:] ** 2).mean()), np.sqrt((err**2).mean())


def wrong_10_3_c(years, temperatures, last, k):
    "one mean over all months instead of one for each"
    clim = temperatures[years <= last].mean()
    a = (temperatures - clim).ravel()
    first = 12 * int((years <= last).sum())
    err = a[first:] - a[first - k : len(a) - k]
    return np.sqrt((a[first:] ** 2).mean()), np.sqrt((err**2).mean())


def wrong_10_3_d(years, temperatures, last, k):
    "mean squared errors, no root"
    clim = temperatures[years <= last].mean(axis=0)
    a = (temperatures - clim).ravel()
    year = np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return (a[t] ** 2).mean(), ((a[t] - a[t - k]) ** 2).mean()


def wrong_10_3_e(years, temperatures, last, k):
    "the first k months after training are left out (forecasts start after last only)"
    clim = temperatures[years <= last].mean(axis=0)
    test = (temperatures[years > last] - clim).ravel()
    clim_err = np.sqrt((test[k:] ** 2).mean())
    pers_err = np.sqrt(((test[k:] - test[:-k]) ** 2).mean())
    return clim_err, pers_err


def wrong_10_3_f(years, temperatures, last, k):
    "only persistence drops the first k months; climatology is judged on all"
    clim = temperatures[years <= last].mean(axis=0)
    test = (temperatures[years > last] - clim).ravel()
    return np.sqrt((test**2).mean()), np.sqrt(((test[k:] - test[:-k]) ** 2).mean())


def wrong_10_3_g(years, temperatures, last, k):
    "the year last is judged as well as trained on (>= for >)"
    clim = temperatures[years <= last].mean(axis=0)
    a, year = (temperatures - clim).ravel(), np.repeat(years, 12)
    t = np.flatnonzero(year >= last)
    return np.sqrt((a[t] ** 2).mean()), np.sqrt(((a[t] - a[t - k]) ** 2).mean())


def wrong_10_3_h(years, temperatures, last, k):
    "trains without the year last (< for <=)"
    clim = temperatures[years < last].mean(axis=0)
    a, year = (temperatures - clim).ravel(), np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return np.sqrt((a[t] ** 2).mean()), np.sqrt(((a[t] - a[t - k]) ** 2).mean())


def wrong_10_3_i(years, temperatures, last, k):
    "mean absolute errors"
    clim = temperatures[years <= last].mean(axis=0)
    a, year = (temperatures - clim).ravel(), np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return np.abs(a[t]).mean(), np.abs(a[t] - a[t - k]).mean()


def wrong_10_3_j(years, temperatures, last, k):
    "standard deviations: the mean error is taken out"
    clim = temperatures[years <= last].mean(axis=0)
    a, year = (temperatures - clim).ravel(), np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return a[t].std(), (a[t] - a[t - k]).std()


def wrong_10_3_k(years, temperatures, last, k):
    "np.roll within the test years: the first months are forecast from the end of the series"
    clim = temperatures[years <= last].mean(axis=0)
    test = (temperatures[years > last] - clim).ravel()
    return np.sqrt((test**2).mean()), np.sqrt(((test - np.roll(test, k)) ** 2).mean())


def wrong_10_3_l(years, temperatures, last, k):
    "rolls along the months of a year instead of along time"
    clim = temperatures[years <= last].mean(axis=0)
    test = temperatures[years > last] - clim
    return np.sqrt((test**2).mean()), np.sqrt(((test - np.roll(test, k, axis=1)) ** 2).mean())


def wrong_10_3_m(years, temperatures, last, k):
    "two slips: k years back instead of k months (clipped at the start), and no root at climatology"
    clim = temperatures[years <= last].mean(axis=0)
    a = temperatures - clim
    t = np.flatnonzero(years > last)
    return (a[t] ** 2).mean(), np.sqrt(((a[t] - a[np.maximum(t - k, 0)]) ** 2).mean())


def wrong_10_3_n(years, temperatures, last, k):
    "two slips: one lead too short (k - 1), and results exchanged"
    clim = temperatures[years <= last].mean(axis=0)
    a, year = (temperatures - clim).ravel(), np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return np.sqrt(((a[t] - a[t - k + 1]) ** 2).mean()), np.sqrt((a[t] ** 2).mean())


def wrong_10_3_o(years, temperatures, last, k):
    "flattens month by month (column order): neighbours are years, not months"
    clim = temperatures[years <= last].mean(axis=0)
    a = (temperatures - clim).ravel(order="F")
    year = np.repeat(years, 12)
    t = np.flatnonzero(year > last)
    return np.sqrt((a[t] ** 2).mean()), np.sqrt(((a[t] - a[t - k]) ** 2).mean())


def right_10_3_a(years, temperatures, last, k):
    "loops over years and months, counting back by hand"
    N = len(years)
    clim = []
    for m in range(12):
        column = [temperatures[n][m] for n in range(N) if years[n] <= last]
        clim.append(sum(column) / len(column))
    one = two = count = 0
    for n in range(N):
        if years[n] <= last:
            continue
        for m in range(12):
            before, month = divmod(12 * n + m - k, 12)
            forecast = clim[m] + temperatures[before][month] - clim[month]
            one += (temperatures[n][m] - clim[m]) ** 2
            two += (temperatures[n][m] - forecast) ** 2
            count += 1
    return (one / count) ** 0.5, (two / count) ** 0.5


def right_10_3_b(years, temperatures, last, k):
    "a matrix that subtracts the anomaly k months earlier; norms"
    a = (temperatures - temperatures[years <= last].mean(0)).reshape(-1)
    M = len(a)
    late = np.repeat(years > last, 12)
    difference = (np.eye(M) - np.eye(M, k=-k)) @ a
    n = np.sqrt(late.sum())
    return np.linalg.norm(a[late]) / n, np.linalg.norm(difference[late]) / n


def right_10_3_c(years, temperatures, last, k):
    "in float32, with weights for the training years"
    inside = (years <= last).astype(np.float64)
    clim = np.einsum("n,nm->m", inside / inside.sum(), temperatures)
    a = (temperatures - clim).astype(np.float32).ravel()
    t = np.arange(len(a))[np.repeat(years, 12) > last]
    rms = lambda e: np.sqrt(np.mean(np.square(e), dtype=np.float64))
    return rms(a[t]), rms(a[t] - np.take(a, t - k))


# ---------------------------------------------------------------- 10.4

def wrong_10_4_a(h, lags, W_hy, b_y, m):
    "asks at the last step instead of at lags[b]"
    y = h[-1] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[-1] = 2 * (y - m) / m.size @ W_hy
    return dh


def wrong_10_4_b(h, lags, W_hy, b_y, m):
    "right states for the answer, but the gradient is put at the last step"
    B = len(lags)
    y = h[lags, np.arange(B)] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[-1] = 2 / y.size * (y - m) @ W_hy
    return dh


def wrong_10_4_c(h, lags, W_hy, b_y, m):
    "every state from 0 to the lag gets the gradient"
    dh = np.zeros(h.shape)
    for b in range(h.shape[1]):
        y = W_hy @ h[lags[b], b] + b_y
        dh[: lags[b] + 1, b] = W_hy.T @ (2 / m.size * (y - m[b]))
    return dh


def wrong_10_4_d(h, lags, W_hy, b_y, m):
    "the 2 of the square is lost"
    rows = np.arange(h.shape[1])
    y = h[lags, rows] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[lags, rows] = (y - m) / m.size @ W_hy
    return dh


def wrong_10_4_e(h, lags, W_hy, b_y, m):
    "mean over the batch only, not over the outputs"
    rows = np.arange(h.shape[1])
    y = h[lags, rows] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[lags, rows] = 2 * (y - m) / len(m) @ W_hy
    return dh


def wrong_10_4_f(h, lags, W_hy, b_y, m):
    "no mean at all: gradient of the sum"
    dh = np.zeros_like(h)
    for b, t in enumerate(lags):
        dh[t, b] = 2 * W_hy.T @ (W_hy @ h[t, b] + b_y - m[b])
    return dh


def wrong_10_4_g(h, lags, W_hy, b_y, m):
    "the bias is forgotten in the answers"
    rows = np.arange(h.shape[1])
    y = h[lags, rows] @ W_hy.T
    dh = np.zeros_like(h)
    dh[lags, rows] = 2 * (y - m) / m.size @ W_hy
    return dh


def wrong_10_4_h(h, lags, W_hy, b_y, m):
    "dh[lags] without the batch index: whole rows of all sequences are written"
    rows = np.arange(h.shape[1])
    y = h[lags, rows] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[lags] = 2 * (y - m) / m.size @ W_hy
    return dh


def wrong_10_4_i(h, lags, W_hy, b_y, m):
    "one step too early: lags - 1"
    dh = np.zeros_like(h)
    for b in range(h.shape[1]):
        t = lags[b] - 1
        dh[t, b] = 2 / m.size * (W_hy @ h[t, b] + b_y - m[b]) @ W_hy
    return dh


def wrong_10_4_j(h, lags, W_hy, b_y, m):
    "counted from the end: state T - 1 - lag"
    T, B, H = h.shape
    at = T - 1 - lags
    y = h[at, np.arange(B)] @ W_hy.T + b_y
    dh = np.zeros((T, B, H))
    dh[at, np.arange(B)] = 2 * (y - m) / y.size @ W_hy
    return dh


def wrong_10_4_k(h, lags, W_hy, b_y, m):
    "sign: target minus answer"
    rows = np.arange(h.shape[1])
    y = h[lags, rows] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[lags, rows] = 2 * (m - y) / m.size @ W_hy
    return dh


def wrong_10_4_l(h, lags, W_hy, b_y, m):
    "two slips: 2 / B for 2 / (B V), and the loss at all T states"
    y = h @ W_hy.T + b_y
    return 2 / len(m) * (y - m) @ W_hy


def wrong_10_4_m(h, lags, W_hy, b_y, m):
    "two slips: tanh's slope multiplied in (that is backward's work), and divided by T as well"
    T, B, H = h.shape
    rows = np.arange(B)
    y = h[lags, rows] @ W_hy.T + b_y
    dh = np.zeros_like(h)
    dh[lags, rows] = (1 - h[lags, rows] ** 2) * (2 * (y - m) / (T * m.size) @ W_hy)
    return dh


def wrong_10_4_n(h, lags, W_hy, b_y, m):
    "tanh's slope multiplied in, which is backward's work"
    rows = np.arange(h.shape[1])
    hb = h[lags, rows]
    dh = np.zeros_like(h)
    dh[lags, rows] = (1 - hb**2) * (2 * (hb @ W_hy.T + b_y - m) / m.size @ W_hy)
    return dh


def right_10_4_a(h, lags, W_hy, b_y, m):
    "a one-hot mask over time, and einsum"
    T, B, H = h.shape
    asked = (np.arange(T)[:, None] == lags).astype(float)
    y = np.einsum("tb,tbh,vh->bv", asked, h, W_hy) + b_y
    return np.einsum("tb,bv,vh->tbh", asked, (y - m) * 2 / (B * len(b_y)), W_hy)


def right_10_4_b(h, lags, W_hy, b_y, m):
    "loops over batch, outputs and units"
    B, V = m.shape
    dh = np.zeros(h.shape)
    for b in range(B):
        t = int(lags[b])
        for v in range(V):
            error = b_y[v] - m[b, v]
            for j in range(h.shape[2]):
                error += W_hy[v, j] * h[t, b, j]
            for j in range(h.shape[2]):
                dh[t, b, j] += 2 * error * W_hy[v, j] / (B * V)
    return dh


def right_10_4_c(h, lags, W_hy, b_y, m):
    "all answers at all states, then np.where"
    dy = 2 * (h @ W_hy.T + b_y - m) / m.size
    hit = np.arange(len(h))[:, None, None] == np.asarray(lags)[None, :, None]
    return np.where(hit, dy @ W_hy, 0.0)
