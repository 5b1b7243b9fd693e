"""How an answer is tried, compared with the truth, and explained."""

import contextlib
import copy
import ctypes
import functools
import inspect
import io
import itertools
import re
import signal
import sys
import textwrap
import threading
import time
import traceback
import warnings
import weakref
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exercises.relations import CLOSE, agrees, close, placed, plainly, related, scaled

SECONDS = 3.0  # what one answer may take on all its inputs together
HURRY = 0.7  # the same once it was wrong on one of them
SEARCH = 1.5  # seconds spent on looking for what explains a wrong answer
clock = time.monotonic


@dataclass(frozen=True)
class Verdict:
    """What is said about one answer.

    ``points`` run from 0 to 1, by parts; ``words`` has a line for each thing that is said;
    ``slips`` holds the sentences of what was recognised; ``case`` is a small input that fails.
    """

    number: str
    done: bool
    points: float
    words: str
    slips: tuple = ()
    case: tuple | None = None

    def __str__(self):
        return f"Exercise {self.number}: {self.words}"


class Case(NamedTuple):
    """An input: the arguments, what the truth returns, and its parts by name."""

    args: tuple
    like: object
    true: dict


@dataclass
class Run:
    """What a function did with one input."""

    case: Case
    parts: dict | None = None  # name -> array, or ... where a part is not tried yet
    trouble: str = ""  # why there are no parts to compare, in words
    error: tuple = ()  # (type, message) of what was raised
    changed: str = ""  # the name of an argument that was changed in place

    def right(self, name):
        """Say whether a part is there and is what it should be."""
        return self.parts is not None and agrees(self.parts[name], self.case.true[name])


class Stopped(BaseException):
    """Raised inside a function whose time is up."""


@contextlib.contextmanager
def limit(seconds):
    """Raise Stopped in the block after that time.

    A signal does it on Unix. Elsewhere a second thread watches, and asks again and again, because
    an answer may catch everything. A browser has neither: there each line looks at the clock.
    """
    if sys.platform == "emscripten":
        with _looking(time.monotonic() + seconds):
            yield
        return
    main = threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "setitimer"):
        running = []

        def stop(_, frame):
            # In a callback of weakref's it would be lost, with a warning; the alarm comes again.
            if running and frame.f_code.co_filename != weakref.__file__:
                raise Stopped

        old = signal.signal(signal.SIGALRM, stop)
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
                running.append(True)  # an alarm before or after must not be raised
                yield
            finally:
                running.clear()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        return
    me, done, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()

    def watch():
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    raise_in(me, ctypes.py_object(Stopped))
            wait = 0.2

    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()
            raise_in(me, None)


@contextlib.contextmanager
def _looking(end):
    """Raise Stopped at each line and jump after that time, outside of this module.

    Before Python 3.12 only the first of them can raise; an answer that catches it goes on.
    """

    def look(code, *_):
        if time.monotonic() > end and getattr(code, "co_filename", "") not in ours:
            raise Stopped
        return look

    ours = __file__, contextlib.__file__
    if not hasattr(sys, "monitoring"):
        before = sys.gettrace()
        sys.settrace(look)
        try:
            yield
        finally:
            sys.settrace(before)
        return
    watch, tool = sys.monitoring, sys.monitoring.PROFILER_ID
    watch.use_tool_id(tool, "exercises")
    for event in (watch.events.LINE, watch.events.JUMP, watch.events.PY_START):
        watch.register_callback(tool, event, look)
    watch.set_events(tool, watch.events.LINE | watch.events.JUMP | watch.events.PY_START)
    try:
        yield
    finally:
        watch.set_events(tool, 0)
        watch.free_tool_id(tool)


class _Quiet(io.TextIOBase):
    """Takes what an answer prints, and keeps nothing but how much it was."""

    printed = 0

    def write(self, text):
        self.printed += len(text)
        return len(text)


# ---- trying ----


def run(function, case, exercise):
    """Call a learner's function on copies of its arguments."""
    own = copy.deepcopy(case.args)
    try:
        with np.errstate(all="ignore"):
            value = function(*own)
    except Stopped:
        raise
    except BaseException as error:  # also exit(): an answer must not end the trial
        if "ellipsis" in str(error):
            return Run(case, dict.fromkeys(case.true, ...))
        begun = error.__traceback__.tb_next is not None  # else the arguments did not fit
        return Run(case, None, raised(function, error), (type(error), str(error)) * begun)
    kept = map(equal, case.args, own)
    changed = next((argument(function, k) for k, same in enumerate(kept) if not same), "")
    return Run(case, *parts_of(value, exercise, case.like), changed=changed)


def again(function, case, exercise):
    """Call one of our own wrong solutions, which may stop, but does nothing worse."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            value = function(*frozen(case.args))
    except Exception as error:
        return Run(case, error=(type(error), str(error)))
    found = Run(case, *parts_of(value, exercise, case.like))
    for name, part in (found.parts or {}).items():
        if isinstance(case.like, dict) and part is not ... and part.shape == () and not part:
            found.parts[name] = np.zeros(case.true[name].shape)  # a sum that never began
    return found


def parts_of(value, exercise, like):
    """Return (parts by name, what is wrong with the form of a result)."""
    if value is None:
        return None, "Your function returns None; does its last line begin with return?"
    wanted = list(like if isinstance(like, dict) else exercise.names)
    listed = ", ".join(wanted)
    if value is Ellipsis:
        return dict.fromkeys(wanted, ...), ""
    if isinstance(like, dict):
        if not isinstance(value, dict):
            return None, f"Your function must return a dict with {listed}, not {described(value)}."
        lacks = [name for name in wanted if name not in value]
        extra = [str(key) for key in value if key not in wanted]
        found = [f"lacks {', '.join(lacks)}"] * bool(lacks)
        found += [f"has, though not expected, {', '.join(extra)}"] * bool(extra)
        if found:
            return None, f"The dict that your function returns {' and '.join(found)}."
        given = value
    elif isinstance(like, tuple):
        several = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
        if not several or len(value) != len(wanted):
            found = len(value) if isinstance(value, tuple | list) else described(value)
            return None, (
                f"Your function must return {len(wanted)} results, separated by commas: "
                f"{listed}; it returns {found}."
            )
        given = dict(zip(wanted, value, strict=True))
    else:
        if isinstance(value, dict) or (isinstance(value, tuple) and np.ndim(like) == 0):
            found = f"{len(value)} of them" if isinstance(value, tuple) else "a dict"
            return None, f"Your function must return one result, {listed}; it returns {found}."
        given = {wanted[0]: value}
    parts = {}
    for name in wanted:
        try:
            parts[name] = ... if has_dots(given[name]) else numeric(given[name])
        except RecursionError:
            return None, f"{name} is a list that contains itself."
        if parts[name] is None:
            found = f"{name} is" if len(wanted) > 1 else "Your function returns"
            return None, f"{found} {described(given[name])}; expected are numbers."
    return parts, ""


def has_dots(value):
    if isinstance(value, np.ndarray):
        return value.dtype == object and any(entry is Ellipsis for entry in value.flat)
    return value is Ellipsis or (isinstance(value, tuple | list) and any(map(has_dots, value)))


def numeric(value):
    if type(value) is float:
        return np.array(value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    if array.dtype.kind not in "biuf":
        return None
    return array if array.dtype.kind == "f" else array.astype(float)


def equal(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.tobytes() == b.tobytes()
    return not isinstance(a, int | float | str) or a == b


# ---- words for what happened ----


def raised(function, error):
    """Say in words where a learner's function stopped, and why."""
    ours = getattr(getattr(function, "__code__", None), "co_filename", "")
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == ours or "ipykernel" in frame.filename
    ]
    text = textwrap.shorten(frames[-1].line or "", 60, placeholder=" …") if frames else ""
    line = f" at `{text}` (line {frames[-1].lineno})" if text else ""
    return f"Your function stops{line}: {why(error)}."


RAW = {
    "duplicate value in 'axis'": "one axis is named twice",
    "negative dimensions": "an array would get a negative size",
    "Singular matrix": "a matrix has no inverse",
}


def why(error):
    """Put the messages that learners meet most into words."""
    said, kind = str(error), type(error).__name__
    if found := re.search(r"shapes (\(.*?\)) (?:and )?(\(.*?\))", said):
        hint = "; look for a transpose" * ("aligned" in said)
        return f"the shapes {found[1]} and {found[2]} do not fit together{hint}"
    if found := re.search(r"axis (-?\d+) is out of bounds for array of dimension (\d+)", said):
        return f"axis {found[1]} is asked for, where an array has {found[2]} axes, counted from 0"
    if found := re.search(r"size (\d+) is different from (\d+)", said):
        return (
            f"a matrix product meets {found[2]} and {found[1]} entries where it needs equally "
            "many; look at the order of the factors, or for a transpose"
        )
    if found := re.search(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", said):
        return f"index {found[1]} is asked for, where axis {found[2]} has {found[3]} entries"
    for raw, words in RAW.items():
        if raw in said:
            return words
    if isinstance(error, KeyError):
        return f"there is no entry with the key {said}"
    if isinstance(error, RecursionError):
        return "Python stops a recursion that is about a thousand calls deep"
    if isinstance(error, TypeError) and "argument" in said:
        return f"it does not take the arguments of the exercise ({said})"
    return f"{kind}, {said}" if said else kind


def argument(function, k):
    try:
        return list(inspect.signature(function).parameters)[k]
    except (ValueError, TypeError, IndexError):
        return f"number {k + 1}"


def described(value):
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if value is None or value is Ellipsis:
        return str(value)
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


# ---- judging ----


@functools.cache
def truths(exercise, seed):
    """Return the Case of every input, the smallest first."""
    found = []
    for args in exercise.cases(seed):
        with np.errstate(all="ignore"):
            like = exercise.truth(*copy.deepcopy(args))
        parts, trouble = parts_of(like, exercise, like)
        assert not trouble, f"Exercise {exercise.number}: {trouble}"
        found.append(Case(frozen(args), like, parts))
    return found


def frozen(value):
    """Return read-only arrays in new containers, so no wrong solution of ours spoils an input."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable:
            value = value.copy()
            value.flags.writeable = False
    elif isinstance(value, tuple | list):
        value = type(value)(map(frozen, value))
    elif isinstance(value, dict):
        value = {key: frozen(entry) for key, entry in value.items()}
    return value


def judged(exercise, answer, seed=0):
    """Return the Verdict on an answer."""
    number = exercise.number
    if answer is Ellipsis:
        return Verdict(number, False, 0.0, "not tried yet.")
    if not callable(answer):
        words = f"give your function itself, not {described(answer)}; leave out the brackets."
        return Verdict(number, False, 0.0, words)
    cases = truths(exercise, seed)
    runs, out, late = [], _Quiet(), False
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        begun, left = time.monotonic(), SECONDS
        try:
            for case in cases:
                with limit(max(left - time.monotonic() + begun, 1e-3)):
                    runs.append(run(answer, case, exercise))
                if not exercise.judge and not all(map(runs[-1].right, case.true)):
                    left = HURRY  # it is wrong already: what is slow besides need not be waited for
        except Stopped:
            late = True
    wanted = list(exercise.order or cases[0].true)
    status = {name: _status(name, runs) for name in wanted}
    tried = [name for name in wanted if status[name] is not None]
    failing = [one for one in runs if not (one.parts and all(map(one.right, tried)))]
    if exercise.judge and runs and tried == wanted:
        failing = [one for one in runs if not one.parts or _property(exercise, one)]
        status = dict.fromkeys(wanted, not failing)
    points = sum(value is True for value in status.values()) / len(wanted)
    points *= points == 1 or not exercise.whole
    if late and not failing:
        hint = "look for a loop that never ends, or for work done again and again"
        shown = f"right on the {len(runs)} smallest inputs, then s" if runs else "s"
        words = f"not yet: {shown}topped after {SECONDS:.0f} seconds; {hint}."
        at = min(len(runs), len(cases) - 1)
        slips = endless(exercise, cases[: at + 1])
        words += f" Most likely: {told([('', slips)])}" if slips else ""
        named = tuple(slip.words for slip in slips)
        return Verdict(number, False, 0.0, words, named, cases[at].args)
    if all(status.values()) and not late and not failing:
        hint = " It also prints; once it is right, it need not." * bool(out.printed)
        if imaginary(getattr(answer, "__code__", None)):
            hint += " It is measured, with an imaginary step; derive the formula as well."
        return Verdict(number, True, 1.0, f"correct.{hint}{in_place(runs)}")
    if not failing and not tried:
        return Verdict(number, False, 0.0, "not tried yet.")
    if not failing:
        return Verdict(number, False, points, f"not finished. {_counted(status)}")
    first = telling(failing) if failing[0].parts and not exercise.judge else failing[0]
    if wavers(exercise, answer, first):
        said = (
            "Your function returns something else each time it is called with the same arguments."
        )
        slips = (said,)
    elif first.trouble and not first.error:
        said, slips = first.trouble, ()
    else:
        said, slips = explained(exercise, runs, status, failing)
        if exercise.judge and first.parts and not slips:
            said = _property(exercise, first)
            slips = (said,)
    said += in_place(runs)
    return Verdict(number, False, points, f"not yet. {said}", slips, first.case.args)


def imaginary(code):
    """Say whether a program has an imaginary number in it."""
    inside = getattr(code, "co_consts", ())
    return any(isinstance(value, complex) or imaginary(value) for value in inside)


def telling(failing):
    """Return a run on a small input with more than one of everything; the smallest if none has."""

    def plain(value):
        if isinstance(value, np.ndarray):
            return bool(value.any()) and min(value.shape, default=2) > 1
        if isinstance(value, dict | tuple | list):
            return all(map(plain, value.values() if isinstance(value, dict) else value))
        return value > 1 if isinstance(value, int) else value != 0

    return next((one for one in failing if plain(one.case.args)), failing[0])


def in_place(runs):
    """Say that an answer changes its arguments; the values were judged on copies."""
    changed = next((one.changed for one in runs if one.changed), "")
    return changed and (
        f"\nIt changes its argument {changed} in place, which spoils it for the caller: compute "
        "into a new array."
    )


def wavers(exercise, answer, before):
    """Say whether an answer makes something else of the same arguments when called again."""
    out = _Quiet()
    if not before.parts:
        return False
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), limit(HURRY):
            now = run(answer, before.case, exercise)
    except Stopped:
        return False
    return bool(now.parts) and not all(
        equal(before.parts[name], part) for name, part in now.parts.items() if part is not ...
    )


def explained(exercise, runs, status, failing):
    """Return (what is said about a wrong answer, the sentences of what was found)."""
    search = Search(exercise, runs, status, failing)
    trouble = next((one.trouble for one in failing if one.trouble), "")
    named, open_ = [], []
    with warnings.catch_warnings(action="ignore"):
        found = search.found()
        follows, whole = search.following(), bool(found) and not found[0][0]
        if not whole:
            found = [one for one in found if one[0] not in follows]
            known = {*follows, *(part for part, _ in found)}
            open_ = [part for part in search.wrong if part not in known and not trouble]
        for part in [] if exercise.judge else list(open_):
            if relation := plainly(exercise, part, runs) or related(exercise, part, runs):
                named.append(f"{re.sub('^the ', 'The ', part)} {relation}.")
                open_.remove(part)
    said = [trouble + " Most likely:" * bool(found)] if trouble else []
    if len(status) > 1 and not trouble:
        said = [_counted(status, follows, not open_)]
    said += [told(found)] if found else []
    said += named
    vague = whole and any(getattr(slip, "vague", False) for slip in found[0][1])
    if open_ or (vague and not trouble):
        together = "" if search.cut else ", alone or two together,"
        begun = f"None of the known slips{together} behaves like your answer."
        if found or named:
            begun = f"Not explained by that: {', '.join(open_)}." if open_ else ""
        part = (open_ or [name for name in search.wrong if name not in follows])[0]
        said.append((begun + unknown(exercise, part, runs, failing)).strip())
    if not found or vague:
        said.append(f'exercises.case("{exercise.number}") gives an input that fails.')
    slips = dict.fromkeys(slip.words for _, some in found for slip in some)
    return "\n".join(filter(None, said)), (*slips, *named)


def endless(exercise, cases):
    """Return the first slip that is right on these inputs, but does not end on the last of them."""
    for slip, edits in exercise.known:
        tries = (again(exercise.make(edits), case, exercise) for case in cases)
        wrong = next((one for one in tries if not all(map(one.right, one.case.true))), None)
        if wrong and wrong.case is cases[-1] and wrong.error[:1] == (StopIteration,):
            return [slip]
    return []


def _status(name, runs):
    """Say whether one part is right on all inputs (None: not tried yet)."""
    if any(one.parts and one.parts[name] is Ellipsis for one in runs):
        return None
    return bool(runs) and all(one.right(name) for one in runs)


def _property(exercise, one):
    values = tuple(one.parts.values())
    return exercise.judge(values if len(values) > 1 else values[0], *copy.deepcopy(one.case.args))


def _counted(status, follows=(), whole=True):
    """Count the right parts; point to a wrong one where that says more than what follows."""
    right = [name for name, value in status.items() if value]
    wrong = [name for name, value in status.items() if value is False and name not in follows]
    open_ = [name for name, value in status.items() if value is None]
    said = [f"{len(right)} of {len(status)} parts right ({', '.join(right)})"] if right else []
    if len(wrong) == 1:
        said.append(f"wrong is {wrong[0]}")
    elif wrong and not whole:
        said.append(f"the first wrong one is {wrong[0]}: look at it, and at what it is made of")
    if follows:
        said.append(f"{', '.join(follows)}: right, given what you have before")
    said += [f"not tried yet: {', '.join(open_)}"] if open_ else []
    if said and said[0].startswith(("wrong", "the first")):  # and not the name of a part
        said[0] = said[0][0].upper() + said[0][1:]
    return "; ".join(said) + "." * bool(said)


def breaks(one, parts):
    """Say whether a run stopped, or has a number that is not finite."""
    return bool(one.error) or (
        one.parts is not None and not all(np.isfinite(one.parts[name]).all() for name in parts)
    )


class Search:
    """Looks for the slips that make the solution behave exactly as an answer does."""

    def __init__(self, exercise, runs, status, failing):
        self.exercise, self.runs = exercise, runs
        self.tried = [name for name, value in status.items() if value is not None]
        self.wrong = [name for name in self.tried if not status[name]]
        self.cut, self.ends = False, clock() + SEARCH
        self.whole = all(one.parts for one in runs)

        def faults(one):
            return sum(not one.right(name) for name in self.wrong) if one.parts else 0

        # The most telling input first: most candidates go no further.
        self.probe = max(failing[:12], key=faults)
        self.order = [self.probe, *(one for one in runs if one is not self.probe)]
        parts = self.probe.parts
        self.mine = self.flat(parts) if parts else None
        self.true = self.flat(self.probe.case.true)
        if parts and self.mine.shape == self.true.shape:
            self.off = ~close(self.mine, self.true)
        else:
            self.mine, self.off = None, np.ones(self.true.size, bool)

    def flat(self, parts):
        return np.concatenate([parts[name].ravel() for name in self.tried])

    def fits(self, function, parts, loosely=False, listed=True):
        """Say whether a wrong solution does what the answer does, in these parts, on all inputs.

        What stops must stop with the same words; a change that nobody listed must besides agree in
        numbers on other inputs, where what stops may be quite another one. Loosely, where one stops
        or runs into nan or inf, the other need only be wrong, if elsewhere they agree in numbers.
        """
        numbers, words = 0, set()
        for mine in self.order:
            theirs = again(function, mine.case, self.exercise)
            if mine.parts and theirs.parts:
                if all(agrees(mine.parts[name], theirs.parts[name]) for name in parts):
                    numbers += 1
                    continue
            elif mine.error and mine.error == theirs.error:
                words.add(mine.error)
                continue
            if not loosely or not breaks(mine, parts) or all(map(theirs.right, self.tried)):
                return False
        return numbers > 2 or (len(words) > 2 and not loosely and listed)

    def alone(self, function):
        """Try a wrong solution on the most telling input.

        Returns the parts in which it does what the answer does; whether it can have a share in the
        answer at all (it must not change a right part); which numbers it changes; and which of
        these it gets as the answer does.
        """
        mine, theirs = self.probe, again(function, self.probe.case, self.exercise)
        every = np.ones(self.true.size, bool)
        if not (mine.parts and theirs.parts):
            alike = set(self.tried) if mine.error == theirs.error != () else set()
            return alike, True, every, every
        same = {name for name in self.tried if agrees(mine.parts[name], theirs.parts[name])}
        shares = all(map(theirs.right, set(self.tried) - set(self.wrong)))
        found = self.flat(theirs.parts)
        if self.mine is None or found.shape != self.true.shape:
            return same, shares, every, every
        return same, shares, ~close(found, self.true), close(found, self.mine)

    def granted(self, k):
        """Say whether wrong part k is right, given the answer's values of those before it."""
        name, function = self.wrong[k], self.exercise.given(self.wrong[:k]) if k else None
        for mine in self.runs if function else ():
            function.__globals__["__given__"] = mine.parts
            theirs = again(function, mine.case, self.exercise)
            if not (mine.parts and theirs.parts and agrees(mine.parts[name], theirs.parts[name])):
                return False
        return function is not None

    def following(self):
        """Return the wrong parts that are right once the wrong ones before them are granted."""
        return [name for k, name in enumerate(self.wrong) if self.granted(k)]

    def found(self):
        """Return [(part or "", [slip, ...]), ...], or nothing."""
        small = [] if self.exercise.judge else self.exercise.small
        # Of a part that is only wrong because the answer stops there is nothing to explain.
        differ = [n for n in self.wrong if any(one.parts and not one.right(n) for one in self.runs)]
        partly, useful, later = {name: [] for name in differ}, [[], [], []], []
        slips, near, _ = useful
        groups = self.exercise.known, *([c for c in small if c[0].wide == w] for w in (False, True))
        for group in groups[1:]:  # those in the lines of wrong parts first
            group.sort(key=lambda way: not any(f"(in `{n}" in way[0].says for n in self.wrong))
        for group, some in zip(groups, useful, strict=True):
            # Of wide changes there are many: half of the time is for pairs.
            stop = self.ends if some is not useful[2] else (clock() + self.ends) / 2
            for slip, edits in group:
                if clock() > stop:
                    break
                function = self.exercise.make(edits)
                if function is None:
                    continue
                alike, shares, changed, same = self.alone(function)
                listed = group is self.exercise.known
                if getattr(slip, "vague", False) and not self.whole:
                    continue  # where an answer stops, no numbers can be told beside it
                if len(alike) == len(self.tried) and self.fits(function, self.tried, listed=listed):
                    return [("", [slip])]
                for name in alike.intersection(differ):
                    if self.fits(function, [name]):
                        partly[name].append(slip)
                if shares and not getattr(slip, "vague", False):
                    some.append((slip, edits, changed, same))
            if small and some is not useful[2] and self.plain(plainly if some is slips else scaled):
                break  # no search says it better
            if some is near:
                likely, later = self.together(slips, near)
                if named := self.first(likely):
                    return [("", named)]
        for slip, edits, *_ in slips:
            function = self.exercise.make(edits)
            if function and self.fits(function, self.tried, loosely=True):
                return [("", [slip])]
        if named := self.first(later):
            return [("", named)]
        mixed, _ = ((), ()) if self.late() else self.together(slips, useful[2], mixed=True)
        if named := self.first(mixed):
            return [("", named)]
        return [(name, some[:1]) for name, some in partly.items() if some]

    def plain(self, test):
        """Say whether each wrong part is in such a way related to what it should be."""
        return self.whole and all(test(self.exercise, name, self.runs) for name in self.wrong)

    def first(self, groups):
        """Return the slips of the first group that behaves as the answer does, or nothing."""
        for group in groups:
            if self.late():
                self.cut = True
                break
            function = self.exercise.make(*(edits for _, edits, *_ in group))
            listed = not any(hasattr(slip, "wide") for slip, *_ in group)
            if function is not None and self.fits(function, self.tried, listed=listed):
                return [slip for slip, *_ in group]
        return []

    def together(self, slips, near, mixed=False):
        """Return the twos and threes to try, the likely ones and the others, as two iterators.

        ``mixed``: only pairs of a slip and one that is near.

        Where only one of them changes a number, the answer must have that one's number, and where
        none does, it must be right.
        """
        every, few = slips + near, len(slips)
        if not every:
            return (), ()
        changed, same = (np.array([one[k] for one in every]) for k in (2, 3))
        best = sorted(range(len(every)), key=lambda k: -(changed[k] & same[k]).sum())[:12]
        likely, later = [], []
        mixes = itertools.product(range(few), range(few, len(every)))
        kinds = (mixes,) if mixed else (
            itertools.combinations(range(few), 2), mixes,
            itertools.combinations(range(few, len(every)), 2),
            ((*two, k) for two in itertools.combinations(best, 2) for k in range(len(every))),
        )  # fmt: skip
        for groups in map(list, kinds):
            if groups:
                groups = np.array(groups)
                unlike, both = self.unlike(changed, same, groups)
                groups, unlike = (v[np.lexsort((both, unlike))] for v in (groups, unlike))
                some = min(300 if likely else len(groups), int((unlike == 0).sum()))
                likely.append(groups[:some])
                later.append(groups[some:])
        return (
            ([every[k] for k in group] for groups in kinds for group in groups)
            for kinds in (likely, later)
        )

    def unlike(self, changed, same, groups):
        """Count, for each group, the numbers that speak against it, and those that say nothing."""
        count = sum(changed[column].astype(np.int8) for column in groups.T)
        against = sum(changed[column] & ~same[column] for column in groups.T)
        wrong = ((count == 1) & against) | ((count == 0) & self.off)
        return wrong.sum(axis=1), (count > 1).sum(axis=1)

    def late(self):
        return clock() > self.ends


PRAISE = re.compile(r"^[^.,;:]* (?:is|are) right, but (\w)")


def told(found):
    """Put the slips that were found into sentences."""
    said = []
    for slips, same in itertools.groupby(found, key=lambda one: one[1]):
        count = {2: "Two things at once. ", 3: "Three things at once. "}.get(len(slips), "")
        parts = ", ".join(part for part, _ in same)
        where = f"At {parts}: " if parts else ""
        words = [slip.words for slip in slips]
        if count:  # "the slope is right, but" was written for a slip that stands alone
            words = [PRAISE.sub(lambda but: but[1].upper(), sentence) for sentence in words]
        if count and len(set(words)) == 1:
            count, words = "In more than one place: ", words[:1]
        said.append(where + count + " And: ".join(words))
    sections = dict.fromkeys(slip.see for _, slips in found for slip in slips if slip.see)
    reread = " and ".join(f"“{section}”" for section in sections)
    return "\n".join(said) + f" Re-read {reread}." * bool(reread)


def unknown(exercise, part, runs, failing):
    """Say of a part that nothing explains what was tested, and no more."""
    odd = [one for one in failing if one.parts[part].shape != one.case.true[part].shape]
    one = telling([one for one in failing if not one.right(part)])
    if odd:  # where sizes differ, shapes say more
        one = max(odd, key=lambda one: one.case.true[part].size)
    mine, true = one.parts[part], one.case.true[part]
    if odd:
        hint = " Is it transposed?" if mine.shape == true.shape[::-1] else ""
        sizes = ", ".join(f"{a.shape}" for a in one.case.args if isinstance(a, np.ndarray))
        given = f" (for arguments of shape {sizes})" if sizes else ""
        return f" {part} has shape {mine.shape}, expected is {true.shape}{given}.{hint}"
    where = tuple(int(i) for i in np.argwhere(~np.isclose(mine, true, CLOSE, 0))[0])
    entry = f"{part}[{', '.join(map(str, where))}]" if where else part
    digits = next((n for n in (6, 9, 12) if f"{mine[where]:.{n}g}" != f"{true[where]:.{n}g}"), 17)
    said = f" On one input that fails, {entry} is {mine[where]:.{digits}g}, "
    said += f"expected {true[where]:.{digits}g}."
    if not np.isfinite(mine[where]):
        said += " That comes of a division by 0, or of a number that is too large."
    right = sum(one.right(part) for one in runs)
    said += f" It is right on {right} of {len(runs)} inputs." * bool(right)
    said += placed(exercise.truth, part, runs)
    if exercise.steps == part and len(true) > 1:
        rows = [agrees(m, t) for m, t in zip(mine, true, strict=True)]
        wrong = [row for row, right in enumerate(rows) if not right]
        last = wrong[-1]
        after = "the last one" if last == len(rows) - 1 else f"row {last}; those after it are right"
        said += (
            f" The first wrong row is row {wrong[0]}."
            if exercise.forward
            else f" Counting back from the end, the first wrong row is {after}."
        )
        if exercise.blocks:
            halves = [np.split(v[last], len(exercise.blocks), axis=-1) for v in (mine, true)]
            fits = zip(exercise.blocks, map(agrees, *halves), strict=True)
            said += f" Wrong in it: {', '.join(name for name, fit in fits if not fit)}."
    return said
