"""The rule for the least value at bounded rank: the smallest entries, and forged ones of each kind."""

from functools import partial

import pytest

from checker.test_rules import Log, run
from checker.test_rules import case as any_case

CASES = {}
case = partial(any_case, cases=CASES)


def least(log, equal=True, weighed=False, **changed):
    """d − 2 tr P + tr(P P') + E z² s² is at least d − r where P = U W with inner side r.

    The minimum says that it is at least R(P); R(D) = d − 2 tr D + tr(D D'), whose gains are all 1. With `equal=False`
    it is said of the r largest eigenvalues. With `weighed` it is R(D) = d − 2 tr(S'D) + tr(S D D').
    """
    size, r = log.size(), log.size("r")
    P, D, S = (log.matrix(name) for name in "PDS")
    U, W = log.matrix("U", cols="r"), log.matrix("W", rows="r")
    s, z = log.scalar("s"), log.gaussian("z", 1, 1)
    zero, one, k = log.number(0), log.number(1), log.scalar("k")

    def R(x):
        weight = [S] * weighed
        return [[1, [[size]], []], [-2, [[*(-a for a in weight), x]], []], [1, [[*weight, x, -x]], []]]

    def at(x):
        return log.terms(1, 1, *R(x))

    root = log.terms(1, 1, [1, [[z], [s]], []])
    step = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    both = log("product", parts=[root, root])
    square = log("expectation", of=both, letter=z, steps=[step], rows=1, cols=1, terms=[[1, [[s], [s]], []]])
    loss, bound = log.terms(1, 1, *R(P), [1, [[s], [s]], []]), at(P)
    factorised = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    solution = log("quotient", of=zero, by=one, result=zero, solves=factorised)
    minimum = log(
        "minimum", claim="", letter=k, factorised=factorised, loss=loss, candidate=bound, square=square, normal=k,
        direction=zero, at=solution, power=bound, explained=log.terms(1, 1, [1, [[k], [k]], []]), value=bound,
    )  # fmt: skip
    identity = log.terms("d", "d", [1, [], []])
    found = {"z": z, "P": P, "D": D, "S": S, "U": U, "W": W, "r": r, "d": size, "one": one, "loss": loss}
    found |= {"identity": identity, "equation": factorised}
    fields = {
        "minimum": minimum,
        "of": at(D),
        "letter": D,
        "coefficient": P,
        "origin": log.terms("d", "d"),
        "parameters": [[P, log.terms("d", "d", [1, [], [U, W]])]],
        "factors": [[U, W]],
        "bound": r,
        "base": size,
        "A": identity,
        "L": identity,
        "M": identity,
        "best": identity,
    }
    if equal:
        fields |= {"gain": one, "value": log.terms(1, 1, [1, [[size]], []], [-1, [[r]], []])}
    fields |= {name: change(log, found) for name, change in changed.items()}
    log("least_at_rank", claim="c", **fields)


@case()
def a_least_value(log):
    least(log)


@case()
def eigenvalues(log):
    least(log, equal=False)


@case("it names no minimum")
def a_least_value_of_no_minimum(log):
    least(log, minimum=lambda log, f: f["equation"])


@case("the unknown is misplaced")
def a_least_value_with_the_unknown_in_its_start(log):
    least(log, origin=lambda log, f: f["D"])


@case("the minimum has another bound")
def a_least_value_of_another_coefficient(log):
    least(log, coefficient=lambda log, f: log.terms("d", "d", [2, [], [f["P"]]]))


@case("a parameter is named twice, is random, or is not free")
def a_least_value_at_a_random_matrix(log):
    def random(log, f):
        Z = log.gaussian("Z")
        return [[f["P"], log.terms("d", "d", [1, [], [Z]])]]

    least(log, parameters=random)


@case("the factors do not fit together")
def a_least_value_with_factors_exchanged(log):
    least(log, factors=lambda log, f: [[f["W"], f["U"]]])


@case("the coefficient is no such sum of products")
def a_least_value_of_a_free_matrix(log):
    least(log, parameters=lambda log, f: [])


@case("the inner sides do not add up to the rank")
def a_least_value_of_a_smaller_rank(log):
    least(log, bound=lambda log, f: f["one"])


@case("it is another quadratic form")
def a_least_value_of_another_form(log):
    least(log, base=lambda log, f: f["r"])


@case("a matrix of the form is not symmetric")
def a_least_value_with_a_matrix_that_is_not_symmetric(log):
    least(log, weighed=True, A=lambda log, f: f["S"], L=lambda log, f: f["S"])


@case("it is not where the gradient vanishes")
def a_least_value_at_another_point(log):
    least(log, best=lambda log, f: f["S"])


@case("the gains are not all equal")
def a_least_value_with_another_gain(log):
    least(log, gain=lambda log, f: f["r"])


@case("the least value is another one")
def a_least_value_that_is_less(log):
    least(log, value=lambda log, f: f["d"])


@pytest.mark.parametrize("name", CASES)
def test_the_rule(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    if found is None:
        said = list(running.facts.values())[-1]
        assert "are positive definite" in said and "where P = U*W" in said
        assert ("d + -1*r" in said) is (name == "a_least_value")
        assert ("less the r largest eigenvalues of I" in said) is (name == "eigenvalues")
