"""The static pages that `make site` writes, as a reader's browser shows them.

Photographs are kept in artefacts/site/: light as wide as a desk, dark as narrow as a telephone.
"""

import functools
import http.server
import re
import threading
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import lab
import nbformat
import pytest

SITE = lab.ROOT / "build" / "site"
NOTEBOOKS = sorted((lab.ROOT / "notebooks").rglob("*.ipynb"))
PAGES = [path.relative_to(lab.ROOT).with_suffix("").as_posix() for path in NOTEBOOKS]
WIDTHS = {"desk": 1300, "telephone": 390}

SIGHT = """() => {
  const all = (what, at = document) => [...at.querySelectorAll(what)];
  return {
    unset: all('.math').filter((e) => !e.querySelector('mjx-container') ||
      e.querySelector('mjx-merror, [data-mml-node="merror"]')).map((e) => e.textContent),
    counted: all('.eqno').map((e) => e.innerText),
    tags: all('mjx-container [id^="mjx-eqn:"]').map((e) => e.id.slice(8)),
    ids: all('[id]').map((e) => e.id),
    alts: all('.cell_output img').map((e) => e.alt),
    broken: all('img').filter((e) => e.complete && !e.naturalWidth).map((e) => e.src),
    text: document.querySelector('.bd-article').innerText,
    folds: all('details.hide > summary .collapsed').map((e) => e.innerText),
    runs: all('a.course-run').map((e) => e.getAttribute('href')),
    nameless: all('button, summary, a[href]').filter((e) => e.checkVisibility() &&
      !(e.ariaLabel || e.title || e.innerText.trim() || e.querySelector('img')?.alt))
      .map((e) => e.outerHTML.slice(0, 99)),
  };
}"""
# What reaches over the edge and cannot be moved sideways into view.
CUT = """() => [document.scrollingElement, ...document.querySelectorAll('.bd-article *')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 &&
    !e.closest('mjx-container') && (e === document.scrollingElement ||
      ['hidden', 'clip'].includes(getComputedStyle(e).overflowX)))
  .map((e) => `${e.tagName} ${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""


@pytest.fixture(scope="module")
def address():
    """Serve build/site on loopback; give its address."""
    if not (SITE / "index.html").is_file():
        pytest.fail("There are no pages in build/site; run `make site` first.")
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: 0})
    serve = functools.partial(handler, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    server.handle_error = lambda *_: 0  # a window that is closed early
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(browser, url, **options):
    """Open ``url`` in a window of its own; keep what the console says and what is asked for."""
    page = browser.new_context(viewport={"width": 1300, "height": 1000}, **options).new_page()
    page.said, page.asked = [], []
    page.on("console", lambda m: page.said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(url)
    page.evaluate("() => window.MathJax?.startup?.promise")
    return page


@pytest.fixture(scope="module", params=["index", *PAGES])
def look(request, browser, address):
    """What a reader sees of one page, in both widths; it is photographed on the way."""
    page = opened(browser, f"{address}/{request.param}.html")
    seen = page.evaluate(SIGHT) | {"name": request.param, "cut": {}}
    name = str(lab.ROOT / "artefacts" / "site" / request.param)
    for scheme, (device, width) in zip(("light", "dark"), WIDTHS.items(), strict=True):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 1000})
        seen["cut"][device] = page.evaluate(CUT)
        lab.photograph(page, f"{name}-{scheme}.jpeg", full_page=True, quality=60)
    seen |= {"said": page.said, "asked": page.asked}
    page.context.close()
    return seen


def notebook(look):
    """Return the cells of the notebook behind a page; none for the landing page."""
    path = lab.ROOT / f"{look['name']}.ipynb"
    return nbformat.read(path, as_version=4).cells if path.is_file() else []


def outputs(look):
    """Return what a page's notebook holds as displayed outputs, in order."""
    made = (out for cell in notebook(look) for out in cell.get("outputs", []))
    return [out.data for out in made if "data" in out]


def found(pattern, look, kind):
    """Return what ``pattern`` finds in all cells of a kind, in order."""
    return [hit for c in notebook(look) if c.cell_type == kind
            for hit in re.findall(pattern, c.source)]  # fmt: skip


def test_no_formula_stands_in_raw_tex(look):
    """A reader would see backslashes, or red; a formula needs its number, and no second one."""
    assert look["unset"] == look["counted"] == []
    tags = found(r"\\tag\{([\w.]+)\}", look, "markdown")
    assert look["tags"] == tags
    assert {f"eq-{tag.replace('.', '-')}" for tag in tags} <= set(look["ids"])


def test_pictures_are_there_with_their_words(look):
    """A reader who does not see them would be told a file's name, or nothing."""
    assert look["broken"] == []
    words = [data["text/plain"] for data in outputs(look) if "image/png" in data]
    assert look["alts"] == words


def test_exercises_and_pictures_have_addresses(look):
    """A lecturer could send a whole page only, not the exercise that is meant."""
    exercises = found(r'exercises\.check\("([\d.]+)"', look, "code")
    if "solutions" not in look["name"] and not look["name"].endswith("00_start_here"):
        assert {f"exercise-{n.replace('.', '-')}" for n in exercises} <= set(look["ids"])
    pictures = [name for name in look["ids"] if name.startswith("figure-")]
    assert len(pictures) >= sum("image/png" in data for data in outputs(look))


def test_questions_can_be_read(look):
    """A question's text and options are a stored output like any other."""
    for data in outputs(look):
        if "text/markdown" in data:
            first = re.search(r"Question [\w.]+", data["text/markdown"])[0]
            assert first in look["text"]


def test_folded_code_says_what_it_does(look):
    """A dozen lines that all say "show code" would hide what a reader looks for."""
    folded = [c.source for c in notebook(look) if "hide-input" in c.metadata.get("tags", [])]
    assert len(look["folds"]) == len(folded)
    for said, source in zip(look["folds"], folded, strict=True):
        comment = source.partition("\n")[0].removeprefix("# ").replace("`", "")
        assert said.startswith("Code: ") and len(said) > len("Code: ")
        said = said.removeprefix("Code: ")
        assert comment.startswith(said) or said.startswith(comment)
        assert said == comment or said.endswith((".", "?", "!")), f"cut short: {said}"


@pytest.mark.parametrize("device", WIDTHS)
def test_nothing_is_wider_than_the_screen(look, device):
    """What is cut off at the edge cannot be read."""
    assert look["cut"][device] == []


def test_browser_console_is_silent(look):
    """An error that only the console shows is a menu, a search or a formula that failed unseen."""
    assert look["said"] == []


def test_no_other_host_is_asked(look, address):
    """A page would be blank parts without a network, and tell strangers who reads it."""
    assert [url for url in look["asked"] if not url.startswith((address, "data:"))] == []


def test_what_is_pressed_has_a_name(look):
    """A screen reader would say "button", and no more."""
    assert look["nameless"] == []


def test_running_is_offered_where_it_is_to_be_had(look):
    """A button that leads nowhere, or none where the live course stands beside the pages."""
    assert len(look["runs"]) == (SITE / "lite" / "lab" / "index.html").is_file()
    assert all(run.partition("?path=")[2] for run in look["runs"])


class Links(HTMLParser):
    """The addresses that one page names, and the places in it that can be named."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.places, self.next = [], [], set(), None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Keep what an element links to or loads, and its id."""
        its = dict(attributes)
        self.places.add(its.get("id"))
        if tag == "a" and its.get("href"):
            self.links.append(its["href"])
        elif tag != "a" and (its.get("src") or its.get("href")):
            self.loads.append(its.get("src") or its["href"])
        if tag == "link" and its.get("rel") == "next":
            self.next = its["href"]


@pytest.fixture(scope="module")
def crawled(address):
    """The links of every page, by its path; the live course has its own."""
    paths = [*SITE.glob("*.html"), *(SITE / "notebooks").rglob("*.html")]
    return {path: Links(path) for path in paths}


def test_every_link_leads_to_a_page_and_a_place_in_it(crawled):
    """A reader who clicks would find nothing."""
    wrong = []
    for path, page in crawled.items():
        for link in page.links + page.loads:
            url = urlsplit(link)
            if url.scheme:
                if link in page.loads:
                    wrong.append(f"{path.name} loads {link}")
            elif link != "#":
                target = (path.parent / unquote(url.path)).resolve() if url.path else path
                places = crawled[target].places if target in crawled else {url.fragment}
                if not target.is_file() or url.fragment not in {"", *places}:
                    wrong.append(f"{path.relative_to(SITE)}: {link}")
    assert not wrong, "\n".join(wrong)


def test_next_leads_through_the_whole_course(crawled):
    """A page that none leads to is never read."""
    path, way = SITE / "index.html", []
    while crawled[path].next:
        path = (path.parent / crawled[path].next).resolve()
        way.append(path.relative_to(SITE).with_suffix("").as_posix())
    main = [name for name in PAGES if "solutions" not in name]
    assert [name for name in way if name in PAGES] == main + [
        name for name in PAGES if name not in main
    ]


@pytest.mark.parametrize("source", ["served", "from disk"])
def test_a_page_works_and_search_finds(source, browser, address):
    """Readers open the folder from a stick as well as from a server; both must search."""
    root = address if source == "served" else SITE.as_uri()
    page = opened(browser, f"{root}/search.html?q=carry")
    page.locator("#search-results li a").first.wait_for()
    found = page.locator("#search-results li a").evaluate_all("all => all.map((a) => a.href)")
    assert any("04_recurrent_networks" in link for link in found)
    if source == "served":  # from disk no page may read another: the titles must do
        page.locator("#search-results .context").first.wait_for()
        page.wait_for_load_state("networkidle")
        for words in page.locator("#search-results .context").all_inner_texts():
            assert not re.search(r"\\[a-z(]|System Settings|in your browser", words), words
    page.context.close()
    page = opened(browser, f"{root}/{PAGES[0]}.html")
    assert page.locator("mjx-container").count() > 10
    fold = page.locator("details.hide").first
    assert not fold.locator("pre").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").first.is_visible()
    assert page.said == []
    page.context.close()
