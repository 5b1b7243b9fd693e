"""Cells, losses, convolution and optimisers against PyTorch, with the same weights.

Run by `make test-torch`; the ordinary tests do not need PyTorch. float64 must agree tightly,
float32 as far as float32 goes.
"""

import numpy as np
import pytest

from helpers import layers, lstm, rnn, training
from tools import course

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    torch = None
if torch is None:
    pytest.fail("PyTorch is not installed; run these tests with `make test-torch`.", pytrace=False)

BOUNDS = {"float64": 1e-10, "float32": 1e-4}  # relative to the largest entry of the truth
PRECISIONS = pytest.mark.parametrize("precision", BOUNDS)
SIZES = (1, 2, 3, 5, 7)


def agree(ours, truth):
    """Compare type, shape and entries of an array with those of a tensor."""
    truth = truth.detach().numpy()
    ours = np.asarray(ours)
    assert (ours.dtype, ours.shape) == (truth.dtype, truth.shape)
    error, largest = np.abs(ours - truth).max(), np.abs(truth).max()
    # Where the truth cancels to nearly 0, rounding is all there is to compare.
    floor = 100 * np.finfo(truth.dtype).eps
    assert error <= max(BOUNDS[truth.dtype.name] * largest, floor), f"error {error}, of {largest}"


def case(seed, n, precision):
    """Return n sizes, and a function that draws arrays of normal numbers of this precision."""
    rng = np.random.default_rng(seed)
    sizes = (int(size) for size in rng.choice(SIZES, n))
    return rng, sizes, lambda *shape: rng.standard_normal(shape).astype(precision)


def tensor(array):
    """Return a copy of the array that PyTorch differentiates with respect to."""
    return torch.tensor(np.asarray(array), requires_grad=True)


def recurrent(kind, params, **options):
    """Return PyTorch's layer with our weights; of its two biases, the second is 0."""
    W_x, W_h, b = params.values()
    H, D = W_h.shape[1], W_x.shape[1]
    module = kind(D, H, dtype=getattr(torch, W_x.dtype.name), **options)
    ours = {"weight_ih": W_x, "weight_hh": W_h, "bias_ih": b, "bias_hh": np.zeros_like(b)}
    with torch.no_grad():
        for name, weights in module.named_parameters():
            weights.copy_(torch.tensor(ours[name.removesuffix("_l0")]))
    return module


def agree_on_weights(grads, module):
    """Compare the gradients of both weights and of both biases, whose gradients are equal."""
    dW_x, dW_h, db = grads.values()
    for name, weights in module.named_parameters():
        ours = {"weight_ih": dW_x, "weight_hh": dW_h}.get(name.removesuffix("_l0"), db)
        agree(ours, weights.grad)


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_rnn(seed, precision):
    """Weights carried over to nn.RNN would give other states, or train another way."""
    _, (T, B, D, H), normal = case(seed, 4, precision)
    params = {"W_xh": normal(H, D), "W_hh": normal(H, H), "b_h": normal(H)}
    x, dh, h0 = normal(T, B, D), normal(T, B, H), normal(B, H) if seed % 2 else None
    h, cache = rnn.forward(params, x, h0)
    grads, dx, dh0 = rnn.backward(params, cache, dh)

    module = recurrent(nn.RNN, params)
    x, h0 = tensor(x), tensor(np.zeros((B, H), precision) if h0 is None else h0)
    states, _ = module(x, h0[None])
    states.backward(torch.tensor(dh))
    agree(h, states)
    agree_on_weights(grads, module)
    agree(dx, x.grad)
    agree(dh0, h0.grad)


def lstm_case(seed, precision):
    _, (T, B, D, H), normal = case(seed, 4, precision)
    params = {"W_x": normal(4 * H, D), "W_h": normal(4 * H, H), "b": normal(4 * H)}
    return params, normal(T, B, D), normal(B, H), normal(B, H), *normal(2, T, B, H)


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_lstm(seed, precision):
    """Weights carried over to nn.LSTM, in the order i, f, g, o, would give other states."""
    params, x, h0, c0, dh, dc = lstm_case(seed, precision)
    if seed % 2 == 0:
        h0 = c0 = None
    dc[:-1] = 0  # nn.LSTM shows the cell state of the last step only
    (h, c), cache = lstm.forward(params, x, h0, c0)
    grads, dx, dh0, dc0 = lstm.backward(params, cache, dh, dc)

    module = recurrent(nn.LSTM, params)
    nothing = np.zeros_like(dc[0])
    x, h0, c0 = tensor(x), *(tensor(nothing if s is None else s) for s in (h0, c0))
    states, (h_T, c_T) = module(x, (h0[None], c0[None]))
    torch.autograd.backward([states, c_T[0]], [torch.tensor(dh), torch.tensor(dc[-1])])
    agree(h, states)
    agree(h[-1:], h_T)
    agree(c[-1:], c_T)
    agree_on_weights(grads, module)
    for ours, truth in ((dx, x), (dh0, h0), (dc0, c0)):
        agree(ours, truth.grad)


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_lstm_with_a_loss_on_every_cell_state(seed, precision):
    """The gradient that arrives at each c_t, not only the last, would be lost or misplaced."""
    params, x, h0, c0, dh, dc = lstm_case(seed, precision)
    (h, c), cache = lstm.forward(params, x, h0, c0)
    grads, dx, dh0, dc0 = lstm.backward(params, cache, dh, dc)

    cell = recurrent(nn.LSTMCell, params)
    x, h0, c0 = tensor(x), tensor(h0), tensor(c0)
    state, states = (h0, c0), []
    for x_t in x:
        state = cell(x_t, state)
        states.append(state)
    h_all, c_all = (torch.stack(s) for s in zip(*states, strict=True))
    torch.autograd.backward([h_all, c_all], [torch.tensor(dh), torch.tensor(dc)])
    agree(h, h_all)
    agree(c, c_all)
    agree_on_weights(grads, cell)
    for ours, truth in ((dx, x), (dh0, h0), (dc0, c0)):
        agree(ours, truth.grad)


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_cross_entropy(seed, precision):
    """A loss printed by this course could not be compared with one printed by PyTorch."""
    rng, (N, V), normal = case(seed, 2, precision)
    logits = normal(N, V) * np.asarray([1, 30, 1e-3][seed % 3], precision)
    m, s = rng.integers(V, size=N), rng.uniform()
    smoothed = (1 - s) * np.eye(V, dtype=precision)[m] + np.asarray(s / V, precision)
    q = rng.dirichlet(np.ones(V), size=N).astype(precision)
    smoothed = smoothed.astype(precision)
    for ours, theirs in (
        (m, lambda y: F.cross_entropy(y, torch.tensor(m))),
        (smoothed, lambda y: F.cross_entropy(y, torch.tensor(m), label_smoothing=s)),
        (q, lambda y: F.cross_entropy(y, torch.tensor(q))),
    ):
        y = tensor(logits)
        truth = theirs(y)
        truth.backward()
        loss, dlogits = layers.softmax_cross_entropy(logits, ours)
        agree(loss, truth)
        agree(dlogits, y.grad)


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_softmax(seed, precision):
    """Probabilities and log Σ exp would differ, large logits first of all."""
    _, sizes, normal = case(seed, 3, precision)
    y = normal(*sizes) * np.asarray([1, 300][seed % 2], precision)
    agree(layers.softmax(y), torch.softmax(torch.tensor(y), -1))
    agree(layers.log_sum_exp(y), torch.logsumexp(torch.tensor(y), -1))


@PRECISIONS
@pytest.mark.parametrize("seed", range(6))
def test_conv2d(seed, precision):
    """Notebook 12's "convolution" would not be the one that PyTorch computes under that name."""
    page = {"np": np}
    for cell in course.code(course.read(course.NOTEBOOKS / "12_convolution.ipynb")):
        if cell.source.startswith(("def windows", "def backward")):
            exec(cell.source, page)
    _, (N, C, M, A, B, rows, columns), normal = case(seed, 7, precision)
    w, b, x = normal(M, C, A, B), normal(M), normal(N, C, A + rows - 1, B + columns - 1)
    dy = normal(N, M, rows, columns)
    given = [tensor(value) for value in (w, b, x)]
    y = F.conv2d(given[2], given[0], given[1])
    y.backward(torch.tensor(dy))
    for ours, truth in zip(page["backward"](w, x, dy), given, strict=True):
        agree(ours, truth.grad)


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0, np.inf])
def test_clipping(limit):
    """A reader who clips at the same limit in PyTorch would take steps of another length."""
    _, (M, D), normal = case(0, 2, "float64")
    grads = {"W": normal(M, D), "b": normal(M)}
    clipped, norm = training.clip_by_norm(grads, limit)
    params = [nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads.values()]
    for param, g in zip(params, grads.values(), strict=True):
        param.grad = torch.tensor(g)
    agree(norm, nn.utils.clip_grad_norm_(params, limit))
    # PyTorch divides by norm + 1e-6, so that a norm of 0 divides too; we divide by the norm.
    factor = 1 + 1e-6 / norm if norm > limit else 1
    for ours, param in zip(clipped.values(), params, strict=True):
        agree(ours, param.grad * factor)


# Both add Adam's 1e-8 to the square root, after the correction for the start.
OPTIMISERS = {
    "SGD": (training.SGD(0.1), torch.optim.SGD, {"lr": 0.1}),
    "Adam": (training.Adam(0.01), torch.optim.Adam, {"lr": 0.01}),
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_optimisers(name):
    """The same rate would train a different model here and in PyTorch."""
    ours, kind, options = OPTIMISERS[name]
    rng = np.random.default_rng(0)
    params = {"W": rng.standard_normal((3, 2)), "b": rng.standard_normal(3)}
    theirs = {k: nn.Parameter(torch.tensor(v)) for k, v in params.items()}
    optimiser = kind(theirs.values(), **options)
    for step in range(20):
        # Gradients from 1 down to 1e-9: where they are small, it matters where the 1e-8 stands.
        grads = {k: 10.0 ** -(step % 10) * rng.standard_normal(v.shape) for k, v in params.items()}
        params = ours.step(params, grads)
        for k, param in theirs.items():
            param.grad = torch.tensor(grads[k])
        optimiser.step()
        for k, param in theirs.items():
            agree(params[k], param)
