"""Bad input is met with a sentence: which argument, what was given, what was expected.

One table: for each public function and each of its parameters, a call that works, and what it is
spoilt with. A guard walks the package and fails where a function or a parameter has no row.
"""

import importlib
import inspect
import itertools
import os
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import exercises
from helpers import data, draw, gradcheck, graph, layers, live, lstm, rnn, spectra, style
from helpers import training as tr

RNG = np.random.default_rng(0)
CHANGES = itertools.count()


def some(*shape):
    return RNG.standard_normal(shape)


def ax(scale="linear"):
    made = Figure().subplots()
    made.set_yscale(scale)
    return made


# ---- What a good value is spoilt with: name -> (good to bad, the error, what must be quoted).


def given(*values, error=ValueError):
    """Spoil with each of these values, which the sentence quotes."""
    return {repr(v): (lambda _, v=v: v, error, re.escape(repr(v))) for v in values}


def shaped(*shapes):
    """Spoil with arrays of floats of each of these shapes, which the sentence quotes."""
    return {str(s): (lambda _, s=s: some(*s), ValueError, re.escape(str(s))) for s in shapes}


def into(change, quoted, error=ValueError):
    """Spoil by a change that cannot be quoted as it is."""
    return {f"change {next(CHANGES)}, into {quoted}": (change, error, quoted)}


def without(spoilers, *names):
    return {name: how for name, how in spoilers.items() if name not in names}


OBJECTS = {
    "None": (lambda v: None, TypeError, "None"),
    "text": (lambda v: "abc", TypeError, "'abc'"),
    "objects": (lambda v: np.full(np.shape(v), None), TypeError, "object"),
    "unequal lists": (lambda v: [[1.0], [1.0, 2.0]], ValueError, "unequal lengths"),
}
INTEGERS = into(lambda v: np.ones(v.shape, int), "int(32|64)", TypeError)
NAN = {"NaN": (lambda v: np.full_like(v, np.nan), ValueError, "is nan")}
INF = {"inf": (lambda v: np.full_like(v, np.inf), ValueError, "is inf")}
EMPTY = {"empty": (lambda v: v[:0], ValueError, r"\(0[,)]")}
SHAPE = EMPTY | {
    "one axis more": (lambda v: v[None], ValueError, r"\(1, "),
    "one axis less": (lambda v: v[0], ValueError, r"shape is \("),
    "last axis empty": (lambda v: v[..., :0], ValueError, r"\b0,?\)"),
}
FLOATS = OBJECTS | INTEGERS | NAN | INF
ARRAY = FLOATS | SHAPE  # also T = 0, as the first axis, and B = 0 or H = 0, as the last
LAPACK = ARRAY | into(lambda v: v.astype(np.float16), "float16", TypeError)
DRAWN = OBJECTS | NAN | INF | SHAPE | given(1j, error=TypeError)
NUMBER = given("abc", None, np.nan, True, [1.0], 1j)
POSITIVE = NUMBER | given(0.0, -1.0, -np.inf)
SIZE = given(0, -1, 2.5, 3.0, True, "3", None, np.nan)
COUNT = given(-1, 2.5, True, "3", None)
WHOLE = given(0.5, None, "a", True)
NAME = given("nonsense", None, 5, ["tanh"])
DTYPE = given(int, "nonsense", None, bool, complex, error=TypeError)
GENERATOR = given(0, None, "rng", error=TypeError) | into(
    lambda v: np.random.RandomState(0), "RandomState", TypeError
)
FUNCTION = given(None, 3, "f", error=TypeError)
STRING = given(None, 4.7, error=TypeError)
DICT = given(None, "abc", [1.0], error=TypeError)
THING = given(None, "abc", 3, error=TypeError)
LABEL = given("", " ", None, 5)
FORM = given("nonsense", 5)
KEYS = {
    "a key less": (lambda d: dict(list(d.items())[1:]), ValueError, "it has '"),
    "a key more": (lambda d: d | {"extra": some(2)}, ValueError, "'extra'"),
}
ARRAYS = given(None, {}, [1.0], error=TypeError) | {
    "integers": (lambda d: {k: np.ones(v.shape, int) for k, v in d.items()}, TypeError, "is int"),
    "numbers": (lambda d: dict.fromkeys(d, 1.0), TypeError, "is 1.0"),
    "lists": (lambda d: {k: v.tolist() for k, v in d.items()}, TypeError, r"is a list|is \["),
}
ROW_ONLY = {"one row": (lambda d: {k: g[:1] for k, g in d.items()}, ValueError, r"\(1[,)]")}

# ---- Good values.

X, H0, DH = some(4, 3, 2), some(3, 5), some(4, 3, 5)  # T = 4, B = 3, D = 2, H = 5
P, Q = rnn.init(2, 5, RNG), lstm.init(2, 5, RNG)
CACHES = {"rnn": rnn.forward(P, X)[1], "lstm": lstm.forward(Q, X)[1]}
SQUARE, LOGITS, TARGETS = some(3, 3), some(5, 3), np.array([0, 2, 1, 1, 0])
W, B, ROWS, DY = some(4, 3), some(4), some(5, 3), some(5, 4)
KERNELS, BIAS, IMAGES, DIMAGES = some(2, 3, 2, 2), some(2), some(4, 3, 5, 5), some(4, 2, 4, 4)
GRADS = {"W": some(2, 2), "b": some(2)}
NODE = graph.Node(np.arange(1.0, 13.0).reshape(3, 4))
TWICE = NODE + NODE
PICTURE = draw.graph(ax(), TWICE)
README = data.FOLDER / "README.md"
TWO = {"nodes": {"a": (0, 0, "a"), "b": (1, 0, "b")}, "edges": {"e": ("a", "b")}}
JACOBIAN = draw.jacobian_panels(Figure(figsize=(9, 4)), steps=3, units=2)
DESCENT = draw.descent_panels(Figure(), some(4), some(3), some(3, 4), steps=3)
MEMORY = draw.memory_panels(Figure(), 3, 2)
NORMS = dict.fromkeys(("norms", "unsaturated", "upper", "reference"), np.ones(4))
SPECTRUM = NORMS | {"eigenvalues": np.ones(2), "values": np.ones(2), "slopes": np.ones((3, 2))}
STEP = dict.fromkeys(("lstm", "line", "rnn"), np.ones(4)) | {"step": np.eye(4)}


def drawn(**how):
    return draw.network(**{"ax": ax()} | TWO | how)


def descents(fig=None, w=W[0], b=B, surface=W, **how):
    draw.descent_panels(Figure() if fig is None else fig, w, b, surface, **{"steps": 3} | how)


def sheet(**how):
    good = {"fig": Figure(), "losses": [1.0, 0.5], "healthy": [1.0, 0.4]}
    good |= {"errors": np.zeros((2, 4)), "gates": ["i", "f"], "weights": ["W"], "title": "t"}
    draw.case_sheet(**good | how)


def trained(loss_and_grads=lambda p, b: (1.0, GRADS), params=None, data=(1, 2, 3), **how):
    how = {"optimiser": tr.SGD(0.1), "steps": 3, "progress": ""} | how
    tr.fit(loss_and_grads, dict(GRADS) if params is None else params, data, **how)


def explored(compute=lambda n: {}, picture=lambda fig: lambda data: "line", **how):
    live.Explorer(compute, picture, **{"controls": {"n": live.switch("n", True)}} | how)


def serves_two_models(optimiser, grads):
    optimiser.step(GRADS, GRADS)
    optimiser.step(grads, grads)


TABLE = []


def row(function, parameter, call, good, *spoilers, named=""):
    """Add a row: ``call`` takes the parameter; ``named`` is a pattern if its name is not said."""
    merged = {name: how for table in spoilers for name, how in table.items()}
    assert len(merged) == sum(map(len, spoilers)), f"{function}, {parameter}: a spoiler is lost"
    TABLE.append(pytest.param(call, good, merged, named or re.escape(parameter),
                              id=f"{function}-{parameter}-{len(TABLE)}"))  # fmt: skip


# fmt: off
# ---- graph: NaN and infinity pass by design.
AXIS = given(9, -9, True, 1.0, "a")
row("graph.Node", "value", graph.Node, some(3), OBJECTS, given(True, error=TypeError))
row("graph.Node", "name", lambda v: graph.Node(1.0, name=v), "a", STRING)
for name in ("exp", "log", "tanh", "sigmoid", "relu"):
    row(f"graph.{name}", "a", getattr(graph, name), np.ones(3), OBJECTS, named="value")
for name in ("add", "subtract", "multiply", "divide", "maximum", "matmul"):
    f, fits = getattr(graph, name), np.ones((4, 4) if name == "matmul" else 4)
    bad = shaped((3,), (2, 3)) | (given(2.0) if name == "matmul" else {})
    bad = {k: (change, error, r"\(3, 4\)") for k, (change, error, _) in bad.items()}
    row(f"graph.{name}", "b", lambda v, f=f: f(NODE, v), fits, OBJECTS, bad,
        named="value|operation")
    row(f"graph.{name}", "a", lambda v, f=f: f(v, NODE.T),
        np.ones(3 if fits.ndim == 1 else (4, 4)), OBJECTS, named="value")
row("graph.Node.transpose", "axes", NODE.transpose, (1, 0), given((0, 5), (0, 0), 0, (0,), "ab"))
row("graph.Node.reshape", "shape", NODE.reshape, (12,), given((5,), "ab", 2.5), named="reshape to")
row("graph.Node.sum", "axis", NODE.sum, 0, AXIS, given((0, 0)))
row("graph.Node.mean", "axis", NODE.mean, 0, AXIS, given((0, 0)))
row("graph.Node.mean", "self", lambda v: graph.Node(v).mean(), some(3), EMPTY, named="node")
row("graph.Node.__getitem__", "key", NODE.__getitem__, 0,
    given(5, (0, 9), "a", 1.5, error=IndexError), named="index")
row("graph.Node.__pow__", "n", NODE.__pow__, 2, given("2", None, True, error=TypeError),
    named="exponent")
row("graph.Node.backward", "seed", TWICE.backward, some(3, 4), shaped((4,), (1, 4), (3, 4, 1)),
    into(lambda v: None, r"\(3, 4\)"))
row("graph.steps", "seed", lambda v: next(graph.steps(TWICE, v)), some(3, 4), shaped((4,), (1, 4)),
    into(lambda v: None, r"\(3, 4\)"))
row("graph.steps", "root", lambda v: next(graph.steps(v)), graph.Node(1.0), THING)
row("graph.topological_order", "root", graph.topological_order, NODE, THING)
row("graph.unbroadcast", "gradient", lambda v: graph.unbroadcast(v, (4,)), some(3, 4),
    given(None, [1.0], error=TypeError), shaped((3,), (4, 3), (1,)))
row("graph.unbroadcast", "shape", lambda v: graph.unbroadcast(some(3, 4), v), (4,),
    given(None, 4, [4], error=TypeError), given((5,), (3, 4, 1), (2, 4)))
for name in ("stack", "concatenate"):
    f = getattr(graph, name)
    row(f"graph.{name}", "nodes", f, [NODE, NODE], given(5, None, error=TypeError),
        into(lambda v: [], "no node"), into(lambda v: [NODE, some(4)], r"\(4,\)"),
        named=f"nodes|{name}")
    row(f"graph.{name}", "axis", lambda v, f=f: f([NODE, NODE], v), 0, AXIS, given(None))

# ---- gradcheck
GROWING = itertools.count(1)
for f in (gradcheck.complex_step, gradcheck.central):
    name = f"gradcheck.{f.__name__}"
    row(name, "x", lambda v, f=f: f(np.sum, v), some(3), FLOATS, EMPTY,
        into(lambda v: v + 1j, "complex128"))
    row(name, "f", lambda v, f=f: f(v, some(3)), np.sum, FUNCTION,
        into(lambda v: lambda x: None, "is None", TypeError),
        into(lambda v: lambda x: "no", "'no'", TypeError),
        into(lambda v: lambda x: True, "bool", TypeError),
        into(lambda v: lambda x: [], r"is \[\]", TypeError),
        into(lambda v: lambda x: [[1.0], [1.0, 2.0]], "unequal"),
        into(lambda v: lambda x: np.full(next(GROWING), 1j), "shapes are"))
    row(name, "step", lambda v, f=f: f(np.sum, some(3), step=v), 1e-9, without(POSITIVE, "None"),
        given(np.inf))
row("gradcheck.complex_step", "f", lambda v: gradcheck.complex_step(v, some(3)), np.sum,
    into(lambda v: lambda x: x.real, "returned real numbers", TypeError))
for name, f in (("relative_error", gradcheck.relative_error),
                ("check", lambda ours, truth: gradcheck.check("1.1", "dx", ours, truth))):
    bad = OBJECTS | into(lambda v: v[:0], r"\(0, 3\)", TypeError)
    bad |= into(lambda v: v > 0, "bool", TypeError)
    row(f"gradcheck.{name}", "ours", lambda v, f=f: f(v, SQUARE), SQUARE, bad)
    row(f"gradcheck.{name}", "truth", lambda v, f=f: f(SQUARE, v), SQUARE, bad)
row("gradcheck.relative_error", "ours", lambda v: gradcheck.relative_error(v, SQUARE), SQUARE,
    shaped((), (3,), (1, 3), (3, 1)))
WRONG = gradcheck.GradientMismatch
row("gradcheck.check", "ours", lambda v: gradcheck.check("1.1", "dx", v, SQUARE), SQUARE,
    into(lambda v: v[0, 0], r"\(\)", WRONG), into(lambda v: v[0], r"\(3,\)", WRONG),
    into(lambda v: v[:, :1], r"\(3, 1\)", WRONG),
    into(lambda v: v * np.nan, "not every entry is finite", WRONG), named="dx")
row("gradcheck.check", "tag", lambda v: gradcheck.check(v, "dx", 1.0, 1.0), "1.1", STRING)
row("gradcheck.check", "name", lambda v: gradcheck.check("1.1", v, 1.0, 1.0), "dx", STRING)
row("gradcheck.check", "bound", lambda v: gradcheck.check("1.1", "dx", 1.0, 1.0, bound=v), 1e-9,
    POSITIVE, given(1.0, np.inf))

# ---- layers: complex numbers pass, for the complex step.
for f in (layers.softmax, layers.log_sum_exp):
    row(f"layers.{f.__name__}", "y", f, some(3, 2), FLOATS, EMPTY, shaped(()))
    row(f"layers.{f.__name__}", "axis", lambda v, f=f: f(some(3, 2), axis=v), 1,
        given(2, -3, None, 0.5, "0", (0, 1), True))
row("layers.softmax_cross_entropy", "logits", lambda v: layers.softmax_cross_entropy(v, TARGETS),
    LOGITS, ARRAY)
row("layers.softmax_cross_entropy", "targets", lambda v: layers.softmax_cross_entropy(LOGITS, v),
    TARGETS, without(OBJECTS, "None", "text", "objects"),
    shaped((5, 1), (3, 5), (1, 3), (2,), (5, 3, 1), ()),
    into(lambda v: None, "object"), into(lambda v: "abc", "<U3"), into(lambda v: v[:2], r"\(2,\)"),
    into(lambda v: v[:, None], r"\(5, 1\)"), into(lambda v: v + 1, "one is 3"),
    into(lambda v: v - 1, "one is -1"),
    into(lambda v: v * 1.0, "float64", TypeError), into(lambda v: v > 0, "bool", TypeError),
    into(lambda v: list("abcab"), "<U1", TypeError), into(lambda v: np.eye(3)[v] > 0, "bool"),
    into(lambda v: np.eye(3)[v] + 0j, "complex128"),
    into(lambda v: np.full((5, 3), 0.5), "1.5 to 1.5"),
    into(lambda v: np.tile([2.0, -1.0, 0.0], (5, 1)), "entry is -1"),
    into(lambda v: np.full((5, 3), np.nan), "nan"),
    into(lambda v: np.tile([np.inf, -np.inf, 1.0], (5, 1)), "-inf"),
    into(lambda v: np.full((5, 3), np.inf), "inf"))
for name, parameter, f, good, shapes in (
    ("affine", "W", lambda v: layers.affine(v, B, ROWS), W, []),
    ("affine", "b", lambda v: layers.affine(W, v, ROWS), B, [(1,), (1, 4), (4, 1), (3,)]),
    ("affine", "x", lambda v: layers.affine(W, B, v), ROWS, [(5, 1), (5, 4), (3, 5)]),
    ("affine_backward", "W", lambda v: layers.affine_backward(v, ROWS, DY), W, []),
    ("affine_backward", "x", lambda v: layers.affine_backward(W, v, DY), ROWS, [(5, 1), (3, 5)]),
    ("affine_backward", "dy", lambda v: layers.affine_backward(W, ROWS, v), DY,
    [(1, 4), (5, 1), (4, 5)]),
    ("conv2d", "w", lambda v: layers.conv2d(v, BIAS, IMAGES), KERNELS,
    [(2, 3, 6, 2), (2, 3, 2, 6)]),
    ("conv2d", "b", lambda v: layers.conv2d(KERNELS, v, IMAGES), BIAS, [(1,), (3,), (2, 1, 1)]),
    ("conv2d", "x", lambda v: layers.conv2d(KERNELS, BIAS, v), IMAGES,
    [(4, 1, 5, 5), (4, 3, 1, 5)]),
    ("conv2d_backward", "w", lambda v: layers.conv2d_backward(v, IMAGES, DIMAGES), KERNELS,
    [(2, 3, 6, 2)]),
    ("conv2d_backward", "x", lambda v: layers.conv2d_backward(KERNELS, v, DIMAGES), IMAGES,
    [(4, 1, 5, 5)]),
    ("conv2d_backward", "dy", lambda v: layers.conv2d_backward(KERNELS, IMAGES, v), DIMAGES,
     [(4, 2, 5, 5), (1, 2, 4, 4), (4, 1, 4, 4)]),
):
    row(f"layers.{name}", parameter, f, good, ARRAY, shaped(*shapes))

# ---- rnn and lstm


def rows_of(name, cell, params, cache, states):
    row(f"{name}.init", "input_size", lambda v: cell.init(v, 5, RNG), 2, SIZE)
    row(f"{name}.init", "hidden_size", lambda v: cell.init(2, v, RNG), 5, SIZE)
    row(f"{name}.init", "rng", lambda v: cell.init(2, 5, v), RNG, GENERATOR)
    row(f"{name}.init", "dtype", lambda v: cell.init(2, 5, RNG, dtype=v), float, DTYPE)
    row(f"{name}.forward", "params", lambda v: cell.forward(v, X), params, DICT, KEYS)
    for key in params:
        row(f"{name}.forward", f"params['{key}']",
            lambda v, key=key: cell.forward({**params, key: v}, X), params[key], ARRAY)
    row(f"{name}.forward", "x", lambda v: cell.forward(params, v), X, ARRAY,
        shaped((4, 3, 1), (4, 3, 3), (4, 2)))
    for h0 in states:
        row(f"{name}.forward", h0, lambda v, h0=h0: cell.forward(params, X, **{h0: v}), H0,
            without(ARRAY, "None"), shaped((1, 5), (3, 1), (5,), (5, 3)))
    row(f"{name}.backward", "dh", lambda v: cell.backward(params, cache, v), DH, ARRAY,
        shaped((4, 1, 5), (1, 3, 5), (4, 3, 1), (3, 3, 5), (3, 5)))
    row(f"{name}.backward", "params", lambda v: cell.backward(v, cache, DH), params, DICT, KEYS,
        into(lambda v: cell.init(3, 5, RNG), r"\(\d+, 3\)"),
        into(lambda v: cell.init(2, 4, RNG), r"\(\d+, 2\)"),
        into(lambda v: cell.init(2, 5, RNG), "other values"))
    row(f"{name}.backward", "cache", lambda v: cell.backward(params, v, DH), cache, DICT, KEYS,
        into(lambda v: CACHES["rnn" if name == "lstm" else "lstm"], "has 'x', 'h'"))


rows_of("rnn", rnn, P, CACHES["rnn"], ["h0"])
rows_of("lstm", lstm, Q, CACHES["lstm"], ["h0", "c0"])
row("lstm.init", "forget_bias", lambda v: lstm.init(2, 5, RNG, forget_bias=v), 1.0, NUMBER,
    given(np.inf), into(lambda v: np.ones(5), r"\(5,\)"))
row("lstm.backward", "dc", lambda v: lstm.backward(Q, CACHES["lstm"], DH, v), DH,
    without(ARRAY, "None"), shaped((4, 1, 5), (1, 3, 5), (4, 3, 1), (3, 3, 5), (3, 5)))

# ---- spectra
row("spectra.orthogonal", "size", lambda v: spectra.orthogonal(v, RNG), 3, SIZE)
row("spectra.orthogonal", "rng", lambda v: spectra.orthogonal(3, v), RNG, GENERATOR)
row("spectra.cyclic_shift", "size", spectra.cyclic_shift, 3, SIZE)
row("spectra.cyclic_shift", "power", lambda v: spectra.cyclic_shift(3, v), 0.5, NUMBER,
    given(np.inf))
row("spectra.with_singular_values", "values", lambda v: spectra.with_singular_values(v, RNG),
    np.ones(3), FLOATS, EMPTY, shaped((1, 3), ()), into(lambda v: v - 2, "one is -1"),
    into(lambda v: v + 0j, "complex"))
row("spectra.with_singular_values", "rng", lambda v: spectra.with_singular_values([1.0], v), RNG,
    GENERATOR)
row("spectra.with_singular_values", "nonnormality",
    lambda v: spectra.with_singular_values([1.0], RNG, nonnormality=v), 0.5, NUMBER,
    given(-0.1, 1.1, np.inf))
for name, parameter, f in (
    ("singular_values", "W", spectra.singular_values),
    ("spectral_radius", "W", spectra.spectral_radius),
    ("power_norms", "W", lambda v: spectra.power_norms(v, 3)),
    ("trajectory", "W_hh", lambda v: spectra.trajectory(v, some(4, 3))),
    ("product_norms", "W_hh", lambda v: spectra.product_norms(v, some(4, 3))),
    ("bounds", "W_hh", lambda v: spectra.bounds(v, 3)),
):
    row(f"spectra.{name}", parameter, f, SQUARE, LAPACK, shaped((2, 3), (3, 2)))
row("spectra.power_norms", "steps", lambda v: spectra.power_norms(SQUARE, v), 3, COUNT)
row("spectra.bounds", "steps", lambda v: spectra.bounds(SQUARE, v), 3, COUNT)
row("spectra.bounds", "gamma", lambda v: spectra.bounds(SQUARE, 3, gamma=v), 1.0, NUMBER,
    given(-1.0, np.inf))
row("spectra.trajectory", "drive", lambda v: spectra.trajectory(SQUARE, v), some(4, 3), LAPACK,
    shaped((4, 1), (3, 4)))
row("spectra.trajectory", "activation",
    lambda v: spectra.trajectory(SQUARE, some(4, 3), activation=v), "tanh", NAME, given("relu"))
row("spectra.trajectory", "h0", lambda v: spectra.trajectory(SQUARE, some(4, 3), h0=v), some(3),
    without(FLOATS, "None"), EMPTY, shaped((1,), (1, 3), (2,)))
row("spectra.product_norms", "slopes", lambda v: spectra.product_norms(SQUARE, v), some(4, 3),
    LAPACK, shaped((4, 1), (3, 4)))
row("spectra.norms_of_products", "factors", spectra.norms_of_products, some(4, 3, 3), LAPACK,
    shaped((4, 3, 2)))

# ---- training
row("training.global_norm", "grads", tr.global_norm, GRADS, ARRAYS)
for f in (tr.clip_by_norm, tr.clip_by_value):
    row(f"training.{f.__name__}", "grads", lambda v, f=f: f(v, 1.0), GRADS, ARRAYS)
    row(f"training.{f.__name__}", "limit", lambda v, f=f: f(GRADS, v), np.inf, POSITIVE)
for f in (tr.SGD, tr.Adagrad, tr.Adam):
    row(f"training.{f.__name__}", "rate", f, 0.1, POSITIVE, given(np.inf))
    row(f"training.{f.__name__}.step", "params", lambda v, f=f: f(0.1).step(v, GRADS), GRADS,
        ARRAYS)
    row(f"training.{f.__name__}.step", "params", lambda v, f=f: serves_two_models(f(0.1), v), GRADS,
        ROW_ONLY)
    row(f"training.{f.__name__}.step", "grads", lambda v, f=f: f(0.1).step(GRADS, v), GRADS, ARRAYS,
        KEYS, ROW_ONLY, into(lambda v: {k: g.ravel()[:1] for k, g in v.items()}, r"\(1,\)"))
row("training.SGD", "momentum", lambda v: tr.SGD(0.1, momentum=v), 0.0, NUMBER, given(-0.1, 1.0))
row("training.Adam", "beta1", lambda v: tr.Adam(0.1, beta1=v), 0.9, NUMBER, given(-0.1, 1.0))
row("training.Adam", "beta2", lambda v: tr.Adam(0.1, beta2=v), 0.9, NUMBER, given(-0.1, 1.0))
for name, f in (("pad", tr.pad), ("batches", lambda v: tr.batches(v, 2, 3, RNG))):
    row(f"training.{name}", "sequences", f, [[1, 2], [3]], given(None, 5, [], "abc"),
        into(lambda v: [[1], []], r"\[1\] .* is \[\]"), into(lambda v: [1, 2], r"\[0\] .* is 1"),
        into(lambda v: [[[1, 2]]], r"\[0\] .* is \[\[1, 2\]\]"),
        into(lambda v: [[1], [0.5]], "float64", TypeError),
        into(lambda v: [["a"]], "<U1", TypeError), into(lambda v: [[True]], "bool", TypeError),
        into(lambda v: [[None]], "object", TypeError))
row("training.pad", "fill", lambda v: tr.pad([[1]], fill=v), -1, WHOLE)
row("training.batches", "fill", lambda v: tr.batches([[1]], 2, 3, RNG, fill=v), -1, WHOLE)
row("training.batches", "batch_size", lambda v: tr.batches([[1]], v, 3, RNG), 2, SIZE)
row("training.batches", "steps", lambda v: tr.batches([[1]], 2, v, RNG), 2, SIZE)
row("training.batches", "rng", lambda v: tr.batches([[1]], 2, 3, v), RNG, GENERATOR)
row("training.fit", "loss_and_grads", trained, lambda p, b: (1.0, GRADS), FUNCTION,
    into(lambda v: lambda p, b: 0.25, "0.25", TypeError),
    into(lambda v: lambda p, b: (1, 2, 3), r"\(1, 2, 3\)", TypeError),
    into(lambda v: lambda p, b: ("no", 1), r"\('no', 1\)", TypeError),
    into(lambda v: lambda p, b: (np.ones(3), GRADS), "a tuple", TypeError))
row("training.fit", "loss_and_grads", trained, lambda p, b: (1.0, GRADS),
    into(lambda v: lambda p, b: (1.0, {"W": GRADS["W"]}), "has 'W'"),
    into(lambda v: lambda p, b: (1.0, {k: g[:1] for k, g in GRADS.items()}), r"\(1, 2\)"),
    into(lambda v: lambda p, b: (1.0, None), "None", TypeError), named="grads")
row("training.fit", "params", lambda v: trained(params=v), dict(GRADS), without(ARRAYS, "None"))
row("training.fit", "data", lambda v: trained(data=v), (1, 2, 3), given(None, 5, error=TypeError),
    given([]), into(lambda v: iter(()), "used up"))
row("training.fit", "optimiser", lambda v: trained(optimiser=v), tr.SGD(0.1),
    given(None, "Adam", tr.Adam, error=TypeError))
row("training.fit", "steps", lambda v: trained(steps=v), 3, SIZE)
row("training.fit", "clip", lambda v: trained(clip=v), 1.0, POSITIVE)
row("training.fit", "watch", lambda v: trained(watch=v), lambda n, p: None,
    without(FUNCTION, "None"))
row("training.smooth", "values", lambda v: tr.smooth(v, window=2), some(4), ARRAY)
row("training.smooth", "window", lambda v: tr.smooth(some(4), window=v), 2, SIZE)

# ---- data: files that are missing or damaged are in test_data.py.
row("data.read_text", "path", data.read_text, README, given(None, 5, b"README.md", error=TypeError),
    given("a\0b", *["~nobody-of-this-name/x.txt"][: os.name == "posix"]))
row("data.read_text", "least", lambda v: data.read_text(README, least=v), 0, COUNT)
row("data.read_text", "most", lambda v: data.read_text(README, most=v), 10**6, SIZE)

# ---- draw: whole numbers can be drawn, and NaN where a place may stay empty.
for name, f, good in (
    ("fan", lambda v: draw.fan(v, some(3, 2)), ax()),
    ("graph", lambda v: draw.graph(v, TWICE), ax()),
    ("heat", lambda v: draw.heat(v, SQUARE), ax()),
    ("paths", lambda v: draw.paths(v, SQUARE), ax()),
    ("label_curve", lambda v: draw.label_curve(v, 0, 0, "a", style.FRAME), ax()),
    ("label_ends", lambda v: draw.label_ends(v, {"a": [1.0]}, {"a": style.FRAME}), ax("log")),
    ("lstm_cells", draw.lstm_cells, ax()), ("network", lambda v: drawn(ax=v), ax()),
    ("norm_axes", lambda v: draw.norm_axes(v, 3), ax()),
    ("unrolled", lambda v: draw.unrolled(v, 2), ax()),
    ("norm_curves", lambda v: draw.norm_curves(v, {"a": np.ones(3)}), ax()),
):
    row(f"draw.{name}", "ax", f, good, THING, into(lambda v: Figure(), "Figure", TypeError))
for name, f in (("case_sheet", lambda v: sheet(fig=v)), ("jacobian_panels", draw.jacobian_panels),
                ("descent_panels", lambda v: descents(fig=v)), ("png", draw.png),
                ("memory_panels", lambda v: draw.memory_panels(v, 3, 2))):
    bad = without(THING, "None") if name == "descent_panels" else THING
    row(f"draw.{name}", "fig", f, Figure(), bad, into(lambda v: ax(), "Axes", TypeError))
row("draw.show", "fig", lambda v: draw.show(v, "Five words at the least."), None, THING)
row("draw.show", "alt", lambda v: draw.show(Figure(), v), None,
    given("", "   ", "A figure.", None, 5))
row("draw.png", "sharpness", lambda v: draw.png(Figure(), sharpness=v), 1, POSITIVE, given(11))
row("draw.compact", "picture", draw.compact, Image.new("RGB", (2, 2)), THING,
    given(b"PNG", error=TypeError))
for name, parameter, f in (("heat", "matrix", draw.heat), ("paths", "C", draw.paths)):
    row(f"draw.{name}", parameter, lambda v, f=f: f(ax(), v), SQUARE, without(DRAWN, "NaN"))
    row(f"draw.{name}", "limit", lambda v, f=f: f(ax(), SQUARE, limit=v), 1,
        without(POSITIVE, "None"), given(np.inf))
    row(f"draw.{name}", "numbers", lambda v, f=f: f(ax(), SQUARE, numbers=v), ".1f", FORM)
row("draw.paths", "C", lambda v: draw.paths(ax(), v), SQUARE, shaped((2, 3)))
row("draw.heat", "rows", lambda v: draw.heat(ax(), SQUARE, rows=v), "abc",
    given(5, error=TypeError), into(lambda v: ["a"], "are 1"))
row("draw.heat", "columns", lambda v: draw.heat(ax(), SQUARE, columns=v), "abc",
    given(5, error=TypeError), into(lambda v: range(4), "are 4"))
row("draw.tone", "image", lambda v: draw.tone(v, 1.0), draw.heat(ax(), SQUARE), THING)
row("draw.minus", "image", draw.minus, draw.heat(ax(), SQUARE), THING)
row("draw.tone", "value", lambda v: draw.tone(draw.heat(ax(), SQUARE), v), 1.0, NUMBER)
for parameter in ("x", "y", "dx", "dy"):
    row("draw.label_curve", parameter, lambda v, parameter=parameter: draw.label_curve(
        **{"ax": ax(), "x": 0, "y": 0, "text": "a", "colour": style.FRAME, parameter: v}), 0.5,
        NUMBER, given(np.inf))
row("draw.label_curve", "colour", lambda v: draw.label_curve(ax(), 0, 0, "a", v), style.FRAME, NAME)
row("draw.label_curve", "ha", lambda v: draw.label_curve(ax(), 0, 0, "a", style.FRAME, ha=v),
    "left", NAME)
row("draw.label_curve", "va", lambda v: draw.label_curve(ax(), 0, 0, "a", style.FRAME, va=v),
    "top", NAME)
row("draw.norm_curves", "curves", lambda v: draw.norm_curves(ax(), v), {"a": np.ones(3)}, DICT,
    into(lambda v: {"a": [np.nan]}, "nan"), into(lambda v: {"a": []}, r"\(0,\)"))
row("draw.norm_curves", "colour", lambda v: draw.norm_curves(ax(), {"a": np.ones(3)}, colour=v),
    style.FRAME, NAME)
row("draw.norm_curves", "lines", lambda v: draw.norm_curves(ax(), {"a": np.ones(3)}, lines=v),
    ("-",), given(None, (), "-"))
row("draw.norm_axes", "steps", lambda v: draw.norm_axes(ax(), v), 3, SIZE)
row("draw.norm_axes", "low", lambda v: draw.norm_axes(ax(), 3, low=v), -5, WHOLE, given(-1000))
row("draw.norm_axes", "high", lambda v: draw.norm_axes(ax(), 3, high=v), 5, WHOLE, given(-15, -20))
row("draw.fan", "directions", lambda v: draw.fan(ax(), v), some(3, 2), DRAWN, shaped((3, 3)))
row("draw.fan", "axis", lambda v: draw.fan(ax(), some(3, 2), axis=v), some(2), shaped((3,), ()))
row("draw.map_course", "here", lambda v: draw.map_course(here=v), None, given("12", "0", 0, None))
row("draw.graph", "root", lambda v: draw.graph(ax(), v), TWICE, THING)
row("draw.graph", "at", lambda v: draw.graph(ax(), TWICE, at=v), {NODE: (0, 0), TWICE: (1, 0)},
    given([1], "abc", error=TypeError), into(lambda v: {NODE: (0, 0)}, "Node"),
    into(lambda v: v | {TWICE: (0, 0, 0)}, r"\(3,\)"))
row("draw.graph", "bend", lambda v: draw.graph(ax(), TWICE, bend=v), {(TWICE, 0): 0.3},
    given([1], "abc", error=TypeError), into(lambda v: {5: 0.1}, "but 5"))
row("draw.graph", "along", lambda v: draw.graph(ax(), TWICE, along=v), 0.5, NUMBER,
    given(-0.1, 1.1))
row("draw.graph", "form", lambda v: draw.graph(ax(), TWICE, form=v), ".2f", FORM)
row("draw.graph", "done", lambda v: draw.graph(ax(), TWICE, done=v), 1,
    given(2, -1, 0.5, True, "1"))
row("draw.graph.update", "done", lambda v: PICTURE.update(TWICE, done=v), 1,
    given(2, -1, 0.5, True, "1"))
row("draw.graph.update", "root", PICTURE.update, TWICE, THING, into(lambda v: v * NODE, "one of 3"))
row("draw.lstm_cells", "steps", lambda v: draw.lstm_cells(ax(), steps=v), 2, SIZE)
row("draw.lstm_cells", "values", lambda v: draw.lstm_cells(ax(), values=v), {("c", 1): 0.5},
    given([1], "abc", error=TypeError), into(lambda v: {("c", 3): 0.5}, r"\('c', 3\)"),
    into(lambda v: {("c", 1): "x"}, "'x'"))
row("draw.network", "nodes", lambda v: drawn(nodes=v), TWO["nodes"], DICT,
    into(lambda v: {"a": (0, 0)}, r"is \(0, 0\)"),
    into(lambda v: {"a": 5}, "is 5"), into(lambda v: {"a": ("x", 0, "a")}, "<U", TypeError),
    into(lambda v: {"a": (np.nan, 0, "a")}, "is nan"))
row("draw.network", "edges", lambda v: drawn(edges=v), TWO["edges"], DICT,
    into(lambda v: {"e": 5}, "is 5", TypeError),
    into(lambda v: {"e": ("a", "z")}, "'z'"), into(lambda v: {"e": ("a",)}, "are 1"))
for parameter in ("values", "gradients"):
    row("draw.network", parameter, lambda v, parameter=parameter: drawn(**{parameter: v}),
        {"e": "1"}, given([1], "abc", error=TypeError), into(lambda v: {"z": "1"}, "'z'"))
    row("draw.unrolled", parameter,
        lambda v, parameter=parameter: draw.unrolled(ax(), 2, **{parameter: v}),
        {("state", 1): "1"}, into(lambda v: {("state", 3): "1"}, r"\('state', 3\)"))
row("draw.unrolled", "T", lambda v: draw.unrolled(ax(), v), 2, SIZE)
row("draw.unrolled", "symbols", lambda v: draw.unrolled(ax(), 2, symbols=v), "xsℓ",
    given(5, error=TypeError), into(lambda v: "xh", "are 2"))
row("draw.unrolled", "losses", lambda v: draw.unrolled(ax(), 2, losses=v), [2],
    given(5, error=TypeError), into(lambda v: [3], "but 3"), into(lambda v: [0], "but 0"))
row("draw.case_sheet", "losses", lambda v: sheet(losses=v), some(3) ** 2, DRAWN)
row("draw.case_sheet", "healthy", lambda v: sheet(healthy=v), some(3) ** 2, DRAWN)
row("draw.case_sheet", "errors", lambda v: sheet(errors=v), np.zeros((2, 4)),
    without(DRAWN, "inf"), shaped((3, 4)), into(lambda v: v[:, :1], "has 1"))
row("draw.case_sheet", "gates", lambda v: sheet(gates=v), ["i", "f"],
    given(None, 5, error=TypeError))
row("draw.case_sheet", "weights", lambda v: sheet(weights=v), ["W"],
    given(None, 5, error=TypeError))
row("draw.label_ends", "curves", lambda v: draw.label_ends(ax("log"), v, {"a": style.FRAME}),
    {"a": [1.0]}, DICT,
    into(lambda v: {"a": [np.nan]}, "nan"), into(lambda v: {"a": []}, r"\(0,\)"))
row("draw.label_ends", "colours", lambda v: draw.label_ends(ax("log"), {"a": [1.0]}, v),
    {"a": style.FRAME}, DICT, into(lambda v: {}, "no keys"))
row("draw.label_ends", "ax", lambda v: draw.label_ends(v, {"a": [1.0]}, {"a": style.FRAME}),
    ax("log"), into(lambda v: ax(), "linear"))
row("draw.jacobian_panels", "steps", lambda v: draw.jacobian_panels(Figure(), steps=v), 3, SIZE)
row("draw.jacobian_panels", "units", lambda v: draw.jacobian_panels(Figure(), units=v), 3, SIZE)
row("draw.jacobian_panels.move", "data", lambda v: JACOBIAN(v, "h", "neither"), SPECTRUM, DICT,
    without(KEYS, "a key more"))
row("draw.jacobian_panels.move", "fate", lambda v: JACOBIAN(SPECTRUM, "h", v), "neither", NAME)
row("draw.descent_panels", "w", lambda v: descents(w=v), W[0], OBJECTS, NAN, INF,
    shaped((2,), (3, 4), ()))
row("draw.descent_panels", "b", lambda v: descents(b=v), B, OBJECTS, NAN, INF,
    shaped((2,), (3, 4), ()))
row("draw.descent_panels", "surface", lambda v: descents(surface=v), W, DRAWN)
row("draw.descent_panels", "steps", lambda v: descents(steps=v), 3, SIZE)
row("draw.descent_panels", "names", lambda v: descents(names=v), ("a", "b"),
    given(None, error=TypeError), into(lambda v: ["a"], "are 1"))
row("draw.descent_panels.move", "paths", lambda v: DESCENT(v, some(2, 3) ** 2), some(2, 3, 2), NAN,
    given(None, 5, error=TypeError), into(lambda v: v[:1], "are 1"),
    into(lambda v: v[..., :1], r"\(3, 1\)"))
row("draw.descent_panels.move", "losses", lambda v: DESCENT(some(2, 3, 2), v), some(2, 3) ** 2,
    given(None, 5, error=TypeError), into(lambda v: v[:1], "are 1"))
row("draw.memory_panels", "steps", lambda v: draw.memory_panels(Figure(), v, 2), 3, SIZE)
row("draw.memory_panels", "units", lambda v: draw.memory_panels(Figure(), 3, v), 3, SIZE)
row("draw.memory_panels.move", "data", MEMORY, STEP, DICT, without(KEYS, "a key more"),
    into(lambda v: v | {"step": SQUARE}, r"\(3, 3\)"))

# ---- live
for name, f in (
    ("slider", lambda v: live.slider(v, 0, 5, 1, 1)),
    ("log_slider", lambda v: live.log_slider(v, -1, 1, 1.0)),
    ("choice", lambda v: live.choice(v, ["a", "b"])), ("switch", lambda v: live.switch(v, True)),
    ("player", lambda v: live.player(v, 0, 5)),
):
    row(f"live.{name}", "label", f, "time (s)", LABEL)
for name, parameter, f, good, bad in (
    ("slider", "low", lambda v: live.slider("a", v, 5.0, 1.0, 0.5), 0.0, (5.0, 9.0, -np.inf)),
    ("slider", "high", lambda v: live.slider("a", 0.0, v, 1.0, 0.5), 5.0, (0.0, -2.0, np.inf)),
    ("slider", "value", lambda v: live.slider("a", 0.0, 5.0, v, 0.5), 1.0, (-1.0, 5.1, np.inf)),
    ("slider", "step", lambda v: live.slider("a", 0.0, 5.0, 1.0, v), 0.5, (0.0, -1.0, 6.0, np.inf)),
    ("log_slider", "low", lambda v: live.log_slider("a", v, 5, 1.0), 0.0, (5.0, 9.0)),
    ("log_slider", "high", lambda v: live.log_slider("a", 0, v, 1.0), 5.0, (0.0, -2.0)),
    ("log_slider", "value", lambda v: live.log_slider("a", -1, 1, v), 1.0, (0.0, -1.0, 11.0)),
    ("log_slider", "step", lambda v: live.log_slider("a", -1, 1, 1.0, v), 0.5, (0.0, -1.0, 3.0)),
):
    row(f"live.{name}", parameter, f, good, NUMBER, given(*bad))
row("live.slider", "form", lambda v: live.slider("a", 0.0, 5.0, 1.0, 0.5, form=v), ".1f", FORM)
row("live.log_slider", "form", lambda v: live.log_slider("a", -1, 1, 1.0, form=v), ".1f", FORM)
row("live.choice", "options", lambda v: live.choice("a", v), ["a", "b"],
    given([], ["a"], "ab", None, 5))
row("live.switch", "value", lambda v: live.switch("a", v), True,
    given(None, 1, "yes", error=TypeError))
row("live.player", "first", lambda v: live.player("a", v, 5), 0, WHOLE)
row("live.player", "last", lambda v: live.player("a", 0, v), 5, WHOLE, given(0, -1))
row("live.player", "pause", lambda v: live.player("a", 0, 5, pause=v), 5, SIZE)
row("live.Explorer", "compute", explored, lambda n: {}, FUNCTION,
    into(lambda v: lambda depth: {}, r"\(depth\)", TypeError),
    into(lambda v: lambda n, depth: {}, r"\(n, depth\)", TypeError),
    into(lambda v: lambda: {}, r"\(\)", TypeError))
row("live.Explorer", "picture", lambda v: explored(picture=v), lambda fig: lambda data: "line",
    FUNCTION, into(lambda v: lambda fig: None, "is None", TypeError))
row("live.Explorer", "picture", lambda v: explored(picture=v), lambda fig: lambda data: "line",
    into(lambda v: lambda fig: lambda data: None, "is None", TypeError), named="update")
row("live.Explorer", "controls", lambda v: explored(controls=v), {"n": live.switch("n", True)},
    given([1], "n", None, error=TypeError), into(lambda v: {"n": 5}, "is 5", TypeError))
row("live.Explorer", "size", lambda v: explored(size=v), (9, 4), given(None, 5, (9,), "ab"),
    into(lambda v: (9, 0), "is 0"), into(lambda v: (-9, 4), "is -9"),
    into(lambda v: (9, np.nan), "is nan"), into(lambda v: (9, "4"), "is '4'"))
row("live.Explorer", "note", lambda v: explored(note=v), "note", STRING)

# ---- exercises and style
for f in (exercises.load, exercises.progress):
    row(f"exercises.{f.__name__}", "page", f, "6",
        given("77", "banana", "", None, 4.7, -4, True), named="Page")
row("exercises.check", "number", lambda v: exercises.check(v, ...), "6.2",
    given(None, 6.2, error=TypeError))
row("exercises.check", "number", lambda v: exercises.check(v, ...), "6.2",
    into(lambda v: "6.99", r"6\.99"),
    into(lambda v: "6", "exercise 6;"), into(lambda v: "x.1", "'x'"), into(lambda v: "", "''"),
    named="exercise|Page")
row("style.ink", "colour", style.ink, style.FRAME, NAME, given("red", "#ffffff"))
# fmt: on


@pytest.mark.parametrize(("call", "good", "spoilers", "named"), TABLE)
def test_bad_input_is_met_with_a_sentence(call, good, spoilers, named):
    """A reader who passes the wrong thing should learn which; nothing may broadcast silently."""
    if good is not None:
        call(good)  # else what follows might fail for another reason
    for what, (spoil, error, quoted) in spoilers.items():
        bad, said = spoil(good), None
        try:
            call(bad)
        except Exception as caught:
            said = str(caught)
            assert type(caught) is error, f"{what}: {caught!r}"
        assert said is not None, f"{what} passes unnoticed"
        assert re.search(rf"(?<!\w)({named})(?!\w)", said), f"{what}: {named} is not named: {said}"
        assert re.search(quoted, said), f"{what}: {quoted} is not quoted: {said}"
        assert said.endswith(".") and "\n" not in said and len(said) < 400, f"{what}: {said}"


PARTS = "graph gradcheck layers rnn lstm spectra training data draw live style".split()
ANYTHING_GOES = {  # parameters without a row, because nothing that is given there is wrong
    "accumulate animated gradients keepdims many moving signed": "whatever is true or false",
    "name progress text title": "written as it is",
    "answer": "answered in words, see test_exercises.py",
    "data": "what compute returned",
}


def parameters():
    """Yield (function, parameter) for everything that the package offers."""
    for part in PARTS:
        module = importlib.import_module(f"helpers.{part}")
        here = [name for name, thing in vars(module).items()
                if callable(thing) and name[0] != "_" and thing.__module__ == module.__name__
                and not (isinstance(thing, type) and issubclass(thing, Exception))]  # fmt: skip
        for name in getattr(module, "__all__", here):
            thing = getattr(module, name)
            found = {f"{part}.{name}": thing}
            if isinstance(thing, type):
                inside = {k: f for k, f in vars(thing).items() if k[0] != "_" and callable(f)}
                found |= {f"{part}.{name}.{k}": f for k, f in inside.items()}
            for function, thing in found.items():
                yield from ((function, p) for p in inspect.signature(thing).parameters)


def test_every_parameter_of_every_function_has_a_row():
    """A new function, or a new argument of an old one, would answer with NumPy's message."""
    have = {tuple(case.id.split("-")[:2]) for case in TABLE}
    free = {"self", *" ".join(ANYTHING_GOES).split()}
    assert not {(f, p) for f, p in parameters() if (f, p) not in have and p not in free}
