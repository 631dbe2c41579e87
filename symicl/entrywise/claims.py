"""The moment of one monomial as a claim about all sizes: links between the Gaussians, and what is said of them.

A closed word such as tr(Z' A Z B) is cut at the Gaussians into *links*, here A and B. A link is a matrix that joins two
ends of Gaussians, row ends or column ends; where it passes through a side of size 1, as a w' does, it is cut in two.
See ``docs/second-engine.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symicl.entrywise.proof_log import ProofLog

Word = tuple[int, ...]
Side = int | str
"""A size: a number, or a name."""

ROW, COL, ONE = 0, 1, 2


class Link(NamedTuple):
    """What stands between two Gaussians.

    Attributes
    ----------
    word : tuple of int
        Letters; negative ones are transposed. Empty for the identity.
    start, end : ROW, COL or ONE
        Which end of the Gaussian before it, and of the one after it, it joins; ONE is a side of size 1.
    """

    word: Word
    start: int
    end: int


class Term(NamedTuple):
    """A number times powers of sizes times traces of words."""

    number: Fraction
    powers: tuple[tuple[str, int], ...]
    words: tuple[Word, ...]


@dataclass(frozen=True)
class MomentClaim:
    """E[Π tr(words)] = Σ terms over a Gaussian with E Z_ia Z_jb = U_ij V_ab.

    Attributes
    ----------
    letter : int
        Z.
    sides : (rows, cols)
        The sizes of Z.
    covariances : (U, V)
        Letters, 0 for the identity.
    words : tuple of words
        Closed words that all contain Z.
    terms : tuple of Term
        Without the scale of the law, whose power is the same in all of them.
    symmetric : frozenset of int
        Letters that are their own transpose.
    shapes : dict
        The two sides of each letter.
    """

    letter: int
    sides: tuple[Side, Side]
    covariances: tuple[int, int]
    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    symmetric: frozenset[int]
    shapes: Mapping[int, tuple[Side, Side]]

    def side(self, kind: int) -> Side:
        """The size of a kind of ends."""
        return 1 if kind == ONE else self.sides[kind]

    def covariance(self, kind: int) -> int:
        """What meets at a kind of ends, 0 for the identity."""
        return 0 if kind == ONE else self.covariances[kind]

    def turned(self, word: Word) -> Word:
        """The transpose of a word."""
        return tuple(a if abs(a) in self.symmetric else -a for a in reversed(word))

    def cut(self) -> list[list[tuple[bool, list[Link]]]]:
        """For each word its Gaussians, whether each is transposed, and the links that follow it."""
        z, out = self.letter, []
        for word in self.words:
            places = [i for i, a in enumerate(word) if abs(a) == z]
            found = []
            for i, j in zip(places, [*places[1:], places[0] + len(word)], strict=True):
                turned, next_turned = word[i] < 0, word[j % len(word)] < 0
                between = self._normal(tuple(word[k % len(word)] for k in range(i + 1, j)))
                ends = (ROW if turned else COL, COL if next_turned else ROW)
                found.append((turned, self._pieces(between, *[self._kind(end) for end in ends])))
            out.append(found)
        return out

    def _kind(self, end: int) -> int:
        return ONE if self.sides[end] == 1 and not self.covariances[end] else end

    def _pieces(self, word: Word, start: int, end: int) -> list[Link]:
        """A link, cut where it passes through a side of size 1."""
        pieces, here, kind = [], 0, start
        for k in range(1, len(word)):
            if self.shapes[abs(word[k])][word[k] < 0] == 1:
                pieces.append(Link(word[here:k], kind, ONE))
                here, kind = k, ONE
        return [*pieces, Link(word[here:], kind, end)]

    def _normal(self, word: Word) -> Word:
        return tuple(abs(a) if abs(a) in self.symmetric else a for a in word)

    def reversed(self, link: Link) -> Link:
        """The same link, read from its other end."""
        return Link(self.turned(link.word), link.end, link.start)

    def is_identity(self, link: Link) -> bool:
        """Whether a link is the identity and meets no covariance but the identity."""
        return not link.word and not self.covariance(link.start) and not self.covariance(link.end)

    def read(self, term: Term, links: Sequence[Link]) -> list[list[tuple[int, bool]]] | None:
        """A term as traces of products of links, each link used once; None if its words are not made of them.

        A covariance stands where two links meet at row ends or at column ends.

        Parameters
        ----------
        links : sequence of Link
            Those that are not the identity.

        Returns
        -------
        list of list of (number of the link, whether it is transposed)
            A list for each word.
        """
        normal = [self._normal(word) for word in term.words]
        return self._read_words(normal, links, frozenset(range(len(links))))

    def _read_words(
        self, words: Sequence[Word], links: Sequence[Link], left: frozenset[int]
    ) -> list[list[tuple[int, bool]]] | None:
        if not words:
            return None if left else []
        for used in self._segmentations(words[0], links, left):
            rest = self._read_words(words[1:], links, left - {i for i, _ in used})
            if rest is not None:
                return [used, *rest]
        return None

    def _segmentations(
        self, word: Word, links: Sequence[Link], left: frozenset[int]
    ) -> Iterator[list[tuple[int, bool]]]:
        """Ways to read a closed word as links and covariances, from any letter of it."""
        for r in range(len(word)):
            turned = word[r:] + word[:r]
            for i in sorted(left):
                for flip in (False, True):
                    link = self.reversed(links[i]) if flip else links[i]
                    yield from self._extended(turned, 0, link.start, link, [(i, flip)], links, left - {i})

    def _extended(
        self,
        word: Word,
        position: int,
        first: int,
        link: Link,
        used: list[tuple[int, bool]],
        links: Sequence[Link],
        left: frozenset[int],
    ) -> Iterator[list[tuple[int, bool]]]:
        covariance = self.covariance(link.end)
        piece = link.word + ((covariance,) if covariance else ())
        if word[position : position + len(piece)] != piece:
            return
        position += len(piece)
        if position == len(word) and link.end == first:
            yield used
        if position < len(word):
            for i in sorted(left):
                for flip in (False, True):
                    following = self.reversed(links[i]) if flip else links[i]
                    if following.start == link.end:
                        yield from self._extended(
                            word, position, first, following, [*used, (i, flip)], links, left - {i}
                        )


def claims_of(log: ProofLog) -> Iterator[tuple[int, MomentClaim]]:
    """What a proof log says about single monomials, steps added up; the id of the entry with each."""
    symmetric = frozenset(
        a
        for a, line in log.letters.items()
        if line.get("symmetric") or (line["rows"], line["cols"]) == (1, 1)
    )
    shapes = {a: (line["rows"], line["cols"]) for a, line in log.letters.items()}
    sizes = {a: name for name, a in log.size_letters.items() if a}
    known: dict[int, tuple[Term, ...]] = {0: (Term(Fraction(1), (), ()),)}
    for line in log.rule("stein"):
        merged: dict[tuple[tuple[tuple[str, int], ...], tuple[Word, ...]], Fraction] = {}
        for number, words, smaller in line["equals"]:
            for term in known[smaller]:
                powers = dict(term.powers)
                traces = list(term.words)
                for word in words:
                    if len(word) == 1 and word[0] in sizes:
                        powers[sizes[word[0]]] = powers.get(sizes[word[0]], 0) + 1
                    else:
                        traces.append(tuple(word))
                key = (tuple(sorted(powers.items())), tuple(sorted(traces)))
                merged[key] = merged.get(key, Fraction(0)) + Fraction(number) * term.number
        known[line["id"]] = tuple(Term(c, powers, words) for (powers, words), c in merged.items() if c)
        z = log.letters[line["letter"]]
        yield (
            line["id"],
            MomentClaim(
                line["letter"],
                (z["rows"], z["cols"]),
                (z["law"]["row_cov"], z["law"]["col_cov"]),
                tuple(tuple(w) for w in line["words"]),
                known[line["id"]],
                symmetric,
                shapes,
            ),
        )


def degree(claim: MomentClaim, links: Sequence[Link], side: str) -> int:
    """The bound of the lemma: the number of identity links of a size."""
    return sum(claim.side(link.start) == side for link in links if claim.is_identity(link))
