"""What strings the stages together, and every way in: the command line, the pages, what the DAGs call."""

import gc
import os

# Before NumPy comes: for tables this small, threads cost more than they give, and each core has its process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What is loaded to judge and to link is hundreds of thousands of objects that stay. Looked through for garbage after each
# 700 new ones, as is usual, they cost a seventh of all processor time; there are few cycles, and all else is freed at once.
gc.set_threshold(50_000, 10, 10)
