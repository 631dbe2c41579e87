"""The flow against exact solutions; the envelope contradicted where it is wrong; descent on the real block."""

import dataclasses

import numpy as np
import pytest
import sympy

from symicl.errors import InputError, MissingDependencyError, UnsupportedError
from symicl.numeric_checks.zhang2024.gradient_flow import check, experiment, lambda_min, n, theorem
from symicl.statements import Convergence
from symicl.studies import Start
from symicl.studies.flow.integrate import GradientField, descend, unpack
from symicl.studies.flow.runs import FlowRuns
from symicl.studies.kinds.runner import Runner
from symicl.theory import LossAt, expected_loss

pytest.importorskip("scipy")
pytest.importorskip("torch")

GIVEN = {"n": 4, "d": 1, "H": [[2]], "Psi": [[1]], "sigma2": "1/4", "beta_star": [3]}
SMALL = dataclasses.replace(experiment, steps=200, batch=64, seeds=(0,), block_starts=1, block_steps=20)


def sharp_only(H, n, draws):
    return [start for start in experiment.starts(H, n, draws) if "sharp" in start.name]


def field(**changes):
    at = experiment.at({**GIVEN, **changes})
    return GradientField(expected_loss(experiment.model, experiment.task), at), at


def test_parameters_are_packed_and_unpacked():
    like = {"beta": np.zeros((2, 1)), "Gamma": np.zeros((2, 2))}
    parts = unpack(np.arange(12.0).reshape(2, 6), like)
    assert parts["beta"].tolist() == [[[0], [1]], [[6], [7]]]
    assert parts["Gamma"].shape == (2, 2, 2)
    assert parts["Gamma"][1, 1, 0] == 10


def test_the_flow_of_the_preconditioner_has_its_exponential_solution():
    """At δ = 0, d = 1: Γ(t) = Γ* + (Γ(0) − Γ*) exp(−2 h m t), m = (n+1)/n h²ψ + (hψ + σ²)/n h."""
    flow, _ = field()
    h, psi, noise, count = 2.0, 1.0, 0.25, 4
    m = (count + 1) / count * h * psi * h + (h * psi + noise) / count * h
    best = psi * h / m
    times = np.linspace(0, 1, 11)
    start = {"beta": np.array([[3.0]]), "Gamma": np.array([[5.0]])}
    _, path = flow.integrate(start, times, {"beta": np.array([[1.0]]), "Gamma": np.array([[0.0]])})
    expected = best + (5 - best) * np.exp(-2 * h * m * times)
    assert path["Gamma"][:, 0, 0] == pytest.approx(expected, rel=1e-8)
    assert path["beta"][:, 0, 0] == pytest.approx(2.0, abs=1e-12)


def test_in_one_dimension_without_noise_the_envelope_is_attained_for_all_times():
    """There Γ* is the matrix at which the lemma is an equality."""
    flow, _ = field(sigma2=0)
    times = np.linspace(0, 3, 31)
    start = {"beta": np.array([[3.0 - 1e-5]]), "Gamma": np.array([[4 / 6 / 2]])}
    centre = {"beta": np.array([[3.0]]), "Gamma": np.array([[0.0]])}
    seen, path = flow.integrate(start, times, centre)
    distance = path["beta"][:, 0, 0]
    assert len(seen) == len(times)
    assert distance / distance[0] == pytest.approx(np.exp(-4 * 2 / 6 * times), rel=1e-6)


def test_the_sharpness_is_the_largest_second_derivative():
    flow, at = field()
    point = {"beta": np.array([[1.0]]), "Gamma": np.array([[0.3]])}
    risk = LossAt(flow.loss, at.values).compile("numpy")

    def f(x, y):
        return float(risk({"beta": np.array([[x]]), "Gamma": np.array([[y]])}))

    e = 1e-4
    xx = (f(1 + e, 0.3) - 2 * f(1, 0.3) + f(1 - e, 0.3)) / e**2
    yy = (f(1, 0.3 + e) - 2 * f(1, 0.3) + f(1, 0.3 - e)) / e**2
    xy = (f(1 + e, 0.3 + e) - f(1 + e, 0.3 - e) - f(1 - e, 0.3 + e) + f(1 - e, 0.3 - e)) / (4 * e**2)
    expected = np.linalg.eigvalsh([[xx, xy], [xy, yy]])[-1]
    assert flow.sharpness(point) == pytest.approx(expected, rel=1e-4)


def test_descent_takes_the_steps_of_the_derived_gradient():
    """torch's derivatives of the closed form against the derived ones, step by step."""
    at = experiment.at({})
    loss = expected_loss(experiment.model, experiment.task)
    flow = GradientField(loss, at)
    rng = np.random.default_rng(0)
    start = {"beta": rng.standard_normal((2, 3, 1)), "Gamma": rng.standard_normal((2, 3, 3))}
    sizes = np.array([0.001, 0.003])
    path = descend(experiment.model, loss, at, start, sizes, range(4))
    for k in range(2):
        point = {name: value[k] for name, value in start.items()}
        for step in range(4):
            for name, value in point.items():
                assert path[name][step, k] == pytest.approx(value, rel=1e-10, abs=1e-12)
            slopes = flow.gradient(point)
            point = {name: value - sizes[k] * slopes[name] for name, value in point.items()}


@pytest.fixture(scope="module")
def runs():
    """One dimension and few steps."""
    given = {**GIVEN, "n": 2, "H": [[1]], "beta_star": [1]}
    found = FlowRuns(SMALL, SMALL.at(given), SMALL.steps)
    found.measure(Runner(SMALL.id), [0])
    return found


def test_bounded_runs_arrive_below_the_envelope(runs):
    bounded = [run for run in runs.runs if run.kind in ("flow", "descent")]
    assert len(bounded) == 8
    for run in bounded:
        assert run.measurement.verdict == "reached", run.measurement
        assert run.overshoot(runs.rate) < 1
        assert abs(run.measurement.relative_excess) < 1e-9


def test_wrong_rates_are_told_apart(runs):
    assert all(over > 100 for over in runs.exceeded().values())


@pytest.mark.parametrize("rate", [8 * lambda_min / (n + 2), 4 * lambda_min / (n + 1)])
def test_a_wrong_envelope_is_contradicted(rate):
    study = dataclasses.replace(SMALL, rate=rate, starts=sharp_only, steps=1)
    result = study.run({"n": 4, "d": 2})
    assert result.verdict == "contradicted"
    assert "rises above the envelope" in result.reason


def test_a_wrong_minimum_is_contradicted(runs):
    run = runs.runs[0]
    measurement = dataclasses.replace(run.measurement, relative_excess=-1e-6)
    judged = runs._judged(dataclasses.replace(run, measurement=measurement), is_bounded=True)
    assert judged.verdict == "contradicted"


def test_a_rate_that_nothing_tells_apart_is_inconclusive():
    def zero_only(H, n, draws):
        return [Start("zero", None, np.zeros((len(H), len(H))))]

    result = dataclasses.replace(SMALL, starts=zero_only, steps=1).run({})
    assert result.verdict == "inconclusive"
    assert "apart from a wrong one" in result.reason


def test_steps_beyond_the_discrete_bound_are_not_judged_by_it(runs):
    run = next(run for run in runs.runs if run.kind == "descent")
    too_far = dataclasses.replace(run, distance=run.distance + 1)
    assert runs._judged(too_far, is_bounded=True).verdict == "contradicted"
    assert runs._judged(too_far, is_bounded=False).verdict == "unfinished"


def test_a_flow_is_followed_until_it_has_arrived(runs):
    for run in runs.runs:
        if run.kind == "flow":
            assert run.distance[-1] < 1e-5


def test_a_flow_that_is_too_stiff_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr("symicl.studies.flow.integrate.MAX_FLOW_EVALUATIONS", 50)
    with pytest.raises(UnsupportedError, match="too stiff"):
        SMALL.run(GIVEN)


def test_pictures_and_documents(runs, tmp_path):
    result = dataclasses.replace(SMALL, starts=sharp_only, steps=5).run(GIVEN)
    titles = [panel.title for panel in result.panels]
    assert titles[0] == "distance of the start vector of GD-β from β*"
    assert any(curve.theory for curve in result.panels[0].curves)
    assert result.document()["rate"] == pytest.approx(4 * 2 / 6)
    pytest.importorskip("matplotlib")
    from symicl.views import draw

    draw(result, tmp_path / "flow.png")
    assert (tmp_path / "flow.png").stat().st_size > 10_000


def test_progress_and_interruption():
    seen = []

    def progress(seed, step, total, excess):
        seen.append((seed, step, total))
        raise KeyboardInterrupt

    result = SMALL.run(GIVEN, progress=progress)
    assert result.interrupted
    assert result.verdict == "inconclusive"
    assert seen[0][0] == 0 and 0 < seen[0][1] < seen[0][2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"d": 0}, "d=0 must be a positive integer"),
        ({"H": [[1, 2], [2, 1]]}, "negative eigenvalue"),
        ({"tau": 1}, "tau is not an input"),
        ({"H": [[1, 0], [0, 1]], "d": 3}, "H is 2×2, but d = 3"),
    ],
)
def test_bad_inputs(given, message):
    with pytest.raises(InputError, match=message):
        experiment.inputs(given)


def test_without_scipy_one_sentence_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.integrate", None)
    with pytest.raises(MissingDependencyError, match="symicl\\[train\\]"):
        SMALL.run(GIVEN)


@pytest.fixture(scope="module")
def on_prompts():
    return dataclasses.replace(SMALL, steps=600, batch=128).run({})


def test_gd_beta_on_prompts_confirms_and_the_block_is_apart(on_prompts):
    assert on_prompts.verdict == "confirmed", on_prompts.reason
    assert "runs of plain gradient descent on 76,800 sampled prompts each" in on_prompts.reason
    assert "does not speak of the block" in on_prompts.reason
    blocks = [run for run in on_prompts.runs if not run.is_claimed]
    assert blocks and all(run.name.startswith("block") for run in blocks)
    shown = [panel for panel in on_prompts.panels if "block" in str([c.label for c in panel.curves])]
    assert [panel.title for panel in shown] == ["not part of the statement: the block"]


def test_without_prompts_nothing_is_confirmed():
    def exact_only(H, n, draws):
        return [dataclasses.replace(start, on_prompts=False) for start in experiment.starts(H, n, draws)]

    assert dataclasses.replace(SMALL, starts=exact_only).run(GIVEN).verdict == "inconclusive"


@pytest.mark.parametrize(("factor", "verdict"), [("1.02", "contradicted"), ("0.98", "inconclusive")])
def test_a_wrong_rate_is_not_confirmed(factor, verdict):
    """A larger one is crossed; a smaller one bounds, too, but no flow comes close to it."""
    wrong = dataclasses.replace(theorem, states={"rate": theorem.states["rate"] * sympy.Rational(factor)})
    study = dataclasses.replace(check(wrong), seeds=(0,), steps=300, batch=64, block_starts=0)
    result = study.run()
    assert result.verdict == verdict, result.reason


PLAIN = {"n": 4, "d": 2, "H": [[1, 0], [0, 1]], "Psi": [[0, 0], [0, 0]], "sigma2": 1, "beta_star": [1, -2]}
"""Here no larger κ holds."""


def saying(**changes):
    """The check of the theorem with another bound on Γ."""
    said = [
        dataclasses.replace(p, **{name: change(getattr(p, name)) for name, change in changes.items()})
        if isinstance(p, Convergence)
        else p
        for p in theorem.propositions
    ]
    wrong = dataclasses.replace(theorem, propositions=tuple(said))
    return dataclasses.replace(check(wrong), starts=sharp_only, seeds=(0,), steps=1, batch=16, block_starts=0)


def test_the_preconditioner_stays_below_its_bound_and_comes_close_to_it():
    study = saying()
    found = FlowRuns(study, study.at(PLAIN), 1)
    found.measure(Runner(study.id), [0])
    (run,) = (run for run in found.runs if run.kind == "flow")
    assert run.measurement.verdict == "reached"
    assert found.kappa == pytest.approx(2 / 4)
    assert run.driven_overshoot(found.kappa, found.constant) <= 1
    assert run.driven_overshoot(1.01 * found.kappa, found.constant) > 100


@pytest.mark.parametrize("factor", [sympy.Rational(11, 10), sympy.Integer(2)])
def test_a_faster_preconditioner_is_contradicted(factor):
    result = saying(rate=lambda rate: factor * rate).run(PLAIN)
    assert result.verdict == "contradicted"
    assert "‖Γ − Γ*‖ rises above its bound" in result.reason


def test_another_limit_of_the_preconditioner_is_contradicted():
    assert saying(to=lambda limit: 2 * limit).run({"n": 4, "d": 2}).verdict == "contradicted"


@pytest.mark.slow
def test_the_default_experiment_is_confirmed():
    result = experiment.run()
    assert result.verdict == "confirmed", result.reason
    assert result.seconds < 90


SINGULAR = {
    "n": 4,
    "d": 2,
    "H": [[1, 1], [1, 1]],
    "Psi": [[1, 0], [0, 1]],
    "sigma2": "1/4",
    "beta_star": [1, 2],
}


def test_where_the_covariance_is_singular_the_range_is_measured_and_the_kernel_does_not_move():
    found = FlowRuns(SMALL, SMALL.at(SINGULAR), SMALL.steps)
    found.measure(Runner(SMALL.id), [0])
    assert found.rate == pytest.approx(4 * 2 / 6)
    bounded = [run for run in found.runs if run.kind in ("flow", "descent")]
    assert bounded
    assert all(run.measurement.verdict == "reached" for run in bounded)
    assert all(run.distance[-1] < 1e-3 for run in bounded)
    path = {"beta": np.array([[[0.0], [0.0]], [[1.0], [1.0]]])}
    assert not found._moves_in_kernel(path)
    path["beta"][-1, 0] += 1e-6
    assert found._moves_in_kernel(path)
    assert "singular" in found._where


@pytest.mark.parametrize("rate", [8 * lambda_min / (n + 2), 4 * lambda_min / (n + 1)])
def test_a_wrong_envelope_is_contradicted_on_the_range_too(rate):
    study = dataclasses.replace(SMALL, rate=rate, starts=sharp_only, steps=1)
    assert study.run(SINGULAR).verdict == "contradicted"


def test_without_covariates_nothing_is_trained():
    with pytest.raises(InputError, match=r"all covariates vanish.*symicl eval takes"):
        experiment.inputs({"H": [[0, 0], [0, 0]]})
