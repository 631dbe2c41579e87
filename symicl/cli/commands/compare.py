"""`symicl compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import note, print_json, print_table
from symicl.cli.parameters import Json, Quiet

if TYPE_CHECKING:
    from symicl.theory import Comparison

MAX_FRACTION = 16
"""Letters of a fraction that is printed beside its decimal."""


def command(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="n and d, and if wanted sigma2, kappa, norm2."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A picture of the table, as PNG.", show_default=False),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Which architecture reaches which risk, at numbers.

    The least excess risk of linear attention, of bounded rank and with several heads, of GD-β, decay, loops,
    layers, the delta rule and ridge regression, on n examples y = ⟨w, x⟩ + ε with w ~ N(μ, I) in d dimensions.
    sigma2 is the variance of the noise, kappa the condition number of the covariance of x, norm2 the squared norm
    of μ (with kappa=1).

    \b
    Examples:
      symicl compare n=20 d=5 sigma2=1/4
      symicl compare n=20 d=5 sigma2=1/4 norm2=2 --plot risks.png
      symicl compare n=40 d=10 kappa=30 --json
    """
    from symicl.algebra import dims, scalar
    from symicl.cli.progress import working
    from symicl.errors import InputError
    from symicl.statements import read_inputs
    from symicl.theory import compare

    names = {"n": dims("n"), "d": dims("d")} | {name: scalar(name) for name in ("sigma2", "kappa", "norm2")}
    given = read_inputs(inputs or (), names)
    missing = [name for name in ("n", "d") if name not in given]
    if missing:
        raise InputError(f"{missing[0]}=… is missing; for example: symicl compare n=20 d=5 sigma2=1/4")
    with working("comparing architectures"):
        found = compare(**given)
    if plot is not None:
        from symicl.views import draw_comparison

        draw_comparison(found, plot)
        note(f"written: {plot}", quiet=quiet)
    if json:
        print_json(_document(found))
    else:
        _print(found)


def _document(found: Comparison) -> dict[str, Any]:
    rows = [
        {
            "architecture": row.name,
            "excess": None if row.excess is None else float(row.excess),
            "exact": str(row.excess) if row.kind == "exact" else None,
            "kind": row.kind,
            "remark": row.remark,
        }
        for row in found.rows
    ]
    return {"at": found.at, "rows": rows}


def _print(found: Comparison) -> None:
    from rich.table import Table

    at = ", ".join(f"{name} = {value}" for name, value in found.at.items())
    table = Table(
        "architecture", "excess risk", "how known", "", title=f"Least excess risk at {at}", box=None
    )
    table.columns[1].justify = "right"
    for row in found.rows:
        exact = (
            f"exact: {row.excess}"
            if row.kind == "exact" and len(str(row.excess)) <= MAX_FRACTION
            else row.kind
        )
        table.add_row(row.name, row.value, exact, row.remark)
    print_table(table)
