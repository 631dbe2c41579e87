"""The lifted least-squares problem: which feature is active, and its normal equation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

import sympy

from symicl.algebra import (
    DIMENSIONS,
    MEANING,
    NO_LETTER,
    ONE,
    ClosedForm,
    closed_form,
    letter,
    symbol_letter,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import cut_out_of_form
from symicl.theory.features import Feature, coefficient_of, lifted_features, seen_in
from symicl.theory.joined_features import joined, joined_part
from symicl.theory.loss import Loss
from symicl.theory.normal_equations import factorise
from symicl.theory.spanning import Summand, spanned_optimum
from symicl.theory.tied_features import tied

NO_PRODUCT = (
    "the best coefficient is not seen to be an identity on the responses times a matrix on the covariates, and it is "
    "none where each direction of the responses has a matrix of its own; covariates N(0, sI) work with any covariances "
    "of the responses, and covariates N(0, Σ) where those of the tasks and of the noise between responses are "
    "multiples of one matrix, or where there is no noise"
)
"""Why a loss of several responses is refused."""


@dataclass(frozen=True)
class LiftedProblem:
    """Least squares over all coefficients of the features, rank constraints dropped.

    Attributes
    ----------
    loss : Loss
    prediction : ClosedForm
        The prediction in the task's centred coordinates.
    parts : dict
        The part of the prediction that each feature carries; without its ``others``.
    offset : ClosedForm
        The part of the target that a feature reproduces exactly, such as E[w]ᵀx; zero for centred tasks. Where
        several features go together it is their part of the optimal prediction.
    offset_coefficient : ClosedForm or None
        The coefficient of that feature, where it is one.
    summands : tuple of Summand
        What the offset is made of, where it is the projection of the target onto several features.
    joined_part : ClosedForm or None
        What the active feature carries of the prediction, where ends of a feature are joined in it.
    active : Feature or None
        The one feature that correlates with the target minus the offset; None when none does.
    unknown : int
        The letter K of its coefficient.
    normal_equation : ClosedForm
        E[(f_K − y) s₂s₁ᵀ] as a matrix, linear in K; zero at the optimum.
    orthogonal : tuple of Feature
        The other features: orthogonal to the target minus the offset and to the active feature, for every
        coefficient.
    """

    loss: Loss
    prediction: ClosedForm
    parts: dict[Feature, ClosedForm]
    offset: ClosedForm
    offset_coefficient: ClosedForm | None
    active: Feature | None
    unknown: int
    normal_equation: ClosedForm | None
    orthogonal: tuple[Feature, ...]
    summands: tuple[Summand, ...] = ()
    joined_part: ClosedForm | None = None

    def __repr__(self) -> str:
        return f"LiftedProblem({self.loss!r})"

    def contracted(self) -> ClosedForm:
        """The active feature with the letter K as its coefficient."""
        if self.active is None:
            return closed_form(0)
        return self.active.contracted(ClosedForm.of(self.unknown))

    def predictor(self) -> ClosedForm:
        """f_K: the offset plus the active feature with coefficient K."""
        return self.offset + self.contracted()

    @cached_property
    def numbers(self) -> dict[int, ClosedForm]:
        """A letter for the coefficient of each summand, with its value: averages in letters are of polynomials."""
        return {
            letter(f"number {i} of the prediction", ONE, ONE): s.coefficient
            for i, s in enumerate(self.summands, 1)
        }

    @property
    def offset_in_numbers(self) -> ClosedForm:
        """The offset, with these letters."""
        if not self.summands:
            return self.offset
        parts = (s.function * ClosedForm.of(k) for s, k in zip(self.summands, self.numbers, strict=True))
        return sum(parts, closed_form(0))

    @property
    def residual_target(self) -> ClosedForm:
        """The target minus the offset."""
        return self.loss.task.target() - self.offset

    @cached_property
    def coefficient(self) -> ClosedForm:
        """K(θ): the coefficient of the active feature in terms of the parameters."""
        if self.active is None:
            raise UnsupportedError("no feature correlates with the target")
        part = self.parts[self.active] if self.joined_part is None else self.joined_part
        return coefficient_of(self.active, part)


def lift(loss: Loss) -> LiftedProblem:
    """Find the features of a prediction and the normal equation of the active one.

    Raises
    ------
    UnsupportedError
        If several features are active at once and are not solved for, or they correlate with the rest.
    """
    task = loss.task
    prediction = task.centred(loss.prediction)
    parts, blocks = (
        lifted_features(prediction, seen_in(prediction, task.prompt_letters())),
        task.token_blocks(),
    )
    if len(blocks) > 1:
        parts = tied(parts, blocks)
    target = task.target()
    active = _correlated(loss, parts, target)
    offset, offset_coefficient = closed_form(0), None
    summands: tuple[Summand, ...] = ()
    if len(active) > 1 or not all(f.is_matrix for f in active):
        try:
            offset, offset_coefficient, summands = _part_of_several(loss, parts, active)
        except UnsupportedError:
            found = _with_joined_ends(loss, prediction, parts, active[0]) if len(active) == 1 else None
            if found is not None:
                return found
            if len(active) == 1 and any(joined(active[0])):
                raise UnsupportedError(NO_PRODUCT) from None
            raise
        active = _correlated(loss, parts, target - offset)
    if not active:
        return LiftedProblem(
            loss, prediction, parts, offset, offset_coefficient, None, NO_LETTER, None, tuple(parts), summands
        )
    feature = active[0]
    unknown = _named_unknown(loss, feature)
    predictor = feature.contracted(ClosedForm.of(unknown))
    others = [f for f in parts if f is not feature]
    for other in others:
        if task.expectation(predictor * other.probe("probe")):
            raise UnsupportedError(
                "a feature that is orthogonal to the target correlates with the active feature"
            )
    normal = _normal_equation(loss, feature, unknown, target - offset)
    return LiftedProblem(
        loss,
        prediction,
        parts,
        offset,
        offset_coefficient,
        feature,
        unknown,
        normal,
        tuple(others),
        summands,
    )


def _with_joined_ends(
    loss: Loss, prediction: ClosedForm, parts: dict[Feature, ClosedForm], feature: Feature
) -> LiftedProblem | None:
    """The problem of a joined feature that leaves nothing of the target that correlates with any feature."""
    task, zero = loss.task, closed_form(0)
    others = [f for f in parts if f is not feature]
    for active, matrix, vector in joined(feature):
        unknown = _named_unknown(loss, active)
        predictor = active.contracted(ClosedForm.of(unknown))
        if any(task.expectation(predictor * other.probe("probe")) for other in others):
            continue
        normal = _normal_equation(loss, active, unknown, task.target())
        try:
            solution = factorise(normal, unknown).solution
        except UnsupportedError:
            continue
        left = task.target() - active.contracted(solution)
        if all(
            task.expectation(left * f.probe("probe")) == 0 for f in parts
        ):  # inverses of sums cancel in ==
            part = joined_part(parts[feature], matrix, vector)
            orthogonal = tuple(others)
            return LiftedProblem(
                loss, prediction, parts, zero, None, active, unknown, normal, orthogonal, joined_part=part
            )
    return None


def _part_of_several(
    loss: Loss, parts: dict[Feature, ClosedForm], active: list[Feature]
) -> tuple[ClosedForm, ClosedForm | None, tuple[Summand, ...]]:
    """The part that leaves one matrix feature at most that correlates with the rest of the target.

    Either one feature has a part of the target exactly, or the features are solved for: all those that are
    correlated with each other together, but for a matrix feature that is alone.
    """
    exact = _exact_part(loss, parts, active)
    if exact is not None:
        return (*exact, ())
    groups = _correlated_groups(loss, list(parts))
    alone = next((g for g in groups if len(g) == 1 and g[0].is_matrix and g[0] in active), [])
    task = loss.task
    summands: tuple[Summand, ...] = ()
    for group in groups:
        if group is not alone and any(f in active for f in group):
            summands += spanned_optimum(task, task.target(), group)
    offset = sum((s.function * s.coefficient for s in summands), closed_form(0))
    if any(f not in alone for f in _correlated(loss, parts, task.target() - offset)):
        raise DerivationError("what the features leave of the target still correlates with them")
    return offset, None, summands


def _correlated_groups(loss: Loss, features: list[Feature]) -> list[list[Feature]]:
    """Features that are correlated with each other, for some coefficients, in one group."""
    groups: list[list[Feature]] = []
    for feature in features:
        probe = feature.probe("probe")
        joined = [g for g in groups if any(loss.task.expectation(probe * f.probe("other probe")) for f in g)]
        groups = [g for g in groups if g not in joined] + [[*(f for g in joined for f in g), feature]]
    return groups


def _correlated(loss: Loss, parts: dict[Feature, ClosedForm], target: ClosedForm) -> list[Feature]:
    return [f for f in parts if loss.task.expectation(target * f.probe("probe"))]


def _normal_equation(loss: Loss, feature: Feature, unknown: int, target: ClosedForm) -> ClosedForm:
    rows, cols = feature.coefficient_shape
    probe = letter(("direction", rows, cols), rows, cols)
    residual = feature.contracted(ClosedForm.of(unknown)) - target
    moment = loss.task.expectation(residual * feature.contracted(ClosedForm.of(probe)))
    return cut_out_of_form(moment, probe, cols, rows).T


def _exact_part(
    loss: Loss, parts: dict[Feature, ClosedForm], active: list[Feature]
) -> tuple[ClosedForm, ClosedForm] | None:
    """A feature with a coefficient such that at most one matrix feature correlates with what is left of the target.

    The coefficient solves the feature's own normal equation; that the rest of its block needs nothing more
    is then checked, not assumed.
    """
    for feature in active:
        if not feature.is_matrix:
            continue
        unknown = _named_unknown(loss, feature)
        try:
            equation = factorise(_normal_equation(loss, feature, unknown, loss.task.target()), unknown)
        except UnsupportedError:
            continue
        if not equation.has_scalar_factor:
            continue
        solution = equation.solution
        offset = feature.contracted(solution)
        left = _correlated(loss, parts, loss.task.target() - offset)
        if len(left) <= 1 and all(f.is_matrix for f in left):
            return offset, solution
    return None


def _named_unknown(loss: Loss, feature: Feature) -> int:
    rows, cols = feature.coefficient_shape
    return symbol_letter(sympy.MatrixSymbol(_free_name(loss), DIMENSIONS[rows], DIMENSIONS[cols]))


def _free_name(loss: Loss) -> str:
    """A name for the unknown coefficient that no symbol of the loss bears."""
    taken = {str(MEANING[a]) for a in loss.closed_form.letters() | loss.prediction.letters()}
    names = chain(("K", "K_opt"), (f"K_opt_{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
