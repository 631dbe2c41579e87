"""Exact averages over phases, and causal models in explicit coordinates, written without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from symicl.certificates.coordinates.phases import (
    Laurent,
    Matrix,
    Moment,
    entry,
    inner,
    law,
    over_support,
    squared_error,
    vector,
)

__all__ = [
    "active",
    "attention",
    "attention_loss",
    "entry",
    "inner",
    "law",
    "over_support",
    "positional_loss",
    "squared_error",
    "times",
    "vector",
]


def times(matrix: Sequence[Sequence[Fraction]], v: Sequence[Laurent]) -> list[Laurent]:
    """A matrix of numbers times a vector."""
    return [sum((x * c for c, x in zip(row, v, strict=True) if c), Laurent()) for row in matrix]


def attention(
    W_PV: Matrix, W_KQ: Matrix, d: int, t: int, *, normalised: bool, paired: bool = False
) -> list[Laurent]:
    """First d entries of e_t + W_PV Σ_s e_s e_s* W_KQ e_t / ρ_t with e_s = (0, x_s, x_{s−1})."""
    zero = [Laurent()] * d

    def token(s: int) -> list[Laurent]:
        return zero + vector(d, s, paired=paired) + vector(d, s - 1, paired=paired)

    query = times(W_KQ, token(t))
    total = list(zero)
    for s in range(1, t + 1):
        score = inner(token(s), query)
        values = times(W_PV[:d], token(s))
        total = [a + b * score for a, b in zip(total, values, strict=True)]
    return [x * (Fraction(1, t - 1) if normalised else 1) for x in total]


def attention_loss(
    W_PV: Matrix, W_KQ: Matrix, d: int, T: int, moment: Moment, *, normalised: bool, paired: bool = False
) -> Fraction:
    """Σ_{t=2}^{T−1} E‖x̂_{t+1} − x_{t+1}‖²."""
    return sum(
        (
            squared_error(
                attention(W_PV, W_KQ, d, t, normalised=normalised, paired=paired), d, t, moment, paired=paired
            )
            for t in range(2, T)
        ),
        Fraction(0),
    )


def active(A: Matrix, B: Matrix) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """W_PV with block (1, 2) = B and W_KQ with block (3, 2) = A."""
    d = len(A)
    W_PV = [[Fraction(0)] * (3 * d) for _ in range(3 * d)]
    W_KQ = [[Fraction(0)] * (3 * d) for _ in range(3 * d)]
    for i, j in product(range(d), repeat=2):
        W_PV[i][d + j] = Fraction(B[i][j])
        W_KQ[2 * d + i][d + j] = Fraction(A[i][j])
    return W_PV, W_KQ


def positional_loss(
    A: Matrix, B: Matrix, p: Sequence[Fraction], d: int, moment: Moment, *, paired: bool
) -> Fraction:
    """E‖Σ_s p_s Σ_h ⟨x_{t−1}, diag(a_h) x_s⟩ diag(b_h) x_s − x_{t+1}‖² with t = len(p)."""
    t = len(p)
    query = vector(d, t - 1, paired=paired)
    total = [Laurent()] * d
    for s in range(1, t + 1):
        x = vector(d, s, paired=paired)
        for a, b in zip(A, B, strict=True):
            score = inner(query, [x[j] * a[j] for j in range(d)])
            total = [total[i] + x[i] * b[i] * score * p[s - 1] for i in range(d)]
    return squared_error(total, d, t, moment, paired=paired)
