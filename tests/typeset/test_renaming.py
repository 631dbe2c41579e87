"""A notation of one's own: every symbol is renamed everywhere, and nothing gets two meanings."""

import pytest
import sympy

from proved import derivation_of
from symicl.errors import InputError
from symicl.statements import find
from symicl.typeset import Renaming, checked_name, formula_latex
from symicl.views import Notation, Typesetting, theorem_latex

n, d, sigma2, T_max = sympy.symbols("n d sigma2 T_max", positive=True)


@pytest.mark.parametrize(
    ("names", "before", "after"),
    [
        ({"n": "d", "d": "n"}, r"\frac{n}{d + 1}", r"\frac{d}{n + 1}"),
        ({"n": "N"}, r"\ln n + \min n_0 + \operatorname{span} n", r"\ln N + \min n_0 + \operatorname{span} N"),
        ({"n": r"\nu"}, r"na + n b", r"\nu a + \nu b"),
        ({"T": "K"}, r"T_{\max} T + H_{T-2}", r"T_{\max} K + H_{K-2}"),
        ({"H": r"\Lambda"}, r"H_{ij} H^{-1}", r"\Lambda_{ij} \Lambda^{-1}"),
        ({"b": "w_0"}, r"\beta^{*\top} H \beta^{*}", r"w_0^{\top} H w_0"),
        ({"b": "w^{*}"}, r"\beta^{*\top}+(\beta^{*})^{2}+\beta^{*}{}", r"{w^{*}}^{\top}+(w^{*})^{2}+w^{*}{}"),
        ({"s": r"\nu"}, r"\sigma^{2} d+\sigma^{4}+\sigma^2+2\sigma", r"\nu d+\nu^{2}+\nu+2\sqrt{\nu}"),
        ({"s": "s^{2}"}, r"\sigma^{2} d + \sigma^{4}", r"s^{2} d + s^{4}"),
        ({"n": "N"}, r"x\sim N(0,I_{n})", r"x\sim \mathcal{N}(0,I_{N})"),
    ],
)  # fmt: skip
def test_tokens(names, before, after):
    old = {"n": "n", "d": "d", "T": "T", "H": "H", "b": r"\beta^{*}"}
    renaming = Renaming(
        {old[k]: v for k, v in names.items() if k in old},
        {r"\sigma": names["s"]} if "s" in names else {},
        (r"T_{\max}",),
        frozenset({"H"}),
    )
    assert renaming.latex(before) == after


def test_renaming_is_substitution_of_symbols():
    """Renaming the text of a formula gives the text of the formula in renamed symbols."""
    p, q = sympy.symbols("p q", positive=True)
    formula = (n**3 + 2 * n) / (sigma2**3 + 5 * T_max)
    renaming = Renaming({"n": "p", r"T_{\max}": "q"}, {}, ("d",))
    renamed = formula_latex(formula.subs({n: p, T_max: q}, simultaneous=True))
    assert sorted(renaming.latex(formula_latex(formula))) == sorted(renamed)


def test_prose_is_left_alone_outside_of_dollars():
    renaming = Renaming({"n": "N"}, {})
    assert renaming.prose("an $n$ in nine, at $5 each") == "an $n$ in nine, at $5 each"  # a lone dollar
    assert renaming.prose("an $n$ in nine") == "an $N$ in nine"


def test_a_whole_theorem():
    theorem = find("zhang2024.gd_beta")
    notation = Notation.of({"n": "N", "H": "Λ", "sigma2": r"\lambda", "beta_star": r"\mathbf{w}_{0}"})
    text = theorem_latex(theorem, derivation_of(theorem.id), setting=Typesetting(notation))
    for old in (r"\sigma", r"\beta^{*", " n ", "$n", "H^{"):
        assert old not in text, old
    for new in (r"\Lambda \Psi", "N + 1", r"\mathbf{w}_{0}^{\top} \Lambda"):
        assert new in text, new


def test_the_letter_inside_another_symbol():
    theorem = find("zhang2024.gradient_flow")
    text = theorem_latex(
        theorem, derivation_of(theorem.id), setting=Typesetting(Notation.of({"H": r"\Lambda"}))
    )
    assert r"\lambda_{\min}(\Lambda)" in text
    assert r"\lambda_{\min}(H)" not in text


@pytest.mark.parametrize(
    ("names", "word"),
    [
        ({"n": "d"}, "another symbol"),
        ({"n": "K"}, "already has a meaning"),
        ({"n": "m", "d": "m"}, "both"),
        ({"sigma2": "d"}, "another symbol"),
    ],
)
def test_collisions_are_refused(names, word):
    theorem = find("mahankali2023.isotropic")
    with (
        pytest.raises(InputError, match=word),
        Typesetting(Notation.of(names)).of(theorem, theorem.derive()),
    ):
        pass


@pytest.mark.parametrize(
    "bad",
    ["", "n+1", r"\input{x}", r"\frac{1}{2}", "}", "{", "$", r"\write18", "a b", r"\def", "2", r"\mathrm", 3],
)
def test_names_that_are_no_letters_are_refused(bad):
    with pytest.raises(InputError):
        checked_name("n", bad)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("N", "N"),
        ("Λ", r"\Lambda"),
        (r"\mathbf{w}_{0}", r"\mathbf{w}_{0}"),
        (r"\hat{\beta}", r"\hat{\beta}"),
        ("s^2", "s^2"),
    ],
)
def test_names_that_are_letters(typed, kept):
    assert checked_name("n", typed) == kept


def test_unknown_names_are_refused_with_the_list():
    with pytest.raises(InputError, match=r"no symbol called sigma; the symbols are d, n, sigma2"):
        Notation.of({"sigma": "s"}).check_names([find("mahankali2023.isotropic")])


@pytest.mark.parametrize("text", ["n = N", "n = 3", "", "[n]\nx = 'N'"])
def test_files_that_are_no_notation(text, tmp_path):
    file = tmp_path / "notation.toml"
    file.write_text(text)
    with pytest.raises(InputError):
        Notation.read(file)
    with pytest.raises(InputError, match="cannot be read"):
        Notation.read(tmp_path / "missing.toml")


def test_arguments_without_braces_get_them():
    renaming = Renaming({"d": r"\mathsf{d}", "n": r"n_{0}"}, {})
    assert renaming.latex(r"\tfrac d2+\tfrac1n+x_n+\frac dn") == (
        r"\tfrac {\mathsf{d}}2+\tfrac1{n_{0}}+x_{n_{0}}+\frac {\mathsf{d}}{n_{0}}"
    )


def test_a_mapping_in_python():
    import symicl as si

    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    optimum = si.minimise(loss)
    text = optimum.latex(notation={"n": "N", "sigma2": r"\lambda"})
    assert r"\frac{1}{N + d + 1 + \lambda} I_{d}" in text
    assert r"\sigma" not in loss.latex(notation={"sigma2": r"\lambda"})
    with pytest.raises(InputError, match=r"already has a meaning|another symbol"):
        loss.latex(notation={"n": "B"})
    with pytest.raises(InputError, match="no symbol called H"):
        optimum.latex(notation={"H": "A"})
