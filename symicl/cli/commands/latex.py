"""`symicl latex`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symicl.cli.output import print_text
from symicl.cli.parameters import Id
from symicl.cli.progress import working


def command(
    id: Id,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="A whole document that compiles as it is.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of the terminal."),
    ] = None,
) -> None:
    """LaTeX of statement, loss, optimum and proof.

    It needs no package but amsmath.

    \b
    Examples:
      symicl latex mahankali2023.isotropic
      symicl latex mahankali2023.isotropic --standalone -o isotropic.tex
    """
    from symicl.report.latex import theorem_latex
    from symicl.report.store import check_file, write_text
    from symicl.theorems.catalogue import find

    theorem = find(id)
    if output is not None:
        check_file(output)
    with working(f"deriving {theorem.id}"):
        text = theorem_latex(theorem, theorem.derive(), standalone=standalone)
    if output is None:
        print_text(text)
    else:
        write_text(output, text if text.endswith("\n") else text + "\n")
