"""Random graphs of all the engine's operators against HIPS autograd and the complex step.

An example is a short program, kept as Python text: the same lines run on nodes, on autograd's
boxes and on arrays, and a failure prints them, shortened by Hypothesis as far as they still fail.
Operands are drawn from everything computed so far, so values are shared, also within one line.
Lines are written with the values known: the numbers in them keep entries at least 0.2 away from
the kinks of relu and maximum and the poles of /, log and **, and all values within ±3.
"""

import itertools
from collections import Counter

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, configuration, given, settings
from hypothesis import strategies as st

from helpers import gradcheck, graph
from helpers.graph import Node

BOUND = 1e-10  # largest error, relative to the largest entry of the truth, and, where the truth
CANCELLED = 1e-13  # cancels towards 0, relative to the largest gradient in the whole graph
MOST_ENTRIES, MOST_AXES = 40, 4
TWO_BYTES = st.binary(min_size=2, max_size=2)

FUNCTIONS = ("exp", "log", "tanh", "maximum", "stack", "concatenate")
ENGINE = {f: getattr(graph, f) for f in (*FUNCTIONS, "sigmoid", "relu")}
ENGINE |= {"leaf": Node, "array": np.array, "transpose": Node.transpose}


def functions_of(n):
    """Return what a program may call, made of numpy or of autograd.numpy."""
    return {f: getattr(n, f) for f in FUNCTIONS} | {
        "sigmoid": lambda v: 1 / (1 + n.exp(-v)),
        "relu": lambda v: n.where(v > 0, v, 0.0),
        # Counted from the front: autograd (1.9.1) differentiates transpose((0, 2, -2)) wrongly.
        "transpose": lambda v, axes: n.transpose(v, [k % len(axes) for k in axes]),
        "leaf": n.array,
        "array": n.array,
    }


PLAIN, AUTOGRAD = functions_of(np), functions_of(anp)


class Program:
    """Lines ``name = expression``, leaves called x, all else v; the last line is the root."""

    def __init__(self):
        self.lines, self.values, self.operations = {}, {}, Counter()

    def __repr__(self):
        return "\n" + "\n".join(f"  {name} = {text}" for name, text in self.lines.items()) + "\n"

    @property
    def root(self):
        return next(reversed(self.lines))

    def value(self, text):
        return eval(text, PLAIN | self.values)

    def add(self, text):
        name = f"{'x' if text.startswith('leaf') else 'v'}{len(self.lines)}"
        self.lines[name], self.values[name] = text, self.value(text)
        return name

    def run(self, functions, changes=None):
        """Return all values; ``changes`` are added to them, so that each can be varied."""
        values = {}
        for name, text in self.lines.items():
            values[name] = eval(text, functions | values)
            if changes and name in changes:
                values[name] = values[name] + changes[name]
        return values


class Author:
    """Writes a program; Hypothesis makes its choices."""

    def __init__(self, draw):
        self.draw, self.program = draw, Program()

    def choose(self, options):
        """Return one of the options, of which shrinking prefers the first."""
        # Bytes, because Hypothesis mixes constants from the source of all loaded modules into the
        # integers it draws: a run of this file alone would see other programs than a run of all.
        options = list(options)
        return options[int.from_bytes(self.draw(TWO_BYTES)) % len(options)]

    def shape(self, name):
        return np.shape(self.program.values[name])

    def earlier(self, fits=lambda shape: True):
        """Return the name of a value whose shape fits, or an empty string."""
        names = [name for name in reversed(self.program.lines) if fits(self.shape(name))]
        return self.choose(names) if names else ""

    def numbers(self, shape):
        """Return an array as text: one decimal, between ±0.3 and ±2."""
        rng = np.random.default_rng([self.choose(range(64)), len(self.program.lines)])
        entries = rng.choice([-1, 1], shape) * rng.uniform(0.3, 2, shape)
        return np.round(entries, 1).tolist()

    def leaf(self, shape):
        return self.program.add(f"leaf({self.numbers(shape)})")

    def partner(self, fits, shape):
        """Return an operand: an earlier value that fits, or a new leaf or array of this shape."""
        kind = self.choose(["earlier", "earlier", "leaf", "array"])
        if kind == "earlier" and (name := self.earlier(fits)):
            return name
        return f"array({self.numbers(shape)})" if kind == "array" else self.leaf(shape)

    def broadcast(self, shape):
        """Return a shape that broadcasts with this one: axes dropped, added, widened or 1."""
        small = np.prod(shape) < 10
        other = tuple(self.choose((n, 1) if n > 1 else (1, 2, 3) if small else (1,)) for n in shape)
        longer = (2, *other) if small and len(shape) < MOST_AXES else other
        return self.choose([other, other[1:], longer])

    def pair(self):
        """Return two operands that broadcast: two values, or a value and an array or number."""
        a = self.earlier()
        shape = self.shape(a)
        if self.choose(range(5)) == 1:
            b = self.choose(["2", "0.7", "1.3"])
        else:
            b = self.partner(lambda s: fit(np.add, shape, s), self.broadcast(shape))
        return self.choose([(a, b), (b, a)])

    def away(self, text, *, positive=False):
        """Return `` - number`` that moves all entries of ``text`` away from 0 (or above it)."""
        ordered = np.sort(np.ravel(self.program.value(text)))
        gaps = [(a + b) / 2 for a, b in itertools.pairwise(ordered) if b - a > 0.5]
        places = [ordered[0] - 0.3, *gaps, ordered[-1] + 0.3]
        number = round(float(places[0] if positive else self.choose(places)), 1)
        return f" - {number}" if number >= 0 else f" + {-number}"

    def join(self, a, fits, shapes):
        """Return a list, as text, of ``a`` and up to two partners."""
        partners = [self.partner(fits, self.choose(shapes)) for _ in range(self.choose([1, 2, 0]))]
        return f"[{', '.join(self.choose([(a, *partners), (*partners, a)]))}]"

    def axis(self, rank):
        return self.choose(range(-rank, rank))


def fit(operation, *shapes):
    """Say whether arrays of these shapes can be combined, into a small one."""
    try:
        result = operation(*map(np.ones, shapes))
    except ValueError:
        return False
    return result.size <= MOST_ENTRIES and result.ndim <= MOST_AXES


# How each operation is written.


def infix(symbol):
    return lambda author: f" {symbol} ".join(author.pair())


def function(name):
    return lambda author: f"{name}({author.earlier()})"


def divide(author):
    a, b = author.pair()
    return f"{a} / ({b}{author.away(b)})"


def maximum(author):
    a, b = author.pair()
    return f"maximum({a}, {b}{author.away(f'{b} - {a}')})"


def matmul(author):
    a = author.earlier(lambda shape: len(shape) > 0) or author.leaf((2, 3))
    shape = author.shape(a)
    first = author.choose([True, False])
    n = shape[-1] if first or len(shape) == 1 else shape[-2]
    m = author.choose([1, 2, 3])
    matrix = (n, m) if first else (m, n)
    batch = author.choose([1, 2] if len(shape) < 3 or shape[-3] == 1 else [1, shape[-3]])

    def fits(other):
        return fit(np.matmul, shape, other) if first else fit(np.matmul, other, shape)

    b = author.partner(fits, author.choose([matrix, (n,), (batch, *matrix)]))
    return f"{a} @ {b}" if first else f"{b} @ {a}"


def power(author):
    a, n = author.earlier(), author.choose(["2", "3", "-1", "0.5", "-2", "-1.5", "1", "0"])
    if n in ("0", "1", "2", "3"):
        return f"{a} ** {n}"
    return f"({a}{author.away(a, positive='.' in n)}) ** {n}"


def index(author):
    # Not of a scalar, which autograd cannot index.
    a = author.earlier(lambda shape: len(shape) > 0) or author.leaf((3, 2))
    shape = author.shape(a)
    if author.choose(range(4)) == 1:
        positive = author.program.values[a] > 0
        return f"{a}[array({(positive if positive.any() else ~positive).tolist()})]"
    length, key = author.choose([2, 3, 1]), []  # lists of one length: they are taken together
    for n in shape[: 1 + author.choose(range(len(shape)))]:
        kind = author.choose(["list", "slice", "one"])
        if kind == "slice":
            key.append(author.choose(["::-1", "::2", ":", f"{n - 1}:"]))
        else:
            picked = [author.axis(n) for _ in range(length if kind == "list" else 1)]
            key.append(str(picked if kind == "list" else picked[0]))
    ends = ["", ", ...", ", None"] if len(shape) < MOST_AXES else ["", ", ..."]
    return f"{a}[{', '.join(key)}{author.choose(ends)}]"


def transpose(author):
    a = author.earlier()
    rank = len(author.shape(a))
    order = author.choose(list(itertools.permutations(range(rank)))[::-1])
    return f"transpose({a}, {tuple(k - rank * author.choose([0, 1]) for k in order)})"


def reshape(author):
    a = author.earlier()
    shape = author.shape(a)
    ways = ["-1", "(-1,)", "1, -1"]
    if shape:
        ways += [f"{shape[0]}, -1", f"(-1, {shape[-1]})", f"{shape[::-1]}"]
    return f"{a}.reshape({author.choose(ways)})"


def reduction(name):
    def write(author):
        a = author.earlier()
        rank = len(author.shape(a))
        axes = ["", "axis=None", *(f"axis={k}" for k in range(-rank, rank))]
        axes += ["axis=(0, -1)", "axis=(-1, 0)"] if rank > 1 else []
        given = author.choose(axes[::-1]), author.choose(["keepdims=True", ""])
        return f"{a}.{name}({', '.join(filter(None, given))})"

    return write


def stack(author):
    a = author.earlier(lambda shape: np.prod(shape) < 10 and len(shape) < MOST_AXES)
    shape = author.shape(a) if a else (2,)
    nodes = author.join(a or author.leaf(shape), lambda other: other == shape, [shape])
    return f"stack({nodes}, axis={author.axis(len(shape) + 1)})"


def concatenate(author):
    a = author.earlier(lambda shape: len(shape) > 0 and np.prod(shape) < 20) or author.leaf((2,))
    shape = author.shape(a)
    axis = author.axis(len(shape))
    k = axis % len(shape)
    before, after = shape[:k], shape[k + 1 :]

    def fits(other):
        return len(other) == len(shape) and other[:k] == before and other[k + 1 :] == after

    return (
        f"concatenate({author.join(a, fits, [(*before, n, *after) for n in (1, 2)])}, axis={axis})"
    )


# By the engine's own names, and all of them: see the last test.
OPERATIONS = {
    "add": infix("+"),
    "subtract": infix("-"),
    "multiply": infix("*"),
    "divide": divide,
    "matmul": matmul,
    "maximum": maximum,
    "exp": function("exp"),
    "log": lambda author: f"log({(a := author.earlier())}{author.away(a, positive=True)})",
    "tanh": function("tanh"),
    "sigmoid": function("sigmoid"),
    "relu": lambda author: f"relu({(a := author.earlier())}{author.away(a)})",
    "stack": stack,
    "concatenate": concatenate,
    "__neg__": lambda author: f"-{author.earlier()}",
    "__pow__": power,
    "__getitem__": index,
    "T": lambda author: f"{author.earlier()}.T",
    "transpose": transpose,
    "reshape": reshape,
    "sum": reduction("sum"),
    "mean": reduction("mean"),
}


@st.composite
def programs(draw, *, most):
    """Draw a program of 1 to ``most`` operations; its root depends on every line of it."""
    author = Author(draw)
    program = author.program
    author.leaf(author.choose([(2, 3), (), (3,), (3, 1), (1,), (2, 1, 3), (3, 2, 2), (1, 3)]))
    for _ in range(1 + author.choose(range(most))):
        operation = author.choose(OPERATIONS)
        program.operations[operation] += 1
        text = OPERATIONS[operation](author)
        largest = np.abs(program.value(text)).max()
        program.add(f"({text}) * {2 / largest:.1g}" if largest > 3 else text)
    used = {name for text in program.lines.values() for name in compile(text, "", "eval").co_names}
    ends = [name for name in program.lines if name not in used]
    if len(ends) > 1:
        program.add(f"concatenate([{', '.join(f'{name}.reshape(-1)' for name in ends)}])")
    return program


@pytest.fixture
def for_programs(tmp_path):
    """Return a function that runs a comparison on programs, the same ones in every run."""
    configuration.set_hypothesis_home_dir(tmp_path)  # else it keeps notes beside the reader's files
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

    def run(compare, *, examples, most):
        settled = settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=slow,
        )
        settled(given(programs(most=most))(compare))()

    yield run
    configuration.set_hypothesis_home_dir(None)


def upstream_of(program):
    """Return the gradient that arrives at the root: other in every entry, nowhere 0."""
    shape = np.shape(program.values[program.root])
    return np.cos(np.arange(np.prod(shape, dtype=int))).reshape(shape)


def by_the_engine(program):
    """Return values and gradients of all lines, from one backward pass."""
    nodes = program.run(ENGINE)
    nodes[program.root].backward(upstream_of(program))
    return tuple({k: getattr(v, what) for k, v in nodes.items()} for what in ("value", "grad"))


def loss(program, functions, changes):
    """Return Σ upstream · root, when the values of some lines are changed."""
    return (program.run(functions, changes)[program.root] * upstream_of(program)).sum()


def agree(ours, truth, what):
    """Compare all lines; the shapes must be equal, too."""
    largest = max(np.abs(value).max() for value in truth.values())
    for name, value in truth.items():
        assert np.shape(ours[name]) == np.shape(value), f"{what} of {name}: shapes differ"
        error = np.abs(ours[name] - value).max()
        bound = max(BOUND * np.abs(value).max(), CANCELLED * largest)
        assert error <= bound, f"{what} of {name}: {ours[name]}, but the truth is {value}"


def test_values_and_gradients_agree_with_autograd(for_programs):
    """A reader's own graph would get a wrong gradient where operators meet as in no other test."""
    used = Counter()

    def compare(program):
        used.update(program.operations)
        zeros = {name: np.zeros(np.shape(value)) for name, value in program.values.items()}
        truth = autograd.grad(lambda changes: loss(program, AUTOGRAD, changes))(zeros)
        values, gradients = by_the_engine(program)
        agree(values, program.values, "value")
        agree(gradients, truth, "gradient")

    for_programs(compare, examples=400, most=12)
    assert min(used[name] for name in OPERATIONS) > 10, f"too rarely drawn: {used}"


def test_gradients_agree_with_the_complex_step(for_programs):
    """The engine's backward would differ from the derivative of its own forward."""

    def compare(program):
        truth = {
            name: gradcheck.complex_step(
                lambda change, name=name: loss(program, ENGINE, {name: change}).value,
                np.zeros(np.shape(value)),
            )
            for name, value in program.values.items()
        }
        agree(by_the_engine(program)[1], truth, "gradient")

    for_programs(compare, examples=60, most=6)


def test_every_operator_of_the_engine_is_among_them():
    """An operator added later would be left out of the random graphs, and no one would notice."""
    about = {"Node", "steps", "topological_order", "unbroadcast", "backward"}  # work on graphs
    own = {f: v for f, v in vars(graph).items() if getattr(v, "__module__", "") == graph.__name__}
    functions = {name: f for name, f in own.items() if not name.startswith("_")}
    methods = {
        name
        for name, f in vars(Node).items()
        if (callable(f) and f not in functions.values()) or isinstance(f, property)
    }
    reflected = {f"__r{name[2:]}" for name in vars(Node) if name.startswith("__")}
    methods -= reflected | {"__init__", "__repr__"}
    assert {*functions, *methods} - about == {*OPERATIONS}
