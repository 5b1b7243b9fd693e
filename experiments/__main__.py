"""Run experiments and keep their tables: ``python -m experiments [NAME ...] [options]``.

Each module NAME of this package has ``SETTINGS`` (the grid: a list of keyword arguments),
``SEEDS`` and a pure ``run(seed, **settings)`` that returns the results of one row. Rows go to
data/runs/NAME.csv as they are finished; rows that stand there are not run again, so a run may be
interrupted at any time, and those of other seeds stay: ``--seeds`` makes a table longer. At the end
the rows are put in the grid's order: two complete runs give the same file.
"""

import argparse
import csv
import importlib
import multiprocessing
import os
import pkgutil
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import experiments
from helpers import data

NAMES = [m.name for m in pkgutil.iter_modules(experiments.__path__) if not m.name.startswith("_")]


def main(arguments=None):
    """Run the experiments named on the command line, by default all."""
    parser = argparse.ArgumentParser("python -m experiments", description="Redo tables of runs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--seeds", type=_seeds, metavar="0:10", help="instead of its own; rows of others stay"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--out", type=Path, default=data.FOLDER / "runs", help="folder of tables")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no experiment {', '.join(sorted(unknown))}; use {', '.join(NAMES)}")
    for name in given.names or NAMES:
        complete(name, given.out, seeds=given.seeds, jobs=given.jobs)


def complete(name, folder, *, seeds=None, jobs=1):
    """Bring folder/NAME.csv to its whole grid, running only the rows that are not there yet."""
    module = importlib.import_module(f"experiments.{name}")
    path, start = Path(folder) / f"{name}.csv", time.monotonic()
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = list(module.SETTINGS[0])
    wanted = [(seed, s) for s in module.SETTINGS for seed in (seeds or module.SEEDS)]
    header, rows = _kept(path, ["seed", *settings])
    there = {tuple(row[: len(settings) + 1]) for row in rows}
    tasks = [(name, seed, s) for seed, s in wanted if _key(seed, s) not in there]
    with open(path, "a", encoding="utf-8", newline="") as file, _mapping(jobs) as each:
        for done, (seed, s, results) in enumerate(each(_row, tasks), start=1):
            if not header:
                header = ["seed", *settings, *results]
                csv.writer(file, lineterminator="\n").writerow(header)
            rows.append([*_key(seed, s), *map(written, results.values())])
            csv.writer(file, lineterminator="\n").writerow(rows[-1])
            file.flush()
            print(f"\r{name}: {done} of {len(tasks)} rows", end="", flush=True)
    # The grid's order; rows of settings that are no longer in the grid are dropped.
    place = {_key(0, s)[1:]: n for n, s in enumerate(module.SETTINGS)}
    rows = [row for row in rows if tuple(row[1 : len(settings) + 1]) in place]
    rows.sort(key=lambda row: (place[tuple(row[1 : len(settings) + 1])], int(row[0])))
    whole = path.with_suffix(".new")
    with open(whole, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    os.replace(whole, path)
    print(f"\r{name}: {len(rows)} rows, {len(tasks)} of them new, {time.monotonic() - start:.0f} s")


def written(value):
    """Return a value as it stands in a table: floats with six significant digits."""
    value = value.item() if hasattr(value, "item") else value
    value = int(value) if isinstance(value, bool) else value
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _kept(path, first):
    """Return header and rows of a table, without a last line that was only half written."""
    text = path.read_text("utf-8") if path.exists() else ""
    if text[-1:] not in ("", "\n"):
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, "utf-8", newline="")
    header, *rows = list(csv.reader(text.splitlines())) or [[]]
    if header and header[: len(first)] != first:
        raise SystemExit(
            f"{path} begins with the columns {', '.join(header)}, but the experiment's are "
            f"{', '.join(first)}; move the table away to run it anew."
        )
    return header, rows


def _key(seed, settings):
    return tuple(map(written, (seed, *settings.values())))


def _row(task):
    name, seed, settings = task
    return seed, settings, importlib.import_module(f"experiments.{name}").run(seed, **settings)


@contextmanager
def _mapping(jobs):
    """Yield ``map``, or one over ``jobs`` processes that leave an interruption to this one."""
    if jobs == 1:
        yield map
    else:
        ignore = signal.signal, (signal.SIGINT, signal.SIG_IGN)
        with multiprocessing.get_context("spawn").Pool(jobs, *ignore) as pool:
            yield pool.imap_unordered


def _seeds(words):
    first, end = words.split(":")
    return range(int(first), int(end))


if __name__ == "__main__":
    # Not main(): processes look functions up by their module's name, and find no "__main__".
    importlib.import_module("experiments.__main__").main()
