"""The record of one theorem for a report, as JSON: texts and LaTeX, nothing that would have to be computed again."""

from __future__ import annotations

from typing import Any

from symicl.statements import Derivation, Theorem, argued_in, opening, undefined_letters
from symicl.typeset import definitions
from symicl.views.parts import Typesetting

RECORD_FORMAT, RECORD_VERSION = "symicl-derivation", 5


def record_of(
    theorem: Theorem, derivation: Derivation | None, setting: Typesetting | None = None
) -> dict[str, Any]:
    """The record of a theorem and its derivation.

    Parameters
    ----------
    theorem : Theorem
    derivation : Derivation or None
        None where the derivation stopped; the record then holds the statement alone.
    setting : Typesetting, optional
        Notation and style of the formulas.
    """
    setting = setting or Typesetting()
    paper = theorem.paper
    with setting.of(theorem, derivation) as typeset:
        steps = derivation.steps if derivation is not None else ()
        found = derivation.found if derivation is not None else {}
        return {
            "format": RECORD_FORMAT,
            "version": RECORD_VERSION,
            "id": theorem.id,
            "title": typeset.prose(theorem.title),
            "setting": [
                {
                    "text": passage.text,
                    "formulas": list(passage.formulas),
                    "where": definitions(passage.where),
                }
                for passage in map(typeset.passage, opening(theorem))
            ],
            "undefined": [
                {"place": place, "letter": letter} for place, letter in undefined_letters(theorem, derivation)
            ],
            "statement": typeset.prose(theorem.statement),
            "sentences": [typeset.prose(sentence) for sentence in theorem.sentences],
            "wording": typeset.prose(theorem.wording),
            "source": theorem.source,
            "paper": {name: getattr(paper, name) for name in ("key", "authors", "title", "year", "arxiv")},
            "assumptions": [typeset.prose(text) for text in theorem.assumptions],
            "stated": [
                {"name": name, "main": name in theorem.states, "latex": typeset.quantity(name, expression)}
                for name, expression in theorem.claims.items()
            ],
            "found": [
                {"name": name, "main": name in theorem.states, "latex": typeset.quantity(name, value)}
                for name, value in found.items()
            ],
            "argued": [typeset.prose(text) for text in argued_in(theorem, derivation)],
            "axioms": [typeset.prose(text) for text in (derivation.axioms if derivation is not None else ())],
            "steps": [
                {
                    "title": typeset.prose(step.title),
                    "where": definitions(typeset.where(step.where)),
                    "formulas": [typeset.display(formula) for formula in step.formulas],
                    "note": typeset.prose(step.note),
                    "checks": [
                        {
                            "claim": typeset.prose(check.claim),
                            "rule": typeset.prose(check.rule),
                            "mark": check.mark,
                        }
                        for check in dict.fromkeys(step.checks)
                    ],
                }
                for step in steps
            ],
        }


def is_record(document: Any, theorem_id: str) -> bool:
    """True if a JSON document is the record of this theorem in the present format."""
    return (
        isinstance(document, dict)
        and document.get("format") == RECORD_FORMAT
        and document.get("version") == RECORD_VERSION
        and document.get("id") == theorem_id
    )


def bibtex(paper: dict[str, Any]) -> str:
    """The citation as BibTeX, with the authors by family name."""
    authors = " and ".join(name.strip() for name in paper["authors"].split(","))
    lines = [
        f"@article{{{paper['key']},",
        f"  author = {{{authors}}},",
        f"  title = {{{{{paper['title']}}}}},",
        f"  year = {{{paper['year']}}},",
    ]
    if paper["arxiv"] and paper["arxiv"] != "none":
        lines.append(f"  journal = {{arXiv preprint arXiv:{paper['arxiv']}}},")
    return "\n".join([*lines, "}"])
