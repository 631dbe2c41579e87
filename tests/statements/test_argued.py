"""What nothing decides is counted, whoever wrote the derivation, and stands beside the verdict."""

import json

import pytest

import symicl as si
from symicl.algebra import read_form
from symicl.certificates.checkers import proof
from symicl.cli.app import run
from symicl.expectation import InTime, Places
from symicl.statements import (
    UNCHECKED,
    Paper,
    Theorem,
    certify,
    counted,
    derive_loss,
    find,
    minimal_value,
    prove,
    reduce_weights,
    solution_ratio,
    solve,
)
from symicl.theory import positive
from symicl.verdicts import Evidence
from symicl.views import record_of

task, model = si.LinearRegression(), si.OneStepGD()
n, d, sigma2 = task.n, task.d, task.noise


class Beside(Evidence):
    """Evidence that stands with a proof of the catalogue, and not with the engine."""

    holds = True


Beside.__module__ = "symicl.proofs.mine"


def theorem(further, **fields):
    mine = Theorem(
        "mine.one", "A lemma", Paper("mine", "Me", "A lemma of mine", 2026, "none"), "Lemma 1", (), task, model,
        **{"states": {"eta": 1 / (n + d + 1 + sigma2)}} | fields,
    )  # fmt: skip

    @mine.derivation
    def derive(step):
        reduce_weights(step, model, task)
        optimum = solve(step, derive_loss(step, model, task))
        certify(step, optimum)
        minimal_value(step, optimum)
        further(step)
        return {"eta": solution_ratio(optimum).scalar_multiple_of_identity()}

    return mine


def prose(step):
    step("All is well", note="Believe it.")


def word(step):
    step("A number")
    step.require("it is positive", True, rule="it looks so")


def own_evidence(step):
    step("A number")
    step.require("it is positive", Beside(), rule="it looks so")


def inferring_remark(step):
    step.show("A remark", note="Hence all is well.")


def inferring_title(step):
    step.show("Since nothing is negative, all is well")


@pytest.mark.parametrize(
    ("further", "sentence"),
    [
        (prose, "All is well (a step without any check)"),
        (word, "it is positive (it looks so)"),
        (own_evidence, "it is positive (it looks so)"),
        (inferring_remark, "A remark (a step without any check)"),
        (inferring_title, "Since nothing is negative, all is well (a step without any check)"),
    ],
)
def test_what_is_argued_is_counted(further, sentence):
    verdict = prove(theorem(further), record=True)
    assert verdict.proved and verdict.argued == (sentence,)
    assert verdict.certificate["argued"] == [sentence]
    assert "1 thing argued, not checked" in verdict._repr_html_()
    assert json.loads(verdict.proof_log.splitlines()[0])["argued"] == [sentence]
    running = proof.Checker()
    running.check(verdict.proof_log.encode().splitlines(keepends=True))
    report = "\n".join(running.report())
    assert f"argued, in the words of the file: {sentence}" in report


def checked(step):
    step("A number")
    step.require("it is positive", positive(read_form(n)), rule="a sign")


def shown(step):
    step.show("A value", read_form(n), note="It is called $n$.")


@pytest.mark.parametrize("further", [checked, shown, lambda step: None])
def test_what_is_checked_or_only_shown_is_not(further):
    verdict = prove(theorem(further))
    assert verdict.proved and verdict.argued == ()
    assert "argued" not in verdict._repr_html_()


def test_a_wording_is_argued():
    mine = theorem(lambda step: None, wording="It is unique.")
    assert prove(mine).argued == (f"It is unique ({UNCHECKED[0].lower()}{UNCHECKED[1:]})",)
    assert record_of(mine, mine.derive())["argued"] == list(prove(mine).argued)


def test_the_count_in_words():
    assert [counted(k) for k in (0, 1, 2)] == [
        "", "1 thing argued, not checked", "2 things argued, not checked",
    ]  # fmt: skip


def test_it_is_printed_beside_the_verdict(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(
        "import symicl as si\nfrom symicl.statements import *\n"
        "task, model = si.LinearRegression(), si.OneStepGD()\n"
        "theorem = Theorem('mine.one', 'A lemma', Paper('m', 'M', 'L', 2026, 'none'), 'L', (), task, model,\n"
        "    states={}, propositions=(ConvexIn((si.matrix('Gamma', (task.d, task.d)),)),), wording='It is easy.')\n"
        "@theorem.derivation\ndef derive(step):\n    derive_loss(step, model, task)\n"
        "    step('All is well')\n    return {}\n"
    )
    assert run(["prove", str(file), "--engine", "words"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "2 things argued, not checked" in out
    assert "argued, not checked: All is well (a step without any check)" in out
    assert "argued, not checked: It is easy (in words, not checked)" in out


def test_the_catalogue_hides_nothing():
    """A derivation that ships is judged like any other."""
    ours = find("mahankali2023.isotropic")
    before = ours.derivations[0]
    assert ours.ships and prove(ours).argued == ()
    try:

        def derive(step):
            found = before(step)
            step.require("so it is", True, rule="as its keepers say")
            return found

        derive.__module__ = before.__module__
        ours.derivation(derive)
        assert prove(ours).argued == ("so it is (as its keepers say)",)
    finally:
        ours.derivation(before)


def test_places_of_averages():
    one, other = (
        InTime.constant(1),
        InTime({-1: InTime.constant(2).powers[0]}, {2: InTime.constant(3).powers[0]}),
    )
    assert Places((one,), powers=frozenset({0})).holds
    assert not Places((one,), powers=frozenset()).holds
    assert not Places((one,), frozenset({2})).holds
    assert Places((one, other), frozenset({2}), frozenset({0, -1})).holds
    assert not Places((one, other), powers=frozenset({0, -1})).holds
    assert not Places((one, other), frozenset({2, 3})).holds
