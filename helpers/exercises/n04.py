"""Exercises of notebook 04: recurrent networks. One sequence; row t belongs to step t."""

import numpy as np

from helpers import graph
from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(4)
SHARED = "Shared weights sum over time"
ORDER = "Backward, in order"
CELL = "A cell with a copy node"
CLOSED = "Without activations: a closed form"


def _rows(T, size, scale=1.0):
    """Make T + 1 rows, of which row 0 is not used and zero."""
    rows = scale * _rng.normal(size=(T + 1, size))
    rows[0] = 0
    return rows


def _matrix(rows, columns, scale=0.8):
    return scale * _rng.normal(size=(rows, columns))


weight = Exercise(
    number="4.1",
    title="a shared weight's gradient",
    truth=lambda da, x: np.einsum("th,td->hd", da, x),
    inputs=tuple(
        (_rows(T, H, scale), _rows(T, D))
        for T, H, D, scale in ((4, 3, 2, 1), (1, 3, 4, 1e-4), (6, 1, 5, 1e3))
    ),
    returns=("dW_xh",),
    mistakes=(
        Mistake(
            lambda da, x: x.T @ da,
            "Your result is transposed: W_xh has H rows and D columns, and so has its gradient.",
            ORDER,
        ),
        Mistake(
            lambda da, x: np.outer(da[1], x[1]),
            "You kept the term of step 1 only, as = in a backward loop does; all steps use W_xh, "
            "so their terms add: +=.",
            SHARED,
        ),
        Mistake(
            lambda da, x: np.outer(da[-1], x[-1]),
            "You kept the term of the last step only; all steps use W_xh, so their terms add.",
            SHARED,
        ),
        Mistake(
            lambda da, x: da.T @ x / (len(x) - 1),
            "You took the mean over the steps; a shared weight sums.",
            SHARED,
        ),
        Mistake(
            lambda da, x: np.outer(da.sum(axis=0), x.sum(axis=0)),
            "You summed over time before you multiplied: da_t goes with x_t of its own step.",
            ORDER,
        ),
        Mistake(
            lambda da, x: da[1:].T @ x[:-1],
            "You paired da_t with x_{t-1}; W_xh multiplied x_t at step t.",
            CELL,
        ),
    ),
)

copied = Exercise(
    number="4.2",
    title="the copy node",
    truth=lambda W_hy, W_hh, dy_t, da_next: (
        np.einsum("vh,v->h", W_hy, dy_t) + np.einsum("jh,j->h", W_hh, da_next)
    ),
    inputs=tuple(
        (_matrix(V, H), _matrix(H, H), _rng.normal(size=V), carried * _rng.normal(size=H))
        for V, H, carried in ((3, 4, 1.0), (5, 2, 1e2), (2, 1, 1.0), (1, 3, 0.0))
    ),
    returns=("dh_t",),
    mistakes=(
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: W_hy.T @ dy_t,
            "You dropped the carry, the gradient that arrives from step t+1: h_t was used twice.",
            ORDER,
        ),
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: W_hh.T @ da_next,
            "You dropped the gradient of the step's own loss: h_t was used twice.",
            ORDER,
        ),
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: W_hy.T @ dy_t + W_hh @ da_next,
            "A transpose is missing: backward multiplies by W_hhᵀ. W_hh is square, so its shape "
            "does not warn you.",
            ORDER,
        ),
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: W_hy.T @ dy_t + da_next,
            "da_{t+1} stands at step t+1; it reaches h_t through W_hhᵀ.",
            CELL,
        ),
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: (W_hy.T @ dy_t + W_hh.T @ da_next) / 2,
            "You took the mean of the two gradients; a copy node sums.",
            ORDER,
        ),
        Mistake(
            lambda W_hy, W_hh, dy_t, da_next: (W_hy.T @ dy_t) * (W_hh.T @ da_next),
            "You multiplied the two gradients; they come along two paths, and paths add.",
            ORDER,
        ),
    ),
)


def path_by_path(W_hh, h, from_loss):
    """Sum for every state the ways from each later loss, as in (4.13); slow, and independent."""
    jacobian = (1 - h**2)[:, :, None] * W_hh  # (T+1, H, H) dh_t/dh_{t-1} stands in row t
    dh = np.zeros_like(h)
    for t in range(len(h)):
        way = np.eye(h.shape[1])
        for j in range(t, len(h)):
            way = jacobian[j] @ way if j > t else way
            dh[t] += from_loss[j] @ way
    return dh


def back(W_hh, h, from_loss, step):
    """Go from the last row to row 0 with ``step(dh_{t+1}, h_{t+1}, h_t)``, what is carried."""
    dh = np.array(from_loss)
    for t in range(len(h) - 2, -1, -1):
        dh[t] = from_loss[t] + step(dh[t + 1], h[t + 1], h[t])
    return dh


def _overwritten(W_hh, h, from_loss):
    dh = np.array(from_loss)
    for t in range(len(h) - 1, 0, -1):
        dh[t - 1] = W_hh.T @ ((1 - h[t] ** 2) * dh[t])
    return dh


def _one_step(W_hh, h, from_loss):
    dh = np.array(from_loss)
    dh[:-1] += ((1 - h**2) * from_loss)[1:] @ W_hh
    return dh


def _at_zero(value):
    def answer(W_hh, h, from_loss):
        dh = path_by_path(W_hh, h, from_loss)
        dh[0] = value(dh, W_hh)
        return dh

    return answer


def _carrying(step):
    return lambda W_hh, h, from_loss: back(
        W_hh, h, from_loss, lambda dh, after, own: step(W_hh, dh, after, own)
    )


states = Exercise(
    number="4.3",
    title="the sweep over the states",
    truth=path_by_path,
    inputs=tuple(
        (_matrix(H, H, scale), np.tanh(spread * _rng.normal(size=(T + 1, H))), _rows(T, H))
        for T, H, scale, spread in (
            (4, 3, 0.8, 1.0),
            (1, 2, 0.8, 1.0),
            (3, 1, 0.9, 1e-3),
            (6, 2, 1.5, 2.0),
        )
    ),
    returns=("dh",),
    time_axis=0,
    mistakes=(
        Mistake(
            _carrying(lambda W_hh, dh, after, own: W_hh @ ((1 - after**2) * dh)),
            "A transpose is missing: the carry is W_hhᵀ da_{t+1}.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: 0.0),
            "You dropped the carry, the gradient that arrives from step t+1.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: W_hh.T @ ((1 - after) * dh)),
            "The derivative of tanh is 1 - tanh², so 1 - h²; you wrote 1 - h.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: W_hh.T @ ((1 - np.tanh(after) ** 2) * dh)),
            "h is tanh(a) already; you took the tanh of it once more.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: (1 - after**2) * (W_hh.T @ dh)),
            "You applied 1 - h² to what comes out of W_hhᵀ; going back, dh_{t+1} meets the tanh of "
            "its step first, and W_hhᵀ after it.",
            CELL,
        ),
        Mistake(
            _overwritten,
            "The carry overwrites what the step's own loss sent: two gradients meet at h_t, so += "
            "and not =.",
            CELL,
        ),
        Mistake(
            _one_step,
            "Each loss gets back one step only: da_t needs the whole dh_t, carry included, not "
            "from_loss[t] alone.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: W_hh.T @ ((1 - own**2) * dh)),
            "You used h_t where h_{t+1} belongs: da_{t+1} is (1 - h_{t+1}²) times dh_{t+1}.",
            ORDER,
        ),
        Mistake(
            _carrying(lambda W_hh, dh, after, own: W_hh.T @ dh),
            "You skipped the tanh: what W_hhᵀ carries back is da_{t+1}, not dh_{t+1}.",
            CLOSED,
        ),
        Mistake(
            _at_zero(lambda dh, W_hh: 0.0),
            "You forgot dh_0: no loss speaks to h_0 itself, but step 1 carries a gradient back.",
            ORDER,
        ),
        Mistake(
            _at_zero(lambda dh, W_hh: dh[1]),
            "Row 0 holds dh_1: one step is missing, from h_1 through the tanh and W_hhᵀ to h_0.",
            ORDER,
        ),
    ),
)


def by_graph(W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets):
    """Let the graph engine differentiate the leaky network; it knows no formula of ours."""
    given = dict(W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy, h_0=h_0)
    leaf = {name: graph.Node(value) for name, value in given.items()}
    state, L = leaf["h_0"], 0.0
    for t in range(1, len(x)):
        a = leaf["W_xh"] @ x[t] + leaf["W_hh"] @ state + leaf["b_h"]
        state = (1 - alpha) * state + alpha * graph.tanh(a)
        error = leaf["W_hy"] @ state - targets[t]
        L = L + 0.5 * (error * error).sum()
    L.backward()
    return {f"d{name}": node.grad for name, node in leaf.items()}


def leaky(
    W_xh, W_hh, b_h, W_hy, h_0, x, alpha, targets, *, transpose=True, carry=True, leak=True,
    scaled=True, slope="g", before=True, adds=True, start=True, error=True,
):  # fmt: skip
    """Sweep back by hand; each keyword, changed, is one mistake."""
    T, h, g = len(x) - 1, {0: h_0}, {}
    for t in range(1, T + 1):
        g[t] = np.tanh(W_xh @ x[t] + W_hh @ h[t - 1] + b_h)
        h[t] = (1 - alpha) * h[t - 1] + alpha * g[t]
    names = ("dW_xh", "dW_hh", "db_h", "dW_hy")
    grads = dict.fromkeys(names, 0.0)
    carried = np.zeros_like(h_0)
    for t in range(T, 0, -1):
        dy = W_hy @ h[t] - targets[t] if error else W_hy @ h[t]
        dh = W_hy.T @ dy + carried * carry
        da = (1 - (g if slope == "g" else h)[t] ** 2) * dh * (alpha if scaled else 1.0)
        back = W_hh.T if transpose else W_hh
        carried = back @ da + (1 - alpha) * dh * leak
        seen = h[t - 1] if before else h[t]
        terms = (np.outer(da, x[t]), np.outer(da, seen), da, np.outer(dy, h[t]))
        grads = {name: grads[name] * adds + term for name, term in zip(names, terms, strict=True)}
    return grads | {"dh_0": carried * start}


def _leaky_input(T, D, H, V, alpha, scale):
    return (
        _matrix(H, D, scale), _matrix(H, H, scale), _matrix(1, H)[0], _matrix(V, H),
        _matrix(1, H)[0], _rows(T, D), alpha, _rows(T, V),
    )  # fmt: skip


def _but(change):
    return lambda *args: leaky(*args, **change)


whole = Exercise(
    number="4.4",
    title="a network with a leak",
    truth=by_graph,
    inputs=(
        _leaky_input(4, 2, 3, 2, 0.3, 0.8),
        _leaky_input(1, 3, 2, 4, 0.6, 0.8),
        _leaky_input(3, 1, 1, 1, 0.9, 1e-3),
        _leaky_input(5, 3, 2, 1, 1.0, 1.5),
    ),
    mistakes=tuple(
        Mistake(_but(change), says, see)
        for change, says, see in (
            (
                dict(leak=False),
                "You dropped the leak on the way back: h_t uses h_{t-1} twice, and the direct use "
                "brings (1 - alpha) dh_t.",
                CELL,
            ),
            (
                dict(carry=False),
                "You dropped the carry, the gradient that arrives from step t+1.",
                ORDER,
            ),
            (dict(transpose=False), "A transpose is missing: the carry holds W_hhᵀ da_t.", ORDER),
            (
                dict(scaled=False),
                "Only alpha times the tanh enters h_t, so da_t has the factor alpha.",
                ORDER,
            ),
            (
                dict(slope="h"),
                "1 - h_t² is the slope only if h_t is the tanh; here the tanh is g_t: 1 - g_t².",
                ORDER,
            ),
            (
                dict(before=False),
                "You used h_t where h_{t-1} belongs: W_hh multiplied the state before.",
                ORDER,
            ),
            (
                dict(adds=False),
                "Each step overwrites the weights' gradients of the steps after it: += and not =.",
                SHARED,
            ),
            (dict(start=False), "You forgot dh_0: it is what step 1 carries back.", ORDER),
            (
                dict(error=False),
                "The squared error gives dy_t = y_t - target_t; yours lacks the target.",
                ORDER,
            ),
        )
    ),
)

EXERCISES = (weight, copied, states, whole)
