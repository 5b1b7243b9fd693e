"""Pictures and explorers of all pages: nothing is drawn wrong, unsaid, too pale or too small.

The pages' cells run once, without a kernel, and with one seed for several. Explorers go through
their corners and random settings. Contrast and size are measured on the figures themselves: each
is drawn with its letters recorded and left out, and what remains is what stands behind them.
"""

import contextlib
import io
import itertools
import random
import re
import time
import warnings

import ipywidgets as widgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, StepPatch
from matplotlib.text import Text
from test_live import small

from helpers import draw, gradcheck, live, style
from tools import course

SOURCES = {p.stem: [cell.source for cell in course.code(course.read(p))] for p in course.paths()}


@pytest.fixture(scope="module")
def pictures(request):
    """Return the figures and the explorers of the page ``request.param``, in order."""
    made, explorer = [], live.Explorer

    class Seen(explorer):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    with pytest.MonkeyPatch.context() as patch, plt.rc_context():
        patch.setattr(draw, "show", lambda fig, alt: made.append(fig))
        patch.setattr(live, "Explorer", Seen)
        patch.setattr(gradcheck, "claim", lambda *_, **__: None)  # one seed bears none
        patch.chdir(course.NOTEBOOKS)
        space = {"__name__": "notebook"}
        with contextlib.redirect_stdout(io.StringIO()):
            for source in SOURCES[request.param]:
                source = re.sub(r"(for (?:seed|step) in range)\([\d, ]+\)", r"\1(1)", source)
                exec(compile(source, request.param, "exec"), space)
        yield made
    plt.close("all")


each_page = pytest.mark.parametrize("pictures", SOURCES, indirect=True)


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
    """Return the value at one of the control's steps, each equally likely."""
    if isinstance(control, widgets.ToggleButtons | widgets.Checkbox):
        return rng.choice(positions(control))
    control = getattr(control, "slider", control)
    steps = round((control.max - control.min) / control.step)
    place = min(control.min + rng.randint(0, steps) * control.step, control.max)
    return control.base**place if isinstance(control, widgets.FloatLogSlider) else place


def test_random_settings_are_steps_of_their_slider():
    """Else the storm below tries settings that no reader can reach, and misses those between."""
    rng = random.Random(0)
    for control, steps in (
        (live.slider("n", 2, 5, 2, 1), [2, 3, 4, 5]),
        (live.slider("x", 0.1, 0.35, 0.1, 0.05), [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]),
        (live.slider("x", 0.0, 1.0, 0.0, 0.3), [0.0, 0.3, 0.6, 0.9]),
        (live.log_slider("s", -2, 1, 1.0, 0.5), [10 ** (k / 2) for k in range(-4, 3)]),
        (live.player("t", 0, 3), [0, 1, 2, 3]),
        (live.choice("f", [("one", 1), ("two", 2)]), [1, 2]),
    ):
        met = sorted({round(somewhere(control, rng), 9) for _ in range(200)})
        assert met == pytest.approx(steps)
        assert all(type(value) is type(steps[0]) for value in met)


SAYS_SO = re.compile("overflow|infinite|beyond|too large")


def arrays(data, kinds):
    """Yield all arrays of these kinds in what ``compute`` returned, however they are packed."""
    if isinstance(data, dict | list | tuple):
        for part in data.values() if isinstance(data, dict) else data:
            yield from arrays(part, kinds)
    elif np.asarray(data).dtype.kind in kinds:
        yield np.asarray(data)


def drawn_numbers(artist):
    """Return what of an artist must be finite; NaN in an image is white paper, on purpose."""
    if isinstance(artist, Line2D):
        return artist.get_xydata()
    if isinstance(artist, StepPatch):
        return artist.get_data().values
    if isinstance(artist, AxesImage):
        return np.nan_to_num(np.ma.filled(artist.get_array(), 0), posinf=np.inf, neginf=-np.inf)
    if isinstance(artist, Text):
        return artist.get_position()
    return artist.get_path().vertices if isinstance(artist, Patch) else ()


def unsaid(explorer, data, line):
    """Return what is not finite and not marked, in the words or in the picture; "" is good."""
    words = [line, *(a.get_text() for a in explorer._drawn if isinstance(a, Text))]
    sampled = {str(word) for word in arrays(data, "U")}  # among them Nan, a first name
    for text in words:
        found = re.search(r"(?i)(?<![a-z])(nan|inf)(?![a-z])", text)
        if found and found[0] not in sampled:
            return f"bare nan or inf in the words {text!r}"
    infinite = any(np.isinf(array).any() for array in arrays(data, "fc"))
    if infinite and not SAYS_SO.search(" ".join(words)):
        return f"an infinity is not said in the words {line!r}"
    for artist in explorer._drawn:
        if artist.get_visible() and not np.isfinite(drawn_numbers(artist)).all():
            return f"{artist} is not drawn, because it is not finite"
    return "" if line else "no words"


@pytest.mark.parametrize(
    ("value", "drawn", "line", "found"),
    [
        (7.0, 7.0, "height 7", ""),
        (7.0, np.nan, "height 7", "is not drawn"),
        (np.nan, 7.0, "height nan", "bare nan"),
        (np.inf, 10.0, "height -inf", "bare nan or inf"),
        (np.inf, 10.0, "height 10 or more", "an infinity is not said"),
        (np.inf, 10.0, "The height overflows; it is drawn at the edge.", ""),
        (np.inf, np.inf, "The height overflows.", "is not drawn"),
        (["Nan"], 7.0, "A name: Nan.", ""),
    ],
)
def test_what_is_not_finite_must_be_marked(value, drawn, line, found):
    """The storm below would pass a picture without its curve, or words no reader understands."""
    explorer = small()
    explorer._drawn[0].set_ydata([drawn, drawn])
    assert found in unsaid(explorer, {"value": value}, line)
    assert bool(found) == bool(unsaid(explorer, {"value": value}, line))


@each_page
def test_explorers_survive_every_corner(pictures, capfd, caplog, request):
    """No setting a reader can reach may raise, warn, or draw what is not finite unsaid."""
    asked = request.config.getoption("--settings")
    many, rng = asked or 20, random.Random(7)
    page = request.node.callspec.params["pictures"]
    found = [one for one in pictures if isinstance(one, live.Explorer)]
    assert len(found) == "\n".join(SOURCES[page]).count("live.Explorer(")
    capfd.readouterr(), caplog.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n, explorer in enumerate(found, start=1):
            start, controls = time.perf_counter(), explorer.controls
            corners = list(itertools.product(*(positions(c) for c in controls.values())))
            rng.shuffle(corners)
            some = [[somewhere(c, rng) for c in controls.values()] for _ in range(many)]
            first, _ = explorer.paint(explorer.compute(**explorer.settings))
            for values in corners[: 2 * many] + some:
                settings = dict(zip(controls, values, strict=True))
                data = explorer.compute(**settings)
                _, line = explorer.paint(data)
                assert not unsaid(explorer, data, line), f"{settings}: {line}"
            again, _ = explorer.paint(explorer.compute(**explorer.settings))
            assert (again == first).all(), "something of another setting stays in the picture"
            for name, control in controls.items():
                ends = ({**explorer.settings, name: value} for value in positions(control))
                seen = {explorer.paint(explorer.compute(**end))[0].tobytes() for end in ends}
                assert len(seen) > 1, f"moving {name!r} changes nothing"
            assert capfd.readouterr() == ("", "") and not caplog.records
            if asked:
                with capfd.disabled():
                    print(f"\n{page:<30} explorer {n}: {min(len(corners), 2 * many):4} of "
                          f"{len(corners):4} corners, {many} random settings, "
                          f"{time.perf_counter() - start:5.1f} s", end=" ")  # fmt: skip


def contrast(one, other):
    """The contrast, 1 to 21, of colours (..., 3) from 0 to 1 (WCAG 2.2, relative luminance)."""
    bright = []
    for rgb in (one, other):
        rgb = np.asarray(rgb, float)
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        bright.append(linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    return np.maximum(*bright) / np.minimum(*bright)


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
    for artist in picture._drawn:
        artist.set_animated(False)
    controls = picture.controls.items()
    reach = {name: [control.value, *positions(control)] for name, control in controls}
    for k in range(max(map(len, reach.values()))):
        place = {name: values[k % len(values)] for name, values in reach.items()}
        picture._update(picture.compute(**place))
        yield picture._figure


@each_page
def test_every_text_can_be_read(pictures):
    """Pale letters, or letters of fewer than 9 pixels, are lost on many readers and projectors.

    No text of the course is large (18 pt, or 14 pt bold), so 4.5:1 holds for all. A line may cross
    a text: a third of what is behind it may be closer in brightness.
    """
    wrong = set()
    for fig in itertools.chain.from_iterable(map(drawn, pictures)):
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
