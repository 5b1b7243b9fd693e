"""Does a network that writes the multiplication table know any product that it was not shown?

The lines "a × b = c" for a and b from 1 to 30, 900 of them; a tenth is never trained on. Varied:
the number of batches (of 32 lines). Held equal: an LSTM of 64 units, Adam at 0.015 and falling,
clipping at norm 1. The split is the control for "these lines are true": a true line may be recited.
The seed draws split and network.

Results of a row, shares of lines:

- ``form``, ``true``: of 400 lines drawn at temperature 0.7, those of the form of a product, and
  those that are true; ``true_new``: true, and not a training line
- ``shown``, ``unseen``: of 90 training products and of the 90 held-out ones, those completed
  rightly from "a × b = ", always taking the likeliest token
- ``first``: of the held-out ones, those whose first digit is right

and numbers of held-out products: ``alone``, those whose mirror "b × a" is no training line either
(a square is its own mirror), ``alone_right``, those of them that are completed rightly; ``easy``
and ``easy_right``, the same of those alone that have a factor 1, 10, 20 or 30.
"""

import re

import numpy as np

from experiments import _letters
from helpers import layers

SEEDS = [*range(5), *range(100, 105)]  # two sets: the second was run to refute the first
SETTINGS = [dict(batches=batches) for batches in (100, 300, 1000, 3000)]
CHEAP = [(0, dict(batches=100))]
ALPHABET = "\n 0123456789=×"
EASY = "1", "10", "20", "30"


def run(seed, batches):
    """Train one network on nine tenths of the table and ask it for both parts."""
    rng = np.random.default_rng(seed)
    lines = [f"{a} × {b} = {a * b}" for a in range(1, 31) for b in range(1, 31)]
    lines = [lines[i] for i in rng.permutation(len(lines))]
    unseen, train = lines[:90], lines[90:]
    params = _letters.new("LSTM", 64, len(ALPHABET), rng)
    _letters.fit(params, [tokens(line) for line in train], rng, rate=0.015, steps=batches, B=32)

    drawn = write(params, np.zeros((1, 400), int), lambda y: pick(y / 0.7, rng))
    parts = [(line, re.fullmatch(r"(\d+) × (\d+) = (\d+)", line)) for line in drawn]
    true = [line for line, m in parts if m and int(m[1]) * int(m[2]) == int(m[3])]
    done = {"shown": complete(params, train[:90]), "unseen": complete(params, unseen)}
    digit = [line.split("= ")[1][0] for line in unseen]
    right = np.array([a == b for a, b in zip(done["unseen"], unseen, strict=True)])
    alone = np.array([mirror(line) not in set(train) for line in unseen])
    easy = alone & [any(n in EASY for n in re.split(" [×=] ", line)[:2]) for line in unseen]
    return {
        "form": np.mean([m is not None for _, m in parts]),
        "true": len(true) / 400,
        "true_new": len(set(true) - set(train)) / 400,
        "shown": np.mean([a == b for a, b in zip(done["shown"], train[:90], strict=True)]),
        "unseen": right.mean(),
        "first": np.mean(
            [a.split("= ")[1][:1] == b for a, b in zip(done["unseen"], digit, strict=True)]
        ),
        "alone": alone.sum(),
        "alone_right": (alone & right).sum(),
        "easy": easy.sum(),
        "easy_right": (easy & right).sum(),
    }


def mirror(line):
    """Return "b × a = c" for "a × b = c"."""
    a, b, c = re.split(" [×=] ", line)
    return f"{b} × {a} = {c}"


def tokens(line):
    """Return a line as a list of tokens that begins and ends with 0."""
    return [0, *(ALPHABET.index(c) for c in line), 0]


def complete(params, lines):
    """Return the lines as the network ends them after "= ", the likeliest token each time."""
    return [
        write(params, np.array([tokens(line.split("= ")[0] + "= ")[:-1]]).T, np.argmax)[0]
        for line in lines
    ]


def pick(y, rng):
    """Draw one token of each row of logits (B, V)."""
    p = layers.softmax(y).cumsum(axis=1)
    return (p > rng.random((len(p), 1)) * p[:, -1:]).argmax(axis=1)


def write(params, begun, choose, *, longest=20):
    """Return lines: ``begun`` (t, B), continued token by token until each has ended."""
    while len(begun) <= longest and not (begun[1:] == 0).any(axis=0).all():
        begun = np.vstack([begun, choose(_letters.logits(params, begun)[0][-1])])
    return ["".join(ALPHABET[i] for i in column[1:]).split("\n")[0] for column in begun.T]
