"""Run all tests with the oldest or the newest versions that pyproject.toml allows.

Usage: python -m tools.versions oldest|newest [--python PATH] [PYTEST_ARGUMENT ...]

In a temporary folder, uv makes a fresh environment of a copy of the course, with every direct
dependency (the extra `test` too) at its lower bound, or all at their newest. What was installed is
printed, then plain `pytest` runs: unit tests, then every cell of every notebook. Exit status:
pytest's. Takes about ten minutes; needs a package index and the extra `dev`.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from tools import course

UV = (sys.executable, "-m", "uv", "--quiet")
SHOW = """
import platform, sys
from importlib.metadata import version
names = {"python": platform.python_version()} | {name: version(name) for name in sys.argv[1:]}
print(*(f"{name} {number}" for name, number in names.items()), sep="\\n")
"""


def newest_of_all(package):
    """Return the newest version of a package for any Python that this one's uv knows of."""
    ask = [*UV, "pip", "compile", "--no-header", "--no-deps", "--python-version", "3.99", "-"]
    done = subprocess.run(ask, input=package, capture_output=True, encoding="utf-8", check=True)
    return re.search(rf"^{package}==(\S+)", done.stdout, re.MULTILINE)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("which", choices=["oldest", "newest"])
    parser.add_argument("--python", default=sys.executable, help="the interpreter to run with")
    options, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix=f"{options.which}-") as temporary:
        folder, venv = course.copy(Path(temporary, "course")), Path(temporary, "venv")
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        direct = project["dependencies"] + project["optional-dependencies"]["test"]
        python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
        resolution = {"oldest": "lowest-direct", "newest": "highest"}[options.which]
        install = [*UV, "pip", "install", "--python", python, "--resolution", resolution]
        subprocess.run([*UV, "venv", "--python", options.python, venv], check=True)
        subprocess.run([*install, "--editable", f"{folder}[test]"], check=True)
        names = [re.split("[<>=]", entry)[0] for entry in direct]
        show = [python, "-c", SHOW, *names]
        shown = subprocess.run(show, capture_output=True, encoding="utf-8", check=True).stdout
        print(shown)
        newest = newest_of_all("numpy") if options.which == "newest" else ""
        if newest and f"numpy {newest}\n" not in shown:
            print(f"The newest NumPy, {newest}, is not to be had for this Python; it is not tried.")
            print("Name a newer one: make newest ARGS='--python /path/to/python'\n")
        sys.stdout.flush()
        return subprocess.run([python, "-m", "pytest", *arguments], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
