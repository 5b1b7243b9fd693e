"""Exercise of page 08: gates and depth."""

import numpy as np

from exercises.inputs import gate, normal, sizes
from exercises.slips import Exercise


def routes(J):
    H = len(J[0]) // 2
    line, every = np.eye(H), np.eye(2 * H)
    cell_line = [1.0]
    all_routes = [1.0]
    for J_t in J[::-1]:
        line = line @ J_t[:H, :H]
        every = every @ J_t
        cell_line.append(np.linalg.norm(line, 2))
        all_routes.append(np.linalg.norm(every[:H, :H], 2))
    return cell_line, all_routes


def _jacobians(rng):
    """Matrices of the form (8.4): any gates, any weights."""
    for T, H, s in sizes((1, 1), (2, 1), (4, 1), (1, 2), (2, 2), (3, 2), (6, 3), (12, 2), (5, 4)):
        J = np.empty((T, 2 * H, 2 * H))
        for t in range(T):
            f, D = gate(rng, 2, H, scale=2.0)
            B, C = normal(rng, 2, H, H, scale=s)
            J[t] = np.block([[np.diag(f), B], [np.diag(D * f), D[:, None] * B + C / 4]])
        yield (J,)
        if s == 1:
            yield (np.abs(J),)


e1 = Exercise("8.1", routes, _jacobians, returns=("cell_line", "all_routes"), steps="all_routes")


def forget_bias(share, n):
    f = share ** (1 / n)
    return np.log(f / (1 - f))


def _shares(rng):
    for n in (2, 3, 4, 7, 20, 100, 250):
        for share in (0.01, 0.2, 0.5, 0.9, float(rng.uniform(0.3, 0.8))):
            yield share, n


e2 = Exercise("8.2", forget_bias, _shares, returns="the bias")


def descent(J, dh):
    found = [dh]
    for J_l in J[::-1]:
        through = J_l.T @ found[-1]
        found.append(found[-1] + through)
    return found


def _stacks(rng):
    for L, H, s in sizes((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (4, 3), (7, 2), (3, 5)):
        yield normal(rng, L, H, H, scale=s / np.sqrt(H)), normal(rng, H)


e3 = Exercise("8.3", descent, _stacks, returns="the result")
