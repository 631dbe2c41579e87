"""Propositions: what is said besides closed forms is judged by evidence, and can be refuted, quantifiers included."""

import json
from dataclasses import replace
from functools import cache

import pytest
from sympy import Identity, MatrixSymbol, Symbol

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import transpose
from symicl.cli.app import run
from symicl.errors import InputError
from symicl.models import Model, WeightShape
from symicl.statements import (
    ASSUMED,
    UNCHECKED,
    EveryMinimiser,
    GlobalMinimum,
    all_theorems,
    find,
    prove,
)
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.typeset import plain

SAYING = [theorem for theorem in all_theorems() if theorem.propositions]
ISOTROPIC = find("mahankali2023.isotropic")
TRUE_AGAIN = {
    "factors reversed at H*Psi", "every → only", "if and only if → if", "if and only if → only if",
    "together → one after the other", "d → ∞ as well",
}  # fmt: skip
"""Changes that alter no value, as tr(HΨ) = tr(ΨH), or that say less or something else that is true."""
FALSE_HERE, TRUE_HERE = (
    {(id, "d → ∞ as well") for id in ("li2024.retrieval", "gatmiry2024.looped", "huang2025.steps")},
    {
        ("wu2023.excess", "every → every stationary point"),
        ("attention.relu", "every → every stationary point"),
    },
)
"""Changes that are otherwise in one theorem: a limit that depends on d, and a convex loss."""
OPEN = {
    ("zhang2024.gd_beta", "attained → attained once"),
    ("zhang2024.gd_beta", "every → every stationary point"),
    ("zhang2024.gd_beta", "all weights → those with beta = 0"),
    ("zhang2024.bayes", "attained → attained once"),
    ("wu2023.excess", "attained → attained once"),
    ("attention.relu", "attained → attained once"),
    ("xie2025.guess", "all weights → those with b = 0"),
    ("xie2025.guess", "every → every stationary point"),
    ("xie2025.heads", "one head"),
    ("zhang2024.bayes", "all weights → those with beta = 0"),
}
"""Changes that are neither proved nor refuted."""


@cache
def derivation_of(theorem_id):
    return find(theorem_id).derive()


@pytest.mark.parametrize("theorem", SAYING, ids=lambda t: t.id)
def test_what_the_catalogue_says_is_proved(theorem):
    for statement in judge_propositions(theorem, derivation_of(theorem.id)):
        assert statement.comparison.status == "proved", statement
        assert statement.text in map(plain, theorem.sentences)


@pytest.mark.parametrize("theorem", SAYING, ids=lambda t: t.id)
def test_wrong_versions_are_refuted(theorem):
    wrong = list(wrong_propositions(theorem))
    changed = {type(theorem.propositions[w.place]) for w in wrong}
    assert changed == {type(said) for said in theorem.propositions}
    # One after another in one theorem, which is minimised once.
    all_of_them = replace(theorem, propositions=tuple(w.proposition for w in wrong))
    for w, statement in zip(wrong, judge_propositions(all_of_them, derivation_of(theorem.id)), strict=True):
        if (w.change in TRUE_AGAIN and (theorem.id, w.change) not in FALSE_HERE) or (
            theorem.id,
            w.change,
        ) in TRUE_HERE:
            assert statement.comparison.status == "proved"
            continue
        if (theorem.id, w.change) in OPEN:
            assert statement.comparison.status == "undecided" and statement.comparison.reason
            continue
        assert statement.comparison.status == "refuted", (w.change, statement.comparison.reason)
        found = statement.comparison.counterexample()
        assert "is false" in found or ", stated " in found


def test_a_wrong_proposition_refutes_the_theorem():
    (wrong,) = (w for w in wrong_propositions(ISOTROPIC) if w.change == "every → not every")
    verdict = prove(wrong.applied(ISOTROPIC))
    assert verdict.status == "refuted"
    assert verdict.counterexample.startswith("every global minimiser is false: the mean square distance")


def test_the_wording_is_shown_as_unchecked_everywhere(capsys):
    """A wording may say anything, and nothing that is printed claims that it was checked."""
    from symicl.views import record_of, theorem_latex

    false = replace(ISOTROPIC, wording=r"$\eta=7$ for some tasks.")
    assert "7" not in false.statement
    derivation = false.derive()
    assert rf"\emph{{{UNCHECKED}:}} $\eta=7$" in theorem_latex(false, derivation)
    assert f"{UNCHECKED}: " in false._repr_html_()
    assert record_of(false, derivation)["wording"] == false.wording
    assert run(["list"]) == 0
    listed = capsys.readouterr().out
    for theorem in all_theorems():
        if theorem.wording:
            assert f"{UNCHECKED}: {plain(theorem.wording)[:20]}" in " ".join(listed.split())
    assert run(["list", "--json"]) == 0
    for told in json.loads(capsys.readouterr().out):
        assert not told["wording"] or told["wording"] not in told["statement"]


def test_theorems_whose_propositions_say_it_all_have_no_wording():
    assert {t.id for t in all_theorems() if not t.wording} >= {
        "mahankali2023.isotropic", "mahankali2023.preconditioned", "mahankali2023.nonlinear", "zhang2024.gd_beta",
        "zhang2024.ltb", "zheng2024.capability", "sander2024.augmented", "sander2024.unitary", "sander2024.orthogonal",
        "zhang2024.bayes", "zhang2024.lsa_gap",
        "zheng2024.stability",
    }  # fmt: skip


class Narrow(Model):
    """G = UV through two dimensions, whose optimum is a lower bound."""

    def weight_shapes(self):
        return {"U": WeightShape(("d",), (1, 1)), "V": WeightShape((1, 1), ("d",))}

    def effective_shapes(self):
        return {"G": WeightShape(("d",), ("d",))}

    def effective(self, weights):
        return {"G": weights["U"] @ weights["V"]}

    def predict(self, parameters, prompt):
        return transpose(prompt.query) @ (parameters["G"] @ (transpose(prompt.covariates) @ prompt.responses))


def lemma(*propositions, model=None, task=None, **fields):
    task = task or si.LinearRegression()
    theorem = own_theorem(*propositions, task=task, model=model or si.OneStepGD(), **fields)
    theorem.derivation(lambda step: {})
    return theorem


def test_a_lower_bound_is_no_minimum():
    n, d, s = ISOTROPIC.task.n, ISOTROPIC.task.d, ISOTROPIC.task.noise
    theorem = lemma(
        GlobalMinimum(), model=Narrow(), task=ISOTROPIC.task, states={"loss": ISOTROPIC.states["loss"]}
    )
    (statement,) = judge_propositions(theorem)
    assert statement.comparison.status == "undecided"
    x, X, y = ISOTROPIC.task.x, ISOTROPIC.task.X, ISOTROPIC.task.y
    theorem = lemma(EveryMinimiser(x.T * X.T * y / (n + d + 1 + s)), model=Narrow(), task=ISOTROPIC.task)
    (statement,) = judge_propositions(theorem)
    assert statement.comparison.status == "undecided"


def test_equality_almost_surely_is_enough():
    """Without noise and with one example, xᵀXᵀXXᵀy and tr(XXᵀ)·xᵀXᵀy are one prediction, written in two ways."""
    task = si.LinearRegression(noise=0, n=1)
    x, X, y = task.x, task.X, task.y
    best = si.minimise(si.expected_loss(si.OneStepGD(), task)).coefficient
    theorem = lemma(EveryMinimiser(x.T * best * X.T * y), task=task)
    assert [s.comparison.status for s in judge_propositions(theorem)] == ["proved"]


def test_sequences_are_left_undecided():
    theorem = lemma(
        EveryMinimiser(MatrixSymbol("a", 1, 1)),
        model=si.CausalLinearAttention(),
        task=si.AutoregressiveTask(),
    )
    assert [s.comparison.status for s in judge_propositions(theorem)] == ["undecided"]


def test_bad_propositions_are_refused():
    with pytest.raises(InputError, match="is no 1×1 matrix"):
        EveryMinimiser(Identity(3))
    with pytest.raises(InputError, match="says something of loss, which it does not state"):
        lemma(GlobalMinimum())


PREDICTION = ISOTROPIC.propositions[1]


class Boast(EveryMinimiser):
    """It says something else than it judges."""

    def sentence(self, left):
        return "Every prediction is right."


@pytest.mark.parametrize(
    "said", [(Boast(PREDICTION.prediction),), ("Every prediction is right.",), PREDICTION], ids=str
)
def test_an_author_has_no_propositions_of_his_own(said):
    """A class of one's own would print any sentence beside "proved"."""
    with pytest.raises(InputError, match=r"give a tuple of GlobalMinimum, EveryMinimiser.*wording="):
        replace(ISOTROPIC, propositions=said)


@pytest.mark.parametrize(
    "latex", [r"0$, for every model, and $L", r"L^{*}\ge", "0=L", r"L\text{, as always}"]
)
def test_a_sentence_does_not_go_on_in_the_notation(latex):
    with pytest.raises(InputError, match="give one symbol in LaTeX"):
        replace(ISOTROPIC, notation={**ISOTROPIC.notation, "loss": latex})


def test_letters_of_the_task_keep_their_meaning():
    """Else the predictor could be stated with σ² + 1 in the place of σ², and proved."""
    n, d, s = ISOTROPIC.task.n, ISOTROPIC.task.d, ISOTROPIC.task.noise
    x, X, y = ISOTROPIC.task.x, ISOTROPIC.task.X, ISOTROPIC.task.y
    for meaning in ({s: s - 1}, {y: 2 * y}):
        with pytest.raises(InputError, match="which it has by the task"):
            replace(ISOTROPIC, meaning=meaning)
    c = si.scalar("c")
    theorem = lemma(EveryMinimiser(c * x.T * X.T * y), task=ISOTROPIC.task, meaning={c: 1 / (n + d + 1 + s)})
    (statement,) = judge_propositions(theorem)
    assert statement.comparison.status == "proved"
    assert statement.text.endswith("almost surely. Here c = 1/(n + d + 1 + σ²).")


def test_a_namesake_of_a_letter_refutes_nothing():
    """A σ² that is declared anew is printed like that of the task: the sentence reads as the true one."""
    n, d, s = ISOTROPIC.task.n, ISOTROPIC.task.d, ISOTROPIC.task.noise
    x, X, y = ISOTROPIC.task.x, ISOTROPIC.task.X, ISOTROPIC.task.y
    for other in ({s: Symbol("sigma2")}, {x: MatrixSymbol("x", d, 1)}):
        said = EveryMinimiser((x.T * X.T * y / (n + d + 1 + s)).xreplace(other))
        (statement,) = judge_propositions(lemma(said, task=ISOTROPIC.task))
        assert statement.comparison.status == "undecided"


def test_assumptions_are_an_author_s_words():
    from symicl.views import theorem_latex

    assert ISOTROPIC.statement.startswith(f"{ASSUMED}: covariates")
    assert f"{ASSUMED}:\n\\begin{{itemize}}" in theorem_latex(ISOTROPIC, ISOTROPIC.derive())
    assert f"{ASSUMED}:" in ISOTROPIC._repr_html_()
