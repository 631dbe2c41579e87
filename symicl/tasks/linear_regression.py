"""In-context linear regression with Gaussian covariates, task and noise."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from sympy.matrices.expressions import MatrixExpr, ZeroMatrix

from symicl.algebra.blocks import Blocks
from symicl.algebra.evaluate import evaluate, float_matrix
from symicl.algebra.namesakes import refuse_namesakes
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import unheard
from symicl.algebra.reader import read_matrix, symbol_letter
from symicl.algebra.symbols import GaussianMatrix, dims, exact_size, gaussian, matrix, scalar
from symicl.errors import InputError, brief
from symicl.expectation.expect import Means, expect_polynomial, law_of
from symicl.expectation.gaussian import Gaussian
from symicl.tasks.draws import Draws
from symicl.tasks.prompt import Prompt
from symicl.tasks.task import PromptTask, Sample
from symicl.tasks.values import Values
from symicl.typeset.formula import formula_latex
from symicl.typeset.passage import Passage

N, D = dims("n d")
SIGMA2 = scalar("sigma2", nonnegative=True)


def prompt_letters(n: sympy.Symbol | int, d: sympy.Symbol | int) -> dict[str, str]:
    """The letters that every in-context regression shares, with their meaning."""
    sizes = {
        str(size): meaning
        for size, meaning in ((n, "is the number of labelled examples"), (d, "is the dimension"))
        if isinstance(size, sympy.Symbol)
    }
    return sizes | {
        "x_i,x": rf"$\in\mathbb{{R}}^{{{d}}}$ are covariates",
        "y_i,y_{0}": r"$\in\mathbb{R}$ are responses",
        "X": rf"$\in\mathbb{{R}}^{{{n}\times {d}}}$ has the rows $x_i^{{\top}}$",
        "y": rf"$=(y_1,\dots,y_{{{n}}})^{{\top}}$",
    }


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


class LinearRegression(PromptTask):
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
        if isinstance(noise, int | Fraction) and not isinstance(noise, bool):
            noise = sympy.Rational(noise)
        if not isinstance(noise, sympy.Expr):
            raise InputError(f"the noise variance is {brief(noise)}; give a symbol or an exact number")
        if not noise.is_nonnegative:
            raise InputError(
                f"the noise variance is {noise}, which is not known to be ≥ 0; declare its symbols with "
                "scalar(..., nonnegative=True)"
            )
        self.n, self._d, self.noise = n, d, noise
        self.X = gaussian("X", (n, d), col_cov=covariate_cov)
        self.x = gaussian("x", (d, 1), row_cov=covariate_cov)
        self.w = gaussian("w", (d, 1), row_cov=task_cov, mean=task_mean)
        # As matrices: a scalar s means s·I, nothing given means I or 0.
        self.covariate_cov, self.task_cov, self.task_mean = self.X.col_cov, self.w.row_cov, self.w.mean
        self.noises = gaussian("epsilon", (n, 1), col_cov=noise)
        self.query_noise = gaussian("epsilon_0", (1, 1), col_cov=noise)
        refuse_namesakes(self.X, self.w, self.noises)
        self.y = matrix("y", (n, 1))
        self.r = matrix("r", (n, 1))

    @property
    def d(self) -> sympy.Symbol | int:
        return self._d

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
        for symbol in sorted(set().union(*(law_of_x.free_symbols for law_of_x in self._parts())), key=str):
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

    def _parts(self) -> tuple[sympy.Basic, ...]:
        return self.noise, self.covariate_cov, self.task_cov, self.task_mean

    # --- symbols -------------------------------------------------------------------------------------

    def prompt(self) -> Prompt:
        X, y, x = (Blocks([[MatrixPolynomial.of(symbol_letter(s))]]) for s in (self.X, self.y, self.x))
        return Prompt(X, y, x)

    def target(self) -> Polynomial:
        return read_matrix(self.w.T * self.x + self.query_noise).trace()

    @cached_property
    @unheard
    def definitions(self) -> dict[int, MatrixPolynomial]:
        """y = X w + ε and r = y − X E[w], as a substitution for the letters y and r."""
        responses = read_matrix(self.X * self.w + self.noises)
        return {
            symbol_letter(self.y): responses,
            symbol_letter(self.r): responses - read_matrix(self.X * self.task_mean),
        }

    def centred(self, prediction: Polynomial) -> Polynomial:
        """y = X E[w] + r: the residual r is odd in (w − E[w], ε), which separates the features."""
        if isinstance(self.task_mean, ZeroMatrix):
            return prediction
        residual = MatrixPolynomial.of(symbol_letter(self.r))
        return prediction.substitute({symbol_letter(self.y): read_matrix(self.X * self.task_mean) + residual})

    def prompt_letters(self) -> set[int]:
        return super().prompt_letters() | {symbol_letter(self.r)}

    @cached_property
    @unheard
    def laws(self) -> tuple[list[Gaussian], Means]:
        """The centred Gaussian laws, and mean + centred part for those with a mean."""
        laws: list[Gaussian] = []
        means: Means = {}
        symbols: tuple[GaussianMatrix, ...] = (self.X, self.x, self.w, self.noises, self.query_noise)
        for z in symbols:
            law, mean = law_of(z)
            laws.append(law)
            if mean is not None:
                means[symbol_letter(z)] = mean
        return laws, means

    def expectation(self, polynomial: Polynomial) -> Polynomial:
        laws, means = self.laws
        return expect_polynomial(polynomial.substitute(self.definitions), laws, means)

    def symbols(self) -> dict[str, sympy.Basic]:
        found: dict[str, sympy.Basic] = {}
        for size in (self.n, self.d):
            if isinstance(size, sympy.Symbol):
                found[size.name] = size
        for law in (self.noise, self.covariate_cov, self.task_cov, self.task_mean):
            for symbol in sorted(law.free_symbols, key=str):
                found.setdefault(symbol.name, symbol)
        return found

    # --- numbers -------------------------------------------------------------------------------------

    def sample(self, values: Values | Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw prompts: covariates batch × n × d, responses batch × n × 1, query batch × d × 1."""
        n, d = (int(evaluate(exact_size(size), values)) for size in (self.n, self.d))
        root = draws.array(self._root(self.covariate_cov, values))
        task_root = draws.array(self._root(self.task_cov, values))
        mean = draws.array(float_matrix(evaluate(self.task_mean, values)))
        deviation = float(evaluate(self.noise, values)) ** 0.5
        covariates = draws.normal(batch, n, d) @ root
        query = root @ draws.normal(batch, d, 1)
        w = mean + task_root @ draws.normal(batch, d, 1)
        responses = covariates @ w + deviation * draws.normal(batch, n, 1)
        target = w.swapaxes(-1, -2) @ query + deviation * draws.normal(batch, 1, 1)
        return Sample(Prompt(covariates, responses, query), target)

    @staticmethod
    def _root(covariance: MatrixExpr, values: Mapping[sympy.Basic, Any]) -> np.ndarray:
        """The symmetric square root; unlike a Cholesky factor it exists for singular covariances too."""
        eigenvalues, vectors = np.linalg.eigh(float_matrix(evaluate(covariance, values)))
        return (vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))) @ vectors.T
