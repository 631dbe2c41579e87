"""The opening of a theorem, so that a reader knows every letter: the setting and the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symicl.statements.derivation import Derivation
from symicl.statements.theorem import Theorem
from symicl.typeset import Equation, Passage, Vocabulary, formula_latex


def opening(theorem: Theorem) -> tuple[Passage, ...]:
    """The law of the data and the forward pass, and the letters of the statement."""
    task, model = theorem.task, theorem.model
    passages = theorem.setting or (task.setting(), model.forward_pass(task))
    further = Passage("Further letters of the theorem and its proof", (), theorem.where)
    return (*passages, further) if theorem.where else passages


def undefined_letters(theorem: Theorem, derivation: Derivation | None) -> list[tuple[str, str]]:
    """The letters that a document of the theorem uses and does not define before.

    Returns
    -------
    list of (str, str)
        Where it is used first, such as "step 3", and its LaTeX.
    """
    vocabulary = Vocabulary()
    found: dict[str, str] = {}

    def note(place: str, names: list[str]) -> None:
        for name in names:
            found.setdefault(name, place)

    for passage in opening(theorem):
        note(
            "the setting",
            vocabulary.passage([passage.text], map(formula_latex, passage.formulas), passage.where),
        )
    note("the assumptions", vocabulary.passage(theorem.assumptions, ()))
    note("the statement", vocabulary.passage([*theorem.sentences, theorem.wording], ()))
    note("the statement", vocabulary.passage((), _equations(theorem, theorem.states), formulas_define=False))
    for number, step in enumerate(derivation.steps if derivation else (), 1):
        prose = [
            step.title,
            step.note,
            *(text for check in step.checks for text in (check.claim, check.rule)),
        ]
        note(f"step {number}", vocabulary.passage(prose, map(formula_latex, step.formulas), step.where))
    if derivation:
        note("the facts taken for granted", vocabulary.passage(derivation.axioms, ()))
    special = _equations(theorem, theorem.corollaries)
    note("the special cases", vocabulary.passage((), special, formulas_define=False))
    return [(place, name) for name, place in found.items()]


def _equations(theorem: Theorem, quantities: Mapping[str, Any]) -> list[str]:
    return [formula_latex(Equation(theorem.left(name), value)) for name, value in quantities.items()]
