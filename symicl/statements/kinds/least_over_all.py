"""The least loss of a model of sequences over all weights: a bound for its active pair, and where it is attained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, closed_form, letter_of, read_form, scalar
from symicl.errors import DerivationError
from symicl.expectation import FullMatrix, GivenMoments, ScalarMatrix, in_moduli
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.fields import Stated
from symicl.statements.proposition import Proposition
from symicl.statements.ties import Ties
from symicl.theory import Nonnegative, autoregressive_loss, is_decoupled
from symicl.typeset import formula_latex, formula_text
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class LeastOverAll(Concluded):
    """The least loss of a model of sequences over all weights, complex ones too, and some weights attain it.

    A derivation concludes it from terms that are not negative and add up to the loss of two complex matrices, the
    active pair, less the value. That the other blocks never lower the loss, and that multiples of the identity attain
    the value, is computed.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
    factor : Fraction
        In front of the mean square error in the loss.
    attained : bool
        False for an infimum that no weights attain.
    model, task : optional
        Where a derivation concludes: the model, with its ``active`` pair, and the task, all moments of x_1 letters.
    product : ClosedForm, optional
        Where a derivation concludes: ab, where A = aI, B = bI attain the value.
    """

    value: Stated
    factor: Fraction = Fraction(1)
    attained: bool = True
    model: Any = field(default=None, compare=False, repr=False)
    task: Any = field(default=None, compare=False, repr=False)
    product: ClosedForm | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "least loss over all weights"
    expressions = ("value",)

    @property
    def rule(self) -> str:
        return (
            "the loss of the active pair less the value is a sum of terms that are not negative, for complex weights; "
            "the parts of the prediction with other charges are orthogonal to it; multiples of the identity attain it"
        )

    def sentence(self, left: Mapping[str, str]) -> str:
        factor = "" if self.factor == 1 else formula_latex(closed_form(self.factor))
        loss = rf"${factor}\sum_t\mathbb{{E}}\lVert\hat y_t-x_{{t+1}}\rVert^{{2}}$"
        value = f"${self.latex('value', left)}$"
        least, end = ("least value", "some weights") if self.attained else ("infimum", "no weights")
        return f"Over all weights, complex ones too, the {least} of {loss} is {value}, and {end} attain it."

    @property
    def excess(self) -> ClosedForm:
        pair = self.model.active(FullMatrix("A", is_complex=True), FullMatrix("B", is_complex=True))
        loss = autoregressive_loss(self.model, self.task, pair, factor=self.factor).closed_form
        return in_moduli(loss) - self.form("value", {})

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if self.model is None or self.task is None or self.product is None:
            raise DerivationError(
                "a least loss is concluded for model=, task= and the product= that attains it"
            )
        if not self.attained:
            raise DerivationError("the value is attained by multiples of the identity")
        if not is_decoupled(self.model, self.task):
            raise DerivationError("weights outside of the active pair may lower the loss")
        there, value = self._at_the_product(), self.form("value", {})
        if there != value:
            raise DerivationError(f"at this product the loss is {formula_text(there)}, and not the value")
        shown = sum(terms, Nonnegative(()))
        if shown.form != self.excess:
            raise DerivationError("the terms that are not negative do not add up to the loss less the value")
        return Shown(shown)

    def _at_the_product(self) -> ClosedForm:
        a, b = (read_form(scalar(name)) for name in ("a", "b"))
        pair = self.model.active(*(ScalarMatrix(form.expr) for form in (a, b)))
        loss = autoregressive_loss(self.model, self.task, pair, factor=self.factor).closed_form
        assert self.product is not None
        return loss.substitute({letter_of(a): self.product, letter_of(b): closed_form(1)})

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        for other in concluded:
            value = self._concluded(other, ties) if type(other) is type(self) else None
            if value is not None:
                found = compare(value, self.expression("value", claims))
                if self.attained or found.status != PROVED:
                    return found
                return Comparison(
                    REFUTED, witness="is false: there are weights at which the loss has this value"
                )
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude the {self.kind}")

    def _concluded(self, other: Any, ties: Ties) -> ClosedForm | None:
        """The value that a conclusion says for the own model and task; None if it is about others."""
        if type(other.model) is not type(ties.model) or other.model != ties.model:
            return None
        alike = getattr(other.task, "differs_in_law_alone", None)
        if alike is None or not alike(ties.task):
            return None
        table = _specialised(other.task.law, ties.task.law)
        value: ClosedForm = other.form("value", {})
        if table is None or not _moments(other.task.law) & value.letters() <= table.keys():
            return None
        return value.substitute(table) * (self.factor / other.factor)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        value = self._concluded(other, ties)
        return self.attained and value is not None and value == self.form("value", claims)

    def wrong_versions(self) -> Iterator[tuple[str, LeastOverAll]]:
        yield "attained → not attained", replace(self, attained=not self.attained)
        yield "twice the loss", replace(self, factor=2 * self.factor)


def _moments(law: Any) -> set[int]:
    """The letters of the moments that a law is given by."""
    return {letter_of(read_form(letter)) for _, letter in law.known}


def _specialised(general: Any, law: Any) -> dict[int, ClosedForm] | None:
    """From the letters that are moments of one law to these moments of another one, as far as it has them.

    None if the second law is no special case of the first one.
    """
    for given in (general, law):
        if not isinstance(given, GivenMoments) or not given.symmetric or general.d != given.d:
            return None
        if any(k % 2 for exponents, _ in given.known for k in exponents):
            return None
    if not all(isinstance(letter, sympy.Symbol) for _, letter in general.known):
        return None
    known = dict(law.known)
    return {
        letter_of(read_form(letter)): read_form(known[exponents])
        for exponents, letter in general.known
        if exponents in known
    }
