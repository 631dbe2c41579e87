"""The work of one point of a sweep, as plain data: it goes to another process or machine as JSON does.

No symbolic object travels. A process finds the theorem by its id and derives the closed forms at its first
point, which takes about ten milliseconds; what comes back are numbers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from symicl.errors import InputError, MissingDependencyError, SymiclError

if TYPE_CHECKING:
    from symicl.statements import Theorem
    from symicl.studies import Study

Unit = Mapping[str, Any]
"""``kind`` ("train" or "eval"), ``theorem``, ``inputs``, ``seed``, ``steps``, ``method``, ``sources``,
``checkpoint`` (a folder or None) and ``file`` (the user's own study, or None)."""

Result = dict[str, Any]
"""The fields of `symicl.records.records.Outcome`, points as a list."""


def run_unit(unit: Unit) -> Result:
    """Do the work of one point.

    Returns
    -------
    dict
        With ``state`` "finished", "failed" (and the reason) or "interrupted". Only a missing package and a
        process with other code than the caller's are raised: they concern every point.

    Raises
    ------
    MissingDependencyError, InputError
    """
    _same_code(unit["sources"])
    started = time.perf_counter()
    try:
        result = _evaluate(unit) if unit["kind"] == "eval" else _train(unit)
    except KeyboardInterrupt:
        return {"state": "interrupted"}
    except MissingDependencyError:
        raise
    except (SymiclError, ArithmeticError, MemoryError) as error:
        result = {"state": "failed", "reason": str(error) or type(error).__name__}
    return {"seconds": time.perf_counter() - started, **result}


@lru_cache(maxsize=1)
def sources_of_units() -> str:
    """A hash of the code that results depend on, the same on every machine that has the same code."""
    from symicl.records import digest_of_sources

    return digest_of_sources("symicl.sweeps.unit", "symicl.sweeps.training")


def _same_code(sources: str | None) -> None:
    if sources is not None and sources != sources_of_units():
        raise InputError(
            f"the symicl of the worker {os.uname().nodename if hasattr(os, 'uname') else ''} is not the one that "
            "sends the work: install the same version on all machines"
        )


def study_of(theorem: str, file: str | None) -> Study:
    """The numeric check that a unit belongs to; that in a file of the user's is loaded once."""
    from symicl import studies

    if file is None:
        return studies.find_experiment(theorem)
    return _own_study(file, os.stat(file).st_mtime_ns if os.path.exists(file) else 0)


@lru_cache(maxsize=8)
def _own_study(file: str, changed: int) -> Study:
    from symicl.sweeps.own_study import load_study

    return load_study(file)


def theorem_of(name: str) -> Theorem | None:
    """The theorem of the catalogue, or None for a study of the user's own."""
    from symicl.statements import find

    try:
        return find(name)
    except InputError:
        return None


def _evaluate(unit: Unit) -> Result:
    from symicl.statements import evaluate_theorem, find, read_inputs

    theorem = find(unit["theorem"])
    texts = [f"{name}={value}" for name, value in unit["inputs"].items()]
    evaluation = evaluate_theorem(theorem, read_inputs(texts, theorem.symbols, theorem.options))
    numbers = {
        name: value["decimal"]
        for name, value in evaluation.values.items()
        if isinstance(value["decimal"], int | float)
    }
    document = {"values": evaluation.values, "notes": list(evaluation.notes)}
    return {"state": "finished", "verdict": "evaluated", "numbers": numbers, "document": document}


def _train(unit: Unit) -> Result:
    from symicl.statements import read_inputs
    from symicl.sweeps.training import train_point

    study, theorem = study_of(unit["theorem"], unit["file"]), theorem_of(unit["theorem"])
    symbols, options = inputs_of(study, theorem)
    given = read_inputs([f"{name}={value}" for name, value in unit["inputs"].items()], symbols, options)
    return train_point(study, given, unit)


def inputs_of(study: Study | None, theorem: Theorem | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The numeric inputs, and those that are a choice by name."""
    if theorem is not None:
        further = {} if study is None else study.further_inputs
        return {**theorem.symbols, **further}, dict(theorem.options)
    assert study is not None
    options = {name: list(choices) for name, choices in getattr(study, "options", {}).items()}
    return {**study.task.symbols(), **study.further_inputs}, options  # type: ignore[attr-defined]
