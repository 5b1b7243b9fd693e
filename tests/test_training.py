"""Training: steps follow their formulas, padding costs nothing, a stop loses nothing."""

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import layers, rnn, training
from helpers.gradcheck import complex_step

GRADS = {"W": np.array([[3.0, 0.0], [0.0, 4.0]]), "b": np.array([12.0])}  # global norm 13


def test_clipping_by_norm_keeps_the_direction():
    """Clipping must shorten the step, never turn it; below the limit it must do nothing."""
    clipped, norm = training.clip_by_norm(GRADS, 6.5)
    assert norm == pytest.approx(13)
    assert training.clip_by_norm(clipped, 1.0)[1] == pytest.approx(6.5)
    assert np.allclose(clipped["W"], GRADS["W"] / 2)
    assert training.clip_by_norm(GRADS, 13.0)[0] is GRADS


def test_optimisers_take_the_first_steps_of_their_formulas():
    """A reader who compares a step with the paper's formula must find the same number."""
    params, grads = {"w": np.array([1.0, -2.0])}, {"w": np.array([0.5, -0.1])}
    assert np.allclose(training.SGD(0.1).step(params, grads)["w"], [0.95, -1.99])
    adam = training.Adam(0.1)
    one = adam.step(params, grads)
    assert np.allclose(one["w"], [0.9, -1.9])
    assert np.allclose(adam.step(one, grads)["w"], one["w"] - 0.1 * np.sign(grads["w"]))
    assert (params["w"] == [1.0, -2.0]).all()


def masked_loss(params, tokens, mask):
    x = np.eye(3)[tokens[:-1]]
    cell = {k: params[k] for k in ("W_xh", "W_hh", "b_h")}
    h, cache = rnn.forward(cell, x)
    T, B, H = h.shape
    logits = (h @ params["W_hy"].T).reshape(T * B, 3)
    real = mask[1:].reshape(-1) > 0
    loss, dreal = layers.softmax_cross_entropy(logits[real], tokens[1:].reshape(-1)[real])
    dlogits = np.zeros_like(logits)
    dlogits[real] = dreal
    grads, _, _ = rnn.backward(cell, cache, (dlogits @ params["W_hy"]).reshape(T, B, H))
    return loss, {**grads, "W_hy": dlogits.T @ h.reshape(T * B, H)}


def test_padding_contributes_neither_loss_nor_gradient():
    """If padding leaked, a model would learn from letters that no name contains."""
    rng = np.random.default_rng(0)
    params = {**rnn.init(3, 4, rng), "W_hy": rng.normal(size=(3, 4))}
    names = [[0, 1, 2, 2, 1], [0, 2], [0, 1, 1]]
    tokens, mask = training.pad(names)
    loss, grads = masked_loss(params, tokens, mask)
    alone = [masked_loss(params, *training.pad([name])) for name in names]
    weights = np.array([len(name) - 1 for name in names]) / sum(len(n) - 1 for n in names)
    assert loss == pytest.approx(sum(w * one[0] for w, one in zip(weights, alone, strict=True)))
    for key in grads:
        total = sum(w * one[1][key] for w, one in zip(weights, alone, strict=True))
        assert np.allclose(grads[key], total, rtol=1e-12, atol=1e-14)
    other = np.where(mask > 0, tokens, 2)
    assert masked_loss(params, other, mask)[0] == loss
    truth = complex_step(
        lambda W: masked_loss({**params, "W_hh": W}, tokens, mask)[0], params["W_hh"]
    )
    assert np.allclose(grads["W_hh"], truth, rtol=1e-9)


def test_an_epoch_uses_every_sequence_once():
    """A sampler that forgot sequences would make the reader's own text partly unseen."""
    sequences = [[n, n] for n in range(10)]
    seen = [tokens for tokens, _ in training.batches(sequences, 4, 6, np.random.default_rng(1))]
    assert [tokens.shape[1] for tokens in seen] == [4, 4, 2, 4, 4, 2]
    assert sorted(np.concatenate([t[0] for t in seen[:3]])) == list(range(10))
    assert sorted(np.concatenate([t[0] for t in seen[3:]])) == list(range(10))


def test_a_score_in_parts_is_that_of_the_whole():
    """A long text would be scored by its padding, or by the size of the last part."""
    rng = np.random.default_rng(3)
    params = {**rnn.init(3, 4, rng), "W_hy": rng.normal(size=(3, 4))}
    texts = [rng.integers(0, 3, n) for n in rng.integers(2, 40, size=900)]
    parts = []

    def loss(params, batch):
        parts.append(batch[0].size)
        return masked_loss(params, *batch)[0]

    whole = masked_loss(params, *training.pad(texts))[0]
    assert training.score(loss, params, texts) == pytest.approx(whole, rel=1e-12)
    assert len(parts) > 2 and max(parts) <= 8000


def quadratic(params, batch):
    return float((params["w"] ** 2).sum()), {"w": 2 * params["w"]}


def test_fit_descends_and_records(capsys):
    """The curves in the notebooks are this history."""
    params = {"w": np.array([3.0, 4.0])}
    history = training.fit(quadratic, params, range(99), training.SGD(0.1), steps=30, clip=5.0)
    assert history["loss"].shape == history["norm"].shape == (30,)
    assert history["norm"][0] == pytest.approx(10)
    assert history["clipped"][0] and not history["clipped"][-1]
    assert (np.diff(history["loss"]) < 0).all()
    assert capsys.readouterr().err == ""


def test_watch_sees_every_step_and_may_slow_the_training():
    """Snapshots during training, and the rate that falls in stages, come from here."""
    seen, optimiser = {}, training.SGD(0.25)

    def watch(n, params):
        seen[n] = dict(params)
        optimiser.rate = 0.1

    params = {"w": np.array([1.0])}
    training.fit(quadratic, params, range(9), optimiser, steps=3, watch=watch)
    assert [seen[n]["w"][0] for n in (1, 2, 3)] == pytest.approx([0.5, 0.4, 0.32])


def test_interruption_keeps_the_model_so_far(capsys):
    """A reader who presses stop after ten minutes must not lose ten minutes."""
    calls = []

    def until_seven(params, batch):
        calls.append(batch)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return quadratic(params, batch)

    params = {"w": np.array([1.0])}
    history = training.fit(until_seven, params, range(99), training.SGD(0.1), steps=50)
    assert len(history["loss"]) == 7
    assert params["w"][0] == pytest.approx(0.8**7)
    assert "Stopped after 7 of 50 steps" in capsys.readouterr().out


def test_divergence_is_named_and_the_last_model_kept():
    """Silent nan is the most common way to lose an evening."""
    params = {"w": np.array([1.0])}
    broken = iter([1.0, np.nan])
    with pytest.raises(FloatingPointError, match="lower the rate or clip"):
        training.fit(
            lambda p, b: (next(broken), {"w": p["w"]}), params, range(9), training.SGD(0.1), steps=9
        )
    assert params["w"][0] == pytest.approx(0.9)


def test_a_shortage_of_batches_is_said(capsys):
    """A reader who asks for 50 steps and gets 5 would think that training was quick."""
    history = training.fit(quadratic, {"w": np.ones(1)}, range(5), training.SGD(0.1), steps=50)
    assert len(history["loss"]) == 5
    assert "Stopped after 5 of 50 steps: data has no more" in capsys.readouterr().out


class Screen(io.StringIO):
    """A terminal that shows only ASCII."""

    encoding, isatty = "ascii", lambda self: True


def test_progress_is_shown_where_someone_looks_and_never_on_stderr(monkeypatch, capsys):
    """A page would store red remains of a bar, or a terminal stop at a character it lacks."""
    screen = Screen()
    for setting in ("off", ""):
        monkeypatch.setenv("COURSE_PROGRESS", setting)
        for stdout in (io.StringIO(), screen):
            monkeypatch.setattr(sys, "stdout", stdout)
            training.fit(quadratic, {"w": np.ones(1)}, range(9), training.SGD(0.1), steps=9)
            shown = stdout.getvalue()
            assert bool(shown) == (stdout is screen and setting == "")
    assert "9 of 9 steps, loss 0." in shown and shown.endswith("\n")
    assert capsys.readouterr().err == ""


def test_progress_in_a_notebook_is_one_output_of_plain_text(monkeypatch):
    """Reopened, the page would show "model not found"; re-executed, an output no one stored."""
    shell, published = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=True)), []
    monkeypatch.setenv("COURSE_PROGRESS", "")
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    display = "IPython.core.display_functions.publish_display_data"
    monkeypatch.setattr(display, lambda **message: published.append(message))
    monkeypatch.setattr("IPython.core.interactiveshell.InteractiveShell.initialized", lambda: True)
    training.fit(quadratic, {"w": np.ones(1)}, range(9), training.SGD(0.1), steps=9)
    first, *others = published
    assert not first.get("update") and all(one["update"] for one in others)
    assert {tuple(one["data"]) for one in published} == {("text/plain",)}
    assert "9 of 9 steps" in published[-1]["data"]["text/plain"]
    shell.kernel._allow_stdin = False
    published.clear()
    training.fit(quadratic, {"w": np.ones(1)}, range(9), training.SGD(0.1), steps=9)
    assert published == []
