"""`symicl derive`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import print_json, print_text
from symicl.cli.own_files import TheoremOrFile, derived, theorems_of
from symicl.cli.parameters import NotationFile, StyleName, setting_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symicl.statements import Derivation, Theorem
    from symicl.views import Typesetting


class Format(StrEnum):
    """How a derivation is printed."""

    text = "text"
    latex = "latex"
    json = "json"


def command(
    target: TheoremOrFile,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.text,
    notation: NotationFile = None,
    style: StyleName = None,
) -> None:
    """The derivation of a theorem, regenerated now.

    It is printed step by step, with the checks that each step has passed. Of a file each theorem is derived; as JSON
    several are one list.

    \b
    Examples:
      symicl derive mahankali2023.isotropic
      symicl derive mahankali2023.isotropic --format latex > isotropic.tex
      symicl derive my_theorem.py
    """
    theorems, file = theorems_of(target)
    setting = setting_of(notation, style)
    if setting is not None:
        setting.check_names(theorems)
    pairs = derived(theorems, file)
    if format is Format.latex:
        from symicl.views import theorems_latex

        print_text(theorems_latex(pairs, setting=setting))
    elif format is Format.json:
        documents = [_document(*pair, setting) for pair in pairs]
        print_json(documents[0] if len(documents) == 1 else documents)
    else:
        print_text("\n\n\n".join(_as_text(*pair, setting) for pair in pairs), wrap=True)


def _document(theorem: Theorem, derivation: Derivation, setting: Typesetting | None) -> dict[str, Any]:
    from symicl.statements import in_text, opening, undefined_letters
    from symicl.typeset import definitions, plain
    from symicl.views import Typesetting

    with (setting or Typesetting()).of(theorem, derivation) as typeset:

        def formula(value: Any) -> dict[str, str]:
            return {"text": typeset.text(value), "latex": typeset.line(value)}

        def prose(text: str) -> str:
            return plain(in_text(typeset.prose(text)))

        def where(meanings: Mapping[str, str]) -> list[str]:
            return [plain(in_text(clause)) for clause in definitions(typeset.where(meanings))]

        return {
            "id": theorem.id,
            "title": prose(theorem.title),
            "setting": [
                {
                    "text": plain(passage.text),
                    "formulas": [formula(value) for value in passage.formulas],
                    "where": where(passage.where),
                }
                for passage in opening(theorem)
            ],
            "assumptions": [prose(text) for text in theorem.assumptions],
            "statement": prose(theorem.statement),
            "wording": prose(theorem.wording),
            "undefined": [name for _, name in undefined_letters(theorem, derivation)],
            "axioms": [prose(axiom) for axiom in derivation.axioms],
            "steps": [
                {
                    "title": prose(step.title),
                    "where": where(step.where),
                    "formulas": [formula(value) for value in step.formulas],
                    "note": prose(step.note),
                    "checks": [
                        {"claim": prose(check.claim), "rule": prose(check.rule)}
                        | ({"argued": True} if check.argued else {})
                        for check in step.checks
                    ],
                }
                for step in derivation.steps
            ],
            "found": {name: formula(value) for name, value in derivation.found.items()},
        }


def _as_text(theorem: Theorem, derivation: Derivation, setting: Typesetting | None) -> str:
    from symicl.statements import ASSUMED, UNCHECKED, in_text, opening, undefined_letters
    from symicl.typeset import Equation, definitions, plain
    from symicl.views import Typesetting

    paper = theorem.paper
    with (setting or Typesetting()).of(theorem, derivation) as typeset:

        def prose(text: str) -> str:
            return plain(in_text(typeset.prose(text)))

        def where(meanings: Mapping[str, str], indent: str) -> list[str]:
            return [
                f"{indent}where {plain(in_text(clause))}" for clause in definitions(typeset.where(meanings))
            ]

        lines = [
            f"{theorem.id}: {prose(theorem.title)}",
            f"{paper.authors} ({paper.year}), arXiv:{paper.arxiv}, {plain(theorem.source)}",
            "",
            "Setting",
        ]
        for passage in opening(theorem):
            lines += [f"   {prose(passage.text)}", *(f"      {typeset.text(f)}" for f in passage.formulas)]
            lines += where(passage.where, "      ")
        missing = undefined_letters(theorem, derivation)
        if missing:
            names = ", ".join(f"{plain(f'${name}$')} ({place})" for place, name in missing)
            lines.append(f"   Not defined by the author: {names}")
        lines += ["", "Theorem", f"   {ASSUMED}:", *(f"   - {prose(text)}" for text in theorem.assumptions)]
        stated = (Equation(theorem.left(name), value) for name, value in theorem.states.items())
        lines += [f"   {prose(sentence)}" for sentence in theorem.sentences]
        lines += [f"      {typeset.text(value)}" for value in stated]
        if theorem.wording:
            lines.append(f"   {UNCHECKED}: {prose(theorem.wording)}")
        lines += ["", "Proof"]
        for number, step in enumerate(derivation.steps, 1):
            lines += ["", f"{number}. {prose(step.title)}", *where(step.where, "   ")]
            lines += [f"   {typeset.text(value)}" for value in step.formulas]
            if step.note:
                lines.append(f"   {prose(step.note)}")
            lines += [f"   {check.mark}: {prose(check.claim)} ({prose(check.rule)})" for check in step.checks]
        if derivation.axioms:
            lines += ["", "Taken for granted", *(f"   {prose(axiom)}" for axiom in derivation.axioms)]
        lines += ["", "Found"]
        width = max(map(len, derivation.found), default=0)
        lines += [f"   {name:<{width}} = {typeset.text(value)}" for name, value in derivation.found.items()]
    return "\n".join(lines)
