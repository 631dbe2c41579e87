"""Training at one point of a sweep: by the study's own method, or on the closed-form loss itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import InputError
from symicl.training.experiment import Experiment

if TYPE_CHECKING:
    from symicl.training.study import Study
    from symicl.training.yardstick import Yardstick

STUDY, POPULATION = "study", "population"
METHODS = (POPULATION, STUDY)


def method_for(study: Study, wanted: str | None) -> str:
    """How the points of a sweep are trained: on the closed-form loss where the study is about one optimum.

    Raises
    ------
    InputError
        For a method that the study does not have.
    """
    available = METHODS if isinstance(study, Experiment) else (STUDY,)
    if wanted is None:
        return available[0]
    if wanted not in available:
        raise InputError(
            f"the method {wanted} is not available for {study.id}; choose {' or '.join(available)}"
        )
    return wanted


def train_point(study: Study, given: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, Any]:
    """One training from one seed, as the fields of an outcome."""
    if unit["method"] == POPULATION:
        assert isinstance(study, Experiment)
        return _on_the_closed_form(study, given, unit)
    if isinstance(study, Experiment):
        study = replace(study, max_seeds=1)  # the sweep says which seeds there are
    result = study.run(given, seeds=[unit["seed"]], steps=unit["steps"], checkpoint=unit["checkpoint"])
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
        "document": {"coefficient": trained, "optimal_coefficient": derived},
    }


def _on_the_closed_form(
    study: Experiment, given: Mapping[str, Any], unit: Mapping[str, Any]
) -> dict[str, Any]:
    """L-BFGS on the derived loss from random weights; measured exactly, as every training is."""
    from symicl.algebra.evaluate import float_matrix
    from symicl.training.population import Population, PopulationDescent
    from symicl.training.yardstick import Yardstick

    task, _ = study.at(given)
    yardstick = Yardstick(study.model, task, study.claim)
    best = float(yardstick.target_loss)
    schedule = Population(gain=1e-13) if unit["steps"] is None else Population(unit["steps"], 1e-13)
    run = PopulationDescent(yardstick.loss, task, yardstick.d, schedule, unit["seed"], best)
    start = yardstick.excess(run.weights())
    run.train()
    reading = yardstick.read(run.weights())
    excess = float(reading.excess)
    verdict, reason = _judge(yardstick, excess / best, study.tolerance)
    trained, derived = float_matrix(reading.coefficient), float_matrix(yardstick.target)
    numbers = {
        "loss_at_optimum": best,
        "excess_loss": excess,
        "relative_excess": excess / best,
        "distance_to_optimum": yardstick.distance(reading.coefficient),
    }
    # The last points are differences of rounded losses; the end is known exactly.
    points = [(0, start), *run.trajectory[:-1], (run.step, excess)]
    return {
        "state": "interrupted" if run.interrupted else "finished",
        "verdict": verdict,
        "reason": reason,
        "steps": run.step,
        "numbers": _with_scale(numbers, trained.tolist(), derived.tolist()),
        "points": points,
        "document": {"coefficient": trained.tolist(), "optimal_coefficient": derived.tolist()},
    }


def _judge(yardstick: Yardstick, relative: float, tolerance: float) -> tuple[str, str]:
    from symicl.theory.landscape import recognise

    if relative < -1e-9:
        return "contradicted", "the trained model has a lower loss than the claimed minimum"
    if relative <= tolerance:
        return "reached", f"the excess loss is {relative:.2g} of the minimal loss"
    point = recognise(yardstick.landscape or (), relative * float(yardstick.target_loss), tolerance=0.02)
    if point is not None and point.kind == "local minimum":
        return "local minimum", f"the run ended in a {point.text}"
    reason = f"the excess loss is still {relative:.2g} of the minimal loss"
    return "unfinished", reason if point is None else f"{reason}; it has stalled near a {point.text}"


def _with_scale(numbers: dict[str, Any], trained: Any, derived: Any) -> dict[str, Any]:
    """Adds the factor c for which c K* is nearest to K(θ): 1 where the trained step size is the derived one."""
    if trained is None or derived is None:
        return numbers
    K, best = np.array(trained), np.array(derived)
    square = float((best * best).sum())
    return numbers | {"scale": float((K * best).sum()) / square} if square else numbers
