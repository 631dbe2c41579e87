"""Finding the experiment of a theorem."""

from __future__ import annotations

import importlib

from symicl.errors import InputError
from symicl.theorems.catalogue import find
from symicl.training.study import Study


def find_experiment(theorem_id: str) -> Study:
    """The experiment in ``numeric_checks/PAPER/RESULT.py`` for the theorem PAPER.RESULT.

    Raises
    ------
    InputError
        For an unknown theorem, or one without an experiment.
    """
    module = f"symicl.numeric_checks.{find(theorem_id).id}"
    try:
        experiment = importlib.import_module(module).experiment
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise InputError(f"the theorem {theorem_id} has no numeric check") from None
    assert isinstance(experiment, Study)
    return experiment
