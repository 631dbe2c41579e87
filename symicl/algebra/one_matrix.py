"""Inverses of several polynomials in one matrix T by one: P(T)⁻¹ = Q(T) D(T)⁻¹ over the common denominator D = P Q.

So functions of one matrix are compared without partial fractions, whose coefficients are large. The matrix is a product
of letters, such as H Ψ; its rotations, such as Ψ H, have the same D, so that D(H Ψ) H = H D(Ψ H).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce as fold
from operator import add
from typing import Any

from symicl.algebra.letters import ONE, ROWS, letter
from symicl.algebra.resolvents import base_of, inverse_word, product, standard
from symicl.algebra.words import Word, canonical

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

MAX_DEGREE = 24
"""The degree of a common denominator."""

_PLACE = letter("the matrix of a function", ONE, ONE)


def over_common_denominators(letters: Iterable[int], kind: type[Form]) -> dict[int, Form]:
    """The values of inverses, for those that have company.

    Parameters
    ----------
    letters : iterable of int
        Standard inverses of sums.
    kind : type
        `ClosedForm`.
    """
    families: dict[Word, dict[int, tuple[Word, Form]]] = {}
    for a in letters:
        word, polynomial = _as_polynomial(base_of(a, kind), kind)
        if word:
            families.setdefault(canonical(word), {})[a] = word, polynomial
    found: dict[int, Form] = {}
    for family in families.values():
        polynomials = [polynomial for _, polynomial in family.values()]
        common = fold(_multiple, polynomials)
        if max(_powers(common, kind)) > MAX_DEGREE or all(p == common for p in polynomials):
            continue
        for a, (word, polynomial) in family.items():
            scale, inverse = standard(inverse_word(_at(common, word, kind))[0], kind)
            if inverse != (a,):
                quotient = _at(common / polynomial, word, kind)
                found[a] = quotient @ product(inverse, ROWS[a], kind) * scale
    return found


def put(
    form: Form, table: Mapping[int, Form], normal: Callable[[Form], Form], is_kept: Callable[[Word], bool]
) -> Form:
    """A form with others in the place of letters in its open words, except in those that are kept.

    Products are made shorter by ``normal`` as soon as they arise.
    """
    words = dict.fromkeys(w for _, w in form.terms if not table.keys().isdisjoint(w) and not is_kept(w))
    if not words:
        return form
    kind = type(form)
    kept = {key: c for key, c in form.terms.items() if key[1] not in words}
    total = kind(form.rows, form.cols, form.field, kept, form.denominator)
    for word in words:
        part = kind.identity(form.rows)
        for a in word:
            part = normal(part @ table[a]) if a in table else part @ kind.of(a)
        total = total + part * form.coefficient(word)
    return total


def _as_polynomial(base: Form, kind: type[Form]) -> tuple[Word, Form]:
    """A word T and the polynomial in one variable that a sum is of T; the empty word if it is none."""
    words = list(dict.fromkeys(word for _, word in base.terms))
    root = _root(min((word for word in words if word), key=len, default=()))
    if any(ROWS[a] == ONE for a in root):
        return (), base
    place, total = kind.of(_PLACE), kind.number(0)
    for word in words:
        times, rest = divmod(len(word), len(root))
        if rest or word != root * times:
            return (), base
        total = total + base.coefficient(word) * place**times
    return root, total.reciprocal().reciprocal()  # traces in it become letters of its field


def _root(word: Word) -> Word:
    """The shortest word that a word is a power of."""
    return next((word[:k] for k in range(1, len(word)) if word[:k] * (len(word) // k) == word), word)


def _multiple(one: Form, other: Form) -> Form:
    """The least common multiple of two polynomials, up to a factor without their variable."""
    top, _ = (other / one).fraction()
    return one * top


def _powers(polynomial: Form, kind: type[Form]) -> dict[int, Form]:
    """The coefficients of a polynomial in the variable, which may be fractions in other letters."""
    field, place = polynomial.field, polynomial.field.place[(_PLACE,)]
    groups: dict[int, dict[tuple[int, ...], int]] = {}
    for coefficient in polynomial.terms.values():
        for exponents, c in coefficient.terms():
            rest = tuple([0 if i == place else e for i, e in enumerate(exponents)])
            groups.setdefault(int(exponents[place]), {})[rest] = c
    below = kind(ONE, ONE, field, {((), ()): polynomial.denominator}, field.one)
    return {
        k: kind(ONE, ONE, field, {((), ()): field.context.from_dict(group)}, field.one) / below
        for k, group in sorted(groups.items())
    }


def _at(polynomial: Form, word: Word, kind: type[Form]) -> Form:
    """A polynomial at a product of letters."""
    rows = ROWS[word[0]]
    parts = [product(word * k, rows, kind) * c for k, c in _powers(polynomial, kind).items()]
    return fold(add, parts)
