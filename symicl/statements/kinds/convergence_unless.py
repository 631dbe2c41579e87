"""Convergence of a number along a gradient flow from every start but those where something vanishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple

import sympy

from symicl.algebra import ClosedForm, read_form, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.decay import EXISTENCE, GRONWALL, refuse_moving
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import fall_below
from symicl.statements.kinds.resting import rests_elsewhere
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import AutoregressiveLoss, Flow, Nonnegative, flow, is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import REFUTED, UNDECIDED

# No symbol of a file has a space in its name.
ABOVE, BELOW, GROWTH = (
    scalar(f"share of the {name} inequality", positive=True) for name in ("first", "second", "third")
)


TOO_FAST = (
    r"half of $-\tfrac{d}{dt}E^{2}$, less the rate times $E^{2}$, where $E$ is the difference to the limit"
)


class Parts(NamedTuple):
    """E and g, −E dE/dt, and E² times each of the two rates."""

    E: ClosedForm
    g: ClosedForm
    falls: ClosedForm
    first: ClosedForm
    second: ClosedForm


def _derived(motion: Flow) -> ClosedForm:
    """The loss of a flow, derived once more, so that its steps can be written."""
    source = motion.source
    if not isinstance(source, AutoregressiveLoss):
        return motion.loss_form
    return replace(source, in_time=replace(source.in_time)).closed_form


@dataclass(frozen=True)
class ConvergenceUnless(Concluded):
    """A number tends to its limit from every start at which something else is not zero.

    Let E = ``of`` − ``to``, g = ``unless``. If g ≠ 0 at the start, ``|E|`` is at most exp(−ρt) times what it is at
    first if the start is above the limit, and exp(−k g_0² t) times if it is below, where g_0 is g at the start. A
    derivation concludes it from h, l ≥ 0 and terms that are not negative and add up, for all numbers p, q, r > 0, to

        p (−E dE/dt − ρE² − hE) + q (−E dE/dt − k g²E²) + r (g dg/dt + lE).

    By the second, E² falls, so that E keeps its sign; above the limit the first is the bound, and below it g² does not
    fall by the third, so that the second is.

    Attributes
    ----------
    of, to : SymPy scalar, or the name of a stated quantity
        In the parameters that move, and in the symbols of the task.
    rate, slope : SymPy scalar, or the name of a stated quantity
        ρ and k.
    unless : SymPy scalar
        g.
    everywhere : bool
        True for: from every start, those with g = 0 included.
    resting, trapped : dict, optional
        Values of the parameters where the flow stays: at the limit, and where g = 0. The first is only looked at for a
        counterexample; of the second the sentence speaks.
    near : dict, optional
        Values of symbols where a rate that is too large is likely to fail; it is only looked at there.
    given : dict, optional
        Positive symbols of all these with the expressions that they stand for in the symbols of the task; the statement
        is one on all parameters at which these are positive, too.
    along : Flow, optional
        The flow of the loss of the model, where other parameters than its effective ones move, such as those of a plane
        of weights that the flow keeps.
    motion : Flow, optional
        Where a derivation concludes: the flow, in the symbols that are given.
    above, below : Nonnegative, optional
        Where a derivation concludes: h and l.
    """

    of: Stated
    to: Stated
    rate: Stated
    slope: Stated
    unless: Stated
    everywhere: bool = False
    resting: Place | None = None
    trapped: Place | None = None
    near: Place | None = None
    given: Place | None = None
    along: Flow | None = field(default=None, repr=False)
    motion: Flow | None = field(default=None, compare=False, repr=False)
    above: Nonnegative | None = field(default=None, compare=False, repr=False)
    below: Nonnegative | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "convergence with an exception"
    expressions = ("of", "to", "rate", "slope", "unless")
    places = ("resting", "trapped", "near", "given")

    def __post_init__(self) -> None:
        if self.along is not None and not isinstance(self.along, Flow):
            raise InputError("along= is a flow of the loss; give si.flow(…)")
        if not all(isinstance(x, sympy.Symbol) and x.is_positive for x in self.given or {}):
            raise InputError("given= is a dict from positive symbols to what they stand for")

    @property
    def rule(self) -> str:
        of, to, rate, slope, unless = (self.form(name, {}) for name in self.expressions)
        error, g, rho, k = map(formula_latex, (of - to, unless, rate, slope))
        return (
            r"for all numbers $p,q,r>0$ and some $h,l\ge0$, $p(-E\dot E-\rho E^{2}-hE)+q(-E\dot E-kg^{2}E^{2})"
            r"+r(g\dot g+lE)$ is a sum of terms that are not negative, "
            rf"where $E={error}$, $g={g}$, $\rho={rho}$, $k={k}$; so $E^{{2}}$ falls, and below the limit $g^{{2}}$ "
            "does not"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (GRONWALL, EXISTENCE)

    def sentence(self, left: Mapping[str, str]) -> str:
        of, to, rate, slope, unless = (self.latex(name, left) for name in self.expressions)
        which = "gradient flow of the loss in the effective parameters"
        if self.along is not None:
            pace = "" if self.along.rate == 1 else formula_latex(self.along.rate)
            moving = (formula_latex(x) for x in self.along.unknowns.values())
            equations = r",\ ".join(rf"\dot {{{x}}}=-{pace}\partial_{{{x}}}L" for x in moving)
            which = f"flow ${equations}$ of the loss"
        starts = "every start" if self.everywhere else rf"every start with ${unless}\neq0$"
        said = [
            rf"Along the {which}, from {starts}, ${of}\to {to}$: at all times $t\ge0$ the distance is at most "
            rf"$e^{{-{rate}\,t}}$ times what it is at the start, if it starts above its limit, and "
            rf"$e^{{-{slope}\,g_0^{{2}}t}}$ times, if below, where $g_0={unless}$ at the start."
        ]
        if self.trapped is not None and not self.everywhere:
            said.append(f"Not so from every start: at {self.place_latex('trapped')} the flow stays.")
        if self.given:
            said.append(f"Here {self.place_latex('given')}, wherever these are positive.")
        return " ".join(said)

    def _parts(self, motion: Flow, claims: Mapping[str, sympy.Basic], put: bool = False) -> Parts:
        """The parts of the inequalities, perhaps with what the given symbols stand for."""
        table = {scalar_letter(x): read_form(value) for x, value in self.place("given").items() if put}
        of, to, rate, slope, g = (self.form(name, claims).substitute(table) for name in self.expressions)
        E = of - to
        return Parts(E, g, -E * motion.derivative(E), rate * E * E, slope * g * g * E * E)

    @property
    def excess(self) -> ClosedForm:
        if self.motion is None or self.above is None or self.below is None:
            raise DerivationError("convergence is concluded along a flow; give motion=, above= and below=")
        E, g, falls, first, second = self._parts(self.motion, {})
        p, q, r = (read_form(share) for share in (ABOVE, BELOW, GROWTH))
        return (
            p * (falls - first - self.above.form * E)
            + q * (falls - second)
            + r * (g * self.motion.derivative(g) + self.below.form * E)
        )

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        shown = super().verify(terms)
        assert self.motion is not None
        for name in ("to", "rate", "slope"):
            refuse_moving(self.form(name, {}), self.motion)
        for name in ("rate", "slope"):
            if not is_positive(self.form(name, {})):
                raise DerivationError("a rate of this convergence is not seen to be positive")
        return shown

    def _own(self, ties: Ties) -> Flow:
        """The flow that the statement speaks of.

        Raises
        ------
        DerivationError
            If it is that of another model or task.
        """
        if self.along is None:
            return flow(ties.loss)
        source = self.along.source
        model, task = getattr(source, "model", None), getattr(source, "task", None)
        if type(model) is not type(ties.model) or model != ties.model or task is not ties.task:
            raise DerivationError("along= is no flow of the loss of this model under the law of this task")
        return self.along

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        own = self._own(ties)
        given = {scalar_letter(x): read_form(value) for x, value in self.place("given").items()}
        moves = {name: form.substitute(given) for name, form in other.motion.velocities.items()}
        if own.letters != other.motion.letters or own.velocities != moves:
            return False
        same = all(self.form(name, claims) == other.form(name, {}) for name in self.expressions)
        return same and not self.everywhere and (self.trapped is None or self._trap(own, claims) != "")

    def _trap(self, motion: Flow, claims: Mapping[str, sympy.Basic]) -> str:
        """An instance at which the flow stays with g = 0 away from the limit; empty if there is none."""
        parts = self._parts(motion, claims)
        place = self.place("trapped")
        if not place or read_form(parts.g.expr.xreplace(place)):
            return ""
        return rests_elsewhere(parts.E, place, motion, self.place("given"))

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if self.everywhere:
            raise UnsupportedError("the checkers know no rule for convergence from every start")
        concluded, _ = writer.conclusion(self)
        own = self._own(writer.ties)
        loss = writer.recorded(lambda: _derived(own))
        shown, _ = writer.shown(self, claim, concluded.excess)
        motion, (E, g, *_) = concluded.motion, concluded._parts(concluded.motion, {})
        speeds = {motion.letters[name]: velocity for name, velocity in motion.velocities.items()}
        given = {scalar_letter(x): read_form(value) for x, value in self.place("given").items()}
        trapped = {"place": writer.pairs(self.replacements("trapped"))} if self.trapped else {}
        writer.emit(
            "settles",
            claim=claim,
            loss=writer.node(loss),
            pace=writer.data(read_form(own.rate)),
            velocities=writer.pairs(speeds),
            of=writer.data(E),
            rate=writer.data(concluded.form("rate", {})),
            slope=writer.data(concluded.form("slope", {})),
            unless=writer.data(g),
            high=writer.terms("it is not negative", concluded.above),
            low=writer.terms("it is not negative", concluded.below),
            weights=[writer.letter_id(scalar_letter(share)) for share in (ABOVE, BELOW, GROWTH)],
            shown=shown,
            given=writer.pairs(given),
            **trapped,
        )

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        own, given = self._own(ties), self.place("given")
        trap = self._trap(own, claims)
        if self.everywhere and trap:
            return Comparison(REFUTED, witness=f"is false {trap}")
        if self.trapped is not None and not trap:
            return Comparison(REFUTED, witness="is false: the flow does not stay where it is said to")
        parts = self._parts(own, claims)
        if elsewhere := rests_elsewhere(parts.E * parts.g, self.place("resting"), own, given):
            return Comparison(REFUTED, witness=f"is false {elsewhere}")
        put = self._parts(own, claims, put=True)
        for sign, bound in ((-put.E, put.first), (put.E, put.second)):
            signs = [-value for value in given.values()] + [sign.expr]
            found = fall_below([*signs, (put.falls - bound).expr], self.near, last=True)
            if found is not None:
                return Comparison(REFUTED, witness=f"is false {found}, as {TOO_FAST}")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def wrong_versions(self) -> Iterator[tuple[str, ConvergenceUnless]]:
        if self.trapped is not None:
            yield "the exception dropped", replace(self, everywhere=True)
        for name in ("rate", "slope"):
            stated = getattr(self, name)
            if isinstance(stated, sympy.Basic) and self.near is not None:
                yield f"twice the {name}", replace(self, **{name: 2 * stated})
        if isinstance(self.to, sympy.Basic) and self.resting is not None:
            yield "twice the limit", replace(self, to=2 * self.to)
            yield "minus the limit", replace(self, to=-self.to)
