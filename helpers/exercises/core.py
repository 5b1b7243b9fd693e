"""How an answer is tried, compared and explained."""

import contextlib
import copy
import ctypes
import importlib
import inspect
import io
import textwrap
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers import _door

SECONDS = 3.0  # what one answer may take on all its inputs together
CLOSE = 1e-7  # largest relative difference from the truth that still counts as right

_results: dict[str, bool] = {}  # number of exercise -> its last verdict, in this kernel


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: a function like the solution, with one thing wrong in it."""

    answer: Callable
    says: str  # one sentence that names the mistake, addressed to the learner
    see: str  # the section to re-read

    def __post_init__(self):
        _door.function("answer", self.answer)
        _door.instance("says", self.says, str, "a sentence")
        _door.instance("see", self.see, str, "the title of a section")


@dataclass(frozen=True)
class Exercise:
    """One exercise: its truth, the inputs it is tried on, and the mistakes that it knows.

    ``truth`` and each mistake take the arguments that the learner's function takes. They return
    an array, a number, a tuple of those (named by ``returns``), or a dict of those.
    ``inputs`` is a tuple of argument tuples: sizes 1 and larger, not square, saturated and tiny.
    ``time_axis`` is the axis of the results that counts time steps, if there is one.
    ``judge`` says in its own words what is wrong: it takes the result (an array, or a tuple of
    arrays) and the arguments, and returns a sentence on the first property that is missing, or an
    empty string. ``many`` means that it judges a property, which answers far from ``truth`` may
    have too.
    """

    number: str
    title: str
    truth: Callable
    inputs: tuple
    mistakes: tuple = ()
    returns: tuple = ("the result",)
    time_axis: int | None = None
    judge: Callable | None = None
    many: bool = False

    def __post_init__(self):
        _door.instance("number", self.number, str, 'a string, such as "4.2"')
        _door.instance("title", self.title, str, "a string")
        _door.function("truth", self.truth)
        _tuple("inputs", self.inputs, tuple, "at least one tuple of arguments")
        _tuple("mistakes", self.mistakes, Mistake, "Mistakes", least=0)
        _tuple("returns", self.returns, str, "at least one name")
        if self.time_axis is not None:
            _door.size("time_axis", self.time_axis, least=None)
        if self.judge is not None:
            _door.function("judge", self.judge)


def _tuple(name, value, kind, words, least=1):
    fits = isinstance(value, tuple) and all(isinstance(part, kind) for part in value)
    if not fits or len(value) < least:
        raise TypeError(f"{name} must be a tuple of {words}, but it is {_door.shown(value)}.")


def load(notebook):
    """Return the exercises of a notebook by number, such as ``{"4.1": Exercise, ...}``.

    Raises
    ------
    ValueError
        When there is no module with exercises for that notebook.
    """
    try:
        number = notebook if isinstance(notebook, str) else _door.size("notebook", notebook)
        module = importlib.import_module(f"helpers.exercises.n{int(number):02d}")
    except (ModuleNotFoundError, ValueError):
        given = _door.shown(notebook)
        raise ValueError(f"Notebook {given} has no exercises; check the number.") from None
    return {exercise.number: exercise for exercise in module.EXERCISES}


def check(number, answer):
    """Try the learner's ``answer`` to exercise ``number`` and print the verdict.

    Parameters
    ----------
    number : str
        Such as ``"4.2"``: notebook and exercise.
    answer : callable
        The function the exercise asks for.

    Raises
    ------
    TypeError, ValueError
        When there is no such exercise.
    """
    _door.instance("number", number, str, 'a string, such as "4.2"')
    exercises = load(number.split(".")[0])
    if number not in exercises:
        raise ValueError(f"There is no exercise {number}; there are {', '.join(exercises)}.")
    done, words = verdict(exercises[number], answer)
    _results[number] = done
    # JupyterLab breaks what is wider than its window in the middle of words.
    print(textwrap.fill(f"Exercise {number}: {words}", 95, break_long_words=False))


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
    except _Stopped:
        raise
    except BaseException as error:  # also exit(): a learner's function must not end the trial
        return _Run(error=error)
    changed = [k for k, (a, b) in enumerate(zip(args, own, strict=True)) if not _equal(a, b)]
    named = _argument(function, changed[0]) if changed else ""
    return _Run(value=value, changed=named, parts=_parts(value))


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
    expected, given = _named(truth.value), _named(ours.value)
    labels = expected if isinstance(truth.value, dict) else exercise.returns
    if misshapen := _misshapen(truth.value, ours.value, labels):
        return misshapen
    label_of = dict(zip(expected, labels, strict=True))
    for name, part in given.items():
        if _numbers(part) is None:
            found = f"{label_of[name]} is" if len(given) > 1 else "Your function returns"
            return f"{found} {_described(part)}; expected is a number or an array of numbers."
    for (name, mine), (_, true) in zip(ours.parts, truth.parts, strict=True):
        label = label_of[name]
        if mine.shape != true.shape:
            flipped = " Is it transposed?" if mine.shape == true.shape[::-1] else ""
            return f"{label} has shape {mine.shape}, expected is {true.shape} ({sizes}).{flipped}"
        odd = ~np.isfinite(mine) & np.isfinite(true)
        if odd.any():
            where = tuple(int(i) for i in np.argwhere(odd)[0])
            at = f" at entry {where}" if where else ""
            return f"{label} is {mine[where]}{at}, expected is {true[where]:.6g} ({sizes})."
        if not _close(mine, true):
            return _entries(label, mine, true, sizes, exercise.time_axis)
    raise AssertionError("unreachable: one part differs")


def _misshapen(truth, ours, labels):
    """Say that a result has other parts than the truth, or return an empty string."""
    expected, given = _named(truth).keys(), _named(ours).keys()
    names = ", ".join(labels)
    if isinstance(truth, dict):
        if not isinstance(ours, dict):
            return f"Your function must return a dict with {names}, not {_described(ours)}."
        odd = {"lacks": expected - given, "has, though not expected,": given - expected}
        found = [f"{word} {', '.join(sorted(keys))}" for word, keys in odd.items() if keys]
        return f"The dict that your function returns {' and '.join(found)}." if found else ""
    alike = isinstance(ours, tuple) or not isinstance(truth, tuple)
    if alike and not isinstance(ours, dict) and len(given) == len(expected):
        return ""
    commas = "s, separated by commas" if len(expected) > 1 else ""
    found = f"{len(given)}" if isinstance(ours, tuple) else _described(ours)
    return f"Your function must return {len(expected)} result{commas}: {names}; it returns {found}."


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


def _named(value):
    """Return the parts of a result by name, whatever they are."""
    if isinstance(value, dict):
        return {str(key): value[key] for key in sorted(value, key=str)}
    return {str(k): part for k, part in enumerate(value if isinstance(value, tuple) else [value])}


def _parts(value):
    """Return the parts of a result as (name, array), or None if one does not hold numbers."""
    parts = [(name, _numbers(part)) for name, part in _named(value).items()]
    return None if any(array is None for _, array in parts) else parts


def _numbers(value):
    try:
        array = np.asarray(value)
    except ValueError:  # lists of unequal lengths
        return None
    if array.dtype.kind not in "fiucb":
        return None
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
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if value is None:
        return "None"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"
