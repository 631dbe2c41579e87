"""The least loss of a model of sequences over all weights: what concludes it, and what does not."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from sympy import Symbol, harmonic, symbols

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError
from symicl.expectation import entry_sum, given_moments, in_moduli, kappa_law, modulus_sum
from symicl.proofs.zheng2024.parts import complex_weights
from symicl.proofs.zheng2024.parts.global_minimum import with_mu
from symicl.proofs.zheng2024.parts.quadratic import minimum_over_u
from symicl.statements import LeastOverAll, Recorder, prove
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import AutoregressiveTask, D, T
from symicl.theory import (
    autoregressive_loss,
    is_decoupled,
    moduli_and_real_parts,
    seen,
    squares_of_moduli,
    sum_over_times,
)

MODEL, TASK = si.CausalLinearAttention(), AutoregressiveTask(law=kappa_law(D))
m2, k1, k2, k3 = symbols("m_2 kappa_1 kappa_2 kappa_3", nonnegative=True)
N = T - 2
LEAST = D * N * (m2 - k1**2 / (k2 + k3 * harmonic(N) / N))
"""Of the loss without a factor ½."""


@pytest.fixture(scope="module")
def best():
    return with_mu(minimum_over_u(Recorder()))


def lemma(said, best, **changes):
    theorem = own_theorem(said, task=TASK, model=MODEL)

    def derive(step):
        autoregressive_loss(MODEL, TASK)
        step("A step")
        if best is not None:
            conclude(step, best, **changes)
        return {}

    theorem.derivation(derive)
    return theorem


def conclude(step, best, terms=None, **changes):
    general = complex_weights.task
    said = LeastOverAll(best.L_star * 2, model=MODEL, task=general, product=best.u_star)
    step.conclude(replace(said, **changes), *(complex_weights.terms(best) if terms is None else terms))


def test_it_is_proved_and_its_wrong_versions_are_refuted(best):
    theorem = lemma(LeastOverAll(LEAST), best)
    verdict = prove(theorem)
    assert verdict.status == "proved", verdict.reason
    assert verdict.statements[0].text.startswith("Over all weights, complex ones too, the least value of ∑")
    wrong = list(wrong_propositions(theorem))
    assert {w.change for w in wrong} == {"attained → not attained", "twice the loss"}
    for w in wrong:
        (found,) = judge_propositions(w.applied(theorem), verdict.derivation)
        assert found.comparison.status == "refuted", w.change


@pytest.mark.parametrize("factor", [Fraction(9, 10), 2])
def test_another_value_is_refuted(best, factor):
    verdict = prove(lemma(LeastOverAll(LEAST * factor), best))
    assert verdict.status == "refuted" and "kappa_1" in verdict.counterexample


def test_without_a_conclusion_on_the_own_task_it_is_undecided(best):
    assert prove(lemma(LeastOverAll(LEAST), None)).status == "undecided"
    for other in (
        AutoregressiveTask(law=kappa_law(D), T=T + 1),
        AutoregressiveTask("orthogonal", kappa_law(D)),
    ):
        theorem = replace(lemma(LeastOverAll(LEAST), best), task=other)
        (found,) = judge_propositions(theorem, lemma(LeastOverAll(LEAST), best).derive())
        assert found.comparison.status == "undecided"
    odd = given_moments(D, {2: m2, 4: k1, 6: k2, (4, 2): k3 / (D - 1), (3, 3): Symbol("o", real=True)})
    theorem = replace(lemma(LeastOverAll(LEAST), best), task=AutoregressiveTask(law=odd))
    (found,) = judge_propositions(theorem, lemma(LeastOverAll(LEAST), best).derive())
    assert found.comparison.status == "undecided"


def test_wrong_conclusions_end_the_derivation(best):
    step = Recorder()
    step("A step")
    conclude(step, best)
    lower = best.L_star * 2 - read_form(m2)
    for changes, message in (
        ({"product": best.u_star * 2}, "at this product the loss is"),
        ({"value": lower}, "at this product the loss is"),
        ({"terms": list(complex_weights.terms(best))[:-1]}, "do not add up"),
        ({"terms": [*complex_weights.terms(best), seen(read_form(m2))]}, "do not add up"),
        ({"attained": False}, "is attained by multiples"),
        ({"model": None}, "give|concluded for"),
        ({"model": Seeing()}, "may lower the loss"),
    ):
        with pytest.raises(DerivationError, match=message):
            conclude(step, best, **changes)


@dataclass(frozen=True)
class Seeing(si.CausalLinearAttention):
    """Another block is multiplied with x_{t+1}, of the charge of the target."""

    def forward(self, weights, sequence):
        seen_next = sequence.stack([None, None, sequence.now.x(-1)])
        return super().forward(weights, sequence) + (weights["W_PV"] @ seen_next).block(0)


@dataclass(frozen=True)
class WithSkip(si.CausalLinearAttention):
    """The prediction contains x_t itself, which other blocks may cancel."""

    def forward(self, weights, sequence):
        return super().forward(weights, sequence) + sequence.now.x()


def test_other_blocks_may_lower_the_loss():
    assert is_decoupled(MODEL, TASK)
    assert not is_decoupled(Seeing(), TASK)
    assert not is_decoupled(WithSkip(), TASK)


# --- the terms --------------------------------------------------------------------------------------------


def at_numbers(form, d, **entries):
    """The value of a closed form in sums over coordinates."""
    from symicl.algebra import MEANING
    from symicl.expectation import EntrySum

    moduli = {f"|{name}|": [[abs(x) for x in row] for row in rows] for name, rows in entries.items()}
    total = form.expr
    values = {
        MEANING[a]: MEANING[a].value(d, entries | moduli)
        for a in form.letters()
        if isinstance(MEANING[a], EntrySum)
    }
    return complex(total.subs(D, d).xreplace(values))


A = [[1 + 2j, -0.5], [0.25j, 1.5 - 1j]]
B = [[-2j, 1 + 1j], [0.5, -1]]


def test_moduli_and_real_parts_at_numbers():
    one, other = (("B", "j", "j"), ("A", "j", "k")), (("B", "j", "k"), ("A", "j", "j"))
    for sign in (1, -1):
        found = at_numbers(moduli_and_real_parts(one, other, "jk", D, sign=sign).form, 2, A=A, B=B)
        z = [
            B[j][j] * A[j][k] * (B[j][k] * A[j][j]).conjugate() for j in range(2) for k in range(2) if j != k
        ]
        assert found == pytest.approx(sum(abs(x) + sign * x.real for x in z))
    trace = at_numbers(moduli_and_real_parts((("A", "j", "j"),), (), "", D, sign=-1).form, 2, A=A)
    assert trace == pytest.approx(sum(abs(A[j][j]) - A[j][j].real for j in range(2)))


def test_squares_at_numbers():
    combination = [(1, ("A", "j", "k"), ("B", "k", "k")), (-2, ("A", "k", "j"), ("B", "j", "j"))]
    found = at_numbers(squares_of_moduli(combination, "jk", D).form, 2, A=A, B=B)
    z = [A[j][k] * B[k][k] - 2 * A[k][j] * B[j][j] for j, k in ((0, 1), (1, 0))]
    assert found == pytest.approx(sum(abs(x) ** 2 for x in z))


def test_only_products_with_their_own_conjugate_are_moduli():
    both = [(1, ("A", "j", "k"))]
    assert in_moduli(modulus_sum(both, both, "", D)) == read_form(
        entry_sum([("|A|", "j", "k"), ("|A|", "j", "k")])
    )
    for left, right in (([(1, ("A", "j", "j"))], [(1, ("A", "j", "k"))]), ([(1, ("A", "j", "k"))], [(1,)])):
        mixed = modulus_sum(left, right, "", D)
        assert in_moduli(mixed) == mixed


def test_sums_over_times():
    assert sum_over_times({0: 1, -1: -1}, T - 1).form == read_form(N - harmonic(N))
    for wrong in ({0: 1, -1: -2}, {0: -1}, {0: 1, 1: -1}):
        with pytest.raises(DerivationError, match="not seen to be at least 0"):
            sum_over_times(wrong, T - 1)
    assert sum_over_times({-1: closed_form(2)}, T - 1).form == read_form(2 * harmonic(N))
