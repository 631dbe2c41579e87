"""`symicl verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import Interrupted, worst
from symicl.cli.output import STYLES, note, print_json, print_table, print_text
from symicl.cli.parameters import Ids, Json, NotationFile, Quiet, StyleName, setting_of
from symicl.cli.recording import NoRecords, RecordsFile, open_records

if TYPE_CHECKING:
    from symicl.cli.verification import Job
    from symicl.statements import SecondOpinion, Theorem, Verdict

MAX_LISTED_RUNS = 4
"""Runs that are listed one by one."""


def command(
    ids: Ids = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder for the results.")] = Path("results"),
    seeds: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            min=1,
            max=1000,
            help="Train with the seeds 0 to K-1; a verdict needs two.",
            show_default=False,
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over; use nothing that is in DIR.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="K", min=1, max=4096, help="Trainings at a time; by default as many as cores."),
    ] = None,
    notation: NotationFile = None,
    style: StyleName = None,
    json: Json = False,
    quiet: Quiet = False,
    records: RecordsFile = None,
    no_records: NoRecords = False,
) -> int:
    """Derive, prove and train theorems: the main job.

    Without ids, it verifies every theorem. DIR receives for each its derivation (ID.tex), certificate
    (ID.certificate.jsonl), training (ID.training.json) and a picture of it (ID.png), a summary.json, and all of it
    as pages to read: index.html, one ID.html each, and report.tex (report.pdf where pdflatex is installed).
    Interrupted, it goes on where it was when called again; a finished training is used again while
    settings, versions and code are the same.

    \b
    Examples:
      symicl verify
      symicl verify mahankali2023.isotropic --out checked --seeds 4
      symicl verify --fresh --json
    """
    from symicl.statements import all_theorems, find

    theorems = [find(i) for i in dict.fromkeys(ids)] if ids else all_theorems()
    from symicl.cli.reporting import INDEX, SUMMARY, refuse_foreign
    from symicl.views import prepare_folder, write_json

    folder = prepare_folder(out)
    refuse_foreign(folder)
    setting = setting_of(notation, style)
    if setting is not None:
        setting.check_names(theorems)
    from symicl.cli.verification import Job
    from symicl.studies import require_training_packages
    from symicl.sweeps import cores

    require_training_packages()
    chosen = range(seeds) if seeds else None
    summary_file = folder / SUMMARY
    (folder / INDEX).unlink(missing_ok=True)
    summary_file.unlink(missing_ok=True)  # until the end there is none, rather than that of an earlier run
    try:
        with open_records(records, off=no_records, quiet=quiet) as book:
            job = Job(
                folder, chosen, fresh=fresh, quiet=quiet, records=book, setting=setting, jobs=jobs or cores()
            )
            entries, verdicts = _verify(job, theorems)
        code = worst(entry[part]["verdict"] for entry in entries for part in ("proof", "experiment"))
        summary = _summary(entries, code)
        write_json(summary_file, summary)
        _write_pages(job, summary, verdicts)
    except (KeyboardInterrupt, Interrupted):
        sentence = (
            f"interrupted; what was reached is kept in {folder}, and the same command goes on from there"
        )
        raise Interrupted(sentence) from None
    if json:
        print_json(summary)
    else:
        _print(entries, folder, quiet=quiet)
    return code


def _verify(job: Job, theorems: list[Theorem]) -> tuple[list[dict[str, Any]], list[Verdict]]:
    # All proofs first: they take seconds, the trainings minutes.
    proofs = []
    for theorem in theorems:
        proofs.append(job.prove(theorem))
        note(f"{proofs[-1][0].status} {theorem.id}", quiet=job.quiet)
    trainings = {}
    for theorem, training in job.train_all(theorems):
        note(f"{training['verdict']} {theorem.id}: {training['reason']}", quiet=job.quiet)
        trainings[theorem.id] = training
    entries = [
        _entry(theorem, verdict, opinion, trainings[theorem.id])
        for theorem, (verdict, opinion) in zip(theorems, proofs, strict=True)
    ]
    return entries, [verdict for verdict, _ in proofs]


def _write_pages(job: Job, summary: dict[str, Any], verdicts: list[Verdict]) -> None:
    """The report, as HTML and as LaTeX; what is missing for it is told and changes no verdict."""
    from symicl.cli.reporting import report_or_note
    from symicl.views import write_pdf

    note(report_or_note(job.folder, summary), quiet=job.quiet)
    derived = [(v.theorem, v.derivation) for v in verdicts if v.theorem is not None]
    note(write_pdf(job.folder, derived, job.setting), quiet=job.quiet)


def _entry(
    theorem: Theorem, verdict: Verdict, opinion: SecondOpinion, training: dict[str, Any]
) -> dict[str, Any]:
    from symicl.cli.commands.prove import reason_of
    from symicl.typeset import plain

    return {
        "id": theorem.id,
        "title": plain(theorem.title),
        "proof": {
            "verdict": verdict.status,
            "reason": reason_of(verdict),
            "seconds": round(verdict.seconds, 3),
            "engines": {"entrywise": opinion.document()},
        },
        "experiment": {
            "verdict": training["verdict"],
            "reason": training["reason"],
            "seconds": round(training["seconds"], 1),
            "runs": [
                {name: run[name] for name in ("seed", "verdict", "excess_loss", "relative_excess")}
                for run in training["runs"]
            ],
        },
    }


def _summary(entries: list[dict[str, Any]], code: int) -> dict[str, Any]:
    from symicl.records import versions

    return {"versions": versions(), "exit_code": code, "theorems": entries}


def _print(entries: list[dict[str, Any]], folder: Path, *, quiet: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "statement", "proof", "experiment", "runs: relative excess", "seconds")
    table.columns[0].no_wrap = True
    table.columns[-1].justify = "right"
    for entry in entries:
        proof, experiment = entry["proof"], entry["experiment"]
        table.add_row(
            entry["id"],
            entry["title"],
            *(Text(part["verdict"], style=STYLES[part["verdict"]]) for part in (proof, experiment)),
            _runs(experiment["runs"]),
            f"{proof['seconds'] + experiment['seconds']:.1f}",
        )
    print_table(table)
    for entry in entries:
        for part, success in (("proof", "proved"), ("experiment", "confirmed")):
            if entry[part]["verdict"] != success:
                print_text(f"{entry['id']}: {entry[part]['verdict']}: {entry[part]['reason']}")
    note(f"the results are in {folder}", quiet=quiet)


def _runs(runs: list[dict[str, Any]]) -> str:
    """One line per run, or how many have reached what was derived where there are many."""
    from symicl.cli.commands.train import percent

    if len(runs) > MAX_LISTED_RUNS:
        reached = sum(run["verdict"] == "reached" for run in runs)
        return f"{reached} of {len(runs)} reached"
    return "\n".join(
        f"seed {run['seed']}: "
        + (run["verdict"] if run["relative_excess"] is None else percent(run["relative_excess"]))
        + (f", {run['verdict']}" if run["verdict"] == "local minimum" else "")
        for run in runs
    )
