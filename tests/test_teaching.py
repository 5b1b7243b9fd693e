"""What a lecturer relies on: the bank is right, TEACHING.md and the slides fit the pages."""

import io
import math
import re
import tomllib

import numpy as np
import pytest
from PIL import Image

from exercises.questions import FOLDER, choices, export
from exercises.slips import load
from helpers import live
from tools import course

MAIN = range(12)
PAGES = {int(path.stem[:2]): course.read(path) for path in course.paths()}
BANK = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((FOLDER / "bank").glob("*.toml"))
}
EVERY = {tag: question for questions in BANK.values() for tag, question in questions.items()}
GUIDE = (course.NOTEBOOKS.parent / "TEACHING.md").read_text(encoding="utf-8")
SECTIONS = {int(text[:2]): text for text in re.split(r"(?m)^## (?=\d\d )", GUIDE)[1:]}


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def first(holds):
    """The first number of steps at which something holds."""
    return next(k for k in range(1, 1000) if holds(k))


def power(matrix, k):
    return np.linalg.matrix_power(np.array(matrix), k)


# Each number of the bank, from what its question says.
NUMBERS = {
    "0.p": 4 * 5 + 3 * -1, "0.q": 0.9 * 0.1, "0.u": 0.9**30,
    "1.p": 4 * -6 / 2**2, "1.q": 3 * 2**2, "1.t": 2**10,
    "2.p": 3 * (3 * 5), "2.r": 3 * 2 + 4 * -1, "2.v": 3 * (1 - 0.8**2),
    "3.p": math.exp(2) / (math.exp(2) + 2), "3.q": (1 - 0.01) / (1 - 0.5),
    "3.s": -(0.1 + 0.2 + 0.3), "3.t": 1 - 0.1 + 0.1 / 10,
    "4.p": 2 * 3 * 1, "4.r": sum(range(1, 5)), "4.u": (3 + 5) / 2, "4.v": (-0.9) ** 21,
    "5.p": np.mean(np.arange(1, 10)), "5.s": sum(j - 3 >= 1 for j in range(1, 13)),
    "5.v": 1 - (1 + 0.5) / 2,
    "6.p": 2 * 0.6 * 0.5 * (1 - 0.5), "6.s": 4 * (20 * (10 + 20) + 2 * 20),
    "6.v": 1 - math.tanh(3) ** 2,
    "7.q": power([[0.5, 4], [0, 0.5]], 3)[0, 1], "7.t": 0.5 / 1,
    "8.p": first(lambda k: sigmoid(3) ** k < 0.5), "8.s": (0.5 * 0.5) ** 5, "8.v": (1 - 0.3) ** 5,
    "9.p": math.exp(-(math.log(1) + math.log(1 / 4)) / 2), "9.s": (0 + 1) / (0 + 27),
    "10.p": -math.log(1 / 4), "10.q": 3 / 12, "10.r": math.log(100 - 1),
    "11.r": np.abs(np.subtract([4, 3], [3, 4])).max() / 4,
    "13.p": math.sqrt(2 / 200),
    "O.1": 2 - 1 + 4, "O.3": 0.3 - 1, "O.5": 0.5 ** (9 - 5), "O.9": 0.95**20,
}  # fmt: skip


def test_the_numbers_of_the_bank_are_right():
    """A class that is told *not yet* for a right number trusts no question any more."""
    found = {tag: q["right"] for tag, q in EVERY.items() if not choices(q)}
    assert found.keys() == NUMBERS.keys()
    for tag, number in NUMBERS.items():
        assert math.isclose(found[tag], number, rel_tol=1e-3), tag


@pytest.mark.parametrize("tag", EVERY)
def test_every_answer_of_the_bank_has_a_reply_of_its_own(tag):
    """Who is wrong learns nothing from *not yet* alone."""
    question = EVERY[tag]
    letters, within = choices(question), question.get("within", 0.01)
    if letters:
        assert len(letters) >= 3 and question["right"] in letters
        assert question["say"].keys() == set(letters) and all(question["say"].values())
        assert len({question[k] for k in letters}) == len(letters)
    else:
        known = [question["right"], *(some["number"] for some in question["say"])]
        assert question["hint"] and len(known) >= 3
        for k, number in enumerate(known):
            for other in known[:k]:
                assert not math.isclose(number, other, rel_tol=within, abs_tol=within * 1e-3)


def test_right_options_stand_anywhere():
    """If most right answers were b, a class would soon answer b."""
    places = [list(choices(q)).index(q["right"]) for q in EVERY.values() if choices(q)]
    assert all(places.count(k) >= 0.2 * len(places) for k in range(3))


def test_the_bank_has_enough_that_no_page_asks():
    """A test of questions that stood on the page would test the memory."""
    for page in MAIN:
        assert len(BANK[f"{page:02d}"]) >= 6
    asked = [question["text"] for _, tag, question in export.every()]
    assert len(set(asked)) == len(asked)
    for name, questions in BANK.items():
        for tag in questions:
            page, letter = tag.split(".")
            assert page == "O" if name == "outcome" else (int(page) == int(name) and letter >= "p")


def test_the_outcome_test_can_be_printed_with_its_key():
    """Ten questions, and ten answers on a page of their own."""
    paper, key = export.paper().split("Key</h1>")
    assert len(BANK["outcome"]) == 10
    asked, said = (text.split("<ol>")[1].split("\n<li>")[1:] for text in (paper, key))
    for question, ask, say in zip(BANK["outcome"].values(), asked, said, strict=True):
        assert export.page(question["text"]) in ask
        right = question["right"] if choices(question) else export.plain(question["right"])
        assert f"<b>{right}</b>" in say


def test_questions_can_be_chosen_for_a_sheet():
    """Two on paper, beside exercises that the judge marks; the key replies to wrong answers too."""
    paper, key = export.paper(["7.p", "7.q"]).split("Key</h1>")
    assert export.page(EVERY["7.p"]["text"]) in paper and "2 questions" in paper
    for words in EVERY["7.p"]["say"].values():
        assert export.page(words) in key
    assert "<b>b</b>" in key and "<b>3</b>" in key and "<b>64:</b> Powers of" in key
    assert {tag.split(".")[0] for _, tag, _ in export.every(["7"])} == {"7"}
    for form in export.FORMATS.values():
        with pytest.raises(ValueError, match=r"no question or page 7\.z"):
            form(["7.z"])


def rows(text):
    """The tables of a section of TEACHING.md, as lists of cells."""
    return [line.strip("| ").split(" | ") for line in re.findall(r"(?m)^\|.*\|$", text)]


@pytest.mark.parametrize("number", PAGES)
def test_every_outcome_is_practised_and_every_exercise_has_an_outcome(number):
    """A verb of *You will be able to* that nothing tries is a promise that nobody checks."""
    whole = "\n".join(course.prose(PAGES[number]))
    promises = whole.split("**You will be able to**")[1].split("**You need**")[0]
    outcomes = re.findall(r"(?m)^- (.*)", promises)
    table = [row for row in rows(SECTIONS[number]) if re.search(rf"\b{number}\.\w", row[-1])]
    assert len(table) == len(outcomes)
    assert all(o.startswith(row[0]) for o, row in zip(outcomes, table, strict=True))
    cited = {tag for row in table for tag in row[1].split(", ")}
    asked = {tag for _, tag, _ in export.every() if tag.split(".")[0] == str(number)}
    exercised = set(load(number)) if number not in (13, 15) else set()
    assert cited == asked | exercised


@pytest.mark.parametrize("number", MAIN)
def test_minutes_are_given_for_every_section_and_fit_the_lecture(number):
    """A lecture planned from the table must not run over, nor miss a section."""
    titles = re.findall(r"(?m)^## (.*)", "\n".join(course.prose(PAGES[number])))
    sections = titles[: titles.index("Recap")]
    table = [row for row in rows(SECTIONS[number]) if len(row) == 3 and row[0] in sections]
    assert [row[0] for row in table] == sections
    long, short = ([int(row[k]) for row in table if row[k] != "–"] for k in (1, 2))
    assert 85 <= sum(long) <= 90
    assert 40 <= sum(short) <= 45


@pytest.mark.parametrize("number", MAIN)
def test_a_page_makes_some_two_dozen_slides(number):
    """More than one every four minutes hurries a class; a wrong type makes nbconvert stop."""
    kinds = [c.metadata.get("slideshow", {}).get("slide_type", "-") for c in PAGES[number].cells]
    assert set(kinds) <= {"slide", "subslide", "fragment", "skip", "notes", "-"}
    assert kinds[0] == "slide"
    assert 20 <= kinds.count("slide") + kinds.count("subslide") <= 27


@pytest.mark.parametrize("number", MAIN)
def test_a_heading_begins_a_slide(number):
    """Below the end of another thought, what a class looks up at begins in the middle."""
    for cell in PAGES[number].cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if cell.cell_type == "markdown" and kind not in ("skip", "notes"):
            text = re.sub(r"(?s)```.*?```", "", cell.source)
            headings = [m.start() for m in re.finditer(r"(?m)^#{1,3} ", text)]
            # Directly below another heading it may stand.
            above = [re.sub(r"(?m)^#{1,3} .*", "", text[:at]).strip() for at in headings]
            assert not [words for words in above if words]
            assert kind != "-" or not cell.source.startswith("#"), cell.source[:40]


def test_an_explorer_can_be_sharp_on_a_large_screen(monkeypatch):
    """Enlarged on a projector a picture blurs; with more pixels it must not become larger."""

    def explorer():
        def picture(fig):
            (line,) = fig.subplots().plot([0, 1], [0, 1], animated=True)
            return lambda data: line.set_ydata([0, data["x"]]) or "a line"

        control = live.slider("x", 0.0, 1.0, 0.5, 0.1)
        return live.Explorer(lambda x: {"x": x}, picture, {"x": control}, size=(4, 3))

    plain = explorer()
    monkeypatch.setattr(live.Explorer, "sharpness", 2)
    sharp = explorer()
    sizes = [Image.open(io.BytesIO(e._image.value)).size for e in (plain, sharp)]
    assert sizes[1] == tuple(2 * n for n in sizes[0])
    assert sharp._image.layout.width == plain._image.layout.width == f"{sizes[0][0]}px"
    assert Image.open(io.BytesIO(sharp._face)).size == sizes[0]
