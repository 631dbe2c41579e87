"""Exponential decay along the gradient flow of the loss, from every start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import DerivationError, UnsupportedError, brief
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import falls_below
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Flow, Nonnegative, flow
from symicl.typeset import formula_text
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

GRONWALL = (
    "Gronwall's inequality: a function whose derivative in time is at most a number times it is at most its first "
    "value times the exponential of that number times the time (Hartman, Ordinary Differential Equations, chapter III)"
)
EXISTENCE = (
    "a gradient flow of a smooth loss that is nowhere negative exists for all time, as the path that it covers up to a "
    r"time $t$ is no longer than $\sqrt{tL(0)}$"
)


def same_flow(own: Flow, other: Flow) -> bool:
    """True for the same velocities of the same letters."""
    return (own.letters, own.velocities) == (other.letters, other.velocities)


def refuse_moving(form: ClosedForm, motion: Flow) -> None:
    """Refuse a number of a bound that changes in time.

    Raises
    ------
    DerivationError
        If it is not seen to be constant along the flow.
    """
    speed = motion.derivative(form)
    if speed != speed * 0:
        raise DerivationError(
            f"{brief(formula_text(form))} moves along the flow, and is no number of a bound"
        )


def at_multiples_of_identity(
    there: dict[int, ClosedForm], assumed: Mapping[int, ClosedForm]
) -> dict[int, ClosedForm]:
    """Where a rate is reached; where H = λ I + YY is assumed, a multiple c I of I is λ = c, Y = 0.

    Raises
    ------
    UnsupportedError
        If H is something else there.
    """
    for a, form in assumed.items():
        if a not in there:
            continue
        multiple = there.pop(a).scalar_multiple_of_identity()
        if multiple is None:
            raise UnsupportedError(
                "the checkers know a place where a rate is reached by multiples of I alone"
            )
        number = form.coefficient(())
        (root,) = {b for _, word in form.terms for b in word}
        there |= {min(number.letters()): multiple, root: ClosedForm.zero(form.rows, form.cols)}
    return there


@dataclass(frozen=True)
class ExponentialDecay(Concluded):
    """‖E(t)‖ ≤ exp(−ρt) ‖E(0)‖ along the gradient flow of the loss in its effective parameters, from every start.

    A derivation concludes it from terms that are not negative and add up to −d‖E‖²/dt − 2ρ‖E‖².

    Attributes
    ----------
    of : SymPy matrix
        E, in the effective parameters and the symbols of the task; its norm is that of Frobenius.
    rate : SymPy scalar, or the name of a stated quantity
        ρ.
    fastest : dict, optional
        Values of some symbols, a start among them with E ≠ 0, at which the norm falls at first at just this rate.
    at_least : bool
        True if the norm is said to be at least so large.
    motion : Flow, optional
        Where a derivation concludes: the flow.
    """

    of: Stated
    rate: Stated
    fastest: Place | None = None
    at_least: bool = False
    motion: Flow | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "exponential decay"
    expressions = ("of", "rate")
    places = ("fastest",)

    @property
    def rule(self) -> str:
        return (
            "minus the derivative in time of the square of this norm, less twice the rate times it, is a sum of terms "
            "that are not negative"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (GRONWALL, EXISTENCE)

    def sentence(self, left: Mapping[str, str]) -> str:
        of, rate = (self.latex(name, left) for name in self.expressions)
        side = "least" if self.at_least else "most"
        said = (
            "Along the gradient flow of the loss in the effective parameters, from every start and at all times "
            rf"$t\ge0$, $\lVert {of}\rVert$ is at {side} $e^{{-{rate}\,t}}$ times what it is at the start"
        )
        if self.fastest is None:
            return f"{said}."
        where = self.place_latex("fastest")
        return f"{said}; it falls at first at just this rate for {where}, where no larger one holds."

    def gap(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """−d‖E‖²/dt − 2ρ‖E‖²."""
        squared = self._square(claims)
        return -motion.derivative(squared) - self.form("rate", claims) * squared * 2

    def _square(self, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        E = self.form("of", claims)
        return (E.T @ E).trace()

    @property
    def excess(self) -> ClosedForm:
        if self.at_least:
            raise DerivationError("only upper bounds are concluded")
        if self.motion is None:
            raise DerivationError("a decay is concluded along a flow; give it as motion=")
        return self.gap(self.motion, {})

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        shown = super().verify(terms)
        assert self.motion is not None
        refuse_moving(self.form("rate", {}), self.motion)
        return shown

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        own = flow(ties.loss)
        if self.at_least or not same_flow(own, other.motion):
            return False
        same = all(self.form(name, claims) == other.form(name, {}) for name in self.expressions)
        return same and self._reached(own, claims).status == PROVED

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        own = flow(ties.loss)
        gap = self.gap(own, claims)
        found = falls_below((-gap if self.at_least else gap).expr, self.fastest)
        if found is not None:
            less = "the negative of " * self.at_least
            start = rf"is false {found}, as {less}$-\tfrac{{d}}{{dt}}\lVert E\rVert^2-2\rho\lVert E\rVert^2$"
            return Comparison(REFUTED, witness=f"{start} at the start")
        reached = self._reached(own, claims)
        if reached.status == PROVED:
            return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")
        return reached

    def _reached(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> Comparison:
        """The rate compared where it is said to be reached; the norm may not be zero there."""
        if self.fastest is None:
            return Comparison(PROVED)
        there = self.place("fastest")
        if not read_form(self._square(claims).expr.xreplace(there)):
            return Comparison(
                REFUTED, witness="is false: where the rate is said to be reached the norm is zero"
            )
        found = compare(read_form(self.gap(motion, claims).expr.xreplace(there)), sympy.Integer(0))
        if found.status != REFUTED:
            return found
        return Comparison(REFUTED, witness="is false: where the rate is said to be reached it is not")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        predicted, own = writer.predicted(), flow(writer.ties.loss)
        of, rate = (self.form(name, writer.claims) for name in self.expressions)
        shown, assumed = writer.shown(self, claim, self.gap(own, writer.claims))
        more = (
            {"equality": writer.pairs(at_multiples_of_identity(self.replacements("fastest"), assumed))}
            if self.fastest
            else {}
        )
        free = [writer.letter_id(a) for a in own.letters.values()]
        writer.emit(
            "decay",
            claim=claim,
            predicted=predicted,
            free=free,
            of=writer.data(of),
            rate=writer.data(rate),
            shown=shown,
            **more,
        )

    def wrong_versions(self) -> Iterator[tuple[str, ExponentialDecay]]:
        yield "at most → at least", replace(self, at_least=not self.at_least)
        if isinstance(self.rate, sympy.Basic):
            for factor in (sympy.Rational(11, 10), sympy.Integer(2)):
                yield f"a rate {factor} times as large", replace(self, rate=self.rate * factor)
            if self.fastest is not None:
                yield "half the rate, said to be the largest", replace(self, rate=self.rate / 2)
