"""`expect`: SymPy in, SymPy out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr, ZeroMatrix

from symicl.algebra import (
    ENTRYWISE,
    MEANING,
    ONE,
    ClosedForm,
    Entrywise,
    GaussianMatrix,
    MatrixPolynomial,
    Polynomial,
    RandomMatrix,
    check_law,
    closed_form,
    dimension_index,
    extend_sympy_diff,
    letter,
    meaning_of,
    parts_of,
    random_kinds,
    read_blocks,
    read_form,
    read_matrix,
    read_scalar,
    reciprocals_of,
    refuse_namesakes,
    symbol_letter,
    write_matrix,
    write_scalar,
)
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.expectation.covariance import Covariance
from symicl.expectation.entry_network import EntrywiseProduct
from symicl.expectation.equal_entries import EntriesLaw, IndependentEntries
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.half_spaces import average_with_signs
from symicl.expectation.index_sums.expect_entrywise import expect_entrywise, is_entrywise
from symicl.expectation.index_sums.over_words import IndexSums
from symicl.expectation.integrand import cut_out, diagonal_parts, through_words
from symicl.expectation.integration import Law, integrate
from symicl.expectation.inverse_gram import gram_inverse
from symicl.expectation.orthogonal import HaarLaw, HaarMatrix
from symicl.expectation.orthogonal_ensemble import GOEMatrix
from symicl.expectation.scaled_rows import EllipticalMatrix
from symicl.expectation.tilt import expect_tilted, is_tilted
from symicl.expectation.token_sets import FiniteTokens

extend_sympy_diff()  # what expect() returns is differentiated correctly


def expect(expression: sympy.Basic) -> sympy.Expr | MatrixExpr:
    """Exact expectation over all Gaussian matrices in the expression, dimensions symbolic.

    Parameters
    ----------
    expression : SymPy scalar or matrix expression
        A polynomial in Gaussian matrices declared with `gaussian` and any other symbols: products, powers,
        sums, transposes, traces, bilinear forms, block matrices. Different Gaussians are independent.
        Random variables of `sympy.stats` are taken where their law is known: Normal, MatrixNormal, Wishart, …

    Returns
    -------
    SymPy expression
        Of the same kind: a scalar for a scalar or a 1×1 matrix, else a matrix expression of the same shape.

    Raises
    ------
    UnsupportedError
        For what is not polynomial in the Gaussians, such as an inverse or a determinant, and for averages of entrywise
        products that are no such products; for random variables of other laws.
    ShapeError
        If shapes do not fit.

    Notes
    -----
    Stein's identity on words with symbolic dimensions; coefficients are exact rationals. Entries ``X[i, j]``, Hadamard
    and Kronecker products, powers of entries, diagonals and `vec` are averaged by pairings of entries, for up to eight
    factors of one matrix.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d))
    >>> si.expect(sympy.Trace(X.T * X))
    d*n
    """
    if not isinstance(expression, sympy.Basic):
        raise InputError(f"expect() takes a SymPy expression, not {type(expression).__name__}")
    expression = _with_declared_laws(expression)
    refuse_namesakes(expression)
    if expression.has(sympy.exp) and is_tilted(expression):
        laws, means = declared_laws(expression)
        return expect_tilted(expression, laws, means, _averaged_matrix)
    if is_entrywise(expression):
        return _entry_by_entry(expression)
    try:
        return _by_words(expression)
    except EntrywiseProduct:
        return _entry_by_entry(expression)


def _averaged_matrix(matrix: MatrixPolynomial, laws: Sequence[Law]) -> sympy.Expr | MatrixExpr:
    if matrix.rows == matrix.cols == ONE:
        return _written(expect_polynomial(matrix.trace(), laws))
    return _written(expect_matrix(matrix, laws))


def _entry_by_entry(expression: Any) -> Any:
    """The expectation of sums over entries; of a matrix of blocks that of each of them."""
    if isinstance(expression, sympy.BlockMatrix):
        blocks = expression.blocks
        return sympy.BlockMatrix(
            [[expect(blocks[i, j]) for j in range(blocks.shape[1])] for i in range(blocks.shape[0])]
        )
    return expect_entrywise(expression)


def _by_words(expression: Any) -> Any:
    laws, means = declared_laws(expression)
    if not isinstance(expression, MatrixExpr):
        return _written(expect_polynomial(read_scalar(expression), laws, means))
    blocks = read_blocks(expression)
    if len(blocks.heights) > 1 or len(blocks.widths) > 1:
        return sympy.BlockMatrix(
            [[_written(expect_matrix(block, laws, means)) for block in row] for row in blocks.grid]
        )
    matrix = blocks.single()
    if matrix.rows == matrix.cols == ONE:
        return _written(expect_polynomial(matrix.trace(), laws, means))
    return _written(expect_matrix(matrix, laws, means))


def _written(found: Polynomial | MatrixPolynomial) -> sympy.Expr | MatrixExpr:
    """An expectation as SymPy writes it; moments such as 1/(d + 2) are put over one denominator."""
    if len(found.terms) > 1 and reciprocals_of(found.letters()):
        return closed_form(found).expr
    return write_scalar(found) if isinstance(found, Polynomial) else write_matrix(found)


Means = dict[int, MatrixPolynomial]


def expected_form(expression: sympy.Basic) -> ClosedForm:
    """The expectation of a SymPy scalar as a closed form, the quotients in it as well; see `expect`."""
    expression = _with_declared_laws(expression)
    refuse_namesakes(expression)
    laws, means = declared_laws(expression)
    form = read_form(expression)
    for a in sorted(form.letters()):
        # The letter of an inverse or of another function, which nothing averages over.
        inside = meaning_of(a)
        if (
            not isinstance(inside, RandomMatrix | Entrywise)
            and gram_inverse(a) is None
            and isinstance(inside, sympy.Basic)
            and inside.atoms(RandomMatrix)
        ):
            raise UnsupportedError(
                f"{inside}: the inverse of a random matrix is not a polynomial in it, so its expectation is outside "
                "the exact calculus"
            )
    return expect_form(form, laws, means)


def _with_declared_laws(expression: sympy.Basic) -> sympy.Basic:
    """The expression with Gaussians of this package for random variables of `sympy.stats`, if that is loaded."""
    if not random_kinds():
        return expression
    from symicl.expectation.random_variables import declared

    return declared(expression, expect)


def in_own_laws(value: Any) -> Any:
    """An expression with laws of this package for random variables of `sympy.stats`; other values as they are."""
    if not random_kinds() or not isinstance(value, sympy.Basic):
        return value
    from symicl.expectation.random_variables import own_law

    return own_law(value)


def expect_polynomial(polynomial: Polynomial, laws: Sequence[Law], means: Means | None = None) -> Polynomial:
    """Expectation of a polynomial in words; ``means`` maps a letter to mean + centred part."""
    result = _averaged(polynomial, laws, means)
    for a in result.letters():
        meaning = MEANING[a]
        if isinstance(meaning, RandomMatrix) or (
            isinstance(meaning, sympy.Inverse) and meaning.has(RandomMatrix)
        ):
            raise DerivationError(f"the law of {meaning} is not known, so it was not averaged over")
    return result


def _averaged(polynomial: Polynomial, laws: Sequence[Law], means: Means | None) -> Polynomial:
    if not ENTRYWISE.isdisjoint(polynomial.letters()):
        return average_with_signs(polynomial, laws, means or {}, integrate)
    return integrate(polynomial.substitute(means) if means else polynomial, laws)


def expect_form(form: ClosedForm, laws: Sequence[Law], means: Means | None = None) -> ClosedForm:
    """Expectation of a closed form, a scalar or a matrix, over independent Gaussian letters.

    Parameters
    ----------
    form : ClosedForm
    laws : list of Gaussian
    means : dict, optional
        From the letters with a mean to mean + centred part.

    Raises
    ------
    UnsupportedError
        If the denominator is random.
    """
    random = {law.letter for law in laws} | (means or {}).keys()
    expect = expect_polynomial if form.is_scalar else expect_matrix
    with diagonal_parts():
        return through_words(form, random, lambda integrand: expect(integrand, laws, means))


def average(form: ClosedForm, laws: Sequence[Law], means: Means | None = None) -> ClosedForm:
    """E[form] over some letters, whatever else in it is random.

    Raises
    ------
    UnsupportedError
        If the denominator is random.
    """
    letters = {law.letter for law in laws}

    def scalar(polynomial: Any) -> Any:
        result = _averaged(polynomial, laws, means)
        if not letters.isdisjoint(result.letters()):
            raise DerivationError("something random was not averaged over")
        return result

    def matrix(integrand: Any) -> Any:
        rows, cols = integrand.rows, integrand.cols
        probe = letter(("probe", cols, rows), cols, rows)
        averaged = scalar((integrand @ type(integrand).of(probe)).trace())
        return cut_out(averaged, probe, rows, cols)

    return through_words(form, letters | (means or {}).keys(), scalar if form.is_scalar else matrix)


def random_matrices(form: ClosedForm) -> set[RandomMatrix]:
    """The Gaussian matrices that a closed form depends on."""
    found: set[RandomMatrix] = set()
    for a in form.letters():
        meaning = meaning_of(a)
        if isinstance(meaning, sympy.Basic):
            found |= meaning.atoms(RandomMatrix)
    return found


def expect_matrix(
    matrix: MatrixPolynomial, laws: Sequence[Law], means: Means | None = None
) -> MatrixPolynomial:
    """Matrix-valued expectation: that of tr(M P) for a probe letter P, which is then cut out again."""
    probe = letter(("probe", matrix.cols, matrix.rows), matrix.cols, matrix.rows)
    expected = expect_polynomial((matrix @ MatrixPolynomial.of(probe)).trace(), laws, means)
    return cut_out(expected, probe, matrix.rows, matrix.cols)


def declared_laws(expression: sympy.Basic) -> tuple[list[Law], Means]:
    """The laws of all Gaussian matrices in an expression, and the substitution that centres them."""
    laws: list[Law] = []
    means: Means = {}
    gaussians = [part for part in parts_of(expression) if isinstance(part, RandomMatrix)]
    for z in sorted(gaussians, key=lambda z: z.name):
        law, mean = law_of(z)
        laws.append(law)
        if mean is not None:
            means[symbol_letter(z)] = mean
    return laws, means


@singledispatch
def law_of(z: RandomMatrix) -> tuple[Law, MatrixPolynomial | None]:
    """The centred law of a declared random matrix, and mean + centred part if the mean is not zero."""
    raise UnsupportedError(f"the law of {z} has no expectations here")


@law_of.register
def _(z: GaussianMatrix) -> tuple[Law, MatrixPolynomial | None]:
    check_law(z)
    rows, cols = Covariance.of(z.row_cov), Covariance.of(z.col_cov)
    mean = None if isinstance(z.mean, ZeroMatrix) else read_matrix(z.mean)
    base = symbol_letter(z)
    centred = base if mean is None else letter(("centred", z), mean.rows, mean.cols)
    made_of = dict((*rows.made_of, *cols.made_of))
    law = Gaussian(centred, rows.letter, cols.letter, rows.scale * cols.scale, tuple(made_of.items()))
    return law, None if mean is None else mean + MatrixPolynomial.of(centred)


@law_of.register
def _(z: IndependentEntries) -> tuple[Law, MatrixPolynomial | None]:
    return EntriesLaw(symbol_letter(z), z.moments), None


@law_of.register
def _(z: FiniteTokens) -> tuple[Law, MatrixPolynomial | None]:
    check_law(z)
    return IndexSums(symbol_letter(z), z), None


@law_of.register
def _(z: HaarMatrix) -> tuple[Law, MatrixPolynomial | None]:
    return HaarLaw(symbol_letter(z)), None


@law_of.register
def _(z: GOEMatrix) -> tuple[Law, MatrixPolynomial | None]:
    size = dimension_index(z.shape[0])
    half = letter(("half", z), size, size)
    Z = MatrixPolynomial.of(half)
    return Gaussian(half, scale=read_scalar(z.variance / 2)), Z + Z.T


@law_of.register
def _(z: EllipticalMatrix) -> tuple[Law, MatrixPolynomial | None]:
    return z.law, None
