"""Training: clipping, three optimisers, ragged batches, and one loop that can be interrupted.

Parameters and gradients are dicts of arrays with the same keys, as ``rnn`` and ``lstm`` return
them. Nothing is changed in place but the ``params`` dict that ``fit`` is given, and that only
between two steps: whenever training stops, it holds a whole model.
"""

import os

import numpy as np

from helpers import _door


def global_norm(grads):
    """Return the Euclidean norm of all entries of all gradients together, a float."""
    return float(np.sqrt(sum(np.vdot(g, g).real for g in grads.values())))


def clip_by_norm(grads, limit):
    """Scale all gradients by one factor so that their global norm is at most ``limit``.

    The direction is kept (Pascanu, Mikolov, Bengio 2013).

    Parameters
    ----------
    grads : dict of ndarray
    limit : float
        Above 0; ``inf`` clips nothing.

    Returns
    -------
    clipped : dict of ndarray
        New arrays, or the given ones when nothing had to be scaled.
    norm : float
        The global norm before clipping.
    """
    _positive("limit", limit)
    norm = global_norm(grads)
    if not norm > limit:
        return grads, norm
    return {name: g * (limit / norm) for name, g in grads.items()}, norm


def clip_by_value(grads, limit):
    """Return the gradients with every entry cut to ±``limit``; this can turn the direction."""
    _positive("limit", limit)
    return {name: np.clip(g, -limit, limit) for name, g in grads.items()}


class SGD:
    """Gradient descent, w ← w − rate · dw; with ``momentum`` μ, v ← μ v + dw, w ← w − rate · v."""

    def __init__(self, rate, *, momentum=0.0):
        self.rate = _positive("rate", rate)
        self.momentum = _fraction("momentum", momentum)
        self.v = {}

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        v = {k: self.momentum * self.v.get(k, 0) + g for k, g in _paired(params, grads)}
        self.v = v
        return {k: w - self.rate * v[k] for k, w in params.items()}


class Adagrad:
    """w ← w − rate · dw / √(Σ dw²): each weight slows by its own past (Duchi et al. 2011)."""

    def __init__(self, rate):
        self.rate = _positive("rate", rate)
        self.s = {}

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        s = {k: self.s.get(k, 0) + g * g for k, g in _paired(params, grads)}
        self.s = s
        return {k: w - self.rate * grads[k] / (np.sqrt(s[k]) + 1e-8) for k, w in params.items()}


class Adam:
    """Running means of dw and dw², corrected for their start at 0 (Kingma & Ba 2015)."""

    def __init__(self, rate, *, beta1=0.9, beta2=0.999):
        self.rate = _positive("rate", rate)
        self.beta1, self.beta2 = _fraction("beta1", beta1), _fraction("beta2", beta2)
        self.state = {}, {}, 0  # first moments, second moments, steps: replaced together

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        first, second, n = self.state
        pairs, n = _paired(params, grads), n + 1
        first = {k: self.beta1 * first.get(k, 0) + (1 - self.beta1) * g for k, g in pairs}
        second = {k: self.beta2 * second.get(k, 0) + (1 - self.beta2) * g * g for k, g in pairs}
        self.state = first, second, n
        fix1, fix2 = 1 - self.beta1**n, 1 - self.beta2**n
        return {
            k: w - self.rate * (first[k] / fix1) / (np.sqrt(second[k] / fix2) + 1e-8)
            for k, w in params.items()
        }


def pad(sequences, *, fill=0):
    """Stack sequences of whole numbers, unequally long, into one time-major array.

    Parameters
    ----------
    sequences : list of sequences of int
        Each at least 1 long.
    fill : int
        What stands in the padded positions.

    Returns
    -------
    tokens : ndarray of int, shape (T, B)
        Column b is sequence b, then ``fill`` up to the longest one's length T.
    mask : ndarray of float, shape (T, B)
        1 where a token is real, 0 where it is padding: multiply losses by it.
    """
    if len(sequences) == 0 or min(len(s) for s in sequences) == 0:
        raise ValueError("pad needs at least one sequence, and no sequence may be empty.")
    T, B = max(len(s) for s in sequences), len(sequences)
    tokens, mask = np.full((T, B), fill), np.zeros((T, B))
    for b, sequence in enumerate(sequences):
        tokens[: len(sequence), b] = sequence
        mask[: len(sequence), b] = 1
    return tokens, mask


def batches(sequences, batch_size, steps, rng, *, fill=0):
    """Yield ``steps`` padded batches, drawn epoch by epoch in a new random order each.

    Every sequence is used once an epoch; an epoch's last batch may be smaller.

    Parameters
    ----------
    sequences : list of sequences of int
    batch_size, steps : int
    rng : numpy.random.Generator
    fill : int
        As in ``pad``.

    Yields
    ------
    (tokens, mask)
        As ``pad`` returns them.
    """
    _door.size("batch_size", batch_size)
    _door.size("steps", steps)
    _door.generator("rng", rng)
    queue = np.empty(0, int)
    for _ in range(steps):
        if queue.size == 0:
            queue = rng.permutation(len(sequences))
        chosen, queue = queue[:batch_size], queue[batch_size:]
        yield pad([sequences[i] for i in chosen], fill=fill)


def fit(
    loss_and_grads, params, data, optimiser, *, steps, clip=np.inf, watch=None, progress="training"
):
    """Train: one step for each of the first ``steps`` batches of ``data``.

    A progress bar shows while it runs. Interrupting (Ctrl-C, the stop button) ends the loop and
    keeps the model as of the last whole step.

    Parameters
    ----------
    loss_and_grads : callable
        Takes ``(params, batch)``, returns the loss and a dict of gradients.
    params : dict of ndarray
        Updated as it goes: its entries are replaced, never half changed.
    data : iterable
        Yields batches.
    optimiser : SGD, Adagrad, Adam, or anything with their ``step``
    steps : int
    clip : float
        Largest global norm of a step's gradients, see ``clip_by_norm``.
    watch : callable, optional
        Called as ``watch(n, params)`` after step n = 1, 2, ...: to keep a copy, ``dict(params)``,
        or to change ``optimiser.rate``.
    progress : str
        What the bar is called; "" shows none.

    Returns
    -------
    dict of ndarray, each one entry a step
        ``loss``; ``norm``, the global gradient norm before clipping; ``clipped``, bool.

    Raises
    ------
    FloatingPointError
        When the loss or the gradient is no longer finite; ``params`` are those before that step.
    """
    from tqdm.auto import tqdm

    _door.size("steps", steps)
    _positive("clip", clip)
    done = []  # (loss, norm) of each whole step
    # Notebooks are re-executed without an onlooker: a bar would only leave its remains there.
    hidden = not progress or os.environ.get("COURSE_PROGRESS") == "off"
    bar = tqdm(total=steps, desc=progress, leave=False, disable=hidden)
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
            bar.update()
            if len(done) % 50 == 0:
                bar.set_postfix(loss=f"{np.mean(done[-50:], axis=0)[0]:.3f}")
            if watch is not None:
                watch(len(done), params)
    except KeyboardInterrupt:
        print(f"Stopped after {len(done)} of {steps} steps; the model so far is kept.")
    finally:
        bar.close()
    losses, norms = np.array(done).reshape(-1, 2).T
    return {"loss": losses, "norm": norms, "clipped": norms > clip}


def smooth(values, *, window):
    """Return the mean of the last ``window`` values at each place (fewer at the start)."""
    window = _door.size("window", window)
    total = np.concatenate([[0.0], np.cumsum(_door.floating("values", values, ("N",)))])
    ends = np.arange(1, len(total))
    starts = np.maximum(ends - window, 0)
    return (total[ends] - total[starts]) / (ends - starts)


def _paired(params, grads):
    if set(params) != set(grads):
        raise ValueError(
            f"grads must have the keys of params, {sorted(params)}, but has {sorted(grads)}."
        )
    return [(name, grads[name]) for name in params]


def _positive(name, value):
    if not value > 0:
        raise ValueError(f"{name} must be above 0, but it is {value!r}.")
    return value


def _fraction(name, value):
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and below 1, but it is {value!r}.")
    return value
