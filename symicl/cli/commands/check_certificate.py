"""`symicl check-certificate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files from --certificate DIR.")],
    alone: Annotated[
        bool, typer.Option("--alone", help="Do not compare with the theorems of the catalogue.")
    ] = False,
) -> int:
    """Recheck certificates with a small checker that shares no code with the rest of symicl.

    It prints what was proved, from which assumptions and axioms, what it takes to be different from zero, and which
    steps are asserted and not rechecked. If all are accepted, two more checkers recompute what is asserted and said in
    full: averages over random phases, and averages over samples of a random function. A file that has the name of a
    theorem of the catalogue is then compared with it: the theorem is derived again, and its own certificate has to
    have the same report. The last line counts the steps that none of the checkers recomputes. All three are the folder
    symicl/certificates/checkers, which also runs alone, copied anywhere: python checkers FILE…

    The exit code is 0 if all are accepted, 2 if one cannot be read, else 1.

    \b
    Examples:
      symicl prove --all --certificate certificates
      symicl check-certificate certificates/*.jsonl
    """
    # The one place that imports them; they import nothing of symicl.
    from symicl.certificates.checkers import command as checkers
    from symicl.cli.catalogue_comparison import compared
    from symicl.views import Asserted, asserted_in

    code = checkers.main(files, alone)
    if code == 0 and not alone:
        for file in files:
            found = compared(Path(file).read_bytes().splitlines(keepends=True), checkers.reports)
            typer.echo(f"{file}: {found.text}", err=not found.agrees)
            code = max(code, int(not found.agrees))
    if code == 0:
        counted = [asserted_in(Path(file).read_bytes().splitlines()) for file in files]
        typer.echo(f"{len(files)} accepted: {sum(counted, Asserted())}")
    return code
