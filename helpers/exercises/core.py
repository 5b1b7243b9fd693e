"""How an answer is tried, compared and explained."""

import contextlib
import copy
import ctypes
import importlib
import inspect
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SECONDS = 3.0  # what one answer may take on all its inputs together
CLOSE = 1e-7  # largest relative difference from the truth that still counts as right

_results: dict[str, bool] = {}  # number of exercise -> its last verdict, in this kernel


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: a function like the solution, with one thing wrong in it."""

    answer: Callable
    says: str  # one sentence that names the mistake, addressed to the learner
    see: str  # the section to re-read


@dataclass(frozen=True)
class Exercise:
    """One exercise: its truth, the inputs it is tried on, and the mistakes that it knows.

    ``truth`` and each mistake take the arguments that the learner's function takes. They return
    an array, a number, a tuple of those (named by ``returns``), or a dict of those.
    ``inputs`` is a tuple of argument tuples: sizes 1 and larger, not square, saturated and tiny.
    ``time_axis`` is the axis of the results that counts time steps, if there is one.
    ``judge`` is for an exercise with many right answers, of which ``truth`` is one: it takes the
    result (an array, or a tuple of arrays) and the arguments, and returns a sentence on the first
    property that is missing, or an empty string.
    """

    number: str
    title: str
    truth: Callable
    inputs: tuple
    mistakes: tuple = ()
    returns: tuple = ("the result",)
    time_axis: int | None = None
    judge: Callable | None = None


def load(notebook):
    """Return the exercises of a notebook by number, such as ``{"4.1": Exercise, ...}``.

    Raises
    ------
    ValueError
        When there is no module with exercises for that notebook.
    """
    try:
        module = importlib.import_module(f"helpers.exercises.n{int(notebook):02d}")
    except ModuleNotFoundError:
        raise ValueError(f"Notebook {notebook} has no exercises; check the number.") from None
    return {exercise.number: exercise for exercise in module.EXERCISES}


def check(number, answer):
    """Try the learner's ``answer`` to exercise ``number`` and print the verdict.

    Parameters
    ----------
    number : str
        Such as ``"4.2"``: notebook and exercise.
    answer : callable
        The function the exercise asks for.
    """
    exercises = load(number.split(".")[0])
    if number not in exercises:
        raise ValueError(f"There is no exercise {number}; there are {', '.join(exercises)}.")
    done, words = verdict(exercises[number], answer)
    _results[number] = done
    print(f"Exercise {number}: {words}")


def progress(notebook):
    """Print how many exercises of a notebook are done in this kernel."""
    exercises = load(notebook)
    done = [number for number in exercises if _results.get(number)]
    left = [number for number in exercises if number not in done]
    rest = f" Left: {', '.join(left)}." if left else " Well done."
    print(f"{len(done)} of {len(exercises)} done.{rest}")


def verdict(exercise, answer):
    """Return (whether the answer is correct, the sentence for the learner)."""
    if answer is Ellipsis:
        return False, "not tried yet."
    if not callable(answer):
        return (
            False,
            f"give your function itself, not {_described(answer)}; leave out the brackets.",
        )
    runs, complaint, printed = _tried(answer, exercise)
    if complaint:
        return False, complaint
    truths = [_run(exercise.truth, args) for args in exercise.inputs]
    cases = zip(exercise.inputs, runs, truths, strict=True)
    faults = [_fault(exercise, answer, *case) for case in cases]
    if not any(faults):
        hint = " It also prints; once it is right, it need not." if printed else ""
        return True, f"correct.{hint}"
    for mistake in exercise.mistakes:
        wrong = [_run(mistake.answer, args) for args in exercise.inputs]
        pairs = list(zip(runs, wrong, strict=True))
        # Two functions that both stop everywhere need not have made the same mistake.
        if all(_same(ours, w) for ours, w in pairs) and any(w.parts for _, w in pairs):
            return False, f"not yet. {mistake.says} Re-read “{mistake.see}”."
    return False, f"not yet. {next(filter(None, faults))}"


class _Stopped(BaseException):
    """Raised inside an answer that does not end."""


@dataclass
class _Run:
    """What a function did with one set of arguments."""

    parts: list | None = None  # [(name, array), ...] of what it returned
    error: BaseException | None = None
    value: object = None
    changed: str = ""


def _run(function, args):
    """Call a function on copies of its arguments; keep what it returned or raised."""
    own = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            value = function(*own)
    except Exception as error:
        return _Run(error=error)
    changed = [k for k, (a, b) in enumerate(zip(args, own, strict=True)) if not _equal(a, b)]
    run = _Run(value=value, changed=_argument(function, changed[0]) if changed else "")
    with contextlib.suppress(TypeError, ValueError):
        run.parts = _parts(value)
    return run


def _tried(answer, exercise):
    """Run the answer on all inputs, watched; return runs, a complaint if any, and its prints."""
    runs, out = [], io.StringIO()

    def work():
        with contextlib.suppress(_Stopped):
            for args in exercise.inputs:
                runs.append(_run(answer, args))

    worker = threading.Thread(target=work, daemon=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        worker.start()
        worker.join(SECONDS)
    if worker.is_alive():
        # Ends the learner's loop: an exception is raised inside that thread.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(worker.ident), ctypes.py_object(_Stopped)
        )
        worker.join(1.0)
        hint = "look for a loop that never ends, or for work done again and again"
        return runs, f"stopped after {SECONDS:.0f} seconds; {hint}.", ""
    if any(_contains_dots(run.value) for run in runs):
        return runs, "not tried yet.", ""
    for run in runs:
        if run.changed:
            return runs, (
                f"not yet. Your function changes its argument {run.changed} in place; "
                "compute into a new array, because the caller still needs the old one."
            ), ""  # fmt: skip
    return runs, "", out.getvalue()


def _fault(exercise, answer, args, ours, truth):
    """Say what is wrong with one run, or return an empty string."""
    whole = ours.parts and [name for name, _ in ours.parts] == [name for name, _ in truth.parts]
    if exercise.judge is None or not whole:
        return "" if _same(ours, truth) else _difference(exercise, answer, args, ours, truth)
    arrays = tuple(array for _, array in ours.parts)
    return exercise.judge(arrays if len(arrays) > 1 else arrays[0], *copy.deepcopy(args))


def _difference(exercise, answer, args, ours, truth):
    """Say what differs where no known mistake matches."""
    sizes = _sizes(answer, args)
    if ours.error is not None:
        kind = type(ours.error).__name__
        return f"Your function stops with {kind}: {ours.error} ({sizes})."
    if ours.value is None:
        return "Your function returns None; does its last line begin with return?"
    if ours.parts is None:
        return f"Your function returns {_described(ours.value)}; expected are numbers or arrays."
    names = [name for name, _ in truth.parts]
    if [name for name, _ in ours.parts] != names:
        labels = exercise.returns if names[0].isdigit() else names
        return f"Your function must return {len(names)} result(s): {', '.join(labels)}."
    for k, ((name, mine), (_, true)) in enumerate(zip(ours.parts, truth.parts, strict=True)):
        label = exercise.returns[k] if name.isdigit() else name
        if mine.shape != true.shape:
            flipped = " Is it transposed?" if mine.shape == true.shape[::-1] else ""
            return f"{label} has shape {mine.shape}, expected is {true.shape} ({sizes}).{flipped}"
        if not np.isfinite(mine).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(mine))[0])
            return f"{label} is {mine[where]} at entry {where} ({sizes})."
        if not _close(mine, true):
            return _entries(label, mine, true, sizes, exercise.time_axis)
    raise AssertionError("unreachable: one part differs")


def _entries(label, mine, true, sizes, time_axis):
    off = np.abs(mine - true)
    worst = np.unravel_index(np.argmax(off), off.shape)
    count = int((off > CLOSE * max(np.abs(true).max(), 1e-300)).sum())
    at = f" at entry {tuple(int(i) for i in worst)}" if worst else ""
    found = f"{label}: {count} of {off.size} entries are off; the worst{at} is {mine[worst]:.6g}"
    return f"{found}, expected {true[worst]:.6g} ({sizes}).{_looks_like(mine, true, time_axis)}"


def _looks_like(mine, true, time_axis):
    """Return a guess at the kind of error, or an empty string."""
    if not np.any(mine):
        return " All your entries are 0."
    if _close(-mine, true):
        return " The sign is wrong throughout."
    if true.ndim == 2 and true.shape[0] == true.shape[1] and _close(mine.T, true):
        return " It looks transposed."
    factor = float(np.vdot(mine, true).real / np.vdot(mine, mine).real)
    if _close(factor * mine, true):
        return f" All entries are off by one factor: multiply by {factor:.4g}."
    if time_axis is not None and true.ndim and true.shape[time_axis] > 1:
        mine, true = np.moveaxis(mine, time_axis, 0), np.moveaxis(true, time_axis, 0)
        if _close(mine[1:], true[:-1]) or _close(mine[:-1], true[1:]):
            return " It is the right sequence, one time step off."
        wrong = [t for t in range(len(true)) if not _close(mine[t], true[t])]
        if 0 < len(wrong) < len(true):
            return f" Only time index {', '.join(map(str, wrong))} (counted from 0) is off."
    gap = true - mine
    if true.size > 1 and np.ptp(gap) <= CLOSE * np.abs(true).max():
        return f" Every entry is off by the same amount: {gap.flat[0]:.4g} is missing."
    return " A term may be missing or one too many."


def _parts(value):
    if isinstance(value, dict):
        return [(str(key), _numbers(value[key])) for key in sorted(value)]
    if isinstance(value, tuple):
        return [(str(k), _numbers(part)) for k, part in enumerate(value)]
    return [("0", _numbers(value))]


def _numbers(value):
    array = np.asarray(value)
    if array.dtype.kind not in "fiucb":
        raise TypeError("not numbers")
    return array.astype(complex if array.dtype.kind == "c" else float)


def _same(a, b):
    """Whether two runs did the same: the same numbers, or both stopped."""
    if a.error is not None or b.error is not None:
        return a.error is not None and b.error is not None
    if a.parts is None or b.parts is None or len(a.parts) != len(b.parts):
        return False
    pairs = zip(a.parts, b.parts, strict=True)
    return all(m == n and x.shape == y.shape and _close(x, y) for (m, x), (n, y) in pairs)


def _close(mine, true):
    scale = np.abs(true[np.isfinite(true)]).max(initial=0.0)
    return np.allclose(mine, true, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True)


def _equal(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=True)
    return callable(a) or not isinstance(a, int | float | str) or a == b


def _contains_dots(value):
    if value is Ellipsis:
        return True
    if isinstance(value, dict):
        value = tuple(value.values())
    return isinstance(value, tuple | list) and any(_contains_dots(part) for part in value)


def _argument(function, position):
    try:
        return list(inspect.signature(function).parameters)[position]
    except (ValueError, TypeError, IndexError):
        return f"number {position + 1}"


def _sizes(function, args):
    """Describe an input by the shapes of its arrays: "with x (3, 2), W (4, 2)"."""
    shapes = [
        f"{_argument(function, k)} {arg.shape}"
        for k, arg in enumerate(args)
        if isinstance(arg, np.ndarray)
    ]
    numbers = [
        f"{_argument(function, k)} = {arg:.4g}"
        for k, arg in enumerate(args)
        if isinstance(arg, int | float)
    ]
    return "with " + ", ".join(shapes + numbers) if shapes or numbers else "on one of the inputs"


def _described(value):
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"
