"""Sizes, laws and formulas of a check of test risks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symicl.models import CausalLinearAttention
from symicl.studies.causal.case import CausalCase
from symicl.studies.causal.runs import Start

Formulas = Callable[[Mapping[str, Any]], Mapping[str, float]]
"""From the inputs to "mse", "ratio" and their limits."""


@dataclass(frozen=True)
class WrongRisk:
    """A slightly wrong formula for "mse" or "ratio", which must fail for the laws named."""

    name: str
    values: Formulas
    laws: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RiskSetting:
    """The sizes, laws and formulas of a check of exact test risks.

    Attributes
    ----------
    id : str
    model : CausalLinearAttention
    case_of : callable
        From a law and a scale to the training.
    formulas : callable
    wrong : sequence of WrongRisk
    laws : tuple of str
    lengths : tuple of int
        Values of T_test besides that of the inputs.
    d, T, T_test : int
    scale : Fraction
    start : (a_0, b_0)
        Of the training, in units of √(ab).
    batch : int
        Sequences in each step of training at the default T; fewer for longer sequences.
    thousands : int
        Test sequences for each law and length, in thousands.
    seeds : tuple of int
    """

    id: str
    model: CausalLinearAttention
    case_of: Callable[[str, Fraction], CausalCase]
    formulas: Formulas
    wrong: Sequence[WrongRisk]
    laws: tuple[str, ...]
    lengths: tuple[int, ...] = (2, 5, 20, 50)
    d: int = 4
    T: int = 20
    T_test: int = 31
    scale: Fraction = Fraction(1)
    start: Start = (0.8, 1.2)
    batch: int = 256
    thousands: int = 10
    seeds: tuple[int, ...] = (0, 1)

    def start_at(self, u_star: float) -> Start:
        """The start in units of √(ab)."""
        return self.start[0] * u_star**0.5, self.start[1] * u_star**0.5

    def numbers(self, law: str, T_test: int) -> dict[str, Any]:
        """The inputs of the formulas."""
        return {"d": self.d, "T": self.T, "law": law, "scale": self.scale, "T_test": T_test}
