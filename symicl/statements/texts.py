"""The texts of the catalogue: what each theorem says and takes, as `symicl list` and its JSON print it.

Those of the theorems that ship with symicl are written down beforehand, in `texts.json`, so that to print them needs
no SymPy. Each stands beside a digest of the theorem's file; once that file has changed, its text is made anew.

    python -m symicl.statements.texts
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symicl.statements.catalogue import find, plugin_theorems, shipped_ids

if TYPE_CHECKING:
    from symicl.statements.theorem import Theorem

FILE = Path(__file__).with_name("texts.json")


def catalogue_texts() -> list[dict[str, Any]]:
    """The text of every theorem, those that ship with symicl first.

    Returns
    -------
    list of dict
        With the keys of `text_of`.
    """
    return [*map(shipped_text, shipped_ids()), *map(text_of, plugin_theorems())]


def shipped_text(theorem_id: str) -> dict[str, Any]:
    """The text of a theorem that ships with symicl: the written one, if it was made from the theorem's file."""
    written = _written().get(theorem_id, {})
    return written["text"] if written.get("file") == _digest(theorem_id) else text_of(find(theorem_id))


def text_of(theorem: Theorem) -> dict[str, Any]:
    """The statement and the inputs of a theorem as plain text; all that `symicl list --json` prints of it."""
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


def made_anew() -> str:
    """The content that `texts.json` should have."""
    entries = {id: {"file": _digest(id), "text": text_of(find(id))} for id in shipped_ids()}
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


@lru_cache(maxsize=1)
def _written() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def _digest(theorem_id: str) -> str:
    paper, _, result = theorem_id.partition(".")
    return hashlib.sha256(files(f"symicl.proofs.{paper}").joinpath(f"{result}.py").read_bytes()).hexdigest()


if __name__ == "__main__":
    from symicl.collected_codes import write

    FILE.write_text(made_anew(), encoding="utf-8")
    write()
