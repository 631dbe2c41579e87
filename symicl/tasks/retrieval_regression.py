"""In-context linear regression whose covariates lean towards the query, as retrieved examples do."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

import sympy
from sympy.matrices.expressions import Identity, MatrixExpr, OneMatrix

from symicl.algebra import exact_size, gaussian, scalar
from symicl.errors import InputError, brief
from symicl.numeric import evaluate
from symicl.tasks.gaussian_regression import GaussianRegression, prompt_letters
from symicl.tasks.regression_defaults import SIGMA2, D, N, variance
from symicl.tasks.task import TaskAt
from symicl.typeset import Passage, formula_latex

ALPHA = scalar("alpha")


class RetrievalRegression(GaussianRegression):
    """yᵢ = ⟨w, xᵢ⟩ + εᵢ with x, w ~ N(0, I), xᵢ = αx + √(1 − α²) zᵢ, zᵢ ~ N(0, I), ε ~ N(0, σ²).

    Given the query x the covariates are independent, xᵢ ~ N(αx, (1 − α²)I); each has the law N(0, I). The target is
    ⟨w, x⟩ + ε.

    Parameters
    ----------
    alpha : scalar expression or n × 1 matrix expression, optional
        α, the correlation of a covariate with the query. Default the symbol ``alpha``; at numbers −1 ≤ α ≤ 1. Or a
        vector a: then xᵢ ~ N(aᵢx, vI), given x, with the spread v.
    spread : scalar expression, optional
        v, the variance of a coordinate given the query. Default 1 − α².
    noise : scalar expression, optional
        σ², a variance. Default the symbol ``sigma2``.
    n, d : positive integer symbols or integers, optional

    Raises
    ------
    InputError
        For an alpha, a spread or a noise that is not of this kind.

    Notes
    -----
    The setting of retrieval-augmented prompts of Li, Rawat and Oymak (2024).
    """

    def __init__(
        self,
        alpha: sympy.Expr | MatrixExpr | Fraction | int = ALPHA,
        spread: sympy.Expr | Fraction | int | None = None,
        noise: sympy.Expr | Fraction | int = SIGMA2,
        n: sympy.Symbol | int = N,
        d: sympy.Symbol | int = D,
    ):
        self.alpha, self.noise = _lean(alpha, n, given=spread is not None), variance(noise)
        own = spread is None
        self.spread = 1 - self.alpha**2 if own else variance(spread, "the spread")
        self.is_normalised = own
        x, self.w = gaussian("x", (d, 1)), gaussian("w", (d, 1))
        rest = gaussian("Z", (n, d), col_cov=self.spread * Identity(d))
        lean = self.alpha if isinstance(self.alpha, MatrixExpr) else self.alpha * OneMatrix(n, 1)
        X = lean * x.T + rest
        self.noises = gaussian("epsilon", (n, 1), col_cov=self.noise)
        self.query_noise = gaussian("epsilon_0", (1, 1), col_cov=self.noise)
        super().__init__(X, x, responses=X * self.w + self.noises, response=self.w.T * x + self.query_noise)

    @classmethod
    def options(cls) -> Mapping[str, str] | None:
        if cls is not RetrievalRegression:  # with arguments of its own
            return super().options()
        return {"alpha": "scalar", "spread": "scalar", "noise": "scalar", "n": "dimension", "d": "dimension"}

    def __repr__(self) -> str:
        lean = "correlation" if self.is_normalised else f"spread {self.spread}, lean"
        return f"RetrievalRegression({lean} {self.alpha}, noise variance {self.noise})"

    def at(self, **numbers: Any) -> TaskAt[Self]:
        found = super().at(**numbers)
        if not self.is_normalised:
            return found
        alpha = evaluate(self.alpha, found.values)
        if not -1 <= alpha <= 1:
            raise InputError(f"α = {alpha} is not a correlation; give {self.alpha} between −1 and 1")
        return found

    def setting(self) -> Passage:
        alpha, noise = formula_latex(self.alpha), formula_latex(self.noise)
        where = prompt_letters(self.n, self.d) | {
            r"w\in\mathbb{R}^{d}": "is the task, drawn anew for each prompt",
            r"\varepsilon_i,\varepsilon_{0}": "are noise",
        }
        entry = self.alpha
        if isinstance(self.alpha, sympy.Symbol):
            where[alpha] = (
                r"$\in[-1,1]$ is the correlation of a covariate with the query"
                if self.is_normalised
                else r"$\in\mathbb{R}$ says how much a covariate leans towards the query"
            )
        elif isinstance(self.alpha, MatrixExpr):
            entry = sympy.Symbol(f"{self.alpha}_i")
            where[alpha] = (
                rf"$\in\mathbb{{R}}^{{{self.n}}}$ says how much each covariate leans towards the query"
            )
        for symbol, meaning in (
            (self.spread, "is the variance of a coordinate of a covariate, given the query"),
            (self.noise, "is the variance of the noise"),
        ):
            if isinstance(symbol, sympy.Symbol):
                where[formula_latex(symbol)] = meaning
        size, identity = formula_latex(self.d), Identity(self.d)
        given = rf"N({formula_latex(entry * self.x)},{formula_latex(self.spread * identity)})"
        return Passage(
            "In-context linear regression on retrieved examples: labelled examples $(x_i,y_i)$ that lean towards a "
            "query $x$, whose response $y_{0}$ is to be predicted",
            (
                r"y_i=\langle w,x_i\rangle+\varepsilon_i,\qquad y_{0}=\langle w,x\rangle+\varepsilon_{0}",
                rf"x,w\sim N(0,I_{{{size}}}),\quad x_i\mid x\sim {given}",
                rf"\varepsilon_i,\varepsilon_{{0}}\sim N(0,{noise}),\quad\text{{all independent given }}x",
            ),
            where,
        )


def _lean(alpha: object, n: sympy.Symbol | int, *, given: bool) -> sympy.Expr:
    if isinstance(alpha, int | Fraction) and not isinstance(alpha, bool):
        alpha = sympy.Rational(alpha)
    if given and isinstance(alpha, MatrixExpr) and tuple(alpha.shape) == (exact_size(n), 1):
        return alpha
    if isinstance(alpha, MatrixExpr):
        words = "an n×1 vector, which needs spread=, the variance of a coordinate given the query"
        raise InputError(f"alpha is {brief(alpha)}; give a number, a symbol, or {words}")
    if not isinstance(alpha, sympy.Expr) or (alpha.is_number and not given and not -1 <= alpha <= 1):
        raise InputError(f"alpha is {brief(alpha)}; give a symbol, or an exact number between −1 and 1")
    return alpha
