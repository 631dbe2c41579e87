"""`symicl eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import print_json, print_text
from symicl.cli.parameters import Id, Inputs, Json
from symicl.cli.progress import working

if TYPE_CHECKING:
    from symicl.statements import Evaluation


def command(
    id: Id,
    inputs: Inputs = None,
    json: Json = False,
    digits: Annotated[
        int, typer.Option(metavar="K", help="Correct significant digits of the decimals.")
    ] = 15,
) -> None:
    """The closed forms of a theorem at numbers.

    Values are exact where the inputs are. Decimals are read exactly (0.25 is 1/4). A matrix is [[2,1],[1,3]],
    diag(1,2,3), I, 1/5*I (the size comes from the other inputs) or a file written by numpy.save; a vector is
    [1,-2,3]. Floating-point files are inexact, so that no fractions are printed for them.

    \b
    Examples:
      symicl eval mahankali2023.isotropic n=20 d=5 sigma2=1/4
      symicl eval mahankali2023.isotropic n=20 d=5 sigma2=0 --digits 50
      symicl eval mahankali2023.preconditioned n=6 sigma2=1/2 'Sigma=[[2,1],[1,3]]'
      symicl eval mahankali2023.nonlinear n=20 d=5 sigma2=1/4 target=relu --json
    """
    from symicl.statements import evaluate_theorem, find, read_inputs

    theorem = find(id)
    given = read_inputs(inputs or (), theorem.symbols, theorem.options)
    with working(f"evaluating {theorem.id}"):
        evaluation = evaluate_theorem(theorem, given, digits=digits)
    if json:
        document = {"id": theorem.id, "at": evaluation.at, "values": evaluation.values}
        print_json(document | ({"notes": list(evaluation.notes)} if evaluation.notes else {}))
    else:
        print_text(_as_text(theorem.id, evaluation, digits))


def _as_text(theorem_id: str, evaluation: Evaluation, digits: int) -> str:
    at = ", ".join(f"{name} = {value}" for name, value in evaluation.at.items())
    lines = [f"{theorem_id} at {at}"]
    width = max(map(len, evaluation.values), default=0)
    for name, value in evaluation.values.items():
        exact, decimal = _rows(value["exact"], digits), _rows(value["decimal"], digits)
        if not decimal:
            lines += _beside(name, width, " ", ["not determined"])
            continue
        if exact and exact != decimal:
            lines += _beside(name, width, "=", exact)
            lines += _beside("", width, "≈", decimal)
        else:
            lines += _beside(name, width, "=" if exact else "≈", decimal)
    lines += [f"  note: {note}" for note in evaluation.notes]
    return "\n".join(lines)


def _rows(value: Any, digits: int) -> list[str]:
    """A number as one line, a matrix as one line per row, with aligned columns."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [_number(value, digits)]
    cells = [[_number(x, digits) for x in (row if isinstance(row, list) else [row])] for row in value]
    if not any(isinstance(row, list) for row in value):  # several numbers, in one row
        cells = [[x for row in cells for x in row]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["[ " + "  ".join(x.rjust(w) for x, w in zip(row, widths, strict=True)) + " ]" for row in cells]


def _number(value: float | str, digits: int) -> str:
    return value if isinstance(value, str) else format(value, f".{digits}g")


def _beside(name: str, width: int, sign: str, rows: list[str]) -> list[str]:
    first = f"  {name:<{width}}  {sign} "
    return [(first if i == 0 else " " * len(first)) + row for i, row in enumerate(rows)]
