"""One JupyterLab and one Chromium a worker; each notebook is opened once and run once."""

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
def opened(request, course):
    """The notebook ``request.param``, photographed; its ``look`` and, in ``folder``, its looks."""
    with course.open(f"{request.param}.ipynb") as notebook:
        notebook.folder = lab.ROOT / "artefacts" / "browser" / request.param
        shutil.rmtree(notebook.folder, ignore_errors=True)
        notebook.folder.mkdir(parents=True)
        notebook.first = notebook.look()
        notebook.photograph(notebook.folder)
        yield notebook


@pytest.fixture(scope="session")
def ran(opened):
    """The same notebook after Run All."""
    opened.run_all()
    return opened


def notebook_of(nodeid):
    """Return what tests of one notebook have in common: their parameters."""
    return nodeid.partition("[")[2]


def pytest_collection_modifyitems(items):
    """Keep the tests of a notebook together, in the order of files and lines."""
    items.sort(key=lambda item: (notebook_of(item.nodeid), item.location[:2]))


def pytest_xdist_make_scheduler(config, log):
    """Send the tests of a notebook to one worker."""
    from xdist.scheduler import LoadScopeScheduling

    class ByNotebook(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return notebook_of(nodeid)

    return ByNotebook(config, log)
