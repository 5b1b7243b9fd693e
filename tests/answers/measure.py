"""Hold the judge against answers that were written from the prompts alone, without its tables.

    python tests/answers/measure.py [PAGE ...] [--show] [--from learners|own|met]

``learners_NN.py`` beside this file holds those of a first source: ``wrong_6_2_a`` and
``right_6_2_a``, each with a line that says what is wrong with it, or in which form it is right;
their author tried each on random inputs. ``own.txt`` holds those of a second, one line each; its
head describes the form. ``met.txt`` holds answers that an earlier judge explained badly.

Prints, by exercise, how many wrong answers are accepted, how many named (a slip, a small change, or
a relation that was tested), how many right ones refused, and how long a verdict takes; ``--show``
prints every verdict beside its answer's line.
"""

import argparse
import importlib.util
import linecache
import math
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
    yield from learners(page)
    yield from own(page)
    yield from met(page)


def learners(page):
    """Yield those of ``learners_NN.py``."""
    path = FOLDER / f"learners_{page}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, function in list(vars(module).items()):
        if found := NAME.fullmatch(name):
            yield f"{found[2]}.{found[3]}", found[1], function


def met(page):
    """Yield those of ``met.txt``."""
    yield from own(page, "met")


def own(page, file="own"):
    """Yield those of ``own.txt``, which use what the page gives: ``GIVEN``."""
    lines = (FOLDER / f"{file}.txt").read_text(encoding="utf-8").splitlines()
    number, count = "", 0
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        mark, _, text = line.partition(" ")
        if mark == "=":
            (number, arguments), count, program = text.split(" ", 1), 0, []
        if mark == "--":
            program = []
        if int(float(number or -1)) != int(page) or mark not in ("|", "!", "+", "~", "+~"):
            continue
        if mark == "|":
            program.append(text)
            if after.startswith("|"):
                continue
            made, mark = "\n    ".join(program) + "\n", "!" if after == "!|" else "+"
        elif "~" in mark:
            made = "\n    ".join(program) + "\n"
            for edit in text.split(" ; "):
                old, new = edit.replace("\\n", "\n").split(" ->", 1)
                assert old in made, line
                made = made.replace(old, new[1:])
        else:
            made = f"return {text}"
        count += 1
        kind = "right" if "+" in mark else "wrong"
        name = f"{file}_{kind}_{number.replace('.', '_')}_{count}"
        yield number, kind, program_of(name, arguments, made, text)


def program_of(name, arguments, body, words):
    """Return a function whose lines can be shown, as those of a notebook's cell can."""
    source = f"def {name}({arguments}):\n    {body}\n"
    linecache.cache[f"<{name}>"] = len(source), None, source.splitlines(True), f"<{name}>"
    space = dict(GIVEN)
    exec(compile(source, f"<{name}>", "exec"), space)
    space[name].__doc__ = words
    return space[name]


def sigma(a):
    return 1 / (1 + np.exp(-a))


def slope(a):
    return sigma(a) * (1 - sigma(a))


def gates_back(t, states, dh_t, dc_t):
    _, c, i, f, g, o = states
    return np.concatenate([dc_t * g[t] * i[t] * (1 - i[t]), dc_t * c[t - 1] * f[t] * (1 - f[t]),
                           dc_t * i[t] * (1 - g[t]**2),
                           dh_t * np.tanh(c[t]) * o[t] * (1 - o[t])])  # fmt: skip


def collect(da, x, h, names):
    past, da = np.array([h[t - 1] for t in sorted(da)]), np.array([da[t] for t in sorted(da)])
    products = da.T @ x[1:], da.T @ past, da.sum(axis=0)
    return dict(zip(names, products, strict=True)) | {"a": da}


def slide(x, w):
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = (w * x[i : i + w.shape[0], j : j + w.shape[1]]).sum()
    return y


GIVEN = dict(np=np, math=math, sigma=sigma, slope=slope, gates_back=gates_back, collect=collect,
             slide=slide, LSTM=("W_x", "W_h", "b"), RNN=("W_xh", "W_hh", "b_h"))  # fmt: skip


def pages():
    """Return the pages that have answers, such as ["00", "01", ...]."""
    return sorted(path.stem[-2:] for path in FOLDER.glob("learners_*.py"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=pages())
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--from", dest="source", choices=("answers", "learners", "own", "met"),
                        default="answers")  # fmt: skip
    options = parser.parse_args()
    rows, seconds = {}, []
    judge.clock = time.process_time  # other programs do not count
    for page in options.pages:
        for number, kind, answer in globals()[options.source](f"{int(page):02d}"):
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
