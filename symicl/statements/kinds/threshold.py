"""The least value of a number from which on something vanishes, and not below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import sympy

from symicl.algebra import PositivePart, closed_form, read_form, scalar_letter
from symicl.errors import InputError, SymiclError
from symicl.numeric import Value, evaluate, instances
from symicl.statements.comparison import Comparison, instance_text, show
from symicl.statements.kinds.fields import FromFields, Stated
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import is_nonnegative, is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

STEPS = sympy.Symbol("steps away", positive=True, integer=True)

EQUAL = "if and only if equal"
PLACES = {
    "if and only if": ((0, True), (1, False)),
    "if": ((0, True),),
    "only if": ((1, False),),
    EQUAL: ((0, True), (1, False), (-1, False)),
}
"""By relation: numbers so far below the threshold, and whether the form is zero there."""
RELATIONS = tuple(PLACES)


@dataclass(frozen=True)
class Threshold(FromFields):
    """A closed form, or the positive part of one, is zero if and only if a number, such as of heads, is large enough.

    Both directions are computed: with the number ``least`` + k, k ≥ 0, and with ``least`` − k, k ≥ 1.

    Attributes
    ----------
    of : SymPy scalar, or the name of a stated quantity
    number : symbol
        A positive integer.
    least : SymPy scalar, or the name of a stated quantity
    relation : str
        "if and only if" by default; else "if" or "only if", of which one direction is computed, and "if and only if
        equal".
    """

    of: Stated
    number: sympy.Symbol
    least: Stated
    relation: str = "if and only if"

    kind: ClassVar[str] = "threshold"
    expressions = ("of", "least")

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise InputError(f"the relation of a threshold is one of {', '.join(RELATIONS)}")
        if not isinstance(self.number, sympy.Symbol) or not self.number.is_integer:
            raise InputError("the number of a threshold is a symbol from dims(), such as that of heads")

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return super().letters(claims) | {self.number}

    def sentence(self, left: Mapping[str, str]) -> str:
        of, least = (self.latex(name, left) for name in self.expressions)
        words, sign = self.relation, r"\ge "
        if words == EQUAL:
            words, sign = "if and only if", "="
        return rf"${of}=0$ {words} ${formula_latex(self.number)}{sign}{least}$."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        of, least = (self.expression(name, claims) for name in self.expressions)
        if found := self._counterexample(of, least):
            return Comparison(REFUTED, witness=found)
        enough, too_few = (of.xreplace({self.number: least + k}) for k in (STEPS - 1, -STEPS))
        if self.relation != "only if" and not _vanishes(enough):
            return Comparison(UNDECIDED, reason="it is not seen that it vanishes from there on")
        if self.relation != "if" and not _is_positive(too_few):
            return Comparison(UNDECIDED, reason="it is not seen that it does not vanish below")
        if self.relation == EQUAL:
            return Comparison(UNDECIDED, reason="it is not seen that it does not vanish above")
        return Comparison(PROVED)

    def _counterexample(self, of: sympy.Basic, least: sympy.Basic) -> str:
        """An instance in words, just at the threshold or just below it; empty if none is found."""
        for distance, vanishes in PLACES[self.relation]:
            there = of.xreplace({self.number: least - distance})
            for values in instances(there.free_symbols | least.free_symbols):
                at = {symbol: values[symbol] for symbol in there.free_symbols | least.free_symbols}
                try:
                    number, value = (_at(form, at) for form in (least - distance, there))
                except (SymiclError, ZeroDivisionError):
                    continue
                if number.is_Integer and number > 0 and bool(value == 0) != vanishes:
                    place = instance_text(dict(sorted({**at, self.number: number}.items(), key=str)))
                    return f"is false at {place}: there it is {show(value)}"
        return ""

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        of, least = (writer.data(self.form(name, writer.claims)) for name in self.expressions)
        number, above, below = (
            writer.letter_id(scalar_letter(s))
            for s in (
                self.number,
                sympy.Symbol("distance above", nonnegative=True),
                sympy.Symbol("distance below", positive=True),
            )
        )
        writer.emit("threshold", claim=claim, of=of, number=number, least=least, above=above, below=below)

    def wrong_versions(self) -> Iterator[tuple[str, Threshold]]:
        if isinstance(self.least, sympy.Basic):
            yield "one more", replace(self, least=self.least + 1)
            yield "one less", replace(self, least=self.least - 1)
            yield "twice as many", replace(self, least=2 * self.least)
        for relation in RELATIONS:
            if relation != self.relation:
                yield f"{self.relation} → {relation}", replace(self, relation=relation)


def _at(form: sympy.Basic, values: Mapping[sympy.Basic, Value]) -> sympy.Expr:
    value = evaluate(form, values)
    assert isinstance(value, sympy.Expr)
    return value


def _vanishes(form: sympy.Basic) -> bool:
    if isinstance(form, PositivePart):
        return is_nonnegative(read_form(-form.args[0]))
    return read_form(form) == closed_form(0)


def _is_positive(form: sympy.Basic) -> bool:
    return is_positive(read_form(form.args[0] if isinstance(form, PositivePart) else form))
