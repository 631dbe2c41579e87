"""The least loss by rank: proved by a projector and heads, refuted by weights or by a bound, or undecided."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, Rational

import symicl as si
from own_theorem import own_theorem
from proved import derivation_of
from symicl.algebra import PositivePart, closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.proofs.sander2024 import orthogonal, unitary
from symicl.proofs.sander2024.parts import few_planes
from symicl.proofs.sander2024.parts.positional import WEIGHTS, H, Positional, d
from symicl.statements import LeastByRank, RankBound, Recorder, prove
from symicl.statements.kinds.least_by_rank import SERVED, at_heads
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.theory import Projector, entry_squares

THEOREMS = {"unitary": unitary.theorem, "orthogonal": orthogonal.theorem}


def lemma(said, kind="unitary", derivation=None):
    """A theorem of one's own on the model with positional weights."""
    positional = Positional(kind)
    theorem = own_theorem(said, task=positional.task, model=positional.model)

    def derive(step):
        assert positional.loss
        step("A step")
        if derivation is not None:
            derivation(step, positional)
        return {}

    theorem.derivation(derive)
    return theorem


def eckart_young(step, positional, *, value=None, weights=None, vanishing=None, terms=3):
    """The bound for independent phases."""
    last, before, squares = positional.last, positional.before, positional.squares
    Pi, entry = Projector("C", d), [("C", "i", "j")]
    gone = (Pi.keeps([(last * 2, [])], "i", "i", "i"), Pi.idempotent([(-1, [])], "i", "i", "i"))
    proof = RankBound(
        positional.loss,
        Pi,
        gone if vanishing is None else vanishing,
        {WEIGHTS.last(0): Integer(1)} if weights is None else weights,
    )
    shown = (
        entry_squares([(last, entry), (-1, [("Pi", "i", "j")])], "ij", d),
        entry_squares([(1, entry)], "ij", d) * squares,
        entry_squares([(before, entry)], "i", d),
    )
    step.conclude(LeastByRank(value or PositivePart(d - H), H, proof=proof), *shown[:terms])


@pytest.mark.parametrize("name", THEOREMS)
def test_it_is_proved_and_each_wrong_version_is_refuted(name):
    theorem = THEOREMS[name]
    derivation = derivation_of(theorem.id)
    place = next(k for k, p in enumerate(theorem.propositions) if isinstance(p, LeastByRank))
    said = judge_propositions(theorem, derivation)[place]
    assert said.comparison.status == "proved"
    assert said.text == (
        "For every T ≥ 2 the least loss over all weights with rank C ≤ H is ℓ_H⋆, and some of them attain it."
    )
    wrong = [w for w in wrong_propositions(theorem) if w.place == place]
    assert {"a rank one less", "a rank one more", "twice the rank", "from one time earlier on"} <= {
        w.change for w in wrong
    }
    for w in wrong:
        found = judge_propositions(w.applied(theorem), derivation)[place].comparison
        assert found.status == "refuted", w.change
        assert "is false" in found.counterexample(), w.change


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (LeastByRank(PositivePart(d - H), H), "proved"),
        (LeastByRank(PositivePart(d - H), H, since=3), "proved"),
        (LeastByRank(PositivePart(d - 2 * H), 2 * H), "proved"),
        (LeastByRank(PositivePart(d - 2 * H), H), "refuted"),
        (LeastByRank(PositivePart(d - H) + 1, H), "refuted"),
        (LeastByRank(PositivePart(d - H) / 2, H), "refuted"),
        (LeastByRank(d - H, H), "refuted"),
        (LeastByRank(PositivePart(d - H), H, since=1), "refuted"),
        (LeastByRank(PositivePart(d - H), H, attained=False), "refuted"),
    ],
    ids=str,
)
def test_a_theorem_of_ones_own(said, status):
    theorem = lemma(said, derivation=eckart_young)
    (found,) = judge_propositions(theorem, theorem.derive())
    assert found.comparison.status == status, found.comparison
    verdict = prove(theorem)
    assert verdict.status == status, verdict.reason


def test_without_a_conclusion_it_is_undecided_or_refuted_by_weights():
    (found,) = judge_propositions(lemma(LeastByRank(PositivePart(d - H), H)))
    assert found.comparison.status == "undecided"
    for kind in ("unitary", "orthogonal"):
        (found,) = judge_propositions(lemma(LeastByRank(d, H), kind))
        assert found.comparison.status == "refuted"
        assert "heads have the loss" in found.comparison.counterexample()


def test_a_bound_of_another_loss_is_no_evidence():
    """That of independent phases says nothing of conjugate pairs."""

    def elsewhere(step, positional):
        eckart_young(step, Positional("unitary"))

    theorem = lemma(LeastByRank(PositivePart(d - H), H), "orthogonal", elsewhere)
    assert judge_propositions(theorem, theorem.derive())[0].comparison.status != "proved"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"terms": 2}, "add up to"),
        ({"vanishing": ()}, "add up to"),
        ({"value": PositivePart(d - 2 * H)}, "add up to"),
        ({"value": d - H}, "the positive part of a bound"),
        ({"weights": {WEIGHTS.last(0): Rational(1, 2)}}, "is not the bound"),
        ({"weights": {}}, "is not the bound"),
    ],
    ids=str,
)
def test_a_wrong_conclusion_ends_the_derivation(wrong, words):
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match=words):
        eckart_young(step, Positional("unitary"), **wrong)


def test_a_multiple_of_something_else_does_not_vanish():
    class Claimed:
        form, projector = closed_form(0), Projector("C", d)

    with pytest.raises(DerivationError, match="made by the projector"):
        RankBound(Positional("unitary").loss, Projector("C", d), (Claimed(),), {})


def test_bad_fields_are_refused():
    with pytest.raises(InputError, match="give an expression"):
        LeastByRank("loss", "H")
    with pytest.raises(InputError, match="is no time"):
        LeastByRank("loss", H, since=2.5)
    (found,) = judge_propositions(lemma(LeastByRank(PositivePart(d - H), H, matrix="D")))
    assert found.comparison.status == "undecided" and "D is no free matrix" in found.comparison.reason


def test_prompts_have_no_loss_at_one_time():
    said = LeastByRank(si.dims("d"), H, matrix="C")
    theorem = replace(lemma(said), task=si.LinearRegression(), model=si.OneStepGD())
    (found,) = judge_propositions(theorem)
    assert found.comparison.status == "undecided"


@pytest.mark.parametrize("paired", [False, True])
def test_what_vanishes_does_and_what_is_not_negative_is_not(paired):
    """At numbers: a random matrix of low rank and the projector on its range."""
    from symicl.expectation import EntrySum

    rng = np.random.default_rng(3)
    C = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 4))
    Q = np.linalg.qr(C[:, :2])[0]
    entries, partner = {"C": C.tolist(), "Pi": (Q @ Q.T).tolist()}, [1, 0, 3, 2] if paired else None

    def value(form):
        sums = {s: s.value(4, entries, partner) for s in form.expr.atoms(EntrySum)}
        return float(form.expr.subs(sums).subs({d: 4, WEIGHTS.last(0): 0.7}))

    Pi = Projector("C", d, paired)
    assert value(Pi.rank) == pytest.approx(2)
    parts = few_planes.vanishing(Pi, Positional.last) if paired else (
        Pi.keeps([(Positional.last, [])], "i", "i", "i"), Pi.idempotent([(1, [])], "i", "i", "i"))  # fmt: skip
    for part in parts:
        assert value(part.form) == pytest.approx(0, abs=1e-12)
    if paired:
        assert all(value(term.form) >= -1e-12 for term in few_planes.above_the_ranks(Pi, Positional.last))


@pytest.mark.parametrize("paired", [False, True])
def test_the_loss_of_heads_is_that_of_their_matrix(paired):
    positional = Positional("orthogonal" if paired else "unitary")
    weights = {WEIGHTS.last(0): Integer(2), WEIGHTS.last(1): Rational(1, 3)}
    size, together = 4, 2 if paired else 1
    there = at_heads(positional.loss, "C", together, weights)
    for heads in range(size // together + 1):
        C = [[int(i // together == j // together < heads) for j in range(size)] for i in range(size)]
        expected = read_form(positional.at(C, [0, 0, Rational(1, 3), 2]))
        assert read_form(there.expr.subs({SERVED: heads, d: size})) == expected
