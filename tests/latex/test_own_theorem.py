"""The document of a theorem of one's own: the setting comes by itself, letters that nobody defined are listed."""

import re
import subprocess
from pathlib import Path

import pytest

import symicl as si
from symicl.algebra import NamedMatrix
from symicl.errors import DerivationError
from symicl.models import LinearSelfAttention, LinearTransformerBlock, Model, WeightShape
from symicl.statements import (
    Paper,
    Recorder,
    Theorem,
    derive_loss,
    in_html,
    in_latex,
    in_text,
    load_file,
    reduce_weights,
    undefined_letters,
)
from symicl.typeset import Equation, formula_latex
from symicl.views import pdf, theorem_latex

ROOT = Path(__file__).parents[2]


def test_the_example_of_the_manual_needs_no_definitions(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    example = next(code for code in re.findall(r"```python\n(.*?)```", text, re.S) if "Theorem(" in code)
    (tmp_path / "mine.py").write_text(example)
    (theorem,) = load_file(tmp_path / "mine.py")
    derivation = theorem.derive()
    assert undefined_letters(theorem, derivation) == []
    document = theorem_latex(theorem, derivation)
    assert r"\hat{y}_\theta = x^{\top} \Gamma X^{\top} y" in document
    assert "Not defined" not in document


class TwoInARow(Model):
    """x'UVX'y, written as a user would."""

    def weight_shapes(self):
        return {"U": WeightShape(("d",), ("d",)), "V": WeightShape(("d",), ("d",))}

    def effective_shapes(self):
        return {"G": WeightShape(("d",), ("d",))}

    def effective(self, weights):
        return {"G": weights["U"] @ weights["V"]}

    def forward(self, weights, prompt):
        return prompt.query.T @ (weights["U"] @ (weights["V"] @ (prompt.covariates.T @ prompt.responses)))

    def predict(self, parameters, prompt):
        return prompt.query.T @ (parameters["G"] @ (prompt.covariates.T @ prompt.responses))


class Twisted(TwoInARow):
    """A pass that asks for more than names can do."""

    def forward(self, weights, prompt):
        assert prompt.query.single() is not None
        return super().forward(weights, prompt)


def own(model):
    theorem = Theorem(
        id="own.two", title="Two matrices", wording=r"The step $\eta$ is best, for a number $\zeta$.",
        paper=Paper("own", "Me", "Mine", 2026, "none"), source="Lemma 1", assumptions=("no more",),
        task=si.LinearRegression(), model=model, states={}, notation={},
    )  # fmt: skip

    @theorem.derivation
    def derive(step):
        reduce_weights(step, model, theorem.task)
        derive_loss(step, model, theorem.task)
        step("A step with $\\xi_1$, see {step:loss}", r"\xi_1\le\omega", where={r"\omega": "$=2$"})
        return {}

    return theorem


def test_letters_that_nobody_defined_are_listed():
    theorem = own(TwoInARow())
    derivation = theorem.derive()
    assert undefined_letters(theorem, derivation) == [
        ("the statement", r"\eta"), ("the statement", r"\zeta"), ("step 3", r"\xi_{1}"),
    ]  # fmt: skip
    document = theorem_latex(theorem, derivation)
    assert r"\hat{y}_\theta = x^{\top} U V X^{\top} y" in document
    assert r"\item $U,V\in\mathbb{R}^{d\times d}$ are trainable" in document
    assert r"\item $G=U V$" in document
    assert r"\emph{Not defined by the author:} $\eta$ (the statement)" in document
    assert r"see Step~\ref{step:own.two:2}" in document
    assert r"\label{step:own.two:2}" in document


def test_a_pass_that_names_cannot_follow_is_shown_at_its_effective_parameters():
    theorem = own(Twisted())
    passage = theorem.model.forward_pass(theorem.task)
    (shown,) = passage.formulas
    assert formula_latex(shown) == r"\hat{y}_\theta = x^{\top} G X^{\top} y"
    assert "U,V" in passage.where


@pytest.mark.parametrize(
    ("model", "formula", "effective"),
    [
        (LinearSelfAttention(), r"h^{\top} W_{V} Z Z^{\top} W_{K}^{\top} W_{Q} z", r"$=W_{K}^{\top} W_{Q}="),
        (
            LinearTransformerBlock(),
            r"e_{d+1}^{\top} W_{2}^{\top} W_{1} \left(z + \tfrac{1}{n}W_{P}^{\top} W_{V} Z Z^{\top} W_{K}^{\top} W_{Q} "
            r"z\right)",
            r"$=W_{K}^{\top} W_{Q}=",
        ),
    ],
)
def test_the_forward_pass_writes_itself_down(model, formula, effective):
    passage = model.forward_pass(si.LinearRegression())
    assert passage.formulas == (rf"\hat{{y}}_\theta = {formula}",)
    assert passage.where["M"].startswith(effective)
    assert {"Z", "z"} <= passage.where.keys()


def test_named_matrices_follow_the_rules_of_matrices():
    a, b, c, n = map(NamedMatrix.of, ("A", "B", "C", r"\tfrac{1}{n}"))
    assert str((a @ b).T) == r"B^{\top} A^{\top}"
    assert str((a - b).T @ c) == r"\left(A^{\top} - B^{\top}\right) C"
    assert str((a @ b) * n - c) == r"\tfrac{1}{n}A B - C"
    assert str(((a + b) @ c).T) == r"C^{\top} \left(A + B\right)^{\top}"
    assert str(-(a - b)) == "-A + B"
    assert str(a @ -b) == "-A B"


def test_references():
    step = Recorder()
    step("first", name="loss")
    step("second, by {step:loss}", where={"p": "is that of {step:loss}"})
    assert step.steps[1].title == "second, by {step:1}"
    assert in_text(step.steps[1].title) == "second, by step 1"
    assert in_html("by {step:1}") == 'by <a href="#step-1">step 1</a>'
    assert in_latex("by {step:1}", "a.b") == r"by Step~\ref{step:a.b:1}"
    with pytest.raises(DerivationError, match="no earlier step has that name"):
        step("third, by {step:bound}")


def test_a_left_side_may_bring_its_relation():
    assert formula_latex(Equation(r"f\ge", si.dims("n"))) == r"f\ge n"
    assert formula_latex(Equation("f", si.dims("n"))) == "f = n"


def test_latex_is_run_until_references_are_known(tmp_path, monkeypatch):
    """The first run of LaTeX leaves question marks where a step is referred to."""
    runs = []

    def run(command, *, cwd, **options):
        runs.append(command)
        (Path(cwd) / "report.pdf").write_bytes(b"%PDF")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(pdf.shutil, "which", lambda name: name)
    monkeypatch.setattr(pdf.subprocess, "run", run)
    theorem = own(TwoInARow())
    assert "report.pdf are written" in pdf.write_pdf(tmp_path, [(theorem, theorem.derive())])
    assert len(runs) == 2
