"""Grade notebooks (``python -m exercises grade FOLDER --csv out.csv``), and export questions.

Each notebook runs in a process and a folder of its own, with a time limit; its answers are then
judged there on fresh inputs. One that does not open, end, or behave costs its learner the points,
not the others theirs. It is no jail: run strangers' notebooks as a user who may do no harm.
``python -m exercises export --format moodle --out bank.xml`` is for a learning platform.
"""

import argparse
import ast
import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import exercises
from exercises import judge, slips
from exercises.questions import export

COURSE = Path(__file__).resolve().parents[1]
COLUMNS = ("notebook", "exercise", "points", "words", "slips")


def answers(notebook):
    """Return (code cells, number -> name of the answer) of a notebook, read from JSON.

    The checks decide which function answers which exercise; where they have been taken out, the
    name that the course's own page uses does.
    """
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    called = r'exercises\.(?:check|require)\(\s*"([\d.]+)"\s*,\s*(\w+)\s*\)'
    return cells, dict(pair for cell in cells for pair in re.findall(called, cell))


def page_of(path, found):
    """Return the number of a notebook's page, by its checks or its name."""
    pages = [number.split(".")[0] for number in found]
    name = re.match(r"\d+", path.stem)
    return max(set(pages), key=pages.count) if pages else str(int(name[0])) if name else ""


def expected(page):
    """Return number -> name of the answer on the course's own page, where it lies beside us."""
    for path in sorted((COURSE / "notebooks").glob(f"{int(page):02d}_*.ipynb")):
        return answers(json.loads(path.read_text(encoding="utf-8")))[1]
    return {}


def pries(cells):
    """Return what the code takes from inside the judge, such as "exercises.slips"; else "".

    There lie the solutions. Whoever hides it well is not found.
    """
    ours = {"exercises"}
    for cell in cells:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse(without_magic(cell))):
                found = ""
                if isinstance(node, ast.Import):
                    for one in node.names:
                        ours |= {one.asname} if one.name == "exercises" and one.asname else set()
                        found = one.name if one.name.startswith("exercises.") else found
                elif isinstance(node, ast.ImportFrom) and node.module:
                    inside = [f"{node.module}.{one.name}" for one in node.names]
                    found = next((n for n in inside if n.startswith("exercises.")), "")
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    found = f"exercises.{node.attr}" if node.value.id in ours else ""
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    named = re.fullmatch(r"exercises\.(p\d\d|slips|judge)", node.value)
                    found = node.value if named else ""
                if found and found.removeprefix("exercises.") not in (*exercises.__all__, "*"):
                    return found
    return ""


def judged(path, seed, cell_seconds, only=()):
    """Run a notebook's definitions here; yield a row (number, points, words, slips) each."""
    cells, found = answers(json.loads(Path(path).read_text(encoding="utf-8")))
    page = page_of(Path(path), found)
    if inside := pries(cells):
        why = f"the notebook takes {inside} from inside the judge: look at it."
        yield from ((number, 0.0, why, "") for number in slips.load(page))
        return
    names, space = expected(page) | found, {"__name__": "__main__"}
    judge.clock = time.process_time  # a class is graded on a busy machine
    ours = [(module, dict(vars(module))) for module in (exercises, judge, slips)]
    exercises.check = exercises.progress = lambda *args: None
    for cell in cells:
        if re.search(r"(?m)^(@|import |from |def |class |[A-Za-z_][\w, ]* = )", cell):
            # A cell that fails or does not end must not take the others along.
            with contextlib.suppress(BaseException), judge.limit(cell_seconds):
                exec(compile(without_magic(cell), "<cell>", "exec"), space)
    for module, names_then in ours:  # whatever the notebook has put in their place
        vars(module).update(names_then)
    for number in slips.load(page):
        if only and number not in only:
            continue
        name = names.get(number, "")
        if name in space:
            said = exercises.verdict(number, space[name], seed)
            yield number, said.points, " ".join(said.words.split()), " | ".join(said.slips)
        else:
            yield number, 0.0, f"there is no function {name or 'that is checked'}.", ""


def without_magic(cell):
    return re.sub(r"(?m)^\s*[%!].*$", "pass", cell)


def one(path, seed, memory, cell_seconds, only=()):
    """Judge one notebook in this process and print its rows as the last line, in JSON."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever the notebook prints
    rows = list(judged(path, seed, cell_seconds, only))
    with os.fdopen(out, "w") as file:
        json.dump(rows, file)


def graded(path, given):
    """Return rows (exercise, points, words, slips) for one notebook, whatever it does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copy(path, copy)
            found = answers(json.loads(copy.read_text(encoding="utf-8")))[1]
            numbers = list(slips.load(page_of(path, found)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            return [("", 0.0, f"cannot be read as a page of the course: {error}", "")]
        call = (str(copy), given.seed, given.megabytes, given.cell, [*listed(given.only)])
        command = [sys.executable, "-c", f"from exercises.__main__ import one; one{call}"]
        known = os.environ | {"PYTHONPATH": str(COURSE), exercises.KEPT: "off", "MPLBACKEND": "agg"}
        # Files, not pipes: a process that the notebook leaves behind would hold a pipe open.
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
            run = subprocess.Popen(
                command, cwd=folder, env=known, stdout=said, stderr=errors, start_new_session=True
            )
            try:
                run.wait(given.seconds)
                said.seek(0)
                return [tuple(row) for row in json.loads(said.read())]
            except subprocess.TimeoutExpired:
                why = f"the notebook did not end within {given.seconds} seconds."
            except ValueError:
                errors.seek(0)
                last = (errors.read().strip() or "no reason").splitlines()[-1]
                why = f"the notebook broke off: {last}"
            finally:
                with contextlib.suppress(OSError, AttributeError):
                    os.killpg(run.pid, signal.SIGKILL)  # not on Windows
                run.kill()
                run.wait()
    return [(number, 0.0, why, "") for number in numbers]


def collected(paths, only=()):
    """Yield (learner, notebook); with ``only``, leave out what cannot hold these exercises.

    A learner is a folder within a given folder, or a file. A file that is called as the page is
    says nothing of its author: there it is the folder around it.
    """
    ours = {path.name for path in COURSE.glob("notebooks/*.ipynb")}
    pages = {number.split(".")[0] for number in only}
    for path in paths:
        for notebook in sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]:
            within = notebook.relative_to(path).parts if path.is_dir() else ()
            if ".ipynb_checkpoints" in within:  # JupyterLab's own copies
                continue
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                found = answers(json.loads(notebook.read_text(encoding="utf-8")))[1]
                if pages and page_of(notebook, found) not in pages:
                    continue
            alone = notebook.resolve().parent.name if notebook.name in ours else notebook.stem
            yield within[0] if len(within) > 1 else alone, notebook


def marks(points):
    """Return one row a learner, from learner -> exercise -> points: a column each, and the sum."""
    numbers = sorted({n for each in points.values() for n in each if n}, key=_in_order)
    rows = [
        [learner, *(each.get(n, "") for n in numbers), round(sum(each.values()), 2)]
        for learner, each in points.items()
    ]
    return [["learner", *numbers, "sum"], *rows]


def report(rows, worth):
    """Yield for each exercise how many had it right, and what to talk about in class."""
    for number in sorted({row[0] for row in rows if row[0]}, key=_in_order):
        of_it = [row for row in rows if row[0] == number]
        right = sum(row[1] == worth.get(number, 1.0) for row in of_it)
        slips = Counter(slip for row in of_it for slip in row[3].split(" | ") if slip)
        often = "".join(f"\n    {n} times: {slip}" for slip, n in slips.most_common(3))
        yield f"{number}: right in {right} of {len(of_it)}{often}"


def _in_order(number):
    return [int(part) for part in number.split(".")]


def listed(text):
    """Return name -> points of a list such as ``6.1,6.4:3``; without a number 1."""
    pairs = (one.partition(":") for one in text.split(",") if one.strip())
    return {name.strip(): float(points or 1) for name, _, points in pairs}


def chosen(text):
    """Return number -> points of exercises.

    Raises ValueError when there is no such exercise, or its points are no number.
    """
    only = listed(text)
    for number in only:
        if number not in slips.load(number.split(".")[0]):
            raise ValueError(f"There is no exercise {number}.")
    return only


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m exercises", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("grade", help="run notebooks and table points and slips")
    grade.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    grade.add_argument("--csv", type=Path, help="write the verdicts to this file")
    grade.add_argument("--marks", type=Path, help="write a table with one row a learner")
    grade.add_argument(
        "--only", default="", help="exercises on the sheet, with points if not 1: 6.1,6.4:3 (all)"
    )
    grade.add_argument("--seconds", type=int, default=120, help="limit a notebook (120)")
    grade.add_argument("--cell", type=int, default=20, help="limit a cell (20)")
    grade.add_argument("--megabytes", type=int, default=2000, help="limit of memory (2000)")
    grade.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (all cores)")
    grade.add_argument("--seed", type=int, default=1, help="of the inputs (1; the pages use 0)")
    bank = commands.add_parser(
        "export", help="write questions for a learning platform, or to print"
    )
    bank.add_argument("--format", choices=export.FORMATS, required=True)
    bank.add_argument("--out", type=Path, required=True)
    bank.add_argument("--only", default="", help="questions or pages: 7.p,7.r or 7 (all)")
    given = parser.parse_args(arguments)
    if given.command == "export":
        if not any(export.every()):
            parser.error("the questions are packed here; export them from the full course")
        try:
            text = export.FORMATS[given.format](listed(given.only))
        except ValueError as error:
            parser.error(error)
        given.out.write_text(text, encoding="utf-8")
        return
    try:
        worth = chosen(given.only)
    except ValueError as error:
        parser.error(error)
    everything, points, found = [], {}, list(collected(given.paths, worth))
    with ThreadPoolExecutor(max(1, given.jobs)) as pool:  # each waits for a process
        every = pool.map(lambda one: graded(one[1], given), found)
        try:
            for (learner, notebook), rows in zip(found, every, strict=True):
                rows = [
                    (number, round(share * worth.get(number, 1.0), 2), *rest)
                    for number, share, *rest in rows
                    if not worth or number in worth or not number
                ]
                why = {row[2] for row in rows if row[2].startswith(("the notebook", "cannot"))}
                most = sum(worth.values()) or len([row for row in rows if row[0]])
                scored = f"{sum(row[1] for row in rows):.2f} of {most:g} points"
                print(f"{notebook}: {scored}", *(f"({words})" for words in why), flush=True)
                everything += [(notebook, *row) for row in rows]
                for number, scored, *_ in rows:
                    of = points.setdefault(learner, {})
                    of[number] = max(of.get(number, 0.0), scored)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    print(*report([row[1:] for row in everything], worth), sep="\n")
    for file, table in ((given.csv, [COLUMNS, *everything]), (given.marks, marks(points))):
        if file:
            with file.open("w", encoding="utf-8-sig", newline="") as out:  # for spreadsheets
                csv.writer(out).writerows(table)


if __name__ == "__main__":
    main()
