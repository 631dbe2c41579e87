"""Points of a line with one parameter at which a quantity has a given value."""

from __future__ import annotations

import sympy

from symicl.algebra import MEANING, ClosedForm, Word, meaning_of, monomials_of, powers
from symicl.errors import UnsupportedError, brief
from symicl.theory.dynamics.motion import Motion
from symicl.theory.quadratic.signs import is_definite, is_positive, is_square, word_sign


def squared_parameter(line: Motion, form: ClosedForm) -> sympy.Expr:
    """The square of the one positive parameter at which a form vanishes.

    The numerator is a quadratic ax² + bx + c in the square x of the parameter. If a and c differ in sign, one root is
    positive and the other is negative.

    Raises
    ------
    UnsupportedError
        If it is no such quadratic, or the signs are not seen.
    """
    if len(line.letters) != 1:
        raise UnsupportedError(
            f"a point is looked for on a line with one parameter, not {', '.join(line.letters)}"
        )
    (a,) = line.letters.values()
    found = powers(form.fraction()[0], (a,))
    if not set(found) <= {0, 2, 4} or 4 not in found:
        raise UnsupportedError(f"{brief(line.written(form))} is no quadratic in the square of {MEANING[a]}")
    zero = ClosedForm.number(0)
    two, one, free = (found.get(k, zero) for k in (4, 2, 0))
    if _is_positive(-two):
        two, one, free = -two, -one, -free
    if not (_is_positive(two) and _is_positive(-free)):
        raise UnsupportedError(
            f"that exactly one {MEANING[a]} > 0 solves {brief(line.written(form))} = 0 is not seen from the signs"
        )
    half, rest = line.written(-one / (two * 2)), line.written(-free / two)
    return half + sympy.sqrt(half**2 + rest)


def _is_positive(form: ClosedForm) -> bool:
    """True if a form is seen to be > 0, as tr(PPᵀ) is for a product P of inverses and covariances."""
    if is_positive(form):
        return True
    num, den = form.fraction()
    terms = monomials_of(num)
    if len(terms) != 1 or not is_positive(den):
        return False
    ((monomial, c),) = terms.items()
    return c > 0 and all(word_sign(w) == "positive" or _is_norm(w) for w in monomial)


def _is_norm(word: Word) -> bool:
    invertible = all(is_definite(a) or isinstance(meaning_of(a), sympy.Inverse) for a in word)
    return invertible and any(is_square(word[i:] + word[:i]) for i in range(len(word)))
