"""A proved minimiser as entries of a certificate: the objective is its value there plus the expectation of a square.

f(θ) = f(K*) + Q(θ − K*) with Q(Δ) = E[root(Δ)²]. Where K* contains the inverse of a sum this is said for a free K
instead, with 2 tr(N(K)'(θ − K)) more, and K* solves the factorised equation N(K) = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra import PARTNER, ClosedForm, gradient, homogeneous
from symicl.certificates import common_factor
from symicl.errors import UnsupportedError
from symicl.language.claim_writer import ClaimWriter
from symicl.language.proof import Minimum
from symicl.language.quadratics import vanishes
from symicl.language.reading import Reader
from symicl.language.roots import Root, beside
from symicl.theory import MatrixEquation, MatrixSolution, factorise


@dataclass(frozen=True)
class _Quadratic:
    """An objective and the expectation of a square that is its quadratic part.

    Attributes
    ----------
    unknown, step : int
        K, and the letter Δ of a change of it.
    objective : ClosedForm
    mean_square : ClosedForm
        Q(Δ), as it was recorded.
    """

    unknown: int
    step: int
    objective: ClosedForm
    mean_square: ClosedForm

    def part(self, order: int, at: ClosedForm) -> ClosedForm:
        """The part of degree 0, 1 or 2 in the unknown, at a point."""
        return homogeneous(self.objective, [self.unknown], order).substitute({self.unknown: at})

    def square(self, writer: ClaimWriter, change: ClosedForm) -> int:
        """Q at a change."""
        square = writer.node(self.mean_square)
        if self.step not in self.mean_square.letters():
            return square
        return writer.put(square, {self.step: change}, self.part(2, change))


@dataclass(frozen=True)
class CompletedSquare:
    """f(θ) = f(K*) + Q(θ − K*), for a K* at which this is seen by multiplying out."""

    quadratic: _Quadratic
    at: ClosedForm

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the value at the stated point, which is the least one."""
        q = self.quadratic
        loss, least = writer.node(q.objective), q.objective.substitute({q.unknown: self.at})
        value = writer.put(loss, {q.unknown: self.at}, least)
        square = q.square(writer, ClosedForm.of(q.unknown) - self.at)
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

    quadratic: _Quadratic
    free: int
    turned: bool
    normal: ClosedForm
    equation: MatrixEquation
    at: ClosedForm

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the stated point solves the normal equation, and no value is less than the one there."""
        q, equation = self.quadratic, self.equation
        free = _turned(ClosedForm.of(self.free), self.turned)
        change = ClosedForm.of(q.unknown) - free
        loss, stated = writer.node(q.objective), writer.data(self.at)
        normal, factorised = writer.node(self.normal), writer.factorised(writer.factorisation(equation))
        at = writer.quotient(MatrixSolution(equation.right_side, equation.factor), stated, self.at)
        constant, linear = q.part(0, free), q.part(1, free)
        line = writer.emit(
            "minimum",
            claim="the objective is at least its value at the stated point",
            letter=writer.letters.id(self.free),
            factorised=factorised,
            loss=loss,
            candidate=writer.put(loss, {q.unknown: free}, q.objective.substitute({q.unknown: free})),
            square=q.square(writer, change),
            normal=normal,
            direction=writer.data(_turned(change, self.turned)),
            at=at,
            power=writer.data(constant),
            explained=writer.data(linear * Fraction(-1, 2)),
            value=writer.data(constant + q.part(1, _turned(self.at, self.turned)) / 2),
        )
        what = "its transpose" if self.turned else "it"
        words = (
            f"{what} solves entry {factorised}, and by entry {line} the objective is nowhere less than there"
        )
        writer.emit("stated", name=name, text=f"{text}: {words}", stated=stated, derived=at)


def minimum_evidence(minimum: Minimum, reader: Reader) -> CompletedSquare | SolvedMinimum:
    """Prepare the entries; while a recording runs.

    Raises
    ------
    UnsupportedError
        If there is nothing that the checker could recompute.
    """
    problem, objective = minimum.problem, minimum.problem.objective
    a = problem.unknown
    step = beside(a, "change of")
    quadratic = _Quadratic(a, step, objective, Root(reader, a, step).mean_square(minimum.objective))
    if quadratic.mean_square != quadratic.part(2, ClosedForm.of(step)):
        raise UnsupportedError("the quadratic part of the objective is not the square that was expected")
    if vanishes(problem, minimum.stated):
        return CompletedSquare(quadratic, minimum.stated)
    for turned in (False, True):
        found = _solved(quadratic, minimum.stated, turned=turned)
        if found is not None:
            return found
    raise UnsupportedError("the normal equation has no factorised form of which the point is the solution")


def _solved(quadratic: _Quadratic, stated: ClosedForm, *, turned: bool) -> SolvedMinimum | None:
    a = quadratic.unknown
    if stated.is_scalar:
        return None
    at = _turned(stated, turned)
    free = beside(PARTNER[a] if turned else a, "transpose of the best" if turned else "the best")
    there = quadratic.objective.substitute({a: _turned(ClosedForm.of(free), turned)})
    normal = gradient(there, free) * Fraction(1, 2)
    try:
        equation = factorise(normal, free)
        common_factor(MatrixSolution(equation.right_side, equation.factor), at)
    except UnsupportedError:
        return None
    return SolvedMinimum(quadratic, free, turned, normal, equation, at)


def _turned(matrix: ClosedForm, turned: bool) -> ClosedForm:
    return matrix.T if turned else matrix
