"""Explorers: pictures follow the controls, faces are stored, errors are seen."""

import io
import itertools
import json
import random
import warnings
from pathlib import Path

import ipywidgets as widgets
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from helpers import live

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def small(update_fails=False):
    def compute(height):
        if height > 8:
            raise ValueError("height must be at most 8; lower the slider.")
        return {"height": height}

    def picture(fig):
        ax = fig.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 10))
        (line,) = ax.plot([0, 1], [0, 0], animated=True)

        def update(data):
            line.set_ydata([data["height"], data["height"]])
            return f"height {data['height']}"

        return update

    return live.Explorer(compute, picture, {"height": live.slider("height", 0, 10, 3, 1)})


def test_picture_follows_and_returns():
    """A slider that changes nothing, or leaves a trail behind, teaches something false."""
    explorer = small()
    first = bytes(explorer._image.value)
    explorer.controls["height"].value = 7
    assert explorer.line == "height 7"
    assert bytes(explorer._image.value) != first
    explorer.controls["height"].value = 3
    assert bytes(explorer._image.value) == first


def test_bundle_has_view_picture_and_text():
    """The stored notebook keeps picture and text; without them it opens to a grey panel."""
    data, metadata = small()._repr_mimebundle_()
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"] == "Explorer: height 3"
    assert "height 3" in metadata["image/png"]["alt"]


def test_errors_of_compute_are_shown():
    """A silent failure would leave the old picture beside the new slider position."""
    explorer = small()
    explorer.controls["height"].value = 9
    assert "lower the slider" in explorer._words.value
    assert isinstance(explorer.error, ValueError)
    explorer.controls["height"].value = 5
    assert explorer.error is None
    assert "height 5" in explorer._words.value


def test_controls_must_match_compute():
    """A misspelt control is found when the cell runs, not when the reader drags."""
    with pytest.raises(TypeError):
        live.Explorer(
            lambda depth: {}, lambda fig: lambda data: "", {"height": live.switch("h", True)}
        )


def positions(control):
    """Return the ends of a control's range."""
    control = getattr(control, "slider", control)
    if isinstance(control, widgets.FloatLogSlider):
        return [control.base**control.min, control.base**control.max]
    if isinstance(control, widgets.ToggleButtons):
        return (
            [v for _, v in control._options_full]
            if control._options_full
            else list(control.options)
        )
    if isinstance(control, widgets.Checkbox):
        return [False, True]
    return [control.min, control.max]


def somewhere(control, rng):
    ends = positions(control)
    if isinstance(control, widgets.ToggleButtons | widgets.Checkbox):
        return rng.choice(ends)
    control = getattr(control, "slider", control)
    if isinstance(control, widgets.FloatLogSlider):
        return control.base ** rng.uniform(control.min, control.max)
    if isinstance(control, widgets.IntSlider):
        return rng.randint(control.min, control.max)
    return min(
        control.min + control.step * rng.randint(0, 10**6) % (control.max - control.min),
        control.max,
    )


def explorers(path):
    """Run a notebook's cells up to its last explorer, without a kernel; collect the explorers."""
    found, space = [], {"__name__": "notebook"}
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    last = max(k for k, cell in enumerate(cells) if "live.Explorer(" in cell.source)
    for cell in cells[: last + 1]:
        lines = cell.source.rstrip()
        at = lines.rfind("\nlive.Explorer(") + 1 if "\nlive.Explorer(" in lines else 0
        if lines[at:].startswith("live.Explorer("):
            lines = f"{lines[:at]}_explorer = {lines[at:]}"
        exec(compile(lines, f"{path.name}", "exec"), space)
        if "_explorer" in space:
            found.append(space.pop("_explorer"))
    return found


WITH_EXPLORERS = [
    path for path in NOTEBOOKS if "live.Explorer(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", WITH_EXPLORERS, ids=lambda path: path.stem)
def test_explorers_survive_every_corner(path, monkeypatch, capsys):
    """No setting a reader can reach may raise, warn, or draw what is not finite unsaid."""
    monkeypatch.chdir(path.parent)
    with plt.rc_context():
        found = explorers(path)
        assert len(found) == json.loads(path.read_text())["cells"].__str__().count("live.Explorer(")
        rng = random.Random(7)
        for explorer in found:
            controls = explorer.controls
            corners = list(itertools.product(*(positions(c) for c in controls.values())))
            rng.shuffle(corners)
            some = [[somewhere(c, rng) for c in controls.values()] for _ in range(20)]
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                for values in corners[:40] + some:
                    settings = dict(zip(controls, values, strict=True))
                    picture, line = explorer.render(explorer.compute(**settings))
                    assert picture.startswith(b"\x89PNG"), settings
                    assert line and "nan" not in line, settings
            for name, control in controls.items():
                pictures = set()
                for value in positions(control):
                    settings = {**explorer.settings, name: value}
                    pictures.add(explorer.render(explorer.compute(**settings))[0])
                assert len(pictures) > 1, f"{path.stem}: moving {name!r} changes nothing"
    capsys.readouterr()


def test_png_of_explorer_is_the_figure_as_drawn():
    """Moving artists over a saved background must give what drawing all anew would give."""
    from PIL import Image

    explorer = small()
    explorer.controls["height"].value = 6
    moved = np.asarray(Image.open(io.BytesIO(explorer._image.value))).astype(int)
    for artist in explorer._drawn:
        artist.set_animated(False)
    explorer._canvas.draw()
    drawn = np.asarray(explorer._canvas.buffer_rgba())[..., :3].astype(int)
    # The line is drawn above the frame in one and below it in the other: a few pixels may differ.
    assert (np.abs(moved - drawn).max(axis=2) > 40).mean() < 0.002
