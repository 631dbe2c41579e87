"""Theorems of other packages, found through their entry points.

A package lists, in the group ``symicl.theorems``, theorems (or sequences of theorems) with tasks and models of its
own; in the group ``symicl.experiments``, under the id of the theorem, its experiment.  There is no group for
rules: the checker of certificates imports nothing, and its command loads no plug-in.

Guarantee: whatever a package does wrong costs its own theorems and one sentence that names it.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Container
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from symicl.errors import InputError, kind

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from symicl.statements.theorem import Theorem

THEOREMS, EXPERIMENTS = "symicl.theorems", "symicl.experiments"

# An id names files, such as ID.certificate.jsonl.
ID = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+")


@dataclass(frozen=True)
class Plugins:
    """The theorems that installed packages add.

    Attributes
    ----------
    theorems : dict of Theorem
        By id; each with its package and version as `Theorem.origin`.
    problems : list of str
        One sentence for each entry point that could not be used, or theorem that was left out.
    """

    theorems: dict[str, Theorem] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def load_plugins(taken: Container[str]) -> Plugins:
    """The theorems of all entry points, packages in the order of their names.

    Parameters
    ----------
    taken : container of str
        Ids that no package may use.
    """
    from importlib.metadata import entry_points

    plugins = Plugins()
    for point in sorted(entry_points(group=THEOREMS), key=lambda point: (origin_of(point), point.name)):
        origin = origin_of(point)
        try:
            found = _theorems(load_point(point))
            for theorem in found:
                _admit(theorem, origin, taken, plugins)
        except InputError as error:
            plugins.problems.append(f"{origin}: {error}")
    return plugins


def load_experiment(theorem: Theorem) -> Any:
    """The experiment that the theorem's own package gives for it, or None.

    Raises
    ------
    InputError
        If it cannot be loaded; the sentence names the package.
    """
    from importlib.metadata import entry_points

    for point in entry_points(group=EXPERIMENTS):
        # Another package has no say in what confirms this theorem.
        if point.name == theorem.id and origin_of(point) == theorem.origin:
            try:
                return load_point(point)
            except InputError as error:
                raise InputError(f"{theorem.origin}: {error}") from error
    return None


def origin_of(point: EntryPoint) -> str:
    """The package and its version, as shown to the user."""
    if point.dist is None:
        return "package unknown"
    return f"package {point.dist.name} {point.dist.version}"


@lru_cache(maxsize=64)
def load_point(point: EntryPoint) -> Any:
    """The object that an entry point names.

    Raises
    ------
    InputError
        If it cannot be loaded.
    """
    try:
        # Standard output belongs to the results.
        with contextlib.redirect_stdout(sys.stderr):
            return point.load()
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{point.value} could not be loaded ({type(error).__name__}: {error}); update or uninstall the package"
        ) from error


def _theorems(value: Any) -> list[Theorem]:
    from symicl.statements.theorem import Theorem

    found = [value] if isinstance(value, Theorem) else value
    if not isinstance(found, list | tuple) or not all(isinstance(theorem, Theorem) for theorem in found):
        raise InputError(
            f"its entry point in {THEOREMS} is {kind(value)}; it must name a Theorem or a list of them"
        )
    return list(found)


def _admit(theorem: Theorem, origin: str, taken: Container[str], plugins: Plugins) -> None:
    if not isinstance(theorem.id, str) or not ID.fullmatch(theorem.id):
        problem = f"the id {theorem.id!r} is not of the form PAPER.RESULT in letters, digits and _"
    elif theorem.id in taken:
        problem = f"the theorem {theorem.id} ships with symicl; the package must give its own another id"
    elif theorem.id in plugins.theorems:
        other = plugins.theorems[theorem.id].origin
        problem = f"the theorem {theorem.id} is already defined by {other}; uninstall one of the two"
    elif not theorem.has_derivation:
        problem = f"the theorem {theorem.id} has no derivation; decorate one with @theorem.derivation"
    else:
        plugins.theorems[theorem.id] = replace(theorem, origin=origin)
        return
    plugins.problems.append(f"{origin}: {problem}")
