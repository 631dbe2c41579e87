"""The certificate of a conserved quantity: the loss, its gradient, and the derivative along it, which is zero.

The checker knows how a loss is averaged and differentiated; nothing else is needed.
"""

from __future__ import annotations

from symicl.algebra import ClosedForm
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.derived_anew import derived_anew
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import Conserved, Flow

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
        again, put = derived_anew(system)
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
