"""Training: clipping, two optimisers, ragged batches, and one loop that can be interrupted.

Parameters and gradients are dicts of arrays with the same keys, as ``rnn`` and ``lstm`` return
them. Nothing is changed in place but the ``params`` dict that ``fit`` is given, and that only
between two steps: whenever training stops, it holds a whole model.
"""

import os
import sys
import time

import numpy as np

from helpers import _door


def clip_by_norm(grads, limit):
    """Scale all gradients by one factor so that their global norm is at most ``limit``.

    The direction is kept (Pascanu, Mikolov, Bengio 2013). Returns the clipped gradients (the given
    ones when nothing had to be scaled) and the norm before, of all entries together, a float.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # fit finds in it that training diverged
        norm = float(np.sqrt(sum(np.vdot(g, g).real for g in grads.values())))
    if not norm > limit:
        return grads, norm
    return {name: g * (limit / norm) for name, g in grads.items()}, norm


class SGD:
    """Gradient descent, w ← w − rate · dw."""

    def __init__(self, rate):
        self.rate = rate

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        _same_shapes(params, grads, {})
        return {k: w - self.rate * grads[k] for k, w in params.items()}


class Adam:
    """Running means of dw and dw², corrected for their start at 0 (Kingma & Ba 2015)."""

    def __init__(self, rate):
        self.rate = rate
        self.state = {}, {}, 0  # first moments, second moments, steps: replaced together

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        first, second, n = self.state
        _same_shapes(params, grads, first)
        b1, b2, n = 0.9, 0.999, n + 1
        first = {k: b1 * first.get(k, 0) + (1 - b1) * g for k, g in grads.items()}
        second = {k: b2 * second.get(k, 0) + (1 - b2) * g * g for k, g in grads.items()}
        self.state = first, second, n
        fix1, fix2 = 1 - b1**n, 1 - b2**n
        return {
            k: w - self.rate * (first[k] / fix1) / (np.sqrt(second[k] / fix2) + 1e-8)
            for k, w in params.items()
        }


def _same_shapes(params, grads, kept):
    """Say so if gradients or what an optimiser kept would broadcast against the parameters."""
    for k, w in params.items():
        if grads[k].shape != w.shape or (k in kept and kept[k].shape != w.shape):
            raise ValueError(
                f"params[{k!r}] has shape {w.shape}, but its gradient {grads[k].shape}, or this "
                "optimiser has taken steps for another; give every model an optimiser of its own."
            )


def pad(sequences):
    """Stack sequences of whole numbers, unequally long, into one time-major array.

    Returns tokens, (T, B) for B sequences, the longest of T: column b is sequence b, then 0; and
    mask, (T, B), 1.0 where a token is real and 0.0 where it is padding: multiply losses by it.
    """
    T, B = max(map(len, sequences)), len(sequences)
    tokens, mask = np.zeros((T, B), np.intp), np.zeros((T, B))
    for b, sequence in enumerate(sequences):
        tokens[: len(sequence), b] = sequence
        mask[: len(sequence), b] = 1
    return tokens, mask


def batches(sequences, batch_size, steps, rng):
    """Yield ``steps`` padded batches, drawn epoch by epoch in a new random order each.

    Every sequence is used once an epoch; an epoch's last batch may be smaller. Each batch is
    ``(tokens, mask)`` as ``pad`` returns them; ``rng`` is a numpy.random.Generator.
    """
    queue = np.empty(0, np.intp)
    for _ in range(steps):
        if queue.size == 0:
            queue = rng.permutation(len(sequences))
        chosen, queue = queue[:batch_size], queue[batch_size:]
        yield pad([sequences[i] for i in chosen])


def score(loss, params, sequences):
    """Return the mean loss per answer on all ``sequences``, a float, a few of them at a time.

    A whole validation set in one padded batch may not fit into memory. ``loss(params, batch)``
    takes ``(tokens, mask)`` from ``pad`` and returns the mean over the batch's real answers,
    which are all tokens but the first of each sequence; no gradient is needed.
    """
    total = answers = start = 0
    ordered = sorted(sequences, key=len, reverse=True)  # so that next to nothing is padding
    while start < len(ordered):
        count = max(1, 8_000 // len(ordered[start]))  # some 8,000 tokens
        tokens, mask = pad(ordered[start : start + count])
        n = mask[1:].sum()
        total, answers, start = total + n * loss(params, (tokens, mask)), answers + n, start + count
    return float(total / answers)


def fit(
    loss_and_grads, params, data, optimiser, *, steps, clip=np.inf, watch=None, progress="training"
):
    """Train: one step for each of the first ``steps`` batches of the iterable ``data``.

    ``loss_and_grads(params, batch)`` returns the loss and a dict of gradients, which are clipped
    to the global norm ``clip`` and handed to ``optimiser.step``. Entries of ``params`` are replaced
    as it goes, never half changed. ``watch(n, params)`` is called after step n = 1, 2, ...: to keep
    a copy, ``dict(params)``, or to change ``optimiser.rate``. A line called ``progress`` tells how
    far it is ("" shows none). Interrupting (Ctrl-C, the stop button) ends the loop and keeps the
    model as of the last whole step; if there are fewer batches, a line says so.

    Returns a dict of arrays, one entry a step: ``loss``; ``norm``, the global gradient norm before
    clipping; ``clipped``, bool. FloatingPointError when the loss or the gradient is no longer
    finite: ``params`` are those before that step. ValueError when there is no batch at all.
    """
    done = []  # (loss, norm) of each whole step
    show = _progress(progress, steps)
    try:
        for _, batch in zip(range(steps), data, strict=False):
            loss, grads = loss_and_grads(params, batch)
            clipped, norm = clip_by_norm(grads, clip)
            if not (np.isfinite(loss) and np.isfinite(norm)):
                raise FloatingPointError(
                    f"After {len(done)} steps the loss is {loss} and the gradient's norm {norm}; "
                    "lower the rate or clip the gradient. The parameters before this step are kept."
                )
            params.update(optimiser.step(params, clipped))
            done.append((float(loss), norm))
            show(done)
            if watch is not None:
                watch(len(done), params)
    except KeyboardInterrupt:
        print(f"Stopped after {len(done)} of {steps} steps; the model so far is kept.")
    else:
        if not done:
            raise ValueError(
                f"data must yield at least one batch, but {_door.shown(data)} is empty or used up."
            )
        if len(done) < steps:
            print(f"Stopped after {len(done)} of {steps} steps: data has no more batches.")
    losses, norms = np.array(done).reshape(-1, 2).T
    return {"loss": losses, "norm": norms, "clipped": norms > clip}


def _progress(name, steps):
    """Return a function that shows how far training is: a line of text, rewritten in place.

    In a notebook it is an output of its own, which stays when the page is saved and reopened. No
    one looks where input cannot be asked for (a page that is re-executed), or ``COURSE_PROGRESS``
    is ``off``: nothing is shown.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    watched = sys.stdout.isatty() if kernel is None else getattr(kernel, "_allow_stdin", True)
    if not (name and watched) or os.environ.get("COURSE_PROGRESS") == "off":
        return lambda done: None
    handle, shown = None, -np.inf

    def show(done):
        nonlocal handle, shown
        n = len(done)
        if n < steps and time.monotonic() - shown < 0.2:
            return
        bar = "█" * (20 * n // steps)
        loss = np.mean(done[-50:], axis=0)[0]
        line = f"{name:10} {bar:░<20} {n:,} of {steps:,} steps, loss {loss:.3f}"
        shown = time.monotonic()
        if kernel is None:
            _door.say(f"\r{line} ", end="\n" if n == steps else "")
        elif handle is None:
            from IPython.display import display

            handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            handle.update({"text/plain": line}, raw=True)

    return show
