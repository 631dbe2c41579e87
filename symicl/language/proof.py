"""The proof of a claim, as far as a certificate needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symicl.algebra import ClosedForm
from symicl.theory import Evidence, Nonnegative, Quadratic


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


@dataclass(frozen=True)
class Shown:
    """A difference that is ≥ 0, or > 0, as a sum of products of squares.

    Attributes
    ----------
    gap : ClosedForm
    positive : ClosedForm or None
        A part that is seen to be > 0.
    rest : Nonnegative
        What is left.
    remark : str
        The difference, in words.
    """

    gap: ClosedForm
    positive: ClosedForm | None
    rest: Nonnegative
    remark: str = "the difference of the two sides"


@dataclass(frozen=True)
class BlockByBlock:
    """Two matrices of blocks that are equal.

    Attributes
    ----------
    parts : tuple of (str, SameForm)
        The place of each block, in words, and its two sides.
    """

    parts: tuple[tuple[str, SameForm], ...]


Proof: TypeAlias = SameForm | Sign | Shown | Minimum | BlockByBlock
