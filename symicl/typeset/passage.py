"""A passage of a document: prose, displayed formulas, and the letters that they introduce."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Passage:
    """Prose, formulas, and what their letters mean.

    Attributes
    ----------
    text : str
        With LaTeX mathematics between dollar signs.
    formulas : tuple
        Displayed: `Equation` objects, closed forms or ready LaTeX strings.
    where : dict
        From letters in LaTeX, several with commas between them, to their meaning: either mathematics that goes on
        with a relation, such as ``$=X^{\\top}y$``, or prose that goes on with a verb, such as "is the noise variance".
    """

    text: str
    formulas: tuple[Any, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)


_CONTINUES = re.compile(r"\$\s*(?:[=<>]|\\(?:in|ge|le|sim|succ|succeq|ne|to|subset)(?![A-Za-z]))")


def definitions(where: Mapping[str, str]) -> list[str]:
    """One clause of prose for each entry: ``$p=B^{\\top}a$``, ``$n$ is the number of examples``."""
    return [
        f"${letters}{meaning[1:]}" if _CONTINUES.match(meaning) else f"${letters}$ {meaning}"
        for letters, meaning in where.items()
    ]


def where_sentence(where: Mapping[str, str]) -> str:
    """All definitions as one sentence, empty where there is none."""
    return f"Here {'; '.join(definitions(where))}." if where else ""
