"""In-context linear regression whose covariates, task and noise have laws that are declared, not covariances alone."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy.matrices.expressions import Identity, MatMul, MatrixExpr, OneMatrix, ZeroMatrix

from symicl.algebra import GaussianMatrix, RandomMatrix, exact_size, gaussian
from symicl.errors import InputError, brief
from symicl.expectation import EllipticalMatrix, FiniteTokens, IndependentEntries
from symicl.tasks.gaussian_regression import GaussianRegression
from symicl.tasks.regression_defaults import variance


class LinearRegressionOfLaws(GaussianRegression):
    """yᵢ = ⟨w, xᵢ⟩ + εᵢ for declared laws of X, x, w and ε; made by `LinearRegression` where it is given a law.

    Attributes
    ----------
    w : the task
    noise : scalar or None
        The variance of the noise, where that is Gaussian and the same for all.
    """

    def __init__(
        self,
        *,
        covariates: MatrixExpr,
        task: MatrixExpr,
        test: RandomMatrix | None,
        noise: Any,
        query_noise: Any,
    ):
        X, w = covariates, task
        _check("covariates", X, "n×d")
        if test is None:
            _refuse_query({"covariates": X, "task": w, "noise": noise})
        n, d = X.shape
        x = row_of(X) if test is None else test
        _check("task", w, "d×1", (d, 1))
        _check("test", x, "d×1", (d, 1))
        plain = not isinstance(noise, MatrixExpr)
        self.w, self.given_noise, self.given_query_noise = w, noise, query_noise
        self.noise = variance(noise) if plain else None
        if plain:
            noises = gaussian("epsilon", (n, 1), col_cov=self.noise)
        else:
            _check("noise", noise, "n×1", (n, 1))
            noises = noise
        at_test = (
            (self.noise if plain else 0) if query_noise is None else variance(query_noise, "query_noise")
        )
        response = w.T * x
        if at_test != 0:
            response = response + gaussian("epsilon_0", (1, 1), col_cov=at_test)
        super().__init__(X, x, responses=X * w + noises, response=response)

    def with_noise(self, noise: sympy.Expr | Fraction | int) -> LinearRegressionOfLaws:
        if self.noise is None:
            raise InputError("the noise has a law of its own here; declare the task with another one")
        return LinearRegressionOfLaws(
            covariates=self.covariates,
            task=self.w,
            test=self.x,
            noise=noise,
            query_noise=self.given_query_noise,
        )


def _refuse_query(options: dict[str, Any]) -> None:
    """Refuse letters called x where the query, which has that name, was not given: they would be the query.

    Raises
    ------
    InputError
    """
    for option, value in options.items():
        if any(z.name == "x" for z in _drawn(value)):
            raise InputError(
                f"{option} has a letter x, which is the name of the query; give it another name, or give the query "
                f"that it depends on as well, test=x"
            )


def _drawn(value: Any) -> set[RandomMatrix]:
    return value.atoms(RandomMatrix) if isinstance(value, sympy.Basic) else set()


def refuse_letters_of_defaults(given: Mapping[str, Any], made: Mapping[str, str]) -> None:
    """Refuse letters in options with the names of those that are made for the options that were not given.

    Parameters
    ----------
    given : dict
        From the name of an option to its law.
    made : dict
        From a name to what is called so.

    Raises
    ------
    InputError
    """
    for option, value in given.items():
        for z in _drawn(value):
            if z.name in made:
                raise InputError(
                    f"{option} has a letter {z.name}, which is the name of {made[z.name]}; give it another name"
                )


def _check(what: str, value: Any, shape: str, wanted: tuple[Any, Any] | None = None) -> None:
    """Refuse what is no random matrix of the right shape.

    Raises
    ------
    InputError
    """
    if not isinstance(value, MatrixExpr) or not value.has(RandomMatrix):
        raise InputError(
            f"{what} is {brief(value)}; give a law, such as si.gaussian(…) or si.sphere(…), {shape}, or an "
            "expression in random matrices"
        )
    if wanted is not None and tuple(value.shape) != tuple(map(exact_size, wanted)):
        raise InputError(
            f"{what} is {value.shape[0]}×{value.shape[1]}; it has to be {wanted[0]}×{wanted[1]} here"
        )


def row_of(X: MatrixExpr) -> RandomMatrix:
    """A query with the law of one row of X.

    Raises
    ------
    InputError
        If the rows have no common law that can be read off.
    """
    d = X.shape[1]
    if isinstance(X, IndependentEntries):
        return IndependentEntries("x", d, 1, *X.args[3:])
    if isinstance(X, EllipticalMatrix) and not X.is_column:
        return EllipticalMatrix("x", d, 1, *X.args[3:])
    if isinstance(X, FiniteTokens) and not X.is_column:
        return FiniteTokens("x", d, 1, *X.args[3:])
    if isinstance(X, GaussianMatrix):
        factor, rest = X.row_cov.as_coeff_mmul()
        mean = _common_row(X.mean)
        if isinstance(rest.doit(), Identity) and mean is not None:
            return gaussian("x", (d, 1), row_cov=(factor * X.col_cov).doit(), mean=mean.T)
    raise InputError(
        f"the rows of {brief(X)} are not independent draws of one law, so the law of the query has to be given: "
        "test=si.gaussian('x', …)"
    )


def _common_row(mean: MatrixExpr) -> MatrixExpr | None:
    """The row r of a mean 1 r, or None if the rows differ."""
    if isinstance(mean, ZeroMatrix):
        return ZeroMatrix(1, mean.shape[1])
    if isinstance(mean, MatMul):
        number, factors = mean.as_coeff_matrices()
        if isinstance(factors[0], OneMatrix) and factors[0].shape[1] == 1 and len(factors) > 1:
            return (number * MatMul(*factors[1:])).doit()
    return None
