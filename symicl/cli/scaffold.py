"""Writing files for the user to go on with: all of them or none, and never over the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from symicl.errors import InputError
from symicl.views import prepare_folder, write_text


def template(name: str) -> str:
    """The text of a template."""
    return (files("symicl.cli") / "templates" / f"{name}.txt").read_text(encoding="utf-8")


def write_files(folder: Path, texts: Mapping[str, str], *, force: bool) -> list[Path]:
    """Write texts by their paths below a folder.

    Raises
    ------
    InputError
        If a file is there already and is not to be replaced, or cannot be written; then nothing is written.
    """
    paths = {name: folder / name for name in texts}
    there = [str(path) for path in paths.values() if path.exists() or path.is_symlink()]
    if there and not force:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise InputError(f"{there[0]}{more} would be overwritten; give another folder, or --force")
    for path in paths.values():
        if path.is_dir():
            raise InputError(
                f"{path} is a folder, and a file of this name is to be written; give another folder"
            )
    for parent in dict.fromkeys(path.parent for path in paths.values()):
        prepare_folder(parent)
    for name, path in paths.items():
        write_text(path, texts[name])
    return list(paths.values())
