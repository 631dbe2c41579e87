"""The proof of a claim, as far as a certificate needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symicl.algebra import ClosedForm
from symicl.language.quadratics import Problem
from symicl.language.tree import Expr
from symicl.theory import MatrixSolution


@dataclass(frozen=True)
class SameForm:
    """Two sides that are the same rational function."""

    left: ClosedForm
    right: ClosedForm


@dataclass(frozen=True)
class SameSolution:
    """A closed form that is the solution of a linear equation."""

    solution: MatrixSolution
    stated: ClosedForm


@dataclass(frozen=True)
class Sign:
    """A difference that is ≥ 0, or > 0."""

    gap: ClosedForm
    strict: bool


@dataclass(frozen=True)
class Minimum:
    """A point at which the gradient of a convex quadratic vanishes."""

    problem: Problem
    stated: ClosedForm
    objective: Expr


Proof: TypeAlias = SameForm | SameSolution | Sign | Minimum
