"""`symicl sweep`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import FAILURE, SUCCESS, UNDECIDED, Interrupted
from symicl.cli.output import note, print_json, print_table, print_text
from symicl.cli.parameters import IdOrFile, Json, Quiet
from symicl.cli.recording import RecordsFile, open_records
from symicl.errors import InputError

if TYPE_CHECKING:
    from symicl.studies import Study
    from symicl.sweeps import Point, Sweep, Workers

MAX_TABLE_ROWS = 40
"""Points in the table that is printed; all of them are in the CSV file."""


def command(
    target: IdOrFile,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUES", help="Lists and ranges: d=4,8 n=2:6 sigma2=0:1:1/4 n=8:512:x2"),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            "--seeds", metavar="K", min=1, max=1000, help="Trainings of each point: seeds 0 to K-1."
        ),
    ] = 1,
    evaluate: Annotated[
        bool, typer.Option("--eval", help="Evaluate the closed forms instead of training.")
    ] = False,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="tokens, statistic or population, where the study is about one optimum; by default on samples.",
            show_default=False,
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Most steps of a training.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for the table as CSV, and the pictures.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="K", min=1, max=4096, help="Processes on this machine; all cores by default."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Send the work to the Dask scheduler there.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Go on with a grid of more than 10,000 points.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    records: RecordsFile = None,
) -> int:
    """Train, or evaluate, at every point of a grid.

    Each finished point is recorded at once. Interrupted, the same command goes on: what is finished is taken
    from the records while settings, versions and code are the same.

    \b
    Examples:
      symicl sweep mahankali2023.isotropic n=8:512:x2 d=2,4,8 sigma2=0,1/4,1 --seeds 3 --out sweep
      symicl sweep zhang2024.gradient_flow n=1:1000 'H=diag(1,2,3)' --eval --out rates
      symicl sweep mahankali2023.isotropic n=8:64:x2 d=3 --scheduler tcp://10.0.0.1:8786
    """
    if jobs is not None and scheduler is not None:
        raise InputError("give --jobs for this machine or --scheduler for a cluster, not both")
    if out is not None:
        from symicl.views import prepare_folder

        prepare_folder(out)
    sweep, study = _plan(target, inputs or [], seeds, steps, method, evaluate=evaluate)
    _confirm(sweep.count, yes=yes)
    _try_edges(sweep)
    with open_records(records) as book:
        if book is None:
            raise InputError("a sweep needs a records file that can be written; name one by --records")
        from symicl.cli.progress import counting_progress
        from symicl.sweeps import rows_of, run_sweep

        workers = _workers(jobs, scheduler, sweep.count)
        note(f"{_described(sweep)}, on {workers.name}; recorded in {book.path}", quiet=quiet)
        try:
            with counting_progress(f"sweep {sweep.theorem}", sweep.count, quiet=quiet) as progress:
                run_sweep(sweep, book, workers, progress)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted; the finished points are in {book.path}, and the same command goes on from there"
            ) from None
        from symicl.sweeps import by_point, counts

        rows = list(rows_of(sweep, book))
        points = by_point(rows)
        failed = _failures(sweep, book)
        if out is not None:
            from symicl.sweeps import write_output

            for file in write_output(out, sweep, study, rows, points, book):
                note(f"written: {file}", quiet=quiet)
    total = counts(points) | ({"failed": len(failed)} if failed else {})
    if json:
        print_json(
            {
                "id": sweep.theorem,
                "runs": total,
                "points": [_document(point) for point in points],
                "failed": failed,
            }
        )
    else:
        _print(points, total, failed)
    return _code(points, total)


def _plan(
    target: str, texts: list[str], seeds: int, steps: int | None, method: str | None, *, evaluate: bool
) -> tuple[Sweep, Study | None]:
    from symicl.records import call_id
    from symicl.statements import find
    from symicl.sweeps import Sweep, inputs_of, read_grid, sources_of_units, study_of, theorem_of

    file = str(Path(target).resolve()) if target.endswith(".py") else None
    sources: dict[str, Any] = {"sources": sources_of_units()}
    if evaluate:
        if file is not None:
            raise InputError(
                "--eval needs a theorem of the catalogue; leave it out to train the study in the file"
            )
        if method is not None or steps is not None or seeds != 1:
            raise InputError("--eval takes no --seeds, --steps or --method, for nothing is trained")
        theorem = find(target)
        grid = read_grid(texts, theorem.symbols, theorem.options)
        sweep = Sweep(
            "eval", target, grid, (0,), "closed form", None, sources, _light_versions(), dict, call=call_id()
        )
        return sweep, None
    from symicl.records import versions
    from symicl.studies import require_training_packages

    if file is None:
        find(target)
    require_training_packages()
    study = study_of(target, file)
    if file is not None:
        from hashlib import sha256

        sources["file"] = sha256(Path(file).read_bytes()).hexdigest()
    symbols, options = inputs_of(study, theorem_of(study.id) if file is None else None)
    grid = read_grid(texts, symbols, options)
    from symicl.sweeps import method_for

    settings = {**sources, **{k: v for k, v in study.settings().items() if k != "at"}}

    def complete(point: Any) -> dict[str, str]:
        from symicl.statements import read_inputs

        return study.inputs(read_inputs([f"{k}={v}" for k, v in point.items()], symbols, options))

    return (
        Sweep(
            "train",
            study.id,
            grid,
            range(seeds),
            method_for(study, method),
            steps,
            settings,
            versions(),
            complete,
            file,
            call_id(),
        ),
        study,
    )


def _light_versions() -> dict[str, str]:
    """Those that closed forms depend on; torch need not be there."""
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version()} | {
        name: version(name) for name in ("symicl", "sympy", "python-flint")
    }


def _described(sweep: Sweep) -> str:
    grid = f"{sweep.grid.count} points"
    if sweep.kind == "eval":
        return f"evaluating {grid}"
    many = f" × {len(sweep.seeds)} seeds" if len(sweep.seeds) > 1 else ""
    return f"training {grid}{many}, method {sweep.method}"


def _confirm(count: int, *, yes: bool) -> None:
    from symicl.sweeps import ASK_ABOVE

    if count <= ASK_ABOVE or yes:
        return
    shown = f"{count:,}" if count < 10**15 else f"10^{len(str(count)) - 1}"
    if not sys.stdin.isatty():
        raise InputError(f"the sweep has {shown} runs; add --yes if that is meant, or make the grid coarser")
    if not typer.confirm(f"The sweep has {shown} runs. Go on?", err=True):
        raise InputError("nothing was done; make the grid coarser")


def _try_edges(sweep: Sweep) -> None:
    """Refuse impossible values before hours of work."""
    for point in sweep.grid.edges():
        if sweep.kind == "train":
            sweep.complete(point)
        else:
            from symicl.statements import find, read_inputs, task_values

            theorem = find(sweep.theorem)
            task_values(
                theorem,
                read_inputs([f"{k}={v}" for k, v in point.items()], theorem.symbols, theorem.options),
            )


def _workers(jobs: int | None, scheduler: str | None, count: int) -> Workers:
    if scheduler is not None:
        from symicl.sweeps import Cluster

        return Cluster(scheduler)
    from symicl.sweeps import InThisProcess, Processes, cores

    used = min(cores() if jobs is None else jobs, count)
    return InThisProcess() if used == 1 else Processes(used)


def _failures(sweep: Sweep, book: Any) -> list[dict[str, Any]]:
    found = book.rows("call = ? AND state = 'failed'", (sweep.call,))
    return [{"inputs": row["inputs"], "seed": row["seed"], "reason": row["reason"]} for row in found]


def _document(point: Point) -> dict[str, Any]:
    names = list(dict.fromkeys(name for row in point.rows for name in row["numbers"]))
    return {
        "inputs": point.inputs,
        "runs": len(point.rows),
        "verdicts": point.verdicts(),
        "numbers": {name: {"mean": point.mean(name), "error": point.error(name)} for name in names},
    }


def _print(points: list[Point], total: dict[str, int], failed: list[dict[str, Any]]) -> None:
    from rich.table import Table

    if points:
        numbers = list(dict.fromkeys(name for p in points for row in p.rows for name in row["numbers"]))
        shown = [n for n in ("loss_at_optimum", "relative_excess", "scale") if n in numbers] or numbers[:4]
        titles = {
            "loss_at_optimum": "minimal loss",
            "relative_excess": "relative excess",
            "scale": "trained / derived",
        }
        inputs = [name for name in points[0].inputs if all(len(p.inputs.get(name, "")) < 24 for p in points)]
        table = Table(*inputs, *(titles.get(n, n) for n in shown), "runs")
        for point in points[:MAX_TABLE_ROWS]:
            table.add_row(
                *(point.inputs[name] for name in inputs),
                *(f"{point.mean(name):.6g}" if point.values(name) else "–" for name in shown),
                ", ".join(f"{count} {verdict}" for verdict, count in point.verdicts().items()),
            )
        print_table(table)
        if len(points) > MAX_TABLE_ROWS:
            print_text(
                f"… and {len(points) - MAX_TABLE_ROWS} points more; `--out DIR` writes all of them as CSV"
            )
    for failure in failed[:MAX_TABLE_ROWS]:
        at = ", ".join(f"{name} = {value}" for name, value in failure["inputs"].items())
        print_text(f"failed at {at}: {failure['reason']}")
    print_text(", ".join(f"{count} {verdict}" for verdict, count in total.items()) or "no runs")


def _code(points: list[Point], total: dict[str, int]) -> int:
    """Success needs a run at every point that reached the optimum; a predicted local minimum counts neither way."""
    if "contradicted" in total:
        return FAILURE
    good = {"reached", "confirmed", "evaluated"}
    whole = bool(points) and total.keys() <= good | {"local minimum"}
    return SUCCESS if whole and all(good & point.verdicts().keys() for point in points) else UNDECIDED
