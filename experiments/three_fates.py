"""How small is the gradient of a driven tanh network after 50 steps, matrix by matrix?

W_hh = 1.5 Q with Q orthogonal, 32 units, every singular value and every |eigenvalue| 1.5. Varied:
the size of the random drive, N(0, drive²) at every unit and step; the linear network, whose norm is
1.5^50 whatever the drive, is the control for "the slopes make it vanish". Held equal: the matrix
and the noise of a seed.

Columns: ``norm`` the largest factor ‖∂h_50/∂h_0‖ (none has a unit); ``peak`` the largest norm at
any lag from 1 to 50; ``low`` the share of slopes below 1/2.
"""

import numpy as np

from helpers import spectra

SEEDS = range(1, 401)
SETTINGS = [{"drive": drive} for drive in (0.3, 1.0)]
CHEAP = [(1, {"drive": 1.0})]


def run(seed, drive):
    """Follow the Jacobian of one network back over 50 steps."""
    rng = np.random.default_rng(seed)
    W_hh, noise = 1.5 * spectra.orthogonal(32, rng), rng.standard_normal((50, 32))
    _, slopes = spectra.trajectory(W_hh, drive * noise)
    norms = spectra.product_norms(W_hh, slopes)
    return {"norm": norms[-1], "peak": norms[1:].max(), "low": (slopes < 0.5).mean()}
