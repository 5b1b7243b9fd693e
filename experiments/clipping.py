"""Does clipping do what a smaller rate would not?

Plain descent on names (an RNN of 64 units, 300 batches of 64). Varied: the limit of the
gradient's norm, none or 1, and the rate: the same five for both, an equal tuning budget. The seed
draws network and batches; the split is the same for all. The control for "clipping rescues the
run" is the best rate without it.

Results of a row:

- ``validation``, ``held_out``: loss in nats per question after 300 steps, or the uniform model's
  ln 27 when the loss is no longer finite or above it
- ``worst``: largest of the training losses of single batches
- ``clipped``: steps whose gradient was longer than 1, whether it was clipped or not
"""

import numpy as np

from experiments import _letters
from helpers import data, training

SEEDS = [*range(10), *range(1000, 1010)]  # two sets: the second was run to refute the first
SETTINGS = [
    dict(limit=limit, rate=rate) for limit in ("none", "1") for rate in (0.5, 1.0, 1.5, 2.0, 3.0)
]
CHEAP = [(0, dict(limit="none", rate=0.5))]


def run(seed, limit, rate):
    """Train one RNN by plain descent."""
    names = data.first_names()
    names = [names[i] for i in np.random.default_rng(0).permutation(len(names))]
    sequences = [[0, *(ord(letter) - 96 for letter in name), 0] for name in names]
    rng = np.random.default_rng(seed)
    params = _letters.new("RNN", 64, 27, rng)
    stream = training.batches(sequences[1000:], 64, 300, rng)
    clip = np.inf if limit == "none" else float(limit)
    optimiser = training.SGD(rate)
    history = training.fit(
        _letters.loss_and_grads, params, stream, optimiser, steps=300, clip=clip, progress=""
    )
    results = {}
    for part, chosen in (("validation", sequences[500:1000]), ("held_out", sequences[:500])):
        loss = -np.log(_letters.chances(params, chosen)).mean()
        results[part] = min(loss, np.log(27)) if np.isfinite(loss) else np.log(27)
    clipped = int((history["norm"] > 1).sum())
    return results | {"worst": history["loss"].max(), "clipped": clipped}
