"""`symicl export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from symicl.cli.output import print_text
from symicl.cli.parameters import Id


def command(
    id: Id,
    to: Annotated[Literal["coq", "lean"], typer.Option("--to", help="The language of the file.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of the terminal."),
    ] = None,
) -> None:
    """The algebra of a proof, after its expectations, as a file for a proof assistant.

    What the expectations are is assumed there by name; everything else is computed again.
    The file for Lean is text that has not been checked.

    \b
    Examples:
      symicl export mahankali2023.isotropic --to coq -o isotropic.v
      symicl export mahankali2023.isotropic --to lean -o isotropic.lean
    """
    from symicl.certificates.export import coq, lean, translate
    from symicl.errors import DerivationError, UnsupportedError
    from symicl.statements import find, prove
    from symicl.views import check_file, write_text

    theorem = find(id)
    if output is not None:
        check_file(output)
    verdict = prove(theorem, record=True)
    if verdict.status != "proved":
        raise DerivationError(f"{id} is {verdict.status}, so there is no proof to export")
    document = translate(verdict.proof_log)
    if document.beyond:
        needed = ", ".join(document.beyond)
        raise UnsupportedError(
            f"{id} states {needed} by how the inverse of a sum cancels beside other letters, "
            f"which is not written for proof assistants; its certificate has it: symicl prove {id} --certificate DIR"
        )
    text = (coq if to == "coq" else lean)(document)
    if output is None:
        print_text(text)
    else:
        write_text(output, text)
