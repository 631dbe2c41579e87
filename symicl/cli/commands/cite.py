"""`symicl cite`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from symicl.cli.output import print_text
from symicl.cli.parameters import Ids, Json


class Style(StrEnum):
    """How a citation is printed."""

    bibtex = "bibtex"
    text = "text"
    cff = "cff"


def command(
    ids: Ids = None,
    style: Annotated[
        Style, typer.Option("--format", "-f", help="How to print it; cff is for symicl alone.")
    ] = Style.bibtex,
    json: Json = False,
) -> None:
    """How to cite symicl, or the papers of theorems.

    Without an id, symicl itself. With ids, one entry for each paper that they come from.

    \b
    Examples:
      symicl cite
      symicl cite zhang2024.gd_beta mahankali2023.isotropic >> references.bib
      symicl cite zhang2024.gd_beta --format text
    """
    from symicl.cli.output import print_json
    from symicl.errors import InputError
    from symicl.views import citation_file, of_paper, of_symicl

    if style is Style.cff:
        if ids or json:
            raise InputError("a citation file is there for symicl alone; leave out the ids and --json")
        print_text(citation_file())
        return
    if ids:
        from symicl.statements import find

        papers = dict.fromkeys(find(theorem_id).paper for theorem_id in ids)
        citations = [of_paper(paper) for paper in papers]
    else:
        citations = [of_symicl()]
    if json:
        print_json([citation.document() for citation in citations])
    else:
        separator = "\n\n" if style is Style.bibtex else "\n"
        print_text(separator.join(getattr(citation, style.value)() for citation in citations))
