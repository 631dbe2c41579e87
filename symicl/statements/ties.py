"""Quantities of the optimum of a theorem's own model and task, and which stated quantities are made from it.

`prove` minimises the loss once more by itself. A quantity is *tied* if it equals, as a closed form, something that this
optimum has: its minimal loss, its coefficient, the parameters that attain it. A corollary may also come from such a
quantity by the operations of `SPECIAL`, which the tie names. Where a value happens to have passed through on its way
does not count: what a derivation multiplies by a loss and divides by it again is not tied to that loss.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, call_of, listening, same_form
from symicl.certificates import Attained, ForwardPass, Recording, attained, forward_pass
from symicl.errors import DerivationError, SymiclError, UnsupportedError
from symicl.statements.entrywise_sequences import pass_differs
from symicl.statements.projections import Projection, Tie, projections_of, projections_of_sequences
from symicl.statements.special_cases import SPECIAL, changes, kin, letters_of
from symicl.theory import (
    SequenceOptimum,
    attaining_weights,
    expected_loss,
    minimise_over_features,
    minimise_sequences,
    unattainable,
)
from symicl.typeset import formula_text

MEANING_OF_NAME = {"loss": "minimal loss", "risk": "minimal loss", "excess": "least excess loss"}
"""Names of quantities that mean one thing."""


class Untied(SymiclError):
    """A quantity is not made from the optimum; the message says why, without the name of the quantity."""


class Ties:
    """The ties of quantities to the optimum of one model on one task.

    Parameters
    ----------
    model, task
    recorded : Recording, optional
        What hears how the loss and the optimum are derived, for a certificate of them.
    """

    def __init__(self, model: Any, task: Any, recorded: Recording | None = None):
        self.model, self.task, self.recorded = model, task, recorded

    def _heard(self) -> AbstractContextManager[object]:
        return nullcontext() if self.recorded is None else listening(self.recorded)

    @cached_property
    def loss(self) -> Any:
        """The loss of the model on the task."""
        with self._heard():
            return expected_loss(self.model, self.task)

    @cached_property
    def names(self) -> tuple[sympy.Basic, ...]:
        """The symbols of prompt, law and effective parameters, whose names mean nothing else."""
        task, letters = self.task, []
        prompt = (getattr(task, name) for name in ("X", "y", "x") if hasattr(task, name))
        if task.shows != "sequence":
            letters = [self.loss.letter_to_differentiate(name) for name in self.loss.letter_names]
        return (*prompt, *task.symbols().values(), *(MEANING[a] for a in letters))

    @cached_property
    def optimum(self) -> Any:
        """The global minimum, certified and attained by weights.

        Raises
        ------
        SymiclError
            If there is none in closed form, or no weights attain it.
        """
        if self.task.shows == "sequence":
            return self._of_sequences()
        with self._heard():
            optimum = minimise_over_features(self.loss)
            optimum.certificate  # noqa: B018 - it is the proof, and raises if there is none
            optimum.closed_form  # noqa: B018 - derived while it is heard
            if problem := unattainable(optimum, attaining_weights(optimum)):
                raise DerivationError(problem)
        return optimum

    @property
    def forward_pass(self) -> ForwardPass:
        """The prediction over all weights; refused for models of sequences."""
        return forward_pass(self.loss)

    @property
    def attained(self) -> Attained:
        """The minimum with weights that attain it; refused for models of sequences."""
        return attained(self.forward_pass, self.optimum)

    def _of_sequences(self) -> SequenceOptimum:
        try:
            optimum = minimise_sequences(self.loss)
        except UnsupportedError as error:
            raise Untied(
                f"prove cannot minimise the loss of this model of sequences by itself: {error}"
            ) from error
        if optimum.attained == "lower bound":
            raise DerivationError("no weights are known that attain the minimum")
        if problem := pass_differs(self.model, self.task):
            raise DerivationError(problem)
        return optimum

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """All that the optimum has."""
        found = projections_of_sequences if self.task.shows == "sequence" else projections_of
        return tuple(found(self.optimum))

    @cached_property
    def _own(self) -> set[int]:
        """The letters of the optimum, without opaque moments."""
        opaque = set(self.task.opaque_moments().values())
        letters = {a for p in self.projections for a in letters_of(p.value)}
        return {b for a in letters if MEANING[a] not in opaque for b in kin(a)}

    def tie(self, name: str, value: Any, *, main: bool) -> Tie:
        """The relation of a quantity to the optimum.

        Parameters
        ----------
        name : str
        value : ClosedForm
            As derived.
        main : bool
            Whether it is a main quantity of the statement, which has to be something that the optimum has, as it is.

        Raises
        ------
        Untied
            If it is not made from the optimum.
        """
        kind = MEANING_OF_NAME.get(name)
        try:
            found = (self._find(value, kind) if kind else None) or self._find(value)
        except Untied:
            raise
        except SymiclError as error:
            raise Untied(str(error)) from error
        if found is None:
            raise Untied(f"it is not made from the certified optimum, where {self._have()}")
        if main and not found.exact:
            raise Untied(
                f"it is {found.text}, a special case and not the optimum itself; state it as a corollary"
            )
        if kind not in (None, found.kind):
            raise Untied(f"it is {found.text} and not the {kind}")
        return found

    def _have(self) -> str:
        """The minimal loss and the coefficient, in words."""
        shown = [p for p in self.projections if p.tie.kind != "least excess loss"][:2]
        return " and ".join(f"{p.tie.text} is {formula_text(p.value)}" for p in shown)

    def _find(self, value: Any, kind: str | None = None, depth: int = 8) -> Tie | None:
        for projection in self.projections:
            if kind in (None, projection.tie.kind) and _same(value, projection.value):
                return projection.tie
        call = call_of(value)
        if call is None or call.rule not in SPECIAL or not depth:
            return None
        for base, change, exact in changes(call, self._own):
            found = self._find(base, kind, depth - 1)
            if found is not None:
                return Tie(f"{found.text}{change}", found.kind, found.exact and exact)
        return None


def _same(value: Any, other: Any) -> bool:
    """Equality as closed forms, decided here and not by the value's own class."""
    return type(value) is type(other) is ClosedForm and same_form(value, other)
