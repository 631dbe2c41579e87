"""The fingerprint of a finished training: it is used again only if none of this has changed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symicl.studies import Study

# What computes a training result; how it is shown does not matter.
FINGERPRINTED_ROOMS = (
    "algebra",
    "numeric",
    "expectation",
    "tasks",
    "models",
    "theory",
    "statements",
    "studies",
    "proofs",
    "numeric_checks",
)


def fingerprint(study: Study, seeds: Sequence[int]) -> dict[str, Any]:
    """Settings, versions and source code behind a training, as JSON."""
    return {
        "id": study.id,
        **study.settings(),
        "seeds": list(seeds),
        "versions": versions(),
        "sources": digest_of_sources(),
        **_of_plugin(study),
    }


def _of_plugin(study: Study) -> dict[str, str]:
    """Package, version and code of a plug-in: its author edits it without a new version."""
    points = [point for point in entry_points(group="symicl.experiments") if point.name == study.id]
    if not points:  # a shipped one, or a file of the user's, which its command answers for
        return {}
    from symicl.statements import find

    origin = find(study.id).origin
    digest = hashlib.sha256()
    for point in points:
        module = import_module(point.module.partition(".")[0])
        if module.__file__ is None:
            continue
        main = Path(module.__file__)
        for file in sorted(main.parent.rglob("*.py")) if main.name == "__init__.py" else [main]:
            digest.update(file.relative_to(main.parent).as_posix().encode() + b"\0" + file.read_bytes())
    return {"plugin": origin, "plugin_sources": digest.hexdigest()}


def versions() -> dict[str, str]:
    """The versions that numbers may depend on."""
    return {"python": platform.python_version()} | {
        name: version(name) for name in ("symicl", "torch", "numpy", "scipy")
    }


def digest_of_sources(*modules: str) -> str:
    """A hash over the code of every layer that takes part in a training, and of further modules by name."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(str(import_module(module).__file__)).read_bytes())
    for layer in FINGERPRINTED_ROOMS:
        for folder in sorted(import_module(f"symicl.{layer}").__path__):
            for file in sorted(Path(folder).rglob("*.py")):
                digest.update(f"{layer}/{file.relative_to(folder).as_posix()}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
