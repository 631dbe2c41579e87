"""A table of sampled means, each beside what the linear theory says where it says something."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symicl.errors import InputError
from symicl.studies import Estimate

TOLERANCE = 5.0
"""Standard errors up to which a mean agrees with a value."""


@dataclass(frozen=True)
class Row:
    """A sampled mean.

    Attributes
    ----------
    name : str
    measured : Estimate
    theory : float or None
        What the theory of linear attention and commuting matrices says.
    is_claimed : bool
        Whether the theory speaks of this case; otherwise the difference is what is measured.
    """

    name: str
    measured: Estimate
    theory: float | None = None
    is_claimed: bool = True

    @property
    def distance(self) -> float:
        """The measured mean less the theory, in standard errors."""
        assert self.theory is not None
        return -self.measured.below(self.theory)

    @property
    def agrees(self) -> bool:
        """True if the two differ by no more than chance explains."""
        return self.theory is not None and abs(self.distance) <= TOLERANCE

    def __str__(self) -> str:
        text = f"{self.name:<52}{self.measured.mean:10.5f} ± {self.measured.error:.5f}"
        if self.theory is None:
            return text
        verdict = "agrees" if self.agrees else "differs"
        about = "" if self.is_claimed else ", which says nothing about this"
        return f"{text}   linear theory {self.theory:10.5f}: {verdict}, {self.distance:+.1f} errors{about}"


def sizes(arguments: list[str]) -> tuple[int, int]:
    """d and T_max of a command line, 4 and 10 by default.

    Raises
    ------
    InputError
        If they are not two whole numbers, d ≥ 1 and T_max ≥ 2.
    """
    if not arguments:
        return 4, 10
    numbers = [int(x) if x.isdecimal() and x.isascii() else 0 for x in arguments]
    if len(numbers) != 2 or numbers[0] < 1 or numbers[1] < 2:
        raise InputError(f"{' '.join(arguments)} is not d and T_max; give two whole numbers, such as 4 10")
    return numbers[0], numbers[1]


def show(measure: Callable[[int, int], list[Row]], sequences: int, arguments: list[str]) -> int:
    """Print the table of a command line; exit code 1 if the theory is missed where it speaks, 2 for bad input."""
    try:
        d, T_max = sizes(arguments)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    rows = measure(d, T_max)
    print(f"d = {d}, T_max = {T_max}, {sequences:,} sequences of each kind; mean ± standard error")
    print(*rows, sep="\n")
    return int(not all(row.agrees for row in rows if row.is_claimed and row.theory is not None))


def quotient(top: np.ndarray, bottom: np.ndarray) -> Estimate:
    """The quotient of two means, with the standard error to first order."""
    ratio = top.mean() / bottom.mean()
    around = Estimate.of((top - ratio * bottom) / bottom.mean())
    return Estimate(float(ratio), around.error, len(top))
