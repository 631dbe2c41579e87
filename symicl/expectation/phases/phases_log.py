"""Averages over random phases in a certificate, stated in full so that the checker of phases recomputes them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    Call,
    Log,
    Polynomial,
    call_of,
    exact_size,
    origin_of,
    read_scalar,
    reciprocals_of,
    scalar_letter,
)
from symicl.errors import UnsupportedError
from symicl.expectation.phases.affine import FREE, Affine
from symicl.expectation.phases.any_law import AnyLaw, MixedMoment
from symicl.expectation.phases.entry_sums import EntrySum
from symicl.expectation.phases.given_moments import OpaqueMoments
from symicl.expectation.phases.in_time import InTime
from symicl.expectation.phases.marked import entry_derivative
from symicl.expectation.phases.moments import ExchangeableLaw, MomentLaw, sorted_exponents
from symicl.expectation.phases.parameters import ExchangeableMatrix, scalar_value
from symicl.expectation.phases.phase_expectation import PhaseExpectation
from symicl.expectation.phases.power_sums import sum_of_powers
from symicl.expectation.phases.square_sums import SquareSum
from symicl.expectation.phases.sums import TimeSum
from symicl.expectation.phases.term_facts import ByCharge, EvenColumns
from symicl.expectation.phases.terms import Entry, Term

MAX_SUMMED_TIMES = 2
"""A statement has this many summed times at most."""


WHY_PHASES = "orthogonality of random phases: equations between times and set partitions of coordinates"
WHY_SUM = "sums of powers of t − 1 in closed form"


def write(log: Log, call: Call) -> None:
    """An average over phases, as asserted, each power of t − 1 and each single time an entry."""
    average = log.helper(PhaseLog).average(call.result)
    for place, value in call.result.parts():
        part = {"phases": {"of": average, "place": list(place)}} if average else {}
        log.remember(value, log.asserted(value, "an expectation over phases", WHY_PHASES, **part))


class PhaseLog:
    """States averages over phases.

    Parameters
    ----------
    log : Log
    """

    def __init__(self, log: Log):
        self._emit, self._letters = log.emit, log.letters
        self._averages: dict[int, int] = {}
        self._summands: dict[tuple[bool, tuple[Term, ...]], list[Any] | None] = {}
        self._laws: list[MomentLaw] = []
        self._stated: dict[int, set[tuple[int, ...]]] = {}

    def average(self, found: InTime) -> int:
        """The entry that states an average over phases in full, or 0 if there is no such statement of it."""
        origin, call = origin_of(found), call_of(found)
        if origin is None or call is None:
            return 0
        if origin.serial not in self._averages:
            full = self.statement(call) if call.rule == "phases" else None
            claim = "an average over phases, at every t"
            self._averages[origin.serial] = (
                0 if full is None else self._emit("asserted", claim=claim, why=WHY_PHASES, phases=full)
            )
        return self._averages[origin.serial]

    def statement(self, call: Call) -> dict[str, Any] | None:
        """The field ``phases`` of an average that a call has made, or nothing if there is no such statement of it."""
        expectation, law, *others = call.arguments
        derived = len(others) == 3
        plain = derived or all(isinstance(x, InTime) or not x for x in others)
        if not isinstance(law, ExchangeableLaw | AnyLaw) or not plain:
            return None
        summands = self._of(expectation)
        found: InTime = call.result
        extra = self._letters_for(expectation, found, derived)
        if summands is None or extra is None:
            return None
        free = isinstance(law, AnyLaw)
        moments = {"free": self._free(found)} if free else {"moments": self._moments(call)}
        fields = {
            "summands": summands,
            "paired": expectation.paired,
            "size": self._terms(read_scalar(exact_size(law.d))),
            "law": self._number(law),
            **moments,
            "powers": [[m, self._terms(value)] for m, value in found.powers.items()],
            "times": [[t, self._terms(value)] for t, value in found.exceptions.items()],
        }
        used = {tuple(exponents) for exponents, *_ in fields.get("moments", [])}
        self._stated.setdefault(fields["law"], set()).update(used)
        if derived:
            name, at, diagonal = others
            point = [[key, self._terms(scalar_value(value, key))] for key, value in at.items()]
            fields["entry"] = [name, bool(diagonal), point]
        return fields | extra

    def fact(self, found: ByCharge | EvenColumns) -> dict[str, Any] | None:
        """The field ``phases`` of a fact on terms, or nothing if they cannot be stated."""
        if isinstance(found, ByCharge):
            rows = [self._summand(term) for term in found.terms]
            grades = [[b, a, sorted(map(list, products))] for (a, b), products in found.products.items()]
            return {"summands": rows, "charges": grades} if all(row is not None for row in rows) else None
        summands = self._of(found.expectation)
        return None if summands is None else {"summands": summands, "columns": "even"}

    def _letters_for(
        self, expectation: PhaseExpectation, found: InTime, derived: bool
    ) -> dict[str, Any] | None:
        """The meanings of letters: sums of entries and weights of positions; None if that cannot be stated."""
        fields: dict[str, Any] = {}
        named = any(p.factors for p in expectation.patterns)
        used = _letters_of(found)
        if derived and not named:
            return None
        reciprocals = [(self._terms(of), self._letters.id(a)) for a, of in reciprocals_of(used)]
        if reciprocals:
            fields["reciprocals"] = [[x, terms] for terms, x in reciprocals]
        if named and not derived:
            sums = sorted(a for a in used if isinstance(MEANING[a], EntrySum))
            fields["sums"] = [[self._letters.id(a), factors_of(MEANING[a])] for a in sums]
            squares = sorted(a for a in used if isinstance(MEANING[a], SquareSum))
            if squares:
                fields["squares"] = [[self._letters.id(a), *_square(MEANING[a])] for a in squares]
        weights = {p.weights for term in expectation.terms for p in term.positions}
        if len(weights) > 1 or any(w.separate != 2 for w in weights):
            return None
        for w in weights:
            most = max(len(term.positions) for term in expectation.terms)
            known = [("last", back, w.last(back)) for back in range(2)]
            known += [("sum", k, w.earlier(k)) for k in range(1, most + 1)]
            letters = [(kind, k, scalar_letter(x)) for kind, k, x in known]
            fields["weights"] = [[kind, k, self._letters.id(a)] for kind, k, a in letters if a in used]
        return fields

    def _free(self, found: InTime) -> list[Any]:
        """The sums of moments that occur for a law that is left open: exponents of given coordinates, and others."""
        meanings: list[tuple[int, Any]] = [(a, MEANING[a]) for a in sorted(_letters_of(found))]
        sums = [(a, sum_.exponents) for a, sum_ in meanings if isinstance(sum_, MixedMoment)]
        return [[self._letters.id(a), *map(list, exponents)] for a, exponents in sums]

    def _number(self, law: MomentLaw) -> int:
        """Equal laws have equal numbers."""
        if law not in self._laws:
            self._laws.append(law)
        return self._laws.index(law)

    def law_of(self, law: MomentLaw, exponents: Iterable[int]) -> int:
        """The number of a law some of whose moments of one coordinate are in the averages.

        Raises
        ------
        UnsupportedError
            If one of them is in none.
        """
        number = self._laws.index(law) if law in self._laws else -1
        if not {(k,) for k in exponents} <= self._stated.get(number, set()):
            raise UnsupportedError("no average has these moments of the law")
        return number

    def sum_over_time(self, average: int, times: TimeSum) -> dict[str, Any] | None:
        """The field ``phases`` of a sum over t of an average, or nothing if its last time is a number."""
        if times.last.is_number:
            return None
        orders = sorted({-m for m in times.summand.powers if m < 0})
        letters = [sum_of_powers(-k, times.last - 1).letters() for k in orders]
        return {
            "of": average,
            "last": self._terms(read_scalar(times.last)),
            "harmonic": [[self._letters.id(x), k] for (x,), k in zip(letters, orders, strict=True)],
        }

    def _terms(self, value: Polynomial) -> list[Any]:
        terms: list[Any] = self._letters.closed_form(value)["terms"]
        return terms

    def _of(self, expectation: PhaseExpectation) -> list[Any] | None:
        """The summands, or None if one cannot be stated."""
        key = expectation.paired, expectation.terms
        if key not in self._summands:
            rows = [self._summand(term) for term in expectation.terms]
            self._summands[key] = rows if rows and all(row is not None for row in rows) else None
        return self._summands[key]

    def _summand(self, term: Term) -> list[Any] | None:
        entries = [self._entry(entry) for entry in term.entries]
        if len(term.bound) > MAX_SUMMED_TIMES or any(e is None for e in entries):
            return None
        data = [[_form(x.exponent), x.degree] for x in term.data]
        if any(x.degree < 0 for x in term.data):
            return None
        positions = [[_form(p.time) for p in term.positions]] if term.positions else []
        return [
            self._terms(term.factor),
            term.over,
            data,
            entries,
            [_form(f) for f in term.region],
            *positions,
        ]

    def _entry(self, entry: Entry) -> list[Any] | None:
        parameter = entry.parameter
        if isinstance(parameter, ExchangeableMatrix):
            parts = [parameter.entry((0, 1), node) for node in ((0, 1), (0, -1), (1, 1))]
            return [*entry.indices, *map(self._terms, parts)]
        return [_name(parameter.name, parameter.is_conjugate), *entry.indices]

    def _moments(self, call: Call) -> list[Any]:
        """The moments that occur: those whose symbols are in the same average for a law without any numbers."""
        expectation, law, *others = call.arguments
        opaque = OpaqueMoments(law.d)
        # The average is one of scalars, so that the arguments of a derivative decide what it is.
        function = (
            entry_derivative(expectation, opaque, others[0], others[1], diagonal=others[2])
            if len(others) == 3
            else expectation.over(opaque)
        )
        letters, found = _letters_of(function), []
        degrees = {sorted_exponents([k for both in p.degrees for k in both]) for p in expectation.patterns}
        for exponents in sorted(degrees - {()}):
            if scalar_letter(opaque.moment(exponents)) in letters:
                above, below = _fraction(law.moment(exponents))
                found.append([list(exponents), self._terms(above), self._terms(below)])
        return found


def _letters_of(found: InTime) -> set[int]:
    """The letters that occur in an average."""
    return set().union(*[value.letters() for value in (*found.powers.values(), *found.exceptions.values())])


def factors_of(sum_: Any) -> list[Any]:
    """A sum of entries, each with its name and its coordinates with signs."""
    return [[_name(f.name, f.is_conjugate), *map(list, f.nodes)] for f in sum_.factors]


def _name(name: str, is_conjugate: bool) -> str:
    """The conjugate of a complex matrix is a matrix of its own: averages are polynomials in the entries of both."""
    return f"conj {name}" if is_conjugate else name


def _square(sum_: Any) -> list[Any]:
    """A sum of squares: the coordinates that are different, and the products of entries with their numbers."""
    combination = [
        [_number(c), [[f.name, *(b for b, _ in f.nodes)] for f in factors]] for c, factors in sum_.combination
    ]
    return [sorted(sum_.different), combination]


def _number(c: Fraction) -> int | str:
    """A whole number, or a fraction as text."""
    return int(c) if c.denominator == 1 else f"{c.numerator}/{c.denominator}"


def _form(form: Affine) -> list[int]:
    """Constant, coefficient of t, coefficients of the two summed times."""
    return [form.constant, *(form.coefficient(v) for v in (FREE, *range(1, MAX_SUMMED_TIMES + 1)))]


def _fraction(moment: Any) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator of a moment."""
    if isinstance(moment, int | Fraction):
        return Polynomial.constant(moment), Polynomial.constant(1)
    above, below = sympy.fraction(sympy.together(moment))
    return read_scalar(sympy.expand(above)), read_scalar(sympy.expand(below))
