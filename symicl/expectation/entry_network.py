"""Traces of products in which one matrix is replaced by sums over its entries, and such sums as traces again.

Each occurrence of Z in closed words has a row index and a column index, and the *links* between occurrences join these
indices. If some occurrences are one and the same entry, their indices coincide. A sum over an index that joins two
ends of links is a product of matrices, and one that joins none is the size; a vector of ones joins nothing unless it
stands beside one end alone. With more ends the sum is an entrywise product, which no word can say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from sympy.core.basic import Basic
from sympy.matrices.expressions import OneMatrix

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    Centring,
    Covariance,
    Monomial,
    OnesVector,
    Polynomial,
    Word,
    closed,
    counted,
    diagonal_part,
    dimension_value,
    meaning_of,
    merge,
    scalar_letter,
    transposed_word,
)
from symicl.errors import UnsupportedError
from symicl.expectation.integrand import DIAGONAL_PARTS


class EntrywiseProduct(UnsupportedError):
    """An average that is no product of matrices, but a sum over entries; `symicl.expectation.index_sums` takes it."""


class End(NamedTuple):
    """The row index (side 0) or column index (side 1) of an occurrence of Z; an occurrence of −1 is no end at all."""

    occurrence: int
    side: int


NOWHERE = End(-1, 0)


class Link(NamedTuple):
    """The factors between two ends; the empty word for an identity."""

    word: Word
    start: End
    end: End


class Network:
    """The links of a monomial whose words all contain Z.

    Parameters
    ----------
    monomial : tuple of closed words
    z : int
        The letter Z.
    """

    def __init__(self, monomial: Monomial, z: int):
        self.sides = ROWS[z], COLS[z]
        meaning: Any = MEANING[z]
        tag = isinstance(meaning, tuple) and [str(MEANING.get(part) or part) for part in meaning]
        self.name = " ".join(tag) if tag else str(getattr(meaning, "name", meaning))
        self.links: list[Link] = []
        self.constant: Monomial = ()
        self.size = 0
        for word in monomial:
            self._cut(word, z)

    def _cut(self, word: Word, z: int) -> None:
        places = [i for i, a in enumerate(word) if a in (z, PARTNER[z])]
        first = self.size
        self.size += len(places)
        for k, i in enumerate(places):
            following = (k + 1) % len(places)
            j = places[following]
            between = word[i + 1 : j] if j > i else word[i + 1 :] + word[:j]
            start = End(first + k, int(word[i] == z))
            end = End(first + following, int(word[j] != z))
            self._add(between, start, end)

    def _add(self, word: Word, start: End, end: End) -> None:
        """A link, cut where it passes through a side of size 1."""
        if self.sides[start.side] == ONE:
            start = NOWHERE
        if self.sides[end.side] == ONE:
            end = NOWHERE
        cuts = [i for i in range(1, len(word)) if ROWS[word[i]] == ONE]
        if not cuts:
            if start == end == NOWHERE:
                self.constant = merge(self.constant, (closed(word) or ()) if word else ())
            else:
                self.links.append(Link(word, start, end))
            return
        self._add(word[: cuts[0]], start, NOWHERE)
        self.constant = merge(self.constant, (closed(word[cuts[0] : cuts[-1]]) or ()) if cuts[1:] else ())
        self._add(word[cuts[-1] :], NOWHERE, end)

    def total(self, blocks: Sequence[Sequence[int]]) -> tuple[Monomial, Polynomial]:
        """Σ over all entries of the product of links, where the occurrences of a block are one entry.

        Raises
        ------
        UnsupportedError
            If that is an entrywise product.
        """
        block_of = {i: b for b, block in enumerate(blocks) for i in block}
        root: dict[tuple[int, int], tuple[int, int]] = {}

        def find(node: tuple[int, int]) -> tuple[int, int]:
            while root.get(node, node) != node:
                node = root[node]
            return node

        def node(end: End) -> tuple[int, int]:
            return find((block_of[end.occurrence], end.side))

        nodes = {(b, side) for b in range(len(blocks)) for side in (0, 1) if self.sides[side] != ONE}
        for link in self.links:
            if not link.word:
                a, b = node(link.start), node(link.end)
                root[max(a, b)] = min(a, b)
        joined: dict[tuple[int, int], list[tuple[int, bool]]] = {find(x): [] for x in nodes}
        plain: dict[tuple[int, int], list[tuple[int, bool]]] = {find(x): [] for x in nodes}
        for i, link in enumerate(self.links):
            for end, is_end in ((link.start, False), (link.end, True)):
                if link.word and end != NOWHERE:
                    (plain if self._is_ones(link) else joined)[node(end)].append((i, is_end))
        factor = Polynomial.constant(1)
        links = list(self.links)
        for place, ends in joined.items():
            if len(ends) > 2 and DIAGONAL_PARTS.get():
                ends[:], number = _with_diagonal_parts(links, ends)
                factor = factor * number
            ends += plain[place][:1] if len(ends) == 1 else []
            if len(ends) not in (0, 2):
                self._refuse(place, ends)
            if not ends:
                factor = factor * dimension_value(self.sides[place[1]])
        return self._chained(links, joined, factor)

    def joined(self, partner: Mapping[End, End], between: Word = ()) -> tuple[Monomial, Polynomial]:
        """The product of links where ends are joined in pairs, with a symmetric word in between."""
        at: dict[End, tuple[int, bool]] = {}
        for i, link in enumerate(self.links):
            at |= {
                end: (i, is_end) for end, is_end in ((link.start, False), (link.end, True)) if end != NOWHERE
            }
        left = set(range(len(self.links)))
        starts = [(i, link.start != NOWHERE) for i, link in enumerate(self.links) if NOWHERE in link]
        result, factor = self.constant, Polynomial.constant(1)
        # Those that begin nowhere first: what is left then are circles.
        for i, is_end in [*starts, *((i, False) for i in sorted(left))]:
            if i not in left:
                continue
            word: Word = ()
            side = self.sides[self.links[i].end.side]
            while i in left:
                left.remove(i)
                link = self.links[i]
                word += transposed_word(link.word) if is_end else link.word
                leaving = link.start if is_end else link.end
                if leaving == NOWHERE:
                    break
                word += between
                i, is_end = at[partner[leaving]]
            monomial = closed(word) if word else None
            if monomial is None:
                factor = factor * dimension_value(ROWS[word[0]] if word else side)
            result = merge(result, monomial or ())
        number, result = counted(result)
        return result, factor * number

    @staticmethod
    def _is_ones(link: Link) -> bool:
        """True for a vector of ones."""
        return len(link.word) == 1 and any(
            isinstance(MEANING[a], OneMatrix | OnesVector) for a in (link.word[0], PARTNER[link.word[0]])
        )

    def _refuse(self, place: tuple[int, int], ends: Sequence[tuple[int, bool]]) -> None:
        names = sorted({" ".join(map(_shown, self.links[i].word)) for i, _ in ends})
        size = DIMENSIONS[self.sides[place[1]]]
        raise EntrywiseProduct(
            f"the average over {self.name} has a sum over one index of size {size} of {len(ends)} entries of "
            f"{', '.join(names)}: an entrywise product, which is no product of matrices; it is one where these are "
            "multiples of the identity, and expect_at() takes it at given sizes"
        )

    def _chained(
        self,
        links: Sequence[Link],
        joined: dict[tuple[int, int], list[tuple[int, bool]]],
        factor: Polynomial,
    ) -> tuple[Monomial, Polynomial]:
        """The links put together at the indices that join two of their ends."""
        partner: dict[tuple[int, bool], tuple[int, bool]] = {}
        for a, b in filter(None, joined.values()):
            partner[a], partner[b] = b, a
        used = {i for i, _ in partner}
        left = {i for i, link in enumerate(links) if link.word and (i in used or not self._is_ones(link))}
        result = self.constant
        # Those that begin nowhere first: what is left then are circles.
        dangling = [
            (i, is_end) for i in sorted(left) for is_end in (False, True) if (i, is_end) not in partner
        ]
        for i, is_end in [*dangling, *((i, False) for i in sorted(left))]:
            word: Word = ()
            while i in left:
                left.remove(i)
                word += transposed_word(links[i].word) if is_end else links[i].word
                i, is_end = partner.get((i, not is_end), (-1, False))
            monomial = closed(word) if word else ()
            if monomial is None:
                factor = factor * dimension_value(ROWS[word[0]])
            result = merge(result, monomial or ())
        number, result = counted(result)
        return result, factor * number


def _with_diagonal_parts(
    links: list[Link], ends: list[tuple[int, bool]]
) -> tuple[list[tuple[int, bool]], Polynomial]:
    """Two ends at an index, once each link that begins and ends there has become a factor in between; or all ends.

    The diagonal of I − 11ᵀ/n is the number 1 − 1/n, a factor of all.
    """
    numbers, factor = [i for i, _ in ends], Polynomial.constant(1)
    loops = sorted({i for i in numbers if numbers.count(i) == 2}, key=lambda i: _order(links[i].word))
    kept = [end for end in ends if end[0] not in loops]
    if not kept:
        kept = [end for end in ends if end[0] == loops[0]]
        loops = loops[1:]
    if len(kept) != 2 or not all(_has_symbols(links[k].word) for k in loops):
        return ends, factor
    between: Word = ()
    for k in loops:
        word = links[k].word
        if len(word) == 1 and isinstance(MEANING[word[0]], Centring):
            n = dimension_value(ROWS[word[0]])
            factor = factor * (Polynomial.constant(1) - _reciprocal(n))
        else:
            between = (*between, diagonal_part(word))
        links[k] = links[k]._replace(word=())
    (i, is_end), _ = kept
    word = links[i].word
    links[i] = links[i]._replace(word=(*word, *between) if is_end else (*between, *word))
    return kept, factor


def _reciprocal(size: Polynomial) -> Polynomial:
    ((monomial, number),) = size.terms.items()
    if not monomial:
        return Polynomial.constant(1 / Fraction(number))
    symbol: Any = MEANING[monomial[0][0]]
    return Polynomial({((scalar_letter(1 / symbol),),): 1})


def _order(word: Word) -> tuple[Any, ...]:
    """The order in which words are kept as products: first what is to be cut out of a result, covariances last."""
    is_covariance = all(isinstance(meaning_of(a), Covariance) for a in word)
    return _has_symbols(word), is_covariance, -len(word), min(word, transposed_word(word))


def _has_symbols(word: Word) -> bool:
    return all(isinstance(meaning_of(a), Basic) for a in word)


def _shown(a: int) -> str:
    """A letter as errors name it; the letter that a matrix is cut out of stands for the result."""
    meaning = MEANING[min(a, PARTNER[a])]
    return "(the result)" if isinstance(meaning, tuple) and meaning[0] == "probe" else str(meaning)


def even_partitions(items: Sequence[int], sizes: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """All partitions into blocks of the given even sizes."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in sizes:
        for chosen in _choices(rest, size - 1):
            left = [x for x in rest if x not in chosen]
            for others in even_partitions(left, sizes):
                yield [(first, *chosen), *others]


def _choices(items: Sequence[int], count: int) -> Iterator[tuple[int, ...]]:
    if count == 0:
        yield ()
        return
    for k, item in enumerate(items):
        for rest in _choices(items[k + 1 :], count - 1):
            yield (item, *rest)


def averaged(polynomial: Polynomial, z: int, mean: Callable[[Monomial], Polynomial]) -> Polynomial:
    """A polynomial in which the words with a letter, product by product, have become their mean."""
    known: dict[Monomial, Polynomial] = {}
    result = Polynomial()
    for monomial, c in polynomial:
        core = tuple(w for w in monomial if z in w or PARTNER[z] in w)
        constant = tuple(w for w in monomial if w not in core)
        if core not in known:
            known[core] = mean(core)
        result = result + known[core] * Polynomial({constant: c})
    return result
