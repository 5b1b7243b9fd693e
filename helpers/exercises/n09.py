"""Exercises of notebook 08: character models."""

import itertools

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(8)
GUESS = "Guess the next letter"
COUNT = "Count first"
MODEL = "One model, two cells"
TRAIN = "Watch it train"


def _mask(lengths, T):
    return (np.arange(T)[:, None] < np.array(lengths)).astype(float)  # (T, B)


perplexity = Exercise(
    number="9.1",
    title="perplexity of a padded batch",
    truth=lambda losses, mask: np.exp(np.average(losses, weights=mask)),
    inputs=tuple(
        (scale * _rng.random((T, len(lengths))), _mask(lengths, T))
        for lengths, T, scale in (
            ((4, 2, 3), 4, 5.0),
            ((1,), 1, 3.0),
            ((1, 6), 6, 0.01),
            ((5, 2, 1, 1), 5, 9.0),
        )
    ),
    returns=("perplexity",),
    mistakes=(
        Mistake(
            lambda losses, mask: np.exp((mask * losses).mean()),
            "You divided by T·B; the padded places ask nothing, so divide by the number of real "
            "questions, mask.sum().",
            MODEL,
        ),
        Mistake(
            lambda losses, mask: np.exp(losses.mean()),
            "You averaged over the padding too: multiply each loss by its mask, and divide by "
            "mask.sum().",
            MODEL,
        ),
        Mistake(
            lambda losses, mask: np.exp((mask * losses).sum()),
            "This is exp of the sum, which grows with the size of the batch; take exp of the mean.",
            GUESS,
        ),
        Mistake(
            lambda losses, mask: 2 ** ((mask * losses).sum() / mask.sum()),
            "The losses are natural logarithms, so undo them with exp, not with a power of 2.",
            GUESS,
        ),
        Mistake(
            lambda losses, mask: (mask * losses).sum() / mask.sum(),
            "This is the mean loss L; the perplexity is its exponential.",
            GUESS,
        ),
        Mistake(
            lambda losses, mask: np.exp(((mask * losses).sum(axis=0) / mask.sum(axis=0)).mean()),
            "You averaged name by name, so a short name's questions weigh more; every question "
            "weighs the same.",
            MODEL,
        ),
    ),
)  # fmt: skip


def _pairs(sequences):
    pairs = [pair for s in sequences for pair in itertools.pairwise(s)]
    return tuple(np.array(pairs).T)


def _counts(pairs, V):
    C = np.zeros((V, V))
    for u, v in zip(*pairs, strict=True):
        C[u, v] += 1
    return C


def _smoothed(C, alpha):
    return np.array([(row + alpha) / (row.sum() + len(row) * alpha) for row in C])


def bigram(sequences, V, alpha):
    return _smoothed(_counts(_pairs(sequences), V), alpha)


def _once(sequences, V, alpha):
    C = np.zeros((V, V))
    C[_pairs(sequences)] += 1
    return _smoothed(C, alpha)


def _divided(sequences, V, alpha, *, extra):
    C = _counts(_pairs(sequences), V)
    return (C + alpha) / (C.sum(axis=1, keepdims=True) + extra)


def _joined(sequences, V, alpha):
    return bigram([[token for s in sequences for token in s]], V, alpha)


table = Exercise(
    number="9.2",
    title="a smoothed bigram table",
    truth=bigram,
    inputs=(
        ([[0, 1, 2, 1, 2, 0], [0, 2, 2, 2, 0], [0, 1, 0]], 4, 0.5),
        ([[0, 0]], 1, 0.1),
        ([[0, 3, 3, 3, 1, 0]], 5, 1e-3),
        ([[0, 1, 0], [0, 1, 1, 0]], 2, 3.0),
    ),
    returns=("p",),
    mistakes=(
        Mistake(
            _once,
            "C[u, v] += 1 with index arrays adds 1 once, however often a pair repeats: use "
            "np.add.at or a loop.",
            COUNT,
        ),
        Mistake(
            lambda sequences, V, alpha: _divided(sequences, V, alpha, extra=0),
            "Each row received alpha V times, so V alpha must be added to its denominator.",
            COUNT,
        ),
        Mistake(
            lambda sequences, V, alpha: _divided(sequences, V, alpha, extra=alpha),
            "You added alpha to the denominator once; V cells of the row received it.",
            COUNT,
        ),
        Mistake(
            lambda sequences, V, alpha: _smoothed(_counts(_pairs(sequences)[::-1], V), alpha),
            "You counted u after v; row u holds what follows u.",
            COUNT,
        ),
        Mistake(
            lambda sequences, V, alpha: _smoothed(_counts(_pairs(sequences), V).T, alpha).T,
            "You made each column sum to 1; p[u] is a distribution, so each row must.",
            COUNT,
        ),
        Mistake(
            _joined,
            "You joined the sequences, so the end of one is counted as followed by the start of "
            "the next; count within each.",
            GUESS,
        ),
    ),
)


def _surprise(y, targets, *, axis=-1):
    e = np.exp(y - y.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True) - np.eye(y.shape[-1])[targets]


def masked(y, targets, mask):
    dy = np.zeros_like(y)
    for t, b in np.argwhere(mask > 0):
        dy[t, b] = _surprise(y[t, b], targets[t, b]) / mask.sum()
    return dy


def _half_masked(y, targets, mask):
    probabilities = _surprise(y, targets) + np.eye(y.shape[-1])[targets]
    return (probabilities - mask[..., None] * np.eye(y.shape[-1])[targets]) / mask.sum()


def _overflowing(y, targets, mask):
    p = np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True)
    return mask[..., None] * (p - np.eye(y.shape[-1])[targets]) / mask.sum()


logits = Exercise(
    number="9.3",
    title="the masked gradient at the logits",
    truth=masked,
    inputs=tuple(
        (
            scale * _rng.normal(size=(T, len(lengths), V)),
            _rng.integers(0, V, size=(T, len(lengths))),
            _mask(lengths, T),
        )
        for lengths, T, V, scale in (
            ((4, 2, 3), 4, 5, 1.0),
            ((1,), 1, 3, 1e-3),
            ((1, 5), 5, 3, 2000.0),
            ((2, 1, 3, 1), 3, 2, 1.0),
        )
    ),
    returns=("dy",),
    time_axis=0,
    mistakes=(
        Mistake(
            lambda y, targets, mask: _surprise(y, targets) / mask.sum(),
            "You masked the loss but not its gradient: the padded places must receive exactly 0.",
            MODEL,
        ),
        Mistake(
            lambda y, targets, mask: masked(y, targets, mask) * mask.sum() / mask.size,
            "You divided by T·B; the loss is the mean over the real questions, mask.sum().",
            MODEL,
        ),
        Mistake(
            lambda y, targets, mask: masked(y, targets, mask) * mask.sum() / mask.shape[1],
            "You divided by the number of names B; the loss is the mean over the real questions.",
            MODEL,
        ),
        Mistake(
            lambda y, targets, mask: masked(y, targets, mask) * mask.sum(),
            "This is the gradient of the sum; the loss is a mean, so 1/N is missing.",
            MODEL,
        ),
        Mistake(
            _half_masked,
            "You masked the target only; the probabilities in the padding must vanish too.",
            MODEL,
        ),
        Mistake(
            lambda y, targets, mask: (
                masked(y, targets, mask) * mask.sum() / mask.sum(axis=0)[:, None]
            ),
            "You divided by each name's own length; N counts the questions of all names together.",
            MODEL,
        ),
        Mistake(
            lambda y, targets, mask: (
                mask[..., None] * _surprise(y, targets, axis=1) / mask.sum()
            ),
            "Your softmax runs over the names; it runs over the V tokens, the last axis.",
            MODEL,
        ),
        Mistake(
            _overflowing,
            "The formula is right, but exp overflows for large logits: subtract the largest one of "
            "each question first.",
            MODEL,
        ),
    ),
)  # fmt: skip


def adam(w, dw, r, s, k, rate, *, fix=(True, True), square=2, root=0.5, inside=False, old=True):
    """One step of Adam; the keywords spoil it."""
    beta, gamma = (0.9, 0.999) if old else (0.1, 0.001)
    r, s = beta * r + (1 - beta) * dw, gamma * s + (1 - gamma) * dw**square
    r_hat = r / (1 - beta**k) if fix[0] else r
    s_hat = s / (1 - gamma**k) if fix[1] else s
    size = np.sqrt(s_hat + 1e-8) if inside else s_hat**root + 1e-8
    return w - rate * r_hat / size, r, s


def _keeps_corrected(w, dw, r, s, k, rate):
    w, r, s = adam(w, dw, r, s, k, rate)
    return w, r / (1 - 0.9**k), s / (1 - 0.999**k)


def _spoilt(**how):
    return lambda w, dw, r, s, k, rate: adam(w, dw, r, s, k, rate, **how)


def _truth(w, dw, r, s, k, rate):
    r, s = r + 0.1 * (dw - r), s + 0.001 * (dw * dw - s)
    return w - rate * (r / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8), r, s


step = Exercise(
    number="9.4",
    title="one step of Adam",
    truth=_truth,
    inputs=(
        (*_rng.normal(size=(2, 3, 2)), *np.zeros((2, 3, 2)), 1, 0.1),
        (_rng.normal(size=4), _rng.normal(size=4), _rng.normal(size=4), _rng.random(4), 7, 0.5),
        (np.array([0.01]), np.array([1e-7]), np.zeros(1), np.zeros(1), 1, 0.01),
        (np.zeros((1, 3)), 1e3 * np.ones((1, 3)), np.ones((1, 3)), np.ones((1, 3)), 400, 1.0),
    ),
    returns=("w", "r", "s"),
    mistakes=(
        Mistake(
            _spoilt(fix=(False, False)),
            "Both running means start at 0 and are too small at first: divide r by 1 - 0.9^k and "
            "s by 1 - 0.999^k before the step.",
            TRAIN,
        ),
        Mistake(
            _spoilt(fix=(True, False)),
            "You corrected r for its start at 0 but not s.",
            TRAIN,
        ),
        Mistake(
            _keeps_corrected,
            "Correct copies for this step only; the r and s you hand on must be the plain "
            "running means, or the next step corrects them again.",
            TRAIN,
        ),
        Mistake(
            _spoilt(root=1),
            "The root is missing: r is divided by the root of s, which has the unit of a gradient.",
            TRAIN,
        ),
        Mistake(
            _spoilt(square=1),
            "s is the running mean of the gradient's square; you averaged the gradient itself.",
            TRAIN,
        ),
        Mistake(
            _spoilt(old=False),
            "The weights are swapped: the old mean keeps 0.9 (0.999), the new gradient gets the "
            "rest.",
            TRAIN,
        ),
        Mistake(
            _spoilt(inside=True),
            "The 1e-8 stands outside the root; inside, it is as large as a gradient of 1e-4.",
            TRAIN,
        ),
    ),
)  # fmt: skip

EXERCISES = (perplexity, table, logits, step)
