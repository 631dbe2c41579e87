"""In-context linear regression with Gaussian covariates, task and noise."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr, ZeroMatrix

from symicl.algebra import (
    ClosedForm,
    RandomMatrix,
    closed_form,
    gaussian,
    matrix,
    read_form,
    read_matrix,
    symbol_letter,
    unheard,
)
from symicl.errors import InputError
from symicl.expectation import in_own_laws
from symicl.tasks.gaussian_regression import GaussianRegression, prompt_letters
from symicl.tasks.linear_regression_laws import LinearRegressionOfLaws, refuse_letters_of_defaults
from symicl.tasks.regression_defaults import SIGMA2, D, N, variance
from symicl.typeset import Passage, formula_latex


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
    covariates : random matrix n × d, optional
        A law of the covariates in the place of Σ, such as ``si.sphere("X", (n, d))``, or an expression in random
        matrices.
    task : random matrix d × 1, optional
        A law of w in the place of β and Ψ.
    test : random matrix d × 1 that is called "x", optional
        The law of the query, by default that of a row of the covariates.
    query_noise : scalar, optional
        The variance of the noise of the query, by default σ²; 0 if ``noise`` is a law, such as
        ``si.gaussian("epsilon", n, row_cov=D)``.

    Returns
    -------
    LinearRegression
        With one of the last four, or a law for the noise, a `GaussianRegression` of these laws, which has no covariance
        of its own.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> on_a_sphere = si.LinearRegression(covariates=si.sphere("X", (n, d)))
    >>> print(si.minimise(si.expected_loss(si.LinearSelfAttention(), on_a_sphere)))
    K⋆ = I_d/(n + d - 1 + σ²)
    L⋆ = σ² + d(d - 1 + σ²)/(n + d - 1 + σ²)

    Notes
    -----
    The setting of Mahankali, Hashimoto, Ma (2023) and of Zhang, Wu, Bartlett (2024).
    """

    def __new__(cls, *given: Any, **named: Any) -> Any:
        names = ("covariate_cov", "task_mean", "task_cov", "noise", "n", "d")
        chosen = dict(zip(names, given, strict=False)) | named
        laws = {name: in_own_laws(chosen.get(name)) for name in ("covariates", "task", "test", "query_noise")}
        noise = in_own_laws(chosen.get("noise", SIGMA2))
        if all(law is None for law in laws.values()) and not isinstance(noise, MatrixExpr):
            return super().__new__(cls)
        for law, *parts in (("covariates", "covariate_cov"), ("task", "task_mean", "task_cov")):
            both = [part for part in parts if chosen.get(part) is not None and laws[law] is not None]
            if both:
                raise InputError(f"{law} and {both[0]} are two laws of one thing; give one of them")
        n, d = chosen.get("n", N), chosen.get("d", D)
        made = {"y": "the labels", "epsilon_0": "the noise of the query"}
        made |= {"X": "the covariates"} if laws["covariates"] is None else {}
        made |= {"w": "the task"} if laws["task"] is None else {}
        made |= {} if isinstance(noise, MatrixExpr) else {"epsilon": "the noise"}
        refuse_letters_of_defaults(laws | {"noise": noise}, made)
        if laws["covariates"] is None:
            laws["covariates"] = gaussian("X", (n, d), col_cov=chosen.get("covariate_cov"))
        if laws["task"] is None:
            d = getattr(laws["covariates"], "shape", (n, d))[1]
            laws["task"] = gaussian("w", (d, 1), row_cov=chosen.get("task_cov"), mean=chosen.get("task_mean"))
        return LinearRegressionOfLaws(**laws, noise=noise)

    def __init__(
        self,
        covariate_cov: MatrixExpr | None = None,
        task_mean: MatrixExpr | None = None,
        task_cov: MatrixExpr | None = None,
        noise: sympy.Expr | Fraction | int = SIGMA2,
        n: sympy.Symbol | int = N,
        d: sympy.Symbol | int = D,
        *,
        covariates: MatrixExpr | None = None,
        task: MatrixExpr | None = None,
        test: MatrixExpr | None = None,
        query_noise: sympy.Expr | Fraction | int | None = None,
    ):
        # With a law, `__new__` has made another task.
        self.noise = variance(noise)
        X = gaussian("X", (n, d), col_cov=covariate_cov)
        x = gaussian("x", (d, 1), row_cov=covariate_cov)
        self.w = gaussian("w", (d, 1), row_cov=task_cov, mean=task_mean)
        self.noises = gaussian("epsilon", (n, 1), col_cov=noise)
        self.query_noise = gaussian("epsilon_0", (1, 1), col_cov=noise)
        responses, response = X * self.w, self.w.T * x
        if self.noise != 0:  # no letter has variance 0
            responses, response = responses + self.noises, response + self.query_noise
        self.r = matrix("r", (n, 1))
        super().__init__(X, x, responses=responses, response=response)
        # As matrices: a scalar s means s·I, nothing given means I or 0.
        self.covariate_cov, self.task_cov, self.task_mean = X.col_cov, self.w.row_cov, self.w.mean

    def _own_letters(self) -> tuple[MatrixExpr, ...]:
        """r = y − X E[w], where the task has a mean."""
        return () if isinstance(self.w.mean, ZeroMatrix) else (self.r,)

    @classmethod
    def options(cls) -> Mapping[str, str] | None:
        if cls is not LinearRegression:  # with arguments of its own
            return super().options()
        matrices = dict.fromkeys(("covariate_cov", "task_mean", "task_cov"), "matrix")
        laws = dict.fromkeys(("covariates", "task", "test"), "law")
        return matrices | {"noise": "scalar", "n": "dimension", "d": "dimension"} | laws

    @cached_property
    def random(self) -> tuple[RandomMatrix, ...]:
        """In the order in which a run draws them."""
        noises = () if self.noise == 0 else (self.noises, self.query_noise)
        return self.X, self.x, self.w, *noises

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
        law = rf"x_i,x\sim N(0,{covariates}),\quad w\sim N({0 if centred else mean},{prior}),\quad "
        where = prompt_letters(self.n, self.d) | {
            r"w\in\mathbb{R}^{d}": "is the task, drawn anew for each prompt"
        }
        added = ("", "")
        if self.noise != 0:
            law += rf"\varepsilon_i,\varepsilon_{{0}}\sim N(0,{noise}),\quad"
            where[r"\varepsilon_i,\varepsilon_{0}"] = "are noise"
            added = r"+\varepsilon_i", r"+\varepsilon_{0}"
        for symbol in sorted(set().union(*(part.free_symbols for part in self._laws())), key=str):
            if symbol not in (self.n, self.d):
                where[formula_latex(symbol)] = _meaning(symbol, self)
        if not centred:
            where["r"] = rf"$=y-X{mean}$ is the part of the responses that the mean of the task leaves"
        return Passage(
            "In-context linear regression: $n$ labelled examples $(x_i,y_i)$ and a query $x$, whose response $y_{0}$ "
            "is to be predicted",
            (
                rf"y_i=\langle w,x_i\rangle{added[0]},\qquad y_{{0}}=\langle w,x\rangle{added[1]}",
                law + r"\text{all independent}",
            ),
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
