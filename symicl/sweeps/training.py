"""Training at one point of a sweep: by the study's own method, or on the closed-form loss itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import InputError
from symicl.studies import USER_METHODS, Experiment, choose

if TYPE_CHECKING:
    from symicl.studies import Study

EVIDENCE_FIELDS = ("method", "optimiser", "samples", "unit")
"""The fields of its runs that a picture names."""
STUDY = "study"
"""The method of a study that has no choice of one."""


def method_for(study: Study, wanted: str | None) -> str:
    """How the points of a sweep are trained: as `symicl train` does, on samples by the faster way that applies.

    A study that is not about one optimum has a method of its own, "study".

    Raises
    ------
    InputError
        For a method that the study does not have.
    """
    is_optimum = isinstance(study, Experiment)
    available = USER_METHODS if is_optimum else (STUDY,)
    if wanted is not None and wanted not in available:
        raise InputError(
            f"the method {wanted} is not available for {study.id}; choose {' or '.join(available)}"
        )
    if not isinstance(study, Experiment):
        return STUDY
    return wanted or study.method or _on_samples(study)


def _on_samples(study: Experiment) -> str:
    """The faster way that applies whatever the options are."""
    choices = [{name: choice} for name, options in study.options.items() for choice in options]
    methods = {choose(None, study.model, study.at(given)[0]).method for given in choices or [{}]}
    return methods.pop() if len(methods) == 1 else "tokens"


def train_point(study: Study, given: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, Any]:
    """One training from one seed, as the fields of an outcome."""
    seeds, steps, checkpoint = [unit["seed"]], unit["steps"], unit["checkpoint"]
    if isinstance(study, Experiment):
        study = replace(study, max_seeds=1, method=unit["method"])  # the sweep says which seeds there are
    result = study.run(given, seeds=seeds, steps=steps, checkpoint=checkpoint)
    document, shown = result.document(), result.shown_json()
    entries = document["runs"]
    single = entries[0] if len(entries) == 1 else {}
    numbers = {k: v for k, v in shown.items() if isinstance(v, int | float) and k not in ("seed", "seconds")}
    trained, derived = single.get("coefficient"), document.get("optimal_coefficient")
    return {
        "state": "interrupted" if result.interrupted else "finished",
        "verdict": single.get("verdict") or result.verdict,
        "reason": single.get("reason") or result.reason,
        "steps": shown.get("steps"),
        "numbers": _with_scale(numbers, trained, derived),
        "points": single.get("trajectory"),
        "method": single.get("method"),
        "document": {
            "coefficient": trained,
            "optimal_coefficient": derived,
            "runs": [{name: entry.get(name) for name in EVIDENCE_FIELDS} for entry in entries],
        },
    }


def _with_scale(numbers: dict[str, Any], trained: Any, derived: Any) -> dict[str, Any]:
    """Adds the factor c for which c K* is nearest to K(θ): 1 where the trained step size is the derived one."""
    if trained is None or derived is None:
        return numbers
    K, best = np.array(trained), np.array(derived)
    square = float((best * best).sum())
    return numbers | {"scale": float((K * best).sum()) / square} if square else numbers
