"""The pictures that most notebooks need: a figure with its sentence, heat maps, labelled curves."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image

from helpers import style


def png(fig, *, sharpness=2):
    """Return the figure as PNG bytes, the same bytes for the same picture.

    ``sharpness`` is the number of stored pixels per shown pixel, along each axis: 2 is sharp on
    today's screens. 256 colours are plenty for a diagram and make the file a third of the size.
    """
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=sharpness * fig.dpi)
    return compact(Image.open(buffer))


def compact(picture):
    """Return a picture as small PNG bytes of at most 256 colours, plain areas as they were."""
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
    ValueError
        When ``alt`` says too little to stand for the picture.
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
    """Draw a matrix as a heat map, with its entries written in when there are few.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    matrix : array_like, shape (m, n)
        The values; NaN entries stay white.
    signed : bool
        True: red-blue colours with symmetric limits. False: viridis from zero.
    limit : float, optional
        Largest magnitude of the colour scale; by default the matrix's own.
    numbers : str, optional
        Format of the entries, such as ``".2f"``; by default none are written.
    rows, columns : list of str, optional
        Tick labels.

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar, or to move the data later.
    """
    matrix = np.asarray(matrix, dtype=float)
    if limit is None:
        limit = np.nanmax(np.abs(matrix)) or 1.0
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
            tone = image.cmap(image.norm(matrix[i, j]))
            pale = 0.299 * tone[0] + 0.587 * tone[1] + 0.114 * tone[2] > 0.5
            ax.text(
                j, i, format(matrix[i, j], numbers), ha="center", va="center",
                color="black" if pale else "white", fontsize=10,
            )  # fmt: skip
    return image


def label_curve(ax, x, y, text, colour, *, dx=6, dy=0, ha="left", va="center"):
    """Write ``text`` beside the data point (x, y), in the readable shade of ``colour``.

    ``dx`` and ``dy`` are offsets in points (1/72 inch). Returns the text artist.
    """
    return ax.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points",
        ha=ha, va=va, color=style.ink(colour),
    )  # fmt: skip
