"""Every exercise knows its solution, names each of its mistakes, and passes nothing else."""

import dataclasses
import importlib
import itertools
import re
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import core

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path.stem for path in (ROOT / "helpers" / "exercises").glob("n[0-9][0-9].py"))
ALL = {
    exercise.number: exercise
    for name in MODULES
    for exercise in importlib.import_module(f"helpers.exercises.{name}").EXERCISES
}
# Where a property is judged, not one value, what lies close or turned around may be right as well.
ALSO_RIGHT = {"negated", "transposed", "one entry off by 1e-3", "all off by 1e-3"}
TABLE = [(number, k) for number, e in ALL.items() for k in range(len(e.mistakes))]


def _map(value, change):
    """Apply a change to every array of a result, whatever its form."""
    if isinstance(value, dict):
        return {key: _map(part, change) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_map(part, change) for part in value)
    return change(np.array(value, dtype=float))


def _nudged(array):
    array = array.copy()
    array[(0,) * array.ndim] += 1e-3
    return array


GENERIC = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "negated": np.negative,
    "twice": lambda a: 2 * a,
    "half": lambda a: a / 2,
    "one entry off by 1e-3": _nudged,
    "all off by 1e-3": lambda a: a + 1e-3,
    "random": lambda a: np.random.default_rng(9).normal(size=a.shape),
    "squared": lambda a: a * a + 1e-2,
    "nan": lambda a: a * np.nan,
    "transposed": np.transpose,
    "one step off": lambda a: np.roll(a, 1, axis=0) if a.ndim else a,
    "one axis more": lambda a: a[None],
    "clipped to ±1e-4": lambda a: np.clip(a, -1e-4, 1e-4),
}


@pytest.mark.parametrize("number", ALL)
def test_truth_passes_and_a_stub_is_not_tried(number):
    """The right answer must be called right, and an untouched stub must not be called wrong."""
    done, words = core.verdict(ALL[number], ALL[number].truth)
    assert done and words == "correct."
    assert core.verdict(ALL[number], lambda *args: ...) == (False, "not tried yet.")
    assert core.verdict(ALL[number], ...) == (False, "not tried yet.")


@pytest.mark.parametrize(("number", "k"), TABLE)
def test_each_mistake_is_named_and_no_other(number, k):
    """A learner who drops f_{t+1} must hear about f_{t+1}, not about a transpose."""
    mistake = ALL[number].mistakes[k]
    done, words = core.verdict(ALL[number], mistake.answer)
    assert not done
    assert mistake.says in words
    assert mistake.see in words


@pytest.mark.parametrize(("number", "kind"), list(itertools.product(ALL, GENERIC)))
def test_generic_wrong_answers_never_pass(number, kind):
    """An exercise whose check passes anything teaches that anything is right."""
    exercise = ALL[number]
    if exercise.many and kind in ALSO_RIGHT:
        pytest.skip("this exercise has many right answers")

    def wrong(*args):
        return _map(exercise.truth(*args), GENERIC[kind])

    runs = [(core._run(exercise.truth, args), core._run(wrong, args)) for args in exercise.inputs]
    if all(core._same(right, changed) for right, changed in runs):
        pytest.skip("a number or a vector has no transpose, a number no order")
    done, words = core.verdict(exercise, wrong)
    assert not done
    assert words.startswith("not yet. ")


@pytest.mark.parametrize("number", ALL)
def test_inputs_tell_enough_apart(number):
    """Square or equal sizes would let a missing transpose through."""
    exercise = ALL[number]
    assert len(exercise.inputs) >= 3
    assert len(exercise.mistakes) >= 3
    assert len({m.says for m in exercise.mistakes}) == len(exercise.mistakes)


@pytest.mark.parametrize("name", MODULES)
def test_sections_to_re_read_exist(name):
    """'Re-read: …' must lead to a heading of that notebook."""
    (path,) = (ROOT / "notebooks").glob(f"{name[1:]}_*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    headings = set(re.findall(r"(?m)^#{2,3} (.+)$", prose))
    module = importlib.import_module(f"helpers.exercises.{name}")
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    for exercise in module.EXERCISES:
        assert {m.see for m in exercise.mistakes} <= headings
        assert code.count(f'exercises.check("{exercise.number}"') == 1


@pytest.mark.parametrize("name", MODULES)
def test_solutions_are_executed_and_correct(name):
    """A reader who is stuck turns to the solution; nbval re-runs it, this reads its verdicts."""
    (path,) = (ROOT / "notebooks" / "solutions").glob(f"{name[1:]}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    said = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    numbers = [n for n in ALL if int(n.split(".")[0]) == int(name[1:])]
    assert re.findall(r"Exercise ([\d.]+): correct\.\n", said) == numbers
    assert f"{len(numbers)} of {len(numbers)} done. Well done." in said


PLAIN = exercises.Exercise(
    number="99.1",
    title="the double",
    truth=lambda x: 2 * x,
    inputs=((np.array([1.0, 2.0, 4.0]),), (np.array([0.5]),), (np.array([3.0, -1.0]),)),
    returns=("y",),
    time_axis=0,
)


def _grows(x):
    x *= 2
    return x


def _forever(x):
    while True:
        pass


def _shifted(x):
    return np.concatenate([[0.0], 2 * x[:-1]])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 1 / 0, "stops with ZeroDivisionError"),
        (lambda x: None, "begin with return"),
        (lambda x: "2x", "returns a str"),
        (lambda x: (x, x), "must return 1 result: y; it returns 2."),
        (lambda x: (), "must return 1 result: y; it returns 0."),
        (lambda x: {"y": 2 * x}, "must return 1 result: y; it returns a dict."),
        (lambda x: [2 * x, x, 0], "returns a list; expected is a number or an array"),
        (lambda x: (2 * x)[None], "has shape (1, 3), expected is (3,)"),
        (lambda x: x * np.nan, "y is nan at entry (0,), expected is 2"),
        (lambda x: x / 0, "y is inf at entry (0,), expected is 2"),
        (lambda x: exit(), "stops with SystemExit"),
        (_grows, "changes its argument x in place"),
        (lambda x: -2 * x, "sign is wrong"),
        (lambda x: 4 * x, "multiply by 0.5"),
        (lambda x: 0 * x, "All your entries are 0"),
        (_shifted, "one time step off"),
        (lambda x: 2 * x + 1, "is missing"),
        (np.ones(3), "give your function itself"),
    ],
)
def test_other_wrong_answers_are_described(answer, words):
    """Where no known mistake matches, the learner still hears what is off and by how much."""
    done, said = core.verdict(PLAIN, answer)
    assert not done
    assert words in said


SEVERAL = dataclasses.replace(
    PLAIN, truth=lambda x: (2 * x, np.outer(x, x[:1])), returns=("y", "dW"), time_axis=None
)
NAMED = dataclasses.replace(SEVERAL, truth=lambda x: {"y": 2 * x, "dW": np.outer(x, x[:1])})


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        (SEVERAL, lambda x: 2 * x, "must return 2 results, separated by commas: y, dW; it returns"),
        (SEVERAL, lambda x: (2 * x, x, x), ": y, dW; it returns 3."),
        (SEVERAL, lambda x: [2 * x, np.outer(x, x[:1])], ": y, dW; it returns a list."),
        (SEVERAL, lambda x: {"y": 2 * x}, ": y, dW; it returns a dict."),
        (SEVERAL, lambda x: (2 * x, None), "dW is None; expected is a number or an array"),
        (SEVERAL, lambda x: (2 * x, "dW"), "dW is a str; expected is a number or an array"),
        (SEVERAL, lambda x: (2 * x, [[1], [1, 2]]), "dW is a list; expected is a number or an"),
        (SEVERAL, lambda x: (2 * x, x), "dW has shape (3,), expected is (3, 1) (with x (3,))."),
        (NAMED, lambda x: {"y": 2 * x}, "The dict that your function returns lacks dW."),
        (NAMED, lambda x: {"y": x, "dw": x}, "lacks dW and has, though not expected, dw."),
        (
            NAMED,
            lambda x: NAMED.truth(x) | {3: x, "b": x},
            "returns has, though not expected, 3, b.",
        ),
        (NAMED, lambda x: (2 * x, x), "must return a dict with dW, y, not a tuple."),
        (NAMED, lambda x: {"y": 2 * x, "dW": x}, "dW has shape (3,), expected is (3, 1)"),
        (NAMED, lambda x: NAMED.truth(x) | {"y": x * np.inf}, "y is inf at entry (0,), expected"),
    ],
)
def test_other_results_than_expected_are_told_apart(exercise, answer, words):
    """A learner whose formulas are right, but packed in another way, must hear just that."""
    done, said = core.verdict(exercise, answer)
    assert not done
    assert words in said


ODD = {
    "None": lambda v: None,
    "text": lambda v: "abc",
    "a function": lambda v: abs,
    "no dict": lambda v: {},
    "keys of all kinds": lambda v: {1: 1.0, "a": 2.0, None: 3.0},
    "nothing": lambda v: (),
    "seven": lambda v: (1.0,) * 7,
    "one in another": lambda v: ((v,),),
    "empty": lambda v: _map(v, lambda a: np.zeros(0)),
    "scalars": lambda v: _map(v, lambda a: 1.0),
    "three axes": lambda v: _map(v, lambda a: np.ones((2, 3, 4))),
    "objects": lambda v: _map(v, lambda a: np.array([None, 1])),
    "unequal lists": lambda v: _map(v, lambda a: [[1.0], [1.0, 2.0]]),
    "complex": lambda v: _map(v, lambda a: (2 + 1j) * a),
    "inf": lambda v: _map(v, lambda a: a + np.inf),
    "bools": lambda v: _map(v, lambda a: a > 0),
}


@pytest.mark.parametrize("number", ALL)
def test_no_answer_however_odd_ends_in_an_exception(number):
    """A traceback out of our own code would hide the learner's mistake, and stop the notebook."""
    for kind, make in ODD.items():
        words = core.verdict(ALL[number], lambda *args, f=make: f(ALL[number].truth(*args)))[1]
        assert re.fullmatch(r"(correct|not yet)\. ?(.*[.?])?", words, re.S), f"{kind}: {words}"


def test_many_right_answers_are_judged_by_their_property():
    """Where the learner designs something, an answer unlike ours passes if it has the property."""
    above = dataclasses.replace(
        PLAIN, judge=lambda y, x: "" if np.all(y > x) else f"{y[0]:g} is not above {x[0]:g}."
    )
    assert core.verdict(above, lambda x: x + 1) == (True, "correct.")
    assert core.verdict(above, lambda x: x + 7) == (True, "correct.")
    assert core.verdict(above, lambda x: x / 2) == (False, "not yet. 0.5 is not above 1.")
    assert "return 1 result" in core.verdict(above, lambda x: (x, x))[1]
    assert "stops with ZeroDivisionError" in core.verdict(above, lambda x: 1 / 0)[1]
    shift = np.eye(10, k=1)  # 7.3 again, without an eigenvalue: W^k is 0 from k = 10 on

    def nilpotent(k, peak):
        return peak ** (1 / k) * shift[: k + 1, : k + 1]

    few = dataclasses.replace(ALL["7.3"], inputs=ALL["7.3"].inputs[:3])
    assert core.verdict(few, nilpotent) == (True, "correct.")


def test_an_endless_answer_is_stopped(monkeypatch):
    """A loop without end must cost seconds, not the kernel."""
    monkeypatch.setattr(core, "SECONDS", 0.3)
    start = time.monotonic()
    assert "never ends" in core.verdict(PLAIN, _forever)[1]
    assert time.monotonic() - start < 5


def test_prints_are_kept_out_of_the_page(capsys):
    """A forgotten print would bury the verdict, and make stored outputs differ."""

    def chatty(x):
        print("here")
        return 2 * x

    done, words = core.verdict(PLAIN, chatty)
    assert done and "prints" in words
    assert capsys.readouterr().out == ""


def test_progress_counts_what_is_done(capsys, monkeypatch):
    """The progress line is the learner's only score; it must follow the verdicts."""
    monkeypatch.setattr(core, "_results", {})
    exercises.check("3.2", lambda S, dS: ...)
    exercises.check("3.1", ALL["3.1"].truth)
    exercises.progress("3")
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Exercise 3.2: not tried yet."
    assert out[1] == "Exercise 3.1: correct."
    assert out[2] == "1 of 4 done. Left: 3.2, 3.3, 3.4."


def test_unknown_numbers_get_a_sentence():
    """A mistyped number must not look like a wrong answer."""
    with pytest.raises(ValueError, match=r"There is no exercise 3\.9"):
        exercises.check("3.9", None)
    with pytest.raises(ValueError, match="has no exercises"):
        exercises.check("77.1", None)
