"""The PyTorch that pages show, run: who copies it would meet an error, or other numbers."""

import itertools
import re
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers import data, layers, lstm, rnn, training
from tools import course

LISTING = re.compile(r"```python\n(.*?)```", re.DOTALL)
T, B, D, H, V = 6, 4, 3, 5, 2


@pytest.fixture(autouse=True)
def same_draws():
    torch.manual_seed(0)


def listings(page):
    """Return the PyTorch listings in a page's text, in order."""
    notebook = course.read(next(course.NOTEBOOKS.glob(f"{page}_*.ipynb")))
    return LISTING.findall("\n\n".join(text for text in course.prose(notebook) if "torch" in text))


def run(code, **names):
    """Run a listing with these names; return all names it leaves."""
    names["torch"] = torch
    exec(code, names)
    return SimpleNamespace(**names)


def agree(ours, theirs, bound=1e-5):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= bound * np.abs(theirs).max()


def test_layer_of_page_02():
    (code,) = listings("02")
    dY = torch.randn(3, 4)
    it = run(code, dY=dY)
    agree((dY.T @ it.X).detach().numpy(), it.layer.weight.grad)
    agree(dY.numpy().sum(axis=0), it.layer.bias.grad)
    agree((dY @ it.layer.weight).detach().numpy(), it.X.grad)


def test_network_of_page_04():
    (code,) = listings("04")
    x, m = torch.randn(T, B, D), torch.randint(V, (T, B))
    it = run(code, x=x, m=m, T=T, B=B, D=D, H=H, V=V)
    W_xh, W_hh, *biases = (weights.detach().numpy() for weights in it.rnn.parameters())
    h, cache = rnn.forward({"W_xh": W_xh, "W_hh": W_hh, "b_h": sum(biases)}, x.numpy())
    W_hy = it.readout.weight.detach().numpy()
    loss, dy = layers.softmax_cross_entropy((h @ W_hy.T).reshape(T * B, V), m.numpy().ravel())
    grads, *_ = rnn.backward(cache["params"], cache, T * dy.reshape(T, B, V) @ W_hy)
    agree(np.array(T * loss), it.loss)
    agree(grads["W_hh"], it.rnn.weight_hh_l0.grad)
    agree(grads["b_h"], it.rnn.bias_ih_l0.grad)
    agree(grads["b_h"], it.rnn.bias_hh_l0.grad)


CUT = "state = state.detach()"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, ""),
        ({CUT: "pass"}, "Trying to backward through the graph a second time"),
        (
            {CUT: "pass", "loss.backward()": "loss.backward(retain_graph=True)"},
            "one of the variables needed for gradient computation has been modified by an inplace",
        ),
    ],
)
def test_chunks_of_page_05(changes, message):
    """The loop runs; without its detach it stops with the words that the page quotes."""
    (code,) = listings("05")
    for old, new in changes.items():
        assert old in code
        code = code.replace(old, new)
    cell, readout = torch.nn.RNN(D, H), torch.nn.Linear(H, V)
    optimizer = torch.optim.SGD([*cell.parameters(), *readout.parameters()], lr=0.1)

    def model(x, targets, state):
        h, last = cell(x, state[None])
        loss = torch.nn.functional.cross_entropy(readout(h).flatten(0, 1), targets.flatten())
        return loss, last[0]

    chunks = [(torch.randn(T, B, D), torch.randint(V, (T, B))) for _ in range(3)]
    names = dict(batch=B, hidden=H, chunks=chunks, model=model, optimizer=optimizer)
    with pytest.raises(RuntimeError, match=message) if message else nullcontext():
        run(code, **names)


def test_lstm_of_page_06():
    (code,) = listings("06")
    it, stored = run(code), data.torch_lstm()
    agree(stored["weight_hh"], it.layer.weight_hh_l0, 1e-12)
    agree(stored["h"], it.h, 1e-12)
    agree(stored["d_weight_hh"], it.layer.weight_hh_l0.grad, 1e-12)
    agree(stored["d_h_0"], it.h_0.grad, 1e-12)


def test_start_and_clipping_of_page_07(capsys):
    start, step = listings("07")
    model = torch.nn.RNN(D, H)
    run(start, model=model)
    W = model.weight_hh_l0.detach()
    agree(np.eye(H, dtype=np.float32), W @ W.T)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = [w.detach().clone() for w in model.parameters()]
    loss = 1e3 * model(torch.randn(T, B, D))[0].square().sum()
    run(step, model=model, optimizer=optimizer, loss=loss)
    moved = [(w - b).square().sum() for w, b in zip(model.parameters(), before, strict=True)]
    assert abs(sum(moved).sqrt().item() - 0.1) < 1e-4  # rate times max_norm
    assert float(capsys.readouterr().out) > 1


def test_step_of_page_09():
    """One masked, clipped step on padded names, against our own; every end must be asked."""
    (code,) = listings("09")
    names = [[0, 1, 3, 2, 0], [0, 2, 0], [0, 3, 3, 0]]
    tokens, mask = training.pad(names)
    cell, readout = torch.nn.RNN(V := 4, H), torch.nn.Linear(H, V)
    optimizer = torch.optim.SGD([*cell.parameters(), *readout.parameters()], lr=0.1)
    W_xh, W_hh, *biases = (w.detach().numpy().copy() for w in cell.parameters())
    W_hy, b_y = (w.detach().numpy().copy() for w in readout.parameters())
    h, cache = rnn.forward({"W_xh": W_xh, "W_hh": W_hh, "b_h": sum(biases)}, np.eye(V)[tokens[:-1]])
    p, one_hot = layers.softmax(h @ W_hy.T + b_y), np.eye(V)[tokens[1:]]
    dy = mask[1:, :, None] * (p - one_hot) / mask[1:].sum()
    grads, *_ = rnn.backward(cache["params"], cache, dy @ W_hy)
    tensors = dict(tokens=torch.tensor(tokens), mask=torch.tensor(mask))
    it = run(code, cell=cell, readout=readout, optimizer=optimizer, V=V, **tensors)
    assert ((it.answers == 0).sum(), (it.answers >= 0).sum()) == (3, mask[1:].sum())
    agree(-(mask[1:, :, None] * one_hot * np.log(p)).sum() / mask[1:].sum(), it.loss)
    got = [w.grad for w in (*cell.parameters(), *readout.parameters())]
    ours = [grads["W_xh"], grads["W_hh"], grads["b_h"], grads["b_h"]]
    ours += [np.tensordot(dy, h, axes=((0, 1), (0, 1))), dy.sum(axis=(0, 1))]
    norm = np.sqrt(sum((g**2).sum() for g in ours))
    for g, theirs in zip(ours, got, strict=True):
        agree(g / max(norm, 1), theirs)
    agree(W_hy - 0.1 * ours[4] / max(norm, 1), readout.weight)


def test_chrono_start_of_page_10():
    """At zero input and state, gates of chosen time scales: f = 1 - 1/tau, i = 1/tau."""
    code, _ = listings("10")
    it = run(code, D=D, H=200)
    biases = (it.lstm.bias_ih_l0 + it.lstm.bias_hh_l0).detach()
    i, f, _, _ = biases.reshape(4, 200).sigmoid()
    tau = 1 / i
    agree((1 - i).numpy(), f)
    assert tau.min() > 1.99 and tau.max() < 64.01 and 30 < tau.mean() < 36


def test_shares_of_page_10():
    """The shares of the gradient by lag, against our own sweep back."""
    _, code = listings("10")
    layer, readout = torch.nn.LSTM(2, H), torch.nn.Linear(H, 2)
    x = torch.randn(T, B, 2)
    W_x, W_h, *biases = (w.detach().numpy() for w in layer.parameters())
    params = {"W_x": W_x, "W_h": W_h, "b": sum(biases)}
    (h, _), cache = lstm.forward(params, x.numpy())
    dh = np.zeros_like(h)
    dh[-1] = np.array([-1, 1]) @ readout.weight.detach().numpy()
    norms = np.linalg.norm(lstm.backward(params, cache, dh)[1], axis=2).mean(axis=1)
    it = run(code, lstm=layer, readout=readout, x=x)
    agree(np.flip(norms) / norms.sum(), it.shares)


def test_healthy_twin_of_page_11():
    """What it calls the truth must be the gradients that the page's own twin finds."""
    (code,) = listings("11")
    it = run(code)
    W_x, W_h, b, x, u = (v.detach().numpy() for v in (it.W_x, it.W_h, it.b, it.x, it.u))
    rows = np.eye(len(b))  # one more input for each row of a_t, always 0: its gradient is da_t
    params = {"W_x": np.hstack([W_x, rows]), "W_h": W_h, "b": b}
    _, cache = lstm.forward(params, np.concatenate([x, np.zeros((*x.shape[:2], len(b)))], axis=2))
    grads, dx = lstm.backward(params, cache, u)[:2]
    agree(grads["W_x"][:, : x.shape[-1]], it.W_x.grad, 1e-12)
    agree(grads["W_h"], it.W_h.grad, 1e-12)
    agree(grads["b"], it.b.grad, 1e-12)
    agree(dx[..., x.shape[-1] :], it.nudge.grad, 1e-12)


def test_random_cuts_of_page_14():
    """Over all tosses the mean of its gradients must be the one without a cut."""
    (code,) = listings("14")
    run(code)
    cell, xs, pi = torch.nn.RNNCell(8, 16), torch.randn(4, 10, 8), 5 / 6
    for old, new in {"torch.nn.RNNCell(8, 16)": "cell", "torch.randn(24, 10, 8)": "xs",
                     "torch.rand(()) < pi": "next(coins)"}.items():  # fmt: skip
        assert old in code
        code = code.replace(old, new)
    mean = torch.zeros(16, 16)
    for tosses in itertools.product((True, False), repeat=4):
        cell.zero_grad()
        run(code, cell=cell, xs=xs, coins=iter(tosses))
        mean += np.prod([pi if stays else 1 - pi for stays in tosses]) * cell.weight_hh.grad
    cell.zero_grad()
    run(code.replace("h.detach()", "h").replace("next(coins)", "True"), cell=cell, xs=xs)
    agree(mean.numpy(), cell.weight_hh.grad)


def test_every_listing_is_run():
    """A page's new listing would stand there untried."""
    shown = {path.name[:2] for path in course.paths() if listings(path.name[:2])}
    assert shown == {"02", "04", "05", "06", "07", "09", "10", "11", "14"}
