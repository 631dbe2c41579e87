"""LaTeX of every theorem: compiles as it is with amsmath alone, and passes KaTeX in strict mode."""

import contextlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import sympy

import symicl as si
from proved import derivation_of
from symicl.errors import InputError
from symicl.statements import all_theorems, find
from symicl.typeset import Style, display, formula_latex, formula_text
from symicl.views import Notation, Part, Typesetting, theorem_latex
from symicl.views.latex import document

HERE = Path(__file__).parent
KATEX = os.environ.get("SYMICL_KATEX")
NODE, PDFLATEX = shutil.which("node"), shutil.which("pdflatex")
THEOREMS = all_theorems()


@pytest.fixture(scope="module")
def derivations():
    return {theorem.id: derivation_of(theorem.id) for theorem in THEOREMS}


def displayed(document):
    """The displayed formulas of a document."""
    return re.findall(r"\\\[\n(.*?)\n\\\]", document, re.S) + [
        rf"\begin{{align*}}{body}\end{{align*}}"
        for body in re.findall(r"\\begin\{align\*\}(.*?)\\end\{align\*\}", document, re.S)
    ]


def inline(document):
    return re.findall(r"(?<!\\)\$([^$]+)\$", document)


WIDE = {"zhang2024.lsa_gap", "xie2025.heads"}
"""The least loss over all heads stands in their sentences, and weights are matrices of blocks: wider than a line."""


def assert_compiles(text, folder, wide=False):
    """pdflatex takes a document, finds every character, and no line is too wide, unless some are known to be."""
    (folder / "paper.tex").write_text(text)
    run = subprocess.run(
        [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout[-2000:]
    assert "Missing character" not in run.stdout
    too_wide = [float(w) for w in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", run.stdout)]
    assert wide or all(width <= 1 for width in too_wide), too_wide


@pytest.mark.latex
@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_standalone_compiles(theorem, derivations, tmp_path):
    text = theorem_latex(theorem, derivations[theorem.id], standalone=True)
    assert_compiles(text, tmp_path, theorem.id in WIDE)


@pytest.mark.latex
@pytest.mark.skipif(KATEX is None or NODE is None, reason="SYMICL_KATEX does not point to KaTeX")
@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_katex_accepts_every_formula(theorem, derivations):
    document = theorem_latex(theorem, derivations[theorem.id])
    formulas = displayed(document) + inline(document)
    assert len(formulas) > 10
    run = subprocess.run(
        [NODE, str(HERE / "katex_lint.mjs")],
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr


NAMES = {
    "n": "N", "d": r"\mathsf{d}", "sigma2": r"\varrho", "H": r"\Lambda", "Sigma": r"\mathbf{S}", "Psi": r"\Omega",
    "beta_star": r"\mathbf{w}_{0}", "T": r"\mathsf{T}", "Omega": r"\Phi",
    "T_max": r"\bar{T}",
}  # fmt: skip
RENAMED = Typesetting(Notation.of(NAMES), Style.eigen)
VARIANTS = [Typesetting(style=style) for style in Style]


def in_parts(theorem, derivation):
    """Every part in every style, and the statement in another notation, as one fragment."""
    texts = [theorem_latex(theorem, derivation, part=Part.statement, setting=RENAMED)]
    for setting in VARIANTS:
        for part in (Part.statement, Part.loss, Part.optimum, Part.value):
            # A theorem need not have them all: the rate of a flow is no loss.
            with contextlib.suppress(InputError):
                texts.append(theorem_latex(theorem, derivation, part=part, setting=setting))
    return "\n".join(texts)


@pytest.mark.latex
@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_parts_notation_and_styles_compile(theorem, derivations, tmp_path):
    assert_compiles(document(in_parts(theorem, derivations[theorem.id])), tmp_path, theorem.id in WIDE)


@pytest.mark.latex
@pytest.mark.skipif(KATEX is None or NODE is None, reason="SYMICL_KATEX does not point to KaTeX")
def test_katex_accepts_parts_notation_and_styles(derivations):
    formulas = []
    for theorem in THEOREMS:
        text = in_parts(theorem, derivations[theorem.id])
        text += theorem_latex(theorem, derivations[theorem.id], setting=RENAMED)
        formulas += displayed(text) + inline(text)
    assert len(formulas) > 1000
    run = subprocess.run(
        [NODE, str(HERE / "katex_lint.mjs")],
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_parts(theorem, derivations):
    derivation = derivations[theorem.id]
    texts = {}
    for part in Part:
        try:
            texts[part] = theorem_latex(theorem, derivation, part=part)
        except InputError as error:
            assert f"no formula for its {part}" in str(error)
    assert {Part.statement, Part.proof, Part.all} <= texts.keys()
    assert not theorem.states or Part.optimum in texts or Part.value in texts
    assert texts[Part.proof] in texts[Part.all]
    for part in (Part.loss, Part.optimum, Part.value):
        assert "paragraph" not in texts.get(part, "")
        assert part not in texts or displayed(texts[part])


@pytest.mark.latex
@pytest.mark.skipif(KATEX is None or NODE is None, reason="SYMICL_KATEX does not point to KaTeX")
def test_the_lint_can_say_no():
    bad = [r"\frac{1}{n", r"\undefinedcommand", "σ^2"]
    for formula in bad:
        run = subprocess.run(
            [NODE, str(HERE / "katex_lint.mjs")],
            input=json.dumps([formula]),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 1, formula


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_a_fragment_is_ascii_and_needs_no_preamble(theorem, derivations):
    document = theorem_latex(theorem, derivations[theorem.id])
    assert document.isascii()
    assert r"\documentclass" not in document
    assert r"\usepackage" not in document


def test_symbols_stand_in_the_papers_order():
    theorem = find("mahankali2023.isotropic")
    assert formula_latex(theorem.states["eta"]) == r"\frac{1}{n + d + 1 + \sigma^{2}}"
    assert (
        formula_latex(theorem.states["loss"])
        == r"\sigma^{2} + \frac{d (d + 1 + \sigma^{2})}{n + d + 1 + \sigma^{2}}"
    )


n, d = si.dims("n d")
Sigma, A, v = si.covariance("Sigma", d), si.matrix("A", (d, d)), si.vector("v", d)
X = si.gaussian("X", (n, d), col_cov=Sigma)


@pytest.mark.parametrize(
    ("expression", "latex", "text"),
    [
        (
            X.T * X * A * X.T * X,
            r"n^{2} \Sigma A \Sigma + n \Sigma A^{\top} \Sigma + n \operatorname{tr}(A \Sigma) \Sigma",
            "n² Σ A Σ + n Σ Aᵀ Σ + n tr(A Σ) Σ",
        ),
        (v.T * X.T * X * v, r"n v^{\top} \Sigma v", "n vᵀ Σ v"),
        (X.T * X, r"n \Sigma", "n Σ"),
    ],
)
def test_expectations_read_like_formulas(expression, latex, text):
    assert formula_latex(si.expect(expression)) == latex
    assert formula_text(si.expect(expression)) == text


def test_long_sums_are_broken():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    assert display(loss).startswith(r"\begin{align*}")
    assert display(loss).count(r"\\") >= 2
    assert loss._repr_latex_() == loss.latex()


def test_wide_products_are_broken_inside_their_parentheses():
    sums = [si.matrix(name, (d, d)) for name in "ABCDEFGK"]
    long = sympy.Mul(n, sympy.Add(*(sympy.Trace(M * Sigma * M.T * Sigma * M) for M in sums)), evaluate=False)
    lines = display(long).split(r"\\")
    assert len(lines) > 1 and all("+" in line for line in lines[1:])
    joined = re.sub(r"[&\s]|\\quad|\\\\", "", display(long))
    assert joined == r"\begin{align*}" + re.sub(r"\s", "", formula_latex(long)) + r"\end{align*}"
