"""Averages over signs as entries of a certificate."""

from __future__ import annotations

from typing import Any

from symicl.algebra import MEANING, PARTNER, Call, Log, entrywise_of

SIGN = ("max(0, t), |t| or the sign of t in signs", "the sign of a number that is almost never 0 is 1 or -1")
LEFT = (
    "an average over signs, with the rows that are left",
    "the signs of X a are independent of what is even in each row of X, whose law is that of its negative",
)


def write_signs(log: Log, call: Call) -> int:
    """A function of entries in signs: max(0, z) = (z + S z)/2, |z| = S z."""
    _, a, s = call.arguments
    of = log.node(call.arguments[0])
    if entrywise_of(a).kind == "sign":  # type: ignore[union-attr]
        return log.asserted(call.result, *SIGN, of=of, letter=log.letters.id(a))
    return log.given("signs", call.result, of=of, letter=log.letters.id(a), signs=log.letters.id(s))


def write_half_spaces(log: Log, call: Call) -> int:
    """An average over signs, with the letters that change their sign and the rows that are set apart."""
    polynomial, s, flipped = call.arguments
    of, letter = log.node(polynomial), log.letters.id(s)
    rows = flipped if isinstance(flipped, list) else [flipped]
    new = sorted(_apart(call.result.letters(), rows) - polynomial.letters())
    if any(_meaning(a)[0] == "other rows" for a in new):
        return log.asserted(call.result, *LEFT, of=of, letter=letter)
    new.sort(key=lambda a: _meaning(a)[1])
    apart = [log.letters.id(a) for a in new]
    return log.given(
        "half_spaces",
        call.result,
        of=of,
        letter=letter,
        flipped=[log.letters.id(r) for r in rows],
        apart=apart,
    )


def _apart(letters: Any, rows: list[int]) -> set[int]:
    """The letters for rows of these, untransposed."""
    return {
        min(a, PARTNER[a])
        for a in letters
        if _meaning(a)[0] in ("row", "other rows") and _meaning(a)[2] in rows
    }


def _meaning(a: int) -> Any:
    meaning = MEANING[min(a, PARTNER[a])]
    return meaning if isinstance(meaning, tuple) else ("",)
