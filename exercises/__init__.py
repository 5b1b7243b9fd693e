"""Exercises and questions that answer at once."""

from exercises.questions import ask
from helpers.exercises import check, progress

__all__ = ["ask", "check", "progress"]
