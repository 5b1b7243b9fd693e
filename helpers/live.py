"""Explorers: sliders, a pure computation, and a picture whose artists move.

A figure is drawn once, off screen. When a slider moves, ``compute`` runs, the picture's
``update`` sets the artists' data, the saved background is restored, only the moving artists are
drawn over it, and the result goes into one image. That is several times faster than drawing the
figure anew, and needs no interactive backend.
"""

import base64
import html
import io
import traceback

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.draw.plots import compact

_WIDE = {"description_width": "170px"}


def slider(label, low, high, value, step, *, form=".2f"):
    """Return a slider for a number from ``low`` to ``high`` in steps of ``step``.

    Whole ``step``, ``low`` and ``value`` make a slider of whole numbers. ``label`` names the
    quantity and its unit; ``form`` is the format of the number shown beside it.
    """
    whole = all(isinstance(n, int) for n in (low, high, value, step))
    kind = widgets.IntSlider if whole else widgets.FloatSlider
    return kind(
        value=value, min=low, max=high, step=step, description=label, style=_WIDE,
        readout_format="d" if whole else form, layout=widgets.Layout(width="460px"),
    )  # fmt: skip


def log_slider(label, low, high, value, step=0.1, *, form=".3g"):
    """Return a slider for a number from 10**low to 10**high; ``value`` is the number itself."""
    return widgets.FloatLogSlider(
        value=value, min=low, max=high, step=step, description=label, style=_WIDE,
        readout_format=form, layout=widgets.Layout(width="460px"),
    )  # fmt: skip


def choice(label, options):
    """Return a row of buttons, one per option; the first is chosen. Arrow keys move it."""
    return widgets.ToggleButtons(
        options=options, description=label, style={**_WIDE, "button_width": "110px"}
    )


def switch(label, value):
    """Return a check box."""
    return widgets.Checkbox(value=value, description=label, indent=False)


class player(widgets.HBox):
    """A play button and a slider of whole numbers from ``first`` to ``last``, moving together.

    ``pause`` is the time from one number to the next, in milliseconds.
    """

    value = traitlets.Int()

    def __init__(self, label, first, last, *, pause=600):
        self.slider = slider(label, first, last, first, 1)
        button = widgets.Play(min=first, max=last, value=first, interval=pause, description=label)
        widgets.jslink((button, "value"), (self.slider, "value"))
        super().__init__([button, self.slider], value=first)
        traitlets.link((self.slider, "value"), (self, "value"))


class Explorer:
    """Controls above one picture that follows them, with its verdict written below in words.

    Parameters
    ----------
    compute : callable
        Pure: takes every control by its name, returns a dict of arrays and numbers.
    picture : callable
        Takes an empty figure, draws what never moves, creates what moves with
        ``animated=True``, and returns ``update(data)``, which moves those artists and returns
        one line of text: what is to be seen now, in numbers. Axis limits are fixed here, so
        that pictures can be compared.
    controls : dict
        Name to control: ``slider``, ``log_slider``, ``choice``, ``switch`` or ``player``.
    size : tuple of float
        Width and height in inches.
    note : str, optional
        What the picture is, in words, put before the line in the image's alternative text.

    Raises
    ------
    TypeError
        When ``compute`` does not take exactly the controls' names.
    """

    def __init__(self, compute, picture, controls, *, size=(9.0, 4.0), note=""):
        self.compute, self.controls, self.note = compute, dict(controls), note
        self.error = None
        self._figure = Figure(figsize=size)
        self._canvas = FigureCanvasAgg(self._figure)
        self._update = picture(self._figure)
        self._background = self._drawn = None
        self._image = widgets.Image(
            format="png", layout=widgets.Layout(max_width="100%", align_self="flex-start")
        )
        self._words = widgets.HTML()
        self.line = ""
        self._move()
        if self.error is not None:
            raise self.error
        self._face = compact(Image.open(io.BytesIO(self._image.value)))
        for control in self.controls.values():
            control.observe(self._move, names="value")
        panel = widgets.Box(list(self.controls.values()))
        panel.layout = widgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        self._box = widgets.VBox([panel, self._image, self._words])

    @property
    def settings(self):
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def render(self, data):
        """Move the artists to ``data``; return the picture as PNG bytes and its line of text."""
        if self._background is None:
            self._prepare(data)
        line = self._update(data)
        self._canvas.restore_region(self._background)
        for artist in self._drawn:
            artist.axes.draw_artist(artist) if artist.axes else artist.draw(self._canvas.renderer)
        pixels = np.asarray(self._canvas.buffer_rgba())
        buffer = io.BytesIO()
        Image.fromarray(pixels[..., :3]).save(buffer, format="png", compress_level=1)
        return buffer.getvalue(), line

    def _prepare(self, data):
        # The layout is settled once, with all artists in place, and then frozen: a background
        # can be reused only if nothing in it shifts.
        self._update(data)
        moving = self._figure.findobj(lambda artist: artist.get_animated())
        for artist in moving:
            artist.set_animated(False)
        self._canvas.draw()
        self._figure.set_layout_engine("none")
        for artist in moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self._figure.bbox)
        self._drawn = sorted(moving, key=lambda artist: artist.get_zorder())

    def _move(self, change=None):
        try:
            self._image.value, self.line = self.render(self.compute(**self.settings))
            self.error = None
            self._words.value = (
                f'<div role="status" aria-live="polite">{html.escape(self.line)}</div>'
            )
        except Exception as error:
            self.error = error
            lines = "".join(traceback.format_exception_only(error))
            self._words.value = (
                f'<pre role="alert" style="color:#b00020">{html.escape(lines)}</pre>'
            )

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self._box._repr_mimebundle_(include=include, exclude=exclude) or {})
        bundle["text/plain"] = f"Explorer: {self.line}"
        bundle["image/png"] = base64.b64encode(self._face).decode()
        return bundle, {"image/png": {"alt": f"{self.note} {self.line}".strip()}}
