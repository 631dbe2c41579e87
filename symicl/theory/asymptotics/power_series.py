"""`series`: the expansion of a closed form in one of its sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from typing import Any

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import InputError, brief
from symicl.numeric import evaluate
from symicl.tasks import exact_values
from symicl.theory.asymptotics.expanded import expanded
from symicl.theory.asymptotics.reading import in_proportion, moved, quotients_of, read
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import display, formula_latex, formula_text, renamed


def series(
    formula: Any,
    symbol: sympy.Symbol,
    point: Any = sympy.oo,
    order: int = 2,
    *,
    proportional: Mapping[sympy.Symbol, Any] | None = None,
) -> Series:
    """The expansion of a closed form in powers of 1/n at infinity, or of n at zero.

    Parameters
    ----------
    formula : SymPy expression, closed form, optimum or any other result with an ``expr``
        Rational in the symbol; inverses of sums such as ``(n * Sigma + c * I)⁻¹`` are taken as well.
    symbol : SymPy symbol
    point : oo or 0, optional
    order : int
        The last power of 1/n, or of n, that is kept.
    proportional : dict, optional
        ``{d: c}`` puts c n for d first, exactly: lower terms depend on more than the limit of d/n.

    Returns
    -------
    Series

    Raises
    ------
    InputError, UnsupportedError
        As `limit`.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression(noise=0)))
    >>> print(series(optimum, n, order=2))
    d(d + 1)/n - d(d + 1)²/n² + O(1/n³)
    """
    if isinstance(order, bool) or not isinstance(order, int):
        raise InputError(f"order={brief(order)} must be an integer, the last power that is kept")
    form, _ = read(formula)
    where, form = moved(form, symbol, point)
    if point not in (sympy.oo, 0):
        raise InputError(
            f"a series is taken at oo or at 0, not at {brief(point)}; put the symbol plus it in its place"
        )
    form = in_proportion(form, symbol, quotients_of(symbol, where, proportional))
    last = order if where == 0 else -order
    return Series(symbol, where, order, expanded(form, symbol, last, at_zero=where == 0), form)


@dataclass(frozen=True, repr=False, eq=False)
class Series(TypesetQuantity):
    """An expansion in one symbol; see `series`.

    Attributes
    ----------
    symbol : SymPy symbol
    point : oo or 0
    order : int
        The last power of 1/n, or of n, that was kept.
    terms : dict
        From powers of the symbol, the leading one first, to their coefficients.
    formula : ClosedForm
        What was expanded.
    """

    symbol: sympy.Symbol
    point: Any
    order: int
    terms: Mapping[int, ClosedForm]
    formula: ClosedForm

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The sum of the terms that were kept."""
        return reduce(add, self._parts, ClosedForm.zero(self.formula.rows, self.formula.cols))

    @property
    def _parts(self) -> Iterator[ClosedForm]:
        n = read_form(self.symbol)
        return (coefficient * n**power for power, coefficient in self.terms.items())

    def coefficient(self, power: int) -> Any:
        """The coefficient of a power of the symbol, as SymPy: that of 1/n is ``coefficient(-1)``.

        Raises
        ------
        InputError
            For a power that was not kept.
        """
        kept = power <= self.order if self.point == 0 else power >= -self.order
        if not kept:
            raise InputError(f"the power {power} was left out; take the series to a higher order")
        zero = ClosedForm.zero(self.formula.rows, self.formula.cols)
        return self.terms.get(power, zero).expr

    def at(self, **numbers: Any) -> Any:
        """The sum of the terms that were kept, exactly, at numbers by name.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        symbols = {str(symbol): symbol for symbol in sorted(self.expr.free_symbols, key=str)}
        return evaluate(self.expr, exact_values(symbols, numbers))

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        n = formula_latex(self.symbol)
        left_out = self.order + 1
        rest = rf"O({_power(n, left_out)})" if self.point == 0 else rf"O({_power(n, -left_out)})"
        text = display(_joined([*map(formula_latex, self._parts), rest]))
        return text if notation is None else renamed(text, sympy.Tuple(self.expr, self.symbol), notation)

    def __str__(self) -> str:
        left_out = self.order + 1 if self.point == 0 else -self.order - 1
        rest = formula_text(read_form(self.symbol) ** left_out) if left_out else "1"
        return _joined([*map(formula_text, self._parts), f"O({rest})"])

    __repr__ = __str__


def _power(n: str, power: int) -> str:
    if power == 0:
        return "1"
    return (n if power == 1 else f"{n}^{{{power}}}") if power > 0 else rf"1/{_power(n, -power)}"


def _joined(terms: Sequence[str]) -> str:
    first, *others = terms
    return first + "".join(f" - {t[1:].lstrip()}" if t.startswith("-") else f" + {t}" for t in others)
