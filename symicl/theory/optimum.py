"""The global minimiser: solved for, realised by parameters, and certified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.blocks import Blocks
from symicl.algebra.evaluate import ExactMatrix, evaluate
from symicl.algebra.letters import COLS, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import reported
from symicl.algebra.ratio import MatrixRatio, Ratio, clear_reciprocals
from symicl.algebra.reader import read_scalar
from symicl.algebra.writer import letter_symbol, write_matrix, write_scalar
from symicl.errors import DerivationError
from symicl.tasks.values import Values
from symicl.theory.lift import LiftedProblem, lift
from symicl.theory.loss import Loss
from symicl.theory.normal_equations import MatrixEquation, MatrixSolution, factorise, solve
from symicl.theory.pythagoras import Pythagoras, pythagoras
from symicl.typeset.formula import Equation, display
from symicl.typeset.printer import latex
from symicl.typeset.renaming import renamed
from symicl.typeset.text import formula_text


@dataclass(frozen=True)
class Optimum:
    """The global minimum of a loss (from `minimise`), or that of its relaxation (from `relaxation`).

    Attributes
    ----------
    problem : LiftedProblem
    equation : MatrixEquation or None
        The normal equation, factorised.
    solution : MatrixSolution or None
        K* = the optimal coefficient of the active feature. None for the zero predictor.
    explained : Polynomial
        E[t f_K], linear in K, t the target minus the offset; the minimal loss is E[t²] − E[t f_K*].
    target_power : Polynomial
        E[t²].
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
        certificate = pythagoras(self.problem, self.equation, self.solution)
        # R(K) = E[t²] − E[t f_K] + tr(N(K)ᵀK), whose last term vanishes at K*.
        rest = certificate.candidate_loss - (self.target_power - self.explained)
        if self.problem.normal_equation is not None:
            unknown = MatrixPolynomial.of(self.problem.unknown)
            rest = rest - (self.problem.normal_equation.T @ unknown).trace()
        if rest:
            raise DerivationError("the minimal value is not the loss of the optimal predictor")
        return certificate

    @property
    def coefficient(self) -> MatrixExpr | None:
        """K* as a SymPy matrix expression."""
        return None if self.solution is None else self.solution.expr

    @property
    def value(self) -> sympy.Expr:
        """The minimal loss as a SymPy expression."""
        return self.value_ratio.expr

    def at(self, **numbers: Any) -> OptimumAt:
        """The optimum at numbers, exact where they are.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        values = self.loss.task.at(**numbers).values
        coefficient = None if self.solution is None else evaluate(self.solution.expr, values)
        return OptimumAt(values, evaluate(self.value, values), coefficient)

    @property
    def _equations(self) -> list[Equation]:
        coefficient = sympy.Integer(0) if self.solution is None else self.solution
        return [Equation("K^{*}", coefficient), Equation("L^{*}", self.value_ratio)]

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        r"""Displayed equations for K* and L*, to be pasted into a document that loads amsmath.

        Parameters
        ----------
        notation : dict, optional
            New names of symbols, such as ``{"n": "N", "sigma2": r"\lambda"}``.

        Raises
        ------
        InputError
            For an unknown symbol, or if two things would get one name.
        """
        text = "\n".join(display(equation) for equation in self._equations)
        if notation is None:
            return text
        expressions = (equation.expr for equation in self._equations)
        return renamed(text, sympy.Tuple(*expressions), notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return "\n".join(formula_text(equation) for equation in self._equations)

    @cached_property
    def attained_at(self) -> dict[int, MatrixPolynomial]:
        """See `realise`, which searches only once."""
        return _search(self)

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

    @cached_property
    def value_ratio(self) -> Ratio:
        """The minimal loss as a rational function of scalars and traces."""
        value = clear_reciprocals(self.target_power)
        if self.solution is None:
            return value
        return value - at_coefficient(self.explained, self.problem.unknown, self.solution.matrix)


@dataclass(frozen=True)
class OptimumAt:
    """An optimum at numbers.

    Attributes
    ----------
    values : dict
        From each symbol of the task to its exact value.
    value : SymPy number
        The minimal loss; ``value.evalf(50)`` gives as many digits as one likes.
    coefficient : exact matrix or None
        K*; see `symicl.algebra.evaluate.float_matrix`.
    """

    values: Values
    value: sympy.Expr
    coefficient: ExactMatrix | None

    def _repr_latex_(self) -> str:
        left = ", ".join(
            f"{latex(symbol)} = {latex(value)}"
            for symbol, value in self.values.items()
            if not isinstance(value, ExactMatrix)
        )
        rows = [Equation("L^{*}", self.value)]
        if self.coefficient is not None:
            matrix = self.coefficient
            entries = [
                [sympy.Rational(str(matrix[i, j])) for j in range(matrix.ncols())]
                for i in range(matrix.nrows())
            ]
            rows.insert(0, Equation("K^{*}", sympy.ImmutableMatrix(entries)))
        return "\n".join([rf"\[\text{{at }} {left}\]", *map(display, rows)])


@reported("substitute")
def at_coefficient(polynomial: Polynomial, unknown: int, value: MatrixRatio) -> Ratio:
    """A polynomial with K replaced by num / den, exactly.

    Each monomial of degree k in K gets the denominator den^k.
    """
    graded: list[dict] = [{} for _ in range(polynomial.degree(unknown) + 1)]
    for monomial, c in polynomial:
        power = Polynomial({monomial: c}).degree(unknown)
        graded[power][monomial] = c
    result = Ratio(0)
    for power, terms in enumerate(graded):
        if terms:
            top = clear_reciprocals(Polynomial(terms).substitute({unknown: value.num}))
            result = result + top / Ratio(value.den**power)
    return result


def minimise(loss: Loss) -> Optimum:
    """Solve for the global minimum of a loss.

    The minimum of the `relaxation`, once weights that attain it have been found. ``optimum.certificate``
    proves the result for the original, non-convex parametrisation.

    Raises
    ------
    UnsupportedError
        If the normal equations are not of a form that can be solved in closed form.
    DerivationError
        If no weights are found that attain the minimum of the relaxation.
    """
    optimum = relaxation(loss)
    realise(optimum)
    return optimum


def relaxation(loss: Loss) -> Optimum:
    """The minimum over free coefficients of the features: a lower bound for the loss of every weight.

    The prediction is lifted to its features, on which the loss is a convex quadratic; its normal equation
    is solved as a matrix equation with symbolic dimensions. Weights need not attain it.

    Raises
    ------
    UnsupportedError
        If the normal equations are not of a form that can be solved in closed form.
    """
    problem = lift(loss)
    task = loss.task
    target = problem.residual_target
    power = task.expectation(target * target)
    if problem.active is None:
        return Optimum(problem, None, None, Polynomial(), power)
    assert problem.normal_equation is not None
    equation = factorise(problem.normal_equation, problem.unknown)
    explained = task.expectation(problem.contracted() * target)
    return Optimum(problem, equation, solve(equation), explained, power)


def excess_identity(optimum: Optimum) -> Ratio:
    """L(θ) − L* − E[(f_θ − f_K*)²] with K* written out; identically zero.

    This is a second check of the certificate, with the solution substituted into the closed forms. It needs
    a solution with a scalar denominator.
    """
    ratio = None if optimum.solution is None else optimum.solution.ratio
    assert ratio is not None
    distance = at_coefficient(optimum.certificate.distance, optimum.problem.unknown, ratio)
    return clear_reciprocals(optimum.loss.polynomial) - optimum.value_ratio - distance


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
    return optimum.attained_at


def _search(optimum: Optimum) -> dict[int, MatrixPolynomial]:
    problem = optimum.problem
    blocks = [block for p in optimum.loss.parameters.values() for row in p.grid for block in row]
    parameters = {a for block in blocks for a in block.letters()}
    zero = {a: MatrixPolynomial.zero(ROWS[a], COLS[a]) for a in parameters}
    for core in _cores(problem, zero):
        for assignment in _with_vectors(problem, core):
            if clear_reciprocals(problem.prediction.substitute(assignment) - problem.predictor()) == 0:
                return assignment
    raise DerivationError("no weights of a simple form realise the optimal predictor")


def attaining_weights(optimum: Optimum) -> dict[str, Blocks]:
    """Weights of the model that compute the optimal predictor, over the letter K.

    Raises
    ------
    DerivationError
        If the weights that the model names for these effective parameters do not fit it, or do not compute
        the optimal predictor.
    """
    loss, assignment = optimum.loss, realise(optimum)
    d = loss.task.d
    parameters = {
        name: blocks.map(lambda block: block.substitute(assignment))
        for name, blocks in loss.parameters.items()
    }
    weights = loss.model.weights_for(parameters, d)
    for name, shape in loss.model.symbolic_weights(d).items():
        if (weights[name].heights, weights[name].widths) != (shape.heights, shape.widths):
            raise DerivationError(f"the weight matrix {name} is too small to attain the optimum")
    computed = loss.task.centred(loss.model.forward(weights, loss.task.prompt()).single().trace())
    if clear_reciprocals(computed - optimum.problem.predictor()) != 0:
        raise DerivationError("the weights do not compute the optimal predictor")
    return weights


def _cores(
    problem: LiftedProblem, zero: dict[int, MatrixPolynomial]
) -> Iterator[dict[int, MatrixPolynomial]]:
    """One letter of the active coefficient carries K, its scalar companions are 1, all others 0."""
    if problem.active is None:
        yield zero
        return
    unknown = MatrixPolynomial.of(problem.unknown)
    for (scalars, word), c in problem.coefficient.terms.items():
        base = min(word[0], PARTNER[word[0]]) if len(word) == 1 else None
        if base not in zero:
            continue
        ones = {s[0]: MatrixPolynomial.identity(ONE) for s in scalars if s[0] in zero}
        carrier = (unknown if base == word[0] else unknown.T) * (1 / Fraction(c))
        for s in scalars:
            if s[0] not in zero:  # a normalisation such as 1/n, made up for by n
                carrier = carrier * read_scalar(1 / letter_symbol(s[0]))
        yield zero | ones | {base: carrier}


def _with_vectors(
    problem: LiftedProblem, core: dict[int, MatrixPolynomial]
) -> Iterator[dict[int, MatrixPolynomial]]:
    """The remaining vectors are 0 or ± the coefficient of the offset."""
    yield core
    mean = problem.offset_coefficient
    if mean is None:
        return
    vectors = [a for a, m in core.items() if not m and (m.rows, m.cols) == (mean.rows, mean.cols)]
    for signs in product((0, 1, -1), repeat=len(vectors)):
        yield core | {a: mean * sign for a, sign in zip(vectors, signs, strict=True)}
