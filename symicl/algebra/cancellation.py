"""Closed forms in which no inverse of a sum stands beside that sum: H (H + I)⁻¹ becomes I − (H + I)⁻¹.

Words that differ by exchanges only (see `symicl.algebra.resolvents`) are one class; for traces so are their rotations
and transposes. In a class a relation or a meeting is looked for that writes the word as a sum of smaller ones: fewer
letters, then fewer inverses of letters, then an earlier class. Every step is an equality, so that two closed forms with
equal results are equal; each step makes words smaller, so that there is an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce as fold
from operator import add, matmul
from typing import Any

from symicl.algebra.coefficients import Coefficient, Field
from symicl.algebra.letters import COLS, INVERSE, MEANING, ONE, PARTNER, ROWS
from symicl.algebra.provenance import unheard
from symicl.algebra.resolvents import commute, exchanged, is_inverse_of_sum, meeting, relations, standard
from symicl.algebra.resolvents import turned as turned_inverse
from symicl.algebra.words import Word, canonical, reduce, transposed_word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

Part = tuple[Form, Word]
"""A scalar and the word that it stands in front of."""

MAX_CLASS = 300
"""Words of one class that are looked at."""

_open_images: dict[tuple[Word, int], Form] = {}
_closed_images: dict[Word, Form] = {}


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

    It equals the given one wherever the inverses exist and no denominator vanishes.
    """
    if not has_inverse_of_sum(form):
        return form
    kind = type(form)
    parts = []
    for (monomial, word), coefficient in form.terms.items():
        scalar = _scalar(coefficient, form)
        for trace in monomial:
            scalar = scalar * _closed(trace, kind)
        identity = kind.number(1) if form.is_scalar else kind.identity(form.rows)
        parts.append((_open(word, kind) if word else identity) * scalar)
    return fold(add, parts, kind.zero(form.rows, form.cols)) / _scalar(form.denominator, form)


def _scalar(coefficient: Coefficient, form: Form) -> Form:
    """A coefficient of a form, in which the traces of the field have been cancelled."""
    kind, field = type(form), form.field
    if not any(_has_inverse(word) for word in field.used(coefficient)):
        return kind(ONE, ONE, field, {((), ()): coefficient} if coefficient else {}, field.one)
    total = kind.number(0)
    for words, c in field.in_words(coefficient):
        total = total + fold(lambda product, word: product * _closed(word, kind), words, kind.number(c))
    return total


def _has_inverse(word: Word) -> bool:
    return any(map(is_inverse_of_sum, word))


# Images of words


def _open(word: Word, kind: type[Form]) -> Form:
    """An open word, cancelled."""
    if not _has_inverse(word):
        return _plain_open(word, kind)
    key = word, ROWS[word[0]]
    if key not in _open_images:
        _open_images[key] = _open_image(word, kind)
    return _open_images[key]


def _open_image(word: Word, kind: type[Form]) -> Form:
    scale, plain = _standardised(word, kind)
    if plain != word:
        return cancelled(_product((plain,), ROWS[word[0]], kind)) * scale
    family, shorter = _family(word, lambda w: _neighbours(w, kind), reduce)
    if shorter is not None:
        return cancelled(_product((shorter,), ROWS[word[0]], kind))
    first = min(family)
    for found in sorted(family):
        for parts in _rewritings(found, kind):
            if all(_is_smaller(reduce(w), first, lambda w: _first_open(w, kind)) for _, w in parts):
                images = [cancelled(_product((w,), ROWS[word[0]], kind)) * c for c, w in parts]
                return fold(add, images)
    return _plain_open(first, kind)


def _closed(word: Word, kind: type[Form]) -> Form:
    """The trace of a closed word, cancelled."""
    if not _has_inverse(word):
        return _plain_closed(word, kind)
    if word not in _closed_images:
        _closed_images[word] = _closed_image(word, kind)
    return _closed_images[word]


def _closed_image(word: Word, kind: type[Form]) -> Form:
    scale, plain = _standardised(word, kind)
    if plain != word:
        return cancelled(_product((plain,), ROWS[word[0]], kind).trace()) * scale
    family, shorter = _family(word, lambda w: _turning_neighbours(w, kind), _closed_word)
    if shorter is not None:
        return cancelled(_product((shorter,), ROWS[shorter[0]], kind).trace())
    first = min(family)
    other = _by_turning(first, kind)
    if other is not None:
        return other
    for found in sorted(family):
        for turned in _turns(found):
            if not is_inverse_of_sum(turned[0]):
                continue
            for parts in _rewritings_at(turned, 0, kind):
                if all(_is_smaller(reduce(w), first, lambda w: _first_closed(w, kind)) for _, w in parts):
                    rows = ROWS[turned[0]]
                    return fold(add, [cancelled(_product((w,), rows, kind).trace()) * c for c, w in parts])
    return _plain_closed(first, kind)


def _by_turning(word: Word, kind: type[Form]) -> Form | None:
    """The trace of a power of one inverse by that of another one, which comes before it."""
    found = turned_inverse(word[0], kind) if len(set(word)) == 1 and is_inverse_of_sum(word[0]) else None
    if found is None:
        return None
    s, constant = found
    power = len(word)
    following = canonical((s,) * power)
    if following >= word:
        return None
    sizes = kind.identity(ROWS[word[0]]).trace() - kind.identity(ROWS[s]).trace()
    return _closed(following, kind) + sizes / constant**power


def _plain_open(word: Word, kind: type[Form]) -> Form:
    field = Field.of(())
    return kind(ROWS[word[0]], COLS[word[-1]], field, {((), word): field.one}, field.one)


def _plain_closed(word: Word, kind: type[Form]) -> Form:
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        return kind.of(word[0])
    field = Field.of(())
    return kind(ONE, ONE, field, {((word,), ()): field.one}, field.one)


def _product(words: Iterable[Word], rows: int, kind: type[Form]) -> Form:
    """The product of all letters of words; the identity if there is none."""
    letters = [kind.of(a) for word in words for a in word]
    return fold(matmul, letters) if letters else kind.identity(rows)


def _standardised(word: Word, kind: type[Form]) -> tuple[Form, Word]:
    """A word with standard inverses, and the scalar in front of it."""
    scale, letters = kind.number(1), list[int]()
    for a in word:
        if is_inverse_of_sum(a):
            factor, replaced = standard(a, kind)
            scale = scale * factor
            letters += replaced
        else:
            letters.append(a)
    return scale, tuple(letters)


# Classes of words


def _family(
    word: Word, neighbours: Callable[[Word], Iterator[Word]], normal: Callable[[Word], Word]
) -> tuple[set[Word], Word | None]:
    """The words that exchanges lead to, and one of them that becomes shorter when letters cancel, if there is one."""
    found, pending = {word}, [word]
    while pending and len(found) < MAX_CLASS:
        for raw in neighbours(pending.pop()):
            following = normal(raw)
            if len(following) < len(word):
                return found, raw
            if following not in found:
                found.add(following)
                pending.append(following)
    return found, None


def _neighbours(word: Word, kind: type[Form]) -> Iterator[Word]:
    """The words that one exchange makes of an open one."""
    for i in range(len(word) - 1):
        pair = _exchanged_pair(word[i], word[i + 1], kind)
        if pair is not None:
            yield word[:i] + pair + word[i + 2 :]


def _turning_neighbours(word: Word, kind: type[Form]) -> Iterator[Word]:
    """The words that one exchange makes of a closed one."""
    if len(word) == 1:
        return
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        pair = _exchanged_pair(turned[0], turned[1], kind)
        if pair is not None:
            yield pair + turned[2:]


def _exchanged_pair(a: int, b: int, kind: type[Form]) -> Word | None:
    left, right = is_inverse_of_sum(a), is_inverse_of_sum(b)
    if left and right:
        return (b, a) if a != b and commute(a, b, kind) else None
    if right:
        r = exchanged(a, b, kind)
        return None if r is None else (r, a)
    if left:  # R x is the transpose of x' R'
        r = exchanged(PARTNER[b], PARTNER[a], kind)
        return None if r is None else (b, PARTNER[r])
    return None


def _turns(word: Word) -> Iterator[Word]:
    """The rotations of a closed word and of its transpose."""
    for w in dict.fromkeys((word, transposed_word(word))):
        for i in range(len(w)):
            yield w[i:] + w[:i]


def _closed_word(word: Word) -> Word:
    """A closed word without neighbours that cancel, as its representative; links of size 1 are left alone."""
    short = reduce(word)
    while len(short) > 1 and INVERSE[short[0]] == short[-1]:
        short = reduce(short[1:-1])
    return canonical(short) if short else short


# Smaller words


def _rewritings(word: Word, kind: type[Form]) -> Iterator[list[Part]]:
    """The ways to write an open word as a sum, at each inverse in it."""
    for i, a in enumerate(word):
        if is_inverse_of_sum(a):
            yield from _rewritings_at(word, i, kind)
            mirrored = transposed_word(word)
            for parts in _by_relations(mirrored, len(word) - 1 - i, kind):
                yield [(c, transposed_word(w)) for c, w in parts]


def _rewritings_at(word: Word, i: int, kind: type[Form]) -> Iterator[list[Part]]:
    """The ways to write a word as a sum, by what stands on the right of one inverse."""
    yield from _by_relations(word, i, kind)
    if i + 1 < len(word) and is_inverse_of_sum(word[i + 1]):
        found = meeting(word[i], word[i + 1], kind)
        if found is not None:
            of_second, of_first = found
            before, after = word[:i], word[i + 2 :]
            yield [(of_second, (*before, word[i + 1], *after)), (of_first, (*before, word[i], *after))]


def _by_relations(word: Word, i: int, kind: type[Form]) -> Iterator[list[Part]]:
    before, rest = word[: i + 1], word[i + 1 :]
    for terms, right in relations(word[i], kind):
        for leading, c in terms.items():
            if not leading or rest[: len(leading)] != leading:
                continue
            after = rest[len(leading) :]
            others = [(-e / c, before + w + after) for w, e in terms.items() if w != leading]
            yield [(1 / c, word[:i] + right + after), *others]


def _is_smaller(word: Word, than: Word, first: Callable[[Word], Word]) -> bool:
    """The order in which every step goes down; ``first`` gives the representative of a class."""
    one, other = _size(word), _size(than)
    return one < other or (one == other and first(word) < than)


def _size(word: Word) -> tuple[int, int]:
    return len(word), sum(isinstance(MEANING[min(a, PARTNER[a])], tuple) for a in word)


def _first_open(word: Word, kind: type[Form]) -> Word:
    return min(_family(word, lambda w: _neighbours(w, kind), reduce)[0])


def _first_closed(word: Word, kind: type[Form]) -> Word:
    return min(_family(_closed_word(word), lambda w: _turning_neighbours(w, kind), _closed_word)[0])
