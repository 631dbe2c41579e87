"""The global minimum of the loss of a model: for all weights the excess over it is the mean of a square."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symicl.algebra import MEANING, ClosedForm, exact_scalar, read_form
from symicl.certificates.all_weights import Attained, attained, forward_pass
from symicl.certificates.minimum_entries import MinimumLog
from symicl.certificates.results.derived_anew import with_noise
from symicl.certificates.results.minimum import definite
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import (
    AttainedByHeads,
    Optimum,
    expected_loss,
    minimise_over_features,
    unchecked_law,
)
from symicl.typeset import formula_text

STEIN_AXIOM = "Stein's identity for centred Gaussians; different Gaussians are independent"


class OptimumEvidence:
    """The minimum of a loss over the weights of its model, or a lower bound; derived anew while a recording runs.

    Raises
    ------
    DerivationError
        If the minimum is another one.
    UnsupportedError
        For a family of weights, for a law whose expectations are computed by code of one's own, or if no rule of
        certificates reaches so far.
    """

    def __init__(self, result: Optimum):
        loss = result.loss
        if loss.family is not None:
            raise UnsupportedError(
                f"the minimum over the family {loss.family!r} has no certificate; minimise the loss over all weights, "
                "expected_loss(model, task) without family="
            )
        if problem := unchecked_law(loss.task):
            raise UnsupportedError(problem)
        self.result = result
        task, self.put = with_noise(loss.task)
        self.optimum = minimise_over_features(expected_loss(loss.model, task))
        self.optimum.certificate  # noqa: B018 - it is the proof, derived while it is recorded
        self.quantities = dict(self._quantities())
        self._compare()
        found = forward_pass(self.optimum.loss)
        self.passed = attained(found, self.optimum) if self._is_attained else found

    @property
    def _is_attained(self) -> bool:
        """True if weights are known that are matrices of symbols."""
        return self.optimum.attained == "weights" and not isinstance(self.optimum, AttainedByHeads)

    def _quantities(self) -> Iterator[tuple[str, ClosedForm]]:
        """The quantities that are stated, the least value first."""
        optimum, loss = self.optimum, self.optimum.loss
        least = "minimum" if self._is_attained else "lower bound"
        if self.put:
            yield f"{least} with noise", optimum.closed_form
        yield least, optimum.closed_form.substitute(self.put)
        noise = noise_at_query(loss.task)
        if noise and self._is_attained and not self.put:
            yield "excess", optimum.closed_form - noise
        if optimum.solution is not None:
            yield "coefficient", optimum.solution.substitute(self.put)
        yield "loss", loss.closed_form.substitute(self.put)

    def _compare(self) -> None:
        """Refuse a result whose fields are not those that are derived."""
        result, own = self.result, self.quantities
        least = own["minimum" if self._is_attained else "lower bound"]
        same = own["loss"] == result.loss.closed_form and least == result.closed_form
        if not same or own.get("coefficient") != result.solution or self.optimum.attained != result.attained:
            raise DerivationError("the minimum that is derived anew from the model and the task is another one")

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms, quantities and propositions of a certificate of its own."""
        loss = self.result.loss
        assumed = definite(self.optimum.loss.closed_form)
        said = [self._said] if self._is_attained else []
        source = f"the loss of {loss.model!r} on {loss.task!r}"
        name = f"minimum of {type(loss.model).__name__}"
        axioms = [STEIN_AXIOM, *loss.task.axioms]
        return name, self._statement, source, assumed, axioms, list(self.quantities), said

    @property
    def _said(self) -> str:
        """Of the law with noise, where the task has none."""
        value = formula_text(self.optimum.closed_form)
        if self._is_attained:
            return f"over all weights the least loss is {value}, and some weights attain it"
        return f"for all weights the loss is at least {value}"

    @property
    def _statement(self) -> str:
        if not self.put:
            return self._said
        (noise,) = (str(MEANING[a]) for a in self.put)
        value = formula_text(self.result.closed_form)
        return f"with noise of variance {noise}, {self._said}; without noise, {noise} = 0, it is {value}"

    def write(self, log: MinimumLog, name: str, text: str) -> None:
        """Write the minimum, the forward pass over all weights, and the quantities."""
        optimum, found = self.optimum, self.passed
        minimum = log.minimum("the loss is at least this for all parameters", optimum)
        computed, parameters = log.node(found.computed), log.pairs(found.parameters)
        if isinstance(found, Attained):
            weights = log.pairs(found.weights)
            self._line = log.emit(
                "attained", minimum=minimum, computed=computed, parameters=parameters, weights=weights
            )
        else:
            free = [log.letter_id(a) for a in found.free]
            loss = log.node(optimum.loss.closed_form)
            log.emit("predicted", of=loss, computed=computed, parameters=parameters, free=free)
        for quantity, value in self.quantities.items():
            stated = log.data(value)
            derived = log.node(value) if value.is_scalar else log.as_quotient(value, stated, value)
            log.emit("stated", name=quantity, text=formula_text(value), stated=stated, derived=derived)

    def write_more(self, log: MinimumLog) -> None:
        """Write that the least value is that of all weights, and that some attain it."""
        if self._is_attained:
            log.emit("least_value", claim=self._said, name=next(iter(self.quantities)), attained=self._line)


def noise_at_query(task: Any) -> ClosedForm | None:
    """The variance of the noise of the response at the query, where it is that of the examples; else None."""
    noise = getattr(task, "noise", None)
    if noise is None or getattr(task, "given_query_noise", None) is not None:
        return None
    return read_form(exact_scalar(noise, "the variance of the noise"))
