"""The certificate of a minimum under a bound on the rank: the loss as that of one matrix and a mean square."""

from __future__ import annotations

import sympy

from symicl.algebra import ClosedForm
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM
from symicl.errors import UnsupportedError
from symicl.theory import LowRankOptimum

CUT = (
    "of matrices D of rank at most r those with the least tr(L D M D') - 2 tr(A'D) gain the r largest eigenvalues of "
    "A M^-1 A' L^-1"
)


class RankEvidence:
    """That the loss of all weights is at least that of K(θ), and that this is the quadratic form that was cut.

    Made while a recording runs.

    Raises
    ------
    UnsupportedError
        If no weights are known that attain the minimum, or an update of a given matrix is sought.
    """

    def __init__(self, result: LowRankOptimum):
        if result.attained != "weights":
            raise UnsupportedError("a lower bound for a rank that no known weights attain has no certificate")
        problem, task = result.relaxation.problem, result.loss.task
        self.result, self.unknown = result, problem.unknown
        target = task.target()
        residual = problem.prediction - target
        self.loss = task.expectation(residual * residual)
        candidate = problem.predictor()
        self.candidate = task.expectation((candidate - target) * (candidate - target))
        gap = problem.prediction - candidate
        self.square = task.expectation(gap * gap)

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        result = self.result
        where = f"{result.weight} has rank at most {result.rank}" if result.weight else "the weights have small sides"
        statement = f"the least loss of {result.loss!r} where {where} is {result.expr}"
        return f"rank {result.rank}", statement, repr(result.loss), (), [STEIN_AXIOM], [self._name]

    @property
    def _name(self) -> str:
        return "least loss" if self.result.terms.equal is not None else "loss at rank 0"

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the bound for all weights, the quadratic form, and the value of this name."""
        result, form, K = self.result, self.result.form, self.unknown
        at_weights = {K: result.relaxation.problem.coefficient}
        log.at_least(
            "the loss of all weights is at least that of their K",
            log.node(self.loss),
            log.put(log.node(self.candidate), at_weights, self.candidate.substitute(at_weights)),
            log.put(log.node(self.square), at_weights, self.square.substitute(at_weights)),
        )
        log.emit(
            "asserted",
            claim=f"K(theta) - K_0 has rank at most {result.rank}",
            why="its terms are products through sides of this sum in the weights",
        )
        D = ClosedForm.of(K)
        there = log.node(self.candidate)
        if result.start is not None:
            table = {K: D + result.start}
            there = log.put(there, table, self.candidate.substitute(table))
        stated = form.base - (form.A.T @ D).trace() * 2 + (form.L @ D @ form.M @ D.T).trace()
        log.emit("equal", claim="its loss is this quadratic form", left=there, right=log.data(stated))
        start = {K: ClosedForm.zero(D.rows, D.cols) if result.start is None else result.start}
        base = log.put(log.node(self.candidate), start, form.base)
        if result.terms.equal is None:
            log.emit("asserted", claim=CUT, why="Eckart and Young (1936), Mirsky (1960)")
            log.emit("stated", name=name, text=str(form.base.expr), stated=log.data(form.base), derived=base)
            return
        num, den = result.closed_form.fraction()
        above = log.asserted(num, CUT, "Eckart and Young (1936), Mirsky (1960)", of=base)
        value = log.over(above, log.data(den), result.closed_form)
        log.emit("stated", name=name, text=text, stated=log.data(result.closed_form), derived=value)

    def write_more(self, log: OperationLog) -> None:
        """Nothing: the value is all that there is."""
