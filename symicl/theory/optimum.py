"""The global minimiser: solved for, realised by weights, and certified."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.letters import DIMENSIONS, MEANING, NO_LETTER, letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.algebra.reader import symbol_letter
from symicl.algebra.writer import letter_symbol, write_scalar
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation.expect import cut_out
from symicl.theory.features import Feature, coefficient_of, lifted_features
from symicl.theory.loss import Loss
from symicl.theory.normal_equations import MatrixEquation, MatrixSolution, factorise, solve


@dataclass(frozen=True)
class LiftedProblem:
    """Least squares over all coefficients of the features, rank constraints dropped.

    Attributes
    ----------
    loss : Loss
    parts : dict
        The part of the prediction that each feature carries.
    active : Feature or None
        The one feature that correlates with the target; None when none does.
    unknown : int
        The letter K of its coefficient.
    normal_equation : MatrixPolynomial
        E[(f_K − y) s₂s₁ᵀ] as a matrix, linear in K; zero at the optimum.
    orthogonal : tuple of Feature
        The other features: orthogonal to the target and to the active one, for every coefficient.
    """

    loss: Loss
    parts: dict[Feature, Polynomial]
    active: Feature | None
    unknown: int
    normal_equation: MatrixPolynomial | None
    orthogonal: tuple[Feature, ...]

    def predictor(self) -> Polynomial:
        """f_K: the active feature with the letter K as its coefficient."""
        if self.active is None:
            return Polynomial()
        return self.active.contracted(MatrixPolynomial.of(self.unknown))

    @cached_property
    def coefficient(self) -> MatrixPolynomial:
        """K(θ): the coefficient of the active feature in terms of the parameters."""
        if self.active is None:
            raise UnsupportedError("no feature correlates with the target")
        return coefficient_of(self.active, self.parts[self.active])


def lift(loss: Loss) -> LiftedProblem:
    """Find the features of a prediction and the normal equation of the active one.

    Raises
    ------
    UnsupportedError
        If several features are active at once, or the active one is a tensor.
    """
    task = loss.task
    prompt = task.prompt()
    prompt_letters = set()
    for blocks in (prompt.covariates, prompt.responses, prompt.query):
        prompt_letters |= blocks.single().letters()
    parts = lifted_features(loss.prediction, prompt_letters)
    target = task.target()
    active = [f for f in parts if task.expectation(target * f.probe("probe"))]
    if len(active) > 1:
        raise UnsupportedError(
            f"{len(active)} features correlate with the target; centre the task so that one remains"
        )
    if not active:
        return LiftedProblem(loss, parts, None, NO_LETTER, None, tuple(parts))
    feature = active[0]
    if not feature.is_matrix:
        raise UnsupportedError("the feature that correlates with the target has a tensor coefficient")
    rows, cols = feature.coefficient_shape
    unknown = symbol_letter(sympy.MatrixSymbol(_free_name(loss), DIMENSIONS[rows], DIMENSIONS[cols]))
    predictor = feature.contracted(MatrixPolynomial.of(unknown))
    others = [f for f in parts if f is not feature]
    for other in others:
        if task.expectation(predictor * other.probe("probe")):
            raise UnsupportedError("a feature that is orthogonal to the target correlates with the active feature")
    probe = letter(("direction", rows, cols), rows, cols)
    moment = task.expectation((predictor - target) * feature.contracted(MatrixPolynomial.of(probe)))
    normal = cut_out(moment, probe, cols, rows).T
    return LiftedProblem(loss, parts, feature, unknown, normal, tuple(others))


def _free_name(loss: Loss) -> str:
    """A name for the unknown coefficient that no symbol of the loss bears."""
    taken = {str(MEANING[a]) for a in loss.polynomial.letters() | loss.prediction.letters()}
    return next(name for name in ("K", "K_opt", "K_optimal_coefficient") if name not in taken)


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
        return write_scalar(self.target_power) - write_scalar(self.explained).xreplace({symbol: self.solution.expr})

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
    is solved as a matrix equation with symbolic dimensions. `certify` proves the result for the original,
    non-convex parametrisation.

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
    if equation.expanded(problem.unknown) * scale_of(equation, problem) != problem.normal_equation:
        raise DerivationError("the factorised normal equation does not multiply out to the original one")
    explained = task.expectation(problem.predictor() * target)
    return Optimum(problem, equation, solve(equation), explained, power)


def scale_of(equation: MatrixEquation, problem: LiftedProblem) -> Polynomial:
    """The scalar (a power of n) by which the factorised equation was divided."""
    assert problem.normal_equation is not None
    full = problem.normal_equation
    inner = equation.expanded(problem.unknown)
    (m_full, w_full), c_full = next(iter(full.terms.items()))
    for (m, w), c in inner.terms.items():
        rest = list(m_full)
        if w == w_full and all(word in rest for word in m):
            for word in m:
                rest.remove(word)
            candidate = Polynomial({tuple(rest): 1}) * (c_full if c == 1 else 1)
            if inner * candidate == full:
                return candidate
    return Polynomial.constant(1)
