"""The tasks and models that a claim file can name, and what it can ask of them."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm, remembered
from symicl.errors import ClaimError, InputError, UnsupportedError
from symicl.language.bounds import MAX_HEADS
from symicl.language.scope import Scope
from symicl.language.tree import Library, Name
from symicl.models import Model
from symicl.tasks import Task
from symicl.theory import differs_at_numbers, unchecked_law

ENTRY_POINT_GROUPS = {"model": "symicl.models", "task": "symicl.tasks"}
"""Where symicl has its models and tasks, and the groups of entry points in which packages list theirs by class name."""


@cache
def shipped(category: str) -> dict[str, Any]:
    """The models or tasks of prompts of symicl that a claim file can name: those that say which options they take."""
    base: type = Model if category == "model" else Task
    package = import_module(ENTRY_POINT_GROUPS[category])
    modules = [import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and _is_nameable(value, base)
    }


@cache
def of_packages(category: str) -> dict[str, Any]:
    """Those that installed packages list under their entry points; what is not one is left out."""
    base: type = Model if category == "model" else Task
    found = {}
    for point in entry_points(group=ENTRY_POINT_GROUPS[category]):
        from symicl.statements import (
            load_point,
        )  # with all kinds of statements, which most claims need none of

        try:
            value = load_point(point)
        except InputError:
            continue
        if isinstance(value, type) and _is_nameable(value, base):
            found[point.name] = value
    return found


def _is_nameable(kind: Any, base: type) -> bool:
    """True for a class of prompts that can be made from options."""
    reads = kind.reads if issubclass(kind, Model) else getattr(kind, "shows", "")
    return (
        issubclass(kind, base)
        and reads == "prompt"
        and not inspect.isabstract(kind)
        and kind.options() is not None
    )


def find_class(category: str, name: str) -> Any:
    """The class of a name, or None; packages are asked only where symicl has none."""
    return shipped(category).get(name) or of_packages(category).get(name)


MAX_OPTIONS = {"count": MAX_HEADS}


def symbols_of(task: Any) -> dict[str, sympy.Basic]:
    """The symbols that a task brings along, its moments included."""
    return {
        **task.symbols(),
        **{symbol.name: symbol for symbol in task.moments()},
        **task.opaque_moments(),
    }


def has_opaque_moments(symbols: Iterable[sympy.Basic], scope: Scope) -> bool:
    """True if some symbols are moments of a task that are not free of each other, such as E f² and E f⁴."""
    tasks = (entry.thing for entry in scope.entries.values() if entry.kind == "task")
    opaque = {moment for task in tasks for moment in task.opaque_moments().values()}
    return any(symbol in opaque for symbol in symbols)


def from_library(node: Library, scope: Scope) -> ClosedForm:
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


def derived(function: str, model: Any, task: Any) -> ClosedForm:
    """The value of a function of the library for a model on a task.

    Raises
    ------
    UnsupportedError, DerivationError
        If it cannot be derived.
    """
    from symicl.theory import minimise_over_features

    loss = loss_of(model, task)
    if function == "loss":
        return loss.closed_form
    optimum = minimise_over_features(loss)
    _ = optimum.certificate  # raises unless the minimum is certified
    if optimum.attained != "weights":
        raise UnsupportedError(
            f"what is derived for this model is a lower bound, and no weights are known to attain it ({optimum.reason})"
        )
    if function == "minimum":
        return optimum.closed_form
    if optimum.solution is None:
        raise UnsupportedError(
            "no feature of this model correlates with the target, so there is no coefficient"
        )
    return optimum.solution


@remembered
def loss_of(model: Any, task: Any) -> Any:
    """The expected loss."""
    from symicl.theory import expected_loss

    # Those of symicl are what they say; a package's own may compute something else.
    if problem := unchecked_law(task) or differs_at_numbers(model, task):
        raise UnsupportedError(problem)
    return expected_loss(model, task)


def _check_symbols(value: ClosedForm, node: Library, scope: Scope) -> None:
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
