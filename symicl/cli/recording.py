"""How commands that train keep records: the options, and the recorder of a numeric check."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.output import note
from symicl.errors import InputError

if TYPE_CHECKING:
    from symicl.records import Records, StudyRecorder
    from symicl.studies import Study

RecordsFile = Annotated[
    Path | None,
    typer.Option(
        "--records",
        metavar="FILE",
        help="The records file; by default SYMICL_RECORDS, else symicl-runs.db in your folder for data.",
        show_default=False,
    ),
]
NoRecords = Annotated[
    bool, typer.Option("--no-records", help="Record nothing; an interrupted run starts over.")
]


@contextlib.contextmanager
def open_records(file: Path | None, *, off: bool = False, quiet: bool = False) -> Iterator[Records | None]:
    """The records file that a command writes to, or None.

    Raises
    ------
    InputError
        If a file that was named cannot be used, or one that exists is not ours. Where the default folder
        cannot be written, a remark says so and nothing is recorded.
    """
    if off:
        if file is not None:
            raise InputError("give --records FILE or --no-records, not both")
        yield None
        return
    from symicl.records import ENVIRONMENT_VARIABLE, Records, default_place

    place = default_place() if file is None else file.expanduser()
    try:
        records = Records(place)
    except InputError as error:
        import os

        if file is not None or os.environ.get(ENVIRONMENT_VARIABLE) or place.exists():
            raise
        note(f"nothing is recorded: {error}", quiet=quiet)
        yield None
        return
    with records:
        yield records


def study_recorder(
    records: Records,
    command: str,
    study: Study,
    given: Mapping[str, Any],
    *,
    resume: bool = False,
    file: str | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> StudyRecorder:
    """The recorder of one numeric check; ``file`` is that of a study of the user's own, ``chosen`` how it trains."""
    from symicl.records import Plan, StudyRecorder, call_id, digest_of_sources, versions

    call, at, used = call_id(), study.inputs(given), versions()
    settings = {name: value for name, value in study.settings().items() if name != "at"}
    settings |= {"sources": digest_of_sources(), **_own_code(file), **(chosen or {})}

    def plan(seed: int, before: int) -> Plan:
        own = settings | ({"occurrence": before} if before else {})
        return Plan(command, study.id, at, seed, own, used, call)

    return StudyRecorder(records, plan, resume=resume)


def _own_code(file: str | None) -> dict[str, str]:
    from hashlib import sha256

    return {} if file is None else {"file": sha256(Path(file).read_bytes()).hexdigest()}


def identity(
    study: Study, given: Mapping[str, Any], seeds: Sequence[int], file: str | None = None
) -> list[Any]:
    """Everything that an unfinished check must share with the call that takes it up again."""
    from symicl.records import fingerprint

    return [fingerprint(study, seeds), study.inputs(given), _own_code(file)]
