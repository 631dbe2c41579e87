"""Which letters of a text are defined, passage by passage, and which are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from symicl.typeset.letters import OPERATIONS, Letter, atoms, bound, defined, letter_of, pieces, used
from symicl.typeset.passage import definitions

UNIVERSAL = frozenset(
    ("I", r"\mathbb{E}", r"\mathbb{R}", r"\mathbb{C}", r"\mathbf{1}", r"\pi", r"\lVert\cdot\rVert_{F}")
)
"""Needs no definition: identity, expectation, numbers, the vector of ones, π, Frobenius norm."""

INDEX_SUBSCRIPT = re.compile(r"\d*(?:[ijklmrsth]|\\bar|\\imath)+")
"""A subscript that stands for any index: the letter before it is a whole family."""
_IDIOMS = (
    (re.compile(r"\\sim\s*N\s*\("), r"\\sim("),  # the normal law
    (re.compile(r"(?<![A-Za-z\\])e\^"), "1^"),  # the exponential
    (re.compile(r"\\frac\{d\}\{d\s*"), r"\\frac{1}{"),  # the derivative
    (re.compile(r"\\text\{[^{}]*\}"), ""),
)
_BINDS = re.compile(r"\b(?:every|all|each|any|some|whatever|both)\s*(?:[a-z-]+\s+){0,2}$")
_DEFINES = re.compile(
    r"\b(?:with|where|write|let|for|here|choose|With|Where|Write|Let|For|Here|Choose)\s*(?:[a-z-]+\s+){0,1}$"
)
_GOES_ON = re.compile(r"^\s*(?:,|;|and|, and|matrix|matrices|vectors?|numbers?)\s*$")


@dataclass
class Vocabulary:
    """The letters that are known so far.

    Attributes
    ----------
    names : set of str
        Letters with an exact name.
    families : set of (str, str)
        Base and star of letters that were defined with an index, such as ``x_{t}``.
    """

    names: set[str] = field(default_factory=set)
    families: set[tuple[str, str]] = field(default_factory=set)

    def add(self, letter: Letter) -> None:
        """Make a letter known; one with an index stands for its family."""
        self.names.add(letter.name)
        if letter.sub and INDEX_SUBSCRIPT.fullmatch(letter.sub):
            self.families.add((letter.base, letter.star))

    def passage(
        self,
        prose: Iterable[str],
        formulas: Iterable[str],
        where: Mapping[str, str] | None = None,
        *,
        formulas_define: bool = True,
    ) -> list[str]:
        """Read a passage; what it defines is known from now on.

        Parameters
        ----------
        prose : iterable of str
            With mathematics between dollar signs.
        formulas : iterable of str
            LaTeX of what is displayed.
        where : dict, optional
            The letters that are defined here.
        formulas_define : bool
            Whether a letter alone on the left of an equation is defined by it.

        Returns
        -------
        list of str
            The letters that are used and not defined, each once.
        """
        where = where or {}
        for letters in where:
            for letter in defined_letters(letters):
                self.add(letter)
        local: set[str] = set()
        everything: list[str] = []
        for formula in formulas:
            everything.append(formula)
            if formulas_define:
                self._define(formula, local)
        for text in [*definitions(where), *prose]:
            everything += self._read_prose(text, local)
        everything = [_without_idioms(formula) for formula in everything]
        for formula in everything:
            local |= bound(formula)
        missing: dict[str, None] = {}
        for formula in everything:
            for letter in dict.fromkeys(used(formula)):
                if not self.knows(letter, local):
                    missing[letter.name] = None
        return list(missing)

    def knows(self, letter: Letter, local: set[str]) -> bool:
        """True if a letter has been defined, is bound in its passage, or needs no definition."""
        known = self.names | local
        if letter.name in known or letter.parent in known:
            return True
        if letter.base.startswith(r"\dot{"):  # a derivative in time
            return self.knows(replace(letter, base=letter.base[5:-1]), local)
        if letter.star.startswith("("):  # as in p^{(k+1)}
            letter = replace(letter, star="(k)")
            if letter.name in known:
                return True
        if not UNIVERSAL.isdisjoint((letter.name, letter.base, letter.parent)):
            return True
        if letter.parent and INDEX_SUBSCRIPT.fullmatch(letter.name.replace("{", "").replace("}", "")):
            return True
        if (letter.base, letter.star) in self.families and not letter.sub:
            return True
        if (letter.base, letter.star) in self.families:
            return all(
                self.knows(replace(index, parent=index.parent or "an index"), local)
                for index in used(letter.sub)
            )
        whole = Letter(letter.base, "", letter.star)
        return bool(INDEX_SUBSCRIPT.fullmatch(letter.sub)) and whole.name in known

    def _define(self, formula: str, local: set[str]) -> None:
        for letter, arguments in defined(_without_idioms(formula)):
            self.add(letter)
            local |= arguments

    def _read_prose(self, text: str, local: set[str]) -> list[str]:
        """The formulas of a text; those behind "every" bind, those behind "with" define."""
        parts = text.split("$")
        role = ""
        for i, part in enumerate(parts):
            if i % 2 == 0:
                goes_on = role and _GOES_ON.match(part)
                role = (
                    role
                    if goes_on
                    else "bind"
                    if _BINDS.search(part)
                    else "define"
                    if _DEFINES.search(part)
                    else ""
                )
            elif role == "bind":
                local |= {letter.name for letter in defined_letters(part)}
            elif role == "define":
                self._define(part, local)
        return parts[1::2]


def defined_letters(latex: str) -> list[Letter]:
    r"""The letters of a list such as ``a,g\in\mathbb{R}^{d}``, without what follows a relation."""
    found = []
    if OPERATIONS["rangle"][:7] in latex:
        latex = latex.replace(",", " ")
    for piece in pieces(re.split(r"\\in(?![A-Za-z])|=|\\ge|\\le|:", latex)[0]):
        parts = list(atoms(piece))
        operations = [letter for letter in used(piece) if letter.base in OPERATIONS.values()]
        if operations:
            found += operations
        elif parts and (letter := letter_of(parts[0])) is not None:
            found.append(letter)
    return found


def _without_idioms(formula: str) -> str:
    for pattern, plain in _IDIOMS:
        formula = pattern.sub(plain, formula)
    return formula
