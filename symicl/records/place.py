"""Where the records are kept when nobody says otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ENVIRONMENT_VARIABLE = "SYMICL_RECORDS"
DEFAULT_FILE = "symicl-runs.db"


def default_place() -> Path:
    """The file in SYMICL_RECORDS, else ``symicl-runs.db`` in the user's folder for data of programs."""
    named = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    return Path(named).expanduser() if named else _data_folder() / "symicl" / DEFAULT_FILE


def _data_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
