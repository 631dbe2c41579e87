"""Closed forms in a certificate: each entry says from what, and by which operation, a value was computed."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from symicl.algebra import (
    NO_LETTER,
    Call,
    ClosedForm,
    Compound,
    call_of,
    closed_form,
    give_origin,
    is_value,
    origin_of,
    reciprocal_of,
)
from symicl.certificates.letters import LogLetters
from symicl.certificates.recorder import Recording
from symicl.expectation import Gaussian, WrittenLaw

CERTIFICATE_FORMAT, CERTIFICATE_VERSION = "symicl-certificate", 3


def header(
    name: str,
    statement: str,
    source: str,
    assumptions: Iterable[str],
    axioms: Iterable[str],
    quantities: Iterable[str],
    propositions: Iterable[str] = (),
    argued: Iterable[str] = (),
) -> dict[str, Any]:
    """The first line of a certificate.

    Parameters
    ----------
    name, statement, source : str
    assumptions, axioms : iterable of str
    quantities : iterable of str
        The names of all quantities that have to be proved.
    propositions : iterable of str
        The sentences of all that has to be proved beside them, in their order.
    argued : iterable of str
        What nothing decides, as sentences.
    """
    return {
        "format": CERTIFICATE_FORMAT,
        "version": CERTIFICATE_VERSION,
        "theorem": name,
        "statement": statement,
        "source": source,
        "assumptions": list(assumptions),
        "axioms": list(axioms),
        "argued": list(argued),
        "quantities": list(quantities),
        "propositions": list(propositions),
    }


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
        self.facts = recording.facts
        self._ids: dict[tuple[int, Hashable], int] = {}
        self._seen: dict[str, int] = {}
        self._prints: dict[int, int] = {}
        self.laws: dict[int, Gaussian | WrittenLaw] = {}
        for (law,) in (fact.arguments for fact in recording.of("law")):
            self.laws.setdefault(law.letter, law)
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

    def emit_value(self, rule: str, value: Any, **fields: Any) -> int:
        """Write an entry whose value is a closed form that it does not give itself."""
        return self.value(rule, self.letters.number(value), **fields)

    def data(self, value: Any) -> int:
        """Write a closed form as it is."""
        num, den = value.fraction() if isinstance(value, ClosedForm) else (value, None)
        top = self._single_letter(num) or self.given("data", num)
        return top if den is None or den == 1 else self.over(top, self.data(den), value)

    def over(self, a: int, b: int, value: Any) -> int:
        """Write a quotient by a scalar."""
        return self.value("over", self.letters.number(value), of=a, by=b)

    def _single_letter(self, value: Any) -> int:
        """The entry of a letter that is the whole value, or 0."""
        letters = value.letters()
        a = min(letters, default=NO_LETTER)
        if len(letters) != 1 or reciprocal_of(a) or ClosedForm.of(a) != value:
            return 0
        id_ = self.letters.id(a)
        self._prints[id_] = self.letters.number(value)
        return id_

    def given(self, rule: str, value: Any, **fields: Any) -> int:
        """Write an entry that gives a closed form and says where it comes from."""
        return self.value(rule, self.letters.number(value), **fields, **self.letters.closed_form(value))

    # --- closed forms ----------------------------------------------------------------------------------

    def node(self, value: Any) -> int:
        """The id of a closed form; what it was computed from is written first."""
        if isinstance(value, int | Fraction):
            return self.data(closed_form(value))
        if not self.knows(value):
            for call in self._needed(value):
                self.write(call)
        return self._ids[_key(value)] if self.knows(value) else self.data(value)

    def knows(self, value: Any) -> bool:
        """True if a closed form is written."""
        return origin_of(value) is not None and _key(value) in self._ids

    def remember(self, value: Any, id_: int) -> None:
        """Say which entry gives a closed form."""
        if origin_of(value) is None:
            give_origin(value, "data", ())
        self._ids[_key(value)] = id_

    def _needed(self, value: Any) -> list[Call]:
        """The operations that a closed form comes from and that are not written yet, operands first.

        The order follows from the operations alone, and not from when they were done.
        """
        needed: list[Call] = []
        met: set[int] = set()
        pending: list[tuple[Any, Call | None]] = [(value, None)]
        while pending:
            item, call = pending.pop()
            if call is not None:
                needed.append(call)
                continue
            origin, call = origin_of(item), call_of(item)
            if origin is None or call is None or origin.serial in met or self.knows(item):
                continue
            met.add(origin.serial)
            pending.append((item, call))
            pending += [(operand, None) for operand in reversed(list(operands_of(call)))]
        return needed

    def _product(self, a: int, b: int, number: int) -> int:
        return self.value("product", number, parts=[a, b])

    def write(self, call: Call) -> None:
        """Write what an operation has made."""
        raise NotImplementedError


def is_closed_form(value: Any) -> bool:
    """True if a value can stand in a certificate."""
    return isinstance(value, int | Fraction) or is_value(value)


def _json(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def made_by(call: Call) -> list[Any]:
    """The closed forms that an operation has made."""
    if isinstance(call.result, Compound):
        return [part for _, part in call.result.parts()]
    return [call.result]


def _key(value: Any) -> tuple[int, Hashable]:
    origin = origin_of(value)
    assert origin is not None
    return origin.serial, origin.place


def operands_of(call: Call) -> Iterator[Any]:
    """The closed forms that an operation was given."""
    if call.rule == "denominator":
        return
    for argument in call.arguments:
        if isinstance(argument, Mapping):
            yield from argument.values()
        elif is_value(argument):
            yield argument
