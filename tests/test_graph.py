"""The graph engine: the promises its docstrings make.

Values and gradients of all operations are tested in test_random_graphs.py and test_mutants.py.
"""

import numpy as np
import pytest

from helpers import gradcheck, graph
from helpers.graph import Node

rng = np.random.default_rng(0)
ROW = rng.uniform(0.5, 2, 4)


def test_the_complex_step_passes_through_backward_too():
    """Second derivatives (∂/∂x of the engine's own gradient) would silently lose a part."""

    def gradient(x):
        node = Node(x)
        (graph.tanh(node * node[::-1]) ** 2).sum().backward()
        return node.grad

    hessian = gradcheck.complex_step(gradient, ROW)
    assert gradcheck.relative_error(hessian, gradcheck.central(gradient, ROW)) < 1e-8
    assert gradcheck.relative_error(hessian, hessian.T) < 1e-12


def test_each_use_is_an_edge():
    """The drawing of a + a would show one arrow, and its gradient would be 1 instead of 2."""
    a = Node(3.0)
    for y, grad in ((a + a, 2), (a * a, 6)):
        assert [parent for parent, _ in y.edges] == [a, a]
        y.backward()
        assert a.grad == grad


def test_steps_show_upstream_times_local():
    """The graph stepper would show other numbers than F = X·Y·Z of notebook 01 has."""
    X, Y, Z = Node(6, name="X"), Node(-2, name="Y"), Node(-3, name="Z")
    F = X * Y * Z
    seen = {n: [(parent, float(c)) for parent, c in cs] for n, cs in graph.steps(F)}
    A = F.edges[0][0]
    assert (F.value, A.value) == (36, -12)
    assert (F.op, F.name) == ("×", "")
    assert graph.topological_order(F) == [X, Y, A, Z, F]  # as it is written, left to right
    assert seen == {F: [(A, -3), (Z, -12)], A: [(X, 6), (Y, -18)], X: [], Y: [], Z: []}
    assert (X.grad, Y.grad, Z.grad) == (6, -18, -12)


def test_a_diamond_chain_is_visited_once_per_node():
    """The claim that 2^n paths cost n steps would be false, and this test would never end."""
    x = y = Node(1.0)
    for _ in range(60):
        y = y + y
    assert len(graph.topological_order(y)) == 61
    y.backward()
    assert x.grad == 2.0**60


def test_parents_come_before_children_when_routes_differ_in_length():
    """A node would pass its gradient on before all of it had arrived."""
    x = Node(2.0)
    long = x * 1.0 * 1.0 * 1.0
    y = x * long + long
    order = graph.topological_order(y)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order) and order[-1] is y
    assert all(place[p] < place[n] for n in order for p, _ in n.edges)
    y.backward()
    assert x.grad == 5


def test_a_chain_of_5000_nodes_works():
    """A long sequence would end in a RecursionError."""
    x = y = Node(1.0)
    for _ in range(5000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1


def test_a_second_backward_repeats():
    """Gradients would double with every run of a cell."""
    x = Node(ROW)
    h = x * x
    loss = (h * h).sum()
    for _ in range(2):
        loss.backward()
        np.testing.assert_allclose(x.grad, 4 * ROW**3)
    h.sum().backward()
    np.testing.assert_allclose(x.grad, 2 * ROW)


def test_gradients_do_not_share_memory():
    """Clipping one gradient in place would change another."""
    a, b = Node(ROW), Node(ROW)
    total = a + b
    total.backward(np.ones(4))
    a.grad *= 0
    assert (b.grad == 1).all() and (total.grad == 1).all()


def test_values_are_copied_and_typed():
    """An update would change the caller's array; float32 would turn into float64 at a constant."""
    value = np.ones(3, np.float32)
    x = Node(value)
    y = (graph.sigmoid(2 * x - 1) / 3 * x**0).sum()
    y.backward()
    assert y.value.dtype == x.grad.dtype == np.float32
    assert isinstance(y.value, np.ndarray)
    x.value += 1
    assert (value == 1).all()
    assert Node(2).value.dtype == np.float64
    assert (2.0 * x).edges[0][0].name == "2"


def test_ties():
    """A tie would count twice or not at all: max gives each side half, relu gives 0 at 0."""
    a, b = Node([1.0, 2.0, 0.0]), Node([1.0, 0.0, 2.0])
    graph.maximum(a, b).backward([6.0, 2.0, 2.0])
    assert a.grad.tolist() == [3, 2, 0] and b.grad.tolist() == [3, 0, 2]
    graph.relu(a).sum().backward()
    assert a.grad.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    "f", [graph.relu, lambda a: graph.maximum(a, 0.0), lambda a: graph.maximum([0.0, 1.0, 2.0], a)]
)
def test_the_complex_step_agrees_at_ties(f):
    """A check at a kink would call a right gradient wrong, as the complex step took one side."""
    x = Node([0.0, 1.0, -0.0])
    y = f(x)
    y.sum().backward()
    truth = gradcheck.complex_step(lambda v: f(Node(v)).value.sum(), x.value)
    assert x.grad.tolist() == truth.tolist()
    assert f(Node(x.value + 0j)).value.real.tolist() == y.value.tolist()


def test_extremes():
    """A saturated sigmoid would overflow, or a NaN would vanish instead of showing its source."""
    x = Node([-1e4, 1e4, np.nan])
    y = graph.sigmoid(x)
    assert y.value[:2].tolist() == [0, 1] and np.isnan(y.value[2])
    assert np.isnan(graph.relu(x).value[2])
    low, high = Node([1.0, 1.0]), Node([2.0, 2.0])
    graph.maximum(low, high).backward([0.0, np.nan])
    for node in (low, high):
        np.testing.assert_array_equal(node.grad, [0, np.nan])
