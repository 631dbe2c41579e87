"""Averages over rows of their own lengths, and over a sphere: what the checker recomputes, and what it refuses."""

import json
from functools import cache, partial

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from checker.test_rules import Log, run
from checker.test_rules import case as any_case
from symicl.certificates.coordinates import recheck
from symicl.errors import EnginesDisagreeError

CASES = {}
case = partial(any_case, cases=CASES)
ANOTHER = "the value that it gives is not the right one"
LAW = "a covariance or the scale is random, not positive, of another size, or not symmetric"
PLACE = "squared scales stand in another place of a law, or of two"


def rows(log, moments=(1, 2), cols="d", law=None, more=(), **fields):
    """T, X with rows of these squared scales, n and d."""
    n, d = log.size("n"), log.size("d")
    ids = [log.number(m) if m is not None else 0 for m in moments]
    law = (law and law(log)) or {"moments": ids}
    T = log("letter", name="T", rows="n", cols="n", symmetric=True, law=law)
    X = log.gaussian("X", "n", cols, row_cov=T, **fields)
    return n, d, T, X


def second(log, X, T, *between):
    """E tr(X'X ...) over X, given T, is tr(...) tr(T)."""
    words = [[-X, X, *between]]
    of = log.number(1, *words)
    step = log("stein", letter=X, words=words, place=[0, 1], equals=[[1, [[T], list(between)], 0]])
    return log(
        "expectation", of=of, letter=X, steps=[step], rows=1, cols=1, terms=[[1, [[T], list(between)], []]]
    )


def scales(log, of, T, *terms, **more):
    return log("scales", of=of, letter=T, rows=1, cols=1, terms=list(terms), **more)


def squared(log, X, T, d):
    """E (tr X'X)² over X, given T: d² (tr T)² + 2 d tr T²."""
    step = log("stein", letter=X, words=[[-X, X]], place=[0, 1], equals=[[1, [[d], [T]], 0]])
    two = log("stein", letter=X, words=[[-X, T, X]], place=[0, 2], equals=[[1, [[d], [T, T]], 0]])
    both = log(
        "stein", letter=X, words=[[-X, X], [-X, X]], place=[0, 1],
        equals=[[1, [[d], [T]], step], [2, [], two]],
    )  # fmt: skip
    of = log.number(1, [-X, X], [-X, X])
    terms = [[1, [[d], [d], [T], [T]], []], [2, [[d], [T, T]], []]]
    return log("expectation", of=of, letter=X, steps=[both], rows=1, cols=1, terms=terms)


def two_sums(log, *terms, **law):
    n, d, T, X = rows(log, **law)
    of = squared(log, X, T, d)
    return scales(log, of, T, *[[c, [{"n": [n], "d": [d]}[x] for x in w], []] for c, w in terms])


# (tr T)² has n squares E t² = 2 and n (n − 1) products of two rows.
RIGHT = [(1, "ddnn"), (1, "ddn"), (4, "dn")]


@case()
def the_mean_of_a_product_of_two_sums(log):
    two_sums(log, *RIGHT)


@case(ANOTHER)
def a_wrong_number_of_coincidences(log):
    two_sums(log, (1, "ddnn"), (2, "ddn"), (4, "dn"))


@case(ANOTHER)
def a_coincidence_that_is_left_out(log):
    two_sums(log, (1, "ddnn"), (4, "dn"))


@case(ANOTHER)
def another_fourth_moment(log):
    two_sums(log, *RIGHT, moments=(1, 3))


@case(ANOTHER)
def another_second_moment(log):
    two_sums(log, *RIGHT, moments=("1/2", 2))


@case("it needs E t^2 of the squared scales, of which nothing is said")
def a_moment_that_is_not_known(log):
    two_sums(log, *RIGHT, moments=(1,))


@case("it needs E t^2 of the squared scales, of which nothing is said")
def a_moment_that_is_left_open(log):
    two_sums(log, *RIGHT, moments=(1, None, 7))


def on_a_sphere(log):
    return {"sphere": log.number(1, [3]), "size": "d"}


@case()
def a_second_moment_on_the_sphere(log):
    n, _, T, X = rows(log, law=on_a_sphere)
    A = log.matrix("A")
    scales(log, second(log, X, T, A), T, [1, [[n], [A]], []])


@case(ANOTHER)
def another_second_moment_on_the_sphere(log):
    n, d, T, X = rows(log, law=on_a_sphere)
    A = log.matrix("A")
    scales(log, second(log, X, T, A), T, [1, [[n], [d], [A]], []])


@case(ANOTHER)
def a_fourth_moment_on_the_sphere_is_not_that_of_a_gaussian(log):
    two_sums(log, (1, "ddnn"), (2, "dn"), law=on_a_sphere)


@case()
def the_squared_norm_of_all_rows_on_the_sphere(log):
    two_sums(log, (1, "ddnn"), law=on_a_sphere)


def with_a_reciprocal(log, root, *, base=None, letter=None):
    """E (x'Ax)² for x on the unit sphere: ((tr A)² + 2 tr A²) r/d where r = 1/(d + 2)."""
    d = log.size()
    t = log.scalar("t", law={"sphere": log.number(1), "size": "d"})
    scale = log.number(1, [t])
    x, A = log.gaussian("x", "d", 1, scale=scale), log.matrix("A", symmetric=True)
    r = letter(log) if letter else log.scalar("r")
    one = log("stein", letter=x, words=[[-x, A, x]], place=[0, 2], equals=[[1, [[A]], 0]])
    two = log("stein", letter=x, words=[[-x, A, A, x]], place=[0, 3], equals=[[1, [[A, A]], 0]])
    four = log(
        "stein",
        letter=x,
        words=[[-x, A, x], [-x, A, x]],
        place=[0, 2],
        equals=[[1, [[A]], one], [2, [], two]],
    )
    terms = [[1, [[A], [A], [t], [t]], []], [2, [[A, A], [t], [t]], []]]
    of = log.number(1, [-x, A, x], [-x, A, x])
    mean = log("expectation", of=of, letter=x, steps=[four], rows=1, cols=1, terms=terms)
    base = log.terms(1, 1, [1, [[d]], []], [base or 2, [], []])
    terms = [[1, [[A], [A], [r], [0, d]], []], [root, [[A, A], [r], [0, d]], []]]
    return scales(log, mean, t, *terms, reciprocals=[[r, base]]), r, base, mean, t, terms, d


@case()
def a_fourth_moment_on_the_sphere(log):
    with_a_reciprocal(log, 2)


@case(ANOTHER)
def another_fourth_moment_on_the_sphere(log):
    with_a_reciprocal(log, 3)


@case(ANOTHER)
def a_letter_for_another_reciprocal(log):
    with_a_reciprocal(log, 2, base=3)


@case()
def the_reciprocal_in_its_place(log):
    mean, r, base, *_ = with_a_reciprocal(log, 2)
    log("substitute", of=mean, letters=[[r, log("over", of=log.number(1), by=base)]])


@case("r is inside of another letter, or an inverse")
def something_else_in_the_place_of_the_reciprocal(log):
    mean, r, *_ = with_a_reciprocal(log, 2)
    log("substitute", of=mean, letters=[[r, log.number(5)]])


@case("a letter stands for two reciprocals")
def another_meaning_of_a_reciprocal(log):
    _, r, _, mean, t, terms, d = with_a_reciprocal(log, 2)
    scales(log, mean, t, *terms, reciprocals=[[r, log.terms(1, 1, [1, [[d]], []], [3, [], []])]])


@case("more is known of a letter for a reciprocal")
def a_reciprocal_that_is_bounded(log):
    with_a_reciprocal(log, 2, letter=lambda log: log.scalar("r", at_least=0))


# --- laws ---------------------------------------------------------------------------------------------------


@case("squared scales are no diagonal matrix")
def scales_that_are_no_square_matrix(log):
    log.size()
    log("letter", name="T", rows="d", cols=1, law={"moments": [log.number(1)]})


@case("no law has these moments")
def a_fourth_moment_below_the_square_of_the_second(log):
    log.scalar("t", law={"moments": [log.number(1), log.number("1/2")]})


@case("a moment is negative, random, or no number")
def a_negative_moment(log):
    log.scalar("t", law={"moments": [log.number(-1)]})


@case("a moment is negative, random, or no number")
def a_random_moment(log):
    log.scalar("t", law={"moments": [log.gaussian("z", 1, 1)]})


@case("a moment is negative, random, or no number")
def a_sphere_of_negative_radius(log):
    log.size()
    log.scalar("t", law={"sphere": log.number(-1), "size": "d"})


@case(PLACE)
def scales_of_two_letters(log):
    _, _, T, _ = rows(log)
    log.gaussian("Y", "n", "d", row_cov=T)


@case(PLACE)
def scales_of_columns(log):
    log.size("n")
    T = log("letter", name="T", rows="n", cols="n", symmetric=True, law={"moments": [log.number(1)]})
    log.gaussian("X", 2, "n", col_cov=T)


@case("on a sphere rows have another law")
def a_sphere_in_another_space(log):
    rows(log, cols="n", law=on_a_sphere)


@case("on a sphere rows have another law")
def a_sphere_with_a_covariance(log):
    log.size("n")
    S = log.matrix("S", rows="n", cols="n", symmetric=True)
    law = {"sphere": log.number(1), "size": "n"}
    T = log("letter", name="T", rows="n", cols="n", symmetric=True, law=law)
    log.gaussian("X", "n", "n", row_cov=T, col_cov=S)


@case("on a sphere rows have another law")
def a_sphere_with_a_scale(log):
    log.size()
    t = log.scalar("t", law={"sphere": log.number(1), "size": "d"})
    log.gaussian("x", "d", 1, scale=log.number(2, [t]))


@case("the letter is not random, or not in every word, or part of an inverse")
def scales_as_a_gaussian(log):
    _, _, T, _ = rows(log)
    log("stein", letter=T, words=[[T, T]], place=[0, 0], equals=[])


# --- what is averaged ---------------------------------------------------------------------------------------


@case("the letter is not for scales of rows")
def an_average_over_a_covariance(log):
    log.size("n")
    log.size("d")
    S = log.matrix("S", rows="n", cols="n", symmetric=True)
    X = log.gaussian("X", "n", "d", row_cov=S)
    scales(log, second(log, X, S, log.matrix("A")), S)


@case("it is no average over the letter that has these scales")
def an_average_of_what_is_no_average(log):
    _, _, T, _ = rows(log)
    scales(log, log.number(1, [T]), T)


@case("the scales are in what is averaged")
def a_variance_of_the_scales(log):
    """On a sphere Var tr T would be negative."""
    n, _, T, X = rows(log, law=on_a_sphere)
    of = log.number(1, [T], [T])
    mean = log("expectation", of=of, letter=X, steps=[], rows=1, cols=1, terms=[[1, [[T], [T]], []]])
    scales(log, mean, T, [1, [[n], [n]], []])


@case("the scales are in two places of a product")
def an_entrywise_product(log):
    _, d, T, X = rows(log)
    A, B = (log.matrix(name, rows="n", cols="n", symmetric=True) for name in "AB")
    scales(log, two_traces(log, X, T, d, A, B, reverse=True), T)


@case("the scales are in two products with other letters")
def a_product_of_two_traces_with_the_scales(log):
    _, d, T, X = rows(log)
    A, B = (log.matrix(name, rows="n", cols="n", symmetric=True) for name in "AB")
    scales(log, two_traces(log, X, T, d, A, B), T)


def two_traces(log, X, T, d, A, B, reverse=False):
    """E tr X'AX tr X'BX = d² tr TA tr TB + 2 d tr TATB."""
    words = [[-X, A, X], [-X, B, X]]
    one = log("stein", letter=X, words=words[1:], place=[0, 2], equals=[[1, [[d], [T, B]], 0]])
    both = [-X, A, T, B, X]
    two = log("stein", letter=X, words=[both], place=[0, 4], equals=[[1, [[d], [T, A, T, B]], 0]])
    equals = [[1, [[d], [T, A]], one], [2, [], two]]
    four = log("stein", letter=X, words=words, place=[0, 2], equals=equals)
    terms = [[1, [[d], [d], [T, A], [T, B]], []], [2, [[d], [T, A, T, B]], []]]
    terms = terms[::-1] if reverse else terms
    return log("expectation", of=log.number(1, *words), letter=X, steps=[four], rows=1, cols=1, terms=terms)


@pytest.mark.parametrize("name", CASES)
def test_the_rules(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


# --- whole certificates -------------------------------------------------------------------------------------

CLAIMS = """
dims n, d
q : scalar(nonnegative)
S : covariance(d)
u ~ sphere(d, radius2 = 1)
U ~ sphere(n, d)
Z ~ elliptical(n, d, cov = S, fourth = 1 + q)
claim E[u u'] = I/d
claim E[(u' S u)^2] = (tr(S)^2 + 2 tr(S^2))/(d(d + 2))
claim E[U' U U' U] = n(n + d - 1) I
claim E[Z' Z Z' Z] = n(1 + q) tr(S) S + (n^2 + n + 2 n q) S^2
"""


@cache
def certificate():
    return si.check(CLAIMS, certificate=True).certificate


def accepted(checker, lines):
    """The report, or the sentence of the rejection."""
    running = checker.Checker()
    try:
        running.check([(json.dumps(line) + "\n").encode() for line in lines])
    except (checker.Rejected, checker.Unreadable) as error:
        return str(error)
    assert running.asserted == running.averages == []
    return "\n".join(running.report())


def after(change, lines, checker, monkeypatch):
    """The sentence on an accepted certificate, once it is changed; what it prints is not compared."""
    monkeypatch.setattr(checker.Checker, "print", lambda self, value: self.line_fields.get("print"))
    assert "proved" in accepted(checker, lines)
    change(lines)
    return accepted(checker, lines)


def lines():
    return [json.loads(line) for line in certificate().splitlines()]


def test_nothing_is_asserted(checker):
    report = accepted(checker, lines())
    assert (
        "letter squared scale u: squared scales of the rows of u, uniform on a sphere of the squared radius 1"
        in report
    )
    assert "squared scales of the rows of Z, independent, E t = 1, E t^2 = q + 1" in report
    assert "letter 1/(d + 2): 1 / (d + 2)" in report


def test_the_second_engine_computes_the_same():
    agreement = recheck(certificate().splitlines(), [{"n": 2, "d": 2}, {"n": 1, "d": 3}])
    assert agreement.undetermined == 0
    assert agreement.expectations == 8


def law_of(found, name):
    return next(line["law"] for line in found if line.get("name") == name)


def another_fourth_moment_of_the_scale(found):
    law = law_of(found, "squared scales Z")
    law["moments"][1] = law["moments"][0]


def a_gaussian_length(found):
    law = law_of(found, "squared scale u")
    radius = law.pop("sphere")
    del law["size"]
    law["moments"] = [radius] * 3


def averages(found):
    return [line for line in found if line.get("rule") == "scales"]


def a_dropped_coincidence(found):
    averages(found)[-1]["terms"].pop(1)


def a_wrong_constant(found):
    averages(found)[1]["terms"][0][0] = 3


def an_asserted_direction(found):
    """The average is no longer one over the direction."""
    line = next(line for line in found if line.get("id") == averages(found)[0]["of"])
    line["rule"], line["claim"], line["why"] = "asserted", "", ""
    del line["steps"]


FORGERIES = [
    another_fourth_moment_of_the_scale, a_gaussian_length, a_dropped_coincidence, a_wrong_constant,
    an_asserted_direction,
]  # fmt: skip


@pytest.mark.parametrize("change", FORGERIES)
def test_a_forged_certificate_is_rejected(checker, monkeypatch, change):
    sentence = after(change, lines(), checker, monkeypatch)
    expected = (
        "is no average over"
        if change is an_asserted_direction
        else "value that it gives is not the right one"
    )
    assert expected in sentence and "scales" in sentence


@pytest.mark.parametrize("change", FORGERIES[:4])
def test_the_second_engine_disagrees_with_a_forged_one(change):
    found = lines()
    change(found)
    with pytest.raises(EnginesDisagreeError, match="the expectation over"):
        recheck(map(json.dumps, found), [{"n": 2, "d": 2}])


@pytest.mark.slow
def test_corrupted_certificates_are_rejected(checker):
    found = outcomes(
        checker, Certificate(certificate()), list(Certificate(certificate()).corruptions(per_kind=1))
    )
    assert len(found) >= 500
    assert [case for case, text in found.items() if text == "accepted"] == []
