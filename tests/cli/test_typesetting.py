"""`latex` and `derive` with parts, notations and styles, and what they refuse."""

import pytest

ISOTROPIC, GD_BETA = "mahankali2023.isotropic", "zhang2024.gd_beta"


@pytest.fixture
def notation(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("n = 'N'\nsigma2 = 'λ'\n", encoding="utf-8")
    return file


def test_a_part_in_a_notation(symicl, notation):
    code, out, _ = symicl("latex", ISOTROPIC, "--part", "value", "--notation", notation)
    assert code == 0
    assert out == "\\[\nL^{*} = \\lambda + \\frac{d (d + 1 + \\lambda)}{N + d + 1 + \\lambda}\n\\]\n"


def test_a_style(symicl):
    code, out, _ = symicl("latex", GD_BETA, "--part", "value", "--style", "eigen")
    assert code == 0
    assert r"\sum_{i=1}^{d} \frac{\varphi_{i}" in out
    assert r"\text{ the eigenvalues of }H \Psi" in out


@pytest.mark.parametrize("form", ["text", "json", "latex"])
def test_derive(symicl, notation, form):
    code, out, _ = symicl(
        "derive", ISOTROPIC, "--format", form, "--notation", notation, "--style", "normalised"
    )
    assert code == 0
    assert {"text": "1/(N(1 + (d + 1 + λ)/N))", "json": "λ", "latex": r"\frac{1}{N \left(1 +"}[form] in out
    assert "sigma" not in out.replace("sigma2'", "")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--part", "lemma"), "the parts are statement, loss, optimum, value, proof, all"),
        (("--style", "fancy"), "the styles are trace, eigen, normalised"),
        (("--notation", "missing.toml"), "cannot be read"),
    ],
)
def test_refusals(complaint, arguments, word):
    assert word in complaint("latex", ISOTROPIC, *arguments)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sigma = 's'", "the symbols are d, n, sigma2"),
        ("n = 'd'", "another symbol"),
        ("n = 'K'", "already has a meaning"),
        ("n = '\\input{x}'", "is no name"),
        ("n = 'm'\nd = 'm'", "both"),
        ("n = N", "single quotes"),
    ],
)
@pytest.mark.parametrize("command", ["latex", "derive"])
def test_notations_that_are_refused(complaint, tmp_path, command, text, word):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert word in complaint(command, ISOTROPIC, "--notation", file)
