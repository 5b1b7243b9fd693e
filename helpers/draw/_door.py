"""Checks at the door of drawings, beside those of ``helpers._door``."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers._door import instance, shown


def axes(ax):
    """Return ``ax`` if it is what drawings are put on."""
    return instance("ax", ax, Axes, "matplotlib axes, such as fig.subplots() returns")


def figure(fig):
    """Return ``fig`` if it is a figure."""
    return instance("fig", fig, Figure, "a matplotlib figure")


def among(name, table, known, words):
    """Return ``table``, a dict, if all of its keys are ``known``; None counts as an empty one."""
    for key in instance(name, {} if table is None else table, dict, "a dict"):
        if key not in known:
            raise ValueError(f"{name} must be about {words}, but {shown(key)} is none of them.")
    return table or {}


def several(name, values, count, words):
    """Return ``values`` as a list if there are ``count`` of them, as many as ``words`` say."""
    try:
        values = list(values)
    except TypeError:
        raise TypeError(f"{name} must be {count}, {words}, but it is {shown(values)}.") from None
    if len(values) != count:
        raise ValueError(f"{name} must be {count}, {words}, but there are {len(values)}.")
    return values
