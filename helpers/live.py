"""Explorers: sliders, a pure computation, and a picture whose artists move.

A figure is drawn once, off screen. When a slider moves, ``compute`` runs, ``update`` moves the
artists, and they alone are drawn, over the saved background, into one image. That is several times
faster than drawing all anew, and needs no interactive backend.
"""

import base64
import html
import inspect
import io
import re
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers import _door
from helpers.draw.plots import compact

_SCRIPT, _LOOK = (Path(__file__).with_name(f"explorer.{kind}") for kind in ("js", "css"))


def _named(label, *, style=(), **layout):
    style = {"description_width": "170px", **dict(style)}
    layout = widgets.Layout(**layout)
    return {"description": label, "tooltip": label, "style": style, "layout": layout}


def slider(label, low, high, value, step, *, form=".2f"):
    """Return a slider from ``low`` to ``high``, of whole numbers if all four are whole.

    ``label`` names the quantity and its unit; ``form`` is the format of the number shown.
    """
    whole = all(isinstance(n, int) for n in (low, high, value, step))
    kind, form = (widgets.IntSlider, "d") if whole else (widgets.FloatSlider, form)
    given = {"min": low, "max": high, "value": value, "step": step, "readout_format": form}
    return kind(**given, **_named(label, width="460px"))


def log_slider(label, low, high, value, step=0.1, *, form=".3g"):
    """Return a slider for a number from 10**low to 10**high; ``value`` is the number itself."""
    given = {"min": low, "max": high, "value": value, "step": step, "readout_format": form}
    return widgets.FloatLogSlider(**given, **_named(label, width="460px"))


def choice(label, options):
    """Return a row of buttons, one per option; the first is chosen. Tab walks, Space chooses."""
    look = _named(label, style={"button_width": "110px"}, display="flex", width="100%")
    return widgets.ToggleButtons(options=options, **look)


def switch(label, value):
    """Return a check box."""
    return widgets.Checkbox(value=value, description=label, indent=False)


class player(widgets.HBox):
    """A play button and a slider of whole numbers from ``first`` to ``last``, moving together.

    They begin at ``value``, by default ``first``; ``pause`` is the time from one number to the
    next, in milliseconds.
    """

    value = traitlets.Int()

    def __init__(self, label, first, last, *, value=None, pause=600):
        value = first if value is None else value
        self.slider = slider(label, first, last, value, 1)
        button = widgets.Play(min=first, max=last, value=value, interval=pause, description=label)
        widgets.jslink((button, "value"), (self.slider, "value"))
        super().__init__([self.slider, button], value=value)
        traitlets.link((self.slider, "value"), (self, "value"))


def _png(pixels):
    """Return an array of pixels (rows, columns, RGBA; ``uint8``) as the bytes of a PNG file.

    A library tries several filters on every row, which takes longer than all the rest; here rows
    are deflated as they are. Source of the format: W3C, PNG (third edition, 2025).
    """
    rows, columns, _ = pixels.shape
    lines = np.zeros((rows, 1 + 4 * columns), np.uint8)  # a row's first byte, 0, says: no filter
    lines[:, 1:] = pixels.reshape(rows, -1)
    head = struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)  # 8 bits, colour type 6: RGBA
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _fit(compute, controls):
    """Check that ``controls`` is a dict of controls, and ``compute`` takes each by its name."""
    for name, control in _door.need(controls, dict, "controls must be a dict of controls").items():
        if not (isinstance(control, widgets.Widget) and control.has_trait("value")):
            raise TypeError(
                f"controls[{name!r}] must be a slider, log_slider, choice, switch or player, but "
                f"it is {_door.shown(control)}."
            )
    try:
        inspect.signature(compute).bind(**dict.fromkeys(controls))
    except TypeError as error:
        raise TypeError(
            f"compute must take exactly the controls {', '.join(controls)} by their names, but it "
            f"takes {inspect.signature(compute)}: {error}."
        ) from None


class Explorer:
    """Controls above one picture that follows them, with its verdict written below in words.

    Parameters
    ----------
    compute : callable
        Pure: takes every control by its name, returns a dict of arrays and numbers.
    picture : callable
        Takes an empty figure, draws what never moves (axis limits too), creates what moves with
        ``animated=True``, and returns ``update(data)``, which moves those artists and returns
        one line of text: what is to be seen now, in numbers.
    controls : dict
        Name to control: ``slider``, ``log_slider``, ``choice``, ``switch`` or ``player``.
    size : tuple of float
        Width and height in inches.
    note : str, optional
        What the picture is, in words, put before the line in the image's alternative text.

    TypeError and ValueError say which of these is not as described.
    """

    # Pixels drawn for each pixel shown, along each side: with 2 a picture stays sharp when it is
    # enlarged for a class, and a step takes two to three times as long. Set it first.
    sharpness = 1

    def __init__(self, compute, picture, controls, *, size=(9.0, 4.0), note=""):
        _door.need(compute, Callable, "compute must be a function")
        _door.need(picture, Callable, "picture must be a function")
        _fit(compute, controls)
        self.compute, self.controls, self.note = compute, dict(controls), note
        self.line, self.error = "", None
        self._figure = Figure(figsize=size)
        shown = f"{self._figure.bbox.width:.0f}px"
        self._figure.set_dpi(self.sharpness * self._figure.dpi)
        self._canvas = FigureCanvasAgg(self._figure)
        update = picture(self._figure)
        self._update = _door.need(update, Callable, "What picture returns must be a function")
        self._background = self._drawn = None
        place = widgets.Layout(width=shown, max_width="100%", align_self="flex-start")
        self._image = widgets.Image(format="png", layout=place)
        self._words = widgets.HTML().add_class("course-words")
        self._move()
        if self.error is not None:
            raise self.error
        self._face = compact(Image.open(io.BytesIO(self._image.value)).reduce(self.sharpness))
        for control in self.controls.values():
            control.observe(self._move, names="value")
        row = widgets.Layout(display="flex", flex_flow="row wrap", width="100%", margin="0 0 8px")
        panel = widgets.Box(list(self.controls.values()), layout=row)
        script, look = html.escape(_SCRIPT.read_text("utf-8")), _LOOK.read_text("utf-8")
        names = f'<style data-note="{html.escape(note)}" onload="{script}">{look}</style>'
        hidden = widgets.HTML(names, layout=widgets.Layout(display="none"))
        self._box = widgets.VBox([panel, self._image, self._words, hidden])
        self._box.add_class("course-explorer")

    @property
    def settings(self):
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def paint(self, data):
        """Move the artists to ``data``; return pixels (rows, columns, RGBA) and the line."""
        if self._background is None:
            self._prepare(data)
        line = _door.need(self._update(data), str, "What update returns must be a line of text")
        self._canvas.restore_region(self._background)
        for artist in self._drawn:
            artist.axes.draw_artist(artist) if artist.axes else artist.draw(self._canvas.renderer)
        return np.array(self._canvas.buffer_rgba()), line

    def _prepare(self, data):
        # The layout is settled with all artists in place, then frozen: a background must not shift.
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
        # Else the threads that talk to the browser cut in every 5 ms, and it takes twice as long.
        turn = sys.getswitchinterval()
        sys.setswitchinterval(0.05)
        try:
            pixels, self.line = self.paint(self.compute(**self.settings))
            self._image.value, self.error = _png(pixels), None
            words = re.sub(r"(?<=\de)-(?=\d)", "\N{NON-BREAKING HYPHEN}", self.line)
            self._words.value = f"<div>{html.escape(words)}</div>"
        except Exception as error:
            self.error = error
            words = html.escape(f"{type(error).__name__}: {error}")
            self._words.value = f'<pre role="alert">{words}</pre>'
        finally:
            sys.setswitchinterval(turn)

    def _repr_mimebundle_(self, include=None, exclude=None):
        # A view is the model's id, in ipywidgets 7 and 8 alike; the picture is for all who lack it.
        view = {"version_major": 2, "version_minor": 0, "model_id": self._box.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "image/png": base64.b64encode(self._face).decode(),
            "text/plain": f"Explorer: {self.line}",
        }, {"image/png": {"alt": f"{self.note} {self.line}".strip()}}
