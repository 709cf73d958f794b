"""What holds for every process that runs a stage, whoever starts it."""

import os
import subprocess
import sys


def test_matrices_keep_to_one_core_unless_told_otherwise() -> None:
    """NumPy reads it when it is loaded: threads of two processes on two cores spend a fifth of the judging on waiting."""
    told = "import app.pipeline, os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    plain = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for environment, wanted in ((plain, "1"), (plain | {"OPENBLAS_NUM_THREADS": "3"}, "3")):
        ran = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == wanted
