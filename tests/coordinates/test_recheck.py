"""The second engine on proof logs: what it agrees to, and wrong logs that it refuses."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

from proved import verdict_of
from symicl.certificates.coordinates import Gaussians, matrices, mean_of_product, recheck
from symicl.certificates.coordinates.agreement import default_sizes
from symicl.certificates.coordinates.entries import Entry
from symicl.certificates.coordinates.gaussian import standard_form
from symicl.certificates.coordinates.proof_log import ProofLog
from symicl.errors import EnginesDisagreeError, InputError
from symicl.statements import all_theorems

GAUSSIAN = "mahankali2023.isotropic"
WITH_COVARIANCES = "zhang2024.bayes"
SMALL = [{"n": 1, "d": 2}, {"n": 2, "d": 1}]


@cache
def log_of(name: str) -> tuple[str, ...]:
    return tuple(verdict_of(name).proof_log.splitlines())


def changed(name: str, rule: str, change, which: int = 0) -> list[str]:
    """The log with one entry of a rule changed; those before ``which`` are left alone."""
    lines = list(log_of(name))
    places = [i for i, line in enumerate(lines) if json.loads(line).get("rule") == rule]
    entry = json.loads(lines[places[which]])
    change(entry)
    lines[places[which]] = json.dumps(entry)
    return lines


WITH_ONES = {"attention.centred", "li2024.retrieval"}
"""With a vector of ones no bound of the degree is known, and moments agree at the sizes that are tried."""
LONG = {"ahn2023.depth", "gatmiry2024.looped", "huang2025.steps", "saxe2025.dynamics"}
"""The grid of a moment of degree eight, tr (XᵀX)⁴, is beyond the budget; it agrees at the sizes that are tried."""


@pytest.mark.parametrize("name", [theorem.id for theorem in all_theorems()])
def test_the_catalogue(name):
    """Every expectation and moment is determined; of the equalities few are not."""
    log = ProofLog(log_of(name))
    found = recheck(log_of(name), default_sizes(list(log.size_letters))[:3])
    averages = ("expectation", "scales", "independent_entries")
    assert found.expectations == sum(len(log.rule(rule)) for rule in averages)
    assert found.moments == len(log.rule("stein"))
    assert found.grid_proved == found.moments or name in WITH_ONES | LONG
    assert found.undetermined <= 6 and found.facts > 10


def scale_a_term(entry):
    entry["terms"][0][0] = str(Fraction(entry["terms"][0][0]) + 1)


def drop_a_term(entry):
    del entry["terms"][-1]


def transpose_a_letter(entry):
    terms = [w for _, closed, _ in entry["terms"] for w in closed if len(w) > 3]
    terms[0][1] *= -1


@pytest.mark.parametrize("name", [GAUSSIAN, WITH_COVARIANCES])
@pytest.mark.parametrize("change", [scale_a_term, drop_a_term])
@pytest.mark.parametrize("which", [0, 7, 20, -1])
def test_a_wrong_expectation(name, change, which):
    with pytest.raises(EnginesDisagreeError, match=f"{name}: the two engines disagree"):
        recheck(changed(name, "expectation", change, which), SMALL)


@pytest.mark.parametrize("name", [GAUSSIAN, WITH_COVARIANCES])
@pytest.mark.parametrize("which", range(0, 76, 7))
def test_a_wrong_step(name, which):
    def change(entry):
        entry["equals"][0][0] += 1

    with pytest.raises(EnginesDisagreeError, match=r"disagree on E\[tr\("):
        recheck(changed(name, "stein", change, which), SMALL)


@pytest.mark.parametrize("name", [GAUSSIAN, WITH_COVARIANCES, "zheng2024.limit"])
def test_a_wrong_value_in_between(name):
    """What a matrix is cut out of, or what has been computed, is no longer what is said of it."""
    rules = ("cut",) if name == GAUSSIAN else ("cut", "stated")
    for rule in rules:
        if rule == "cut":
            lines = changed(name, rule, scale_a_term, -1)
        else:
            lines = changed(name, rule, lambda entry: entry.update(stated=entry["derived"] - 1))
        with pytest.raises(EnginesDisagreeError):
            recheck(lines, SMALL)


def test_a_wrong_sign():
    lines = list(log_of(GAUSSIAN))
    place = next(i for i, line in enumerate(lines) if json.loads(line).get("rule") == "sign")
    entry = json.loads(lines[place])
    number = {"id": place + 1, "rule": "data", "rows": 1, "cols": 1, "terms": [["-1/2", [], []]]}
    entry.update(id=place + 2, of=place + 1)
    with pytest.raises(EnginesDisagreeError, match="line"):
        recheck([*lines[:place], json.dumps(number), json.dumps(entry)], SMALL)


def test_the_smallest_instance_and_the_shortest_monomial_are_reported():
    def change(entry):
        entry["equals"][0][0] += 1

    with pytest.raises(EnginesDisagreeError) as caught:
        recheck(changed(GAUSSIAN, "stein", change))
    assert "at d = 1, n = 1" in str(caught.value) and "line" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_dimension_in_the_place_of_the_other_needs_two_sizes():
    """n for d agrees at n = d = 1; the smallest instance that shows it is d = 1, n = 2."""
    log = ProofLog(log_of(GAUSSIAN))
    n, d = log.size_letters["n"], log.size_letters["d"]
    mentions = [
        i for i, line in enumerate(log.rule("expectation")) if any([n] in c for _, c, _ in line["terms"])
    ]

    def change(entry):
        for _, closed, _ in entry["terms"]:
            closed[:] = [[d] if word == [n] else word for word in closed]

    with pytest.raises(EnginesDisagreeError, match="at d = 1, n = 2"):
        recheck(changed(GAUSSIAN, "expectation", change, mentions[0]))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "empty"),
        (["{}"], "line 1.*version 3"),
        (["no json"], "line 1"),
        ([log_of(GAUSSIAN)[0], '{"id":7,"rule":"step"}'], "line 2.*its id is 7"),
        ([log_of(GAUSSIAN)[0], '{"id":2,"rule":"trace","of":9}'], "line 2"),
        ([log_of(GAUSSIAN)[0], '{"rule":"step"}'], "line 2"),
        ([log_of(GAUSSIAN)[0], "[" * 9999], "line 2"),
    ],
)
def test_what_is_not_a_proof_log(lines, sentence):
    with pytest.raises(InputError, match=sentence):
        recheck(lines)


def test_default_sizes():
    assert default_sizes([]) == [{}]
    found = default_sizes(["n", "d"])
    assert found[0] == {"n": 1, "d": 1} and {"n": 2, "d": 3} in found and {"n": 3, "d": 2} in found
    assert all(a["n"] * a["d"] <= b["n"] * b["d"] for a, b in pairwise(found))


# --- Gaussian entries ------------------------------------------------------------------------------------


def test_standard_form():
    covariance = [[4, 2, -2], [2, Fraction(5, 2), 1], [-2, 1, 7]]
    L, D = standard_form(covariance)
    scaled = [[x * D[k] for k, x in enumerate(row)] for row in L]
    assert matrices.product(scaled, matrices.transpose(L)) == covariance
    assert standard_form([[0, 0], [0, 3]])[1] == [0, 3]
    with pytest.raises(InputError, match="leading minor"):
        standard_form([[0, 1], [1, 0]])


def test_entries_have_the_covariance_of_their_law():
    U, V, s = [[2, 1], [1, 3]], [[5, -1, 2], [-1, 4, 1], [2, 1, 6]], Fraction(3, 7)
    gaussians = Gaussians()
    Z = gaussians.draw(2, 3, U, V, s)
    for i in range(2):
        for a in range(3):
            for j in range(2):
                for b in range(3):
                    assert gaussians.mean([[Z[i][a] * Z[j][b]]]) == [[s * U[i][j] * V[a][b]]]
    # The fourth moment of one entry is 3 var².
    assert gaussians.mean([[Z[1][2] ** 4]]) == [[3 * (s * 18) ** 2]]
    assert mean_of_product(Z[0][0], Z[0][1] + Entry.constant(2), gaussians.variances) == -s * 2
