"""Are the clipped steps of a character model explosions, or the small batches that end an epoch?

Names, an RNN of 64 units, Adam at 0.007, clipped at norm 1, five epochs. Varied: whether the three
names that are left over after 65 batches of 64 are trained on (in a batch of their own) or left
out: the control. The seed draws network and batches.

Results of a row, numbers of steps with a gradient longer than 1:

- ``start``: in the first epoch; ``ends``: at later epochs' last steps; ``others``: at other steps
- ``ratio``: median norm at epochs' last steps over the median of the others, from epoch two on
"""

import numpy as np

from experiments import _letters
from helpers import data, training

SEEDS = [*range(10), *range(100, 110)]  # two sets: the second was run to refute the first
SETTINGS = [dict(names=4163), dict(names=4160)]
CHEAP = [(0, dict(names=4160))]
EPOCHS = 5


def run(seed, names):
    """Train one RNN for five epochs and count the steps that were clipped."""
    order = np.random.default_rng(0).permutation(5163)
    every = data.first_names()
    chosen = [every[i] for i in order[1000 : 1000 + names]]
    sequences = [[0, *(ord(letter) - 96 for letter in name), 0] for name in chosen]
    rng = np.random.default_rng(seed)
    params, epoch = _letters.new("RNN", 64, 27, rng), -(-names // 64)
    stream = training.batches(sequences, 64, EPOCHS * epoch, rng)
    history = training.fit(
        _letters.loss_and_grads,
        params,
        stream,
        training.Adam(0.007),
        steps=EPOCHS * epoch,
        clip=1.0,
        progress="",
    )
    norm = history["norm"].reshape(EPOCHS, epoch)
    later, ends = norm[1:, :-1], norm[1:, -1]
    return {
        "start": (norm[0] > 1).sum(),
        "ends": (ends > 1).sum(),
        "others": (later > 1).sum(),
        "ratio": np.median(ends) / np.median(later),
    }
