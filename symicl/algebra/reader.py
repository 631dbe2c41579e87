"""SymPy expressions in: from SymPy's matrix expressions to polynomials in words."""

from __future__ import annotations

from fractions import Fraction

import sympy
from sympy.matrices.expressions import (
    Adjoint,
    BlockMatrix,
    Determinant,
    DotProduct,
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.blockmatrix import BlockDiagMatrix
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.immutable import ImmutableRepMatrix

from symicl.algebra.blocks import Blocks
from symicl.algebra.constants import ones, opaque
from symicl.algebra.entrywise import Entrywise, entrywise_function
from symicl.algebra.letters import ONE, dimension, inverse_letter, letter
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial
from symicl.algebra.randomness import contains_random, refuse_foreign
from symicl.algebra.relations import refuse_singular, relate
from symicl.algebra.stacked import Vec
from symicl.algebra.structured import Structured
from symicl.algebra.symbols import GaussianMatrix, SymmetricMatrix, exact_size
from symicl.algebra.writer import write_matrix
from symicl.errors import InputError, ShapeError, UnsupportedError

_ENTRYWISE = {
    HadamardProduct: "an entrywise (Hadamard) product",
    HadamardPower: "an entrywise power",
    KroneckerProduct: "a Kronecker product",
    DiagMatrix: "a diagonal matrix made from a vector",
    DiagonalMatrix: "the diagonal part of a matrix",
    DiagonalOf: "the diagonal of a matrix",
    Vec: "the columns of a matrix in one",
}

_inverses: dict[MatrixPolynomial, Inverse] = {}


def number(value: sympy.Expr) -> Number | None:
    """An exact rational as int or Fraction, else None."""
    if isinstance(value, sympy.Integer):
        return int(value)
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    return None


def dimension_index(size: sympy.Expr | int) -> int:
    """Index of a dimension given as an integer or a SymPy expression."""
    value = exact_size(size)
    if isinstance(value, sympy.Integer):
        return dimension(int(value))
    return dimension(value)


def symbol_letter(symbol: MatrixExpr) -> int:
    """The letter of a matrix symbol (or of any matrix that is treated as one)."""
    rows, cols = symbol.shape
    made = letter(
        symbol,
        dimension_index(rows),
        dimension_index(cols),
        symmetric=isinstance(symbol, SymmetricMatrix) or bool(rows == cols and symbol == symbol.T),
    )
    if isinstance(symbol, Structured):
        relate(made, symbol)
    return made


def scalar_letter(symbol: sympy.Expr) -> int:
    """The letter of a scalar symbol."""
    return letter(symbol, ONE, ONE)


def read_scalar(expression: sympy.Expr) -> Polynomial:
    """A scalar SymPy expression as a polynomial in words.

    Scalars that are not polynomial (1/n, √n) become letters of their own, unless they contain something
    random, which is refused.

    Raises
    ------
    UnsupportedError
        For a non-polynomial function of something random.
    ShapeError
        For a product or sum whose shapes do not fit.
    """
    if isinstance(expression, MatrixExpr):
        return _read_single_entry(expression)
    exact = number(expression)
    if exact is not None:
        return Polynomial.constant(exact)
    if isinstance(expression, sympy.Symbol) and expression.is_commutative:
        return Polynomial({((scalar_letter(expression),),): 1})
    if isinstance(expression, sympy.Add):
        result = Polynomial()
        for term in expression.args:
            result = result + read_scalar(term)
        return result
    if isinstance(expression, sympy.Mul):
        result = Polynomial.constant(1)
        for factor in expression.args:
            result = result * read_scalar(factor)
        return result
    if isinstance(expression, sympy.Pow):
        exponent = number(expression.exp)
        if isinstance(exponent, int) and exponent >= 0:
            return read_scalar(expression.base) ** exponent
    if isinstance(expression, Trace):
        return read_blocks(expression.arg).trace()
    if isinstance(expression, MatrixElement):
        parent = expression.parent
        if tuple(parent.shape) == (1, 1):
            return _read_single_entry(parent)
        if not contains_random(expression):
            return Polynomial({((scalar_letter(expression),),): 1})
        refuse_foreign(expression)
        raise UnsupportedError(
            f"the single entry {expression} of a random matrix is not supported here; write it as a bilinear form "
            "e.T*M*f with vectors e and f; expect() averages polynomials in entries"
        )
    if not isinstance(expression, sympy.Expr) or isinstance(expression, sympy.Lambda):
        raise InputError(f"{expression} is neither a scalar nor a matrix expression")
    if contains_random(expression):
        refuse_foreign(expression)
        raise UnsupportedError(_why_not(expression))
    _check_scalar(expression)
    return Polynomial({((scalar_letter(expression),),): 1})


def _read_single_entry(expression: MatrixExpr) -> Polynomial:
    """A 1×1 matrix where a scalar stands."""
    matrix = read_matrix(expression)
    if not matrix.rows == matrix.cols == ONE:
        raise ShapeError(f"the {matrix.shape_text} matrix {expression} stands where a scalar is needed")
    return matrix.trace()


def _check_scalar(expression: sympy.Expr) -> None:
    """Refuse what is not an exact, finite, commuting scalar."""
    _check_rounding(expression)
    if expression.is_commutative is False:
        raise UnsupportedError(f"the scalar {expression} does not commute; scalars must be ordinary numbers")
    if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise InputError(f"{expression} is not a finite number")


def _why_not(expression: sympy.Expr) -> str:
    if isinstance(expression, sympy.Sum | DotProduct):
        return (
            f"{expression}: entrywise sums are not read here; write it as a product, a trace or a bilinear form, or "
            "average it by expect()"
        )
    if isinstance(expression, Determinant):
        what = "the determinant of a random matrix"
    elif isinstance(expression, sympy.Pow):
        what = "a power of something random whose exponent is not a positive integer"
    else:
        what = f"the function {type(expression).__name__} of something random"
    if isinstance(expression, Determinant):
        return f"{expression}: {what} is no product of traces; expect_at() averages it at given sizes"
    return (
        f"{expression}: {what} is not a polynomial in Gaussian entries, so it has no exact expectation here"
    )


def read_matrix(expression: MatrixExpr) -> MatrixPolynomial:
    """A SymPy matrix expression as a matrix of polynomials in words (a single block)."""
    return read_blocks(expression).single()


def read_blocks(expression: MatrixExpr) -> Blocks:
    """A SymPy matrix expression, block matrices included, as a grid."""
    if isinstance(expression, Transpose):
        return read_blocks(expression.arg).T
    if isinstance(expression, MatMul):
        return _read_product(expression)
    if isinstance(expression, MatAdd):
        parts = [read_blocks(term) for term in expression.args]
        result = parts[0]
        for part in parts[1:]:
            result = result + part
        return result
    if isinstance(expression, Inverse | MatPow):
        return _read_power(expression)
    if isinstance(expression, BlockDiagMatrix | BlockMatrix):
        blocks = expression.blocks
        grid: list[list[MatrixPolynomial]] = []
        for i in range(blocks.shape[0]):
            # A block may be a block matrix itself; its rows then continue in the blocks beside it.
            beside = [read_blocks(blocks[i, j]).grid for j in range(blocks.shape[1])]
            if len({len(part) for part in beside}) > 1:
                raise ShapeError("blocks that stand side by side are cut into different numbers of rows")
            grid += [[block for line in lines for block in line] for lines in zip(*beside, strict=True)]
        return Blocks(grid)
    return Blocks([[_read_leaf(expression)]])


def _read_leaf(expression: MatrixExpr) -> MatrixPolynomial:
    refuse_foreign(expression)
    if isinstance(expression, MatrixSymbol):
        return MatrixPolynomial.of(symbol_letter(expression))
    for kind, what in _ENTRYWISE.items():
        if isinstance(expression, kind) and contains_random(expression):
            raise UnsupportedError(
                f"{expression}: {what} that is random is not a product of matrices, so it is outside the "
                "calculus of words; expect() averages it, and expect_at() does at given sizes"
            )
    if isinstance(expression, Entrywise):
        return entrywise_function(expression.kind, read_matrix(expression.arg))
    rows, cols = (dimension_index(size) for size in expression.shape)
    if isinstance(expression, Identity):
        return MatrixPolynomial.identity(rows)
    if isinstance(expression, ZeroMatrix):
        return MatrixPolynomial.zero(rows, cols)
    if isinstance(expression, ImmutableRepMatrix):
        _check_entries(expression)
        if expression.shape == (1, 1):
            return MatrixPolynomial.identity(ONE, read_scalar(expression[0, 0]))
    elif isinstance(expression, Adjoint) and contains_random(expression):
        raise UnsupportedError(f"{expression}: write .T for the transpose; random matrices are real here")
    elif isinstance(expression, OneMatrix):
        return ones(rows, cols)
    elif contains_random(expression):
        raise UnsupportedError(
            f"{expression}: {type(expression).__name__} of a random matrix is not a product of matrices"
        )
    if isinstance(expression, ImmutableRepMatrix):
        return MatrixPolynomial.of(symbol_letter(expression))
    _check_rounding(expression)
    return opaque(expression, rows, cols)


def _check_rounding(expression: sympy.Basic) -> None:
    for rounded in expression.atoms(sympy.Float):
        raise UnsupportedError(f"{rounded} is a rounded number; write it as an exact fraction")


def _check_entries(matrix: ImmutableRepMatrix) -> None:
    """An explicit matrix is one letter, so its entries must be exact constants."""
    if contains_random(matrix):
        refuse_foreign(matrix)
        raise UnsupportedError(
            "an explicit matrix with random entries is not supported; write it with BlockMatrix or as a product, or "
            "average it by expect_at()"
        )
    for entry in matrix.flat():
        if number(entry) is None:
            _check_scalar(entry)


def _read_product(expression: MatMul) -> Blocks:
    coefficient = Polynomial.constant(1)
    product: Blocks | None = None
    for factor in expression.args:
        if not isinstance(factor, MatrixExpr | sympy.MatrixBase):
            coefficient = coefficient * read_scalar(factor)
            continue
        block = read_blocks(factor)
        product = block if product is None else product @ block
    if product is None:
        raise ShapeError(f"{expression} has no matrix factor")
    return product if coefficient == 1 else product * coefficient


def _read_power(expression: MatPow) -> Blocks:
    base, exponent = expression.base, number(expression.exp)
    if not isinstance(exponent, int):
        raise UnsupportedError(f"{expression}: only integer powers of a matrix are supported")
    if exponent < 0:
        if contains_random(base) and not is_gram(base):
            raise UnsupportedError(
                f"{expression}: the inverse of a random matrix is not a polynomial in it, so its expectation is "
                "outside the exact calculus"
            )
        factor = Blocks([[_read_inverse(base)]])
    else:
        factor = read_blocks(base)
    result = factor
    for _ in range(abs(exponent) - 1):
        result = result @ factor
    if exponent == 0:
        return Blocks([[MatrixPolynomial.identity(dimension_index(base.shape[0]))]])
    return result


def is_gram(matrix: MatrixExpr) -> bool:
    """True for XᵀX, and for a scalar times that, where X is Gaussian with mean zero."""
    if not isinstance(matrix, MatMul) or len(matrix.args) < 2 or tuple(matrix.shape) == (1, 1):
        return False
    *rest, left, right = matrix.args
    if any(isinstance(x, MatrixExpr) or contains_random(x) for x in rest):
        return False
    return isinstance(right, GaussianMatrix) and left == right.T and isinstance(right.mean, ZeroMatrix)


def _read_inverse(base: MatrixExpr) -> MatrixPolynomial:
    return inverse_of(read_matrix(base))


def inverse_of(inner: MatrixPolynomial) -> MatrixPolynomial:
    """The inverse of a constant matrix as a letter; that of a single letter cancels against it in words.

    The inverse of a sum is a letter of its own, symmetric when the sum is. Equal sums share it.
    """
    if len(inner.terms) == 1:
        (((monomial, word), coefficient),) = inner.terms.items()
        if coefficient == 1 and not monomial and len(word) == 1:
            return MatrixPolynomial.of(inverse_letter(word[0]))
        if coefficient == 1 and not monomial and not word:
            return inner
    refuse_singular({word for _, word in inner.terms})
    meaning = _inverses.setdefault(inner, Inverse(write_matrix(inner)))
    return MatrixPolynomial.of(letter(meaning, inner.rows, inner.rows, symmetric=inner == inner.T))
