"""Numbers for the symbols of a law, checked once and kept exact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any

import flint
import sympy
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from symicl.algebra import STRUCTURED_KINDS, Covariance, Projector, Structured, SymmetricMatrix
from symicl.errors import InputError, brief
from symicl.numeric import ExactMatrix, Value, exact_matrix, identity_matrix, np, satisfies

Values = dict[sympy.Basic, Value]


def exact_values(
    symbols: Mapping[str, sympy.Basic], given: Mapping[str, Any], *, singular: Collection[str] = ()
) -> Values:
    """Check numbers against the symbols of a law and make them exact.

    Parameters
    ----------
    symbols : mapping from names to SymPy symbols
    given : mapping from names to numbers, nested lists, arrays or `ScaledIdentity`
        A dimension that is not given is read off the size of a matrix that is. A row of numbers that is given for a
        covariance is its diagonal.
    singular : names, optional
        Covariances that may be singular here.

    Raises
    ------
    InputError
        For an unknown or missing name, a dimension that is not a positive integer, a negative variance, a
        matrix of the wrong shape, not symmetric or not positive definite.
    """
    for name in given:
        if name not in symbols:
            known = ", ".join(symbols)
            raise InputError(f"{name} is not an input here; the inputs are {known}")
    values: Values = {}
    for name, symbol in symbols.items():
        if name in given and not isinstance(symbol, MatrixExpr):
            values[symbol] = _scalar(name, symbol, given[name])
    for name, symbol in symbols.items():
        if name in given and isinstance(symbol, MatrixExpr) and not isinstance(given[name], ScaledIdentity):
            values[symbol] = _matrix(name, symbol, given[name], values, definite=name not in singular)
    for name, symbol in symbols.items():
        if name in given and isinstance(given[name], ScaledIdentity):
            values[symbol] = _matrix(name, symbol, given[name], values, definite=name not in singular)
    missing = [name for name, symbol in symbols.items() if symbol not in values]
    if missing:
        raise InputError(
            f"no value is given for {', '.join(missing)}; add " + " ".join(f"{m}=…" for m in missing)
        )
    return values


def refuse_unknown(given: Iterable[str], known: Iterable[str], of: str) -> None:
    """Refuse inputs whose names nothing here has.

    Raises
    ------
    InputError
        That names the input, what it was given to, and the inputs that this has.
    """
    names = list(known)
    for name in given:
        if name not in names:
            raise InputError(f"{name} is not an input of {of}; its inputs are {', '.join(names)}")


class ScaledIdentity:
    """c·I, whose size is taken from the other inputs."""

    def __init__(self, factor: Fraction | int = 1):
        self.factor = Fraction(factor)


def _scalar(name: str, symbol: sympy.Basic, number: Any) -> sympy.Expr:
    try:
        if isinstance(number, bool):
            raise TypeError
        value = number if isinstance(number, sympy.Rational) else sympy.Rational(Fraction(number))
    except (TypeError, ValueError, ArithmeticError):
        raise InputError(
            f"{name}={brief(number)} is not a number; give an integer, a fraction or a decimal"
        ) from None
    if symbol.is_integer and symbol.is_positive and not (value.is_integer and value >= 1):
        raise InputError(f"{name}={number} must be a positive integer")
    if symbol.is_positive and value <= 0:
        raise InputError(f"{name}={number} must be positive")
    if symbol.is_nonnegative and value < 0:
        raise InputError(f"{name}={number} is negative, but {name} is a variance; give a number ≥ 0")
    return value


def _matrix(name: str, symbol: MatrixSymbol, entries: Any, values: Values, *, definite: bool) -> ExactMatrix:
    rows, cols = symbol.shape
    if isinstance(entries, ScaledIdentity):
        if rows not in values and not isinstance(rows, sympy.Integer):
            raise InputError(f"the size of {name}=I is not known; give {rows}=… or a matrix with entries")
        matrix = identity_matrix(int(values.get(rows, rows))) * flint.fmpq(
            entries.factor.numerator, entries.factor.denominator
        )
    else:
        if isinstance(symbol, Covariance):
            entries = _diagonal(entries)
        matrix = _entries(name, entries, is_vector=cols == 1)
    for side, size in zip((matrix.nrows(), matrix.ncols()), (rows, cols), strict=True):
        if isinstance(size, sympy.Integer):
            expected = int(size)
        elif size in values:
            expected = int(values[size])
        else:
            values[size] = sympy.Integer(side)
            continue
        if side != expected:
            raise InputError(
                f"{name} is {matrix.nrows()}×{matrix.ncols()}, but {size} = {expected} here; "
                f"it must be {values.get(rows, rows)}×{values.get(cols, cols)}"
            )
    if isinstance(symbol, Structured):
        if isinstance(symbol, Projector) and symbol.parameters:
            values.setdefault(symbol.rank, sympy.Integer(matrix.rank()))
        for parameter in symbol.parameters - values.keys():
            raise InputError(f"no value is given for {parameter}, on which {name} depends; add {parameter}=…")
        if not satisfies(symbol, matrix, values):
            raise InputError(
                f"{name} is no {STRUCTURED_KINDS[type(symbol)].partition(' ')[2]} at these values, as it is declared"
            )
        return matrix
    if isinstance(entries, ScaledIdentity) and entries.factor > 0:
        return matrix  # no need to look at it entry by entry
    if isinstance(symbol, SymmetricMatrix):
        _check_symmetric(name, matrix, definite=definite and isinstance(symbol, Covariance))
    return matrix


def _diagonal(entries: Any) -> Any:
    """The diagonal matrix, for a row of numbers; anything else as it is."""
    row = entries.tolist() if isinstance(entries, np.ndarray) else entries
    if not isinstance(row, list | tuple) or any(
        isinstance(entry, list | tuple | np.ndarray) for entry in row
    ):
        return entries
    return [[entry if i == j else 0 for j in range(len(row))] for i, entry in enumerate(row)]


def _entries(name: str, entries: Any, *, is_vector: bool) -> ExactMatrix:
    if isinstance(entries, ExactMatrix):
        return entries
    rows = entries.tolist() if isinstance(entries, np.ndarray) else entries
    if not isinstance(rows, list | tuple) or not rows:
        raise InputError(f"{name} must be a matrix such as [[2,1],[1,3]], diag(1,2) or I")
    if is_vector and not isinstance(rows[0], list | tuple):
        rows = [[x] for x in rows]
    widths = {len(row) if isinstance(row, list | tuple) else 0 for row in rows}
    if len(widths) != 1 or 0 in widths:
        raise InputError(f"the rows of {name} must be lists of equal length")
    try:
        return exact_matrix(rows)
    except (TypeError, ValueError, ArithmeticError):
        raise InputError(f"{name} contains an entry that is not a finite number") from None


def _check_symmetric(name: str, matrix: ExactMatrix, *, definite: bool) -> None:
    if matrix.nrows() != matrix.ncols():
        raise InputError(f"{name} is {matrix.nrows()}×{matrix.ncols()}, but a covariance is square")
    for i in range(matrix.nrows()):
        for j in range(i):
            if matrix[i, j] != matrix[j, i]:
                raise InputError(
                    f"{name} is not symmetric: entry ({i + 1},{j + 1}) is {matrix[i, j]} but "
                    f"({j + 1},{i + 1}) is {matrix[j, i]}; a covariance must be symmetric"
                )
    if definite and not is_positive_definite(matrix):
        raise InputError(
            f"{name} is not positive definite, which this statement needs; all eigenvalues must be > 0"
        )
    if not definite and not is_positive_semidefinite(matrix):
        raise InputError(f"{name} has a negative eigenvalue; a covariance must be positive semidefinite")


def is_positive_definite(matrix: ExactMatrix) -> bool:
    """All leading principal minors are positive (Sylvester), in exact arithmetic."""
    size = matrix.nrows()
    for k in range(1, size + 1):
        minor = flint.fmpq_mat(k, k, [matrix[i, j] for i in range(k) for j in range(k)])
        if minor.det() <= 0:
            return False
    return True


def is_positive_semidefinite(matrix: ExactMatrix) -> bool:
    """No negative eigenvalue: the coefficients of det(t + A) are all non-negative."""
    coefficients = matrix.charpoly().coeffs()
    size = matrix.nrows()
    return all((c if (size - k) % 2 == 0 else -c) >= 0 for k, c in enumerate(coefficients))
