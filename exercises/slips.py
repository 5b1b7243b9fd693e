"""An exercise, its slips, and the wrong solutions that slips and small changes make.

A wrong solution is a set of edits of the text of the right one, so several can be made at once.
The idea is that of error models (Singh, Gulwani & Solar-Lezama, PLDI 2013).
"""

import ast
import functools
import importlib
import inspect
import itertools
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


@functools.cache
def load(page):
    """Return the exercises of a page by number, such as ``{"4.1": Exercise, ...}``.

    Raises ValueError when that page has none. What tools/release.py has packed is never a module.
    """
    name = f"p{page:0>2}" if str(page).isdecimal() else ""
    if (packed := FOLDER / f"{name}.packed").exists():
        source, table = json.loads(zlib.decompress(packed.read_bytes()))
        space = {"__name__": name, "__source__": source, "__table__": table}
        exec(compile(source, name, "exec"), space)
    elif (FOLDER / f"{name}.py").exists():
        space = vars(importlib.import_module(f"exercises.{name}"))
    else:
        raise ValueError(f"Page {page!r} has no exercises; give its number, such as 6 or '6'.")
    found = (value for value in space.values() if isinstance(value, Exercise))
    return {exercise.number: exercise for exercise in found}


@dataclass(frozen=True, eq=False)
class Slip:
    """A known way to go wrong: edits ``{old: new}`` or a function, a sentence, a section."""

    ways: list
    words: str
    see: str


def listed(number, space):
    """Return the title and the slips of an exercise, from the text beside its page's module.

    The format stands in the package's docstring; ``space`` holds the functions it may name.
    """
    path = FOLDER / f"p{int(number.split('.')[0]):02d}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else space.get("__table__", "")
    found = re.search(rf"(?ms)^# {re.escape(number)} (.*?)\n(.*?)(?=^# |\Z)", text)
    title, table = found.groups() if found else ("", "")
    slips, see = [], ""
    for head, says in re.findall(r"((?:^\S.*\n)+)((?:^  .*\n)+)", table, re.M):
        ways = [{}]
        for line in head.splitlines():
            if line.startswith("see "):
                see = line[4:]
            elif line == "or":
                ways.append({})
            elif line.startswith("= "):
                ways[-1] = eval(line[2:], space)
            else:
                old, new = line.split(" ->", 1)
                ways[-1][old] = new.strip()
        slips.append(Slip(ways, " ".join(says.split()), see))
    return title, slips


@dataclass(frozen=True, eq=False)
class Small:
    """A small change that nobody listed, made in one place of the solution's text."""

    edit: tuple  # (start, end, new)
    says: str
    wide: bool = False  # one name for another: there are many of these
    see: str = ""

    @property
    def words(self):
        if self.vague:
            return f"One small thing is wrong: your answer behaves like the solution {self.says}."
        return f"Your answer behaves like the solution {self.says}."

    @property
    def vague(self):
        """Whether it is told without any name that a learner could look for."""
        return bool(re.search(r"\bone (part|value|factor|term|line)\b", self.says))


@dataclass(eq=False)
class Exercise:
    """One exercise.

    Parameters
    ----------
    number : str
        Such as "6.1"; under it the title and the slips stand in ``p06.txt``.
    solution : callable or tuple of callables
        The right function, written plainly; after it, helpers whose text slips may edit too.
    inputs : callable
        ``inputs(rng)`` yields tuples of arguments, thirty or more (see ``exercises.inputs``).
    returns : str or tuple of str
        The names of what is returned, in the order of derivation; a dict brings its own.
    blocks : str
        A letter for each of the equal blocks of its last axis, such as "ifgo".
    whole : bool
        A part that is right counts nothing by itself, as where a function is to be mended.
    order : tuple of str
        The order of derivation, where it is not that in which the parts are returned.
    steps : str
        The part (or the only one) whose first axis counts time steps, if there is one.
    judge : callable, optional
        Where many answers are right: ``judge(answer, *arguments)`` returns what is wrong, or "".
    forward : bool
        The steps follow from those before them, not from those after.
    shown : str
        Names of the solution that the prompt's code has as well, and that may be told; after "=",
        what is told in place of a name.
    """

    number: str
    solution: Callable | tuple
    inputs: Callable
    returns: str | tuple = "the result"
    steps: str = ""
    blocks: str = ""
    whole: bool = False
    order: tuple = ()
    judge: Callable | None = None
    forward: bool = False
    shown: str = ""

    def __post_init__(self):
        functions = self.solution if isinstance(self.solution, tuple) else (self.solution,)
        self.truth = functions[0]
        self.names = (self.returns,) if isinstance(self.returns, str) else self.returns
        self.title, self.slips = listed(self.number, self.truth.__globals__)
        self._made = {}
        self._functions = functions

    @functools.cached_property
    def text(self):
        space = self.truth.__globals__
        source = space.get("__source__") or Path(space["__file__"]).read_text(encoding="utf-8")
        lines = source.splitlines(True)
        places = {n.name: (n.lineno - 1, n.end_lineno) for n in ast.parse(source).body
                  if isinstance(n, ast.FunctionDef)}  # fmt: skip
        return "\n".join("".join(lines[slice(*places[f.__name__])]) for f in self._functions)

    @functools.cache  # noqa: B019 - exercises live as long as their module
    def cases(self, seed=0):
        """Return all inputs of a seed, the smallest first."""
        rng = np.random.default_rng([int(self.number.split(".")[0]), seed])
        return sorted(self.inputs(rng), key=size)

    @functools.cached_property
    def _headers(self):
        """The places of the lines that begin with def: no edit goes there."""
        return [m.span() for m in re.finditer(r"(?ms)^def .*?:\n", self.text)]

    @functools.cached_property
    def _spans(self):
        """The places of the functions."""
        starts = [first for first, _ in self._headers]
        return [*itertools.pairwise([*starts, len(self.text)])]

    @functools.cached_property
    def known(self):
        """All listed slips as (slip, edits or function)."""
        return [
            (slip, way if callable(way) else self.places(way))
            for slip in self.slips
            for way in slip.ways
        ]

    @functools.cached_property
    def small(self):
        """All small changes as (change, edits), told without names that only the solution has."""
        names, private, tree = [], set(), ast.parse(self.text)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.arg) or _is_name(node, ast.Store):
                private.add(getattr(node, "name", "") or getattr(node, "arg", "") or node.id)
            elif isinstance(node, ast.Dict):
                names += [key.value for key in node.keys if isinstance(key, ast.Constant)]
        given = list(inspect.signature(self.truth).parameters)
        shown = dict((name + "=").split("=")[:2] for name in self.shown.split())
        public = {*given, *names, *(name for name, text in shown.items() if not text), "t"}
        private -= public.union(*(re.findall(r"\w+", name) for name in self.names))
        stands = _meanings(tree, private) | {name: text for name, text in shown.items() if text}
        found = [
            (replace(change, says=_public(change.says, private, stands)), (change.edit,))
            for change in small_changes(self.text)
        ]
        for a, b in itertools.combinations(given, 2):
            edits = self.places({a: b, b: a})
            said = f"with `{a}` and `{b}` exchanged throughout"
            found += [(Small(edits[0], said, True), edits)] if edits else []
        return found

    def places(self, edits):
        """Return the edits {old: new} as places (start, end, new) of the text."""
        found = []
        for old, new in edits.items():
            left = r"(?<!\w)" * bool(re.match(r"\w", old[0]))
            right = r"(?!\w)" * bool(re.match(r"\w", old[-1]))
            spots = [
                m.span()
                for m in re.finditer(left + re.escape(old) + right, self.text)
                if not any(first <= m.start() < last for first, last in self._headers)
            ]
            if not spots and new not in edits:
                raise ValueError(f"Exercise {self.number}: {old!r} does not stand in the solution.")
            found += [(*spot, new) for spot in spots]
        return tuple(sorted(found))

    def given(self, names):
        """Return the solution, going on from an answer's own values of those parts.

        They are read from ``__given__`` among the globals of the function that is returned. None
        where the solution does not assign them at its own level.
        """
        function = ast.parse(self.text).body[0]
        value = function.body[-1].value
        if isinstance(value, ast.Dict):
            returned = {key.value: node for key, node in zip(value.keys, value.values, strict=True)}
        else:
            returned = dict(zip(self.names, getattr(value, "elts", ()), strict=False))
        lines, places = self.text.splitlines(True), []
        for name in names:
            for line in function.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else None
                if isinstance(target, ast.Name) and target.id == getattr(
                    returned.get(name), "id", ""
                ):
                    at = sum(map(len, lines[: line.end_lineno]))
                    places.append((at, at, f"    {target.id} = __given__[{name!r}]\n"))
        if len(places) != len(names):
            return None
        return self._compiled(sorted(places))

    def make(self, *edits):
        """Return the solution with these edits, or None where they do not go together."""
        whole = [e for e in edits if callable(e)]
        if whole:
            return whole[0] if len(edits) == 1 else None
        key = tuple(sorted(itertools.chain(*edits)))
        if key not in self._made:
            made = self._compiled(key)
            if len(edits) > 1:
                return made
            self._made[key] = made
        return self._made[key]

    def _merged(self, places):
        """Make an edit that lies inside another one in the other's new text; None if it cannot."""
        merged = []
        for start, stop, new in sorted(places, key=lambda p: (p[0], -p[1])):
            if not merged or start >= merged[-1][1]:
                merged.append((start, stop, new))
                continue
            first, last, outer = merged[-1]
            old = self.text[start:stop]
            if stop > last or (start, stop) == (first, last) or old not in outer:
                return None
            merged[-1] = (first, last, outer.replace(old, new))
        return merged

    def _compiled(self, places):
        edits, space, changed = self._merged(places) or (), dict(self.truth.__globals__), False
        for first, last in self._spans:
            text = self.text[first:last]
            for start, stop, new in reversed(edits):
                if first <= start and stop <= last:
                    text = text[: start - first] + new + text[stop - first :]
            changed |= text != self.text[first:last]
            try:
                exec(code(text), space)
            except SyntaxError:
                return None
        return space[self.truth.__name__] if changed else None


@functools.cache
def code(text):
    """Compile a function; one that might run for ever ends in StopIteration."""
    if "while" in text or ".append" in text:  # a loop may run over what it makes longer
        text = re.sub(r"(?m)^( *)((?:for|while) .*:)( *#.*)?$", r"\1\2\n\1    next(__left__)", text)
        start = "    globals()['__left__'] = iter(range(50_000))\n"
        text = re.sub(r"(?ms)^(def .*?:\n)", rf"\1{start}", text, count=1)
    return compile(text, "<a solution>", "exec")


def size(args):
    """Count the numbers in arguments."""
    if isinstance(args, dict):
        args = tuple(args.values())
    if isinstance(args, tuple | list):
        return sum(map(size, args))
    return args.size if isinstance(args, np.ndarray) else 1


# ---- small changes: what a tired hand does to a line of code ----

_OTHER = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/@", ast.Div: ("*", "//"), ast.Mod: ("//",),
    ast.FloorDiv: "%", ast.MatMult: "*", ast.Pow: "*",
}  # fmt: skip
_COMPARED = {
    ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<="),
    ast.Eq: ("!=",), ast.NotEq: ("==",), ast.In: ("not in",), ast.NotIn: ("in",),
}  # fmt: skip
_CALLED = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "dot": "outer", "prod": "sum",
}  # fmt: skip
_FORMS = {  # of a name or an entry, and of another value
    True: {
        "abs({})": "the absolute value of {0}", "(1 - {})": "1 − {0} where {0} belongs",
        "(1 + {})": "1 + {0} where {0} belongs", "({} + 1)": "{0} + 1 where {0} belongs",
        "({} - 1)": "{0} − 1 where {0} belongs", "(1 - {} ** 2)": "1 − {0}² where {0} belongs",
        "({0} * (1 - {0}))": "{0} (1 − {0}) where {0} belongs", "1.0": "1 in place of {0}",
        "np.tanh({})": "{0} squashed once more", "({}).sum()": "the sum of all entries of {0}",
        "(1 - np.tanh({}) ** 2)": "1 − tanh² of {0} where {0} belongs",
        "np.sqrt({})": "the root of {0}", "({} ** 2)": "the square of {0}",
    },
    False: {
        "abs({})": "the absolute value of {0}", "(1 + {})": "1 + {0} where {0} belongs",
        "(1 - ({}) ** 2)": "1 − the square of {0} where {0} belongs",
        "np.sqrt({})": "the root of {0}", "np.exp({})": "the exponential of {0}",
    },
}  # fmt: skip
_SLOPES = {
    "({0} * (1 - {0}))": "s (1 − s)", "((1 - {0}) ** 2)": "(1 − s)²", "(1 - np.tanh({0}) ** 2)":
    "1 − tanh²(s)", "np.sqrt(1 - ({0}) ** 2)": "the root of 1 − s²",
}  # fmt: skip
_SIZED = ("np.arange", "np.zeros", "np.eye", "np.full", "np.tri", "np.pad", "range")
_RETURNED = {
    "-({})": "negative", "({})[::-1]": "in reverse order",
    "({0}) / len({0})": "divided by its length",
}  # fmt: skip


def small_changes(text):
    """Yield every Small change of a solution's text."""
    tree, starts = ast.parse(text), [0, *itertools.accumulate(map(len, text.splitlines(True)))]
    lines, seen = text.splitlines(True), set()

    def at(line, column):
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        local = sorted(
            {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
            | {n.id for n in ast.walk(function) if _is_name(n, ast.Store)}
        )
        calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
        called = {id(n.func) for n in calls}
        sizes = {
            id(n) for call in calls if ast.unparse(call.func) in _SIZED for n in ast.walk(call)
        }
        for statement in _statements(function.body):
            where = _target(statement)
            for node in _own(statement):
                if not hasattr(node, "lineno") or id(node) in called:
                    continue
                first = at(node.lineno, node.col_offset)
                last = at(node.end_lineno, node.end_col_offset)
                more = _iterated(node) if node is getattr(statement, "iter", None) else ()
                for new, words, wide in itertools.chain(_changes(node, local), more):
                    if "np.exp(" in new and id(node) in sizes:
                        continue  # no array of e²⁴ numbers
                    same = re.sub(r"[()\s]", "", new) == re.sub(r"[()\s]", "", text[first:last])
                    if (not same or "brackets" in words) and (first, last, new) not in seen:
                        seen.add((first, last, new))
                        yield Small((first, last, new), words + where, wide)


def _statements(body):
    for statement in body:
        yield statement
        for block in ("body", "orelse"):
            yield from _statements(getattr(statement, block, []))


def _own(statement):
    """Walk a statement without the statements inside it."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.arguments):
            yield from _own(child)


def _is_name(node, context):
    return isinstance(node, ast.Name) and isinstance(node.ctx, context)


def _target(statement):
    if isinstance(statement, ast.Assign | ast.AugAssign):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return f" (in {_shown(target)})"
    return ""


def _meanings(tree, private):
    """Return {private name: what it stands for, in names that a learner knows}."""
    values, found = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, set()).add(ast.unparse(node.value))
        elif _is_name(node, ast.Store):
            values.setdefault(node.id, set())
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            values.setdefault(node.target.id, set()).add("")
    stored = [node.id for node in ast.walk(tree) if _is_name(node, ast.Store)]
    for name, texts in values.items():
        if name in private and len(texts) == 1 and (text := _plain(*texts, found)):
            every = stored.count(name) == ast.unparse(tree).count(f"{name} = {next(iter(texts))}\n")
            if every and private.isdisjoint(re.findall(r"\w+", text)) and len(text) <= 44:
                operator = isinstance(ast.parse(text).body[0].value, ast.BinOp | ast.Compare)
                found[name] = f"({text})" if operator else text
    return found


def _plain(text, stands):
    """Put what private names stand for into their places."""
    return re.sub(r"(?<![\w.\"'])[A-Za-z_]\w*", lambda name: stands.get(name[0], name[0]), text)


def _shown(node, most=44):
    text = ast.unparse(node) if isinstance(node, ast.AST) else node
    return f"`{text}`" if len(text) <= most else "one part"


def _public(says, private, stands):
    """Put a small change into words without those names."""
    says, where, target = says.partition(" (in ")
    says = re.sub(r"`([^`]*)`", lambda quote: f"`{_plain(quote[1], stands)}`", says)
    says += where + target

    def general(words):
        def said(found):
            known = private.isdisjoint(re.findall(r"\w+", found[0]))
            return found[0] if known and "one part" not in found[0] else found.expand(words)

        return said

    for pattern, words in (
        (r" \(in `[^`]*`\)$", ""),
        (r"`[^`]*` in place of `[^`]*`", "one value in place of another"),
        (
            r"(?:`[^`]*`|one part) for (?:`[^`]*`|one part)",
            "an index that is one too high or too low",
        ),
        (r" times `[^`]*`", " times another"),
        (r"(?<=[-+=]) at `[^`]*`", ""),
        (r"the (line|factor|term) (?:`[^`]*`|one part)", r"one \1"),
        (r"`[^`]*`", "one part"),
    ):
        says = re.sub(pattern, general(words), says)
    return says


def _changes(node, local):
    """Yield (new text, words, wide) for one node of a solution."""
    u = ast.unparse
    forms = _FORMS[isinstance(node, ast.Name | ast.Subscript)] if _is_read(node) else {}
    for form, words in forms.items():
        yield form.format(u(node)), f"with {words.format(_shown(node))}", True
    for new, words in _narrow(node, u):
        yield new, words, False
    if _is_name(node, ast.Load) and node.id in local:
        for name in local:
            yield f"({node.id} * {name})", f"with `{node.id}` times `{name}`", True
            if name != node.id:
                yield name, f"with `{name}` in place of `{node.id}`", True


def _iterated(node):
    """Yield changes of what a loop runs over."""
    if isinstance(node, ast.Name | ast.Subscript):
        yield f"({ast.unparse(node)})[1:]", "with the first turn of a loop left out", False
        yield f"({ast.unparse(node)})[:-1]", "with the last turn of a loop left out", False


def _is_read(node):
    kinds = ast.Name | ast.Subscript | ast.BinOp | ast.Call
    return isinstance(node, kinds) and not isinstance(getattr(node, "ctx", None), ast.Store)


def _narrow(node, u):
    match node:
        case ast.BinOp(left, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Sub(), s)) if u(
            left.right if isinstance(left, ast.BinOp) else left
        ) == u(s):
            more = f"({u(left.left)}) * " if isinstance(left, ast.BinOp) else ""
            yield (
                f"({more}(1 - ({u(s)}) ** 2))",
                f"with 1 − s² in place of s (1 − s) at {_shown(s)}",
            )
        case ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(s, ast.Pow(), ast.Constant(2))):
            for form, words in _SLOPES.items():
                yield form.format(u(s)), f"with {words} in place of 1 − s² at {_shown(s)}"
    match node:
        case ast.BinOp(a, op, b):
            kind = "term" if isinstance(op, ast.Add | ast.Sub) else "factor"
            minus = "-" if isinstance(op, ast.Sub) else ""
            under = "1 / " if isinstance(op, ast.Div) else ""
            yield f"({u(a)})", f"without the {kind} {_shown(b)}"
            yield f"({minus}{under}({u(b)}))", f"without the {kind} {_shown(a)}"
            for new in _OTHER.get(type(op), ""):
                sign = new.replace("-", "−")
                yield f"(({u(a)}) {new} ({u(b)}))", f"with {sign} before {_shown(b)}"
            if isinstance(op, ast.Mult) and isinstance(b, ast.BinOp):
                if isinstance(b.op, ast.Add | ast.Sub):
                    sign = "-" if isinstance(b.op, ast.Sub) else "+"
                    new = f"(({u(a)}) * ({u(b.left)}) {sign} ({u(b.right)}))"
                    yield new, f"without the brackets around {_shown(b)}"
                    new = f"(({u(b.left)}) {sign} ({u(a)}) * ({u(b.right)}))"
                    yield new, f"without the factor {_shown(a)} on the first term of {_shown(b)}"
            if isinstance(op, ast.MatMult):
                yield f"(({u(b)}) @ ({u(a)}))", "with the factors of a matrix product exchanged"
                yield f"(({u(a)}).T @ ({u(b)}))", f"with {_shown(a)} transposed"
                yield f"(({u(a)}) @ ({u(b)}).T)", f"with {_shown(b)} transposed"
                if isinstance(a, ast.Attribute):
                    yield (
                        f"(({u(a)}) @ (({u(a)}) @ ({u(b)})))",
                        f"with the factor {_shown(a)} twice",
                    )
            if isinstance(op, ast.Sub):
                yield f"(({u(b)}) - ({u(a)}))", f"with the sign of {_shown(node)} turned"
            if isinstance(op, ast.Mult):
                yield f"(({u(a)}) * ({u(b)}) ** 2)", f"with the factor {_shown(b)} twice"
                yield f"(({u(a)}) ** 2 * ({u(b)}))", f"with the factor {_shown(a)} twice"
            if isinstance(op, ast.Add):
                yield f"(({u(a)}) + 2 * ({u(b)}))", f"with {_shown(b)} counted twice"
                yield f"(2 * ({u(a)}) + ({u(b)}))", f"with {_shown(a)} counted twice"
                yield f"((({u(a)}) + ({u(b)})) / 2)", f"with half of {_shown(node)}"
        case ast.UnaryOp(ast.USub() | ast.Not(), inner):
            yield f"({u(inner)})", f"with the sign of {_shown(inner)} turned"
        case ast.Compare(a, [op], [b]) if type(op) in _COMPARED:
            for new in _COMPARED[type(op)]:
                yield f"({u(a)} {new} {u(b)})", f"with `{new}` in the comparison of {_shown(a)}"
        case ast.Constant(bool() as value):
            yield str(not value), f"with {not value} in place of {value}"
        case ast.Constant(int() | float() as value):
            tiny = [10.0**-n for n in range(3, 13)] if 0 < value < 1e-3 else []
            for new in {value + 1, value - 1, *tiny, *[0] * bool(tiny)} - {value}:
                yield f"({new})", f"with {new} in place of {value}"
        case ast.Attribute(inner, "T"):
            yield f"({u(inner)})", f"without the transpose of {_shown(inner)}"
        case ast.Subscript(value, index):
            for new in _indices(index, u):
                yield (
                    f"{u(value)}[{new}]",
                    f"with {_shown(f'{u(value)}[{new}]')} for {_shown(node)}",
                )
        case ast.Call(called, args, keywords):
            if len(args) == 1 and isinstance(called, ast.Name | ast.Attribute):
                yield f"({u(args[0])})", f"without {_shown(called)}"
                if not keywords:
                    yield f"{u(called)}({u(node)})", f"with {_shown(called)} twice"
            if u(called) == "range":
                for k, arg in enumerate(args):
                    for step in (" + 1", " - 1") if not isinstance(arg, ast.Constant) else ():
                        new = ", ".join(u(a) + step * (j == k) for j, a in enumerate(args))
                        yield f"range({new})", f"with `{u(arg)}{step}` for `{u(arg)}` in range"
                if len(args) == 1:
                    yield f"range(1, {u(args[0])})", "without the first step of a loop"
            if isinstance(called, ast.Attribute):
                if not args and called.attr not in ("copy", "tolist"):
                    yield f"({u(called.value)})", f"without {_shown('.' + called.attr)}"
                if called.attr in _CALLED:
                    other = _CALLED[called.attr]
                    new = ast.Call(ast.Attribute(called.value, other, ast.Load()), args, keywords)
                    yield u(new), f"with `{other}` in place of `{called.attr}`"
            for k in range(len(keywords)):
                rest = ast.Call(called, args, keywords[:k] + keywords[k + 1 :])
                yield u(rest), f"without `{u(keywords[k])}`"
        case ast.List(parts) | ast.Tuple(parts) if 1 < len(parts) < 6:
            for i, j in itertools.combinations(range(len(parts)), 2):
                new = [u(part) for part in parts]
                new[i], new[j] = new[j], new[i]
                yield f"[{', '.join(new)}]", f"with {_shown(new[j])} and {_shown(new[i])} exchanged"
        case ast.Assign([ast.Name(name)], value):
            yield f"{name} += {u(value)}", f"with += in place of = at `{name}`"
        case ast.Return(value) if value is not None:
            parts = getattr(value, "elts", getattr(value, "values", [value]))
            for k in range(len(parts)):
                for form, words in _RETURNED.items():
                    news = [form.format(u(p)) if j == k else u(p) for j, p in enumerate(parts)]
                    if isinstance(value, ast.Dict):
                        pairs = zip(map(u, value.keys), news, strict=True)
                        whole = f"{{{', '.join(f'{key}: {new}' for key, new in pairs)}}}"
                    else:
                        whole = ", ".join(news)
                    shown = f"number {k + 1} of the results" if len(parts) > 1 else "the result"
                    yield f"return {whole}", f"with {shown} {words}"
        case ast.AugAssign(target, ast.Add() | ast.Sub() as op, value):
            signs = ("−=", "+=") if isinstance(op, ast.Add) else ("+=", "−=")
            yield f"{u(target)} = {u(value)}", f"with = in place of {signs[1]} at {_shown(target)}"
            new = f"{u(target)} {signs[0].replace('−', '-')} {u(value)}"
            yield new, f"with {signs[0]} in place of {signs[1]} at {_shown(target)}"
            yield "pass", f"without the line `{_shown(node, 40).strip('`')}`"


def _indices(index, u):
    """Yield an index with one of its parts one higher or one lower."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for k, part in enumerate(parts):
        for step in (" + 1", " - 1"):
            if isinstance(part, ast.Slice):
                news = [
                    f"{u(part.lower) + (step if low else '') if part.lower else ''}:"
                    f"{u(part.upper) + ('' if low else step) if part.upper else ''}"
                    f"{':' + u(part.step) if part.step else ''}"
                    for low in (True, False)
                    if (part.lower if low else part.upper) is not None
                ]
            elif isinstance(part, ast.Constant | ast.List):
                news = []
            else:
                news = [u(part) + step]
            for new in news:
                yield ", ".join(new if j == k else u(other) for j, other in enumerate(parts))
