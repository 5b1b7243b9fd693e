"""Exercise of notebook 08: gates and depth."""

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


def _frobenius(M):
    """Most learners write 1 for lag 0, where the norm of the identity would be √H."""
    return 1.0 if np.array_equal(M, np.eye(len(M))) else np.linalg.norm(M)


def routes(J, slip=""):
    """Return two arrays (T+1,): norms along the cell line only, and by all routes, by lag."""
    H = J.shape[1] // 2
    other = {"eigenvalues": spectra.spectral_radius, "Frobenius": _frobenius}
    norm = other.get(slip, lambda M: np.linalg.norm(M, 2))
    order = J if slip == "from the start" else J[::-1]
    line, every = [np.eye(H)], [np.eye(2 * H)]
    for factor in order:
        line.append(line[-1] @ factor[:H, :H])
        flipped = slip in ("wrong side", "from the start")
        every.append(factor @ every[-1] if flipped else every[-1] @ factor)
    along = np.array([norm(P) for P in line])
    if slip == "whole":
        return along, np.array([norm(P) for P in every])
    if slip == "blocks":
        return along, along
    if slip == "norms":
        steps = np.array([np.linalg.norm(factor[:H, :H], 2) for factor in order])
        steps_all = np.array([np.linalg.norm(factor, 2) for factor in order])
        return np.append(1, steps.cumprod()), np.append(1, steps_all.cumprod())
    return along, np.array([norm(P[:H, :H]) for P in every])


def _routes(slip):
    return lambda J: routes(J, slip)


def _jacobians(T, H, scale):
    """Matrices of the form (8.4), any gates, weights of this scale."""
    J = np.empty((T, 2 * H, 2 * H))
    for t in range(T):
        f, D = 1 / (1 + np.exp(-_normal(2, H, scale=2.0)))
        B = _normal(H, H, scale=scale)
        J[t] = np.block([[np.diag(f), B], [np.diag(D * f), D[:, None] * B + _normal(H, H) / 4]])
    return (J,)


two_routes = Exercise(
    number="8.1",
    title="the cell line and all routes, by lag",
    truth=lambda J: routes(J),
    inputs=(
        _jacobians(5, 3, 0.5),
        _jacobians(1, 2, 0.5),
        _jacobians(4, 1, 1.0),
        _jacobians(12, 2, 1e-3),
    ),
    returns=("cell_line", "all_routes"),
    time_axis=0,
    mistakes=(
        Mistake(
            _routes("blocks"),
            "You cut out the block of c at every step, so no detour through h survives, and both "
            "results agree: multiply whole Jacobians, and cut at the end.",
            OTHER,
        ),
        Mistake(
            _routes("whole"),
            "Your all_routes is the norm of the whole 2H × 2H product; dc_T/dc_{T−k} is its upper "
            "left block.",
            OTHER,
        ),
        Mistake(
            _routes("Frobenius"),
            "You took the root of the sum of squares, NumPy's default; the norm of a matrix here "
            "is its largest singular value, np.linalg.norm(M, 2).",
            SIZES,
        ),
        Mistake(
            _routes("wrong side"),
            "The order of the factors is turned round: the latest step stands leftmost, and each "
            "earlier one is multiplied from the right.",
            JACOBIAN,
        ),
        Mistake(
            _routes("from the start"),
            "You began at the first step, which gives dc_k/dc_0; lag k counts back from the last "
            "step T.",
            JACOBIAN,
        ),
        Mistake(
            _routes("norms"),
            "You multiplied the norms of the steps; that is only a bound. Multiply the matrices, "
            "then take the norm.",
            JACOBIAN,
        ),
        Mistake(
            _routes("eigenvalues"),
            "You took the spectral radius; the norm of a matrix is its largest singular value.",
            SIZES,
        ),
    ),
)

EXERCISES = (two_routes,)
