"""Count what a reader meets on each page; tests/test_notebooks.py holds the numbers to the style.

python -m tools.pages        (make pages)
"""

import re
import statistics

from tools import course

DRAWS = re.compile(r"\bplt\.|\bax\b|\baxes\b|\bfig\b|\bdraw\.|\bstyle\.[A-Z]")


def is_folded(cell):
    """Say if a cell's code is folded away."""
    return "hide-input" in cell.metadata.get("tags", [])


def measured(notebook):
    """Return the numbers of a page by name; of its code, what is visible."""
    text, code = "\n".join(course.prose(notebook)), course.code(notebook)
    plain = re.sub(r"(?s)\$\$.*?\$\$|<details>.*?</details>", " ", text)
    visible = [cell.source.splitlines() for cell in code if not is_folded(cell)]
    lines = [line for cell in visible for line in cell if line.strip()]
    minutes = re.search(r"(\d+) minutes", text)
    everything = "\n".join(cell.source for cell in code)
    return {
        "words": len(re.sub(r"\$[^$]*\$", "x", plain).split()),
        "lines": len(lines),
        "median": statistics.median(map(len, visible)),
        "longest": max(map(len, visible)),
        "draws": round(sum(bool(DRAWS.search(line)) for line in lines) / len(lines), 2),
        "questions": everything.count("exercises.ask("),
        "explorers": everything.count("live.Explorer("),
        "exercises": everything.count("exercises.check("),
        "minutes": int(minutes[1]) if minutes else 0,
    }


if __name__ == "__main__":
    pages = {path.stem: measured(course.read(path)) for path in course.paths()}
    print(f"{'':<30}", *next(iter(pages.values())))
    for name, numbers in pages.items():
        print(f"{name:<30}", *(f"{value:{len(key)}g}" for key, value in numbers.items()))
