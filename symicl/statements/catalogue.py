"""Finding theorems: those that ship with symicl, those of plug-ins, and those in a user's own file."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from symicl.errors import InputError, described
from symicl.statements.plugins import Plugins, load_plugins

if TYPE_CHECKING:
    from symicl.statements.theorem import Theorem

_PAPERS = ("mahankali2023", "zhang2024", "zheng2024", "sander2024")


@lru_cache(maxsize=1)
def shipped_ids() -> tuple[str, ...]:
    """The ids of the theorems that ship with symicl, in the papers' order; none of their files is run."""
    package = importlib.import_module("symicl.proofs")
    found = (m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg)
    papers = sorted(found, key=lambda name: (_PAPERS.index(name) if name in _PAPERS else len(_PAPERS), name))
    return tuple(
        f"{paper}.{result}"
        for paper in papers
        for result in importlib.import_module(f"symicl.proofs.{paper}").results
    )


@lru_cache
def _shipped(theorem_id: str) -> Theorem:
    """The theorem of the file that its id names."""
    return importlib.import_module(f"symicl.proofs.{theorem_id}").theorem


@lru_cache(maxsize=1)
def _plugins() -> Plugins:
    return load_plugins(shipped_ids())


def all_theorems() -> list[Theorem]:
    """Every theorem that ships with symicl, in the papers' order, and then those of plug-ins."""
    return [*map(_shipped, shipped_ids()), *plugin_theorems()]


def plugin_theorems() -> list[Theorem]:
    """The theorems of plug-ins."""
    return list(_plugins().theorems.values())


def plugin_problems() -> list[str]:
    """One sentence on each plug-in that could not be used; it names the package."""
    return list(_plugins().problems)


def find(theorem_id: str) -> Theorem:
    """A theorem by id. No file of another theorem is run, unless this one's own needs it.

    Raises
    ------
    InputError
        For an unknown id; the nearest ids are named.
    """
    if not isinstance(theorem_id, str):
        raise InputError(
            f"find() takes the id of a theorem, not {described(theorem_id)}; see si.all_theorems()"
        )
    if theorem_id in shipped_ids():
        return _shipped(theorem_id)
    if theorem_id in _plugins().theorems:
        return _plugins().theorems[theorem_id]
    ids = [*shipped_ids(), *_plugins().theorems]
    near = difflib.get_close_matches(theorem_id, ids, n=3, cutoff=0.65)
    near = near or [i for i in ids if theorem_id.lower() in i][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "see symicl list"
    unusable = "".join(f"; {problem}" for problem in plugin_problems())
    raise InputError(f"there is no theorem called {theorem_id}; {hint}{unusable}")


def load_file(path: str | Path) -> list[Theorem]:
    """The theorems that a Python file defines at its top level. The file is run.

    Modules in the file's own folder can be imported while it runs, as under ``python FILE``.

    Raises
    ------
    InputError
        If the file does not exist, does not run, or defines no theorem.
    """
    from symicl.statements.theorem import Theorem

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
        with _folder_on_path(path.resolve().parent):
            spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError(f"{path} has a syntax error in line {error.lineno}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        raise InputError(f"{path} could not be run: {type(error).__name__}: {error}") from error
    return module


@contextlib.contextmanager
def _folder_on_path(folder: Path) -> Iterator[None]:
    """Let a file import its neighbours, and let the next file's neighbours have the same names."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        # All are found before any goes: a folder asks its parent folder for its path.
        # The folder may hold a checkout of symicl, whose modules are not the user's.
        new = (name for name in set(sys.modules) - before if name.partition(".")[0] != "symicl")
        own = [name for name in new if _lies_in(sys.modules[name], folder)]
        for name in own:
            del sys.modules[name]


def _lies_in(module: ModuleType, folder: Path) -> bool:
    """True if a module, or a folder without ``__init__.py``, is the user's own and not of an environment there."""
    file = getattr(module, "__file__", None)
    places = [Path(file)] if file else [Path(place) for place in getattr(module, "__path__", ())]
    return any(folder in place.parents and "site-packages" not in place.parts for place in places)
