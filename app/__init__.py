"""What strings the stages together, and every way in: the command line, the pages, what the DAGs call."""

import os

# Before NumPy comes: for tables this small, threads cost more than they give, and each core has its process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
