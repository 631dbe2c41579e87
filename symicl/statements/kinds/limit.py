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
    refuse_hidden,
    scalar_letter,
)
from symicl.errors import InputError, UnsupportedError
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.fields import FromFields, Stated
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.typeset import formula_latex
from symicl.verdicts import REFUTED, UNDECIDED


@dataclass(frozen=True)
class Limit(FromFields):
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
    always : bool
        True if it is said to have this value for all sizes.
    """

    of: Stated
    value: Stated
    sizes: tuple[sympy.Symbol, ...]
    together: bool = False
    always: bool = False

    kind: ClassVar[str] = "limit"
    expressions = ("of", "value")

    def __post_init__(self) -> None:
        if not self.sizes or not all(isinstance(s, sympy.Symbol) for s in self.sizes):
            raise InputError("a limit is taken in one symbol or several; give sizes=(n,)")

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return super().letters(claims) | set(self.sizes)

    def sentence(self, left: Mapping[str, str]) -> str:
        of, value = (self.latex(name, left) for name in self.expressions)
        sizes = [formula_latex(s) for s in self.sizes]
        if self.always:
            return f"For every ${','.join(sizes)}$, ${of}={value}$."
        if self.together and len(sizes) > 1:
            how = rf"As ${','.join(sizes)}\to\infty$ together, in whatever way"
        else:
            how = "As " + " and then ".join(rf"${size}\to\infty$" for size in sizes)
        return rf"{how}, ${of}\to {value}$."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        form = self.form("of", claims)
        if self.always:
            return compare(form, self.expression("value", claims))
        for sizes in self._steps:
            try:
                limit = _limit(form, sizes)
            except UnsupportedError as error:
                return Comparison(UNDECIDED, reason=str(error))
            if limit is None:
                return Comparison(REFUTED, witness="is false: it grows beyond all bounds")
            form = limit
        return compare(form, self.expression("value", claims))

    @property
    def _steps(self) -> list[tuple[sympy.Symbol, ...]]:
        return [self.sizes] if self.together else [(size,) for size in self.sizes]

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if self.always:
            super().entry(writer, claim)
            return
        of, value = (self.form(name, writer.claims) for name in self.expressions)
        steps = []
        for sizes in self._steps:
            small = [[writer.letter_id(a) for a in (scalar_letter(s), _one_over(s))] for s in sizes]
            slow = [
                [writer.letter_id(a), writer.data(count), writer.letter_id(ratio)]
                for a, count, ratio in _harmonic(of, sizes)
            ]
            steps.append([small, slow])
        writer.emit("limit", claim=claim, of=writer.data(of), value=writer.data(value), steps=steps)

    def wrong_versions(self) -> Iterator[tuple[str, Limit]]:
        yield "in the limit → always", replace(self, always=True)
        if len(self.sizes) > 1:
            if not self.together:
                yield "the other order", replace(self, sizes=self.sizes[::-1])
            yield (
                "together → one after the other" if self.together else "one after the other → together",
                replace(self, together=not self.together),
            )
            for i, size in enumerate(self.sizes):
                rest = self.sizes[:i] + self.sizes[i + 1 :]
                yield f"without {size} → ∞", replace(self, sizes=rest)
        seen = {
            s
            for stated in (self.of, self.value)
            if isinstance(stated, sympy.Basic)
            for s in stated.free_symbols
        }
        for other in sorted((s for s in seen - {*self.sizes} if s.is_integer), key=str):
            yield f"{other} → ∞ as well", replace(self, sizes=(*self.sizes, other))
            yield (
                f"{other} → ∞ in the place of {self.sizes[0]}",
                replace(self, sizes=(other, *self.sizes[1:])),
            )
        if isinstance(self.value, sympy.Basic):
            yield "one added to the limit", replace(self, value=self.value + 1)
            yield "half the limit", replace(self, value=self.value / 2)
        elif isinstance(self.of, sympy.Basic):
            yield "half of it tends there", replace(self, of=self.of / 2)


def _limit(form: ClosedForm, sizes: Sequence[sympy.Symbol]) -> ClosedForm | None:
    """The limit as all of these sizes grow together; None if it is infinite.

    Raises
    ------
    UnsupportedError
        If it depends on how they grow, or the form does not tell.
    """
    slow = list(_harmonic(form, sizes))
    zeros = [ratio for _, _, ratio in slow]
    if len(sizes) == 1 and not zeros:
        return limit_at_infinity(form, sizes[0])
    form = form.substitute({a: count * ClosedForm.of(ratio) for a, count, ratio in slow})
    table = {}
    for size in sizes:
        refuse_hidden(form, size)
        zeros.append(_one_over(size))
        table[scalar_letter(size)] = 1 / ClosedForm.of(zeros[-1])
    num, den = form.substitute(table).fraction()
    origin = {a: closed_form(0) for a in zeros}
    below = den.substitute(origin)
    if not below:
        raise UnsupportedError(
            "the denominator vanishes in the limit, so that it may depend on how the sizes grow"
        )
    return num.substitute(origin) / below


def _one_over(size: sympy.Symbol) -> int:
    return letter(("one over", size), ONE, ONE)


def _harmonic(form: ClosedForm, sizes: Sequence[sympy.Symbol]) -> Iterator[tuple[int, ClosedForm, int]]:
    """Each H_N in which one of the sizes is, with N and a letter for H_N/N."""
    for a in sorted(form.letters()):
        meaning = MEANING[a]
        if isinstance(meaning, sympy.harmonic) and meaning.free_symbols & set(sizes):
            yield a, read_form(meaning.args[0]), letter(("over its number of terms", meaning), ONE, ONE)
