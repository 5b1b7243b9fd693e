"""What learners get: the same verdicts, and no solution that a look into the files would show."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from exercises import slips
from tools.release import release

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem[1:] for path in (ROOT / "exercises").glob("p[0-9][0-9].py"))
PEEK = """
import importlib.machinery, json, types, exercises
from exercises import slips
right = [exercises.verdict("6.1", lambda dh, c, o: dh * np.tanh(c) * o * (1 - o)).words]
wrong = [exercises.verdict("6.1", lambda dh, c, o: dh * c * o * (1 - o)).words]
found, seen, left = [], set(), [exercises]
while left:
    one = left.pop()
    if id(one) in seen:
        continue
    seen.add(id(one))
    if isinstance(one, types.ModuleType) and one.__name__.startswith("exercises"):
        left += vars(one).values()
    elif isinstance(one, dict):
        left += one.values()
    elif isinstance(one, slips.Exercise) or "tanh(c_t) * o_t" in str(one):
        found.append(str(one))
for name in "p06", "p11":  # not by import: an editable course may be installed besides
    if importlib.machinery.PathFinder.find_spec(f"exercises.{name}", exercises.__path__):
        found.append(name)
print(json.dumps([right, wrong, found]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "course"
    release(folder)
    return folder


def python(folder, *command):
    """Run a line of Python in a release, as a learner would."""
    known = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", *command], cwd=folder, env=known, capture_output=True, text=True
    )


def test_the_judge_of_a_release_says_the_same_and_hides_its_truths(folder):
    """Neither importing nor walking through the package may hand out a solution."""
    run = python(folder, "import numpy as np" + PEEK)
    assert not run.stderr
    words = "not yet. You multiplied with c_t, but the output gate's partner is tanh(c_t). "
    words += "Re-read “The last step, gate by gate”."
    assert json.loads(run.stdout) == [["correct."], [words], []]


def test_the_questions_of_a_release_are_asked_and_their_letters_hidden(folder):
    """``right = "b"`` in a text file would make every question a matter of looking it up."""
    ask = "from exercises import questions; print(questions.reply(questions.load(4)['4.a'], 'z'))"
    export = "import sys; from exercises.__main__ import main; main(sys.argv[1:])"
    given = ["export", "--format", "gift", "--out", "bank.txt"]
    run, refused = python(folder, ask), python(folder, export, *given)
    assert run.stdout.startswith("*Not yet:* answer with")
    assert refused.returncode and "from the full course" in refused.stderr
    assert {path.name for path in folder.rglob("*.toml")} == {"pyproject.toml"}


def test_no_file_of_a_release_holds_a_solution_or_a_slip(folder):
    """Whoever searches the folder must not meet the answer."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    text = re.sub(r"\s+", " ", " ".join(p.read_bytes().decode("latin-1") for p in files))
    for page in PAGES:
        for exercise in slips.load(page).values():
            whole = re.sub(r"\s+", " ", exercise.text.split(":\n", 1)[1])
            assert whole not in text, exercise.number
            says = [slip.words.encode().decode("latin-1") for slip in exercise.slips]
            assert not any(words in text for words in says), exercise.number
    assert "notebooks/solutions" not in text
    assert not any(path.parts[-2] in ("solutions", "answers", "tests") for path in files)
    with zipfile.ZipFile(f"{folder}.zip") as packed:
        assert "course/exercises/p06.packed" in packed.namelist()


def test_the_readme_of_a_release_speaks_to_learners(folder):
    """A link that leads nowhere, or how to mark them, is nothing to hand to a class."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]*)", text)
    assert len(links) > 16 and all((folder / link).exists() for link in links)
    assert set(re.findall(r"(?m)^make (\w+)|`make (\w+)", text)) == {("lab", "")}
    assert "## One command" in text and "## How it is made" in text
    assert not re.search("TEACHING|grade|bank|pytest", text)
    assert not (folder / "TEACHING.md").exists()
