"""Hold the judge against answers that were written from the prompts alone, without its tables.

    python tests/answers/measure.py [PAGE ...] [--show]

``learners_NN.py`` beside this file holds them: ``wrong_6_2_a`` and ``right_6_2_a``, each with a
line that says what is wrong with it, or in which form it is right; their author tried each on
random inputs. Prints, by exercise, how many wrong answers are accepted, how many named (a slip, a
small change, or a relation that was tested), how many right ones refused, and how long a verdict
takes; ``--show`` prints every verdict beside its answer's line.
"""

import argparse
import importlib.util
import re
import time
from pathlib import Path

import numpy as np

import exercises
from exercises import judge

FOLDER = Path(__file__).parent
NAME = re.compile(r"(wrong|right)_(\d+)_(\d+)_\w+")


def answers(page):
    """Yield (number, "wrong" or "right", function) for every answer to a page's exercises."""
    path = FOLDER / f"learners_{page}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, function in list(vars(module).items()):
        if found := NAME.fullmatch(name):
            yield f"{found[2]}.{found[3]}", found[1], function


def pages():
    """Return the pages that have answers, such as ["00", "01", ...]."""
    return sorted(path.stem[-2:] for path in FOLDER.glob("learners_*.py"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=pages())
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    rows, seconds = {}, []
    judge.clock = time.process_time  # other programs do not count
    for page in options.pages:
        for number, kind, answer in answers(f"{int(page):02d}"):
            begun = time.process_time()
            found = exercises.verdict(number, answer)
            seconds.append(time.process_time() - begun)
            row = rows.setdefault(number, dict(wrong=0, accepted=0, named=0, right=0, refused=0))
            row[kind] += 1
            row["accepted"] += kind == "wrong" and found.done
            row["named"] += kind == "wrong" and bool(found.slips)
            row["refused"] += kind == "right" and not found.done
            if options.show:
                print(f"{answer.__name__}: {answer.__doc__}\n    {found.words}")
    print("exercise   wrong  accepted  named   right  refused")
    rows["all"] = {key: sum(row[key] for row in rows.values()) for key in rows[number]}
    for number, row in rows.items():
        share = f"{row['named'] / max(row['wrong'], 1):.0%}"
        print(f"{number:<10}{row['wrong']:>6}{row['accepted']:>10}{share:>7}"
              f"{row['right']:>8}{row['refused']:>9}")  # fmt: skip
    print(
        f"seconds of computing a verdict: median {np.median(seconds):.2f}, most {max(seconds):.1f}"
    )


if __name__ == "__main__":
    main()
