"""Run the course under conditions that a reader's machine may have, and compare its outputs.

Usage: python -m tools.hostile [--list] [--jobs N] [CONDITION ...]      (default: all of them)

Every condition is one run of its own, on a fresh copy of the course in a temporary folder: the
working tree is never touched and nothing is left behind. Notebooks (their solutions too) are run
by strict nbval, which compares every text with the stored one. One line is printed per condition:
its name, its seconds, what came of it. A condition that this machine does not allow is skipped,
with the reason. Exit status 1 when any output differs or any test fails. All: about half an hour.

As a pytest plugin (-p tools.hostile) it brings tests into another order and lets kernels start
elsewhere, as HOSTILE_ORDER and HOSTILE_CWD say.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from tools import course

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
PYTEST = (sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "-rfE")
# Each namespace proves that it isolates before it hands over; 97 says that it does not.
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
# Stores all notebooks anew; each must be the one stored before, byte for byte.
ANEW = '! "$0" -m tools.notebooks --jobs 1 2>&1 | grep -v unchanged'


def double(folder):
    """Put every notebook's cells twice into it: the second pass runs in the first one's kernel."""
    for path in sorted((folder / "notebooks").rglob("*.ipynb")):
        notebook = course.read(path)
        again = nbformat.from_dict([dict(cell, id=f"{cell.id}-2") for cell in notebook.cells])
        notebook.cells = notebook.cells + again
        nbformat.write(notebook, path)


OLDER = {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
BACKWARDS = [str(p.relative_to(course.ROOT)) for p in course.paths(solutions=True)][::-1]
ALL, PLUGIN = ("tests", "notebooks"), ("-p", "tools.hostile")
# name: what differs from an ordinary run, which tests the notebooks from the root of a copy; how
CONDITIONS = {
    "anew": ("stored anew: the same bytes", dict(command=("sh", "-c", ANEW, sys.executable))),
    "same-kernel": ("all cells run twice in one kernel", dict(prepare=double)),
    "reversed": ("notebooks from the last to the first", dict(targets=BACKWARDS)),
    "threads": ("two BLAS threads", dict(set=dict.fromkeys(THREADS, "2"))),
    "processor": ("sums and exponentials as an older processor rounds them", dict(set=OLDER)),
    "hash": ("PYTHONHASHSEED=12345", dict(set={"PYTHONHASHSEED": "12345"})),
    "in-notebooks": ("pytest called in notebooks/", dict(targets=["."], cwd="notebooks")),
    "kernel-at-root": (
        "kernels start at the root of the course",
        dict(set={"HOSTILE_CWD": "{course}"}, targets=[*PLUGIN, "notebooks"]),
    ),
    "odd-path": ("spaces and non-ASCII", dict(targets=ALL, folder="Übung 1 – 梯度 & σ")),
    "read-only": ("cannot be written", dict(targets=ALL, namespace=("--mount", READ_ONLY))),
    "offline": ("no network but loopback", dict(namespace=("--net", OFFLINE))),
    "c-locale": ("a C locale, UTF-8 mode off", dict(targets=ALL, set=C_LOCALE)),
    "no-font-cache": ("no font cache", dict(set={"MPLCONFIGDIR": "{course}-mpl"})),
    "random": ("unit tests shuffled", dict(set={"HOSTILE_ORDER": "7"}, targets=[*PLUGIN, "tests"])),
}


def pytest_collection_modifyitems(items):
    """Shuffle the tests by the seed HOSTILE_ORDER, if there is one."""
    if seed := os.environ.get("HOSTILE_ORDER"):
        random.Random(int(seed)).shuffle(items)


def pytest_configure():
    """Let nbval start its kernels in HOSTILE_CWD instead of the notebook's own folder."""
    if elsewhere := os.environ.get("HOSTILE_CWD"):
        from nbval import plugin

        class Elsewhere(plugin.RunningKernel):
            def __init__(self, kernel_name, cwd=None, startup_timeout=60):
                super().__init__(kernel_name, elsewhere, startup_timeout)

        plugin.RunningKernel = Elsewhere


def isolated(kind, script):
    """Return a command's prefix that runs it in a namespace of its own; or why there is none."""
    if not shutil.which("unshare"):
        return (), "there is no `unshare` on this system"
    as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    prefix = ("unshare", *as_root, kind, "sh", "-c", script, "sh")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*prefix, folder, "true"], capture_output=True, encoding="utf-8")
    return prefix, done.returncode and (done.stderr.strip() or f"unshare {kind} did not isolate")


def run(name):
    """Run one condition on a fresh copy; return name, seconds, whether it holds, what is said."""
    start, how, prefix = time.perf_counter(), CONDITIONS[name][1], ()
    with tempfile.TemporaryDirectory(prefix="hostile-") as temporary:
        folder = course.copy(Path(temporary).resolve() / how.get("folder", "course"))
        how.get("prepare", lambda folder: None)(folder)
        usual = {k: v for k, v in os.environ.items() if k not in (*THREADS, "PYTHONHASHSEED")}
        special = {k: v.format(course=folder) for k, v in how.get("set", {}).items()}
        if "namespace" in how:
            prefix, missing = isolated(*how["namespace"])
            if missing:
                return name, 0.0, True, f"skipped: {missing}"
            prefix = (*prefix, str(folder))
        done = subprocess.run(
            [*prefix, *how.get("command", (*PYTEST, *how.get("targets", ("notebooks",))))],
            cwd=folder / how.get("cwd", "."),
            # The copy's own helpers, not those of the working tree that is installed.
            env=usual | special | {"PYTHONPATH": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    lines = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).strip().splitlines() or ["no output"]
    said = lines[-1].strip("= ")
    if done.returncode:
        named = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines[-15:]
        said = "\n    ".join([f"DIFFERS: {said}", *named[:20]])
    return name, time.perf_counter() - start, done.returncode == 0, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("conditions", nargs="*", metavar="CONDITION", help="default: all")
    parser.add_argument("--list", action="store_true", help="say what the conditions are")
    parser.add_argument("--jobs", type=int, default=2, help="conditions run at the same time")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{name:<16}{what}" for name, (what, _) in CONDITIONS.items()))
        return 0
    if unknown := sorted(set(options.conditions) - set(CONDITIONS)):
        parser.error(f"{', '.join(unknown)}: no such condition; --list names them.")
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for name, seconds, holds, said in pool.map(run, options.conditions or CONDITIONS):
            failed += not holds
            print(f"{name:<16}{seconds:6.0f} s   {said}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
