"""Training: clipping, three optimisers, ragged batches, and one loop that can be interrupted.

Parameters and gradients are dicts of arrays with the same keys, as ``rnn`` and ``lstm`` return
them. Nothing is changed in place but the ``params`` dict that ``fit`` is given, and that only
between two steps: whenever training stops, it holds a whole model.
"""

import os
from collections.abc import Iterable

import numpy as np

from helpers import _door


def global_norm(grads):
    """Return the Euclidean norm of all entries of all gradients together, a float.

    NaN and infinity are let through: ``fit`` finds in the norm that training has diverged.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(sum(np.vdot(g, g).real for g in _arrays("grads", grads).values())))


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
    _limit("limit", limit)
    norm = global_norm(grads)
    if not norm > limit:
        return grads, norm
    return {name: g * (limit / norm) for name, g in _arrays("grads", grads).items()}, norm


def clip_by_value(grads, limit):
    """Return the gradients with every entry cut to ±``limit``; this can turn the direction."""
    _limit("limit", limit)
    return {name: np.clip(g, -limit, limit) for name, g in _arrays("grads", grads).items()}


class SGD:
    """Gradient descent, w ← w − rate · dw; with ``momentum`` μ, v ← μ v + dw, w ← w − rate · v."""

    def __init__(self, rate, *, momentum=0.0):
        self.rate = _rate(rate)
        self.momentum = _fraction("momentum", momentum)
        self.v = {}

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        pairs = _paired(params, grads, self.v)
        v = {k: self.momentum * self.v.get(k, 0) + g for k, g in pairs}
        self.v = v
        return {k: w - self.rate * v[k] for k, w in params.items()}


class Adagrad:
    """w ← w − rate · dw / √(Σ dw²): each weight slows by its own past (Duchi et al. 2011)."""

    def __init__(self, rate):
        self.rate = _rate(rate)
        self.s = {}

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        s = {k: self.s.get(k, 0) + g * g for k, g in _paired(params, grads, self.s)}
        self.s = s
        return {k: w - self.rate * grads[k] / (np.sqrt(s[k]) + 1e-8) for k, w in params.items()}


class Adam:
    """Running means of dw and dw², corrected for their start at 0 (Kingma & Ba 2015)."""

    def __init__(self, rate, *, beta1=0.9, beta2=0.999):
        self.rate = _rate(rate)
        self.beta1, self.beta2 = _fraction("beta1", beta1), _fraction("beta2", beta2)
        self.state = {}, {}, 0  # first moments, second moments, steps: replaced together

    def step(self, params, grads):
        """Return new parameters, one step downhill; the given ones are not changed."""
        first, second, n = self.state
        pairs, n = _paired(params, grads, first), n + 1
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

    Raises
    ------
    TypeError, ValueError
        When there is no sequence, or one is empty, not one-dimensional, or not of whole numbers.
    """
    sequences, fill = _whole(sequences), _fill(fill)
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

    Raises
    ------
    TypeError, ValueError
        As ``pad``, for all sequences and at once; or for another argument not as described.
    """
    sequences, fill = _whole(sequences), _fill(fill)
    _door.size("batch_size", batch_size)
    _door.size("steps", steps)
    _door.generator("rng", rng)

    def drawn():  # within, so that a wrong argument is met here and not at the first batch
        queue = np.empty(0, int)
        for _ in range(steps):
            if queue.size == 0:
                queue = rng.permutation(len(sequences))
            chosen, queue = queue[:batch_size], queue[batch_size:]
            yield pad([sequences[i] for i in chosen], fill=fill)

    return drawn()


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
        Yields batches. If there are fewer than ``steps``, a line says so.
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
    TypeError, ValueError
        When an argument is not as described, or ``data`` yields no batch at all.
    """
    from tqdm.auto import tqdm

    _door.function("loss_and_grads", loss_and_grads)
    _arrays("params", params)
    _door.instance("data", data, Iterable, "an iterable that yields batches")
    if isinstance(optimiser, type) or not callable(getattr(optimiser, "step", None)):
        raise TypeError(
            "optimiser must have a method step, as training.SGD(0.1) has, but it is "
            f"{_door.shown(optimiser)}."
        )
    _door.size("steps", steps)
    _limit("clip", clip)
    watch = None if watch is None else _door.function("watch", watch)
    done = []  # (loss, norm) of each whole step
    # Notebooks are re-executed without an onlooker: a bar would only leave its remains there.
    hidden = not progress or os.environ.get("COURSE_PROGRESS") == "off"
    bar = tqdm(total=steps, desc=progress, leave=False, disable=hidden)
    try:
        for _, batch in zip(range(steps), data, strict=False):
            loss, grads = _loss_and_grads(loss_and_grads(params, batch))
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
    else:
        if not done:
            raise ValueError(
                f"data must yield at least one batch, but {_door.shown(data)} is empty or used up."
            )
        if len(done) < steps:
            print(f"Stopped after {len(done)} of {steps} steps: data has no more batches.")
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


def _arrays(name, table):
    """Check a dict of arrays of floats, cheaply: this is done at every step of training."""
    if not isinstance(table, dict) or not table:
        raise TypeError(
            f"{name} must be a dict of arrays, at least one, but it is {_door.shown(table)}."
        )
    for key, array in table.items():
        if getattr(array, "dtype", np.dtype("O")).kind not in "fc":
            given = getattr(array, "dtype", _door.shown(array))
            raise TypeError(f"{name}[{key!r}] must be an array of floats, but it is {given}.")
    return table


def _paired(params, grads, kept):
    """Return the gradients by name if they, and what an optimiser kept of earlier ones, fit."""
    _door.keys("grads", _arrays("grads", grads), _arrays("params", params))
    for name, w in params.items():
        if grads[name].shape != w.shape:
            raise ValueError(
                f"grads[{name!r}] must have the shape of params[{name!r}], {w.shape}, but its "
                f"shape is {grads[name].shape}."
            )
        if name in kept and kept[name].shape != w.shape:
            raise ValueError(
                f"params[{name!r}] has shape {w.shape}, but this optimiser has taken steps for "
                f"one of shape {kept[name].shape}; give every model an optimiser of its own."
            )
    return [(name, grads[name]) for name in params]


def _whole(sequences):
    """Return sequences as arrays of whole numbers, or say what is wrong with which."""
    given = None if isinstance(sequences, str | dict) else getattr(sequences, "__len__", None)
    if given is None or given() == 0:
        raise ValueError(
            "sequences must be a list of sequences of whole numbers, at least one, but it is "
            f"{_door.shown(sequences)}."
        )
    arrays = [_door.plain(f"sequences[{b}]", sequence) for b, sequence in enumerate(sequences)]
    for b, array in enumerate(arrays):
        if array.ndim != 1 or array.size == 0:
            raise ValueError(
                f"sequences[{b}] must be a sequence of at least one whole number, but it is "
                f"{_door.shown(sequences[b])}."
            )
        if array.dtype.kind not in "iu":
            raise TypeError(
                f"sequences[{b}] must hold whole numbers, but its dtype is {array.dtype}."
            )
    return arrays


def _fill(fill):
    return _door.size("fill", fill, least=None)


def _loss_and_grads(returned):
    pair = isinstance(returned, tuple | list) and len(returned) == 2
    loss = _door.plain("The loss", returned[0]) if pair else None
    if not pair or loss.ndim or loss.dtype.kind not in "fiu":
        raise TypeError(
            "loss_and_grads must return one number and a dict of gradients, but it returned "
            f"{_door.shown(returned)}."
        )
    return returned


def _rate(rate):
    return _door.number("rate", rate, "a finite number above 0", lambda r: 0 < r < np.inf)


def _limit(name, value):
    return _door.number(name, value, "a number above 0", lambda limit: limit > 0)


def _fraction(name, value):
    return _door.number(name, value, "a number of at least 0 and below 1", lambda f: 0 <= f < 1)
