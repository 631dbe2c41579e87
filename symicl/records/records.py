"""The records: one row per run, with its trajectory."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from symicl.records.database import as_sentence, connect, transaction

JSON_COLUMNS = ("inputs", "settings", "versions", "numbers", "document")


@dataclass(frozen=True)
class Plan:
    """The inputs that determine a run, known before it begins.

    Attributes
    ----------
    command : "train", "verify" or "sweep"
    theorem : str
    inputs : dict
        Exact text by name.
    seed : int or None
    settings, versions : dict
        As JSON.
    call : str
        Identifies the command that the run belongs to.
    method, name : str or None
    """

    command: str
    theorem: str
    inputs: Mapping[str, str]
    seed: int | None
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    call: str = ""
    method: str | None = None
    name: str | None = None

    @property
    def key(self) -> str:
        """Equal for runs that must give the same numbers."""
        return key_of(
            self.command,
            self.theorem,
            self.inputs,
            self.seed,
            self.settings,
            self.versions,
            self.method,
            self.name,
        )


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    state : "finished", "interrupted" or "failed"
    verdict, conclusion, reason : str or None
        Of the run; of the whole check; why.
    method : str or None
        How it was trained, where the plan does not say it.
    seconds, steps : number or None
    numbers : dict
        Scalars by name.
    points : list of (step, excess), optional
        The trajectory, in place of what was recorded on the way.
    document : dict, optional
    """

    state: str = "finished"
    verdict: str | None = None
    conclusion: str | None = None
    reason: str | None = None
    method: str | None = None
    seconds: float | None = None
    steps: int | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    points: Sequence[tuple[int, float]] | None = None
    document: Mapping[str, Any] | None = None


def key_of(*parts: Any) -> str:
    """A hash of JSON values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


class Records:
    """A records file.

    Every method is one transaction: after a crash the file holds all calls that have returned, and of the
    one under way everything or nothing.

    Parameters
    ----------
    path : path
    read_only : bool

    Raises
    ------
    InputError
        If the file cannot be used; see `symicl.records.database.connect`.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False):
        self.path = Path(path)
        self._connection = connect(self.path, read_only=read_only)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # --- writing ---------------------------------------------------------------------------------------

    def begin(self, plan: Plan, *, resume: bool = False) -> int:
        """A row for a run that begins; with ``resume`` the row of the same run, if it was cut off."""
        with as_sentence(self.path), transaction(self._connection):
            if resume:
                found = self._connection.execute(
                    "SELECT id FROM runs WHERE key = ? AND state IN ('running', 'interrupted') ORDER BY id DESC",
                    (plan.key,),
                ).fetchone()
                if found is not None:
                    self._connection.execute(
                        "UPDATE runs SET state = 'running', call = ? WHERE id = ?", (plan.call, found["id"])
                    )
                    return int(found["id"])
            return self._insert(plan, "running")

    def add_points(self, run: int, points: Sequence[tuple[int, float]]) -> None:
        """More points of a trajectory."""
        with as_sentence(self.path), transaction(self._connection):
            self._points(run, points)

    def finish(self, run: int, outcome: Outcome) -> None:
        """How a run that has begun ended."""
        with as_sentence(self.path), transaction(self._connection):
            self._finish(run, outcome)

    def add(self, plan: Plan, outcome: Outcome) -> int | None:
        """A run from beginning to end; None if a sweep has recorded it already."""
        with as_sentence(self.path), transaction(self._connection):
            if plan.command == "sweep" and self._finished(plan.key) is not None:
                return None
            self._connection.execute(  # what failed before and was tried again
                "DELETE FROM runs WHERE key = ? AND command = 'sweep' AND state <> 'finished'", (plan.key,)
            )
            run = self._insert(plan, "running")
            self._finish(run, outcome)
            return run

    def _insert(self, plan: Plan, state: str) -> int:
        columns = {
            "key": plan.key,
            "call": plan.call,
            "command": plan.command,
            "theorem": plan.theorem,
            "name": plan.name,
            "method": plan.method,
            "seed": plan.seed,
            "inputs": _text(plan.inputs),
            "settings": _text(plan.settings),
            "versions": _text(plan.versions),
            "state": state,
            "started": now(),
        }
        cursor = self._connection.execute(
            f"INSERT INTO runs ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            tuple(columns.values()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _finish(self, run: int, outcome: Outcome) -> None:
        if outcome.points is not None:
            self._connection.execute("DELETE FROM points WHERE run = ?", (run,))
            self._points(run, outcome.points)
        self._connection.execute(
            "UPDATE runs SET state = ?, verdict = ?, conclusion = ?, reason = ?, method = COALESCE(method, ?), "
            "seconds = ?, steps = ?, numbers = ?, document = ?, ended = ? WHERE id = ?",
            (
                outcome.state,
                outcome.verdict,
                outcome.conclusion,
                outcome.reason,
                outcome.method,
                outcome.seconds,
                outcome.steps,
                _text(outcome.numbers),
                None if outcome.document is None else _text(outcome.document),
                now(),
                run,
            ),
        )

    def _points(self, run: int, points: Iterable[tuple[int, float]]) -> None:
        # SQLite has no nan: it becomes NULL.
        self._connection.executemany(
            "INSERT OR REPLACE INTO points VALUES (?, ?, ?)", ((run, *p) for p in points)
        )

    # --- reading ---------------------------------------------------------------------------------------

    def finished(self, key: str) -> dict[str, Any] | None:
        """The finished run of a sweep with this key."""
        with as_sentence(self.path):
            row = self._finished(key)
        return None if row is None else _decoded(row)

    def _finished(self, key: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(
            "SELECT * FROM runs WHERE key = ? AND command = 'sweep' AND state = 'finished'", (key,)
        ).fetchone()
        return row

    def rows(self, where: str = "1", values: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        """Runs in the order in which they began, JSON columns decoded."""
        with as_sentence(self.path):
            for row in self._connection.execute(f"SELECT * FROM runs WHERE {where} ORDER BY id", values):
                yield _decoded(row)

    def points(self, run: int) -> list[tuple[int, float]]:
        """The trajectory of a run; an excess that is not a number is nan."""
        with as_sentence(self.path):
            found = self._connection.execute(
                "SELECT step, excess FROM points WHERE run = ? ORDER BY step", (run,)
            )
            return [(step, math.nan if excess is None else excess) for step, excess in found]

    def integrity(self) -> str:
        """SQLite's own check of the file; "ok" if all is well."""
        with as_sentence(self.path):
            return str(self._connection.execute("PRAGMA integrity_check").fetchone()[0])


def now() -> str:
    """UTC to the millisecond, so that text sorts by time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    """JSON knows no nan and no infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _decoded(row: sqlite3.Row) -> dict[str, Any]:
    run = dict(row)
    for name in JSON_COLUMNS:
        run[name] = None if run[name] is None else json.loads(run[name])
    return run
