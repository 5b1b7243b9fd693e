"""One JupyterLab and one Chromium for the whole run; every notebook opened once, run once."""

import shutil
from dataclasses import dataclass, field

import lab
import pytest


@dataclass
class Sight:
    """A notebook in the browser, and what was to be seen at its two moments of rest."""

    notebook: lab.Notebook
    folder: object
    looks: dict = field(default_factory=dict)

    def look(self, moment):
        """Keep what a reader sees now, with its photographs, under the name ``moment``."""
        notebook = self.notebook
        self.looks[moment] = dict(
            text=notebook.text(),
            prompts=notebook.prompts(),
            pictures=notebook.pictures(),
            broken_pictures=notebook.broken_pictures(),
            maths_errors=notebook.maths_errors(),
            too_wide=notebook.too_wide(),
            errors=notebook.errors(),
            stderr=notebook.stderr(),
            photographs=notebook.screenshots(self.folder, moment),
        )


@pytest.fixture(scope="session")
def browser():
    """Chromium, showing a temporary copy of the course."""
    try:
        with lab.serve() as server, lab.browse(server) as chromium:
            yield chromium
    except lab.BrowserMissing as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def artefacts():
    """The folder of the photographs."""
    folder = lab.ROOT / "artefacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def opened(request, browser, artefacts):
    """The notebook ``request.param`` as a reader first sees it; closed when the next one comes."""
    folder = artefacts / request.param
    shutil.rmtree(folder, ignore_errors=True)
    with browser.open(f"{request.param}.ipynb") as notebook:
        sight = Sight(notebook, folder)
        sight.look("before")
        yield sight


@pytest.fixture(scope="module")
def ran(opened):
    """The same notebook after Run All."""
    opened.notebook.run_all(timeout=180)
    opened.look("after")
    return opened
