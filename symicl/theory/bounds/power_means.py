"""Inequalities between power sums t_k = tr(Gᵏ) of a matrix G ≥ 0, such as tr(S)⁴ ≤ d³ tr(S⁴), step by step.

G is definite, or a square A'A. With t_0 = d the product t_p t_q is convex in p for p + q fixed: the mean of a square is
t_p t_(q+2) − 2 t_(p+1) t_(q+1) + t_(p+2) t_q. In a product of power sums any two may take such a step, and the sum of
the exponents stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from operator import matmul, mul

from symicl.algebra import (
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Monomial,
    Word,
    closed_form,
    monomials_of,
    product_of_words,
    size_of,
)
from symicl.theory.bounds.inner_products import Candidate, Pair, crossed
from symicl.theory.bounds.nonnegative import Nonnegative, mean_of_square
from symicl.theory.quadratic.signs import is_definite, word_sign

MAX_EXPONENT, MAX_STEPS = 10, 300
"""The sum of the exponents in a product, and the number of inequalities."""


def power_means(num: ClosedForm) -> list[Candidate]:
    """The steps between products of power sums that have a minus sign and others of the same exponents."""
    found: dict[Collection[object], Candidate] = {}
    for monomial, c in monomials_of(num).items():
        bases = dict.fromkeys(base for word in monomial for base in _bases(word)) if c < 0 else ()
        traces = dict.fromkeys(word for word in monomial if _is_trace(word)) if c < 0 else ()
        steps = [step for base in bases for step in _steps(monomial, base)]
        steps += [step for word in traces for step in _steps_of_traces(monomial, word[0])]
        for step in steps:
            key = frozenset(monomials_of(step.form).items())
            if key and len(found) < MAX_STEPS:
                found.setdefault(key, step)
    return list(found.values())


def _bases(word: Word) -> list[Word]:
    """The words of which a closed one may be a power, and which are ≥ 0."""
    a, b = word[0], word[1 % len(word)]
    if ROWS[a] == ONE or ROWS[b] == ONE:
        return []
    if is_definite(a):
        return [(a,)] if set(word) == {a} else []
    return [(a, b), (b, a)] if b == PARTNER[a] and len(word) % 2 == 0 and set(word) == {a, b} else []


def _steps(monomial: Monomial, base: Word) -> Iterator[Candidate]:
    sums = [w for w in monomial if set(w) == set(base) and base in _bases(w)]
    size = next(iter(monomials_of(size_of(ROWS[base[0]]))))
    zeros = monomial.count(size[0]) if size else 0
    rest = [w for w in monomial if w not in sums and w not in size]
    total, parts = sum(map(len, sums)) // len(base), len(sums) + zeros
    signed = all(k % 2 == 0 or word_sign(w) for w, k in Counter(rest).items())
    if parts < 2 or total > MAX_EXPONENT or not signed:
        return
    for both in range(2, total + 1):
        for others in _partitions(total - both, parts - 2, total):
            factor = reduce(mul, (_power(base, k).trace() for k in others), closed_form(1))
            for p in range((both - 2) // 2 + 1):
                step = crossed(_pair(base, p), _pair(base, both - 2 - p))
                yield _times(step, factor, rest)


def _times(step: Candidate, factor: ClosedForm, words: Sequence[Word]) -> Candidate:
    """A step times a factor without a sign of its own only as far as it is a square."""
    counts = Counter(words)
    squared = [w for w, k in counts.items() if not word_sign(w) for _ in range(k // 2)]
    factor = factor * product_of_words(tuple(sorted(w for w in words if word_sign(w))))
    root = product_of_words(tuple(sorted(squared)))

    def show() -> Nonnegative:
        shown = step.show() * factor
        return shown * mean_of_square(root) if squared else shown

    return Candidate(step.form * factor * root * root, show)


def _is_trace(word: Word) -> bool:
    """tr(P) of a symmetric P, which has no sign."""
    return (
        len(word) == 1 and ROWS[word[0]] != ONE and PARTNER[word[0]] == word[0] and not is_definite(word[0])
    )


def _steps_of_traces(monomial: Monomial, a: int) -> Iterator[Candidate]:
    """tr(P)² ≤ d tr(P²), and the steps between sums of G = P², times even powers of tr(P)."""
    base = (a, a)
    odd = monomial.count((a,))
    sums = [w for w in monomial if set(w) == {a} and len(w) % 2 == 0]
    size = next(iter(monomials_of(size_of(ROWS[a]))))
    zeros = monomial.count(size[0]) if size else 0
    rest = [w for w in monomial if set(w) != {a} and w not in size]
    total, parts = odd + sum(map(len, sums)), odd + len(sums) + zeros
    signed = all(k % 2 == 0 or word_sign(w) for w, k in Counter(rest).items())
    if odd % 2 or not signed or total > MAX_EXPONENT:
        return
    for left in range(odd, 1, -2):
        step = crossed(*[Pair(ClosedForm.identity(ROWS[a]), ClosedForm.of(a), NO_LETTER, NO_LETTER)] * 2)
        for others in _partitions((total - left) // 2, parts - left, total):
            factor = reduce(mul, (_power(base, k).trace() for k in others), closed_form(1))
            yield _times(step, factor, [*rest, *[(a,)] * (left - 2)])
    for left in range(odd, -1, -2):
        even = tuple(sorted(base for base in _words(base, (total - left) // 2, parts - left)))
        if even:
            powered = tuple(sorted((*even, *((a,),) * left, *rest)))
            yield from _steps(powered, base)


def _words(base: Word, total: int, parts: int) -> Monomial:
    """A product of so many sums of this exponent, where there are such: one with all of it, and sizes."""
    size = next(iter(monomials_of(size_of(ROWS[base[0]]))))
    if total < 1 or parts < 1 or (parts > 1 and not size):
        return ()
    return (base * total, *size * (parts - 1))


def _partitions(total: int, parts: int, largest: int) -> Iterator[tuple[int, ...]]:
    """All ways to write a number as a sum of so many numbers ≥ 0, in decreasing order."""
    if parts == 0:
        yield from [()] if total == 0 else []
        return
    for first in range(min(total, largest), -1, -1):
        for rest in _partitions(total - first, parts - 1, first):
            yield (first, *rest)


def _power(base: Word, k: int) -> ClosedForm:
    return reduce(matmul, map(ClosedForm.of, base * k), ClosedForm.identity(ROWS[base[0]]))


def _pair(base: Word, p: int) -> Pair:
    """tr(G^(p+1)) as an inner product of Gʰ and Gʰ⁺¹, behind A or with the weight S if p = 2h + 1 is odd."""
    half, odd = divmod(p, 2)
    first, second = _power(base, half), _power(base, half + 1)
    if odd and len(base) > 1:
        A = ClosedForm.of(base[1])
        return Pair(A @ first, A @ second, NO_LETTER, NO_LETTER)
    return Pair(first, second, base[0] if odd else NO_LETTER, NO_LETTER)
