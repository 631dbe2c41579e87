"""Where a loss is not stationary, and of which kind its stationary points are: what is said, and what is refused."""

from dataclasses import replace

import pytest

from proved import derivation_of
from symicl.algebra import closed_form
from symicl.errors import DerivationError, InputError
from symicl.proofs.zheng2024 import limit, not_gd, stability
from symicl.proofs.zheng2024.setting import a, b, d
from symicl.statements import NotStationary, Recorder, SecondOrder, Stability
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.statements.ties import Ties
from symicl.tasks import T
from symicl.theory import positive

NOWHERE = NotStationary({"A": a, "B": b}, (a, b))
TIES = Ties(not_gd.theorem.model, not_gd.theorem.task)


@pytest.fixture(scope="module")
def concluded():
    return derivation_of(stability.theorem.id).concluded


def judged(said, concluded=(), ties=TIES):
    return said.judge({}, ties, concluded)


# --- not stationary ---------------------------------------------------------------------------------------


def test_no_multiples_of_the_identity_are_stationary():
    assert judged(NOWHERE).status == "proved"


@pytest.mark.parametrize(
    ("said", "witness"),
    [
        (replace(NOWHERE, nonzero=()), "is false at T = 3, a = 0, b = 0, d = 2: there it is stationary"),
        (replace(NOWHERE, masked=True), "is false at T = 3, a = 1, b = 1/2, d = 2: there it is stationary"),
    ],
)
def test_without_the_exception_or_the_entries_off_the_diagonal_it_is_refuted(said, witness):
    found = judged(said)
    assert (found.status, found.witness) == ("refuted", witness)


@pytest.mark.parametrize("nonzero", [(a,), (b,)])
def test_one_number_that_is_not_zero_is_enough(nonzero):
    """A true version, which is seen case by case."""
    assert judged(replace(NOWHERE, nonzero=nonzero)).status == "proved"


def test_a_law_whose_odd_moments_may_vanish_decides_nothing():
    ties = Ties(limit.theorem.model, limit.theorem.task)
    assert judged(NOWHERE, ties=ties).status == "undecided"


def test_other_matrices_are_refused():
    with pytest.raises(InputError, match="numbers of both matrices"):
        judged(NotStationary({"A": a}, (a,)))
    with pytest.raises(InputError, match="not zero"):
        judged(NotStationary({"A": a, "B": b}, (d,)))


# --- stability --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", stability.theorem.propositions, ids=lambda p: f"{p.name} {p.at[T]}")
def test_what_is_stated_is_concluded_and_undecided_without(said, concluded):
    assert judged(said, concluded).status == "proved"
    alone = judged(said)
    assert alone.status == "undecided" and f"does not conclude a {said.name}" in alone.reason


def test_every_wrong_version_is_refuted_by_sizes(concluded):
    wrong = list(wrong_propositions(stability.theorem))
    assert len(wrong) >= 10
    for version in wrong:
        found = judged(version.proposition, concluded)
        assert found.status == "refuted" and "there it is a" in found.witness, version


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Stability(True, {T: 4}, d, 100), "proved"),
        (Stability(False, {T: 4}, d, 3, 5), "proved"),
        (Stability(True, {T: 4}, d, 7, 9), "refuted"),
        (Stability(False, {T: 5}, d, 2, 1000), "proved"),
        (Stability(False, {T: 6}, d, 2), "undecided"),
        (Stability(True, {T: 5}, d, 50, 50), "refuted"),
        (Stability(True, {d: 3}, T, 3, 3), "undecided"),
    ],
)
def test_parts_of_a_range_and_other_ranges(said, expected, concluded):
    assert judged(said, concluded).status == expected


def test_ranges_that_meet_are_one():
    proof = SecondOrder(closed_form(0), (), ())
    known = [Stability(False, {T: 4}, d, low, high, proof) for low, high in ((2, 3), (4, 6), (8, 9))]
    for said, expected in (
        (Stability(False, {T: 4}, d, 3, 6), "proved"),
        (Stability(False, {T: 4}, d, 5, 8), "undecided"),
    ):
        about = [replace(each, proof=SecondOrder(_loss(), (), ())) for each in known]
        assert judged(said, about).status == expected


def _loss():
    return derivation_of(stability.theorem.id).concluded[0].proof.loss


def test_a_conclusion_on_another_loss_proves_nothing(concluded):
    other = [replace(each, proof=replace(each.proof, loss=each.proof.loss * 3)) for each in concluded]
    found = judged(stability.theorem.propositions[0], other)
    assert found.status == "undecided" and "another loss" in found.reason


GOOD = SecondOrder(
    closed_form(0), (("it vanishes", closed_form(0), closed_form(0)),), (positive(closed_form(1)),)
)


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (None, "give them as proof="),
        (replace(GOOD, gradient=()), "gradient is not shown"),
        (replace(GOOD, gradient=(("it vanishes", closed_form(1), closed_form(0)),)), "gradient is not shown"),
        (replace(GOOD, signs=()), "not seen, or not strict"),
        (replace(GOOD, signs=(positive(closed_form(-1)),)), "not seen, or not strict"),
        (replace(GOOD, signs=(positive(closed_form(0)),)), "not seen, or not strict"),
    ],
)
def test_evidence_that_does_not_hold_is_refused(proof, message):
    step = Recorder()
    step("a step")
    with pytest.raises(DerivationError, match=message):
        step.conclude(Stability(True, {T: 4}, d, 8, proof=proof))


def test_a_derivation_of_ones_own_concludes_nothing_by_this_kind():
    """What the signs are of is only said by the derivation."""
    own = replace(stability.theorem, _derivations=[])

    @own.derivation
    def derive(step):
        step("a step")
        evidence = replace(GOOD, loss=_loss())
        step.conclude(Stability(False, {T: 3}, d, 3, proof=evidence))
        return {}

    wrong = replace(own, propositions=(Stability(False, {T: 3}, d, 3),), _derivations=own._derivations)
    (found,) = judge_propositions(wrong, wrong.derive())
    assert found.comparison.status == "undecided"


@pytest.mark.parametrize(
    "given", [(True, {T: 4}, d, 1), (True, {T: 4}, d, 5, 4), (True, {T: "4"}, d, 5), (True, {T: 4}, d, True)]
)
def test_ranges_that_are_none_are_refused(given):
    with pytest.raises(InputError, match="range"):
        Stability(*given)
