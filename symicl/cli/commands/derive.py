"""`symicl derive`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import print_json, print_text
from symicl.cli.parameters import Id

if TYPE_CHECKING:
    from symicl.theorems.derivation import Derivation
    from symicl.theorems.theorem import Theorem


class Format(str, Enum):
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
    derivation = theorem.derive()
    if format is Format.latex:
        from symicl.report.latex import theorem_latex

        print_text(theorem_latex(theorem, derivation))
    elif format is Format.json:
        print_json(_document(theorem, derivation))
    else:
        print_text(_as_text(theorem, derivation))


def _document(theorem: Theorem, derivation: Derivation) -> dict[str, Any]:
    from symicl.report.latex import formula_latex
    from symicl.report.text import formula_text

    def formula(value: Any) -> dict[str, str] | None:
        return None if value is None else {"text": formula_text(value), "latex": formula_latex(value)}

    return {
        "id": theorem.id,
        "title": theorem.title,
        "statement": theorem.statement,
        "steps": [
            {
                "title": step.title,
                "formula": formula(step.formula),
                "note": step.note,
                "checks": [{"claim": check.claim, "rule": check.rule} for check in step.checks],
            }
            for step in derivation.steps
        ],
        "found": {name: formula(value) for name, value in derivation.found.items()},
    }


def _as_text(theorem: Theorem, derivation: Derivation) -> str:
    from symicl.report.text import formula_text

    paper = theorem.paper
    lines = [
        f"{theorem.id}: {theorem.title}",
        theorem.statement,
        f"{paper.authors} ({paper.year}), arXiv:{paper.arxiv}, {theorem.source}",
    ]
    for number, step in enumerate(derivation.steps, 1):
        lines += ["", f"{number}. {step.title}"]
        if step.formula is not None:
            lines.append(f"   {formula_text(step.formula)}")
        if step.note:
            lines.append(f"   {step.note}")
        lines += [f"   checked: {check.claim} ({check.rule})" for check in step.checks]
    lines += ["", "Found"]
    width = max(map(len, derivation.found), default=0)
    lines += [f"   {name:<{width}} = {formula_text(value)}" for name, value in derivation.found.items()]
    return "\n".join(lines)
