"""`symicl eject`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symicl.cli.output import note, print_text
from symicl.cli.parameters import Id, Quiet


def command(
    id: Id,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the files.")],
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    quiet: Quiet = False,
) -> None:
    """A copy of a theorem of symicl to start from: its proof, the parts of it, and its experiment.

    For PAPER.RESULT, DIR receives RESULT.py, RESULT_experiment.py and the folder RESULT_parts. The copy
    is called mine.RESULT, runs as it is, and depends on the library of symicl alone, not on its proofs. What it
    states beyond an optimum is judged as long as you change its statement alone; a derivation that you change
    is one that nobody has read, and prove believes what it returns only where the optimum has it.

    \b
    Examples:
      symicl eject zhang2024.gd_beta my_variant
      symicl prove my_variant/gd_beta.py
      python my_variant/gd_beta_experiment.py
    """
    from symicl.cli.scaffold import template, write_files
    from symicl.statements import ejected, find

    theorem = find(id)
    written = write_files(folder, ejected(theorem, template("run_experiment")), force=force)
    for path in written:
        print_text(str(path))
    note(f"next: symicl prove {written[0]}", quiet=quiet)
