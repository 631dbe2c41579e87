"""`symicl prove`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import worst
from symicl.cli.output import coded, complain, print_json, print_text, print_verdict
from symicl.cli.own_files import running, theorems_of
from symicl.cli.parameters import Json, complete_ids
from symicl.errors import InputError

if TYPE_CHECKING:
    from symicl.statements import SecondOpinion, Theorem, Verdict


class Engine(StrEnum):
    """Which engines are run."""

    both = "both"
    words = "words"


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
        Path | None, typer.Option(metavar="DIR", help="Write ID.certificate.jsonl for each theorem into DIR.")
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="words: the symbolic engine alone. both: all it found again, in explicit coordinates."
        ),
    ] = Engine.both,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is not proved.")] = False,
) -> int:
    """Derive theorems anew and compare with what they state.

    The verdict is proved, refuted (with a counterexample in exact numbers) or undecided. If the two engines disagree
    there is no verdict: the smallest instance is printed, and the exit code is 70.

    \b
    Examples:
      symicl prove mahankali2023.isotropic
      symicl prove --all --json
      symicl prove my_theorem.py --certificate certificates
    """
    theorems = _chosen(targets or [], everything=everything)
    folder = None
    if certificate is not None:
        from symicl.views import prepare_folder

        folder = prepare_folder(certificate)
    from symicl.cli.progress import counting
    from symicl.statements import counted, prove, second_opinion

    both = engine is Engine.both
    verdicts, opinions = [], []
    with counting(len(theorems), quiet=quiet) as begin:
        for theorem, file in theorems:
            begin(theorem.id)
            with running(file):
                verdict = prove(theorem, record=both or folder is not None)
                opinion = second_opinion(verdict) if both else None
            verdicts.append(verdict)
            opinions.append(opinion)
            if folder is not None:
                from symicl.views import write_text

                write_text(folder / f"{verdict.id}.certificate.jsonl", verdict.proof_log)
            if not json and not (quiet and verdict.status == "proved"):
                beside = counted(len(verdict.argued))
                print_verdict(
                    verdict.status,
                    ", ".join(filter(None, [f"{verdict.id}  ({verdict.seconds:.2f} s)", beside])),
                )
                if reason := reason_of(verdict):
                    print_text(f"{'':13}{reason}")
                if file is not None:  # the words of a statement are its author's; these are what was checked
                    for statement in verdict.statements:
                        if statement.comparison.status == "proved":
                            print_text(f"{'':13}proved: {statement.text}")
                for sentence in _argued(verdict):
                    print_text(f"{'':13}argued, not checked: {sentence}")
                if opinion is not None:
                    print_text(f"{'':13}entry by entry: {opinion.sentence()}  ({opinion.seconds:.2f} s)")
    if json:
        print_json([document_of(*pair) for pair in zip(verdicts, opinions, strict=True)])
    return worst(verdict.status for verdict in verdicts)


def document_of(verdict: Verdict, opinion: SecondOpinion | None = None) -> dict[str, Any]:
    """A verdict as JSON, with what the second engine says."""
    document = {
        "id": verdict.id,
        "verdict": verdict.status,
        "seconds": round(verdict.seconds, 3),
        "certificate": verdict.certificate,
        "statements": [statement.document() for statement in verdict.statements],
        "argued": _argued(verdict),
    }
    words = {"verdict": verdict.status, "seconds": round(verdict.seconds, 3)}
    document["engines"] = {"words": words} | ({} if opinion is None else {"entrywise": opinion.document()})
    origin = verdict.theorem.origin if verdict.theorem is not None else ""
    extras = {"counterexample": verdict.counterexample, "reason": verdict.reason, "origin": origin}
    return document | {name: text for name, text in extras.items() if text}


def _argued(verdict: Verdict) -> list[str]:
    """All that nothing decides, as text."""
    from symicl.statements import in_text
    from symicl.typeset import plain

    return [plain(in_text(sentence)) for sentence in verdict.argued]


def reason_of(verdict: Verdict) -> str:
    """Why a theorem is not proved; empty where it is."""
    if verdict.counterexample:
        return f"counterexample: {verdict.counterexample}"
    return coded(verdict.reason) if verdict.reason else ""


def _chosen(targets: list[str], *, everything: bool) -> list[tuple[Theorem, str | None]]:
    """The theorems, and the file or package that each comes from if it is not symicl's own."""
    if everything == bool(targets):
        raise InputError("give theorem ids or files, or --all for every theorem; one of the two")
    from symicl.statements import all_theorems, plugin_problems

    if everything:
        theorems = [(theorem, theorem.origin or None) for theorem in all_theorems()]
        for problem in plugin_problems():
            complain(problem)
        return theorems
    chosen: dict[str, tuple[Theorem, str | None]] = {}
    for target in targets:
        found, file = theorems_of(target)
        for theorem in found:
            first, _ = chosen.setdefault(theorem.id, (theorem, file or theorem.origin or None))
            if first is not theorem:
                raise InputError(
                    f"two different theorems are called {theorem.id}; give the one in {target} another id"
                )
    return list(chosen.values())
