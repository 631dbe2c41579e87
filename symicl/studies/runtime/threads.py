"""One thread for torch: matrices here are so small that threads cost more than they save.

A fixed number of threads also makes a result a function of the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symicl.studies.runtime.lazy_torch import load_torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread, and restore the number of threads."""
    torch = load_torch()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
