"""Build the course for a browser that has no Python: JupyterLite, its kernel and the pages.

    python -m tools.lite FOLDER [PYODIDE]      (make lite)

FOLDER receives static files, to be served over HTTP. Python itself, NumPy and Matplotlib come from
Pyodide's own delivery network when a page is opened, or from the folder PYODIDE, which is copied.
Needs the environment of ``site/lite/requirements.txt`` in ``.venv-lite``. SystemExit with the last
words of what failed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import course

HERE = course.ROOT / "site" / "lite"
BIN = course.ROOT / ".venv-lite" / "bin"
PARTS = ("notebooks", "helpers", "exercises", "data")
KERNEL = "@jupyterlite/pyodide-kernel-extension"
WHEELS = ("comm", "ipywidgets")  # pure Python, and not among Pyodide's packages


def run(*command, cwd=None):
    """Run a command, return what it says; SystemExit with its last words when it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr)[-6000:]
        sys.exit(f"{' '.join(map(str, command[:4]))} … failed:\n{said}")
    return done.stdout.strip()


def download(folder, *names):
    """Put the wheels of these packages, in the course's versions, into ``folder``."""
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")
    run(*pip, "--constraint", course.ROOT / "constraints.txt", "--dest", folder, *names)


def config():
    """Return the site's ``jupyter-lite.json``, and what in it is said to the kernel."""
    whole = json.loads((HERE / "jupyter-lite.json").read_text("utf-8"))
    return whole, whole["jupyter-config-data"]["litePluginSettings"][f"{KERNEL}:kernel"]


def build(folder, pyodide=None):
    """Write the site into ``folder``, anew, with the interpreter in ``pyodide`` if one is given."""
    folder = Path(folder).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        lite = Path(shutil.copytree(HERE, Path(temporary) / "lite"))
        copy = course.copy(Path(temporary) / "copy")
        for part in PARTS:
            shutil.move(copy / part, lite / "contents" / part)
        shutil.move(lite / "startup.py", lite / "contents")
        for path in lite.rglob("*.ipynb"):  # as a server sends them: each text one string
            path.write_text(json.dumps(course.read(path)), "utf-8")
        download(lite / "pypi", *WHEELS)

        whole, kernel = config()
        # A package that is an address is sought from where the kernel's own script lies.
        wheels = sorted(wheel.name for wheel in (lite / "pypi").iterdir())
        kernel["loadPyodideOptions"]["packages"] += [f"../../../../pypi/{n}" for n in wheels]
        if pyodide:
            shutil.copytree(pyodide, lite / "static" / "pyodide")
            kernel["pyodideUrl"] = "./static/pyodide/pyodide.js"
        (lite / "jupyter-lite.json").write_text(json.dumps(whole), "utf-8")

        shutil.rmtree(folder, ignore_errors=True)
        run(BIN / "jupyter", "lite", "build", f"--output-dir={folder}", cwd=lite)
    page = folder / "lab" / "index.html"
    ours = (HERE / "lab.html").read_text("utf-8")
    page.write_text(page.read_text("utf-8").replace("</body>", ours + "</body>"), "utf-8")
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    of = {part: sum(n for path, n in sizes.items() if path.relative_to(folder).parts[0] == part)
          for part in ("files", "static")}  # fmt: skip
    rest = sum(sizes.values()) - sum(of.values())
    print(f"{rest / 1e6:.1f} MB of JupyterLite, {of['files'] / 1e6:.1f} MB of course in {folder}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1].strip())
    build(*sys.argv[1:])
