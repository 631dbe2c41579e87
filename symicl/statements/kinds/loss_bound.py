"""Lower bounds for the loss of a model, over all weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import Concluded
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import falls_below
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import is_nonnegative
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class LossAtLeast(Concluded):
    """For all weights of the model the loss is at least this; nothing is said of a minimum.

    A derivation concludes it from terms that are not negative and add up to the loss, in effective parameters, less the
    bound.

    Attributes
    ----------
    bound : SymPy scalar, or the name of a stated quantity
    near : dict, optional
        Values of effective parameters at which a bound that is too large is likely to fail; it is only looked at there.
    above : bool
        True for an upper bound.
    loss : ClosedForm, optional
        Where a derivation concludes: the loss.
    """

    bound: Stated
    near: Place | None = None
    above: bool = False
    loss: ClosedForm | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "lower bound of the loss"
    expressions = ("bound",)
    places = ("near",)

    @property
    def rule(self) -> str:
        return "the loss less the bound is a sum of terms that are not negative"

    def sentence(self, left: Mapping[str, str]) -> str:
        side = "most" if self.above else "least"
        return f"For all weights the loss is at {side} ${self.latex('bound', left)}$."

    @property
    def excess(self) -> ClosedForm:
        if self.above:
            raise DerivationError("only lower bounds are concluded")
        if self.loss is None:
            raise DerivationError("a bound is concluded for a loss; give its closed form as loss=")
        return self.loss - self.form("bound", {})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if self.above or other.loss != ties.loss.closed_form:
            return False
        slack = other.form("bound", {}) - self.form("bound", claims)
        return not slack or is_nonnegative(slack)

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        gap = ties.loss.closed_form - self.form("bound", claims)
        if self.above:
            gap = -gap
        if is_nonnegative(gap):
            return Comparison(PROVED)
        found = falls_below(gap.expr, self.near)
        if found is not None:
            how = "the bound less the loss" if self.above else "the loss less the bound"
            return Comparison(REFUTED, witness=f"is false {found}, as {how}")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        predicted, bound = writer.predicted(), self.form("bound", writer.claims)
        shown, _ = writer.shown(self, claim, writer.ties.loss.closed_form - bound)
        writer.emit("lower_bound", claim=claim, predicted=predicted, bound=writer.data(bound), shown=shown)

    def wrong_versions(self) -> Iterator[tuple[str, LossAtLeast]]:
        yield "at least → at most", replace(self, above=not self.above)
        if isinstance(self.bound, sympy.Basic) and self.near is not None:
            yield "twice the bound", replace(self, bound=2 * self.bound)
