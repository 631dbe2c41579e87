"""`symicl prove` by both engines: what it reports, and planted defects of the first engine that the second one sees."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.cli.app import run
from symicl.errors import EnginesDisagreeError, UnsupportedError
from symicl.expectation import InTime, gaussian, stein
from symicl.statements import all_theorems, entrywise_losses, find, prove, second_opinion
from symicl.statements.entrywise_losses import compare_losses, exact

ISOTROPIC = "mahankali2023.isotropic"
BAYES = "zhang2024.bayes"


@pytest.fixture
def symicl(capsys):
    def call(*arguments):
        capsys.readouterr()
        code = run(list(arguments))
        return code, *capsys.readouterr()

    return call


# --- what is reported ------------------------------------------------------------------------------------


def test_text(symicl):
    code, out, err = symicl("prove", BAYES)
    assert (code, err) == (0, "")
    verdict, second = out.splitlines()
    assert verdict.startswith("proved") and BAYES in verdict
    assert "69 expectations agreed at 8 instances (95 of 95 moments in them proved for all sizes)" in second
    assert "loss agreed at 4 instances" in second


def test_json(symicl):
    code, out, _ = symicl("prove", BAYES, "zheng2024.not_gd", "--json")
    documents = json.loads(out)
    assert code == 0 and [d["verdict"] for d in documents] == ["proved"] * 2
    for document in documents:
        assert {"id", "verdict", "seconds", "certificate", "engines"} <= document.keys()
        assert document["engines"]["words"]["verdict"] == "proved"
    bayes, sequences = (document["engines"]["entrywise"] for document in documents)
    assert bayes["expectations"] == 69 and bayes["grid_proved_moments"] == bayes["moments"] == 95
    assert {"n": 2, "d": 3} in bayes["instances"] and bayes["loss_instances"] == 4
    assert sequences["expectations"] == 6
    assert sequences["grid_proved_moments"] == sequences["moments"] == 2
    assert sequences["loss_instances"] == 5


def test_one_engine(symicl):
    code, out, _ = symicl("prove", ISOTROPIC, "--engine", "words")
    assert code == 0 and len(out.splitlines()) == 1
    (document,) = json.loads(symicl("prove", ISOTROPIC, "--engine", "words", "--json")[1])
    assert document["engines"].keys() == {"words"}
    code, out, err = symicl("prove", ISOTROPIC, "--engine", "third")
    assert code == 2 and out == "" and "third" in err


@pytest.mark.parametrize("theorem", all_theorems(), ids=lambda theorem: theorem.id)
def test_every_loss_of_the_catalogue_is_computed_by_both(theorem):
    assert compare_losses(theorem) >= 4


def test_what_cannot_be_read_is_said(monkeypatch):
    verdict = prove(find(ISOTROPIC))
    opinion = second_opinion(verdict)
    assert opinion.agreement is None and "without a recording" in opinion.reason
    assert "not recomputed" in opinion.sentence() and "reason" in opinion.document()

    def refuse(theorem):
        raise UnsupportedError("this is beyond it")

    monkeypatch.setattr("symicl.statements.second_engine.compare_losses", refuse)
    opinion = second_opinion(prove(find(ISOTROPIC), record=True))
    assert opinion.agreement is not None and opinion.losses == 0
    assert opinion.reason == "this is beyond it" and "loss not computed" in opinion.sentence()


def test_a_task_and_a_model_of_ones_own_are_computed_from_what_they_declare():
    class Mine(si.LinearRegression):
        """Its sampler may be its own: the closed form is held against what is drawn."""

    class Louder(si.LinearRegression):
        def sample(self, values, batch, draws):
            return super().sample(values | {self.noise: 2 * values[self.noise]}, batch, draws)

    class Twice(si.LinearSelfAttention):
        def forward(self, weights, prompt):
            once = super().forward(weights, prompt)
            return once + once

        def predict(self, parameters, prompt):
            once = super().predict(parameters, prompt)
            return once + once

    theorem = find(ISOTROPIC)
    assert compare_losses(dataclasses.replace(theorem, task=Mine())) == 4
    assert compare_losses(dataclasses.replace(theorem, model=Twice())) == 4
    with pytest.raises(EnginesDisagreeError, match="n = 1, d = 1"):
        compare_losses(dataclasses.replace(theorem, task=Louder()))


# --- planted defects -------------------------------------------------------------------------------------


def test_a_lost_contraction(monkeypatch, symicl):
    right = stein.WishartRecursion.contractions
    monkeypatch.setattr(
        stein.WishartRecursion,
        "contractions",
        lambda self, core: right(self, core)[:-1] if len(right(self, core)) > 2 else right(self, core),
    )
    code, out, err = symicl("prove", BAYES)
    assert code == 70 and out == ""
    assert err.startswith(f"symicl: {BAYES}: the two engines disagree on E[tr(") and err.count("\n") == 1
    # At n = d = 1 a lost contraction shows already.
    assert "d = 1, n = 1" in err and "nothing is proved" in err
    assert symicl("prove", BAYES, "--json")[:2] == (70, "")
    # The first engine alone sees nothing wrong, or cannot say what.
    assert symicl("prove", BAYES, "--engine", "words")[0] != 70


def test_the_two_dimensions_exchanged(monkeypatch, symicl):
    right = gaussian._product_of_sizes
    monkeypatch.setattr(
        gaussian, "_product_of_sizes", lambda rows, cols: right((cols[0], rows[1]), (rows[0], cols[1]))
    )
    code, _, err = symicl("prove", ISOTROPIC)
    # The smallest sizes at which it shows are the smallest two that differ.
    assert code == 70 and "at d = 1, n = 2" in err


def test_exceptional_times_that_are_lost(monkeypatch, symicl):
    right = InTime.__add__
    monkeypatch.setattr(InTime, "__add__", lambda self, other: InTime(right(self, other).powers, {}))
    code, _, err = symicl("prove", "zheng2024.limit")
    assert code == 70 and "disagree on the expected loss at d = 2, T = 3" in err


@pytest.mark.parametrize("name", ["zhang2024.gd_beta", "zheng2024.not_gd", "sander2024.orthogonal"])
def test_a_wrong_loss(monkeypatch, name):
    """One part in a billion, at the largest instances only: the smallest of them is reported."""
    cases = entrywise_losses._cases

    def slightly_wrong(task, model):
        found = list(cases(task, model))
        sizes = [sorted(case.sizes.values())[-1] for case in found]
        for case, size in zip(found[::-1], sizes[::-1], strict=True):
            change = Fraction(1, 10**9) * (size == max(sizes))
            yield case._replace(closed_form=exact(case.closed_form) + change)

    monkeypatch.setattr(entrywise_losses, "_cases", slightly_wrong)
    smallest = {
        "zhang2024.gd_beta": "n = 1, d = 2|n = 2, d = 1",
        "zheng2024.not_gd": "d = 2, T = 5",
        "sander2024.orthogonal": "d = 2, t = 4|d = 4, t = 2",
    }
    with pytest.raises(EnginesDisagreeError, match=smallest[name]):
        compare_losses(find(name))


def test_verify_stops_too(monkeypatch, symicl, tmp_path):
    right = gaussian._product_of_sizes
    monkeypatch.setattr(
        gaussian, "_product_of_sizes", lambda rows, cols: right((cols[0], rows[1]), (rows[0], cols[1]))
    )
    code, _, err = symicl("verify", ISOTROPIC, "--out", str(tmp_path / "results"), "--quiet")
    assert code == 70 and "the two engines disagree" in err


def test_numbers_of_every_kind_are_compared_exactly():
    assert exact(sympy.Rational(2, 3)) == Fraction(2, 3) == exact(Fraction(2, 3))
    assert exact(5) == 5
