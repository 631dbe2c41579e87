"""Certificates of recursions, depth and descent: what they prove, corrupted ones, the second engine, refusals."""

import json
from fractions import Fraction
from functools import cache

import pytest
from sympy import Trace

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.certificates.coordinates import recheck
from symicl.errors import EnginesDisagreeError

n, d, t = si.dims("n d t")
beta, sigma2 = si.scalar("beta"), si.scalar("sigma2", nonnegative=True)
alpha = si.scalar("alpha")
e, S = si.vector("e", d), si.vector("S", d)
x, w = si.gaussian("x", d), si.gaussian("w", d)
epsilon = si.gaussian("epsilon", (1, 1), col_cov=sigma2)
SIZES = {"n": 20, "d": 5}
CLEAN, NOISY = si.LinearRegression(noise=0), si.LinearRegression()
AT_NUMBERS = si.LinearRegression(**SIZES, noise=0)
GENERAL = si.LinearRegression(covariate_cov=si.covariance("Sigma", d), task_cov=si.covariance("Psi", d))


def delta_rule(step):
    return si.recursion(state={e: w}, step={e: step}, tokens=n).expect(e.T * e)


def last_token():
    """The state is the last token: an eigenvalue is zero, and its power 1 before the first token."""
    return si.recursion(state={e: 2 * w, S: 0 * w}, step={e: x, S: S + e}, tokens=n).expect(S.T * S)


def delta_rule_of_before():
    """The token before the last one, which no closed form has from the first token on."""
    return si.recursion(state={e: w, S: 0 * w}, step={e: x, S: e}, tokens=n).expect(S.T * S)


def gated():
    step = alpha * (S - beta * x * x.T * S) + beta * x * (x.T * w + epsilon)
    rule = si.recursion(state={S: 0 * w}, step={S: step}, tokens=n, constant=[w])
    return rule.expect((S - w).T * (S - w))


def queried():
    """A state with a mean, and a query that is averaged over at the end."""
    mean = si.vector("mu", d)
    m, q = si.gaussian("m", d, mean=mean), si.gaussian("q", d)
    rule = si.recursion(state={e: m}, step={e: e - beta * x * x.T * e}, tokens=n)
    return rule.expect((q.T * e) * (q.T * e))


RESULTS = {
    "delta rule": lambda: delta_rule(e - beta * x * x.T * e),
    "best gate": lambda: delta_rule(e - x * x.T * e / (d + 2)),
    "noise": lambda: delta_rule(e - beta * x * (x.T * e - epsilon)),
    "gated": gated,
    "queried": queried,
    "last token": last_token,
    "average": lambda: si.recursion(
        state={S: 0 * w}, step={S: S + x * (x.T * w + epsilon)}, tokens=t, constant=[w]
    ).expect(S.T * S),
    "one layer": lambda: si.depth(NOISY, 1),
    "two layers": lambda: si.depth(CLEAN, 2),
    "three layers": lambda: si.depth(CLEAN, 3),
    "three layers with noise": lambda: si.depth(NOISY, 3),
    "two layers, any covariance": lambda: si.depth(
        si.LinearRegression(covariate_cov=GENERAL.covariate_cov, noise=0), 2
    ),
    "one layer, any covariance": lambda: si.depth(GENERAL, 1),
    "five layers at numbers": lambda: si.depth(AT_NUMBERS, 5),
    "twelve layers at numbers": lambda: si.depth(AT_NUMBERS, 12),
    "a bound at numbers": lambda: si.depth(si.LinearRegression(**SIZES, noise=5), 2),
    "descent": lambda: si.iterate(NOISY, 2),
    "given steps": lambda: si.iterate(GENERAL, 2, step=[si.scalar("a"), Fraction(1, 3)]),
    "tied": lambda: si.depth(AT_NUMBERS, 3, tied=True),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate(RESULTS[name]()))


def accepted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    return running


@pytest.mark.parametrize("name", RESULTS)
def test_nothing_is_asserted(checker, name):
    running = accepted(checker, name)
    assert running.asserted == running.averages == []
    assert all("entered" not in text for q, text in running.stated.items() if "rounded" not in q)


def test_what_the_report_says_of_tokens(checker):
    running = accepted(checker, "delta rule")
    report = "\n".join(running.report())
    assert "n tokens, with x drawn anew for each" in report
    assert "e is w at first, and a token makes it e + -1*beta*tr(" not in report
    assert "letter b1^n: (d*beta^2 + 2*beta^2 + -2*beta + 1)^n" in report
    assert "= d*'b1^n'" in report


def test_bounds_at_numbers_are_those_of_the_result(checker):
    bound, steps = accepted(checker, "a bound at numbers").stated.values()
    assert "19515/14723" in bound  # 1.325477…
    above, below = steps.split("= ")[1].split("\n")[0].split("   [")[0].split("/")
    assert float(Fraction(int(above), int(below))) == pytest.approx(1.3281630074)
    _, low, high = accepted(checker, "tied").stated.values()
    assert "0.26834221784" in low and "0.26834221784" in high


@pytest.mark.parametrize("name", ["delta rule", "noise", "two layers", "three layers", "tied", "given steps"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 200
    assert [case for case, text in found.items() if text == "accepted"] == []


def changed(name, rule, change):
    """The certificate with its last entry of a rule changed."""
    lines = [json.loads(line) for line in certificate_of(name).lines]
    entry = [line for line in lines if line.get("rule") == rule][-1]
    change(entry)
    return [json.dumps(line).encode() + b"\n" for line in lines]


def other_mean(entry):
    entry["means"][0][1] = entry["tokens"]


def other_base(entry):
    entry["powers"][0][1] = entry["tokens"]


def no_token(entry):
    entry["fresh"] = []


def step_that_stands(entry):
    entry["state"][0][2] = entry["state"][0][0]


def beginning_that_is_the_step(entry):
    entry["state"][0][1] = entry["state"][0][2]


@pytest.mark.parametrize(
    "change", [other_mean, other_base, no_token, step_that_stands, beginning_that_is_the_step]
)
@pytest.mark.parametrize("name", ["delta rule", "noise", "gated"])
def test_wrong_recursions_are_rejected(checker, name, change):
    assert outcome(checker, changed(name, "recursion", change)).startswith("Rejected: ")


@pytest.mark.parametrize("name", [name for name in RESULTS if "numbers" not in name and name != "tied"])
def test_the_second_engine_agrees(name):
    text = certificate_of(name).text.splitlines()
    sizes = None if "layer" not in name else [{"n": 1, "d": 1}, {"n": 1, "d": 2}, {"n": 2, "d": 1}]
    found = recheck(text, sizes)
    assert found.moments and found.facts and found.undetermined <= 1


@pytest.mark.parametrize("name", ["delta rule", "gated"])
def test_the_second_engine_refuses_another_mean(name):
    def change(entry):
        entry["result"] = entry["of"]

    with pytest.raises(EnginesDisagreeError, match=r"disagree on .* after n tokens"):
        recheck([line.decode() for line in changed(name, "recursion", change)])


def at_numbers():
    return si.minimise(quadratic(), [si.matrix("G", (d, d))], at={"d": 2})


def of_rank():
    return si.minimise(quadratic(), [si.matrix("G", (d, d))], rank={"G": 1})


def quadratic():
    G = si.matrix("G", (d, d))
    return Trace(G * G.T) - 2 * Trace(G)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: si.depth(NOISY, 5), si.UnsupportedError, "give its numbers to the task"),
        (lambda: si.depth(GENERAL, 3), si.UnsupportedError, "at most 2 layers"),
        (
            lambda: si.iterate(CLEAN, 6, step=[si.scalar(f"e_{k}") for k in range(6)]),
            si.UnsupportedError,
            "at most 5 letters",
        ),
        (
            lambda: si.recursion(state={e: w}, step={e: e}, tokens=3).expect(e.T * e),
            si.UnsupportedError,
            "give a symbol",
        ),
        (lambda: delta_rule(e - x * x.T * e / n), si.UnsupportedError, "depends on n"),
        (lambda: delta_rule_of_before(), si.UnsupportedError, "after the first token"),
        (lambda: "depth", si.InputError, "takes a result of"),
        (lambda: si.depth(CLEAN, 2).at(n=3, d=2), si.InputError, "numbers are given to the task"),
        (
            lambda: si.expected_loss(si.OneStepGD(), CLEAN),
            si.InputError,
            r"its minimum has one, minimise\(loss\)",
        ),
        (lambda: at_numbers(), si.InputError, "without at="),
        (lambda: of_rank(), si.InputError, r"the loss of a model, minimise\(loss, rank=…\)"),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error, match=message):
        si.certificate(ask())


def test_kept_parts_that_do_not_move(checker):
    """A trace of what is drawn once is an invariant of its own."""
    rule = si.recursion(state={S: 0 * w}, step={S: S + w}, tokens=n, constant=[w])
    found = rule.expect(Trace(S * S.T))
    running = checker.Checker()
    running.check(Certificate(si.certificate(found)).lines)
    assert running.stated
