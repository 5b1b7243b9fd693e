"""Show the stored pictures as they are, in grey, and as seen without green cones.

    python tools/colour_blind.py [NOTEBOOK ...]

NOTEBOOK is a number such as 07; by default all are taken. Writes contact sheets to
artefacts/colours/: one row a picture, with the number of its cell, and three columns: as stored,
grey (relative luminance), deuteranopia (Machado, Oliveira, Fernandes 2009, severity 1, on linear
RGB). Look at each: what cannot be told apart in the second and third column needs a line style, a
marker, a sign or a word besides its colour. Exit status 0, or 2 if no notebook was found.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 520, 1500  # of a picture, of a sheet at most
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


def pictures(path):
    """Yield cell number and picture of each stored picture of a notebook."""
    for k, cell in enumerate(nbformat.read(path, as_version=4).cells):
        for output in cell.get("outputs", []):
            if stored := output.get("data", {}).get("image/png"):
                yield k, Image.open(io.BytesIO(base64.b64decode(stored))).convert("RGB")


def row(k, picture):
    """Return the three views of a picture side by side, under the number of its cell."""
    small = picture.resize((WIDTH, WIDTH * picture.height // picture.width), Image.LANCZOS)
    views = [small, seen_through(small, LUMINANCE), seen_through(small, DEUTERANOPIA)]
    strip = Image.new("RGB", (3 * WIDTH + 20, small.height + 16), "white")
    ImageDraw.Draw(strip).text((2, 2), f"cell {k}", fill="black")
    for n, view in enumerate(views):
        strip.paste(view, (n * (WIDTH + 10), 16))
    return strip


def sheets(rows):
    """Yield rows stacked into sheets of at most HEIGHT pixels."""
    while rows:
        count = max(1, int((np.cumsum([r.height for r in rows]) <= HEIGHT).sum()))
        now, rows = rows[:count], rows[count:]
        sheet = Image.new("RGB", (now[0].width, sum(r.height for r in now)), "white")
        for n, strip in enumerate(now):
            sheet.paste(strip, (0, sum(r.height for r in now[:n])))
        yield sheet


def main(numbers):
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    paths = [path for path in paths if not numbers or path.stem[:2] in numbers]
    if not paths:
        print(f"No notebook begins with {' or '.join(numbers)}; give numbers such as 07.")
        return 2
    folder = ROOT / "artefacts" / "colours"
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        rows = [row(k, picture) for k, picture in pictures(path)]
        for n, sheet in enumerate(sheets(rows), start=1):
            sheet.save(folder / f"{path.stem[:2]}-{n}.png")
        print(f"{path.stem}: {len(rows)} pictures")
    print(f"Sheets are in {folder.relative_to(ROOT)}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
