"""What the author of a theorem of one's own says without evidence is printed as the author's, wherever it stands."""

from dataclasses import replace

import pytest

import symicl as si
from symicl.algebra import read_form
from symicl.cli.commands.derive import _document
from symicl.cli.derivation_text import in_full
from symicl.errors import DerivationError, InputError
from symicl.statements import (
    Paper,
    Recorder,
    Theorem,
    certify,
    derive_loss,
    find,
    prove,
    reduce_weights,
    solution_ratio,
    solve,
)
from symicl.theory import positive
from symicl.verdicts import Evidence
from symicl.views import theorem_latex

task, model = si.LinearRegression(), si.OneStepGD()
n, d, sigma2 = task.n, task.d, task.noise
PAPER = Paper("mine", "Me", "A lemma of mine", 2026, "none")


class Word(Evidence):
    """Evidence that its author makes up."""

    holds = True


def theorem(*decided, **fields):
    given = {"states": {"eta": 1 / (n + d + 1 + sigma2)}, "notation": {"eta": r"\eta"}} | fields
    mine = Theorem("mine.one", "A lemma", PAPER, "Lemma 1", (), task, model, **given)

    @mine.derivation
    def derive(step):
        reduce_weights(step, model, task)
        optimum = solve(step, derive_loss(step, model, task))
        certify(step, optimum)
        if decided:
            step.require("P = NP", *decided, rule="as I say")
        return {"eta": solution_ratio(optimum).scalar_multiple_of_identity()}

    return mine


def printed(mine):
    """The derivation in text, JSON, LaTeX and HTML."""
    derivation = mine.derive()
    return {
        "text": in_full(mine, derivation, None),
        "json": str(_document(mine, derivation, None)),
        "latex": theorem_latex(mine, derivation),
        "html": derivation._repr_html_(),
    }


SIGN = positive(read_form(n))


@pytest.mark.parametrize("decided", [(True,), (SIGN, True), (Word(),), (SIGN, Word())])
def test_what_a_derivation_of_ones_own_decides_by_itself_is_argued(decided):
    mine = theorem(*decided)
    for form, text in printed(mine).items():
        line = next(line for line in text.splitlines() if "P = NP" in line)
        assert {"json": "'argued': True", "latex": "Argued, not checked:"}.get(
            form, "argued, not checked"
        ) in line
    verdict = prove(mine, record=True)
    assert verdict.proved and list(verdict.argued) == ["P = NP (as I say)"]
    assert {"claim": "P = NP", "rule": "as I say", "argued": True} in verdict.certificate["steps"][-1][
        "checks"
    ]


def test_evidence_is_checked():
    mine = theorem(SIGN)
    assert "checked: P = NP (as I say)" in printed(mine)["text"] and prove(mine).argued == ()
    for text in printed(mine).values():
        assert "rgued" not in text


def test_what_does_not_hold_stops_the_derivation():
    for decided in ((False,), (SIGN, False), (positive(read_form(-n)),)):
        with pytest.raises(DerivationError, match="does not hold: P = NP"):
            theorem(*decided).derive()


def test_a_recorder_alone_takes_nobodys_word():
    step = Recorder()
    step("a step")
    step.require("so it is", True, rule="")
    step.require("so it is as well", SIGN, rule="")
    assert [check.argued for check in step.steps[0].checks] == [True, False]


@pytest.mark.parametrize("left", ["0=", r"\eta\le\theta,\quad\eta", r"\text{convex, and }\eta", r"\eta\ge"])
def test_a_left_side_that_is_more_than_a_symbol_is_its_authors(left):
    mine = theorem(notation={"eta": left})
    assert "in the author's notation" in mine.statement
    for form in ("text", "latex"):
        assert "eta, in the author's notation" in printed(mine)[form]
    assert (
        "in the author's notation" in mine._repr_html_()
        and "in the author's notation" in prove(mine)._repr_html_()
    )


def test_a_symbol_needs_no_mark_and_the_catalogue_has_none():
    for mine in (theorem(), theorem(notation={}), find("mahankali2023.isotropic")):
        assert "in the author's notation" not in mine.statement + mine._repr_html_() + mine.left("loss")
    ours = find("mahankali2023.isotropic")
    changed = replace(ours, notation={**ours.notation, "noiseless_eta": r"0=\eta"})
    assert ours.left("noiseless_eta") == r"\sigma^{2}=0:\quad\eta"
    assert changed.left("noiseless_eta").startswith(r"\text{noiseless eta, in the author's notation:}")


@pytest.mark.parametrize("name", ["P = NP, eta", "", "eta hat", 3])
def test_a_name_says_nothing(name):
    with pytest.raises(InputError, match="letters, digits and underscores"):
        theorem(states={name: 1 / n})
