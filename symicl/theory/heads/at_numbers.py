"""The number of heads at numbers, with the least loss of each number of heads and weights that come close to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import sympy

from symicl.algebra import exact_size
from symicl.errors import InputError, brief
from symicl.numeric import CertifiedMinimum, evaluate
from symicl.tasks import LinearRegression, Values, exact_values
from symicl.theory.heads.forms import HeadForms, head_forms
from symicl.theory.heads.table import Metric, least_gap
from symicl.theory.heads.weights import heads_on, isotropic_space
from symicl.typeset import formula_latex

MAX_DIGITS = 10_000

NORM2 = sympy.Symbol("norm2", nonnegative=True)


class Count(Protocol):
    """The part of `symicl.theory.heads.head_count.HeadCount` that is evaluated here."""

    @property
    def task(self) -> LinearRegression: ...

    @property
    def prior_variance(self) -> sympy.Expr: ...


@dataclass(frozen=True)
class HeadCountAt:
    """The number of heads that a prior mean needs, at numbers.

    Attributes
    ----------
    values : dict
        From each symbol to its exact value.
    d : int
    norm2 : sympy.Rational
        r = ‖μ‖².
    needed : int
        The least number of heads whose least loss is that of all heads.
    threshold : sympy.Rational or infinity
        r*.
    gaps : dict
        From 1, …, d + 1 heads to the least excess above the best GD-β: exact from ``needed`` on, with proven digits
        below.
    losses : dict
        The same as losses, with the variance of the noise.
    """

    values: Values
    d: int
    norm2: sympy.Rational
    needed: int
    threshold: sympy.Expr
    gaps: dict[int, sympy.Expr]
    losses: dict[int, sympy.Expr]
    _forms: HeadForms
    _places: dict[int, float]
    _length: int
    _mean: np.ndarray

    def __repr__(self) -> str:
        table = ", ".join(f"{heads}: {float(gap):.9g}" for heads, gap in self.gaps.items())
        return (
            f"HeadCountAt(needed={self.needed}, norm2={self.norm2}, threshold={float(self.threshold):.9g}, "
            f"gaps={{{table}}})"
        )

    def latex(self) -> str:
        """The table of gaps as a displayed array."""
        rows = r" \\ ".join(rf"{heads} & {_shown(gap)}" for heads, gap in self.gaps.items())
        head = r"\text{heads} & \text{least excess above GD-}\beta \\ \hline "
        return rf"\[\begin{{array}}{{c|l}}{head}{rows}\end{{array}}\]"

    def _repr_latex_(self) -> str:
        return self.latex()

    def weights(self, heads: int) -> dict[str, np.ndarray]:
        """Effective parameters of `MultiHeadLinearAttention` that attain the table but for rounding.

        Parameters
        ----------
        heads : int

        Returns
        -------
        dict
            From u, M (one head) or u_1, M_1, u_2, … to arrays.

        Raises
        ------
        InputError
            For a number of heads that is not positive.
        """
        if isinstance(heads, bool) or not isinstance(heads, int) or heads < 1:
            raise InputError(f"heads is {brief(heads)}; give a number of heads, an integer from 1 on")
        used = min(heads, self.needed)
        space = isotropic_space(self._mean, used, self._places.get(used))
        found = heads_on(self._forms, self._mean, space, self._length)
        names = [""] if heads == 1 else [f"_{h}" for h in range(1, heads + 1)]
        nothing = (np.zeros((self.d + 1, 1)), np.zeros((self.d + 1, self.d + 1)))
        filled = [*found, *[nothing] * heads][:heads]
        return {
            f"{letter}{name}": array
            for name, pair in zip(names, filled, strict=True)
            for letter, array in zip("uM", pair, strict=True)
        }


def _shown(gap: sympy.Expr) -> str:
    """A number with twelve digits, and with its fraction where that is short."""
    decimal = str(sympy.Float(gap, 12))
    exact = formula_latex(gap) if gap.is_Rational and len(str(gap)) < 20 else ""
    return rf"{exact}\approx {decimal}" if exact else decimal


def count_at(count: Count, digits: int, numbers: Mapping[str, Any]) -> HeadCountAt:
    """Evaluate a count; see `HeadCount.at`."""
    task = count.task
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
        raise InputError(f"digits is {brief(digits)}; give an integer from 1 to {MAX_DIGITS}")
    symbols = dict(task.symbols())
    if NORM2.name in numbers:
        others = (task.d, task.n, count.prior_variance, task.noise)
        own = task.task_mean.free_symbols.difference(*(exact_size(x).free_symbols for x in others))
        if not own:
            raise InputError(
                f"the mean of the task is {brief(task.task_mean)}, so norm2 cannot stand for it; leave norm2 out, or "
                "give the task a mean such as si.vector('mu', d)"
            )
        for symbol in own:
            symbols.pop(symbol.name, None)
        symbols[NORM2.name] = NORM2
    values = exact_values(symbols, numbers)
    n, d, psi, noise = (
        evaluate(exact_size(x), values) for x in (task.n, task.d, count.prior_variance, task.noise)
    )
    if not psi > 0:
        raise InputError(
            f"the variance of the prior is {psi} at these values; heads are counted where it is > 0"
        )
    mean = np.zeros(int(d))
    if NORM2 in values:
        norm2 = values[NORM2]
        mean[0] = float(sympy.sqrt(norm2))
    else:
        exact = evaluate(task.task_mean, values).entries()
        norm2 = sympy.Add(*(sympy.Rational(int(x.p), int(x.q)) ** 2 for x in exact))
        mean = np.array([float(x.p) / float(x.q) for x in exact])
    forms = head_forms().with_law(n, d, psi, noise)
    threshold = forms.threshold.expr if forms.c2 else sympy.oo
    needed = 1 if norm2 == 0 else int(d) if norm2 <= threshold else int(d) + 1
    metric = Metric.of(forms, int(d), norm2)
    found = {heads: least_gap(metric, heads, needed, digits) for heads in range(1, int(d) + 2)}
    rest = forms.kappa.expr * norm2
    gaps = {heads: rest if least is None else least.value for heads, least in found.items()}
    base = noise + d * (psi - (forms.along**2 / forms.cross).expr)
    losses = {heads: base + gap for heads, gap in gaps.items()}
    places = _places(found, forms, norm2, needed)
    return HeadCountAt(values, int(d), norm2, needed, threshold, gaps, losses, forms, places, int(n), mean)


def _places(
    found: Mapping[int, CertifiedMinimum | None], forms: HeadForms, norm2: sympy.Rational, needed: int
) -> dict[int, float]:
    """α for each number of heads below d + 1; for d heads that suffice a root of c3‖μ‖²α² + c4 α + c2."""
    places = {heads: least.at for heads, least in found.items() if least is not None}
    if norm2 and needed < len(found):
        c2, c3, c4 = (float(form.expr) for form in (forms.c2, forms.c3, forms.c4))
        root = max(c4**2 - 4 * c2 * c3 * float(norm2), 0.0) ** 0.5
        places[needed] = -2 * c2 / (c4 + root)
    return places
