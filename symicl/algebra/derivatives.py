"""`gradient`: exact derivatives of scalar closed forms with respect to a matrix, a vector or a scalar.

SymPy's own `diff` with respect to a matrix returns 0 for a sum of traces and for any other scalar that is not a
product of traces. Importing this module mends that: such a scalar is then differentiated by `gradient`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy
from sympy.matrices.expressions import (
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    Trace,
    ZeroMatrix,
)
from sympy.tensor.array.expressions import ArrayAdd, ArrayTensorProduct, PermuteDims, ZeroArray
from sympy.tensor.array.expressions.arrayexpr_derivatives import array_derive

from symicl.algebra.differentiate import gradient_in_words as word_gradient
from symicl.algebra.letters import COLS, MEANING, ONE, PARTNER, ROWS, letter
from symicl.algebra.namesakes import refuse_namesakes
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.reader import read_matrix, read_scalar, scalar_letter, symbol_letter
from symicl.algebra.symbols import RandomMatrix, SymmetricMatrix
from symicl.algebra.writer import write_matrix, write_scalar
from symicl.errors import InputError, UnsupportedError, described


def gradient(expression: Any, letter: sympy.Basic) -> sympy.Expr | MatrixExpr:
    """The exact gradient of a scalar.

    Parameters
    ----------
    expression : SymPy scalar, or an object with one in ``.expr`` such as a loss
        Made of traces, bilinear forms and scalars, with inverses of matrices and any functions of scalars; what
        `expect` returns, or what was made from that.
    letter : sympy.MatrixSymbol or sympy.Symbol
        A matrix, vector or scalar, as declared with `matrix`, `vector`, `symmetric`, `covariance` or `scalar`.

    Returns
    -------
    SymPy expression
        For a matrix A the matrix G of the same shape with df = tr(G' dA), so that G_ij = ∂f/∂A_ij. For a
        symmetric A the symmetric G with df = tr(G dA) for symmetric dA: ∂f/∂A_ii on the diagonal, and off it
        half of the derivative along A_ij = A_ji. For a scalar the derivative.

    Raises
    ------
    InputError
        For a matrix in place of a scalar, for what is no letter, and for a letter that a law contains.
    UnsupportedError
        If the letter stands where it is not differentiated, such as in a determinant or a single entry.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> X, G = si.gaussian("X", (n, d)), si.matrix("G", (d, d))
    >>> si.gradient(si.expect(sympy.Trace(G * X.T * X * G.T) + sympy.Trace(G) ** 2), G)
    (2*n)*G + (2*Trace(G))*I
    """
    expression = _scalar(expression)
    _check_letter(expression, letter)
    a = symbol_letter(letter) if isinstance(letter, MatrixExpr) else scalar_letter(letter)
    if not expression.has(letter):
        return _zero(letter)
    try:
        return _written(_total(read_scalar(expression), a), letter)
    except UnsupportedError:
        return _by_chain_rule(expression, letter, a)


def _scalar(expression: Any) -> sympy.Expr:
    if not isinstance(expression, sympy.Basic) and isinstance(getattr(expression, "expr", None), sympy.Basic):
        expression = expression.expr
    if isinstance(expression, int) and not isinstance(expression, bool):
        expression = sympy.Integer(expression)
    if isinstance(expression, MatrixExpr):
        if tuple(expression.shape) != (1, 1):
            raise InputError(
                f"gradient() takes a scalar, and {expression} is a {expression.shape[0]}×{expression.shape[1]} matrix; "
                "take a trace or a bilinear form of it"
            )
        return Trace(expression)
    if not isinstance(expression, sympy.Expr):
        raise InputError(f"gradient() takes a scalar SymPy expression, not {described(expression)}")
    return expression


def _check_letter(expression: sympy.Expr, letter: object) -> None:
    if not isinstance(letter, sympy.Symbol | MatrixSymbol):
        raise InputError(f"gradient() takes a letter to differentiate by, not {described(letter)}")
    refuse_namesakes(expression, letter)
    for rounded in expression.atoms(sympy.Float):
        raise UnsupportedError(f"{rounded} is a rounded number; write it as an exact fraction")
    for z in expression.atoms(RandomMatrix):
        if z != letter and any(argument.has(letter) for argument in z.args[1:]):
            raise InputError(
                f"the law of {z} contains {letter}; take the expectation first, gradient(expect(…), {letter})"
            )
    if isinstance(letter, sympy.Symbol):
        for matrix in expression.atoms(MatrixSymbol, Identity):
            if any(size.has(letter) for size in matrix.shape):
                raise InputError(
                    f"{letter} is the size of {matrix}, a whole number, so there is no derivative in it"
                )


def _zero(letter: sympy.Basic) -> sympy.Expr | MatrixExpr:
    return ZeroMatrix(*letter.shape) if isinstance(letter, MatrixExpr) else sympy.Integer(0)


def _written(value: MatrixPolynomial, letter: sympy.Basic) -> sympy.Expr | MatrixExpr:
    return write_matrix(value) if isinstance(letter, MatrixExpr) else write_scalar(value.trace())


def _total(polynomial: Polynomial, a: int) -> MatrixPolynomial:
    """The gradient of a polynomial in words, through inverses of sums that contain the letter as well.

    For J = M⁻¹ and H the gradient in J, df = tr(H' dJ) = −tr(J H' J dM).
    """
    inside = [b for b in sorted(polynomial.letters()) if b != a and _contains(b, a)]
    frozen = {b: _stand_in(b, a) for b in inside}
    plain = (
        polynomial.substitute({b: MatrixPolynomial.of(c) for b, c in frozen.items()})
        if inside
        else polynomial
    )
    back = {c: MatrixPolynomial.of(b) for b, c in frozen.items()}
    result = word_gradient(plain, a)
    result = _thawed(result, back)
    for b, c in frozen.items():
        meaning = MEANING[b]
        if not isinstance(meaning, Inverse):
            raise UnsupportedError(f"{meaning} is not differentiated by {MEANING[a]}")
        outer = _thawed(word_gradient(plain, c), back)
        inverse = MatrixPolynomial.of(b)
        weight = inverse @ outer.T @ inverse * -1
        probe = letter(("weight of an inverse", b), weight.rows, weight.cols)
        inner = _total((MatrixPolynomial.of(probe) @ read_matrix(meaning.arg)).trace(), a)
        result = result + inner.substitute({probe: weight})
    return result


def _thawed(matrix: MatrixPolynomial, back: dict[int, MatrixPolynomial]) -> MatrixPolynomial:
    present = matrix.letters()
    back = {c: of for c, of in back.items() if c in present}
    return matrix.substitute(back) if back else matrix


def _contains(b: int, a: int) -> bool:
    meaning, wanted = MEANING[b], MEANING[a]
    if isinstance(meaning, tuple) and meaning[0] == "inverse":  # cut by `differentiate` itself
        return False
    return isinstance(meaning, sympy.Basic) and meaning != wanted and meaning.has(wanted)


def _stand_in(b: int, a: int) -> int:
    symmetric = PARTNER[b] == b and ROWS[b] != ONE
    return letter(("held fixed", b, a), ROWS[b], COLS[b], symmetric=symmetric)


def _by_chain_rule(expression: sympy.Expr, by: sympy.Basic, a: int) -> sympy.Expr | MatrixExpr:
    """f(t₁, t₂, …) of traces: Σ ∂f/∂tᵢ times the gradient of tᵢ, and ∂f/∂s for a scalar s."""
    expression = _traces_pulled_out(expression, by)
    traces = sorted((t for t in expression.atoms(Trace) if t.has(by)), key=sympy.default_sort_key)
    outermost = [t for t in traces if not any(t != other and other.has(t) for other in traces)]
    names = {t: sympy.Dummy(f"t{i}") for i, t in enumerate(outermost)}
    outer = expression.xreplace(names)
    if (isinstance(by, MatrixExpr) and outer.has(by)) or outer.has(
        sympy.Derivative, sympy.Sum, sympy.Integral
    ):
        raise UnsupportedError(f"{expression} holds {by} in a form that is not differentiated exactly here")
    values = {name: t for t, name in names.items()}
    parts: list[Any] = []
    for t, name in names.items():
        factor = outer.diff(name)
        if factor.has(sympy.Derivative, sympy.Subs):
            raise UnsupportedError(f"the derivative of {expression} is not known")
        parts.append((factor.xreplace(values), _written(_total(read_scalar(t), a), by)))
    if not isinstance(by, MatrixExpr):
        own = outer.diff(by)
        if own.has(sympy.Derivative, sympy.Subs):
            raise UnsupportedError(f"the derivative of {expression} is not known")
        return sympy.Add(own.xreplace(values), *(factor * part for factor, part in parts))
    return _sum((MatMul(factor, part).doit() for factor, part in parts), by)


def _traces_pulled_out(expression: sympy.Expr, by: sympy.Basic) -> sympy.Expr:
    """Scalars that stand inside a trace in front of it, so that what is left of it is one word."""
    if isinstance(by, MatrixExpr):
        return expression
    inside = [t for t in expression.atoms(Trace) if t.has(by)]
    return expression.xreplace({t: write_scalar(read_scalar(t)) for t in inside})


def _sum(parts: Iterable[MatrixExpr], by: MatrixExpr) -> MatrixExpr:
    terms = [part for part in parts if not isinstance(part, ZeroMatrix)]
    if not terms:
        return ZeroMatrix(*by.shape)
    return terms[0] if len(terms) == 1 else MatAdd(*terms).doit()


# --- SymPy's own diff ------------------------------------------------------------------------------------


def extend_sympy_diff() -> None:
    """Let SymPy's own `diff` with respect to a matrix answer as `gradient` does, or refuse."""
    array_derive.register(sympy.Expr)(_scalar_by_matrix)
    array_derive.register(SymmetricMatrix)(_symmetric_by_matrix)


def _scalar_by_matrix(expression: sympy.Expr, x: Any) -> Any:
    """A scalar that is no product of traces, where SymPy returns 0."""
    if not expression.has(x):
        return ZeroArray(*x.shape)
    if not isinstance(x, MatrixSymbol) or hasattr(expression, "shape"):
        raise UnsupportedError(f"SymPy's diff({expression}, {x}) would be wrong; use si.gradient()")
    return gradient(expression, x)


def _symmetric_by_matrix(expression: SymmetricMatrix, x: Any) -> Any:
    """The symmetric part, as `gradient` has it."""
    if expression != x:
        return ZeroArray(*(x.shape + expression.shape))
    size = expression.shape[0]
    units = ArrayTensorProduct(Identity(size), Identity(size))
    both = [PermuteDims(units, order) for order in ([0, 2, 1, 3], [0, 2, 3, 1])]
    return ArrayTensorProduct(sympy.Rational(1, 2), ArrayAdd(*both)).doit()
