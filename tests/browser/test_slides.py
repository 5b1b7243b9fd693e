"""The slides that `make slides` writes, one by one, on a screen of 1280 × 720."""

import re

import lab
import nbformat
import pytest

SLIDES = lab.ROOT / "build" / "slides"
NOTEBOOKS = sorted((lab.ROOT / "notebooks").glob("*.ipynb"))[:12]

# Of the slide at hand: what it says, and where what is seen reaches over the edge.
SIGHT = """() => {
  const slide = Reveal.getCurrentSlide();
  const unseen = 'aside, style, mjx-assistive-mml, details:not([open]) > :not(summary)';
  const out = [...slide.querySelectorAll('*')].filter((e) => {
    const at = e.getBoundingClientRect();
    return !e.closest(unseen) && at.width && at.height &&
      (at.left < 0 || at.top < 0 || at.right > innerWidth + 1 || at.bottom > innerHeight + 1);
  });
  return {words: slide.innerText.trim().slice(0, 60), last: Reveal.isLastSlide(),
    asks: /Question \\d+\\.\\w/.test(slide.innerText), notes: Reveal.getSlideNotes(slide) || '',
    empty: !slide.innerText.trim() && !slide.querySelector('img'),
    out: out.map((e) => `${e.tagName} ${e.className}`).slice(0, 3)};
}"""


def asked(page):
    """The slides' words, what reaches over the edge of each, and which are empty."""
    while True:
        slide = page.evaluate(SIGHT)
        yield slide
        if slide["last"]:
            return
        page.evaluate("Reveal.next()")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_slide_fits_the_screen(browser, path):
    """What reaches over the edge is not seen by a class; prose grows, and slides with it."""
    file = SLIDES / f"{path.stem}.slides.html"
    if not file.is_file():
        pytest.skip("`make slides` writes them, with npm.")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    said, elsewhere = [], []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda ask: elsewhere.append(ask.url))
    page.goto(file.as_uri())
    page.wait_for_function("document.body.dataset.fitted")
    slides = list(asked(page))
    page.close()
    cells = nbformat.read(path, as_version=4).cells
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in cells]
    assert len(slides) == kinds.count("slide") + kinds.count("subslide")
    assert not [(slide["words"], slide["out"]) for slide in slides if slide["out"]]
    assert not [k for k, slide in enumerate(slides, 1) if slide["empty"]]
    for slide in slides:  # who teaches needs the key, and each formula once
        assert "Right: " in slide["notes"] or not slide["asks"], slide["words"]
        assert "mjx-assistive-mml" not in slide["notes"]
    assert not said
    assert not [url for url in elsewhere if not re.match("file:|data:|blob:", url)]
