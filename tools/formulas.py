"""List every numbered formula with the check that proves it, and every claim with its outcome.

Usage: python -m tools.formulas [NOTEBOOK ...]      (default: every notebook of the course)

Two tables: tag · formula · the truth it is compared with · the bound; tag · sentence · what was
found. A truth is read from the code of the check: names are followed to what made them. The only
way to be listed as "complex step" is to be the result of one; what cannot be told is "other".
Exit status 1, with a sentence each, when a formula has no check or a check no formula, likewise
for claims and the prose they back, when a tag is repeated or out of order, or has not run.
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

TRUTHS = {"complex_step": "complex step", "central": "central differences"}
# What only gathers or reshapes numbers leaves their origin as it was: calls, and parts of nodes.
CALLS = {"array", "stack", "concatenate", "list", "sum", "float", "reshape", "ravel"}
PARTS = {ast.Subscript: "value", ast.List: "elts", ast.Tuple: "elts", ast.Dict: "values"}
PARTS |= {ast.ListComp: "elt", ast.GeneratorExp: "elt", ast.DictComp: "value"}
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


def proofs(notebook, function="check"):
    """Return (tag, truth, bound) for every tag that ``check``, or ``claim``, is called with.

    Raises
    ------
    ValueError
        When a tag is an expression that cannot be read.
    """
    module = ast.parse("\n".join(cell.source for cell in course.code(notebook)))
    names, found = Makers(module), []
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        if ast.unparse(call.func) not in (function, f"gradcheck.{function}"):
            continue
        given = dict(zip(("tag", "name", "ours", "truth"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords}
        truth = given.get("truth", ast.List([]))
        if isinstance(given["name"], ast.Dict):  # a group: name -> (ours, truth)
            truth = ast.List([pair.elts[1] for pair in given["name"].values])
        bound = ast.unparse(given["bound"]) if "bound" in given else "1e-08"
        for tag in filter(None, names.tags(given["tag"], call.lineno)):
            found.append((tag, names.truth(truth, call.lineno), bound))
    return found


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
    for tags, stem, what, proof in (
        (printed, number, "formula", "check"),
        (list(dict.fromkeys(backed)), f"C{number}", "sentence", "claim"),
    ):
        done = {tag for tag, *_ in proofs(notebook, proof)}
        wrong = [k for k, tag in enumerate(tags, start=1) if tag != f"{stem}.{k}"][:1]
        found += [f"({tags[k - 1]}) stands where ({stem}.{k}) is expected." for k in wrong]
        found += [f"{what.title()} ({tag}) has no {proof}." for tag in tags if tag not in done]
        found += [f"{proof.title()} ({tag}) has no {what}." for tag in sorted(done - set(tags))]
        unseen = sorted(done & set(tags) - ran)
        found += [f"{proof.title()} ({tag}) has no line in the stored outputs." for tag in unseen]
    return found


class Makers:
    """What made each name of a notebook: ``made[name]`` lists (line, expression, from scratch)."""

    def __init__(self, module):
        self.made = {}
        for node in ast.walk(module):
            match node:
                case ast.Assign(targets=[target]):
                    self.assign(target, node.value, node.lineno)
                case ast.FunctionDef():
                    values = [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
                    self.assign(ast.Name(node.name), ast.List(values), node.lineno)
                case ast.For():
                    names = [n for n in ast.walk(node.target) if isinstance(n, ast.Name)]
                    self.assign(ast.Tuple(names), node.iter, node.lineno)
                case ast.Call(func=ast.Attribute(value=target, attr="append")):
                    self.assign(ast.Subscript(target), node.args[0], node.lineno)

    def assign(self, target, value, line, whole=True):
        match target:
            case ast.Tuple(elts=targets):
                pairs = isinstance(value, ast.Tuple) and len(value.elts) == len(targets)
                for k, one in enumerate(targets):
                    self.assign(one, value.elts[k] if pairs else value, line)
            case ast.Subscript():
                self.assign(target.value, value, line, False)
            case ast.Name(id=name):
                self.made.setdefault(name, []).append((line, value, whole))

    def before(self, node, line):
        """Return what made a name before ``line``: its last assignment and what was added."""
        found = []
        makers = sorted(self.made.get(getattr(node, "id", ""), ()), key=lambda maker: maker[0])
        for _, value, whole in (maker for maker in makers if maker[0] < line):
            found = [value] if whole else [*found, value]
        return found[1:] if len(found) > 1 and _is_plain(found[0]) else found

    def truth(self, node, line):
        """Say in words where the numbers of an expression come from."""
        if None not in (kinds := self.kinds(node, line, frozenset())):
            return ", ".join(sorted(kinds))
        base = node.value if isinstance(node, ast.Subscript) else node
        made = self.before(base, line)
        return f"other: {ast.unparse(made[0] if len(made) == 1 else node)}"

    def kinds(self, node, line, seen):
        """Return the set of origins that ``node`` gathers; None stands for one not recognised."""
        inner = getattr(node, PARTS.get(type(node), ""), [])
        match node:
            case _ if _is_plain(node):
                return {"printed values"}
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in TRUTHS:
                return {TRUTHS[name]}
            case ast.Attribute(attr="grad", value=base):
                while isinstance(base, ast.Subscript):
                    base = base.value
                made = self.before(base, line)
                if made and all("Node(" in ast.unparse(maker) for maker in made):
                    return {"graph engine"}
            case ast.Attribute(attr="T", value=base):
                inner = base
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CALLS:
                base = getattr(node.func, "value", ast.Name("np"))
                inner = node.args[:1] if ast.unparse(base) == "np" else base
            case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)) if name not in seen:
                inner, seen = self.before(ast.Name(name), line), seen | {name}
        parts = inner if isinstance(inner, list) else [inner]
        return set().union(*(self.kinds(part, line, seen) for part in parts)) or {None}

    def tags(self, node, line):
        """Return the tags a call may name: a string, or a name that runs over literal strings."""
        if isinstance(node, ast.Constant):
            return [node.value]
        parts = [part for made in self.before(node, line) for part in ast.walk(made)]
        words = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
        if not (tags := [word for word in words if re.fullmatch(r"C?\d+\.\d+", word)]):
            raise ValueError(
                f"The tag {ast.unparse(node)} of a check cannot be read; write it out."
            )
        return tags


def _is_plain(node):
    try:
        return node is not None and [ast.literal_eval(node)] != [[]]
    except (ValueError, TypeError):
        return False


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
        mine = [(truth, bound) for name, truth, bound in proofs(notebook) if name == tag]
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
