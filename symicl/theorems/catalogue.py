"""Finding theorems: those that ship with symicl, and those in a user's own file."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from symicl.errors import InputError
from symicl.theorems.theorem import Theorem

_PAPERS = ("mahankali2023", "zhang2024", "zheng2024", "sander2024")


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Theorem]:
    found: dict[str, Theorem] = {}
    package = importlib.import_module("symicl.proofs")
    papers = sorted(
        (m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg),
        key=lambda name: (_PAPERS.index(name) if name in _PAPERS else len(_PAPERS), name),
    )
    for paper in papers:
        for theorem in importlib.import_module(f"symicl.proofs.{paper}").theorems:
            found[theorem.id] = theorem
    return found


def all_theorems() -> list[Theorem]:
    """Every theorem that ships with symicl, in the papers' order."""
    return list(_catalogue().values())


def find(theorem_id: str) -> Theorem:
    """A theorem by id.

    Raises
    ------
    InputError
        For an unknown id; the nearest ids are named.
    """
    catalogue = _catalogue()
    if theorem_id in catalogue:
        return catalogue[theorem_id]
    near = difflib.get_close_matches(theorem_id, catalogue, n=3, cutoff=0.65)
    near = near or [i for i in catalogue if theorem_id.lower() in i][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "see symicl list"
    raise InputError(f"there is no theorem called {theorem_id}; {hint}")


def load_file(path: str | Path) -> list[Theorem]:
    """The theorems that a Python file defines at its top level. The file is run.

    Raises
    ------
    InputError
        If the file does not exist, does not run, or defines no theorem.
    """
    module = run_file(path)
    theorems = [value for value in vars(module).values() if isinstance(value, Theorem)]
    if not theorems:
        raise InputError(f"{path} defines no theorem; assign a Theorem to a name at its top level")
    return theorems


def run_file(path: str | Path) -> ModuleType:
    """Run a Python file of the user's.

    Raises
    ------
    InputError
        If the file does not exist or does not run.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}; give the path of a Python file")
    spec = importlib.util.spec_from_file_location(f"symicl_user_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError(f"{path} has a syntax error in line {error.lineno}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        raise InputError(f"{path} could not be run: {type(error).__name__}: {error}") from error
    return module
