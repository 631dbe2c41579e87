"""Brute force: E tr(Xᵀ R₁ X A₁ ⋯ Xᵀ R_k X A_k) as the sum over all (2k−1)!! pairings of the 2k factors X.

X is n × d with i.i.d. rows N(0, S).  A pairing joins its two factors by δ_ij on the row side and by S_ab on
the column side.  Both sides then fall into cycles, and each cycle is one trace: on the row side of the
letters R met on the way (transposed when passed backwards), on the column side of the letters A and S.  A
cycle without letters counts n or d.  Wick's theorem and nothing else: no recursion, no memory, no symmetry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

IDENTITY = ""
Word = tuple[str, ...]
Pairing = list[int]


def pairings(size: int) -> Iterator[Pairing]:
    """Each pairing of range(size), as the list of partners; the list is reused."""
    partner = [-1] * size

    def extend(first: int) -> Iterator[Pairing]:
        while first < size and partner[first] >= 0:
            first += 1
        if first == size:
            yield partner
            return
        for other in range(first + 1, size):
            if partner[other] < 0:
                partner[first], partner[other] = other, first
                yield from extend(first + 1)
                partner[first] = partner[other] = -1

    return extend(0)


def expected_trace(row_letters: Sequence[str], column_letters: Sequence[str], cov: str = IDENTITY) -> Counter:
    """The monomials of the expectation, with their counts.

    A monomial is a pair of sorted tuples of cyclic words, row side and column side; the empty word is the
    trace of the identity.  `IDENTITY` as a letter stands for no letter.
    """
    factors = 2 * len(row_letters)
    # Factor 2i is the Xᵀ of the i-th block, factor 2i + 1 its X.  Each factor meets one letter on its row
    # side and one on its column side; the letter leads to the factor on its other end.
    row_side = links(row_letters, [(2 * i, 2 * i + 1) for i in range(len(row_letters))])
    column_side = links(
        column_letters, [(2 * i + 1, (2 * i + 2) % factors) for i in range(len(column_letters))]
    )
    total: Counter = Counter()
    for partner in pairings(factors):
        total[cycles(partner, row_side, IDENTITY), cycles(partner, column_side, cov)] += 1
    return total


def links(letters: Sequence[str], ends: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    """For each factor the factor at the other end of its letter, and the letter as read on the way there."""
    table = [(-1, IDENTITY)] * (2 * len(letters))
    for letter, (left, right) in zip(letters, ends, strict=True):
        table[left] = (right, letter)
        table[right] = (left, letter and letter + "'")
    return table


def cycles(partner: Pairing, side: list[tuple[int, str]], cov: str) -> tuple[Word, ...]:
    """The traces into which one side falls: letter, pairing, letter, pairing, … until back at the start."""
    seen = [False] * len(partner)
    words = []
    for start in range(len(partner)):
        if seen[start]:
            continue
        word, here = [], start
        while not seen[here]:
            other, letter = side[here]
            seen[here] = seen[other] = True
            if letter:
                word.append(letter)
            if cov:
                word.append(cov)
            here = partner[other]
        words.append(canonical(word, cov))
    return tuple(sorted(words))


def canonical(word: list[str], symmetric: str) -> Word:
    """The least among the rotations of a word and of its transpose."""
    transposed = [transpose(letter, symmetric) for letter in reversed(word)]
    both = [w[i:] + w[:i] for w in (word, transposed) for i in range(len(w))]
    return tuple(min(both, default=[]))


def transpose(letter: str, symmetric: str) -> str:
    if letter == symmetric:
        return letter
    return letter[:-1] if letter.endswith("'") else letter + "'"
