"""Break the backward code of the settled modules, one place at a time: do the tests notice?

Usage: python tools/mutate.py [MODULE ...] [--jobs 2] [--list] [--only TEXT]

MODULE is graph, layers, rnn or lstm (default: all four). Each *mutant* is the module with one
change of the kind people make by mistake: a sign, a transpose, a dropped term or statement, a
shifted index, = for +=, a wrong operand, axis, order or comparison. It is written into a private
copy of the tree in a temporary folder, never into the tree itself, and the module's own tests run
there; where they pass, the other fast tests do. A test that fails, or does not end within the time
limit, has caught the mutant; otherwise it has survived. A survivor that gives the same gradients as
the original is listed, with the reason, in EQUIVALENT below.

Printed: every survivor with the line before and after, then a table of counts by module.
--list prints the mutants and runs nothing; --only keeps those whose description holds TEXT.
A whole run takes about ten minutes with two jobs.

Exit status: 0 when every mutant was caught or is explained, 1 when one survived unexplained,
2 when nothing can be said: tests fail without any mutant, or backward code is not listed here.
"""

import argparse
import ast
import itertools
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What counts as backward code: these functions, in every module each function or lambda whose first
# parameter is ``up``, whatever else an edge given to ``_node`` is made of, and the module's own
# functions that any of these call.
BACKWARD = {
    "graph": ["Node.backward", "steps", "topological_order", "unbroadcast", "_node", "_into"],
    "layers": ["affine_backward", "conv2d_backward"],
    "rnn": ["backward"],
    "lstm": ["backward"],
}
# Functions that return a value and its gradient: the last of what they return, and what it needs.
GRADIENT_RETURNED_LAST = {"layers": ["softmax_cross_entropy"]}
# Functions that backward code uses although they are not backward code, and why.
NOT_BACKWARD = {
    "graph": {"_lift": "makes constants into leaves, before any gradient exists"},
    "layers": {
        "_kernels_and_images": "checks arguments",
        "_distributions": "checks targets",
        "_shifted": "is part of every forward softmax",
    },
}

# The tests that know a module best run first; then all of these, fastest first, where they exist.
OWN = {name: [f"test_{name}.py"] for name in BACKWARD}
FAST = [
    *("test_layers.py", "test_rnn.py", "test_graph.py", "test_lstm.py", "test_gradcheck.py"),
    *("test_spectra.py", "test_training.py", "test_draw.py"),
    *("test_autograd.py", "test_random_graphs.py"),
]

# (module and function, words of its line, what they become): why every gradient stays as it was.
EQUIVALENT = {
    ("graph._route", "mine.real > other.real", "mine.real >= other.real"): (
        "Where the two are equal, the next line replaces the entry."
    ),
    ("graph.relu", "(x.real > 0)", "(y.real > 0)"): "y = max(x, 0) is above 0 just where x is.",
    (
        "graph.matmul.pull_a",
        "np.squeeze(np.expand_dims(up, row + column) @ Y.swapaxes(-1, -2), row)",
        "(np.expand_dims(up, row + column) @ Y.swapaxes(-1, -2))",
    ): "The axis of length 1 that a vector was given leads, and unbroadcast sums it away.",
    ("graph.concatenate", "for node in nodes])[:-1]", "for node in nodes])[:]"): (
        "A cut at the very end adds an empty part after the last, which no node takes."
    ),
    ("layers.softmax_cross_entropy", "np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=1"): (
        "Logits have two axes, so axis 1 is the last."
    ),
    (
        "layers.conv2d_backward",
        "_windows(among_zeros, w.shape)",
        "_windows(among_zeros, turned.shape)",
    ): "Turned kernels have the shape of the kernels.",
}

RUNNER = """
import importlib.util, os, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # an endless list ends early
except (ImportError, ValueError, OSError):  # where a system sets no such limits
    pass
import pytest
origin = importlib.util.find_spec("helpers").origin
if not os.path.samefile(os.path.dirname(origin), "helpers"):
    sys.exit(99)
sys.exit(pytest.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Mutant:
    """One change: the bytes ``start`` to ``end`` of a module's source become ``text``."""

    module: str
    function: str
    kind: str
    start: int
    end: int
    text: str

    def apply(self, source):
        """Return the changed source."""
        data = source.encode()
        return (data[: self.start] + self.text.encode() + data[self.end :]).decode()

    def lines(self, source):
        """Return the number of the first line changed, and those lines before and after."""
        data = source.encode()
        begin = data.rfind(b"\n", 0, self.start) + 1
        stop = data.find(b"\n", self.end)
        before = data[begin:stop].decode()
        after = (data[begin : self.start] + self.text.encode() + data[self.end : stop]).decode()
        one_line = [" ".join(text.split()) for text in (before, after)]
        return data.count(b"\n", 0, self.start) + 1, *one_line

    def describe(self, source):
        number, before, after = self.lines(source)
        where = f"helpers/{self.module}.py:{number} in {self.function} ({self.kind})"
        return f"{where}\n    - {before}\n    + {after}"

    def explanations(self, source):
        """Return the keys of EQUIVALENT that mean this change."""
        _, before, after = self.lines(source)
        return [
            (where, old, new)
            for where, old, new in EQUIVALENT
            if where == f"{self.module}.{self.function}"
            and before.count(old) == 1
            and before.replace(old, new) == after
        ]


# ----------------------------------------------------------------------------------------------
# Which code


class Unlisted(Exception):
    """The tables at the top do not describe a module as it is."""


def _functions(tree):
    """Return every def by its dotted name, nested ones too."""
    found = {}

    def visit(node, prefix):
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}" if prefix else child.name
                if isinstance(child, ast.FunctionDef):
                    found[name] = child
            visit(child, name)

    visit(tree, "")
    return found


def _is_pull(node):
    """Whether a function or lambda takes the upstream gradient first."""
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return False
    return bool(node.args.args) and node.args.args[0].arg == "up"


def _names(nodes):
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


def _makers(function, expressions):
    """Return the statements of ``function`` that make what ``expressions`` use, and so on back."""
    wanted, made = _names(expressions), []
    parameters = {a.arg for a in function.args.args + function.args.kwonlyargs}
    found = True
    while found:
        found = False
        for statement in ast.walk(function):
            if statement is function or statement in made:
                continue
            if isinstance(statement, ast.FunctionDef):
                names = {statement.name}
            elif isinstance(statement, ast.Assign):
                names = _names(statement.targets) - parameters
            else:
                continue
            if names & wanted:
                made.append(statement)
                wanted |= _names([statement])
                found = True
    return made


def backward_code(module, tree):
    """Return the selected pieces of a module, as (dotted function name, node) pairs.

    Raises
    ------
    Unlisted
        When a name in the tables does not exist, or what looks like backward code is not listed.
    """
    functions, pieces = _functions(tree), []
    partly = GRADIENT_RETURNED_LAST.get(module, [])
    exempt = NOT_BACKWARD.get(module, {})
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    gone = {*BACKWARD[module], *partly, *exempt} - {*functions, *classes}
    if gone:
        raise Unlisted(f"helpers/{module}.py has no {', '.join(sorted(gone))} any more")

    for name in BACKWARD[module]:
        pieces += [(name, statement) for statement in functions[name].body]
    for name in partly:
        returned = functions[name].body[-1].value.elts[-1]
        pieces += [(name, returned)]
        pieces += [(name, statement) for statement in _makers(functions[name], [returned])]
    for name, function in functions.items():
        if _is_pull(function):
            pieces += [(name, statement) for statement in function.body]
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _called(call) == "_node" and name != "_node":
                edges = call.args[2:]
                pieces += [(name, edge) for edge in edges]
                pieces += [(name, statement) for statement in _makers(function, edges)]
    for statement in tree.body:  # the rules: exp = _elementwise(..., lambda up, x, y: ...)
        for part in ast.walk(statement):
            if isinstance(statement, ast.Assign) and _is_pull(part):
                pieces.append((ast.unparse(statement.targets[0]), part))

    whole, called = set(BACKWARD[module]), _calls(pieces) - {*exempt, *BACKWARD[module]}
    while new := {name for name in functions if name in called} - whole:
        pieces += [(name, statement) for name in sorted(new) for statement in functions[name].body]
        whole, called = whole | new, _calls(pieces) - {*exempt}

    selected = {part for _, piece in pieces for part in ast.walk(piece)} - _door_parts(tree)
    for name, function in functions.items():
        summary = (ast.get_docstring(function) or "").split("\n\n")[0]
        telling = re.search("backward|pull", name.lower()) or "gradient" in summary
        inside = {n for statement in function.body for n in ast.walk(statement)}
        if telling and name not in exempt and not {n for n in inside & selected if _placed(n)}:
            raise Unlisted(
                f"helpers/{module}.py: {name} looks like backward code, but the tables at the top "
                "of tools/mutate.py name it neither in BACKWARD nor in NOT_BACKWARD"
            )
    return pieces


def _placed(node):
    return hasattr(node, "lineno")  # others, such as Load, are one object for a whole tree


def _calls(pieces):
    calls = [n for _, piece in pieces for n in ast.walk(piece) if isinstance(n, ast.Call)]
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


# ----------------------------------------------------------------------------------------------
# Which changes

OPERATORS = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}
OPERATORS |= {ast.Pow: ("**", "*"), ast.MatMult: ("@", None)}
OPERATORS |= {ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "+")}
COMPARISONS = {
    ast.Gt: [">=", "<"],
    ast.GtE: [">"],
    ast.Lt: ["<=", ">"],
    ast.LtE: ["<"],
    ast.Eq: ["!="],
    ast.NotEq: ["=="],
    ast.Is: ["is not"],
    ast.IsNot: ["is"],
    ast.In: ["not in"],
    ast.NotIn: ["in"],
}
OTHER_FUNCTION = {"add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply"}
OTHER_FUNCTION |= {"zeros": "ones", "ones_like": "zeros_like", "zeros_like": "ones_like"}
MAKERS = {"empty", "zeros", "zeros_like", "ones_like", "empty_like", "repeat", "range"}
# Shapes and types, which decide what fits and how it is stored; not what a gradient is.
NOT_MUTATED_INSIDE = {"empty", "zeros", "reshape", "isinstance", "len"}
NOT_OPERANDS = {"np", "_door", "dtype"}
NOT_DROPPED = {*MAKERS, "astype", "append", "extend", "add", "pop", "result_type", "len", "where"}
NOT_MUTATED_KEYWORDS = {"strict", "copy", "dtype", "out", "sizes"}
ATOMS = ast.Name | ast.Constant | ast.Attribute | ast.Call | ast.Subscript | ast.List | ast.Dict


def _called(call):
    """Return the last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_door(node):
    """Whether this is a check at the door, or words for the reader."""
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Try):
        return True
    if isinstance(node, ast.If) and any(isinstance(s, ast.Raise) for s in node.body):
        return not node.orelse
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return _is_door(node.value)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).startswith("_door.")
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_door(node.value)
    return False


def _door_parts(tree):
    """Return every node at the door, and the assignments whose names are used nowhere else."""
    parts = {n for n in ast.walk(tree) if _is_door(n)}
    functions = _functions(tree).values()
    parts |= {n for part in parts for n in ast.walk(part)}
    found = True
    while found:
        found = False
        for function in functions:
            inside = list(ast.walk(function))
            for statement in inside:
                if not isinstance(statement, ast.Assign) or statement in parts:
                    continue
                own, names = set(ast.walk(statement)), _names(statement.targets)
                uses = {n for n in inside if isinstance(n, ast.Name) and n.id in names} - own
                if uses and uses <= parts:
                    parts |= own
                    found = True
    return parts


def _meaning(data):
    """Return what Python makes of a piece of source; None where it is not Python."""
    try:
        return ast.dump(ast.parse(data))
    except SyntaxError:
        return None


class Changes:
    """Collects the changes to one module; ``found`` is the list of Mutants."""

    def __init__(self, module, source):
        self.module, self.data = module, source.encode()
        tree = ast.parse(source)
        self.offsets = [0, *itertools.accumulate(map(len, self.data.splitlines(keepends=True)))]
        self.parents = {child: n for n in ast.walk(tree) for child in ast.iter_child_nodes(n)}
        self.exempt, self.door = NOT_BACKWARD.get(module, {}), _door_parts(tree)
        self.owners = {n: name for name, f in _functions(tree).items() for n in ast.walk(f)}
        self.rule, self.found = "", []
        for self.rule, piece in backward_code(module, tree):
            self.visit(piece)
        self.found = self.distinct(tree)

    def distinct(self, tree):
        """Return the changes that Python can read and that differ, from the original too."""
        kept = []
        for top in tree.body:
            start, end = self.span(top)
            seen = {None, _meaning(self.data[start:end])}
            inside = [m for m in self.found if start <= m.start and m.end <= end]
            for m in sorted(inside, key=lambda m: (m.start, m.end, m.text)):
                new = self.data[start : m.start] + m.text.encode() + self.data[m.end : end]
                if (meaning := _meaning(new)) not in seen:
                    seen.add(meaning)
                    kept.append(m)
        return kept

    def span(self, node):
        start = self.offsets[node.lineno - 1] + node.col_offset
        return start, self.offsets[node.end_lineno - 1] + node.end_col_offset

    def text(self, node):
        start, end = self.span(node)
        return self.data[start:end].decode()

    def wrapped(self, node):
        text = self.text(node)
        atom = isinstance(node, ATOMS) or (isinstance(node, ast.Tuple) and text[0] == "(")
        return text if atom else f"({text})"

    def change(self, kind, node, text, last=None):
        start, end = self.span(node)[0], self.span(last or node)[1]
        self.found.append(Mutant(self.module, self.owner(node), kind, start, end, text))

    def between(self, kind, left, right, old, new):
        """Change the operator ``old`` between two operands, and nothing else there."""
        start, end = self.span(left)[1], self.span(right)[0]
        at = self.data.find(old.encode(), start, end)
        end = at + len(old.encode())
        self.found.append(Mutant(self.module, self.owner(left), kind, at, end, new))

    def owner(self, node):
        """Return the name of the innermost function around a node, or of the rule it is in."""
        return self.owners.get(node, self.rule)

    def visit(self, node):
        if node in self.door or isinstance(node, ast.expr_context):
            return
        for kind in type(node).__mro__:
            if method := getattr(self, f"on_{kind.__name__}", None):
                method(node)
        if self.is_exempt(node):
            return
        inside = isinstance(node, ast.Call) and _called(node) in NOT_MUTATED_INSIDE
        for field, value in ast.iter_fields(node):
            skipped = field in ("targets", "target", "args" if inside else "decorator_list")
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not skipped and self.mutable(child):
                    self.visit(child)

    def is_exempt(self, node):
        return isinstance(node, ast.Call) and _called(node) in self.exempt

    def only_checks(self, node):
        """Whether a value is its name again, checked or of another type."""
        return self.is_exempt(node) or (isinstance(node, ast.Call) and _called(node) == "astype")

    def mutable(self, node):
        if isinstance(node, ast.keyword):
            return node.arg not in NOT_MUTATED_KEYWORDS
        return not isinstance(node, ast.arguments)

    # Expressions

    def on_BinOp(self, node):
        left, right = self.wrapped(node.left), self.wrapped(node.right)
        if type(node.op) not in OPERATORS:
            return
        old, new = OPERATORS[type(node.op)]
        if new:
            self.between(f"{new} for {old}", node.left, node.right, old, new)
        shift = isinstance(self.parents[node], ast.Subscript)  # of an index: only t - 1 to t
        for operand in (left,) if shift else (left, right):
            self.change("dropped term" if old in "+-" else "dropped factor", node, operand)
        if old in ("-", "/", "@") and not shift:
            self.change("order", node, f"{right} {old} {left}")
        if old == "@":
            for operand in (node.left, node.right):
                self.add_transpose(operand)

    def add_transpose(self, node):
        if not (isinstance(node, ast.Attribute) and node.attr == "T"):
            self.change("transpose added", node, f"{self.wrapped(node)}.T")

    def on_UnaryOp(self, node):
        if isinstance(node.op, ast.USub):
            self.change("sign", node, self.wrapped(node.operand))

    def on_Constant(self, node):
        if isinstance(node.value, bool):
            self.change("constant", node, str(not node.value))
        elif isinstance(node.value, int | float):
            others = {0: [1], 1: [0, 2]}.get(node.value, [node.value - 1])
            for other in others:
                if other or not isinstance(self.parents[node], ast.BinOp | ast.UnaryOp):
                    self.change("constant", node, str(other))  # t - 0 is a dropped term

    def on_Compare(self, node):
        for left, op, right in zip(
            [node.left, *node.comparators], node.ops, node.comparators, strict=False
        ):
            text = self.data[self.span(left)[1] : self.span(right)[0]].decode()
            old = text.strip(" ()")
            for new in COMPARISONS[type(op)]:
                self.between("comparison", left, right, old, new)

    def on_Attribute(self, node):
        if node.attr == "T":
            self.change("transpose dropped", node, self.wrapped(node.value))

    def on_Call(self, node):
        name, words = _called(node), node.keywords
        numpy = self.text(node.func).startswith("np.")
        if self.is_exempt(node):
            return
        for word in words:
            if word.arg == "axis" and (node.args or not numpy):
                rest = [self.text(w) for w in words if w is not word]
                given = ", ".join([self.text(a) for a in node.args] + rest)
                self.change("axis dropped", node, f"{self.text(node.func)}({given})")
        if node.args and self.text(node.args[-1]) == "axis":
            given = ", ".join(self.text(a) for a in node.args[:-1])
            self.change("axis dropped", node, f"{self.text(node.func)}({given})")
        if numpy and name == "where":
            for case in node.args[1:]:
                self.change("branch", node, self.wrapped(case))
        if numpy and name in OTHER_FUNCTION:
            arguments = self.data[self.span(node.func)[1] : self.span(node)[1]].decode()
            self.change("function", node, f"np.{OTHER_FUNCTION[name]}{arguments}")
        out = next((self.text(w.value) for w in words if w.arg == "out"), None)
        if out:
            self.on_out(node, name, out)
        elif name not in NOT_DROPPED and not isinstance(self.parents[node], ast.Expr):
            receiver = isinstance(node.func, ast.Attribute) and not numpy
            kept = node.func.value if receiver else node.args[0] if node.args else None
            if kept and not isinstance(kept, ast.GeneratorExp | ast.Lambda | ast.Starred):
                kind = "transpose dropped" if name in ("swapaxes", "transpose") else "dropped call"
                self.change(kind, node, self.wrapped(kept))
        if numpy and name in ("tensordot", "matmul"):
            first, second = node.args[:2]
            self.change("order", first, f"{self.text(second)}, {self.text(first)}", second)
            if name == "matmul":
                for operand in node.args:
                    self.add_transpose(operand)

    def on_out(self, node, name, out):
        """np.f(a, b, out=c): added to c, one operand copied, operands exchanged."""
        given = [self.text(argument) for argument in node.args]
        value = f"{self.text(node.func)}({', '.join(given)})"
        self.change("+= for =", node, f"np.add({out}, {value}, out={out})")
        if len(given) == 2:
            for operand in (text for text in given if text != out):
                self.change("dropped term or factor", node, f"np.positive({operand}, out={out})")
            if name in ("subtract", "divide"):
                func = self.text(node.func)
                self.change("order", node, f"{func}({given[1]}, {given[0]}, out={out})")

    def on_Subscript(self, node):
        for index in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            if isinstance(index, ast.Slice):
                text = self.text(index)
                for end in (index.lower, index.upper):
                    if end:
                        self.change("index", end, "")
                if text in (":-1", "1:"):
                    self.change("index", index, {":-1": "1:", "1:": ":-1"}[text])
            elif isinstance(index, ast.Name) and self.counts(index.id, node):
                for shifted in (f"{index.id} - 1", f"{index.id} + 1"):
                    self.change("index", index, shifted)

    def counts(self, name, node):
        """Whether ``name`` is the variable of a loop over a range around ``node``."""
        while node := self.parents.get(node):
            loops = node.generators if isinstance(node, ast.ListComp | ast.GeneratorExp) else [node]
            for loop in loops:
                ranges = hasattr(loop, "iter") and ast.unparse(loop.iter).startswith("range(")
                if ranges and name in _names([loop.target]):
                    return True
        return False

    def on_IfExp(self, node):
        for branch in (node.body, node.orelse):
            self.change("branch", node, self.wrapped(branch))

    def on_Tuple(self, node):
        words = self.parents[node]  # a sum over axes (0, 2) is one over (2, 0)
        a_set = isinstance(words, ast.keyword) and _called(self.parents[words]) == "sum"
        if all(isinstance(element, ast.Constant) for element in node.elts) and not a_set:
            self.exchange(node.elts)
        if isinstance(words, ast.Call) and _called(words) == "_node":
            self.on_edges(words.args[2:])

    def on_edges(self, edges):
        """Forget one of two edges, or give each the other's pull."""
        if len(edges) == 2:
            for edge in edges:
                self.change("dropped edge", edges[0], self.text(edge), edges[1])
            pulls = [edge.elts[1] for edge in edges]
            between = self.data[self.span(pulls[0])[1] : self.span(pulls[1])[0]].decode()
            exchanged = self.text(pulls[1]) + between + self.text(pulls[0])
            self.change("order", pulls[0], exchanged, pulls[1])

    def on_Lambda(self, node):
        if _is_pull(node):
            self.negate(node.body)

    def on_Dict(self, node):
        for value in node.values:
            self.negate(value)
        self.exchange(node.values, keys=node.keys)

    def negate(self, node):
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.BinOp | ast.Subscript):
            self.change("sign", node, f"-{self.wrapped(node)}")

    def exchange(self, nodes, keys=None):
        """Exchange two neighbours; ``keys`` of a dict stay where they are."""
        for n, (one, two) in enumerate(itertools.pairwise(nodes)):
            key = f"{self.text(keys[n + 1])}: " if keys else ""
            self.change("order", one, f"{self.text(two)}, {key}{self.text(one)}", two)

    def on_Name(self, node):
        """A wrong operand: the next one in the same pull or statement."""
        parent, place = self.parents[node], node
        if isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node:
            place, parent = parent, self.parents[parent]
        operand = isinstance(parent, ast.BinOp | ast.UnaryOp | ast.AugAssign | ast.Compare)
        operand |= isinstance(parent, ast.Call) and place in parent.args
        if not operand:
            return
        others = self.operands(node)
        if node.id in others and len(others) > 1:
            other = others[(others.index(node.id) + 1) % len(others)]
            self.change("wrong operand", node, other)

    def operands(self, node):
        """Return the names that may be taken for ``node``, in order, without repeats."""
        while not isinstance(node, ast.stmt | ast.Lambda):
            node = self.parents[node]
        if isinstance(node, ast.Lambda):
            return [a.arg for a in node.args.args if a.arg != "up"]
        inside = list(ast.walk(node))
        called = {id(n.func) for n in inside if isinstance(n, ast.Call)}
        names = [n for n in inside if isinstance(n, ast.Name) and id(n) not in called]
        names = [n for n in names if isinstance(n.ctx, ast.Load) and n.id not in NOT_OPERANDS]
        names.sort(key=lambda n: (n.lineno, n.col_offset))
        return list(dict.fromkeys(n.id for n in names if not self.counts(n.id, n)))

    # Statements

    def on_stmt(self, node):
        rebinds = isinstance(node, ast.Assign) and (
            not isinstance(node.targets[0], ast.Name | ast.Tuple)
            or (_names(node.targets) & _names([node.value]) and not self.only_checks(node.value))
        )
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if called or rebinds or isinstance(node, ast.AugAssign):
            self.change("dropped statement", node, "pass")

    def on_AugAssign(self, node):
        old, other = OPERATORS.get(type(node.op), ("", ""))
        if not other:
            return
        for new in (f"{other}=", "="):
            self.between(f"{new} for {old}=", node.target, node.value, f"{old}=", new)

    def on_Assign(self, node):
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            if not all(isinstance(v, ast.Call) and _called(v) in MAKERS for v in values):
                self.exchange(target.elts)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            self.between("+= for =", target, node.value, "=", "+=")

    def on_Return(self, node):
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for value in values:
            self.negate(value)
        self.exchange(values)

    def on_If(self, node):
        if not isinstance(node.test, ast.Compare):
            self.change("branch", node.test, f"not {self.wrapped(node.test)}")


def mutants(module, source):
    """Return every Mutant of a module, in the order of its source."""
    return Changes(module, source).found


# ----------------------------------------------------------------------------------------------
# Running them


def copy_tree(folder, root=ROOT):
    """Copy what the tests need into ``folder``; return it."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("helpers", "tests", "data"):
        shutil.copytree(root / name, folder / name, ignore=ignore)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(root / name, folder / name)
    return folder


def run_tests(folder, names, limit):
    """Run test files in a copy; return "passed", "failed" or "time", and what pytest printed.

    Raises
    ------
    RuntimeError
        When pytest could not run at all.
    """
    files = [f"tests/{name}" for name in names if (folder / "tests" / name).exists()]
    quiet = "-x -q --tb=no --assert=plain -o addopts= -p no:cacheprovider -p no:nbval -p no:xdist"
    command = [sys.executable, "-B", "-c", RUNNER, *quiet.split(), *files]
    environment = {**os.environ, "PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    shutil.rmtree(folder / ".hypothesis", ignore_errors=True)  # each mutant is met afresh
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, timeout=limit, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired:
        return "time", ""
    if done.returncode in (4, 5, 99):
        raise RuntimeError(f"pytest could not run in the copy:\n{done.stdout}{done.stderr}")
    return "passed" if done.returncode == 0 else "failed", done.stdout + done.stderr


def judge(mutant, source, folder, limits):
    """Return who caught a mutant: "own", "other", "time", or "survived"."""
    path = folder / "helpers" / f"{mutant.module}.py"
    path.write_text(mutant.apply(source), encoding="utf-8")
    try:
        own = OWN[mutant.module]
        rest = [name for name in FAST if name not in own]
        for names, verdict in ((own, "own"), (rest, "other")):
            outcome, _ = run_tests(folder, names, limits[verdict])
            if outcome != "passed":
                return "time" if outcome == "time" else verdict
        return "survived"
    finally:
        path.write_text(source, encoding="utf-8")


def time_limits(folder, modules):
    """Run the tests without any mutant; return time limits that leave them much room."""
    limits = {}
    own = [name for module in modules for name in OWN[module]]
    for verdict, names in (("own", own), ("other", FAST)):
        start = time.perf_counter()
        outcome, printed = run_tests(folder, names, 600)
        if outcome != "passed":
            raise RuntimeError(f"the tests fail without any mutant:\n{printed}")
        limits[verdict] = 15 + 4 * (time.perf_counter() - start)
    return limits


def judge_all(work, sources, folders, limits):
    """Judge every mutant, one at a time in each folder; return the verdicts in order.

    A survivor that no entry of EQUIVALENT explains is printed at once.
    """
    free = queue.Queue()
    for folder in folders:
        free.put(folder)

    def one(numbered):
        number, mutant = numbered
        folder, source = free.get(), sources[mutant.module]
        try:
            verdict = judge(mutant, source, folder, limits)
        finally:
            free.put(folder)
        if verdict == "survived" and mutant.explanations(source):
            verdict = "equal"
        elif verdict == "survived":
            print(f"survived: {mutant.describe(source)}\n", flush=True)
        if number % 50 == 0:
            print(f"{number} of {len(work)}", file=sys.stderr, flush=True)
        return verdict

    with ThreadPoolExecutor(len(folders)) as pool:
        return list(pool.map(one, enumerate(work, start=1)))


def report(work, verdicts, sources):
    """Print the table, and the explanations that a test refutes."""
    titles = {"own": "own tests", "other": "others", "time": "time limit", "equal": "equivalent"}
    titles |= {"survived": "survived"}
    print(f"{'module':<10}{'mutants':>12}" + "".join(f"{title:>12}" for title in titles.values()))
    for module in [*sources, "together"]:
        own = [v for m, v in zip(work, verdicts, strict=True) if module in (m.module, "together")]
        counts = [len(own), *(own.count(verdict) for verdict in titles)]
        print(f"{module:<10}" + "".join(f"{count:>12}" for count in counts))
    for mutant, verdict in zip(work, verdicts, strict=True):
        for key in mutant.explanations(sources[mutant.module]) if verdict != "equal" else []:
            print("\nlisted as equivalent, but caught:", *key, sep="\n    ")


def stale(found, sources):
    """Return the keys of EQUIVALENT, for the modules in ``sources``, that explain no mutant."""
    used = {key for mutant in found for key in mutant.explanations(sources[mutant.module])}
    return [key for key in EQUIVALENT if key[0].split(".")[0] in sources and key not in used]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="default: all four")
    parser.add_argument("--jobs", type=int, default=2, help="mutants run at the same time")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants described with TEXT")
    options = parser.parse_args()
    modules = options.modules or list(BACKWARD)
    if unknown := set(modules) - set(BACKWARD):
        parser.error(f"no module {', '.join(sorted(unknown))}; choose from {', '.join(BACKWARD)}")

    with tempfile.TemporaryDirectory() as name:
        first = copy_tree(Path(name, "0"))
        sources = {m: (first / "helpers" / f"{m}.py").read_text(encoding="utf-8") for m in modules}
        try:
            found = [mutant for m in modules for mutant in mutants(m, sources[m])]
            work = [m for m in found if options.only in m.describe(sources[m.module])]
            for key in stale(found, sources):
                print("listed as equivalent, but no such change:", *key, sep="\n    ")
            if options.list:
                print(*(m.describe(sources[m.module]) for m in work), sep="\n")
                print(f"{len(work)} mutants")
                return 0
            folders = [
                first,
                *(copy_tree(Path(name, str(n)), first) for n in range(1, options.jobs)),
            ]
            verdicts = judge_all(work, sources, folders, time_limits(first, modules))
        except (Unlisted, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 2
        report(work, verdicts, sources)
        return int("survived" in verdicts)


if __name__ == "__main__":
    sys.exit(main())
