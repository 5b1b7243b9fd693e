"""Exercises that answer at once: not tried yet, correct, or what is wrong.

``check("4.2", answer)`` tries the learner's function on several inputs, small and not square,
compares it with the truth, then with the known wrong answers of that exercise, and names the
mistake. An answer that raises, changes its inputs, prints or does not end gets a sentence, and
the notebook goes on. The exercises themselves stand in ``helpers.exercises.nNN``, one module a
notebook; CONTRIBUTING says how to add one.
"""

from helpers.exercises.core import Exercise, Mistake, check, load, progress

__all__ = ["Exercise", "Mistake", "check", "load", "progress"]
