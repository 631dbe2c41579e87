"""Columns of ones, and laws whose scale is positive only somewhere: what is taken, and what is refused."""

import json
import re
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from checker.test_rules import Log, run
from checker.test_rules import case as any_case
from symicl.certificates.coordinates import recheck
from symicl.statements import load_file, prove

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "retrieval.md"
CASES = {}
case = partial(any_case, cases=CASES)
NEGATIVE = "a covariance or the scale is random, not positive, of another size, or not symmetric"


def ones(log, rows="n", cols=1, **more):
    return log("letter", name="1", rows=rows, cols=cols, satisfies="ones", **more)


def less_than_one(log, a):
    """1 − a²."""
    return log.terms(1, 1, [1, [], []], [-1, [[a], [a]], []])


def equal(log, left, right):
    log("equal", claim="c", left=left, right=right)


@case()
def the_square_of_a_column_of_ones_is_its_size(log):
    n, one = log.size("n"), ones(log)
    equal(log, log.number(1, [-one, one]), n)


@case("the two sides differ")
def the_square_of_another_column_is_not(log):
    n, p = log.size("n"), log.matrix("p", rows="n", cols=1)
    equal(log, log.number(1, [-p, p]), n)


@case("the two sides differ")
def a_product_with_another_column_is_not(log):
    n, one, p = log.size("n"), ones(log), log.matrix("p", rows="n", cols=1)
    equal(log, log.number(1, [-one, p]), n)


@case("no matrix of this size satisfies it")
def a_matrix_of_ones(log):
    log.size("n")
    ones(log, cols="n")


@case()
def a_column_of_three_ones(log):
    one = ones(log, rows=3)
    equal(log, log.number(1, [-one, one], [-one, one]), log.number(9))


@case("the letter has two meanings")
def a_random_column_of_ones(log):
    log.size("n")
    ones(log, law={"row_cov": 0, "col_cov": 0, "scale": log.number(1)})


@case("1 satisfies an equation")
def a_column_of_ones_that_is_replaced(log):
    log.size("n")
    one, p = ones(log), log.matrix("p", rows="n", cols=1)
    log("substitute", of=log.number(1, [-one, p]), letters=[[one, p]])


@case("it is not shown that tr(A^T*'1'*'1'^T) is not zero: 1 is related to other letters")
def a_condition_on_a_column_of_ones(log):
    log.size("n")
    one, A = ones(log), log.matrix("A", "n", "n")
    log("over", of=log.number(1), by=log.number(1, [-one, A, one]))


@case()
def a_scale_that_is_positive_somewhere(log):
    n = log.size("n")
    log.gaussian("z", 1, 1, scale=less_than_one(log, log.scalar("a")))
    log.gaussian("y", "n", 1, scale=log.terms(1, 1, [1, [[n]], []], [-2, [[log.scalar("b")], [n]], []]))


@case(NEGATIVE)
def a_scale_that_is_positive_nowhere(log):
    a = log.scalar("a")
    log.gaussian("z", 1, 1, scale=log.terms(1, 1, [-1, [], []], [1, [[a], [a]], []], [-2, [[a]], []]))


@case(NEGATIVE)
def a_scale_of_small_terms_alone(log):
    a, b = log.scalar("a"), log.scalar("b")
    log.gaussian("z", 1, 1, scale=log.terms(1, 1, [1, [[a]], []], [-1, [[b]], []]))


@case(NEGATIVE)
def a_scale_that_is_positive_for_small_sizes(log):
    """3 − d is negative where d is large, and conditions hold for large sizes."""
    d = log.size()
    log.gaussian("z", 1, 1, scale=log.terms(1, 1, [3, [], []], [-1, [[d]], []]))


@case(NEGATIVE)
def a_scale_with_a_number_that_is_not_zero(log):
    """1 − x for a number that has an inverse y, where 1 − y could stand beside it."""
    x = log.scalar("x", invertible=True)
    log.gaussian("z", 1, 1, scale=log.terms(1, 1, [1, [], []], [-1, [[x]], []]))


@case("a is known to be something else")
def a_bounded_number_of_which_more_is_assumed(log):
    """a = 2 has no law with the variance 1 − a²."""
    a = log.scalar("a")
    log.gaussian("z", 1, 1, scale=less_than_one(log, a))
    two, square = log.number(2), log.square(a)
    log("nonnegative", claim="c", of=square, products=[[[square], []]], letters=[[a, two]])


@case("a power is no number, or something else is assumed of it")
def a_bounded_number_that_is_a_power(log):
    n, P, e = log.size("n"), log.scalar("P"), log.scalar("e")
    log.gaussian("z", 1, 1, scale=less_than_one(log, P))
    one = log.number(1)
    log(
        "recursion", of=e, tokens=n, state=[[e, one, e]], fresh=[], powers=[[P, log.number(2)]],
        means=[[[[e]], one, one, e]], result=one,
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_rules(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


def test_a_bounded_number_that_is_a_reciprocal_later(checker, monkeypatch):
    log = Log()
    a = log.scalar("a")
    log.gaussian("z", 1, 1, scale=less_than_one(log, a))
    log("asserted", claim="", why="", phases={"reciprocals": [[a, [[1, [[a]], []]]]]})
    found, _ = run(checker, log.entries, monkeypatch)
    assert found == "a letter of a condition is related to other letters"


# --- a whole certificate ------------------------------------------------------------------------------------


@cache
def certificate():
    """Of the theorem in docs/how-to/retrieval.md."""
    (code,) = re.findall(r"```python\n(\"\"\".*?)```", PAGE.read_text(), re.S)
    with TemporaryDirectory() as folder:
        (Path(folder) / "theorem.py").write_text(code)
        (theorem,) = load_file(Path(folder) / "theorem.py")
    verdict = prove(theorem, record=True)
    assert verdict.status == "proved"
    return Certificate(verdict.proof_log)


def test_retrieval_asserts_nothing(checker):
    running = checker.Checker()
    running.check(certificate().lines)
    assert running.asserted == running.averages == []
    report = "\n".join(running.report())
    assert "letter 1: n x 1, each entry is 1" in report
    assert "letter Z: n x d, Gaussian, E Z_ia Z_jb = (-1*alpha^2 + 1) I_ij I_ab" in report
    assert "'loss' is the least loss of line" in report


@pytest.mark.slow
def test_corrupted_certificates_are_rejected(checker):
    found = outcomes(checker, certificate(), list(certificate().corruptions(per_kind=1)))
    assert len(found) >= 200
    assert [case for case, text in found.items() if text == "accepted"] == []


def forged(change):
    lines = [json.loads(line) for line in certificate().lines]
    change({line.get("name"): line for line in lines if line.get("rule") == "letter"}, lines)
    return [json.dumps(line).encode() + b"\n" for line in lines]


def no_ones(letters, lines):
    del letters["1"]["satisfies"]


def another_variance(letters, lines):
    scale = lines[letters["Z"]["law"]["scale"] - 1]
    scale["terms"] = [[abs(c), *rest] for c, *rest in scale["terms"]]


def variance_one(letters, lines):
    letters["Z"]["law"]["scale"] = letters["x"]["law"]["scale"]


def another_loss(letters, lines):
    stated = next(line for line in lines if line.get("name") == "loss")
    lines[stated["stated"] - 1]["of"] = letters["sigma2"]["id"]


@pytest.mark.parametrize("change", [no_ones, another_variance, variance_one, another_loss])
def test_forgeries_are_rejected(checker, change):
    assert outcome(checker, forged(change)).startswith("Rejected: ")


def test_the_second_engine_agrees():
    found = recheck(certificate().text.splitlines(), [{"n": 1, "d": 1}, {"n": 3, "d": 1}, {"n": 1, "d": 2}])
    assert found.expectations > 30 and found.undetermined == 0


def test_a_size_may_be_a_number():
    said = si.check("e : ones(3)\nx ~ N(0, I_3)\nclaim E[(e' x)^2] = 3\n", certificate=True)
    assert said[0].verdict == "proved" and '"satisfies":"ones"' in said.certificate
