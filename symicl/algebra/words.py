"""Words: products of letters, closed into a trace or left open.

A closed word is invariant under rotation, tr(AB) = tr(BA), and under transposition, tr(A) = tr(Aᵀ). Its
canonical form is the least of all its rotations and of the rotations of its transpose. Two closed words
are equal as functions of general matrices if and only if their canonical forms coincide.

A link of dimension 1 makes the product on either side of it a scalar, so a closed word is first cut at
every such link: tr(u vᵀ A w zᵀ) = (vᵀAw)(zᵀu). A letter next to its inverse is dropped, and
the square of a vector of ones is its size.
"""

from collections.abc import Iterable
from itertools import pairwise

from symicl.algebra.letters import COLS, COUNTED, INVERSE, ONE, PARTNER, ROWS

Word = tuple[int, ...]
Monomial = tuple[Word, ...]
"""A product of closed words, sorted."""

_normal: dict[Word, Monomial | None] = {}


def transposed_word(word: Word) -> Word:
    """The reversed word of partners: (ABC)ᵀ = CᵀBᵀAᵀ."""
    return tuple([PARTNER[a] for a in reversed(word)])


def reduce(word: Word) -> Word:
    """An open word without any letter next to its inverse."""
    out: list[int] = []
    for a in word:
        if out and INVERSE[a] == out[-1]:
            out.pop()
        else:
            out.append(a)
    return tuple(out) if len(out) < len(word) else word


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
    reduced = reduce(word)
    while len(reduced) > 1 and INVERSE[reduced[0]] == reduced[-1]:
        reduced = reduce(reduced[1:-1])
    result: Monomial | None
    if not reduced:
        result = None
    else:
        parts = [canonical(part) for part in _cut(reduced)]
        result = tuple(sorted([COUNTED.get(part, part) for part in parts]))
    _normal[word] = result
    return result


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
