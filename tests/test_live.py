"""Explorers: pictures follow the controls, faces are stored, errors are seen."""

import inspect
import io
from pathlib import Path

import jupyter_client
import numpy as np

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


def test_hovering_tells_the_label():
    """Without a tooltip of their own, the labels of ipywidgets say "null" under the mouse."""
    for control in (
        live.slider("rate", 0.0, 1.0, 0.5, 0.1),
        live.log_slider("rate", -3, 0, 0.1),
        live.choice("rate", ["slow", "fast"]),
        live.player("rate", 0, 3).slider,
    ):
        assert control.tooltip == control.description == "rate"


def test_a_player_may_begin_between_its_ends():
    """A stored page would show the stepper's picture before anything has happened."""
    player = live.player("step", 0, 4, value=3)
    assert player.value == player.slider.value == player.children[1].value == 3
    assert live.player("step", 1, 4).value == 1


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
