"""The bank of questions that a learning platform reads is the one that the pages ask."""

import json
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest

from exercises import __main__ as command
from exercises.questions import choices, export

EVERY = {tag: question for _, tag, question in export.every()}
READ = """
const questions = require("gift-pegjs").parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(questions));
"""


def test_every_question_has_a_tag_and_answers_of_its_own():
    """A second question of the same name would replace the first on the platform."""
    assert len(EVERY) == sum(1 for _ in export.every()) > 80
    for tag, question in EVERY.items():
        known = [text for text, *_ in export.answers(question)]
        assert len(set(known)) == len(known) >= 2, tag
        assert sum(right for _, right, *_ in export.answers(question)) == 1, tag


def test_texts_become_html_and_formulas_what_moodle_reads():
    """`<` in a formula would end a page's text, a lone dollar would show as a dollar."""
    text = "If $a < b$ then *never* **x & y**: `w *= 2`, $$\\nabla_w L.$$"
    assert export.page(text) == (
        "If \\(a &lt; b\\) then <em>never</em> <strong>x &amp; y</strong>: "
        "<code>w *= 2</code>, $$\\nabla_w L.$$"
    )


def test_moodle_xml_holds_every_question_and_reply(tmp_path):
    """Its elements are those that Moodle's reader (question/format/xml/format.php) asks for."""
    command.main(["export", "--format", "moodle", "--out", str(tmp_path / "bank.xml")])
    quiz = ET.parse(tmp_path / "bank.xml").getroot()
    found = {q.findtext("name/text"): q for q in quiz if q.get("type") != "category"}
    assert quiz.tag == "quiz" and found.keys() == EVERY.keys()
    for tag, question in EVERY.items():
        one, known = found[tag], export.answers(question)
        assert one.get("type") == ("multichoice" if choices(question) else "numerical")
        assert one.find("questiontext").get("format") == "html"
        assert "$" not in one.findtext("questiontext/text").replace("$$", "")
        replies = [answer.findtext("feedback/text") or "" for answer in one.findall("answer")]
        assert replies == [export.page(reply) for _, _, reply, _ in known]
        assert [a.get("fraction") for a in one.findall("answer")].count("100") == 1
        if choices(question):
            assert one.findtext("single") == "true"
        else:
            (right,) = (a for a in one.findall("answer") if a.get("fraction") == "100")
            assert float(right.findtext("text")) == question["right"]
            assert 0 < float(right.findtext("tolerance")) <= 0.1 * max(1, abs(question["right"]))


def test_gift_is_read_by_a_parser_that_others_wrote():
    """Needs node and npm's gift-pegjs, found through NODE_PATH."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    read = subprocess.run(["node", "-e", READ], input=export.gift(), capture_output=True, text=True)
    if "Cannot find module" in read.stderr:
        pytest.skip("npm's gift-pegjs is not installed; npm install gift-pegjs, and set NODE_PATH")
    assert not read.stderr
    found = {q["title"]: q for q in json.loads(read.stdout) if q["type"] != "Category"}
    assert found.keys() == EVERY.keys()
    for tag, question in EVERY.items():
        one = found[tag]
        assert one["type"] == ("MC" if choices(question) else "Numerical")
        assert one["stem"] == {"format": "html", "text": export.page(question["text"])}
        known = [answer for answer in export.answers(question) if answer[0] != "*" or answer[2]]
        replies = [(choice["feedback"] or {"text": ""})["text"] for choice in one["choices"]]
        assert replies == [export.page(reply) for _, _, reply, _ in known]
        if choices(question):
            texts = [choice["text"]["text"] for choice in one["choices"]]
            assert texts == [export.page(text) for text, *_ in known]
            assert [choice["isCorrect"] for choice in one["choices"]] == [k[1] for k in known]
        else:
            numbers = [choice["text"].get("number") for choice in one["choices"]]
            assert numbers[0] == question["right"] and one["choices"][0]["weight"] is None
            assert {choice["weight"] for choice in one["choices"][1:]} <= {0, None}
