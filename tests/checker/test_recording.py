"""Recording a derivation: nothing changes but what values know of where they come from."""

import copy
import os
import pickle
import subprocess
import sys
import time

import pytest

from proved import verdict_of
from symicl.algebra import (
    ClosedForm,
    MatrixPolynomial,
    Polynomial,
    call_of,
    closed_form,
    note,
    origin_of,
    remembered,
    tell,
    unheard,
)
from symicl.algebra.provenance import MAX_REMEMBERED
from symicl.certificates import recording
from symicl.errors import DerivationError, InputError
from symicl.expectation import InTime
from symicl.statements import Recorder, all_theorems, find, prove
from symicl.theory import nonnegative, positive

ISOTROPIC = "mahankali2023.isotropic"
TWO, two = Polynomial.constant(2), closed_form(2)


def test_a_verdict_without_a_recording_has_no_log():
    with pytest.raises(InputError, match="record=True"):
        _ = prove(find(ISOTROPIC)).proof_log


def test_a_recorded_derivation_is_the_same():
    plain, recorded = prove(find(ISOTROPIC)), prove(find(ISOTROPIC), record=True)
    assert recorded.certificate == plain.certificate


def test_no_class_is_changed_by_a_recording():
    kinds = (Polynomial, MatrixPolynomial, ClosedForm)
    before = [vars(kind).copy() for kind in kinds]
    with pytest.raises(ZeroDivisionError), recording(), recording():
        assert [vars(kind).copy() for kind in kinds] == before
        raise ZeroDivisionError
    assert [vars(kind).copy() for kind in kinds] == before


def test_a_value_knows_the_outermost_operation_that_made_it():
    with recording():
        one, other = closed_form(TWO), closed_form(TWO, Polynomial.constant(3))
        result = one + other
    assert call_of(result) == ("sum", (one, other), result)
    assert call_of(one).rule == "over"
    assert call_of(TWO) is None


def test_the_parts_of_a_result_know_the_whole():
    part = Polynomial.constant(5)
    found = InTime({1: part}, {2: TWO * 3})
    with recording():
        note("phases", ("an expectation",), found)
    assert call_of(part) == call_of(found) == ("phases", ("an expectation",), found)
    assert origin_of(part).place == ("power", 1)


def test_what_is_handed_on_keeps_its_origin():
    with recording():
        made = TWO + 1
        note("another rule", (TWO,), made)
        note("another rule", (TWO,), TWO)
    assert call_of(made).rule == "sum"
    assert call_of(TWO) is None


def test_without_a_listener_nothing_is_noted():
    with recording() as found:
        pass
    assert origin_of(TWO + 3) is None
    tell("step", ("unheard",))
    assert found.facts == []


def test_a_copy_comes_from_nowhere():
    with recording():
        made = TWO + 1
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert origin_of(other) is None


@pytest.mark.parametrize("depth", [30_000])
def test_a_long_chain_of_operations_is_walked_and_freed(depth):
    with recording():
        value = Polynomial.constant(0)
        for _ in range(depth):
            value = value + 1
    assert pickle.loads(pickle.dumps(value)) == depth
    del value


def test_a_known_fact_has_no_origin():
    @unheard
    def fact():
        tell("step", ("inside",))
        return TWO + 1

    with recording() as found:
        assert origin_of(fact()) is None
    assert found.facts == []


def test_what_is_remembered_tells_its_facts_again():
    calls = []

    @remembered
    def derived(k):
        calls.append(k)
        tell("step", (k,))
        return TWO + k

    silent = derived(1)
    assert derived(1) is silent
    told, origins = [], []
    for _ in range(2):
        with recording() as found:
            origins.append(origin_of(derived(1)))
        told.append([fact.arguments for fact in found.facts])
    assert told == [[(1,)], [(1,)]]
    assert origins[0] is origins[1] is not None
    assert calls == [1, 1]


def test_only_so_many_results_are_remembered():
    calls = []
    derived = remembered(calls.append)
    for k in (*range(MAX_REMEMBERED + 1), MAX_REMEMBERED, 0):
        derived(k)
    assert calls == [*range(MAX_REMEMBERED + 1), 0]


def test_evidence_is_told_with_the_fact_that_it_was_handed_to():
    step = Recorder()
    five = positive(closed_form(5))
    with recording() as found:
        step("a step")
        step.require("both hold", five, TWO == 2, rule="signs")
    assert found.facts[-1].arguments == ("both hold", "signs", (five,))


@pytest.mark.parametrize(
    "decided",
    [(), (False,), (positive(two), False), (nonnegative(-two),), (positive(two), positive(two - 2))],
)
def test_a_fact_needs_all_that_was_decided_for_it(decided):
    step = Recorder()
    step("a step")
    with pytest.raises(DerivationError, match="does not hold: it holds"):
        step.require("it holds", *decided, rule="signs")


HISTORY = """
import hashlib
from symicl.statements import find
from symicl.statements import prove

def show(theorem):
    print(hashlib.sha256(prove(find(theorem), record=True).proof_log.encode()).hexdigest())

"""
THEOREMS = ("sander2024.unitary", "zheng2024.limit", "zhang2024.bayes", ISOTROPIC)


@pytest.fixture(scope="module")
def certificates_late():
    """What a process writes that has derived everything before, without a listener and with one."""
    lines = [f"find({theorem!r}).derive()" for theorem in THEOREMS]
    lines += [f"show({theorem!r})" for theorem in THEOREMS * 2]
    found = certificates_of(lines)
    return dict(zip(THEOREMS, zip(found[: len(THEOREMS)], found[len(THEOREMS) :], strict=True), strict=True))


def certificates_of(lines, **environment):
    program = HISTORY + "\n".join(lines)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": "random"} | environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


@pytest.mark.parametrize("theorem", THEOREMS)
def test_a_certificate_does_not_depend_on_what_was_derived_before(theorem, certificates_late):
    (fresh,) = certificates_of([f"show({theorem!r})"], PYTHONHASHSEED="1", OMP_NUM_THREADS="2")
    assert certificates_late[theorem] == (fresh, fresh)


@pytest.mark.slow
def test_no_certificate_of_the_catalogue_depends_on_order_repetition_hashes_or_threads():
    ids = [theorem.id for theorem in all_theorems()]
    first = certificates_of([f"show({i!r})" for i in ids], PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
    backwards = [i for i in reversed(ids) for _ in range(2)]
    again = certificates_of([f"show({i!r})" for i in backwards], PYTHONHASHSEED="1", OMP_NUM_THREADS="2")
    said = dict(zip(ids, first, strict=True))
    assert [i for i, found in zip(backwards, again, strict=True) if found != said[i]] == []


@pytest.mark.parametrize("theorem_id", [ISOTROPIC, "zhang2024.ltb", "zhang2024.lsa_gap"])
def test_a_certificate_costs_at_most_twice_the_derivation(theorem_id):
    theorem = find(theorem_id)
    verdict_of(theorem_id)  # what is kept from one derivation to the next is there for both
    for _ in range(5):  # a busy machine may slow one of the two down
        plain, with_certificate = (timed(theorem, record) for record in (False, True))
        if with_certificate - plain <= 2 * plain:
            return
    pytest.fail(f"{with_certificate:.2f} s with a certificate, {plain:.2f} s without")


def timed(theorem, record):
    start = time.process_time()
    verdict = prove(theorem, record=record)
    if record:
        assert verdict.proof_log
    return time.process_time() - start
