"""The consequences of several inverses of sums together, as rules that replace words by smaller ones.

For R = P⁻¹ the equations P R = I and R P = I hold. Each is a *rule*: its largest word, the *lead*, is equal to the
rest. Where two leads overlap, a word can be replaced in two ways; what these make is equal, which may be a rule that
neither says: from (H + a I) R = I and (H + b I) S = I follows R S = (R − S)/(b − a), from those of A Aᵀ + a I and
Aᵀ A + a I that A (Aᵀ A + a I)⁻¹ = (A Aᵀ + a I)⁻¹ A. Overlaps are followed until none says anything new, which is the
completion of Knuth and Bendix, a Gröbner basis of words. Then every word has one form, in which no lead occurs:
functions of one matrix are compared as partial fractions are. There need not be an end; the first rules are kept then,
each of which holds.

A rule holds wherever the inverses exist and nothing is divided by zero. So none is divided by a scalar with an inverse
in it, of which it is not seen whether it vanishes. For a sum whose words all pass through another size, as A Aᵀ, the
inverse exists only if that is large enough; two that need the opposite of each other do not go together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any

from symicl.algebra.letters import COLS, DIAGONAL, INVERSE, MEANING, NO_LETTER, ONE, PARTNER, ROWS
from symicl.algebra.one_matrix import over_common_denominators, put
from symicl.algebra.provenance import unheard
from symicl.algebra.resolvents import base_of, is_inverse_of_sum, product, standard
from symicl.algebra.rules import Rules, TooManyWords, size_of_word
from symicl.algebra.tags import is_tagged, tag_of_inverse
from symicl.algebra.words import Word, reduce

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

MAX_RULES = 60
MAX_LEAD = 9
"""Letters in the lead of a rule that is kept, unless the sums themselves are longer."""
MAX_TERMS = 200
"""Terms of all coefficients of a rule that is kept."""
MAX_EQUATIONS = 600
"""Equations that are looked at."""

_found: dict[tuple[frozenset[int], bool], Rules] = {}


def rules_for(letters: Iterable[int], kind: type[Form], *, tagged: bool = False) -> Rules:
    """The rules for words of these letters.

    Parameters
    ----------
    letters : iterable of int
        Inverses of sums among them, and inverses of letters.
    kind : type
        `ClosedForm`.
    tagged : bool
        The rules say what they follow from, see `symicl.algebra.tags`.
    """
    key = _closure(letters, kind), tagged
    if key not in _found:
        _found[key] = _completed(*key, kind)
    return _found[key]


# Which rules to begin with


def _closure(letters: Iterable[int], kind: type[Form]) -> frozenset[int]:
    """Standard inverses of sums with those inside of them, their transposes, and inverses of letters."""
    used: set[int] = set()
    pending = list(letters)
    while pending:
        a = pending.pop()
        if is_inverse_of_sum(a):
            _, word = standard(a, kind)
            if word != (a,):
                pending += word
            elif a not in used:
                used |= {a, PARTNER[a]}
                pending += (x for _, w in base_of(a, kind).terms for x in w)
        elif isinstance(MEANING[min(a, PARTNER[a])], tuple) or a in DIAGONAL:
            used |= {a, PARTNER[a]}
    return frozenset(used)


def _completed(used: frozenset[int], tagged: bool, kind: type[Form]) -> Rules:
    rules = Rules(lambda a, rules: _standard_form(a, rules, kind), tagged=tagged)
    if not tagged:  # it makes many terms of few, each of which would have a tag
        rules.common = over_common_denominators(sorted(a for a in used if is_inverse_of_sum(a)), kind)
    others = (a for form in rules.common.values() for a in form.letters())
    used = _closure([*(a for a in used if a not in rules.common), *others], kind)
    sums = sorted(a for a in used if is_inverse_of_sum(a))
    apart = _incompatible(sums, kind)
    first = [(a, equation) for a in sums for equation in _definitions(a, rules, kind)]
    first += [(a, equation) for a in sums for equation in _diagonal(a, used & DIAGONAL, rules, kind)]
    rules.longest = max([MAX_LEAD, *(len(word) for _, equation in first for _, word in equation.terms)])
    _complete(rules, [equation for a, equation in first if a not in apart], used, kind)
    for _, equation in (pair for pair in first if pair[0] in apart):
        _oriented(rules, equation)
    return rules


def _definitions(a: int, rules: Rules, kind: type[Form]) -> Iterator[Form]:
    """P R − I and R P − I; none if all words of P pass through a side of size 1, as P is singular."""
    words = [word for _, word in base_of(a, kind).terms]
    if all(any(ROWS[x] == ONE for x in word) for word in words):
        return
    base, letter, identity = rules.standardised(base_of(a, kind)), kind.of(a), kind.identity(ROWS[a])
    for first in (True, False):
        equation = (base @ letter if first else letter @ base) - identity
        yield equation - tag_of_inverse(a, kind, first=first) if rules.tagged else equation


def _diagonal(a: int, diagonal: Iterable[int], rules: Rules, kind: type[Form]) -> Iterator[Form]:
    """D R − R D for the diagonal letters D that commute with P, as it is R D (P R − I) − (R P − I) D R."""
    base = base_of(a, kind)
    for d in sorted(d for d in diagonal if ROWS[d] == ROWS[a]):
        R, D = kind.of(a), kind.of(d)
        if base @ D == D @ base:
            tags = [tag_of_inverse(a, kind, first=first) for first in (True, False)] if rules.tagged else []
            yield D @ R - R @ D - (R @ D @ tags[0] - tags[1] @ D @ R if tags else kind.zero(ROWS[a], ROWS[a]))


def _standard_form(a: int, rules: Rules, kind: type[Form]) -> Form:
    """An inverse by standard ones; X = R − R (P X − I) + (R P − I) X."""
    scale, word = standard(a, kind)
    plain = put(product(word, ROWS[a], kind) * scale, rules.common, rules.normal, rules.is_settled)
    if not rules.tagged or plain.terms.keys() == {((), (a,))}:
        return plain
    base = base_of(a, kind)
    inner = rules_for(plain.letters() | base.letters(), kind, tagged=True)
    zero = inner.normal(inner.standardised(base @ plain - kind.identity(base.rows)))
    return plain - kind.of(a) @ zero + tag_of_inverse(a, kind, first=False) @ plain


def _incompatible(sums: list[int], kind: type[Form]) -> set[int]:
    """Inverses that exist only if other sizes are large enough, where these are of several sizes."""
    narrow = [
        a
        for a in sums
        if all(any(ROWS[x] != ROWS[a] for x in word[1:]) for _, word in base_of(a, kind).terms)
    ]
    return set(narrow) if len({ROWS[a] for a in narrow}) > 1 else set()


# Completion


@unheard
def _complete(rules: Rules, equations: list[Form], used: frozenset[int], kind: type[Form]) -> None:
    serial = count()
    pending: list[tuple[Any, int, Form]] = []

    def ask(equation: Form) -> None:
        if cost := _cost(equation, rules):
            heappush(pending, (cost, next(serial), equation))

    for equation in equations:
        ask(equation)
    inverses = {x: y for a in used if INVERSE[a] != NO_LETTER for x, y in ((a, INVERSE[a]), (INVERSE[a], a))}
    for _ in range(MAX_EQUATIONS):
        if not pending:
            break
        lead = _oriented(rules, heappop(pending)[-1])
        if lead is None:
            continue
        for other in [other for other in rules.leads if other != lead and _inside(lead, other)]:
            ask(product(other, ROWS[other[0]], kind) - rules.remove(other))
        for other in list(rules.leads):
            for equation in _overlaps(rules, lead, other):
                ask(equation)
            if other != lead:
                for equation in _overlaps(rules, other, lead):
                    ask(equation)
        whole = product(lead, ROWS[lead[0]], kind) - rules.leads[lead]
        if lead[-1] in inverses:
            ask(whole @ kind.of(inverses[lead[-1]]))
        if lead[0] in inverses:
            ask(kind.of(inverses[lead[0]]) @ whole)
        if len(rules.leads) >= MAX_RULES:
            break


def _cost(equation: Form, rules: Rules) -> tuple[int, int] | None:
    """The place of an equation in the queue, by words and terms; None if it says nothing, or has too many terms."""
    parts = [(len(word), len(c)) for (_, word), c in equation.terms.items() if not rules.is_settled(word)]
    terms = sum(count for _, count in parts)
    return (max(length for length, _ in parts), terms) if 0 < terms <= MAX_TERMS else None


def _oriented(rules: Rules, equation: Form) -> Word | None:
    """The lead of the rule that an equation is, which is added; None if it says nothing new or none is made of it."""
    try:
        equation = rules.normal(equation)
    except TooManyWords:
        return None
    if _cost(equation, rules) is None:
        return None
    words = (word for _, word in equation.terms if not rules.is_settled(word))
    lead = max(words, key=lambda w: (*size_of_word(w), w))
    leading = equation.coefficient(lead)
    sure = not any(map(is_inverse_of_sum, leading.letters())) and not is_tagged([tuple(leading.letters())])
    if not lead or len(lead) > rules.longest or not sure:
        return None
    rows = ROWS[lead[0]]
    rules.add(lead, product(lead, rows, type(equation)) - equation / leading)
    return lead


def _inside(part: Word, word: Word) -> bool:
    return any(word[i : i + len(part)] == part for i in range(len(word) - len(part) + 1))


def _overlaps(rules: Rules, one: Word, other: Word) -> Iterator[Form]:
    """Both results of each word that begins with one lead and ends with the other, which overlap."""
    for k in range(1, min(len(one), len(other))):
        if one[-k:] == other[:k] and reduce(one + other[k:]) == one + other[k:]:
            kind = type(rules.leads[one])
            left = rules.leads[one] @ product(other[k:], COLS[one[-1]], kind)
            right = product(one[:-k], ROWS[one[0]], kind) @ rules.leads[other]
            yield left - right
