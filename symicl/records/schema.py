"""The tables of a records file, and how a file of an earlier version is brought up to date."""

from __future__ import annotations

APPLICATION_ID = 0x53594D49  # "SYMI"
SCHEMA_VERSION = 1

TABLES = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,            -- hash of everything that the run is a function of
        call TEXT NOT NULL,           -- the command that the run belongs to
        command TEXT NOT NULL,        -- train, verify or sweep
        theorem TEXT NOT NULL,
        name TEXT,                    -- what was run, where a check runs several models
        method TEXT,                  -- how
        seed INTEGER,
        inputs TEXT NOT NULL,         -- JSON, exact text by name
        settings TEXT NOT NULL,       -- JSON
        versions TEXT NOT NULL,       -- JSON
        state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'finished', 'failed')),
        verdict TEXT,                 -- of this run: reached, local minimum, …
        conclusion TEXT,              -- of the whole check: confirmed, contradicted, inconclusive
        reason TEXT,
        started TEXT NOT NULL,        -- UTC, ISO 8601
        ended TEXT,
        seconds REAL,
        steps INTEGER,
        numbers TEXT NOT NULL DEFAULT '{}',  -- JSON, by name
        document TEXT                 -- JSON, the weights among it
    )
    """,
    """
    CREATE TABLE points (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        excess REAL,
        PRIMARY KEY (run, step)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX runs_by_key ON runs (key)",
    # Two sweeps over the same grid at the same time keep one row per point.
    "CREATE UNIQUE INDEX one_row_a_point ON runs (key) WHERE command = 'sweep' AND state <> 'failed'",
)

MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""From a version to the statements that lead to the next one. Whoever changes TABLES adds an entry."""
