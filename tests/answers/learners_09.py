"""Answers to the exercises of page 09, written from the prompts alone."""
import numpy as np


# ---------------------------------------------------------------- 9.1

def wrong_9_1_a(losses, mask):
    "mean over all places, padding included"
    return np.exp(losses.mean())


def wrong_9_1_b(losses, mask):
    "masks the sum, but divides by the number of all places"
    return np.exp(np.where(mask > 0, losses, 0).mean())


def wrong_9_1_c(losses, mask):
    "multiplies by the mask: a NaN or inf in the padding stays (0 * nan is nan)"
    return np.exp((losses * mask).sum() / mask.sum())


def wrong_9_1_d(losses, mask):
    "the mean loss itself, no exponential"
    return np.where(mask > 0, losses, 0).sum() / mask.sum()


def wrong_9_1_e(losses, mask):
    "mean of the exponentials instead of the exponential of the mean"
    return np.exp(losses[mask > 0]).mean()


def wrong_9_1_f(losses, mask):
    "base 2"
    return 2 ** losses[mask > 0].mean()


def wrong_9_1_g(losses, mask):
    "sign: exp(-L)"
    L = np.where(mask > 0, losses, 0.0).sum() / mask.sum()
    return np.exp(-L)


def wrong_9_1_h(losses, mask):
    "mean for each sequence first, then the mean of these (short ones count too much)"
    per_seq = np.where(mask > 0, losses, 0).sum(axis=0) / mask.sum(axis=0)
    return np.exp(per_seq.mean())


def wrong_9_1_i(losses, mask):
    "sum instead of mean: the reciprocal probability of the whole batch"
    total = 0.0
    for t in range(losses.shape[0]):
        for b in range(losses.shape[1]):
            if mask[t, b]:
                total += losses[t, b]
    return np.exp(total)


def wrong_9_1_j(losses, mask):
    "mean of the sequences' perplexities"
    T, B = losses.shape
    ppl = []
    for b in range(B):
        real = [losses[t, b] for t in range(T) if mask[t, b] > 0]
        ppl.append(np.exp(np.mean(real)))
    return np.mean(ppl)


def wrong_9_1_k(losses, mask):
    "two slips: divides by the number of sequences, and base 2"
    return 2 ** (np.where(mask > 0, losses, 0).sum() / mask.shape[1])


def wrong_9_1_l(losses, mask):
    "two slips: averages the padding's places instead (mask turned), without exponential"
    return losses[mask == 0].mean() if (mask == 0).any() else losses.mean()


def wrong_9_1_m(losses, mask):
    "one perplexity for each sequence, (B,), not a number"
    L = np.where(mask > 0, losses, 0).sum(axis=0) / mask.sum(axis=0)
    return np.exp(L)


def right_9_1_a(losses, mask):
    "geometric mean of the reciprocal probabilities, in a loop"
    product, N = 1.0, int(np.sum(mask))
    for row, keep in zip(losses.tolist(), np.asarray(mask).tolist()):
        for loss, k in zip(row, keep):
            if k:
                product *= np.exp(loss) ** (1 / N)
    return product


def right_9_1_b(losses, mask):
    "np.average with weights, the padding emptied first"
    return float(np.exp(np.average(np.where(mask, losses, 0.0), weights=np.asarray(mask, float))))


def right_9_1_c(losses, mask):
    "masked array"
    return np.exp(np.ma.array(losses, mask=~np.asarray(mask, bool)).mean())


# ---------------------------------------------------------------- 9.2

def _counts(sequences, V):
    C = np.zeros((V, V))
    for s in sequences:
        for u, v in zip(s, s[1:]):
            C[u, v] += 1
    return C


def wrong_9_2_a(sequences, V, alpha):
    "transposed: row is what precedes"
    C = np.full((V, V), float(alpha))
    for s in sequences:
        for u, v in zip(s[:-1], s[1:]):
            C[v, u] += 1
    return C / C.sum(axis=1, keepdims=True)


def wrong_9_2_b(sequences, V, alpha):
    "normalises the columns"
    C = _counts(sequences, V) + alpha
    return C / C.sum(axis=0)


def wrong_9_2_c(sequences, V, alpha):
    "joins the lists: pairs across the seams are counted"
    flat = [m for s in sequences for m in s]
    C = np.full((V, V), float(alpha))
    for u, v in zip(flat, flat[1:]):
        C[u, v] += 1
    return C / C.sum(axis=1, keepdims=True)


def wrong_9_2_d(sequences, V, alpha):
    "denominator has alpha once, not V times: rows do not sum to 1"
    n = _counts(sequences, V)
    return (n + alpha) / (n.sum(axis=1, keepdims=True) + alpha)


def wrong_9_2_e(sequences, V, alpha):
    "alpha in the denominator only"
    n = _counts(sequences, V)
    return n / (n.sum(axis=1, keepdims=True) + V * alpha)


def wrong_9_2_f(sequences, V, alpha):
    "C[u, v] += 1 with index arrays: a pair that repeats in a list is counted once"
    C = np.zeros((V, V))
    for s in sequences:
        s = np.array(s, dtype=int)
        C[s[:-1], s[1:]] += 1
    return (C + alpha) / (C + alpha).sum(axis=1, keepdims=True)


def wrong_9_2_g(sequences, V, alpha):
    "divides by the total: joint probability of the pair, not conditional"
    C = _counts(sequences, V) + alpha
    return C / C.sum()


def wrong_9_2_h(sequences, V, alpha):
    "keepdims forgotten: row sums broadcast along the wrong axis"
    n = _counts(sequences, V)
    return (n + alpha) / (n.sum(axis=1) + V * alpha)


def wrong_9_2_i(sequences, V, alpha):
    "the last pair of each list is lost (range one too short)"
    C = np.zeros((V, V)) + alpha
    for s in sequences:
        for i in range(len(s) - 2):
            C[s[i], s[i + 1]] += 1
    return C / C.sum(1)[:, None]


def wrong_9_2_j(sequences, V, alpha):
    "divides first and adds alpha to the probabilities"
    n = _counts(sequences, V)
    return n / np.maximum(n.sum(axis=1, keepdims=True), 1) + alpha


def wrong_9_2_k(sequences, V, alpha):
    "wraps round: the last token of a list is followed by its first"
    C = np.full((V, V), float(alpha))
    for s in sequences:
        for i in range(len(s)):
            C[s[i - 1], s[i]] += 1
    return C / C.sum(axis=1, keepdims=True)


def wrong_9_2_l(sequences, V, alpha):
    "two slips: transposed counts, and alpha once in the denominator"
    n = _counts(sequences, V).T
    return (n + alpha) / (n.sum(axis=1, keepdims=True) + alpha)


def wrong_9_2_m(sequences, V, alpha):
    "two slips: smooths with 1 whatever alpha, and joins the lists"
    flat = np.concatenate([np.array(s, dtype=int) for s in sequences])
    C = np.ones((V, V))
    np.add.at(C, (flat[:-1], flat[1:]), 1)
    return C / C.sum(axis=1, keepdims=True)


def wrong_9_2_n(sequences, V, alpha):
    "n_u counts tokens, also the last of a list, that nothing follows"
    n, seen = _counts(sequences, V), np.zeros(V)
    for s in sequences:
        for m in s:
            seen[m] += 1
    return (n + alpha) / (seen[:, None] + V * alpha)


def wrong_9_2_o(sequences, V, alpha):
    "the counts, not divided"
    return _counts(sequences, V) + alpha


def right_9_2_a(sequences, V, alpha):
    "one-hot matrices, shifted products"
    C = alpha * np.ones((V, V))
    for s in sequences:
        X = np.eye(V)[np.array(s, dtype=int)]
        C += X[:-1].T @ X[1:]
    return np.einsum("uv,u->uv", C, 1 / np.einsum("uv->u", C))


def right_9_2_b(sequences, V, alpha):
    "Counter of pairs, list of rows"
    from collections import Counter
    pairs = Counter(p for s in sequences for p in zip(s, s[1:]))
    rows = [[pairs[u, v] + alpha for v in range(V)] for u in range(V)]
    return np.array([[n / sum(row) for n in row] for row in rows])


def right_9_2_c(sequences, V, alpha):
    "bincount of u * V + v"
    codes = [u * V + v for s in sequences for u, v in zip(s[:-1], s[1:])]
    C = np.bincount(np.array(codes, dtype=int), minlength=V * V).reshape(V, V)
    return (C + alpha) / (C.sum(axis=1) + V * alpha)[:, np.newaxis]


# ---------------------------------------------------------------- 9.3

def _softmax(y):
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def wrong_9_3_a(y, targets, mask):
    "no mask at the gradient, only in N"
    p = _softmax(y)
    return (p - np.eye(y.shape[-1])[targets]) / mask.sum()


def wrong_9_3_b(y, targets, mask):
    "mean over all T * B places instead of the real questions"
    p = _softmax(y)
    return mask[:, :, None] * (p - np.eye(y.shape[-1])[targets]) / mask.size


def wrong_9_3_c(y, targets, mask):
    "no division by N: gradient of the sum"
    dy = _softmax(y)
    T, B, V = y.shape
    for t in range(T):
        for b in range(B):
            dy[t, b, targets[t, b]] -= 1
            dy[t, b] *= mask[t, b]
    return dy


def wrong_9_3_d(y, targets, mask):
    "softmax without subtracting the maximum: overflows for large logits"
    with np.errstate(all="ignore"):
        e = np.exp(y)
        p = e / e.sum(axis=2, keepdims=True)
    return (mask / mask.sum())[..., None] * (p - np.eye(y.shape[2])[targets])


def wrong_9_3_e(y, targets, mask):
    "subtracts the maximum of the whole array: rows far below it underflow to 0/0"
    with np.errstate(all="ignore"):
        e = np.exp(y - y.max())
        p = e / e.sum(axis=2, keepdims=True)
    return (mask / mask.sum())[..., None] * (p - np.eye(y.shape[2])[targets])


def wrong_9_3_f(y, targets, mask):
    "sign: target minus probability"
    onehot = np.eye(y.shape[-1])[targets]
    return mask[..., None] * (onehot - _softmax(y)) / mask.sum()


def wrong_9_3_g(y, targets, mask):
    "softmax over the batch axis"
    e = np.exp(y - y.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return mask[..., None] * (p - np.eye(y.shape[-1])[targets]) / mask.sum()


def wrong_9_3_h(y, targets, mask):
    "mask on the probabilities only: the targets of the padding still pull"
    p = _softmax(y) * mask[..., None]
    return (p - np.eye(y.shape[-1])[targets]) / mask.sum()


def wrong_9_3_i(y, targets, mask):
    "probabilities only, no target subtracted"
    return _softmax(y) * mask[:, :, None] / mask.sum()


def wrong_9_3_j(y, targets, mask):
    "each sequence divided by its own length"
    dy = _softmax(y) - np.eye(y.shape[-1])[targets]
    return dy * (mask / mask.sum(axis=0))[..., None]


def wrong_9_3_k(y, targets, mask):
    "two slips: divides by B, and no mask"
    dy = _softmax(y)
    t, b = np.indices(targets.shape)
    dy[t, b, targets] -= 1
    return dy / y.shape[1]


def wrong_9_3_l(y, targets, mask):
    "indexes dy[:, :, targets]: subtracts 1 in every row at every target that occurs"
    dy = _softmax(y)
    dy[:, :, np.unique(targets)] -= 1
    return dy * mask[..., None] / mask.sum()


def wrong_9_3_m(y, targets, mask):
    "two slips: sum of exponentials over all axes, and N = T B"
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    p = e / e.sum()
    return (p - np.eye(y.shape[-1])[targets]) * mask[..., None] / mask.size


def wrong_9_3_n(y, targets, mask):
    "carries the gradient through the softmax a second time: p * (p - onehot)"
    p = _softmax(y)
    return mask[..., None] * p * (p - np.eye(y.shape[-1])[targets]) / mask.sum()


def right_9_3_a(y, targets, mask):
    "loops over time and batch"
    T, B, V = y.shape
    N = np.count_nonzero(mask)
    dy = np.zeros((T, B, V))
    for t in range(T):
        for b in range(B):
            if mask[t, b]:
                logits = y[t, b] - max(y[t, b])
                p = np.exp(logits) / sum(np.exp(logits))
                p[targets[t, b]] -= 1
                dy[t, b] = p / N
    return dy


def right_9_3_b(y, targets, mask):
    "log-sum-exp with logaddexp.reduce, one-hot by comparison, einsum for the mask"
    log_p = y - np.logaddexp.reduce(y, axis=2)[:, :, None]
    hot = targets[:, :, None] == np.arange(y.shape[2])
    return np.einsum("tb,tbv->tbv", mask / np.sum(mask), np.exp(log_p) - hot)


def right_9_3_c(y, targets, mask):
    "flat list of the real questions only"
    T, B, V = y.shape
    real = np.flatnonzero(mask)
    rows = y.reshape(-1, V)[real]
    p = 1 / np.exp(np.clip(rows[:, None, :] - rows[:, :, None], None, 700)).sum(axis=2)
    p[np.arange(len(real)), targets.ravel()[real]] -= 1
    out = np.zeros((T * B, V))
    out[real] = p / len(real)
    return out.reshape(T, B, V)


# ---------------------------------------------------------------- 9.4

def wrong_9_4_a(w, dw, r, s, k, rate):
    "no correction of the means at all"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    return w - rate * r / (np.sqrt(s) + 1e-8), r, s


def wrong_9_4_b(w, dw, r, s, k, rate):
    "returns r and s after the division"
    r = (0.9 * r + 0.1 * dw) / (1 - 0.9**k)
    s = (0.999 * s + 0.001 * dw**2) / (1 - 0.999**k)
    return w - rate * r / (np.sqrt(s) + 1e-8), r, s


def wrong_9_4_c(w, dw, r, s, k, rate):
    "epsilon under the root (shows with small gradients only)"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r / (1 - 0.9**k), s / (1 - 0.999**k)
    return w - rate * rh / np.sqrt(sh + 1e-8), r, s


def wrong_9_4_d(w, dw, r, s, k, rate):
    "exponent k + 1 (steps counted from 0)"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r / (1 - 0.9 ** (k + 1)), s / (1 - 0.999 ** (k + 1))
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def wrong_9_4_e(w, dw, r, s, k, rate):
    "powers of the other factor: 1 - 0.1^k and 1 - 0.001^k"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r / (1 - 0.1**k), s / (1 - 0.001**k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def wrong_9_4_f(w, dw, r, s, k, rate):
    "s as the square of the mean instead of the mean of the square"
    r_new = 0.9 * r + 0.1 * dw
    s_new = 0.999 * s + 0.001 * r_new**2
    rh, sh = r_new / (1 - 0.9**k), s_new / (1 - 0.999**k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r_new, s_new


def wrong_9_4_g(w, dw, r, s, k, rate):
    "w rises instead of falling"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    return w + rate * (r / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8), r, s


def wrong_9_4_h(w, dw, r, s, k, rate):
    "means fill up with the whole gradient: 0.9 r + g, 0.999 s + g^2"
    r = 0.9 * r + dw
    s = 0.999 * s + dw**2
    rh, sh = r / (1 - 0.9**k), s / (1 - 0.999**k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def wrong_9_4_i(w, dw, r, s, k, rate):
    "no square root"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r / (1 - 0.9**k), s / (1 - 0.999**k)
    return w - rate * rh / (sh + 1e-8), r, s


def wrong_9_4_j(w, dw, r, s, k, rate):
    "only r is corrected, s is used as it is"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    return w - rate * r / (1 - 0.9**k) / (np.sqrt(s) + 1e-8), r, s


def wrong_9_4_k(w, dw, r, s, k, rate):
    "factors linear in k: 0.1 k and 0.001 k, as if nothing were forgotten"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r / (0.1 * k), s / (0.001 * k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def wrong_9_4_l(w, dw, r, s, k, rate):
    "two slips: keep and fill exchanged (0.1 of the old r), and no square at s"
    r = 0.1 * r + 0.9 * dw
    s = 0.999 * s + 0.001 * np.abs(dw)
    rh, sh = r / (1 - 0.9**k), s / (1 - 0.999**k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def wrong_9_4_m(w, dw, r, s, k, rate):
    "two slips: old r and s in the step (updated only afterwards), and no epsilon"
    sh = np.maximum(s / (1 - 0.999**k), 1e-30)
    new = w - rate * r / (1 - 0.9**k) / np.sqrt(sh)
    return new, 0.9 * r + 0.1 * dw, 0.999 * s + 0.001 * dw**2


def wrong_9_4_n(w, dw, r, s, k, rate):
    "multiplies by the factors instead of dividing"
    r = 0.9 * r + 0.1 * dw
    s = 0.999 * s + 0.001 * dw**2
    rh, sh = r * (1 - 0.9**k), s * (1 - 0.999**k)
    return w - rate * rh / (np.sqrt(sh) + 1e-8), r, s


def _inplace_9_4_a(w, dw, r, s, k, rate):
    "right numbers, but w, r and s of the caller are changed in place"
    r *= 0.9
    r += 0.1 * dw
    s *= 0.999
    s += 0.001 * dw**2
    w -= rate * r / (1 - 0.9**k) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
    return w, r, s


def right_9_4_a(w, dw, r, s, k, rate):
    "the factor as a geometric sum, in a loop"
    r = r + (dw - r) * 0.1
    s = s + (np.square(dw) - s) * 0.001
    a = sum(0.1 * 0.9**j for j in range(k))
    b = sum(0.001 * 0.999**j for j in range(k))
    return w - rate * (r / a) / (np.sqrt(s / b) + 1e-8), r, s


def right_9_4_b(w, dw, r, s, k, rate):
    "the efficient form of the paper: one corrected rate, epsilon scaled along"
    r = 0.9 * r + (1 - 0.9) * dw
    s = 0.999 * s + (1 - 0.999) * dw * dw
    root = np.sqrt(1 - 0.999**k)
    step = rate * root / (1 - 0.9**k)
    return w - step * r / (np.sqrt(s) + 1e-8 * root), r, s


def right_9_4_c(w, dw, r, s, k, rate):
    "entry by entry, factors from expm1"
    import math
    a, b = -math.expm1(k * math.log(0.9)), -math.expm1(k * math.log(0.999))
    W, R, S = np.empty_like(w), np.empty_like(w), np.empty_like(w)
    for at in np.ndindex(w.shape):
        R[at] = 0.9 * r[at] + 0.1 * dw[at]
        S[at] = 0.999 * s[at] + 0.001 * dw[at] ** 2
        W[at] = w[at] - rate * (R[at] / a) / (math.sqrt(S[at] / b) + 1e-8)
    return W, R, S
