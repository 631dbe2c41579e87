"""Multiples of the identity that are stationary among all matrices of weights of a loss of sequences.

Such a loss is no quadratic in the entries, and a stationary point is not claimed to be a minimum. At numbers of the
task a lower bound over all matrices is proven beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import ClosedForm, closed_form, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.expectation import Named, ScalarMatrix, TimeSum
from symicl.numeric import biquadratic_bound, evaluate
from symicl.tasks import Values
from symicl.theory.autoregressive import AutoregressiveLoss, autoregressive_loss
from symicl.theory.matrices_in_entries import loss_at_numbers, loss_in_entries
from symicl.theory.model_optimum import ModelOptimum, OptimumAtNumbers
from symicl.theory.sequence_optimum import SequenceOptimum, minimise_sequences
from symicl.theory.sequence_parameters import unknowns
from symicl.typeset import Equation

LARGEST = 3
"""The largest d at which a lower bound is computed: there are d⁴ products of entries."""


@dataclass(frozen=True, repr=False)
class StationaryMatrices(ModelOptimum):
    """The best multiples of the identity, stationary among all matrices.

    Attributes
    ----------
    attained : "stationary"
    loss : AutoregressiveLoss
        Over all matrices.
    optimum : SequenceOptimum
        The minimum over multiples of the identity.
    derivatives : dict of ClosedForm
        From each matrix to the derivatives by an entry on the diagonal and by one off it, in the numbers in front of
        the identities. All vanish at the optimum, which is checked.
    """

    loss: AutoregressiveLoss
    optimum: SequenceOptimum
    derivatives: dict[str, tuple[ClosedForm, ClosedForm]]

    attained = "stationary"

    @property
    def closed_form(self) -> ClosedForm:
        """The loss there."""
        return self.optimum.closed_form

    @property
    def coefficient(self) -> dict[str, sympy.Expr]:
        """The products of the numbers in front of the identities, such as ``{"a*b": …}``."""
        return self.optimum.coefficient

    @property
    def certificate(self) -> dict[str, tuple[ClosedForm, ClosedForm]]:
        """The derivatives that vanish."""
        return self.derivatives

    def derivative(self, name: str, *, diagonal: bool) -> TimeSum:
        """The derivative by an entry of a matrix, on the diagonal or off it, at multiples of the identity."""
        return self.loss.entry_derivative(name, _numbers(self.loss), diagonal=diagonal)

    @property
    def solution_equations(self) -> list[Equation]:
        return self.optimum.solution_equations

    @property
    def equations(self) -> list[Equation]:
        return self.optimum.equations

    def at(self, **numbers: Any) -> StationaryMatricesAt:
        """The point at numbers; ``.lower_bound`` is one over all matrices, for d up to 3.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value, and a T that is too short for the derivatives.
        """
        values = self.loss.task.at(**numbers).values
        last = int(evaluate(self.loss.task.last, values))
        if last + 1 < self.loss.valid_from:
            raise InputError(
                f"T = {last + 1} is too short for the closed form, which holds from {self.loss.valid_from} on"
            )
        there = self.optimum.at(**numbers)
        return StationaryMatricesAt(
            self.loss, values, there.value, there.coefficient, there.solution_equations
        )

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """Displayed equations below a sentence that says what they are."""
        sentence = "The least loss over multiples of the identity, which are stationary among all matrices."
        return f"{sentence}\n{super(ModelOptimum, self).latex(notation=notation)}"

    def __str__(self) -> str:
        names = " and ".join(self.derivatives)
        sentence = (
            f"stationary among all {names}, least over multiples of the identity; no minimum is claimed"
        )
        return f"{sentence}\n{super(ModelOptimum, self).__str__()}"


@dataclass(frozen=True, repr=False)
class StationaryMatricesAt(OptimumAtNumbers):
    """A stationary point at numbers, and a lower bound over all matrices.

    Attributes
    ----------
    loss : AutoregressiveLoss
    values : dict
        From each symbol of the task to its exact value.
    value : SymPy number
        The loss at the point.
    coefficient : dict
        The products of weights by name.
    """

    loss: AutoregressiveLoss
    values: Values
    value: sympy.Expr
    coefficient: dict[str, sympy.Expr]
    solutions: list[Equation]

    attained = "stationary"

    @property
    def solution_equations(self) -> list[Equation]:
        return self.solutions

    @cached_property
    def lower_bound(self) -> Fraction:
        """A number that no matrices are below, by a sum of squares; the point is that near to the least loss.

        Raises
        ------
        InputError
            For d above 3.
        UnsupportedError
            If there are not two matrices, the numbers are not rational, or no sum of squares is found.
        """
        d = int(evaluate(self.loss.task.d, self.values))
        if d > LARGEST:
            raise InputError(f"d = {d}: a lower bound over all matrices is computed for d up to {LARGEST}")
        names = [name for name, is_matrix in unknowns(self.loss.parameters).items() if is_matrix]
        if len(names) != 2:
            raise UnsupportedError(f"a lower bound is computed for two matrices, not for {', '.join(names)}")
        last = int(evaluate(self.loss.task.last, self.values))
        form = loss_at_numbers(self.loss.total.at_last(last).closed_form, self.values)
        return biquadratic_bound(loss_in_entries(form, (names[0], names[1]), d), d * d, d * d).value


def minimise_loss_of_sequences(loss: AutoregressiveLoss) -> SequenceOptimum | StationaryMatrices:
    """The minimum over scalars and multiples of the identity; over matrices the best of these, stationary among all.

    Raises
    ------
    UnsupportedError
        If it cannot be solved for, with the families of weights over which it may be.
    """
    if not any(unknowns(loss.parameters).values()):
        return minimise_sequences(loss)
    try:
        return stationary_matrices(loss)
    except UnsupportedError as problem:
        families = " or ".join(f"family={name!r}" for name in loss.model.families())
        remedy = f"; restrict it, expected_loss(model, task, {families})" if families else ""
        raise UnsupportedError(
            f"over all matrices {', '.join(unknowns(loss.parameters))} this loss of sequences is a polynomial in their "
            f"entries, and {problem}{remedy}"
        ) from None


def stationary_matrices(loss: AutoregressiveLoss) -> StationaryMatrices:
    """The minimum over multiples of the identity, and that it is stationary among all matrices.

    Raises
    ------
    UnsupportedError
        If no weights attain that minimum, or it is not stationary among all matrices.
    """
    scalars = _numbers(loss)
    parameters = {key: _restricted(part, scalars) for key, part in loss.parameters.items()}
    optimum = minimise_sequences(
        autoregressive_loss(loss.model, loss.task, parameters, factor=loss.in_time.factor)
    )
    if optimum.attained != "weights":
        raise UnsupportedError(
            "the products of multiples of the identity cannot take their best values together"
        )
    there = {scalar_letter(scalar(name)): value for name, value in optimum.parameters.items()}

    def derivative(name: str, diagonal: bool) -> ClosedForm:
        return loss.entry_derivative(name, scalars, diagonal=diagonal).closed_form

    derivatives = {name: (derivative(name, True), derivative(name, False)) for name in scalars}
    if any(closed_form(form).substitute(there) for both in derivatives.values() for form in both):
        raise UnsupportedError("the best multiples of the identity are not stationary among all matrices")
    return StationaryMatrices(loss, optimum, derivatives)


def _numbers(loss: AutoregressiveLoss) -> dict[str, sympy.Symbol]:
    """The numbers in front of identities, from the names of the matrices."""
    return {name: scalar(_lower(name)) for name, is_matrix in unknowns(loss.parameters).items() if is_matrix}


def _lower(name: str) -> str:
    """The name of the number in front of an identity: ``a`` for A."""
    return name[0].lower() + name[1:]


def _restricted(part: Any, scalars: Mapping[str, sympy.Symbol]) -> Any:
    """Parameters with multiples of the identity in the place of matrices.

    Raises
    ------
    DerivationError
        For a matrix of another kind.
    """
    if isinstance(part, list | tuple):
        return [_restricted(inner, scalars) for inner in part]
    if not isinstance(part, Named):
        return part
    if part.name not in scalars:
        raise DerivationError(f"{part.name} is no matrix of the loss")
    return ScalarMatrix(scalars[part.name])
