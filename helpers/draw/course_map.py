"""The map of the course: one box for each notebook, an arrow where one leads to another."""

from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from helpers import style


class Stop(NamedTuple):
    """A notebook on the map; ``feeds`` puts it before others whose own lines need not change."""

    title: str
    idea: str
    column: float
    lane: int = 0
    needs: tuple = ()
    feeds: tuple = ()


COURSE = {
    "00": Stop("Start here", "slopes,\nmeasured", 0),
    "01": Stop("Computational\ngraphs", "upstream\n× local", 1, needs=("00",)),
    "03": Stop("Softmax and\ncross-entropy", "probabilities\nminus target", 2, needs=("01",)),
    "04": Stop("Recurrent\nnetworks", "summed\nover time", 3, needs=("03",)),
    "06": Stop("LSTM,\nderived", "gates around\na cell", 4, needs=("04",)),
    "07": Stop("Vanishing and\nexploding", "what survives\nthe way back", 5, needs=("06",)),
}


def ways(course):
    """Return the (from, to) pairs to draw: those that no longer way implies."""
    pairs = {(a, b) for b, stop in course.items() for a in stop.needs}
    pairs |= {(a, b) for a, stop in course.items() for b in stop.feeds}

    def leads(a, b):
        return any(c == b or leads(c, b) for start, c in pairs if start == a)

    return sorted(
        (a, b) for a, b in pairs if not any(s == a and c != b and leads(c, b) for s, c in pairs)
    )


def map_course(course=COURSE, *, here="00"):
    """Draw the course, notebook ``here`` in a heavy frame; return the figure and its words."""
    lanes = [stop.lane for stop in course.values()]
    height = 1.9 * (max(lanes) - min(lanes) + 1)  # inches, as everything here
    fig, ax = plt.subplots(figsize=(9, height), layout="none")
    ax.set(position=[0, 0, 1, 1], xlim=(0, 9), ylim=(0, height))
    ax.set_axis_off()
    boxes, at, names = {}, {}, {}
    for number, stop in course.items():
        x, y = at[number] = 1.5 * stop.column + 0.75, 1.9 * (stop.lane - min(lanes)) + 0.95
        names[number] = f"{number} {' '.join(stop.title.split())}"
        edge, width = (style.FRAME, 2.6) if number == here else (style.FORWARD, 1.2)
        shape = FancyBboxPatch((x - 0.62, y - 0.75), 1.24, 1.5, "round,pad=0,rounding_size=0.1")
        shape.set(facecolor="#eaf3fa", edgecolor=edge, linewidth=width)
        boxes[number] = ax.add_patch(shape)
        ax.text(x, y + 0.55, number, ha="center", va="center", weight="bold", size=13)
        ax.text(x, y + 0.14, stop.title, ha="center", va="center", size=10)
        idea = ax.text(x, y - 0.44, stop.idea, ha="center", va="center", size=9.5, style="italic")
        idea.set_color(style.ink(style.GRADIENT))
    for a, b in ways(course):
        ends = dict(patchA=boxes[a], patchB=boxes[b])
        ax.annotate("", at[b], at[a], arrowprops=dict(arrowstyle="-|>", color=style.FRAME, **ends))
    words = "; ".join(f"{names[a]} leads to {names[b]}" for a, b in ways(course))
    return fig, f"Map of the course. You are in {names[here]}. {words}."
