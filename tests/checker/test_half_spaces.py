"""Averages with max(0, z) and |z|: what the checker takes, and what not."""

import json
from functools import cache, partial

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from checker.test_row_scales import accepted, after
from checker.test_rules import Log, run
from checker.test_rules import case as any_case

CASES = {}
case = partial(any_case, cases=CASES)
ANOTHER = "the value that it gives is not the right one"
BESIDE = "the signs stand beside something else than Z"


def setting(log, kind="relu_of", **law):
    """n, d, X, a constant a, the function of z = X a, and the signs S."""
    log.size("n"), log.size("d")
    one = log.number(1)
    log("letter", name="X", rows="n", cols="d", law=law or {"row_cov": 0, "col_cov": 0, "scale": one})
    log.matrix("a", "d", 1)
    X, a = len(log.entries), len(log.entries) + 1
    z = log.terms("n", 1, [1, [], [X, a]])
    r = log.matrix("r", "n", 1, **{kind: z})
    S = log.matrix("S", "n", "n", symmetric=True, signs_of=z)
    return X, a, r, S


def row(log, name="x", **law):
    one = log.number(1)
    return log("letter", name=name, rows="d", cols=1, law=law or {"row_cov": 0, "col_cov": 0, "scale": one})


def signs(log, of, r, S, *terms):
    return log("signs", of=of, letter=r, signs=S, rows=1, cols=1, terms=list(terms))


def half_spaces(log, of, S, flipped, apart, *terms):
    return log(
        "half_spaces", of=of, letter=S, flipped=flipped, apart=apart, rows=1, cols=1, terms=list(terms)
    )


@case()
def a_square_of_relus(log):
    """‖relu(X a)‖² is half of ‖X a‖² in the mean."""
    X, a, r, S = setting(log)
    of = log.number(1, [-r, r])
    both = signs(log, of, r, S, ["1/4", [[-a, -X, X, a]], []], ["1/2", [[-a, -X, S, X, a]], []],
                 ["1/4", [[-a, -X, S, S, X, a]], []])  # fmt: skip
    half_spaces(log, both, S, [X], [], ["1/2", [[-a, -X, X, a]], []])


@case(ANOTHER)
def a_whole_square_of_relus(log):
    X, a, _r, S = setting(log)
    of = log.number(1, [-a, -X, S, S, X, a])
    half_spaces(log, of, S, [X], [], ["1/2", [[-a, -X, X, a]], []])


@case(ANOTHER)
def a_relu_that_is_an_absolute_value(log):
    X, a, r, S = setting(log)
    signs(log, log.number(1, [-a, -X, r]), r, S, [1, [[-a, -X, S, X, a]], []])


@case()
def an_absolute_value(log):
    X, a, r, S = setting(log, "absolute_of")
    signs(log, log.number(1, [-a, -X, r]), r, S, [1, [[-a, -X, S, X, a]], []])


@case()
def two_sums_of_signs(log):
    """n times the square for one row."""
    X, a, _r, S = setting(log)
    x = row(log)
    of = log.number(1, [-a, -X, S, X, a], [-a, -X, S, X, a])
    n = 2
    half_spaces(log, of, S, [X], [x], [1, [[n]] + [[-a, x]] * 4, []])


@case(ANOTHER)
def two_sums_of_signs_in_different_rows(log):
    X, a, _r, S = setting(log)
    x = row(log)
    of = log.number(1, [-a, -X, S, X, a], [-a, -X, S, X, a])
    half_spaces(log, of, S, [X], [x], [1, [[2], [2]] + [[-a, x]] * 4, []])


@case()
def four_sums_of_signs(log):
    """n of one row, 3 n (n − 1) of two."""
    X, a, _r, S = setting(log)
    x, y = row(log), row(log, "y")
    of = log.number(1, *[[-a, -X, S, X, a]] * 4)
    two = [[-a, x]] * 4 + [[-a, y]] * 4
    half_spaces(
        log,
        of,
        S,
        [X],
        [x, y],
        [1, [[2]] + [[-a, x]] * 8, []],
        [3, [[2], [2], *two], []],
        [-3, [[2], *two], []],
    )


@case("too few rows are set apart")
def four_sums_of_signs_of_one_row(log):
    X, a, _r, S = setting(log)
    x = row(log)
    half_spaces(log, log.number(1, *[[-a, -X, S, X, a]] * 4), S, [X], [x], [1, [[2]] + [[-a, x]] * 8, []])


@case("one row is set apart twice")
def a_row_that_is_two(log):
    X, a, _r, S = setting(log)
    x = row(log)
    half_spaces(log, log.number(1, *[[-a, -X, S, X, a]] * 4), S, [X], [x, x], [1, [[2]] + [[-a, x]] * 8, []])


@case("a row that is set apart has another law, or occurs before")
def a_row_of_another_variance(log):
    X, a, _r, S = setting(log)
    x = row(log, row_cov=0, col_cov=0, scale=log.number(2))
    half_spaces(log, log.number(1, *[[-a, -X, S, X, a]] * 2), S, [X], [x], [1, [[2]] + [[-a, x]] * 4, []])


@case("a row that is set apart has another law, or occurs before")
def a_row_that_is_no_row(log):
    X, a, _r, S = setting(log)
    half_spaces(log, log.number(1, *[[-a, -X, S, X, a]] * 2), S, [X], [a], [1, [[2]] + [[-a, a]] * 4, []])


@case("a row that is set apart has another law, or occurs before")
def a_row_that_is_there_already(log):
    X, a, _r, S = setting(log)
    x = row(log)
    of = log.number(1, [-a, -X, S, X, a], [-a, -X, S, X, x])
    half_spaces(log, of, S, [X], [x], [1, [[2]] + [[-a, x]] * 3 + [[-x, x]], []])


@case("the signs are not those of Z a for one letter Z")
def rows_that_are_not_independent(log):
    log.size("n")
    U = log.matrix("U", "n", "n", symmetric=True, invertible=True)
    log.size("d")
    X = log.gaussian("X", "n", "d", row_cov=U)
    a = log.matrix("a", "d", 1)
    S = log.matrix("S", "n", "n", symmetric=True, signs_of=log.terms("n", 1, [1, [], [X, a]]))
    half_spaces(log, log.number(1, [-a, -X, S, X, a]), S, [X], [])


@case("the signs are not those of Z a for one letter Z")
def rows_with_a_mean(log):
    X, a, _r, _S = setting(log)
    m = log.matrix("m", "n", 1)
    T = log.matrix("T", "n", "n", symmetric=True, signs_of=log.terms("n", 1, [1, [], [X, a]], [1, [], [m]]))
    half_spaces(log, log.number(1, [-a, -X, T, X, a]), T, [X], [])


@case("the signs are not those of Z a for one letter Z")
def rows_that_are_not_random(log):
    _X, a, _r, _S = setting(log)
    B = log.matrix("B", "n", "d")
    T = log.matrix("T", "n", "n", symmetric=True, signs_of=log.terms("n", 1, [1, [], [B, a]]))
    half_spaces(log, log.number(1, [-a, -B, T, B, a]), T, [B], [])


@case(BESIDE)
def signs_beside_a_constant(log):
    X, a, _r, S = setting(log)
    v = log.matrix("v", "n", 1)
    half_spaces(log, log.number(1, [-v, S, X, a]), S, [X], [])


@case(BESIDE)
def signs_alone(log):
    """tr S is a sum of n coins; no rule is needed for it, and none is there."""
    X, _a, _r, S = setting(log)
    half_spaces(log, log.number(1, [S]), S, [X], [])


@case("a letter is in a denominator, or part of another one")
def the_function_beside_its_signs(log):
    X, a, r, S = setting(log)
    half_spaces(log, log.number(1, [-a, -X, S, X, a], [-r, r]), S, [X], [])


@case("the signs stand beside other products of the rows")
def signs_beside_a_gram_matrix(log):
    X, a, _r, S = setting(log)
    x = row(log)
    of = log.number(1, [-a, -X, S, X, a], [-a, -X, S, X, a], [-X, X])
    half_spaces(log, of, S, [X], [x], [1, [[2]] + [[-a, x]] * 4 + [[-X, X]], []])


@case("a letter stands more often in a product than the limit")
def ten_sums_of_signs(log):
    X, a, _r, S = setting(log)
    half_spaces(log, log.number(1, *[[-a, -X, S, X, a]] * 10), S, [X], [])


@case("it has another size")
def signs_of_another_size(log):
    X, a, _r, _S = setting(log)
    log.matrix("T", "d", "d", symmetric=True, signs_of=log.terms("n", 1, [1, [], [X, a]]))


@case("it has another size")
def signs_that_are_not_symmetric(log):
    X, a, _r, _S = setting(log)
    log.matrix("T", "n", "n", signs_of=log.terms("n", 1, [1, [], [X, a]]))


@case("these are no function of a column and its signs")
def signs_of_something_else(log):
    X, a, r, _S = setting(log)
    T = log.matrix("T", "n", "n", symmetric=True, signs_of=log.terms("n", 1, [2, [], [X, a]]))
    signs(log, log.number(1, [-r, r]), r, T)


@case("the letter has two meanings")
def a_function_of_two_things(log):
    X, a, _r, _S = setting(log)
    z = log.terms("n", 1, [1, [], [X, a]])
    log.matrix("q", "n", 1, relu_of=z, absolute_of=z)


@case("it replaces a letter that an average over signs is over, too")
def rows_that_are_replaced_after_the_average(log):
    X, a, _r, S = setting(log)
    x = row(log)
    of = log.number(1, [-a, -X, S, X, a], [-a, -X, S, X, a])
    mean = half_spaces(log, of, S, [X], [x], [1, [[2]] + [[-a, x]] * 4, []])
    log("substitute", of=mean, letters=[[x, a]])


def number(log, *words):
    """The sign of the number a'x for a Gaussian x."""
    log.size("d")
    x, a = row(log), log.matrix("a", "d", 1)
    s = log.scalar("s", signs_of=log.number(1, [-a, x]))
    names = {"s": [s], "ax": [-a, x], "xx": [-x, x]}
    return log.number(1, *[names[w] for w in words]), s, x, a


@case()
def an_odd_number_of_signs_of_a_number(log):
    of, s, x, _ = number(log, "s", "xx")
    half_spaces(log, of, s, [x], [])


@case()
def an_even_number_of_signs_of_a_number(log):
    of, s, x, _ = number(log, "s", "s", "xx")
    half_spaces(log, of, s, [x], [], [1, [[-x, x]], []])


@case(ANOTHER)
def a_sign_beside_what_is_odd(log):
    """E |a'x| is not 0."""
    of, s, x, _ = number(log, "s", "ax")
    half_spaces(log, of, s, [x], [])


@case("the signs are those of what is not odd in a symmetric letter")
def a_sign_that_is_even(log):
    log.size("d")
    x = row(log)
    s = log.scalar("s", signs_of=log.number(1, [-x, x]))
    half_spaces(log, log.number(1, [s]), s, [x], [])


@case("of one number no rows are set apart")
def a_row_beside_a_number(log):
    of, s, x, _a = number(log, "s", "xx")
    half_spaces(log, of, s, [x], [row(log, "y")])


@case("the letter is for no signs")
def no_signs(log):
    of, _s, x, a = number(log, "s", "xx")
    half_spaces(log, of, a, [x], [])


@case("an average over signs is not over all that it has to be")
def a_mean_square_with_a_row_in_it(log):
    X, a, _r, S = setting(log)
    x, u = row(log), log.number(1, [-a, -X, S, X, a])
    mean = half_spaces(log, log.square(u), S, [X], [x], [1, [[2]] + [[-a, x]] * 4, []])
    log("predicted", of=mean, computed=u, parameters=[], free=[])


@case("it is no scalar")
def a_matrix_with_signs(log):
    X, _a, _r, S = setting(log)
    log(
        "half_spaces",
        of=log.terms("d", "d", [1, [], [-X, S, X]]),
        letter=S,
        flipped=[X],
        apart=[],
        rows=1,
        cols=1,
        terms=[],
    )


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_taken_or_not(checker, name, monkeypatch):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    if sentence is not None:
        assert running.id == len(log.entries) + 1  # the last entry, and not one before it


# --- whole certificates -------------------------------------------------------------------------------------

n, d = si.dims("n d")
TASKS = {
    "Gaussian": si.LinearRegression(),
    "a covariance": si.LinearRegression(covariates=si.gaussian("X", (n, d), col_cov=si.covariance("S", d))),
    "entries": si.LinearRegression(
        covariates=si.independent_entries("X", (n, d), fourth=si.scalar("k", positive=True))
    ),
    "sphere": si.LinearRegression(covariates=si.sphere("X", (n, d))),
}
CLAIMS = """
dims n, d
X ~ gaussian(n, d)
x ~ N(0, I_d)
a : vector(d)
c : vector(d)
A : matrix(n, d)
Z ~ rademacher(n, d)
claim E[(a' X' relu(X a))^2] = (n (n + 5)/4) tr(a a')^2
claim E[(a' X' relu(X a))^4 (c' c)] = c' c (n (n^3 + 30 n^2 + 251 n + 558)/16) tr(a a')^4
claim E[relu(Z a)' relu(Z a)] = n a' a/2
claim E[x relu(a' x)] = a/2
claim E[relu(a' x)^2 (c' x)^2] = (a' a c' c + 2 (a' c)^2)/2
"""


@cache
def certificate(law="Gaussian"):
    return si.certificate(si.minimise(si.expected_loss(si.ReLUAttention(), TASKS[law])))


def lines(law="Gaussian"):
    return [json.loads(line) for line in certificate(law).splitlines()]


@pytest.mark.parametrize("law", TASKS)
def test_nothing_is_asserted(checker, law):
    report = accepted(checker, lines(law))
    assert "max(0, z) for z = X*x" in report
    assert "the signs of z, fair coins where it is 0, for z = X*x" in report


def test_claims_are_certified(checker):
    found = si.check(CLAIMS, certificate=True)
    assert [claim.verdict for claim in found] == ["proved"] * 5
    accepted(checker, [json.loads(line) for line in found.certificate.splitlines()])


def line_of(found, rule, k=0):
    return [line for line in found if line.get("rule") == rule][k]


def a_whole_relu(found):
    line_of(found, "signs")["terms"][0][0] = "1/2"


def an_absolute_value_of_it(found):
    line = next(line for line in found if "relu_of" in line)
    line["absolute_of"] = line.pop("relu_of")


def a_dropped_square(found):
    line_of(found, "half_spaces")["terms"].pop(0)


def a_square_of_independent_rows(found):
    line = line_of(found, "half_spaces")
    term = next(term for term in line["terms"] if any(line["apart"][0] in word for word in term[1]))
    term[0] = "3/4"


def a_row_of_another_law(found):
    """The variance of the noise in the place of 1."""
    noise = next(line for line in found if line.get("name") == "epsilon")["law"]["scale"]
    next(line for line in found if line.get("name") == "row 1 X")["law"]["scale"] = noise


def a_row_that_stays(found):
    """The last average of the distance, that over the row, is left out."""
    put = found[line_of(found, "minimum")["square"] - 1]
    row = found[put["of"] - 1]
    assert (put["rule"], row["rule"]) == ("substitute", "expectation")
    put["of"] = row["of"]


FORGERIES = [
    a_whole_relu, an_absolute_value_of_it, a_dropped_square, a_square_of_independent_rows, a_row_of_another_law,
    a_row_that_stays,
]  # fmt: skip


@pytest.mark.parametrize("change", FORGERIES)
def test_a_forged_certificate_is_rejected(checker, monkeypatch, change):
    sentence = after(change, lines(), checker, monkeypatch)
    assert "proved" not in sentence
    if change is a_row_that_stays:
        assert "an average over signs is not over all that it has to be" in sentence


@pytest.mark.slow
def test_corrupted_certificates_are_rejected(checker):
    corrupted = list(Certificate(certificate()).corruptions(per_kind=1))
    found = outcomes(checker, Certificate(certificate()), corrupted)
    assert [case for case, text in found.items() if text == "accepted"] == []
