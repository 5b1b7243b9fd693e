"""Which network learns to add two marked numbers of a sequence?

Varied: four networks of 16 units, three learning rates (an equal tuning budget), two lags (length
of the sequence minus 1). Held equal: Adam, clipping at norm 1, at most 400 batches of 32 sequences.
The rows with 2,000 batches are the control for "the RNN cannot": the same networks with more
patience.

Results of a row:

- ``error``: mean squared error over 1/6, that of the best constant, on 1,000 sequences that
  decided nothing; ``solved``: below 0.1
- ``used``: batches until 300 other sequences said solved
"""

import numpy as np

from experiments import _memory

SEEDS = [*range(5), *range(100, 105)]  # two sets: the second was run to refute the first
RATES = (0.003, 0.01, 0.03)
SETTINGS = [
    dict(network=network, rate=rate, lag=lag, batches=400)
    for lag in (10, 20)
    for network in _memory.NETWORKS
    for rate in RATES
] + [
    dict(network=network, rate=0.003, lag=20, batches=2000)
    for network in ("plain RNN", "orthogonal RNN")
]
CHEAP = [(0, dict(network="orthogonal RNN", rate=0.003, lag=20, batches=400))]
TASK = _memory.adding, _memory.squared_error, 1 / 6


def run(seed, network, rate, lag, batches):
    """Train one network on adding."""
    rng = np.random.default_rng(seed)
    params = _memory.new(network, 2, 1, rng)
    used = _memory.train(params, *TASK, lag, seed, rng, rate=rate, batches=batches)
    error = _memory.error(params, *TASK, lag, seed)
    return {"error": error, "solved": error < 0.1, "used": used}
