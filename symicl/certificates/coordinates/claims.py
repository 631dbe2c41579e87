"""The moment of one monomial as a claim about all sizes: links between the Gaussians, and what is said of them.

A closed word such as tr(Z' A Z B) is cut at the Gaussians into *links*, here A and B. A link is a matrix that joins two
ends of Gaussians, row ends or column ends; where it passes through a side of size 1, as a w' does, it is cut in two.
See ``docs/second-engine.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from symicl.certificates.coordinates.proof_log import ProofLog

Word = tuple[int, ...]
Side = int | str
"""A size: a number, or a name."""

ROW, COL, ONE = 0, 1, 2


class Link(NamedTuple):
    """The factors between two Gaussians.

    Attributes
    ----------
    word : tuple of int
        Letters; negative ones are transposed. Empty for the identity.
    start, end : ROW, COL or ONE
        Which end of the Gaussian before it, and of the one after it, it joins; ONE is a side of size 1.
    lead, trail : int
        How many inverses of the covariance at its start and at its end are split off; all at the start if nothing
        else is left.
    """

    word: Word
    start: int
    end: int
    lead: int = 0
    trail: int = 0


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
    inverses : dict
        The letter that is the inverse of a symmetric one.
    """

    letter: int
    sides: tuple[Side, Side]
    covariances: tuple[int, int]
    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    symmetric: frozenset[int]
    shapes: Mapping[int, tuple[Side, Side]]
    inverses: Mapping[int, int] = field(default_factory=dict)

    def side(self, kind: int) -> Side:
        """The size of a kind of ends."""
        return 1 if kind == ONE else self.sides[kind]

    def covariance(self, kind: int) -> int:
        """The covariance that meets ends of a kind; 0 for the identity."""
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
                pieces.append(self._stripped(word[here:k], kind, ONE))
                here, kind = k, ONE
        return [*pieces, self._stripped(word[here:], kind, end)]

    def _stripped(self, word: Word, start: int, end: int) -> Link:
        """A link without the inverses of the covariances that it meets."""
        before, after = (self.inverses.get(self.covariance(kind), 0) for kind in (start, end))
        lead = trail = 0
        while before and word[:1] == (before,):
            word, lead = word[1:], lead + 1
        while after and word[-1:] == (after,):
            word, trail = word[:-1], trail + 1
        return Link(word, start, end, lead, trail)

    def _normal(self, word: Word) -> Word:
        return tuple(abs(a) if abs(a) in self.symmetric else a for a in word)

    def reversed(self, link: Link) -> Link:
        """The same link, read from its other end."""
        if not link.word and link.start == link.end:
            return link
        return Link(self.turned(link.word), link.end, link.start, link.trail, link.lead)

    def is_identity(self, link: Link) -> bool:
        """True if a link is the inverse of the covariance at both of its ends, as nothing is of the identity."""
        if link.word or self.covariance(link.start) != self.covariance(link.end):
            return False
        return link.lead + link.trail == (1 if self.covariance(link.start) else 0)

    def joint(self, link: Link, following: Link) -> Word:
        """The word where two links meet: the covariance, less the inverses that were split off."""
        covariance = self.covariance(link.end)
        if not covariance:
            return ()
        power = 1 - link.trail - following.lead
        return (covariance,) * power if power >= 0 else (self.inverses[covariance],) * -power

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
                    yield from self._extended(turned, [(i, flip)], [link], links, left - {i})

    def _extended(
        self,
        word: Word,
        used: list[tuple[int, bool]],
        placed: list[Link],
        links: Sequence[Link],
        left: frozenset[int],
    ) -> Iterator[list[tuple[int, bool]]]:
        """Go on after the links that are placed; ``word`` starts with the last of them."""
        first, link = placed[0], placed[-1]
        if word[: len(link.word)] != link.word:
            return
        word = word[len(link.word) :]
        if link.end == first.start and word == self.joint(link, first):
            yield used
        for i in sorted(left):
            for flip in (False, True):
                following = self.reversed(links[i]) if flip else links[i]
                joint = self.joint(link, following)
                if following.start == link.end and word[: len(joint)] == joint:
                    rest = word[len(joint) :]
                    yield from self._extended(
                        rest, [*used, (i, flip)], [*placed, following], links, left - {i}
                    )


def claims_of(log: ProofLog) -> Iterator[tuple[int, MomentClaim]]:
    """The claims of a proof log about single monomials, steps added up; the id of the entry with each."""
    symmetric = frozenset(
        a
        for a, line in log.letters.items()
        if line.get("symmetric") or (line["rows"], line["cols"]) == (1, 1)
    )
    shapes = {a: (line["rows"], line["cols"]) for a, line in log.letters.items()}
    inverses: dict[int, int] = {}
    for a, line in log.letters.items():
        if (base := line.get("inverse_of")) in log.letters and a in symmetric:
            inverses |= {a: base, base: a}
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
                inverses,
            ),
        )


def degree(claim: MomentClaim, links: Sequence[Link], side: str) -> int:
    """The bound of the lemma: the number of identity links of a size."""
    return sum(claim.side(link.start) == side for link in links if claim.is_identity(link))
