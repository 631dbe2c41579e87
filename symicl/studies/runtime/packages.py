"""The optional packages that training needs, asked for before any work."""

from __future__ import annotations

from importlib.util import find_spec

from symicl.errors import MissingDependencyError

NEEDED = {"torch": "PyTorch", "scipy": "SciPy"}
"""Each import name with the name that people know; both come with the extra ``train``."""


def require_training_packages() -> None:
    """Make sure that everything is installed that some training imports; nothing is imported here.

    Raises
    ------
    MissingDependencyError
        Names what is missing and how to get it.
    """
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise MissingDependencyError(
            f"training needs {' and '.join(missing)}, which cannot be imported here; install it with: "
            "pip install 'symicl[train]'"
        )
