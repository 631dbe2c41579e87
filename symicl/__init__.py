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
from typing import TYPE_CHECKING, Any

from symicl import earlier_names
from symicl.pictures import drawn_by

if TYPE_CHECKING:
    __version__: str
    from symicl.algebra import covariance, dims, gaussian, matrix, scalar, symmetric, vector
    from symicl.algebra.derivatives import gradient
    from symicl.errors import (
        ClaimError,
        DerivationError,
        InputError,
        ShapeError,
        SymiclError,
        UnsupportedError,
    )
    from symicl.expectation import expect
    from symicl.language import check
    from symicl.models import (
        CausalLinearAttention,
        GDBeta,
        LinearSelfAttention,
        LinearTransformerBlock,
        MultiHeadLinearAttention,
        OneStepGD,
        PositionalAttention,
    )
    from symicl.statements import Theorem, all_theorems, find, prove
    from symicl.studies import train
    from symicl.tasks import (
        AutoregressiveTask,
        GaussianRegression,
        LinearRegression,
        Neuron,
        RetrievalRegression,
        RotationInvariantRegression,
        find_neuron,
    )
    from symicl.theory import depth, depth_limit, expected_loss, iterate, minimise, recursion
    from symicl.typeset import formula_latex as latex

_HOME = {
    "algebra": ("covariance", "dims", "gaussian", "matrix", "scalar", "symmetric", "vector"),
    "algebra.derivatives": ("gradient",),
    "errors": (
        "ClaimError",
        "DerivationError",
        "InputError",
        "ShapeError",
        "SymiclError",
        "UnsupportedError",
    ),
    "expectation": ("expect",),
    "language": ("check",),
    "models": (
        "CausalLinearAttention",
        "GDBeta",
        "LinearSelfAttention",
        "LinearTransformerBlock",
        "MultiHeadLinearAttention",
        "OneStepGD",
        "PositionalAttention",
    ),
    "statements": ("Theorem", "all_theorems", "find", "prove"),
    "studies": ("train",),
    "tasks": (
        "AutoregressiveTask",
        "GaussianRegression",
        "LinearRegression",
        "Neuron",
        "RetrievalRegression",
        "RotationInvariantRegression",
        "find_neuron",
    ),
    "theory": ("depth", "depth_limit", "expected_loss", "iterate", "minimise", "recursion"),
}
# Names are imported on first use: `import symicl` alone costs milliseconds, and torch only loads for train().
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [  # noqa: RUF022 - grouped as a reader meets them
    "dims", "scalar", "vector", "matrix", "symmetric", "covariance", "gaussian", "expect", "gradient",
    "LinearRegression", "GaussianRegression", "RetrievalRegression", "RotationInvariantRegression", "Neuron",
    "find_neuron", "AutoregressiveTask",
    "LinearSelfAttention", "MultiHeadLinearAttention", "LinearTransformerBlock", "GDBeta", "OneStepGD",
    "CausalLinearAttention", "PositionalAttention",
    "expected_loss", "minimise", "depth", "depth_limit", "iterate", "recursion", "train", "latex",
    "Theorem", "all_theorems", "find", "prove", "check",
    "SymiclError", "InputError", "ClaimError", "ShapeError", "UnsupportedError", "DerivationError",
    "__version__",
]  # fmt: skip


@drawn_by
def _load_pictures() -> None:
    # This package stands above its rooms, and so it tells results who draws them.
    import symicl.views.figures  # noqa: F401


earlier_names.install()


def __getattr__(name: str) -> Any:
    if name == "latex":
        return import_module("symicl.typeset.formula").formula_latex
    if name == "__version__":
        return _version()
    if name in _MODULE_OF:
        value = getattr(import_module(f"symicl.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'symicl' has no attribute {name!r}")


def _version() -> str:
    """The installed version; what finds it out costs as much time as a tenth of SymPy."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("symicl")
    except PackageNotFoundError:  # a checkout that is on the path without being installed
        return "0+unknown"


def load_ipython_extension(shell: Any) -> None:
    """Jupyter's `%load_ext symicl`: defines the cell magic `%%symicl`."""
    import_module("symicl.language.magic").load(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
