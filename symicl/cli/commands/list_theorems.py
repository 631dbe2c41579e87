"""`symicl list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symicl.cli.output import print_json, print_table
from symicl.cli.parameters import Json

if TYPE_CHECKING:
    from symicl.theorems.theorem import Theorem


def command(json: Json = False) -> None:
    """Every theorem: id, paper, statement, inputs.

    \b
    Examples:
      symicl list
      symicl list --json
    """
    from symicl.theorems.catalogue import all_theorems

    theorems = all_theorems()
    if json:
        print_json([_entry(theorem) for theorem in theorems])
        return
    from rich.table import Table

    table = Table("id", "paper", "statement", "inputs", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns[:1]:
        column.no_wrap = True
    for theorem in theorems:
        paper = f"{theorem.paper.authors} ({theorem.paper.year})"
        table.add_row(theorem.id, paper, theorem.statement, " ".join([*theorem.symbols, *theorem.options]))
    print_table(table)


def _entry(theorem: Theorem) -> dict[str, Any]:
    paper = theorem.paper
    return {
        "id": theorem.id,
        "title": theorem.title,
        "statement": theorem.statement,
        "paper": {
            "key": paper.key,
            "authors": paper.authors,
            "title": paper.title,
            "year": paper.year,
            "arxiv": paper.arxiv,
        },
        "source": theorem.source,
        "assumptions": list(theorem.assumptions),
        "inputs": [*theorem.symbols, *theorem.options],
        "options": {name: list(choices) for name, choices in theorem.options.items()},
        "values": list(theorem.states),
    }
