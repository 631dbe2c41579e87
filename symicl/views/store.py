"""Files in an output folder, each written completely or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symicl.errors import InputError


def prepare_folder(folder: str | os.PathLike[str]) -> Path:
    """Make an output folder and make sure that files can be written there.

    Raises
    ------
    InputError
        If it cannot be made or written to.
    """
    path = Path(folder)
    try:
        if path.exists() and not path.is_dir():
            raise InputError(f"the output folder {path} is a file; give another name")
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".symicl-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, ValueError) as error:
        raise InputError(
            f"the output folder {path} cannot be written to ({_reason(error)}); give another"
        ) from None
    return path


def check_file(file: str | os.PathLike[str]) -> Path:
    """Make sure that a file can be written, before the work that it is for.

    Raises
    ------
    InputError
        If it is a folder, or its own folder does not exist or cannot be written to.
    """
    path = Path(file)
    try:
        problem = _problem_of(path)
    except (OSError, ValueError) as error:
        problem = f"{path} cannot be written ({_reason(error)})"
    if problem:
        raise InputError(problem)
    prepare_folder(path.parent)
    return path


def _problem_of(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} for {path.name}; mend the name, or make it first"
    if path.is_dir():
        return f"{path} is a folder; give the name of a file"
    if path.is_file() and not os.access(path, os.W_OK):
        return f"{path} is write-protected; give another name"
    return ""


@contextmanager
def replacing(file: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary name in the same folder, which takes the file's place when the block ends well.

    Whatever ends the block otherwise, Ctrl-C included, leaves the old file as it was and nothing else behind.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    path = Path(file)
    # The ending stays: image writers choose their format by it.
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({_reason(error)})") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(file: str | os.PathLike[str], text: str) -> None:
    """Write a text file in UTF-8, completely or not at all."""
    with replacing(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(file: str | os.PathLike[str], document: Any) -> None:
    """Write a JSON document, completely or not at all."""
    write_text(file, json_text(document))


def read_json(file: str | os.PathLike[str]) -> Any:
    """A JSON document, or None where there is no readable one."""
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def json_text(document: Any, *, ascii_only: bool = False) -> str:
    """Strict JSON with a final newline; numbers that JSON does not know (nan, inf) become null."""
    return json.dumps(_finite(document), indent=2, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def _finite(document: Any) -> Any:
    if isinstance(document, float) and not math.isfinite(document):
        return None
    if isinstance(document, Mapping):
        return {key: _finite(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in document]
    return document


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
