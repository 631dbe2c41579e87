"""`symicl latex`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symicl.cli.output import print_text
from symicl.cli.own_files import TheoremOrFile, derived, theorems_of
from symicl.cli.parameters import NotationFile, StyleName, setting_of


def command(
    target: TheoremOrFile,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="A whole document that compiles as it is.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of the terminal."),
    ] = None,
    part: Annotated[
        str, typer.Option(metavar="PART", help="statement, loss, optimum, value, proof or all.")
    ] = "all",
    notation: NotationFile = None,
    style: StyleName = None,
) -> None:
    """LaTeX of statement, loss, optimum and proof.

    It opens with the setting, the model and the meaning of every letter. It needs amsmath, amssymb and amsthm.

    \b
    Examples:
      symicl latex mahankali2023.isotropic
      symicl latex mahankali2023.isotropic --standalone -o isotropic.tex
      symicl latex my_theorem.py --standalone -o mine.tex
      symicl latex zhang2024.gd_beta --part value --style eigen --notation mine.toml
    """
    from symicl.errors import InputError
    from symicl.views import Part, check_file, theorems_latex, write_text

    theorems, file = theorems_of(target)
    if part not in list(Part):
        raise InputError(f"there is no part called {part}; the parts are {', '.join(Part)}")
    setting = setting_of(notation, style)
    if setting is not None:
        setting.check_names(theorems)
    if output is not None:
        check_file(output)
    text = theorems_latex(derived(theorems, file), part=Part(part), setting=setting, standalone=standalone)
    if output is None:
        print_text(text)
    else:
        write_text(output, text if text.endswith("\n") else text + "\n")
