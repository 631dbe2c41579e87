"""A notation file: the user's own letters for the symbols of theorems."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.statements import Theorem
from symicl.typeset import Renaming, checked_name, renaming_of


def symbols_of(theorem: Theorem) -> dict[str, sympy.Basic]:
    """The symbols that a theorem's closed forms and inputs consist of, by name."""
    found: dict[str, sympy.Basic] = dict(theorem.task.symbols()) | theorem.symbols
    for expression in theorem.claims.values():
        atoms = expression.atoms(sympy.Symbol, sympy.MatrixSymbol)
        matrices = {str(a.name) for a in atoms if isinstance(a, sympy.MatrixSymbol)}
        found |= {
            str(a): a
            for a in sorted(atoms, key=str)
            if isinstance(a, sympy.MatrixSymbol) or str(a) not in matrices
        }
    return found


@dataclass(frozen=True)
class Notation:
    """New names for symbols.

    Attributes
    ----------
    names : dict
        LaTeX by name: ``{"n": "N", "H": r"\\Lambda", "sigma2": r"\\lambda"}``.
    """

    names: Mapping[str, str]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Notation:
        """From a mapping; Greek letters may be typed as such.

        Raises
        ------
        InputError
            If a new name is not a letter.
        """
        if not names:
            raise InputError("the notation names no symbol; write lines such as n = 'N'")
        return cls({name: checked_name(name, new) for name, new in names.items()})

    @classmethod
    def read(cls, file: str | Path) -> Notation:
        r"""From a TOML file with lines such as ``n = 'N'`` and ``sigma2 = '\lambda'``.

        Raises
        ------
        InputError
            If it cannot be read, or holds anything else.
        """
        try:
            document: dict[str, Any] = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"the notation file {file} cannot be read ({error.strerror})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(
                f"{file} is not a notation file: {error}; write lines such as n = 'N' and sigma2 = '\\lambda', "
                "with single quotes"
            ) from None
        return cls.of(document)

    def check_names(self, theorems: Iterable[Theorem]) -> None:
        """Make sure that each name is a symbol of one of these theorems at least.

        Raises
        ------
        InputError
            Otherwise; the names that there are are listed.
        """
        known: set[str] = set()
        for theorem in theorems:
            known |= symbols_of(theorem).keys()
        for name in self.names:
            if name not in known:
                raise InputError(
                    f"there is no symbol called {name}; the symbols are {', '.join(sorted(known))}"
                )

    def renaming(self, theorem: Theorem) -> Renaming:
        """The renaming of one theorem: those of the names that occur in it."""
        return renaming_of(symbols_of(theorem), self.names)
