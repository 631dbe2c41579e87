"""The certificates of flows: the loss and its gradient, sets that the flow does not leave, and scalar equations.

The checker takes the gradients and the derivatives in time itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symicl.algebra import ONE, PARTNER, ROWS, ClosedForm, letter, read_form, scalar_letter
from symicl.certificates.operations import OperationLog
from symicl.certificates.results.derived_anew import derived_anew
from symicl.errors import UnsupportedError
from symicl.theory import Flow, Reduction, ScalarEquation, Solution, SquaredEquation

AXIOM = "Stein's identity for centred Gaussians"

FlowResult = Flow | Reduction | ScalarEquation | SquaredEquation


class MotionEvidence:
    """A flow, and what it was reduced to; its loss is derived anew while a recording runs.

    Raises
    ------
    UnsupportedError
        For flows of sequences and of restricted families, and where a symmetric matrix moves.
    """

    def __init__(self, result: FlowResult):
        self.result = result
        self.equation = result if isinstance(result, ScalarEquation | SquaredEquation) else None
        last = result.system if isinstance(result, ScalarEquation | SquaredEquation) else result
        self.reductions: list[Reduction] = []
        while isinstance(last, Reduction):
            self.reductions.insert(0, last)
            last = last.origin
        first = last
        if not isinstance(first, Flow):
            raise UnsupportedError("there is a certificate of a flow, and of what it was reduced to")
        for name, a in first.letters.items():
            if PARTNER[a] == a and ROWS[a] != ONE:
                raise UnsupportedError(f"{name} is symmetric and moves; a certificate takes any matrix, or a scalar")
        again, put = derived_anew(first)
        self.flow, self.put, self.loss = first, put, again.loss_form

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms, quantities and propositions."""
        statement = "; ".join(self._claims())
        return "flow", statement, str(self.flow.source), (), [AXIOM], [], list(self._claims())

    def _claims(self) -> Iterator[str]:
        yield f"the gradient flow of {', '.join(self.flow.letters)}"
        for system in self.reductions:
            place = ", ".join(f"{name} = {value}" for name, value in system.weights.items())
            yield f"it does not leave {place}"
        if self.equation is not None:
            yield f"{self.equation.symbol} has the equation {self.equation}"
        if self._solution() is not None:
            yield f"the solution is {self._solution()}"

    def _solution(self) -> Solution | None:
        if not isinstance(self.equation, ScalarEquation):
            return None
        try:
            return self.equation.solve()
        except UnsupportedError:
            return None

    # --- writing -----------------------------------------------------------------------------------------

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the flow, each reduction, the equation and its solution."""
        claims = self._claims()
        loss = log.node(self.loss)
        if self.put:
            loss = log.put(loss, self.put, self.loss.substitute(self.put))
        rate = self.flow.roots.put(read_form(self.flow.roots.named(self.flow.rate)))
        line = log.emit(
            "gradient_flow",
            claim=next(claims),
            loss=loss,
            rate=log.data(rate),
            velocities=_pairs(log, self.flow.letters, self.flow.velocities),
        )
        for system in self.reductions:
            line = self._reduction(log, system, line, next(claims))
        if self.equation is not None:
            line = self._equation(log, line, next(claims))
        if (solution := self._solution()) is not None:
            _solved(log, solution, line, next(claims))

    def write_more(self, log: OperationLog) -> None:
        """Nothing more."""

    def _reduction(self, log: OperationLog, system: Reduction, motion: int, claim: str) -> int:
        ansatz = system.ansatz_used
        roots = {scalar_letter(r): scalar_letter(s) for s, r in ansatz.roots.of.items()}
        return log.emit(
            "reduction",
            claim=claim,
            motion=motion,
            place=_pairs(log, system.origin.letters, ansatz.forms),
            velocities=_pairs(log, system.letters, system.velocities),
            roots=[[log.letters.id(r), log.letters.id(s)] for r, s in roots.items()],
        )

    def _equation(self, log: OperationLog, motion: int, claim: str) -> int:
        found = self.equation
        assert found is not None
        constants = found.constants if isinstance(found, SquaredEquation) else {}
        return log.emit(
            "equation",
            claim=claim,
            motion=motion,
            letter=log.letters.id(scalar_letter(found.symbol)),
            of=log.data(found.quantity),
            degree=2 if isinstance(found, SquaredEquation) else 1,
            value=log.data(found.closed_form),
            constants=[[log.letters.id(scalar_letter(c)), log.data(b)] for c, b in constants.items()],
        )


def _pairs(log: OperationLog, letters: Mapping[str, int], forms: Mapping[str, ClosedForm]) -> list[list[int]]:
    return [[log.letters.id(a), log.data(forms[name])] for name, a in letters.items()]


def _solved(log: OperationLog, solution: Solution, equation: int, claim: str) -> None:
    """w = (u_0ᵏ + β/α) E − β/α."""
    E, start = letter(f"e^{solution.symbol}", ONE, ONE), scalar_letter(solution.start)
    ratio = solution.beta / solution.alpha
    w = (ClosedForm.of(start) ** (1 - solution.power) + ratio) * ClosedForm.of(E) - ratio
    log.emit(
        "solution",
        claim=claim,
        equation=equation,
        exponential=log.letters.id(E),
        start=log.letters.id(start),
        alpha=log.data(solution.alpha),
        beta=log.data(solution.beta),
        degree=solution.power,
        value=log.data(w),
    )
