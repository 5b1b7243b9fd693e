"""Gradients that experiments compute by themselves are right, where they should be."""

import numpy as np
import pytest

from experiments import clinic, forget_bias, memory, random_cuts, small_start
from helpers import lstm, rnn, spectra
from helpers.gradcheck import central, relative_error


@pytest.mark.parametrize("model", ["lstm", "rnn"])
def test_the_clinics_healthy_twin_is_healthy(model):
    """Else the control of every patient would itself be ill."""
    rng = np.random.default_rng(1)
    x, dh = rng.normal(size=(6, 5, 3)), rng.normal(size=(6, 5, 4))
    layer = {"lstm": lstm, "rnn": rnn}[model]
    p = layer.init(3, 4, rng)
    states, back = {
        "lstm": (clinic.lstm_states, clinic.lstm_back),
        "rnn": (clinic.rnn_states, clinic.rnn_back),
    }[model]
    truth = layer.backward(p, layer.forward(p, x)[1], dh)[0]
    ours = back(p, x, states(p, x), dh, 0)
    assert all(relative_error(ours[name], truth[name]) < 1e-12 for name in p)
    for patient in range(1, 6) if model == "lstm" else range(6, 8):
        ill = back(p, x, states(p, x), dh, patient)
        assert max(relative_error(ill[name], truth[name]) for name in p) > 1e-2


def test_cuts_keep_what_they_should():
    """Else a rule would be compared under another rule's gradient, or at another price."""
    rng = np.random.default_rng(2)
    params = rnn.init(1, 12, rng) | {"W_hy": rng.normal(size=(2, 12))}
    given = random_cuts.draw(3, 4, rng)

    def gradient(xi, *, window=False):
        grads, products = random_cuts.gradients(params, *given, xi, window=window)
        return grads["W_hh"], products

    def loss(W_hh):
        return random_cuts.loss(params | {"W_hh": W_hh}, *given)

    whole, products = gradient(np.ones(24))
    assert relative_error(whole, central(loss, params["W_hh"])) < 1e-7 and products == 24 + 23
    assert gradient(random_cuts.weights("chunks", rng))[1] == 24 + 20
    draws = [gradient(random_cuts.weights("random", rng))[0] for _ in range(2000)]
    error = np.std(draws, axis=0) / np.sqrt(2000)
    assert (np.abs(np.mean(draws, axis=0) - whole) < 5 * error).all()  # unbiased
    assert gradient(np.ones(24), window=True)[1] == 24 + 105


def test_jacobians_of_the_lstm_are_those_of_a_step():
    """Else what page 08 says is left after a hundred steps would be of another network."""
    rng = np.random.default_rng(3)
    params, x = lstm.init(memory.D, memory.H, rng), rng.normal(size=(memory.T, 1, memory.D))
    factors, _ = memory.lstm_factors(params, x)

    def last(state):
        c, h = state[: memory.H][None], state[memory.H :][None]
        (h, c), _ = lstm.forward(params, x[-2:], h, c)
        return np.concatenate([c[-1, 0], h[-1, 0]])

    (h, c), _ = lstm.forward(params, x)
    truth = central(last, np.concatenate([c[-3, 0], h[-3, 0]]))
    assert relative_error(factors[0] @ factors[1], truth) < 1e-7
    assert np.isclose(memory.size(factors[:9]), spectra.norms_of_products(factors[:9])[-1])


def test_ten_layers_are_trained_with_their_gradient():
    """Else what page 13 says of small starts would be about another descent."""
    rng = np.random.default_rng(4)
    x, q = small_start.spirals(rng)
    W, _ = small_start.begin("normal", 1.4, rng)
    params = W, [rng.normal(size=len(w)) / 10 for w in W]
    _, *grads = small_start.gradients(*params, x, q)
    for part, grad in enumerate(grads):  # weights, then biases: along one direction a layer
        for k in range(len(grad)):
            along = rng.normal(size=grad[k].shape) / np.sqrt(grad[k].size)

            def loss(step, part=part, k=k, along=along):
                moved = [list(arrays) for arrays in params]
                moved[part][k] = moved[part][k] + step * along
                return np.array(small_start.gradients(*moved, x, q)[0])

            truth = central(loss, np.array(0.0))
            assert relative_error((grad[k] * along).sum(), truth) < 1e-5


def test_two_cues_far_apart_are_learned_with_their_gradient():
    """Else what page 08 says of forget biases would be about another descent."""
    rng = np.random.default_rng(5)
    params, x = lstm.init(1, 3, rng) | {"w": rng.normal(size=3)}, forget_bias.draw(6, 4, rng)
    grads = forget_bias.loss_and_grads(params, x)[1]
    for name in params:
        truth = central(
            lambda value, n=name: forget_bias.loss_and_grads(params | {n: value}, x)[0],
            params[name],
        )
        assert relative_error(grads[name], truth) < 1e-7, name
