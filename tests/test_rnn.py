"""The settled RNN layer against the complex step and the graph engine."""

import numpy as np
import pytest

from helpers import gradcheck, graph, rnn

SIZES = [(1, 1, 1, 1), (4, 1, 1, 3), (1, 3, 2, 2), (5, 2, 3, 1), (6, 3, 2, 4)]  # T, B, D, H


def problem(T, B, D, H, *, states=True):
    """Return parameters, x, h0 and the loss's weights dh, all random, biases too."""
    rng = np.random.default_rng(T + 10 * B + 100 * D + 1000 * H)
    params = rnn.init(D, H, rng)
    params["b_h"] = rng.standard_normal(H)
    h0 = rng.standard_normal((B, H)) if states else None
    return params, rng.standard_normal((T, B, D)), h0, rng.standard_normal((T, B, H))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("states", [True, False])
def test_backward_agrees_with_the_complex_step(size, states):
    """Whatever a reader trains with this layer would learn from wrong gradients."""
    params, x, h0, dh = problem(*size, states=states)
    _, cache = rnn.forward(params, x, h0)
    grads, dx, dh0 = rnn.backward(params, cache, dh)
    assert grads.keys() == params.keys()

    def loss(**changed):
        p = {key: changed.get(key, value) for key, value in params.items()}
        return (dh * rnn.forward(p, changed.get("x", x), changed.get("h0", h0))[0]).sum()

    at = {**params, "x": x, "h0": np.zeros_like(dh0) if h0 is None else h0}
    for name, ours in {**grads, "x": dx, "h0": dh0}.items():
        truth = gradcheck.complex_step(lambda v, name=name: loss(**{name: v}), at[name])
        assert ours.shape == truth.shape
        assert gradcheck.relative_error(ours, truth) < 1e-9, name


def test_agrees_with_the_graph_engine():
    """Notebook 04 would find its settled layer and its graph in disagreement."""
    params, x, h0, dh = problem(6, 3, 2, 4)
    h, cache = rnn.forward(params, x, h0)
    grads, dx, dh0 = rnn.backward(params, cache, dh)

    nodes = {name: graph.Node(value) for name, value in {**params, "x": x, "h0": h0}.items()}
    state, states = nodes["h0"], []
    for t in range(6):
        a = nodes["x"][t] @ nodes["W_xh"].T + state @ nodes["W_hh"].T + nodes["b_h"]
        state = graph.tanh(a)
        states.append(state)
    stacked = graph.stack(states)
    stacked.backward(dh)
    np.testing.assert_allclose(h, stacked.value, rtol=1e-12)
    for name, ours in {**grads, "x": dx, "h0": dh0}.items():
        assert gradcheck.relative_error(ours, nodes[name].grad) < 1e-9, name


def test_float32_is_kept_and_mixed_types_promote():
    """A float32 model would compute in float64, or a float64 input be rounded to float32."""
    params, x, h0, dh = problem(3, 2, 2, 3)
    wide = rnn.forward(params, x, h0)[1]
    mixed = [rnn.backward(params, wide, dh.astype(np.float32))]
    params, x32 = {k: v.astype(np.float32) for k, v in params.items()}, x.astype(np.float32)
    h, cache = rnn.forward(params, x32, h0.astype(np.float32))
    grads, dx, dh0 = rnn.backward(params, cache, dh.astype(np.float32))
    assert {v.dtype for v in (h, dx, dh0, *grads.values())} == {np.dtype(np.float32)}
    mixed.append(rnn.backward(params, cache, dh))
    for grads, *others in mixed:
        assert {v.dtype for v in (*others, *grads.values())} == {np.dtype(np.float64)}
    assert rnn.forward(params, x32)[0].dtype == np.float32
    assert rnn.forward(params, x)[0].dtype == np.float64
    drawn = rnn.init(2, 3, np.random.default_rng(0), dtype=np.float32)
    assert {v.dtype for v in drawn.values()} == {np.dtype(np.float32)}


def test_nothing_given_is_changed():
    """A second backward, or a look at the cache after the first, would show other numbers."""
    params, x, h0, dh = problem(4, 2, 3, 2)
    h, cache = rnn.forward(params, x, h0)
    given = {**params, **{f"cache {k}": v for k, v in cache.items()}, "x": x, "h0": h0, "dh": dh}
    before = {name: value.copy() for name, value in given.items()}
    first, second = (rnn.backward(params, cache, dh) for _ in range(2))
    for name, value in given.items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    for a, b in zip(
        (*first[0].values(), *first[1:]), (*second[0].values(), *second[1:]), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="read-only"):
        h *= 0.5


def test_init_is_bounded_and_repeatable():
    """Two runs with one seed would differ, or the first states saturate."""
    one, two = (rnn.init(3, 16, np.random.default_rng(7)) for _ in range(2))
    assert {k: v.shape for k, v in one.items()} == {"W_xh": (16, 3), "W_hh": (16, 16), "b_h": (16,)}
    assert all((one[k] == two[k]).all() and np.abs(one[k]).max() <= 1 / 4 for k in one)
