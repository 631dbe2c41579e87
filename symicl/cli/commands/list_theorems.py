"""`symicl list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symicl.cli.output import complain, print_json, print_text
from symicl.cli.parameters import Json

if TYPE_CHECKING:
    from symicl.statements import Theorem


def command(json: Json = False) -> None:
    """Every theorem: id, paper, statement, inputs.

    \b
    Examples:
      symicl list
      symicl list --json
    """
    from symicl.statements import all_theorems, plugin_problems

    theorems = all_theorems()
    for problem in plugin_problems():
        complain(problem)
    if json:
        print_json([_entry(theorem) for theorem in theorems])
        return
    print_text("\n".join(map(_lines, theorems)), wrap=True)


def _lines(theorem: Theorem) -> str:
    from symicl.statements import UNCHECKED
    from symicl.typeset import plain

    origin = f" [{theorem.origin}]" if theorem.origin else ""
    return "\n".join(
        [
            f"{theorem.id}: {theorem.paper.authors} ({theorem.paper.year}){origin}",
            f"   {plain(theorem.statement)}",
            *([f"   {UNCHECKED}: {plain(theorem.wording)}"] if theorem.wording else []),
            f"   inputs: {' '.join([*theorem.symbols, *theorem.options])}",
        ]
    )


def _entry(theorem: Theorem) -> dict[str, Any]:
    from symicl.typeset import plain

    paper = theorem.paper
    return {
        "id": theorem.id,
        "title": plain(theorem.title),
        "statement": plain(theorem.statement),
        "wording": plain(theorem.wording),
        "paper": {
            "key": paper.key,
            "authors": paper.authors,
            "title": paper.title,
            "year": paper.year,
            "arxiv": paper.arxiv,
        },
        "source": plain(theorem.source),
        "assumptions": [plain(assumption) for assumption in theorem.assumptions],
        "inputs": [*theorem.symbols, *theorem.options],
        "options": {name: list(choices) for name, choices in theorem.options.items()},
        "values": list(theorem.states),
    } | ({"origin": theorem.origin} if theorem.origin else {})
