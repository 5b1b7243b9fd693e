"""Make data/torch_lstm.npz: one forward and backward pass of PyTorch's own nn.LSTM, float64.

    PYTHONPATH=FOLDER_WITH_TORCH python tools/export_torch.py [--to FOLDER]

Time-major; PyTorch's names without _l0, ``d_`` before one for the gradient of L = Σ upstream · h.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch

H, D, T, B, VERSION = 3, 2, 4, 2, "2.13.0"


def main():
    """Run the layer once and keep all that went in and came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).parents[1] / "data")
    path = parser.parse_args().to / "torch_lstm.npz"
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"PyTorch must be {VERSION}, but it is {torch.__version__}; install it.")
    torch.manual_seed(0)
    layer = torch.nn.LSTM(D, H, dtype=torch.float64)
    inputs = {"x": (T, B, D), "h_0": (1, B, H), "c_0": (1, B, H)}
    given = {k: torch.randn(s, dtype=torch.float64, requires_grad=True) for k, s in inputs.items()}
    upstream = torch.randn(T, B, H, dtype=torch.float64)
    h, (h_T, c_T) = layer(given["x"], (given["h_0"], given["c_0"]))
    h.backward(upstream)
    leaves = given | {name.removesuffix("_l0"): w for name, w in layer.named_parameters()}
    arrays = leaves | {"upstream": upstream, "h": h, "h_T": h_T, "c_T": c_T}
    arrays |= {f"d_{name}": leaf.grad for name, leaf in leaves.items()}
    np.savez(path, **{name: a.detach().numpy() for name, a in arrays.items()})
    print(f"{path.stat().st_size:,} bytes  {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
