"""Scalars that are ≥ 0, with a sum of products of squares that shows it: found, not given.

Three ways, one after the other: the signs of the coefficients; a square that is completed in one of the letters, again
and again; and an exact combination of inequalities between traces (see `symicl.theory.bounds.inner_products`), products
with a sign, and u(u − 1) ≥ 0 for whole numbers u.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial, reduce
from itertools import combinations_with_replacement
from operator import add, mul
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    ONE,
    ROWS,
    ClosedForm,
    Monomial,
    Word,
    closed_form,
    dimension_index,
    from_monomials,
    is_inverse_of_sum,
    letter,
    monomials_of,
    powers,
    product_of_words,
    unheard,
)
from symicl.errors import DerivationError, SymiclError
from symicl.theory.bounds.combination import combination
from symicl.theory.bounds.inner_products import (
    Candidate,
    Pair,
    apart,
    crossed,
    pairs,
    sizes,
    traces,
)
from symicl.theory.bounds.nonnegative import Nonnegative, mean_of_square, seen
from symicl.theory.bounds.power_means import power_means
from symicl.theory.bounds.whole_numbers import by_factors, in_a_row
from symicl.theory.quadratic.signs import is_definite, is_nonnegative, is_positive, word_sign

MAX_TERMS, MAX_LENGTH, MAX_CANDIDATES, MAX_DEPTH, MAX_ROOT = 40, 8, 600, 6, 9


def show_nonnegative(form: ClosedForm) -> Nonnegative | None:
    """A sum of products that shows a scalar to be ≥ 0 wherever it is defined; None says nothing.

    Parameters
    ----------
    form : ClosedForm
        A scalar; dimensions are whole numbers from 1 on, covariances are positive definite.
    """
    try:
        found = _shown(form, MAX_DEPTH)
    except SymiclError:  # a square that no certificate could hold
        return None
    if found is not None and found.form != form:
        raise DerivationError("the terms that are not negative add up to something else; this is a defect")
    return found


def show_positive(form: ClosedForm) -> tuple[ClosedForm, Nonnegative] | None:
    """A part that is seen to be > 0, and why the rest is ≥ 0; None says nothing."""
    if is_positive(form):
        return form, seen(closed_form(0))
    found = show_nonnegative(form)
    for i, part in enumerate(() if found is None else found.parts):
        product = reduce(mul, (reason.form for reason in part))
        if is_positive(product):
            rest = found.parts[:i] + found.parts[i + 1 :]  # type: ignore[union-attr]
            return product, Nonnegative(rest)
    return None


def _shown(form: ClosedForm, depth: int) -> Nonnegative | None:
    if is_nonnegative(form):
        return seen(form)
    num, den = form.fraction()
    if is_nonnegative(-den):
        num, den = -num, -den
    if not is_nonnegative(den) or len(monomials_of(num)) > MAX_TERMS:
        return None
    common, num = _without_common_factor(num)
    weight = common / den
    found = by_factors(num) or _completed(num, depth) or _combined(num)
    return None if found is None else found * weight


def _without_common_factor(num: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    """A product of words that is ≥ 0 and divides all terms, and what is left."""
    terms = monomials_of(num)
    counts = [Counter(monomial) for monomial in terms]
    common = counts[0]
    for other in counts[1:]:
        common = common & other
    kept = Counter({w: k if word_sign(w) else k - k % 2 for w, k in common.items()})
    words = tuple(sorted(kept.elements()))
    rest = {tuple(sorted((Counter(m) - kept).elements())): c for m, c in terms.items()}
    return product_of_words(words), from_monomials(rest)


# --- completed squares -----------------------------------------------------------------------------------


def _completed(num: ClosedForm, depth: int) -> Nonnegative | None:
    """A y² + B y + C = ((2 A y + B)² + 4 A C − B²)/(4 A) for a power y of one of the words."""
    if depth == 0:
        return None
    terms = monomials_of(num)
    for word in dict.fromkeys(w for monomial in terms for w in monomial):
        found = powers(num, word)
        top = max(found)
        if top % 2 or not found.keys() <= {0, top // 2, top}:
            continue
        a, b, c = (found.get(k, closed_form(0)) for k in (top, top // 2, 0))
        if not b or not is_nonnegative(a):
            continue
        y = product_of_words((word,) * (top // 2))
        rest = c - b * b / (4 * a)
        inner = _shown(rest, depth - 1) if rest else Nonnegative(())
        if inner is not None:
            return inner + mean_of_square(2 * a * y + b) * (1 / (4 * a))
    return None


# --- combinations ----------------------------------------------------------------------------------------


def _combined(num: ClosedForm) -> Nonnegative | None:
    above = {a: letter(("above bound", MEANING[a], 1), ONE, ONE) for a in num.letters() if _is_dimension(a)}
    back = {m: ClosedForm.of(a) - 1 for a, m in above.items()}

    def moved(form: ClosedForm) -> dict[Monomial, Any]:
        return _above_one(monomials_of(form), above)

    target = moved(num)
    tries: list[Callable[[], list[Candidate]]] = [partial(power_means, num)]
    tries += [
        partial(_candidates, num, inserts=inserts, rounds=rounds)
        for inserts, rounds in ((False, 1), (True, 1), (False, 2))
    ]
    for candidates in (own() for own in tries):
        columns = [moved(candidate.form) for candidate in candidates]
        for monomial in dict.fromkeys([*target, *(key for column in columns for key in column)]):
            if _has_sign(monomial, back):
                form = product_of_words(monomial)
                form = form.substitute(back) if back else form
                candidates.append(Candidate(form, lambda form=form: seen(form)))  # type: ignore[misc]
                columns.append({monomial: 1})
        found = combination(columns, target)
        if found is not None:
            terms = (c.show() * closed_form(k) for k, c in zip(found, candidates, strict=True) if k)
            return reduce(add, terms)
    return None


def _above_one(terms: Mapping[Monomial, Any], above: Mapping[int, int]) -> dict[Monomial, Any]:
    """Terms with 1 + m in the place of each dimension, whatever else depends on it."""
    found: dict[Monomial, Any] = {}
    for monomial, c in terms.items():
        parts: list[Monomial] = [tuple(w for w in monomial if w[0] not in above)]
        for word in monomial:
            if word[0] in above:
                parts += [(*part, (above[word[0]],)) for part in parts]
        for part in parts:
            key = tuple(sorted(part))
            found[key] = found.get(key, 0) + c
    return {monomial: c for monomial, c in found.items() if c}


def _is_dimension(a: int) -> bool:
    meaning = MEANING[a]
    return (
        ROWS[a] == ONE
        and isinstance(meaning, sympy.Symbol)
        and bool(meaning.is_integer and meaning.is_positive)
    )


def _has_sign(monomial: Monomial, free: Collection[int] = ()) -> bool:
    """True for a product of words with a sign and of even powers."""
    return all(k % 2 == 0 or word_sign(w) or w[0] in free for w, k in Counter(monomial).items())


def _is_scalar(word: Word) -> bool:
    return len(word) == 1 and ROWS[word[0]] == ONE


@unheard
def _candidates(num: ClosedForm, *, inserts: bool, rounds: int) -> list[Candidate]:
    """Inequalities that fit a term with a minus sign, times its other factors; then those that fit the new terms.

    Parameters
    ----------
    num : ClosedForm
    inserts : bool
        Also words with S S⁻¹ put into them.
    rounds : int
    """
    found: dict[Any, Candidate] = {}
    definite = [
        a for a in num.letters() if inserts and ROWS[a] != ONE and is_definite(a) and not is_inverse_of_sum(a)
    ]
    terms = dict(monomials_of(num))
    done: set[Monomial] = set()
    for _ in range(rounds):
        more: dict[Monomial, Any] = {}
        for monomial, c in terms.items():
            if monomial in done or (c > 0 and _has_sign(monomial)):
                continue
            done.add(monomial)
            for candidate in _fitting(monomial, definite):
                own = monomials_of(candidate.form)
                key = frozenset(own.items())
                if own and key not in found and len(found) < MAX_CANDIDATES:
                    found[key] = candidate
                    more |= {m: -1 for m, k in own.items() if k > 0 and m not in terms}
        terms = more
    return list(found.values())


def _fitting(monomial: Monomial, definite: Collection[int]) -> Iterator[Candidate]:
    counts = Counter(monomial)
    words = [w for w in counts if not _is_scalar(w) and len(w) <= MAX_LENGTH]
    letters = [w for w in counts if _is_scalar(w) and _is_dimension(w[0])]
    for one, other in combinations_with_replacement([*words, *letters], 2):
        rest = counts - Counter([one, other])
        if sum(rest.values()) == len(monomial) - 2 and _has_sign(tuple(rest.elements())):
            yield from _times(rest, _crossings(one, other, definite))
    for word in words:
        rest = counts - Counter([word])
        if _has_sign(tuple(rest.elements())):
            yield from _times(rest, traces(word))
        scalars = [w for w in rest.elements() if not word_sign(w)]
        factors = {tuple(scalars), ()} if all(map(_is_scalar, scalars)) else set()
        for factor in factors:
            remaining = rest - Counter(factor)
            if _has_sign(tuple(remaining.elements())):
                for pair in pairs(word, definite):
                    for sign in (-1, 1):
                        yield from _times(
                            remaining, [apart(pair, product_of_words(tuple(sorted(factor))), sign)]
                        )
    for word in letters:
        rest = counts - Counter([word, word])
        if counts[word] >= 1 and _has_sign(tuple(rest.elements())):
            size = product_of_words((word,))
            rows = ((size - a) for a in range(1, MAX_ROOT))
            yield from _times(rest, [Candidate(u * (u - 1), lambda u=u: in_a_row(u)) for u in rows])  # type: ignore[misc]


def _crossings(one: Word, other: Word, definite: Collection[int]) -> Iterator[Candidate]:
    if one == other:
        for pair in _pairs(one, definite):
            yield crossed(pair, pair)
        return
    others = list(_pairs(other, definite))
    for pair in _pairs(one, definite):
        for second in others:
            yield crossed(pair, second)
            yield crossed(pair, Pair(second.second, second.first, second.rows, second.cols))


def _pairs(word: Word, definite: Collection[int]) -> Iterator[Pair]:
    if _is_scalar(word):
        size = MEANING[word[0]]
        for a in definite:
            if dimension_index(size) == ROWS[a]:
                yield sizes(a)
        return
    yield from pairs(word, definite)


def _times(rest: Mapping[Word, int], candidates: Any) -> Iterator[Candidate]:
    factor = product_of_words(tuple(sorted(Counter(rest).elements())))
    for candidate in candidates:
        yield Candidate(candidate.form * factor, _shown_times(candidate, factor))


def _shown_times(candidate: Candidate, factor: ClosedForm) -> Callable[[], Nonnegative]:
    return lambda: candidate.show() * factor
