"""Saving a run so that it can be taken up again, bit for bit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from symicl.errors import InputError
from symicl.studies.runtime.lazy_torch import load_torch

CHECKPOINT_FORMAT = "symicl training checkpoint 3"


def save(path: Path, run: str, state: dict[str, Any]) -> None:
    """Write a state beside ``path`` and move it there, so that a reader never sees half a file.

    Parameters
    ----------
    path : Path
    run : str
        What the state belongs to; `load` asks for the same text.
    state : dict
        Tensors, numbers, strings, and lists and dicts of these.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    torch = load_torch()
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            torch.save({"format": CHECKPOINT_FORMAT, "run": run, **state}, file)
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(
            f"the checkpoint {path} cannot be written ({error.strerror}); choose another place"
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def load(path: Path, run: str) -> dict[str, Any] | None:
    """The state saved for the same run; None if there is no file.

    Raises
    ------
    InputError
        If the file is something else, is damaged, or belongs to a run with other settings.
    """
    if not path.exists():
        return None
    torch = load_torch()
    try:
        state = torch.load(path, weights_only=True)
    except OSError as error:
        raise InputError(
            f"the checkpoint {path} cannot be read ({error.strerror}); choose another file"
        ) from None
    except Exception:
        # torch reports damage by half a dozen unrelated exception types.
        raise InputError(
            f"{path} is not a checkpoint of symicl, or is damaged; delete it and start again"
        ) from None
    if not isinstance(state, dict) or state.get("format") != CHECKPOINT_FORMAT:
        raise InputError(f"{path} is not a checkpoint of this version of symicl; delete it and start again")
    if state["run"] != run:
        raise InputError(f"the checkpoint {path} belongs to a run with other settings; choose another file")
    return state
