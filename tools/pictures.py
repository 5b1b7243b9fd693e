"""Make the README's pictures from the real thing: notebooks 01 and 07 in JupyterLab in Chromium.

    python tools/pictures.py            (make pictures)

* images/graph.png: a graph as notebook 01 stores it;
* images/explorer.png: the explorer of notebook 07 as a reader first sees it;
* images/explorer.gif: the same while a mouse drags the slider of the largest singular value up and
  down again.

Needs Chromium and the extra ``browser``. Exit status 0 when all three are written.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from PIL import Image

from helpers.draw import compact

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "images"
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import lab  # noqa: E402  (it lies beside the browser tests)

FLAGSHIP = "07_vanishing_and_exploding.ipynb"
DRAGGED = "largest, σ_max"
STOPS = 16  # positions on the way up, and as many on the way down


def stored(name, words):
    """Return the first picture that a notebook stores with ``words`` in its text."""
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    for output in (out for cell in notebook.cells for out in cell.get("outputs", [])):
        found = output.get("data", {})
        if "image/png" in found and words in found["text/plain"]:
            return Image.open(io.BytesIO(base64.b64decode(found["image/png"])))
    raise ValueError(f"{name} stores no picture whose text contains {words!r}.")


def seen(page, box):
    """Return the explorer as it is on the screen."""
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")


def dragged(explorer, slider, box):
    """Drag the slider's handle from its lowest to its highest position and back; yield pictures."""
    page, notebook = explorer.page, explorer.notebook
    slider.press("Home")
    notebook.settle()
    bar = slider.area.locator(".noUi-base").bounding_box()
    y = bar["y"] + bar["height"] / 2
    xs = [bar["x"] + bar["width"] * stop / STOPS for stop in range(STOPS + 1)]
    page.mouse.move(xs[0], y)
    page.mouse.down()
    for x in [*xs, *reversed(xs)]:
        page.mouse.move(x, y)
        notebook.settle()
        yield seen(page, box)
    page.mouse.up()


def animation(frames, path, *, pause=120):
    """Write frames as a GIF with one palette for all; ``pause`` is a frame's milliseconds."""
    palette = frames[len(frames) // 2].quantize(128, dither=Image.Dither.NONE)
    few = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    few[0].save(path, save_all=True, append_images=few[1:], duration=pause, loop=0, optimize=True)


def main():
    graph = compact(stored("01_computational_graphs.ipynb", "max(b, c)"))
    with lab.serve() as server, lab.browse(server, width=1600, height=1400) as browser:
        with browser.open(FLAGSHIP) as notebook:
            notebook.run_all(timeout=240)
            explorer = notebook.explorers()[0]
            explorer.area.scroll_into_view_if_needed()
            notebook.settle()
            area = explorer.area.bounding_box()
            image = explorer.area.locator("img.widget-image").bounding_box()
            width = min(area["width"], max(image["width"], 1120.0) + 10)
            box = {**area, "x": area["x"] - 5, "width": width + 5}
            first = seen(notebook.page, box)
            sliders = [c for c in explorer.controls() if isinstance(c, lab.Slider)]
            slider = next(s for s in sliders if s.label.startswith(DRAGGED))
            frames = list(dragged(explorer, slider, box))
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "graph.png").write_bytes(graph)
    (IMAGES / "explorer.png").write_bytes(compact(first))
    animation(frames, IMAGES / "explorer.gif")
    for name in ("graph.png", "explorer.png", "explorer.gif"):
        print(f"images/{name}   {(IMAGES / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
