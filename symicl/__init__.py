"""symicl: symbolic verification for the theory of in-context learning.

Declare a task and a model; symicl derives the expected loss in closed form with symbolic dimensions, solves
for the global minimiser, certifies it, typesets it, and trains the real model to confirm it.

>>> import symicl as si
>>> optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))
>>> optimum.coefficient
1/(d + n + sigma2 + 1)*I
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import lazy_loader

from symicl import earlier_names
from symicl.pictures import drawn_by

# What is offered is named in `__init__.pyi`, and imported on first use: `import symicl` alone costs milliseconds, and
# torch only loads for train().
_offered, _, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__.append("__version__")


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    return _version() if name == "__version__" else _offered(name)


def _version() -> str:
    """The installed version; what finds it out costs as much time as a tenth of SymPy."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("symicl")
    except PackageNotFoundError:  # a checkout that is on the path without being installed
        return "0+unknown"


@drawn_by
def _load_pictures() -> None:
    # This package stands above its rooms, and so it tells results who draws them.
    import symicl.views.figures  # noqa: F401


earlier_names.install()


def load_ipython_extension(shell: Any) -> None:
    """Jupyter's `%load_ext symicl`: defines the cell magic `%%symicl`."""
    import_module("symicl.language.magic").load(shell)
