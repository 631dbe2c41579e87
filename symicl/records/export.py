"""Runs as CSV or Parquet: one row per run, one column per input and number."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symicl.errors import MissingDependencyError

FIRST_COLUMNS = ("id", "command", "theorem", "name", "method", "seed")
LAST_COLUMNS = ("state", "verdict", "conclusion", "reason", "started", "ended", "seconds", "steps")


def flat(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """Columns in a fixed order, and the runs by column; what a run does not have is None."""
    inputs = list(dict.fromkeys(f"input.{name}" for row in rows for name in row["inputs"]))
    numbers = list(dict.fromkeys(name for row in rows for name in row["numbers"]))
    numbers = [name for name in numbers if name not in (*FIRST_COLUMNS, *LAST_COLUMNS)]
    columns = [*FIRST_COLUMNS, *inputs, *LAST_COLUMNS, *numbers, "settings", "versions"]
    table = []
    for row in rows:
        cells = {name: row[name] for name in (*FIRST_COLUMNS, *LAST_COLUMNS)}
        cells |= {f"input.{name}": value for name, value in row["inputs"].items()}
        cells |= {name: value for name, value in row["numbers"].items() if name in numbers}
        cells |= {name: json.dumps(row[name], ensure_ascii=False) for name in ("settings", "versions")}
        table.append({name: cells.get(name) for name in columns})
    return columns, table


def write_csv(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """CSV in UTF-8 with a header."""
    columns, table = flat(rows)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(table)


def load_arrow() -> Any:
    """pyarrow with its Parquet part.

    Raises
    ------
    MissingDependencyError
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingDependencyError(
            "Parquet files need pyarrow; install it with: pip install 'symicl[parquet]', or export as CSV"
        ) from error
    return pyarrow


def write_parquet(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Parquet with the same columns; numbers are float64.

    Raises
    ------
    MissingDependencyError
        Without pyarrow.
    """
    pyarrow = load_arrow()
    columns, table = flat(rows)
    arrays = {name: _column(pyarrow, name, [row[name] for row in table]) for name in columns}
    pyarrow.parquet.write_table(pyarrow.table(arrays), file)


def _column(pyarrow: Any, name: str, values: list[Any]) -> Any:
    if name in ("id", "seed", "steps"):
        return pyarrow.array(values, pyarrow.int64())
    if all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    ):
        numeric = any(value is not None for value in values)
        return pyarrow.array(
            [None if value is None else float(value) for value in values] if numeric else values,
            pyarrow.float64() if numeric else pyarrow.string(),
        )
    return pyarrow.array([None if value is None else str(value) for value in values], pyarrow.string())
