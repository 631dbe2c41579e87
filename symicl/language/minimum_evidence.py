"""A proved minimiser as entries of a certificate: the objective is its value there plus the expectation of a square.

f(θ) = f(K*) + Q(θ − K*) with Q(Δ) = E[root(Δ)²]. Where K* contains the inverse of a sum this is said for a free K
instead, with 2 tr(N(K)'(θ − K)) more, and K* solves the factorised equation N(K) = 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra import MEANING, PARTNER, ClosedForm, gradient
from symicl.certificates import common_factor
from symicl.errors import UnsupportedError
from symicl.language.claim_writer import ClaimWriter
from symicl.theory import (
    ConvexPart,
    Evidence,
    MatrixEquation,
    MatrixSolution,
    Quadratic,
    beside,
    factorise,
    steps_of,
)

Point = Mapping[int, ClosedForm]
"""From each unknown to its value."""


@dataclass(frozen=True)
class _Squared:
    """An objective and the expectation of a square that is its quadratic part.

    Attributes
    ----------
    problem : Quadratic
    steps : dict
        From each unknown to the letter of a change of it.
    mean_square : ClosedForm
        Q(Δ), as it was recorded.
    """

    problem: Quadratic
    steps: dict[int, int]
    mean_square: ClosedForm

    def square(self, writer: ClaimWriter, changes: Point) -> int:
        """Q at changes of the unknowns."""
        square = writer.node(self.mean_square)
        letters = self.mean_square.letters()
        table = {self.steps[a]: change for a, change in changes.items() if self.steps[a] in letters}
        return writer.put(square, table, self.problem.part(2, changes)) if table else square


@dataclass(frozen=True)
class CompletedSquare:
    """f(θ) = f(K*) + Q(θ − K*), for a K* at which this is seen by multiplying out."""

    squared: _Squared
    at: Point

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the value at the stated point, which is the least one."""
        problem = self.squared.problem
        loss, least = writer.node(problem.objective), problem.objective.substitute(self.at)
        value = writer.put(loss, self.at, least)
        square = self.squared.square(writer, {a: ClosedForm.of(a) - at for a, at in self.at.items()})
        line = writer.at_least("the objective is at least its value at the stated point", loss, value, square)
        writer.emit(
            "stated",
            name=name,
            text=f"{text}: by entry {line} the objective is nowhere less than there",
            stated=writer.data(least),
            derived=value,
        )


@dataclass(frozen=True)
class SolvedMinimum:
    """The same for a free K, and K* as the solution of N(K) = 0; everything may stand transposed.

    Attributes
    ----------
    free : int
        The letter K.
    turned : bool
        Whether it stands for the transpose of the unknown.
    normal : ClosedForm
        Half the gradient of the objective at K, as it was recorded.
    equation : MatrixEquation
    at : ClosedForm
    """

    squared: _Squared
    free: int
    turned: bool
    normal: ClosedForm
    equation: MatrixEquation
    at: ClosedForm

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the stated point solves the normal equation, and no value is less than the one there."""
        problem, equation = self.squared.problem, self.equation
        (a,) = problem.unknowns
        free = _turned(ClosedForm.of(self.free), self.turned)
        change = ClosedForm.of(a) - free
        loss, stated = writer.node(problem.objective), writer.data(self.at)
        normal, factorised = writer.node(self.normal), writer.factorised(writer.factorisation(equation))
        at = writer.quotient(MatrixSolution(equation.right_side, equation.factor), stated, self.at)
        constant, linear = problem.part(0, {a: free}), problem.part(1, {a: free})
        line = writer.emit(
            "minimum",
            claim="the objective is at least its value at the stated point",
            letter=writer.letters.id(self.free),
            factorised=factorised,
            loss=loss,
            candidate=writer.put(loss, {a: free}, problem.objective.substitute({a: free})),
            square=self.squared.square(writer, {a: change}),
            normal=normal,
            direction=writer.data(_turned(change, self.turned)),
            at=at,
            power=writer.data(constant),
            explained=writer.data(linear * Fraction(-1, 2)),
            value=writer.data(constant + problem.part(1, {a: _turned(self.at, self.turned)}) / 2),
        )
        what = "its transpose" if self.turned else "it"
        words = (
            f"{what} solves entry {factorised}, and by entry {line} the objective is nowhere less than there"
        )
        writer.emit("stated", name=name, text=f"{text}: {words}", stated=stated, derived=at)


def minimum_evidence(
    problem: Quadratic, stated: Point, evidence: Sequence[Evidence]
) -> CompletedSquare | SolvedMinimum:
    """Prepare the entries; while a recording runs.

    Raises
    ------
    UnsupportedError
        If there is nothing that the checker could recompute.
    """
    steps = steps_of(problem.unknowns)
    squared = _Squared(problem, steps, ConvexPart(evidence, steps).mean_square())
    if squared.mean_square != problem.part(2, {a: ClosedForm.of(b) for a, b in steps.items()}):
        raise UnsupportedError("the quadratic part of the objective is not the square that was expected")
    if cancels_in_words(problem, stated):
        return CompletedSquare(squared, stated)
    if len(stated) > 1:
        names = " and ".join(str(MEANING[a]) for a in stated)
        raise UnsupportedError(
            f"the values of {names} contain inverses of sums that cancel in no single term"
        )
    for turned in (False, True):
        found = _solved(squared, stated, turned=turned)
        if found is not None:
            return found
    raise UnsupportedError("the normal equation has no factorised form of which the point is the solution")


def cancels_in_words(problem: Quadratic, at: Point) -> bool:
    """True if the gradients vanish term by term, as whoever rechecks the certificate has them."""
    try:
        return not any(slope.substitute(at) for slope in problem.gradients.values())
    except UnsupportedError:
        return False


def _solved(squared: _Squared, stated: Point, *, turned: bool) -> SolvedMinimum | None:
    ((a, point),) = stated.items()
    if point.is_scalar:
        return None
    at = _turned(point, turned)
    free = beside(PARTNER[a] if turned else a, "transpose of the best" if turned else "the best")
    there = squared.problem.objective.substitute({a: _turned(ClosedForm.of(free), turned)})
    normal = gradient(there, free) * Fraction(1, 2)
    try:
        equation = factorise(normal, free)
        common_factor(MatrixSolution(equation.right_side, equation.factor), at)
    except UnsupportedError:
        return None
    return SolvedMinimum(squared, free, turned, normal, equation, at)


def _turned(matrix: ClosedForm, turned: bool) -> ClosedForm:
    return matrix.T if turned else matrix
