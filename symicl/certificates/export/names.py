"""Names that Coq and Lean accept, and comments that no text can break out of."""

from __future__ import annotations

import re
import unicodedata

MAX_EXPORTED_NAME = 60
# Words of the two languages, names that the exported files use themselves, and those of the libraries they load.
_WORDS = """
as at by cofix def do else end example exists exists2 fix for forall from fun have if import in instance let
macro match mut namespace open return section set show sorry struct structure syntax termination_by then theorem
this where with using variable universe inductive class deriving lemma notation private mutual abbrev axiom
Axiom Prop Set Type SProp True False R Q Z N I O S T nat bool list pi PI exp ln sin cos tan sqrt max min
Rplus Rmult Rinv Rminus Rdiv Ropp Rle Rlt IZR pow eq not and or sum positive
"""
RESERVED = frozenset(_WORDS.split())
# Defined by the exported files.
OURS = re.compile(r"(entry|mean|simple|step|nonzero|inverse|zero|sum|H|x)_?\d*($|_)")


class Names:
    """Names of one file; each is given once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def fresh(self, text: str) -> str:
        """A new name that reminds of a text: ASCII letters, digits and underscores."""
        name = identifier(text)
        if name in RESERVED or OURS.match(name) or not name[0].isalpha():
            name = f"v_{name}"
        name, k, base = name[:MAX_EXPORTED_NAME], 2, name[: MAX_EXPORTED_NAME - 4]
        while name in self.taken:
            name, k = f"{base}_{k}", k + 1
        self.taken.add(name)
        return name


def identifier(text: str) -> str:
    """A text as a legal name, not always a new one."""
    spelled = text.replace("'", " prime ").replace("*", " star ").replace("~", " not ")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "unnamed"


def comment(text: object) -> str:
    """A text that is safe inside a comment of Coq or Lean, on one line.

    Both count opening and closing marks inside of comments, and Coq reads strings there.
    """
    printable = "".join(c if c.isprintable() else " " for c in str(text))
    printable = printable.replace('"', "''")
    for mark in ("(*", "*)", "/-", "-/"):
        while mark in printable:
            printable = printable.replace(mark, f"{mark[0]} {mark[1]}")
    return " ".join(printable.split())
