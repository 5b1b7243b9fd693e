"""Write the questions of all pages, and of the bank, for a learning platform: GIFT or Moodle XML.

The ten of ``bank/outcome.toml``, for before and after the course, become a page to print as well.

Texts become HTML, formulas ``\\(...\\)``, which MathJax and Moodle read everywhere. GIFT is escaped
as its reader in Moodle (question/format/gift/format.php) undoes it: a backslash before each of
``~ = # { } :`` and before each backslash, else the ``\\n`` of ``\\nabla`` would be a new line.
"""

import html
import re
import tomllib
from xml.etree import ElementTree as ET

from exercises.questions import FOLDER, choices


def every():
    """Yield (category, tag, question) of all files: ``p04.toml``, then ``bank/04.toml``."""
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


def gift():
    """Return all questions as GIFT."""

    def said(text):
        return re.sub(r"([\\~=#{}:])", r"\\\1", page(text))

    out, last = [], ""
    for category, tag, question in every():
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


def moodle():
    """Return all questions as Moodle XML."""
    quiz, last = ET.Element("quiz"), ""

    def put(above, name, text, **attributes):
        ET.SubElement(ET.SubElement(above, name, attributes), "text").text = text

    for category, tag, question in every():
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


def paper():
    """Return the test for before and after the course as a page of Markdown, its key behind it."""
    questions = tomllib.loads((FOLDER / "bank" / "outcome.toml").read_text(encoding="utf-8"))
    line = r"\_" * 8
    parts = ["# Gradients through time: ten questions, ten minutes", f"Name: {line}"]
    key = ['<div style="break-before: page"></div>', "# Key"]
    for number, question in enumerate(questions.values(), 1):
        options = [f"- ☐ **{k}** {question[k]}" for k in choices(question)]
        parts += [f"**{number}.** {question['text']}", "\n".join(options) or f"Answer: {line}"]
        reply = next(reply for _, right, reply, _ in answers(question) if right)
        key.append(f"{number}. **{question['right']}** {reply or question['hint']}")
    return "\n\n".join(parts + key) + "\n"


FORMATS = {"gift": gift, "moodle": moodle, "paper": paper}
