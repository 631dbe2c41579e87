"""Operations by which a corollary may come from what an optimum has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    INVERSE,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    Call,
    ClosedForm,
    closed_form,
)
from symicl.typeset import formula_text

SPECIAL = ("substitute", "limit", "multiple", "product", "quotient")
"""Operations of a recording by which a corollary may come from a tied quantity: values for letters, a limit, the factor
of an identity, and monomials as factors."""


def changes(call: Call, own: set[int]) -> Iterator[tuple[Any, str, bool]]:
    """From what an operation may have made a special case, how that reads, and whether it only renames."""
    base, *others = call.arguments
    if call.rule == "substitute" and len(others) == 1 and isinstance(others[0], Mapping):
        inside = letters_of(base)
        values = {a: _closed(v) for a, v in others[0].items() if inside & kin(a)}
        if all(_is_special(a, v, own) for a, v in values.items()):
            text = ", ".join(f"{MEANING[a]} = {formula_text(v)}" for a, v in values.items())
            yield base, f" at {text}" if text else "", own.isdisjoint(values)
    elif call.rule == "limit":
        yield base, f" in the limit of large {others[0]}", False
    elif call.rule == "multiple":
        yield base, " as a multiple of the identity", True
    elif call.rule == "product" and len(others) == 1:
        for value, factor in ((base, others[0]), (others[0], base)):
            if _is_monomial(factor):
                yield value, f", times {formula_text(_closed(factor))}", False
    elif call.rule == "quotient" and _is_monomial(others[0]):
        yield base, f", over {formula_text(_closed(others[0]))}", False


def kin(a: int) -> set[int]:
    """A letter, its transpose, and the inverses of both, which are replaced with it."""
    return {a, PARTNER[a], INVERSE[a], INVERSE[PARTNER[a]]} - {NO_LETTER}


def letters_of(value: Any) -> set[int]:
    """The letters of a closed form of any kind."""
    return value.letters() if isinstance(value, ClosedForm) else set()


def _closed(value: Any) -> Any:
    """A number as a closed form."""
    return value if isinstance(value, ClosedForm) else closed_form(value)


def _is_special(a: int, value: Any, own: set[int]) -> bool:
    """True if a letter of the optimum gets a value that is free of those and possible, or is another one of them.

    Other letters, such as opaque moments, may get any value.
    """
    meaning, inside = MEANING[a], letters_of(value)
    if a not in own:
        return True
    if not inside and _is_scalar(value):
        number = value.expr
        return number >= 0 and not (getattr(meaning, "is_integer", False) and not number.is_integer)
    return own.isdisjoint(inside) or (_is_scalar(value) and isinstance(value.expr, sympy.Symbol))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, ClosedForm) and value.is_scalar


def _is_monomial(value: Any) -> bool:
    """A number times powers of scalar letters."""
    if _is_scalar(value):
        scalars = all(ROWS[a] == COLS[a] == ONE for a in value.letters())
        return scalars and len(value) == len(value.denominator) == 1
    return isinstance(value, int | sympy.Rational) or hasattr(value, "numerator")
