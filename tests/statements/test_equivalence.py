"""A closed form that vanishes if and only if a law has some values: each direction, and what is false or not seen."""

from dataclasses import replace

import pytest
from sympy import Integer, symbols

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.expectation import ScalarMatrix, given_moments, kappa_law
from symicl.statements import Recorder, VanishesIff, prove
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import AutoregressiveTask, D
from symicl.theory import COORDINATES, autoregressive_loss, mean_of_coordinates, mean_over_coordinates

m2, k1, k2, k3 = symbols("m_2 kappa_1 kappa_2 kappa_3", nonnegative=True)
c = symbols("c", real=True)
LAW = kappa_law(D)
TASK = AutoregressiveTask(law=LAW, d=D)
X, Y, _ = map(read_form, COORDINATES)
LEFT = m2 - k1**2 / k2
SAID = VanishesIff(LEFT, (0, c**2))
ROOT = X - X**3 * read_form(k1 / k2)


def lemma(said, derivation=None):
    model = si.CausalLinearAttention()
    theorem = own_theorem(said, task=TASK, model=model)

    def derive(step):
        autoregressive_loss(model, TASK, model.active(*(ScalarMatrix(si.scalar(name)) for name in "ab")))
        step("A step")
        return (derivation and derivation(step)) or {}

    theorem.derivation(derive)
    return theorem


def conclude(step):
    step.conclude(VanishesIff(read_form(LEFT), (0, c**2), root=ROOT, law=LAW))


def test_an_equivalence_is_proved_and_its_wrong_versions_are_refuted():
    theorem = lemma(SAID, conclude)
    verdict = prove(theorem)
    assert verdict.status == "proved", verdict.reason
    assert verdict.statements[0].text.endswith(
        "if and only if x_{1j}² ∈ {0, c²} almost surely, for some number c."
    )
    assert "mean square is zero" in verdict.derivation.axioms[-1]
    wrong = list(wrong_propositions(theorem))
    directions = {"if and only if → if", "if and only if → only if"}
    assert {w.change for w in wrong} == directions | {
        "without 0", "without c**2", "one more value", "for one number",
    }  # fmt: skip
    for w in wrong:
        (found,) = judge_propositions(w.applied(theorem), verdict.derivation)
        if w.change in directions:
            assert found.comparison.status == "proved"
            continue
        assert found.comparison.status == "refuted", w.change
        assert "is false where the square is" in found.comparison.counterexample()


def test_without_a_conclusion_it_is_undecided():
    verdict = prove(lemma(SAID))
    assert verdict.status == "undecided" and "does not conclude this equivalence" in verdict.reason


def test_a_conclusion_on_another_form_or_law_does_not_decide_it():
    def twice(step):
        step.conclude(VanishesIff(read_form(LEFT) * 4, (0, c**2), root=ROOT * 2, law=LAW))

    assert prove(lemma(SAID, twice)).status == "undecided"
    other = given_moments(D, {2: m2, 4: k1, 6: k2})
    found = VanishesIff(read_form(LEFT), (0, c**2), root=ROOT, law=other)
    assert not SAID.follows_from(found, {}, type("Ties", (), {"task": TASK}))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"root": X - X**3 * read_form(k2)}, "the mean of the square"),
        ({"of": read_form(m2), "root": X}, "not zero at the moments of every law"),
        ({"root": ROOT * 2}, "the mean of the square"),
        ({"root": closed_form(1) - X**2 - X**4}, "its zeros are not seen"),
        ({"values": (c**2,)}, "its zeros are not seen"),
        ({"values": (0, c**2, 2 * c**2)}, "not zero at the moments of every law"),
        ({"root": None}, "give root="),
    ],
)
def test_a_wrong_conclusion_ends_the_derivation(wrong, message):
    step = Recorder()
    step("A step")
    right = VanishesIff(read_form(LEFT), (0, c**2), root=ROOT, law=LAW)
    step.conclude(right)
    with pytest.raises(DerivationError, match=message):
        step.conclude(replace(right, **wrong))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (VanishesIff(m2, (0, c**2)), "refuted"),
        (VanishesIff(k1 * k3, (0, c**2)), "undecided"),
        (VanishesIff(m2 - k1**2 / k2 + 1, (0, c**2)), "refuted"),
    ],
)
def test_other_forms(said, status):
    assert prove(lemma(said, conclude)).status == status


def test_values_that_are_no_squares():
    for values in ((), (0, c), (-1,), (c**2 - 1,), (0, -(c**2)), [0, c**2], (0, symbols("z") ** 2)):
        with pytest.raises(InputError, match="values"):
            VanishesIff(LEFT, values)
    with pytest.raises(InputError, match="one symbol"):
        VanishesIff(LEFT, (c**2, symbols("b", real=True) ** 2))


def test_one_value_without_a_free_number():
    """E(x² − 1)² is zero if and only if x² = 1."""
    form = read_form(k1 - 2 * m2 + 1)
    step = Recorder()
    step("A step")
    step.conclude(VanishesIff(form, (Integer(1),), root=X**2 - 1, law=LAW))
    with pytest.raises(DerivationError, match="zeros"):
        step.conclude(VanishesIff(form, (Integer(2),), root=X**2 - 1, law=LAW))


def test_means_over_coordinates():
    law = given_moments(D, {2: m2, 4: k1, 6: k2, (4, 2): k3})
    assert mean_over_coordinates(X**4 * Y**2 * 3 - X * Y + 2, law) == read_form(3 * k3 + 2)
    shown = mean_of_coordinates(X**2 - Y**2, law, X**2 + Y**2)
    assert shown.form == read_form(2 * k2 - 2 * k3)
    for weight in (X, -(X**2), X**2 - Y**2):
        with pytest.raises(DerivationError, match="not seen to be at least 0"):
            mean_of_coordinates(X, law, weight)
