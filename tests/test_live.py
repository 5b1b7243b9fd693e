"""Explorers: pictures follow the controls, faces are stored, errors are seen."""

import inspect
import io
import itertools
import random
import re
import time
import warnings
from pathlib import Path

import ipywidgets as widgets
import jupyter_client
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, StepPatch
from matplotlib.text import Text

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


def test_after_a_storm_of_moves_the_last_is_drawn():
    """A slider dragged fast would come to rest beside the picture of another position."""
    made = f"import numpy as np\nfrom helpers import live\n{inspect.getsource(small)}"
    with jupyter_client.run_kernel(kernel_name="python3") as kernel:
        kernel.execute_interactive(f"{made}\nexplorer = small()", timeout=60)
        says = 'print(explorer.controls["height"].model_id, explorer._image.model_id)'
        moved, seen = ask(kernel, says)[0].split()
        for height in [*range(11)] * 6 + [7]:  # above 8 compute fails, and must leave nothing
            update = {"method": "update", "state": {"value": height}, "buffer_paths": []}
            content = {"comm_id": moved, "data": update}
            kernel.shell_channel.send(kernel.session.msg("comm_msg", content))
        said, pictures = ask(kernel, "print(explorer.line, explorer.error)", of=seen)
        assert said == "height 7 None\n"
        _, still = ask(kernel, 'explorer.controls["height"].value = 6', of=seen)
        _, again = ask(kernel, 'explorer.controls["height"].value = 7', of=seen)
        assert pictures[-1] == again[-1] != still[-1]


def ask(kernel, code, of=None):
    """Run code in a kernel; return what it prints, and what pictures the widget ``of`` sends."""
    said, pictures, waiting = "", [], kernel.execute(code)
    while True:
        message = kernel.get_iopub_msg(timeout=30)
        content, mine = message["content"], message["parent_header"].get("msg_id") == waiting
        said += content.get("text", "") if mine else ""
        if content.get("comm_id") == of:
            pictures.extend(bytes(part) for part in message["buffers"])
        if mine and content.get("execution_state") == "idle":
            return said, pictures


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


# Cells that train for seconds and that no explorer needs: what each of them begins with or says.
ASIDE = ("patient = SimpleNamespace",)


def explorers(path):
    """Run a notebook's cells up to its last explorer, without a kernel; collect the explorers."""
    found, space = [], {"__name__": "notebook"}
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    last = max(k for k, cell in enumerate(cells) if "live.Explorer(" in cell.source)
    for cell in cells[: last + 1]:
        if any(words in cell.source for words in ASIDE):
            continue
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
def test_explorers_survive_every_corner(path, monkeypatch, capfd, caplog, request):
    """No setting a reader can reach may raise, warn, or draw what is not finite unsaid."""
    asked = request.config.getoption("--settings")
    many, rng = asked or 20, random.Random(7)
    monkeypatch.chdir(path.parent)
    with plt.rc_context(), warnings.catch_warnings():
        found = explorers(path)
        assert len(found) == path.read_text(encoding="utf-8").count("live.Explorer(")
        capfd.readouterr(), caplog.clear()
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
                assert not unsaid(explorer, data, line), (
                    f"{unsaid(explorer, data, line)}: {settings}"
                )
            again, _ = explorer.paint(explorer.compute(**explorer.settings))
            assert (again == first).all(), "something of another setting stays in the picture"
            for name, control in controls.items():
                ends = ({**explorer.settings, name: value} for value in positions(control))
                pictures = {explorer.paint(explorer.compute(**end))[0].tobytes() for end in ends}
                assert len(pictures) > 1, f"{path.stem}: moving {name!r} changes nothing"
            assert capfd.readouterr() == ("", "") and not caplog.records
            if asked:
                with capfd.disabled():
                    print(f"\n{path.stem:<30} explorer {n}: {min(len(corners), 2 * many):4} of "
                          f"{len(corners):4} corners, {many} random settings, "
                          f"{time.perf_counter() - start:5.1f} s", end=" ")  # fmt: skip


def test_png_of_explorer_is_the_figure_as_drawn():
    """Moving artists over a saved background must give what drawing all anew would give."""
    from PIL import Image

    explorer = small()
    explorer.controls["height"].value = 6
    sent = np.asarray(Image.open(io.BytesIO(explorer._image.value)))
    assert (sent == explorer.paint({"height": 6})[0]).all() and (sent[..., 3] == 255).all()
    moved = sent[..., :3].astype(int)
    for artist in explorer._drawn:
        artist.set_animated(False)
    explorer._canvas.draw()
    drawn = np.asarray(explorer._canvas.buffer_rgba())[..., :3].astype(int)
    # The line is drawn above the frame in one and below it in the other: a few pixels may differ.
    assert (np.abs(moved - drawn).max(axis=2) > 40).mean() < 0.002
