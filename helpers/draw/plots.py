"""The pictures that most pages need: a figure with its sentence, heat maps, labelled curves."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image

from helpers import style


def png(fig):
    """Return the figure as PNG bytes, the same bytes for the same picture.

    Two stored pixels per shown pixel, along each axis, are sharp on today's screens. 256 colours
    are plenty for a diagram and make the file a third of the size.
    """
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=2 * fig.dpi)
    return compact(Image.open(buffer))


def compact(picture):
    """Return a PIL picture as small PNG bytes of at most 256 colours, plain areas as they were."""
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
    picture shows, rounded so that they hold on any machine. Raises ValueError when ``alt`` says
    too little to stand for the picture.
    """
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
    """Draw a matrix (m, n) as a heat map, NaN white; return the image, to move its data later.

    ``signed``: purple to green around 0, else viridis from 0. ``limit`` is the largest magnitude
    of the scale, by default the matrix's own; ``numbers`` a format, such as ".2f", in which the
    entries are written in; ``rows`` and ``columns`` are tick labels.
    """
    matrix = np.asarray(matrix, dtype=float)
    if limit is None:
        limit = np.abs(matrix).max(initial=0.0, where=~np.isnan(matrix)) or 1.0
    low = -limit if signed else 0.0
    image = ax.imshow(matrix, cmap="PRGn" if signed else "viridis", vmin=low, vmax=limit)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    for axis, names in ((ax.yaxis, rows), (ax.xaxis, columns)):
        axis.set_ticks(range(len(names)) if names is not None else [])
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
    rgb = np.array(image.cmap(image.norm(value))[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "white"


def minus(image):
    """Put a minus sign on the negative entries of a signed heat map, for eyes without colours.

    Entries of less than a tenth of the scale stay bare. The map must not move afterwards.
    Returns ``image``.
    """
    values = np.ma.filled(image.get_array(), np.nan)
    rows, columns = found = np.nonzero(values < -0.1 * image.norm.vmax)
    colours = [tone(image, value) for value in values[found]]
    image.axes.hlines(rows, columns - 0.25, columns + 0.25, colors=colours, linewidth=1.2)
    return image


def label_curve(ax, x, y, text, colour, *, dx=6, dy=0, ha="left"):
    """Write ``text`` beside the data point (x, y), in the readable shade of ``colour``.

    ``dx`` and ``dy`` are offsets in points (1/72 inch). Returns the text artist.
    """
    return ax.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points",
        ha=ha, va="center", color=style.ink(colour),
    )  # fmt: skip
