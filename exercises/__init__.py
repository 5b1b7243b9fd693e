"""Exercises that answer at once: not tried yet, correct, or which mistake it is.

    import exercises
    exercises.check("6.1", my_da_o)

An exercise is one plain reference solution, a generator of inputs, and a list of slips. A wrong
answer is explained by search: the solution is run with one slip, two, three, until it behaves
exactly as the answer does on every input. The verdict says only what was tested.

To write exercises, a page takes two files. The solutions, in ``exercises/p17.py``::

    def slope(x):                                  # as plain as it can be
        return 2 * x + np.cos(x)

    def _inputs(rng):                              # thirty or more; sorted by size for you
        for N, s in sizes(1, 2, 5):
            yield (normal(rng, N, scale=s),)

    e1 = Exercise("17.1", slope, _inputs, returns="the slope")

and the slips, in ``exercises/p17.txt``::

    # 17.1 the slope of x² + sin x
    see What is a derivative?
    np.cos(x) -> -np.cos(x)
      You turned the sign: the slope of sin x is cos x.
    2 * x -> x
    or
    2 * x -> x**2
      The slope of x² is 2 x.

- ``old -> new`` edits the body of the solution wherever ``old`` stands, whole words only. Several
  such lines are made together; ``or`` between them begins another way to the same slip;
  ``= name`` takes a function of the module, or a lambda, that goes wrong as a whole. Two spaces
  begin the sentence to the learner, in the second person. ``see`` names the section to re-read,
  for this slip and those below it.
- Make edits small: two slips can be tried together where their edits do not overlap, or one lies
  inside the other and stands in its new text too. If something cannot be edited, write the
  solution so that it can (give a part a name).
- Helpers that slips edit (a softmax) follow the solution in a tuple: ``(dY, softmax)``.
- Small changes that nobody listed (a sign, a factor, an index, one name for another) are found as
  well, and so are relations to what a learner can name. A listed slip is better: it says why.
- The parts of a dict or tuple are judged by themselves, in the order in which the solution returns
  them: let it be the order of derivation.

CONTRIBUTING.md tells what is to be done besides, and how it is tested.
"""

import copy
import json
import os
import sys
import textwrap
from pathlib import Path

from exercises import slips
from exercises.judge import Verdict, judged
from exercises.questions import ask

__all__ = ["ask", "case", "check", "progress", "require", "verdict"]

KEPT = "EXERCISES_PROGRESS"  # environment variable: the progress file, or "off"

_last: dict[str, Verdict] = {}  # number -> the last verdict in this kernel


def _named(number):
    if not isinstance(number, str):
        raise TypeError(f'number must be a string, such as "4.2", but it is {number!r}.')
    some = slips.load(number.split(".")[0])
    if number not in some:
        raise ValueError(f"There is no exercise {number}; there are {', '.join(some)}.")
    return some[number]


def verdict(number, answer, seed=0):
    """Return the Verdict on an answer: done, points (0 to 1, by parts), words, slips.

    Raises TypeError or ValueError when there is no such exercise.
    """
    found = judged(_named(number), answer, seed)
    _last[number] = found
    return found


def check(number, answer):
    """Try the ``answer`` to exercise ``number``, such as "4.2", and print the verdict."""
    found = verdict(number, answer)
    # JupyterLab breaks what is wider than its window in the middle of words.
    for line in str(found).splitlines():
        print(textwrap.fill(line, 95, break_long_words=False, break_on_hyphens=False))
    _keep(number, found.points)


def require(number, answer):
    """Raise AssertionError with the verdict's words unless the answer is correct.

    Autograders that run assertions (nbgrader, otter-grader) can use it as it is.
    """
    found = verdict(number, answer)
    if not found.done:
        raise AssertionError(str(found))


def case(number):
    """Return the arguments of a small input on which your last answer failed.

    Try ``my_f(*exercises.case("6.4"))``. Without a failure, the smallest input of all.
    """
    exercise, last = _named(number), _last.get(number)
    return copy.deepcopy(last.case if last and last.case is not None else exercise.cases()[0])


def progress(page):
    """Print how many exercises of a page are done, in this kernel and in earlier ones."""
    numbers, points = list(slips.load(page)), _kept() | {n: v.points for n, v in _last.items()}
    left = [
        number + (f" ({points[number]:.0%})" if points.get(number) else "")
        for number in numbers
        if points.get(number, 0) < 1
    ]
    rest = f" Left: {', '.join(left)}." if left else " Well done."
    print(f"{len(numbers) - len(left)} of {len(numbers)} done.{rest}")


# ---- what outlives the kernel: one small file beside the notebooks ----


def _file():
    """Return the progress file, or None outside of notebooks and where it is switched off."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    name = os.environ.get(KEPT, "progress.json" if hasattr(shell, "kernel") else "off")
    return None if name == "off" else Path(name)


def _kept():
    path = _file()
    if path is None or not path.exists():
        return {}
    try:
        points = json.loads(path.read_text(encoding="utf-8"))
        return {str(number): float(value) for number, value in points.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        print(f"{path} cannot be read, so only this session counts; delete it to start anew.")
        return {}


def _keep(number, points):
    """Note the best points so far; the file is replaced whole, so it is never half written."""
    path = _file()
    if path is None or not points:
        return
    before = _kept()
    if before.get(number, 0) >= points:
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(before | {number: points}, indent=1), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        print(f"Your progress is not kept, because {path} cannot be written.")
