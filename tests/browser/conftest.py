"""One JupyterLab and one Chromium a worker; each notebook is opened once and run once.

All tests of a notebook stand in one group, so that they meet on one worker (--dist loadgroup).
"""

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


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Keep the tests of a notebook together, in the order of files and lines."""
    for item in items:
        item.group = getattr(item, "callspec", None) and item.callspec.params.get("opened")
        item.group = item.group or item.path.stem
        item.add_marker(pytest.mark.xdist_group(item.group))
    items.sort(key=lambda item: (item.group, item.location[:2]))
