"""The excess of given steps, from the forward pass; at numbers also its least value over one common step."""

from __future__ import annotations

import sympy

from symicl.algebra import read_form
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM, ForwardPass, described
from symicl.certificates.results.squares import LeastExcess, attained_at
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import Loop


MAX_STEP_LETTERS = 5
"""Letters in step sizes; with each the prediction has twice as many terms."""


class DescentEvidence:
    """The excess as an expectation; made while a recording runs.

    Raises
    ------
    DerivationError
        If the forward pass has another one.
    UnsupportedError
        If the step sizes have more letters than the checker has time for.
    """

    def __init__(self, result: Loop):
        self.result = result
        self.steps = [read_form(size) for size in result.step_sizes]
        if len(set().union(*(size.letters() for size in self.steps))) > MAX_STEP_LETTERS:
            raise UnsupportedError(
                f"a certificate has at most {MAX_STEP_LETTERS} letters in step sizes, which is what the checker has time for; "
                "give numbers, or one letter for all steps"
            )
        self.passed = ForwardPass(result.gram.task, result.gram.preconditioner, result.layers)
        self.excess = self.passed.loss.substitute(self.passed.at_steps(self.steps))
        self.least = LeastExcess(result) if result.is_one_number else None
        if self.excess != result.excess_form:
            raise DerivationError("the excess of the forward pass is another one")

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        what = f"{self.result.layers} steps of descent on {described(self.result.gram.task)}"
        names = ["excess", LEAST, attained_at(self.least.at)] if self.least else ["excess"]
        return "descent", f"E(f - <w, x>)^2 of {what} is {self.result.excess}", what, (), [STEIN_AXIOM], names

    def write(self, log: OperationLog, name: str, text: str, claim: sympy.Expr | None = None) -> None:
        """Write the excess as a quantity of this name, against what a theorem states of it, if one does."""
        derived = self.passed.write(log, self.steps)
        stated = self.result.excess_form if claim is None else read_form(claim)
        log.emit("stated", name=name, text=text, stated=log.data(stated), derived=derived)

    def write_more(self, log: OperationLog) -> None:
        """Write the least excess over one common step, where that is all that is open."""
        if self.least is not None:
            self.least.write(log, log.node(self.excess), LEAST)


LEAST = "least excess, rounded down"
