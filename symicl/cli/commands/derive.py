"""`symicl derive`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import print_json, print_pages, print_text
from symicl.cli.own_files import TheoremOrFile, derived, theorems_of
from symicl.cli.parameters import NotationFile, StyleName, setting_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symicl.statements import Derivation, Theorem
    from symicl.views import Typesetting


DERIVATION = {
    r"^\S+: .*|^(Setting|Theorem|Proof|Taken for granted|Found)$": "bold",
    r"^\d+\. .*?(?=  \[|$)": "bold cyan",
    r"checked(?= ×|:)|\[\d+ checks?\]|\[checked\]": "green",
    r"argued, not checked|\[\d+ argued[^]]*\]": "yellow",
    r"\bstep \d+": "cyan",
    r"^ *where\b": "dim",
}
"""The colours of the text on a terminal."""


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
    full: Annotated[
        bool, typer.Option("--full", help="Every letter, formula and check; else what fits on a page.")
    ] = False,
) -> None:
    """The derivation of a theorem, regenerated now.

    It is printed step by step: at most 60 lines a theorem, with the number of checks that each step has passed, and
    with --full everything. Of a file each theorem is derived; as JSON several are one list.

    \b
    Examples:
      symicl derive mahankali2023.isotropic
      symicl derive zhang2024.ltb --full
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
        from symicl.cli.derivation_text import in_full, on_a_page

        write = in_full if full else on_a_page
        print_pages("\n\n\n".join(write(*pair, setting) for pair in pairs), DERIVATION)


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
