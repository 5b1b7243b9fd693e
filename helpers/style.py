"""The course's one look: four colours with fixed meanings, and ``use()`` to switch it on.

Blue is what flows forward, orange what flows backward, green the reference, black the frame.
Line style differs with colour, so that neither is the only carrier.
"""

from pathlib import Path

FORWARD = "#0072B2"  # values and activations (Okabe-Ito blue)
GRADIENT = "#E69F00"  # gradients (Okabe-Ito orange)
REFERENCE = "#009E73"  # truth, bounds, baselines (Okabe-Ito green)
FRAME = "#000000"  # axes, thresholds

# Orange and green are too pale for letters on white; these keep the hue at a contrast above 4.5:1.
_INK = {FORWARD: "#0072B2", GRADIENT: "#8F5E00", REFERENCE: "#00704F", FRAME: "#000000"}


def ink(colour):
    """Return the shade of one of the four colours to use for text, contrast at least 4.5:1."""
    return _INK[colour]


def use():
    """Switch matplotlib to the course's style (the only place where rcParams change)."""
    import matplotlib.pyplot as plt

    plt.style.use(Path(__file__).with_name("course.mplstyle"))
