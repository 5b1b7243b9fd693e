"""A copy of the course for scripts that must not touch the working tree."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copy_course(folder):
    """Copy every file that git knows or would add, as it is now, into ``folder``; return it.

    Parameters
    ----------
    folder : path-like
        Made if it is missing.

    Raises
    ------
    subprocess.CalledProcessError
        When the course does not lie in a git repository.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    folder = Path(folder)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # a file deleted but not yet committed is still listed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder
