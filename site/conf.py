"""The course as static pages: `make site` gathers them in build/pages and writes build/site.

Nothing is executed: the pages are the notebooks with their stored outputs. Nothing is taken from
another host: MathJax lies beside the pages.
"""

import re
from importlib import metadata
from pathlib import Path

from docutils import nodes

project = "Gradients through time"
author = "The authors of Gradients through time"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["README.md"]  # the landing page includes its table of pages

nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # questions hold formulas
nb_code_prompt_hide = "Hide the code"  # what shows it: `name_folds`
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
pygments_style = "a11y-high-contrast-light"

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["course.css"]
html_css_files = ["course.css"]
html_favicon = "favicon.svg"
html_context = {"default_mode": "auto", "live": tags.has("live")}  # noqa: F821
templates_path = ["_templates"]
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "article_header_end": ["run.html", "article-header-buttons.html"],
    "footer_content_items": [],
    "navbar_persistent": [],
    "pygments_dark_style": "a11y-high-contrast-dark",
    "pygments_light_style": "a11y-high-contrast-light",
    "search_bar_text": "Search the course",
    "toc_title": "On this page",
    "use_download_button": False,
    "use_fullscreen_button": False,
}

# One file does all: paths instead of fonts, so that formulas look the same when a page is opened
# from disk, where browsers withhold fonts.
MATHJAX = "sphinx-mathjax-offline/static/mathjax/tex-svg.js"
html_static_path.append(str(metadata.distribution("sphinx-mathjax-offline").locate_file(MATHJAX)))
mathjax_path = Path(MATHJAX).name
mathjax3_config = {"svg": {"fontCache": "global"}}


def name_places(app, doctree):
    """Give formulas, exercises and figures addresses: #eq-4-7, #exercise-6-4, #figure-4-2.

    Sphinx would set a formula of several lines in `split`, which knows no \\tag; it is passed on
    as it is written.
    """
    for formula in doctree.findall(nodes.math_block):
        tags = re.findall(r"\\tag\{([\w.]+)\}", formula.astext())
        formula["ids"] = [f"eq-{tag.replace('.', '-')}" for tag in tags]
        formula["number"] = None  # its tag is all the number that it has
        if not formula.get("no-wrap", formula.get("nowrap")):
            formula[:] = [nodes.Text("\\[" + formula.astext() + "\\]")]
            formula["no-wrap"] = True
    for bold in doctree.findall(nodes.strong):
        if re.fullmatch(r"\d+\.\d+", bold.astext()):
            bold["ids"].append(f"exercise-{bold.astext().replace('.', '-')}")
    page = app.env.docname.split("/")[-1][:2].lstrip("0") or "0"
    for n, image in enumerate(doctree.findall(nodes.image), start=1):
        image["ids"].append(f"figure-{page}-{n}")


def keep_alternative_texts(app, doctree):
    """Give a picture its words, which stand beside it in the same output."""
    for image in doctree.findall(nodes.image):
        bundle = image.parent.parent
        if bundle.get("nb_element") == "mime_bundle":
            (words,) = (kind for kind in bundle if kind["mime_type"] == "text/plain")
            image["alt"] = words.astext()


def name_folds(app, doctree):
    """Let a folded cell say what it does: the first sentence of its first comment does."""
    for cell in doctree.findall(nodes.container):
        if cell.get("hide_mode"):
            code = next(cell.findall(nodes.literal_block)).astext()
            comment = " ".join(re.match(r"(?:#.*\n?)*", code)[0].replace("# ", "").split("\n"))
            sentence = re.match(r".*?(?<!\.)[.?!](?=\s+[A-Z`]|\s*$)|.*", comment)[0]
            cell["prompt_show"] = f"Code: {sentence.strip().replace('`', '')}"


def say_what_runs(app, doctree):
    """Tell a reader who looks for a slider, or presses Shift + Enter, where these can be had."""
    if not re.fullmatch(r"notebooks/\d\d_\w+", app.env.docname):
        return
    aside = nodes.paragraph(classes=["course-aside"])
    aside += nodes.Text(
        "You see what the last run stored. To run cells, move sliders, answer the questions and "
        "have your exercises judged, "
    )
    lab = "open the notebook in JupyterLab."
    if tags.has("live"):  # noqa: F821
        button = "press “Run this page” above: Python starts in your browser."
        aside += nodes.inline("", button, classes=["course-served"])
        serve = f"{lab[:-1]}, or serve this folder: python -m http.server."
        aside += nodes.inline("", serve, classes=["course-disk"])
    else:
        aside += nodes.Text(lab)
    aside += nodes.inline("", " What is cut at the edge moves sideways.", classes=["course-narrow"])
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, aside)


def keep_small_pictures_small(app, doctree):
    """Mark those that a telephone shows whole."""
    for image in doctree.findall(nodes.image):
        if int(re.match(r"\d*", str(image.get("width", "")))[0] or 900) <= 600:
            image["classes"].append("course-small")


def name_what_opens(app, page, template, context, doctree):
    """Let the arrow that opens a list of pages say so; the theme leaves it without words."""
    tree = context.get("generate_toctree_html")
    if tree:
        named = '<summary aria-label="Show the pages below">'
        context["generate_toctree_html"] = lambda *args, **kwargs: str(
            tree(*args, **kwargs)
        ).replace("<summary>", named)


def setup(app):
    """Connect what this file adds to Sphinx."""
    changes = (name_places, keep_alternative_texts, keep_small_pictures_small, name_folds)
    for change in (*changes, say_what_runs):
        app.connect("doctree-read", change)
    app.connect("html-page-context", name_what_opens, priority=900)
