"""Make the README's pictures from the real thing: two notebooks in JupyterLab in Chromium.

    python -m tools.pictures            (make pictures)

* images/graph.png: a graph as page 01 stores it;
* images/explorer.png: the explorer of page 07 as a reader first sees it;
* images/explorer.gif: the same while a mouse drags the slider of the largest singular value up and
  down again.

Needs Chromium and the extra ``browser``. Exit status 0 when all three are written.
"""

import io

from PIL import Image

from helpers.draw import compact
from tools import course

lab = course.lab()
IMAGES = course.ROOT / "images"
GRAPH, FLAGSHIP = "01_computational_graphs.ipynb", "07_vanishing_and_exploding.ipynb"
DRAGGED = "largest, σ_max"
STOPS = 16  # positions on the way up, and as many on the way down


def seen(page, box):
    """Return the explorer as it is on the screen."""
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")


def dragged(notebook, slider, box):
    """Drag the slider's handle from its lowest to its highest position and back; yield pictures."""
    page = notebook.page
    slider.press("Home")
    notebook.settle()
    bar = slider.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]").bounding_box()
    y = bar["y"] + bar["height"] / 2
    xs = [bar["x"] + bar["width"] * stop / STOPS for stop in range(STOPS + 1)]
    page.mouse.move(xs[0], y)
    page.mouse.down()
    for x in [*xs, *reversed(xs)]:
        page.mouse.move(x, y)
        notebook.settle()
        yield seen(page, box)
    page.mouse.up()


def main():
    stored = course.pictures(course.read(course.NOTEBOOKS / GRAPH))
    graph = next(picture for _, words, picture in stored if words.startswith("Five nodes"))
    with lab.serve() as server, lab.browse(server, width=1440, height=1400) as browser:
        with browser.open(FLAGSHIP) as notebook:
            notebook.run_all(timeout=240)
            explorer = notebook.explorers()[1]
            explorer.area.scroll_into_view_if_needed()
            notebook.settle()
            area = explorer.area.bounding_box()
            image = explorer.area.locator("img.widget-image").bounding_box()
            width = min(area["width"], max(image["width"], 1120.0) + 10)
            box = {**area, "x": area["x"] - 5, "width": width + 5}
            first = seen(notebook.page, box)
            slider = explorer.area.get_by_role("slider", name=DRAGGED)
            frames = list(dragged(notebook, slider, box))
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "graph.png").write_bytes(compact(graph))
    (IMAGES / "explorer.png").write_bytes(compact(first))
    colours = frames[STOPS].quantize(128, dither=Image.Dither.NONE)  # one palette for all frames
    few = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
    options = {"save_all": True, "duration": 120, "loop": 0, "optimize": True}
    few[0].save(IMAGES / "explorer.gif", append_images=few[1:], **options)
    for path in sorted(IMAGES.iterdir()):
        print(f"images/{path.name}   {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
