"""Letters: matrix symbols interned to integers.

A letter stands for one matrix. Its transpose is another letter, its *partner*; a symmetric letter is its
own partner. Interning makes words plain tuples of integers, which Python hashes and compares in C.

The integer of a letter follows from its name and from what it stands for, never from what the process met before:
the canonical form of a word is its least rotation, and with it the order of terms, of steps in a proof log and of
floating-point sums are the same in every process. By number, letters come in the alphabetical order of their names.

Dimensions are interned in the same way; dimension 0 is the number 1, so that ``COLS[i] == ONE`` marks a column vector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping

import sympy

from symicl.errors import InputError

ONE = 0
"""Index of the dimension 1."""

NO_LETTER = -1

ROWS: dict[int, int] = {}
COLS: dict[int, int] = {}
PARTNER: dict[int, int] = {}
INVERSE: dict[int, int] = {}
MEANING: dict[int, Hashable] = {}
"""The meaning of each letter: a SymPy object, or a tag for letters that never leave the engine."""

DIMENSIONS: dict[int, Hashable] = {ONE: 1}

ABSORBED: set[tuple[int, int]] = set()
"""Pairs of neighbours whose product is the first of them, P P = P; this table and the next four are filled by
`symicl.algebra.relations` and used by `symicl.algebra.words`."""

DROPPED: set[tuple[int, int]] = set()
"""Pairs of neighbours whose product is an identity, though neither is the inverse of the other: UᵀU = I."""

DIAGONAL: set[int] = set()
"""Letters that commute with each other."""

ENTRYWISE: set[int] = set()
"""Letters that are functions of entries, such as max(0, z); see `symicl.algebra.entrywise`."""

DIAGONAL_PART: dict[int, tuple[int, ...]] = {}
"""From a letter to the word of which it is the diagonal part; see `symicl.algebra.diagonal_parts`."""

COUNTED: dict[tuple[int, ...], tuple[tuple[int, ...], ...]] = {}
"""From a closed word to the product of words that it is equal to: tr(P) = r, 1ᵀ1 = n, uᵀu = 1."""

RELATED: dict[int, tuple[tuple[int, ...], ...]] = {}
"""The scalars that can take the place of a closed word with a letter, such as r for a projector of rank r."""

NUMBERS: dict[tuple[int, ...], int] = {}
"""The number that a word stands for until the sum that it occurs in is made."""

_letter_of: dict[Hashable, int] = {}
_dimension_of: dict[Hashable, int] = {1: ONE}


def dimension(size: Hashable) -> int:
    """Index of a dimension, given as a positive integer or a SymPy symbol."""
    index = _dimension_of.get(size)
    if index is None:
        index = _dimension_of[size] = _place(size, DIMENSIONS)
        DIMENSIONS[index] = size
    return index


def _place(meaning: Hashable, taken: Mapping[int, Hashable]) -> int:
    """A free even number below 2⁶⁰: the first four bytes of the name, then a digest of the description.

    Two meanings of one description, such as symbols that differ in assumptions, share a digest; the later one takes
    the next free number, so that their order among all others is still the same.
    """
    text = _described(meaning)
    digest = hashlib.blake2b(text.encode(), digest_size=4).digest()
    name = text.encode()[:4].ljust(4, b"\0")
    index = int.from_bytes(name, "big") << 28 | int.from_bytes(digest, "big") >> 4 & ~1
    while index in taken or index == ONE:
        index += 2
    return index


def _described(meaning: Hashable) -> str:
    """The name of a meaning, followed by what it is."""
    if isinstance(meaning, sympy.Symbol):
        return f"{meaning.name} {type(meaning).__name__}"
    if isinstance(meaning, sympy.MatrixSymbol):
        # As SymPy prints the pair, without its printer, which took a sixth of a first short expectation.
        shape = ", ".join(
            [size.name if isinstance(size, sympy.Symbol) else str(size) for size in meaning.shape]
        )
        return f"{meaning.name} {type(meaning).__name__} ({shape})"
    if isinstance(meaning, tuple):
        return " ".join(map(_described, meaning))
    return str(meaning)


def _add(index: int, rows: int, cols: int, meaning: Hashable) -> None:
    ROWS[index], COLS[index], MEANING[index] = rows, cols, meaning
    INVERSE[index], PARTNER[index] = NO_LETTER, index


def letter(meaning: Hashable, rows: int, cols: int, *, symmetric: bool = False) -> int:
    """Intern a matrix and return its letter.

    Parameters
    ----------
    meaning : hashable
        Identity of the letter: the same meaning always gives the same letter.
    rows, cols : int
        Dimension indices, see `dimension`.
    symmetric : bool
        A symmetric letter is its own transpose. A 1×1 letter always is.
    """
    index = _letter_of.get(meaning)
    if index is not None:
        return index
    index = _letter_of[meaning] = _place(meaning, MEANING)
    _add(index, rows, cols, meaning)
    if not symmetric and not (rows == cols == ONE):
        # The digest is even, so the transpose follows at once.
        other = index + 1
        _add(other, cols, rows, meaning)
        PARTNER[index], PARTNER[other] = other, index
    return index


def inverse_letter(base: int) -> int:
    """The letter of the inverse; it cancels against ``base`` wherever the two meet in a word."""
    if INVERSE[base] != NO_LETTER:
        return INVERSE[base]
    if (base, base) in ABSORBED or any(base in pair for pair in DROPPED):
        raise InputError(f"{MEANING[base]} has no inverse, as its rank is less than one of its sizes")
    symmetric = PARTNER[base] == base
    # A transposed letter's inverse is the transposed inverse, so only the untransposed one is interned.
    if base > PARTNER[base]:
        return PARTNER[inverse_letter(PARTNER[base])]
    index = letter(("inverse", MEANING[base]), COLS[base], ROWS[base], symmetric=symmetric)
    INVERSE[base], INVERSE[index] = index, base
    INVERSE[PARTNER[base]], INVERSE[PARTNER[index]] = PARTNER[index], PARTNER[base]
    if base in DIAGONAL:
        DIAGONAL.add(index)
    return index


def size_word(dim: int) -> tuple[int, ...]:
    """The closed word of a dimension; that of a number is in `NUMBERS`."""
    size = DIMENSIONS[dim]
    return number_word(size) if isinstance(size, int) else (letter(size, ONE, ONE),)


def number_word(number: int) -> tuple[int, ...]:
    """A closed word for a number, in the place of a word that is equal to it."""
    word = (letter(("number", number), ONE, ONE),)
    NUMBERS[word] = number
    return word


def is_transposed(index: int) -> bool:
    """True for the partner that stands for a transpose."""
    return PARTNER[index] < index


def meaning_of(a: int) -> Hashable:
    """The SymPy object that a letter is made of; of an inverse, what is inverted."""
    meaning = MEANING[a]
    while isinstance(meaning, tuple) and meaning[0] == "inverse":
        meaning = meaning[1]
    return meaning
