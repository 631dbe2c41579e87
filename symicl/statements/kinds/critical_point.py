"""Where the gradient of the loss vanishes, and how large it is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import mul
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, closed_form, letter_of, read_form
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.decay import same_flow
from symicl.statements.kinds.displaced import Displaced, displacements
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import fall_below
from symicl.statements.kinds.resting import rests
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Flow, Nonnegative, flow, is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import REFUTED, UNDECIDED

NEEDS = "a critical point is concluded for a flow; give motion=, factors= and room="


@dataclass(frozen=True)
class GradientDominates(Concluded):
    """L − L* ≤ Σ ‖∇_p L‖²/c_p over parameters p, wherever all c_p are positive; L* is the least loss.

    So ‖∇L‖² is at least the least of the c_p times L − L*. A derivation concludes it from terms that are not negative
    and add up to Σ_p ‖∇_p L‖² Π_{q≠p} c_q − (L − L*) Π_q c_q.

    Attributes
    ----------
    constants : dict
        From each effective parameter p to c_p, in the symbols of the task.
    near, also_near : dict, optional
        Values of symbols at which constants that are too large are likely to fail; they are only looked at.
    least : ClosedForm, optional
        Where a derivation concludes: L*.
    motion : Flow, optional
        Where a derivation concludes: the gradient flow.
    origins : dict, optional
        Where a derivation concludes: for some parameters p, an o such that the terms are written in D = o − p; see
        `displacement`.
    """

    constants: Place
    near: Place | None = None
    also_near: Place | None = None
    least: ClosedForm | None = field(default=None, compare=False, repr=False)
    motion: Flow | None = field(default=None, compare=False, repr=False)
    origins: Place | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "gradient domination"
    places = ("constants", "near", "also_near")

    @property
    def rule(self) -> str:
        return (
            "the squares of the gradients, each times the other constants, less the excess loss times all constants, "
            "are a sum of terms that are not negative"
        )

    def sentence(self, left: Mapping[str, str]) -> str:
        names = [formula_latex(p) for p in self.constants]
        index = [f"c_{{{name}}}" for name in names]
        parts = "+".join(
            rf"\lVert\nabla_{{{name}}}L\rVert^{{2}}/{c}" for name, c in zip(names, index, strict=True)
        )
        values = ", ".join(
            f"${c}={formula_latex(v)}$" for c, v in zip(index, self.constants.values(), strict=True)
        )
        least = index[0] if len(index) == 1 else rf"\min\{{{','.join(index)}\}}"
        return (
            rf"For all effective parameters $L-L^{{*}}\le {parts}$, where {values}, wherever these are positive, and "
            rf"$L^{{*}}$ is the least loss; so $\lVert\nabla L\rVert^{{2}}\ge {least}\,(L-L^{{*}})$."
        )

    def _excess(self, motion: Flow, least: ClosedForm) -> ClosedForm:
        put = Displaced(motion, self.origins)
        constants = {p: read_form(c) for p, c in self.constants.items()}
        if set(constants) != set(motion.unknowns.values()):
            raise DerivationError("a constant is needed for each effective parameter, and for nothing else")
        total = (least - put(motion.loss_form)) * reduce(mul, constants.values())
        for name, p in motion.unknowns.items():
            V = put.velocity(name)
            others = (c for q, c in constants.items() if q != p)
            total = total + (V.T @ V).trace() * reduce(mul, others, closed_form(1))
        return total

    @property
    def excess(self) -> ClosedForm:
        if self.motion is None or self.least is None:
            raise DerivationError(
                "gradient domination is concluded for a flow and the least loss; give motion= and least="
            )
        return self._excess(self.motion, self.least)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if not same_flow(flow(ties.loss), other.motion) or other.motion.loss_form != ties.loss.closed_form:
            return False
        if other.least != ties.optimum.closed_form or self.constants.keys() != other.constants.keys():
            return False
        return all(read_form(c) == read_form(other.constants[p]) for p, c in self.constants.items())

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        (concluded, _), predicted, least = writer.conclusion(self), writer.predicted(), writer.least()
        shown, _ = writer.shown(self, claim, concluded.excess)
        constants = {letter_of(read_form(p)): read_form(c) for p, c in self.constants.items()}
        writer.emit(
            "dominated",
            claim=claim,
            predicted=predicted,
            **least,
            constants=writer.pairs(constants),
            shown=shown,
            **displacements(writer, concluded.origins),
        )

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        gap = self._excess(flow(ties.loss), ties.optimum.closed_form)
        signs = [-c for c in self.constants.values()]
        for place in filter(None, (self.near, self.also_near)):
            found = fall_below([*signs, gap.expr], place, anywhere=False, last=True)
            if found is not None:
                which = "the sum of the squares less the excess loss, times the constants"
                return Comparison(REFUTED, witness=f"is false {found}, as {which}")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def wrong_versions(self) -> Iterator[tuple[str, GradientDominates]]:
        if self.near is None and self.also_near is None:
            return
        for p, c in self.constants.items():
            yield f"three times the constant of {p}", replace(self, constants={**self.constants, p: 3 * c})


@dataclass(frozen=True)
class OnlyCriticalPoint(Concluded):
    """The gradient of the loss vanishes at a point, and wherever something is positive nowhere else.

    That it vanishes there is computed. A derivation concludes the rest from factors M_p and terms that are not negative
    and add up to Σ_p tr(M_pᵀ ∇_p L) − Σ_p a_p ‖p − p*‖², where a_p is a positive number times a power of what is
    positive: where the gradient vanishes, so do all p − p*.

    Attributes
    ----------
    at : dict
        From each effective parameter p to p*.
    positive : SymPy scalar, or the name of a stated quantity
        In the symbols of the task; 1 for: in every case.
    only : bool
        False for: somewhere else, too.
    degenerate : dict, optional
        Values of symbols at which the gradient vanishes for more than one value of the parameters that are not in it;
        they are only looked at for a counterexample.
    factors : dict, optional
        Where a derivation concludes: from each parameter to M_p.
    room : dict, optional
        Where a derivation concludes: from each parameter to the number and the power of a_p.
    motion : Flow, optional
        Where a derivation concludes: the gradient flow.
    origins : dict, optional
        Where a derivation concludes: for some parameters p, an o such that the terms are written in D = o − p; see
        `displacement`.
    """

    at: Place
    positive: Stated = sympy.S.One
    only: bool = True
    degenerate: Place | None = None
    factors: Mapping[sympy.Basic, ClosedForm] | None = field(default=None, compare=False, repr=False)
    room: Mapping[sympy.Basic, tuple[ClosedForm, int]] | None = field(default=None, compare=False, repr=False)
    motion: Flow | None = field(default=None, compare=False, repr=False)
    origins: Place | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "only critical point"
    expressions = ("positive",)
    places = ("at", "degenerate")

    def __post_init__(self) -> None:
        if not self.at:
            raise InputError("give the critical point, at={parameter: value}")

    @property
    def rule(self) -> str:
        return (
            r"for some matrices $M_p$, $\sum_p\operatorname{tr}(M_p^{\top}\nabla_pL)$ less the squares of the "
            "distances, each times a number that is positive there, is a sum of terms that are not negative"
        )

    def sentence(self, left: Mapping[str, str]) -> str:
        point = ", ".join(f"${formula_latex(p)}={formula_latex(v)}$" for p, v in self.at.items())
        if not self.only:
            return f"The gradient of the loss vanishes at {point}, and at other effective parameters, too."
        condition = ""
        if self.positive != 1:
            condition = f" wherever ${self.latex('positive', left)}>0$"
        return (
            f"The gradient of the loss vanishes at {point} and at no other effective parameters{condition}."
        )

    @property
    def excess(self) -> ClosedForm:
        if self.motion is None or self.factors is None or self.room is None:
            raise DerivationError(
                "a critical point is concluded for a flow; give motion=, factors= and room="
            )
        put = Displaced(self.motion, self.origins)
        total, level = closed_form(0), self.form("positive", {})
        for name, p in self.motion.unknowns.items():
            total = total - (self.factors[p].T @ put.velocity(name)).trace()
            away = put(read_form(p) - read_form(self.at[p]))
            number, power = self.room[p]
            total = total - (away.T @ away).trace() * number * level**power
        return total

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        motion, room = self.motion, self.room
        if motion is None or room is None:
            raise DerivationError(NEEDS)
        if set(self.at) != set(motion.unknowns.values()):
            raise DerivationError(
                "a critical point has a value for each effective parameter, and for nothing else"
            )
        if not all(power >= 0 and is_positive(number) for number, power in room.values()):
            raise DerivationError("a factor of the square of a distance is not seen to be positive")
        if not rests(self.at, motion):
            raise DerivationError("the gradient is not seen to vanish at the critical point")
        return super().verify(terms)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        return self.only and self._is_that_of(other, claims, ties)

    def _is_that_of(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if not same_flow(flow(ties.loss), other.motion) or self.at.keys() != other.at.keys():
            return False
        same = all(read_form(v) == read_form(other.at[p]) for p, v in self.at.items())
        return same and self.form("positive", claims) == other.form("positive", {})

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Any] = ()
    ) -> Comparison:
        same = [other for other in concluded if type(other) is type(self)]
        if not self.only and any(self._is_that_of(other, claims, ties) for other in same):
            return Comparison(REFUTED, witness="is false: the gradient vanishes at no other parameters")
        return super().judge(claims, ties, concluded)

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if not self.only:
            raise UnsupportedError("the checkers know no rule for further critical points")
        (concluded, _), predicted = writer.conclusion(self), writer.predicted()
        shown, _ = writer.shown(self, claim, concluded.excess)
        level = concluded.form("positive", {})
        letters = {p: letter_of(read_form(p)) for p in concluded.at}
        room = {
            letters[p]: closed_form(number * level**power) for p, (number, power) in concluded.room.items()
        }
        writer.emit(
            "critical",
            claim=claim,
            predicted=predicted,
            place=writer.pairs({letters[p]: read_form(v) for p, v in concluded.at.items()}),
            factors=writer.pairs({letters[p]: M for p, M in concluded.factors.items()}),
            room=writer.pairs(room),
            shown=shown,
            **displacements(writer, concluded.origins),
        )

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        own = flow(ties.loss)
        for name, V in own.velocities.items():
            there = read_form(V.expr.xreplace(dict(self.at)))
            found = compare((there.T @ there).trace(), sympy.Integer(0))
            if found.status == REFUTED:
                where = found.counterexample().replace("derived", "it is").split(", stated")[0]
                return Comparison(
                    REFUTED, witness=f"is false {where}, as the square of the gradient in {name} there"
                )
        if other := self._other(own, claims):
            return Comparison(REFUTED, witness=f"is false {other}")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def _other(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> str:
        """Values at which the gradient vanishes whatever some parameter is, in words; empty if there are none."""
        place = self.place("degenerate")
        free = [p for p in motion.unknowns.values() if p not in place]
        if not self.only or not place or not free or not rests(place, motion):
            return ""
        if self.expression("positive", claims).xreplace(place).is_positive is not True:
            return ""
        where = ", ".join(f"{symbol} = {value}" for symbol, value in place.items())
        return f"at {where}: there the gradient vanishes for every {', '.join(map(str, free))}"

    def wrong_versions(self) -> Iterator[tuple[str, OnlyCriticalPoint]]:
        yield "at no other → at others, too", replace(self, only=False)
        for p, value in self.at.items():
            yield f"twice {p}", replace(self, at={**self.at, p: 2 * value})
        if self.degenerate is not None:
            yield "the condition dropped", replace(self, positive=sympy.S.One)
