"""The step that concludes the least loss over any number of heads: what it shows, and what it refuses."""

from dataclasses import replace
from functools import cache

import pytest

import symicl as si
from symicl.algebra import closed_form
from symicl.errors import DerivationError
from symicl.statements import LeastOverHeads, Recorder, least_over_heads

d = si.dims("d")
TASK = si.LinearRegression(task_mean=si.vector("mu", d), task_cov=si.scalar("psi", nonnegative=True))


@cache
def bound(model):
    return si.minimise(si.expected_loss(model, TASK))


def test_it_concludes_the_bound_of_one_head_for_all_numbers_of_heads():
    step, found = Recorder(), bound(si.MultiHeadLinearAttention())
    assert least_over_heads(step, found) == found.closed_form
    (said,) = step.concluded
    assert isinstance(said, LeastOverHeads) and said.heads == d + 1
    titles = [s.title for s in step.steps]
    assert titles[1].startswith("$d+1$ heads make it")
    checked = [check.claim for s in step.steps for check in s.checks]
    assert sum("is orthogonal to feature" in claim for claim in checked) == len(found.problem.parts)


def test_a_bound_that_no_heads_attain_is_refused():
    with pytest.raises(DerivationError, match="no weights of heads are known"):
        least_over_heads(Recorder(), bound(si.LinearTransformerBlock(residual=False)))
    with pytest.raises(DerivationError, match="no weights of heads are known"):
        least_over_heads(Recorder(), bound(si.GDBeta()))


def wrong_coefficient(found):
    return replace(found, solution=found.solution * 2)


def wrong_summand(found):
    first, *others = found.problem.summands
    summands = (replace(first, coefficient=first.coefficient + closed_form(1)), *others)
    return replace(found, problem=replace(found.problem, summands=summands))


@pytest.mark.parametrize("wrong", [wrong_coefficient, wrong_summand])
def test_another_prediction_concludes_nothing(wrong):
    with pytest.raises(DerivationError):
        least_over_heads(Recorder(), wrong(bound(si.MultiHeadLinearAttention())))


def test_weights_that_make_another_sum_conclude_nothing():
    found = replace(bound(si.MultiHeadLinearAttention()))
    heads = found.weights_of_heads
    found.__dict__["weights_of_heads"] = replace(heads, last=heads.basis, basis=heads.last)
    with pytest.raises(DerivationError, match=r"quadratic forms in its vectors"):
        least_over_heads(Recorder(), found)
