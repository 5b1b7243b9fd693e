"""One JupyterLab and one Chromium for the whole run; every notebook opened once, run once."""

import shutil

import lab
import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """What pytest-playwright launches: the system's Chromium."""
    return lab.chromium()


@pytest.fixture(scope="session")
def course(browser):
    """A window on a temporary copy of the course, served for this run."""
    with lab.serve() as server:
        context = browser.new_context(viewport={"width": 1300, "height": 1000})
        yield lab.Browser(server, context)
        context.close()


@pytest.fixture(scope="session")
def artefacts():
    """The folder of the photographs."""
    return lab.ROOT / "artefacts" / "browser"


@pytest.fixture(scope="module")
def opened(request, course, artefacts):
    """The notebook ``request.param``, its first ``looks``, and photographs in ``folder``."""
    with course.open(f"{request.param}.ipynb") as notebook:
        notebook.folder = artefacts / request.param
        shutil.rmtree(notebook.folder, ignore_errors=True)
        notebook.looks = {"before": notebook.look(notebook.folder / "before")}
        yield notebook


@pytest.fixture(scope="module")
def ran(opened):
    """The same notebook after Run All; ``looks["after"]``."""
    opened.run_all()
    opened.looks["after"] = opened.look(opened.folder / "after")
    return opened
