"""The expectation of a value, with its cost looked at before it is taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sympy

from symicl.algebra import (
    PARTNER,
    ClosedForm,
    RandomMatrix,
    entrywise_of,
    meaning_of,
    symbol_letter,
    terms_of,
)
from symicl.errors import UnsupportedError
from symicl.expectation import (
    Gaussian,
    Law,
    Means,
    assuming,
    at_most,
    average,
    gram_inverse,
    law_of,
    random_matrices,
)
from symicl.language.bounded_letters import Bound
from symicl.language.bounds import MAX_DEGREE, MAX_PAIRINGS, MAX_STEPS
from symicl.language.value import MultipleOfI, Value, checked, form_of


def random_symbols(value: Value) -> set[RandomMatrix]:
    """The Gaussian matrices that a value depends on."""
    return random_matrices(form_of(value))


def expectation(
    value: Value, over: Collection[RandomMatrix] | None = None, bounds: Iterable[Bound] = ()
) -> Value:
    """E[value] over all that is random in it, or over some of it.

    Parameters
    ----------
    value : Value
    over : collection of RandomMatrix, optional
    bounds : iterable of Bound
        Of sizes, such as n > d + 1, under which it may exist.

    Raises
    ------
    UnsupportedError
        If the value is not a polynomial in what is random, or it would take too long.
    """
    form = form_of(value)
    present = random_symbols(value)
    chosen = present if over is None else present & set(over)
    for z in chosen:
        base = symbol_letter(z)
        for a in form.letters():
            meaning = meaning_of(a)
            inside = (
                a != base
                and entrywise_of(a) is None
                and isinstance(meaning, sympy.Basic)
                and meaning.has(z)
                and gram_inverse(a) is None
            )
            if inside or (a == base and a in form.denominator_letters()):
                raise UnsupportedError(
                    f"an inverse or a quotient of {z.name} is not a polynomial in it, so its expectation is outside "
                    "the exact calculus"
                )
    laws: list[Law] = []
    means: Means = {}
    for z in sorted(chosen, key=lambda z: z.name):
        law, mean = law_of(z)
        laws.append(law)
        if mean is not None:
            means[symbol_letter(z)] = mean
    _check_cost(form, laws, means)
    conditions = [bound.symbol >= bound.least.expr for bound in bounds]
    with assuming(*conditions), at_most(MAX_STEPS):
        found = checked(average(form, laws, means))
    for a in sorted(found.letters()):
        root = meaning_of(a)
        if isinstance(root, sympy.Expr) and root.has(sympy.pi):
            raise UnsupportedError(
                f"the average has the factor {root}, a root, which is not in the language; si.expect() gives it"
            )
    return MultipleOfI(found) if isinstance(value, MultipleOfI) else found


def _check_cost(form: ClosedForm, laws: list[Law], means: Means) -> None:
    """Refuse what is known to be too much before it is begun: what is multiplied out, or not counted in steps."""
    by_letter = {law.letter: law.letter for law in laws}
    counted = {law.letter for law in laws if isinstance(law, Gaussian)}
    for base, mean in means.items():
        (centred,) = mean.letters() & by_letter.keys()
        by_letter[base] = by_letter.pop(centred)
    total = 0
    for monomial, open_word in terms_of(form.fraction()[0]):
        pairings = 1
        for base in by_letter:
            count = sum(x in (base, PARTNER[base]) for word in (*monomial, open_word) for x in word)
            if base in means:
                pairings *= _with_mean(count, len(means[base].terms))
            elif count > MAX_DEGREE:
                raise UnsupportedError(
                    f"a product of {count} random factors; at most {MAX_DEGREE} are taken here"
                )
            elif base not in counted:
                pairings *= _double_factorial(count - 1) if count % 2 == 0 else 0
        total += pairings
    if total > MAX_PAIRINGS:
        raise UnsupportedError(
            f"this expectation has {total} pairings of random factors with means, or with laws other than Gaussians; "
            f"at most {MAX_PAIRINGS} are taken here"
        )


def _double_factorial(k: int) -> int:
    result = 1
    while k > 1:
        result, k = result * k, k - 2
    return result


def _with_mean(count: int, terms: int) -> int:
    """The pairings of a product of factors mean + centred part: each is paired or one of the terms of the mean."""
    before, result = 1, max(1, terms - 1)
    if count == 0:
        return 1
    for k in range(2, count + 1):
        before, result = result, (terms - 1) * result + (k - 1) * before
    return result
