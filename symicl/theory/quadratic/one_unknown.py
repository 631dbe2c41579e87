"""One linear equation for one matrix, in which everything else counts as known.

Σ c L K R + Σ c' L' K' R' = D is solved where the left side is a product A K B, where it is A (αK + α'K') B, or where
all matrices in it are functions of one symmetric letter; A and B may be sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Number,
    OpenTerm,
    Word,
    as_function,
    closed_form,
    from_terms,
    function_of,
    one_symmetric_letter,
    product_of_letters,
    terms_of,
)
from symicl.errors import UnsupportedError
from symicl.theory.normal_equations import Uniqueness, factorise
from symicl.theory.quadratic.inverses import has_inverse, quotient, seen_inverse
from symicl.theory.quadratic.signs import is_definite, is_positive

Sides = tuple[Word, Word]
"""The factors on the left and on the right of an unknown."""


class Contradiction(UnsupportedError):
    """Equations that have no solution."""


@dataclass(frozen=True)
class Isolated:
    """An unknown in terms of the others.

    Attributes
    ----------
    value : ClosedForm
    open_because : str
        Why it need not be the only one; empty if it is.
    """

    value: ClosedForm
    open_because: str = ""


@dataclass(frozen=True)
class _Equation:
    """Σ plain L K R + Σ turned L K' R + rest = 0."""

    plain: Mapping[Sides, ClosedForm]
    turned: Mapping[Sides, ClosedForm]
    rest: ClosedForm
    holds_others: bool = False


def isolate(equation: ClosedForm, unknown: int, others: Collection[int] = ()) -> Isolated:
    """Solve for one matrix.

    Parameters
    ----------
    equation : ClosedForm
        Linear in the unknown, which stands in no trace, and without a denominator.
    unknown : int
    others : collection of int, optional
        Letters that are not known yet, either.

    Raises
    ------
    UnsupportedError
        If the equation is of none of the forms that are solved here; a `Contradiction` if it has no solution.
    """
    for form, a in ((equation, unknown), (equation.T, PARTNER[unknown])):
        found = _by_factors(form, a)
        if found is not None:
            return found if a == unknown else Isolated(found.value.T, found.open_because)
        if PARTNER[unknown] == unknown:
            break
    parts = _parts(equation, unknown)
    if not parts.plain:
        parts = _parts(equation.T, unknown)
    if not parts.plain:
        raise UnsupportedError(f"{_named(unknown)} is not in the equation")
    parts = replace(parts, holds_others=not parts.rest.letters().isdisjoint(others))
    for method in (_product, _with_transpose, _commuting):
        solved = method(parts, unknown)
        if solved is not None:
            return solved
    raise UnsupportedError(f"{_named(unknown)} stands between several different matrices")


def _by_factors(equation: ClosedForm, unknown: int) -> Isolated | None:
    """L (K F − C) R = 0, by cancelling."""
    try:
        found = factorise(equation, unknown)
        value = found.right_side @ seen_inverse(found.factor)
    except (UnsupportedError, ZeroDivisionError):
        return None
    if not Uniqueness(found).holds:
        return Isolated(value, _not_invertible(ClosedForm.of(a) for a in found.cancelled))
    return Isolated(value, "" if has_inverse(found.factor) else _not_invertible([found.factor]))


def _not_invertible(factors: Iterable[ClosedForm]) -> str:
    names = [str(factor.expr) for factor in factors if not has_inverse(factor)]
    return f"it is not known that {' and '.join(names)} has an inverse" if names else ""


def _parts(equation: ClosedForm, unknown: int) -> _Equation:
    groups: tuple[dict[Sides, dict[OpenTerm, Number]], ...] = ({}, {})
    rest: dict[OpenTerm, Number] = {}
    for (monomial, word), c in terms_of(equation).items():
        which = 0 if unknown in word else 1
        a = (unknown, PARTNER[unknown])[which]
        if a not in word:
            rest[monomial, word] = c
            continue
        at = word.index(a)
        groups[which].setdefault((word[:at], word[at + 1 :]), {})[monomial, ()] = c
    plain, turned = (
        {sides: from_terms(ONE, ONE, terms) for sides, terms in group.items()} for group in groups
    )
    return _Equation(plain, turned, from_terms(equation.rows, equation.cols, rest))


def _as_product(
    terms: Mapping[Sides, ClosedForm], rows: int, cols: int, inner: tuple[int, int]
) -> tuple[ClosedForm, ClosedForm] | None:
    """A and B with Σ c L K R = A K B, if there are such: the coefficients have rank one."""
    left, right = next(iter(terms))
    pivot = terms[left, right]
    zero = closed_form(0)
    a = {ell: terms.get((ell, right), zero) for ell, _ in terms}
    b = {r: terms.get((left, r), zero) for _, r in terms}
    if any(terms.get((ell, r), zero) * pivot != a[ell] * b[r] for ell in a for r in b):
        return None
    return _total(a, rows, inner[0]), _total(b, inner[1], cols) / pivot


def _total(words: Mapping[Word, ClosedForm], rows: int, cols: int) -> ClosedForm:
    total = ClosedForm.zero(rows, cols)
    for word, c in words.items():
        total = total + from_terms(rows, cols, {((), word): 1}) * c
    return total


def _divided(sides: tuple[ClosedForm, ClosedForm], of: ClosedForm) -> Isolated | None:
    """K with A K B = of."""
    try:
        half, left = quotient(sides[0], of)
        whole, right = quotient(sides[1].T, half.T)
    except (UnsupportedError, ZeroDivisionError):
        return None
    return Isolated(whole.T, _not_invertible([*sides, left, right.T]))


def _product(parts: _Equation, unknown: int) -> Isolated | None:
    """A K B = D."""
    if parts.turned:
        return None
    sides = _as_product(parts.plain, parts.rest.rows, parts.rest.cols, (ROWS[unknown], COLS[unknown]))
    return None if sides is None else _divided(sides, -parts.rest)


def _with_transpose(parts: _Equation, unknown: int) -> Isolated | None:
    """A (αK + α'K') B = D: the symmetric part of K is that of M = A⁻¹DB⁻¹ over α + α', the other one over α − α'."""
    first = next(iter(parts.plain))
    if parts.turned.keys() != parts.plain.keys() or ROWS[unknown] != COLS[unknown]:
        return None
    ratio = parts.turned[first] / parts.plain[first]
    if any(parts.turned[key] != c * ratio for key, c in parts.plain.items()):
        return None
    sides = _as_product(parts.plain, parts.rest.rows, parts.rest.cols, (ROWS[unknown], COLS[unknown]))
    found = None if sides is None else _divided(sides, -parts.rest)
    if found is None:
        return None
    m = found.value
    if ratio == 1 or ratio == -1:
        if m != m.T * ratio:
            if parts.holds_others:
                raise UnsupportedError(f"only a part of {_named(unknown)} is in the equation")
            raise Contradiction(
                f"only the {'symmetric' if ratio == 1 else 'skew'} part of {MEANING[unknown]} is in the equation, but "
                "the rest of it is of another kind"
            )
        part = "skew" if ratio == 1 else "symmetric"
        why = f"the {part} part of {MEANING[unknown]} is not in the equation"
        return Isolated(m * Fraction(1, 2), why)
    return Isolated((m - m.T * ratio) / (1 - ratio * ratio), found.open_because)


def _commuting(parts: _Equation, unknown: int) -> Isolated | None:
    """All matrices are functions of one symmetric letter, and so is K: it is a quotient of two of them."""
    if ROWS[unknown] != COLS[unknown] or parts.rest.rows != ROWS[unknown] or parts.rest.cols != ROWS[unknown]:
        return None
    used = {a for sides in (*parts.plain, *parts.turned) for word in sides for a in word}
    used |= {a for _, word in terms_of(parts.rest) for a in word}
    base = one_symmetric_letter(used)
    if base is None:
        return None
    factor = closed_form(0)
    for (left, right), c in (*parts.plain.items(), *parts.turned.items()):
        factor = factor + as_function(product_of_letters(ROWS[base], ROWS[base], left + right), base) * c
    if not factor:
        return None
    try:
        value = function_of(base, -as_function(parts.rest, base) / factor)
    except (UnsupportedError, ZeroDivisionError):
        return None
    seen = is_definite(base) and all(map(is_positive, (*parts.plain.values(), *parts.turned.values())))
    name = MEANING[base]
    positive_letters = all(has_inverse(ClosedForm.of(a)) for a in used)
    why = (
        ""
        if seen and positive_letters and not parts.turned
        else f"{MEANING[unknown]} was sought among the functions of {name}"
    )
    return Isolated(value, why)


def _named(a: int) -> str:
    """A letter for a message; one that was introduced on the way has no name."""
    meaning = MEANING[a]
    return str(meaning) if isinstance(meaning, sympy.Basic) else "a vector that it is multiplied with"
