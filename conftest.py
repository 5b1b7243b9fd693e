"""Settings for every test run, inherited by the kernels that run the notebooks."""

import os

# Kernels that no one watches show no progress bars.
os.environ["COURSE_PROGRESS"] = "off"
# The course's matrices are small: a second BLAS thread waits more than it works.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
