"""The settled LSTM layer against the complex step, the graph engine and a published example."""

import numpy as np
import pytest

from helpers import gradcheck, graph, lstm

SIZES = [(1, 1, 1, 1), (4, 1, 1, 3), (1, 3, 2, 2), (5, 2, 3, 1), (6, 3, 2, 4)]  # T, B, D, H


def problem(T, B, D, H, *, states=True, cell_loss=True):
    """Return parameters, x, (h0, c0) and the loss's weights (dh, dc), all random, biases too."""
    rng = np.random.default_rng(T + 10 * B + 100 * D + 1000 * H)
    params = lstm.init(D, H, rng)
    params["b"] = rng.standard_normal(4 * H)
    initial = rng.standard_normal((2, B, H)) if states else (None, None)
    dh, dc = rng.standard_normal((2, T, B, H))
    return params, rng.standard_normal((T, B, D)), *initial, dh, dc if cell_loss else None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("states", [True, False])
@pytest.mark.parametrize("cell_loss", [True, False])
def test_backward_agrees_with_the_complex_step(size, states, cell_loss):
    """Whatever a reader trains with this layer would learn from wrong gradients."""
    params, x, h0, c0, dh, dc = problem(*size, states=states, cell_loss=cell_loss)
    _, cache = lstm.forward(params, x, h0, c0)
    grads, dx, dh0, dc0 = lstm.backward(params, cache, dh, dc)
    assert grads.keys() == params.keys()
    given = {**params, "x": x, "h0": h0, "c0": c0}

    def loss(**changed):
        v = {**given, **changed}
        (h, c), _ = lstm.forward({k: v[k] for k in params}, v["x"], v["h0"], v["c0"])
        return (dh * h).sum() + (0 if dc is None else (dc * c).sum())

    for name, ours in {**grads, "x": dx, "h0": dh0, "c0": dc0}.items():
        at = np.zeros_like(ours) if given[name] is None else given[name]
        truth = gradcheck.complex_step(lambda v, name=name: loss(**{name: v}), at)
        assert ours.shape == truth.shape
        assert gradcheck.relative_error(ours, truth) < 1e-9, name


def test_agrees_with_the_graph_engine():
    """Notebook 06 would find its settled layer and its equations in disagreement."""
    T, H = 6, 4
    params, x, h0, c0, dh, dc = problem(T, 3, 2, H)
    (h, c), cache = lstm.forward(params, x, h0, c0)
    grads, dx, dh0, dc0 = lstm.backward(params, cache, dh, dc)

    given = {**params, "x": x, "h0": h0, "c0": c0}
    nodes = {name: graph.Node(value) for name, value in given.items()}
    h_t, c_t, states = nodes["h0"], nodes["c0"], []
    for t in range(T):
        a = nodes["x"][t] @ nodes["W_x"].T + h_t @ nodes["W_h"].T + nodes["b"]
        i, f, g, o = (a[:, k * H : (k + 1) * H] for k in range(4))
        c_t = graph.sigmoid(f) * c_t + graph.sigmoid(i) * graph.tanh(g)
        h_t = graph.sigmoid(o) * graph.tanh(c_t)
        states.append(graph.stack([h_t, c_t]))
    stacked = graph.stack(states, 1)
    stacked.backward(np.stack([dh, dc]))
    np.testing.assert_allclose([h, c], stacked.value, rtol=1e-12)
    for name, ours in {**grads, "x": dx, "h0": dh0, "c0": dc0}.items():
        assert gradcheck.relative_error(ours, nodes[name].grad) < 1e-9, name


def test_reproduces_the_worked_example():
    """The numbers of notebook 06 (Gomez 2016) would not come out: the gate order is wrong."""
    params = {  # rows i, f, g, o
        "W_x": np.array([[0.95, 0.8], [0.7, 0.45], [0.45, 0.25], [0.6, 0.4]]),
        "W_h": np.array([[0.8], [0.1], [0.15], [0.25]]),
        "b": np.array([0.65, 0.15, 0.2, 0.1]),
    }
    x = np.array([[[1.0, 2.0]], [[0.5, 3.0]]])
    (h, c), cache = lstm.forward(params, x)
    gates = [[0.96083, 0.85195, 0.81775, 0.81757], [0.98118, 0.87030, 0.84980, 0.84993]]
    np.testing.assert_allclose(cache["gates"][:, 0], gates, atol=1e-5)
    np.testing.assert_allclose(c.ravel(), [0.78572, 1.5176], atol=1e-4)
    np.testing.assert_allclose(h.ravel(), [0.53631, 0.77197], atol=2e-5)  # printed truncated
    _, _, _, dc0 = lstm.backward(params, cache, np.zeros((2, 1, 1)), np.array([[[0.0]], [[1.0]]]))
    # ∂c_2/∂c_1 is .87030197 directly and .02902219 through h; one step more multiplies by f_1.
    np.testing.assert_allclose(
        dc0, (0.87030197 + 0.02902219) * cache["gates"][0, :, 1:2], rtol=1e-7
    )


def test_saturated_gates_do_not_overflow():
    """A bias of ±1000, or an explorer's slider at its end, would warn or give NaN."""
    params = lstm.init(1, 1, np.random.default_rng(0), forget_bias=1000.0)
    params["b"][[0, 3]] = -1000, 1000
    (_, c), cache = lstm.forward(params, np.ones((3, 1, 1)), None, np.ones((1, 1)))
    assert c.ravel().tolist() == [1, 1, 1]
    assert lstm.backward(params, cache, np.zeros((3, 1, 1)), np.ones((3, 1, 1)))[3] == 3


def test_float32_is_kept_and_mixed_types_promote():
    """A float32 model would compute in float64, or a float64 input be rounded to float32."""
    params, x, *rest = problem(3, 2, 2, 3)
    x32, h0, c0, dh, dc = (v.astype(np.float32) for v in (x, *rest))
    mixed = [lstm.backward(params, lstm.forward(params, x)[1], dh, dc)]
    params = {k: v.astype(np.float32) for k, v in params.items()}
    (h, c), cache = lstm.forward(params, x32, h0, c0)
    results = [h, c]
    for upstream in ((dh, dc), (dh,)):
        grads, *others = lstm.backward(params, cache, *upstream)
        results += [*grads.values(), *others]
    assert {v.dtype for v in results} == {np.dtype(np.float32)}
    wide = dh.astype(float), dc.astype(float)
    mixed += [lstm.backward(params, cache, *pair) for pair in ((wide[0], dc), (dh, wide[1]))]
    for grads, *others in mixed:
        assert {v.dtype for v in (*others, *grads.values())} == {np.dtype(np.float64)}
    assert lstm.forward(params, x32)[0][0].dtype == np.float32
    assert lstm.forward(params, x)[0][0].dtype == np.float64
    drawn = lstm.init(2, 3, np.random.default_rng(0), dtype=np.float32)
    assert {v.dtype for v in drawn.values()} == {np.dtype(np.float32)}


def test_nothing_given_is_changed():
    """A second backward, or a look at the cache after the first, would show other numbers."""
    params, x, h0, c0, dh, dc = problem(4, 2, 3, 2)
    (h, c), cache = lstm.forward(params, x, h0, c0)
    given = {**params, **{f"cache {k}": v for k, v in cache.items()}}
    given |= {"x": x, "h0": h0, "c0": c0, "dh": dh, "dc": dc}
    before = {name: value.copy() for name, value in given.items()}
    first, second = (lstm.backward(params, cache, dh, dc) for _ in range(2))
    for name, value in given.items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    for a, b in zip(
        (*first[0].values(), *first[1:]), (*second[0].values(), *second[1:]), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    for state in (h, c):
        with pytest.raises(ValueError, match="read-only"):
            state *= 0.5


def test_init_is_bounded_repeatable_and_sets_the_forget_bias():
    """Two runs with one seed would differ, or the forget bias sit on another gate."""
    one, two = (lstm.init(3, 16, np.random.default_rng(7)) for _ in range(2))
    assert {k: v.shape for k, v in one.items()} == {"W_x": (64, 3), "W_h": (64, 16), "b": (64,)}
    assert all((one[k] == two[k]).all() for k in one)
    assert max(np.abs(one[k]).max() for k in ("W_x", "W_h")) <= 1 / 4
    assert one["b"].reshape(4, 16).mean(axis=1).tolist() == [0, 1, 0, 0]
    assert not lstm.init(3, 16, np.random.default_rng(7), forget_bias=0.0)["b"].any()
