"""Explorers with a screen reader: what Chromium's accessibility tree says of them."""

import pytest
from lab import Box, Buttons, Play, Slider

EXPLORERS = {  # one notebook for each kind of control
    "04_recurrent_networks.ipynb": {Play, Slider, Buttons},
    "06_lstm.ipynb": {Box, Slider},
    "07_vanishing_and_exploding.ipynb": {Slider, Buttons},
}


@pytest.fixture(scope="module", params=EXPLORERS)
def notebook(request, browser):
    with browser.open(request.param) as notebook:
        notebook.run_all()
        yield notebook


def tree(area):
    """The accessible objects below a locator: dicts of role, name, value and properties."""
    page = area.page
    area.evaluate("element => { window.courseArea = element; }")
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": "window.courseArea"})["result"]
    nodes = session.send("Accessibility.queryAXTree", {"objectId": found["objectId"]})["nodes"]
    session.detach()
    for node in nodes:
        if not node["ignored"]:
            more = {p["name"]: p["value"].get("value") for p in node.get("properties", [])}
            words = {key: node.get(key, {}).get("value") for key in ("role", "name", "value")}
            yield more | words


def test_every_control_is_named_and_reached_by_tab(notebook):
    """A screen reader would say "slider, 0.5", and not of what."""
    met = set()
    for explorer in notebook.explorers():
        objects = list(tree(explorer.area))
        for control in explorer.controls():
            met.add(type(control))
            wanted = {Play: "button", Slider: "slider", Buttons: "group", Box: "checkbox"}
            here = [o for o in tree(control.area) if o["role"] == wanted[type(control)]]
            label = control.label if not isinstance(control, Play) else control._slider.label
            assert label, f"{explorer.name}: a control without a label"
            assert here and all(label in o["name"] for o in here), (explorer.name, label, here)
        moving = [o for o in objects if o.get("focusable")]
        icons = [o for o in moving if any("\ue000" <= c <= "\uf8ff" for c in o["name"])]
        assert all(o["name"] for o in moving) and not icons, moving
        assert len({(o["role"], o["name"]) for o in moving}) == len(moving), "two of one name"
    assert met == EXPLORERS[notebook.name]


def test_the_chosen_button_is_told(notebook):
    """Which button is chosen would be told by its shade alone."""
    for explorer in notebook.explorers():
        for control in explorer.controls():
            if isinstance(control, Buttons):
                for number in range(len(control.options)):
                    control.choose(number)
                    explorer.page.wait_for_timeout(50)
                    pressed = [o["pressed"] for o in tree(control.area) if o["role"] == "button"]
                    assert [state == "true" for state in pressed].index(True) == number
                    assert pressed.count("true") == 1
                control.back()


def test_picture_and_status_say_what_is_to_be_seen(notebook):
    """Readers who do not see the picture would not learn that it changed, nor how.

    The region of status must stay while its words change: one that is replaced is not read out.
    """
    for explorer in notebook.explorers():
        control = next(c for c in explorer.controls() if isinstance(c, Slider | Box | Buttons))
        status = explorer.area.locator("[role=status][aria-live=polite]").element_handle()
        image = explorer.area.locator("img.widget-image")
        for _, go in control.positions():
            line, picture = explorer.line, explorer.sha()
            assert line.strip()
            assert image.get_attribute("alt").endswith(line)
            go()
            assert explorer.wait(lambda sha, old=picture: sha != old), explorer.name
            notebook.settle()
            assert status.is_visible() and status.inner_text() == explorer.line
        control.back()


def test_keyboard_moves_sliders_as_expected(notebook):
    """Arrow keys, Page Up and Down, Home and End are what hands and screen readers know."""
    for explorer in notebook.explorers():
        for slider in (c for c in explorer.controls() if isinstance(c, Slider)):
            for key, goes in (("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowUp", 1),
                              ("ArrowDown", 0), ("PageUp", 5), ("PageDown", 0)):  # fmt: skip
                slider.press(key)
                at = min(slider.low + goes * slider.step, slider.high)
                assert slider.position == pytest.approx(at, abs=1e-6), (slider.label, key)
            slider.press("End")
            assert slider.position == pytest.approx(slider.high)
            said = slider.area.locator(".noUi-handle").get_attribute("aria-valuetext")
            assert said == slider.readout
            slider.back()


def test_focus_is_seen(notebook):
    """Without a mark around it, nobody knows which slider the keys will move."""
    for explorer in notebook.explorers():
        for control in explorer.controls():
            control.focus()
            explorer.page.keyboard.press("Shift")  # the browser shows focus only to keyboards
            mark = control._target().evaluate("node => getComputedStyle(node).outline")
            assert "solid 3px" in mark and "0, 114, 178" in mark, mark
