"""The pictures that most notebooks need: a figure with its sentence, heat maps, labelled curves."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.cm import ScalarMappable
from matplotlib.image import AxesImage
from PIL import Image

from helpers import _door, style
from helpers.draw._door import axes, figure, several


def png(fig, *, sharpness=2):
    """Return the figure as PNG bytes, the same bytes for the same picture.

    ``sharpness`` is the number of stored pixels per shown pixel, along each axis: 2 is sharp on
    today's screens. 256 colours are plenty for a diagram and make the file a third of the size.
    """
    figure(fig)
    _door.number("sharpness", sharpness, "a number above 0, at most 10", lambda s: 0 < s <= 10)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=sharpness * fig.dpi)
    return compact(Image.open(buffer))


def compact(picture):
    """Return a picture as small PNG bytes of at most 256 colours, plain areas as they were."""
    _door.instance("picture", picture, Image.Image, "a PIL image")
    few = picture.convert("RGB").quantize(
        256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    buffer = io.BytesIO()
    few.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def show(fig, alt):
    """Display a figure with its alternative text, then close it.

    The text travels with the picture: as the image's alt text for readers who cannot see it,
    and as the plain form of the output, which strict nbval compares. State the numbers that the
    picture shows, rounded so that they hold on any machine.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The finished figure.
    alt : str
        One or two sentences: what is drawn, and the numbers to be seen in it.

    Raises
    ------
    TypeError, ValueError
        When ``fig`` is no figure, or ``alt`` says too little to stand for the picture.
    """
    figure(fig)
    if not isinstance(alt, str) or len(alt.split()) < 5:
        raise ValueError(
            f"alt must be a sentence that says what the figure shows, but it is {alt!r}."
        )
    picture = base64.b64encode(png(fig)).decode()
    width, height = (fig.get_size_inches() * fig.dpi).round().astype(int).tolist()
    plt.close(fig)
    display(
        {"image/png": picture, "text/plain": alt},
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        raw=True,
    )


def heat(ax, matrix, *, signed=True, limit=None, numbers=None, rows=None, columns=None):
    """Draw a matrix as a heat map, with its entries written in when there are few.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    matrix : array_like, shape (m, n)
        The values, finite; NaN entries stay white.
    signed : bool
        True: red-blue colours with symmetric limits. False: viridis from zero.
    limit : float, optional
        Largest magnitude of the colour scale; by default the matrix's own.
    numbers : str, optional
        Format of the entries, such as ``".2f"``; by default none are written.
    rows, columns : list of str, optional
        Tick labels, one for each row and column.

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar, or to move the data later.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as described.
    """
    axes(ax)
    matrix = _door.real("matrix", matrix, ("m", "n"), allow=np.isnan)
    if limit is None:
        limit = np.abs(matrix).max(initial=0.0, where=~np.isnan(matrix)) or 1.0
    _door.number("limit", limit, "a finite number above 0", lambda size: 0 < size < np.inf)
    if numbers is not None:
        _door.form("numbers", numbers)
    rows = None if rows is None else several("rows", rows, len(matrix), "one name for each row")
    if columns is not None:
        columns = several("columns", columns, matrix.shape[1], "one name for each column")
    low = -limit if signed else 0.0
    image = ax.imshow(matrix, cmap="RdBu_r" if signed else "viridis", vmin=low, vmax=limit)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    for axis, names, count in (
        (ax.yaxis, rows, matrix.shape[0]),
        (ax.xaxis, columns, matrix.shape[1]),
    ):
        axis.set_ticks(range(count) if names is not None else [])
        axis.set_ticklabels(names if names is not None else [])
        axis.set_tick_params(length=0)
    if numbers is not None:
        for i, j in np.argwhere(np.isfinite(matrix)):
            ax.text(
                j, i, _written(matrix[i, j], numbers), ha="center", va="center",
                color=tone(image, matrix[i, j]), fontsize=10,
            )  # fmt: skip
    return image


def _written(value, form):
    """Format a number with a true minus sign, and without any sign where it shows zero."""
    text = format(value, form)
    text = text if set(text) & set("123456789") else text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")


def tone(image, value):
    """Return "black" or "white", whichever reads better where ``image`` shows ``value``.

    The contrast is at least 4.5:1 on any colour (relative luminance as in WCAG 2.2).
    """
    _door.instance("image", image, ScalarMappable, "an image with a colour map, as heat returns")
    rgb = np.array(image.cmap(image.norm(_door.number("value", value)))[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "white"


def minus(image):
    """Put a minus sign on the negative entries of a signed heat map, for eyes without colours.

    Entries of less than a tenth of the scale stay bare. The map must not move afterwards.
    Returns ``image``.
    """
    _door.instance("image", image, AxesImage, "an image, as heat returns")
    values = np.ma.filled(image.get_array(), np.nan)
    rows, columns = found = np.nonzero(values < -0.1 * image.norm.vmax)
    colours = [tone(image, value) for value in values[found]]
    image.axes.hlines(rows, columns - 0.25, columns + 0.25, colors=colours, linewidth=1.2)
    return image


def label_curve(ax, x, y, text, colour, *, dx=6, dy=0, ha="left", va="center"):
    """Write ``text`` beside the data point (x, y), in the readable shade of ``colour``.

    ``dx`` and ``dy`` are offsets in points (1/72 inch). Returns the text artist.
    """
    axes(ax)
    for name, value in (("x", x), ("y", y), ("dx", dx), ("dy", dy)):
        _door.number(name, value)
    _door.one_of("ha", ha, ("left", "center", "right"))
    _door.one_of("va", va, ("top", "center", "bottom", "baseline", "center_baseline"))
    return ax.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points",
        ha=ha, va=va, color=style.ink(colour),
    )  # fmt: skip
