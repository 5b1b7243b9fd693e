"""Experiments: one module each; ``python -m experiments`` writes their tables to data/runs/."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before NumPy loads: one process a core, one thread each
