"""Rational functions: a polynomial, or a matrix of polynomials, over a scalar polynomial.

Guarantee: equality is decided by cross-multiplication in exact arithmetic; nothing is simplified on the way.
A denominator is a polynomial that is not identically zero; the value is meant where it does not vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

import sympy
from sympy.matrices.expressions import Identity, Inverse, MatAdd, MatMul, MatrixExpr, Trace, Transpose

from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ONE, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial, check_opaque, common_words, divide
from symicl.algebra.provenance import Compound, Origin, note, reported
from symicl.algebra.reader import dimension_index, inverse_of, number, read_matrix, scalar_letter
from symicl.algebra.words import Monomial
from symicl.algebra.writer import write_matrix, write_scalar
from symicl.errors import InputError, UnsupportedError


def _common_scalars(parts: list[Polynomial]) -> Monomial:
    return common_words(monomial for part in parts for monomial in part.terms)


def _divide(part: Polynomial, words: Monomial) -> Polynomial:
    return Polynomial({divide(monomial, words): c for monomial, c in part})


class Ratio(Compound):
    """A scalar rational function num / den."""

    __slots__ = ("den", "num", "origin")
    origin: Origin

    def __init__(self, num: Polynomial | Number, den: Polynomial | Number = 1):
        self.num = num if isinstance(num, Polynomial) else Polynomial.constant(num)
        self.den = den if isinstance(den, Polynomial) else Polynomial.constant(den)
        if not self.den:
            raise ZeroDivisionError("the denominator of a closed form is identically zero")
        if len(self.den.terms) == 1:
            ((monomial, c),) = self.den.terms.items()
            if not monomial and c != 1:
                self.num, self.den = self.num * (1 / Fraction(c)), Polynomial.constant(1)
        common = _common_scalars([self.num, self.den]) if self.num else ()
        if common:
            self.num, self.den = _divide(self.num, common), _divide(self.den, common)
        note("over", (num, den), self)

    def __reduce__(self) -> Any:
        return Ratio, (self.num, self.den)

    def parts(self) -> Iterable[tuple[str, Any]]:
        return (("num", self.num), ("den", self.den))

    @reported("sum")
    def __add__(self, other: Ratio | Polynomial | Number) -> Ratio:
        other = _as_ratio(other)
        if self.den == other.den:
            return Ratio(self.num + other.num, self.den)
        return Ratio(self.num * other.den + other.num * self.den, self.den * other.den)

    __radd__ = __add__

    @reported("negative")
    def __neg__(self) -> Ratio:
        return Ratio(-self.num, self.den)

    @reported("difference")
    def __sub__(self, other: Ratio | Polynomial | Number) -> Ratio:
        return self + (-_as_ratio(other))

    @reported("reversed difference")
    def __rsub__(self, other: Polynomial | Number) -> Ratio:
        return _as_ratio(other) - self

    @reported("product")
    def __mul__(self, other: Ratio | Polynomial | Number) -> Ratio:
        other = _as_ratio(other)
        return Ratio(self.num * other.num, self.den * other.den)

    __rmul__ = __mul__

    @reported("quotient")
    def __truediv__(self, other: Ratio | Polynomial | Number) -> Ratio:
        other = _as_ratio(other)
        if not other.num:
            raise ZeroDivisionError("a closed form is divided by zero")
        return Ratio(self.num * other.den, self.den * other.num)

    @reported("power")
    def __pow__(self, exponent: int) -> Ratio:
        if exponent < 0:
            return Ratio(self.den, self.num) ** -exponent
        return Ratio(self.num**exponent, self.den**exponent)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ratio | Polynomial | int):
            return NotImplemented
        other = _as_ratio(other)
        return self.num * other.den == other.num * self.den

    def __hash__(self) -> int:
        raise TypeError("a Ratio has no unique representative, so it cannot be hashed")

    @reported("substitute")
    def substitute(self, replacements: Mapping[int, Ratio]) -> Ratio:
        """Replace scalar letters by rational functions."""
        return substitute_ratios(self.num, replacements) / substitute_ratios(self.den, replacements)

    @property
    def expr(self) -> sympy.Expr:
        """As a SymPy expression."""
        return write_scalar(self.num) / write_scalar(self.den)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.expr)}$"

    def __repr__(self) -> str:
        return f"Ratio({self.expr})"


def _as_ratio(value: Ratio | Polynomial | Number) -> Ratio:
    return value if isinstance(value, Ratio) else Ratio(value)


@reported("substitute")
def substitute_ratios(polynomial: Polynomial, replacements: Mapping[int, Ratio]) -> Ratio:
    """A polynomial with scalar letters replaced by rational functions."""
    check_opaque(polynomial.letters(), replacements)
    result = Ratio(0)
    for monomial, c in polynomial:
        kept = tuple(w for w in monomial if len(w) != 1 or w[0] not in replacements)
        term = Ratio(Polynomial({kept: c}))
        for w in monomial:
            if len(w) == 1 and w[0] in replacements:
                term = term * replacements[w[0]]
        result = result + term
    return result


class MatrixRatio(Compound):
    """A matrix of polynomials over one scalar denominator."""

    __slots__ = ("den", "num", "origin")
    origin: Origin

    def __init__(self, num: MatrixPolynomial, den: Polynomial | Number = 1):
        self.num = num
        self.den = den if isinstance(den, Polynomial) else Polynomial.constant(den)
        note("over", (num, den), self)

    def __reduce__(self) -> Any:
        return MatrixRatio, (self.num, self.den)

    def parts(self) -> Iterable[tuple[str, Any]]:
        return (("num", self.num), ("den", self.den))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MatrixRatio):
            return NotImplemented
        return self.num * other.den == other.num * self.den

    def __hash__(self) -> int:
        raise TypeError("a MatrixRatio has no unique representative, so it cannot be hashed")

    @reported("sum")
    def __add__(self, other: MatrixRatio) -> MatrixRatio:
        if self.den == other.den:
            return MatrixRatio(self.num + other.num, self.den)
        return MatrixRatio(self.num * other.den + other.num * self.den, self.den * other.den)

    @reported("difference")
    def __sub__(self, other: MatrixRatio) -> MatrixRatio:
        return self + MatrixRatio(-other.num, other.den)

    @reported("product")
    def __matmul__(self, other: MatrixRatio) -> MatrixRatio:
        return MatrixRatio(self.num @ other.num, self.den * other.den)

    @reported("product")
    def __mul__(self, factor: Ratio | Polynomial | Number) -> MatrixRatio:
        factor = _as_ratio(factor)
        return MatrixRatio(self.num * factor.num, self.den * factor.den)

    @property
    @reported("transpose")
    def T(self) -> MatrixRatio:
        return MatrixRatio(self.num.T, self.den)

    @reported("trace")
    def trace(self) -> Ratio:
        return Ratio(self.num.trace(), self.den)

    @reported("substitute")
    def substitute(self, replacements: Mapping[int, MatrixPolynomial]) -> MatrixRatio:
        """Replace letters by matrices without denominators."""
        return MatrixRatio(self.num.substitute(replacements), self.den.substitute(replacements))

    @reported("multiple")
    def scalar_multiple_of_identity(self) -> Ratio | None:
        """r if the matrix is r·I, else None."""
        if any(word for (_, word) in self.num.terms):
            return None
        return Ratio(Polynomial({m: c for (m, _), c in self.num.terms.items()}), self.den)

    @property
    def expr(self) -> MatrixExpr:
        """As a SymPy matrix expression."""
        if self.den == 1:
            return write_matrix(self.num)
        return sympy.MatMul(1 / write_scalar(self.den), write_matrix(self.num))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {sympy.latex(self.expr)}$"

    def __repr__(self) -> str:
        return f"MatrixRatio({self.expr})"


def read_ratio(expression: sympy.Expr) -> Ratio:
    """A scalar SymPy expression as a rational function of its symbols and traces.

    Raises
    ------
    UnsupportedError
        If it is not rational (a root, a fractional power).
    """
    exact = number(expression)
    if exact is not None:
        return Ratio(exact)
    # Harmonic numbers, and what other layers declare to be one scalar, are letters.
    opaque = isinstance(expression, sympy.harmonic) or getattr(expression, "is_letter", False)
    if isinstance(expression, sympy.Symbol) or expression is sympy.pi or opaque:
        return Ratio(Polynomial({((scalar_letter(expression),),): 1}))
    if isinstance(expression, sympy.Add):
        result = Ratio(0)
        for term in expression.args:
            result = result + read_ratio(term)
        return result
    if isinstance(expression, sympy.Mul):
        result = Ratio(1)
        for factor in expression.args:
            result = result * read_ratio(factor)
        return result
    if isinstance(expression, sympy.Pow):
        exponent = number(expression.exp)
        if isinstance(exponent, int):
            return read_ratio(expression.base) ** exponent
    if isinstance(expression, Trace):
        return read_matrix_ratio(expression.arg).trace()
    if isinstance(expression, MatrixExpr) and tuple(expression.shape) == (1, 1):
        return read_matrix_ratio(expression).trace()
    raise UnsupportedError(f"{expression} is not a rational function of symbols and traces")


def read_matrix_ratio(expression: MatrixExpr) -> MatrixRatio:
    """A SymPy matrix expression whose coefficients may be rational functions."""
    if isinstance(expression, Transpose):
        return read_matrix_ratio(expression.arg).T
    if isinstance(expression, MatAdd):
        parts = [read_matrix_ratio(term) for term in expression.args]
        result = parts[0]
        for part in parts[1:]:
            result = result + part
        return result
    if isinstance(expression, MatMul):
        coefficient, product = Ratio(1), None
        for factor in expression.args:
            if isinstance(factor, MatrixExpr):
                matrix = read_matrix_ratio(factor)
                product = matrix if product is None else product @ matrix
            else:
                coefficient = coefficient * read_ratio(factor)
        if product is None:
            raise InputError(f"{expression} has no matrix factor")
        return product * coefficient
    if isinstance(expression, Inverse):
        base = read_matrix_ratio(expression.arg)
        common = _common_scalars([Polynomial({m: c}) for (m, _), c in base.num.terms.items()] + [base.den])
        num = MatrixPolynomial(
            base.num.rows,
            base.num.cols,
            {(divide(m, common), w): c for (m, w), c in base.num.terms.items()},
        )
        return MatrixRatio(inverse_of(num)) * _divide(base.den, common)
    if isinstance(expression, Identity):
        return MatrixRatio(MatrixPolynomial.identity(dimension_index(expression.shape[0])))
    return MatrixRatio(read_matrix(expression))


@reported("same")
def clear_reciprocals(polynomial: Polynomial) -> Ratio:
    """A polynomial with letters such as 1/n written as fractions."""
    return substitute_ratios(polynomial, _reciprocal_letters(polynomial.letters()))


@reported("same")
def clear_matrix_reciprocals(matrix: MatrixPolynomial) -> MatrixRatio:
    """The same for a matrix of polynomials, over a common denominator."""
    result = MatrixRatio(MatrixPolynomial.zero(matrix.rows, matrix.cols))
    for (monomial, word), c in matrix.terms.items():
        factor = clear_reciprocals(Polynomial({monomial: c}))
        result = result + MatrixRatio(MatrixPolynomial(matrix.rows, matrix.cols, {((), word): 1})) * factor
    return result


def _reciprocal_letters(letters: set[int]) -> dict[int, Ratio]:
    found = {}
    for a in letters:
        meaning: Any = MEANING[a]
        if ROWS[a] == ONE and isinstance(meaning, sympy.Pow) and meaning.exp.is_negative:
            found[a] = read_ratio(meaning)
    return found


@reported("limit")
def limit_at_infinity(ratio: Ratio, symbol: sympy.Symbol) -> Ratio | None:
    """Limit of a rational function as a scalar symbol grows; None if it diverges.

    The limit is that of the leading coefficients, for generic values of the other symbols.

    Raises
    ------
    UnsupportedError
        If a matrix has that symbol as its size, since its traces would grow too.
    """
    for a in ratio.num.letters() | ratio.den.letters():
        if symbol in (DIMENSIONS[ROWS[a]], DIMENSIONS[COLS[a]]):
            raise UnsupportedError(
                f"{MEANING[a]} has the size {symbol}, so the limit in {symbol} is not defined"
            )
    a = scalar_letter(symbol)
    above, below = (max(powers_of(part, a), default=0) for part in (ratio.num, ratio.den))
    if above > below:
        return None
    return Ratio(*(coefficient_of_power(part, a, below) for part in (ratio.num, ratio.den)))


def powers_of(part: Polynomial | MatrixPolynomial, a: int) -> set[int]:
    """The powers with which a scalar letter occurs."""
    monomials = part.terms if isinstance(part, Polynomial) else (m for m, _ in part.terms)
    return {m.count((a,)) for m in monomials}


Part = TypeVar("Part", Polynomial, MatrixPolynomial)


def coefficient_of_power(part: Part, a: int, power: int) -> Part:
    """What multiplies a power of a scalar letter."""

    def without(m: Monomial) -> Monomial:
        return tuple(w for w in m if w != (a,))

    if isinstance(part, MatrixPolynomial):
        open_terms = {(without(m), w): c for (m, w), c in part.terms.items() if m.count((a,)) == power}
        return MatrixPolynomial(part.rows, part.cols, open_terms)
    return Polynomial({without(m): c for m, c in part if m.count((a,)) == power})
