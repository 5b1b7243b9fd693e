"""List every numbered formula of the course with the check that proves it.

Usage: python tools/formulas.py [NOTEBOOK ...]      (default: every notebook of the course)

Prints, notebook by notebook: tag · formula · the truth it is compared with · the bound. The truth
is read from the code of the checks: names are followed to what made them. The only way to be
listed as "complex step" is to be the result of one; what cannot be told is "other: <expression>".
Exit status 1, with a sentence each, when a formula has no check, a check has no formula, a tag is
repeated or out of order, or a stored output does not show that a check has run.
"""

import argparse
import ast
import inspect
import re
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat

from helpers.gradcheck import check

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_BOUND = inspect.signature(check).parameters["bound"].default
TAG = re.compile(r"\\tag\{([^}]*)\}")
DISPLAY = re.compile(r"\$\$.*?\$\$|\\begin\{(align|gather|equation)\}.*?\\end\{\1\}", re.DOTALL)
PROVED = re.compile(r"^\(([\d.]+)\) .* agrees, relative error < ", re.MULTILINE)

TRUTHS = {
    "complex_step": "complex step",
    "gradcheck.complex_step": "complex step",
    "central": "central differences",
    "gradcheck.central": "central differences",
}
NODES = {"Node", "graph.Node"}
# What only gathers or reshapes numbers leaves their origin as it was.
GATHERING = {"np.array", "np.stack", "np.concatenate", "list", "sum", "float"}
RESHAPING = {"reshape", "ravel", "sum"}

SHORTER = (
    (r"\{\\color\{#\w+\}\{((?:[^{}]|\{[^{}]*\})*)\}\}", r"\1"),
    (r"\\color\{#\w+\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1"),
    (r"\\(?:begin|end)\{\w+\}|\\(?:left|right)\.?|\\textstyle\b", ""),
    (r"\s*\\\\(?:\[\w+\])?", "; "),
    (r"\\[bB]igg?[lr]?(?![A-Za-z])|&&?|\\!", " "),
    (r"\\q?quad\b|\\[,; ]", " "),
    (r"\\math(?:rm|bf|bb) (\w)", r"\1"),
    (r"\\(?:mathrm|text|operatorname)\{([^{}]*)\}", r"\1"),
)


class Check(NamedTuple):
    """One call of ``check`` that names a tag."""

    tag: str
    truth: str
    bound: float | str


def prose(notebook):
    """Return the text of all markdown cells of a notebook."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def formulas(notebook):
    """Return the numbered formulas of a notebook in order, as pairs (tag, LaTeX source)."""
    found = []
    for block in DISPLAY.finditer(prose(notebook)):
        source = block[0].removeprefix("$$")
        *parts, _ = TAG.split(source)
        found += zip(parts[1::2], parts[::2], strict=True)
    return found


def checks(notebook):
    """Return a ``Check`` for every tag that a notebook's code checks, in order.

    Raises
    ------
    ValueError
        When a call of ``check`` names its tag by an expression that cannot be read.
    """
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    module = ast.parse("\n".join(code))
    names = Names(module.body)
    found = []
    for call in ast.walk(module):
        if not isinstance(call, ast.Call) or ast.unparse(call.func) not in (
            "check",
            "gradcheck.check",
        ):
            continue
        given = dict(zip(("tag", "name", "ours", "truth"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords}
        tags = [tag for tag in _tags(given["tag"], names, call.lineno) if tag]
        truth = names.truth(given["truth"], call.lineno) if tags else ""
        bound = _bound(given.get("bound"))
        found += [(call.lineno, Check(tag, truth, bound)) for tag in tags]
    return [check for _, check in sorted(found, key=lambda item: item[0])]


def problems(number, notebook):
    """Return a sentence for everything in which formulas and checks are not in step.

    Parameters
    ----------
    number : int
        The notebook's number n: its tags must be n.1, n.2, ... in order.
    notebook : NotebookNode
        A notebook with its stored outputs.
    """
    printed = TAG.findall(prose(notebook))
    checked = {check.tag for check in checks(notebook)}
    proved = set(PROVED.findall(_streams(notebook)))
    found = [f"({tag}) is printed twice." for tag in sorted(_repeated(printed))]
    for k, tag in enumerate(printed, start=1):
        if tag != f"{number}.{k}":
            found.append(f"({tag}) stands where ({number}.{k}) is expected.")
            break
    displayed = [tag for tag, _ in formulas(notebook)]
    found += [f"({tag}) stands outside display maths." for tag in printed if tag not in displayed]
    found += [f"Formula ({tag}) has no check." for tag in printed if tag not in checked]
    found += [f"Check ({tag}) has no formula." for tag in sorted(checked - set(printed))]
    unseen = sorted((checked & set(printed)) - proved)
    found += [f"Check ({tag}) has no line in the stored outputs." for tag in unseen]
    return found


class Names:
    """What made each name, in the order in which the lines run.

    Parameters
    ----------
    statements : list of ast.stmt
        The body of a module or of a function.
    outer : Names, optional
        Where names are looked up that are not made here.
    """

    def __init__(self, statements, outer=None):
        self.outer = outer
        self.makers = {}  # name -> [(line, expression or definition, replaces what was before)]
        for statement in statements:
            self._visit(statement)

    def _visit(self, node):
        match node:
            case ast.FunctionDef():
                self._add(node.name, node.lineno, node)
                return
            case ast.Assign():
                for target in node.targets:
                    self._assign(target, node.value, node.lineno)
            case ast.AugAssign():
                self._assign(node.target, node.value, node.lineno, whole=False)
            case ast.For():
                for name in ast.walk(node.target):
                    if isinstance(name, ast.Name):
                        self._add(name.id, node.lineno, node)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[item]):
                self._add(name, node.lineno, item, whole=False)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Lambda | ast.ClassDef):
                self._visit(child)

    def _assign(self, target, value, line, whole=True):
        match target, value:
            case ast.Tuple(elts=parts), ast.Tuple(elts=values) if len(parts) == len(values):
                for part, item in zip(parts, values, strict=True):
                    self._assign(part, item, line)
            case ast.Tuple(elts=parts), _:
                for part in parts:
                    self._assign(part, value, line)
            case ast.Subscript(), _:
                self._assign(target.value, value, line, whole=False)
            case ast.Name(), _:
                self._add(target.id, line, value, whole)

    def _add(self, name, line, maker, whole=True):
        self.makers.setdefault(name, []).append((line, maker, whole))

    def made(self, name, line):
        """Return what made ``name`` before ``line``: its last assignment and what was added."""
        found = []
        for _, maker, whole in sorted(
            (entry for entry in self.makers.get(name, ()) if entry[0] < line), key=lambda e: e[0]
        ):
            found = [maker] if whole else [*found, maker]
        if not found and self.outer:
            return self.outer.made(name, line)
        return found[1:] if len(found) > 1 and _is_constant(found[0]) else found

    def truth(self, expression, line):
        """Say in words where the numbers of ``expression`` come from."""
        kinds = self._kinds(expression, line, frozenset())
        if None not in kinds:
            return ", ".join(sorted(kinds))
        return f"other: {ast.unparse(self._unwrapped(expression, line))}"

    def _unwrapped(self, expression, line):
        """Follow names, and look into lists, to the first expression that computes something."""
        match expression:
            case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
                makers = self.made(name, line)
                if len(makers) == 1 and isinstance(makers[0], ast.expr):
                    return self._unwrapped(makers[0], line)
            case ast.Call(func=func, args=[item]) if ast.unparse(func) in {"np.array", "float"}:
                return self._unwrapped(item, line)
            case ast.ListComp(elt=item):
                return self._unwrapped(item, line)
        return expression

    def _kinds(self, node, line, seen):
        """Return the set of truths that ``node`` gathers; None stands for one not recognised."""

        def follow(*nodes):
            return set().union(*(self._kinds(each, line, seen) for each in nodes)) or {None}

        match node:
            case _ if _is_constant(node):
                only = isinstance(node, ast.Constant | ast.UnaryOp)
                return {f"value written out, {ast.unparse(node)}" if only else "printed values"}
            case ast.Call(func=func) if ast.unparse(func) in TRUTHS:
                return {TRUTHS[ast.unparse(func)]}
            case ast.Attribute(attr="grad", value=base) if self._is_node(base, line):
                return {"graph engine"}
            case ast.Call(func=func, args=[first, *_]) if ast.unparse(func) in GATHERING:
                return follow(first)
            case ast.Call(func=ast.Attribute(value=base, attr=attr)) if attr in RESHAPING:
                return follow(base)
            case ast.Subscript(value=base) | ast.Attribute(value=base, attr="T"):
                return follow(base)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return follow(*items)
            case ast.Dict(values=items):
                return follow(*items)
            case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) | ast.DictComp(value=item):
                return follow(item)
            case ast.Name(id=name) if name not in seen:
                makers = [m for m in self.made(name, line) if isinstance(m, ast.expr)]
                inner = seen | {name}
                return set().union(*(self._kinds(m, line, inner) for m in makers)) or {None}
            case ast.Call(func=ast.Name(id=name)) if name not in seen:
                return self._returned(name, line, seen | {name})
        return {None}

    def _returned(self, name, line, seen):
        """Return the truths that a function written in the notebook gives back."""
        makers = self.made(name, line)
        if len(makers) != 1 or not isinstance(makers[0], ast.FunctionDef):
            return {None}
        inside = Names(makers[0].body, outer=self)
        values = [node.value for node in ast.walk(makers[0]) if isinstance(node, ast.Return)]
        return set().union(*(inside._kinds(value, line, seen) for value in values)) or {None}

    def _is_node(self, base, line):
        """Whether every maker of ``base`` calls the graph engine's ``Node``."""
        while isinstance(base, ast.Subscript):
            base = base.value
        makers = self.made(base.id, line) if isinstance(base, ast.Name) else []
        return bool(makers) and all(
            any(isinstance(n, ast.Call) and ast.unparse(n.func) in NODES for n in ast.walk(maker))
            for maker in makers
        )


def _is_constant(node):
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True


def _tags(node, names, line):
    """Return the tags a call may name: a string, or a name that runs over literal strings."""
    match node:
        case ast.Constant(value=str(tag)):
            return [tag]
        case ast.Name(id=name):
            loops = [m for m in names.made(name, line) if isinstance(m, ast.For)]
            if len(loops) == 1 and (tags := _column(loops[0], name)):
                return tags
    raise ValueError(f"The tag {ast.unparse(node)} of a check cannot be read; write it out.")


def _column(loop, name):
    """Return the strings that ``name`` takes in ``for ..., name in zip(literal, ...)``."""
    targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    sources = loop.iter.args if isinstance(loop.iter, ast.Call) else [loop.iter]
    for target, source in zip(targets, sources, strict=False):
        if isinstance(target, ast.Name) and target.id == name and _is_constant(source):
            return list(ast.literal_eval(source))
    return []


def _bound(node):
    if node is None:
        return DEFAULT_BOUND
    return ast.literal_eval(node) if _is_constant(node) else ast.unparse(node)


def _streams(notebook):
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") for output in outputs)


def _repeated(items):
    return {item for item in items if items.count(item) > 1}


def readable(latex, width):
    """Shorten LaTeX source to one line: without colours, fonts, spacing and alignment."""
    for pattern, kept in SHORTER:
        latex = re.sub(pattern, kept, latex)
    return _cut(latex.strip(" ;\n"), width)


def _cut(text, width):
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 4].rstrip() + " ..."


def table(notebook):
    """Return the lines of a notebook's table: tag, formula, truths, bounds."""
    proofs = checks(notebook)
    for tag, latex in formulas(notebook):
        mine = [proof for proof in proofs if proof.tag == tag]
        truths = "; ".join(dict.fromkeys(proof.truth for proof in mine)) or "NO CHECK"
        bounds = ", ".join(f"{bound:.0e}" for bound in sorted({proof.bound for proof in mine}))
        yield f"{tag:<6}{readable(latex, 72):<74}{_cut(truths, 58):<60}{bounds}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the whole course")
    paths = parser.parse_args().notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    wrong, number_of_formulas, number_of_checks = [], 0, 0
    print(f"{'tag':<6}{'formula':<74}{'truth':<60}bound")
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        print(f"\n{path.stem}")
        print("\n".join(table(notebook)) or "(no numbered formulas)")
        number_of_formulas += len(formulas(notebook))
        number_of_checks += len(checks(notebook))
        wrong += [f"{path.stem}: {line}" for line in problems(int(path.stem[:2]), notebook)]
    print(f"\n{number_of_formulas} numbered formulas, {number_of_checks} checks that name them.")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
