"""The lifted least-squares problem: which feature is active, and its normal equation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from symicl.algebra.letters import DIMENSIONS, MEANING, NO_LETTER, letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.reader import symbol_letter
from symicl.errors import UnsupportedError
from symicl.expectation.expect import cut_out
from symicl.theory.features import Feature, coefficient_of, lifted_features
from symicl.theory.loss import Loss


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
            raise UnsupportedError(
                "a feature that is orthogonal to the target correlates with the active feature"
            )
    probe = letter(("direction", rows, cols), rows, cols)
    moment = task.expectation((predictor - target) * feature.contracted(MatrixPolynomial.of(probe)))
    normal = cut_out(moment, probe, cols, rows).T
    return LiftedProblem(loss, parts, feature, unknown, normal, tuple(others))


def _free_name(loss: Loss) -> str:
    """A name for the unknown coefficient that no symbol of the loss bears."""
    taken = {str(MEANING[a]) for a in loss.polynomial.letters() | loss.prediction.letters()}
    return next(name for name in ("K", "K_opt", "K_optimal_coefficient") if name not in taken)
