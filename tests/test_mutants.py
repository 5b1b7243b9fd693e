"""Backward code broken in every place, one at a time: the gradient checks must notice each.

A *mutant* is a module of helpers with one change of the kind people make by mistake: a sign, a
transpose, a dropped term or statement, a shifted index, = for +=, a wrong operand, axis, order or
comparison. It lives in memory only. The batteries below compare its gradients with complex steps
through the unbroken module.
"""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import graph, layers, lstm, rnn
from helpers.gradcheck import complex_step

HELPERS = Path(__file__).resolve().parents[1] / "helpers"

# Functions to break besides those whose name says backward or clip, whose first parameter is `up`,
# or that call _node; the functions of the module that these call are broken as well.
ALSO = {"graph": {"steps", "_into", "_node"}, "layers": {"softmax_cross_entropy"}}
# They check or convert what people type, or belong to every forward pass.
DOORS = {"_lift", "_named", "_distributions", "_shifted", "need"}
DOORS |= {"isinstance", "astype", "result_type", "empty"}

# (function, code, what it becomes): why every gradient stays as it was.
EQUIVALENT = {
    ("graph._route", "mine.real > other.real", "mine.real >= other.real"): (
        "Where the two are equal, the next line replaces the entry."
    ),
    ("graph._route", "0 * up", "0"): "np.where gives the one 0 the other's shape.",
    ("graph._route", "0 * up", "0 * mine"): "Likewise: zeros.",
    (
        "graph.pull_a",
        "np.squeeze(np.expand_dims(up, row + column) @ Y.swapaxes(-1, -2), row)",
        "np.expand_dims(up, row + column) @ Y.swapaxes(-1, -2)",
    ): "The axis of length 1 that a vector was given leads, and unbroadcast sums it away.",
    (
        "graph.concatenate",
        "np.cumsum([node.value.shape[axis] for node in nodes])[:-1]",
        "np.cumsum([node.value.shape[axis] for node in nodes])[:]",
    ): "A cut at the very end adds an empty part after the last, which no node takes.",
    ("graph.__pow__", "np.zeros_like(x)", "np.zeros_like(n)"): "up times one 0 is zeros as well.",
    ("layers.softmax_cross_entropy", "axis=-1", "axis=1"): "Logits have two axes: 1 is the last.",
}

# Some that must be tried, or the table below would look complete because little was broken.
KNOWN = {
    "graph": {("exp", "up * y", "up / y"), ("steps", "parent.grad + contribution", "contribution")},
    "layers": {("softmax_cross_entropy", "np.exp(log_p) - q", "np.exp(log_p) + q")},
    "rnn": {("backward", "h[:-1]", "h[1:]"), ("backward", "da_t *= dh_t", "pass")},
    "lstm": {("backward", "(di, df, dg, do)", "(di, dg, df, do)")},
    "training": {("clip_by_norm", "limit / norm", "norm / limit")},
}

SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@",
    ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
OTHER_SIGN = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "//": "*", "%": "+"}
COMPARISONS = {
    ast.Gt: [">=", "<"], ast.GtE: [">"], ast.Lt: ["<=", ">"], ast.LtE: ["<"], ast.Eq: ["!="],
    ast.NotEq: ["=="], ast.Is: ["is not"], ast.IsNot: ["is"], ast.In: ["not in"],
    ast.NotIn: ["in"],
}  # fmt: skip
OTHER_CALL = {"add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply"}
OTHER_CALL |= {"zeros": "ones", "ones_like": "zeros_like", "zeros_like": "ones_like"}
KEPT_CALLS = {
    "astype",
    "reshape",
    "append",
    "extend",
    "add",
    "pop",
    "len",
    "where",
    "range",
    "tuple",
    *OTHER_CALL,
}
UNORDERED = {"add", "multiply", "max", "swapaxes", "_node"}
KEPT_KEYWORDS = {"dtype", "copy", "strict", "out"}


def is_local(node):
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def called(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def is_door(node):
    """Whether a node checks what it is given, or holds words for the reader."""
    match node:
        case ast.Call():
            return called(node) in DOORS or ast.unparse(node.func).startswith("_door.")
        case ast.If():
            return any(isinstance(statement, ast.Raise) for statement in node.body)
        case ast.Expr(value=value) | ast.Assign(value=value) if isinstance(value, ast.Call):
            return is_door(value)
        case ast.Assign(targets=[ast.Attribute(attr="__doc__")]):
            return True
        case ast.Assign(value=ast.IfExp(body=one, orelse=other)):
            return is_door(one) or is_door(other)
        case ast.Assign(value=ast.Tuple(elts=values)):
            return any(map(is_door, values)) or len(set(map(ast.unparse, values))) == 1
        case ast.IfExp(body=one, orelse=other):
            return is_door(one) or is_door(other)
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.JoinedStr() | ast.arguments():
            return True
        case ast.keyword():
            return node.arg in KEPT_KEYWORDS
    return isinstance(node, ast.withitem | ast.expr_context | ast.operator | ast.cmpop)


def expressions(node, parent, others):
    """Yield the source of what an expression becomes; ``others`` are names near it, in order."""
    text = ast.unparse
    match node:
        case ast.BinOp(left=left, right=right, op=op):
            one, two, sign = f"({text(left)})", f"({text(right)})", SIGNS[type(op)]
            yield one
            if not isinstance(parent, ast.Subscript):
                yield two
                yield f"{one} {OTHER_SIGN.get(sign, '@')} {two}"
                yield f"{two} {sign} {one}" if sign in ("-", "/", "@") else one
            if sign == "@":
                yield from (f"{one}.T @ {two}", f"{one} @ {two}.T")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield text(operand)
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield from (str(value + 1), str(value - 1)) if value else ("1",)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from (f"({text(left)}) {o} ({text(right)})" for o in COMPARISONS[type(op)])
        case ast.Attribute(attr="T", value=value):
            yield text(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (text(body), text(orelse))
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg="up"), *_]), body=body):
            yield text(node).replace(text(body), f"-({text(body)})")
        case ast.Subscript(value=value, slice=index):
            for old in index.elts if isinstance(index, ast.Tuple) else [index]:
                for new in shifted(old):
                    yield f"{text(value)}[{text(index).strip('()').replace(text(old), new)}]"
        case ast.Tuple(elts=[*elements]) if len(elements) > 1 and not axes(parent):
            yield from (", ".join(map(text, e)) for e in exchanged(elements))
            if isinstance(parent, ast.Call) or all(isinstance(e, ast.Tuple) for e in elements):
                yield from (f"({text(e)},)" for e in elements)
        case ast.Dict(keys=keys, values=values):
            for new in [*exchanged(values), *negated(values)]:
                pairs = zip(keys, new, strict=True)
                yield "{" + ", ".join(f"{text(k)}: {text(v)}" for k, v in pairs) + "}"
        case ast.Call():
            yield from calls(node, parent)
        case ast.Name(ctx=ast.Load()) if node.id in others and len(others) > 1:
            yield others[(others.index(node.id) + 1) % len(others)]


def axes(parent):
    """Whether a tuple names axes to sum over, in any order."""
    return isinstance(parent, ast.keyword) and parent.arg == "axis"


def calls(node, parent):
    """Yield what a call becomes: another function, order or axis, or only what it is given."""
    text, name, function = ast.unparse, called(node), ast.unparse(node.func)
    given, words = list(map(text, node.args)), list(map(text, node.keywords))
    if name in OTHER_CALL and function.startswith("np."):
        yield f"np.{OTHER_CALL[name]}({', '.join(given + words)})"
    for new in exchanged(given) if name not in UNORDERED else ():
        yield f"{function}({', '.join([*new, *words])})"
    for k, word in enumerate(node.keywords):
        if word.arg == "axis":
            yield f"{function}({', '.join([*given, *words[:k], *words[k + 1 :]])})"
        if word.arg == "out":  # np.f(a, b, out=c): added to c, or one operand alone
            yield f"np.add({text(word.value)}, {function}({', '.join(given)}), {words[k]})"
            yield from (f"np.positive({one}, {words[k]})" for one in given)
    if given and given[-1] == "axis":
        yield f"{function}({', '.join(given[:-1])})"
    if name == "where":
        yield from given[1:]
    if name in ("matmul", "tensordot"):
        yield f"{function}(({given[0]}).T, {', '.join(given[1:] + words)})"
        yield f"{function}({given[0]}, ({given[1]}).T, {', '.join(given[2:] + words)})"
    if name == "_node":  # one of several edges is forgotten
        yield from (f"_node({', '.join(given[:k] + given[k + 1 :])})" for k in range(2, len(given)))
    if name not in KEPT_CALLS and not isinstance(parent, ast.Expr):
        receiver = isinstance(node.func, ast.Attribute) and not function.startswith("np.")
        yield text(node.func.value) if receiver else given[0] if given else "None"


def shifted(index):
    """Yield what an index or slice becomes."""
    text = ast.unparse(index)
    if isinstance(index, ast.Name):
        yield from (f"{text} - 1", f"{text} + 1")
    if isinstance(index, ast.Slice) and (index.lower or index.upper):
        yield from ({":-1": ["1:", ":"], "1:": [":-1", ":"]}).get(text, [":"])


def exchanged(items):
    for k in range(len(items) - 1):
        yield [*items[:k], items[k + 1], items[k], *items[k + 2 :]]


def negated(items):
    for k, item in enumerate(items):
        yield [*items[:k], ast.UnaryOp(ast.USub(), item), *items[k + 1 :]]


def statements(node):
    """Yield the source of what a statement becomes."""
    match node:
        case ast.AugAssign(target=target, value=value, op=op):
            other = OTHER_SIGN[SIGNS[type(op)]]
            yield from ("pass", f"{ast.unparse(target)} = {ast.unparse(value)}")
            yield f"{ast.unparse(target)} {other}= {ast.unparse(value)}"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target], value=value):
            yield from ("pass", f"{ast.unparse(target)} += {ast.unparse(value)}")
        case ast.Assign(targets=[target], value=value) if names(target) & names(value):
            yield "pass"
        case ast.Expr(value=ast.Call()):
            yield "pass"
        case ast.Return(value=value) if value is not None:
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            for new in negated(values):
                yield f"return {', '.join(map(ast.unparse, new))}"
        case ast.If(test=test):
            yield ast.unparse(node).replace(f"if {ast.unparse(test)}", f"if not ({test})", 1)


def read(node, only_checked):
    """Return the names read at and below a node, but by checks and what is only checked."""
    if is_door(node) or (isinstance(node, ast.Assign) and names(node.targets[0]) <= only_checked):
        return set()
    own = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
    return own.union(*(read(child, only_checked) for child in ast.iter_child_nodes(node)))


def names(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def nearby(statement):
    """Return the names read in a statement or lambda, but for functions and `np`, in order."""
    functions = {id(n.func) for n in ast.walk(statement) if isinstance(n, ast.Call)}
    read = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and id(n) not in functions]
    return list(dict.fromkeys(n.id for n in read if isinstance(n.ctx, ast.Load) and n.id != "np"))


class Endless(Exception):
    """Raised by a mutant whose loop does not end."""


class Mutants:
    """The mutants of one module; iterating gives (function, code, what it became, namespace)."""

    def __init__(self, name, source):
        self.name, self.tree, self.edits = name, ast.parse(source), []
        self.defs = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.chosen, self.only_checked = self.backward_code(), set()
        assigned = {n.targets[0].id for n in ast.walk(self.tree) if is_local(n)}
        for _ in range(3):  # what makes a value that is only checked is only checked as well
            self.only_checked = assigned - read(self.tree, self.only_checked)
        for top in self.tree.body:
            self.walk(top, self.tree, top, "", [])
        for loop in (n for n in ast.walk(self.tree) if isinstance(n, ast.While)):
            loop.body.append(ast.parse("_tick()").body[0])
        ast.fix_missing_locations(self.tree)

    def backward_code(self):
        """Return the names of the functions to break."""
        chosen, more = set(), set(ALSO.get(self.name, ()))
        for name, function in self.defs.items():
            first = [argument.arg for argument in function.args.args[:1]]
            if re.search("backward|clip", name) or first == ["up"] or "_node" in calls_in(function):
                more |= {name}
        while more:
            chosen |= more
            inner = set().union(*(calls_in(self.defs[name]) for name in more)) & set(self.defs)
            more = inner - chosen - DOORS
        return chosen

    def walk(self, node, parent, top, where, near, slot=None):
        """Collect the edits at and below a node that stands in ``slot`` of its parent."""
        if is_door(node) or (is_local(node) and node.targets[0].id in self.only_checked and where):
            return
        if isinstance(node, ast.FunctionDef):
            where = node.name if where or node.name in self.chosen else ""
        elif isinstance(node, ast.Lambda) and node.args.args[:1] and not where:
            where = ast.unparse(top.targets[0]) if node.args.args[0].arg == "up" else ""
        if isinstance(node, ast.stmt | ast.Lambda):
            near = nearby(node)
        if where and slot:
            new = statements(node) if isinstance(node, ast.stmt) else ()
            new = new or expressions(node, parent, near)
            self.edits += [(where, top, parent, slot, node, text) for text in dict.fromkeys(new)]
        for field, value in ast.iter_fields(node):
            if field in ("decorator_list", "returns", "handlers"):
                continue
            if field == "func" and (isinstance(value, ast.Name) or ast.unparse(value)[:3] == "np."):
                continue
            for k, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST):
                    place = (field, k if isinstance(value, list) else None)
                    self.walk(child, node, top, where, near, place)

    def __iter__(self):
        codes = {top: self.compiled(top) for top in self.tree.body}
        for where, top, parent, (field, k), old, text in self.edits:
            inside = isinstance(parent, ast.expr | ast.keyword)
            shown = (
                parent if inside and isinstance(old, ast.Name | ast.Constant | ast.UnaryOp) else old
            )
            before = ast.unparse(shown)
            try:
                new = parsed(text, old)
                put(parent, field, k, new)
                after = ast.unparse(new if shown is old else shown)
                changed = self.compiled(top)
            except (SyntaxError, ValueError):
                continue
            finally:
                put(parent, field, k, old)
            if after != before:
                yield where, before, after, codes | {top: changed}

    def compiled(self, top):
        return compile(ast.Module([top], []), self.name, "exec")


def calls_in(function):
    return {called(n) for n in ast.walk(function) if isinstance(n, ast.Call)}


def parsed(text, old):
    """Return source as a node that can stand where ``old`` stood."""
    if isinstance(old, ast.stmt):
        new = ast.parse(text).body[0]
    else:
        new = ast.parse(text, mode="eval").body
        for node in [new, *getattr(new, "elts", [])] if hasattr(old, "ctx") else []:
            node.ctx = old.ctx
    return ast.fix_missing_locations(ast.copy_location(new, old))


def put(parent, field, k, node):
    if k is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[k] = node


def loaded(name, codes):
    """Run a module's statements; return it."""
    ticks = iter(range(10_000))
    namespace = {"__name__": f"helpers.{name}", "_tick": lambda: next(ticks)}
    for code in codes:
        exec(code, namespace)
    return SimpleNamespace(**namespace)


# ----------------------------------------------------------------------------- the gradient checks


def same(ours, truth, bound=1e-9):
    ours, truth = np.asarray(ours), np.asarray(truth)
    assert ours.shape == truth.shape
    assert np.abs(ours - truth).max() <= bound * max(np.abs(truth).max(), 1e-300)


def numbers(*shape, seed=0):
    """Return entries between .3 and 1.7 of both signs, all different."""
    rng = np.random.default_rng([seed, *shape])
    return rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape)


def slopes(value, given):
    """Return the complex-step gradient of ``value(*given)`` in each of what is given."""
    return [
        complex_step(lambda z, k=k: value(*given[:k], z, *given[k + 1 :]), one)
        for k, one in enumerate(given)
    ]


CASES = {
    "exp": (lambda m, a: m.exp(a), (2, 3)),
    "log": (lambda m, a: m.log(a * a), (2, 3)),
    "tanh": (lambda m, a: m.tanh(a), (2, 3)),
    "sigmoid": (lambda m, a: m.sigmoid(a), (2, 3)),
    "relu": (lambda m, a: m.relu(a), (2, 3)),
    "+": (lambda m, a, b: a + b, (2, 3), (3,)),
    "-": (lambda m, a, b: a - b, (2, 1), (2, 3)),
    "*": (lambda m, a, b: a * b, (2, 3), (1, 3)),
    "/": (lambda m, a, b: a / b, (4, 2, 1), (3,)),
    "max": (lambda m, a, b: m.maximum(a, b), (2, 3), (3,)),
    "constants": (lambda m, a: (2 - a) / (3 + a) + 5 / a - 4 * a + 1 - (-a), (2,)),
    "power": (lambda m, a: a**3 + (a * a) ** -1.5 + a**0 + a**1 + a**2, (2, 3)),
    "matrix @ matrix": (lambda m, a, b: a @ b, (2, 3), (3, 4)),
    "vector @ matrix": (lambda m, a, b: a @ b, (3,), (3, 4)),
    "matrix @ vector": (lambda m, a, b: a @ b, (2, 3), (3,)),
    "vector @ vector": (lambda m, a, b: a @ b, (3,), (3,)),
    "batch @ matrix": (lambda m, a, b: a @ b, (5, 2, 3), (3, 4)),
    "batch @ batch": (lambda m, a, b: a @ b, (5, 2, 3), (5, 3, 4)),
    "vector @ batch": (lambda m, a, b: a @ b, (3,), (5, 3, 4)),
    "batch @ vector": (lambda m, a, b: a @ b, (5, 2, 3), (3,)),
    "array @": (lambda m, a: numbers(2, 3) @ a, (3, 2)),
    "one entry": (lambda m, a: a[1], (3,)),
    "repeated entries": (lambda m, a: a[[0, 2, 2, 0, 0]], (3, 2)),
    "slice": (lambda m, a: a[1:, ::2], (3, 4)),
    "T": (lambda m, a: a.T, (2, 3, 4)),
    "transpose": (lambda m, a: a.transpose((1, 2, 0)), (2, 3, 4)),
    "transpose, from the end": (lambda m, a: a.transpose((-1, 0, 1)), (2, 3, 4)),
    "reshape": (lambda m, a: a.reshape(3, 4), (2, 6)),
    "reshape to a tuple": (lambda m, a: a.reshape((3, 4)), (2, 6)),
    "sum": (lambda m, a: a.sum(), (2, 3)),
    "sum over 1": (lambda m, a: a.sum(1), (2, 3, 4)),
    "sum over two": (lambda m, a: a.sum((0, 2), keepdims=True), (2, 3, 4)),
    "mean": (lambda m, a: a.mean() + a.mean(0).sum() + a.mean(1, keepdims=True).sum(), (2, 3)),
    "stack": (lambda m, a, b: m.stack([a, b, a]), (2, 3), (2, 3)),
    "stack along 1": (lambda m, a, b: m.stack([a, b, numbers(2, 3)], 1), (2, 3), (2, 3)),
    "concatenate": (lambda m, a, b: m.concatenate([a, b, a]), (2, 3), (4, 3)),
    "concatenate along 1": (
        lambda m, a, b: m.concatenate([numbers(2, 2), a, b], -1),
        (2, 3),
        (2, 1),
    ),
    "used twice": (lambda m, a: m.tanh(a * a + a) * a, (2, 3)),
    "diamond": (lambda m, a, b: (a * b) * m.exp(a * b) + m.tanh(a) / b, (2,), (2,)),
}


def value(module, build, seed, *leaves):
    return (build(module, *map(module.Node, leaves)).value * seed).sum()


def graph_truths():
    for name, (build, *shapes) in CASES.items():
        leaves = [numbers(*shape, seed=k) for k, shape in enumerate(shapes)]
        out = build(graph, *map(graph.Node, leaves)).value
        seed = numbers(*out.shape, seed=9)
        truths = slopes(lambda *z, b=build, s=seed: value(graph, b, s, *z), leaves)
        yield name, leaves, seed, out, truths


def check_graph(m, truths):
    for name, leaves, seed, out, wanted in truths:
        nodes = [m.Node(leaf) for leaf in leaves]
        root = CASES[name][0](m, *nodes)
        for _ in range(2):  # a second pass gives the same
            root.backward(seed)
            same(root.value, out)
            for node, truth in zip(nodes, wanted, strict=True):
                same(node.grad, truth)
    a, b = m.Node([3.0, -2.0, 0.0, 1.0]), m.Node([3.0, -3.0, 4.0, 5.0])
    (m.maximum(a, b) * [1.0, 2.0, 4.0, 0.0]).sum().backward()  # ties halve
    same(a.grad, [0.5, 2, 0, 0])
    same(b.grad, [0.5, 0, 4, 0])
    (m.relu(a) + a**0).sum().backward()
    same(a.grad, [1, 0, 0, 1])
    c = a.sum()
    (b.sum() + c * 2).backward()
    same(a.grad, [2, 2, 2, 2])
    same(b.grad, [1, 1, 1, 1])
    same(c.grad, 2)
    p = m.Node(3.0)
    q = p * p
    found = [(node, [(parent, down.item()) for parent, down in to]) for node, to in m.steps(q + p)]
    assert [to for _, to in found] == [[(q, 1), (p, 1)], [(p, 3), (p, 3)], []]
    assert [node for node, _ in found[1:]] == [q, p]
    assert m.topological_order(q) == [p, q]
    assert m.topological_order(c * p)[:3] == [a, c, p]
    assert p.grad == 7
    assert (q.op, q.name, m.tanh(p).op) == ("×", "", "tanh")
    turned = a.T
    turned.backward(np.ones(4))
    assert not np.shares_memory(a.grad, turned.grad)
    assert isinstance(c.value, np.ndarray)
    single = m.Node(np.float32([1, 2]))
    (single * single / 3).sum().backward()
    assert single.grad.dtype == np.float32
    try:
        a.backward()
    except ValueError:  # no scalar
        return
    raise AssertionError("backward started from a vector")


def layers_truths():
    y, q = numbers(3, 4), np.abs(numbers(3, 4))
    q /= q.sum(axis=1, keepdims=True)
    losses = [
        (t, *slopes(lambda y, t=t: layers.softmax_cross_entropy(y, t)[0], [y]))
        for t in (np.array([3, 0, 1]), q)
    ]
    yield y, losses


def check_layers(m, truths):
    y, losses = truths[0]
    for targets, truth in losses:
        loss, ours = m.softmax_cross_entropy(y, targets)
        same(ours, truth)
        same(loss, layers.softmax_cross_entropy(y, targets)[0])
    far = np.array([[1000.0, 0.0], [-1000.0, -2000.0]])
    same(m.softmax_cross_entropy(far, np.array([1, 1]))[1], [[0.5, -0.5], [0.5, -0.5]])


def layer_truths(module, more):
    """Yield cases of a recurrent layer: what it is given, and every gradient by complex steps."""
    for T, with_dc in [(3, False), (1, False), *([(3, True)] if more else [])]:
        params = module.init(3, 2, np.random.default_rng(T))
        given = [
            *params.values(),
            numbers(T, 4, 3),
            *(numbers(4, 2, seed=k) for k in range(1 + more)),
        ]
        above = [numbers(T, 4, 2, seed=5), *([numbers(T, 4, 2, seed=6)] if with_dc else [])]

        def loss(*given, keys=tuple(params), above=above):
            out, _ = module.forward(dict(zip(keys, given[:3], strict=True)), *given[3:])
            return sum((o * d).sum() for o, d in zip(out if more else [out], above, strict=False))

        yield params, given[3:], above, slopes(loss, given)


def check_layer(m, truths):
    for params, given, above, wanted in truths:
        _, cache = m.forward(params, *given)
        before = {key: np.copy(part) for key, part in cache.items() if key != "params"}
        for again in (cache, dict(reversed(cache.items()))):  # a second pass gives the same
            grads, *others = m.backward(params, again, *above)
            assert list(grads) == list(params)
            for ours, truth in zip([*grads.values(), *others], wanted, strict=True):
                same(ours, truth)
        for key, part in before.items():
            same(cache[key], part)
    small = {key: part.astype(np.float32) for key, part in params.items()}
    _, cache = m.forward(small, given[0].astype(np.float32))
    grads, *others = m.backward(small, cache, above[0].astype(np.float32))
    assert all(part.dtype == np.float32 for part in [*grads.values(), *others])


def check_training(m, truths):
    grads = {"a": np.array([3.0, -4.0]), "b": np.array([[12.0]])}
    for limit, factor in ((6.5, 0.5), (13.0, 1.0), (20.0, 1.0), (np.inf, 1.0)):
        clipped, norm = m.clip_by_norm(grads, limit)
        assert (norm, type(norm)) == (13.0, float)
        assert list(clipped) == ["a", "b"]
        assert (clipped is grads) == (factor == 1.0)
        for key in grads:
            same(clipped[key], factor * grads[key])


BATTERIES = {
    "graph": (check_graph, graph_truths),
    "layers": (check_layers, layers_truths),
    "rnn": (check_layer, lambda: layer_truths(rnn, 0)),
    "lstm": (check_layer, lambda: layer_truths(lstm, 1)),
    "training": (check_training, lambda: ()),
}


def noticed(name, codes, truths):
    try:
        with np.errstate(all="ignore"):
            BATTERIES[name][0](loaded(name, codes), truths)
    except Exception:
        return True
    return False


@pytest.mark.parametrize("name", BATTERIES)
def test_every_mutant_is_noticed(name):
    """A sign or an index could go wrong in backward code, and all tests would still pass."""
    mutants = Mutants(name, (HELPERS / f"{name}.py").read_text(encoding="utf-8"))
    battery, truths = BATTERIES[name][0], list(BATTERIES[name][1]())
    battery(loaded(name, map(mutants.compiled, mutants.tree.body)), truths)
    tried, survivors = set(), set()
    for where, old, new, codes in mutants:
        tried.add((where, old, new))
        if not noticed(name, codes.values(), truths):
            survivors.add((f"{name}.{where}", old, new))
    listed = {key for key in EQUIVALENT if key[0].startswith(f"{name}.")}
    print(f"{len(tried)} mutants of {name}, {len(survivors)} of them equivalent")
    assert KNOWN[name] <= tried, "not tried"
    assert survivors <= listed, f"not noticed: {survivors - listed}"
    assert listed <= survivors, f"listed as equivalent, but noticed or gone: {listed - survivors}"
