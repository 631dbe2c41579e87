"""`symicl list`."""

from __future__ import annotations

from typing import Any

from symicl.cli.output import complain, print_json, print_text
from symicl.cli.parameters import Json


def command(json: Json = False) -> None:
    """Every theorem: id, paper, statement, inputs.

    \b
    Examples:
      symicl list
      symicl list --json
    """
    from symicl.statements import catalogue_texts, plugin_problems

    texts = catalogue_texts()
    for problem in plugin_problems():
        complain(problem)
    if json:
        print_json(texts)
        return
    print_text("\n".join(map(_lines, texts)), wrap=True)


def _lines(text: dict[str, Any]) -> str:
    origin = f" [{text['origin']}]" if "origin" in text else ""
    return "\n".join(
        [
            f"{text['id']}: {text['paper']['authors']} ({text['paper']['year']}){origin}",
            f"   {text['statement']}",
            *_words(text["wording"]),
            f"   inputs: {' '.join(text['inputs'])}",
        ]
    )


def _words(wording: str) -> list[str]:
    if not wording:
        return []
    from symicl.statements import UNCHECKED

    return [f"   {UNCHECKED}: {wording}"]
