"""Answers that were written from the prompts alone: no wrong one passes, no right one is refused.

How many mistakes are named: ``python tests/answers/measure.py``.
"""

import importlib.util
from pathlib import Path

import pytest

import exercises
from exercises import judge

spec = importlib.util.spec_from_file_location(
    "measure", Path(__file__).parent / "answers" / "measure.py"
)
measure = importlib.util.module_from_spec(spec)
spec.loader.exec_module(measure)


JUDGED_OTHERWISE = {
    "wrong_9_1_c": "is right for any finite padding, which is what the prompt now says",
    "right_10_3_c": "rounds to float32 inside and returns float64: it agrees to eight digits only",
}


@pytest.mark.parametrize("number", measure.pages())
def test_wrong_answers_are_refused_and_right_ones_accepted(number, monkeypatch):
    """A learner would be told that a wrong gradient is right, or a right one wrong."""
    monkeypatch.setattr(judge, "explained", lambda *_: ("", ()))  # whether, not why
    monkeypatch.setattr(judge, "SECONDS", 6.0)  # on a busy machine, too
    odd = [
        answer.__name__
        for exercise, kind, answer in measure.answers(number)
        if exercises.verdict(exercise, answer).done != (kind == "right")
        and answer.__name__ not in JUDGED_OTHERWISE
    ]
    assert odd == []
