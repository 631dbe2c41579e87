"""Derivatives of polynomials in words with respect to a matrix.

The derivative of f at A is the matrix G with df = tr(Gᵀ dA): each occurrence of A in a trace is cut out, and
what is left of the word is transposed. All dimensions stay symbolic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import COLS, INVERSE, NO_LETTER, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Number, OpenTerm, Polynomial
from symicl.algebra.provenance import reported
from symicl.algebra.replacements import check_opaque
from symicl.algebra.words import Word, reduce, transpose


@reported("gradient")
def gradient(polynomial: Polynomial, a: int) -> MatrixPolynomial:
    """The derivative of a scalar with respect to a letter.

    Parameters
    ----------
    polynomial : Polynomial
    a : int
        A letter A, of any shape; its transposes and its inverse count as functions of it. For a symmetric A
        the gradient is the symmetric matrix G with df = tr(G dA) for symmetric dA.

    Returns
    -------
    MatrixPolynomial
        G with df = tr(Gᵀ dA), of the shape of A.

    Raises
    ------
    UnsupportedError
        If A occurs inside a letter, such as in (A + B)⁻¹ or as the size n in 1/n.

    Notes
    -----
    tr(A W) contributes Wᵀ, tr(Aᵀ W) contributes W, and tr(A⁻¹ W) contributes −(A⁻¹ W A⁻¹)ᵀ.

    Examples
    --------
    >>> import sympy
    >>> from symicl.algebra.reader import read_scalar, symbol_letter
    >>> from symicl.algebra.symbols import dims, matrix
    >>> from symicl.algebra.writer import write_matrix
    >>> d = dims("d")
    >>> A, B = matrix("A", (d, d)), matrix("B", (d, d))
    >>> f = read_scalar(sympy.Trace(A.T * B * A))
    >>> write_matrix(gradient(f, symbol_letter(A)))
    B*A + B.T*A
    """
    check_opaque(polynomial.letters(), [a])
    terms: dict[OpenTerm, Number] = {}
    for monomial, c in polynomial:
        for k, word in enumerate(monomial):
            others = monomial[:k] + monomial[k + 1 :]
            for sign, rest in _cuts(word, a):
                key = (others, rest)
                terms[key] = terms.get(key, 0) + sign * c
    result = MatrixPolynomial(ROWS[a], COLS[a], {k: c for k, c in terms.items() if c})
    if PARTNER[a] == a and ROWS[a] == COLS[a] and any(rest for _, rest in result.terms):
        return (result + result.T) * Fraction(1, 2)
    return result


def derivative(form: ClosedForm, a: int) -> ClosedForm:
    """The derivative of a scalar with respect to a scalar letter."""
    num, den = form.num, form.den
    up, down = (gradient(part, a).trace() for part in (num, den))
    return (
        closed_form(up, den) - closed_form(num, den) * closed_form(down, den)
        if down
        else closed_form(up, den)
    )


def directional(polynomial: Polynomial, a: int, direction: MatrixPolynomial) -> Polynomial:
    """The derivative of a scalar along dA = ``direction``."""
    return (gradient(polynomial, a).T @ direction).trace()


def _cuts(word: Word, a: int) -> Iterator[tuple[int, Word]]:
    """For each occurrence of A: its sign, and the gradient of tr(word) in that place as an open word."""
    inverse = INVERSE[a]
    for i, b in enumerate(word):
        rest = word[i + 1 :] + word[:i]
        if b == a:
            yield 1, transpose(rest)
        elif b == PARTNER[a]:
            yield 1, rest
        elif inverse != NO_LETTER and b == inverse:
            yield -1, transpose(reduce((inverse, *rest, inverse)))
        elif inverse != NO_LETTER and b == PARTNER[inverse]:
            yield -1, reduce((b, *rest, b))
