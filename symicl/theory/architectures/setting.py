"""The task that architectures are compared on, at numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from sympy import Identity

from symicl.algebra import covariance, dims, scalar
from symicl.tasks import LinearRegression

D = dims("d")
COVARIANCE, SECOND_MOMENT = covariance("H", D), covariance("Psi", D)
SCALE = scalar("psi", positive=True)


@dataclass(frozen=True)
class Setting:
    """n examples y = ⟨w, x⟩ + ε with w ~ N(μ, I_d), x ~ N(0, H), Var ε = σ².

    Attributes
    ----------
    n, d : int
    sigma2 : Fraction
    kappa : Fraction
        The condition number of H: its eigenvalues are 2/(1 + κ), ⌈d/2⌉ times, and 2κ/(1 + κ).
    norm2 : Fraction
        ‖μ‖²; zero unless H = I.
    """

    n: int
    d: int
    sigma2: Fraction
    kappa: Fraction
    norm2: Fraction

    @property
    def is_isotropic(self) -> bool:
        """True where H is the identity."""
        return self.kappa == 1 or self.d == 1

    @cached_property
    def eigenvalues(self) -> list[Fraction]:
        """Those of H, ascending; their mean is 1 for even d."""
        if self.is_isotropic:
            return [Fraction(1)] * self.d
        low = 2 / (1 + self.kappa)
        return [low if i < (self.d + 1) // 2 else self.kappa * low for i in range(self.d)]

    @cached_property
    def centred(self) -> LinearRegression:
        """The task in symbols without the prior's mean: what is left for those who know it."""
        return LinearRegression() if self.is_isotropic else LinearRegression(covariate_cov=COVARIANCE)

    @cached_property
    def from_zero(self) -> LinearRegression:
        """The task of those who start at zero, for whom E wwᵀ alone counts: by rotations (1 + ‖μ‖²/d) I."""
        return LinearRegression(task_cov=SCALE * Identity(D)) if self.norm2 else self.centred

    @cached_property
    def sizes(self) -> dict[str, Any]:
        """n, d and σ²."""
        return {"n": self.n, "d": self.d, "sigma2": sympy.Rational(self.sigma2)}

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """The values of the symbols of ``centred`` by their names."""
        return self.sizes if self.is_isotropic else self.sizes | {"H": self.covariance.tolist()}

    @cached_property
    def numbers_from_zero(self) -> dict[str, Any]:
        """The values of the symbols of ``from_zero``."""
        return self.numbers | ({"psi": sympy.Rational(self.scale)} if self.norm2 else {})

    @property
    def scale(self) -> Fraction:
        """1 + ‖μ‖²/d."""
        return 1 + self.norm2 / self.d

    @property
    def second_moment(self) -> list[list[sympy.Rational]]:
        """E wwᵀ = I + μμᵀ, with μ along the first coordinate."""
        return sympy.diag(1 + sympy.Rational(self.norm2), *[1] * (self.d - 1)).tolist()

    @cached_property
    def covariance(self) -> sympy.ImmutableMatrix:
        """H as a matrix of numbers."""
        return sympy.ImmutableMatrix(sympy.diag(*map(sympy.Rational, self.eigenvalues)))
