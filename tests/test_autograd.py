"""Layers, cells and the graph engine against HIPS autograd, over random shapes and settings.

The reference is each formula written out plainly with autograd.numpy; autograd differentiates it.
Every seed is another case: sizes from 1 to 6, not square, weights from tiny to saturating, arrays
laid out in memory in several ways. Optional arguments are given and left out in turn.
"""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from helpers import gradcheck, graph, layers, lstm, rnn
from helpers.graph import Node

BOUND = 1e-10  # largest error, relative to the largest entry of the truth
SIZES = (1, 2, 3, 5, 6)
SCALES = (1.0, 1e-8, 0.3, 20.0, 4.0)  # of weights: 20 saturates nearly every unit, 1e-8 none


def agree(ours, truth, *, size=0.0):
    """Compare arrays, or dicts of arrays, entry by entry, up to BOUND.

    Where everything is saturated the truth is nearly 0, but 1 − h² is known to rounding only.
    ``size`` is what the gradients would measure without saturation: 1e-14 of it is allowed too.
    """
    if isinstance(truth, dict):
        assert ours.keys() == truth.keys()
        for name in truth:
            agree(ours[name], truth[name], size=size)
        return
    ours, truth = np.asarray(ours), np.asarray(truth)
    assert ours.shape == truth.shape
    assert np.isfinite(ours).all()
    assert np.abs(ours - truth).max() <= BOUND * np.abs(truth).max() + 1e-14 * size


def laid_out(array, rng):
    """Return an equal array that lies in memory by rows, by columns, backwards, or with gaps."""
    array = np.asarray(array)
    ways = (
        lambda: array,
        lambda: np.asfortranarray(array),
        lambda: array[..., ::-1].copy()[..., ::-1],
        lambda: np.repeat(array, 2, axis=-1)[..., ::2],
    )
    return ways[rng.integers(len(ways))]()


def normal(rng, *shape, scale=1.0):
    return laid_out(scale * rng.standard_normal(shape), rng)


def case(seed):
    """Return a generator, a scale for weights, and a function that draws n sizes."""
    rng = np.random.default_rng(seed)
    return rng, SCALES[seed % len(SCALES)], lambda n: (int(k) for k in rng.choice(SIZES, n))


def weighted(values, upstreams):
    """Return Σ upstream · value: the loss whose gradient with respect to each value is given."""
    return sum((v * u).sum() for v, u in zip(values, upstreams, strict=True))


# The formulas. ``n`` holds tanh, exp, log and stack: autograd.numpy, or the graph engine.


def sigmoid(n, a):
    return 1 / (1 + n.exp(-a))


def rnn_states(n, T, H, v):
    """h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h) for t = 1..T, samples in rows."""
    h, states = v["h0"], []
    for t in range(T):
        h = n.tanh(v["x"][t] @ v["W_xh"].T + h @ v["W_hh"].T + v["b_h"])
        states.append(h)
    return [n.stack(states)]


def lstm_states(n, T, H, v):
    """The equations of an LSTM, each gate with matrices of its own; rows are i, f, g, o."""
    rows = {gate: slice(k * H, (k + 1) * H) for k, gate in enumerate("ifgo")}
    h, c, hs, cs = v["h0"], v["c0"], [], []
    for t in range(T):
        a = {
            gate: v["x"][t] @ v["W_x"][r].T + h @ v["W_h"][r].T + v["b"][r]
            for gate, r in rows.items()
        }
        c = sigmoid(n, a["f"]) * c + sigmoid(n, a["i"]) * n.tanh(a["g"])
        h = sigmoid(n, a["o"]) * n.tanh(c)
        hs.append(h)
        cs.append(c)
    return [n.stack(hs), n.stack(cs)]


def plain_loss(n, y, q):
    """−mean over rows of Σ_j q_j log p_j, where log p_j = y_j − log Σ exp y."""
    log_p = y - n.log(n.exp(y).sum(1, keepdims=True))
    return -(log_p * q).sum() / len(q)


def states_and_gradients(formula, values, upstreams):
    """Return what autograd says: the states, and the gradient with respect to each value."""
    T, _, H = upstreams[0].shape

    def loss(v):
        return weighted(formula(anp, T, H, v), upstreams)

    return formula(anp, T, H, values), autograd.grad(loss)(values)


def without_saturation(values, upstreams):
    """Return a size that no gradient exceeds by much: largest upstream × weight × input."""
    sizes = [1 + max(np.abs(v).max() for v in vs) for vs in (values.values(), upstreams)]
    return sizes[0] ** 2 * sizes[1]


@pytest.mark.parametrize("seed", range(40))
def test_rnn(seed):
    """Whatever a reader trains with the settled RNN would learn from wrong gradients."""
    rng, scale, sizes = case(seed)
    T, B, D, H = sizes(4)
    params = {
        "W_xh": normal(rng, H, D, scale=scale),
        "W_hh": normal(rng, H, H, scale=scale),
        "b_h": normal(rng, H),
    }
    h0 = normal(rng, B, H) if seed % 2 else None
    x = normal(rng, T, B, D, scale=rng.choice([1, 1e-6]))
    dh = normal(rng, T, B, H)
    h, cache = rnn.forward(params, x, h0)
    grads, dx, dh0 = rnn.backward(params, cache, dh)

    values = {**params, "x": x, "h0": np.zeros((B, H)) if h0 is None else h0}
    (states,), truth = states_and_gradients(rnn_states, values, [dh])
    agree(h, states)
    agree({**grads, "x": dx, "h0": dh0}, truth, size=without_saturation(values, [dh]))


@pytest.mark.parametrize("seed", range(40))
def test_lstm(seed):
    """Whatever a reader trains with the settled LSTM would learn from wrong gradients."""
    rng, scale, sizes = case(seed)
    T, B, D, H = sizes(4)
    params = {
        "W_x": normal(rng, 4 * H, D, scale=scale),
        "W_h": normal(rng, 4 * H, H, scale=scale),
        "b": normal(rng, 4 * H),
    }
    h0 = normal(rng, B, H) if seed & 1 else None
    c0 = normal(rng, B, H) if seed & 2 else None
    dc = normal(rng, T, B, H) if seed & 4 else None
    x = normal(rng, T, B, D, scale=rng.choice([1, 1e-6]))
    dh = normal(rng, T, B, H)
    (h, c), cache = lstm.forward(params, x, h0, c0)
    grads, dx, dh0, dc0 = lstm.backward(params, cache, dh, dc)

    nothing = np.zeros((B, H))
    values = {**params, "x": x, "h0": nothing if h0 is None else h0}
    values["c0"] = nothing if c0 is None else c0
    upstreams = [dh, np.zeros((T, B, H)) if dc is None else dc]
    states, truth = states_and_gradients(lstm_states, values, upstreams)
    for ours, state in zip((h, c), states, strict=True):
        agree(ours, state)
    ours = {**grads, "x": dx, "h0": dh0, "c0": dc0}
    agree(ours, truth, size=without_saturation(values, upstreams))


@pytest.mark.parametrize("seed", range(20))
def test_softmax_and_log_sum_exp(seed):
    """Every probability in the course would be off, or its derivative."""
    rng, scale, sizes = case(seed)
    y = normal(rng, *sizes(1 + seed % 3), scale=scale)

    def p(y):
        return anp.exp(y) / anp.exp(y).sum(-1, keepdims=True)

    def log_sum(y):
        return anp.log(anp.exp(y).sum(-1))

    for ours, plain in ((layers.softmax, p), (layers.log_sum_exp, log_sum)):
        agree(ours(y), plain(y), size=1)
        # The layers have no backward of their own: what passes through them is what counts.
        through = gradcheck.complex_step(ours, y)
        agree(through, autograd.jacobian(plain)(y), size=1)
    whole = autograd.grad(lambda y: log_sum(y).sum())(y)
    agree(layers.softmax(y), whole)  # p is the gradient of log Σ exp


@pytest.mark.parametrize("targets", ["indices", "smoothed", "distributions"])
@pytest.mark.parametrize("seed", range(15))
def test_softmax_cross_entropy(seed, targets):
    """Every training loop in the course would descend along a wrong direction."""
    rng, scale, sizes = case(seed)
    N, V = sizes(2)
    y = normal(rng, N, V, scale=scale)
    m = rng.integers(V, size=N).astype(("int64", "uint8", "int16")[seed % 3])
    one_hot, e = np.eye(V)[m], rng.uniform(0, 1)
    q = {
        "indices": one_hot,
        "smoothed": (1 - e) * one_hot + e / V,
        "distributions": rng.dirichlet(np.full(V, 0.3), size=N),
    }[targets]
    loss, dlogits = layers.softmax_cross_entropy(y, m if targets == "indices" else q)
    size = 1 + np.abs(y).max()
    agree(loss, plain_loss(anp, y, q), size=size)
    agree(dlogits, autograd.grad(lambda y: plain_loss(anp, y, q))(y), size=size)


@pytest.mark.parametrize("formula", [rnn_states, lstm_states])
@pytest.mark.parametrize("seed", range(10))
def test_graph_engine_on_the_same_formulas(formula, seed):
    """The engine that the notebooks build on would be wrong where many steps share weights."""
    rng, scale, sizes = case(seed)
    T, B, D, H = sizes(4)
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,)}
    if formula is lstm_states:
        shapes = {"W_x": (4 * H, D), "W_h": (4 * H, H), "b": (4 * H,), "c0": (B, H)}
    shapes |= {"x": (T, B, D), "h0": (B, H)}
    values = {
        name: normal(rng, *shape, scale=scale if "W" in name else 1)
        for name, shape in shapes.items()
    }
    upstreams = [normal(rng, T, B, H) for _ in range(1 + (formula is lstm_states))]
    nodes = {name: Node(value) for name, value in values.items()}
    ours = formula(graph, T, H, nodes)
    weighted(ours, upstreams).backward()
    states, truth = states_and_gradients(formula, values, upstreams)
    for node, state, upstream in zip(ours, states, upstreams, strict=True):
        agree(node.value, state)
        agree(node.grad, upstream)
    gradients = {name: node.grad for name, node in nodes.items()}
    agree(gradients, truth, size=without_saturation(values, upstreams))


@pytest.mark.parametrize("seed", range(10))
def test_graph_engine_on_a_network_with_a_loss(seed):
    """Notebooks 02 and 03 differentiate such a network; bias and batch mean are broadcast."""
    rng, scale, sizes = case(seed)
    N, D, H, V = sizes(4)
    values = {
        "x": normal(rng, N, D),
        "W1": normal(rng, H, D, scale=scale),
        "b1": normal(rng, H),
        "W2": normal(rng, V, H),
        "b2": normal(rng, V),
    }
    q = rng.dirichlet(np.ones(V), size=N)

    def loss(n, v):
        h = n.maximum(v["x"] @ v["W1"].T + v["b1"], 0) + sigmoid(n, v["x"].mean())
        return plain_loss(n, h @ v["W2"].T + v["b2"], q)

    nodes = {name: Node(value) for name, value in values.items()}
    ours = loss(graph, nodes)
    ours.backward()
    agree(ours.value, loss(anp, values))
    truth = autograd.grad(lambda v: loss(anp, v))(values)
    agree({name: node.grad for name, node in nodes.items()}, truth, size=1 + scale)


def test_graph_engine_splits_ties_as_autograd_does():
    """Equal entries would be counted twice, or belong to no one, in one of the two."""
    a, b = np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([1.0, 2.0])
    nodes = Node(a), Node(b)
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    (graph.maximum(*nodes) * weights).sum().backward()
    truth = autograd.grad(lambda a, b: (anp.maximum(a, b) * weights).sum(), (0, 1))(a, b)
    for node, gradient in zip(nodes, truth, strict=True):
        agree(node.grad, gradient)
