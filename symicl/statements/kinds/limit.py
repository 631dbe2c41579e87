"""Limits of closed forms as sizes grow, one after the other or together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import sympy

from symicl.algebra import (
    MEANING,
    ONE,
    ClosedForm,
    closed_form,
    letter,
    limit_at_infinity,
    read_form,
    scalar_letter,
)
from symicl.errors import InputError, UnsupportedError
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Stated, expression_of, form_of, in_symbols, names_in
from symicl.statements.proposition import Proposition
from symicl.statements.ties import Ties
from symicl.typeset import formula_latex
from symicl.verdicts import REFUTED, UNDECIDED


@dataclass(frozen=True)
class Limit(Proposition):
    """A closed form tends to another one as sizes grow.

    It is computed: each size is one over a letter ε and each harmonic number H_N is N r, where ε and r tend to zero. A
    joint limit exists where the denominator does not vanish at ε = r = 0.

    Attributes
    ----------
    of, value : SymPy scalar, or the name of a stated quantity
    sizes : tuple of symbols
        They grow one after the other, the first one first.
    together : bool
        True if they grow together, in whatever way.
    """

    of: Stated
    value: Stated
    sizes: tuple[sympy.Symbol, ...]
    together: bool = False

    kind: ClassVar[str] = "limit"

    def __post_init__(self) -> None:
        if not self.sizes or not all(isinstance(s, sympy.Symbol) for s in self.sizes):
            raise InputError("a limit is taken in one symbol or several; give sizes=(n,)")

    @property
    def quantities(self) -> tuple[str, ...]:
        return names_in(self.of, self.value)

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        sides = {s for part in (self.of, self.value) for s in expression_of(part, claims).free_symbols}
        return sides | set(self.sizes)

    def sentence(self, left: Mapping[str, str]) -> str:
        of, value = (left[s] if isinstance(s, str) else formula_latex(s) for s in (self.of, self.value))
        sizes = [formula_latex(s) for s in self.sizes]
        if self.together and len(sizes) > 1:
            how = rf"As ${','.join(sizes)}\to\infty$ together, in whatever way"
        else:
            how = "As " + " and then ".join(rf"${size}\to\infty$" for size in sizes)
        return rf"{how}, ${of}\to {value}$."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        steps = [self.sizes] if self.together else [(size,) for size in self.sizes]
        form = form_of(self.of, claims)
        for sizes in steps:
            try:
                limit = _limit(form, sizes)
            except UnsupportedError as error:
                return Comparison(UNDECIDED, reason=str(error))
            if limit is None:
                return Comparison(REFUTED, witness="is false: it grows beyond all bounds")
            form = limit
        return compare(form, expression_of(self.value, claims))

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Limit:
        return replace(self, of=in_symbols(self.of, meaning), value=in_symbols(self.value, meaning))

    def wrong_versions(self) -> Iterator[tuple[str, Limit]]:
        if len(self.sizes) > 1:
            if not self.together:
                yield "the other order", replace(self, sizes=self.sizes[::-1])
            for i, size in enumerate(self.sizes):
                rest = self.sizes[:i] + self.sizes[i + 1 :]
                yield f"without {size} → ∞", replace(self, sizes=rest)
        if isinstance(self.value, sympy.Basic):
            yield "one added to the limit", replace(self, value=self.value + 1)
            yield "half the limit", replace(self, value=self.value / 2)
        else:
            yield "half of it tends there", replace(self, of=_half(self.of))


def _half(stated: Stated) -> Stated:
    return stated / 2 if isinstance(stated, sympy.Basic | ClosedForm) else stated


def _limit(form: ClosedForm, sizes: Sequence[sympy.Symbol]) -> ClosedForm | None:
    """The limit as all of these sizes grow together; None if it is infinite.

    Raises
    ------
    UnsupportedError
        If it depends on how they grow, or the form does not tell.
    """
    small = {size: ClosedForm.of(letter(("one over", size), ONE, ONE)) for size in sizes}
    table = {scalar_letter(size): 1 / epsilon for size, epsilon in small.items()}
    zeros = [letter(("one over", size), ONE, ONE) for size in sizes]
    for a in form.letters():
        meaning = MEANING[a]
        if isinstance(meaning, sympy.harmonic) and meaning.free_symbols & set(sizes):
            count = read_form(meaning.args[0]).substitute(table)
            zeros.append(letter(("over its number of terms", meaning), ONE, ONE))
            table[a] = count * ClosedForm.of(zeros[-1])
    if len(sizes) == 1 and len(zeros) == 1:
        return limit_at_infinity(form, sizes[0])
    num, den = form.substitute(table).fraction()
    origin = {a: closed_form(0) for a in zeros}
    below = den.substitute(origin)
    if not below:
        raise UnsupportedError(
            "the denominator vanishes in the limit, so that it may depend on how the sizes grow"
        )
    limit = num.substitute(origin) / below
    if hidden := limit.letters() & table.keys():
        raise UnsupportedError(f"{MEANING[min(hidden)]} is left in the limit")
    return limit
