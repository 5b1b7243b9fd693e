"""Questions with options: one TOML file a page, every wrong option answered."""

import functools
import textwrap
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent / "questions"


@functools.cache
def questions(page):
    """Return the questions of a page by tag, such as ``{"4.a": {...}}``.

    A question has ``text``, ``right`` (a letter), ``why``, and ``options``: letter -> text; the
    answer to each wrong letter stands in ``wrong``.
    """
    path = FOLDER / f"p{int(page):02d}.toml"
    if not path.exists():
        raise ValueError(f"Page {page} has no questions; check the number.")
    with path.open("rb") as file:
        return {f"{int(page)}.{tag}": question for tag, question in tomllib.load(file).items()}


def ask(tag, choice=...):
    """Print a question, such as "6.a", with its options; with a ``choice``, the answer to it.

    Raises ValueError when there is no such question.
    """
    page = str(tag).split(".")[0]
    some = questions(page) if page.isdecimal() else {}
    if tag not in some:
        known = ", ".join(some) or "none on that page"
        raise ValueError(f"There is no question {tag!r}; there are {known}.")
    question = some[tag]
    if choice is Ellipsis:
        print(_wrapped(f"{tag}  {question['text']}"))
        for letter, text in question["options"].items():
            print(_wrapped(f"  {letter}  {text}"))
    elif choice == question["right"]:
        print(_wrapped(f"Yes. {question['why']}"))
    elif choice in question["wrong"]:
        print(_wrapped(f"Not {choice}. {question['wrong'][choice]}"))
    else:
        print(f"{choice!r} is none of the options {', '.join(question['options'])}.")


def _wrapped(text):
    return textwrap.fill(text, 95, subsequent_indent="     ", break_long_words=False)
