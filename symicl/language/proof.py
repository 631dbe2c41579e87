"""The proof of a claim, as far as a certificate needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symicl.algebra import ClosedForm
from symicl.theory import Evidence, Quadratic


@dataclass(frozen=True)
class SameForm:
    """Two sides that are the same rational function."""

    left: ClosedForm
    right: ClosedForm


@dataclass(frozen=True)
class Sign:
    """A difference that is ≥ 0, or > 0."""

    gap: ClosedForm
    strict: bool


@dataclass(frozen=True)
class Minimum:
    """A point at which the gradient of a convex quadratic vanishes."""

    problem: Quadratic
    stated: ClosedForm
    evidence: tuple[Evidence, ...]


Proof: TypeAlias = SameForm | Sign | Minimum
