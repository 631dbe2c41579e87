"""Citations of symicl and of the papers, as BibTeX and as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symicl.errors import MissingDependencyError
from symicl.statements import Paper

# What BibTeX would read as a command; letters with accents are left as UTF-8, which biber and bibtex8 take.
_SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_"}


@dataclass(frozen=True)
class Citation:
    """One entry of a bibliography.

    Attributes
    ----------
    kind : str
        The type of the BibTeX entry.
    key, title : str
    authors : tuple of str
        Family names, "others" for those that are not named; a group stands in braces.
    fields : dict
        Further fields of the BibTeX entry.
    """

    kind: str
    key: str
    title: str
    authors: tuple[str, ...]
    fields: dict[str, str]

    def bibtex(self) -> str:
        fields = {"author": " and ".join(self.authors), "title": f"{{{_escaped(self.title)}}}", **self.fields}
        lines = [f"  {name:<13} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])

    def text(self) -> str:
        names = [name.strip("{}") for name in self.authors if name != "others"]
        who = ", ".join(names) + (" et al." if "others" in self.authors else "")
        year = f" ({self.fields['year']})" if "year" in self.fields else ""
        where = [f"arXiv:{self.fields['eprint']}"] if "eprint" in self.fields else []
        where += [f"version {self.fields['version']}"] if "version" in self.fields else []
        title = self.title if self.title.endswith(("?", "!", ".")) or not where else f"{self.title}."
        return f"{who}{year}: {' '.join([title, *where])}."

    def document(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "type": self.kind,
            "title": self.title,
            "authors": [name.strip("{}") for name in self.authors],
            **self.fields,
            "bibtex": self.bibtex(),
        }


def of_paper(paper: Paper) -> Citation:
    """The citation of a paper."""
    names = re.sub(r",?\s+et al\.?", ", others", paper.authors)
    authors = tuple(name.strip() for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", names) if name.strip())
    fields = {"year": str(paper.year)}
    if re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?", paper.arxiv):
        fields |= {
            "eprint": paper.arxiv,
            "archivePrefix": "arXiv",
            "url": f"https://arxiv.org/abs/{paper.arxiv}",
        }
    return Citation("misc", paper.key, paper.title, authors, fields)


def of_symicl() -> Citation:
    """The citation of the installed version of symicl."""
    from symicl import __version__

    source = citation_file()
    title = re.search(r'^title: "(.*)"$', source, re.MULTILINE)
    group = re.search(r'^authors:\n  - name: "(.*)"$', source, re.MULTILINE)
    assert title is not None and group is not None, "CITATION.cff has lost its title or its authors"
    return Citation("software", "symicl", title[1], (f"{{{group[1]}}}",), {"version": __version__})


def citation_file() -> str:
    """The text of CITATION.cff: a wheel carries it inside the package, a checkout beside it.

    Raises
    ------
    MissingDependencyError
        If an incomplete installation has neither.
    """
    package = Path(__file__).parents[1]
    for file in (package / "CITATION.cff", package.parent / "CITATION.cff"):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise MissingDependencyError(
        "the file CITATION.cff is missing from this installation; install symicl again"
    )


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
