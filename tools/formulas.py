"""List every numbered formula with the check that holds it, and every claim with its outcome.

Usage: python -m tools.formulas [NOTEBOOK ...]      (default: every notebook of the course)

Two tables: tag · formula · the truth it is compared with, as the page's code makes it · the bound;
and each claim as it was printed. Exit status 1, with a sentence each, when a formula has no check
or a check no formula, likewise for claims and the prose they back, when a tag is repeated or out of
order, or has not run.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

from tools import course

TAG = re.compile(r"\\tag\{([^}]*)\}")
CLAIMED = re.compile(r"(?<=[(\s])C\d+\.\d+(?=[),;])")  # (C9.1), or more: (C9.1, C9.2)
DISPLAY = re.compile(r"\$\$.*?\$\$|\\begin\{(align|gather|equation)\}.*?\\end\{\1\}", re.DOTALL)
RAN = re.compile(r"^(?:\(([\d.]+)\) .*error < |(C[\d.]+) +\S)", re.MULTILINE)
SHORTER = (
    (r"\\color\{#\w+\}|\\(?:begin|end)\{\w+\}|\\(?:left|right)\.?|\\textstyle\b", ""),
    (r"\s*\\\\(?:\[\w+\])?", "; "),
    (r"\\[bB]igg?[lr]?(?![A-Za-z])|&&?|\\!|\\q?quad\b|\\[,; ]", " "),
    (r"\\math(?:rm|bf|bb) (\w)|\\(?:mathrm|text|operatorname)\{([^{}]*)\}", r"\1\2"),
)


def formulas(notebook):
    """Return the numbered formulas of a notebook in order, as pairs (tag, LaTeX source)."""
    found = []
    for block in DISPLAY.finditer("\n\n".join(course.prose(notebook))):
        *parts, _ = TAG.split(block[0].removeprefix("$$"))
        found += zip(parts[1::2], parts[::2], strict=True)
    return found


def checks(notebook, function="check"):
    """Return (tag, truth, bound), in the page's words, for each call of ``check``, or ``claim``.

    ValueError when a tag is not written out: it would escape the comparison.
    """
    module = ast.parse("\n".join(cell.source for cell in course.code(notebook)))
    made, found = makers(module), []
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        if ast.unparse(call.func) not in (function, f"gradcheck.{function}"):
            continue
        tag, name, *pair = call.args
        if not isinstance(tag, ast.Constant):
            raise ValueError(f"The tag {ast.unparse(tag)} of a check is not written out; do that.")
        bound = [ast.unparse(k.value) for k in call.keywords if k.arg == "bound"] or ["1e-08"]
        group = [value.elts[1] for value in name.values] if isinstance(name, ast.Dict) else [name]
        words = [followed(truth, made, call.lineno) for truth in pair[1:] or group]
        if tag.value:
            found.append((tag.value, ", ".join(dict.fromkeys(words)), *bound))
    return found


def makers(module):
    """Return what gave each name of a page its value: name to pairs (line, source)."""
    made = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for name in (n for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)):
                made.setdefault(name.id, []).append((node.lineno, node.value))
        elif isinstance(node, ast.FunctionDef):
            returned = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value]
            made.setdefault(node.name, []).extend((node.lineno, value) for value in returned)
    return made


def followed(node, made, line):
    """Return the source of what made a truth: a name or a page's own function is looked up."""
    if isinstance(node, ast.List | ast.Tuple):
        return ", ".join(dict.fromkeys(followed(part, made, line) for part in node.elts))
    for _ in range(3):
        base = node.value if isinstance(node, ast.Subscript) else node
        base = base.func if isinstance(base, ast.Call) else base
        before = [pair for pair in made.get(getattr(base, "id", ""), ()) if pair[0] < line]
        if not before:
            break
        line, node = max(before, key=lambda pair: pair[0])
    return ast.unparse(node)


def problems(number, notebook):
    """Return a sentence for everything in which text, checks, claims and outputs are not in step.

    ``number`` is the notebook's: its tags must be number.1, number.2, ... in order.
    """
    text = "\n\n".join(course.prose(notebook))
    displayed, printed = [tag for tag, _ in formulas(notebook)], TAG.findall(text)
    found = [f"({tag}) stands outside display maths." for tag in printed if tag not in displayed]
    repeated = sorted({tag for tag in printed if printed.count(tag) > 1})
    found += [f"({tag}) is printed twice." for tag in repeated]
    backed = [tag for tag in CLAIMED.findall(text) if tag.startswith(f"C{number}.")]
    ran = {tag for pair in RAN.findall(_said(notebook)) for tag in pair}
    for tags, stem, what, kind in (
        (printed, number, "formula", "check"),
        (list(dict.fromkeys(backed)), f"C{number}", "sentence", "claim"),
    ):
        done = {tag for tag, *_ in checks(notebook, kind)}
        wrong = [k for k, tag in enumerate(tags, start=1) if tag != f"{stem}.{k}"][:1]
        found += [f"({tags[k - 1]}) stands where ({stem}.{k}) is expected." for k in wrong]
        found += [f"{what.title()} ({tag}) has no {kind}." for tag in tags if tag not in done]
        found += [f"{kind.title()} ({tag}) has no {what}." for tag in sorted(done - set(tags))]
        unseen = sorted(done & set(tags) - ran)
        found += [f"{kind.title()} ({tag}) has no line in the stored outputs." for tag in unseen]
    return found


def _said(notebook):
    return "\n".join(output.get("text", "") for output in course.outputs(notebook))


def _short(latex, width):
    """Shorten LaTeX source to one line: without colours, fonts, spacing and alignment."""
    for pattern, kept in SHORTER:
        latex = re.sub(pattern, kept, latex)
    text = " ".join(latex.strip(" ;\n").split())
    return text if len(text) <= width else text[: width - 4].rstrip() + " ..."


def table(notebook):
    """Yield the lines of a notebook's formulas: tag, formula, truths, bounds."""
    for tag, latex in formulas(notebook):
        mine = [(truth, bound) for name, truth, bound in checks(notebook) if name == tag]
        truths, bounds = ("; ".join(dict.fromkeys(column)) for column in zip(*mine, strict=True))
        yield f"{tag:<6}{_short(latex, 72):<74}{_short(truths, 58):<60}{bounds}"


def claims(notebook):
    """Return the lines that a notebook's claims have printed: tag, sentence, what was found."""
    return re.findall(r"(?m)^C\d+\.\d+ .*", _said(notebook))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the whole course")
    pages = {p.stem: course.read(p) for p in parser.parse_args().notebooks or course.paths()}
    wrong = [f"{n}: {line}" for n, page in pages.items() for line in problems(int(n[:2]), page)]
    if wrong:
        sys.exit("\n".join(wrong))
    heads = f"{'tag':<6}{'formula':<74}{'truth':<60}bound", "claims"
    for head, lines in zip(heads, (table, claims), strict=True):
        print(f"{head}\n")
        for name, page in pages.items():
            if found := list(lines(page)):
                print(name, *found, "", sep="\n")


if __name__ == "__main__":
    main()
