"""Opening a records file: made, recognised, brought up to date, or refused with a sentence.

The journal is SQLite's rollback journal with every commit synced. Unlike a write-ahead log it needs no shared
memory, so that the file may lie on the network file system of a cluster, and what is left is one single file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from symicl.errors import InputError
from symicl.records.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, TABLES

MAGIC = b"SQLite format 3\0"
BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process that is writing."""


@contextlib.contextmanager
def as_sentence(path: Path) -> Iterator[None]:
    """Every error of SQLite as one sentence that names the file.

    Raises
    ------
    InputError
    """
    try:
        yield
    except sqlite3.Error as error:
        raise InputError(f"the records file {path} {_reason(error)}") from error


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return (
            f"cannot be written ({text}): the disk is probably full; what was recorded before is intact: "
            "make room, or name another file by --records"
        )
    if "locked" in text:
        return f"is held by another process for more than {BUSY_TIMEOUT:.0f} s; try again when that has ended"
    if "readonly" in text:
        return "is write-protected; name another by --records, or leave it out by --no-records"
    if "unable to open" in text:
        return "cannot be opened; name another by --records, or leave it out by --no-records"
    if "malformed" in text or "not a database" in text:
        return "is damaged; move it away, or name another by --records"
    return f"cannot be used ({text}); name another by --records"


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a records file; a missing or empty one is made unless it is only to be read.

    Raises
    ------
    InputError
        For a file of another program, one of a newer version, a damaged one, or a place that cannot be
        written. Nothing in such a file is changed.
    """
    is_new = _is_new(path)
    if is_new and not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"the folder {path.parent} of the records cannot be made ({error.strerror}); name another file "
                "by --records, or leave the records out by --no-records"
            ) from None
    with as_sentence(path):
        # Transactions are begun and ended by hand; nothing is committed behind our back.
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT, isolation_level=None
        )
        try:
            if not read_only:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _prepare(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    connection.row_factory = sqlite3.Row
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled it back already.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _is_new(path: Path) -> bool:
    """True if the path holds nothing that could be lost.

    Raises
    ------
    InputError
        If it is a folder, cannot be read, or is not an SQLite file.
    """
    try:
        if path.is_dir():
            raise InputError(f"the records file {path} is a folder; give the name of a file")
        if not path.exists():
            return True
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"the records file {path} cannot be read ({reason}); name another by --records"
        ) from None
    if start and start != MAGIC:
        raise InputError(
            f"{path} is not a records file of symicl and is left alone; name another by --records"
        )
    return not start


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    with contextlib.nullcontext() if read_only else transaction(connection):
        application, version, tables = (
            connection.execute(query).fetchone()[0]
            for query in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if not application and not version and not tables:
            if read_only:
                raise InputError(f"there are no records in {path}")
            for statement in TABLES:
                connection.execute(statement)
            _stamp(connection)
            return
        if application != APPLICATION_ID:
            raise InputError(
                f"{path} is a database of another program and is left alone; name another file by --records"
            )
        if version > SCHEMA_VERSION:
            raise InputError(
                f"{path} was written by a newer version of symicl (format {version}, here {SCHEMA_VERSION}); install "
                "that one, or name another file by --records"
            )
        if version < SCHEMA_VERSION:
            _migrate(connection, path, version, read_only=read_only)


def _migrate(connection: sqlite3.Connection, path: Path, version: int, *, read_only: bool) -> None:
    if read_only:
        raise InputError(
            f"{path} has the older format {version} and cannot be written to bring it up to date"
        )
    for step in range(version, SCHEMA_VERSION):
        if step not in MIGRATIONS:
            raise InputError(
                f"{path} has the format {step}, which this version of symicl cannot read; it is left alone: name "
                "another file by --records"
            )
        for statement in MIGRATIONS[step]:
            connection.execute(statement)
    _stamp(connection)


def _stamp(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
