"""A certificate as the operations see it that write themselves into it.

A rule that is not one of plain algebra says how it is written where it is defined, `written(RULE, write)`. What it
computes and what a checker is told of it then stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from symicl.algebra.provenance import Call, Write

Helper = TypeVar("Helper")


class Letters(Protocol):
    """The letters of a certificate, each written when it is first needed."""

    def id(self, a: int) -> int:
        """The id of a letter; that of a transpose is negative."""

    def monomial(self, monomial: Any) -> list[list[int]]:
        """Closed words; a 0 in front of one says that it is divided by."""

    def closed_form(self, value: Any) -> dict[str, Any]:
        """The fields of a closed form: its size and its terms."""


class Log(Protocol):
    """A writer of certificate entries; each is written once."""

    @property
    def letters(self) -> Letters:
        """Writes letters."""

    @property
    def laws(self) -> Mapping[int, Any]:
        """The law of each random letter."""

    def emit(self, rule: str, **fields: Any) -> int:
        """Write an entry and return its id."""

    def node(self, value: Any) -> int:
        """The id of a closed form; what it was computed from is written first."""

    def data(self, value: Any) -> int:
        """Write a closed form as it is."""

    def given(self, rule: str, value: Any, **fields: Any) -> int:
        """Write an entry that gives a closed form and says where it comes from."""

    def asserted(self, value: Any, claim: str, why: str, **fields: Any) -> int:
        """Write a closed form that `symicl.certificates.checkers` does not recompute, and what it rests on."""

    def remember(self, value: Any, id_: int) -> None:
        """Say which entry gives a closed form."""

    def helper(self, kind: Callable[[Log], Helper]) -> Helper:
        """The state of a rule while one certificate is written; made on the first call."""


def asserted_as(claim: str, why: str, letter: Callable[[Call], int] | None = None) -> Write:
    """How to write the result of an operation as asserted, with the closed form that it was computed from.

    Parameters
    ----------
    claim, why : str
    letter : callable, optional
        Of an average the letter that it is over.
    """

    def write(log: Log, call: Call) -> int:
        over = {} if letter is None else {"letter": log.letters.id(letter(call))}
        return log.asserted(call.result, claim, why, of=log.node(call.arguments[0]), **over)

    return write
