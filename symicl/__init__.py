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
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from symicl.pictures import drawn_by

try:
    __version__ = version("symicl")
except PackageNotFoundError:  # a checkout that is on the path without being installed
    __version__ = "0+unknown"

if TYPE_CHECKING:
    from symicl.algebra.derivatives import gradient
    from symicl.algebra.symbols import covariance, dims, gaussian, matrix, scalar, symmetric, vector
    from symicl.claims.check import check
    from symicl.errors import (
        ClaimError,
        DerivationError,
        InputError,
        ShapeError,
        SymiclError,
        UnsupportedError,
    )
    from symicl.expectation.expect import expect
    from symicl.models.causal_attention import CausalLinearAttention
    from symicl.models.gd_beta import GDBeta
    from symicl.models.linear_attention import LinearSelfAttention
    from symicl.models.linear_transformer_block import LinearTransformerBlock
    from symicl.models.multi_head_attention import MultiHeadLinearAttention
    from symicl.models.one_step_gd import OneStepGD
    from symicl.models.positional_attention import PositionalAttention
    from symicl.tasks.autoregressive import AutoregressiveTask
    from symicl.tasks.gaussian_regression import GaussianRegression
    from symicl.tasks.linear_regression import LinearRegression
    from symicl.tasks.neurons import Neuron, find_neuron
    from symicl.tasks.rotation_invariant import RotationInvariantRegression
    from symicl.theorems.catalogue import all_theorems, find
    from symicl.theorems.prove import prove
    from symicl.theorems.theorem import Theorem
    from symicl.theory.depth.depth import depth
    from symicl.theory.depth.loop import iterate
    from symicl.theory.depth.proportional import depth_limit
    from symicl.theory.loss import expected_loss
    from symicl.theory.optimum import minimise
    from symicl.theory.recursions.recursion import recursion
    from symicl.training.train import train
    from symicl.typeset.formula import formula_latex as latex

_HOME = {
    "algebra.derivatives": ("gradient",),
    "algebra.symbols": ("covariance", "dims", "gaussian", "matrix", "scalar", "symmetric", "vector"),
    "claims.check": ("check",),
    "errors": (
        "ClaimError",
        "DerivationError",
        "InputError",
        "ShapeError",
        "SymiclError",
        "UnsupportedError",
    ),
    "expectation.expect": ("expect",),
    "models.causal_attention": ("CausalLinearAttention",),
    "models.gd_beta": ("GDBeta",),
    "models.linear_attention": ("LinearSelfAttention",),
    "models.linear_transformer_block": ("LinearTransformerBlock",),
    "models.multi_head_attention": ("MultiHeadLinearAttention",),
    "models.one_step_gd": ("OneStepGD",),
    "models.positional_attention": ("PositionalAttention",),
    "tasks.autoregressive": ("AutoregressiveTask",),
    "tasks.gaussian_regression": ("GaussianRegression",),
    "tasks.linear_regression": ("LinearRegression",),
    "tasks.neurons": ("Neuron", "find_neuron"),
    "tasks.rotation_invariant": ("RotationInvariantRegression",),
    "theorems.catalogue": ("all_theorems", "find"),
    "theorems.prove": ("prove",),
    "theorems.theorem": ("Theorem",),
    "theory.depth.depth": ("depth",),
    "theory.depth.loop": ("iterate",),
    "theory.depth.proportional": ("depth_limit",),
    "theory.loss": ("expected_loss",),
    "theory.optimum": ("minimise",),
    "theory.recursions.recursion": ("recursion",),
    "training.train": ("train",),
}
# Names are imported on first use: `import symicl` alone costs milliseconds, and torch only loads for train().
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [  # noqa: RUF022 - grouped as a reader meets them
    "dims", "scalar", "vector", "matrix", "symmetric", "covariance", "gaussian", "expect", "gradient",
    "LinearRegression", "GaussianRegression", "RotationInvariantRegression", "Neuron", "find_neuron",
    "AutoregressiveTask",
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
    import symicl.report.figures  # noqa: F401


def __getattr__(name: str) -> Any:
    if name == "latex":
        return import_module("symicl.typeset.formula").formula_latex
    if name in _MODULE_OF:
        value = getattr(import_module(f"symicl.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'symicl' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """Jupyter's `%load_ext symicl`: defines the cell magic `%%symicl`."""
    import_module("symicl.claims.magic").load(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
