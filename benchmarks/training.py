"""Time one forward and backward pass of ``rnn`` and ``lstm`` against what one would pick instead.

    python -m benchmarks.training [--rounds N] [--quick] [--write]

Beside each other, in every round, on the same numbers and one thread each:

* ours, ``helpers.rnn`` or ``helpers.lstm``: outputs, and the gradients of all parameters, of the
  inputs and of the initial state;
* PyTorch's ``nn.RNN`` or ``nn.LSTM`` on the CPU, which gives the same;
* HIPS autograd on the plainest forward pass, which gives the same;
* the limit: the matrix products that the passes cannot do without, alone.

A machine's speed drifts, so only ratios within a round are used: the table gives their median over
the rounds. ``--write`` puts tables and the plot of cost against size into ``benchmarks/``. Needs
the extras ``test`` and ``torch``; ``make bench`` installs them. Exit status 0, whatever the ratios.
"""

import os

for _library in ("OPENBLAS", "OMP", "MKL"):  # before NumPy loads: one thread for everyone
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks import report
from helpers import lstm, rnn

HERE = Path(__file__).resolve().parent
SIZES = [(25, 1, 27, 64), (50, 32, 32, 64), (50, 32, 64, 128), (100, 64, 128, 256)]
CELLS = {"rnn": rnn, "lstm": lstm}


def ours(cell, params, x, dh):
    """Return a function that runs our forward and backward pass once."""
    module = CELLS[cell]

    def run():
        _, cache = module.forward(params, x)
        return module.backward(params, cache, dh)

    return run


def pytorch(cell, params, x, dh):
    """Return a function that runs PyTorch's layer with the same weights, forward and backward."""
    import torch

    torch.set_num_threads(1)
    (_, _, D), H = x.shape, dh.shape[-1]
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[cell](D, H)
    layer = layer.to(torch.float64 if x.dtype == np.float64 else torch.float32)
    W_x, W_h, b = (torch.from_numpy(array) for array in params.values())
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W_x)
        layer.weight_hh_l0.copy_(W_h)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
    inputs = torch.from_numpy(x).requires_grad_()
    start = [torch.zeros(1, x.shape[1], H, dtype=inputs.dtype, requires_grad=True)]
    start *= 1 if cell == "rnn" else 2
    upstream = torch.from_numpy(dh)
    leaves = [*layer.parameters(), inputs, *start]

    def run():
        h, _ = layer(inputs, start[0] if cell == "rnn" else tuple(start))
        return torch.autograd.grad(h, leaves, upstream, allow_unused=True)

    return run


def hips(cell, params, x, dh):
    """Return a function that differentiates the plainest forward pass by HIPS autograd."""
    import autograd
    import autograd.numpy as anp

    def sigmoid(a):
        return 0.5 + 0.5 * anp.tanh(0.5 * a)

    def rnn_loss(params, x, h):
        states = []
        for x_t in x:
            h = anp.tanh(x_t @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])
            states.append(h)
        return anp.sum(anp.stack(states) * dh)

    def lstm_loss(params, x, h, c):
        states = []
        for x_t in x:
            a = x_t @ params["W_x"].T + h @ params["W_h"].T + params["b"]
            H = h.shape[-1]
            c = sigmoid(a[:, H : 2 * H]) * c + sigmoid(a[:, :H]) * anp.tanh(a[:, 2 * H : 3 * H])
            h = sigmoid(a[:, 3 * H :]) * anp.tanh(c)
            states.append(h)
        return anp.sum(anp.stack(states) * dh)

    start = np.zeros_like(dh[0])
    if cell == "rnn":
        gradient = autograd.value_and_grad(rnn_loss, argnum=(0, 1, 2))
        return lambda: gradient(params, x, start)
    gradient = autograd.value_and_grad(lstm_loss, argnum=(0, 1, 2, 3))
    return lambda: gradient(params, x, start, start)


def limit(cell, params, x, dh):
    """Return a function that does only the matrix products of both passes."""
    W_x, W_h, _ = params.values()
    (T, B, D), H, G = x.shape, dh.shape[-1], len(W_x)
    rows, W_xT, W_hT = x.reshape(T * B, D), W_x.T.copy(), W_h.T.copy()
    a, h, dx = np.zeros((T, B, G), x.dtype), np.zeros((T, B, H), x.dtype), np.zeros_like(rows)
    dW_x, dW_h, carry = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros((B, H), x.dtype)
    past, flat_a, flat_h = np.zeros((B, G), x.dtype), a.reshape(T * B, G), h.reshape(T * B, H)

    def run():
        np.matmul(rows, W_xT, out=flat_a)
        for t in range(T):
            np.matmul(h[t], W_hT, out=past)
        for t in range(T):
            np.matmul(a[t], W_h, out=carry)
        np.matmul(flat_a.T, rows, out=dW_x)
        np.matmul(flat_a.T, flat_h, out=dW_h)
        np.matmul(flat_a, W_x, out=dx)

    return run


CONTENDERS = {"ours": ours, "PyTorch": pytorch, "autograd": hips, "limit": limit}


def made(contender, cell, size, dtype, *, seed=0):
    """Return the contender's run for sizes (T, B, D, H) on seeded numbers of one type."""
    T, B, D, H = size
    rng = np.random.default_rng(seed)
    params = CELLS[cell].init(D, H, rng, dtype=dtype)
    x, dh = rng.normal(size=(T, B, D)).astype(dtype), rng.normal(size=(T, B, H)).astype(dtype)
    return CONTENDERS[contender](cell, params, x, dh)


def seconds(run, *, least=0.02):
    """Return the seconds of one run, repeated for about ``least`` seconds; the fastest counts."""
    best, spent = np.inf, 0.0
    while spent < least:
        start = time.perf_counter()
        run()
        best = min(best, took := time.perf_counter() - start)
        spent += took
    return best


def compare(cell, size, dtype, *, rounds):
    """Time all contenders, round by round; return ours in ms and the median ratios."""
    runs = {name: made(name, cell, size, dtype) for name in CONTENDERS}
    for run in runs.values():
        run()
    times = [{name: seconds(run) for name, run in runs.items()} for _ in range(rounds)]
    pairs = [("ours", "PyTorch"), ("autograd", "ours"), ("ours", "limit"), ("limit", "PyTorch")]
    pairs.append(("autograd", "limit"))
    ratios = {f"{a} / {b}": np.median([t[a] / t[b] for t in times]) for a, b in pairs}
    return 1e3 * np.median([t["ours"] for t in times]), ratios


def table(rounds, sizes):
    """Yield the lines of the table, as each is known."""
    head = None
    for cell in CELLS:
        for dtype in (np.float64, np.float32):
            for size in sizes:
                took, ratios = compare(cell, size, dtype, rounds=rounds)
                if head is None:
                    head = " | ".join(ratios)
                    yield f"| cell | type | T, B, D, H | ours, ms | {head} |"
                    yield "|---|---|---|---:|" + "---:|" * len(ratios)
                numbers = " | ".join(f"{ratio:.2f}" for ratio in ratios.values())
                name = ", ".join(map(str, size))
                yield f"| {cell} | {np.dtype(dtype)} | {name} | {took:.2f} | {numbers} |"


GROWTH = {
    "T": [(T, 32, 64, 64) for T in (12, 25, 50, 100, 200, 400, 800)],
    "B": [(50, B, 64, 64) for B in (1, 2, 4, 8, 16, 32, 64, 128, 256)],
    "H": [(50, 32, 64, H) for H in (16, 32, 64, 128, 256, 512)],
}


def growth(path):
    """Plot cost against T, B and H; yield, for each, the slope on log axes over the upper half."""
    import matplotlib.pyplot as plt

    from helpers import style

    style.use()
    fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True, layout="constrained")
    for ax, (letter, sizes) in zip(axes, GROWTH.items(), strict=True):
        numbers = [size["TBDH".index(letter)] for size in sizes]
        for cell, line, colour in (("rnn", "-", style.FORWARD), ("lstm", "--", style.GRADIENT)):
            took = [seconds(made("ours", cell, size, np.float64), least=0.3) for size in sizes]
            ax.loglog(numbers, 1e3 * np.array(took), line, color=colour, marker="o", label=cell)
            half = len(sizes) // 2
            slope = np.polyfit(np.log(numbers[half:]), np.log(took[half:]), 1)[0]
            yield f"| {cell} | {letter} from {numbers[half]} to {numbers[-1]} | {slope:.2f} |"
        ax.set_xticks(numbers, numbers, fontsize=8)
        ax.minorticks_off()
        ax.set_xlabel({"T": "steps T", "B": "samples B", "H": "units H"}[letter])
    axes[0].set_ylabel("forward + backward, ms")
    axes[0].legend()
    fig.savefig(path, dpi=150)
    plt.close(fig)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="the two smaller sizes, few rounds")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    options = parser.parse_args()
    rounds, sizes = (5, SIZES[:2]) if options.quick else (options.rounds, SIZES)
    lines = [report.machine("numpy", "torch", "autograd"), ""]
    for line in table(rounds, sizes):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        slopes = ["", "| cell | range | slope on log axes |", "|---|---|---:|"]
        slopes += growth(HERE / "cost.png")
        print("\n".join(slopes))
        report.write("training", lines + slopes)


if __name__ == "__main__":
    main()
