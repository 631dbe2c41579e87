"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from symicl.views import Typesetting

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no remarks; results and errors only.")
]


def complete_ids(incomplete: str) -> list[str]:
    """The ids that start so; no theorem's file is run: the shell cannot wait for SymPy."""
    from symicl.statements import shipped_ids

    return sorted(name for name in {*shipped_ids(), *_plugin_ids()} if name.startswith(incomplete))


def _plugin_ids() -> set[str]:
    """Names of entry points that look like ids; no plug-in is imported."""
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="symicl.theorems") if "." in point.name}


Id = Annotated[
    str,
    typer.Argument(metavar="ID", help="A theorem, as named by `symicl list`.", autocompletion=complete_ids),
]
IdOrFile = Annotated[
    str,
    typer.Argument(
        metavar="ID|FILE.py",
        help="A theorem, as named by `symicl list`, or a Python file with a study of your own. A file is run.",
        autocompletion=complete_ids,
    ),
]
Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Theorems, as named by `symicl list`.", autocompletion=complete_ids),
]
Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME=VALUE", help="Inputs: n=20, sigma2=1/4, 'Sigma=[[2,1],[1,3]]', H=file.npy"),
]
NotationFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="TOML file that renames symbols: lines such as n = 'N'.", show_default=False
    ),
]
StyleName = Annotated[
    str | None,
    typer.Option(
        metavar="STYLE",
        help="How closed forms are arranged: trace, eigen (sums over eigenvalues) or normalised (by n).",
        show_default=False,
    ),
]


def setting_of(notation: Path | None, style: str | None) -> Typesetting | None:
    """Notation and style of formulas from the options, or None where neither is given.

    Raises
    ------
    InputError
        For an unknown style or a file that is no notation.
    """
    if notation is None and style is None:
        return None
    from symicl.errors import InputError
    from symicl.typeset import Style
    from symicl.views import Notation, Typesetting

    if style is not None and style not in list(Style):
        raise InputError(f"there is no style called {style}; the styles are {', '.join(Style)}")
    return Typesetting(
        None if notation is None else Notation.read(notation), Style.trace if style is None else Style(style)
    )
