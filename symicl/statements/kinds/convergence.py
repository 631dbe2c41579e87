"""Convergence along the gradient flow of the loss to a stated value, from every start, with a bound at all times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, is_inverse_of_sum, meaning_of, read_form, scalar, scalar_letter
from symicl.errors import DerivationError, UnsupportedError
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.decay import EXISTENCE, at_multiples_of_identity, refuse_moving, same_flow
from symicl.statements.kinds.displaced import Displaced, displacements
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import fall_below
from symicl.statements.kinds.resting import rests_elsewhere
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Flow, Nonnegative, flow, is_nonnegative, letters_in_inverses
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

COMPARISON = (
    r"the comparison theorem for differential inequalities: if $s\ge0$ and $e\ge0$ fulfil $\dot s\le-\rho s$ and, with "
    r"upper right derivatives, $\dot e\le-\mu e+2Cs^{2}$, then $s$ is at most $\exp(-\rho t)s(0)$, and $e$ at most "
    r"$\exp(-\mu t)e(0)+2C\int_0^{t}\exp(-\mu(t-u))s(u)^{2}du$ (Hartman, Ordinary Differential Equations, chapter III)"
)
# No symbol of a file has a space in its name.
SHARE, BALANCE = scalar("share of s", positive=True), scalar("balance of e and s", positive=True)


@dataclass(frozen=True)
class Convergence(Concluded):
    """‖E(t)‖ ≤ exp(−κt) (‖E(0)‖ + 2Ct ‖D(0)‖²), κ = min{μ, 2ρ}, along the gradient flow of the loss, from every start.

    Here E = ``of`` − ``to`` falls at the rate μ by itself and is driven by D, which falls at the rate ρ. A derivation
    concludes it from terms that are not negative and add up, for all numbers p, q > 0, to

        p (−d‖D‖²/dt − 2ρ‖D‖²) + q (−d‖E‖²/dt − 2μ‖E‖²) + 2q²‖E‖² + 2C²‖D‖⁴.

    As p grows, this says that ‖D‖ falls at the rate ρ; as p → 0, at q = C‖D‖²/‖E‖, it is the inequality
    d‖E‖/dt ≤ −μ‖E‖ + 2C‖D‖².

    Attributes
    ----------
    of, to : SymPy matrix, or the name of a stated quantity
        What converges, in the effective parameters, and its limit, in the symbols of the task. Norms are those of
        Frobenius.
    rate : SymPy scalar, or the name of a stated quantity
        μ.
    by : SymPy matrix
        D, in the effective parameters and the symbols of the task.
    by_rate, constant : SymPy scalar, or the name of a stated quantity
        ρ and C.
    fastest : dict, optional
        Values of some symbols, a start with E ≠ 0 and D = 0 among them, at which ‖E‖ falls at first at the rate κ.
    resting : dict, optional
        Values of effective parameters where the flow stays; it is only looked at there for a counterexample.
    motion : Flow, optional
        Where a derivation concludes: the flow.
    origins : dict, optional
        Where a derivation concludes: for some parameters p, an o such that the terms are written in D = o − p; see
        `displacement`.
    """

    of: Stated
    to: Stated
    rate: Stated
    by: Stated
    by_rate: Stated
    constant: Stated
    fastest: Place | None = None
    resting: Place | None = None
    motion: Flow | None = field(default=None, compare=False, repr=False)
    origins: Place | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "convergence"
    expressions = ("of", "to", "rate", "by", "by_rate", "constant")
    places = ("fastest", "resting")

    @property
    def rule(self) -> str:
        return (
            r"for all numbers $p,q>0$, $p(-\frac{d}{dt}s^{2}-2\rho s^{2})+q(-\frac{d}{dt}e^{2}-2\mu e^{2})+2q^{2}e^{2}"
            r"+2C^{2}s^{4}$ is a sum of terms that are not negative, where $e=\lVert E\rVert$, $s=\lVert D\rVert$, and "
            r"$\mu$, $\rho$, $C$ are the numbers in the bound; now $p\to\infty$, and $p\to0$ at $q=Cs^{2}/e$"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (COMPARISON, EXISTENCE)

    def sentence(self, left: Mapping[str, str]) -> str:
        of, to, rate, by, by_rate, constant = (self.latex(name, left) for name in self.expressions)
        twice = (
            rf"2{by_rate}" if isinstance(self.by_rate, str) else formula_latex(self.form("by_rate", {}) * 2)
        )
        limit = self.to.expr if isinstance(self.to, ClosedForm) else self.to
        minus = rf"\left({to}\right)" if isinstance(limit, sympy.Add | sympy.MatAdd) else to
        said = (
            rf"Along the gradient flow of the loss in the effective parameters, from every start, ${of}\to {to}$ "
            rf"exponentially wherever $\kappa>0$: at all times $t\ge0$, $\lVert E\rVert\le "
            rf"e^{{-\kappa t}}(\lVert E(0)\rVert+2C\,t\,\lVert D(0)\rVert^{{2}})$, where $E={of}-{minus}$, $D={by}$, "
            rf"$\kappa=\min\{{{rate},{twice}\}}$, $C={constant}$"
        )
        if self.fastest is None:
            return f"{said}."
        where = self.place_latex("fastest")
        return rf"{said}. It falls at first at just the rate $\kappa$ for {where}, where no larger one holds."

    def _error(self, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        return self.form("of", claims) - self.form("to", claims)

    def _norms(self, claims: Mapping[str, sympy.Basic]) -> tuple[ClosedForm, ClosedForm]:
        """‖E‖² and ‖D‖²."""
        E, D = self._error(claims), self.form("by", claims)
        return (E.T @ E).trace(), (D.T @ D).trace()

    def _gaps(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> tuple[ClosedForm, ClosedForm]:
        """−d‖E‖²/dt − 2μ‖E‖² and −d‖D‖²/dt − 2ρ‖D‖²."""
        e, s = self._norms(claims)
        mu, rho = self.form("rate", claims), self.form("by_rate", claims)
        return -motion.derivative(e) - mu * e * 2, -motion.derivative(s) - rho * s * 2

    @property
    def excess(self) -> ClosedForm:
        if self.motion is None:
            raise DerivationError("convergence is concluded along a flow; give it as motion=")
        put = Displaced(self.motion, self.origins)
        of_e, of_s = self._error({}), self.form("by", {})
        e, s = ((put(form).T @ put(form)).trace() for form in (of_e, of_s))
        mu, rho, C = (self.form(name, {}) for name in ("rate", "by_rate", "constant"))
        p, q = read_form(SHARE), read_form(BALANCE)
        falls = p * (-put.slope(of_s) - rho * s * 2) + q * (-put.slope(of_e) - mu * e * 2)
        return falls + q * q * e * 2 + C * C * s * s * 2

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if not is_nonnegative(self.form("constant", {})):
            raise DerivationError("the constant of the bound is not seen to be at least 0")
        shown = super().verify(terms)
        assert self.motion is not None
        for name in ("to", "rate", "by_rate", "constant"):
            refuse_moving(self.form(name, {}), self.motion)
        return shown

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        own = flow(ties.loss)
        if not same_flow(own, other.motion):
            return False
        same = all(self.form(name, claims) == other.form(name, {}) for name in self.expressions)
        return same and self._reached(own, claims).status == PROVED

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        (concluded, _), predicted = writer.conclusion(self), writer.predicted()
        shown, assumed = writer.shown(self, claim, concluded.excess)
        constant = self.form("constant", writer.claims)
        writer.seen("the constant is not negative", constant)
        error = self._error(writer.claims)
        by, rate, by_rate = (self.form(name, writer.claims) for name in ("by", "rate", "by_rate"))
        equality = self._at_the_fastest(error, assumed)
        moving = flow(writer.ties.loss).letters.values()
        writer.emit(
            "converges",
            claim=claim,
            predicted=predicted,
            free=[writer.letter_id(a) for a in moving],
            of=writer.data(error),
            by=writer.data(by),
            rate=writer.data(rate),
            by_rate=writer.data(by_rate),
            constant=writer.node(constant),
            share=writer.letter_id(scalar_letter(SHARE)),
            balance=writer.letter_id(scalar_letter(BALANCE)),
            shown=shown,
            **({"equality": writer.pairs(equality)} if equality else {}),
            **displacements(writer, concluded.origins),
        )

    def _at_the_fastest(self, error: ClosedForm, assumed: Mapping[int, ClosedForm]) -> dict[int, ClosedForm]:
        """The place with values of the inverses in E, and of what is inside of them.

        Raises
        ------
        UnsupportedError
            If an inverse is no multiple of the identity there.
        """
        there = self.replacements("fastest")
        inner = letters_in_inverses(error)
        kept = {a: value for a, value in there.items() if a in inner}
        place = at_multiples_of_identity(there, assumed) | kept
        for a in filter(is_inverse_of_sum, error.letters()):
            meaning: Any = meaning_of(a)
            base = read_form(meaning.arg)
            base = base.substitute({x: v for x, v in place.items() if x in base.letters()})
            multiple = base.scalar_multiple_of_identity()
            if multiple is None:
                raise UnsupportedError("an inverse is no multiple of the identity where the rate is reached")
            place[a] = ClosedForm.identity(base.rows) / multiple
        return place

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        own = flow(ties.loss)
        found = (
            rests_elsewhere(self._error(claims), self.place("resting"), own)
            or self._too_fast(own, claims)
            or self._left_faster(own, claims)
        )
        if found:
            return Comparison(REFUTED, witness=f"is false {found}")
        reached = self._reached(own, claims)
        if reached.status == PROVED:
            return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")
        return reached

    def _too_fast(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> str | None:
        """An instance with D = 0 at which E falls more slowly than is said."""
        e, s = self._norms(claims)
        there = self.place("fastest")
        if not there or read_form(s.expr.xreplace(there)):
            return None
        of_e, _ = self._gaps(motion, claims)
        slow = of_e + (self.form("rate", claims) - self.form("by_rate", claims) * 2) * e * 2
        found = fall_below([of_e.expr, slow.expr], there, anywhere=False)
        which = r"$-\tfrac{d}{dt}\lVert E\rVert^2-2\kappa\lVert E\rVert^2$ at the start"
        return found and f"{found}, as {which}"

    def _left_faster(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> str | None:
        """An instance with E = 0 that is left faster than is said: the bound there is 2Ct‖D‖² for small t."""
        of, to = (self.expression(name, claims) for name in ("of", "to"))
        if not isinstance(of, sympy.MatrixSymbol | sympy.Symbol):
            return None
        speed = motion.derivative(self._error(claims))
        _, s = self._norms(claims)
        C = self.form("constant", claims)
        gap = (C * C * s * s * 4 - (speed.T @ speed).trace()).expr
        fixed = {x: v for x, v in self.place("fastest").items() if x not in motion.unknowns.values()}
        there = {of: to.xreplace(fixed)} | fixed
        found = fall_below([gap], there, anywhere=False)
        return found and rf"{found}, as $4C^2\lVert D\rVert^4-\lVert\dot E\rVert^2$ at the start, where $E=0$"

    def _reached(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> Comparison:
        """The rate compared where it is said to be reached; E may not be zero there, and D has to be."""
        if self.fastest is None:
            return Comparison(PROVED)
        there = self.place("fastest")
        e, s = (read_form(form.expr.xreplace(there)) for form in self._norms(claims))
        if not e or s:
            why = "the norm is zero" if not e else "it is driven"
            return Comparison(REFUTED, witness=f"is false: where the rate is said to be reached {why}")
        gap = read_form(self._gaps(motion, claims)[0].expr.xreplace(there))
        found = compare(gap, sympy.Integer(0))
        if found.status == REFUTED:
            return Comparison(REFUTED, witness="is false: where the rate is said to be reached it is not")
        mu, rho = (read_form(self.expression(x, claims).xreplace(there)) for x in ("rate", "by_rate"))
        if found.status == PROVED and not is_nonnegative(rho * 2 - mu):
            return Comparison(UNDECIDED, reason="it is not seen which of the two rates is the smaller one")
        return found

    def wrong_versions(self) -> Iterator[tuple[str, Convergence]]:
        if isinstance(self.rate, sympy.Basic) and self.fastest is not None:
            for factor in (sympy.Rational(11, 10), sympy.Integer(2)):
                yield f"a rate {factor} times as large", replace(self, rate=self.rate * factor)
            yield "half the rate, said to be the largest", replace(self, rate=self.rate / 2)
        if isinstance(self.constant, sympy.Basic):
            yield "a third of the constant", replace(self, constant=self.constant / 3)
        if isinstance(self.to, sympy.Basic) and self.resting is not None:
            yield "twice the limit", replace(self, to=2 * self.to)
            yield "minus the limit", replace(self, to=-self.to)
