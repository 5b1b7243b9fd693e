"""The judge accepts what is right, refuses all else, and says nothing that it has not tested."""

import ast
import contextlib
import csv
import functools
import importlib
import inspect
import itertools
import json
import re
import shutil
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

import exercises
from exercises import __main__ as grading
from exercises import inputs, judge, slips
from exercises.slips import Exercise

judge.clock = time.process_time  # a verdict must not depend on what else the machine does
ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem[1:] for path in (ROOT / "exercises").glob("p[0-9][0-9].py"))
ALL = {number: e for page in PAGES for number, e in slips.load(page).items()}
PAIRS, PASSED = 2, 40  # so many pairs of slips are tried as answers, and looked at for acceptance
AGAIN_TRIED = 4  # so many slips of an exercise that shares its solution with one before it

# Changes of a solution that leave what it computes as it is, and why.
VECTOR = "a vector has no transpose"
BOOLEAN = "True squared is True"
LENGTH = "all these arrays are equally long"
DIAGONAL = "diagonal matrices commute, and their largest entry is every norm"
MASK = "of 0 and 1 the squares are 0 and 1"
SQUARE = "only the square of it is used"
VALUE = "both names hold the same value there"
AGAIN = "done again, it changes nothing"
TURNED = "the two may be exchanged everywhere"
SAME = {
    "1.1": {"(du) * (x == y) ** 2": BOOLEAN, "(du) * (x > y) ** 2": BOOLEAN,
            "(du) * (y > x) ** 2": BOOLEAN},
    "1.3": {"de -> dv": VALUE, "dv -> de": VALUE, "[ds, de, dv, dn, dx]": VALUE},
    "1.4": {"([0]) * (n) ** 2": "a longer list is never read further", "n -> local": LENGTH,
            "output -> ready": VALUE, "range(n + 1)": "a longer list is never read further"},
    "2.1": {"(dh) * (h > 0) ** 2": BOOLEAN},
    "2.3": {"tuple(tuple((k for k, size in enumerate(shape) if size == 1)))": AGAIN,
            "tuple(tuple(range(new)))": AGAIN},
    "2.4": {"(mu) - (x)": "it is squared"},
    "3.2": {"(p) @ (dp)": "the sum of one number is that number"},
    "3.4": {"Y -> targets": LENGTH},
    "4.2": {"(W_hy.T) @ (dy_t).T": VECTOR, "(W_hh.T) @ (da_next).T": VECTOR,
            "W_hh -> da_next": TURNED, "W_hy -> dy_t": TURNED},
    "4.3": {"(W_hh.T) @ (da).T": VECTOR, "h -> dh": LENGTH, "h -> from_loss": LENGTH},
    "4.4": {f"({W}) @ ({v}).T": VECTOR for W, v in (
                ("W_xh", "x[t]"), ("W_hh", "h[t - 1]"), ("W_hy", "h[t]"), ("W_hy.T", "dy"),
                ("W_hh.T", "da"))}
           | {"x -> targets": LENGTH, "T -> t": VALUE, "dh_0 -> carry": VALUE,
              "dh_0 += carry": "it is 0 before"},
    "5.1": {"(past) ** 2 * (t - k < tau)": BOOLEAN, "(past) * (t - k < tau) ** 2": BOOLEAN,
            "(past) ** 2 * (k >= first)": BOOLEAN, "(past) * (k >= first) ** 2": BOOLEAN,
            "past -> window": "each chunk lies in the window of its loss"},
    "5.2": {"b -> c": LENGTH, "b -> a": LENGTH, "np.prod(np.prod(c[i + 1:t + 1]))": AGAIN,
            "np.prod(np.prod(c[1:t + 1]))": AGAIN},
    "5.3": {f"({W}) @ ({v}).T": VECTOR for W, v in (
                ("W_xh", "x[t]"), ("W_hh", "before"), ("W_hy", "h[t]"), ("W_hy.T", "dy"),
                ("W_hh.T", "da"))}
           | {"x -> targets": LENGTH, "T -> t": VALUE, "dh_0 -> carry": VALUE,
              "dh_0 += carry": "it is 0 before"},
    "6.2": {f"dc -> {name}": LENGTH for name in ("c", "dh", "f", "o")} | {"dh -> o": TURNED},
    "6.4": {"(W_h.T) @ (da).T": VECTOR, "dh_above -> from_h": TURNED},
    "7.2": {"np.linalg.norm(np.linalg.norm(whole))": "the norm of a number is its size"},
    "7.3": {"(lam) * (np.eye(2)) ** 2": MASK, "(s) * (np.eye(2, k=1)) ** 2": MASK},
    "8.1": {"(line) * (J_t[:H, :H])": DIAGONAL, "(J_t[:H, :H]) @ (line)": DIAGONAL,
            "(line).T @ (J_t[:H, :H])": DIAGONAL, "(line) @ (J_t[:H, :H]).T": DIAGONAL,
            "1": DIAGONAL, "-1": "all steps have one size"},
    "8.3": {"(J_l.T) @ (found[-1]).T": VECTOR},
    "9.1": {"(mask) ** 2 * (losses)": MASK},
    "9.2": {"[V, V]": VALUE},
    "9.3": {"(mask[:, :, None]) ** 2 * (d)": MASK},
    "10.2": {"(low) - (high)": SQUARE, "low -> high": TURNED},
    "10.3": {"(climatology) - (temperatures)": SQUARE, "(a[t - k]) - (a[t])": SQUARE
             },
    "10.4": {"b_y -> W_hy": LENGTH},
    "6.5": {f"(W_h{k}.T) @ (da_{k}).T": VECTOR for k in "rzn"},
    "12.2": {"w -> dy": TURNED},
    "12.4": {"w -> dw": LENGTH},
    "14.1": {f"b -> {name}": LENGTH for name in ("c", "coins", "pi", "stays", "xi", "z")},
}  # fmt: skip

TWICE = {"sorted(sorted(da))": AGAIN, "np.array(np.array([da[t] for t in sorted(da)]))": AGAIN,
         "np.array(np.array([h[t - 1] for t in sorted(da)]))": AGAIN}  # fmt: skip
LSTM = TWICE | {
    "x -> h": LENGTH, "x -> dh": LENGTH, "x -> c": LENGTH, "[da, from_c, from_h]": VALUE,
    "[{}, 0.0, 0.0]": VALUE, "(p['W_h'].T) @ (da[t]).T": VECTOR,
    "[h[t - 1] for t in sorted(da)]": "a product takes a list as well",
} | {f"da -> {gate}": "they have the same steps as keys" for gate in "ifgo"}  # fmt: skip
BATCH = TWICE | {"x -> h": LENGTH, "x -> dh": LENGTH, "2": "any negative size is worked out"}
RNN = BATCH | {"(da[t]).T @ (p['W_hh'])": VECTOR, "rows -> a": VALUE, "a -> rows": VALUE,
               "rows -> da": LENGTH}  # fmt: skip
SAME |= {f"11.{k}": kind for k, kind in enumerate([LSTM] * 5 + [RNN] * 2 + [BATCH], 1)}


@pytest.fixture
def sample(request):
    """Return so many of a list, the same in every run; all of them with ``--every``."""

    def some(of, count, number):
        rng = np.random.default_rng([ord(c) for c in number])
        few = sorted(rng.permutation(len(of))[:count])
        return of if request.config.getoption("--every") else [of[k] for k in few]

    return some


@pytest.fixture
def patient(monkeypatch):
    """Wait longer for answers and for explanations: the machine may do other things besides."""
    for name, seconds in ("SEARCH", 30.0), ("SECONDS", 20.0), ("HURRY", 10.0):
        monkeypatch.setattr(judge, name, seconds)


@functools.cache
def telling(text, make_inputs, number):
    """Return the inputs that exercises with the same solution share; what refuses comes forward."""
    return list(judge.truths(ALL[number], 0))


@functools.cache
def accepted(text, make_inputs, edits):
    """Say whether a wrong solution gives the truth on all inputs; each is tried once."""
    number = min(n for n, e in ALL.items() if (e.text, e.inputs) == (text, make_inputs))
    function, cases = ALL[number].make(*edits), telling(text, make_inputs, number)
    for k, case in enumerate(cases):
        run = judge.again(function, case, ALL[number])
        if not all(map(run.right, case.true)):
            cases.insert(0, cases.pop(k))
            return False
    return function is not None


@pytest.mark.parametrize("number", ALL)
def test_the_solution_passes_and_a_stub_is_not_tried(number):
    """The right answer must be called right, and an untouched stub must not be called wrong."""
    for seed in (0, 1):
        found = exercises.verdict(number, ALL[number].truth, seed)
        assert found.done and found.points == 1 and found.words == "correct."
    for stub in (..., lambda *args: ...):
        found = exercises.verdict(number, stub)
        assert not found.done and found.points == 0 and found.words == "not tried yet."
    assert len(ALL[number].cases()) >= 30


@pytest.mark.parametrize("number", ALL)
def test_every_small_change_of_the_solution_is_refused(number):
    """A judge that accepts a lost factor teaches that the factor does not matter."""
    exercise, equal = ALL[number], set()
    for change, edits in exercise.small:
        odd = change.wide and not change.edit[2].isidentifier()  # only there to explain answers
        if not odd and accepted(exercise.text, exercise.inputs, (edits,)):
            start, end, new = change.edit
            new = new[1:-1] if new[0] + new[-1] == "()" else new
            equal.add(f"{exercise.text[start:end]} -> {new}" if change.wide else new)
    assert equal == set(SAME.get(number, {}))


@pytest.mark.parametrize("number", ALL)
def test_every_slip_is_named_and_no_other(number, patient, sample):
    """A learner who drops f_{t+1} must hear about f_{t+1}, not about a transpose."""
    exercise = ALL[number]
    assert exercise.title and exercise.slips
    assert len({slip.words for slip in exercise.slips}) == len(exercise.slips)
    first = min(n for n, e in ALL.items() if e.solution is exercise.solution)
    met = [slip.words for slip in ALL[first].slips] if first != number else []
    once = [way for way in exercise.known if way[0].words not in met]
    twice = [way for way in exercise.known if way[0].words in met]
    for slip, edits in once + sample(twice, AGAIN_TRIED, number):
        found = exercises.verdict(number, exercise.make(edits))
        assert found.slips == (slip.words,)
        assert not found.done and slip.words in found.words and slip.see in found.words


@pytest.mark.parametrize("number", ALL)
def test_two_slips_at_once_are_named_together(number, patient, sample):
    """Real answers go wrong twice; each of the two must be named, or one that does the same."""
    exercise = ALL[number]
    pairs = [
        (one[1], other[1])
        for one, other in itertools.combinations(exercise.known, 2)
        if one[0] is not other[0]
    ]
    pairs = [pair for pair in sample(pairs, PASSED, number) if exercise.make(*pair)]
    assert not any(accepted(exercise.text, exercise.inputs, pair) for pair in pairs)
    for pair in sample(pairs, PAIRS, number):
        found = exercises.verdict(number, exercise.make(*pair))
        assert not found.done
        # Of two that only ever stop, nothing can be compared but the words of the error.
        assert found.slips or "stops" in found.words


@pytest.mark.parametrize("prefix", PAGES)
def test_sections_to_re_read_and_checks_exist_on_the_page(prefix):
    """'Re-read' must lead to a heading of that page, and each exercise must be asked there."""
    (path,) = (ROOT / "notebooks").glob(f"{prefix}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    headings = re.findall(r"(?m)^#{2,4} (.+)$", "\n".join(c.source for c in cells))
    code = "\n".join(c.source for c in cells if c.cell_type == "code")
    for number, exercise in slips.load(prefix).items():
        assert {slip.see for slip in exercise.slips} <= set(headings)
        assert code.count(f'exercises.check("{number}"') == 1


# ---- right answers in other forms ----


def _lstm_by_einsum(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
    i, f, g, o = gates
    W = W_h.reshape(4, len(i), len(i))
    dh = dh_above + from_h
    dc = from_c + dh * o / np.cosh(c_t) ** 2
    da = np.stack([dc * g * (i - i**2), dc * c_past * (f - f**2), dc * i * (1 - g * g),
                   dh * np.tanh(c_t) * (o - o**2)])  # fmt: skip
    back = {"to_h": np.einsum("kij,ki->j", W, da), "to_c": dc * f}
    return back | dict(zip("ifgo", da, strict=True))


def _edges_by_matrix(n, edges, local, output):
    """Sum over all paths by back substitution in a depth-first order of the graph."""
    order, state, stack = [], [0] * n, [output]
    into = [[] for _ in range(n)]
    for (v, w), slope in zip(edges, local, strict=True):
        into[w].append((v, slope))
    while stack:
        w = stack[-1]
        if state[w] == 0:
            state[w] = 1
            stack += [v for v, _ in into[w] if state[v] == 0]
        else:
            stack.pop()
            if state[w] == 1:
                state[w] = 2
                order.append(w)
    grads = [0.0] * n
    grads[output] = 1.0
    for w in order[::-1]:
        for v, slope in into[w]:
            grads[v] += slope * grads[w]
    return grads


def _softmax_by_lists(y):
    e = [np.exp(v - max(y)) for v in y]
    return [v / sum(e) for v in e]


def _dY_by_rows(Y, targets, tau):
    out = np.empty_like(Y)
    for k, (y, m) in enumerate(zip(Y, targets, strict=True)):
        z = y / tau - np.logaddexp.reduce(y / tau)
        out[k] = np.exp(z) - (np.arange(len(y)) == m)
    return out / len(Y) / tau


def _routes_by_gates(J):
    H = J.shape[1] // 2
    f = np.diagonal(J, axis1=1, axis2=2)[::-1, :H]
    every = itertools.accumulate(J[::-1], np.matmul, initial=np.eye(2 * H))
    return np.append(1, f.cumprod(axis=0).max(axis=1)), [
        np.sqrt(np.linalg.eigvalsh(M[:H, :H] @ M[:H, :H].T).max()) for M in every
    ]


def _anomalies(years, sea, last, k):
    """Yield the errors of climatology and of persistence, by months counted from the first year."""
    known = [row for year, row in zip(years, sea, strict=True) if year <= last]
    means = [sum(column) / len(known) for column in zip(*known, strict=True)]
    a = {12 * n + m: v - means[m] for n, row in enumerate(sea) for m, v in enumerate(row)}
    months = [t for t in a if t >= 12 * len(known)]
    yield np.array([a[t] for t in months])
    yield np.array([a[t] - a[t - k] for t in months])


def _swept(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets, tau=None):
    """Each loss sent back by itself, through Jacobians; with tau, no further than its chunk."""
    T, H = len(x) - 1, len(h_0)
    h, J, d = [h_0], [], {"dW_xh": 0, "dW_hh": 0, "db_h": 0, "dW_hy": 0, "dh_0": np.zeros(H)}
    for t in range(1, T + 1):
        g = np.tanh(W_xh @ x[t] + W_hh @ h[-1] + b_h)
        h.append((1 - alpha) * h[-1] + alpha * g)
        J.append(((1 - alpha) * np.eye(H) + alpha * W_hh.T * (1 - g**2), alpha * (1 - g**2)))
    for t in range(1, T + 1):
        y = W_hy @ h[t] - targets[t]
        back, first = y @ W_hy, (t - 1) // tau * tau if tau else 0
        d["dW_hy"] += np.einsum("v,h->vh", y, h[t])
        for k in range(t - 1, first - 1, -1):
            da = back * J[k][1]
            d["dW_xh"] += np.einsum("h,d->hd", da, x[k + 1])
            d["dW_hh"] += np.einsum("h,d->hd", da, h[k])
            d["db_h"] = d["db_h"] + da
            back = J[k][0] @ back
        d["dh_0"] += back * (first == 0)
    return d


def _by_closed_form(x, gamma, dy, epsilon):
    n = x.shape[1]
    root = np.sqrt(x.var(axis=1) + epsilon)[:, None]
    z = (x - x.mean(axis=1)[:, None]) / root
    J = (np.eye(n) - 1 / n - z[:, :, None] * z[:, None] / n) / root[:, :, None]
    return np.einsum("nij,ni->nj", J, dy * gamma), np.einsum("nj,nj->j", dy, z), sum(dy)


def _axis_by_axis(dy, shape):
    while dy.ndim > len(shape):
        dy = dy.sum(axis=0)
    for axis, size in enumerate(shape):
        dy = dy.sum(axis=axis, keepdims=True) if size < dy.shape[axis] else dy
    return dy


def _batch_by_einsum(p, x, states, dh):
    (h,) = states
    past, now = (np.array([h[k] for k in range(n, len(x) - 1 + n)]) for n in (0, 1))
    a = [np.zeros_like(dh[0])]
    for u, v in zip(dh[:0:-1], now[::-1], strict=True):
        a.append((u + np.einsum("bh,hk->bk", a[-1], p["W_hh"])) * (1 - v) * (1 + v))
    a = np.array(a[:0:-1])
    return {"b_h": np.einsum("tbh->h", a), "W_hh": np.einsum("tbh,tbk->hk", a, past),
            "W_xh": np.einsum("tbh,tbd->hd", a, x[1:]), "a": a.tolist()}  # fmt: skip


def _by_windows(dy, w):
    around = np.pad(dy, [(n - 1, n - 1) for n in w.shape])
    view = np.lib.stride_tricks.sliding_window_view(around, w.shape)
    return np.einsum("ijab,ab->ij", view, w[::-1, ::-1])


FORMS = [
    ("0.1", lambda x: np.float32(3) * np.float32(x) * np.float32(x)),
    ("2.1", lambda h, dh: np.where(h == 0, 0, dh)),
    ("2.1", lambda h, dh: np.float32(np.sign(h)) * np.float32(dh)),
    ("2.2", lambda x, W, dy: (np.einsum("ki,kj->ij", x, dy), [sum(row) for row in dy.T],
        (W @ dy.T).T)),
    ("2.3", _axis_by_axis),
    ("2.4", _by_closed_form),
    ("4.1", lambda da, x: sum(np.outer(d, v) for d, v in zip(da, x, strict=True)).tolist()),
    ("4.1", lambda da, x: np.float32(da).T @ np.float32(x)),
    ("4.2", lambda W_hy, W_hh, dy_t, da_next: np.concatenate([dy_t, da_next])
        @ np.concatenate([W_hy, W_hh])),
    ("4.3", lambda W_hh, h, from_loss: [
        sum(np.linalg.multi_dot([np.eye(len(W_hh)), *((W_hh.T * (1 - h[k] ** 2))
             for k in range(t + 1, j + 1)), from_loss[j]])
             for j in range(t, len(h))) for t in range(len(h))]),
    ("4.4", _swept),
    ("5.1", lambda T, tau: ([[t - tau < k <= t for k in range(T)] for t in range(T)],
        [[k // tau == t // tau and k <= t for k in range(T)] for t in range(T)])),
    ("5.2", lambda b, c, a_0: functools.reduce(
        lambda a, row: [*a, row[0] + row[1] * a[-1]], zip(b[1:], c[1:], strict=True), [a_0])),
    ("5.3", lambda *args: _swept(*args[:6], 1.0, *args[6:])),
    ("14.1", lambda b, c, coins, pi: [sum(
        b[k] * np.prod(np.where(coins < pi, c / pi, 0)[k + 1 : t + 1]) for k in range(1, t + 1))
        for t in range(len(b))]),
    ("1.1", lambda x, y, du: [du * np.heaviside(x - y, 0.5), du * np.heaviside(y - x, 0.5)]),
    ("1.2", lambda a, b: (a * b**-1, b**-1.0, -(a / b) / b)),
    ("1.3", lambda x, du: (du * x, -du * x / (1 + np.exp(-x)) ** 2, -du * x / (1 + np.exp(-x)) ** 2,
                           -du * x * np.exp(-x) / (1 + np.exp(-x)) ** 2,
                           du / (1 + np.exp(-x)) * (1 + x / (1 + np.exp(x))))),
    ("1.4", _edges_by_matrix),
    ("3.1", _softmax_by_lists),
    ("3.1", lambda y: np.exp(y - np.logaddexp.reduce(y))),
    ("3.2", lambda S, dS: (np.diag(S) - np.outer(S, S)) @ dS),
    ("3.2", lambda S, dS: S * dS - S * (S @ dS)),
    ("3.3", lambda y, m, epsilon: np.exp(y - np.logaddexp.reduce(y)) - epsilon / len(y)
        - (1 - epsilon) * (np.arange(len(y)) == m)),
    ("3.4", _dY_by_rows),
    ("6.1", lambda dh_t, c_t, o_t: [d * np.tanh(c) * o * (1 - o)
        for d, c, o in zip(dh_t, c_t, o_t, strict=True)]),
    ("6.1", lambda *v: (np.float32(v[0]) * np.tanh(np.float32(v[1])) * np.float32(v[2])
        * (1 - np.float32(v[2])))),
    ("6.2", lambda dh, c, o, f: np.stack([
        sum((dh[k] * o[k] / np.cosh(c[k]) ** 2 * np.prod(f[t + 1 : k + 1], axis=0)
             for k in range(t, len(dh))), np.zeros(dh.shape[1])) for t in range(len(dh))])),
    ("6.3", lambda W: W.reshape(4, -1, *W.shape[1:])[[0, 2, 3, 1]].reshape(W.shape)),
    ("6.4", _lstm_by_einsum),
    ("7.3", lambda k, peak: (peak ** (1 / k) * np.eye(k + 1, k=-1)).tolist()),
    ("8.1", _routes_by_gates),
    ("9.4", lambda w, dw, r, s, k, rate: ALL["9.4"].truth(*np.float32([w, dw, r, s]), k, rate)),
    ("11.8", _batch_by_einsum),
    ("12.1", lambda x, dy: np.einsum("nabij,nij->ab", np.lib.stride_tricks.sliding_window_view(
        x, dy.shape[1:], axis=(1, 2)), dy)),
    ("12.2", _by_windows),
    ("12.2", lambda dy, w: _by_windows(np.float32(dy), np.float32(w))),
    ("12.3", lambda dy, size: np.kron(dy, np.full((size, size), size**-2.0))),
    ("10.3", lambda years, sea, last, k: [np.linalg.norm(e) / len(e) ** 0.5 for e in
        _anomalies(years, sea, last, k)]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer"), FORMS)
def test_right_answers_in_other_forms_are_accepted(number, answer):
    """A right answer that is refused costs more trust than a wrong one that passes."""
    assert exercises.verdict(number, answer).words == "correct."


# ---- kinds of wrong answers that an earlier judge met badly ----


def _both_lost(dh_above, from_h, from_c, *rest):
    return ALL["6.4"].truth(dh_above, 0 * from_h, 0 * from_c, *rest)


def _partly(*args):
    right = ALL["6.4"].truth(*args)
    return right | {"g": ..., "f": args[3][1] * right["f"]}


def _deep(n, edges, local, output):
    """Recursion, and wrong already on small graphs."""

    def grad(v):
        users = [(w, s) for (u, w), s in zip(edges, local, strict=True) if u == v]
        return 1.0 if v == output else sum(grad(w) * s * 2 for w, s in users)

    return np.array([grad(v) for v in range(n)])


MET = [
    ("1.1", lambda x, y, du: (du * (abs(x) > abs(y)), du * (abs(y) > abs(x))), "absolute values"),
    ("1.1", lambda x, y, du: (du * (x > 0), du * (y > 0)), "compared each input with 0"),
    ("3.3", ("y - y.max()", "y"), "overflows"),
    ("3.3", ("softmax(y) - q", "(softmax(y) - q) * softmax(y) * (1 - softmax(y))"), r"p \(1 − p\)"),
    ("3.4", ("Y - Y.max(axis=1, keepdims=True)", "Y"), "overflows"),
    ("3.4", ("P[np.arange(N), targets]", "P[:, targets]"), "its own target"),
    ("1.4", lambda n, edges, local, output: sum(ALL["1.4"].truth(n, edges, local, k)
        for k in set(range(n)) - set(edges[:, 0].tolist())), "starts at output alone"),
    ("1.4", _deep, r"On one input that fails|is 2 times"),
    ("6.4", _both_lost, "Two things at once.*(hidden line.*cell line|cell line.*hidden line)"),
    ("6.4", ("g**2", "np.tanh(g) ** 2"), "squashed the candidate a second time"),
    ("6.4", ("dh_above + from_h", "from_h"), "loss of step t itself is lost"),
    ("6.4", ("* f * (1 - f)", "* f"), "used f_t itself as the slope"),
    ("6.4", ("W_h.T", "W_h"), "many; look at the order.*transpose is missing"),
    ("6.5", ("s * r", "W_hn.T @ (da_n * r)"), "before W_hnᵀ"),
    ("6.4", _partly, r"4 of 6 parts right \(o, i, to_h, to_c\).*is f; not tried yet: g"),
    ("7.2", ("limit / norm", "limit / np.linalg.norm(g)"), "each array by its own norm"),
    ("7.3", lambda k, peak: peak ** (1 / k) * np.eye(k, k=1), "is zero already"),
    ("7.3", lambda k, peak: np.array([[0.5]]), r"is normal \(k = 1, peak"),
    ("4.2", ("from_loss + carry", "W_hh @ da_next - from_loss"),
        "Two things at once.*(loss's own gradient is turned|transpose is missing)"),
    ("5.2", lambda b, c, a_0: a_0 + np.arctan(b) * (np.arange(len(b)) > 0),
        "first wrong row is row 1"),
    ("9.2", ("in itertools.pairwise(s):", "in [(s[:-1], s[1:])]:"), "adds 1 once"),
    ("9.4", ("0.9**k", "0.9"), r"2 of 3 parts right \(r, s\).*is w.*factor after one"),
    ("9.4", ("0.1 * dw", "dw"), "rong is r; w: right, given .*added the new gradient to r whole"),
    ("11.1", ("* f * (1 - f)", "* np.arctan(f)"), "first wrong row is .*Wrong in it: .*f"),
    ("11.3", ("gates_back(dh_t, dc_t,", "gates_back(dh_t, dh_t,"), "stand inside the cell"),
    ("11.7", ("rows.T @ x[1:].reshape(len(rows), -1)", "outer(a[0], x[1])"),
        r"3 of 4 parts right \(a, W_hh, b_h\).*assigned anew at every step"),
    ("12.2", ("+=", "="), "Windows overlap"),
    ("6.1", lambda dh, c, o: 1.5 * dh * np.tanh(c) * o * (1 - o), "1.5 times what it should be"),
    ("1.2", lambda a, b: (a / b, 1 / b, -a / b**2 * 1.5), "∂u/∂b is 1.5 times what it should be"),
    ("0.1", lambda x: ((x + 1e-5) ** 3 - (x - 1e-5) ** 3) / 2e-5, "digits only.*measured"),
    ("6.1", lambda dh, c, o: (dh * np.tanh(c) * o * (1 - o)).sum(), "is the sum of what it should"),
    ("6.3", lambda W: np.split(W, 4), "not yet. You split the blocks and left them apart"),
    ("11.1", ("c_past * f", "f"), r"not yet\. Wrong is a; W_x, W_h, b: right, .*`c\[t-1\]`"),
    ("14.1", ("np.zeros(len(b))", "np.zeros(len(b), int)"), "whole numbers only"),
    ("1.2", lambda a, b: (a / b, b, a), r"1 of 3 parts right \(u\)\.\nThese are"),
    ("10.3", ("return of_climatology, of_persistence", "return of_persistence, of_climatology"),
        r"not yet\. You returned the two"),
    ("7.3", lambda k, peak: np.diag([peak] + [1.0] * (k - 1), 1), "Spread the growth"),
    ("7.3", lambda k, peak: peak ** (1 / k) * np.eye(k + 1, k=-1) if k < 20 else 1 / 0, "stops"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "words"), MET)
def test_wrong_answers_as_learners_write_them_are_named(number, answer, words):
    """These were accepted, or told something untrue, by the judge before this one."""
    if isinstance(answer, tuple):
        exercise = ALL[number]
        answer = exercise.make(exercise.places({answer[0]: answer[1]}))
    found = exercises.verdict(number, answer)
    assert not found.done
    assert re.search(words, found.words, re.S), found.words


@pytest.mark.parametrize("number", ALL)
def test_small_changes_are_told_without_names_that_only_the_solution_has(number):
    """Who wrote another program cannot find a name in it that stands in ours alone."""
    exercise = ALL[number]
    code = ast.parse(exercise.text)
    stored = {n.id for n in ast.walk(code) if isinstance(getattr(n, "ctx", None), ast.Store)
              and isinstance(n, ast.Name)}  # fmt: skip
    keys = {n.value for n in ast.walk(code) if isinstance(n, ast.Constant)}
    seen = {*inspect.signature(exercise.truth).parameters, *keys, "t"}
    seen.update(
        (name for name in exercise.shown.split() if "=" not in name),
        *(re.findall(r"\w+", n) for n in exercise.names),
    )
    for change, _ in exercise.small:
        quoted = " ".join(re.findall("`[^`]*`", change.says))
        assert not set(re.findall(r"\w+", quoted)) & (stored - seen), change.says


def test_a_part_that_follows_is_not_explained_besides():
    """One part heard of a slip of its own and that it was right: one of the two was too much."""
    exercise = ALL["6.4"]
    edits = {"+ from_c": "+ from_c * f", "dh * np.tanh(c_t)": "dh * np.sin(c_t)"}
    found = exercises.verdict("6.4", exercise.make(exercise.places(edits)))
    assert found.words.count("to_h") == 1, found.words


def test_a_change_in_place_is_said_and_costs_nothing():
    """No page forbids it, and the value is judged on copies; but the caller loses the argument."""
    found = judge.judged(PLAIN, _grows)
    assert found.done and found.points == 1
    assert "changes its argument x in place" in found.words


def test_a_failing_input_has_more_than_one_of_everything():
    """Of one step, or one unit, or of zeros, nobody learns which axis or which step is wrong."""
    exercises.verdict("0.3", lambda keep, w, start, steps: np.sin(keep * w + start))
    assert exercises.case("0.3")[-1] > 1
    exercises.verdict("2.4", lambda x, gamma, dy, epsilon: (np.sin(x), gamma, gamma))
    assert min(exercises.case("2.4")[0].shape) > 1


def test_what_is_measured_exactly_is_right_and_told_so():
    """An imaginary step gives all digits, but no formula."""
    found = exercises.verdict("0.1", lambda x: ((x + 1e-20j) ** 3).imag / 1e-20)
    assert found.done and "derive the formula" in found.words


def test_no_factor_is_named_for_a_single_number():
    """Any two numbers differ by a factor; to name it would be a hint that says nothing."""
    wrong = exercises.verdict("1.2", lambda a, b: (a / b, 1 / b, a * b + 3))
    assert "times what it should be" not in wrong.words


def test_a_patient_handed_back_earns_nothing():
    """Three parts of patient 7 were right when it came in; that is no work of the learner's."""
    exercise = ALL["11.7"]
    assert exercises.verdict("11.7", exercise.make(exercise.known[0][1])).points == 0


def test_a_part_that_follows_from_a_wrong_one_is_called_so():
    """Who made one mistake early must not hunt for a second one in what follows from it."""

    def answer(dh_above, from_h, from_c, gates, c_past, c_t, W_h):
        d = ALL["6.4"].truth(dh_above, from_h, from_c, gates, c_past, c_t, W_h)
        d["f"] = np.arctan(d["f"])
        return d | {"to_h": W_h.T @ np.concatenate([d["i"], d["f"], d["g"], d["o"]])}

    found = exercises.verdict("6.4", answer)
    assert "to_h: right, given what you have before" in found.words
    assert found.points == pytest.approx(4 / 6)
    args = exercises.case("6.4")
    assert not judge.agrees(answer(*args)["f"], ALL["6.4"].truth(*args)["f"])


# ---- answers that do other things than compute ----


def _vectors(rng):
    return ((inputs.normal(rng, H),) for H in (1, 2, 3) * 10)


def _double(x):
    return 2 * x


def _two(x):
    y = 2 * x
    dW = np.outer(x, x[:1])
    return y, dW


def _by_name(x):
    return {"y": 2 * x, "dW": np.outer(x, x[:1])}


PLAIN = Exercise("99.1", _double, _vectors, returns="y", steps="y")
SEVERAL = Exercise("99.2", _two, _vectors, returns=("y", "dW"))
NAMED = Exercise("99.3", _by_name, _vectors)


def _grows(x):
    x *= 2
    return x


def _late(x):
    return np.concatenate([[0.0], 2 * x[:-1]])


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        (PLAIN, lambda x: 1 / 0, "ZeroDivisionError, division by zero"),
        (PLAIN, lambda x: x @ np.ones(9), "look at the order of the factors"),
        (PLAIN, lambda x: x + np.ones(9), "shapes (2,) and (9,) do not fit together"),
        (PLAIN, lambda x: x[5], "index 5 is asked for, where axis 0 has 1 entries"),
        (PLAIN, lambda x, y: x, "does not take the arguments of the exercise"),
        (PLAIN, lambda x: None, "begin with return"),
        (PLAIN, lambda x: "2x", "returns a str; expected are numbers"),
        (PLAIN, lambda x: {"y": 2 * x}, "must return one result, y; it returns a dict"),
        (
            PLAIN,
            lambda x: (2 * x)[None],
            "right numbers in another shape (on one input its shape is (1, 3)",
        ),
        (PLAIN, lambda x: exit(), "stops"),
        (PLAIN, lambda x: -2 * x, "has the wrong sign everywhere"),
        (PLAIN, lambda x: 8 * x, "is 4 times what it should be"),
        (PLAIN, lambda x: 0 * x, "is 0 everywhere"),
        (PLAIN, _late, "one step late"),
        (PLAIN, np.ones(3), "give your function itself"),
        (SEVERAL, lambda x: 2 * x, "must return 2 results, separated by commas: y, dW"),
        (SEVERAL, lambda x: (2 * x, None), "dW is None; expected are numbers"),
        (SEVERAL, lambda x: (2 * x, np.ones(1)), "dW has shape (1,), expected is (3, 1)"),
        (SEVERAL, lambda x: (2 * x, ...), "1 of 2 parts right (y); not tried yet: dW"),
        (NAMED, lambda x: {"y": x, "dw": x}, "lacks dW and has, though not expected, dw"),
        (NAMED, lambda x: (2 * x, x), "must return a dict with y, dW, not a tuple"),
        (NAMED, lambda x: {"y": 2 * x, "dW": -np.outer(x, x[:1])}, "dW has the wrong sign"),
    ],
)
def test_what_goes_wrong_is_said_in_words(exercise, answer, words):
    """A learner whose formulas are right, but packed in another way, must hear just that."""
    found = judge.judged(exercise, answer)
    assert not found.done
    assert words in found.words


ODD = {
    "None": lambda v: None,
    "text": lambda v: "abc",
    "a function": lambda v: abs,
    "no dict": lambda v: {},
    "keys of all kinds": lambda v: {1: 1.0, "a": 2.0, None: 3.0},
    "nothing": lambda v: (),
    "seven": lambda v: (1.0,) * 7,
    "empty": lambda v: np.zeros(0),
    "three axes": lambda v: np.ones((2, 3, 4)),
    "objects": lambda v: np.array([None, 1]),
    "unequal lists": lambda v: [[1.0], [1.0, 2.0]],
    "complex": lambda v: 2 + 1j,
    "a list in itself": lambda v: (lambda a: a.append(a) or a)([]),
}


@pytest.mark.parametrize("number", ALL)
def test_no_answer_however_odd_ends_in_an_exception(number, monkeypatch):
    """A traceback out of our own code would hide the learner's mistake, and stop the notebook."""
    monkeypatch.setattr(judge, "SEARCH", 0.05)
    for make in ODD.values():
        found = exercises.verdict(number, lambda *args, make=make: make(args))
        assert not found.done and found.words.startswith("not yet. ")


def test_the_line_that_stops_is_shown():
    """The learner's own line is where to look, not a line of ours."""

    def answer(x):
        y = 2 * x
        return y[7]

    assert "at `return y[7]`" in judge.judged(PLAIN, answer).words


def test_an_endless_answer_is_stopped_in_a_browser(monkeypatch):
    """There neither signals nor threads are to be had, and the page would have to be reloaded.

    (It stands before the next test, after which CPython 3.11 cannot trace: it does not forget
    that another thread has raised in this one.)
    """
    monkeypatch.setattr(judge, "SECONDS", 0.3)
    monkeypatch.setattr("sys.platform", "emscripten")

    def forever(x):
        while True:
            x.sum()

    def deaf(x):
        while True:
            with contextlib.suppress(BaseException):
                forever(x)

    begun = time.monotonic()
    for answer in (forever, deaf) if hasattr(sys, "monitoring") else (forever,):
        assert "never ends" in judge.judged(PLAIN, answer).words
    assert judge.judged(PLAIN, _double).done
    assert time.monotonic() - begun < 3 and sys.gettrace() is None


@pytest.mark.parametrize("main", [True, False])
def test_an_endless_answer_is_stopped(monkeypatch, main):
    """A loop without end must cost seconds, not the kernel; with signals, and without."""
    monkeypatch.setattr(judge, "SECONDS", 0.3)
    if not main:
        monkeypatch.delattr("signal.setitimer")

    def forever(x):
        while True:
            try:
                x.sum()
            except BaseException as error:
                if len(x) < 3:
                    raise
                del error

    begun = time.monotonic()
    assert "never ends" in judge.judged(PLAIN, forever).words
    assert time.monotonic() - begun < 3


def test_what_is_wrong_on_small_inputs_is_said_before_the_time_is_up():
    """A wrong recursion must not hear of a loop that never ends."""
    found = exercises.verdict("1.4", _deep)
    assert "seconds" not in found.words
    assert exercises.case("1.4")[0] < 20


def test_what_never_ends_is_named_where_a_slip_does_the_same():
    """Right on small graphs, endless on split paths: to hear only of a loop does not help."""
    exercise = ALL["1.4"]
    cases = judge.truths(exercise, 0)[:-1]  # up to the chain of diamonds
    (slip,) = judge.endless(exercise, cases)
    assert "follow each path" in slip.words
    assert judge.endless(exercise, cases[:-1]) == []


def test_prints_are_kept_out_of_the_page(capsys):
    """A forgotten print would bury the verdict, and make stored outputs differ."""

    def chatty(x):
        print("here" * 1000)
        return 2 * x

    found = judge.judged(PLAIN, chatty)
    assert found.done and "prints" in found.words
    assert capsys.readouterr().out == ""


# ---- what a page and a grader call ----


def test_check_prints_and_require_raises(capsys):
    """A page prints the verdict, an autograder needs it as an assertion."""
    exercises.check("6.1", ALL["6.1"].truth)
    assert capsys.readouterr().out == "Exercise 6.1: correct.\n"
    exercises.require("6.1", ALL["6.1"].truth)
    with pytest.raises(AssertionError, match=r"Exercise 6\.1: not yet\. You multiplied with c_t"):
        exercises.require("6.1", lambda dh_t, c_t, o_t: dh_t * c_t * o_t * (1 - o_t))


def test_progress_outlives_the_kernel(capsys, monkeypatch, tmp_path):
    """The file is the learner's only score; a damaged or read-only one must not stop the page."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv(exercises.KEPT, str(path))
    monkeypatch.setattr(exercises, "_last", {})
    exercises.check("6.4", _partly)
    exercises.check("6.1", ALL["6.1"].truth)
    monkeypatch.setattr(exercises, "_last", {})
    exercises.progress("6")
    assert capsys.readouterr().out.endswith("1 of 5 done. Left: 6.2, 6.3, 6.4 (67%), 6.5.\n")
    assert json.loads(path.read_text()) == {"6.4": pytest.approx(4 / 6), "6.1": 1.0}
    path.write_text("{")
    exercises.progress("6")
    assert "cannot be read, so only this session counts" in capsys.readouterr().out
    monkeypatch.setenv(exercises.KEPT, str(tmp_path / "nowhere" / "progress.json"))
    exercises.check("6.1", ALL["6.1"].truth)
    assert "progress is not kept" in capsys.readouterr().out


def test_progress_is_not_touched_by_tests(monkeypatch):
    """A test run must not write into a reader's score."""
    monkeypatch.delenv(exercises.KEPT, raising=False)
    assert exercises._file() is None


def test_a_class_is_graded_whatever_one_of_them_hands_in(tmp_path):
    """One hostile notebook must not cost the others their points, nor an untouched one earn any."""
    (page,) = (ROOT / "notebooks").glob("03_*.ipynb")
    (solved,) = (ROOT / "notebooks" / "solutions").glob("03_*.ipynb")
    (tmp_path / "ann.ipynb").write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    hostile = nbformat.read(solved, as_version=4)
    for code in (
        "x = 1\nwhile True: pass",
        "y = 1\nfor k in range(10**5): print('x' * 1000)",
        "import os\nfor name in os.listdir('.'): os.remove(name)",
        "import subprocess\nsubprocess.Popen(['sleep', '300'])",
        "exercises.check = exercises.verdict = lambda *args: 'correct'\nimport sys\nsys.exit()",
    ):
        hostile.cells.insert(1, nbformat.v4.new_code_cell(code))
    nbformat.write(hostile, tmp_path / "bob.ipynb")
    (tmp_path / "cay.ipynb").write_text("{")
    bold = nbformat.read(page, as_version=4)
    wrong = (
        "my_softmax = my_dy = my_smoothed_dy = my_dY = lambda y, *rest: y\nimport exercises.judge\n"
    )
    patch = "exercises.judge.agrees = lambda *args: True"
    bold.cells.append(nbformat.v4.new_code_cell(wrong + patch))
    nbformat.write(bold, tmp_path / "dot.ipynb")
    grading.main(["grade", str(tmp_path), "--cell", "1", "--csv", str(tmp_path / "out.csv")])
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    points = {
        name: [float(row["points"]) for row in rows if row["notebook"].endswith(f"{name}.ipynb")]
        for name in ("ann", "bob", "cay", "dot")
    }
    assert points == {"ann": [0, 0, 0, 0], "bob": [1, 1, 1, 1], "cay": [0], "dot": [0, 0, 0, 0]}


def test_a_sheet_is_marked_with_one_row_a_learner(tmp_path, capsys):
    """A mark book wants names and sums of what was set; a lecture wants the mistakes."""
    (page,) = (ROOT / "notebooks").glob("06_*.ipynb")
    (other,) = (ROOT / "notebooks").glob("03_*.ipynb")
    for name, product in (
        ("ann", "np.tanh(c_t) * o_t * (1 - o_t)"),
        ("bob", "c_t * o_t * (1 - o_t)"),
    ):
        copy = nbformat.read(page, as_version=4)
        answer = f"import numpy as np\nmy_da_o = lambda dh_t, c_t, o_t: dh_t * {product}"
        copy.cells = [nbformat.v4.new_code_cell(answer)]
        for folder in (name, f"{name}/.ipynb_checkpoints"):
            (tmp_path / folder).mkdir()
            nbformat.write(copy, tmp_path / folder / page.name)
        shutil.copy(other, tmp_path / name)
    out = tmp_path / "marks.csv"
    grading.main(["grade", str(tmp_path), "--only", "6.1,6.2", "--marks", str(out)])
    assert list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines())) == [
        ["learner", "6.1", "6.2", "sum"],
        ["ann", "1.0", "0.0", "1.0"],
        ["bob", "0.0", "0.0", "0.0"],
    ]
    said = capsys.readouterr().out
    assert "6.1: right in 1 of 2\n    1 times: You multiplied with c_t" in said


def test_points_are_those_of_the_sheet(tmp_path, capsys):
    """A long exercise counts more; one that is not there must not cost a class its points."""
    (page,) = (ROOT / "notebooks").glob("06_*.ipynb")
    copy = nbformat.read(page, as_version=4)
    answer = (
        "import numpy as np\nmy_da_o = lambda dh_t, c_t, o_t: dh_t * np.tanh(c_t) * o_t * (1 - o_t)"
    )
    copy.cells = [nbformat.v4.new_code_cell(answer)]
    (tmp_path / "ann").mkdir()
    nbformat.write(copy, tmp_path / "ann" / page.name)
    out = tmp_path / "marks.csv"
    given = ["grade", str(tmp_path), "--marks", str(out), "--only"]
    grading.main([*given, "6.1:2.5,6.3"])
    assert out.read_text(encoding="utf-8-sig").split() == ["learner,6.1,6.3,sum", "ann,2.5,0.0,2.5"]
    said = capsys.readouterr().out
    assert "2.50 of 3.5 points" in said and "6.1: right in 1 of 1" in said
    for wrong in ("6.1,6.9", "6.1:two", "sheet"):
        with pytest.raises(SystemExit):
            grading.main([*given, wrong])


@pytest.mark.parametrize(
    ("code", "inside"),
    [
        ("import exercises as e\nmy = e.slips.load('6')['6.1'].truth", "exercises.slips"),
        ("from exercises.p06 import da_o as my_da_o", "exercises.p06.da_o"),
        ("import importlib\nimportlib.import_module('exercises.p06')", "exercises.p06"),
        ("import exercises\nexercises._named('6.1').truth", "exercises._named"),
        ("import exercises\nexercises.check('6.1', f)\nfrom exercises import ask, check", ""),
        ("%matplotlib inline\nimport numpy as np\nnp.exercises = 'exercises.'", ""),
    ],
)
def test_what_a_notebook_takes_from_inside_the_judge_is_told(code, inside):
    """The solutions lie there; who marks has to know, and nobody else may be accused."""
    assert grading.pries(["x =", code]) == inside


def test_no_page_takes_anything_from_inside_the_judge():
    """A learner who hands in the page as it is must not be accused."""
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        assert not grading.pries(
            [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        )


def test_unknown_numbers_get_a_sentence():
    """A mistyped number must not look like a wrong answer."""
    with pytest.raises(ValueError, match=r"There is no exercise 3\.9; there are 3\.1, 3\.2"):
        exercises.check("3.9", None)
    with pytest.raises(ValueError, match="has no exercises"):
        exercises.check("77.1", None)
    with pytest.raises(TypeError, match="number must be a string"):
        exercises.check(3.1, None)


def test_modules_import_nothing_but_numbers():
    """The judge runs in a browser and in a grader's sandbox: no drawing, no widgets."""
    for page in PAGES:
        module = importlib.import_module(f"exercises.p{page}")
        assert not {"matplotlib", "ipywidgets", "plt"} & set(vars(module))
