"""The excess of given steps, from the forward pass; at numbers also its least value over one common step."""

from __future__ import annotations

from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM, ForwardPass, described
from symicl.certificates.results.squares import LeastExcess, attained_at
from symicl.errors import DerivationError
from symicl.theory import Loop


class DescentEvidence:
    """The excess as an expectation; made while a recording runs.

    Raises
    ------
    DerivationError
        If the forward pass has another one.
    """

    def __init__(self, result: Loop):
        self.result = result
        self.passed = ForwardPass(result.gram.task, result.gram.preconditioner, result.layers)
        self.excess, _ = self.passed.at_steps(result.step_sizes)
        self.least = LeastExcess(result) if result.is_one_number else None
        if self.excess != result.excess_form:
            raise DerivationError("the excess of the forward pass is another one")

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        what = f"{self.result.layers} steps of descent on {described(self.result.gram.task)}"
        names = ["excess", LEAST, attained_at(self.least.at)] if self.least else ["excess"]
        return "descent", f"E(f - <w, x>)^2 of {what} is {self.result.excess}", what, (), [STEIN_AXIOM], names

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the excess as a quantity of this name."""
        self.passed.write(log)
        stated = log.data(self.result.excess_form)
        log.emit("stated", name=name, text=text, stated=stated, derived=log.node(self.excess))

    def write_more(self, log: OperationLog) -> None:
        """Write the least excess over one common step, where that is all that is open."""
        if self.least is not None:
            self.least.write(log, log.node(self.excess), LEAST)


LEAST = "least excess, rounded down"
