"""The map of the course: one box for each notebook, an arrow from each to the next."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from helpers import _door, style

# number: title, idea, column and row of its box, the notebook to read before
COURSE = {
    "00": ("Start here", "slopes,\nmeasured", 0, 1, None),
    "01": ("Computational\ngraphs", "upstream\n× local", 1, 1, "00"),
    "02": ("Vectors, matrices,\nlayers", "Wᵀ dy\nand dy xᵀ", 2, 1, "01"),
    "03": ("Softmax and\ncross-entropy", "probabilities\nminus target", 3, 1, "02"),
    "04": ("Recurrent\nnetworks", "summed\nover time", 4, 1, "03"),
    "05": ("Truncated\nBPTT", "bias against\nvariance", 5, 1, "04"),
    "06": ("LSTM", "gates around\na cell", 5, 0, "05"),
    "07": ("Vanishing and\nexploding", "what survives\nthe way back", 4, 0, "06"),
    "08": ("Character\nmodels", "trained\non names", 3, 0, "07"),
    "09": ("Long memory", "measured\nby lag", 2, 0, "08"),
    "10": ("The backprop\nclinic", "eight bugs,\nfound", 1, 0, "09"),
    "11": ("Side trip:\nconvolution", "any time\nafter 02", 0, 0, None),
}


def map_course(*, here="00"):
    """Draw the course, notebook ``here`` in a heavy frame; return the figure and its words."""
    _door.one_of("here", here, COURSE)
    fig, ax = plt.subplots(figsize=(9, 3.5), layout="none")
    ax.set(position=[0, 0, 1, 1], xlim=(0, 9), ylim=(0, 3.5))
    ax.set_axis_off()
    boxes, at = {}, {}
    for number, (title, idea, column, row, _) in COURSE.items():
        x, y = at[number] = 1.5 * column + 0.75, 1.75 * row + 0.875
        edge, width = (style.FRAME, 2.6) if number == here else (style.FORWARD, 1.2)
        shape = FancyBboxPatch((x - 0.64, y - 0.7), 1.28, 1.4, "round,pad=0,rounding_size=0.1")
        shape.set(facecolor="#eaf3fa", edgecolor=edge, linewidth=width)
        boxes[number] = ax.add_patch(shape)
        ax.text(x, y + 0.5, number, ha="center", va="center", weight="bold", size=13)
        ax.text(x, y + 0.12, title, ha="center", va="center", size=9.5)
        ink = style.ink(style.GRADIENT)
        ax.text(x, y - 0.4, idea, ha="center", va="center", size=9.5, style="italic", color=ink)
    for number, (*_, before) in COURSE.items():
        if before:
            arrow = dict(arrowstyle="-|>", color=style.FRAME, patchA=boxes[before])
            ax.annotate("", at[number], at[before], arrowprops=arrow | {"patchB": boxes[number]})
    names = [f"{number} {' '.join(entry[0].split())}" for number, entry in COURSE.items()]
    words = ", then ".join(names[:-1])
    return fig, f"Map of the course, you are in {here}: {words}; {names[-1]}, any time after 02."
