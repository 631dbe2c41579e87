"""Finding the experiment of a theorem."""

from __future__ import annotations

import importlib

from symicl.errors import InputError
from symicl.statements import Theorem, find, load_experiment
from symicl.studies.study import Study


def find_experiment(theorem_id: str) -> Study:
    """The experiment in ``numeric_checks/PAPER/RESULT.py`` for the theorem PAPER.RESULT.

    Raises
    ------
    InputError
        For an unknown theorem, or one without an experiment.
    """
    theorem = find(theorem_id)
    if theorem.origin:
        return _of_plugin(theorem)
    module = f"symicl.numeric_checks.{theorem.id}"
    try:
        experiment = importlib.import_module(module).experiment
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise InputError(f"the theorem {theorem_id} has no numeric check") from None
    assert isinstance(experiment, Study)
    return experiment


def _of_plugin(theorem: Theorem) -> Study:
    experiment = load_experiment(theorem)
    if experiment is None:
        raise InputError(f"{theorem.origin} has no numeric check of {theorem.id}")
    if not isinstance(experiment, Study) or experiment.id != theorem.id:
        raise InputError(f"{theorem.origin}: its numeric check of {theorem.id} is not a Study with this id")
    return experiment
