"""Matrices in the place of letters, in words: the part of a substitution that all kinds of matrices share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import matmul
from typing import Any, Protocol, TypeVar

from symicl.algebra.letters import COLS, INVERSE, MEANING, NO_LETTER, ONE, PARTNER, ROWS
from symicl.algebra.structured import STRUCTURED_KINDS, Structured
from symicl.algebra.words import Word
from symicl.errors import ShapeError, UnsupportedError


class Replacement(Protocol):
    """A matrix, of polynomials or of closed forms, in the place of a letter."""

    rows: int
    cols: int

    @property
    def T(self) -> Any: ...

    @property
    def shape_text(self) -> str: ...

    def __matmul__(self, other: Any, /) -> Any: ...


Kind = TypeVar("Kind", bound=Replacement)


def check_opaque(letters: set[int], replacements: Iterable[int]) -> None:
    """Refuse to replace a letter inside another one, such as n in 1/n or A in (A + B)⁻¹: it would stay there."""
    replaced = {MEANING[a] for a in replacements}
    for a in letters:
        meaning = MEANING[a]
        if meaning not in replaced and not replaced.isdisjoint(getattr(meaning, "free_symbols", ())):
            raise UnsupportedError(f"{meaning} is one letter, so nothing inside it can be replaced")


def refuse_structured(a: int, done: str) -> None:
    """Refuse what changes a letter that satisfies an equation: words with it are reduced by that equation already.

    Raises
    ------
    UnsupportedError
        That names the letter and says what is ``done`` with it.
    """
    meaning = MEANING[a]
    if isinstance(meaning, Structured):
        raise UnsupportedError(
            f"{meaning} is declared as {STRUCTURED_KINDS[type(meaning)]}, so it is not {done}; declare it with "
            "matrix() or vector()"
        )


def with_transposes(
    replacements: Mapping[int, Kind], inverse: Callable[[Kind], Kind | None]
) -> dict[int, Kind | None]:
    """Also for transposes and inverses; None marks an inverse that the replacement does not have.

    Parameters
    ----------
    replacements : mapping
        From untransposed letters to matrices.
    inverse : callable
        From a matrix to its inverse, or None where that is not known.
    """
    table: dict[int, Kind | None] = {}
    for a, matrix in replacements.items():
        if (ROWS[a], COLS[a]) != (matrix.rows, matrix.cols):
            raise ShapeError(f"a letter and its replacement differ in shape ({matrix.shape_text} given)")
        refuse_structured(a, "replaced by another matrix")
        table[a] = matrix
        if PARTNER[a] != a:
            table[PARTNER[a]] = matrix.T
        elif matrix.rows != ONE and matrix != matrix.T:
            # Words do not tell a symmetric letter from its transpose.
            raise UnsupportedError(f"{MEANING[a]} is symmetric, so only a symmetric matrix can replace it")
        if INVERSE[a] != NO_LETTER and INVERSE[a] not in replacements:
            inverted = inverse(matrix)
            table[INVERSE[a]] = inverted
            table[INVERSE[PARTNER[a]]] = None if inverted is None else inverted.T
    return table


def replaced_word(word: Word, table: Mapping[int, Kind | None], of: Callable[[int], Kind]) -> Kind:
    """The product that a non-empty open word becomes; ``of`` gives the matrix of a letter that stays."""
    factors = [table[a] if a in table else of(a) for a in word]
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors):
        raise UnsupportedError("a letter is replaced by a sum, whose inverse is not known but occurs as well")
    return reduce(matmul, known)
