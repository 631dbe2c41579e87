"""A SymPy expression as a quadratic: its expectation, and the squares that it is written as."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy
from sympy.matrices.expressions import MatMul, MatPow, MatrixExpr, MatrixSymbol, Trace

from symicl.algebra import (
    NO_LETTER,
    STRUCTURED_KINDS,
    ClosedForm,
    Covariance,
    GaussianMatrix,
    RandomMatrix,
    Structured,
    degree,
    read_form,
    refuse_namesakes,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import InputError, UnsupportedError, described
from symicl.expectation import expected_form
from symicl.theory.quadratic.evidence import WeightedSquare
from symicl.theory.quadratic.problem import Quadratic, as_quadratic
from symicl.theory.quadratic.signs import is_nonnegative

Squares = list[WeightedSquare]


def read_objective(expression: Any, unknowns: Any) -> tuple[Quadratic, Squares | None]:
    """The expectation of a scalar as a quadratic in some symbols, and the squares that the expression is written as.

    Raises
    ------
    InputError
        For what is no scalar expression, for unknowns that are no letters or do not occur, for one that is random or
        declared with a sign.
    UnsupportedError
        If the expectation is not taken exactly, or not quadratic in the unknowns.
    """
    scalar, symbols = _scalar(expression), _unknowns(unknowns)
    refuse_namesakes(scalar, *symbols)
    for symbol in sorted(scalar.free_symbols, key=str):
        if isinstance(symbol, sympy.Symbol) and (declared := _other_than_real(symbol)):
            raise InputError(
                f"{symbol} is declared as {declared}, and a minimum is one of real numbers; declare it with "
                f"scalar({str(symbol)!r})"
            )
    for z in sorted(scalar.atoms(RandomMatrix), key=str):
        parts = (z.row_cov, z.col_cov) if isinstance(z, GaussianMatrix) else z.law_parts
        inside = set().union(*(part.free_symbols for part in parts))
        for symbol in symbols:
            if symbol in inside:
                raise UnsupportedError(
                    f"the law of {z.name} depends on {symbol}; write {z.name} as a sum or a product with {symbol} "
                    "in front of a Gaussian whose law does not"
                )
    letters = [symbol_letter(s) if isinstance(s, MatrixSymbol) else scalar_letter(s) for s in symbols]
    problem = as_quadratic(expected_form(scalar), letters)
    return problem, _Squares(symbols, letters).of(scalar)


def _other_than_real(symbol: sympy.Symbol) -> str:
    """The declaration by which a symbol may stand for what is no real number; empty for one that says nothing."""
    if symbol.is_real is False:
        return "not real"
    return "complex" if symbol.is_real is None and (symbol.is_complex or symbol.is_antihermitian) else ""


def _scalar(expression: Any) -> sympy.Expr:
    if not isinstance(expression, sympy.Basic) and isinstance(getattr(expression, "expr", None), sympy.Basic):
        expression = expression.expr
    if isinstance(expression, MatrixExpr):
        if tuple(expression.shape) != (1, 1):
            rows, cols = expression.shape
            raise InputError(
                f"minimise() takes a scalar, and {expression} is a {rows}×{cols} matrix; take a trace"
            )
        return Trace(expression)
    if not isinstance(expression, sympy.Expr):
        raise InputError(f"minimise() takes a loss or a scalar SymPy expression, not {described(expression)}")
    return expression


def _unknowns(unknowns: Any) -> list[Any]:
    if unknowns is None:
        raise InputError(
            "minimise(expression, unknowns): say over which letters, as in minimise(expression, [K])"
        )
    symbols = list(unknowns) if isinstance(unknowns, list | tuple | set | frozenset) else [unknowns]
    if not symbols:
        raise InputError("minimise(expression, unknowns): give one letter at least")
    for symbol in symbols:
        if not isinstance(symbol, sympy.Symbol | MatrixSymbol):
            raise InputError(
                f"an unknown is {described(symbol)}; give a letter, such as K = si.matrix('K', (d, d))"
            )
        if isinstance(symbol, RandomMatrix):
            raise InputError(f"{symbol.name} is random; a minimum is sought over letters that are not")
        if isinstance(symbol, Structured):
            raise InputError(
                f"{symbol.name} is declared as {STRUCTURED_KINDS[type(symbol)]}, but a minimum is sought over all "
                "matrices; declare it with symmetric(), matrix() or vector()"
            )
        if isinstance(symbol, Covariance):
            raise InputError(
                f"{symbol.name} is declared as positive definite; a minimum is sought over all matrices, declare it "
                "with symmetric() or matrix()"
            )
        if isinstance(symbol, sympy.Symbol) and _is_restricted(symbol):
            raise InputError(
                f"{symbol.name} is declared as a special kind of number, such as an integer; a minimum is sought over "
                f"all real numbers, declare it with scalar({symbol.name!r})"
            )
        if isinstance(symbol, sympy.Symbol) and (symbol.is_nonnegative or symbol.is_nonpositive):
            raise InputError(
                f"{symbol.name} is declared with a sign; a minimum is sought over all real numbers, declare it with "
                f"scalar({symbol.name!r})"
            )
    return sorted(dict.fromkeys(symbols), key=lambda symbol: symbols.index(symbol))


def _is_restricted(symbol: sympy.Symbol) -> bool:
    """True if a symbol without a sign does not stand for any real number."""
    signed = symbol.is_nonnegative or symbol.is_nonpositive
    assumed = (symbol.is_zero, symbol.is_rational, symbol.is_algebraic)
    return (
        not symbol.is_commutative
        or symbol.is_extended_real is False
        or (not signed and any(fact is not None for fact in assumed))
    )


class _Squares:
    """Reads the squares of an expression.

    Parameters
    ----------
    symbols, letters
        The unknowns.
    """

    def __init__(self, symbols: Iterable[Any], letters: Iterable[int]):
        self.symbols, self.letters = set(symbols), list(letters)

    def of(self, expression: sympy.Basic) -> Squares | None:
        """The squares of what is seen to be a convex quadratic; None says nothing."""
        order = self._degree(expression)
        if order <= 1:
            return []
        if isinstance(expression, Trace):
            return self._trace(expression.arg)
        if isinstance(expression, MatrixExpr):
            return self._trace(expression)
        if isinstance(expression, sympy.Add):
            parts = [self.of(part) for part in expression.args]
            return None if any(part is None for part in parts) else [s for part in parts for s in part or []]
        if isinstance(expression, sympy.Mul):
            return self._product(expression)
        if isinstance(expression, sympy.Pow) and expression.exp == 2 and self._degree(expression.base) <= 1:
            return [WeightedSquare(_scalar_form(expression.base))]
        return None

    def _degree(self, expression: sympy.Basic) -> int:
        if self.symbols.isdisjoint(expression.free_symbols):
            return 0
        form = read_form(expression)
        if not set(self.letters).isdisjoint(form.denominator_letters()):
            return 1_000
        return degree(form, self.letters)

    def _product(self, expression: sympy.Mul) -> Squares | None:
        """One convex factor, the others scalars that are not negative."""
        depends = [part for part in expression.args if self._degree(part) > 0]
        found = self.of(depends[0]) if len(depends) == 1 else None
        for part in expression.args:
            if found is None or part is depends[0]:
                continue
            exponent = part.exp if isinstance(part, sympy.Pow) else sympy.Integer(1)
            if exponent.is_Integer and exponent > 0 and exponent % 2 == 0:
                half = _scalar_form(part.base ** (exponent / 2))
                found = [square.times(halves=[half]) for square in found]
            elif is_nonnegative(factor := _scalar_form(part)):
                found = [square.times(factors=[factor]) for square in found]
            else:
                found = None
        return found

    def _trace(self, matrix: MatrixExpr) -> Squares | None:
        """tr(M' W M), for a covariance W or without one, and tr(M²) for a symmetric M."""
        if isinstance(matrix, MatPow) and matrix.exp == 2:
            base = read_form(matrix.base)
            return [WeightedSquare(base)] if base == base.T and degree(base, self.letters) <= 1 else None
        factors, scalars = [matrix], [sympy.Integer(1)]
        if isinstance(matrix, MatMul):
            factors = [part for part in matrix.args if isinstance(part, MatrixExpr)]
            scalars = [part for part in matrix.args if not isinstance(part, MatrixExpr)] or scalars
        scale = _scalar_form(sympy.Mul(*scalars))
        if not is_nonnegative(scale):
            return None
        forms = [read_form(part) for part in factors]
        half, odd = divmod(len(forms), 2)
        if not half or (odd and not isinstance(factors[half], Covariance)):
            return None
        left, right = _product(forms[:half]), _product(forms[half + odd :])
        if left != right.T or degree(right, self.letters) > 1:
            return None
        weight = symbol_letter(factors[half]) if odd else NO_LETTER
        return [WeightedSquare(right, (scale,), weight=weight)]


def _product(forms: list[ClosedForm]) -> ClosedForm:
    product = forms[0]
    for form in forms[1:]:
        product = product @ form
    return product


def _scalar_form(expression: sympy.Basic) -> ClosedForm:
    form = read_form(expression)
    return form if form.is_scalar else form.trace()
