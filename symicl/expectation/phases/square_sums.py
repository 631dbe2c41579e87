"""Sums over coordinates of squares of combinations of entries, such as Σ_{i≠j} (A_ii B_jj − A_jj B_ii)²."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE

from symicl.algebra import (
    MEANING,
    ClosedForm,
    Polynomial,
    closed_form,
    read_form,
    unheard,
)
from symicl.errors import InputError
from symicl.expectation.phases.entry_sums import (
    EntrySum,
    Factor,
    Factors,
    blocks_of,
    canonical,
    letter_of,
    unrestricted,
)

Combination = tuple[tuple[Fraction, Factors], ...]
INDICES = "ijklmnpqrs"


class SquareSum(sympy.Expr):
    """Σ over coordinates of (Σ_k c_k · a product of entries)², real entries; ≥ 0.

    Some of the coordinates are different from each other, the others run freely. Build it with `square_sum`.
    """

    is_commutative = True
    is_letter = True
    precedence = PRECEDENCE["Mul"]

    @property
    def combination(self) -> Combination:
        """The numbers c_k with their products of entries, coordinates as (block, 1)."""
        return tuple(
            [
                (
                    Fraction(int(c.p), int(c.q)),
                    tuple([Factor(str(n), False, tuple([(int(b), 1) for b in at])) for n, at in product]),
                )
                for c, product in self.args[0]
            ]
        )

    @property
    def different(self) -> frozenset[int]:
        """The coordinates that are different from each other."""
        return frozenset(int(b) for b in self.args[1])

    @property
    def blocks(self) -> int:
        """The number of coordinates."""
        return 1 + max(b for _, factors in self.combination for b in blocks_of(factors))

    def expanded(self, d: Any) -> ClosedForm:
        """In sums over all coordinates of products of entries.

        Parameters
        ----------
        d : the number of coordinates
        """
        products = [(c, _names(factors, False)) for c, factors in self.combination]
        return expanded_product(products, products, self.different, self.blocks, d)

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _eval_conjugate(self) -> sympy.Expr:
        return self

    def _text(self, entry: Callable[[str, str], str]) -> str:
        parts = []
        for c, factors in self.combination:
            product = " ".join(entry(f.name, "".join(INDICES[b] for b, _ in f.nodes)) for f in factors)
            size = "" if abs(c) == 1 else f"{abs(c)} "
            parts.append(("- " if c < 0 else "+ ") + size + product)
        return " ".join(parts).removeprefix("+ ")

    def _sympystr(self, printer: Any) -> str:
        where = ", ".join(INDICES[b] for b in sorted(self.different))
        return f"squares({self._text(lambda name, at: f'{name}{at}')}{'; ' if where else ''}{where})"

    def _latex(self, printer: Any) -> str:
        inside = self._text(lambda name, at: f"{printer.doprint(sympy.Symbol(name))}_{{{at}}}")
        below = ",".join(INDICES[: self.blocks])
        if self.different:
            some = ",".join(INDICES[b] for b in sorted(self.different))
            below += r"\ \mathrm{distinct}" if some == below else rf";\,{some}\ \mathrm{{distinct}}"
        return rf"\sum_{{{below}}} \left({inside}\right)^{{2}}"


def square_sum(combination: Iterable[tuple], different: str = "") -> SquareSum:
    """Σ over coordinates of the square of a combination of products of entries.

    Parameters
    ----------
    combination : iterable of tuples
        (number, entry, entry, …), each entry the name of a matrix and its indices, (name, row, column).
    different : str
        The indices that are different from each other, each a letter; the others run over all coordinates.

    Raises
    ------
    InputError
        If a product lacks one of the different indices.

    Examples
    --------
    >>> square_sum([(1, ("A", "i", "i"), ("B", "j", "j")), (-1, ("A", "j", "j"), ("B", "i", "i"))], "ij")
    squares(Aii Bjj - Ajj Bii; i, j)
    """
    blocks: dict[str, int] = {}
    parts = []
    for number, *entries in combination:
        met = {index for _, *at in entries for index in at}
        if not set(different) <= met:
            raise InputError("each product in a square has all indices that are different from each other")
        product = [
            sympy.Tuple(Str(name), sympy.Tuple(*[blocks.setdefault(i, len(blocks)) for i in at]))
            for name, *at in entries
        ]
        parts.append(sympy.Tuple(sympy.Rational(number), sympy.Tuple(*product)))
    return SquareSum(sympy.Tuple(*parts), sympy.Tuple(*sorted(blocks[i] for i in different)))


def expanded_product(
    left: Iterable[tuple[Any, Factors]],
    right: Iterable[tuple[Any, Factors]],
    different: frozenset[int],
    blocks: int,
    d: Any,
) -> ClosedForm:
    """Σ over coordinates of the product of two combinations, in sums over all coordinates.

    Parameters
    ----------
    left, right : iterables of (number, product of entries)
    different : frozenset of int
        The coordinates that are different from each other.
    blocks : int
        How many coordinates there are.
    d : the number of values of each
    """
    total = closed_form(0)
    right = list(right)
    for c, one in left:
        for e, other in right:
            factors = one + other
            free = frozenset(range(blocks)) - different
            missing = len(free - blocks_of(factors))
            whole = closed_form(unrestricted(factors, False, free))
            total = total + whole * read_form(d) ** missing * (c * e)
    return total


def modulus_sum(left: Iterable[tuple], right: Iterable[tuple], different: str, d: Any) -> ClosedForm:
    """Σ over coordinates of a combination times the conjugate of another one, for complex entries.

    Parameters
    ----------
    left, right, different
        As for `square_sum`; with the same combination twice it is the sum of the squares of the moduli.
    d : the number of coordinates
    """
    names: dict[str, int] = {}

    def read(combination: Iterable[tuple]) -> list[tuple[Any, Factors]]:
        return [
            (
                number,
                tuple(
                    [
                        Factor(name, False, tuple([(names.setdefault(i, len(names)), 1) for i in at]))
                        for name, *at in entries
                    ]
                ),
            )
            for number, *entries in combination
        ]

    first, second = read(left), read(right)
    conjugates = [(c, _names(factors, True)) for c, factors in second]
    unlike = frozenset(names[i] for i in different)
    return expanded_product(first, conjugates, unlike, len(names), d)


def _names(factors: Factors, is_conjugate: bool) -> Factors:
    return tuple([f._replace(is_conjugate=is_conjugate) for f in factors])


@unheard
def in_entry_sums(value: Polynomial | ClosedForm, d: Any) -> ClosedForm:
    """A closed form with its sums of squares multiplied out."""
    form = closed_form(value)
    meanings: dict[int, Any] = {a: MEANING[a] for a in form.letters()}
    table = {a: meaning.expanded(d) for a, meaning in meanings.items() if isinstance(meaning, SquareSum)}
    return form.substitute(table) if table else form


def conjugated_sums(form: ClosedForm) -> ClosedForm:
    """A closed form in sums of entries, with each entry and its conjugate exchanged."""
    table = {}
    for a in form.letters():
        meaning: Any = MEANING[a]
        if isinstance(meaning, EntrySum):
            turned = [f._replace(is_conjugate=not f.is_conjugate) for f in meaning.factors]
            table[a] = read_form(letter_of(canonical(tuple(turned)), meaning.distinct))
    return form.substitute(table) if table else form


def modulus_name(name: str) -> str:
    """The name of the real matrix that holds the moduli of the entries of another one."""
    return f"|{name}|"


def in_moduli(form: ClosedForm) -> ClosedForm:
    """A closed form in sums of entries, those of squared moduli of one product as sums of real entries."""
    table = {}
    for a in form.letters():
        meaning: Any = MEANING[a]
        if isinstance(meaning, EntrySum):
            alone = sorted((f.name, f.nodes) for f in meaning.factors if not f.is_conjugate)
            if alone == sorted((f.name, f.nodes) for f in meaning.factors if f.is_conjugate):
                real = [f._replace(name=modulus_name(f.name), is_conjugate=False) for f in meaning.factors]
                table[a] = read_form(letter_of(canonical(tuple(real)), meaning.distinct))
    return form.substitute(table) if table else form
