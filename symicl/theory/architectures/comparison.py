"""`compare`: which architecture reaches which risk, at numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symicl.errors import InputError, brief
from symicl.theory.architectures.risk import Risk
from symicl.theory.architectures.rows import ARCHITECTURES
from symicl.theory.architectures.setting import Setting

MAX_SIZE, MAX_ANISOTROPIC = 200, 50
"""Most examples and dimensions, and most dimensions where H is not the identity."""


@dataclass(frozen=True)
class Comparison:
    """The least excess risks of several architectures on one task.

    Attributes
    ----------
    setting : Setting
    rows : tuple of Risk
        The largest first; what is not computed last.
    """

    setting: Setting
    rows: tuple[Risk, ...]

    @property
    def at(self) -> dict[str, str]:
        """The numbers of the setting by their names, as text; those that are not at their default."""
        task = self.setting
        numbers = {"n": task.n, "d": task.d, "sigma2": task.sigma2, "kappa": task.kappa, "norm2": task.norm2}
        default = {"kappa": 1, "norm2": 0}
        return {name: str(value) for name, value in numbers.items() if value != default.get(name)}

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))


def compare(
    n: int,
    d: int,
    sigma2: Any = 0,
    *,
    kappa: Any = 1,
    norm2: Any = 0,
    progress: Callable[[str], object] | None = None,
) -> Comparison:
    """The least excess risk E(f − ⟨w, x⟩)² of attention, depth, loops, decay, the delta rule and ridge regression.

    Parameters
    ----------
    n, d : int
        Examples and dimension, at most 200 each; d at most 50 with κ ≠ 1.
    sigma2 : number or str, optional
        The variance of the noise, such as 0.25 or "1/4".
    kappa : number or str, optional
        The condition number of the covariance H of the examples, which has the eigenvalues 2/(1 + κ), ⌈d/2⌉ times,
        and 2κ/(1 + κ).
    norm2 : number or str, optional
        ‖μ‖² of the prior w ~ N(μ, I), only with κ = 1. Who does not know μ starts at zero.
    progress : callable, optional
        Is told each architecture before it is computed.

    Returns
    -------
    Comparison
        Every number is computed anew from the forward pass or the recursion of the architecture; see `Risk.kind` for
        how much is known of it.

    Raises
    ------
    InputError
        For sizes that are no positive integers or too large, a negative noise, κ < 1, or both κ and ‖μ‖².

    Examples
    --------
    >>> import symicl as si
    >>> found = si.compare(n=20, d=5, sigma2="1/4")
    >>> {row.name: row.excess for row in found.rows}["linear attention, one layer"]
    25/21
    """
    setting = Setting(
        _size("n", n),
        _size("d", d),
        _number("sigma2", sigma2),
        _number("kappa", kappa),
        _number("norm2", norm2),
    )
    if setting.kappa < 1:
        raise InputError(f"kappa={kappa} is no condition number; give one from 1 on")
    if setting.norm2 and not setting.is_isotropic:
        raise InputError("norm2 is taken with kappa=1 only; leave out one of the two")
    if setting.d > MAX_ANISOTROPIC and not setting.is_isotropic:
        raise InputError(f"d={d} is too large with kappa={kappa}; at most {MAX_ANISOTROPIC}, or kappa=1")
    rows: list[Risk] = []
    for architecture in ARCHITECTURES:
        if progress is not None:
            progress(str(architecture.__name__).replace("_", " "))
        rows += architecture(setting)
    return Comparison(setting, tuple(sorted(rows, key=_order)))


def _order(row: Risk) -> float:
    return float("inf") if row.excess is None else -float(row.excess)


def _size(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SIZE:
        raise InputError(f"{name} is {brief(value)}; give an integer from 1 to {MAX_SIZE}")
    return value


def _number(name: str, value: Any) -> Fraction:
    try:
        number = Fraction(str(value) if isinstance(value, float) else value)
    except (TypeError, ValueError, ZeroDivisionError):
        raise InputError(f"{name} is {brief(value)}; give a number such as 2, 0.25 or '1/4'") from None
    if number < 0:
        raise InputError(f"{name} is {brief(value)}; give a number that is not negative")
    return number
