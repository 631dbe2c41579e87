"""The memory of a Stein recursion as entries of a certificate: one step of the recursion, one entry.

Steps on W = ZᵀZ are written in Z, where each is a single contraction of the Zᵀ in front.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    ONE,
    PARTNER,
    ROWS,
    Call,
    Log,
    Monomial,
    Number,
    Word,
    counted,
    dimension_value,
)
from symicl.expectation.stein import SteinRecursion, WishartRecursion


def write(log: Log, call: Call) -> int:
    """An expectation over one Gaussian letter, and the steps of the recursion that it takes."""
    a, law, recursion, read_as = call.arguments
    of = log.node(a)
    if log.laws[law.letter] != law:
        return log.asserted(call.result, "an expectation", "the letter has two laws in one derivation")
    z = log.letters.id(law.letter)
    cores = {recursion.split(monomial)[0] for monomial, _ in read_as} & recursion.memo.keys() - {()}
    stein = log.helper(SteinLog)
    steps = sorted(stein.write(law.letter, recursion, core) for core in sorted(cores))
    return log.given("expectation", call.result, of=of, letter=z, steps=steps)


class SteinLog:
    """Writes the expectations of monomials.

    Parameters
    ----------
    log : Log
    """

    def __init__(self, log: Log):
        self._emit, self._letters = log.emit, log.letters
        self._ids: dict[tuple[int, Monomial], int] = {}

    def write(self, z: int, recursion: SteinRecursion, core: Monomial) -> int:
        """E of a product of words that all contain the Gaussian letter z; smaller ones first."""
        step = _Step(z, recursion)
        words = tuple(step.expanded(w) for w in core)
        key = (z, words)
        if key in self._ids:
            return self._ids[key]
        terms: dict[tuple[Monomial, Monomial], Number] = {}
        for monomial, shift in recursion.contractions(core):
            rest, constant = recursion.split(monomial)
            whole, sizes = step.sizes(1 << shift)
            number, constant = counted(constant, whole)
            place = (tuple(sorted(constant + sizes)), rest)
            terms[place] = terms.get(place, 0) + number
        equals = [
            [number, self._letters.monomial(constant), self.write(z, recursion, rest) if rest else 0]
            for (constant, rest), number in terms.items()
        ]
        self._ids[key] = self._emit(
            "stein",
            letter=self._letters.id(z),
            words=self._letters.monomial(words),
            place=[0, step.place(core[0])],
            equals=equals,
        )
        return self._ids[key]


class _Step(NamedTuple):
    """One recursion, read in terms of Z."""

    z: int
    recursion: SteinRecursion

    def expanded(self, word: Word) -> Word:
        if not isinstance(self.recursion, WishartRecursion):
            return word
        out: list[int] = []
        for a in word:
            out.extend((PARTNER[self.z], self.z) if a == self.recursion.z else (a,))
        return tuple(out)

    def place(self, word: Word) -> int:
        """The occurrence in the expanded word that the recursion contracts."""
        z, zt = self.recursion.z, self.recursion.zt
        if isinstance(self.recursion, WishartRecursion):
            return word.index(z)
        if z in word:
            return word.index(z)
        return max(i for i, a in enumerate(word) if a == zt)

    def sizes(self, packed: int) -> tuple[int, Monomial]:
        """A packed power of the two dimensions as a number and a monomial."""
        ((number, *powers),) = self.recursion.packing.unpack(packed)
        words: list[Any] = []
        for dim, power in zip((ROWS[self.z], COLS[self.z]), powers, strict=True):
            size = DIMENSIONS[dim]
            if isinstance(size, int):
                number *= size**power if dim != ONE else 1
            else:
                ((word,),) = dimension_value(dim).terms
                words += [word] * power
        return number, tuple(words)
