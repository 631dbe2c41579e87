"""Moments of a law of x_1 without any symmetry between the coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import Polynomial, read_scalar, scalar_letter
from symicl.errors import InputError
from symicl.expectation.phases.moments import Exponents, MomentLaw, falling, sorted_exponents


class MixedMoment(sympy.Expr):
    """Σ_{r, …} E[x_l^a x_m^b … x_r^c …], the sum over distinct coordinates other than l, m, ….

    ``args`` are the exponents of the given coordinates l, m, … and those of the summed ones.
    """

    is_commutative = True
    is_real = True
    is_letter = True

    @property
    def exponents(self) -> tuple[Exponents, Exponents]:
        """Exponents of the given coordinates, in their order, and of the summed ones."""
        marked, rest = self.args
        return tuple(map(int, marked)), tuple(map(int, rest))

    def _text(self, power: Any, total: str) -> str:
        marked, rest = self.exponents
        given = "".join(power(name, k) for name, k in zip("lmn", marked, strict=False) if k)
        names = "rqpuvw"[: len(rest)]
        others = "".join(power(name, k) for name, k in zip(names, rest, strict=True))
        return (total % ",".join(names) if rest else "") + "E[%s]" % (given + others)

    def _sympystr(self, printer: Any) -> str:
        return self._text(lambda name, k: f"x_{name}^{k}" if k > 1 else f"x_{name}", "sum_%s ")

    def _latex(self, printer: Any) -> str:
        text = self._text(lambda name, k: f"x_{{{name}}}^{{{k}}}" if k > 1 else f"x_{{{name}}}", r"\sum_{%s}")
        return text.replace("E[", r"\mathbb{E}[")


@dataclass(frozen=True)
class AnyLaw(MomentLaw):
    """Any law of x_1 with finite moments, exchangeable or not: every sum of moments is a letter, a `MixedMoment`.

    Attributes
    ----------
    d : SymPy expression or int
    """

    d: Any

    def summed(self, exponents: Sequence[int], blocks: int, paired: bool) -> Polynomial:
        if paired:
            raise InputError("moments that differ between coordinates are not supported for paired phases")
        return self.marked((), exponents)

    def marked(self, marked: Exponents, rest: Sequence[int]) -> Polynomial:
        occurring = sorted_exponents(rest)
        free = len(rest) - len(occurring)
        choices = read_scalar(falling(self.d, len(marked) + len(occurring), free, 1))
        if not occurring and not any(marked):
            return choices
        moment = MixedMoment(sympy.Tuple(*marked), sympy.Tuple(*occurring))
        return choices * Polynomial({((scalar_letter(moment),),): 1})
