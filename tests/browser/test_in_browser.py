"""What a reader sees and does, notebook by notebook, in JupyterLab in a real browser.

Run with `python -m pytest tests/browser` (one notebook: `-k 03`). Photographs are kept in
artefacts/browser/<notebook>/: before-NN and after-NN from top to bottom, and one per explorer and
position of a control.
"""

import re

import lab
import nbformat
import pytest

FILES = {
    path.stem: nbformat.read(path, as_version=4)
    for path in sorted((lab.ROOT / "notebooks").glob("*.ipynb"))
}
BAD_WORDS = (
    "model not found", "Error displaying widget", "Traceback (most recent call last)",
    "Math input error", "Undefined control sequence", "Failed to load",
    "Type Markdown and LaTeX",  # what an empty cell displays
)  # fmt: skip

each_notebook = pytest.mark.parametrize("opened", FILES, indirect=True)


def code(sight):
    name = sight.notebook.name.removesuffix(".ipynb")
    return [cell for cell in FILES[name].cells if cell.cell_type == "code"]


def stored_pictures(sight):
    return sum("image/png" in out.get("data", {}) for cell in code(sight) for out in cell.outputs)


def expected_explorers(sight):
    return sum(len(re.findall(r"live\.Explorer\(", cell.source)) for cell in code(sight))


def walk(explorer, control, folder):
    """Move a control to each of its positions and back; return a sentence per thing wrong."""
    name = f"explorer {explorer.name}, {control.label or type(control).__name__!r}"
    start, line, wrong = explorer.sha(), explorer.line, []
    seen = start
    for position, go in control.positions():
        go()
        changed = explorer.wait(lambda sha, seen=seen: sha != seen)
        if changed is None:
            wrong.append(f"{name}: moving to {position!r} changes nothing.")
        seen = changed or seen
        if explorer.line.startswith("ERROR"):
            wrong.append(f"{name}: at {position!r} it says {explorer.line}")
        explorer.screenshot(folder / f"{slug(name)}-{slug(position)}.png")
    control.back()
    explorer.wait(lambda sha: sha == start)
    explorer.notebook.settle()  # whatever is still on its way must not change it again
    if (explorer.sha(), explorer.line) != (start, line):
        wrong.append(f"{name}: brought back, it shows {explorer.line!r} and was {line!r}.")
        explorer.screenshot(folder / f"{slug(name)}-back.png")
    return wrong


def slug(words):
    return re.sub(r"[^\w]+", "-", words).strip("-")


def assert_nothing_bad(look):
    assert look["errors"] == []
    assert look["stderr"] == []
    assert look["maths_errors"] == []
    assert not [words for words in BAD_WORDS if words.lower() in look["text"].lower()]
    assert look["broken_pictures"] == []
    assert look["too_wide"] == []


@each_notebook
def test_opened_before_running(opened):
    """A reader who only looks must find every picture and no error, without a kernel's help."""
    look = opened.looks["before"]
    assert_nothing_bad(look)
    assert len(look["pictures"]) == stored_pictures(opened)


@each_notebook
def test_run_all(ran):
    """Every cell runs, in order, with no error and nothing on stderr; explorers come alive."""
    look = ran.looks["after"]
    assert_nothing_bad(look)
    assert look["prompts"] == [f"[{k}]:" for k in range(1, len(code(ran)) + 1)]
    assert len(look["pictures"]) == stored_pictures(ran)
    assert len(ran.notebook.explorers()) == expected_explorers(ran)


@each_notebook
def test_every_control_of_every_explorer(ran):
    """Each control, moved by keyboard to both ends, changes the picture; back, it is the same."""
    wrong = []
    for explorer in ran.notebook.explorers():
        for control in explorer.controls():
            wrong += walk(explorer, control, ran.folder)
    assert not wrong, "\n".join(wrong)


@each_notebook
def test_browser_console(ran):
    """An error that only the console shows is a control or a picture that failed unseen."""
    assert ran.notebook.console == []


def test_a_wrong_answer_is_named_and_a_right_one_accepted(browser, artefacts):
    """A reader who errs must learn how; one who is right must be told so."""
    stub = 'def my_softmax(y):\n    {}\n\nexercises.check("3.1", my_softmax)'
    with browser.open("03_softmax_and_cross_entropy.ipynb") as notebook:
        notebook.run(notebook.cell("from helpers import"))
        cell = notebook.cell("def my_softmax")
        said = notebook.run(cell, stub.format("return np.exp(y) / np.exp(y).sum()"))
        cell.screenshot(path=artefacts / "exercise-3.1-wrong.png")
        assert "not yet" in said
        assert "overflows" in said
        said = notebook.run(cell, stub.format("e = np.exp(y - y.max()); return e / e.sum()"))
        cell.screenshot(path=artefacts / "exercise-3.1-right.png")
        assert said == "Exercise 3.1: correct."
