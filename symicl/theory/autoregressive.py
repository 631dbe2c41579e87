"""The expected loss of a causal model on an autoregressive task, in closed form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, NoReturn

import sympy

from symicl.algebra import MEANING, ClosedForm, exact_scalar, scalar_letter, tell
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import (
    EntrySum,
    InTime,
    Named,
    Parameter,
    PhaseExpectation,
    PhaseVector,
    PositionalWeights,
    TimeSum,
    entry_derivative,
)
from symicl.models import CausalModel
from symicl.numeric import evaluate
from symicl.tasks import AutoregressiveTask, Values
from symicl.theory.model_loss import LossAtNumbers, ModelLoss
from symicl.theory.sequence_parameters import scalars, split_arrays, unknowns


@dataclass(frozen=True, repr=False)
class LossInTime(ModelLoss):
    """E‖x̂_{t+1} − x_{t+1}‖² as a function of t, before the sum over t.

    Attributes
    ----------
    model, task
        What it is the loss of.
    parameters : dict
        The effective parameters.
    prediction : PhaseVector
        The terms of x̂_{t+1}.
    factor : Fraction
        In front of the square.
    """

    name: ClassVar[str] = r"\ell"

    model: CausalModel
    task: AutoregressiveTask
    parameters: dict[str, Any]
    prediction: PhaseVector
    factor: Fraction

    @cached_property
    def over_phases(self) -> PhaseExpectation:
        """E over W alone; the law of x_1 is still free."""
        residual = self.prediction - self.task.sequence().target()
        return self.task.over_phases(residual.norm2() * self.factor)

    @cached_property
    def function(self) -> InTime:
        """Powers of n = t − 1, and the exceptional small t."""
        return self.over_phases.over(self.task.law)

    @property
    def closed_form(self) -> ClosedForm:
        """The loss at a single t, where it does not depend on t.

        Raises
        ------
        InputError
            If it does; read `function` then.
        """
        if self.function.exceptions or set(self.function.powers) - {0}:
            raise InputError(
                "the loss depends on t; read its powers of t − 1 from .function, or use its sum over t"
            )
        return self.function.coefficient(0)

    def at(self, **numbers: Any) -> NoReturn:
        """Refused: what is a function at numbers is the sum over t."""
        raise UnsupportedError(
            "the loss at one time is not a function at numbers; read its closed form at t = 3 from .function.at(3), "
            "or put numbers into the sum over t, expected_loss(model, task).at(…)"
        )

    @property
    def letter_names(self) -> Iterable[str]:
        return unknowns(self.parameters)

    def letter_to_differentiate(self, name: str) -> int:
        if unknowns(self.parameters)[name]:
            raise UnsupportedError(
                f"the loss of sequences is a polynomial in the entries of {name}, and has no derivative by it as a "
                "matrix; entry_derivative() of the sum over t is the one by an entry, at multiples of the identity"
            )
        symbol = scalars(self.parameters)[name]
        if not symbol.is_real:
            raise UnsupportedError(f"the weight {name} is complex; declare it with scalar({name!r})")
        return scalar_letter(symbol)


@dataclass(frozen=True, repr=False)
class AutoregressiveLoss(ModelLoss):
    """L = factor · Σ_{t=2}^{T−1} E‖x̂_{t+1} − x_{t+1}‖² in closed form, with symbolic d and T.

    Attributes
    ----------
    in_time : LossInTime
        The summands.
    """

    in_time: LossInTime

    @cached_property
    def total(self) -> TimeSum:
        """The sum over t."""
        return TimeSum(self.in_time.function, self.task.last)

    @property
    def model(self) -> CausalModel:
        return self.in_time.model

    @property
    def task(self) -> AutoregressiveTask:
        return self.in_time.task

    @property
    def parameters(self) -> dict[str, Any]:
        return self.in_time.parameters

    @property
    def letter_names(self) -> Iterable[str]:
        return self.in_time.letter_names

    def letter_to_differentiate(self, name: str) -> int:
        return self.in_time.letter_to_differentiate(name)

    @property
    def closed_form(self) -> ClosedForm:
        """In the parameters, d, T, moments of x_1 and harmonic numbers; see `valid_from`."""
        return self.total.closed_form

    @property
    def by_power(self) -> dict[int, ClosedForm]:
        """P_m for each power m of n = t − 1: the loss is Σ_m P_m Σ_{n=1}^{T−2} n^m, plus `exceptions`."""
        return self.total.by_power

    @property
    def exceptions(self) -> dict[int, ClosedForm]:
        """The corrections at single small t."""
        return self.total.exceptions

    @property
    def valid_from(self) -> int:
        """The least length T of the sequence for which `closed_form` holds as it stands."""
        return max(3, self.total.reaches + 1)

    def entry_derivative(self, name: str, at: Mapping[str, Any], *, diagonal: bool) -> TimeSum:
        """∂L/∂M_ll or ∂L/∂M_lm (l ≠ m) where all matrices are multiples of the identity.

        Parameters
        ----------
        name : str
            The matrix M, one of the full matrices among the parameters.
        at : mapping from the names of all full matrices to scalars
        diagonal : bool
        """
        derivative = entry_derivative(self.in_time.over_phases, self.task.law, name, at, diagonal=diagonal)
        return TimeSum(derivative, self.task.last)

    def at(self, **numbers: Any) -> AutoregressiveLossAt:
        return AutoregressiveLossAt(self, self.task.at(**numbers).values)


@dataclass(frozen=True, repr=False)
class AutoregressiveLossAt(LossAtNumbers):
    """A loss at numbers of the task; exceptional t beyond T − 1 are left out.

    Attributes
    ----------
    loss : AutoregressiveLoss
    values : dict
        From each symbol of the task to its exact value.
    """

    loss: AutoregressiveLoss
    values: Values

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The closed form for this T; d, scale and moments are still symbols."""
        last = int(evaluate(self.loss.task.last, self.values))
        return self.loss.total.at_last(last).closed_form

    def __call__(self, **parameters: Any) -> sympy.Expr:
        """The exact loss at effective parameters by name.

        Whole matrices as for the loss of prompts, such as W_PV of size 3d × 3d; or the matrices and scalars that the
        loss is written in, such as A and a: nested lists, arrays or numbers.

        Raises
        ------
        InputError
            If a parameter has no value.
        """
        task = self.loss.task
        d = int(evaluate(task.d, self.values))
        partner = [i ^ 1 for i in range(d)] if task.paired else None
        values: dict[sympy.Basic, Any] = dict(self.values)
        parameters = split_arrays(self.loss.in_time.parameters, parameters, d)
        for a in self.closed_form.letters():
            meaning: Any = MEANING[a]
            if isinstance(meaning, EntrySum):
                missing = sorted({f.name for f in meaning.factors} - parameters.keys())
                if missing:
                    raise InputError(f"no value is given for {missing[0]}; add {missing[0]}=…")
                values[meaning] = exact_scalar(meaning.value(d, parameters, partner), str(meaning))
            elif isinstance(meaning, sympy.Symbol) and meaning.name in parameters:
                values[meaning] = exact_scalar(parameters[meaning.name], meaning.name)
        return evaluate(self.closed_form.expr, values)


def _names(parameters: Iterable[Any]) -> set[str]:
    """Names of all parameters, also those inside grids."""
    found: set[str] = set()
    for p in parameters:
        if isinstance(p, list | tuple):
            found |= _names(p)
        elif isinstance(p, Named | PositionalWeights):
            found.add(p.name)
        elif isinstance(p, Parameter):
            found |= {
                s.name
                for value in vars(p).values()
                for s in exact_scalar(value or 0, "a parameter").free_symbols
            }
    return found


def loss_in_time(
    model: CausalModel,
    task: AutoregressiveTask,
    parameters: Mapping[str, Any] | None = None,
    *,
    factor: Fraction | int = 1,
) -> LossInTime:
    """E‖x̂_{t+1} − x_{t+1}‖² for every t ≥ 2.

    Parameters
    ----------
    model : CausalModel
    task : AutoregressiveTask
    parameters : mapping, optional
        Effective parameters by name; by default every block a full matrix.
    factor : Fraction or int
        In front of the square; ½ in Zheng et al. (2024), 1 in Sander et al. (2024).
    """
    chosen = dict(model.symbolic_parameters() if parameters is None else parameters)
    for name in sorted(_names(chosen.values()) & task.symbols().keys()):
        raise InputError(f"the law of the task contains {name}, which is also a parameter; rename it")
    prediction = model.predict(chosen, task.sequence())
    tell("loss", (model, task))
    return LossInTime(model, task, chosen, prediction, Fraction(factor))


def autoregressive_loss(
    model: CausalModel,
    task: AutoregressiveTask,
    parameters: Mapping[str, Any] | None = None,
    *,
    factor: Fraction | int = 1,
) -> AutoregressiveLoss:
    """Derive factor · Σ_{t=2}^{T−1} E‖x̂_{t+1} − x_{t+1}‖² in closed form; see `loss_in_time`.

    Raises
    ------
    InputError
        If the model has weights of its own for every t.
    UnsupportedError
        If the task is not averaged over (Haar), or the model is outside of the exact calculus.
    """
    found = loss_in_time(model, task, parameters, factor=factor)
    if any(isinstance(p, PositionalWeights) for p in found.parameters.values()):
        raise InputError("every t has positional weights of its own; use loss_in_time for the loss at one t")
    return AutoregressiveLoss(found)
