"""Exponential decay along the gradient flow of the loss, from every start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import (
    Concluded,
    Stated,
    expression_of,
    form_of,
    in_symbols,
    names_in,
)
from symicl.statements.kinds.instances import falls_below
from symicl.statements.ties import Ties
from symicl.theory import Flow, expected_loss, flow
from symicl.typeset import formula_latex
from symicl.verdicts import REFUTED, UNDECIDED

GRONWALL = (
    "Gronwall's inequality: a function whose derivative in time is at most a number times it is at most its first "
    "value times the exponential of that number times the time (Hartman, Ordinary Differential Equations, chapter III)"
)
EXISTENCE = (
    "a gradient flow of a smooth loss that is nowhere negative exists for all time, as the path that it covers up to a "
    r"time $t$ is no longer than $\sqrt{tL(0)}$"
)


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
        Values of some symbols at which the norm falls at just this rate, so that from every start no larger rate holds.
    motion : Flow, optional
        Where a derivation concludes: the flow.
    """

    of: Stated
    rate: Stated
    fastest: Mapping[sympy.Basic, sympy.Basic] | None = None
    motion: Flow | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "exponential decay"

    @property
    def quantities(self) -> tuple[str, ...]:
        return names_in(self.rate)

    @property
    def rule(self) -> str:
        return (
            "minus the derivative in time of the square of this norm, less twice the rate times it, is a sum of terms "
            "that are not negative"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (GRONWALL, EXISTENCE)

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return {s for part in (self.of, self.rate) for s in expression_of(part, claims).free_symbols}

    def sentence(self, left: Mapping[str, str]) -> str:
        of = formula_latex(self.of)
        rate = left[self.rate] if isinstance(self.rate, str) else formula_latex(self.rate)
        said = (
            "Along the gradient flow of the loss in the effective parameters, from every start and at all times "
            rf"$t\ge0$, $\lVert {of}\rVert$ is at most $e^{{-{rate}\,t}}$ times what it is at the start"
        )
        return f"{said}; no larger rate holds from every start." if self.fastest is not None else f"{said}."

    def gap(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """−d‖E‖²/dt − 2ρ‖E‖²."""
        E = form_of(self.of, claims)
        squared = (E.T @ E).trace()
        return -motion.derivative(squared) - form_of(self.rate, claims) * squared * 2

    @property
    def excess(self) -> ClosedForm:
        if self.motion is None:
            raise DerivationError("a decay is concluded along a flow; give it as motion=")
        return self.gap(self.motion, {})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        own = _own_flow(ties)
        if (own.letters, own.velocities) != (other.motion.letters, other.motion.velocities):
            return False
        same = form_of(self.of, claims) == form_of(other.of, {})
        return (
            same and form_of(self.rate, claims) == form_of(other.rate, {}) and self._is_reached(own, claims)
        )

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        own = _own_flow(ties)
        found = falls_below(self.gap(own, claims).expr, self.fastest)
        if found is not None:
            start = rf"is false {found}, as $-\tfrac{{d}}{{dt}}\lVert E\rVert^2-2\rho\lVert E\rVert^2$"
            return Comparison(REFUTED, witness=f"{start} at the start")
        if not self._is_reached(own, claims):
            return Comparison(REFUTED, witness="is false: where the rate is said to be reached it is not")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def _is_reached(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> bool:
        if self.fastest is None:
            return True
        return not read_form(self.gap(motion, claims).expr.xreplace(dict(self.fastest)))

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> ExponentialDecay:
        fastest = self.fastest and {s: in_symbols(v, meaning) for s, v in self.fastest.items()}
        return replace(
            self, of=in_symbols(self.of, meaning), rate=in_symbols(self.rate, meaning), fastest=fastest
        )

    def wrong_versions(self) -> Iterator[tuple[str, ExponentialDecay]]:
        if isinstance(self.rate, sympy.Basic):
            for factor in (sympy.Rational(11, 10), sympy.Integer(2)):
                yield f"a rate {factor} times as large", replace(self, rate=self.rate * factor)
            if self.fastest is not None:
                yield "half the rate, said to be the largest", replace(self, rate=self.rate / 2)


def _own_flow(ties: Ties) -> Flow:
    return flow(expected_loss(ties.model, ties.task))
