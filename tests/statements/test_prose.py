"""What derivations say in words: references, indices, substitutions, and what features are orthogonal to."""

import json
import re

import pytest

from proved import derivation_of
from symicl.cli.commands.derive import _document
from symicl.cli.derivation_text import in_full
from symicl.statements import all_theorems, find
from symicl.statements.statements import judge
from symicl.statements.ties import Ties
from symicl.theory import expected_loss, minimise
from symicl.typeset import Equation, formula_latex
from symicl.typeset.letters import bound
from symicl.views import theorem_latex

THEOREMS = [t.id for t in all_theorems() if not t.origin]
EVALUATION_BAR = re.compile(r"\\[bB]ig+\|_|(?<![lr])(?<!\\)\|_[{a-zA-Z]")


def derived(theorem_id):
    return find(theorem_id), derivation_of(theorem_id)


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_every_reference_is_resolved_wherever_it_is_printed(theorem_id):
    theorem, derivation = derived(theorem_id)
    printed = {
        "text": in_full(theorem, derivation, None),
        "json": json.dumps(_document(theorem, derivation, None)),
        "latex": theorem_latex(theorem, derivation),
    }
    for form, text in printed.items():
        assert "{step:" not in text.replace("\\label{step:", "").replace("\\ref{step:", ""), form


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_what_a_statement_rests_on_is_plain_text(theorem_id):
    theorem, derivation = derived(theorem_id)
    for statement in judge(theorem, derivation, Ties(theorem.model, theorem.task)):
        document = statement.document()
        for sentence in (document["text"], *document["argued"]):
            assert "\\" not in sentence and "$" not in sentence and "{step" not in sentence, sentence


def test_a_reference_among_definitions_was_printed_as_it_is_written():
    theorem, derivation = derived("zhang2024.gradient_flow")
    meanings = [m for step in derivation.steps for m in step.where.values()]
    (meaning,) = (m for m in meanings if "{step:" in m)
    number = meaning.partition("{step:")[2].partition("}")[0]
    assert f"from the bound of step {number}\n" in in_full(theorem, derivation, None)
    (clause,) = (
        c
        for s in _document(theorem, derivation, None)["steps"]
        for c in s["where"]
        if "the bound of step" in c
    )
    assert clause.endswith(f"step {number}")


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_what_is_substituted_stands_in_front_and_not_behind_a_bar(theorem_id):
    theorem, derivation = derived(theorem_id)
    for text in (theorem_latex(theorem, derivation), *theorem.notation.values()):
        assert not EVALUATION_BAR.search(text), EVALUATION_BAR.search(text)


@pytest.mark.parametrize("latex", [r"u^{*}\big|_{T=3}", r"u^{*}|_{d=1}", r"\Big|_{W=0}"])
def test_bars_are_found(latex):
    assert EVALUATION_BAR.search(latex)
    assert not EVALUATION_BAR.search(r"|t-s|=k,\ \lVert v\rVert_{H}")


def indices(latex):
    """The coordinates that stand in subscripts."""
    return {
        letter
        for one, more in re.findall(r"_(?:([ijklmr])(?![a-zA-Z])|\{([^{}]*)\})", latex)
        for letter in re.findall(r"(?<![a-zA-Z\\])[ijklmr]+(?![a-zA-Z])", one or more)
        for letter in letter
    }


def free_indices(equation):
    """Coordinates on the right side that are neither summed over nor on the left."""
    right = formula_latex(equation.right) if not isinstance(equation.right, str) else equation.right
    return indices(right) - bound(right) - indices(equation.left)


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_both_sides_of_an_equation_have_the_same_coordinates(theorem_id):
    _, derivation = derived(theorem_id)
    for step in derivation.steps:
        for formula in step.formulas:
            if isinstance(formula, Equation):
                assert free_indices(formula) == set(), (step.title, formula.left)


def test_another_coordinate_is_noticed():
    assert free_indices(Equation(r"\partial_{B_{jk}}L", r"a^{2}b\,\mathbb{E}[x_l^{3}x_m^{3}]")) == {"l", "m"}
    assert free_indices(Equation(r"\partial_{A_{ll}}L", r"\sum_rx_l^{4}x_r^{2}")) == set()


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_features_are_orthogonal_to_what_is_said(theorem_id):
    """A feature that correlates with the target itself is not said to be orthogonal to it."""
    theorem, derivation = derived(theorem_id)
    claims = [c.claim for c in derivation.checks if re.search(r"feature \d of \d is orthogonal", c.claim)]
    if not claims:
        return
    problem = minimise(expected_loss(theorem.model, theorem.task)).problem
    target = theorem.task.target()
    correlated = [
        feature for feature in problem.orthogonal if theorem.task.expectation(target * feature.probe("probe"))
    ]
    assert bool(correlated) is not any("orthogonal to the target" in claim for claim in claims)
    assert bool(correlated) is any("$y_{0}-k^{\\top}x$" in claim for claim in claims)


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_every_stated_quantity_is_written_in_the_letters_of_the_theorem(theorem_id):
    theorem = find(theorem_id)
    assert set(theorem.claims) <= set(theorem.notation)
    assert len(set(theorem.states)) == len({theorem.left(name) for name in theorem.states})
