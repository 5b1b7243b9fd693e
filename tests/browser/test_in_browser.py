"""What a reader sees and does, notebook by notebook, in JupyterLab in a real browser.

Run with `make browser` (one notebook: `ARGS="-k 03"`). Photographs are kept in
artefacts/browser/<notebook>/: the stored page from top to bottom, and each explorer after its
controls were tried. What a page computes is compared by nbval, what an explorer draws at all its
positions is tried in tests/test_pictures.py; here is what only a browser can show.
"""

import lab
import nbformat
import pytest
from playwright.sync_api import expect

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
def test_opened_before_running(opened):
    """A reader who only looks must find every picture and no error, without a kernel's help."""
    assert_nothing_bad(opened.first, opened.name.removesuffix(".ipynb"))


@each_notebook
def test_run_all(ran):
    """Every cell runs, in order, with no error and nothing on stderr; explorers come alive."""
    look, name = ran.look(), ran.name.removesuffix(".ipynb")
    assert_nothing_bad(look, name)
    numbered = enumerate(FILES[name], start=1)  # a folded cell shows no number
    shown = [f"[{k}]:" for k, cell in numbered if "jupyter" not in cell.metadata]
    assert look["prompts"] == shown
    assert len(ran.explorers()) == written_explorers(name)


def controls(area):
    """Yield, for each control of an explorer, its name and a function that moves it elsewhere.

    It is moved back before the next one: a threshold that nothing reaches makes any rule idle.
    """
    for slider in area.get_by_role("slider").all():
        low, here, high = lab.place(slider)
        key = "Home" if here > (low + high) / 2 else "End"
        yield slider.get_attribute("aria-label"), lambda s=slider, key=key: s.press(key)
        slider.evaluate("(s, x) => s.closest('.noUi-target').noUiSlider.set(x)", here)
    for group in area.get_by_role("group").all():
        first = group.get_by_role("button", pressed=True).inner_text()
        other = group.get_by_role("button", pressed=False).last
        yield group.get_attribute("aria-label"), lambda b=other: b.press("Space")
        group.get_by_role("button", name=first, exact=True).press("Space")
    for k, box in enumerate(area.get_by_role("checkbox").all()):
        yield f"box {k}", lambda b=box: b.press("Space")
        box.press("Space")
    if area.get_by_role("button", name="play").count():
        yield "player", lambda: play(area)


def play(area):
    """Play from the start until the picture has changed."""
    area.get_by_role("button", name="back to").press("Space")
    words = area.locator(".course-words").inner_text()
    area.get_by_role("button", name="play").press("Space")
    expect(area.locator(".course-words")).not_to_have_text(words)
    area.get_by_role("button", name="pause").press("Space")


@each_notebook
def test_every_control_of_every_explorer(ran):
    """A control that changes nothing or fails. (Its other positions: tests/test_pictures.py.)"""
    wrong = []
    for explorer in ran.explorers():
        for control, move in controls(explorer.area):
            ran.settle()
            before = explorer.sha()
            move()
            ran.settle()
            if explorer.area.get_by_role("alert").count() or explorer.sha() == before:
                wrong.append(f"{explorer.name}, {control}: nothing changes; {explorer.line}")
        lab.photograph(explorer.area, ran.folder / f"explorer-{explorer.name}.png")
    assert not wrong, "\n".join(wrong)


@each_notebook
def test_after_hurried_moves_the_last_is_drawn(ran):
    """A slider dragged fast would rest beside the picture of another position."""
    for explorer in ran.explorers()[:1]:
        slider, pictures = explorer.area.get_by_role("slider").first, []
        for keys in (["End"], ["PageDown"] * 30 + ["PageUp"] * 9 + ["End"]):
            slider.evaluate(
                """(handle, keys) => keys.forEach(key =>
                     handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))""",
                keys,
            )
            ran.settle()
            pictures.append(explorer.sha())
        assert pictures[0] == pictures[1]


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
            ran.server.ask(f"kernels/{ran.session()['kernel']['id']}/restart", "POST")
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
        ran.page.wait_for_function("() => course.live()")
        ran.settle()
        assert alive.count() == written_explorers(name) * live
        assert_nothing_bad(ran.look(), name)
    ran.close()


def test_a_wrong_answer_is_named_and_a_right_one_accepted(course):
    """A reader who errs must learn how; one who is right must be told so."""
    name = next(name for name, code in FILES.items() if any("my_softmax" in c.source for c in code))
    imports, stub = (next(cell.source for cell in FILES[name] if words in cell.source)
                     for words in ("exercises", "def my_softmax"))  # fmt: skip
    check = next(line for line in stub.splitlines() if "check(" in line)
    with course.open(f"{name}.ipynb") as notebook:
        cells = notebook.page.locator(".jp-CodeCell")
        cell = cells.filter(has_text="def my_softmax").first
        for answer, words in (
            ("return np.exp(y) / np.exp(y).sum()", "overflow"),
            ("e = np.exp(y - y.max()); return e / e.sum()", "correct"),
        ):
            source = f"{imports}\n\ndef my_softmax(y):\n    {answer}\n\n{check}"
            said = notebook.run(cell, source)  # the page's own imports are folded away
            lab.photograph(cell, lab.ROOT / "artefacts" / "browser" / f"exercise-{words}.png")
            assert words in said
