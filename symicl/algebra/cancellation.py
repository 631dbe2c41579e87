"""Closed forms in which no inverse of a sum stands beside that sum: H (H + I)⁻¹ becomes I − (H + I)⁻¹.

In open words the rules of all inverses at hand are applied (see `symicl.algebra.completion`). In a trace they hold at
each rotation and for the transpose. Closed words that differ by rules which put one word for another of the same size
are one class; in a class a rule is looked for that writes the word as a sum of smaller ones: fewer letters, then fewer
inverses of letters, then an earlier class. Traces of powers of two inverses are related as `turned` says. Every step is
an equality, so that closed forms whose difference becomes 0 are equal; each makes words smaller, so that there is an
end. Which form a value is brought to depends on the inverses in it: what is compared is cancelled together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce as fold
from operator import add, mul
from typing import Any

from symicl.algebra.coefficients import Coefficient, Field
from symicl.algebra.completion import rules_for
from symicl.algebra.letters import COLS, INVERSE, ONE, ROWS
from symicl.algebra.provenance import unheard
from symicl.algebra.resolvents import is_inverse_of_sum, product, turned
from symicl.algebra.rules import Rules, TooManyWords, size_of_word
from symicl.algebra.tags import Vanishing, tag_of_scalar, vanishing_terms
from symicl.algebra.words import Word, canonical, reduce, transposed_word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

MAX_CLASS = 300
"""Words of one class that are looked at."""


def has_inverse_of_sum(form: Form) -> bool:
    """True if a letter of the form is the inverse of a sum."""
    return any(map(is_inverse_of_sum, form.letters()))


@unheard
def vanishes(form: Form) -> bool:
    """True if a form is seen to be zero once inverses have cancelled with what they are inverses of.

    A denominator that vanishes then is none.
    """
    try:
        return not cancelled(form).terms
    except ZeroDivisionError:
        return False


def cancelled(form: Form) -> Form:
    """The same closed form, in which each inverse of a sum has cancelled with that sum.

    It equals the given one wherever the inverses exist and no denominator vanishes. One that becomes too long stays.
    """
    if not has_inverse_of_sum(form):
        return form
    try:
        return _whole(form, rules_for(form.letters(), type(form)))
    except TooManyWords:
        return form


@unheard
def vanishing_parts(form: Form) -> list[Vanishing] | None:
    """A form that vanishes as a sum of forms, each of which does so by one equation; None if that is not seen.

    The equations are P R = I or R P = I for the inverse R of a sum P, multiplied by anything on either side, in a trace
    perhaps, and that on traces of `symicl.algebra.resolvents.turned`. The sum is the form without any of them.
    """
    try:
        found = vanishing_terms(_whole(form, rules_for(form.letters(), type(form), tagged=True)))
    except (TooManyWords, ZeroDivisionError):
        return None
    return found if found and not (form - fold(add, [part.form for part in found])).terms else None


def _whole(form: Form, rules: Rules) -> Form:
    kind = type(form)
    found = rules.normal(rules.standardised(form))
    parts = []
    for (monomial, word), coefficient in found.terms.items():
        scalar = _scalar(coefficient, found, rules)
        for trace in monomial:
            scalar = scalar * _closed(trace, kind, rules)
        parts.append(scalar if found.is_scalar and not word else product(word, found.rows, kind) * scalar)
    return fold(add, parts, kind.zero(form.rows, form.cols)) / _scalar(found.denominator, found, rules)


def _scalar(coefficient: Coefficient, form: Form, rules: Rules) -> Form:
    """A coefficient of a form, in which the traces of the field have been cancelled."""
    kind, field = type(form), form.field
    if not any(map(_has_inverse, field.used(coefficient))):
        return kind(ONE, ONE, field, {((), ()): coefficient} if coefficient else {}, field.one)
    return fold(
        add,
        (
            fold(mul, [_closed(w, kind, rules) for w in words], kind.number(c))
            for words, c in field.in_words(coefficient)
        ),
    )


def _has_inverse(word: Word) -> bool:
    return any(map(is_inverse_of_sum, word))


# Traces


def _closed(word: Word, kind: type[Form], rules: Rules) -> Form:
    """The trace of a closed word, cancelled."""
    if not _has_inverse(word) or rules.is_settled(word):
        return _plain(word, kind)
    if word not in rules.traces:
        rules.traces[word] = _closed_image(word, kind, rules)
    return rules.traces[word]


def _closed_image(word: Word, kind: type[Form], rules: Rules) -> Form:
    whole = product(word, ROWS[word[0]], kind)
    standard = rules.standardised(whole)
    if standard.terms.keys() != whole.terms.keys():
        return _whole(standard.trace(), rules)
    family, shorter = _family(word, kind, rules)
    if shorter is not None:
        raw, added = shorter
        return _whole(product(raw, ROWS[raw[0]], kind).trace() + added, rules)
    _remember(family, rules)
    first = rules.firsts[word] if rules.firsts[word] in family else min(family)
    other = _by_turning(first, kind, rules)
    if other is not None:
        return other + family[first]
    for found in sorted(family):
        for rotated in _rotations(found):
            if ROWS[rotated[0]] == ONE:  # what is made of it is a scalar, which shows no word
                continue
            for start, lead in rules.places(rotated):
                rest = rules.replaced(rotated, start, lead, ROWS[rotated[0]])
                if all(_is_smaller(w, first, kind, rules) for _, w in rest.terms if not rules.is_settled(w)):
                    return _whole(rest.trace() + family[found], rules)
    return _plain(first, kind) + family[first]


def _by_turning(word: Word, kind: type[Form], rules: Rules) -> Form | None:
    """The trace of a power of one inverse by that of another one, which comes before it."""
    r, power = word[0], len(word)
    found = turned(r, kind) if len(set(word)) == 1 and is_inverse_of_sum(r) else None
    if found is None:
        return None
    s, constant = found
    following = canonical((s,) * power)
    if following >= word:
        return None
    gap = (kind.identity(ROWS[r]).trace() - kind.identity(ROWS[s]).trace()) / constant**power
    image = _closed(following, kind, rules) + gap
    if not rules.tagged:
        return image
    vanishing = _plain(word, kind) - _plain(following, kind) - gap
    return image + tag_of_scalar(f"traces of powers {power} of letters {r}, {s}", vanishing)


def _plain(word: Word, kind: type[Form]) -> Form:
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        return kind.of(word[0])
    field = Field.of(())
    return kind(ONE, ONE, field, {((word,), ()): field.one}, field.one)


def _family(word: Word, kind: type[Form], rules: Rules) -> tuple[dict[Word, Form], tuple[Word, Form] | None]:
    """The closed words that exchanges lead to, and one that becomes shorter when letters cancel, if any does.

    Each with what has to be added to it, which is 0 but for tags.
    """
    found, pending = {word: kind.number(0)}, [word]
    while pending and len(found) < MAX_CLASS:
        known = pending.pop()
        for rotated in _rotations(known):
            for raw, around in rules.exchanged(rotated):
                following = _normal(raw)
                if following in found:
                    continue
                added = found[known] + around.trace() if around else found[known]
                if len(following) < len(word):
                    return found, (raw, added)
                found[following] = added
                pending.append(following)
    return found, None


def _remember(family: Iterable[Word], rules: Rules) -> None:
    """Keep the first word of a class; what is kept stays, or there might be no end."""
    rules.firsts = dict.fromkeys(family, min(family)) | rules.firsts


def _rotations(word: Word) -> Iterator[Word]:
    """The rotations of a closed word and of its transpose."""
    for w in dict.fromkeys((word, transposed_word(word))):
        for i in range(len(w)):
            yield w[i:] + w[:i]


def _normal(word: Word) -> Word:
    """A closed word without neighbours that cancel, as its representative; links of size 1 are left alone."""
    short = reduce(word)
    while len(short) > 1 and INVERSE[short[0]] == short[-1]:
        short = reduce(short[1:-1])
    return canonical(short) if short else short


def _is_smaller(word: Word, than: Word, kind: type[Form], rules: Rules) -> bool:
    """The order in which every step goes down."""
    short = _normal(word)
    one, other = size_of_word(short), size_of_word(than)
    if one == other and short not in rules.firsts:
        _remember(_family(short, kind, rules)[0], rules)
    return one < other or (one == other and rules.firsts[short] < than)
