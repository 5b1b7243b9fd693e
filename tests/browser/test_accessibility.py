"""Outputs with a screen reader and a keyboard: one notebook for each kind of control."""

import lab
import pytest
from axe_playwright_python.sync_playwright import Axe

SOURCES = {path.stem: path.read_text("utf-8") for path in (lab.ROOT / "notebooks").glob("*.ipynb")}
KINDS = ("live.player(", "live.switch(", "live.choice(")
SOME = {next(n for n in sorted(SOURCES) if kind in SOURCES[n]) for kind in KINDS}
pytestmark = pytest.mark.parametrize("opened", sorted(SOME), indirect=True)
FOCUSABLE = ":is(button, input, [tabindex='0']):not([disabled])"


def test_axe_finds_nothing(ran):
    """Names, roles, contrast: what the usual checker of accessibility would hold against us.

    JupyterLab itself drops the alternative text of a stored picture and marks up its outputs;
    what is ours lies inside.
    """
    where = {"include": [[".jp-OutputArea-output:not(.jp-RenderedImage)"]]}
    found = Axe().run(ran.page, context=where).response["violations"]
    assert not [(v["id"], node["html"]) for v in found for node in v["nodes"]]


def test_every_control_is_named_and_reached_by_tab(ran):
    """A screen reader would say "slider, 0.5", and not of what."""
    roles = {".widget-slider": "slider", ".widget-toggle-buttons": "group",
             ".widget-checkbox": "checkbox"}  # fmt: skip
    for explorer in ran.explorers():
        named = 0
        for kind, role in roles.items():
            for control in explorer.area.locator(kind).all():
                label = control.locator(".widget-label:visible, span:visible").first.inner_text()
                names = explorer.area.get_by_role(role, name=label.strip(), exact=True)
                assert names.count() == 1, (explorer.name, label)
                named += 1
        assert named, explorer.name
        explorer.area.locator(FOCUSABLE).first.focus()
        reached = 0
        while explorer.area.locator(":focus").count():
            reached += explorer.area.locator(f"{FOCUSABLE}:focus").count()
            ran.page.keyboard.press("Tab")
        assert reached == explorer.area.locator(FOCUSABLE).count(), explorer.name


def test_the_chosen_button_is_told(ran):
    """Which button is chosen would be told by its shade alone."""
    for explorer in ran.explorers():
        for group in explorer.area.get_by_role("group").all():
            for button in group.get_by_role("button").all():
                button.press("Space")
                ran.settle()
                (pressed,) = group.get_by_role("button", pressed=True).all()
                assert pressed.inner_text() == button.inner_text()


def test_picture_and_status_say_what_is_to_be_seen(ran):
    """Readers who do not see the picture would not learn that it changed, nor how.

    The region of status must stay while its words change: one that is replaced is not read out.
    """
    for explorer in ran.explorers():
        status = explorer.area.get_by_role("status").element_handle()
        for key in ("Home", "End"):
            explorer.area.get_by_role("slider").first.press(key)
            ran.settle()
            assert status.is_visible() and status.inner_text() == explorer.line
            assert status.get_attribute("aria-live") == "polite"
            alt = explorer.area.locator("img.widget-image").get_attribute("alt")
            assert explorer.line.strip() and alt.endswith(explorer.line)


def test_keyboard_moves_sliders_as_expected(ran):
    """Arrow keys, Page Up and Down, Home and End are what hands and screen readers know."""
    for slider in (s for e in ran.explorers() for s in e.area.get_by_role("slider").all()):

        def at(key, slider=slider):
            slider.press(key)
            return lab.place(slider)[1]

        low, _, high = lab.place(slider)
        assert at("Home") == low
        one = at("ArrowRight")
        assert low < one <= high
        assert [at(key) for key in ("ArrowLeft", "ArrowUp", "ArrowDown")] == [low, one, low]
        assert at("PageUp") >= one and at("PageDown") == low and at("End") == high
        ran.settle()
        readout = slider.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]")
        said = readout.get_by_role("textbox").inner_text()
        assert slider.get_attribute("aria-valuetext") == said


def test_focus_is_seen(ran):
    """Without a mark around it, nobody knows which slider the keys will move."""
    for explorer in ran.explorers():
        for control in explorer.area.locator(FOCUSABLE).all():
            control.focus()
            ran.page.keyboard.press("Shift")  # the browser shows focus only to keyboards
            mark = control.evaluate("node => getComputedStyle(node).outline")
            assert "solid 3px" in mark and "0, 114, 178" in mark, mark
