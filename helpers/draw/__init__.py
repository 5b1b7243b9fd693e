"""Static figures: functions that take data and axes, draw, and return what they drew.

``show`` puts a finished figure into the notebook together with the sentence that says what is
to be seen in it; the other functions draw one kind of picture each.
"""

from helpers.draw.plots import compact, heat, label_curve, png, show

__all__ = ["compact", "heat", "label_curve", "png", "show"]
