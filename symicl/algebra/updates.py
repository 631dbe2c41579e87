"""Inverses of matrices plus products of a column and a row, by Sherman and Morrison, and of I plus a projector."""

from __future__ import annotations

from collections.abc import Callable

from symicl.algebra.form import ClosedForm, same_form
from symicl.algebra.letters import COLS, ONE, ROWS
from symicl.algebra.polynomial import OpenTerm
from symicl.algebra.provenance import reported
from symicl.algebra.words import Word

MAX_UPDATES = 4
"""Products of a column and a row in one sum; each makes a denominator."""


@reported("inverse")
def inverse_of_update(form: ClosedForm, inverse: Callable[[ClosedForm], ClosedForm]) -> ClosedForm | None:
    """The inverse of A + Σ p q, columns p and rows q, from that of A.

    Parameters
    ----------
    form : ClosedForm
        A sum. The words of A are products of square letters; at least one word goes through a side of size 1.
    inverse : callable
        Gives the inverse of A.

    Returns
    -------
    ClosedForm or None
        Each product in its turn: (A + p q)⁻¹ = A⁻¹ − A⁻¹ p q A⁻¹/(1 + q A⁻¹ p), wherever this exists. None if the
        form is no such sum.
    """
    outer = {key: c for key, c in form.terms.items() if _cut(key[1])}
    rest = {key: c for key, c in form.terms.items() if key not in outer}
    square = all(ROWS[a] == COLS[a] for _, word in rest for a in word)
    if not rest or not square or not 0 < len(outer) <= MAX_UPDATES:
        return None
    found = inverse(ClosedForm(form.rows, form.cols, form.field, rest, form.denominator))
    for key in sorted(outer, key=_order):
        (monomial, word), c = key, outer[key]
        at = _cut(word)
        scalar = ClosedForm(ONE, ONE, form.field, {(monomial, ()): c}, form.denominator)
        column, row = found @ _letters(word[:at]), _letters(word[at:]) @ found
        along = _letters(word[at:]) @ column
        found = found - column @ row * scalar / (1 + along * scalar)
    return found


@reported("inverse")
def inverse_beside_projector(form: ClosedForm) -> ClosedForm | None:
    """(a I + b P)⁻¹ = I/a − b P/(a (a + b)) for a projector P, a letter or U Uᵀ; None for any other form."""
    words = {word for _, word in form.terms}
    (word,) = words - {()} if len(words) == 2 and () in words else ((),)
    if not word or any(ROWS[a] == ONE for a in word):
        return None
    P = _letters(word)
    if not (same_form(P @ P, P) and same_form(P.T, P)):
        return None
    a, b = form.coefficient(()), form.coefficient(word)
    if not a + b:
        return None
    return ClosedForm.identity(form.rows) / a - P * (b / (a * (a + b)))


def _cut(word: Word) -> int:
    """The place of a link of size 1 inside of a word; 0 if there is none."""
    return next((i for i, a in enumerate(word) if i and ROWS[a] == ONE), 0)


def _order(key: OpenTerm) -> tuple[Word, tuple[Word, ...]]:
    return key[1], key[0]


def _letters(word: Word) -> ClosedForm:
    product = ClosedForm.of(word[0])
    for a in word[1:]:
        product = product @ ClosedForm.of(a)
    return product
