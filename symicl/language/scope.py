"""The names of a claim file and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm, scalar_letter, symbol_letter
from symicl.language.bounded_letters import Bound
from symicl.language.joint_laws import JointLaw
from symicl.language.names import ABSENT, GREEK_NAMES, why_reserved
from symicl.language.source import Source, Span, nearest
from symicl.language.text import read_name
from symicl.language.tree import Entrywise, Expr, Name, children
from symicl.language.value import Value
from symicl.typeset import Node, Scripts, Word, expression_latex, named, number_word, write_line


@dataclass(frozen=True)
class Entry:
    """The meaning of a name.

    Attributes
    ----------
    kind : str
        "dimension", "scalar", "vector", "matrix", "symmetric", "covariance", "random", "let", "task", "model".
    span : Span or None
        Where it is declared; None for a symbol that a task brought along.
    symbol : SymPy symbol, or None
    value : Value or None
        What it means inside a formula.
    node : Expr or None
        Of an abbreviation, the formula.
    joint : JointLaw or None
        The law of a vector together with others.
    thing : Task or Model or None
    """

    kind: str
    span: Span | None
    symbol: Any = None
    value: Value | None = None
    node: Expr | None = None
    joint: JointLaw | None = None
    thing: Any = None


def value_of(symbol: sympy.Basic) -> ClosedForm:
    """A SymPy symbol as a closed form."""
    return ClosedForm.of(symbol_letter(symbol) if isinstance(symbol, MatrixExpr) else scalar_letter(symbol))


def _in_print(symbol: Any) -> str:
    """A SymPy symbol as the papers write it; empty for what is none."""
    return write_line(named(expression_latex(symbol))) if isinstance(symbol, sympy.Basic) else ""


@dataclass
class Scope:
    """The declared names, in their order, and the bounds that are assumed of dimensions."""

    source: Source
    entries: dict[str, Entry] = field(default_factory=dict)
    bounds: list[Bound] = field(default_factory=list)

    def declare(self, name: Name, entry: Entry) -> None:
        """Add a name.

        Raises
        ------
        ClaimError
            If it is taken, or a word of the language.
        """
        reason = why_reserved(name.name)
        if reason:
            raise self.source.error(name.span, f"{name.name} cannot be declared: {reason}; take another name")
        before = self.entries.get(name.name)
        if before is not None:
            where = self.source.where(before.span) if before.span else "the task"
            raise self.source.error(name.span, f"{name.name} is declared twice; the first time is in {where}")
        self.entries[name.name] = entry

    def find(self, name: Name) -> Entry:
        """The meaning of a name.

        Raises
        ------
        ClaimError
            If it is not declared; with the nearest names.
        """
        entry = self.entries.get(name.name)
        if entry is not None:
            return entry
        reason = why_reserved(name.name)
        if reason:
            raise self.source.error(name.span, f"{name.name} cannot stand here: {reason}")
        raise self.source.error(name.span, f"unknown symbol {name.name}{self._hint(name.name)}")

    def inside(self, node: Expr) -> Iterator[Expr]:
        """All formulas inside a formula and inside the abbreviations in it, the innermost first; itself last."""
        entry = self.entries.get(node.name) if isinstance(node, Name) else None
        for child in children(node) if entry is None or entry.node is None else (entry.node,):
            yield from self.inside(child)
        yield node

    def has_entries(self, node: Expr) -> bool:
        """True if a function of entries, such as diag(A), occurs in a formula or in an abbreviation in it."""
        return any(isinstance(inner, Entrywise) for inner in self.inside(node))

    def _hint(self, word: str) -> str:
        split = " ".join(word)
        if 1 < len(word) <= 6 and all(letter in self.entries for letter in word):
            return f" (did you mean the product {split}?)"
        if word in ABSENT:
            return f" ({ABSENT[word]})"
        if self.variance(word) is not None:
            return f" ({word}2, which is {word}^2, is declared; its root is not in the language)"
        return nearest(word, self.entries) or "; declare it first"

    def variance(self, name: str) -> Entry | None:
        """The entry of σ² where sigma2 is declared: a Greek letter is the root of the scalar with a 2 behind it."""
        entry = self.entries.get(f"{name}2") if name in GREEK_NAMES.values() else None
        return entry if entry is not None and entry.kind == "scalar" else None

    def names(self) -> dict[str, Node]:
        """How each symbol is written so that it is read as itself: as it was declared, if it was."""
        return {name: self._written(name, entry) for name, entry in self.entries.items()}

    def _written(self, name: str, entry: Entry) -> Node:
        for spelled in (self.source.piece(entry.span) if entry.span else _in_print(entry.symbol), name):
            if read_name(spelled) == name:
                root = re.sub(r"²$|\^2$|\^\{2\}$", "", spelled)
                return Word(spelled) if root == spelled else Scripts(Word(root), sup=number_word(2))
        return Word(name)

    def joint_laws(self) -> list[JointLaw]:
        """The joint laws that are declared."""
        return list(dict.fromkeys(e.joint for e in self.entries.values() if e.joint is not None))

    def symbols(self) -> dict[str, Any]:
        """The SymPy symbols by name."""
        return {name: entry.symbol for name, entry in self.entries.items() if entry.symbol is not None}
