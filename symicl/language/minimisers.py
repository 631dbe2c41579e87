"""The verdict on a claimed minimiser of a quadratic.

A point minimises a convex function exactly where the gradient vanishes. The objective is seen to be convex by its
form: squares, norms and their expectations, of what is affine in the unknown, with non-negative factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.conventions import explain
from symicl.language.convexity import squares_in
from symicl.language.instances import instances
from symicl.language.numbers import ScaledI, at_numbers, symbols_in, symbols_of
from symicl.language.proof import Minimum
from symicl.language.quadratics import derive, is_stationary, solution_of
from symicl.language.randomness import random_symbols
from symicl.language.reading import Reader
from symicl.language.result import ClaimResult, Counterexample
from symicl.language.scope import Entry
from symicl.numeric import AtNumbers, ExactMatrix, identity_matrix, sympy_rational
from symicl.tasks import Values
from symicl.theory import Evidence, Quadratic, squares_of_form
from symicl.verdicts import PROVED, REFUTED

RULE = "the objective is a convex quadratic in {}, and its gradient vanishes there"
STATIONARY = "where the gradient vanishes, which need not be a minimum"
MAX_INSTANCES = 20
WORDS = ("the objective at the stated point is", "at a better point it is")


def judge_minimiser(body: t.Minimiser, reader: Reader, blank: ClaimResult) -> ClaimResult:
    """The verdict on "K = … minimises …".

    Raises
    ------
    ClaimError
        If there is no unknown, the shapes differ, or the objective is not a scalar.
    OutsideCalculus
        If the objective is not quadratic.
    """
    entry = _unknown(body, reader)
    objective = _objective(body, reader)
    name = body.unknown.name  # type: ignore[union-attr]
    problem = reader.at(body.objective.span, lambda: derive(entry, objective))
    stated = _candidate(body.value, entry, reader)
    solution = solution_of(problem)

    if is_stationary(problem, stated, solution):
        evidence = _evidence(body.objective, problem, reader)
        if evidence is not None:
            proof = Minimum(problem, stated, tuple(evidence))
            formulas = (body.value, body.objective)
            return replace(blank, verdict=PROVED, rule=RULE.format(name), proof=proof, formulas=formulas)
        failure = _lower(body, entry, problem, reader)
        if failure is not None:
            remark = "the gradient vanishes there, but it is no minimum"
            return replace(blank, verdict=REFUTED, counterexample=failure, reason=remark)
        return replace(
            blank, reason="the gradient vanishes there, but the objective is not seen to be convex"
        )
    failure = _failure(body, entry, problem, reader)
    if failure is None:
        return replace(blank, reason="no proof and no counterexample was found")

    def holds(_: t.Expr, value: t.Expr) -> bool:
        return is_stationary(problem, _candidate(value, entry, reader), solution)

    truth = None if solution is None else solution.values[problem.unknowns[0]]
    difference = None if truth is None else v.form_of(v.add(stated, -truth))
    return replace(
        blank,
        verdict=REFUTED,
        truth=truth,
        truth_is="the true minimiser"
        if _evidence(body.objective, problem, reader) is not None
        else STATIONARY,
        difference=difference,
        counterexample=failure,
        convention=explain(body.objective, body.value, reader, holds, of_a_loss=False),
        reason="" if truth is not None else "the normal equation has no closed-form solution here",
    )


def _evidence(objective: t.Expr, problem: Quadratic, reader: Reader) -> Sequence[Evidence] | None:
    """The squares of an objective, from its form or else from its terms."""
    (a,) = problem.unknowns
    return squares_in(objective, a, reader) or squares_of_form(problem)


def _unknown(body: t.Minimiser, reader: Reader) -> Entry:
    node = body.unknown
    if not isinstance(node, t.Name):
        raise reader.source.error(node.span, "the left side of a minimiser is one symbol")
    entry = reader.scope.find(node)
    if entry.kind not in ("scalar", "vector", "matrix", "symmetric"):
        raise reader.source.error(
            node.span,
            f"{node.name} is a {entry.kind}; a minimiser is sought among scalars, vectors or matrices",
        )
    if entry.kind == "scalar" and entry.symbol.is_nonnegative:
        raise reader.source.error(
            node.span, f"{node.name} is declared with a sign; a minimiser is sought among all real numbers"
        )
    return entry


def _objective(body: t.Minimiser, reader: Reader) -> ClosedForm:
    objective = reader.value(body.objective)
    span = body.objective.span
    if not (isinstance(objective, ClosedForm) and objective.is_scalar):
        raise reader.source.error(span, f"the objective is {v.kind_of(objective)}, not a scalar")
    names = sorted(z.name for z in random_symbols(objective))
    if names:
        raise reader.source.error(
            span, f"the objective depends on {', '.join(names)}, which is random; take its expectation, E[…]"
        )
    return objective


def _candidate(node: t.Expr, entry: Entry, reader: Reader) -> ClosedForm:
    """The stated minimiser in the shape of the unknown.

    Raises
    ------
    ClaimError
        If its shape differs, or it depends on the unknown or on something random.
    """
    assert entry.value is not None
    value = v.fitted(reader.value(node), entry.value)
    if not (isinstance(value, ClosedForm) and v.same_shape(value, entry.value)):
        words = f"the minimiser is {v.kind_of(entry.value)}, but this is {v.kind_of(value)}"
        raise reader.source.error(node.span, words)
    if entry.symbol in symbols_of(value):
        raise reader.source.error(node.span, f"the minimiser is stated in terms of {entry.symbol} itself")
    if random_symbols(value):
        raise reader.source.error(node.span, "the minimiser is stated in terms of something random")
    if entry.kind == "symmetric" and value != value.T:
        raise reader.source.error(node.span, f"{entry.symbol} is symmetric, but this is not known to be")
    return value


def _failure(body: t.Minimiser, entry: Entry, problem: Quadratic, reader: Reader) -> Counterexample | None:
    """An instance on which the gradient does not vanish, with a point that is better than the stated one."""
    symbols = symbols_in((body.value,), reader) | symbols_of(problem.objective)
    sizes = getattr(entry.symbol, "shape", (1, 1))
    symbols |= {size for size in sizes if isinstance(size, sympy.Symbol)}
    for values in instances(symbols - {entry.symbol}, reader.scope):
        rows, cols = (int(values.get(size, size)) for size in sizes)
        try:
            point = _point(at_numbers(body.value, values, reader), rows, cols)
            here, there = _descend(problem, values, entry.symbol, point)
        except (InputError, ZeroDivisionError):
            continue
        if there < here:
            return Counterexample(values, here, there, WORDS)
    return None


def _lower(body: t.Minimiser, entry: Entry, problem: Quadratic, reader: Reader) -> Counterexample | None:
    """An instance on which the objective is lower near the stated point, at one of few points."""
    symbols = symbols_in((body.value,), reader) | symbols_of(problem.objective)
    sizes = getattr(entry.symbol, "shape", (1, 1))
    symbols |= {size for size in sizes if isinstance(size, sympy.Symbol)}
    for values in islice(instances(symbols - {entry.symbol}, reader.scope), MAX_INSTANCES):
        rows, cols = (int(values.get(size, size)) for size in sizes)
        try:
            point = _point(at_numbers(body.value, values, reader), rows, cols)
            here = _objective_at(problem, values, entry.symbol, point)
            for step in _steps(rows, cols, symmetric=entry.kind == "symmetric"):
                there = _objective_at(problem, values, entry.symbol, point + step)
                if there < here:
                    return Counterexample(values, here, there, WORDS)
        except (InputError, ZeroDivisionError):
            continue
    return None


def _steps(rows: int, cols: int, *, symmetric: bool) -> Iterator[ExactMatrix]:
    for i, j in product(range(rows), range(cols)):
        for sign in (1, -1):
            for other in (1,) if symmetric else (0, 1, -1):
                step = flint.fmpq_mat(rows, cols)
                step[i, j] = flint.fmpq(sign)
                if i != j and j < rows and i < cols:
                    step[j, i] = flint.fmpq(sign * other)
                yield step
    if rows == cols > 1:
        for sign in (1, -1):
            yield identity_matrix(rows) * flint.fmpq(sign)


def _objective_at(problem: Quadratic, values: Values, symbol: sympy.Basic, point: ExactMatrix) -> Any:
    value = point if isinstance(symbol, MatrixExpr) else sympy_rational(point[0, 0])
    return AtNumbers({**values, symbol: value}).of(problem.objective)


def _point(value: Any, rows: int, cols: int) -> ExactMatrix:
    """The stated minimiser as a matrix; 0 and multiples of I take the shape of the unknown."""
    if isinstance(value, ExactMatrix):
        return value
    factor = value.factor if isinstance(value, ScaledI) else value
    return flint.fmpq_mat(rows, cols, [factor * int(i == j) for i in range(rows) for j in range(cols)])


def _descend(
    problem: Quadratic, values: Values, symbol: sympy.Basic, start: ExactMatrix
) -> tuple[flint.fmpq, flint.fmpq]:
    """The objective at a point, and after the best step against the gradient."""

    def at(point: ExactMatrix) -> AtNumbers:
        value = point if isinstance(symbol, MatrixExpr) else sympy_rational(point[0, 0])
        return AtNumbers({**values, symbol: value})

    first = at(start)
    (gradient,) = problem.gradients.values()
    slope = first.matrix(gradient)
    here = first.of(problem.objective)
    whole, half = (at(start - slope * flint.fmpq(1, k)).of(problem.objective) for k in (1, 2))
    # f(K − sG) is a quadratic in s, known at three points; its vertex is exact.
    curvature = 2 * (whole - 2 * half + here)
    if curvature <= 0:
        return here, min(whole, half)
    drop = whole - here - curvature
    return here, here - drop * drop / (4 * curvature)
