"""Random variables of `sympy.stats`, where their law is one that has exact expectations here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import sympy
from sympy.matrices.expressions import MatrixExpr, Trace
from sympy.stats.crv_types import LaplaceDistribution, NormalDistribution, UniformDistribution
from sympy.stats.frv_types import RademacherDistribution
from sympy.stats.joint_rv import JointRandomSymbol
from sympy.stats.joint_rv_types import MultivariateNormalDistribution
from sympy.stats.matrix_distributions import MatrixNormalDistribution, WishartDistribution
from sympy.stats.random_matrix_models import GaussianOrthogonalEnsembleModel
from sympy.stats.rv import RandomMatrixSymbol, RandomSymbol
from sympy.stats.symbolic_multivariate_probability import ExpectationMatrix
from sympy.stats.symbolic_probability import Covariance, Expectation, Variance

from symicl.algebra import HOW_TO_DECLARE, gaussian, has_kind, law_name
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.expectation.equal_entries import independent_entries, rademacher
from symicl.expectation.orthogonal_ensemble import goe

Expect = Callable[[sympy.Basic], sympy.Expr]


def declared(expression: sympy.Basic, expect: Expect) -> sympy.Basic:
    """The expression with Gaussian matrices of this package for the random variables of `sympy.stats`.

    Normal, MultivariateNormal and MatrixNormal become Gaussians, a Wishart matrix with n degrees of freedom and scale V
    becomes ZᵀZ for n rows N(0, V); Rademacher, Uniform and Laplace numbers have independent entries. Expectation,
    Variance and Covariance without a condition are taken, from the inside out.

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
        return _own(expression, _taken)
    if isinstance(expression, sympy.Indexed) and isinstance(expression.base, JointRandomSymbol):
        return _entry(expression)
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


def own_law(value: sympy.Basic) -> sympy.Basic:
    """The expression in laws of this package; a whole `MultivariateNormal` is a column.

    Raises
    ------
    UnsupportedError
        For a random variable of another law, which is named.
    """
    if isinstance(value, JointRandomSymbol):
        return _column(value)
    return declared(value, lambda inner: inner)


def _column(variable: JointRandomSymbol) -> MatrixExpr:
    """A Gaussian column with the law of a vector."""
    law: Any = getattr(variable.pspace, "distribution", None)
    if type(law) is not MultivariateNormalDistribution or law.has(RandomSymbol):
        _refuse(variable)
    mean, cov = law.args
    return gaussian(str(variable.symbol), mean.shape[0], mean=mean, row_cov=cov)


def _entry(expression: sympy.Indexed) -> sympy.Expr:
    """An entry of a vector of a number of normals."""
    whole = _own(expression.base, _column)
    size, place = whole.shape[0], expression.indices[0]
    if len(expression.indices) != 1 or not (place.is_Integer and size.is_Integer and 0 <= place < size):
        raise UnsupportedError(f"{expression} is no entry of a vector whose size is a number")
    return whole[place, 0]


def _own(variable: Any, made: Callable[[Any], Any]) -> Any:
    """The result of `made` for a random variable; errors name the variable."""
    try:
        return made(variable)
    except UnsupportedError:
        raise
    except (SymiclError, TypeError, ValueError) as error:
        raise InputError(f"the random variable {variable} of sympy.stats cannot be taken: {error}") from None


def _taken(variable: RandomSymbol) -> sympy.Expr:
    """A random matrix with the law of the variable, or a polynomial in one."""
    law, name = getattr(variable.pspace, "distribution", sympy.S.Zero), str(variable.symbol)
    if type(variable) is RandomMatrixSymbol and not law.has(RandomSymbol):
        model: Any = getattr(variable.pspace, "model", None)
        if type(law) is MatrixNormalDistribution:
            mean, rows, cols = law.args
            return gaussian(name, tuple(mean.shape), mean=mean, row_cov=rows, col_cov=cols)
        if type(law) is WishartDistribution:
            freedom, scale = law.args
            z = gaussian(name, (freedom, scale.shape[0]), col_cov=scale)
            return z.T * z
        if type(model) is GaussianOrthogonalEnsembleModel:
            return goe(name, model.dimension, variance=1 / model.dimension)
    single = type(variable.pspace).__name__ in ("SingleContinuousPSpace", "SingleFinitePSpace")
    if single and type(variable) is RandomSymbol and type(law) in NUMBERS and not law.has(RandomSymbol):
        return NUMBERS[type(law)](name, law)
    if type(law) is MultivariateNormalDistribution:
        raise UnsupportedError(
            f"{variable} is a whole vector of sympy.stats, which has no products there; take its entries, "
            f"{variable}[0], or declare si.gaussian({name!r}, …)"
        )
    _refuse(variable)


def _normal(name: str, law: Any) -> sympy.Expr:
    return Trace(gaussian(name, 1, col_cov=law.std**2, mean=sympy.ImmutableMatrix([[law.mean]])))


def _uniform(name: str, law: Any) -> sympy.Expr:
    """The middle plus a number on [−h, h], whose moments are h²ᵏ/(2k + 1)."""
    h = (law.right - law.left) / 2
    moments = [h ** (2 * k) / (2 * k + 1) for k in range(1, 5)]
    return (law.left + law.right) / 2 + Trace(_number(name, moments))


def _laplace(name: str, law: Any) -> sympy.Expr:
    """The middle plus a symmetric number with moments (2k)! b²ᵏ."""
    moments = [sympy.factorial(2 * k) * law.b ** (2 * k) for k in range(1, 5)]
    return law.mu + Trace(_number(name, moments))


def _number(name: str, moments: list[sympy.Expr]) -> MatrixExpr:
    return independent_entries(
        name, 1, **dict(zip(("second", "fourth", "sixth", "eighth"), moments, strict=True))
    )


NUMBERS: dict[type, Callable[[str, Any], sympy.Expr]] = {
    NormalDistribution: _normal,
    RademacherDistribution: lambda name, law: Trace(rademacher(name, 1)),
    UniformDistribution: _uniform,
    LaplaceDistribution: _laplace,
}
KNOWN = "Normal, MultivariateNormal, Rademacher, Uniform, Laplace, MatrixNormal, Wishart and GaussianOrthogonalEnsemble"


def _refuse(variable: Any) -> NoReturn:
    raise UnsupportedError(
        f"{variable} is a random variable of sympy.stats ({law_name(variable)}), whose expectations are not known "
        f"here; those of {KNOWN} are; {HOW_TO_DECLARE}"
    )
