"""The closed forms of a theorem at numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import flint
import mpmath
import sympy

from symicl.errors import InputError
from symicl.numeric import ExactMatrix, Value, evaluate, matrix_entries
from symicl.statements.comparison import show
from symicl.statements.quantities import NotDetermined
from symicl.tasks import Values, exact_values, refuse_unknown

MAX_PRINTED_DIGITS = 4_000
"""Python writes integers of at most 4300 digits as text."""


class Evaluable(Protocol):
    """A theorem as it is seen from here, which itself asks for its values."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def states(self) -> Mapping[str, Any]:
        """The stated closed forms."""

    @property
    def symbols(self) -> Mapping[str, Any]:
        """The inputs by name."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The inputs that are a choice."""

    @property
    def optional(self) -> Mapping[str, Any]:
        """Inputs that have a value where none is given."""

    @property
    def special_cases(self) -> tuple[Any, ...]:
        """Where values are given in another way."""

    @property
    def refusals(self) -> tuple[Any, ...]:
        """Those that refuse inputs."""

    @property
    def certified(self) -> Mapping[str, Any]:
        """Values with proven digits."""

    @property
    def auxiliary(self) -> Mapping[Any, Any]:
        """Symbols that are computed from the inputs."""


@dataclass(frozen=True)
class Evaluation:
    """Stated quantities at given inputs.

    Attributes
    ----------
    at : dict
        The inputs as exact text.
    values : dict
        From each name to ``{"exact": text, nested list or None, "decimal": number, text or nested list}``.
        The decimal is a float for at most 15 digits and text beyond. Both are None where nothing is determined.
    notes : tuple of str
        What is exceptional at these inputs, one sentence each.
    """

    at: dict[str, str]
    values: dict[str, dict[str, Any]]
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from symicl.typeset import paragraphs, table

        def cell(value: Any) -> str:
            return escape(str(value)) if value is not None else "–"

        at = ", ".join(f"{name} = {value}" for name, value in self.at.items())
        rows = [
            (escape(name), f"{cell(value['exact'])} ≈ {cell(value['decimal'])}")
            for name, value in self.values.items()
        ]
        return paragraphs([escape(at), table(rows), *map(escape, self.notes)])


def task_values(theorem: Evaluable, given: Mapping[str, Any]) -> tuple[Values, dict[str, str]]:
    """Check the inputs of a theorem: numbers for the symbols of its task, and its options.

    Returns
    -------
    values, options
        Exact values by symbol, opaque moments of the chosen option included; and the chosen options.

    Raises
    ------
    InputError
        For an unknown, missing or impossible input.
    """
    options: dict[str, str] = {}
    numbers = {**theorem.optional, **given}
    for name, choices in theorem.options.items():
        choice = numbers.pop(name, None)
        if choice is None:
            raise InputError(f"no value is given for {name}; add {name}=… with one of {', '.join(choices)}")
        if choice not in choices:
            raise InputError(f"{name}={choice} is not known; choose one of {', '.join(choices)}")
        options[name] = str(choice)
    refuse_unknown(numbers, (*theorem.symbols, *theorem.options), theorem.id)
    singular = {name for case in theorem.special_cases for name in case.singular}
    values = exact_values(theorem.symbols, numbers, singular=singular)
    for name, choice in options.items():
        for symbol, expression in theorem.options[name][choice].items():
            values[symbol] = evaluate(expression, values)
    for refuse in theorem.refusals:
        refuse(values)
    return values, options


def evaluate_theorem(theorem: Evaluable, given: Mapping[str, Any], digits: int = 15) -> Evaluation:
    """Every stated quantity at numbers, exact where the inputs are.

    Parameters
    ----------
    theorem : a theorem, or what has its inputs and values
    given : mapping
        From input names to ints, Fractions, nested lists, arrays or option names. An array of floats makes
        the result inexact: it is computed exactly from their binary values, but no fraction is reported.
    digits : int
        Correct significant digits of the decimals.

    Raises
    ------
    InputError
        For a bad input or a number of digits out of range.
    """
    if not 1 <= digits <= MAX_PRINTED_DIGITS:
        raise InputError(f"digits={digits} is out of range; ask for 1 to {MAX_PRINTED_DIGITS} digits")
    values, options = task_values(theorem, given)
    inexact = any(_is_inexact(v) for v in given.values())
    names = {symbol: name for name, symbol in theorem.symbols.items()}
    at = {name: show(values[symbol]) for symbol, name in names.items()} | options
    notes = [case.note for case in theorem.special_cases if case.applies(values)]
    results: dict[str, dict[str, Any]] = {}
    for name, value in stated_values(theorem, values).items():
        if value is None:
            results[name] = {"exact": None, "decimal": None}
            continue
        results[name] = {"exact": None if inexact else exact_text(value), "decimal": decimal(value, digits)}
    for name, compute in theorem.certified.items():
        try:
            value = compute(values, max(digits, 17))
        except NotDetermined as reason:
            notes.append(f"{name}: {reason}")
            results[name] = {"exact": None, "decimal": None}
            continue
        results[name] = {"exact": None if inexact else exact_text(value), "decimal": decimal(value, digits)}
    return Evaluation(at, results, tuple(notes))


def stated_values(theorem: Evaluable, values: Values) -> dict[str, Value | None]:
    """Every stated closed form at exact values; None where nothing is determined."""
    cases = [case for case in theorem.special_cases if case.applies(values)]
    replaced = {name: value for case in cases for name, value in case.replaces.items()}
    full = values | {symbol: compute(values) for symbol, compute in theorem.auxiliary.items()}
    stated = {name: replaced.get(name, expression) for name, expression in theorem.states.items()}
    return {name: None if e is None else evaluate(e, full) for name, e in stated.items()}


def _is_inexact(value: Any) -> bool:
    return isinstance(value, float) or (hasattr(value, "dtype") and value.dtype.kind == "f")


def exact_text(value: Any) -> str | list | None:
    """A fraction or an expression with roots as text, a matrix as nested lists; None for proven digits only.

    Of several numbers a list, or None if one of them has proven digits only.
    """
    if isinstance(value, tuple):
        texts = [exact_text(x) for x in value]
        return None if None in texts else texts
    if isinstance(value, ExactMatrix):
        return [[str(x) for x in row] for row in matrix_entries(value)]
    if value.has(sympy.Float, sympy.CRootOf):
        return None
    if isinstance(value, sympy.Rational):
        # python-flint writes integers of any length; Python's own limit is 4300 digits.
        whole = str(flint.fmpz(int(value.p)))
        return whole if value.q == 1 else f"{whole}/{flint.fmpz(int(value.q))}"
    return str(value)


def decimal(value: Any, digits: int) -> float | str | list:
    """A decimal with correct digits: a float up to 15 digits, text beyond; of several numbers a list."""
    if isinstance(value, tuple):
        return [_decimal(x, digits) for x in value]
    if isinstance(value, ExactMatrix):
        return [[_decimal(sympy.Rational(x), digits) for x in row] for row in matrix_entries(value)]
    return _decimal(value, digits)


def _decimal(value: Any, digits: int) -> float | str:
    if digits <= 15:
        number = (
            float(sympy.Float(value, 17)) if isinstance(value, sympy.Rational) else float(value.evalf(17))
        )
        # Beyond the range of a float the decimal is text.
        if math.isfinite(number) and (number != 0 or value == 0):
            return number
    with mpmath.workdps(digits + 10):
        number = (
            mpmath.mpf(int(value.p)) / int(value.q)
            if isinstance(value, sympy.Rational)
            else mpmath.mpf(str(value.evalf(digits + 10)))
        )
        return mpmath.nstr(number, digits, strip_zeros=False)
