"""A proved minimiser as entries of a certificate: the objective is its value there plus the expectation of a square.

f(θ) = f(K*) + Q(θ − K*) with Q(Δ) = E[root(Δ)²]. Where K* contains the inverse of a sum this is said for a free K
instead, with 2 tr(N(K)'(θ − K)) more, and K* solves the factorised equation N(K) = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.differentiate import gradient_in_words as gradient
from symicl.algebra.letters import ONE, PARTNER
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.certificates.operations import common_factor
from symicl.claims.claim_writer import ClaimWriter
from symicl.claims.proof import Minimum
from symicl.claims.quadratics import vanishes
from symicl.claims.reading import Reader
from symicl.claims.roots import Root, beside
from symicl.claims.squares import product_of
from symicl.errors import UnsupportedError
from symicl.theory.normal_equations import MatrixEquation, MatrixSolution, factorise


@dataclass(frozen=True)
class _Quadratic:
    """An objective and the expectation of a square that is its quadratic part.

    Attributes
    ----------
    unknown, step : int
        K, and the letter Δ of a change of it.
    objective : ClosedForm
    mean_square : Polynomial
        Q(Δ), as it was recorded, with letters for reciprocals.
    table : dict
        What these letters stand for.
    """

    unknown: int
    step: int
    objective: ClosedForm
    mean_square: Polynomial
    table: Mapping[int, ClosedForm]

    def square(self, writer: ClaimWriter, change: ClosedForm) -> int:
        """Q at a change."""
        part = _by_degree(self.objective.num, self.unknown)[2]
        result = _at(part, self.unknown, change, 2) / closed_form(self.objective.den)
        table: dict[int, Any] = {**self.table, self.step: change}
        used = {a: value for a, value in table.items() if a in self.mean_square.letters()}
        return writer.put(writer.node(self.mean_square), used, result)


@dataclass(frozen=True)
class CompletedSquare:
    """f(θ) = f(K*) + Q(θ − K*), for a K* at which this is seen by multiplying out."""

    quadratic: _Quadratic
    at: ClosedForm
    least: ClosedForm

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the value at the stated point, which is the least one."""
        q = self.quadratic
        loss = writer.node(q.objective)
        value = writer.put(loss, {q.unknown: self.at}, self.least)
        change = _minus(MatrixPolynomial.of(q.unknown), self.at)
        square = q.square(writer, change)
        line = writer.at_least("the objective is at least its value at the stated point", loss, value, square)
        writer.emit(
            "stated",
            name=name,
            text=f"{text}: by entry {line} the objective is nowhere less than there",
            stated=writer.data(self.least),
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
    normal : MatrixPolynomial
        Half the gradient of the numerator of the objective at K, as it was recorded.
    equation : MatrixEquation
    at : ClosedForm
    constant, linear : Polynomial
        The parts of degree 0 and, at K, 1 of the numerator.
    least : ClosedForm
    common : ClosedForm or None
        See `symicl.certificates.operations.common_factor`.
    """

    quadratic: _Quadratic
    free: int
    turned: bool
    normal: MatrixPolynomial
    equation: MatrixEquation
    at: ClosedForm
    constant: Polynomial
    linear: Polynomial
    least: ClosedForm
    common: ClosedForm | None

    def write(self, writer: ClaimWriter, name: str, text: str) -> None:
        """The claim: the stated point solves the normal equation, and no value is less than the one there."""
        q, equation = self.quadratic, self.equation
        den = q.objective.den
        free = MatrixPolynomial.of(self.free)
        candidate = q.objective.num.substitute({q.unknown: free.T if self.turned else free})
        change = MatrixPolynomial.of(q.unknown) - (free.T if self.turned else free)
        direction = change.T if self.turned else change
        loss = writer.node(q.objective)
        normal = writer.node(self.normal)
        if den != 1:
            normal = writer.over(normal, writer.data(den), closed_form(self.normal, den))
        factor, right = writer.data(equation.factor), writer.data(equation.right_side)
        sides = {
            key: writer.data(product_of(word))
            for key, word in (("L", equation.left), ("R", equation.right))
            if word
        }
        letter = writer.letters.id(self.free)
        scale = writer.data(closed_form(equation.scale, den))
        factorised = writer.emit(
            "factorised", of=normal, letter=letter, scale=scale, F=factor, C=right, **sides
        )
        stated = writer.data(self.at)
        extra = {} if self.common is None else {"common": writer.data(self.common)}
        at = writer.value(
            "quotient",
            writer.letters.number(self.at),
            of=right,
            by=factor,
            result=stated,
            solves=factorised,
            **extra,
        )
        line = writer.emit(
            "minimum",
            claim="the objective is at least its value at the stated point",
            letter=letter,
            factorised=factorised,
            loss=loss,
            candidate=writer.put(
                loss, {q.unknown: free.T if self.turned else free}, closed_form(candidate, den)
            ),
            square=q.square(writer, closed_form(change)),
            normal=normal,
            direction=writer.data(direction),
            at=at,
            power=writer.data(closed_form(self.constant, den)),
            explained=writer.data(closed_form(self.linear * Fraction(-1, 2), den)),
            value=writer.data(self.least),
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
    root = Root(reader, a, step)
    mean_square = root.mean_square(minimum.objective)
    quadratic = _Quadratic(a, step, objective, mean_square, root.reciprocals)
    if not _is_quadratic_part(quadratic):
        raise UnsupportedError("the quadratic part of the objective is not the square that was expected")
    if vanishes(problem, minimum.stated):
        at = minimum.stated
        return CompletedSquare(quadratic, at, _value_at(objective, a, minimum.stated))
    for turned in (False, True):
        found = _solved(quadratic, minimum.stated, turned=turned)
        if found is not None:
            return found
    raise UnsupportedError("the normal equation has no factorised form of which the point is the solution")


def _solved(quadratic: _Quadratic, stated: ClosedForm, *, turned: bool) -> SolvedMinimum | None:
    a, objective = quadratic.unknown, quadratic.objective
    if stated.is_scalar:
        return None
    at = stated.T if turned else stated
    free = beside(PARTNER[a] if turned else a, "transpose of the best" if turned else "the best")
    matrix = MatrixPolynomial.of(free).T if turned else MatrixPolynomial.of(free)
    normal = gradient(objective.num.substitute({a: matrix}), free) * Fraction(1, 2)
    try:
        equation = factorise(normal, free)
        if equation.expanded(free) * equation.scale != normal:
            return None
        common = common_factor(MatrixSolution(equation.right_side, equation.factor), at)
    except UnsupportedError:
        return None
    constant, linear, _ = _by_degree(objective.num, a)
    halved = _at(linear, a, stated, 1) * Fraction(1, 2)
    least = (closed_form(constant) + halved) / closed_form(objective.den)
    return SolvedMinimum(
        quadratic, free, turned, normal, equation, at, constant, linear.substitute({a: matrix}), least, common
    )


def _by_degree(polynomial: Polynomial, a: int) -> list[Polynomial]:
    """The parts of degree 0, 1 and 2 in a letter."""
    both = {a, PARTNER[a]}
    parts: list[dict] = [{}, {}, {}]
    for monomial, c in polynomial:
        parts[sum(x in both for word in monomial for x in word)][monomial] = c
    return [Polynomial(part) for part in parts]


def _at(part: Polynomial, a: int, point: ClosedForm, degree: int) -> ClosedForm:
    """A homogeneous part at a point."""
    num = point.num
    matrix = num if isinstance(num, MatrixPolynomial) else MatrixPolynomial.identity(ONE, num)
    return closed_form(part.substitute({a: matrix}), point.den**degree)


def _value_at(objective: ClosedForm, a: int, point: ClosedForm) -> ClosedForm:
    constant, linear, square = _by_degree(objective.num, a)
    total = closed_form(constant) + _at(linear, a, point, 1) + _at(square, a, point, 2)
    return total / closed_form(objective.den)


def _is_quadratic_part(q: _Quadratic) -> bool:
    """True if the expectation of the square is the quadratic part of the objective."""
    found = closed_form(q.mean_square).substitute(q.table)
    expected = _by_degree(q.objective.num, q.unknown)[2].substitute({q.unknown: MatrixPolynomial.of(q.step)})
    return found == closed_form(expected, q.objective.den)


def _minus(matrix: MatrixPolynomial, point: ClosedForm) -> ClosedForm:
    return closed_form(matrix) - point
