"""Closed forms in a certificate: each entry says from what, and by which operation, a value was computed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from symicl.algebra.letters import NO_LETTER
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.phases.in_time import InTime
from symicl.theorems.log_letters import LogLetters, Value, fraction_of, matrix_of, reciprocal_of
from symicl.theorems.recording import Call, Recording
from symicl.theory.normal_equations import MatrixSolution

_FACTS = {"step", "equal", "require", "minimum", "sum over t", "loss"}


class ValueLog:
    """Writes closed forms and what they were computed from, each entry once.

    Parameters
    ----------
    recording : Recording
    header : mapping
        The first line.
    """

    def __init__(self, recording: Recording, header: Mapping[str, Any]):
        self.lines = [_json(header)]
        self.calls = recording.calls
        self._ids: dict[int, int] = {}
        self._kept: list[Any] = []
        self._seen: dict[str, int] = {}
        self._prints: dict[int, int] = {}
        self._produced: dict[int, int] = {}
        self._parts: dict[int, Ratio | MatrixRatio] = {}
        self.laws: dict[int, Gaussian] = {}
        for i, call in enumerate(self.calls):
            if call.rule == "expectation":
                self.laws.setdefault(call.arguments[1].letter, call.arguments[1])
            for made in made_by(call):
                self._produced.setdefault(id(made), i)
                if isinstance(made, Ratio | MatrixRatio):
                    for part in (made.num, made.den):
                        if all(part is not a for a in call.arguments):
                            self._parts.setdefault(id(part), made)
        self.letters = LogLetters(self.emit, self.data, self.laws)

    # --- entries ---------------------------------------------------------------------------------------

    def emit(self, rule: str, **fields: Any) -> int:
        """Write an entry, unless the same one has been written, and return its id."""
        rest = _json({"rule": rule, **fields})
        found = self._seen.get(rest)
        if found is None:
            found = self._seen[rest] = len(self.lines) + 1
            self.lines.append(f'{{"id":{found},{rest[1:]}')
        return found

    def value(self, rule: str, number: int, **fields: Any) -> int:
        """Write an entry that has a value with this print."""
        id = self.emit(rule, **fields, print=number)
        self._prints[id] = number
        return id

    def data(self, value: Value) -> int:
        """Write a closed form as it is."""
        if isinstance(value, Ratio | MatrixRatio):
            num, den = fraction_of(value)
            top = self.data(num)
            return top if den == 1 else self.over(top, self.data(den), value)
        return self._single_letter(value) or self.given("data", value)

    def over(self, a: int, b: int, value: Value) -> int:
        """Write a quotient by a scalar."""
        return self.value("over", self.letters.number(value), of=a, by=b)

    def _single_letter(self, value: Polynomial | MatrixPolynomial) -> int:
        """The entry of a letter that is the whole value, or 0."""
        matrix = matrix_of(value)
        letters = matrix.letters()
        a = min(letters, default=NO_LETTER)
        if len(letters) != 1 or matrix != MatrixPolynomial.of(a) or reciprocal_of(a):
            return 0
        id_ = self.letters.id(a)
        self._prints[id_] = self.letters.number(value)
        return id_

    def given(self, rule: str, value: Polynomial | MatrixPolynomial, **fields: Any) -> int:
        """Write an entry that gives a closed form and says where it comes from."""
        return self.value(rule, self.letters.number(value), **fields, **self.letters.closed_form(value))

    # --- closed forms ----------------------------------------------------------------------------------

    def node(self, value: Any) -> int:
        """The id of a closed form; what it was computed from is written first."""
        if isinstance(value, int | Fraction):
            return self.data(Polynomial.constant(value))
        if id(value) not in self._ids:
            for i in self._needed(value):
                self.write(self.calls[i])
        if id(value) not in self._ids:
            self.remember(value, self._unrecorded(value))
        return self._ids[id(value)]

    def knows(self, value: Any) -> bool:
        """Whether a closed form is written."""
        return id(value) in self._ids

    def remember(self, value: Any, id_: int) -> None:
        """Say which entry gives a closed form."""
        self._kept.append(value)
        self._ids[id(value)] = id_

    def call_of(self, value: Any) -> Call | None:
        """The operation that made something."""
        i = self._produced.get(id(value))
        return None if i is None else self.calls[i]

    def _needed(self, value: Any) -> list[int]:
        """The operations that a closed form comes from and that are not written yet, in their order."""
        needed: set[int] = set()
        pending = [value]
        while pending:
            item = pending.pop()
            if id(item) in self._ids:
                continue
            i = self._produced.get(id(item))
            if i is None:
                whole = self._parts.get(id(item))
                if whole is not None and id(whole) in self._produced:
                    pending.append(whole)
            elif i not in needed:
                needed.add(i)
                pending.extend(operands_of(self.calls[i]))
        return sorted(needed)

    def _unrecorded(self, value: Any) -> int:
        """A numerator or denominator of a known ratio, or data."""
        whole = self._parts.get(id(value))
        if whole is None or id(whole) not in self._ids or value is whole.den:
            return self.data(value)
        if whole.den == 1:
            return self._ids[id(whole)]
        of = self._product(self._ids[id(whole)], self.data(whole.den), self.letters.number(value))
        return self.given("data", value, of=of)

    def _product(self, a: int, b: int, number: int) -> int:
        return self.value("product", number, parts=[a, b])

    def write(self, call: Call) -> None:
        """Write what an operation has made."""
        raise NotImplementedError


def is_closed_form(value: Any) -> bool:
    """Whether it is something that a certificate can hold."""
    return isinstance(value, int | Fraction | Polynomial | MatrixPolynomial | Ratio | MatrixRatio)


def _json(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def made_by(call: Call) -> Iterator[Any]:
    """The closed forms that an operation has made; not those that it was given and handed on."""
    if call.rule in _FACTS:
        return
    result: Any = call.result
    if call.rule == "factorised":
        yield from (result.scale, result.factor, result.right_side)
    elif isinstance(result, InTime):
        yield from result.powers.values()
        yield from result.exceptions.values()
    elif result is not None and (call.rule == "over" or all(result is not a for a in call.arguments)):
        yield result


def operands_of(call: Call) -> Iterator[Any]:
    """The closed forms that an operation was given."""
    arguments = call.arguments[1:] if call.rule in ("over", "samples", "phases") else call.arguments
    for argument in arguments:
        if isinstance(argument, Mapping):
            yield from argument.values()
        elif isinstance(argument, MatrixSolution):
            yield from (argument.numerator, argument.factor)
        elif isinstance(argument, Polynomial | MatrixPolynomial | Ratio | MatrixRatio):
            yield argument
