"""`symicl check-certificate`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files from --certificate DIR.")],
) -> int:
    """Recheck certificates with a small checker that shares no code with the rest of symicl.

    It prints what was proved, from which assumptions and axioms, and which steps are asserted and not rechecked. It
    is one file, symicl/checker.py, which also runs alone: python checker.py FILE…
    If all are accepted, a second file, symicl/phase_checker.py, recomputes the averages over random phases.

    The exit code is 0 if all are accepted, 2 if one cannot be read, else 1.

    \b
    Examples:
      symicl prove --all --certificate certificates
      symicl check-certificate certificates/*.jsonl
    """
    # The one place that imports them; they import nothing of symicl.
    from symicl import checker, phase_checker

    return checker.main(files) or phase_checker.main(files)
