"""Show the stored pictures as they are, in grey, and as seen without green cones.

    python -m tools.colour_blind [NOTEBOOK ...]

NOTEBOOK is a number such as 07; by default all are taken. Writes a contact sheet a page to
artefacts/colours/: one row a picture, with the number of its cell, and three columns: as stored,
grey (relative luminance), deuteranopia (Machado, Oliveira, Fernandes 2009, severity 1, on linear
RGB). Look at each: what cannot be told apart in the second and third column needs a line style, a
marker, a sign or a word besides its colour.
"""

import sys

import numpy as np
from PIL import Image, ImageDraw

from tools import course

WIDTH = 520  # of a picture
DEUTERANOPIA = np.array([
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
])  # fmt: skip
LUMINANCE = np.tile([0.2126, 0.7152, 0.0722], (3, 1))


def seen_through(picture, matrix):
    """Return an RGB picture after a 3 × 3 matrix on its linear light."""
    rgb = np.asarray(picture, float) / 255
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ matrix.T
    light = np.clip(light, 0, 1)
    rgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray((255 * rgb).round().astype(np.uint8))


def row(k, picture):
    """Return the three views of a picture side by side, under the number of its cell, as pixels."""
    small = picture.resize((WIDTH, WIDTH * picture.height // picture.width), Image.LANCZOS)
    views = [small, seen_through(small, LUMINANCE), seen_through(small, DEUTERANOPIA)]
    strip = Image.new("RGB", (3 * WIDTH + 20, small.height + 16), "white")
    ImageDraw.Draw(strip).text((2, 2), f"cell {k}", fill="black")
    for n, view in enumerate(views):
        strip.paste(view, (n * (WIDTH + 10), 16))
    return np.asarray(strip)


def main(numbers):
    folder = course.ROOT / "artefacts" / "colours"
    folder.mkdir(parents=True, exist_ok=True)
    for path in course.paths():
        if numbers and path.stem[:2] not in numbers:
            continue
        rows = [row(k, picture) for k, _, picture in course.pictures(course.read(path))]
        sheet = folder / f"{path.stem[:2]}.png"
        Image.fromarray(np.concatenate(rows)).save(sheet)
        print(f"{sheet.relative_to(course.ROOT)}: {len(rows)} pictures")


if __name__ == "__main__":
    main(sys.argv[1:])
