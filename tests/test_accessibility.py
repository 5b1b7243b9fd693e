"""Figures can be read by those who see little, no colours, or nothing.

Contrast and size are measured on the figures themselves: the notebooks' cells run without a
kernel, with shortened training, and each figure is drawn with its letters recorded and left out.
What remains is exactly what stands behind them.
"""

import contextlib
import itertools
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers import draw, gradcheck, live, style, training

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = {
    path.stem: nbformat.read(path, as_version=4).cells
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
}
ASIDE = ("falls, ahead =", "rate=2.0)", "for T in (5, 10, 25)", "own, history, _ =")
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def contrast(one, other):
    """The contrast, 1 to 21, of colours (..., 3) from 0 to 1 (WCAG 2.2, relative luminance)."""
    bright = []
    for rgb in (one, other):
        rgb = np.asarray(rgb, float)
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        bright.append(linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    return np.maximum(*bright) / np.minimum(*bright)


def sources(name):
    """A notebook's code with one seed and step for several, without slow cells ``ASIDE``."""
    for cell in NOTEBOOKS[name]:
        if cell.cell_type == "code" and not any(words in cell.source for words in ASIDE):
            yield re.sub(r"(for (?:seed|step) in range)\([\d, ]+\)", r"\1(1)", cell.source)


@pytest.fixture
def pictures(monkeypatch, capsys):
    """Return a function: a notebook's name to its figures and explorers."""

    def of(name):
        made, explorer, fit = [], live.Explorer, training.fit

        class Seen(explorer):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                made.append(self)

        def short(loss, params, data, optimiser, *, steps, **how):
            return fit(loss, params, itertools.islice(data, 3), optimiser, steps=3, **how)

        monkeypatch.setenv("COURSE_PROGRESS", "off")
        monkeypatch.setattr(draw, "show", lambda fig, alt: made.append(fig))
        monkeypatch.setattr(live, "Explorer", Seen)
        monkeypatch.setattr(training, "fit", short)
        monkeypatch.setattr(gradcheck, "claim", lambda *_, **__: None)  # one seed bears none
        monkeypatch.chdir(ROOT / "notebooks")
        space = {"__name__": "notebook"}
        for source in sources(name):
            exec(compile(source, name, "exec"), space)
        return made

    with plt.rc_context():
        yield of
    plt.close("all")
    capsys.readouterr()


def letters(fig):
    """Draw a figure without its letters; return (text, points, colour, behind) of each line."""
    lines, canvas = [], fig.canvas
    renderer = canvas.get_renderer()

    def record(gc, x, y, text, font, angle, ismath=False, mtext=None):
        width, height, below = renderer.get_text_width_height_descent(text, font, ismath)
        turn = np.deg2rad(angle)
        turn = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        corners = np.array(
            [(0, below), (width, below), (0, below - height), (width, below - height)]
        )
        corners = (corners @ turn.T + (x, y)).round().astype(int).clip(0)
        if text.strip():
            colour = np.append(gc.get_rgb(), 1.0)[:4]
            lines.append((text, font.get_size_in_points(), colour, corners))

    with contextlib.ExitStack() as after:
        after.callback(vars(renderer).pop, "draw_text")
        renderer.draw_text = record
        canvas.draw()
    paper = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    for text, points, colour, corners in lines:
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        yield text, points, colour, paper[top:bottom, left:right].reshape(-1, 3)


def drawn(picture):
    """Yield a figure; for an explorer, at its start and with every control at its ends."""
    if isinstance(picture, Figure):
        yield picture
        return
    for artist in picture._figure.findobj(lambda artist: artist.get_animated()):
        artist.set_animated(False)
    reach = {name: [control.value, *ends(control)] for name, control in picture.controls.items()}
    for k in range(max(map(len, reach.values()))):
        place = {name: values[k % len(values)] for name, values in reach.items()}
        picture._update(picture.compute(**place))
        yield picture._figure


def ends(control):
    control = getattr(control, "slider", control)
    if hasattr(control, "base"):
        return [control.base**control.min, control.base**control.max]
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [value for _, value in getattr(control, "_options_full", [(0, False), (1, True)])]


@each_notebook
def test_every_text_can_be_read(name, pictures):
    """Pale letters, or letters of fewer than 9 pixels, are lost on many readers and projectors.

    No text of the course is large (18 pt, or 14 pt bold), so 4.5:1 holds for all. A line may cross
    a text: a third of what is behind it may be closer in brightness.
    """
    wrong = set()
    for fig in itertools.chain.from_iterable(map(drawn, pictures(name))):
        for text, points, colour, behind in letters(fig):
            against = contrast(colour[3] * colour[:3] + (1 - colour[3]) * behind, behind)
            if (against < 4.5).mean() > 1 / 3:
                wrong.add(f"{text!r}: contrast {np.median(against):.2f}:1")
            height = points * fig.dpi / 72 * (0.7 if re.search(r"\$.*[_^].*\$", text) else 1.0)
            if height < 9:
                wrong.add(f"{text!r}: letters of {height:.1f} pixels")
    assert not wrong


@pytest.mark.parametrize("signed", [True, False])
def test_numbers_on_heat_maps_can_be_read_on_every_colour(signed):
    """Some shade between dark and pale would hide its number."""
    fig, ax = plt.subplots()
    image = draw.heat(ax, [[1.0]], signed=signed)
    for value in np.linspace(-1 if signed else 0, 1, 201):
        behind = image.cmap(image.norm(value))[:3]
        assert contrast(mpl.colors.to_rgb(draw.tone(image, value)), behind) >= 4.5
    plt.close(fig)


def test_negative_entries_are_marked():
    """Without colours, red and blue of one strength are the same grey."""
    fig, ax = plt.subplots()
    draw.minus(draw.heat(ax, [[-1.0, 1.0, np.nan], [0.3, -0.05, -0.5]]))
    (marks,) = ax.collections
    assert [(a + b).tolist() for a, b in marks.get_segments()] == [[0, 0], [4, 2]]
    plt.close(fig)


def test_each_colour_has_an_ink_for_white_paper():
    """Orange letters on white have a contrast of 2.2:1."""
    for colour in (style.FORWARD, style.GRADIENT, style.REFERENCE, style.FRAME):
        assert contrast(mpl.colors.to_rgb(style.ink(colour)), (1, 1, 1)) >= 4.5


def test_hovering_tells_the_label():
    """Without a tooltip of their own, the labels of ipywidgets say "null" under the mouse."""
    for control in (
        live.slider("rate", 0.0, 1.0, 0.5, 0.1),
        live.log_slider("rate", -3, 0, 0.1),
        live.choice("rate", ["slow", "fast"]),
        live.player("rate", 0, 3).slider,
    ):
        assert control.tooltip == control.description == "rate"


@each_notebook
def test_words_follow_each_picture(name):
    """A picture without a sentence that reads it leaves half of its readers guessing."""
    cells = NOTEBOOKS[name]
    for k, cell in enumerate(cells):
        if cell.cell_type == "code" and any("image/png" in o.get("data", {}) for o in cell.outputs):
            after = next(cell for cell in cells[k + 1 :] if cell.cell_type == "markdown")
            between = cells[k + 1 : cells.index(after)]
            assert not any("image/png" in str(cell.get("outputs")) for cell in between), k
            assert len(after.source.split()) >= 8, f"cell {k}: {after.source!r}"
