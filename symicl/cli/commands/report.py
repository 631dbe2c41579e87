"""`symicl report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symicl.cli.output import note
from symicl.cli.parameters import NotationFile, Quiet, StyleName, setting_of


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of a finished `symicl verify`.")
    ] = Path("results"),
    notation: NotationFile = None,
    style: StyleName = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also write report.tex, and report.pdf where pdflatex is installed.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Pages to read from the results in a folder: DIR/index.html and one page per theorem.

    The pages need neither network nor scripts. With a notation or a style the derivations are made anew.

    \b
    Examples:
      symicl report results
      symicl report results --notation mine.toml --style eigen --pdf
    """
    from symicl.cli.reporting import read_summary, write_record, write_report

    summary = read_summary(folder)
    setting = setting_of(notation, style)
    if setting is not None or pdf:
        from symicl.statements import find

        theorems = [find(entry["id"]) for entry in summary["theorems"]]
        if setting is not None:
            setting.check_names(theorems)
        derivations = {theorem.id: theorem.derive() for theorem in theorems}
        if setting is not None:
            for theorem in theorems:
                write_record(folder, theorem, derivations[theorem.id], setting)
        if pdf:
            from symicl.views import write_pdf

            note(write_pdf(folder, [(t, derivations[t.id]) for t in theorems], setting), quiet=quiet)
    note(f"the report is {write_report(folder, summary)}", quiet=quiet)
