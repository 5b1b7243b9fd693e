"""Where people type, bad input is met with a sentence: what was given, what was expected."""

import re

import numpy as np
import pytest

from helpers import data, graph, layers, live, lstm, rnn, training
from helpers.gradcheck import GradientMismatch, central, check, complex_step
from helpers.graph import Node

RNG = np.random.default_rng(0)


def some(*shape):
    return RNG.standard_normal(shape)


X, DH = some(4, 3, 2), some(4, 3, 5)  # T = 4, B = 3, D = 2, H = 5
P, Q = rnn.init(2, 5, RNG), lstm.init(2, 5, RNG)
OF_P, OF_Q = rnn.forward(P, X)[1], lstm.forward(Q, X)[1]
A, LOGITS = Node(some(3, 4)), some(5, 3)
AB, DX = {"a": 1.0}, "dx"

# What is typed, the error, and what its sentence must quote.
BAD = [
    # graph
    (lambda: Node(True), TypeError, "value .* numbers, but .* dtype bool"),
    (lambda: Node([[1.0], [1.0, 2.0]]), ValueError, "value .* unequal lengths"),
    (lambda: Node([Node(1.0), Node(2.0)]), TypeError, "join nodes with stack"),
    (lambda: A + "1", TypeError, "dtype <U1"),
    (lambda: A + some(3), ValueError, r"operation \+ .*\(3, 4\) and \(3,\)"),
    (lambda: some(2, 3) * A, ValueError, r"operation × .*\(2, 3\) and \(3, 4\)"),
    (lambda: graph.maximum(A, some(3)), ValueError, r"operation max .*\(3, 4\) and \(3,\)"),
    (lambda: A @ A, ValueError, r"operation @ .*\(3, 4\) and \(3, 4\)"),
    (lambda: 2 @ A, ValueError, r"operation @ .*\(\) and \(3, 4\)"),
    (lambda: A**A, TypeError, "exponent .* a number, but it is Node"),
    (lambda: A[3], IndexError, r"index 3 .*\(3, 4\)"),
    (lambda: A["a"], IndexError, "index 'a'"),
    (lambda: A.reshape(5), ValueError, r"reshape to 5 .*\(3, 4\)"),
    (lambda: A.transpose((0, 0)), ValueError, r"transpose .*\(0, 0\)"),
    (lambda: A.sum(axis=2), ValueError, "sum over axis 2"),
    (lambda: graph.stack([A, some(4)]), ValueError, r"stack .*\(3, 4\) and \(4,\)"),
    (lambda: graph.concatenate([A, some(4)]), ValueError, r"concatenate .*\(3, 4\) and \(4,\)"),
    (lambda: graph.stack([]), ValueError, "no node"),
    (lambda: A.backward(), ValueError, r"\(3, 4\) it needs a seed.* there is none"),
    (lambda: A.backward(some(4)), ValueError, r"\(3, 4\) it needs a seed.* shape is \(4,\)"),
    (lambda: graph.topological_order(1.0), TypeError, "root must be a Node, but it is 1.0"),
    # gradcheck
    (lambda: complex_step(lambda x: x.real.sum(), some(3)), TypeError, "remove .real.*central"),
    (lambda: complex_step(lambda x: None, some(3)), TypeError, "returned object"),
    (lambda: complex_step(np.sum, ["a"]), TypeError, "x must hold numbers"),
    (lambda: complex_step(np.sum, some(3) + 1j), ValueError, "x must hold .* complex128"),
    (lambda: central(np.sum, [np.nan]), ValueError, "x must hold finite"),
    (lambda: central(np.sum, []), TypeError, "x must hold numbers, at least one"),
    (lambda: check(4.7, DX, 1.0, 1.0), TypeError, "tag must be a string, .* but it is 4.7"),
    (lambda: check("4.7", 1.0, 1.0), TypeError, "name must be a string, or a dict"),
    (lambda: check("4.7", {}), ValueError, "name must be a dict of pairs"),
    (lambda: check("4.7", AB), ValueError, r"pairs .*, but it is \{'a': 1.0\}"),
    (lambda: check("4.7", DX, 1.0), TypeError, r"\(4.7\) dx: truth must hold numbers"),
    (lambda: check("4.7", DX, [], []), TypeError, "ours must hold numbers, at least one"),
    (lambda: check("4.7", DX, [[1], [1, 2]], 1.0), ValueError, "ours .* unequal lengths"),
    (lambda: check("4.7", DX, 1.0, 1.0, bound=1), ValueError, "bound must be .* but it is 1"),
    (lambda: check("4.7", DX, some(3, 1), some(3)), GradientMismatch, r"\(3, 1\).*\(3,\)"),
    (lambda: check("4.7", DX, np.full(3, np.nan), some(3)), GradientMismatch, "finite"),
    # shapes at forward and backward
    (lambda: rnn.forward({"W_xh": X}, X), ValueError, "params .* keys 'W_xh', 'W_hh', 'b_h', but"),
    (lambda: rnn.forward(P, X[0]), ValueError, r"x .*\(T, B, D\) with D = 2, but its .*\(3, 2\)"),
    (lambda: rnn.forward(P, some(4, 3, 1)), ValueError, r"x must .*\(4, 3, 1\)"),
    (lambda: rnn.forward(P, X[:0]), ValueError, "x must .* no axis may be empty"),
    (lambda: rnn.forward(P, X.astype(int)), TypeError, "x must .* dtype is int.*dtype=float"),
    (lambda: rnn.forward(P, X, some(5, 3)), ValueError, r"h0 must have shape \(3, 5\)"),
    (lambda: rnn.forward(P | {"W_hh": some(5, 4)}, X), ValueError, r"'W_hh'.*\(H, H\) with H = 5"),
    (lambda: rnn.backward(P, OF_P, DH[:2]), ValueError, "dh .* with T = 4, B = 3, H = 5"),
    (lambda: rnn.backward(P, OF_P, DH[:, :1]), ValueError, r"dh .*\(4, 1, 5\)"),
    (lambda: rnn.backward(P, OF_Q, DH), ValueError, "cache .* keys 'x', 'h', 'params', but"),
    (lambda: rnn.backward(rnn.init(3, 5, RNG), OF_P, DH), ValueError, r"'W_xh'.*\(5, 3\)"),
    (lambda: rnn.backward(rnn.init(2, 5, RNG), OF_P, DH), ValueError, "'W_xh'.* other values"),
    (lambda: lstm.forward(P, X), ValueError, "params .* keys 'W_x', 'W_h', 'b', but"),
    (lambda: lstm.forward(Q | {"W_x": some(18, 2)}, X), ValueError, r"\(4H, D\).*\(18, 2\)"),
    (lambda: lstm.forward(Q | {"W_h": some(20, 4)}, X), ValueError, r"\(4H, H\) with H = 5"),
    (lambda: lstm.forward(Q, X, None, some(1, 5)), ValueError, r"c0 must have shape \(3, 5\)"),
    (lambda: lstm.backward(Q, OF_Q, DH, DH[:, :1]), ValueError, r"dc .*\(4, 1, 5\)"),
    (lambda: lstm.backward(lstm.init(2, 5, RNG), OF_Q, DH), ValueError, "'W_x'.* other values"),
    (lambda: layers.softmax_cross_entropy(LOGITS[0], [0]), ValueError, r"logits .*\(N, V\)"),
    (lambda: layers.softmax_cross_entropy(LOGITS, [0, 1]), ValueError, r"N = 5 .* shape \(2,\)"),
    (
        lambda: layers.softmax_cross_entropy(LOGITS, [0, 1, 3, 2, 0]),
        ValueError,
        "from 0 to V−1 = 2, but it is 3",
    ),
    (lambda: layers.softmax_cross_entropy(LOGITS, [0, 1, -1, 2, 0]), ValueError, "but it is -1"),
    (lambda: layers.softmax_cross_entropy(LOGITS, [0.0] * 5), ValueError, "integers.* float64"),
    (lambda: layers.softmax_cross_entropy(LOGITS, np.full((5, 3), 0.5)), ValueError, "1.5 to 1.5"),
    # training, reading, exploring
    (lambda: training.SGD(0.1).step(P, P | {"b_h": some(1)}), ValueError, r"'b_h'.*\(5,\).*\(1,\)"),
    (lambda: training.fit(None, {}, [], None, steps=3), ValueError, r"data must .*\[\] is empty"),
    (lambda: data.read_text(None), TypeError, "path must be .* but it is None"),
    (lambda: live.Explorer(len, len, [1]), TypeError, "controls"),
]


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input_is_met_with_a_sentence(case):
    """A reader who types the wrong thing should learn which; nothing may broadcast silently."""
    call, error, quoted = BAD[case]
    with pytest.raises(error) as caught:
        call()
    said = str(caught.value)
    assert re.search(quoted, said), said
    assert said.endswith(".") and "\n" not in said and len(said) < 400


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_x", "W_h", "b"])
def test_weights_changed_in_place_between_the_passes_are_noticed(name):
    """The gradient would be neither that of the old weights nor that of the new, unsaid."""
    cell, params = (rnn, dict(P)) if name in P else (lstm, dict(Q))
    params[name] = params[name].copy()
    _, cache = cell.forward(params, X)
    params[name][0] -= 0.1
    with pytest.raises(ValueError, match=rf"'{name}'\] .* call forward again"):
        cell.backward(params, cache, DH)
