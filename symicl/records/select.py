"""Choosing runs: by theorem, verdict, time and inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from symicl.errors import InputError

AGES = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Choice:
    """Which runs are meant; what is None or empty does not restrict.

    Attributes
    ----------
    theorem : str or None
        An id, or the beginning of one up to a dot.
    verdict : str or None
        Of the run, of the whole check, or the state: reached, confirmed, interrupted, ….
    since : str or None
        A date such as 2026-03-01, a date with a time, or an age such as 2d, 12h or 30min.
    inputs : sequence of str
        Each ``name=value``; values are compared as exact numbers where they are numbers.
    runs : sequence of int
        Row numbers.
    """

    theorem: str | None = None
    verdict: str | None = None
    since: str | None = None
    inputs: Sequence[str] = ()
    runs: Sequence[int] = ()

    def where(self) -> tuple[str, list[Any]]:
        """A condition of SQL and its values.

        Raises
        ------
        InputError
            For a time that cannot be read.
        """
        conditions: list[str] = ["1"]
        values: list[Any] = []
        if self.theorem is not None:
            conditions.append("(theorem = ? OR substr(theorem, 1, ?) = ?)")
            prefix = self.theorem.rstrip(".") + "."
            values += [self.theorem, len(prefix), prefix]
        if self.verdict is not None:
            conditions.append("? IN (verdict, conclusion, state)")
            values.append(self.verdict)
        if self.since is not None:
            conditions.append("started >= ?")
            values.append(read_time(self.since))
        if self.runs:
            conditions.append(f"id IN ({', '.join('?' * len(self.runs))})")
            values += self.runs
        return " AND ".join(conditions), values

    def wanted(self) -> dict[str, str]:
        """The inputs by name.

        Raises
        ------
        InputError
            For text that is not ``name=value``.
        """
        wanted = {}
        for text in self.inputs:
            name, equals, value = (part.strip() for part in text.partition("="))
            if not (name and equals and value):
                raise InputError(f"{text!r} is not of the form name=value; write for instance n=20")
            wanted[name] = value
        return wanted


def fits(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    """True if a run has these inputs (or this seed or method)."""
    have = {"seed": row["seed"], "method": row["method"], **row["inputs"]}
    return all(name in have and _same(str(have[name]), value) for name, value in wanted.items())


def _same(one: str, other: str) -> bool:
    try:
        return Fraction(one) == Fraction(other)
    except (ValueError, ZeroDivisionError):
        return "".join(one.split()) == "".join(other.split())


def read_time(text: str) -> str:
    """A date, a date with a time (UTC unless it says otherwise), or an age, in the form of the records.

    Raises
    ------
    InputError
    """
    age = re.fullmatch(r"\s*([0-9]{1,6})\s*(min|h|d|w)\s*", text)
    try:
        if age:
            moment = datetime.now(UTC) - timedelta(**{AGES[age[2]]: int(age[1])})
        else:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f"the time {text!r} cannot be read; give a date such as 2026-03-01 or an age such as 2d, 12h or 30min"
        ) from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
