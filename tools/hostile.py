"""Run the course under conditions that a reader's machine may have, and compare its outputs.

Usage: python tools/hostile.py [--list] [--jobs N] [CONDITION ...]      (default: all of them)

Every condition is one run of its own, on a fresh copy of the course in a temporary folder: the
working tree is never touched and nothing is left behind. Notebooks (their solutions too) are run
by strict nbval, which compares every text with the stored one. One line is printed per condition:
its name, its seconds, what came of it. A condition that this machine does not allow is skipped,
with the reason. Exit status 1 when any output differs or any test fails. All: about half an hour.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from _copy import copy_course

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
PYTEST = (sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "-rfE")
PLUGIN = ("-p", "tools._hostile_plugin")
# Each prefix proves that it has done its work before it hands over; 97 says that it has not.
READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" || exit 97
if touch "$1/probe" 2>/dev/null; then exit 97; fi
shift; exec "$@"
"""
OFFLINE = """
ip link set lo up || exit 97
if tail -n +3 /proc/net/dev | grep -qv '^ *lo:'; then exit 97; fi
shift; exec "$@"
"""


class Skip(Exception):
    """Raised when this machine does not allow a condition; says why."""


@dataclass(frozen=True)
class Condition:
    """What differs from an ordinary run; what is not said is as usual."""

    what: str
    targets: tuple[str, ...] = ("notebooks",)
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "course"
    cwd: str = "."
    options: tuple[str, ...] = ()
    prefix: Callable[[], tuple[str, ...]] = tuple
    prepare: Callable[[Path], None] = lambda course: None
    command: Callable[[Path], tuple[str, ...]] | None = None


def threads(number):
    """Return the settings that give the usual BLAS libraries this many threads."""
    return dict.fromkeys(THREADS, str(number))


def isolated(namespace, script):
    """Return a function that gives a command prefix: a namespace of its own, set up by a script.

    Raises
    ------
    Skip
        When the system has no such namespaces or does not let us have one.
    """

    def prefix():
        if not shutil.which("unshare"):
            raise Skip("there is no `unshare` on this system")
        as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
        start = ("unshare", *as_root, namespace)
        with tempfile.TemporaryDirectory() as folder:
            probe = [*start, "sh", "-c", script, "sh", folder, "true"]
            done = subprocess.run(probe, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise Skip(done.stderr.strip() or f"`{' '.join(start)}` did not isolate")
        return (*start, "sh", "-c", script, "sh")

    return prefix


def double(course):
    """Put every notebook's cells twice into it: the second pass runs in the first one's kernel."""
    for path in sorted((course / "notebooks").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        again = nbformat.from_dict([dict(cell, id=f"{cell.id}-2") for cell in notebook.cells])
        notebook.cells = notebook.cells + again
        nbformat.write(notebook, path)


def reversed_notebooks(course):
    """Return the command that runs the notebooks from the last to the first."""
    paths = sorted(str(path.relative_to(course)) for path in course.glob("notebooks/**/*.ipynb"))
    return (*PYTEST, *reversed(paths))


def settled_twice(course):
    """Return the command that stores all notebooks anew, twice, and compares every byte."""
    code = (
        "import subprocess, sys; from pathlib import Path\n"
        "state = []\n"
        "for _ in range(2):\n"
        "    subprocess.run([sys.executable, 'tools/notebooks.py', '--jobs', '1'], check=True)\n"
        "    state.append({p: p.read_bytes() for p in Path('notebooks').rglob('*.ipynb')})\n"
        "differ = [p.name for p in state[0] if state[0][p] != state[1][p]]\n"
        "print('FAILED second run differs:', differ) if differ else print('same bytes', end='')\n"
        "print(f' in {len(state[0])} notebooks')\n"
        "sys.exit(bool(differ))\n"
    )
    return (sys.executable, "-c", code)


EVERYTHING = ("tests", "notebooks")
CONDITIONS = {
    "twice": Condition("stored twice: the second run gives the same bytes", command=settled_twice),
    "same-kernel": Condition("all cells run twice in one kernel", prepare=double),
    "reversed": Condition("notebooks from the last to the first", command=reversed_notebooks),
    "threads-1": Condition("one BLAS thread", environment=threads(1)),
    "threads-2": Condition("two BLAS threads", environment=threads(2)),
    "hash-0": Condition("PYTHONHASHSEED=0", environment={"PYTHONHASHSEED": "0"}),
    "hash-12345": Condition("PYTHONHASHSEED=12345", environment={"PYTHONHASHSEED": "12345"}),
    "in-notebooks": Condition("pytest called in notebooks/", targets=(".",), cwd="notebooks"),
    "kernel-at-root": Condition(
        "kernels start at the root of the course", environment={"HOSTILE_CWD": "."}, options=PLUGIN
    ),
    "odd-path": Condition(
        "a path with spaces and non-ASCII letters", EVERYTHING, folder="Übung 1 – 梯度 & σ"
    ),
    "read-only": Condition(
        "a checkout that cannot be written", EVERYTHING, prefix=isolated("--mount", READ_ONLY)
    ),
    "offline": Condition("no network but loopback", prefix=isolated("--net", OFFLINE)),
    "c-locale": Condition(
        "LANG=C, LC_ALL=C, Python's UTF-8 mode off",
        EVERYTHING,
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ),
    "no-font-cache": Condition(
        "matplotlib's font cache missing", environment={"MPLCONFIGDIR": "{temporary}/mpl"}
    ),
    "units-reversed": Condition(
        "unit tests in reversed order", ("tests",), {"HOSTILE_ORDER": "reversed"}, options=PLUGIN
    ),
    "units-random": Condition(
        "unit tests in random order", ("tests",), {"HOSTILE_ORDER": "random:7"}, options=PLUGIN
    ),
}


def run(condition):
    """Run one condition on a fresh copy; return whether it holds, and what is to be said."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as temporary:
        course = copy_course(Path(temporary).resolve() / condition.folder)
        condition.prepare(course)
        usual = {k: v for k, v in os.environ.items() if k not in (*THREADS, "PYTHONHASHSEED")}
        special = {k: v.format(temporary=temporary) for k, v in condition.environment.items()}
        # The copy's own helpers, not those of the working tree that is installed.
        environment = usual | special | {"PYTHONPATH": str(course)}
        if "HOSTILE_CWD" in special:
            environment["HOSTILE_CWD"] = str(course / special["HOSTILE_CWD"])
        try:
            prefix = condition.prefix()
        except Skip as reason:
            return True, f"skipped: {reason}"
        if prefix:
            prefix = (*prefix, str(course))
        ordinary = (*PYTEST, *condition.options, *condition.targets)
        command = condition.command(course) if condition.command else ordinary
        done = subprocess.run(
            [*prefix, *command],
            cwd=course / condition.cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    lines = plain.strip().splitlines() or ["no output"]
    if done.returncode == 0:
        return True, lines[-1].strip("= ")
    named = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines[-15:]
    return False, "\n    ".join([f"DIFFERS: {lines[-1].strip('= ')}", *named[:20]])


def timed(name):
    """Run a condition by name; return its name, seconds, whether it holds and what came of it."""
    start = time.perf_counter()
    holds, said = run(CONDITIONS[name])
    return name, time.perf_counter() - start, holds, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("conditions", nargs="*", metavar="CONDITION", help="default: all")
    parser.add_argument("--list", action="store_true", help="say what the conditions are")
    parser.add_argument("--jobs", type=int, default=2, help="conditions run at the same time")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{name:<16}{c.what}" for name, c in CONDITIONS.items()))
        return 0
    if unknown := sorted(set(options.conditions) - set(CONDITIONS)):
        parser.error(f"{', '.join(unknown)}: no such condition; --list names them.")
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for name, seconds, holds, said in pool.map(timed, options.conditions or CONDITIONS):
            failed += not holds
            print(f"{name:<16}{seconds:6.0f} s   {said}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
