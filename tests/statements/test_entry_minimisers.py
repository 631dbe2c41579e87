"""Minimisers entry by entry: proved by squares and deductions, refuted by weights, or undecided."""

from dataclasses import replace

import pytest
from sympy import Integer, Rational

from own_theorem import own_theorem
from proved import derivation_of
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.proofs.sander2024 import augmented, orthogonal, positions, unitary
from symicl.proofs.sander2024.parts import zeros
from symicl.proofs.sander2024.parts.diagonal import a_i, a_j, b_i
from symicl.proofs.sander2024.parts.positional import WEIGHTS, Positional, d
from symicl.statements import MinimalAtEntries, Recorder, prove
from symicl.statements.kinds.entry_points import around, differs
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.statements.ties import Ties
from symicl.theory import Coordinates, Deduction, EntryZeros, entry_squares, entry_symbol

THEOREMS = {m.theorem.id.partition(".")[2]: m.theorem for m in (augmented, unitary, orthogonal, positions)}
p, q = WEIGHTS.last(0), WEIGHTS.last(1)
C_ii, C_ij = entry_symbol("C", "i", "i"), entry_symbol("C", "i", "j")


def place_in(theorem):
    return next(k for k, said in enumerate(theorem.propositions) if isinstance(said, MinimalAtEntries))


def judged(theorem, said=None):
    """The verdict on the minimisers of a theorem, or on another statement in their place."""
    alone = replace(theorem, propositions=(said or theorem.propositions[place_in(theorem)],))
    (found,) = judge_propositions(alone, derivation_of(theorem.id))
    return found


@pytest.mark.parametrize("name", THEOREMS)
def test_they_are_proved_and_each_wrong_version_is_refuted(name):
    theorem = THEOREMS[name]
    statement = judged(theorem)
    assert statement.comparison.status == "proved"
    assert statement.text.endswith("and larger everywhere else.")
    wrong = [w for w in wrong_propositions(theorem) if w.place == place_in(theorem)]
    assert len(wrong) > 5
    for w in wrong:
        found = judged(theorem, w.proposition).comparison
        assert found.status == "refuted", w.change
        assert "is false at" in found.counterexample(), w.change


def test_the_sentences():
    assert "p_t = 0 at all t ≤ T - 2" in judged(unitary.theorem).text
    assert "for all coordinates i ≠ j" in judged(unitary.theorem).text
    assert "for some real r" in judged(orthogonal.theorem).text
    assert judged(augmented.theorem).text.startswith(
        "For every T_max ≥ 3 the loss of real diagonal A = diag(a) and B = diag(b) is ℓ⋆ exactly where"
    )


def test_signs_that_differ_between_the_two_matrices_are_no_minimum():
    said = augmented.theorem.propositions[0]
    u = Rational(3, 8)
    example = {"a": (1, 1), "b": (u, -u), "T_max": 3}
    wrong = replace(
        said,
        equations=(((a_i * b_i) ** 2, augmented.step_size**2), (a_i**2, a_j**2)),
        examples=(*said.examples, example),
    )
    found = judged(augmented.theorem, wrong).comparison
    assert found.status == "refuted" and "the equations hold, and the loss is" in found.counterexample()


@pytest.mark.parametrize(
    "equations",
    [
        ((p * C_ii, Integer(1)), (p * zeros.partner, zeros.r), (C_ij, Integer(0)), ((1 + zeros.r) * q, zeros.r * p)),
        ((p * C_ii, Integer(1)), (p * zeros.partner, zeros.r), (C_ij, Integer(0)), (q, -zeros.r * p)),
        ((p * C_ii, Integer(1)), (p * zeros.partner, zeros.r), (C_ij, Integer(1)), ((1 + zeros.r) * q, -zeros.r * p)),
        ((p * C_ii, Integer(2)), (p * zeros.partner, zeros.r), (C_ij, Integer(0)), ((1 + zeros.r) * q, -zeros.r * p)),
    ],
    ids=("sign", "denominator", "off the blocks", "scale"),
)  # fmt: skip
def test_other_blocks_are_refuted(equations):
    said = orthogonal.theorem.propositions[place_in(orthogonal.theorem)]
    found = judged(orthogonal.theorem, replace(said, equations=(*equations, zeros.EARLIER))).comparison
    assert found.status == "refuted"


def test_one_block_alone_is_too_small_a_set():
    said = orthogonal.theorem.propositions[place_in(orthogonal.theorem)]
    one = {zeros.r: Integer(1)}
    trigonometric = tuple((left.xreplace(one), right.xreplace(one)) for left, right in said.equations)
    found = judged(orthogonal.theorem, replace(said, equations=trigonometric, some=())).comparison
    assert found.status == "refuted" and "does not hold" in found.counterexample()


def test_shorter_sequences_have_more_minimisers():
    said = augmented.theorem.propositions[0]
    found = judged(augmented.theorem, replace(said, least=((augmented.T_max, 2),))).comparison
    assert found.status == "refuted" and "T_max = 2" in found.counterexample()
    later = judged(augmented.theorem, replace(said, least=((augmented.T_max, 7),))).comparison
    assert later.status == "proved"


# --- a theorem of one's own -----------------------------------------------------------------------------


def of_identity(step, *, deductions=None, equations=zeros.UNITARY, positional=None, terms=4):
    """The zeros for independent phases."""
    positional = positional or Positional("unitary")
    last, before, squares = positional.last, positional.before, positional.squares
    row = [("C", "i", "j")]
    shown = (
        entry_squares([(last, [("C", "i", "i")]), (-1, [])], "i", d),
        entry_squares([(last, row)], "ij", d, distinct=True),
        entry_squares([(1, row)], "ij", d) * squares,
        entry_squares([(before, row)], "i", d),
    )
    step.conclude(
        MinimalAtEntries(
            closed_form(0),
            equations,
            least=zeros.SINCE,
            positions=WEIGHTS,
            loss=positional.loss,
            deductions=zeros.of_unitary(positional) if deductions is None else deductions,
        ),
        *shown[:terms],
    )


def lemma(said, derivation=None, kind="unitary"):
    positional = Positional(kind)
    theorem = own_theorem(said, task=positional.task, model=positional.model)

    def derive(step):
        assert positional.loss
        step("A step")
        if derivation is not None:
            derivation(step)
        return {}

    theorem.derivation(derive)
    return theorem


SAID = MinimalAtEntries(
    Integer(0), zeros.UNITARY, least=zeros.SINCE, positions=WEIGHTS, examples=zeros.UNITARY_EXAMPLES
)


def test_a_theorem_of_ones_own_is_proved():
    verdict = prove(lemma(SAID, of_identity))
    assert verdict.status == "proved", verdict.reason


def test_without_a_conclusion_or_with_that_of_another_loss_it_is_undecided():
    assert prove(lemma(SAID)).status == "undecided"
    (found,) = judge_propositions(lemma(SAID, kind="orthogonal"), lemma(SAID, of_identity).derive())
    assert found.comparison.status != "proved"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"terms": 3}, "add up to"),
        ({"deductions": ()}, "it does not follow that"),
        ({"equations": zeros.UNITARY[:2]}, "it is not seen to vanish where the equations hold"),
        ({"equations": (*zeros.UNITARY, (C_ii, Integer(1)))}, "it does not follow that"),
    ],
    ids=str,
)
def test_a_wrong_conclusion_ends_the_derivation(wrong, words):
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match=words):
        of_identity(step, **wrong)


def test_a_deduction_for_one_coordinate_does_not_use_another_one():
    """For d = 1 there is no other one."""
    known = EntryZeros(Coordinates(d), {})
    one, ai, aj = closed_form(1), read_form(a_i), read_form(a_j)
    known.learn(ai - aj)
    nothing = ai * closed_form(0)
    with pytest.raises(DerivationError, match="there need not be a coordinate"):
        known.deduce(Deduction((nothing,), ((one, ai - aj, one), (-one, ai - aj, one))))


def test_sums_within_a_square_are_split_by_coordinates():
    """Σ_j C_ij is C_ii once C_ij = 0 is known, and with pairs C_ii + C_iī."""
    for paired in (False, True):
        known = EntryZeros(Coordinates(d, paired), {})
        known.learn_terms([entry_squares([(1, [("C", "i", "j")])], "i", d, paired=paired)])
        rows = read_form(C_ii) + (read_form(zeros.partner) if paired else 0)
        assert not known.vanishes(rows)
        known.learn(read_form(C_ij))
        assert known.vanishes(rows)


def test_no_equations_are_refused():
    with pytest.raises(InputError, match="give the equations"):
        MinimalAtEntries(Integer(0), ())


def test_an_instance_is_looked_at_with_all_coordinates():
    positional = Positional("unitary")
    (first, *_) = zeros.UNITARY_EXAMPLES
    ties = Ties(positional.model, positional.task)
    assert not differs(SAID, first, positional.loss, Integer(0), ties)
    assert "and not at least 1" in differs(SAID, first, positional.loss, Integer(1), ties)
    assert len(list(around([first]))) == 1 + 2 * (4 + 3)
