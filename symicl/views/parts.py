"""How a theorem's formulas are typeset for a document: in which notation and in which style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from symicl.statements import Derivation, Theorem, opening
from symicl.typeset import (
    Equation,
    Passage,
    Renaming,
    Style,
    definitions,
    display,
    eigenvalues_of,
    formula_latex,
    formula_text,
    named,
    restyled,
)
from symicl.views.notation import Notation


@dataclass(frozen=True)
class Typesetter:
    """Typesets what belongs to one theorem.

    Attributes
    ----------
    theorem : Theorem
    style : Style
    renaming : Renaming or None
    names : dict
        The same by the names of the symbols.
    """

    theorem: Theorem
    style: Style = Style.trace
    renaming: Renaming | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def prose(self, text: str) -> str:
        """Text with mathematics between dollar signs."""
        return text if self.renaming is None else self.renaming.prose(text)

    def passage(self, passage: Passage) -> Passage:
        """A passage in this notation, its formulas displayed."""
        return Passage(
            self.prose(passage.text), tuple(map(self.display, passage.formulas)), self.where(passage.where)
        )

    def where(self, where: Mapping[str, str]) -> dict[str, str]:
        """Definitions in this notation."""
        if self.renaming is None:
            return dict(where)
        return {self.renaming.latex(letters): self.prose(meaning) for letters, meaning in where.items()}

    def display(self, formula: Any) -> str:
        """A displayed formula, long sums broken."""
        formula = restyled(formula, self.style)
        latex = display(formula, where=eigenvalues_of(formula))
        return latex if self.renaming is None else self.renaming.latex(latex)

    def line(self, formula: Any) -> str:
        """A formula on one line, without its delimiters."""
        latex = formula_latex(restyled(formula, self.style))
        return latex if self.renaming is None else self.renaming.latex(latex)

    def text(self, formula: Any) -> str:
        """A formula on one line of plain text."""
        renamed = str if self.renaming is None else self.renaming.latex
        names = {name: named(latex) for name, latex in self.names.items()}
        return formula_text(restyled(formula, self.style), names, renamed)

    def quantity(self, name: str, value: Any) -> str:
        """A stated or derived quantity as a displayed equation."""
        return self.display(Equation(self.theorem.left(name), value))


@dataclass(frozen=True)
class Typesetting:
    """Notation and style, for any theorem.

    Attributes
    ----------
    notation : Notation, optional
    style : Style
    """

    notation: Notation | None = None
    style: Style = Style.trace

    def check_names(self, theorems: Iterable[Theorem]) -> None:
        """Make sure that each name of the notation is a symbol of one of these theorems.

        Raises
        ------
        InputError
            Otherwise.
        """
        if self.notation is not None:
            self.notation.check_names(theorems)

    @contextmanager
    def of(self, theorem: Theorem, derivation: Derivation | None) -> Iterator[Typesetter]:
        """The typesetter of one theorem.

        Raises
        ------
        InputError
            If the notation gives two things one name.
        """
        plain = Typesetter(theorem, self.style)
        if self.notation is None:
            yield plain
            return
        renaming = self.notation.renaming(theorem)
        renaming.check_against(_all_formulas(plain, derivation))
        yield Typesetter(theorem, self.style, renaming, self.notation.names)


def _all_formulas(typeset: Typesetter, derivation: Derivation | None) -> Iterator[str]:
    theorem = typeset.theorem
    texts = [theorem.title, *theorem.sentences, theorem.wording, *theorem.assumptions]
    for passage in opening(theorem):
        texts += [passage.text, *definitions(passage.where)]
        yield from map(typeset.line, passage.formulas)
    for name, value in theorem.claims.items():
        yield typeset.quantity(name, value)
    if derivation is not None:
        texts += derivation.axioms
        for step in derivation.steps:
            texts += [
                step.title,
                step.note,
                *definitions(step.where),
                *(check.claim for check in step.checks),
            ]
            for formula in step.formulas:
                yield typeset.line(formula)
    for text in texts:
        yield from text.split("$")[1::2]
