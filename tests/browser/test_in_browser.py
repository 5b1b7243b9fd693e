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
    path.stem: [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    for path in sorted((lab.ROOT / "notebooks").glob("*.ipynb"))
}
BAD_WORDS = (
    "model not found", "Error displaying widget", "Loading widget",
    "Traceback (most recent call last)", "Math input error", "Undefined control sequence",
    "Failed to load", "Type Markdown and LaTeX",  # what an empty cell displays
)  # fmt: skip

each_notebook = pytest.mark.parametrize("opened", FILES, indirect=True)


def stored_pictures(name):
    return sum("image/png" in out.get("data", {}) for cell in FILES[name] for out in cell.outputs)


def written_explorers(name):
    return sum(cell.source.count("live.Explorer(") for cell in FILES[name])


def trains(name):
    return any("training.fit(" in cell.source for cell in FILES[name])


def assert_nothing_bad(look, name):
    for fault in ("errors", "stderr", "maths", "broken", "wide"):
        assert look[fault] == [], fault
    assert not [words for words in BAD_WORDS if words.lower() in look["text"].lower()]
    assert look["pictures"] == stored_pictures(name)


@each_notebook
def test_opened_before_running(opened, request):
    """A reader who only looks must find every picture and no error, without a kernel's help."""
    assert_nothing_bad(opened.looks["before"], opened.name.removesuffix(".ipynb"))


@each_notebook
def test_run_all(ran):
    """Every cell runs, in order, with no error and nothing on stderr; explorers come alive."""
    look, name = ran.looks["after"], ran.name.removesuffix(".ipynb")
    assert_nothing_bad(look, name)
    assert look["prompts"] == [f"[{k}]:" for k in range(1, len(FILES[name]) + 1)]
    assert len(ran.explorers()) == written_explorers(name)


@each_notebook
def test_every_control_of_every_explorer(ran):
    """A control that changes nothing, fails, or comes to rest beside another position's picture.

    Each slider goes to both ends, and then up as fast as keys come; each button is pressed, each
    box ticked and unticked, each player played.
    """
    wrong = []
    for explorer in ran.explorers():

        def look(control, place, explorer=explorer):
            ran.settle()
            name = re.sub(r"\W+", "-", f"explorer {explorer.name} {control} {place}").strip("-")
            explorer.area.screenshot(path=ran.folder / f"{name}.png")
            if explorer.area.get_by_role("alert").count():
                wrong.append(f"{name}: it says {explorer.line}")
            return explorer.sha()

        def differ(control, *pictures, explorer=explorer):
            if len(set(pictures)) < len(pictures):
                wrong.append(f"explorer {explorer.name}: {control!r} changes nothing")

        for slider in explorer.area.get_by_role("slider").all():
            label = slider.get_attribute("aria-label")
            ends = {key: slider.press(key) or look(label, key) for key in ("End", "Home")}
            differ(label, *ends.values())
            while slider.get_attribute("aria-valuenow") != slider.get_attribute("aria-valuemax"):
                slider.press("PageUp")
            if look(label, "hurried") != ends["End"]:
                wrong.append(f"explorer {explorer.name}: {label!r}: the last move is not drawn")
        for group in explorer.area.get_by_role("group").all():
            pictures = []
            for button in group.get_by_role("button").all():
                button.press("Space")
                pictures.append(look(group.get_attribute("aria-label"), button.inner_text()))
            differ(group.get_attribute("aria-label"), *pictures)
        for box in explorer.area.get_by_role("checkbox").all():
            differ(box, *(box.press("Space") or look("box", turn) for turn in ("once", "twice")))
        for button in explorer.area.get_by_role("button", name=re.compile("^back to")).all():
            button.press("Space")
            start = look("player", "start")
            explorer.area.get_by_role("button", name=re.compile("^play")).press("Space")
            explorer.area.get_by_role("button", name=re.compile("^pause")).press("Space", delay=900)
            differ("play", start, look("player", "played"))
    assert not wrong, "\n".join(wrong)


@each_notebook
def test_browser_console(ran):
    """An error that only the console shows is a control or a picture that failed unseen."""
    assert ran.console == []


@pytest.mark.parametrize(
    "opened",
    {max(FILES, key=written_explorers), max(filter(trains, FILES), key=written_explorers)},
    indirect=True,
)
def test_saved_and_opened_again(ran, course):
    """A reader who comes back would find "model not found" in place of every explorer."""
    name = ran.name.removesuffix(".ipynb")
    ran.command("docmanager:save")
    assert "widget-view" in (course.server.folder / "notebooks" / ran.name).read_text("utf-8")
    for kernel, live in (("goes on", True), ("starts anew", False), ("has ended", False)):
        if kernel == "starts anew":
            ran.server.ask(f"kernels/{ran.sessions()[0]['kernel']['id']}/restart", "POST")
        if kernel == "has ended":
            ran.close()
            ran = course.open(ran.name)
        else:
            ran.page.reload(wait_until="commit")
            ran.wait_until_drawn()
        alive = ran.page.locator("img.widget-image")
        ran.page.wait_for_function(
            "n => document.querySelectorAll('img.widget-image').length === n",
            arg=written_explorers(name) * live,
        )
        ran.settle()
        assert alive.count() == written_explorers(name) * live
        assert_nothing_bad(ran.sight(), name)
    ran.close()


def test_a_wrong_answer_is_named_and_a_right_one_accepted(course, artefacts):
    """A reader who errs must learn how; one who is right must be told so."""
    stub = 'def my_softmax(y):\n    {}\n\nexercises.check("3.1", my_softmax)'
    name = next(name for name, code in FILES.items() if any("my_softmax" in c.source for c in code))
    with course.open(f"{name}.ipynb") as notebook:
        cells = notebook.page.locator(".jp-CodeCell")
        imports = next(cell.source for cell in FILES[name] if "exercises" in cell.source)
        cell = cells.filter(has_text="def my_softmax").first
        notebook.run(cells.first, imports)
        said = notebook.run(cell, stub.format("return np.exp(y) / np.exp(y).sum()"))
        cell.screenshot(path=artefacts / "exercise-wrong.png")
        assert "not yet" in said
        assert "overflows" in said
        said = notebook.run(cell, stub.format("e = np.exp(y - y.max()); return e / e.sum()"))
        cell.screenshot(path=artefacts / "exercise-right.png")
        assert said == "Exercise 3.1: correct."
