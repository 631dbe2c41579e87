"""The squares of a quadratic that is known by its terms alone.

A quadratic in one unknown is a sum of squares if each of its terms is one, such as tr(B Δ A Δ'), or if it is
c₁ tr(Δ A Δ' A) + c₂ tr(Δ A Δ A) + c₃ tr(AΔ)², which splits into symmetric and skew parts. Of several unknowns one is
eliminated after the other: q(Δ, rest) = q₁(Δ − Δ*(rest)) + q₂(rest), where Δ* is the best Δ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symicl.algebra import (
    COLS,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Word,
    closed,
    closed_form,
    gradient,
    homogeneous,
    monomials_of,
    product_of_words,
    size_of,
)
from symicl.errors import UnsupportedError
from symicl.theory.quadratic.evidence import SignedTerms, beside
from symicl.theory.quadratic.linear_system import solve_system
from symicl.theory.quadratic.problem import Quadratic
from symicl.theory.quadratic.signs import is_definite, is_nonnegative

Squares = list[SignedTerms]


def steps_of(unknowns: Sequence[int]) -> dict[int, int]:
    """From each unknown to the letter of a change of it."""
    return {a: beside(a, "change of") for a in unknowns}


def squares_of_form(problem: Quadratic) -> Squares | None:
    """The squares of the quadratic part of an objective; None if none are seen, which says nothing."""
    steps = steps_of(problem.unknowns)
    whole = problem.part(2, {a: ClosedForm.of(b) for a, b in steps.items()})
    order = sorted(
        steps.values(), key=lambda a: (ROWS[a] == ONE or COLS[a] == ONE, ROWS[a] == COLS[a] == ONE)
    )
    try:
        return _squares(whole, order)
    except (UnsupportedError, ZeroDivisionError):
        return None


def _squares(form: ClosedForm, letters: Sequence[int]) -> Squares | None:
    if not form:
        return []
    a, *others = [b for b in letters if b in form.letters()]
    pure = homogeneous(form, [a], 2)
    if not pure:
        return None
    found = _of_one(pure, a)
    if found is None or not others:
        return found
    slope = gradient(form.fraction()[0], a)
    best = solve_system({a: slope}).values[a]
    more = _squares(form.substitute({a: best}), others)
    if more is None:
        return None
    moved = ClosedForm.of(a) - best
    return [SignedTerms(part.form, part.letter, part.at.substitute({a: moved})) for part in found] + more


def _of_one(form: ClosedForm, a: int) -> Squares | None:
    if is_nonnegative(form):
        return [SignedTerms(form, a, ClosedForm.of(a))]
    if ROWS[a] != COLS[a] or ROWS[a] == ONE or PARTNER[a] == a:
        return None
    for weight in _weights(form, a):
        found = _symmetric_and_skew(form, a, weight)
        if found is not None:
            return found
    return None


def _weights(form: ClosedForm, a: int) -> list[Word]:
    """Nothing, and each definite letter that the form holds; the A of tr(Δ A Δ' A)."""
    return [(), *((b,) for b in sorted(form.letters()) if is_definite(b) and ROWS[b] == ROWS[a])]


def _symmetric_and_skew(form: ClosedForm, a: int, weight: Word) -> Squares | None:
    words = (
        closed((a, *weight, PARTNER[a], *weight)),
        closed((a, *weight, a, *weight)),
        (closed((a, *weight)) or ()) * 2,
    )
    plain, turned, trace = (words[0] or (), words[1] or (), tuple(sorted(words[2])))
    coefficients = _coefficients(form, {plain: 0, turned: 1, trace: 2})
    if coefficients is None:
        return None
    c1, c2, c3 = coefficients
    delta = ClosedForm.of(a)
    square = product_of_words(plain)
    up, down = (c1 + c2) * Fraction(1, 4), (c1 - c2) * Fraction(1, 4)
    symmetric = delta + delta.T
    if not is_nonnegative(c3):
        # tr(S)² is at most d ‖S‖²: without its trace S has the rest of the norm.
        size = size_of(ROWS[a])
        if weight or not is_nonnegative(c1 + c2) or not is_nonnegative(c3 + (c1 + c2) / size):
            return None
        symmetric = symmetric - ClosedForm.identity(ROWS[a]) * (delta.trace() * 2 / size)
        c3 = c3 + (c1 + c2) / size
    if not all(map(is_nonnegative, (up, down, c3))):
        return None
    parts = [
        SignedTerms(square * up, a, symmetric),
        SignedTerms(square * down, a, delta - delta.T),
        SignedTerms(product_of_words(trace) * c3, a, delta),
    ]
    return [part for part in parts if part.form]


def _coefficients(form: ClosedForm, places: Mapping[tuple[Word, ...], int]) -> list[ClosedForm] | None:
    """The coefficients of some products of traces, if the form has no other terms."""
    num, den = form.fraction()
    found = [closed_form(0)] * len(places)
    for monomial, c in monomials_of(num).items():
        rest = list(monomial)
        key = next((key for key in places if all(rest.count(w) >= key.count(w) for w in key)), None)
        if key is None:
            return None
        for word in key:
            rest.remove(word)
        found[places[key]] = found[places[key]] + product_of_words(tuple(rest)) * c / den
    return found
