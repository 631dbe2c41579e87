"""Numerators of closed forms: sums of open words, each times a product of traces and a coefficient of one field."""

from __future__ import annotations

from symicl.algebra.coefficients import Coefficient, Field, lifted
from symicl.algebra.letters import RELATED
from symicl.algebra.polynomial import OpenTerm
from symicl.algebra.words import Word, open_product

Terms = dict[OpenTerm, Coefficient]
"""From (product of traces, open word) to its coefficient, none of them zero."""


def common_divisor(denominator: Coefficient, terms: Terms) -> Coefficient:
    """A greatest common divisor of a denominator and all coefficients, positive in its leading term."""
    common = -denominator if denominator and denominator.leading_coefficient() < 0 else denominator
    for c in sorted(terms.values(), key=len):  # short ones first: most often they end it
        if common.is_one():
            break
        common = common.gcd(c)
    return common


def add_into(terms: Terms, key: OpenTerm, c: Coefficient) -> None:
    """Add to the coefficient of one term."""
    if key in terms:
        c = terms[key] + c
    if c:
        terms[key] = c
    else:
        terms.pop(key, None)


def sum_of(a: Terms, b: Terms) -> Terms:
    """The sum of two numerators."""
    terms = dict(a)
    for key, c in b.items():
        add_into(terms, key, c)
    return terms


def scaled(terms: Terms, factor: Coefficient) -> Terms:
    """A numerator times a coefficient."""
    return terms if factor.is_one() else {key: c * factor for key, c in terms.items()}


def cancelled(terms: Terms, denominator: Coefficient) -> tuple[Terms, Coefficient]:
    """A numerator and the denominator of the other factor without their common divisor."""
    if denominator.is_one():
        return terms, denominator
    common = common_divisor(denominator, terms)
    if common.is_one():
        return terms, denominator
    return {key: c / common for key, c in terms.items()}, denominator / common


def product_of(a: Terms, b: Terms, field: Field, link: int) -> Terms:
    """The product of two numerators whose inner dimension is ``link``."""
    terms: Terms = {}
    for (m, v), c in a.items():
        for (k, w), e in b.items():
            inner, word = open_product(v, w, link) if v and w else ((), v or w)
            monomial, coefficient = m + k + inner, c * e
            if monomial:
                part, monomial = field.split(tuple(sorted(monomial)))
                coefficient = coefficient if part is None else coefficient * part
            add_into(terms, (monomial, word), coefficient)
    return terms


def brought_by(*numerators: Terms) -> set[Word]:
    """The scalars that can take the place of a trace when these are multiplied: r, where tr(P) = r."""
    if not RELATED:
        return set()
    letters = {a for terms in numerators for _, word in terms for a in word}
    return {scalar for a in letters & RELATED.keys() for scalar in RELATED[a]}


def reduced(terms: Terms, denominator: Coefficient, field: Field) -> tuple[Terms, Coefficient]:
    """A numerator and a denominator in lowest terms, the denominator with a positive leading coefficient."""
    if not terms:
        return {}, field.one
    if denominator.is_one():
        return terms, denominator
    common = common_divisor(denominator, terms)
    if denominator.leading_coefficient() < 0:
        common = -common
    if common.is_one():
        return terms, denominator
    return {key: c / common for key, c in terms.items()}, denominator / common


def lifted_terms(terms: Terms, source: Field, field: Field) -> Terms:
    """A numerator over a field that holds its own; traces that are generators there leave the keys."""
    promoted = field.has_more_traces(source)
    found: Terms = {}
    for (monomial, word), c in terms.items():
        c = lifted(c, source, field)
        part, rest = field.split(monomial) if promoted and monomial else (None, monomial)
        add_into(found, (rest, word), c if part is None else c * part)
    return found
