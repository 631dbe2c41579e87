"""What a theorem states is compared with the derived optimum: a statement that is slightly off is never confirmed."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational

pytest.importorskip("torch")

import symicl as si
from symicl.studies import Experiment, find_experiment
from symicl.studies.regression.population import Population
from symicl.studies.regression.statement import read_statement
from symicl.studies.regression.yardstick import Yardstick
from symicl.sweeps import load_study

ODD = {"n": 4, "sigma2": Fraction(1, 3), "H": [[2, 1], [1, 1]], "Psi": [[1, 0], [0, 3]], "beta_star": [1, -2]}
AT = {
    "mahankali2023.isotropic": {"n": 7, "d": 3, "sigma2": Fraction(1, 3)},
    "mahankali2023.preconditioned": {"n": 7, "sigma2": Fraction(1, 3), "Sigma": [[2, 1], [1, 3]]},
    "mahankali2023.nonlinear": {"n": 7, "d": 3, "sigma2": Fraction(1, 3), "target": "cubic"},
    "zhang2024.gd_beta": ODD,
    "zhang2024.ltb": ODD,
    "zhang2024.bayes": ODD,
}


def experiment_of(id):
    study = find_experiment(id)
    return study if isinstance(study, Experiment) else study.trained


def statement_of(experiment, given):
    yardstick = Yardstick(experiment.model, experiment.at(given)[0])
    return read_statement(experiment.theorem, experiment.reads, yardstick)


@pytest.mark.parametrize("id", AT)
def test_what_the_catalogue_states_is_true_and_one_per_cent_off_is_not(id):
    experiment = experiment_of(id)
    statement = statement_of(experiment, AT[id])
    assert statement.read and not statement.false
    for name in statement.read:
        for factor in (Rational(99, 100), Rational(101, 100)):
            states = {**experiment.theorem.states, name: factor * experiment.theorem.states[name]}
            wrong = replace(experiment, theorem=replace(experiment.theorem, states=states))
            assert [one.name for one in statement_of(wrong, AT[id]).false] == [name]


def test_the_bounds_of_bayes_are_left_to_sampling():
    assert statement_of(experiment_of("zhang2024.bayes"), ODD).unread == ("bayes_lower_bound", "ratio_bound")


@pytest.mark.parametrize("sigma", [[[2, 0], [0, 2]], [[1]]])
def test_a_step_is_not_read_where_the_coefficient_is_a_multiple_of_the_identity_by_accident(sigma):
    experiment = replace(experiment_of("mahankali2023.preconditioned"), reads={})
    statement = statement_of(experiment, {"n": 5, "sigma2": 1, "Sigma": sigma})
    assert "eta" in statement.unread and not statement.false


FORGED = """
import symicl as si
from sympy import Identity
from symicl.statements import Paper, Theorem
from symicl.studies import Experiment
from symicl.studies import Schedule

task, model = si.LinearRegression(), si.OneStepGD()
n, d, s = task.n, task.d, task.noise
theorem = Theorem(
    id="mine.forged", title="t", wording="s", paper=Paper("m", "M", "L", 2026, "none"), source="L1",
    assumptions=(), task=task, model=model, states={NAME: VALUE},
)
experiment = Experiment(
    id="mine.forged", task=task, model=model, defaults={"n": 6, "d": 2, "sigma2": "1/2"},
    nearest_wrong={"n": 1 / (n + s) * Identity(d)}, schedule=Schedule(300, (128, 1024), 0.03),
)
"""


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("eta", "1 / (n + d + 2)", "contradicted"),
        ("loss", "s + d * (d + 1 + s) / (n + d + 1 + s) * 101 / 100", "contradicted"),
        ("loss", "s + d * (d + 1 + s) / (n + d + 1 + s) * 99 / 100", "contradicted"),
        ("rate", "1 / n", "inconclusive"),
        ("eta", "1 / (n + d + 1 + s)", "confirmed"),
    ],
)
def test_a_file_of_ones_own_is_judged_by_what_it_states(tmp_path, name, value, verdict):
    file = tmp_path / "forged.py"
    file.write_text(FORGED.replace("NAME", repr(name)).replace("VALUE", value))
    result = load_study(file).run({}, seeds=(0, 1))
    assert result.verdict == verdict, result.reason
    if verdict == "contradicted":
        assert f"the theorem states {name}" in result.reason and "exact loss" in result.reason


# --- what a run says -------------------------------------------------------------------------------------


def test_a_loss_near_the_minimum_is_not_enough_where_the_noise_is_large():
    task = si.LinearRegression()
    at = task.at(n=2, d=7, sigma2=1000)
    model = si.OneStepGD()
    best = Yardstick(model, at)
    [(name, shape)] = model.weight_shapes().items()
    for part, verdict in ((0.14, "unfinished"), (0.95, "reached")):
        start = {name: part / 1010 * np.eye(*shape.sizes(7))}
        run = si.train(model, at, yardstick=best, initial=start, population=Population(evaluations=1))
        assert 0 <= run.relative_excess < 1e-4
        assert run.predictor_distance == pytest.approx((1 - part) ** 2, rel=1e-6)
        assert run.verdict == verdict, run.reason
    assert (
        "not yet the derived one"
        in si.train(
            model, at, yardstick=best, initial={name: start[name] / 7}, population=Population(evaluations=1)
        ).reason
    )


@pytest.mark.parametrize("ratio", [400])
def test_a_run_that_is_held_up_at_a_saddle_contradicts_nothing(ratio):
    experiment = find_experiment("mahankali2023.preconditioned")
    given = {"n": 6, "sigma2": Fraction(1, 2), "Sigma": [[1, 0], [0, Fraction(1, ratio)]]}
    result = experiment.trained_by(method="population").run(given, seeds=(0, 1), steps=80)
    assert result.verdict == "inconclusive", result.reason
    assert any(run.verdict == "unfinished" for run in result.runs)


def test_the_closed_form_alone_is_never_enough():
    result = find_experiment("zhang2024.gd_beta").trained_by(method="population").run({"d": 2, "n": 5})
    assert result.verdict == "inconclusive"
    assert {run.verdict for run in result.runs} == {"reached"}
    assert "0 runs of the real model on samples" in result.reason and "--method" in result.reason
    assert {(run["method"], run["samples"]) for run in result.to_json()["runs"]} == {("population", 0)}
