"""Closed forms in moments that vanish if and only if the law is concentrated on some values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import Any, ClassVar

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, powers, read_form, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, SymiclError, UnsupportedError, brief
from symicl.expectation import ExchangeableLaw
from symicl.numeric import evaluate
from symicl.statements.comparison import Comparison, show
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.fields import Stated
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import COORDINATES, Nonnegative, mean_of_coordinates
from symicl.typeset import formula_latex, formula_text
from symicl.verdicts import REFUTED, UNDECIDED

ALMOST_SURELY = "a random variable whose mean square is zero is zero almost surely"
Law = tuple[tuple[sympy.Rational, sympy.Rational], ...]
"""Values of the square of a coordinate, each with its probability."""
EXPONENTS = range(2, 14, 2)
RELATIONS = ("if and only if", "if", "only if")
FREE = sympy.Symbol("the square of the free number", positive=True)


@dataclass(frozen=True)
class VanishesIff(Concluded):
    """A closed form in moments of a coordinate of x_1 is zero if and only if its square almost surely has some values.

    The two directions have their own evidence. *If*: at the moments of every law on these values the form is zero,
    which is computed. *Only if*: a derivation concludes that the form is the mean of the square of x^k (a + bx²), which
    is zero where x = 0, if k > 0, or x² = −a/b, and both are among the values.

    Attributes
    ----------
    of : SymPy scalar, or the name of a stated quantity
        In moments of one coordinate of x_1.
    values : tuple of SymPy scalars
        Values of its square: numbers, or multiples of the square of one symbol, which stands for some number.
    relation : str
        "if and only if", or one of the two directions: "if", "only if".
    root : ClosedForm, optional
        Where a derivation concludes: what is squared, in the first one of `symicl.theory.COORDINATES`.
    law : ExchangeableLaw, optional
        Where a derivation concludes: the law of x_1.

    Raises
    ------
    InputError
        If the values are no such numbers.
    """

    of: Stated
    values: tuple[sympy.Basic, ...]
    relation: str = "if and only if"
    root: ClosedForm | None = field(default=None, compare=False, repr=False)
    law: ExchangeableLaw | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "equivalence"
    expressions = ("of",)

    def __post_init__(self) -> None:
        if (
            not isinstance(self.values, tuple)
            or not self.values
            or any(not _is_square(v) for v in self.values)
        ):
            raise InputError(
                f"the values {brief(self.values)} of a square are a tuple of numbers ≥ 0 or of positive multiples of "
                "the square of one real symbol, such as (0, c**2)"
            )
        if self.relation not in RELATIONS:
            raise InputError(f"the relation of an equivalence is one of {', '.join(RELATIONS)}")
        if len({s for v in self._given for s in v.free_symbols}) > 1:
            raise InputError("the values of a square contain one symbol at most")

    @property
    def _given(self) -> tuple[sympy.Expr, ...]:
        return tuple([sympy.Integer(v) if isinstance(v, int) else v for v in self.values])

    @property
    def free(self) -> sympy.Symbol | None:
        """The symbol that stands for some number."""
        return next((s for v in self._given for s in v.free_symbols), None)

    @property
    def rule(self) -> str:
        return (
            "it is the mean of a square, whose zeros are these values; and at the moments of every law on these values "
            "it is zero"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (ALMOST_SURELY,)

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return super().letters(claims) | ({self.free} if self.free else set())

    def sentence(self, left: Mapping[str, str]) -> str:
        values = ",".join(formula_latex(v) for v in self._given)
        one = rf"x_{{1j}}^{{2}}\in\{{{values}\}}" if len(self.values) > 1 else f"x_{{1j}}^{{2}}={values}"
        some = f", for some number ${formula_latex(self.free)}$" if self.free else ""
        return f"${self.latex('of', left)}=0$ {self.relation} ${one}$ almost surely{some}."

    @property
    def excess(self) -> ClosedForm:
        return self.form("of", {})

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if self.root is None or self.law is None:
            raise DerivationError("an equivalence is concluded from what is squared; give root= and law=")
        if not self._holds_zeros(self.root):
            raise DerivationError("what is squared is zero elsewhere, too, or its zeros are not seen")
        if not self._vanishes_there(self.excess, self.law):
            raise DerivationError("it is not zero at the moments of every law on these values")
        shown = mean_of_coordinates(self.root, self.law)
        if terms or shown.form != self.excess:
            raise DerivationError(f"it is not {formula_text(shown.form)}, the mean of the square")
        return Shown(shown)

    def _holds_zeros(self, root: ClosedForm) -> bool:
        """True if x^k (a + bx²) is seen to be zero at these values alone, whatever the moments in a and b are."""
        in_x = powers(root, (scalar_letter(COORDINATES[0]),))
        low = min(in_x)
        if set(in_x) - {low, low + 2} or not _is_number(in_x[low]):
            return False
        if low and sympy.Integer(0) not in self._given:
            return False
        if len(in_x) == 1:
            return True
        other = -in_x[low] / in_x[low + 2]
        return any(v != 0 and (v.free_symbols or read_form(v) == other) for v in self._given)

    def _vanishes_there(self, form: ClosedForm, law: ExchangeableLaw) -> bool:
        """True if the form is zero at the moments of every law on the values."""
        shares = [read_form(scalar(f"P_{i}", nonnegative=True)) for i in range(len(self.values))]
        if sympy.Integer(0) not in self._given:
            shares[-1] = closed_form(1) - sum(shares[:-1], closed_form(0))
        free = self.free
        at = [v.xreplace({free**2: FREE}) if free else v for v in self._given]
        table = {}
        for letter, exponent in _moments(law).items():
            parts = (p * read_form(v) ** (exponent // 2) for p, v in zip(shares, at, strict=True) if v != 0)
            table[letter] = sum(parts, closed_form(0))
        if not form.letters() <= table.keys():
            return False
        try:
            return not form.substitute(table)
        except ZeroDivisionError:
            return False

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        form: ClosedForm = self.form("of", claims)
        law: Any = getattr(ties.task, "law", None)
        same = form == other.form("of", {}) and law == other.law
        zeros = self.relation == "if" or self._holds_zeros(other.root)
        return same and zeros and (self.relation == "only if" or self._vanishes_there(form, law))

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if self.relation != "if and only if":
            raise UnsupportedError("the checkers decide both directions together")
        other, _ = writer.conclusion(self)
        found = powers(other.root, (scalar_letter(COORDINATES[0]),))
        needed = {k + m for k in found for m in found}
        moments = {k: a for a, k in _moments(other.law).items() if k in needed}
        free, positive = self.free, [v for v in self._given if v != 0]
        values = [Fraction(str(v / free**2 if free and v != 0 else v)) for v in self._given]
        number = len(positive) - (len(positive) == len(values))
        shares = [scalar(f"probability of value {i}", positive=True) for i in range(number)]
        unit = {"unit": writer.letter_id(scalar_letter(FREE))} if free else {}
        writer.emit(
            "equivalence",
            claim=claim,
            of=writer.data(self.form("of", writer.claims)),
            of_law=writer.law_of(other.law, moments),
            moments=[[writer.letter_id(a), k] for k, a in sorted(moments.items())],
            root=[[k, writer.node(form)] for k, form in sorted(found.items())],
            values=[v.numerator if v.denominator == 1 else str(v) for v in values],
            shares=[writer.letter_id(scalar_letter(x)) for x in shares],
            **unit,
        )

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        law = getattr(ties.task, "law", None)
        if not isinstance(law, ExchangeableLaw):
            return Comparison(UNDECIDED, reason="the task has no law of $x_1$")
        known = _moments(law)
        form = self.form("of", claims)
        if not form.letters() <= known.keys():
            return Comparison(UNDECIDED, reason="it is no expression in moments of one coordinate of $x_1$")
        symbols = {MEANING[a]: exponent for a, exponent in known.items()}
        for points in self._laws():
            moments = {
                s: sum((p * y ** (k // 2) for y, p in points), sympy.Integer(0)) for s, k in symbols.items()
            }
            try:
                value = evaluate(form.expr, moments)
            except (SymiclError, ZeroDivisionError):
                continue
            zero, allowed = value == 0, self._allows(points)
            if (zero and not allowed and self.relation != "if") or (
                allowed and not zero and self.relation != "only if"
            ):
                where = " and ".join(f"{y} with probability {p}" for y, p in points)
                return Comparison(
                    REFUTED, witness=f"is false where the square is {where}: there it is {show(value)}"
                )
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def _laws(self) -> Iterator[Law]:
        """Laws at which it is looked: on the values themselves, and on a few others."""
        half = sympy.Rational(1, 2)
        at = {self.free: sympy.Integer(1)} if self.free else {}
        own = [v.xreplace(at) for v in self._given]
        for chosen in [own, *combinations(map(sympy.Integer, (0, 1, 2, 4)), 2)]:
            yield tuple([(y, sympy.Rational(1, len(chosen))) for y in chosen])
            if len(chosen) == 2:
                yield (chosen[0], half / 2), (chosen[1], 3 * half / 2)
        for y in (1, 2):
            yield ((sympy.Integer(y), sympy.Integer(1)),)

    def _allows(self, points: Law) -> bool:
        """True if all values of a law are among these, for some value of the free number."""
        met = {y for y, _ in points}
        if self.free is None:
            return met <= set(self._given)
        scales = [v / self.free**2 for v in self._given]
        squares = [max(met) / scale for scale in scales if scale != 0] if max(met) else [sympy.Integer(1)]
        return any(met <= {scale * square for scale in scales} for square in squares)

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Any:
        if self.free in meaning:
            raise InputError(f"{self.free} stands for some number, and has a meaning besides")
        return super().in_symbols(meaning)

    def wrong_versions(self) -> Iterator[tuple[str, VanishesIff]]:
        for relation in RELATIONS:
            if relation != self.relation:
                yield f"{self.relation} → {relation}", replace(self, relation=relation)
        if len(self.values) > 1:
            for value in self.values:
                yield f"without {value}", replace(self, values=tuple([v for v in self.values if v != value]))
        largest = max(self._given, key=lambda v: v.xreplace({s: sympy.Integer(1) for s in v.free_symbols}))
        yield "one more value", replace(self, values=(*self.values, 2 * largest))
        if self.free is not None:
            one = {self.free: sympy.Integer(1)}
            yield "for one number", replace(self, values=tuple([v.xreplace(one) for v in self._given]))


def _is_square(value: Any) -> bool:
    """True for a rational number ≥ 0, or a positive one times the square of a real symbol."""
    if not isinstance(value, sympy.Expr | int):
        return False
    number = sympy.Integer(value) if isinstance(value, int) else value
    symbols = number.free_symbols
    if len(symbols) > 1:
        return False
    scale = number / next(iter(symbols)) ** 2 if symbols else number
    if not all(s.is_real for s in symbols) or not scale.is_Rational:
        return False
    return bool(scale > 0 if symbols else scale >= 0)


def _is_number(form: ClosedForm) -> bool:
    """True for a number that is not zero."""
    return bool(form) and not form.letters()


def _moments(law: Any) -> dict[int, int]:
    """The letters that are moments of one coordinate under a law, with their exponents."""
    found: dict[int, int] = {}
    for exponent in EXPONENTS:
        try:
            moment = law.moment((exponent,))
        except InputError:
            continue
        if isinstance(moment, sympy.Symbol):
            found[scalar_letter(moment)] = exponent
    return found
