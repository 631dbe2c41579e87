"""The certificate of the best scalars of a loss of sequences, and of a point that is stationary among matrices."""

from __future__ import annotations

from collections.abc import Iterator

from symicl.algebra import MEANING, ClosedForm, scalar, scalar_letter
from symicl.certificates.time_sums import TimeSumLog
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import WHY_PHASES, InTime, PhaseLog
from symicl.theory import SequenceOptimum, StationaryMatrices, autoregressive_loss, minimise_loss_of_sequences
from symicl.typeset import formula_text

Fact = tuple[str, ClosedForm, ClosedForm | int]


class SequenceEvidence:
    """That the excess over the value is a sum of mean squares, and which derivatives vanish; derived anew.

    Made while a recording runs.

    Raises
    ------
    UnsupportedError
        If no weights are known that attain the value.
    DerivationError
        If the result is another one.
    """

    def __init__(self, result: SequenceOptimum | StationaryMatrices):
        loss = result.loss
        again = minimise_loss_of_sequences(
            autoregressive_loss(loss.model, loss.task, loss.parameters, factor=loss.in_time.factor)
        )
        if again.closed_form != result.closed_form or again.coefficient != result.coefficient:
            raise DerivationError("the value that is derived anew from the model and the task is another one")
        if result.attained == "lower bound":
            raise UnsupportedError("a lower bound of a loss of sequences that no known weights attain has no certificate")
        self.result = result
        self.optimum = again.optimum if isinstance(again, StationaryMatrices) else again
        self.zero: list[tuple[str, InTime]] = []
        self.facts = [*self._least(), *self._stationary(again)]

    @property
    def _name(self) -> str:
        return "minimum" if isinstance(self.result, SequenceOptimum) else "loss at the stationary point"

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result, value = self.result, formula_text(self.result.closed_form)
        over = "all weights" if isinstance(result, SequenceOptimum) else "multiples of the identity"
        more = "" if isinstance(result, SequenceOptimum) else ", at which no entry of a matrix has a derivative"
        source = f"the loss of {result.loss.model!r} on {result.loss.task!r}"
        axioms = ["phases are independent, and expectations of products of different coordinates factorise"]
        return self._name, f"over {over} the least loss is {value}{more}", source, (), axioms, [self._name]

    def _least(self) -> Iterator[Fact]:
        """The excess over the value is the sum of mean squares of distances of predictions, and weights attain it."""
        optimum, problem = self.optimum, self.optimum.problem
        loss, there = problem.lifted.closed_form, optimum.solution
        certificate = optimum.certificate
        distance = certificate.distance.substitute({v: there[u] for u, v in certificate.other.items()})
        yield "the loss exceeds its value there by a sum of mean squares", loss - loss.substitute(there), distance
        weights = {a: optimum.parameters[str(MEANING[a])] for key in problem.products.values() for a in key}
        yield "weights attain it", optimum.loss.closed_form.substitute(weights), loss.substitute(there)

    def _stationary(self, again: SequenceOptimum | StationaryMatrices) -> Iterator[Fact]:
        """The derivatives by entries of the matrices vanish at multiples of the identity."""
        if not isinstance(again, StationaryMatrices):
            return
        point = {scalar_letter(scalar(name)): value for name, value in self.optimum.parameters.items()}
        for name in again.derivatives:
            for place, diagonal in (("on the diagonal", True), ("off the diagonal", False)):
                times = again.derivative(name, diagonal=diagonal)
                claim = f"the derivative by an entry of {name} {place} vanishes"
                if times.summand:
                    yield claim, times.closed_form.substitute(point), 0
                else:
                    self.zero.append((f"{claim} at every t", times.summand))

    def write(self, log: TimeSumLog, name: str, text: str) -> None:
        """Write what holds, and the value as a quantity of this name."""
        for claim, left, right in self.facts:
            log.emit("equal", claim=claim, left=log.node(left), right=log.node(right))
        value = self.optimum.problem.lifted.closed_form.substitute(self.optimum.solution)
        stated = log.data(self.result.closed_form)
        log.emit("stated", name=name, text=formula_text(self.result.closed_form), stated=stated, derived=log.node(value))

    def write_more(self, log: TimeSumLog) -> None:
        """Write the sums over t, and the averages of derivatives that are zero at every t."""
        for claim, summand in self.zero:
            full = {"of": log.helper(PhaseLog).average(summand), "places": []}
            log.emit("asserted", claim=claim, why=WHY_PHASES, phases=full)
        log.write_sums()
