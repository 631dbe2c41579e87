"""Closed forms in the number of tokens proved by induction: the identities of base and step, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.theory.recursions.eigenvalues import ZERO
from symicl.theory.recursions.exponentials import LinearSolution, Terms, unrolled
from symicl.theory.recursions.invariants import Row
from symicl.theory.recursions.square_root import vanishes


def check_induction(matrix: Sequence[Row], initial: Sequence[ClosedForm], solution: LinearSolution) -> None:
    """Prove u(t) = solution(t) for all t from the start of each component, or refuse.

    Base: at its start each component equals what unrolling the recursion gives. Step: Mu is u one token later,
    coefficient by coefficient of tʲ λᵗ; that these are equal is enough, whatever the eigenvalues are.

    Raises
    ------
    DerivationError
        If an identity fails.
    """
    for i, (row, terms, start) in enumerate(zip(matrix, solution.terms, solution.start, strict=True)):
        (begun,) = unrolled(matrix, initial, start, [i])
        if not vanishes(solution.value(terms, start) - begun, solution.radicand):
            raise DerivationError(f"the closed form of a recursion is wrong at t = {start}")
        if any(solution.start[j] > start for j in row):
            raise DerivationError("the closed form of a recursion begins before those that it rests on")
        later, mapped = _one_later(terms, solution.eigenvalues), _mapped(row, solution)
        differences = (later.get(key, ZERO) - mapped.get(key, ZERO) for key in later.keys() | mapped.keys())
        if not all(vanishes(difference, solution.radicand) for difference in differences):
            raise DerivationError("the closed form of a recursion does not satisfy it one token later")


def _one_later(terms: Terms, eigenvalues: Sequence[ClosedForm]) -> Terms:
    """Σ c (t + 1)ʲ λᵗ⁺¹ in powers of t."""
    later: Terms = {}
    for (k, j), c in terms.items():
        for i in range(j + 1):
            later[k, i] = later.get((k, i), ZERO) + c * eigenvalues[k] * comb(j, i)
    return {key: c for key, c in later.items() if c}


def _mapped(row: Row, solution: LinearSolution) -> Terms:
    """The row applied to the closed forms."""
    total: Terms = {}
    for j, entry in row.items():
        for key, c in solution.terms[j].items():
            total[key] = total.get(key, ZERO) + entry * c
    return {key: c for key, c in total.items() if c}
