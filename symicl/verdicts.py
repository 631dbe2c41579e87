"""Results with a verdict have no truth value: a refuted one would count as true."""

from __future__ import annotations

from typing import NoReturn

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"

PROVED_AT = "proved at "
"""The beginning of a verdict that holds at given sizes alone, such as "proved at n = 3, d = 2"."""


class Judged:
    """A result that says in words how it ended; `if result:` and `assert result` are refused.

    Python counts every object as true, a refuted verdict as well as a proved one.
    """

    _asked_by: str = ".verdict"

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} is neither true nor false, since a refuted one would count as true; "
            f"ask for its {self._asked_by}"
        )


class Provable(Judged):
    """A result whose ``verdict`` is "proved", "refuted" or "undecided"."""

    _asked_by = ".proved or its .verdict"

    verdict: str

    @property
    def proved(self) -> bool:
        """True if the verdict is "proved"; False for what is refuted and for what is undecided."""
        return self.verdict == "proved"


class Evidence(Judged):
    """The decision on a fact, such as a sign: ``holds`` is True or False, and the rest says of what.

    It is handed to whoever states the fact, and a certificate gives it to a checker that decides again.
    """

    _asked_by = ".holds"

    @property
    def holds(self) -> bool:
        """True if the decision is a yes; False means that it could not be made."""
        raise NotImplementedError
