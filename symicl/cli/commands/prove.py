"""`symicl prove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import worst
from symicl.cli.output import print_json, print_text, print_verdict, results_only
from symicl.cli.parameters import Json, complete_ids
from symicl.errors import InputError

if TYPE_CHECKING:
    from symicl.theorems.prove import Verdict
    from symicl.theorems.theorem import Theorem


def command(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID|FILE.py",
            help="Theorems as named by `symicl list`, or Python files that define some. A file is run.",
            autocompletion=complete_ids,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every theorem of the catalogue.")] = False,
    json: Json = False,
    certificate: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write ID.certificate.json for each theorem into DIR.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is not proved.")] = False,
) -> int:
    """Derive theorems anew and compare with what they state.

    The verdict is proved, refuted (with a counterexample in exact numbers) or undecided.

    \b
    Examples:
      symicl prove mahankali2023.isotropic
      symicl prove --all --json
      symicl prove my_theorem.py --certificate certificates
    """
    theorems = _chosen(targets or [], everything=everything)
    folder = None
    if certificate is not None:
        from symicl.report.store import prepare_folder

        folder = prepare_folder(certificate)
    from symicl.theorems.prove import prove

    verdicts = []
    for theorem in theorems:
        with results_only():
            verdict = prove(theorem)
        verdicts.append(verdict)
        if folder is not None:
            from symicl.report.store import write_json

            write_json(folder / f"{verdict.id}.certificate.json", verdict.certificate)
        if not json and not (quiet and verdict.status == "proved"):
            print_verdict(verdict.status, f"{verdict.id}  ({verdict.seconds:.2f} s)")
            if reason := reason_of(verdict):
                print_text(f"{'':13}{reason}")
    if json:
        print_json([document_of(verdict) for verdict in verdicts])
    return worst(verdict.status for verdict in verdicts)


def document_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    document = {
        "id": verdict.id,
        "verdict": verdict.status,
        "seconds": round(verdict.seconds, 3),
        "certificate": verdict.certificate,
    }
    extras = {"counterexample": verdict.counterexample, "reason": verdict.reason}
    return document | {name: text for name, text in extras.items() if text}


def reason_of(verdict: Verdict) -> str:
    """Why a theorem is not proved; empty where it is."""
    return f"counterexample: {verdict.counterexample}" if verdict.counterexample else verdict.reason


def _chosen(targets: list[str], *, everything: bool) -> list[Theorem]:
    if everything == bool(targets):
        raise InputError("give theorem ids or files, or --all for every theorem; one of the two")
    from symicl.theorems.catalogue import all_theorems, find, load_file

    if everything:
        return all_theorems()
    chosen: dict[str, Theorem] = {}
    for target in targets:
        with results_only():
            found = load_file(target) if _is_file(target) else [find(target)]
        for theorem in found:
            chosen.setdefault(theorem.id, theorem)
    return list(chosen.values())


def _is_file(target: str) -> bool:
    return target.endswith(".py") or "/" in target or "\\" in target
