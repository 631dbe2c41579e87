"""Derivatives of scalars with respect to a matrix.

The derivative of f at A is the matrix G with df = tr(Gᵀ dA): each occurrence of A in a trace is cut out, and
what is left of the word is transposed. All dimensions stay symbolic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from symicl.algebra.expanded import from_terms, monomials_of
from symicl.algebra.form import ClosedForm
from symicl.algebra.letters import COLS, INVERSE, NO_LETTER, PARTNER, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial, Number, OpenTerm, Polynomial
from symicl.algebra.provenance import reported
from symicl.algebra.replacements import check_opaque, refuse_structured
from symicl.algebra.words import Monomial, Word, reduce, transposed_word

VARIED = "varied in all directions"


def gradient(form: ClosedForm, a: int) -> ClosedForm:
    """The derivative of a scalar with respect to a letter.

    Parameters
    ----------
    form : ClosedForm
    a : int
        A letter A, of any shape; its transposes and its inverse count as functions of it. For a symmetric A
        the gradient is the symmetric matrix G with df = tr(G dA) for symmetric dA.

    Returns
    -------
    ClosedForm
        G with df = tr(Gᵀ dA), of the shape of A.

    Raises
    ------
    UnsupportedError
        If A occurs inside a letter, such as in (A + B)⁻¹.

    Notes
    -----
    tr(A W) contributes Wᵀ, tr(Aᵀ W) contributes W, and tr(A⁻¹ W) contributes −(A⁻¹ W A⁻¹)ᵀ.

    Examples
    --------
    >>> import sympy
    >>> from symicl.algebra.form_reader import read_form
    >>> from symicl.algebra.reader import symbol_letter
    >>> from symicl.algebra.symbols import dims, matrix
    >>> d = dims("d")
    >>> A, B = matrix("A", (d, d)), matrix("B", (d, d))
    >>> gradient(read_form(sympy.Trace(A.T * B * A)), symbol_letter(A))
    ClosedForm(B*A + B.T*A)
    """
    num, den = form.fraction()
    slope = _gradient(num, a)
    if den.denominator.is_one() and den == 1:
        return slope
    if _occurs(a, den):
        return (slope * den - _gradient(den, a) * num) / den**2
    return slope / den


def directional(form: ClosedForm, a: int, direction: ClosedForm) -> ClosedForm:
    """The derivative of a scalar along dA = ``direction``."""
    return (gradient(form, a).T @ direction).trace()


def derivative_along(form: ClosedForm, velocities: Mapping[int, ClosedForm]) -> ClosedForm:
    """The derivative of a scalar or of a matrix while several letters move, each with its velocity.

    Parameters
    ----------
    form : ClosedForm
    velocities : mapping
        From untransposed letters to closed forms of the same shape.

    Examples
    --------
    >>> from symicl.algebra.form_reader import read_form
    >>> from symicl.algebra.reader import symbol_letter
    >>> from symicl.algebra.symbols import dims, matrix
    >>> d = dims("d")
    >>> A, B = matrix("A", (d, d)), matrix("B", (d, d))
    >>> derivative_along(read_form(A.T * A), {symbol_letter(A): read_form(B)})
    ClosedForm(A.T*B + B.T*A)
    """
    present = form.letters() & velocities.keys()
    if form.is_scalar:
        return sum(
            (directional(form, a, velocities[a]) for a in sorted(present)),
            ClosedForm.number(0),
        )
    probe = letter(("probe of a derivative", form.rows, form.cols), form.cols, form.rows)
    moved = derivative_along((ClosedForm.of(probe) @ form).trace(), velocities)
    return gradient(moved, probe).T


@reported("gradient")
def _gradient(numerator: ClosedForm, a: int) -> ClosedForm:
    """The gradient of a form without a denominator."""
    check_opaque(numerator.letters(), [a])
    refuse_structured(a, VARIED)
    slope = from_terms(ROWS[a], COLS[a], _cut_terms(monomials_of(numerator).items(), a))
    if _is_to_be_symmetric(a, slope.terms):
        return (slope + slope.T) * Fraction(1, 2)
    return slope


def _occurs(a: int, form: ClosedForm) -> bool:
    inverse = INVERSE[a]
    return bool(form.letters() & {a, PARTNER[a], inverse, PARTNER.get(inverse, NO_LETTER)})


@reported("gradient")
def gradient_in_words(polynomial: Polynomial, a: int) -> MatrixPolynomial:
    """The same for a polynomial in words, such as those of single letters that stand for 1/n."""
    check_opaque(polynomial.letters(), [a])
    refuse_structured(a, VARIED)
    slope = MatrixPolynomial(ROWS[a], COLS[a], _cut_terms(polynomial, a))
    if _is_to_be_symmetric(a, slope.terms):
        return (slope + slope.T) * Fraction(1, 2)
    return slope


def _is_to_be_symmetric(a: int, terms: Iterable[OpenTerm]) -> bool:
    """True for the gradient by a symmetric letter, unless it is a multiple of the identity."""
    return PARTNER[a] == a and ROWS[a] == COLS[a] and any(rest for _, rest in terms)


def _cut_terms(terms: Iterable[tuple[Monomial, Number]], a: int) -> dict[OpenTerm, Number]:
    """The terms of the gradient: each occurrence of A cut out."""
    found: dict[OpenTerm, Number] = {}
    for monomial, c in terms:
        for k, word in enumerate(monomial):
            others = monomial[:k] + monomial[k + 1 :]
            for sign, rest in _cuts(word, a):
                key = (others, rest)
                found[key] = found.get(key, 0) + sign * c
    return {key: c for key, c in found.items() if c}


def _cuts(word: Word, a: int) -> Iterator[tuple[int, Word]]:
    """For each occurrence of A: its sign, and the gradient of tr(word) in that place as an open word."""
    inverse = INVERSE[a]
    for i, b in enumerate(word):
        rest = word[i + 1 :] + word[:i]
        if b == a:
            yield 1, transposed_word(rest)
        elif b == PARTNER[a]:
            yield 1, rest
        elif inverse != NO_LETTER and b == inverse:
            yield -1, transposed_word(reduce((inverse, *rest, inverse)))
        elif inverse != NO_LETTER and b == PARTNER[inverse]:
            yield -1, reduce((b, *rest, b))
