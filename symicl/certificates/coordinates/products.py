"""Products of the letters of words, each part of a word computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.quotients import divided


class Products:
    """Words at the values of their letters.

    Parameters
    ----------
    get : callable
        The value of a letter.
    moved : callable, optional
        True for a letter whose value is not that of ``below``; by default all are.
    below : Products, optional
        At other values of some letters. Parts of words without these are looked up there.
    """

    def __init__(
        self,
        get: Callable[[int], Matrix],
        moved: Callable[[int], bool] | None = None,
        below: Products | None = None,
    ):
        self._get, self._moved, self._below = get, moved, below
        self._words: dict[tuple[int, ...], Matrix] = {}
        self._moves: dict[int, bool] = {}
        self._traces: dict[tuple[int, ...], Any] = {}

    def along(self, word: Sequence[int]) -> Matrix:
        """The product of the letters of a word, which is not empty; a negative letter is a transpose."""
        return self._product(tuple(word))

    def trace(self, word: Sequence[int]) -> Any:
        """The trace of the product of the letters of a word."""
        key = tuple(word)
        found = self._traces.get(key)
        if found is None:
            if self._below is not None and not self._any_moved(key):
                found = self._below.trace(key)
            elif len(key) > 1:
                found = matrices.trace_of_product(*self._halves(key))
            else:
                found = matrices.trace(self._product(key))
            self._traces[key] = found
        return found

    def over_trace(self, word: Sequence[int]) -> Any:
        """1 over the trace of the product of the letters of a word.

        Raises
        ------
        Undetermined
            If it vanishes, or leaves the polynomials.
        """
        key = (0, *word)
        found = self._traces.get(key)
        if found is None:
            found = self._traces[key] = divided([[1]], self.trace(word))[0][0]
        return found

    def _any_moved(self, word: tuple[int, ...]) -> bool:
        if self._moved is None:
            return True
        for a in word:
            letter = abs(a)
            moves = self._moves.get(letter)
            if moves is None:
                moves = self._moves[letter] = self._moved(letter)
            if moves:
                return True
        return False

    def _product(self, word: tuple[int, ...]) -> Matrix:
        if self._below is not None and not self._any_moved(word):
            return self._below._product(word)
        found = self._words.get(word)
        if found is None:
            if len(word) == 1:
                (a,) = word
                found = self._get(a) if a > 0 else matrices.transpose(self._get(-a))
            else:
                found = matrices.product(*self._halves(word))
            self._words[word] = found
        return found

    def _halves(self, word: tuple[int, ...]) -> tuple[Matrix, Matrix]:
        """A word as two factors: what is known from below stays together."""
        cut = len(word) - 1
        if self._below is not None and not self._any_moved(word[-1:]):
            while cut > 1 and not self._any_moved(word[cut - 1 : cut]):
                cut -= 1
        return self._product(word[:cut]), self._product(word[cut:])
