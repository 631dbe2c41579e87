"""One axis of a grid: values from text, exact, counted before any of them is made.

    list        4,8,16     0,1/4,1     relu,cubic     [[2,1],[1,3]],I
    range       2:6        every integer from 2 to 6, both included
                0:1:1/4    in steps of 1/4
                8:512:x2   each twice the one before

and lists of these, such as 1,2,4:16:x2. The end belongs to a range whenever a step meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from symicl.errors import InputError

MAX_RANGE_DIGITS = 300
"""Of the numbers in a range and of its values."""


@dataclass(frozen=True)
class Single:
    """One value, as text that is read where it is used."""

    text: str
    count: int = 1

    def __getitem__(self, k: int) -> str:
        return self.text


@dataclass(frozen=True)
class Arithmetic:
    """first, first + step, …"""

    first: Fraction
    step: Fraction
    count: int

    def __getitem__(self, k: int) -> str:
        return str(self.first + k * self.step)


@dataclass(frozen=True)
class Geometric:
    """first, first · factor, …"""

    first: Fraction
    factor: Fraction
    count: int

    def __getitem__(self, k: int) -> str:
        return str(self.first * self.factor**k)


Segment = Single | Arithmetic | Geometric


@dataclass(frozen=True)
class Axis:
    """The values of one input.

    Attributes
    ----------
    name : str
    segments : tuple
    """

    name: str
    segments: tuple[Segment, ...]

    @property
    def count(self) -> int:
        """How many values; not `len`, which ends at 2⁶³."""
        return sum(segment.count for segment in self.segments)

    def __getitem__(self, k: int) -> str:
        for segment in self.segments:
            if k < segment.count:
                return segment[k]
            k -= segment.count
        raise IndexError(k)

    def __iter__(self) -> Iterator[str]:
        for segment in self.segments:
            for k in range(segment.count):
                yield segment[k]


def read_axis(name: str, text: str, is_number: bool = True) -> Axis:
    """Read the values of an input.

    Parameters
    ----------
    name, text : str
    is_number : bool
        Whether the input is a number, so that ranges have a meaning.

    Raises
    ------
    InputError
        For text that cannot be read, and for a range without values.
    """
    fail = _failing(name, text)
    segments: list[Segment] = []
    for piece in _pieces(text, fail):
        if not piece:
            fail(
                "a value is missing between two commas"
                if "," in text
                else "there is no value, hence no point"
            )
        segments.append(_range(piece, fail) if ":" in piece and is_number else Single(piece))
    return Axis(name, tuple(segments))


def _failing(name: str, text: str) -> Callable[[str], NoReturn]:
    shown = text if len(text) <= 60 else text[:59] + "…"

    def fail(problem: str) -> NoReturn:
        raise InputError(
            f"{name}={shown} cannot be swept: {problem}; write a list (4,8,16), a range (2:6 or 0:1:1/4) or a "
            "geometric range (8:512:x2)"
        )

    return fail


def _pieces(text: str, fail: Callable[[str], NoReturn]) -> list[str]:
    """Split at the commas that stand in no bracket."""
    pieces, depth = [""], 0
    for sign in text:
        depth += (sign in "[(") - (sign in "])")
        if depth < 0:
            fail(f"a {sign} closes nothing")
        if sign == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += sign
    if depth:
        fail("a bracket is not closed")
    return [piece.strip() for piece in pieces]


def _range(piece: str, fail: Callable[[str], NoReturn]) -> Segment:
    parts = [part.strip() for part in piece.split(":")]
    if len(parts) > 3:
        fail(f"{piece} has more than two colons")
    first, last = (_number(part, fail) for part in parts[:2])
    if len(parts) == 3 and parts[2][:1] in ("x", "×", "*"):
        return _geometric(first, last, _number(parts[2][1:], fail), piece, fail)
    step = _number(parts[2], fail) if len(parts) == 3 else Fraction(1)
    if step == 0:
        fail(f"the step of {piece} is 0")
    count = (last - first) // step + 1
    if count < 1:
        fail(f"{piece} has no points, for its steps lead away from {parts[1]}")
    return Arithmetic(first, step, int(count))


def _geometric(
    first: Fraction, last: Fraction, factor: Fraction, piece: str, fail: Callable[[str], NoReturn]
) -> Geometric:
    if first <= 0 or last <= 0:
        fail(f"{piece} is geometric, so both ends must be positive")
    if factor <= 0 or factor == 1:
        fail(f"the factor of {piece} must be positive and not 1")
    if (last - first) * (factor - 1) < 0:
        fail(f"{piece} has no points, for its steps lead away from its end")
    # Exact: values are multiplied out one by one. Their digits grow, which bounds the work.
    count, value = 1, first * factor
    while value <= last if factor > 1 else value >= last:
        count += 1
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4 * MAX_RANGE_DIGITS:
            fail(f"{piece} leads to numbers of more than {MAX_RANGE_DIGITS} digits")
        value *= factor
    return Geometric(first, factor, count)


def _number(text: str, fail: Callable[[str], NoReturn]) -> Fraction:
    """An integer, a fraction or a decimal, exactly."""
    body = text.strip()
    mantissa, _, exponent = body.lower().partition("e")
    if not body or len(mantissa) > MAX_RANGE_DIGITS or len(exponent) > 4 or "_" in body:
        fail(f"{body or 'nothing'} is not a number")
    try:
        if exponent and abs(int(exponent)) > MAX_RANGE_DIGITS:
            fail(f"{body} has too many digits")
        return Fraction(body)
    except (ValueError, ZeroDivisionError):
        fail(f"{body} is not a number")
