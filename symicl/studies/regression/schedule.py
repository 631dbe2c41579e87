"""How long and how a model is trained."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from symicl.errors import InputError, brief


@dataclass(frozen=True)
class Schedule:
    """How long and how a model is trained.

    Attributes
    ----------
    steps : int
    batch : (int, int)
        Prompts in the first and the last step; the number grows geometrically in between. Small batches are
        enough on the way to the optimum, large ones average the sampling noise away at the end: for one and
        the same number of prompts the run ends at half the excess that a constant batch gives.
    lr : float
        Initial step size of Adam; it falls to zero along a half cosine.
    dtype : "float32" or "float64"
        Of the model while it trains; float32 takes half the time and ends at the same excess.
    """

    steps: int = 700
    batch: tuple[int, int] = (256, 4096)
    lr: float = 0.01
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if not _is_natural(self.steps):
            raise InputError(f"steps={brief(self.steps)} must be a positive integer")
        if not (isinstance(self.batch, tuple) and len(self.batch) == 2 and all(map(_is_natural, self.batch))):
            raise InputError(f"batch={brief(self.batch)} must consist of positive integers")
        if not (isinstance(self.lr, int | float) and self.lr > 0 and math.isfinite(self.lr)):
            raise InputError(f"lr={brief(self.lr)} must be a positive number")
        if self.dtype not in ("float32", "float64"):
            raise InputError(f"dtype={self.dtype} must be float32 or float64")

    def batch_at(self, step: int) -> int:
        first, last = self.batch
        return round(first * (last / first) ** (step / max(1, self.steps - 1)))

    def lr_at(self, step: int) -> float:
        return self.lr * 0.5 * (1 + math.cos(math.pi * step / self.steps))

    def blocks(self) -> Iterator[range]:
        """Steps whose prompts are drawn together: small batches share the cost of one draw."""
        start, prompts = 0, 0
        for step in range(self.steps):
            prompts += self.batch_at(step)
            if prompts >= 512 or step == self.steps - 1:
                yield range(start, step + 1)
                start, prompts = step + 1, 0


def _is_natural(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1
