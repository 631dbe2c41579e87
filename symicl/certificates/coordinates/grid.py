"""The grid proof: agreement at finitely many sizes and matrix units proves a moment for all sizes and all letters.

The lemma, with its proof, is in ``docs/second-engine.md``. In short: for fixed units in the place of the links the two
sides are polynomials in the sizes, of a degree in each that is at most the number of identity links of that size; and
units with pairwise equal indices read off every coefficient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

from symicl.certificates.coordinates.claims import Link, MomentClaim, degree

BUDGET = 200_000
"""Products of entries that one proof may average; larger monomials are compared at instances only."""

Unit = tuple[int, int]
"""The row and the column of the only entry of a matrix that is not 0."""

Reading = tuple[Fraction, Mapping[str, int], list[list[tuple[int, bool]]]]


@dataclass(frozen=True)
class GridProof:
    """A claim about one monomial, ready to be evaluated.

    Attributes
    ----------
    claim : MomentClaim
    gaussians : list of (transposed, links after it), word by word
    slots : list of Link
        The links that are not the identity, which are replaced by units.
    readings : list
        The stated terms as traces of products of slots.
    degrees : dict
        From each size to the bound on the degree.
    """

    claim: MomentClaim
    gaussians: list[list[tuple[bool, list[Link]]]]
    slots: list[Link]
    readings: list[Reading]
    degrees: dict[str, int]

    @classmethod
    def of(cls, claim: MomentClaim) -> GridProof | None:
        """None where the method does not apply: sizes that are numbers above 1, or terms not made of the links."""
        if any(isinstance(side, int) and side != 1 for side in claim.sides):
            return None
        cut = claim.cut()
        links = [link for word in cut for _, pieces in word for link in pieces]
        slots = [link for link in links if not claim.is_identity(link)]
        readings: list[Reading] = []
        for term in claim.terms:
            read = claim.read(term, slots)
            if read is None:
                return None
            readings.append((term.number, dict(term.powers), read))
        named = {side for side in claim.sides if isinstance(side, str)}
        if any(name not in named for _, powers, _ in readings for name in powers):
            return None
        degrees = {
            side: max([degree(claim, links, side)] + [powers.get(side, 0) for _, powers, _ in readings])
            for side in sorted(named)
        }
        return cls(claim, cut, slots, readings, degrees)

    # --- probes ------------------------------------------------------------------------------------------

    def ends(self) -> dict[str, list[tuple[int, int]]]:
        """The ends of the slots by size, as (slot, 0 for its start or 1 for its end)."""
        found: dict[str, list[tuple[int, int]]] = {side: [] for side in self.degrees}
        for i, link in enumerate(self.slots):
            for which, kind in enumerate((link.start, link.end)):
                side = self.claim.side(kind)
                if isinstance(side, str):
                    found[side].append((i, which))
        return found

    def probes(self) -> Iterator[list[Unit]]:
        """Units for the slots: every index occurs at exactly two ends; an end of size 1 has the index 0."""
        ends = self.ends()
        for chosen in product(*[_pairings(pool) for pool in ends.values()]):
            index = {end: k for pairs in chosen for k, pair in enumerate(pairs) for end in pair}
            yield [(index.get((i, 0), 0), index.get((i, 1), 0)) for i in range(len(self.slots))]

    def grid(self, points: int = 1) -> list[dict[str, int]]:
        """Sizes: as many of each as the degree + ``points``, all large enough for the indices of the probes."""
        ends = self.ends()
        ranges = []
        for side, bound in self.degrees.items():
            first = max(1, len(ends[side]) // 2)
            ranges.append([(side, first + k) for k in range(bound + points)])
        return [dict(values) for values in product(*ranges)]

    def symmetries(self) -> list[list[tuple[int, bool]]]:
        """Exchanges of equal links, and reversals of links that are their own transpose: where each unit may go."""
        classes: dict[Link, list[tuple[int, bool]]] = {}
        for i, link in enumerate(self.slots):
            other = self.claim.reversed(link)
            classes.setdefault(min(link, other), []).append((i, link > other))
        choices = []
        for link, members in classes.items():
            flips = (False, True) if link == self.claim.reversed(link) else (False,)
            options = []
            for order in permutations(members):
                for turned in product(flips, repeat=len(members)):
                    options.append(
                        [
                            (i, j, (one != other) != flip)
                            for (i, one), (j, other), flip in zip(members, order, turned, strict=True)
                        ]
                    )
            choices.append(options)
        out = []
        for chosen in product(*choices):
            where = {i: (j, flip) for part in chosen for i, j, flip in part}
            out.append([where[i] for i in range(len(self.slots))])
        return out

    def cost(self) -> int:
        """An upper bound of the products of entries to be averaged."""
        probes = 1
        for pool in self.ends().values():
            for k in range(len(pool) - 1, 0, -2):
                probes *= k
        for count in Counter(min(link, self.claim.reversed(link)) for link in self.slots).values():
            for k in range(2, count + 1):
                probes *= k
        probes *= 2 ** sum(link == self.claim.reversed(link) for link in self.slots)
        sums = 0
        for sizes in self.grid():
            terms = 1
            for link in (link for word in self.gaussians for _, pieces in word for link in pieces):
                side = self.claim.side(link.start)
                if self.claim.is_identity(link) and isinstance(side, str):
                    terms *= sizes[side]
            sums += terms
        return probes * sums

    # --- both sides --------------------------------------------------------------------------------------

    def expectation(self, units: Sequence[Unit], sizes: Mapping[str, int]) -> int:
        """E of the monomial with these units in its slots and independent standard normals, entry by entry."""
        # The index at the left and at the right end of each Gaussian; a negative one is summed over.
        ends: list[list[int]] = []
        kinds: list[bool] = []
        ranges: list[int] = []
        slot = 0
        for word in self.gaussians:
            first = len(ends)
            ends += [[0, 0] for _ in word]
            for j, (turned, links) in enumerate(word):
                kinds.append(turned)
                following = first + (j + 1) % len(word)
                if self.claim.is_identity(links[0]):
                    side = self.claim.side(links[0].start)
                    ranges.append(sizes[side] if isinstance(side, str) else 1)
                    ends[first + j][1] = ends[following][0] = -len(ranges)
                else:
                    ends[first + j][1] = units[slot][0]
                    slot += len(links)
                    ends[following][0] = units[slot - 1][1]
        total = 0
        for chosen in product(*map(range, ranges)):
            counts: dict[tuple[int, int], int] = {}
            for (left, right), turned in zip(ends, kinds, strict=True):
                i = left if left >= 0 else chosen[-left - 1]
                a = right if right >= 0 else chosen[-right - 1]
                key = (a, i) if turned else (i, a)
                counts[key] = counts.get(key, 0) + 1
            value = 1
            for k in counts.values():
                if k % 2:
                    value = 0
                    break
                for factor in range(k - 1, 1, -2):
                    value *= factor
            total += value
        return total

    def stated(self, units: Sequence[Unit], sizes: Mapping[str, int]) -> Fraction:
        """The claimed value, with these units."""
        total = Fraction(0)
        for number, powers, words in self.readings:
            if all(_trace(word, units) for word in words):
                for side, power in powers.items():
                    number = number * sizes[side] ** power
                total += number
        return total

    def holds(self, points: int = 1) -> bool:
        """True if both sides agree for all probes on the grid.

        Parameters
        ----------
        points : int
            In each size, so many more than the bound on the degree; fewer than 1 prove nothing.
        """
        moves, grid = self.symmetries(), self.grid(points)
        for probe in self.probes():
            placed = [_moved(probe, move) for move in moves]
            for sizes in grid:
                left = sum(self.expectation(units, sizes) for units in placed)
                if left != sum(self.stated(units, sizes) for units in placed):
                    return False
        return True


def _pairings(ends: Sequence[tuple[int, int]]) -> list[list[tuple[tuple[int, int], tuple[int, int]]]]:
    """All ways to pair up; none if the number is odd."""
    if not ends:
        return [[]]
    first, *rest = ends
    return [
        [(first, rest[k]), *others]
        for k in range(len(rest))
        for others in _pairings(rest[:k] + rest[k + 1 :])
    ]


def _moved(units: Sequence[Unit], move: Sequence[tuple[int, bool]]) -> list[Unit]:
    return [(units[j][1], units[j][0]) if flip else units[j] for j, flip in move]


def _trace(word: Sequence[tuple[int, bool]], units: Sequence[Unit]) -> bool:
    """The trace of a product of units: 1 if neighbouring indices are equal, else 0."""
    placed = [(units[i][1], units[i][0]) if flip else units[i] for i, flip in word]
    return all(left[1] == right[0] for left, right in zip(placed, placed[1:] + placed[:1], strict=True))


def proved_for_all_sizes(claim: MomentClaim, budget: int = BUDGET) -> bool:
    """True if a grid proves a claim; False where it does not apply, costs too much, or finds a difference."""
    proof = GridProof.of(claim)
    return proof is not None and proof.cost() <= budget and proof.holds()
