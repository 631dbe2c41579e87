"""Training of causal attention: the closed form of the flow, exact gradients, and verdicts that can say no."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

from symicl.errors import InputError
from symicl.expectation import FullMatrix
from symicl.models import CausalLinearAttention
from symicl.numeric_checks.zheng2024 import capability, limit, not_gd, stability
from symicl.studies import Prediction
from symicl.studies.causal.entry_loss import EntryLoss, zero_loss
from symicl.studies.causal.exact_risk import ExactRisk, value
from symicl.studies.causal.judge import CausalJudge
from symicl.studies.causal.runs import population_flow
from symicl.studies.causal.scalar_flow import ScalarFlow
from symicl.studies.causal.symmetric_point import curvatures
from symicl.studies.kinds.judging import judge
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss

MODEL = CausalLinearAttention()
HALF = Fraction(1, 2)
STARTS = [(0.5, 1.5), (0.1, 0.1), (2.0, 2.0), (-1.0, 0.2), (1.5, -0.5), (0.0, 1.0), (-0.3, -0.3)]


def integrated(K, best, a, b, end, steps=40_000):
    """a and b at a time, by the classical Runge–Kutta method."""
    y, h = np.array([a, b]), end / steps

    def velocity(y):
        return -K * (y[0] * y[1] - best) * y[::-1]

    for _ in range(steps):
        k1 = velocity(y)
        k2 = velocity(y + h / 2 * k1)
        k3 = velocity(y + h / 2 * k2)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(y + h * k3))
    return y


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_the_closed_form_of_the_flow(start):
    flow = ScalarFlow(1.3, 0.7)
    for end in (0.4, 2.0):
        a, b = integrated(1.3, 0.7, *start, end, steps=4000)
        assert flow.product(*start, np.array([end]))[0] == pytest.approx(a * b, rel=1e-9, abs=1e-10)
    assert flow.product(*start, np.array([0.0]))[0] == pytest.approx(start[0] * start[1], abs=1e-12)
    late = integrated(1.3, 0.7, *start, 12.0, steps=4000)
    assert list(late) == pytest.approx(flow.limits(*start), abs=1e-7)


def test_a_flow_of_another_rate_is_another_curve():
    times = np.array([0.3])
    right, fast = ScalarFlow(1.3, 0.7), ScalarFlow(2.6, 0.7)
    assert abs(right.product(0.5, 1.5, times) - fast.product(0.5, 1.5, times))[0] > 1e-3


@pytest.mark.parametrize("start", [(0.0, 0.0), (0.5, -0.5), (-2.0, 2.0)])
def test_the_saddle_is_named(start):
    flow = ScalarFlow(1.0, 0.5)
    for use in (flow.check, flow.limits, lambda a, b: flow.product(a, b, np.array([1.0]))):
        with pytest.raises(InputError, match="flows to the saddle"):
            use(*start)


@pytest.mark.parametrize("law", ["gaussian", "ones", "sparse", "uniform"])
def test_gradients_of_all_entries(law):
    pair = MODEL.active(FullMatrix("A"), FullMatrix("B"))
    loss = autoregressive_loss(MODEL, AutoregressiveTask(law=law), pair, factor=HALF).at(d=3, T=5)
    gradient, rng = EntryLoss(loss), np.random.default_rng(2)
    point = {name: rng.standard_normal((2, 3, 3)) for name in "AB"}
    for k in range(2):
        given = {name: [[Fraction(x) for x in row] for row in value[k]] for name, value in point.items()}
        assert gradient.loss(point)[k] == pytest.approx(float(loss(**given)), rel=1e-12)
    slopes = gradient.gradient(point)
    for name in "AB":
        for i, j in np.ndindex(3, 3):
            moved = [{n: v.copy() for n, v in point.items()} for _ in range(2)]
            moved[0][name][:, i, j] += 1e-4
            moved[1][name][:, i, j] -= 1e-4
            expected = (gradient.loss(moved[0]) - gradient.loss(moved[1])) / 2e-4
            assert slopes[name][:, i, j] == pytest.approx(expected, rel=1e-5, abs=1e-5)
    nothing = {name: np.zeros((3, 3)) for name in "AB"}
    assert zero_loss(loss) == pytest.approx(float(gradient.loss(nothing)))


def stated_otherwise(theorem, name, factor):
    """The theorem with one stated value times a factor."""
    value = theorem.states[name] * sympy.Rational(factor)
    return replace(theorem, states={**theorem.states, name: value})


def case(law="gaussian", d=2, T=4, scale=1):
    return limit.case_of(law, Fraction(scale)).at(MODEL, d, T)


@pytest.mark.parametrize("law", ["gaussian", "sparse", "ones", "uniform"])
def test_population_flows_follow_the_predicted_curve(law):
    flows = population_flow(case(law), [(0.5, 1.5), (0.1, 0.1), (-1.0, 0.2)])
    found = CausalJudge(flows, [])
    verdict, why = judge(found.grounds())
    assert (
        verdict == "inconclusive" and "0 runs of the real model on samples" in why
    )  # which alone is lacking
    assert not list(found.grounds().lacking)
    assert all(clear > 1 for clear in found.told_apart().values())


def predicted(values=None, K=1.0):
    """A prediction with some numbers changed."""

    def at(d, T, scale):
        right = limit.prediction("gaussian")(d, T, scale)
        return replace(right, K=right.K * K, values=right.values | (values or {}))

    return at


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (predicted(K=1.001), "leaves the stated curve"),
        (predicted({"ab": 0.15}), "leaves the stated curve"),
        (predicted({"loss": 0.5}), "ends elsewhere"),
        (predicted({"loss": 9.0}), "below the stated one"),
    ],
)
def test_wrong_predictions_are_contradicted(wrong, reason):
    changed = replace(limit.case_of("gaussian", Fraction(1)), predict=wrong).at(MODEL, 2, 4)
    verdict, why = judge(CausalJudge(population_flow(changed, [(0.5, 1.5)]), []).grounds())
    assert verdict == "contradicted" and reason in why


def test_a_flow_that_stays_near_the_saddle_is_not_a_contradiction():
    verdict, why = judge(CausalJudge(population_flow(case(d=1, T=3), [(1e-9, 1e-9)]), []).grounds())
    assert verdict == "inconclusive" and "not arrived yet" in why


def test_a_wrong_prediction_that_is_not_told_apart_leaves_the_verdict_open():
    same = {"nearly the same": predicted(K=1 + 1e-8)}
    changed = replace(limit.case_of("gaussian", Fraction(1)), wrong=same).at(MODEL, 2, 4)
    verdict, why = judge(CausalJudge(population_flow(changed, [(0.5, 1.5)]), []).grounds())
    assert verdict == "inconclusive" and "nearly the same" in why


def test_the_mask_keeps_the_diagonal_and_without_it_the_flow_leaves_it():
    bare = not_gd.experiment.cases[0].at(MODEL, 3, 8)
    free, kept = (
        population_flow(c, [(0.5, 0.6)])[0].weights
        for c in (bare, replace(bare, case=limit.case_of("ones", 1)))
    )
    off = ~np.eye(3, dtype=bool)
    assert abs(kept["A"][off]).max() == 0 and abs(free["A"][off]).min() > 1e-2
    assert bare.deviation(bare.measure(free), bare.prediction.values) < 1e-8
    assert bare.deviation(bare.measure(free), bare.wrong["plain gradient descent"].values) > 1e-2


def test_wrong_versions_that_agree_at_special_inputs_are_left_out():
    """For d = 2 and all-ones starts κ_2 = κ_3; for d = 1 there is no κ_3."""
    assert "κ_2 and κ_3 exchanged" not in case("ones").wrong
    assert "κ_2 and κ_3 exchanged" in case("ones", d=3).wrong
    assert set(case(d=1).wrong) == {"κ_2 and κ_3 exchanged", "twice as fast"}


def test_the_rate_of_a_prediction_without_a_curve_is_that_of_its_slowest_direction():
    right = Prediction(10.0, {"ab": 0.5}, has_curve=True)
    a, b = right.flow.limits(0.5, 1.5)
    assert right.rate(0.5, 1.5) == pytest.approx(10 * (a * a + b * b))
    assert replace(right, has_curve=False).rate(0.5, 1.5) == pytest.approx(5 * a * a)


def small(**changes):
    """One quick case of the limit, with changes to what is predicted."""
    right = limit.case_of("ones", Fraction(1))

    def changed(d, T, scale):
        found = right.predict(d, T, scale)
        return replace(found, values=found.values | {k: f * found.values[k] for k, f in changes.items()})

    cases = (replace(right, predict=changed, wrong={} if changes else right.wrong),)
    return replace(limit.experiment, cases=cases, d=2, T=5, batch=64, seeds=(3,))


def test_a_small_study_on_sequences():
    seen = []
    result = small().run(progress=lambda *report: seen.append(report))
    assert result.verdict == "confirmed", result.reason
    names = [run.name for run in result.runs]
    assert any("sequences" in name for name in names) and len(names) == 4
    assert seen and seen[-1][1] == seen[-1][2] > 1
    assert result.document()["panels"]


def test_flows_alone_confirm_nothing():
    result = small().run(seeds=())
    assert result.verdict == "inconclusive" and "0 runs of the real model" in result.reason


@pytest.mark.parametrize(("name", "factor"), [("ab", 1.02), ("ab", 0.98), ("loss", 1.02), ("loss", 0.98)])
def test_sequences_contradict_a_wrong_number_only_by_the_exact_loss(name, factor):
    """The product of trained weights has errors of a per cent; where the exact loss leads from them has none."""
    sampled = [run for run in small(**{name: factor}).run().runs if run.samples]
    assert [run.verdict for run in sampled] == ["contradicted"]
    assert "stationary point" in sampled[0].reason


def test_wrong_second_derivatives_are_contradicted():
    bare = stability.experiment.cases[0]
    for d, T, stable in ((3, 3, True), (3, 8, False)):
        at = replace(bare, predict=lambda *n, s=stable: replace(bare.predict(*n), stable=s)).at(MODEL, d, T)
        verdict, why = judge(CausalJudge(population_flow(at, [(0.4, 0.5)]), []).grounds())
        assert verdict == "contradicted" and "second derivative" in why
        right = bare.at(MODEL, d, T)
        assert right.prediction.stable is not stable
        assert CausalJudge(population_flow(right, [(0.4, 0.5)]), []).measurements[0].verdict == "reached"


@pytest.mark.parametrize(("d", "T"), [(2, 5), (3, 3), (5, 4), (8, 4)])
def test_fourteen_directions_stand_for_all_second_derivatives(d, T):
    """Against the whole matrix of second derivatives at the same point."""
    case = stability.experiment.cases[0].at(MODEL, d, T)
    pair = {"A": np.eye(d) + 0.3 * (1 - np.eye(d)), "B": 0.7 * np.eye(d) - 0.2 * (1 - np.eye(d))}
    size = d * d

    def flat(z):
        slopes = case.loss.gradient({"A": z[:, :size].reshape(-1, d, d), "B": z[:, size:].reshape(-1, d, d)})
        return np.concatenate([slopes[name].reshape(-1, size) for name in "AB"], 1)

    z, steps = np.concatenate([pair["A"].ravel(), pair["B"].ravel()]), 1e-4 * np.eye(2 * size)
    whole = np.linalg.eigvalsh((flat(z + steps) - flat(z - steps)) / 2e-4)
    low, high = curvatures(case.loss, d, pair)
    assert low == pytest.approx(whole[0], abs=1e-6 * high)
    assert high == pytest.approx(abs(whole).max(), rel=1e-6)


def test_a_strict_saddle_is_left_by_the_exact_descent_from_trained_weights():
    result = stability.experiment.run({"d": 3, "T": 3}, seeds=[0])
    assert result.verdict == "confirmed", result.reason
    assert "a strict saddle, as the statement says" in result.reason
    bare = [run for run in result.runs if run.samples and run.name.startswith("no mask")]
    assert "leaves it for 0.833333, below 0.9" in bare[0].reason


def test_what_is_not_determined_is_left_out():
    prediction = stability.experiment.cases[0].at(MODEL, 3, 3).prediction
    assert set(prediction.values) == {"beta_ratio", "loss"} and prediction.stable is False
    one = stability.experiment.cases[0].at(MODEL, 1, 5)
    assert set(one.prediction.values) == {"ab", "loss"} and not one.is_saddle


def test_maps_show_all_blocks():
    study = replace(not_gd.experiment, d=2, T=4, batch=16, seeds=(0,), starts=((0.6, 0.9),))
    result = study.run()
    maps = [panel for panel in result.panels if hasattr(panel, "matrix")]
    assert len(maps) == 4 and all(m.matrix.shape == (6, 6) for m in maps)
    assert all("matrix" in m.to_json() for m in maps)


QUICK = {"lengths": (2, 5), "T_test": 9, "T": 8, "d": 2, "batch": 64, "seeds": (1,)}


def test_the_risk_on_test_sequences():
    study = replace(capability.experiment, laws=("rademacher", "sparse"), **QUICK)
    result = study.run(steps=10)
    assert result.verdict == "confirmed", result.reason
    assert len(result.runs) == 4 and [run.samples > 0 for run in result.runs] == [True, True, False, False]


@pytest.mark.parametrize("name", ["mse", "ratio", "limit_mse", "limit_ratio"])
@pytest.mark.parametrize("factor", ["1.03", "0.97"])
def test_a_wrong_risk_is_contradicted(name, factor):
    wrong = stated_otherwise(capability.theorem, name, factor)
    result = replace(capability.check(wrong), laws=("uniform",), **QUICK).run(steps=10)
    assert result.verdict != "confirmed"
    if "mse" in name:
        assert result.verdict == "contradicted" and "exact risk" in result.reason


def test_wrong_formulas_that_coincide_are_left_out_with_a_note():
    """For d = 1 there is no κ_3, and the training length does not matter."""
    study = replace(capability.experiment, laws=("rademacher",), **QUICK | {"d": 1})
    result = study.run(steps=3)
    assert result.verdict == "confirmed", result.reason
    assert "left out: rademacher: without κ_3/n, rademacher: n = T_test" in result.reason
    assert len(result.extra["dropped"]) == 3


@pytest.mark.parametrize("law", ["gaussian", "uniform", "ones"])
def test_the_exact_risk_and_its_limit(law):
    """Against the formula on multiples of the identity, which the theorem derives."""
    exact = ExactRisk(MODEL, law, Fraction(1), 3)
    m2, k1, k2, k3 = {
        "gaussian": (1, 3, 15, 6),
        "uniform": (1 / 3, 1 / 5, 1 / 7, 2 / 15),
        "ones": (1, 1, 1, 2),
    }[law]
    u = 0.4
    pair = {"A": 0.8 * np.eye(3), "B": 0.5 * np.eye(3)}
    for T_test in (2, 3, 7):
        expected = u * u * k2 - 2 * u * k1 + m2 + u * u * k3 / (T_test - 1)
        assert exact.at(pair, T_test) == pytest.approx(expected, rel=1e-10)
    assert value(exact.long_terms, pair) == pytest.approx(u * u * k2 - 2 * u * k1 + m2, rel=1e-9)


@pytest.mark.parametrize(
    ("study", "given", "message"),
    [
        (limit.experiment, {"T": 2}, "T=2 is too short"),
        (limit.experiment, {"law": "cauchy"}, "law=cauchy is not known"),
        (limit.experiment, {"scale": -1}, "scale=-1 must be positive"),
        (limit.experiment, {"a0": "0.5", "b0": "-0.5"}, "flows to the saddle"),
        (limit.experiment, {"n": 3}, "n is not an input of zheng2024.limit"),
        (not_gd.experiment, {"law": "ones"}, "law is not an input of zheng2024.not_gd"),
        (not_gd.experiment, {"T": 1}, "T=1 is too short"),
        (limit.experiment, {"T": 3000}, "takes minutes or more"),
        (limit.experiment, {"a0": "1e5", "b0": "1e5"}, "takes minutes or more"),
        (not_gd.experiment, {"d": 40, "T": 10}, "takes minutes or more"),
        (capability.experiment, {"T": 3000}, "takes minutes or more"),
        (capability.experiment, {"T_test": 1}, "T_test=1 is too short"),
        (capability.experiment, {"law": "cauchy"}, "law=cauchy is not known"),
    ],
)
def test_bad_inputs(study, given, message):
    with pytest.raises(InputError, match=message):
        study.inputs(given)


def test_inputs_as_text():
    assert limit.experiment.inputs({}) == {"d": "5", "T": "20", "law": "gaussian", "scale": "1"}
    given = {"d": 3, "law": "sparse", "scale": Fraction(1, 2), "a0": 1, "b0": 2}
    assert limit.experiment.inputs(given) == {
        "d": "3", "T": "20", "law": "sparse", "scale": "1/2", "a0": "1", "b0": "2",
    }  # fmt: skip
    assert not_gd.experiment.inputs({"T": 7}) == {"d": "5", "T": "7"}


@pytest.mark.parametrize(
    ("module", "name"), [(limit, "ab"), (limit, "loss"), (not_gd, "masked_ab"), (not_gd, "masked_loss")]
)
@pytest.mark.parametrize("factor", ["1.01", "0.99"])
def test_statements_with_a_wrong_value_are_contradicted(module, name, factor):
    """By the flow alone, which is exact; runs on sequences could not tell so little apart."""
    study = module.check(stated_otherwise(module.theorem, name, factor))
    cases = [c.at(MODEL, 3, 8) for c in (study.cases if module is not_gd else study.cases[:1])]
    flows = [run for c in cases for run in population_flow(c, [(0.4, 0.5)])]
    assert judge(CausalJudge(flows, []).grounds())[0] == "contradicted"


@pytest.mark.parametrize("name", ["ab", "alpha_ratio", "beta_ratio", "loss"])
def test_certified_numbers_that_are_wrong_are_contradicted(name):
    compute = not_gd.theorem.certified[name]
    wrong = {name: lambda values, digits: compute(values, digits) * sympy.Rational(101, 100)}
    study = not_gd.check(replace(not_gd.theorem, certified={**not_gd.theorem.certified, **wrong}))
    flows = population_flow(study.cases[0].at(MODEL, 3, 8), [(0.4, 0.5)])
    assert judge(CausalJudge(flows, []).grounds())[0] == "contradicted"


@pytest.mark.slow
@pytest.mark.parametrize("module", [limit, capability, not_gd, stability], ids=lambda m: m.experiment.id)
def test_the_default_experiments_confirm(module):
    result = module.experiment.run()
    assert result.verdict == "confirmed", result.reason
    assert result.seconds < 90
