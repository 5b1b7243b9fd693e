"""Run all tests with the oldest or the newest versions that pyproject.toml allows.

Usage: python tools/versions.py oldest|newest [--python PATH] [PYTEST_ARGUMENT ...]

Makes a fresh virtual environment and a copy of the course in a temporary folder, installs there
the oldest versions (every direct dependency, the extra `test` too, pinned to its lower bound; what
they need themselves is left to pip) or the newest (no constraints.txt), prints what was installed
and runs plain `pytest`: unit tests, then every cell of every notebook. Nothing is left behind.
Exit status: pytest's. Takes about ten minutes; needs a package index.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from _copy import copy_course

LOWER_BOUND = re.compile(r"([\w-]+)>=([\d.]+)")
SHOW = """
import platform, sys
from importlib.metadata import version
print("python", platform.python_version())
for name in sys.argv[1:]:
    print(name, version(name))
"""


def requirements(project, which):
    """Return what pip is to install, by name.

    Parameters
    ----------
    project : dict
        The table ``project`` of pyproject.toml.
    which : {"oldest", "newest"}
        Lower bounds become pins, or stay bounds.

    Raises
    ------
    ValueError
        When a dependency is not written as ``name>=version``.
    """
    found = {}
    for entry in project["dependencies"] + project["optional-dependencies"]["test"]:
        if not (bound := LOWER_BOUND.fullmatch(entry)):
            raise ValueError(f"pyproject.toml asks for {entry!r}, expected name>=version.")
        name, version = bound.groups()
        found[name] = f"{name}=={version}" if which == "oldest" else entry
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("which", choices=["oldest", "newest"])
    parser.add_argument("--python", default=sys.executable, help="the interpreter to run with")
    options, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix=f"{options.which}-") as folder:
        course = copy_course(Path(folder, "course"))
        project = tomllib.loads((course / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        wanted = requirements(project, options.which)
        subprocess.run([options.python, "-m", "venv", Path(folder, "venv")], check=True)
        scripts = "Scripts" if os.name == "nt" else "bin"
        python = Path(folder, "venv", scripts, "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        install = [*pip, "install", "--quiet", *wanted.values(), "--editable", course]
        if status := subprocess.run(install).returncode:
            return status
        subprocess.run([python, "-c", SHOW, *wanted], check=True)
        print(flush=True)
        return subprocess.run([python, "-m", "pytest", *arguments], cwd=course).returncode


if __name__ == "__main__":
    sys.exit(main())
