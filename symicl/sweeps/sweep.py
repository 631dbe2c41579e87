"""A sweep: the units of a grid, those that are finished already, and the records of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from symicl.records import Outcome, Plan, Records
from symicl.sweeps.grid import Grid
from symicl.sweeps.unit import Result, Unit


class Workers(Protocol):
    """Whatever does the work."""

    name: str

    def map(self, units: Iterator[Unit]) -> Iterator[tuple[Unit, Result]]: ...


@dataclass(frozen=True)
class Sweep:
    """The specification of a sweep.

    Attributes
    ----------
    kind : "train" or "eval"
    theorem : str
    grid : Grid
    seeds : sequence of int
        Of each point; one entry for an evaluation.
    method : str
    steps : int or None
    settings : dict
        All else that a result depends on, the digest of the sources under "sources".
    versions : dict
    complete : callable
        From the inputs of a point to all inputs as exact text, the defaults standing in; refuses what cannot
        be meant.
    file : str or None
        Of a study of the user's own.
    call : str
    """

    kind: str
    theorem: str
    grid: Grid
    seeds: Sequence[int]
    method: str
    steps: int | None
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    complete: Callable[[Mapping[str, str]], dict[str, str]]
    file: str | None = None
    call: str = ""

    @property
    def count(self) -> int:
        """How many units: points times seeds."""
        return self.grid.count * len(self.seeds)

    def plans(self) -> Iterator[tuple[Plan, dict[str, str]]]:
        """One plan a unit with the inputs as the user wrote them, made as they are asked for."""
        settings = {**self.settings, "kind": self.kind, "steps": self.steps}
        for point in self.grid:
            at = self.complete(point)
            for seed in self.seeds:
                own = None if self.kind == "eval" else seed
                yield (
                    Plan(
                        "sweep", self.theorem, at, own, settings, self.versions, self.call, method=self.method
                    ),
                    point,
                )


def run_sweep(
    sweep: Sweep,
    records: Records,
    workers: Workers,
    progress: Callable[[bool], None] | None = None,
) -> None:
    """Do what is not done yet, and record each unit as soon as it is.

    Parameters
    ----------
    sweep : Sweep
    records : Records
    workers : Workers
    progress : callable, optional
        Called once a unit, with whether it was found finished.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C; finished units are recorded.
    InputError
        If the records cannot be written, or the workers are lost.
    """
    plans: dict[str, Plan] = {}
    checkpoints = Path(records.path).with_name(records.path.name + ".checkpoints")

    def missing() -> Iterator[Unit]:
        for plan, point in sweep.plans():
            if records.finished(plan.key) is not None:
                if progress is not None:
                    progress(True)
                continue
            plans[plan.key] = plan
            yield {
                "key": plan.key,
                "kind": sweep.kind,
                "theorem": sweep.theorem,
                "inputs": dict(point),
                "seed": plan.seed,
                "steps": sweep.steps,
                "method": sweep.method,
                "sources": sweep.settings["sources"],
                "checkpoint": str(checkpoints / plan.key) if sweep.method != "population" else None,
                "file": sweep.file,
            }

    for unit, result in workers.map(missing()):
        if result["state"] != "interrupted":
            records.add(plans.pop(unit["key"]), Outcome(**result))
            _forget(checkpoints, unit["key"])
        if progress is not None:
            progress(False)


def _forget(checkpoints: Path, key: str) -> None:
    import shutil

    if (checkpoints / key).exists():
        shutil.rmtree(checkpoints / key, ignore_errors=True)
        if not any(checkpoints.iterdir()):
            checkpoints.rmdir()


def rows_of(sweep: Sweep, records: Records) -> Iterator[dict[str, Any]]:
    """The finished rows of a sweep, in the order of its grid."""
    for plan, _ in sweep.plans():
        row = records.finished(plan.key)
        if row is not None:
            yield row
