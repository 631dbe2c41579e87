"""Lower bounds for the loss of a model, over all weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm
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
from symicl.theory import expected_loss, is_nonnegative
from symicl.typeset import formula_latex
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
    loss : ClosedForm, optional
        Where a derivation concludes: the loss.
    """

    bound: Stated
    near: Mapping[sympy.Basic, sympy.Basic] | None = None
    loss: ClosedForm | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "lower bound of the loss"

    @property
    def quantities(self) -> tuple[str, ...]:
        return names_in(self.bound)

    @property
    def rule(self) -> str:
        return "the loss less the bound is a sum of terms that are not negative"

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return set(expression_of(self.bound, claims).free_symbols)

    def sentence(self, left: Mapping[str, str]) -> str:
        bound = left[self.bound] if isinstance(self.bound, str) else formula_latex(self.bound)
        return f"For all weights the loss is at least ${bound}$."

    @property
    def excess(self) -> ClosedForm:
        if self.loss is None:
            raise DerivationError("a bound is concluded for a loss; give its closed form as loss=")
        return self.loss - form_of(self.bound, {})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if other.loss != expected_loss(ties.model, ties.task).closed_form:
            return False
        slack = form_of(other.bound, {}) - form_of(self.bound, claims)
        return not slack or is_nonnegative(slack)

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        gap = expected_loss(ties.model, ties.task).closed_form - form_of(self.bound, claims)
        if is_nonnegative(gap):
            return Comparison(PROVED)
        found = falls_below(gap.expr, self.near)
        if found is not None:
            return Comparison(REFUTED, witness=f"is false {found}, as the loss less the bound")
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> LossAtLeast:
        near = self.near and {s: in_symbols(v, meaning) for s, v in self.near.items()}
        return replace(self, bound=in_symbols(self.bound, meaning), near=near)

    def wrong_versions(self) -> Iterator[tuple[str, LossAtLeast]]:
        if isinstance(self.bound, sympy.Basic) and self.near is not None:
            yield "twice the bound", replace(self, bound=2 * self.bound)
