"""Recording a derivation: nothing changes but what is remembered."""

import time

import pytest

from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import Ratio
from symicl.errors import InputError
from symicl.theorems.catalogue import find
from symicl.theorems.prove import prove
from symicl.theorems.recording import Decision, recording
from symicl.theory.positivity import is_positive

ISOTROPIC = "mahankali2023.isotropic"


def test_a_verdict_without_a_recording_has_no_log():
    with pytest.raises(InputError, match="record=True"):
        _ = prove(find(ISOTROPIC)).proof_log


def test_a_recorded_derivation_is_the_same():
    plain, recorded = prove(find(ISOTROPIC)), prove(find(ISOTROPIC), record=True)
    assert recorded.certificate == plain.certificate


def test_no_class_is_changed_by_a_recording():
    kinds = (Polynomial, MatrixPolynomial, Ratio)
    before = [vars(kind).copy() for kind in kinds]
    with pytest.raises(ZeroDivisionError), recording(), recording():
        assert [vars(kind).copy() for kind in kinds] == before
        raise ZeroDivisionError
    assert [vars(kind).copy() for kind in kinds] == before


def test_only_the_outermost_operations_are_remembered():
    one = Polynomial.constant(2)
    with recording() as found:
        result = Ratio(one) + Ratio(one, Polynomial.constant(3))
    assert [call.rule for call in found.calls] == ["over", "over", "sum"]
    assert found.calls[-1].result is result


def test_decisions_know_what_was_decided():
    five = Polynomial.constant(5)
    with recording() as found:
        yes, no = is_positive(five), is_positive(-five)
    assert (bool(yes), bool(no)) == (True, False)
    assert isinstance(yes, Decision)
    assert yes.call.arguments == (five,)
    assert len(found.decisions) == 2
    assert is_positive(five) is True


def test_other_contexts_are_not_recorded():
    with recording() as found:
        pass
    _ = Polynomial.constant(2) + 3
    assert found.calls == []


@pytest.mark.parametrize("theorem_id", [ISOTROPIC, "zhang2024.ltb", "zhang2024.lsa_gap"])
def test_a_certificate_costs_at_most_twice_the_derivation(theorem_id):
    theorem = find(theorem_id)
    prove(theorem)
    plain, with_certificate = (min(timed(theorem, record) for _ in range(5)) for record in (False, True))
    assert with_certificate - plain <= 2 * plain


def timed(theorem, record):
    start = time.process_time()
    verdict = prove(theorem, record=record)
    if record:
        assert verdict.proof_log
    return time.process_time() - start
