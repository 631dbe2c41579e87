"""A certificate beside the one that the catalogue's theorem of its name has: the same report, or what differs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import unified_diff

from symicl.errors import SymiclError

Reports = Callable[[list[bytes]], Iterable[str]]
"""The reports of the checkers on an accepted file."""

SHOWN = 12
_NUMBERS = re.compile(r"\b(first in )?lines? \d+(?:(?:, | and )\d+)*|^ *\d+ lines")


@dataclass(frozen=True)
class Compared:
    """The outcome of a comparison.

    Attributes
    ----------
    agrees : bool
        False if the catalogue has a theorem of this name and its certificate has another report.
    text : str
    """

    agrees: bool
    text: str


def compared(lines: list[bytes], reports: Reports) -> Compared:
    """Compare an accepted certificate with what the catalogue states and proves under its name.

    The theorem is derived again. A file that proves something true under the name of another theorem, with axioms or
    steps left out, or with words that are not those of the catalogue, has another report.

    Parameters
    ----------
    lines : list of bytes
        An accepted file.
    reports : callable
        The checkers.
    """
    from symicl.statements import all_theorems, prove

    name = json.loads(lines[0])["theorem"]
    theorem = next((theorem for theorem in all_theorems() if theorem.id == name), None)
    if theorem is None:
        return Compared(
            True, f"the catalogue has no {name}: what is proved stands above, and nothing was compared"
        )
    try:
        own = prove(theorem, record=True).proof_log.encode().splitlines(keepends=True)
    except SymiclError as error:
        return Compared(False, f"the catalogue's own {name} has no certificate: {error}")
    if own == lines:
        return Compared(True, f"it is the certificate of the catalogue's {name}, line by line")
    found = differences(reports(own), reports(lines))
    if not found:
        return Compared(True, f"it proves what the catalogue's {name} states, in other lines")
    more = f"\n  and {len(found) - SHOWN} more lines" * (len(found) > SHOWN)
    shown = "".join(f"\n  {line}" for line in found[:SHOWN])
    return Compared(
        False, f"this is not what the catalogue's {name} states (-), and proves, but (+):{shown}{more}"
    )


def differences(own: Iterable[str], given: Iterable[str]) -> list[str]:
    """The lines of two reports that differ, a sign in front; the numbers of lines of the files do not count."""
    before, after = (_without_numbers(report) for report in (own, given))
    lines = unified_diff(before, after, n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _without_numbers(report: Iterable[str]) -> list[str]:
    """The lines of a report, in which the numbers of lines of the file do not count."""
    return [_NUMBERS.sub("line", line) for text in report for line in text.splitlines()]
