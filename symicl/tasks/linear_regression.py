"""In-context linear regression with Gaussian covariates, task and noise."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr, ZeroMatrix

from symicl.algebra import (
    ClosedForm,
    RandomMatrix,
    closed_form,
    dims,
    gaussian,
    matrix,
    read_form,
    read_matrix,
    scalar,
    symbol_letter,
    unheard,
)
from symicl.errors import InputError, brief
from symicl.tasks.gaussian_regression import GaussianRegression, prompt_letters
from symicl.typeset import Passage, formula_latex

N, D = dims("n d")
SIGMA2 = scalar("sigma2", nonnegative=True)


def _meaning(symbol: sympy.Basic, task: LinearRegression) -> str:
    """The meaning of a symbol of the law, by the place where it stands alone."""
    square = rf"$\in\mathbb{{R}}^{{{task.d}\times {task.d}}}$"
    if symbol == task.noise:
        return "is the variance of the noise"
    if symbol == task.covariate_cov:
        return f"{square} is the covariance of covariates, symmetric and positive definite"
    if symbol == task.task_cov:
        return f"{square} is the covariance of the task, symmetric and positive semidefinite"
    if symbol == task.task_mean:
        return rf"$\in\mathbb{{R}}^{{{task.d}}}$ is the mean of the task"
    return "is a parameter of the law"


def variance(noise: object, what: str = "the noise variance") -> sympy.Expr:
    """A variance as an expression.

    Raises
    ------
    InputError
        If it is no scalar, or not known to be non-negative.
    """
    if isinstance(noise, int | Fraction) and not isinstance(noise, bool):
        noise = sympy.Rational(noise)
    if not isinstance(noise, sympy.Expr):
        raise InputError(f"{what} is {brief(noise)}; give a symbol or an exact number")
    if not noise.is_nonnegative:
        raise InputError(
            f"{what} is {noise}, which is not known to be ≥ 0; declare its symbols with "
            "scalar(..., nonnegative=True)"
        )
    return noise


class LinearRegression(GaussianRegression):
    """yᵢ = ⟨w, xᵢ⟩ + εᵢ with x ~ N(0, Σ), w ~ N(β, Ψ), ε ~ N(0, σ²), all independent.

    The prompt holds n labelled examples and a query x; the target is ⟨w, x⟩ + ε.

    Parameters
    ----------
    covariate_cov : matrix expression, optional
        Σ, d × d. Default identity.
    task_mean : matrix expression, optional
        β, d × 1. Default zero.
    task_cov : matrix expression, optional
        Ψ, d × d. Default identity.
    noise : scalar expression, optional
        σ², a variance. Default the symbol ``sigma2``.
    n, d : positive integer symbols or integers, optional

    Notes
    -----
    The setting of Mahankali, Hashimoto, Ma (2023) and of Zhang, Wu, Bartlett (2024).
    """

    def __init__(
        self,
        covariate_cov: MatrixExpr | None = None,
        task_mean: MatrixExpr | None = None,
        task_cov: MatrixExpr | None = None,
        noise: sympy.Expr | Fraction | int = SIGMA2,
        n: sympy.Symbol | int = N,
        d: sympy.Symbol | int = D,
    ):
        self.noise = variance(noise)
        X = gaussian("X", (n, d), col_cov=covariate_cov)
        x = gaussian("x", (d, 1), row_cov=covariate_cov)
        self.w = gaussian("w", (d, 1), row_cov=task_cov, mean=task_mean)
        self.noises = gaussian("epsilon", (n, 1), col_cov=noise)
        self.query_noise = gaussian("epsilon_0", (1, 1), col_cov=noise)
        super().__init__(X, x, responses=X * self.w + self.noises, response=self.w.T * x + self.query_noise)
        # As matrices: a scalar s means s·I, nothing given means I or 0.
        self.covariate_cov, self.task_cov, self.task_mean = X.col_cov, self.w.row_cov, self.w.mean
        self.r = matrix("r", (n, 1))

    @classmethod
    def options(cls) -> Mapping[str, str] | None:
        if cls is not LinearRegression:  # with arguments of its own
            return super().options()
        matrices = dict.fromkeys(("covariate_cov", "task_mean", "task_cov"), "matrix")
        return matrices | {"noise": "scalar", "n": "dimension", "d": "dimension"}

    @cached_property
    def random(self) -> tuple[RandomMatrix, ...]:
        """In the order in which a run draws them."""
        return self.X, self.x, self.w, self.noises, self.query_noise

    def __repr__(self) -> str:
        return (
            f"LinearRegression(x ~ N(0, {self.covariate_cov}), w ~ N({self.task_mean}, {self.task_cov}), "
            f"noise variance {self.noise})"
        )

    def setting(self) -> Passage:
        covariates, prior, mean, noise = map(
            formula_latex, (self.covariate_cov, self.task_cov, self.task_mean, self.noise)
        )
        centred = isinstance(self.task_mean, ZeroMatrix)
        law = (
            rf"x_i,x\sim N(0,{covariates}),\quad w\sim N({0 if centred else mean},{prior}),\quad "
            rf"\varepsilon_i,\varepsilon_{{0}}\sim N(0,{noise}),\quad\text{{all independent}}"
        )
        where = prompt_letters(self.n, self.d) | {
            r"w\in\mathbb{R}^{d}": "is the task, drawn anew for each prompt",
            r"\varepsilon_i,\varepsilon_{0}": "are noise",
        }
        for symbol in sorted(set().union(*(part.free_symbols for part in self._laws())), key=str):
            if symbol not in (self.n, self.d):
                where[formula_latex(symbol)] = _meaning(symbol, self)
        if not centred:
            where["r"] = rf"$=y-X{mean}$ is the part of the responses that the mean of the task leaves"
        return Passage(
            "In-context linear regression: $n$ labelled examples $(x_i,y_i)$ and a query $x$, whose response $y_{0}$ "
            "is to be predicted",
            (r"y_i=\langle w,x_i\rangle+\varepsilon_i,\qquad y_{0}=\langle w,x\rangle+\varepsilon_{0}", law),
            where,
        )

    def _laws(self) -> tuple[sympy.Basic, ...]:
        return self.noise, self.covariate_cov, self.task_cov, self.task_mean

    # --- symbols -------------------------------------------------------------------------------------

    @cached_property
    @unheard
    def definitions(self) -> dict[int, ClosedForm]:
        """y = X w + ε and r = y − X E[w], as a substitution for the letters y and r."""
        responses, known = (closed_form(read_matrix(e)) for e in (self.responses, self.X * self.task_mean))
        return {symbol_letter(self.y): responses, symbol_letter(self.r): responses - known}

    def with_noise(self, noise: sympy.Expr) -> LinearRegression:
        return LinearRegression(self.covariate_cov, self.task_mean, self.task_cov, noise, self.n, self.d)

    def centred(self, prediction: ClosedForm) -> ClosedForm:
        """y = X E[w] + r: the residual r is odd in (w − E[w], ε), which separates the features."""
        if isinstance(self.task_mean, ZeroMatrix):
            return prediction
        residual = ClosedForm.of(symbol_letter(self.r))
        return prediction.substitute({symbol_letter(self.y): read_form(self.X * self.task_mean) + residual})

    def prompt_letters(self) -> set[int]:
        return super().prompt_letters() | {symbol_letter(self.r)}

    def symbols(self) -> dict[str, sympy.Basic]:
        found: dict[str, sympy.Basic] = {}
        for size in (self.n, self.d):
            if isinstance(size, sympy.Symbol):
                found[size.name] = size
        for law in self._laws():
            for symbol in sorted(law.free_symbols, key=str):
                found.setdefault(symbol.name, symbol)
        return found
