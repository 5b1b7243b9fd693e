"""Write the course for learners: without solutions, and what the judge knows packed.

    python -m tools.release FOLDER

makes FOLDER and FOLDER.zip. The reference solutions and their slips are compressed into
``exercises/pNN.packed``, which the judge unpacks in memory, and so are the questions, whose files
hold the right letters; those that no page asks are left out. That stops looking, not cracking:
whoever takes the judge apart finds them. Marks come from the full course, with fresh inputs.
"""

import argparse
import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = re.compile(r"exercises/(p\d\d\.(py|txt)|questions/.*\.toml)")
LEFT_OUT = re.compile(
    r"(notebooks/solutions|tests|tools|benchmarks|site|slides|\.ci|\.github)/"
    r"|(CONTRIBUTING|TEACHING|exercises/SLIPS)\.md"
)
# What the README says of the files that are left out, and to those who teach.
NOT_FOR_LEARNERS = re.compile(
    r"; their solutions are in\s+\S*notebooks/solutions[^\s.]*"
    r"|(?ms:^## (Open it|For a class)\n.*?(?=^## ))"
    r"|make test .*\n|In that environment plain `pytest` does what `make test` does\.\s+"
    r"|\s+\[CONTRIBUTING\]\([^)]*\) says how to change a page\."
)


def release(folder):
    """Copy the course to a new folder, and pack it.

    Raises FileExistsError when the folder is there already.
    """
    folder.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if not LEFT_OUT.match(name) and not PAGE.match(name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for path in (ROOT / "exercises").glob("p[0-9][0-9].py"):
        both = [path.with_suffix(kind).read_text(encoding="utf-8") for kind in (".py", ".txt")]
        packed = zlib.compress(json.dumps(both).encode(), 9)
        (folder / "exercises" / f"{path.stem}.packed").write_bytes(packed)
    for path in (ROOT / "exercises" / "questions").glob("p[0-9][0-9].toml"):
        packed = folder / "exercises" / "questions" / f"{path.stem}.packed"
        packed.write_bytes(zlib.compress(path.read_bytes(), 9))
    readme = folder / "README.md"
    text = NOT_FOR_LEARNERS.sub("", readme.read_text(encoding="utf-8"))
    readme.write_text(text.replace("## Two commands", "## One command"), encoding="utf-8")
    shutil.make_archive(str(folder), "zip", folder.parent, folder.name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("folder", type=Path)
    release(parser.parse_args().folder.resolve())
