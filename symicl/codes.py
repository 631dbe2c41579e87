"""The code of a refusal or of the reason of a verdict: `SYM-E012` stays when its sentence is put better.

The letter says the kind: E, bad input; U, outside of the exact calculus; D, a step of a derivation that does not hold;
M, a package that is missing; V, the reason of a verdict. The number stands for one cause, that is for one sentence of
the code with gaps for the names in it, and is listed in `codes.json`, which `symicl.collected_codes` keeps in step with
the code. A sentence that is made in another way has the number 000.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("codes.json")
GAP = "{}"
SHORTEST = 8
"""Letters that a sentence has at least outside of its gaps, if it is told by them."""

KINDS = {
    "E": "bad input",
    "U": "outside of the exact calculus",
    "D": "a step of a derivation that does not hold",
    "M": "a package that is missing",
    "V": "the reason of a verdict",
}


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """Each code that is in use, with its sentence; gaps are written {}."""
    return dict(json.loads(FILE.read_text(encoding="utf-8"))["codes"]) if FILE.exists() else {}


def general(letter: str) -> str:
    """The code of a sentence of this kind that is not listed."""
    return f"SYM-{letter}000"


def code_of(sentence: str, letters: str = "V") -> str:
    """The code of a sentence, of kinds with these letters if it is listed there, else of any.

    A place or another sentence may stand in front of the one that is listed, with a colon between them. Of several that
    fit, the one with the fewest letters in its gaps is taken.
    """
    sentence = sentence.partition("\n")[0].strip()
    return _listed(sentence, letters) or _listed(sentence, "".join(KINDS)) or general(letters[0])


def _listed(sentence: str, letters: str) -> str:
    best, found = (SHORTEST - 1, 0), ""
    for code, text in table().items():
        if code[4] not in letters:
            continue
        literal = text.split(GAP)
        weight = (sum(map(len, literal)), -len(literal))
        if weight > best and all(part in sentence for part in literal) and _pattern(text).search(sentence):
            best, found = weight, code
    return found


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    literal = ".*?".join(map(re.escape, text.split(GAP)))
    return re.compile(rf"(?:^|: |\$ ?){literal}$")
