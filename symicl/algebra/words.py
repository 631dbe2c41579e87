"""Words: products of letters, closed into a trace or left open.

A closed word is invariant under rotation, tr(AB) = tr(BA), and under transposition, tr(A) = tr(Aᵀ). Its
canonical form is the least of all its rotations and of the rotations of its transpose. Two closed words
are equal as functions of general matrices if and only if their canonical forms coincide.

A link of dimension 1 makes the product on either side of it a scalar, so a closed word is first cut at
every such link: tr(u vᵀ A w zᵀ) = (vᵀAw)(zᵀu).

Words are reduced when they are made, by what is known of their letters (`symicl.algebra.relations` says it):

- a letter next to its inverse is dropped, such as an orthogonal one next to its transpose;
- of two letters of `ABSORBED` the second one is dropped (P P = P), of `DROPPED` both (UᵀU = I);
- neighbours in `DIAGONAL` commute: they stand in the order of their numbers;
- a closed word of `COUNTED` is a number or a product of other words: tr(P) = r, 1ᵀ1 = n, uᵀu = 1.

Reduction is confluent, also around a trace and under transposition: the order of these steps does not matter.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from symicl.algebra.letters import (
    ABSORBED,
    COLS,
    COUNTED,
    DIAGONAL,
    DROPPED,
    INVERSE,
    NUMBERS,
    ONE,
    PARTNER,
    ROWS,
    size_word,
)

Number = int | Fraction
Word = tuple[int, ...]
Monomial = tuple[Word, ...]
"""A product of closed words, sorted."""

_normal: dict[Word, Monomial | None] = {}


def transposed_word(word: Word) -> Word:
    """The reversed word of partners: (ABC)ᵀ = CᵀBᵀAᵀ."""
    turned = tuple([PARTNER[a] for a in reversed(word)])
    return turned if DIAGONAL.isdisjoint(turned) else reduce(turned)


def reduce(word: Word) -> Word:
    """The normal form of an open word."""
    out: list[int] = []
    for a in word:
        if not out:
            out.append(a)
        elif INVERSE[a] == out[-1] or (out[-1], a) in DROPPED:
            out.pop()
        elif a in DIAGONAL and out[-1] in DIAGONAL:
            _insert(out, a)
        elif (out[-1], a) not in ABSORBED:
            out.append(a)
    return tuple(out)


def _insert(out: list[int], a: int) -> None:
    """Put a diagonal letter into the run of diagonal letters at the end of a word, or cancel it against its inverse."""
    place = len(out)
    for i in range(len(out) - 1, -1, -1):
        if out[i] not in DIAGONAL:
            break
        if out[i] == INVERSE[a]:
            del out[i]
            return
        if out[i] > a:
            place = i
    out.insert(place, a)


def _least_rotation(word: Word) -> Word:
    first = min(word)
    best = None
    for i, a in enumerate(word):
        if a == first:
            candidate = word[i:] + word[:i]
            if best is None or candidate < best:
                best = candidate
    assert best is not None
    return best


def canonical(word: Word) -> Word:
    """The representative of a closed word: least among its rotations and those of its transpose."""
    if len(word) == 1:
        return (min(word[0], PARTNER[word[0]]),)
    return min(_least_rotation(word), _least_rotation(transposed_word(word)))


def _cut(word: Word) -> list[Word]:
    """Cut a closed word at its links of dimension 1."""
    cuts = [i for i, a in enumerate(word) if ROWS[a] == ONE]
    if len(cuts) <= 1:
        return [word]
    turned = word[cuts[0] :] + word[: cuts[0]]
    edges = [c - cuts[0] for c in cuts] + [len(word)]
    return [turned[i:j] for i, j in pairwise(edges)]


def closed(word: Word) -> Monomial | None:
    """Normal form of tr(word) as a product of canonical words; None if the word is an identity.

    The caller knows the dimension of that identity, whose trace is the dimension itself.
    """
    try:
        return _normal[word]
    except KeyError:
        pass
    short, size = _reduced_around(reduce(word))
    result: Monomial | None
    if not short:
        result = None if size is None else (size_word(size),)
    else:
        words: list[Word] = []
        for part in map(canonical, _cut(short)):
            words += COUNTED.get(part, (part,))
        result = tuple(sorted(words))
    _normal[word] = result
    return result


def _reduced_around(word: Word) -> tuple[Word, int | None]:
    """A reduced word, reduced across its ends as well; if nothing is left, the size that it has by UᵀU = I."""
    size = None
    while len(word) > 1:
        first, last = word[0], word[-1]
        if INVERSE[first] == last or (last, first) in DROPPED:
            size = size if INVERSE[first] == last else ROWS[last]
            word = reduce(word[1:-1])
        elif (last, first) in ABSORBED:
            word = word[:-1]
        elif last in DIAGONAL and first in DIAGONAL and not DIAGONAL.issuperset(word):
            # The run of diagonal letters across the ends is made one.
            inner = next(i for i, a in enumerate(word) if a not in DIAGONAL)
            word = reduce(word[inner:] + word[:inner])
        else:
            break
    return word, size


def counted(monomial: Monomial, number: Number = 1) -> tuple[Number, Monomial]:
    """A monomial times a number, in which no word stands for a number any more."""
    if NUMBERS.keys().isdisjoint(monomial):
        return number, monomial
    for word in monomial:
        number = number * NUMBERS.get(word, 1)
    return number, tuple([word for word in monomial if word not in NUMBERS])


def word_rows(word: Word) -> int:
    """Row dimension of a non-empty open word."""
    return ROWS[word[0]]


def word_cols(word: Word) -> int:
    """Column dimension of a non-empty open word."""
    return COLS[word[-1]]


def merge(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials."""
    if not a:
        return b
    if not b:
        return a
    return tuple(sorted(a + b))


def common_words(monomials: Iterable[Monomial]) -> Monomial:
    """The words, such as n, that divide every one of the monomials."""
    common: list[Word] | None = None
    for monomial in monomials:
        rest = list(monomial)
        if common is None:
            common = rest
            continue
        kept = []
        for word in common:
            if word in rest:
                rest.remove(word)
                kept.append(word)
        common = kept
        if not common:
            break
    return tuple(sorted(common or ()))


def divide(monomial: Monomial, words: Monomial) -> Monomial:
    """A monomial without words that divide it."""
    rest = list(monomial)
    for word in words:
        rest.remove(word)
    return tuple(rest)


def open_product(left: Word, right: Word, link: int) -> tuple[Monomial, Word]:
    """The product of two open words, with scalars that arise at links of dimension 1 moved in front."""
    if link == ONE and left and right and (ROWS[left[0]] == ONE or COLS[right[-1]] == ONE):
        # One side is a scalar (its outer dimension is 1 too), so it leaves the word.
        if ROWS[left[0]] == ONE and COLS[left[-1]] == ONE:
            return closed(left) or (), right
        return closed(right) or (), left
    word = reduce(left + right) if left and right else left + right
    if word and ROWS[word[0]] == ONE and COLS[word[-1]] == ONE:
        return closed(word) or (), ()
    cuts = [i for i, a in enumerate(word) if ROWS[a] == ONE]
    if word and COLS[word[-1]] == ONE:
        cuts.append(len(word))
    if len(cuts) < 2:
        return (), word
    inner = closed(word[cuts[0] : cuts[-1]]) or ()
    return inner, word[: cuts[0]] + word[cuts[-1] :]
