"""Questions between the sections: a choice or a number, and an answer to every wrong one.

They stand in one TOML file a page beside this one, ``p04.toml`` for page 04:

    ["4.a"]                       # page and letter
    text = "How often is $w$ used?"
    a = "once"                    # a choice: options a, b, c, ...
    b = "at every step"
    right = "b"
    ["4.a".say]                     # what is said to each option, if need be to the right one
    a = "There is one $w,$ but the forward pass reads it at every step."

    ["4.b"]                       # a number: within one per cent, or as `within` says
    text = "Let $w = 2.$ What is $\\mathrm D s_2/\\mathrm D w?$"
    right = 4.0
    within = 0.01
    hint = "Start with $s_1.$"    # said to any wrong number that has no answer of its own
    [["4.b".say]]
    number = 2.0
    words = "That is the immediate part alone."
"""

import math
import tomllib
import zlib
from pathlib import Path

from IPython.display import display

FOLDER = Path(__file__).parent


def load(page):
    """Return the questions of a page by tag, ``{"4.a": {...}, ...}``, in their order.

    Raises ValueError when the page has none. In a release tools/release.py has packed them.
    """
    path = FOLDER / f"p{int(page):02d}.toml"
    packed = path.with_suffix(".packed")
    if packed.is_file():
        return tomllib.loads(zlib.decompress(packed.read_bytes()).decode())
    if not path.is_file():
        raise ValueError(f"Page {page} has no questions; check the number.")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def ask(tag, answer=...):
    """Show question ``tag``, such as ``"4.a"``, and what there is to say to ``answer``.

    ``answer`` is the letter of an option, or a number; ``...`` shows the question alone.

    Raises
    ------
    ValueError
        When there is no such question.
    """
    page = str(tag).split(".")[0]
    questions = load(page) if page.isdigit() else {}
    if tag not in questions:
        known = ", ".join(questions)
        raise ValueError(f"There is no question {tag!r}; there are {known or 'none on that page'}.")
    question = questions[tag]
    options = [f"- **{k}** {question[k]}" for k in choices(question)]
    parts = [f"**Question {tag}** {question['text']}", "\n".join(options)]
    parts += [reply(question, answer)] if answer is not ... else []
    text = "\n\n".join(filter(None, parts))
    display({"text/markdown": text, "text/plain": text}, raw=True)


def choices(question):
    """Return the letters of a question's options, in order; none for a number."""
    return [k for k in question if len(k) == 1]


def reply(question, answer):
    """Return what is said to an answer: *right*, or *not yet* and why."""
    right, letters = question["right"], choices(question)
    if letters:
        said = str(answer).strip().lower()
        if said not in letters:
            return f"*Not yet:* answer with one of the letters {', '.join(letters)}."
        words = question.get("say", {}).get(said, "")
        return f"*Right.* {words}".strip() if said == right else f"*Not yet.* {words}"
    try:
        number = float(answer)
    except (TypeError, ValueError):
        return "*Not yet:* answer with a number."
    within = question.get("within", 0.01)
    if math.isclose(number, right, rel_tol=within, abs_tol=within * 1e-3):
        return f"*Right.* {question.get('praise', '')}".strip()
    for known in question.get("say", []):
        if math.isclose(number, known["number"], rel_tol=within, abs_tol=within * 1e-3):
            return f"*Not yet.* {known['words']}"
    return f"*Not yet.* {question.get('hint', '')}".strip()
