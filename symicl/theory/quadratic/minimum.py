"""The minimum of an expectation that is written in SymPy, over some of its letters.

With κ for a free point, the identity

    L(θ) − L(κ) − Q(θ − κ) = Σ tr(∇L(κ)' (θ − κ))

holds for **all** θ and κ, where Q is the quadratic part; it is compared term by term. At θ* the gradient vanishes, so
the excess L(θ) − L(θ*) is Q(θ − θ*). That this is not negative is a matter of its own: Q is an averaged sum of squares,
which is multiplied out and compared as well. Without such evidence θ* is called a stationary point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form
from symicl.errors import DerivationError, InputError, SymiclError, UnsupportedError, described
from symicl.numeric import ExactMatrix, Value, evaluate
from symicl.tasks import exact_values
from symicl.theory.quadratic.at_numbers import (
    QuadraticAt,
    falling_instance,
    is_defined,
    is_unique_at,
    symbols_of,
)
from symicl.theory.quadratic.evidence import ConvexPart, Evidence, beside
from symicl.theory.quadratic.expression import read_objective
from symicl.theory.quadratic.form_evidence import squares_of_form, steps_of
from symicl.theory.quadratic.linear_system import SystemSolution
from symicl.theory.quadratic.one_unknown import Contradiction
from symicl.theory.quadratic.problem import Quadratic
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation, display, expression_latex

STATIONARY = "a stationary point; it is not seen that the objective is nowhere less"


@dataclass(frozen=True)
class QuadraticCertificate:
    """The verified identity of this module.

    Attributes
    ----------
    other : dict of int
        From each unknown to the letter κ of another point.
    quadratic_part : ClosedForm
        Q(θ − κ).
    remainder : ClosedForm
        L(θ) − L(κ) − Q(θ − κ), which is linear in ∇L(κ).
    evidence : tuple
        The squares that Q is the mean of; empty at a stationary point that is not known to be a minimum.
    """

    other: dict[int, int]
    quadratic_part: ClosedForm
    remainder: ClosedForm
    evidence: tuple[Evidence, ...]

    def __repr__(self) -> str:
        return f"QuadraticCertificate({len(self.quadratic_part)} terms in the quadratic part)"

    def _repr_latex_(self) -> str:
        identity = (
            r"L(\theta)-L(\kappa)-Q(\theta-\kappa)=\sum\operatorname{tr}(\nabla L(\kappa)^{\top}(\theta-\kappa)),"
            r"\quad\nabla L(\theta^{*})=0"
        )
        return "\n".join([rf"\[{identity}\]", display(Equation(r"Q(\theta-\kappa)", self.quadratic_part))])


@dataclass(frozen=True, repr=False)
class QuadraticMinimum(TypesetQuantity):
    """The minimum of a quadratic expectation over some letters.

    Attributes
    ----------
    expression : SymPy scalar
        What was given.
    problem : Quadratic
        The objective, as a closed form, and the letters of the unknowns.
    solution : SystemSolution
        Where the gradients vanish.
    evidence : tuple or None
        The squares that the quadratic part is the mean of.
    """

    expression: sympy.Expr
    problem: Quadratic
    solution: SystemSolution
    evidence: tuple[Evidence, ...] | None

    name = "L^{*}"
    is_one_formula = False

    @property
    def symbols(self) -> list[sympy.Basic]:
        """The symbols that `at` takes numbers for, sizes and scalars first."""
        return _inputs(self.problem)

    @property
    def attained(self) -> str:
        """``"minimum"``, or ``"stationary"`` where it is not known that the objective is nowhere less."""
        return "stationary" if self.evidence is None else "minimum"

    @property
    def unique(self) -> bool:
        """True if no other point is stationary, unless something vanishes that was divided by on the way."""
        return self.solution.unique

    @property
    def reason(self) -> str:
        """Why the point is the only one, or what may be added to it."""
        return self.solution.reason

    @property
    def minimisers(self) -> dict[str, sympy.Basic]:
        """The value of each unknown by its name, as SymPy."""
        return {str(MEANING[a]): self.solution.values[a].expr for a in self.problem.unknowns}

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The objective at the point."""
        return self.problem.value(self.solution.values)

    @property
    def value(self) -> sympy.Expr:
        """The objective at the point, as SymPy."""
        return self.expr

    @cached_property
    def certificate(self) -> QuadraticCertificate:
        """The identity for all points, and the squares that make the difference ≥ 0.

        Raises
        ------
        DerivationError
            If it does not hold.
        """
        problem = self.problem
        other = {a: beside(a, "other") for a in problem.unknowns}
        at_other = {a: ClosedForm.of(b) for a, b in other.items()}
        change = {a: ClosedForm.of(a) - b for a, b in at_other.items()}
        excess = problem.part(2, change)
        remainder = problem.objective - problem.objective.substitute(at_other) - excess
        _, den = problem.objective.fraction()
        expected = closed_form(0)
        for a, slope in problem.gradients.items():
            product = (slope.substitute(at_other).T @ change[a]).trace()
            expected = expected + product * problem.factor(a)
        if remainder != expected / den:
            raise DerivationError("the objective is not the quadratic that was solved")
        if not problem.is_stationary(self.solution.values):
            raise DerivationError("the gradient does not vanish at what was found")
        if self.evidence is not None:
            _check_squares(problem, self.evidence)
        return QuadraticCertificate(other, excess, remainder, tuple(self.evidence or ()))

    def gradient(self, letter: sympy.Basic | str) -> ClosedForm:
        """The gradient of the objective by an unknown, which vanishes at the point.

        Raises
        ------
        InputError
            For anything but an unknown.
        """
        for a in self.problem.unknowns:
            if letter == MEANING[a] or letter == str(MEANING[a]):
                _, den = self.problem.objective.fraction()
                return self.problem.gradients[a] * self.problem.factor(a) / den
        raise InputError(
            f"gradient() takes one of the unknowns {', '.join(self.minimisers)}, not {described(letter)}; the minimum "
            "by another letter is differentiated by si.gradient(minimum.value, letter)"
        )

    def at(self, **numbers: Any) -> QuadraticMinimumAt:
        """The minimum at numbers, exact.

        Parameters
        ----------
        **numbers
            By name, such as ``n=20, d=5, Sigma=[[2, 1], [1, 3]]``.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        values = _values(self.problem, numbers)
        try:
            found = {name: evaluate(expression, values) for name, expression in self.minimisers.items()}
            unique = is_unique_at(self.problem, values, generic=self.unique)
            return QuadraticMinimumAt(values, evaluate(self.expr, values), found, self.attained, unique)
        except ZeroDivisionError:
            raise InputError("at these numbers something is divided by zero; see .reason") from None

    @property
    def equations(self) -> list[Equation]:
        rows = [Equation(_starred(a), form) for a, form in self.solution.values.items()]
        return [*rows, Equation(self.name, self.closed_form)]

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """Displayed equations, below a sentence where the point is not known to be a minimum."""
        text = super().latex(notation=notation)
        return text if self.evidence is not None else f"{STATIONARY.capitalize()}.\n{text}"

    def __repr__(self) -> str:
        unknowns = ", ".join(self.minimisers)
        kind = "minimum" if self.evidence is not None else "stationary point"
        return f"QuadraticMinimum({kind} over {unknowns}; {len(self.closed_form)} terms in the value)"

    def __str__(self) -> str:
        lines = [super().__str__()]
        if self.evidence is None:
            lines.insert(0, STATIONARY)
        if not self.unique:
            lines.append(f"perhaps not the only point: {self.reason}")
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class QuadraticMinimumAt:
    """A minimum at numbers.

    Attributes
    ----------
    values : dict
        From each symbol to its exact value.
    value : SymPy number
    minimisers : dict
        The unknowns by name, numbers and exact matrices.
    attained : "minimum" or "stationary"
    unique : bool
    """

    values: dict[sympy.Basic, Value]
    value: sympy.Expr
    minimisers: dict[str, Value]
    attained: str
    unique: bool

    def __repr__(self) -> str:
        found = ", ".join(f"{name}={_text(value)}" for name, value in self.minimisers.items())
        return f"QuadraticMinimumAt({found}; value={self.value}, {self.attained})"

    def _repr_latex_(self) -> str:
        rows = [Equation(f"{name}^{{*}}", _shown(value)) for name, value in self.minimisers.items()]
        return "\n".join(map(display, [*rows, Equation("L^{*}", self.value)]))


def minimise_expression(
    expression: Any, unknowns: Any, at: Mapping[str, Any] | None = None
) -> QuadraticMinimum | QuadraticMinimumAt:
    """The minimum of an expression; see `symicl.minimise`."""
    problem, written = read_objective(expression, unknowns)
    if at is not None:
        if not isinstance(at, Mapping) or not all(isinstance(name, str) for name in at):
            raise InputError("at= takes numbers by name, such as at={'n': 20, 'd': 5}")
        return _solved_at(problem, at)
    try:
        solution = problem.solve()
    except Contradiction as error:
        raise UnsupportedError(f"the expression has no minimum over {_names(problem)}: {error}") from None
    except UnsupportedError as error:
        raise UnsupportedError(
            f"{error}; at numbers the minimum is found by minimise(…, at={{'d': 3, …}})"
        ) from None
    if not is_defined(problem, solution.values):
        raise UnsupportedError(
            "in the solution something is divided by zero at these sizes, where powers of a matrix depend on each "
            "other; at numbers the minimum is found by minimise(…, at={…})"
        )
    evidence: tuple[Evidence, ...] | None = None
    for found in (written, squares_of_form(problem)):
        if found is not None and _adds_up(problem, found):
            evidence = tuple(found)
            break
    if evidence is None and (instance := falling_instance(problem)) is not None:
        where = ", ".join(f"{symbol} = {_text(value)}" for symbol, value in instance.items())
        raise UnsupportedError(
            f"the expression has no minimum over {_names(problem)}: it falls for ever along some direction"
            + (f", as at {where}" if where else "")
            + "; a matrix that is positive definite is declared with covariance()"
        )
    minimum = QuadraticMinimum(expression, problem, solution, evidence)
    minimum.certificate  # noqa: B018 - it raises unless the identity holds
    return minimum


def _solved_at(problem: Quadratic, at: Mapping[str, Any]) -> QuadraticMinimumAt:
    values = _values(problem, at)
    try:
        found = QuadraticAt(problem, values).solve()
    except ZeroDivisionError:
        raise InputError("at these numbers something is divided by zero or has no inverse") from None
    minimisers = {str(symbol): value for symbol, value in found.minimisers.items()}
    return QuadraticMinimumAt(values, found.value, minimisers, "minimum", found.unique)


def _values(problem: Quadratic, numbers: Mapping[str, Any]) -> dict[sympy.Basic, Value]:
    return exact_values({str(symbol): symbol for symbol in _inputs(problem)}, numbers)


def _inputs(problem: Quadratic) -> list[sympy.Basic]:
    unknowns = {MEANING[a] for a in problem.unknowns}
    found = symbols_of(problem) - unknowns
    return sorted(found, key=lambda symbol: (isinstance(symbol, sympy.MatrixSymbol), str(symbol)))


def _adds_up(problem: Quadratic, evidence: Any) -> bool:
    """True if squares have the quadratic part as their mean."""
    try:
        _check_squares(problem, evidence)
    except SymiclError:
        return False
    return True


def _check_squares(problem: Quadratic, evidence: Any) -> None:
    """Refuse squares that do not add up to the quadratic part.

    Raises
    ------
    DerivationError
    """
    steps = steps_of(problem.unknowns)
    if ConvexPart(evidence, steps).value() != problem.part(
        2, {a: ClosedForm.of(b) for a, b in steps.items()}
    ):
        raise DerivationError("the squares do not add up to the quadratic part")


def _names(problem: Quadratic) -> str:
    return " and ".join(str(MEANING[a]) for a in problem.unknowns)


def _starred(a: int) -> str:
    return f"{expression_latex(MEANING[a])}^{{*}}"


def _shown(value: Value) -> Any:
    if not isinstance(value, ExactMatrix):
        return value
    rows, cols = value.nrows(), value.ncols()
    return sympy.ImmutableMatrix(
        [[sympy.Rational(str(value[i, j])) for j in range(cols)] for i in range(rows)]
    )


def _text(value: Value) -> str:
    return str(value.tolist()) if isinstance(value, ExactMatrix) else str(value)
