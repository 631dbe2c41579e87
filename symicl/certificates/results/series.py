"""The expansion of a closed form in a size: each coefficient is the limit of what the terms before it leave."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from symicl.algebra import ONE, ClosedForm, letter, limit_at_infinity, read_form, refuse_hidden, scalar_letter
from symicl.certificates.minimum_entries import MinimumLog
from symicl.certificates.results.minimum import definite
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory import Series
from symicl.typeset import formula_text


@dataclass(frozen=True)
class _Term:
    """n^(−p) (f − the terms before it), and the coefficient of n^p, which is its limit."""

    claim: str
    rest: ClosedForm
    coefficient: ClosedForm


class SeriesEvidence:
    """The limits that make an expansion; made while a recording runs.

    Raises
    ------
    UnsupportedError
        For a series at 0, of a matrix, or with the symbol in an inverse of a sum.
    DerivationError
        If a coefficient is another one.
    """

    def __init__(self, result: Series):
        form, symbol = result.formula, result.symbol
        if result.point != sympy.oo:
            raise UnsupportedError(
                f"the certificate of a series is one at oo; put 1/{symbol} for {symbol}, and take the series there"
            )
        if not form.is_scalar:
            raise UnsupportedError("the certificate of a series is one of a scalar, not of a matrix")
        try:
            refuse_hidden(form, symbol)
        except UnsupportedError as problem:
            raise UnsupportedError(f"no rule of certificates takes this series: {problem}") from None
        self.result = result
        self.terms = self._found()

    def _found(self) -> list[_Term]:
        """All powers from the leading one to the last one that was kept, also those with the coefficient 0."""
        result, n = self.result, read_form(self.result.symbol)
        rest, found = result.formula, list[_Term]()
        for power in range(max(result.terms, default=-result.order), -result.order - 1, -1):
            value = result.terms.get(power, ClosedForm.number(0))
            scaled = rest if power == 0 else rest / n**power
            if limit_at_infinity(scaled, result.symbol) != value:
                raise DerivationError(f"the coefficient of {result.symbol}^{power} is another one")
            found.append(_Term(self._claim(power, found, value), scaled, value))
            rest = rest - value * n**power
        return found

    def _claim(self, power: int, before: list[_Term], value: ClosedForm) -> str:
        n = self.result.symbol
        what = "f" if not any(term.coefficient for term in before) else "the rest of f after the terms before"
        size = f"{n}^{abs(power)}" if abs(power) > 1 else n
        scaled = f", {'over' if power > 0 else 'times'} {size}," if power else ""
        return f"as {n} -> oo, {what}{scaled} tends to {formula_text(value)}"

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms, quantities and propositions of a certificate of its own."""
        result = self.result
        formula = formula_text(result.formula)
        claims = [term.claim for term in self.terms]
        return "series", f"f = {result} as {result.symbol} -> oo", f"f = {formula}", definite(result.formula), [], [], claims

    def write(self, log: MinimumLog, name: str, text: str) -> None:
        """Write each coefficient as a limit."""
        n = scalar_letter(self.result.symbol)
        small = letter(("one over", self.result.symbol), ONE, ONE)
        steps = [[[[log.letter_id(n), log.letter_id(small)]], []]]
        for term in self.terms:
            log.emit(
                "limit",
                claim=term.claim,
                of=log.node(term.rest),
                value=log.data(term.coefficient),
                steps=steps,
            )

    def write_more(self, log: MinimumLog) -> None:
        """Nothing more."""
