"""The relations that letters satisfy, such as P P = P, entered where words look them up (`symicl.algebra.letters`).

A relation is entered when its letter is made, before any word with it is. The checker of certificates has the same
rules in code of its own, and the second engine has instances that satisfy them exactly.
"""

from __future__ import annotations

from typing import Any

from symicl.algebra.letters import (
    ABSORBED,
    COUNTED,
    DIAGONAL,
    DROPPED,
    INVERSE,
    MEANING,
    NUMBERS,
    ONE,
    PARTNER,
    RELATED,
    dimension,
    letter,
    number_word,
    size_word,
)
from symicl.algebra.structured import (
    Diagonal,
    DiagonalCovariance,
    NormedVector,
    OnesVector,
    Orthogonal,
    Projector,
    SemiOrthogonal,
    Structured,
)
from symicl.algebra.words import Monomial, Word, canonical
from symicl.errors import InputError


def relate(a: int, symbol: Structured) -> None:
    """Enter what a structured matrix satisfies; of a matrix of size 1 nothing is known."""
    if symbol.shape == (1, 1):
        return
    turned = PARTNER[a]
    if isinstance(symbol, Projector):
        ABSORBED.add((a, a))
        _count(a, (a,), (_size(symbol.rank),))
    elif isinstance(symbol, Orthogonal):
        INVERSE[a], INVERSE[turned] = turned, a
    elif isinstance(symbol, SemiOrthogonal):
        cols = symbol.shape[1]
        if cols == 1:
            relate_norm(a, ())
            return
        DROPPED.add((turned, a))
        _count(a, canonical((a, turned)), (_size(cols),))
    elif isinstance(symbol, Diagonal | DiagonalCovariance):
        DIAGONAL.add(a)
    elif isinstance(symbol, NormedVector):
        relate_norm(a, _square(symbol))
    elif isinstance(symbol, OnesVector):
        relate_norm(a, (_size(symbol.shape[0]),))


def relate_norm(a: int, square: Monomial) -> None:
    """Enter that a column vector has this square, vᵀv."""
    _count(a, canonical((PARTNER[a], a)), square)


def refuse_singular(words: set[Word]) -> None:
    """Refuse the inverse of a sum of open words that begin, or end, with one letter of lower rank.

    Raises
    ------
    InputError
        That names the letter.
    """
    for ends in ({word[:1] for word in words}, {word[-1:] for word in words}):
        letters = {a for end in ends for a in end} if len(ends) == 1 else set()
        for a in letters:
            if (a, a) in ABSORBED or any(a in pair for pair in DROPPED):
                raise InputError(
                    f"a product that begins or ends with {MEANING[a]} has no inverse, as the rank of {MEANING[a]} is "
                    "less than its size"
                )


def _count(a: int, word: tuple[int, ...], product: Monomial) -> None:
    COUNTED[word] = product
    RELATED[a] = RELATED[PARTNER[a]] = tuple([w for w in product if w not in NUMBERS])


def _size(size: Any) -> tuple[int, ...]:
    return size_word(dimension(int(size) if size.is_Integer else size))


def _square(vector: NormedVector) -> Monomial:
    """The square of the norm as a product of words."""
    norm = vector.norm
    if norm.is_Integer:
        return () if norm == 1 else (number_word(int(norm) ** 2),)
    if norm.is_Symbol:
        return ((letter(norm, ONE, ONE),),) * 2
    return (_size(vector.shape[0]),)
