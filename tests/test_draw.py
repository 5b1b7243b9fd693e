"""The static figures: graphs drawn edge by edge, and pictures that keep their text and colours."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import draw
from helpers.draw import plots
from helpers.graph import Node


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def product(value=3.0):
    leaf = Node(value, name="a")
    return leaf * leaf


def texts(artists):
    return [text.get_text() for text in artists.values()]


@pytest.mark.parametrize("twice", [lambda a: a + a, lambda a: a * a])
def test_two_uses_are_two_edges_drawn_apart(ax, twice):
    """a + a would look like one arrow with the gradient 1."""
    picture = draw.graph(ax, twice(Node(3.0, name="a")))
    assert set(picture.arrows) == {(0, 0), (0, 1), (0, "out")}
    upper, lower = picture.values[0, 0].xy, picture.values[0, 1].xy
    assert np.hypot(*np.subtract(upper, lower)) > 0.5
    bends = [picture.arrows[0, k].arrowprops["connectionstyle"] for k in (0, 1)]
    assert bends[0] != bends[1]


def test_gradients_are_drawn_only_where_a_backward_pass_left_them(ax):
    """A picture of the forward pass would show gradients that nobody has computed."""
    root = product()
    picture = draw.graph(ax, root)
    assert texts(picture.values) == ["3", "3", "9"]
    assert texts(picture.gradients) == ["", "", ""]
    assert texts(picture.sums) == [""]
    root.backward()
    picture.update(root)
    assert texts(picture.gradients) == ["3", "3", "1"]
    assert texts(picture.sums) == ["da = 3 + 3 = 6"]


def test_a_step_shows_upstream_times_local_and_what_is_missing(ax):
    """The stepper of notebook 01 would show a sum before every use has reported."""
    a, b = Node(2.0, name="a"), Node(-5.0, name="b")
    root = a * b + a
    root.backward()
    picture = draw.graph(ax, root)
    picture.update(root, done=1)
    assert texts(picture.sums) == ["da = 1 + ?"]
    assert picture.gradients[0, 0].get_text() == "1 × 1 = 1"
    assert picture.arrows[0, 0].get_visible()
    assert [text.get_visible() for text in ax.texts if text.get_zorder() == 1].count(False) == 2
    picture.update(root, done=2)
    assert "1 × (−5) = −5" in texts(picture.gradients)
    assert texts(picture.sums) == ["da = 1 + (−5) = −4"]
    assert len(picture.ring.get_xdata()) == 1


def test_update_moves_artists_and_creates_none(ax):
    """An explorer would grow slower, and smear, with each move of a slider."""
    picture = draw.graph(ax, product(), animated=True)
    before = ax.get_children()
    for done in (None, 0, 1):
        root = product(-7.0)
        root.backward()
        picture.update(root, done=done)
    assert ax.get_children() == before
    assert texts(picture.values) == ["−7", "−7", "49"]
    assert all(text.get_animated() for text in picture.values.values())


def test_show_displays_the_picture_with_its_text(ax, monkeypatch):
    """The alt text would be lost on the way into the notebook, or the figure stay open."""
    shown = []
    monkeypatch.setattr(plots, "display", lambda data, **how: shown.append((data, how)))
    alt = "A line that rises from 0 to 1."
    ax.plot([0, 1])
    draw.show(ax.figure, alt)
    [(data, how)] = shown
    assert how["raw"]
    assert data["text/plain"] == alt
    told = how["metadata"]["image/png"]
    assert told["alt"] == alt
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.format == "PNG"
    assert picture.size == (2 * told["width"], 2 * told["height"])
    assert not plt.fignum_exists(ax.figure.number)


def test_compact_keeps_the_extreme_colours_of_a_heat_map():
    """The strongest cell of a heat map, often a single one, would be drawn paler than it is."""
    fig, ax = plt.subplots(figsize=(4, 4), layout="none")
    ax.set_position([0, 0, 1, 1])
    values = np.linspace(-0.9, 0.9, 400).reshape(20, 20)
    values[0, 0], values[-1, -1] = -1, 1
    image = draw.heat(ax, values)
    picture = np.asarray(Image.open(io.BytesIO(draw.png(fig))).convert("RGB")).astype(int)
    plt.close(fig)
    for row, value in ((10, -1), (-10, 1)):
        true = np.array(image.cmap(image.norm(value), bytes=True)[:3], int)
        assert np.abs(picture[row, row] - true).max() <= 3


def test_compact_uses_few_colours():
    """A notebook of figures would pass the size at which it still opens fast."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    small = Image.open(io.BytesIO(draw.compact(Image.fromarray(noise))))
    assert len(small.convert("RGB").getcolors(64 * 64)) <= 256


def test_heat_leaves_nan_white_and_writes_the_other_numbers(ax):
    """A hole in the data would look like a value."""
    image = draw.heat(ax, [[1.0, np.nan], [-2.0, 0.0]], numbers=".1f", rows=["p", "q"])
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "1.0", (0, 1): "\N{MINUS SIGN}2.0", (1, 1): "0.0"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["p", "q"]
    assert not len(ax.get_xticks())
    assert image.get_clim() == (-2, 2)
    drawn = image.make_image(ax.figure.canvas.get_renderer(), unsampled=True)[0]
    opaque = drawn[..., 3] > 0
    assert sorted(opaque.ravel()) == [False, True, True, True]  # white paper shows through
    assert ax.get_facecolor()[:3] == (1, 1, 1)


def test_numbers_can_be_read_on_dark_and_pale_cells(ax):
    """Black on dark blue cannot be read."""
    draw.heat(ax, [[-1.0, 0.0, 1.0]], numbers=".0f")
    assert [text.get_color() for text in ax.texts] == ["white", "black", "white"]
