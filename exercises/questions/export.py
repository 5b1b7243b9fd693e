"""Write questions of the pages and of the bank for a learning platform, GIFT or Moodle XML.

They can be printed as well, with a key on a page of its own: those chosen by tag (``7.p``) or page
(``7``), or the ten of ``bank/outcome.toml``, ``O``, which are for before and after the course.

Texts become HTML, formulas ``\\(...\\)``, which MathJax and Moodle read everywhere. GIFT is escaped
as its reader in Moodle (question/format/gift/format.php) undoes it: a backslash before each of
``~ = # { } :`` and before each backslash, else the ``\\n`` of ``\\nabla`` would be a new line.
"""

import html
import re
import tomllib
from xml.etree import ElementTree as ET

from exercises.questions import FOLDER, choices


def every(only=()):
    """Yield (category, tag, question) of all files: ``p04.toml``, then ``bank/04.toml``.

    ``only`` chooses by tag or page, in any order.

    Raises ValueError when something chosen is not there.
    """
    left = set(only)
    for category, tag, question in _all():
        chosen = {tag, tag.split(".")[0]} & set(only)
        left -= chosen
        if chosen or not only:
            yield category, tag, question
    if left:
        raise ValueError(f"There is no question or page {', '.join(sorted(left))}.")


def _all():
    for path in sorted(FOLDER.glob("p*.toml")) + sorted(FOLDER.glob("bank/*.toml")):
        page = path.stem.removeprefix("p")
        more = "/more" * (path.parent != FOLDER and page != "outcome")
        category = f"Gradients through time/{page}{more}"
        for tag, question in tomllib.loads(path.read_text(encoding="utf-8")).items():
            yield category, tag, question


def answers(question):
    """Return (text or number, right?, reply, tolerance or None) for every answer that is known.

    Of a number the last has the text ``*``: any other.
    """
    right, letters = question["right"], choices(question)
    if letters:
        say = question.get("say", {})
        return [(question[k], k == right, say.get(k, ""), None) for k in letters]
    within = question.get("within", 0.01)
    known = [(right, question.get("praise", ""))]
    known += [(some["number"], some["words"]) for some in question.get("say", [])]
    found = [(n, k == 0, words, within * max(abs(n), 1e-3)) for k, (n, words) in enumerate(known)]
    return [*found, ("*", False, question.get("hint", ""), 0)]


def wrong(question):
    """Yield (letter or number, reply) for every wrong answer that is known."""
    known = answers(question)
    for name, (text, right, reply, _) in zip(choices(question) or known, known, strict=True):
        if reply and not right and text != "*":
            yield name if isinstance(name, str) else plain(text), reply


def plain(number):
    """Return a number without an exponent, which not every reader of GIFT takes."""
    return f"{number:.10f}".rstrip("0").rstrip(".")


def page(text):
    """Return a question's Markdown as HTML, formulas as ``\\(...\\)`` and ``$$...$$``."""
    parts = re.split(r"(\$\$.+?\$\$|\$.+?\$|`.+?`)", " ".join(str(text).split()))
    for k, part in enumerate(parts):
        safe = html.escape(part, quote=False)
        if k % 2 == 0:
            parts[k] = re.sub(r"\*(.+?)\*", r"<em>\1</em>", re.sub(
                r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe))  # fmt: skip
        elif part.startswith("`"):
            parts[k] = f"<code>{safe[1:-1]}</code>"
        else:
            parts[k] = safe if part.startswith("$$") else rf"\({safe[1:-1]}\)"
    return "".join(parts)


def gift(only=()):
    """Return questions as GIFT; all, or those chosen by tag or page."""

    def said(text):
        return re.sub(r"([\\~=#{}:])", r"\\\1", page(text))

    out, last = [], ""
    for category, tag, question in every(only):
        if category != last:
            out.append(f"$CATEGORY: {category}\n")
            last = category
        lines = []
        for text, right, reply, tolerance in answers(question):
            reply = f"#{said(reply)}" if reply else ""
            if tolerance is None:
                lines.append(f"{'=' if right else '~'}{said(text)}{reply}")
            elif text == "*":
                lines += [f"~{reply}"] if reply else []
            else:
                lines.append(f"={'' if right else '%0%'}{plain(text)}:{plain(tolerance)}{reply}")
        kind = "" if choices(question) else "#"
        body = "\n".join(lines)
        out.append(f"::{tag}::[html]{said(question['text'])}{{{kind}\n{body}\n}}\n")
    return "\n".join(out)


def moodle(only=()):
    """Return questions as Moodle XML; all, or those chosen by tag or page."""
    quiz, last = ET.Element("quiz"), ""

    def put(above, name, text, **attributes):
        ET.SubElement(ET.SubElement(above, name, attributes), "text").text = text

    for category, tag, question in every(only):
        if category != last:
            put(
                ET.SubElement(quiz, "question", type="category"), "category", f"$course$/{category}"
            )
            last = category
        some = choices(question)
        one = ET.SubElement(quiz, "question", type="multichoice" if some else "numerical")
        put(one, "name", tag)
        put(one, "questiontext", page(question["text"]), format="html")
        if some:
            for name in "single", "shuffleanswers":
                ET.SubElement(one, name).text = "true"
            ET.SubElement(one, "answernumbering").text = "abc"
        for text, right, reply, tolerance in answers(question):
            answer = ET.SubElement(one, "answer", fraction="100" if right else "0")
            if tolerance is None:
                answer.set("format", "html")
                text = page(text)
            else:
                answer.set("format", "moodle_auto_format")
                text = text if text == "*" else plain(text)
                ET.SubElement(answer, "tolerance").text = plain(tolerance)
            ET.SubElement(answer, "text").text = text
            put(answer, "feedback", page(reply), format="html")
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="unicode", xml_declaration=True) + "\n"


def paper(only=()):
    """Return a page of HTML to print, the key behind it: of questions, or the outcome test.

    MathJax is the one that ``make slides`` has put into ``build/slides``.
    """
    questions = [(tag, question) for _, tag, question in every(only or ["O"])]
    title = f"{len(questions)} questions" if only else "ten questions, ten minutes"
    asked, key = [], []
    for tag, question in questions:
        options = "".join(f"<li>☐ <b>{k}</b> {page(question[k])}</li>" for k in choices(question))
        options = options or "<li>Answer: <i></i></li>"
        asked.append(f"<p>{page(question['text'])}</p><ul>{options}</ul>")
        right = question["right"] if choices(question) else plain(question["right"])
        reply = next(reply for _, right, reply, _ in answers(question) if right)
        others = "".join(
            f"<li><b>{name}:</b> {page(words)}</li>" for name, words in wrong(question)
        )
        key.append(
            f"<p><b>{right}</b> {page(reply or question.get('hint', ''))} ({tag})</p>"
            + f"<ul>{others}</ul>" * bool(only)
        )
    first, second = ("".join(f"<li>{one}</li>\n" for one in some) for some in (asked, key))
    return PAPER.format(title=title, math=MATH.as_uri(), asked=first, key=second)


MATH = FOLDER.parents[1] / "build" / "slides" / "mathjax" / "tex-svg-full.js"
PAPER = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Gradients through time</title>
<script src="{math}" async></script>
<style>
body {{ font: 12pt/1.4 serif; max-width: 42em; margin: 2em auto; }}
ul {{ list-style: none; padding-left: 1em; }}
ol > li {{ break-inside: avoid; }}
li::marker {{ font-weight: bold; }}
i {{ display: inline-block; width: 10em; border-bottom: 1px solid; }}
h1 {{ font-size: 1.4em; }}
.key {{ break-before: page; }}
</style>
<h1>Gradients through time: {title}</h1>
<p>Name: <i></i></p>
<ol>
{asked}</ol>
<h1 class="key">Key</h1>
<ol>
{key}</ol>
</html>
"""
FORMATS = {"gift": gift, "moodle": moodle, "paper": paper}
