"""LaTeX in sentences as plain text, with brackets where a fraction bar or an exponent stood; and its line breaks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symicl.statements import all_theorems
from symicl.typeset import plain, wrapped
from symicl.typeset.latex_reader import UnknownCommand

WRITTEN = [
    # Fractions and what stands beside them.
    (r"\frac{h^{2}}{n+1}", "h²/(n + 1)"),
    (r"-\tfrac{8\lambda_{\min}(H)}{n+2}\lVert\delta\rVert^{2}", "-(8λ_min(H)/(n + 2)) ‖δ‖²"),
    (r"\frac{\lVert\beta^{*}\rVert_H^{2}}{n+1}", "‖β⋆‖²_H/(n + 1)"),
    (r"\frac{4u^{*}u+c^{2}}{u-u^{*}}", "(4u⋆ u + c²)/(u - u⋆)"),
    (r"q=-\frac{Q_1}{2Q_2}", "q = -Q₁/(2Q₂)"),
    (r"\frac{u^{*}}{1+(u^{*}/u_0-1)\,e^{-2Ku^{*}\tau}}", "u⋆/(1 + (u⋆/u₀ - 1) e^(-2Ku⋆τ))"),
    (r"\frac{d}{dp}\frac{Q_2\ell^{2}}{4Q_0Q_2-Q_1^{2}}=0", "d/dp (Q₂ ℓ²/(4Q₀ Q₂ - Q₁²)) = 0"),
    (r"\tfrac12(\sqrt{c^{2}+4{u^{*}}^{2}}+c)", "(1/2)(√(c² + 4u⋆²) + c)"),
    (r"\frac1n\Gamma", "(1/n) Γ"),
    (r"\frac{1}{2s^{2}(v^{\top}Hv)^{3}}", "1/(2s²(vᵀ H v)³)"),
    (r"\frac{\frac ab}{\frac cd}", "(a/b)/(c/d)"),
    (r"\frac{a}{b}^2", "(a/b)²"),
    # Commands that used to be lost.
    (r"p_t=0\text{ for }t\ne T", "p_t = 0 for t ≠ T"),
    (r"\det G\ge0", "det G ≥ 0"),
    (r"C_{i\bar\imath}=r/p_T", "C_{iı̄} = r/p_T"),
    (r"u=0\iff v=0", "u = 0 ⇔ v = 0"),
    (r"\forall x\in\mathbb{R}^{n\times d}", "∀x ∈ ℝ^(n×d)"),
    (r"C\mathbf{1}\ne0", "C 𝟏 ≠ 0"),
    (r"T_m\not=\emptyset", "T_m ≠ ∅"),
    # Scripts.
    (r"H_{T-2}^{(2)}P_{-2}", "H_{T-2}⁽²⁾ P₋₂"),
    (r"\beta^{*\top}x", "β⋆ᵀ x"),
    (r"W^{KQ}_{32}=\tilde aI", "W₃₂^KQ = ã I"),
    (r"f_{\beta^{*},\Gamma^{*}}", "f_{β⋆,Γ⋆}"),
    (r"\sum_{s=1}^{t-1}x_{s+1}x_s^{*}", "∑_{s=1}^{t-1} x_{s+1} x_s⋆"),
    (r"\lim_{T_{\max}\to\infty}T_{\max}u^{*}", "lim_{T_max→∞} T_max u⋆"),
    (r"u^{*}\big|_{T=3}", "u⋆|_{T=3}"),
    (r"\lambda_j^{t-T+1}", "λ_j^(t-T+1)"),
    (r"{(a+b)}^{-1}{a_1}^2", "(a + b)⁻¹ a₁²"),
    # Signs, brackets, matrices.
    (r"\mathbb{E}\big[(h-\tfrac1nq)^{2}\,\big|\,\theta\big]", "𝔼[(h - (1/n) q)² | θ]"),
    (r"2K|c|\le\max(|c|,2|u|)", "2K|c| ≤ max(|c|, 2|u|)"),
    (r"x\in\left(0,1\right]", "x ∈ (0, 1]"),
    (r"\begin{pmatrix}0&1\\-\beta^{\top}&1\end{pmatrix}", "[[0, 1], [-βᵀ, 1]]"),
    (r"\lVert A\rVert\lVert B\rVert_{F}", "‖A‖ ‖B‖_F"),
    (r"2\cdot 3^{k}=-\!x", "2 · 3^k = -x"),
]


@pytest.mark.parametrize(("latex", "text"), WRITTEN)
def test_mathematics(latex, text):
    assert plain(f"so ${latex}$, and", strict=True) == f"so {text}, and"


def test_what_stands_outside_of_dollars_is_left_alone():
    assert plain("a_i {x} 50 % of $x$, ~ and \\n") == "a_i {x} 50 % of x, ~ and \\n"
    assert plain("an odd $ sign") == "an odd $ sign"


def test_an_unknown_command_is_refused_in_tests_and_shown_to_users():
    for latex in (r"a\frobnicate b", r"\begin{tikzpicture}x\end{tikzpicture}"):
        with pytest.raises(UnknownCommand, match="has no plain text"):
            plain(f"${latex}$", strict=True)
    assert plain(r"$a\frobnicate b$") == r"a \frobnicate b"
    assert "tikzpicture" in plain(r"$\begin{tikzpicture}x\end{tikzpicture}$")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text("ab\\{}()[]|^_'1+-=,&$ \\frac\\sqrt\\left\\beta", max_size=25))
def test_no_text_does_anything_but_print(text):
    """LaTeX of one's own may be broken; it is printed somehow."""
    assert isinstance(plain(text), str)


# --- long lines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 120])
def test_long_lines_are_broken_at_blanks_and_lose_nothing(width):
    text = "\n".join(f"   {plain(t.statement)} ({plain(t.title)})" for t in all_theorems())
    found = wrapped(text, width)
    assert max(map(len, found.splitlines())) <= width
    assert found.split() == text.split()


def test_a_formula_is_broken_before_a_sign_and_outside_of_brackets():
    line = "   L = n(n + d + 1 + σ²) tr(B Bᵀ) + 2n c(n + d + 1 + σ²) aᵀ B g + n(n + 1) aᵀ a"
    assert wrapped(line, 50).splitlines() == [
        "   L = n(n + d + 1 + σ²) tr(B Bᵀ)",
        "       + 2n c(n + d + 1 + σ²) aᵀ B g",
        "       + n(n + 1) aᵀ a",
    ]


def test_short_lines_and_words_longer_than_the_line_stay():
    assert wrapped("a short line\n   another", 40) == "a short line\n   another"
    assert wrapped("x" * 90, 40) == "x" * 90
    assert wrapped("      words that do not fit", 20) == "      words that do not fit"
