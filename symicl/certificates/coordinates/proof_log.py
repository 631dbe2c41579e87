"""A proof log as data: its entries, its letters, and what each entry is made of.

The format is that of ``docs/certificates.md``. Nothing is taken on trust here beyond the shape of the lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from symicl.errors import InputError

FORMAT = ("symicl-certificate", 3)
Line = dict[str, Any]
Word = list[int]

# The fields of a rule that refer to entries with a value.
REFERENCES = {
    "sum": ("parts",),
    "product": ("parts",),
    "transpose": ("of",),
    "trace": ("of",),
    "over": ("of", "by"),
    "substitute": ("of",),
    "quotient": ("result",),
    "recursion": ("result",),
}


class ProofLog:
    """The entries of a proof log.

    Parameters
    ----------
    lines : iterable of str
        JSON, one object per line.

    Attributes
    ----------
    name : str
        The theorem.
    entries : dict
        From the id of an entry to its fields.
    letters : dict
        Those entries that are letters.
    size_letters : dict
        From the name of a size to its letter, 0 if no letter has this name.
    depends : dict
        From the id of an entry with a value to the letters in it, inverses resolved.
    inputs : dict
        From the id of an entry with a value to the entries that it is computed from.
    powers : dict
        From a letter that stands for a power to the letter of its exponent and the entry of its base.
    formal : set
        Entries in which only scalars occur, so that a size may be replaced in them.

    Raises
    ------
    InputError
        If the lines are not a proof log of this version.
    """

    def __init__(self, lines: Iterable[str]):
        self.entries: dict[int, Line] = {}
        self.letters: dict[int, Line] = {}
        self.depends: dict[int, frozenset[int]] = {}
        self.inputs: dict[int, tuple[int, ...]] = {}
        self.formal: set[int] = set()
        self.powers: dict[int, tuple[int, int]] = {}
        self.name = ""
        try:
            for number, raw in enumerate(lines, 1):
                self._read(number, json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            raise InputError(
                f"the second engine cannot read line {number} of the proof log ({reason}); write it anew"
            ) from None
        if not self.name:
            raise InputError("the proof log is empty; write it anew with symicl prove ID --certificate DIR")
        names = {line["name"]: a for a, line in self.letters.items()}
        sides = ("rows", "cols", "rank")
        used = {line[side] for line in self.letters.values() for side in sides if side in line}
        used |= {self.letters[line["tokens"]]["name"] for line in self.rule("recursion")}
        sizes = dict.fromkeys([*names, *sorted(side for side in used if isinstance(side, str))])
        self.size_letters = {side: names.get(side, 0) for side in sizes if side in used}

    def _read(self, number: int, line: Line) -> None:
        if number == 1:
            if (line.get("format"), line.get("version")) != FORMAT:
                raise InputError(f"it is no {FORMAT[0]} of version {FORMAT[1]}")
            self.name = line["theorem"]
            return
        if line["id"] != number:
            raise InputError(f"its id is {line['id']}")
        self.entries[number] = line
        if line["rule"] == "letter":
            self.letters[number] = line
        if line["rule"] == "recursion":
            self.powers |= {x: (line["tokens"], base) for x, base in line["powers"]}
        if "terms" in line or line["rule"] in ("letter", *REFERENCES):
            self._remember(number, line)

    def _remember(self, number: int, line: Line) -> None:
        inputs = tuple(self._inputs(number, line))
        found: set[int] = {number} if line["rule"] == "letter" else set()
        if line["rule"] == "substitute":
            replaced = {x for x, _ in line["letters"]}
            found |= self.depends[line["of"]] - replaced
            for _, value in line["letters"]:
                found |= self.depends[value]
        else:
            for i in inputs:
                found |= self.depends[i]
        self.inputs[number], self.depends[number] = inputs, frozenset(found)
        scalar = (line.get("rows", 1), line.get("cols", 1)) == (1, 1)
        if scalar and all(i in self.formal for i in inputs):
            self.formal.add(number)

    def _inputs(self, number: int, line: Line) -> Iterator[int]:
        if line["rule"] == "letter":
            yield from (line[field] for field in ("inverse_of", "square", "diagonal_of") if field in line)
        elif "terms" in line:
            yield from sorted(letters_of(line["terms"]))
        else:
            for field in REFERENCES[line["rule"]]:
                value = line[field]
                yield from value if isinstance(value, list) else (value,)
            if line["rule"] == "substitute":
                yield from (y for _, y in line["letters"])

    def rule(self, name: str) -> list[Line]:
        """The entries of one rule, in their order."""
        return [line for line in self.entries.values() if line["rule"] == name]

    def word(self, word: Word) -> str:
        """A word as text, a transpose with a prime."""
        return " ".join(self.letters[abs(a)]["name"] + ("'" if a < 0 else "") for a in word)


def letters_of(terms: list[Any]) -> set[int]:
    """The letters of a value."""
    return {abs(a) for _, closed, word in terms for w in (*closed, word) for a in w if a}
