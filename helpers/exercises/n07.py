"""Exercises of notebook 07: what makes gradients vanish or explode."""

import numpy as np

from helpers import spectra
from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(7)
SIZES = "A matrix has two sizes"
JACOBIAN = "The recurrent Jacobian"
REMEDIES = "What helps, and what cannot"
CELL = "The cell line, measured"
OTHER = "The other route"


def _normal(*shape, scale=1.0):
    return scale * _rng.normal(size=shape)


jacobian = Exercise(
    number="7.1",
    title="the recurrent Jacobian",
    truth=lambda h_t, W_hh: np.diag(1 - h_t**2) @ W_hh,
    inputs=tuple(
        (np.tanh(_normal(H, scale=scale)), _normal(H, H))
        for H, scale in ((3, 1.0), (1, 1.0), (4, 5.0), (2, 1e-2))
    ),
    returns=("the Jacobian",),
    mistakes=(
        Mistake(
            lambda h_t, W_hh: W_hh @ np.diag(1 - h_t**2),
            "You scaled the columns. The slope of unit i acts after the matrix, so it scales row "
            "i: the diagonal stands left of W_hh.",
            JACOBIAN,
        ),
        Mistake(
            lambda h_t, W_hh: W_hh.T @ np.diag(1 - h_t**2),
            "This is the transpose, the matrix that carries a gradient back; the Jacobian itself "
            "has entry (i, j) = dh_t[i]/dh_{t−1}[j].",
            JACOBIAN,
        ),
        Mistake(
            lambda h_t, W_hh: np.diag(1 - h_t) @ W_hh,
            "The square is missing: the slope of tanh is 1 − h_t².",
            JACOBIAN,
        ),
        Mistake(
            lambda h_t, W_hh: np.diag(1 - np.tanh(h_t) ** 2) @ W_hh,
            "You squashed h_t a second time: it is already tanh(a_t), so the slope is 1 − h_t².",
            JACOBIAN,
        ),
        Mistake(
            lambda h_t, W_hh: W_hh.copy(),
            "The slopes are missing: this is the Jacobian of the network without activation.",
            JACOBIAN,
        ),
        Mistake(
            lambda h_t, W_hh: np.diag(1 - h_t**2) @ W_hh.T,
            "The slopes are right, but W_hh must not be transposed.",
            JACOBIAN,
        ),
    ),
)


def _whole(grads):
    return np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))


def _scaled(factor):
    """Make an answer that multiplies every array by ``factor(whole norm, limit)``."""
    return lambda grads, limit: {k: g * factor(_whole(grads), limit) for k, g in grads.items()}


def _each(function):
    return lambda grads, limit: {k: function(g, limit) for k, g in grads.items()}


def _sum_of_norms(grads, limit):
    total = sum(np.linalg.norm(g) for g in grads.values())
    return {k: g * min(1, limit / total) for k, g in grads.items()}


def _gradients(H, D, scale):
    return {
        "W_xh": _normal(H, D, scale=scale),
        "W_hh": _normal(H, H, scale=3 * scale),
        "b_h": _normal(H, scale=scale),
    }


clip = Exercise(
    number="7.2",
    title="clip all gradients together",
    truth=_scaled(lambda norm, limit: min(1, limit / norm)),
    inputs=(
        (_gradients(3, 2, 2.0), 1.0),
        (_gradients(4, 1, 1e-6), 0.5),
        (_gradients(2, 5, 1e4), 5.0),
        (_gradients(1, 2, 0.5), 10.0),
    ),
    mistakes=(
        Mistake(
            _each(lambda g, limit: g * min(1, limit / np.linalg.norm(g))),
            "You clipped each array by its own norm, which turns the gradient as a whole: one norm "
            "over all arrays, one factor for all.",
            REMEDIES,
        ),
        Mistake(
            _scaled(lambda norm, limit: limit / norm),
            "You normalise always: a gradient shorter than the limit must stay as it is.",
            REMEDIES,
        ),
        Mistake(
            _each(lambda g, limit: np.clip(g, -limit, limit)),
            "You clipped by value, entry by entry, which turns the gradient; asked is one factor "
            "for all.",
            REMEDIES,
        ),
        Mistake(
            _scaled(lambda norm, limit: min(1, limit / norm**2)),
            "You divided by the squared norm: take the root of the sum of squares.",
            REMEDIES,
        ),
        Mistake(
            _sum_of_norms,
            "You added the norms of the arrays; the norm of them all is the root of the sum of "
            "their squares.",
            REMEDIES,
        ),
        Mistake(
            _scaled(lambda norm, limit: 1 / norm if norm > limit else 1.0),
            "You clipped to length 1; the clipped gradient has length limit.",
            REMEDIES,
        ),
        Mistake(
            _each(lambda g, limit: g.copy()),
            "You returned the gradients as they came: one of them is longer than the limit.",
            REMEDIES,
        ),
    ),
)


NORMAL = (
    "Your W is normal, so the norm of its powers is ρ^k: it rises for ever or never. Make it "
    "non-normal, with a corner entry for example."
)
PEAK = "By (7.3) the corner of W^k is k s λ^(k−1), and λ alone decides where that is largest."


def rises_then_falls(W, k, peak):
    """Judge the learner's matrix by the norms of its powers."""
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        return f"Your result has shape {W.shape}; a square matrix is asked for."
    if not np.isfinite(W).all():
        return "Your matrix has an entry that is not finite."
    norms = spectra.power_norms(W, 40 * k)  # (40k + 1,)
    case = f"(k = {k}, peak = {peak:g})"
    if np.allclose(W @ W.T, W.T @ W, rtol=0, atol=1e-9 * norms[1] ** 2):
        return NORMAL
    if norms[-1] >= 1e-3:
        return (
            f"After {40 * k} steps the norm is {norms[-1]:.2g} and not below 0.001 {case}: in the "
            f"long run the spectral radius decides, and yours is {spectra.spectral_radius(W):.4g}."
        )
    if norms.argmax() != k:
        return (
            f"Your norms are largest after {norms.argmax()} steps and not after {k} {case}. {PEAK}"
        )
    if abs(norms[k] / peak - 1) > 0.01:
        return (
            f"The peak is in the right place, but its height is {norms[k]:.4g} {case}: change what "
            "leaves its place as it is."
        )
    return ""


def _jordan(lam, s):
    return np.array([[lam, s], [0.0, lam]])


def _corner(k, peak, lam):
    return _jordan(lam, peak / (k * lam ** (k - 1)))


design = Exercise(
    number="7.3",
    title="a matrix that explodes for k steps and then vanishes",
    truth=lambda k, peak: _corner(k, peak, np.exp(-1 / k)),
    inputs=((9, 20.0), (1, 5.0), (4, 100.0), (30, 12.0)),
    returns=("W",),
    judge=rises_then_falls,
    many=True,
    mistakes=(
        Mistake(
            lambda k, peak: peak ** (1 / k) * np.eye(2),
            NORMAL,
            SIZES,
        ),
        Mistake(
            lambda k, peak: _corner(k, peak, 0.9),
            f"With λ = 0.9 the norm is largest at k = 9, whatever s is. {PEAK}",
            SIZES,
        ),
        Mistake(
            lambda k, peak: _jordan(np.exp(-1 / k), peak),
            "You put the peak itself into the corner, but the corner of W^k is k s λ^(k−1).",
            SIZES,
        ),
        Mistake(
            lambda k, peak: _corner(k, peak, np.exp(1 / k)),
            "Your λ is above 1, so in the long run the powers explode.",
            SIZES,
        ),
    ),
)


EXERCISES = (jacobian, clip, design)
