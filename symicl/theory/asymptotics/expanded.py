"""Expansions of closed forms with inverses of sums, which are expanded as far as the terms wanted take it."""

from __future__ import annotations

from functools import reduce
from operator import add, matmul
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    PARTNER,
    ROWS,
    ClosedForm,
    Covariance,
    expansion,
    inverse_of,
    letter,
    powers,
    read_form,
    scalar_letter,
    terms_of,
)
from symicl.errors import UnsupportedError, brief
from symicl.theory.positivity import positive

MAX_CORRECTIONS = 12
"""Terms of the expansion of an inverse that are taken at most."""


def expanded(form: ClosedForm, symbol: sympy.Symbol, last: int, *, at_zero: bool) -> dict[int, ClosedForm]:
    """The expansion down to a power; inverses that depend on the symbol are expanded as far as it takes."""
    hidden = [a for a in form.letters() if is_inverse_in(a, symbol)]
    if not hidden:
        return expansion(form, symbol, last, at_zero=at_zero)
    for corrections in range(MAX_CORRECTIONS):
        pairs = [_inverse_expanded(a, symbol, corrections, at_zero=at_zero) for a in hidden]
        replaced = form.substitute({a: value for a, (value, _) in zip(hidden, pairs, strict=True)})
        terms = expansion(replaced, symbol, last, at_zero=at_zero)
        left_out = {rest for _, rest in pairs}
        if not any(c.letters() & left_out for c in terms.values()):
            return terms
    raise UnsupportedError(
        f"the expansion in {symbol} needs more than {MAX_CORRECTIONS} terms of the inverses in it"
    )


def is_inverse_in(a: int, symbol: sympy.Symbol) -> bool:
    """True for a letter that is the inverse of a sum with a symbol in it."""
    meaning = MEANING[a]
    return isinstance(meaning, sympy.Inverse) and symbol in meaning.free_symbols


def _inverse_expanded(
    a: int, symbol: sympy.Symbol, corrections: int, *, at_zero: bool
) -> tuple[ClosedForm, int]:
    """The inverse of A₀ nᵖ + A₁ nᵖ⁻¹ + …, and the letter for what is left out of it, which is bounded."""
    meaning: Any = MEANING[a]
    base = read_form(meaning.arg)
    step = 1 if at_zero else -1
    everything = expanded(
        base, symbol, _end(base, symbol, at_zero=at_zero, terms=corrections), at_zero=at_zero
    )
    p = next(iter(everything))
    first = known_inverse(everything[p], symbol)
    parts = [first]
    for k in range(1, corrections + 1):
        below = [
            everything[p + step * i] @ parts[k - i] for i in range(1, k + 1) if p + step * i in everything
        ]
        zero = ClosedForm.zero(base.rows, base.cols)
        parts.append(-(first @ reduce(add, below, zero)))
    n = read_form(symbol)
    rest = letter(
        ("left out of", MEANING[a], corrections, at_zero), ROWS[a], COLS[a], symmetric=PARTNER[a] == a
    )
    value = reduce(add, (part * n ** (-p + step * k) for k, part in enumerate(parts)))
    return value + ClosedForm.of(rest) * n ** (-p + step * (corrections + 1)), min(rest, PARTNER[rest])


def _end(base: ClosedForm, symbol: sympy.Symbol, *, at_zero: bool, terms: int) -> int:
    """The power that comes so many terms after the leading one."""
    a = (scalar_letter(symbol),)
    above, below = (powers(part, a) for part in base.fraction())
    if at_zero:
        return min(above) - min(below) + terms
    return max(above) - max(below) - terms


def known_inverse(form: ClosedForm, symbol: sympy.Symbol) -> ClosedForm:
    """The inverse of a leading part that is seen to be invertible.

    Raises
    ------
    UnsupportedError
        For any other.
    """
    words = {word for _, word in terms_of(form.fraction()[0])}
    definite = all(isinstance(MEANING[a], Covariance) for word in words for a in word)
    if len(words) == 1 and definite:
        (word,) = words
        inverses = [inverse_of(ClosedForm.of(a)) for a in reversed(word)]
        return reduce(matmul, inverses, ClosedForm.identity(form.rows)) / form.coefficient(word)
    if definite and all(len(word) <= 1 and is_positive(form.coefficient(word)) for word in words):
        return inverse_of(form)
    raise UnsupportedError(
        f"an inverse has the leading part {brief(form.expr)} in {symbol}, which is not seen to be invertible; declare "
        "its matrices with covariance() and its scalars as positive"
    )


def is_positive(form: ClosedForm) -> bool:
    """True if a scalar is seen to be > 0: by its coefficients, or as SymPy knows the signs of its symbols."""
    try:
        return positive(form).holds or bool(form.expr.is_positive)
    except UnsupportedError:
        return False
