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
    numbered = enumerate(FILES[name], start=1)  # a folded cell shows no number
    shown = [f"[{k}]:" for k, cell in numbered if "jupyter" not in cell.metadata]
    assert look["prompts"] == shown
    assert len(ran.explorers()) == written_explorers(name)


def controls(area):
    """Yield, for each control of an explorer, its name and its moves: name to function."""
    for slider in area.get_by_role("slider").all():
        moves = {key: lambda key=key, s=slider: s.press(key) for key in ("End", "Home")}
        yield slider.get_attribute("aria-label"), {**moves, "hurried": lambda s=slider: hurry(s)}
    for group in area.get_by_role("group").all():
        buttons = group.get_by_role("button").all()
        moves = {button.inner_text(): lambda b=button: b.press("Space") for button in buttons}
        yield group.get_attribute("aria-label"), moves
    for k, box in enumerate(area.get_by_role("checkbox").all()):
        yield f"box {k}", dict.fromkeys(("once", "twice"), lambda box=box: box.press("Space"))
    for back in area.get_by_role("button", name="back to").all():
        yield "player", {"start": lambda b=back: b.press("Space"), "played": lambda: play(area)}


def hurry(slider):
    """Move up to the end as fast as keys come."""
    while lab.place(slider)[1] < lab.place(slider)[2]:
        slider.press("PageUp")


def play(area):
    """Play for a second."""
    area.get_by_role("button", name="play").press("Space")
    area.get_by_role("button", name="pause").press("Space", delay=1000)


@each_notebook
def test_every_control_of_every_explorer(ran):
    """A control that changes nothing, fails, or rests beside another position's picture."""
    wrong = []
    for explorer in ran.explorers():
        for control, moves in controls(explorer.area):
            seen, name = {}, f"explorer-{explorer.name}-{control}"
            for move, go in moves.items():
                go()
                ran.settle()
                if move == "hurried" and explorer.sha() != seen["End"]:
                    ran.page.wait_for_timeout(5000)  # on a busy machine, pictures come late
                seen[move] = explorer.sha()
                file = re.sub(r"\W+", "-", f"{name}-{move}").strip("-")
                explorer.area.screenshot(path=ran.folder / f"{file}.png")
                if explorer.area.get_by_role("alert").count():
                    wrong.append(f"{name}, {move}: it says {explorer.line}")
            if len(set(seen.values())) == 1:
                wrong.append(f"{name} changes nothing")
            if seen.get("hurried") != seen.get("End"):
                wrong.append(f"{name}: the last of many moves is not drawn")
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
    name, folder = ran.name.removesuffix(".ipynb"), ran.folder
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
        assert_nothing_bad(ran.look(folder / kernel.replace(" ", "-")), name)
    ran.close()


def test_a_wrong_answer_is_named_and_a_right_one_accepted(course, artefacts):
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
            cell.screenshot(path=artefacts / f"exercise-{words}.png")
            assert words in said
