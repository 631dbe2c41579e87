"""The loss of what was trained on one law of prompts under another law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import sympy

from symicl.algebra import MEANING, ClosedForm
from symicl.errors import InputError, ShapeError, UnsupportedError, brief, described
from symicl.numeric import evaluate
from symicl.tasks import PromptTask, exact_values
from symicl.theory.attainment import realise
from symicl.theory.lift import LiftedProblem
from symicl.theory.loss import Loss, predict
from symicl.theory.typeset_quantity import TypesetQuantity


class Optimum(Protocol):
    """The part of `symicl.theory.optimum.Optimum` that is read here."""

    @property
    def loss(self) -> Loss: ...

    @property
    def problem(self) -> LiftedProblem: ...

    @property
    def solution(self) -> ClosedForm | None: ...

    @property
    def attained(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def attained_at(self) -> dict[int, ClosedForm]: ...


@dataclass(frozen=True, repr=False)
class LossElsewhere(TypesetQuantity):
    """The loss of the weights that are optimal on one law, on prompts of another.

    Attributes
    ----------
    optimum : Optimum
        Where they are optimal.
    task : PromptTask
        The other law, of other covariances or another number of examples.
    closed_form : ClosedForm
        The loss, with the noise of the response to the query.
    """

    optimum: Optimum
    task: PromptTask
    closed_form: ClosedForm

    name: ClassVar[str] = r"L_{\mathrm{test}}"

    def __repr__(self) -> str:
        return f"LossElsewhere({self.optimum!r}, {self.task!r})"

    def at(self, **numbers: Any) -> sympy.Expr:
        """The exact value.

        Parameters
        ----------
        **numbers
            By name, for the symbols of both laws.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        trained = self.optimum.loss
        symbols = trained.task.symbols() | trained.model.own_sizes(trained.task) | self.task.symbols()
        return evaluate(self.expr, exact_values(symbols, numbers))


def loss_elsewhere(optimum: Optimum, task: Any) -> LossElsewhere:
    """The forward pass at the optimal weights, averaged under another law.

    Parameters
    ----------
    optimum : Optimum
    task : PromptTask

    Raises
    ------
    InputError
        If the law does not fit the weights: it shows something else, has another dimension, or another number of
        examples where a weight has one entry for each.
    UnsupportedError
        For a lower bound, which no weights are known to attain.
    """
    loss, problem = optimum.loss, optimum.problem
    if not isinstance(task, PromptTask):
        raise InputError(
            f"under() takes a law of prompts, such as LinearRegression(n=M), not {described(task)}"
        )
    if optimum.attained != "weights":
        raise UnsupportedError(
            f"no weights are known that attain this bound ({optimum.reason}), so there are none to try on another law"
        )
    unknown = "" if optimum.solution is None else str(MEANING[problem.unknown])
    if unknown in task.symbols():
        raise InputError(
            f"the other law has a symbol {unknown}, as the coefficient of the optimum; rename it"
        )
    assignment = realise(optimum)
    parameters = {
        name: blocks.map(lambda block: block.substitute(assignment)) for name, blocks in loss.whole.items()
    }
    try:
        residual = predict(loss.model, parameters, task) - task.target()
    except ShapeError as error:
        raise InputError(
            f"the weights that are optimal on {brief(loss.task)} do not fit prompts of {brief(task)}: {error}; a "
            "weight with one entry for each example, or for each coordinate, has one size"
        ) from None
    value = task.expectation(residual * residual)
    if optimum.solution is not None:
        value = value.substitute({problem.unknown: optimum.solution})
    return LossElsewhere(optimum, task, value)
