"""`symicl runs`: what was run, listed, shown, exported and drawn again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import STYLES, note, print_json, print_table, print_text
from symicl.cli.parameters import Json
from symicl.errors import InputError

if TYPE_CHECKING:
    from symicl.records import Records

app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})

File = Annotated[
    Path | None,
    typer.Option(
        "--records", metavar="FILE", help="The records file, if not the usual one.", show_default=False
    ),
]
Run = Annotated[
    int, typer.Argument(metavar="RUN", min=1, help="The number of a run, as `symicl runs` lists it.")
]


@app.callback(invoke_without_command=True)
def runs(
    context: typer.Context,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="NAME=VALUE", help="Only runs with this input, seed or method; repeatable."
        ),
    ] = None,
    theorem: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Only this theorem, or this paper.")
    ] = None,
    verdict: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="Only runs that are reached, confirmed, interrupted, failed, …"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only runs since 2026-03-01, or of the last 2d, 12h, 30min."),
    ] = None,
    last: Annotated[int, typer.Option(metavar="N", min=1, help="List the last N of them.")] = 50,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of them as CSV.", show_default=False)
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of them as Parquet.", show_default=False)
    ] = None,
    json: Json = False,
    records: File = None,
) -> None:
    """List, filter and export what was run; `runs show RUN` and `runs plot RUN…` say more.

    \b
    Examples:
      symicl runs --id mahankali2023.isotropic --verdict reached --where n=20 --since 7d
      symicl runs --csv runs.csv
      symicl runs show 12
      symicl runs plot 12 13 -o runs.png
    """
    if context.invoked_subcommand is not None:
        return
    from symicl.records import Choice, fits

    choice = Choice(theorem, verdict, since, tuple(inputs or ()))
    where, values = choice.where()
    wanted = choice.wanted()
    with _open(records) as book:
        rows = [row for row in book.rows(where, values) if fits(row, wanted)]
    _export(rows, csv, parquet)
    if json:
        print_json([_listed(row) for row in rows[-last:]])
    elif csv is None and parquet is None:
        _print(rows, last)


@app.command("show")
def show(run: Run, json: Json = False, records: File = None) -> None:
    """Everything that is known of one run."""
    with _open(records) as book:
        row = _one(book, run)
        points = book.points(run)
    if json:
        print_json({**row, "points": points})
        return
    from symicl.studies import recorded, summary

    lines = [f"run {row['id']}: {row['theorem']}, {row['verdict'] or row['state']}"]
    texts = {
        "at": ", ".join(f"{name} = {value}" for name, value in row["inputs"].items()),
        "reason": row["reason"],
        "command": row["command"],
        "method": row["method"],
        "trained by": summary(evidence) if (evidence := recorded(row["document"])) else None,
        "model": row["name"],
        "seed": row["seed"],
        "state": row["state"],
        "check": row["conclusion"],
        "began": row["started"],
        "ended": row["ended"],
        "seconds": row["seconds"] if row["seconds"] is None else f"{row['seconds']:.3g}",
        "steps": row["steps"],
        **{name: f"{value:.10g}" for name, value in row["numbers"].items() if isinstance(value, int | float)},
        "versions": ", ".join(f"{name} {value}" for name, value in row["versions"].items()),
        **{name: value for name, value in row["settings"].items() if value is not None},
        "trajectory": f"{len(points)} points, the last at step {points[-1][0]}" if points else None,
    }
    width = max(map(len, texts))
    lines += [f"  {name:<{width}}  {value}" for name, value in texts.items() if value is not None]
    print_text("\n".join(lines))


@app.command("plot")
def plot(
    chosen: Annotated[list[int], typer.Argument(metavar="RUN…", help="The numbers of runs.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The picture, as PNG.")] = Path(
        "runs.png"
    ),
    records: File = None,
) -> None:
    """Draw the trajectories of runs again, and the weights of a single one."""
    from symicl.views import check_file

    check_file(out)
    with _open(records) as book:
        rows = [_one(book, run) for run in dict.fromkeys(chosen)]
        points = [book.points(row["id"]) for row in rows]
    from symicl.views import draw_runs, replacing

    with replacing(out) as temporary:
        draw_runs(rows, points, temporary)
    note(f"written: {out}")


def _open(file: Path | None) -> Records:
    from symicl.records import Records, default_place

    place = default_place() if file is None else file.expanduser()
    if not place.exists():
        raise InputError(f"there are no records in {place} yet; `symicl train ID` writes some")
    return Records(place, read_only=True)


def _one(book: Records, run: int) -> dict[str, Any]:
    row = next(book.rows("id = ?", (run,)), None)
    if row is None:
        raise InputError(f"there is no run {run} in {book.path}; `symicl runs` lists them")
    return row


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("key", "document")}


def _export(rows: list[dict[str, Any]], csv: Path | None, parquet: Path | None) -> None:
    from symicl.records import load_arrow, write_csv, write_parquet
    from symicl.views import check_file, replacing

    if parquet is not None:
        load_arrow()
    for file, write in ((csv, write_csv), (parquet, write_parquet)):
        if file is not None:
            check_file(file)
            with replacing(file) as temporary:
                write(rows, temporary)
            note(f"{len(rows)} runs are in {file}")


def _print(rows: list[dict[str, Any]], last: int) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        print_text("no runs")
        return
    table = Table(
        "run", "began", "command", "id", "at", "seed", "verdict", "check", "relative excess", "seconds"
    )
    for name in ("run", "seed", "relative excess", "seconds"):
        next(c for c in table.columns if c.header == name).justify = "right"
    for row in rows[-last:]:
        excess = row["numbers"].get("relative_excess")
        table.add_row(
            str(row["id"]),
            row["started"][:16].replace("T", " "),
            row["command"],
            row["theorem"],
            ", ".join(f"{name}={value}" for name, value in row["inputs"].items() if len(value) < 16),
            "" if row["seed"] is None else str(row["seed"]),
            row["verdict"] or row["state"],
            Text(row["conclusion"] or "", style=STYLES.get(row["conclusion"] or "", "")),
            "" if excess is None else f"{excess:.3g}",
            "" if row["seconds"] is None else f"{row['seconds']:.3g}",
        )
    print_table(table)
    if len(rows) > last:
        print_text(f"the last {last} of {len(rows)}; --last N lists more")
