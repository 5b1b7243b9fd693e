"""The package's promises: imports do nothing visible, layers point one way, the files agree."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HELPERS = ROOT / "helpers"
NUMBERS = {"_door", "data", "gradcheck", "graph", "layers", "lstm", "rnn", "spectra", "training"}
PARTS = {
    "numbers": (sorted(NUMBERS), set()),
    "pictures": (["style", *(f"draw.{path.stem}" for path in HELPERS.glob("draw/*.py"))],
                 {"matplotlib", "IPython"}),
    "explorers": (["live"], {"matplotlib", "ipywidgets", "IPython"}),
    "reopened pages": (["reopen"], {"IPython"}),
}  # fmt: skip

VISIBLE = """
import io, sys, contextlib, warnings
warnings.simplefilter("error")
import numpy as np
np.random.seed(1); state = np.random.get_state()[1].copy()
import random; before = random.getstate()
out, err = io.StringIO(), io.StringIO()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
    import {modules}
assert out.getvalue() == err.getvalue() == "", "it prints"
assert (np.random.get_state()[1] == state).all() and random.getstate() == before, "it seeds"
if "matplotlib" in sys.modules:
    import matplotlib
    changed = {{k for k, v in matplotlib.rcParams.items() if v != matplotlib.rcParamsOrig[k]}}
    assert changed <= {{"backend"}}, f"it changes rcParams: {{sorted(changed)}}"
print(" ".join(name for name in ("matplotlib", "ipywidgets", "IPython") if name in sys.modules))
"""


@pytest.mark.parametrize("part", PARTS)
def test_import_has_no_visible_effect(part):
    """A reader who imports a helper must find plots, random numbers and screen as they were."""
    modules, allowed = PARTS[part]
    code = VISIBLE.format(modules=", ".join(f"helpers.{name}" for name in modules))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.split()) <= allowed


def test_layers_point_one_way():
    """If numbers began to import pictures, no one could use the gradients without a screen."""
    below = {
        "live": NUMBERS | {"draw", "style"},
        "draw": {"draw", "style", "graph", "_door"},
        "style": set(),
    }
    for path in HELPERS.rglob("*.py"):
        part = path.relative_to(HELPERS).parts[0].removesuffix(".py")
        allowed = below.get(part, NUMBERS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module == "helpers":
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
                names = [node.module.split(".")[1]]
            for name in names:
                assert name in allowed, f"helpers/{part} must not import helpers.{name}"


def test_constraints_pin_every_dependency():
    """An unpinned dependency would let stored outputs drift with the day of installation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {line.split("==")[0].lower() for line in lines}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), "name==version only"
    assert {dep.split(">=")[0] for dep in project["dependencies"]} <= pins
