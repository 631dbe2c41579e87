"""The global minimiser: solved for, realised by parameters, and certified."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.letters import COLS, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.algebra.writer import letter_symbol, write_matrix, write_scalar
from symicl.errors import DerivationError
from symicl.theory.lift import LiftedProblem, lift
from symicl.theory.loss import Loss
from symicl.theory.normal_equations import MatrixEquation, MatrixSolution, factorise, solve
from symicl.theory.pythagoras import Pythagoras, pythagoras
from symicl.typeset.formula import Equation, display
from symicl.typeset.text import formula_text


@dataclass(frozen=True)
class Optimum:
    """The global minimum of a loss.

    Attributes
    ----------
    problem : LiftedProblem
    equation : MatrixEquation or None
        The normal equation, factorised.
    solution : MatrixSolution or None
        K* = the optimal coefficient of the active feature. None for the zero predictor.
    explained : Polynomial
        E[y f_K], linear in K; the minimal loss is E[y²] − E[y f_K*].
    target_power : Polynomial
        E[y²].
    """

    problem: LiftedProblem
    equation: MatrixEquation | None
    solution: MatrixSolution | None
    explained: Polynomial
    target_power: Polynomial

    @property
    def loss(self) -> Loss:
        return self.problem.loss

    @cached_property
    def certificate(self) -> Pythagoras:
        """The proof that this is the global optimum over all parameters.

        Raises
        ------
        DerivationError
            If it is not.
        """
        return pythagoras(self.problem, self.equation, self.solution)

    @property
    def coefficient(self) -> MatrixExpr | None:
        """K* as a SymPy matrix expression."""
        return None if self.solution is None else self.solution.expr

    @cached_property
    def value(self) -> sympy.Expr:
        """The minimal loss as a SymPy expression."""
        ratio = self.value_ratio
        if ratio is not None:
            return ratio.expr
        assert self.solution is not None
        symbol = letter_symbol(self.problem.unknown)
        return write_scalar(self.target_power) - write_scalar(self.explained).xreplace(
            {symbol: self.solution.expr}
        )

    @property
    def _equations(self) -> list[Equation]:
        value = self.value_ratio
        return [
            Equation("K^{*}", sympy.Integer(0) if self.solution is None else self.solution),
            Equation("L^{*}", self.value if value is None else value),
        ]

    def latex(self) -> str:
        """Displayed equations for K* and L*, to be pasted into a document that loads amsmath."""
        return "\n".join(display(equation) for equation in self._equations)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return "\n".join(formula_text(equation) for equation in self._equations)

    @cached_property
    def predictor(self) -> sympy.Expr:
        """The optimal prediction as a SymPy expression in the prompt (X, y, x)."""
        if self.solution is None:
            return sympy.Integer(0)
        symbol = letter_symbol(self.problem.unknown)
        return write_scalar(self.problem.predictor()).xreplace({symbol: self.solution.expr})

    @cached_property
    def parameters(self) -> dict[str, sympy.BlockMatrix]:
        """Effective parameters that attain the optimum, as SymPy block matrices."""
        assignment = realise(self)
        value = {} if self.solution is None else {letter_symbol(self.problem.unknown): self.solution.expr}
        return {
            name: sympy.BlockMatrix(
                [
                    [write_matrix(b.substitute(assignment)).xreplace(value).doit() for b in row]
                    for row in blocks.grid
                ]
            )
            for name, blocks in self.loss.parameters.items()
        }

    @property
    def value_ratio(self) -> Ratio | None:
        """The minimal loss as a rational function, when K* has a scalar denominator."""
        if self.solution is None:
            return Ratio(self.target_power)
        ratio = self.solution.ratio
        if ratio is None:
            return None
        return Ratio(self.target_power) - at_coefficient(self.explained, self.problem.unknown, ratio)


def at_coefficient(polynomial: Polynomial, unknown: int, value: MatrixRatio) -> Ratio:
    """A polynomial with K replaced by num / den, exactly.

    Each monomial of degree k in K gets the denominator den^k.
    """
    top = polynomial.degree(unknown)
    graded: list[dict] = [{} for _ in range(top + 1)]
    for monomial, c in polynomial:
        power = Polynomial({monomial: c}).degree(unknown)
        graded[power][monomial] = c
    result = Ratio(0)
    for power, terms in enumerate(graded):
        if terms:
            result = result + Ratio(Polynomial(terms).substitute({unknown: value.num}), value.den**power)
    return result


def minimise(loss: Loss) -> Optimum:
    """Solve for the global minimum of a loss.

    The prediction is lifted to its features, on which the loss is a convex quadratic; its normal equation
    is solved as a matrix equation with symbolic dimensions. ``optimum.certificate`` proves the result for the
    original, non-convex parametrisation.

    Raises
    ------
    UnsupportedError
        If the normal equations are not of a form that can be solved in closed form.
    """
    problem = lift(loss)
    task = loss.task
    target = task.target()
    power = task.expectation(target * target)
    if problem.active is None:
        return Optimum(problem, None, None, Polynomial(), power)
    assert problem.normal_equation is not None
    equation = factorise(problem.normal_equation, problem.unknown)
    explained = task.expectation(problem.predictor() * target)
    return Optimum(problem, equation, solve(equation), explained, power)


def excess_identity(optimum: Optimum) -> Ratio:
    """L(θ) − L* − E[(f_θ − f_K*)²] with K* written out; identically zero.

    This is a second check of the certificate, with the solution substituted into the closed forms. It needs
    a solution with a scalar denominator.
    """
    value = optimum.value_ratio
    ratio = None if optimum.solution is None else optimum.solution.ratio
    assert ratio is not None and value is not None
    distance = at_coefficient(optimum.certificate.distance, optimum.problem.unknown, ratio)
    return Ratio(optimum.loss.polynomial) - value - distance


def realise(optimum: Optimum) -> dict[int, MatrixPolynomial]:
    """Parameters that attain the optimum: one letter carries K, its scalar companions are 1, the rest 0.

    Returns
    -------
    dict
        From parameter letters to matrices over the letter K.

    Raises
    ------
    DerivationError
        If no assignment of this form reproduces the optimal predictor.
    """
    problem = optimum.problem
    blocks = [block for p in optimum.loss.parameters.values() for row in p.grid for block in row]
    parameters = {a for block in blocks for a in block.letters()}
    zero = {a: MatrixPolynomial.zero(ROWS[a], COLS[a]) for a in parameters}
    if problem.active is None:
        return zero
    unknown = MatrixPolynomial.of(problem.unknown)
    for (scalars, word), c in problem.coefficient.terms.items():
        if len(word) != 1 or c != 1:
            continue
        base = min(word[0], PARTNER[word[0]])
        carrier = unknown if base == word[0] else unknown.T
        ones = {scalar[0]: MatrixPolynomial.identity(ONE) for scalar in scalars}
        assignment = zero | ones | {base: carrier}
        if optimum.loss.prediction.substitute(assignment) == problem.predictor():
            return assignment
    raise DerivationError("no weights of a simple form realise the optimal predictor")
