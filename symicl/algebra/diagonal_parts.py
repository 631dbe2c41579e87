"""The diagonal part of a product, D with D_ii = M_ii, as a letter of its own."""

from __future__ import annotations

from sympy.matrices.expressions.diagonal import DiagonalMatrix

from symicl.algebra.letters import DIAGONAL, DIAGONAL_PART, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.algebra.words import Word, transposed_word
from symicl.algebra.writer import write_matrix


def diagonal_part(word: Word) -> int:
    """The letter of the diagonal part of a square product of letters; that of the transpose is the same."""
    word = min(word, transposed_word(word))
    side = ROWS[word[0]]
    whole = write_matrix(MatrixPolynomial(side, side, {((), word): 1}))
    made = letter(DiagonalMatrix(whole), side, side, symmetric=True)
    DIAGONAL.add(made)
    DIAGONAL_PART[made] = word
    return made
