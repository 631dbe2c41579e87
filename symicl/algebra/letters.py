"""Letters: matrix symbols interned to small integers.

A letter stands for one matrix. Its transpose is another letter, its *partner*; a symmetric letter is its
own partner. Interning makes words plain tuples of integers, which Python hashes and compares in C.

Dimensions are interned too; dimension 0 is the number 1, so that ``COLS[i] == ONE`` marks a column vector.
"""

from collections.abc import Hashable

ONE = 0
"""Index of the dimension 1."""

NO_LETTER = -1

ROWS: list[int] = []
COLS: list[int] = []
PARTNER: list[int] = []
INVERSE: list[int] = []
MEANING: list[Hashable] = []
"""What each letter stands for (a SymPy object, or a tag for letters that never leave the engine)."""

DIMENSIONS: list[Hashable] = [1]

COUNTED: dict[tuple[int, ...], tuple[int, ...]] = {}
"""From the closed word 1ᵀ1 of a vector of ones to the word of its size; see `symicl.algebra.constants`."""

_letter_of: dict[Hashable, int] = {}
_dimension_of: dict[Hashable, int] = {1: ONE}


def dimension(size: Hashable) -> int:
    """Index of a dimension, given as a positive integer or a SymPy symbol."""
    index = _dimension_of.get(size)
    if index is None:
        index = _dimension_of[size] = len(DIMENSIONS)
        DIMENSIONS.append(size)
    return index


def _append(rows: int, cols: int, meaning: Hashable) -> int:
    ROWS.append(rows)
    COLS.append(cols)
    MEANING.append(meaning)
    INVERSE.append(NO_LETTER)
    PARTNER.append(len(PARTNER))
    return len(PARTNER) - 1


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
    index = _append(rows, cols, meaning)
    _letter_of[meaning] = index
    if not symmetric and not (rows == cols == ONE):
        other = _append(cols, rows, meaning)
        PARTNER[index], PARTNER[other] = other, index
    return index


def inverse_letter(base: int) -> int:
    """The letter of the inverse; it cancels against ``base`` wherever the two meet in a word."""
    if INVERSE[base] != NO_LETTER:
        return INVERSE[base]
    symmetric = PARTNER[base] == base
    # A transposed letter's inverse is the transposed inverse, so only the untransposed one is interned.
    if base > PARTNER[base]:
        return PARTNER[inverse_letter(PARTNER[base])]
    index = letter(("inverse", MEANING[base]), COLS[base], ROWS[base], symmetric=symmetric)
    INVERSE[base], INVERSE[index] = index, base
    INVERSE[PARTNER[base]], INVERSE[PARTNER[index]] = PARTNER[index], PARTNER[base]
    return index


def is_transposed(index: int) -> bool:
    """True for the partner that stands for a transpose."""
    return PARTNER[index] < index
