"""Which active pairs attain the least loss: with the exceptions, and what does not follow."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Integer, harmonic, symbols

import symicl as si
from own_theorem import own_theorem
from symicl.errors import DerivationError
from symicl.expectation import given_moments, kappa_law
from symicl.proofs.zheng2024.parts import exact_minimisers as parts
from symicl.proofs.zheng2024.parts.global_minimum import with_mu
from symicl.proofs.zheng2024.parts.quadratic import minimum_over_u
from symicl.statements import PairMinimalExactlyWhere, Recorder
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import AutoregressiveTask, D, T

MODEL, TASK = si.CausalLinearAttention(), AutoregressiveTask(law=kappa_law(D))
m2, k1, k2, k3, mu, nu = symbols("m_2 kappa_1 kappa_2 kappa_3 mu nu", nonnegative=True)
N, ZERO = T - 2, Integer(0)
U = k1 / (k2 + k3 * harmonic(N) / N)
LEAST = D * N / 2 * (m2 - k1 * U)
A_jj, A_jk, A_kk, B_jj, B_jk = parts.A_jj, parts.A_jk, parts.A_kk, parts.B_jj, parts.B_jk
SIGNS = PairMinimalExactlyWhere(
    LEAST,
    {A_jj * B_jj: U, A_jj**2: A_kk**2, A_jk: ZERO, B_jk: ZERO},
    given=(mu, (T > 3, k2 - mu)),
    factor=Fraction(1, 2),
)
SPARSE = PairMinimalExactlyWhere(
    LEAST, {A_jj * B_jj: U, B_jk: ZERO}, at={mu: ZERO, nu: ZERO}, factor=Fraction(1, 2)
)


@pytest.fixture(scope="module")
def best():
    return with_mu(minimum_over_u(Recorder()))


@pytest.fixture(scope="module")
def derivation(best):
    def derive(step):
        for found in (
            parts.signs(best, mu, T > 3),
            parts.signs(best, mu, k2 - mu),
            parts.without_pairs(best),
        ):
            step("A step")
            conclude(step, best, found)
        return {}

    theorem = lemma()
    theorem.derivation(derive)
    return theorem.derive()


def conclude(step, best, found, terms=None, **changes):
    said, deductions, back = found
    said = replace(said, deductions=deductions, back=back)
    step.conclude(replace(said, **changes), *(parts.terms(said, best) if terms is None else terms))


def lemma(*said, task=TASK):
    return own_theorem(*said, task=task, model=MODEL)


def statuses(derivation, *said, task=TASK):
    return [s.comparison.status for s in judge_propositions(lemma(*said, task=task), derivation)]


def test_they_are_proved_and_wrong_versions_are_refuted(derivation):
    found = judge_propositions(lemma(SIGNS, SPARSE), derivation)
    assert [s.comparison.status for s in found] == ["proved", "proved"]
    assert "If μ > 0 and either T > 3 or κ₂ - μ > 0, the loss of real A, B" in found[0].text
    wrong = list(wrong_propositions(lemma(SIGNS, SPARSE)))
    changes = {w.change for w in wrong}
    assert {"A_jj*B_jj with the other sign", "A_jk free", "without the condition mu"} <= changes
    assert "without the condition (T > 3, kappa_2 - mu)" in changes
    for w in wrong:
        statement = judge_propositions(w.applied(lemma(SIGNS, SPARSE)), derivation)[w.place]
        assert statement.comparison.status == "refuted", w.change
        assert "above that value, and the equations" in statement.comparison.counterexample()


def test_other_values_and_other_sets_are_refuted(derivation):
    u = {A_jj * B_jj: U}
    for wrong in (
        replace(SIGNS, value=LEAST * 2),
        replace(SIGNS, given=(mu,)),
        replace(SPARSE, equations={**SPARSE.equations, A_jk: ZERO}),
        replace(SPARSE, at=None),
        replace(SIGNS, equations={**u, A_jj: A_kk, A_jk: ZERO, B_jk: ZERO}),
    ):
        assert statuses(derivation, wrong) == ["refuted"], wrong


def test_what_is_not_concluded_is_undecided(derivation):
    (found,) = judge_propositions(lemma(SIGNS), replace(derivation, concluded=()))
    assert found.comparison.status == "undecided" and "does not conclude" in found.comparison.reason
    assert statuses(derivation, replace(SIGNS, factor=Fraction(1), value=2 * LEAST)) == ["undecided"]
    odd = given_moments(D, {2: m2, 4: k1, 6: k2, (4, 2): k3 / (D - 1), (3, 3): symbols("o", real=True)})
    assert statuses(derivation, SIGNS, task=AutoregressiveTask(law=odd)) == ["undecided"]
    one = derivation.concluded[1:]
    assert statuses(replace(derivation, concluded=tuple(one)), SIGNS, SPARSE) == ["undecided", "proved"]


def test_wrong_conclusions_end_the_derivation(best):
    step = Recorder()
    step("A step")
    said = parts.signs(best, mu, T > 3)
    all_terms = parts.terms(said[0], best)
    for changes, message in (
        ({"given": (T > 3,)}, "are not compared as these letters say"),
        ({"given": (mu,)}, "not seen to vanish"),
        ({"terms": all_terms[1:]}, "add up to"),
        ({"deductions": said[1][1:]}, "not seen to vanish"),
        ({"back": ()}, "not seen to vanish where the equations hold"),
        ({"task": None}, "give it as task="),
    ):
        with pytest.raises(DerivationError, match=message):
            conclude(step, best, said, **{"terms": all_terms} | changes)
    with pytest.raises(DerivationError, match="is not the combination"):
        other = replace(said[1][0], combination=said[1][0].combination[1:])
        conclude(step, best, said, deductions=(other, *said[1][1:]))
    equations = {**said[0].equations, A_jj * B_jj: best.u_star * -1}
    with pytest.raises(DerivationError):
        conclude(step, best, said, equations=equations)
