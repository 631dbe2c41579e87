"""`symicl check-certificate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files from --certificate DIR.")],
) -> int:
    """Recheck certificates with a small checker that shares no code with the rest of symicl.

    It prints what was proved, from which assumptions and axioms, what it takes to be different from zero, and which
    steps are asserted and not rechecked. It is one file, symicl/checker.py, which also runs alone:
    python checker.py FILE…
    If all are accepted, two more files recompute what is asserted and said in full: symicl/phase_checker.py averages
    over random phases, symicl/sample_checker.py averages over samples of a random function. The last line counts the
    steps that none of the three recomputes.

    The exit code is 0 if all are accepted, 2 if one cannot be read, else 1.

    \b
    Examples:
      symicl prove --all --certificate certificates
      symicl check-certificate certificates/*.jsonl
    """
    # The one place that imports them; they import nothing of symicl.
    from symicl import checker, phase_checker, sample_checker
    from symicl.report.asserted import Asserted, asserted_in

    code = checker.main(files) or max(phase_checker.main(files), sample_checker.main(files))
    if code == 0:
        found = [asserted_in(Path(file).read_bytes().splitlines()) for file in files]
        typer.echo(f"{len(files)} accepted: {sum(found, Asserted())}")
    return code
