"""Random variables of `sympy.stats`, where their law is one that has exact expectations here."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy.matrices.expressions import MatrixExpr, Trace
from sympy.stats.crv_types import NormalDistribution
from sympy.stats.matrix_distributions import MatrixNormalDistribution, WishartDistribution
from sympy.stats.rv import RandomMatrixSymbol, RandomSymbol
from sympy.stats.symbolic_multivariate_probability import ExpectationMatrix
from sympy.stats.symbolic_probability import Covariance, Expectation, Variance

from symicl.algebra import HOW_TO_DECLARE, gaussian, has_kind, law_name
from symicl.errors import InputError, SymiclError, UnsupportedError

Expect = Callable[[sympy.Basic], sympy.Expr]


def declared(expression: sympy.Basic, expect: Expect) -> sympy.Basic:
    """The expression with Gaussian matrices of this package for the random variables of `sympy.stats`.

    Normal and MatrixNormal become Gaussians, a Wishart matrix with n degrees of freedom and scale V becomes ZᵀZ
    for n rows N(0, V). Expectation, Variance and Covariance without a condition are taken, from the inside out.

    Parameters
    ----------
    expression : SymPy expression
    expect : callable
        What takes the expectation of an inner expression.

    Raises
    ------
    UnsupportedError
        For any other law, a conditional or a compound one; it is named.
    """
    if not has_kind(expression, RandomSymbol, Expectation, ExpectationMatrix, Variance, Covariance):
        return expression
    if isinstance(expression, RandomSymbol):
        return _gaussian(expression)
    if isinstance(expression, Expectation | ExpectationMatrix | Variance | Covariance):
        return _moment(expression, expect)
    if isinstance(expression, MatrixExpr) and expression.is_symbol:
        return expression
    parts = [declared(argument, expect) for argument in expression.args]
    try:
        return expression.func(*parts)
    except (TypeError, ValueError):
        raise UnsupportedError(
            f"{expression}: {type(expression).__name__} of a random variable of sympy.stats is not read; "
            f"{HOW_TO_DECLARE}"
        ) from None


def _moment(expression: sympy.Basic, expect: Expect) -> sympy.Expr:
    kind = type(expression).__name__
    if getattr(expression, "_condition", None) is not None:
        raise UnsupportedError(
            f"{expression} is conditional; only expectations without a condition are taken"
        )
    parts = [declared(argument, expect) for argument in expression.args]
    if isinstance(expression, Expectation | ExpectationMatrix):
        return expect(parts[0])
    if not all(isinstance(part, sympy.Expr) and not isinstance(part, MatrixExpr) for part in parts):
        raise UnsupportedError(f"{expression}: the {kind} of a matrix is not read; write it with si.expect()")
    left, right = parts[0], parts[-1]
    return expect(left * right) - expect(left) * expect(right)


def _gaussian(variable: RandomSymbol) -> sympy.Expr:
    """A Gaussian with the law of the variable, or a polynomial in one."""
    law, name = getattr(variable.pspace, "distribution", sympy.S.Zero), str(variable.symbol)
    try:
        if type(variable) is RandomSymbol and type(law) is NormalDistribution and not law.has(RandomSymbol):
            if type(variable.pspace).__name__ == "SingleContinuousPSpace":
                mean = sympy.ImmutableMatrix([[law.mean]])
                return Trace(gaussian(name, 1, col_cov=law.std**2, mean=mean))
        elif type(variable) is RandomMatrixSymbol and not law.has(RandomSymbol):
            if type(law) is MatrixNormalDistribution:
                mean, rows, cols = law.args
                return gaussian(name, tuple(mean.shape), mean=mean, row_cov=rows, col_cov=cols)
            if type(law) is WishartDistribution:
                freedom, scale = law.args
                z = gaussian(name, (freedom, scale.shape[0]), col_cov=scale)
                return z.T * z
    except (SymiclError, TypeError, ValueError) as error:
        raise InputError(f"the random variable {variable} of sympy.stats cannot be taken: {error}") from None
    raise UnsupportedError(
        f"{variable} is a random variable of sympy.stats ({law_name(variable)}), whose expectations are not known "
        f"here; Normal, MatrixNormal and Wishart are; {HOW_TO_DECLARE}"
    )
