"""A minimum of a quadratic: the objective is its value there plus the expectation of a square.

f(θ) = f(θ*) + Q(θ − θ*) with Q(Δ) = E[root(Δ)²], multiplied out; inverses of sums cancel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symicl.algebra import MEANING, ClosedForm, Covariance, meaning_of
from symicl.certificates.operations import OperationLog
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import (
    ConvexPart,
    Evidence,
    Quadratic,
    QuadraticMinimum,
    minimise_expression,
    steps_of,
)

Point = Mapping[int, ClosedForm]
"""From each unknown to its value."""

STEIN_AXIOM = "Stein's identity for centred Gaussians; different Gaussians are independent"


@dataclass(frozen=True)
class CompletedSquare:
    """f(θ) = f(θ*) + Q(θ − θ*).

    Attributes
    ----------
    problem : Quadratic
    at : mapping
        θ*.
    steps : dict
        From each unknown to the letter of a change of it.
    mean_square : ClosedForm
        Q(Δ), as it was recorded.
    """

    problem: Quadratic
    at: Point
    steps: dict[int, int]
    mean_square: ClosedForm

    def write(self, writer: OperationLog, name: str, text: str) -> None:
        """The claim: the value at the stated point, which is the least one."""
        problem = self.problem
        loss, least = writer.node(problem.objective), problem.objective.substitute(self.at)
        value = writer.put(loss, self.at, least)
        changes = {a: ClosedForm.of(a) - at for a, at in self.at.items()}
        letters = self.mean_square.letters()
        table = {self.steps[a]: change for a, change in changes.items() if self.steps[a] in letters}
        square = writer.node(self.mean_square)
        if table:
            square = writer.put(square, table, self.mean_square.substitute(table))
        line = writer.at_least("the objective is at least its value at the stated point", loss, value, square)
        writer.emit(
            "stated",
            name=name,
            text=f"{text}: by entry {line} the objective is nowhere less than there",
            stated=writer.data(least),
            derived=value,
        )


def minimum_evidence(problem: Quadratic, stated: Point, evidence: Sequence[Evidence]) -> CompletedSquare:
    """Prepare the entries; while a recording runs.

    Raises
    ------
    UnsupportedError
        If there is nothing that the checker could recompute.
    """
    steps = steps_of(problem.unknowns)
    mean_square = ConvexPart(evidence, steps).mean_square()
    if mean_square != problem.part(2, {a: ClosedForm.of(b) for a, b in steps.items()}):
        raise UnsupportedError("the quadratic part of the objective is not the square that was expected")
    if not problem.is_stationary(stated):
        raise UnsupportedError("the gradient does not vanish at the point once it is multiplied out")
    return CompletedSquare(problem, stated, steps, mean_square)


class MinimumEvidence:
    """The minimum of an expression; derived anew while a recording runs.

    Raises
    ------
    UnsupportedError
        If the point is not known to be a minimum, or there is nothing that the checker could recompute.
    """

    def __init__(self, result: QuadraticMinimum):
        if result.evidence is None:
            raise UnsupportedError("a stationary point that is not known to be a minimum has no certificate")
        self.result = result
        again = minimise_expression(result.expression, [MEANING[a] for a in result.problem.unknowns])
        assert isinstance(again, QuadraticMinimum) and again.evidence is not None
        if again.problem.objective != result.problem.objective:
            raise DerivationError("the expectation of the expression is another one")
        self._square = minimum_evidence(again.problem, result.solution.values, again.evidence)

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms and quantities of a certificate of its own."""
        found = ", ".join(f"{name} = {value}" for name, value in self.result.minimisers.items())
        what = f"the least value of {self.result.expression} over {', '.join(self.result.minimisers)}"
        assumptions = definite(self.result.problem.objective)
        return "minimum", f"{what} is attained at {found}", what, assumptions, [STEIN_AXIOM], ["minimum"]

    def write(self, log: OperationLog, name: str, text: str) -> None:
        """Write the least value as a quantity of this name."""
        self._square.write(log, name, text)

    def write_more(self, log: OperationLog) -> None:
        """Nothing more."""


def definite(form: ClosedForm) -> tuple[str, ...]:
    """The assumption on each covariance in a form, as a sentence."""
    letters = sorted(form.letters(), key=lambda a: str(MEANING[a]))
    names = dict.fromkeys(str(meaning_of(a)) for a in letters if isinstance(meaning_of(a), Covariance))
    return tuple(f"{name} is symmetric and positive definite" for name in names)
