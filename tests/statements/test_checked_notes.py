"""What was once said in notes is checked by steps: from slightly wrong premises these checks fail."""

from dataclasses import replace

import pytest

from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError
from symicl.proofs.sander2024.parts.heads import trained_scale
from symicl.proofs.sander2024.parts.positional import WEIGHTS
from symicl.proofs.zhang2024.lsa.any_prior import gram_matrix, rows_of
from symicl.proofs.zhang2024.lsa.parity import split_by_parity
from symicl.proofs.zhang2024.lsa_gap import model, task
from symicl.proofs.zheng2024.parts import minimisers
from symicl.proofs.zheng2024.parts.minimisers import (
    A_jj,
    A_kk,
    B_jj,
    B_kk,
    nothing_off_the_diagonal,
    on_a_pair,
)
from symicl.statements import Recorder
from symicl.theory import expected_loss


def recorder():
    step = Recorder()
    step("a step")
    return step


def refused(check, *arguments, match):
    with pytest.raises(DerivationError, match=match):
        check(recorder(), *arguments)


@pytest.fixture(scope="module")
def rows():
    split, risk = split_by_parity(Recorder(), expected_loss(model, task))
    return rows_of(risk, split)


def test_the_matrix_of_a_row_is_a_gram_matrix(rows):
    gram_matrix(recorder(), rows)
    refused(gram_matrix, replace(rows, q=rows.q * 2), match="mean square")
    refused(gram_matrix, replace(rows, weight=rows.weight + 1), match="its mean")


def both_ways():
    return A_jj * B_jj * A_kk * B_kk * 2 + sum(
        (on_a_pair(f"Q_{i}") ** 2 for i in range(1, 6)), closed_form(0)
    )


def test_three_tokens_leave_nothing_off_the_diagonal():
    nothing_off_the_diagonal(recorder(), both_ways())
    refused(nothing_off_the_diagonal, both_ways() + A_jj**4, match="is a combination")


@pytest.mark.parametrize(("name", "other"), [("Q_2", "Q_3"), ("Q_5", "Q_4"), ("Q_1", "Q_6")])
def test_each_of_the_squares_is_needed(monkeypatch, name, other):
    form = on_a_pair
    squares = both_ways()
    monkeypatch.setattr(minimisers, "on_a_pair", lambda asked: form(other if asked == name else asked))
    refused(nothing_off_the_diagonal, squares, match="is a combination")


def test_one_scale_solves_the_equation():
    diagonal = 1 / read_form(WEIGHTS.last(0))
    trained_scale(Recorder(), diagonal, closed_form(0), "C")
    with pytest.raises(DerivationError, match="p_T=1/c"):
        trained_scale(Recorder(), diagonal * 2, closed_form(0), "C")
