"""The tasks and models that a claim file can name, and what it can ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.provenance import remembered
from symicl.claims.bounds import MAX_HEADS
from symicl.claims.scope import Scope
from symicl.claims.tree import Library, Name
from symicl.errors import ClaimError, UnsupportedError
from symicl.theory.normal_equations import MatrixSolution


@dataclass(frozen=True)
class Known:
    """A task or a model of the library.

    Attributes
    ----------
    module : str
    arguments : mapping
        From names to "matrix", "scalar", "dimension", "flag" or "count".
    """

    module: str
    arguments: Mapping[str, str]


TASKS = {
    "LinearRegression": Known(
        "symicl.tasks.linear_regression",
        {"covariate_cov": "matrix", "task_mean": "matrix", "task_cov": "matrix", "noise": "scalar",
         "n": "dimension", "d": "dimension"},
    ),
    "RotationInvariantRegression": Known("symicl.tasks.rotation_invariant", {}),
}  # fmt: skip
MODELS = {
    "LinearSelfAttention": Known(
        "symicl.models.linear_attention", {"query_in_context": "flag", "skip": "flag"}
    ),
    "MultiHeadLinearAttention": Known("symicl.models.multi_head_attention", {"heads": "count"}),
    "LinearTransformerBlock": Known(
        "symicl.models.linear_transformer_block", {"residual": "flag", "mask": "flag"}
    ),
    "GDBeta": Known("symicl.models.gd_beta", {}),
    "OneStepGD": Known("symicl.models.one_step_gd", {}),
}
MAX_OPTIONS = {"count": MAX_HEADS}

QUERY_SWITCHES = {"LinearSelfAttention": "query_in_context", "LinearTransformerBlock": "mask"}
"""The argument of a model that says whether the query token attends to itself."""


def build(kind: str, known: Mapping[str, Known], arguments: Mapping[str, Any]) -> Any:
    """The task or model itself."""
    return getattr(import_module(known[kind].module), kind)(**arguments)


def symbols_of(task: Any) -> dict[str, sympy.Basic]:
    """The symbols that a task brings along, its moments included."""
    return {**task.symbols(), **{symbol.name: symbol for symbol in task.moments()}, **_opaque_moments(task)}


def _opaque_moments(task: Any) -> dict[str, sympy.Basic]:
    if type(task).__name__ != "RotationInvariantRegression":
        return {}
    from symicl.tasks.rotation_invariant import MOMENTS

    return dict(MOMENTS)


def has_opaque_moments(symbols: Iterable[sympy.Basic]) -> bool:
    """True if some symbols are moments that are not free of each other, such as E f² and E f⁴."""
    from symicl.tasks.rotation_invariant import MOMENTS

    return any(symbol in MOMENTS.values() for symbol in symbols)


def from_library(node: Library, scope: Scope) -> ClosedForm | MatrixSolution:
    """minimum(M, T), loss(M, T) or coefficient(M, T).

    Raises
    ------
    ClaimError
        If M is not a model or T not a task, or a symbol of theirs is declared as something else.
    UnsupportedError, DerivationError
        If the library cannot derive it.
    """
    model, task = things_of(node, scope)
    value = derived(node.function, model, task)
    _check_symbols(value, node, scope)
    return value


def things_of(node: Library, scope: Scope) -> tuple[Any, Any]:
    """The model and the task that are named.

    Raises
    ------
    ClaimError
        If one of them is something else.
    """
    found = []
    for name, kind in ((node.model, "model"), (node.task, "task")):
        entry = scope.find(name)
        if entry.kind != kind:
            raise scope.source.error(
                name.span, f"{node.function}(M, T) takes a model and a task; {name.name} is a {entry.kind}"
            )
        found.append(entry.thing)
    return found[0], found[1]


def derived(function: str, model: Any, task: Any) -> ClosedForm | MatrixSolution:
    """The value of a function of the library for a model on a task.

    Raises
    ------
    UnsupportedError, DerivationError
        If it cannot be derived.
    """
    from symicl.theory.optimum import minimise

    loss = loss_of(model, task)
    if function == "loss":
        return closed_form(loss.polynomial)
    optimum = minimise(loss)
    _ = optimum.certificate  # raises unless the minimum is certified
    if function == "minimum":
        return optimum.value_ratio
    if optimum.solution is None:
        raise UnsupportedError(
            "no feature of this model correlates with the target, so there is no coefficient"
        )
    return optimum.solution


@remembered
def loss_of(model: Any, task: Any) -> Any:
    """The expected loss."""
    from symicl.theory.loss import expected_loss

    return expected_loss(model, task)


def _check_symbols(value: ClosedForm | MatrixSolution, node: Library, scope: Scope) -> None:
    """One name is one symbol: a parameter B of the model is not the symmetric B of the file.

    Raises
    ------
    ClaimError
    """
    declared = scope.symbols()
    for symbol in sorted(value.expr.free_symbols, key=str):
        name = str(symbol)
        if name in declared and declared[name] != symbol:
            raise _conflict(scope, Name(name, span=node.span), symbol)


def _conflict(scope: Scope, name: Name, symbol: sympy.Basic) -> ClaimError:
    if isinstance(symbol, MatrixExpr):
        what = f"a {symbol.shape[0]}×{symbol.shape[1]} matrix"
    else:
        what = "a dimension" if symbol.is_integer else "a scalar"
    entry = scope.entries[name.name]
    return scope.source.error(
        name.span,
        f"{name.name} is {what} here, but the file declares it as another {entry.kind}; rename that one",
    )
