"""The settled RNN and LSTM: a published example, extremes, types, and what must not change.

Their gradients are tested in test_autograd.py, over random sizes, and in test_mutants.py.
"""

import numpy as np
import pytest

from helpers import lstm, rnn

both = pytest.mark.parametrize("cell", [rnn, lstm], ids=["rnn", "lstm"])


def problem(cell, *, T=4, B=2, D=3, H=2):
    """Return parameters with random biases, x, the states before the first, and dh (and dc)."""
    rng = np.random.default_rng(T)
    params = cell.init(D, H, rng)
    params = {key: rng.standard_normal(value.shape) for key, value in params.items()}
    count = 2 if cell is lstm else 1
    states, upstream = rng.standard_normal((count, B, H)), rng.standard_normal((count, T, B, H))
    return params, rng.standard_normal((T, B, D)), list(states), list(upstream)


def test_lstm_reproduces_the_worked_example():
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
    total = (0.87030197 + 0.02902219) * cache["gates"][0, :, 1:2]
    np.testing.assert_allclose(dc0, total, rtol=1e-7)


def test_saturated_gates_do_not_overflow():
    """A bias of ±1000, or an explorer's slider at its end, would warn or give NaN."""
    params = lstm.init(1, 1, np.random.default_rng(0), forget_bias=1000.0)
    params["b"][[0, 3]] = -1000, 1000
    (_, c), cache = lstm.forward(params, np.ones((3, 1, 1)), None, np.ones((1, 1)))
    assert c.ravel().tolist() == [1, 1, 1]
    assert lstm.backward(params, cache, np.zeros((3, 1, 1)), np.ones((3, 1, 1)))[3] == 3


def types(states, *gradients):
    """Return the dtypes of states and of what backward returned."""
    arrays = list(states) if isinstance(states, tuple) else [states]
    for grads, *others in gradients:
        arrays += [*grads.values(), *others]
    return {array.dtype for array in arrays}


@both
def test_float32_is_kept_and_mixed_types_promote(cell):
    """A float32 model would compute in float64, or a float64 input be rounded to float32."""
    params, x, states, upstream = problem(cell)
    small = {key: value.astype(np.float32) for key, value in params.items()}
    x32, *states32 = (value.astype(np.float32) for value in (x, *states))
    upstream32 = [value.astype(np.float32) for value in upstream]
    out, cache = cell.forward(small, x32, *states32)
    short = cell.backward(small, cache, *upstream32), cell.backward(small, cache, upstream32[0])
    assert types(out, *short) == {np.dtype(np.float32)}
    assert types(cell.forward(small, x32)[0]) == {np.dtype(np.float32)}
    wide = cell.backward(params, cell.forward(params, x)[1], *upstream32)
    mixed = cell.backward(small, cache, *upstream32[:-1], upstream[-1])
    assert types(cell.forward(small, x)[0], wide, mixed) == {np.dtype(np.float64)}
    drawn = cell.init(2, 3, np.random.default_rng(0), dtype=np.float32)
    assert {value.dtype for value in drawn.values()} == {np.dtype(np.float32)}


@both
def test_nothing_given_is_changed(cell):
    """A second backward, or a look at the cache after the first, would show other numbers."""
    params, x, states, upstream = problem(cell)
    out, cache = cell.forward(params, x, *states)
    given = [*params.values(), x, *states, *upstream]
    given += [value for key, value in cache.items() if key != "params"]
    before = [value.copy() for value in given]
    (one, *first), (two, *second) = (cell.backward(params, cache, *upstream) for _ in range(2))
    for pair in (given, before), ([*one.values(), *first], [*two.values(), *second]):
        for value, same in zip(*pair, strict=True):
            np.testing.assert_array_equal(value, same)
    for state in out if isinstance(out, tuple) else [out]:
        with pytest.raises(ValueError, match="read-only"):
            state *= 0.5


@both
def test_init_is_bounded_and_repeatable(cell):
    """Two runs with one seed would differ, or the first states saturate."""
    one, two = (cell.init(3, 16, np.random.default_rng(7)) for _ in range(2))
    rows = 64 if cell is lstm else 16
    assert [value.shape for value in one.values()] == [(rows, 3), (rows, 16), (rows,)]
    *weights, bias = one
    assert all((one[key] == two[key]).all() for key in one)
    assert all(np.abs(one[key]).max() <= 1 / 4 for key in weights)
    if cell is lstm:
        assert one[bias].reshape(4, 16).mean(axis=1).tolist() == [0, 1, 0, 0]
        assert not lstm.init(3, 4, np.random.default_rng(7), forget_bias=0.0)["b"].any()
