"""Settings for every test run, inherited by the kernels that run the notebooks."""

import os

# Kernels that no one watches show no progress bars.
os.environ["COURSE_PROGRESS"] = "off"
# Nor do they write into a reader's score.
os.environ["EXERCISES_PROGRESS"] = "off"
# The course's matrices are small: a second BLAS thread waits more than it works.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser):
    """Add ``--settings N`` (tests/test_pictures.py) and ``--every`` (tests/test_exercises.py)."""
    words = "try N random settings and 2 N corners of every explorer, and print a table of them"
    parser.addoption("--settings", type=int, metavar="N", help=f"{words} (else 20 and 40)")
    words = "try all pairs of slips, and each slip in every exercise that lists it (else a sample)"
    parser.addoption("--every", action="store_true", help=words)
