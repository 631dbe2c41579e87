"""How much is held in memory at once."""

from __future__ import annotations

from symicl.algebra import exact_size
from symicl.numeric import evaluate
from symicl.tasks import TaskAt

MAX_CHUNK_SIZE = 4_000_000
"""Numbers that are held together, at most, as long as one context or sequence is smaller."""
DRAWN_TOGETHER = 2_000_000
"""Random numbers that are drawn together, at most, likewise."""


def size_of_context(task: TaskAt) -> int:
    """n, or 1 for a task without examples."""
    size = exact_size(getattr(task.task, "n", 1))
    return int(evaluate(size, task.values)) if size.free_symbols <= task.values.keys() else 1


def prompts_at_once(task: TaskAt, most: int) -> int:
    """How many prompts fit, ``most`` at most."""
    widest = max(task.d, task.sizes().get("m", 1))
    return max(1, min(most, MAX_CHUNK_SIZE // (size_of_context(task) * widest)))
