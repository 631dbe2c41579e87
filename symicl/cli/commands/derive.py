"""`symicl derive`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import print_json, print_text
from symicl.cli.parameters import Id
from symicl.cli.progress import working

if TYPE_CHECKING:
    from symicl.theorems.derivation import Derivation
    from symicl.theorems.theorem import Theorem


class Format(StrEnum):
    """How a derivation is printed."""

    text = "text"
    latex = "latex"
    json = "json"


def command(
    id: Id,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.text,
) -> None:
    """The derivation of a theorem, regenerated now.

    It is printed step by step, with the checks that each step has passed.

    \b
    Examples:
      symicl derive mahankali2023.isotropic
      symicl derive mahankali2023.isotropic --format latex > isotropic.tex
    """
    from symicl.theorems.catalogue import find

    theorem = find(id)
    with working(f"deriving {theorem.id}"):
        derivation = theorem.derive()
    if format is Format.latex:
        from symicl.report.latex import theorem_latex

        print_text(theorem_latex(theorem, derivation))
    elif format is Format.json:
        print_json(_document(theorem, derivation))
    else:
        print_text(_as_text(theorem, derivation))


def _document(theorem: Theorem, derivation: Derivation) -> dict[str, Any]:
    from symicl.typeset.formula import formula_latex
    from symicl.typeset.text import formula_text, plain

    def formula(value: Any) -> dict[str, str]:
        return {"text": formula_text(value), "latex": formula_latex(value)}

    return {
        "id": theorem.id,
        "title": plain(theorem.title),
        "statement": plain(theorem.statement),
        "axioms": [plain(axiom) for axiom in derivation.axioms],
        "steps": [
            {
                "title": plain(step.title),
                "formulas": [formula(value) for value in step.formulas],
                "note": plain(step.note),
                "checks": [{"claim": plain(check.claim), "rule": plain(check.rule)} for check in step.checks],
            }
            for step in derivation.steps
        ],
        "found": {name: formula(value) for name, value in derivation.found.items()},
    }


def _as_text(theorem: Theorem, derivation: Derivation) -> str:
    from symicl.typeset.text import formula_text, plain

    paper = theorem.paper
    lines = [
        f"{theorem.id}: {plain(theorem.title)}",
        plain(theorem.statement),
        f"{paper.authors} ({paper.year}), arXiv:{paper.arxiv}, {plain(theorem.source)}",
    ]
    for number, step in enumerate(derivation.steps, 1):
        lines += ["", f"{number}. {plain(step.title)}"]
        lines += [f"   {formula_text(value)}" for value in step.formulas]
        if step.note:
            lines.append(f"   {plain(step.note)}")
        lines += [f"   checked: {plain(check.claim)} ({plain(check.rule)})" for check in step.checks]
    if derivation.axioms:
        lines += ["", "Taken for granted", *(f"   {plain(axiom)}" for axiom in derivation.axioms)]
    lines += ["", "Found"]
    width = max(map(len, derivation.found), default=0)
    lines += [f"   {name:<{width}} = {formula_text(value)}" for name, value in derivation.found.items()]
    return "\n".join(lines)
