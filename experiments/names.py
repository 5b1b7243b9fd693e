"""Does a network spell first names better than counting does, and on which questions?

Varied: the model, and for networks the rate (the same number of rates for each; ``validation``
decides). Counters choose their smoothing among six values on the validation names. The seed draws
the split (500 names held out, 500 to validate, 4,163 to train on; all models of a seed share it)
and the networks. Held equal: 64 units, batches of 64, Adam, clipping at norm 1; 2,100 steps of the
RNN and 1,200 of the LSTM; float32, twice as fast as float64.

*told the length* is backing off whose every context also comes with the number of letters so far,
the control for "it uses what stood before": it sees no letter that backing off does not see.
*three LSTMs* is the mean of three networks' probabilities.

Results of a row, losses in nats per question (−log p):

- ``validation``, ``held_out``: all questions; of the held-out ones, ``end``: those whose answer is
  the end mark, ``letters``: the others; ``end8``, ``letters8``: the same from the eighth on
- ``ahead``: share of held-out questions whose answer gets more than from backing off
- ``blend``: loss of the plain average of the model's and backing off's probabilities, held out
- ``remembered``, ``invented``: of 2,000 names drawn from the model, the share that are training
  names, and that are census names which are not
"""

from collections import defaultdict

import numpy as np

from experiments import _letters
from helpers import data, layers, training

SEEDS = [*range(5), *range(100, 105)]  # two sets: the second was run to refute the first
RATES = {"RNN": (0.0035, 0.007, 0.014), "LSTM": (0.0075, 0.015, 0.03)}
COUNTERS = ("uniform", "bigram", "trigram", "backing off", "told the length")
SETTINGS = (
    [dict(model=model, rate=0) for model in COUNTERS]
    + [dict(model=model, rate=rate) for model, rates in RATES.items() for rate in rates]
    + [dict(model="three LSTMs", rate=0.015)]
)
CHEAP = [(0, dict(model="bigram", rate=0)), (1, dict(model="uniform", rate=0))]
V = 27
STEPS = {"RNN": 2100, "LSTM": 1200}


def run(seed, model, rate):
    """Train or count one model, and score it on the held-out names."""
    rng = np.random.default_rng(seed)
    names = data.first_names()
    names = [names[i] for i in rng.permutation(len(names))]
    sequences = [[0, *(ord(letter) - 96 for letter in name), 0] for name in names]
    held_out, validation, train = sequences[:500], sequences[500:1000], sequences[1000:]
    counter = counting("backing off", train, validation)
    predict = contestant(model, rate, train, validation, rng, counter)

    p, counted = chances(predict, held_out), chances(counter, held_out)
    loss = -np.log(p)
    end = np.concatenate([np.arange(1, len(s)) == len(s) - 1 for s in held_out])
    late = np.concatenate([np.arange(1, len(s)) >= 8 for s in held_out])
    drawn = sample(predict, 2000, rng)
    known = {tuple(s) for s in train}
    census = {tuple(s) for s in sequences} - known
    return {
        "validation": -np.log(chances(predict, validation)).mean(),
        "held_out": loss.mean(),
        "end": loss[end].mean(),
        "letters": loss[~end].mean(),
        "end8": loss[end & late].mean(),
        "letters8": loss[~end & late].mean(),
        "ahead": (p > counted).mean(),
        "blend": -np.log((p + counted) / 2).mean(),
        "remembered": np.mean([s in known for s in drawn]),
        "invented": np.mean([s in census for s in drawn]),
    }


def contestant(model, rate, train, validation, rng, counter):
    """Return a function of tokens (T, B): probabilities of what follows row ``first`` and on."""
    if model in COUNTERS:
        return counter if model == "backing off" else counting(model, train, validation)
    cell = "RNN" if model == "RNN" else "LSTM"
    networks = []
    for _ in range(3 if model == "three LSTMs" else 1):
        params = _letters.new(cell, 64, V, rng, dtype=np.float32)
        _letters.fit(params, train, rng, rate=rate, steps=STEPS[cell])
        networks.append(params)

    def predict(tokens, first):
        p = [layers.softmax(_letters.logits(params, tokens)[0])[first:] for params in networks]
        return np.mean(p, axis=0)

    return predict


def counting(model, train, validation):
    """Return the counter of that name, its smoothing chosen on the validation names."""
    if model == "uniform":
        return lambda tokens, first: np.full((len(tokens) - first, tokens.shape[1], V), 1 / V)
    letters = {"bigram": 1, "trigram": 2}.get(model)
    if letters:
        contexts, amounts = (lambda past: [_last(past, letters)]), np.geomspace(0.01, 3, 6)
    elif model == "backing off":
        contexts, amounts = (lambda past: [_last(past, k) for k in range(5)]), (2, 4, 6, 8, 12, 16)
    else:  # each context of backing off, then the same with the number of letters so far
        contexts, amounts = _told, (2, 4, 6, 8, 12, 16)
    seen = defaultdict(lambda: np.zeros(V))
    for sequence in train:
        for t in range(1, len(sequence)):
            for context in contexts(sequence[:t]):
                seen[context][sequence[t]] += 1

    def after(past, amount):
        p = np.full(V, 1 / V)
        for context in contexts(past):
            if context in seen:
                n = seen[context]
                w = amount * (V if letters else np.count_nonzero(n))  # add-α, or Witten-Bell
                p = (n + w * p) / (n.sum() + w)
        return p

    def predict(tokens, first, amount):
        kept, p = {}, np.full((len(tokens) - first, tokens.shape[1], V), 1 / V)
        for b, row in enumerate(tokens.T.tolist()):
            end = row.index(0, 1) if 0 in row[1:] else len(row)  # no one asks after a name's end
            for t in range(first, end):
                past = tuple(row[: t + 1])
                if past not in kept:
                    kept[past] = after(past, amount)
                p[t - first, b] = kept[past]
        return p

    def loss(amount):
        return -np.log(chances(lambda *x: predict(*x, amount), validation)).mean()

    best = min(amounts, key=loss)
    return lambda tokens, first: predict(tokens, first, best)


def _last(past, k):
    return (
        tuple(past[-k:]) if len(past) >= k > 0 else (0,) * (k - len(past)) + tuple(past) * (k > 0)
    )


def _told(past):
    length = ("length", min(len(past), 9))
    return [c for k in range(5) for c in (_last(past, k), (*_last(past, k), *length))]


def chances(predict, sequences):
    """Return the probability of each right token, name after name (N,)."""
    tokens, _ = training.pad(sequences)
    p = predict(tokens[:-1], 0)
    return np.concatenate([p[np.arange(len(s) - 1), b, s[1:]] for b, s in enumerate(sequences)])


def sample(predict, count, rng, *, longest=20):
    """Return names drawn from a model, each a tuple of tokens that begins and ends with 0."""
    tokens = np.zeros((1, count), int)
    while len(tokens) <= longest and not (tokens[1:] == 0).any(axis=0).all():
        p = predict(tokens, len(tokens) - 1)[-1].cumsum(axis=1)
        tokens = np.vstack([tokens, (p > rng.random((count, 1)) * p[:, -1:]).argmax(axis=1)])
    return [(0, *s[: s.index(0) + 1]) if 0 in s else (0, *s) for s in tokens[1:].T.tolist()]
