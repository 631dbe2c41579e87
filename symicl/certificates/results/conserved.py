"""The certificate of a conserved quantity: the loss, its gradient, and the derivative along it, which is zero.

The checker knows how a loss is averaged and differentiated; nothing else is needed.
"""

from __future__ import annotations

from symicl.algebra import MEANING, ClosedForm, scalar, scalar_letter
from symicl.certificates.operations import OperationLog
from symicl.errors import DerivationError, UnsupportedError

from symicl.theory import Conserved, Flow, Loss, ModelLoss, expected_loss, flow

FLOW_AXIOMS = ["Stein's identity for centred Gaussians", "a quantity whose derivative in time is zero stays constant"]


class ConservedEvidence:
    """The derivative of a quantity along a flow, derived anew while a recording runs.

    Raises
    ------
    UnsupportedError
        If the quantity is not proved to be conserved; for flows on an ansatz, flows of sequences and restricted families.
    """

    def __init__(self, result: Conserved):
        system = result.system
        if not result.proved:
            raise UnsupportedError("only of a quantity that is proved to be conserved there is a certificate")
        if not isinstance(system, Flow):
            raise UnsupportedError(
                "there is a certificate of what a whole flow conserves; ask the flow, not what it was reduced to"
            )
        self.result = result
        again, put = _again(system)
        self.derivatives = [again.derivative(part).substitute(put) for part in result.parts]
        if any(self.derivatives):
            raise DerivationError("derived anew, the quantity is not conserved")

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        system = self.result.system
        assert isinstance(system, Flow)
        what = f"the flow of -({system.rate}) times the gradient of the loss, of {', '.join(system.letters)}"
        statement = f"{self.result.expr} is constant along {what}"
        return "conserved quantity", statement, str(system.source), (), FLOW_AXIOMS, self._names

    @property
    def _names(self) -> list[str]:
        if len(self.derivatives) == 1:
            return ["derivative in time"]
        return [f"derivative in time, block {k + 1}" for k in range(len(self.derivatives))]

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write that the derivative of each block vanishes."""
        for quantity, derivative in zip(self._names, self.derivatives, strict=True):
            zero = ClosedForm.zero(derivative.rows, derivative.cols)
            log.emit(
                "stated", name=quantity, text=f"of {text}", stated=log.data(zero), derived=log.node(derivative)
            )

    def write_more(self, log: OperationLog) -> None:
        """Nothing more."""


def _again(system: Flow) -> tuple[Flow, dict[int, ClosedForm]]:
    """The flow, derived anew; and what is put into it afterwards, as a law of the checker has no variance 0."""
    unknowns = [MEANING[a] for a in system.letters.values()]
    source = system.source
    if not isinstance(source, Loss):
        if isinstance(source, ModelLoss):
            raise UnsupportedError("there is no certificate of a flow of sequences")
        return flow(source, unknowns, rate=system.rate), {}
    task, put = source.task, {}
    if getattr(task, "noise", None) == 0:
        free = next(name for name in ("sigma2", "tau2", "noise_variance") if name not in task.symbols())
        noise = scalar(free, nonnegative=True)
        put = {scalar_letter(noise): ClosedForm.number(0)}
        task = task.with_noise(noise)
    loss = expected_loss(source.model, task)
    if loss.closed_form.substitute(put) != source.closed_form:
        raise UnsupportedError("there is no certificate of the flow of a family of weights")
    return flow(loss, unknowns, weights=system.weights, rate=system.rate), put
