"""`symicl train`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import Interrupted, worst
from symicl.cli.output import coded, note, print_json, print_text, print_verdict
from symicl.cli.parameters import IdOrFile, Inputs, Json, Quiet
from symicl.cli.recording import NoRecords, RecordsFile, identity, open_records, study_recorder

if TYPE_CHECKING:
    from symicl.errors import InputError
    from symicl.records import Records
    from symicl.studies import Study, StudyResult

LONG = 15.0
"""Seconds of CPU time that are announced."""


def command(
    target: IdOrFile,
    inputs: Inputs = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="S", min=0, max=2**31, help="The first seed; the next ones follow it."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="HOW",
            help="tokens, statistic or population; by default on samples, with the closed form beside it.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="cpu or cuda.")] = "cpu",
    dtype: Annotated[
        str | None, typer.Option(metavar="TYPE", help="float32 or float64, of sampled training.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    records: RecordsFile = None,
    no_records: NoRecords = False,
) -> int:
    """Train the real model and compare it with the derived optimum.

    The excess loss is exact: the closed form at the trained weights. "confirmed" needs runs on sampled data from
    two seeds at least, and a statement that agrees with the optimum. Inputs that are not given take the values of the
    experiment.

    Every run is recorded as it goes (see `symicl runs`). Interrupted, even killed, the training goes on where
    it was when the same command is called again, and ends with the same numbers.

    \b
    Examples:
      symicl train mahankali2023.isotropic
      symicl train mahankali2023.isotropic n=10 d=3 sigma2=1 --seed 7
      symicl train mahankali2023.isotropic --method statistic
      symicl train mahankali2023.preconditioned 'Sigma=[[2,1],[1,3]]' --json
      symicl train my_study.py n=20
    """
    from symicl.cli.progress import training_progress
    from symicl.statements import find, read_inputs
    from symicl.sweeps import inputs_of

    is_file = target.endswith(".py")
    theorem = None if is_file else find(target)
    from symicl.studies import require_training_packages

    require_training_packages()
    if is_file:
        from symicl.sweeps import load_study

        experiment = load_study(target)
    else:
        from symicl.studies import find_experiment

        experiment = find_experiment(target)
    symbols, options = inputs_of(experiment, theorem)
    given = read_inputs(inputs or (), symbols, options)
    experiment.inputs(given)  # refuses what cannot be meant before anything is announced
    chosen = _options(method, device, dtype)
    training = experiment.trained_by(**chosen)
    seeds = experiment.seeds if seed is None else (seed, seed + 1)
    if not quiet:
        _say_cost(training.expected_seconds(given, seeds=seeds))
    with open_records(records, off=no_records, quiet=quiet) as book:
        if book is None:
            with training_progress(experiment, len(seeds), quiet=quiet) as progress:
                result = training.run(given, seeds=seeds, progress=progress)
            if result.interrupted:
                raise Interrupted("interrupted")
            unwritten = None
        else:
            file = target if is_file else None
            result, unwritten = _train_recorded(
                book, experiment, given, seeds, chosen, file=file, quiet=quiet
            )
    if json:
        print_json(result.to_json())
    else:
        _print(result)
    if unwritten is not None:  # the result has been printed: nothing is lost
        raise unwritten
    return worst([result.verdict])


def _say_cost(seconds: float | None) -> None:
    """Announce what takes longer than one would wait for without a word."""
    if seconds is not None and seconds > LONG:
        shown = f"{seconds:.2g} seconds" if seconds < 100 else f"{seconds / 60:.2g} minutes"
        note(
            f"at these sizes training takes about {shown} of CPU time (measured on a part of it); Ctrl-C ends it"
        )


def _train_recorded(
    book: Records,
    experiment: Study,
    given: Mapping[str, Any],
    seeds: Sequence[int],
    chosen: Mapping[str, str],
    *,
    file: str | None,
    quiet: bool,
) -> tuple[StudyResult, InputError | None]:
    """The result, and why it could not be recorded if so."""
    from symicl.cli.progress import training_progress
    from symicl.records import checkpoints

    with checkpoints(book.path, [*identity(experiment, given, seeds, file), dict(chosen)]) as folder:
        recorder = study_recorder(
            book, "train", experiment, given, resume=folder is not None, file=file, chosen=chosen
        )
        with training_progress(experiment, len(seeds), quiet=quiet) as progress:
            try:
                result = experiment.trained_by(**chosen).run(
                    given, seeds=seeds, progress=recorder.progress(progress), checkpoint=folder
                )
            except BaseException as error:
                recorder.fail(error)
                raise
        recorder.finish(result)
        if result.interrupted:
            raise Interrupted("interrupted; the same command goes on from there")
    return result, recorder.error


def _options(method: str | None, device: str, dtype: str | None) -> dict[str, str]:
    """The options besides the inputs that were given."""
    from symicl.studies import check_device

    check_device(device)
    asked = {"method": method, "device": None if device == "cpu" else device, "dtype": dtype}
    return {name: value for name, value in asked.items() if value is not None}


def _print(result: StudyResult) -> None:
    at = ", ".join(f"{name} = {value}" for name, value in result.at.items())
    print_verdict(result.verdict, f"{result.id} at {at}  ({result.seconds:.0f} s)")
    reason = result.reason if result.verdict == "confirmed" else coded(result.reason)
    for line in (reason, *result.lines()):
        print_text(f"{'':13}{line}")


def percent(part: float) -> str:
    """A relative excess for the reader's eye."""
    return f"{100 * part:.2g} %"
