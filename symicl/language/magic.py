"""The cell magic `%%symicl` of Jupyter: a cell is a claim file."""

from __future__ import annotations

from typing import Any

from symicl.errors import ClaimError, InputError


def load(shell: Any) -> None:
    """Define the magic in an IPython shell; `%load_ext symicl` calls this."""
    shell.register_magic_function(cell_magic, magic_kind="cell", magic_name="symicl")


def cell_magic(line: str, cell: str) -> Any:
    """Check the claims of a cell and show the verdicts with their formulas typeset.

    What cannot be read is shown as a sentence with the place marked, and never as a traceback.
    """
    from symicl.language.checking import check

    if line.strip():
        print(f"symicl: %%symicl takes no arguments, but was given {line.strip()}")
        return None
    try:
        return check(cell)
    except ClaimError as error:
        print(f"symicl: {error.sentence}\n{error.pointer}")
    except InputError as error:
        print(f"symicl: {error}")
    return None
