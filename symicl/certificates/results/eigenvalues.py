"""The certificate of sums over eigenvalues: each is a sum of traces of words, whose summands are added up."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from symicl.algebra import COLS, ONE, ROWS, ClosedForm, Polynomial, Word, closed_form, read_form, symbol_letter, terms_of
from symicl.certificates.minimum_entries import MinimumLog
from symicl.certificates.results.minimum import definite
from symicl.errors import UnsupportedError
from symicl.theory import EigenvalueForm
from symicl.typeset import EigenSum, component, formula_text, multiples_of_sums, pretty_ratio, traces_as_sums

Multiple = tuple[ClosedForm, Word]
"""A scalar, and the word of which it multiplies the trace."""


@dataclass(frozen=True)
class _Sum:
    """A letter for a sum over eigenvalues, the traces that it is, and its summand."""

    letter: int
    traces: list[Multiple]
    summand: ClosedForm


class EigenvalueEvidence:
    """The sums of a form, inner ones first.

    Raises
    ------
    UnsupportedError
        If a trace is no multiple of the trace of a word.
    """

    def __init__(self, result: EigenvalueForm):
        self.result = result
        expression = pretty_ratio(result.closed_form)
        inner, outer = traces_as_sums(expression, components=True)
        self.plain: dict[sympy.Symbol, sympy.Symbol] = {}
        self.symbols: dict[EigenSum, sympy.Symbol] = {}
        traces = {total: [(sympy.Integer(1), trace)] for pairs in (inner, outer) for trace, total in pairs.items()}
        whole = expression.xreplace(outer)
        _, multiples = multiples_of_sums(whole)
        by_sum = {total: trace for trace, total in outer.items()}
        merged = [(factor, by_sum[total]) for factor, total in multiples]
        found = sorted(result.expr.atoms(EigenSum), key=lambda total: len(total.atoms(EigenSum)))
        self.sums = [self._sum(total, traces.get(total, merged)) for total in found]
        self.value = self._read(result.expr)

    def _read(self, expression: sympy.Expr) -> ClosedForm:
        """A scalar with letters for sums, and plain ones for eigenvalues and components."""
        return read_form(expression.xreplace(self.symbols).xreplace(self.plain))

    def _sum(self, total: EigenSum, multiples: list[tuple[sympy.Expr, sympy.Trace]]) -> _Sum:
        symbol = sympy.Symbol(f"sum {len(self.symbols) + 1}")
        index = total.eigenvalue.name[-1]
        self.plain[total.eigenvalue] = self.eigenvalue = sympy.Symbol(f"{total.eigenvalue.name[:-2]}_i")
        self.plain |= {component(u, index): sympy.Symbol(f"{u.name}_i") for u in total.vectors}
        summand = self._read(total.body)
        self.symbols[total] = symbol
        traces = [pair for factor, trace in multiples for pair in _words(read_form(factor), read_form(trace))]
        return _Sum(_letter(symbol), traces, summand)

    @property
    def first_line(self) -> tuple[str, str, str, tuple[str, ...], list[str], list[str], list[str]]:
        """Name, statement, source, assumptions, axioms, quantities and propositions of a certificate of its own."""
        form = self.result.closed_form
        claim = f"{formula_text(form)} = {self.result}"
        return "eigenvalues", claim, formula_text(form), definite(form), [], [], [claim]

    def write(self, log: MinimumLog, name: str, text: str) -> None:
        """Write the sums and what is made of them."""
        along = {u: component(u, "i") for u in self.result.vectors}
        log.emit(
            "eigenvalue_sums",
            claim=self.first_line[6][0],
            of=log.data(self.result.closed_form),
            matrices=[log.letters.id(symbol_letter(m)) for m in self.result.matrices],
            eigenvalue=log.letters.id(_letter(self.eigenvalue)),
            components=[
                [log.letters.id(symbol_letter(u)), log.letters.id(_letter(self.plain[a]))] for u, a in along.items()
            ],
            sums=[
                [
                    log.letters.id(total.letter),
                    [[log.data(c), log.letters.word(word)] for c, word in total.traces],
                    log.data(total.summand),
                ]
                for total in self.sums
            ],
            value=log.data(self.value),
        )

    def write_more(self, log: MinimumLog) -> None:
        """Nothing more."""


def _letter(symbol: sympy.Symbol) -> int:
    (only,) = read_form(symbol).letters()
    return only


def _words(factor: ClosedForm, trace: ClosedForm) -> list[Multiple]:
    """A multiple of a trace as multiples of traces of words, each with the vectors at its ends."""
    found = list[Multiple]()
    for (monomial, _), c in terms_of(trace).items():
        wide = [word for word in monomial if any(ROWS[a] != ONE or COLS[a] != ONE for a in word)]
        if len(wide) != 1:
            raise UnsupportedError("a trace is a product of several; no rule of certificates takes it apart")
        rest = tuple(word for word in monomial if word != wide[0])
        first = next((k for k, a in enumerate(wide[0]) if ROWS[a] == ONE), 0)
        found.append((factor * closed_form(Polynomial({rest: c})), wide[0][first:] + wide[0][:first]))
    return found
