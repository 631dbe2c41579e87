"""The certificate of a minimum under a bound on the rank: the loss as that of one matrix and a mean square."""

from __future__ import annotations

from symicl.algebra import ClosedForm, read_form
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.forward_pass import STEIN_AXIOM
from symicl.errors import UnsupportedError
from symicl.theory import LowRankOptimum, through_factors

CUT = (
    "of matrices D of rank at most r those with the least tr(L D M D') - 2 tr(A'D) gain the r largest eigenvalues of "
    "A M^-1 A' L^-1: Eckart and Young (1936), Mirsky (1960)"
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
        statement = f"the least loss of {result.loss!r} where {where} is {_line(result.expr)}"
        return f"rank {result.rank}", statement, repr(result.loss), (), [STEIN_AXIOM], [self._name]

    @property
    def _name(self) -> str:
        return "least loss" if self.result.terms.equal is not None else "loss at rank 0"

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the bound for all weights, the quadratic form, and the value of this name."""
        result, form, K = self.result, self.result.form, self.unknown
        at_weights = {K: result.relaxation.problem.coefficient}
        minimum = log.at_least(
            "the loss of all weights is at least that of their K",
            log.node(self.loss),
            log.put(log.node(self.candidate), at_weights, self.candidate.substitute(at_weights)),
            log.put(log.node(self.square), at_weights, self.square.substitute(at_weights)),
        )
        D, there = ClosedForm.of(K), log.node(self.candidate)
        if result.start is not None:
            table = {K: D + result.start}
            there = log.put(there, table, self.candidate.substitute(table))
        start = {K: ClosedForm.zero(D.rows, D.cols) if result.start is None else result.start}
        base = log.put(log.node(self.candidate), start, form.base)
        equal = result.terms.equal
        value = base if equal is None else log.data(result.closed_form)
        fields = {} if equal is None else {"gain": log.data(equal), "value": value}
        parameters, factors = through_factors(
            result.relaxation.problem, result.weight, result.rank, result.start
        )
        log.emit(
            "least_at_rank",
            claim=CUT,
            minimum=minimum,
            of=there,
            letter=log.letters.id(K),
            coefficient=log.data(at_weights[K]),
            origin=log.data(start[K]),
            parameters=[[log.letters.id(a), log.data(v)] for a, v in parameters.items() if v != ClosedForm.of(a)],
            factors=[[*map(log.data, pair)] for pair in factors],
            bound=log.data(read_form(result.rank)),
            base=base,
            **{name: log.data(side) for name, side in (("A", form.A), ("L", form.L), ("M", form.M), ("best", form.best))},
            **fields,
        )
        stated = log.data(form.base if equal is None else result.closed_form)
        said = _line(form.base.expr if equal is None else text)
        log.emit("stated", name=name, text=said, stated=stated, derived=value)

    def write_more(self, log: OperationLog) -> None:
        """Nothing: the value is all that there is."""


def _line(value: object) -> str:
    """A value in one line, also if it has a matrix of numbers."""
    return " ".join(str(value).split())
