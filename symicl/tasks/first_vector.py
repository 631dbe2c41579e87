"""Laws of the first vector x_1 of a sequence: mixed moments, and a sampler for the same law."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import prod
from typing import Any

import sympy

from symicl.algebra import exact_scalar
from symicl.errors import InputError
from symicl.expectation import ExchangeableLaw, Exponents
from symicl.tasks.draws import Draws


@dataclass(frozen=True)
class FirstVectorLaw(ExchangeableLaw):
    """A law with a scale, of which it can be sampled.

    Attributes
    ----------
    scale : positive SymPy expression
    """

    scale: Any

    def moment(self, exponents: Exponents) -> Any:
        return self.scale ** sum(exponents) * self.unit_moment(exponents)

    @abstractmethod
    def unit_moment(self, exponents: Exponents) -> Any:
        """The mixed moment for the scale 1."""

    @abstractmethod
    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        """Draws for the scale 1, batch × d."""


class IndependentLaw(FirstVectorLaw):
    """Independent symmetric coordinates."""

    def unit_moment(self, exponents: Exponents) -> Any:
        if any(k % 2 for k in exponents):
            return sympy.Integer(0)
        return sympy.Mul(*[self.even_moment(k) for k in exponents])

    @abstractmethod
    def even_moment(self, k: int) -> Any:
        """E x^k of one coordinate of scale 1, for even k."""


class Gaussian(IndependentLaw):
    """x_j ~ N(0, scale²), independent."""

    def even_moment(self, k: int) -> Any:
        return sympy.Integer(prod(range(1, k, 2)))

    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        return draws.normal(batch, d)


class Rademacher(IndependentLaw):
    """x_j = ±scale with equal probability, independent."""

    def even_moment(self, k: int) -> Any:
        return sympy.Integer(1)

    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        z = draws.normal(batch, d)
        return z / abs(z)


class Uniform(IndependentLaw):
    """x_j uniform on [−scale, scale], independent."""

    def even_moment(self, k: int) -> Any:
        return sympy.Rational(1, k + 1)

    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        # A coordinate of a uniform point of the unit sphere in three dimensions is uniform (Archimedes).
        z = draws.normal(batch, d, 3)
        return z[..., 0] / (z * z).sum(-1) ** 0.5


class Sparse(FirstVectorLaw):
    """x_1 uniform on the 2d vectors ±scale · e_j (Zheng et al. (2024), Example 4.1)."""

    def unit_moment(self, exponents: Exponents) -> Any:
        if len(exponents) > 1 or any(k % 2 for k in exponents):
            return sympy.Integer(0)
        return 1 / exact_scalar(self.d, "d") if exponents else sympy.Integer(1)

    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        z, sign = draws.normal(batch, d), draws.normal(batch, 1)
        largest = (z[..., :, None] >= z[..., None, :]).all(-1)
        return largest * sign / abs(sign)


class Ones(FirstVectorLaw):
    """All coordinates equal to the scale."""

    def unit_moment(self, exponents: Exponents) -> Any:
        return sympy.Integer(1)

    def unit_sample(self, draws: Draws, batch: int, d: int) -> Any:
        return draws.normal(batch, d) * 0 + 1


LAWS: dict[str, type[FirstVectorLaw]] = {
    "gaussian": Gaussian,
    "rademacher": Rademacher,
    "sparse": Sparse,
    "uniform": Uniform,
    "ones": Ones,
}


def find_law(name: str, d: Any, scale: Any) -> FirstVectorLaw:
    """The law of a name.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if name not in LAWS:
        raise InputError(
            f"{name!r} is not a law of x_1; choose one of {', '.join(LAWS)}, or give its moments"
        )
    return LAWS[name](d, scale)
