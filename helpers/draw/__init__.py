"""Static figures: functions that take data and axes, draw, and return what they drew.

``show`` puts a finished figure into the notebook together with the sentence that says what is
to be seen in it; the other functions draw one kind of picture each.
"""

from helpers.draw.graphs import graph
from helpers.draw.plots import compact, heat, label_curve, minus, png, show, tone
from helpers.draw.spectral import norm_axes, norm_curves
from helpers.draw.unrolled import network, paths, unrolled

__all__ = [
    "compact",
    "graph",
    "heat",
    "label_curve",
    "minus",
    "network",
    "norm_axes",
    "norm_curves",
    "paths",
    "png",
    "show",
    "tone",
    "unrolled",
]
