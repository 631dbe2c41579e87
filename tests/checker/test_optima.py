"""Certificates of minima over the weights of a model: what they prove, corrupted ones, the second engine, refusals."""

import json
from dataclasses import replace
from functools import cache

import pytest

import symicl as si
from checker.conftest import alone
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.certificates.coordinates import recheck

d = si.dims("d")
H, Psi, mu = si.covariance("H", d), si.covariance("Psi", d), si.vector("mu", d)
UPDATES = si.Layers([si.Residual(si.Attention(merged=True))])
PLAIN, CLEAN = si.LinearRegression(), si.LinearRegression(noise=0)
GENERAL = si.LinearRegression(covariate_cov=H, task_cov=Psi)
WITH_MEAN = si.LinearRegression(covariate_cov=H, task_cov=Psi, task_mean=mu)

OPTIMA = {
    "attention": (si.LinearSelfAttention(), PLAIN),
    "any covariances": (si.OneStepGD(), GENERAL),
    "without noise": (si.OneStepGD(), CLEAN),
    "at numbers": (si.LinearSelfAttention(), si.LinearRegression(n=20, d=5, noise=0)),
    "prior mean": (si.GDBeta(), WITH_MEAN),
    "retrieval": (si.OneStepGD(), si.RetrievalRegression()),
    "rotations": (si.LinearSelfAttention(), si.RotationInvariantRegression()),
    "one head for a prior mean": (
        si.LinearSelfAttention(),
        si.LinearRegression(task_mean=si.vector("mu", 2), n=2, d=2),
    ),
    "one head at any sizes": (si.MultiHeadLinearAttention(), WITH_MEAN),
    "two heads at any sizes": (si.MultiHeadLinearAttention(2), WITH_MEAN),
}


@cache
def optimum_of(name):
    return si.minimise(si.expected_loss(*OPTIMA[name]))


@cache
def certificate_of(name):
    return Certificate(si.certificate(optimum_of(name)))


def accepted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    return running


@pytest.mark.parametrize("name", OPTIMA)
def test_nothing_is_asserted(checker, name):
    running = accepted(checker, name)
    assert running.asserted == []
    assert bool(running.averages) is (name == "rotations")  # which another one of the checkers recomputes
    bound = "lower bound" if optimum_of(name).attained == "lower bound" else "minimum"
    assert {bound, "coefficient", "loss"} <= running.stated.keys()


def test_what_the_report_says(checker):
    report = "\n".join(accepted(checker, "any covariances").report())
    assert "'minimum' is the least loss of line" in report
    assert "for all Gamma" in report and "and it is least, where Gamma = " in report
    assert "assumption, in the words of the file: H is symmetric and positive definite" in report
    assert "made from the minimal value in line" in report
    excess = next(line for line in report.splitlines() if "'excess' =" in line)
    assert "sigma2" not in excess.split("[made")[0].replace("sigma2 + Trace", "")


@pytest.mark.parametrize("name", ["one head for a prior mean", "one head at any sizes"])
def test_a_lower_bound_is_not_said_to_be_attained(checker, name):
    bound = optimum_of(name)
    assert bound.attained == "lower bound"
    running = accepted(checker, name)
    report = "\n".join(running.report())
    assert "for all weights the loss is at least" in report and "least loss" not in report
    assert "the loss of the prediction" in report


@pytest.mark.parametrize("name", ["one head at any sizes", "two heads at any sizes"])
def test_a_bound_of_several_features_takes_a_quarter_of_what_is_allowed(checker, name):
    running = accepted(checker, name)
    assert running.work < checker.Checker.MAX_WORK / 4
    # Nothing is divided by but what the bound itself has below the line.
    (condition,) = [line for line in running.report() if line.startswith("  where ")]
    assert "d*n^2*tr(H*Psi*H*Psi)" in condition


def coefficients_exchanged(entry, lines):
    (_, one, *_), (_, two, *_), *_ = entry["normals"]
    entry["normals"][0][1], entry["normals"][1][1] = two, one


def one_function_less(entry, lines):
    entry["normals"].pop(0)


def bound_of_the_power(entry, lines):
    entry["value"] = entry["power"]


@pytest.mark.parametrize("change", [coefficients_exchanged, one_function_less, bound_of_the_power])
def test_forged_bounds_of_several_features_are_rejected(checker, change):
    text = outcome(checker, forged("one head at any sizes", "joint_minimum", change))
    assert text.startswith("Rejected: ") and "joint_minimum" in text


def test_without_noise_the_variance_is_put_in_last(checker):
    report = "\n".join(accepted(checker, "without noise").report())
    assert "'minimum with noise' is the least loss" in report
    assert "without noise, sigma2 = 0, it is" in report
    stated = next(line for line in report.splitlines() if "'minimum' =" in line)
    assert "sigma2" not in stated.split("[made")[0]


@pytest.mark.parametrize("name", ["any covariances", "without noise", "prior mean", "one head at any sizes"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=1)))
    assert len(found) >= 100
    assert [case for case, text in found.items() if text == "accepted"] == []


def forged(name, rule, change):
    """The certificate with its last entry of a rule changed."""
    lines = [json.loads(line) for line in certificate_of(name).lines]
    entry = [line for line in lines if line.get("rule") == rule][-1]
    change(entry, lines)
    return [json.dumps(line).encode() + b"\n" for line in lines]


def entry_of(lines, **fields):
    return next(line["id"] for line in lines if fields.items() <= line.items())


def zero_weights(entry, lines):
    entry["weights"] = [[x, entry_of(lines, rule="data", terms=[])] for x, _ in entry["weights"]]


FORGERIES = {
    "another minimum": ("minimum", lambda entry, lines: entry.update(value=entry["power"])),
    "no excess": ("minimum", lambda entry, lines: entry.update(square=entry["explained"])),
    "another quantity": ("least_value", lambda entry, lines: entry.update(name="loss")),
    "zero weights": ("attained", zero_weights),
    "no parameters": ("attained", lambda entry, lines: entry.update(parameters=[])),
    "another loss": ("stated", lambda entry, lines: entry.update(stated=1 + entry["stated"])),
    "no conclusion": ("least_value", lambda entry, lines: lines.remove(entry)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_certificates_are_rejected(checker, forgery):
    assert outcome(checker, forged("attention", *FORGERIES[forgery])) != "accepted"


@pytest.mark.parametrize("quantity", ["minimum", "excess"])
def test_forged_constants_are_rejected(checker, quantity):
    """Something else than what is derived, in the entry that states the quantity."""

    def change(_, lines):
        stated = next(line for line in lines if line.get("name") == quantity and line["rule"] == "stated")
        stated["stated"] = entry_of(lines, name="sigma2")

    assert outcome(checker, forged("attention", "verdict", change)).startswith("Rejected: ")


@pytest.mark.parametrize(
    "name", ["attention", "any covariances", "without noise", "prior mean", "one head at any sizes"]
)
def test_the_second_engine_agrees(name):
    found = recheck(
        certificate_of(name).text.splitlines(), [{"n": 1, "d": 1}, {"n": 2, "d": 1}, {"n": 1, "d": 2}]
    )
    assert found.moments and found.expectations and found.facts


def test_it_is_accepted_alone(tmp_path):
    file = tmp_path / "minimum.certificate.jsonl"
    file.write_text(certificate_of("any covariances").text)
    found = alone(tmp_path, file)
    assert found.returncode == 0, found.stderr
    assert "'minimum' is the least loss" in found.stdout and "0 steps are asserted" in found.stdout


@pytest.mark.parametrize("field", ["solution", "target_power"])
def test_a_wrong_minimum_has_none(field):
    """Twice the coefficient is no minimiser, nor is another value the least one."""
    optimum = optimum_of("any covariances")
    wrong = replace(optimum, **{field: getattr(optimum, field) * 2})
    with pytest.raises(si.DerivationError, match="is another one"):
        si.certificate(wrong)


def test_a_bound_that_is_called_attained_has_none():
    bound = optimum_of("one head for a prior mean")
    fields = ("problem", "equation", "solution", "explained", "target_power")
    with pytest.raises(si.DerivationError, match="is another one"):
        si.certificate(type(optimum_of("attention"))(*(getattr(bound, name) for name in fields)))


@pytest.mark.parametrize(
    ("model", "task", "family", "message"),
    [
        (UPDATES, PLAIN, "scalar label updates", "without family="),
    ],
)
def test_refusals(model, task, family, message):
    optimum = si.minimise(si.expected_loss(model, task, family=family))
    with pytest.raises(si.UnsupportedError, match=message):
        si.certificate(optimum)


def test_an_optimum_at_numbers_is_refused():
    with pytest.raises(si.InputError, match="takes a result of"):
        si.certificate(optimum_of("attention").at(n=20, d=5, sigma2=0))
