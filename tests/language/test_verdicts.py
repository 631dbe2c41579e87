"""What a verdict brings along: the true side, the difference, the smallest counterexample, the convention."""

import pytest

import symicl
from symicl.language.conventions import explain
from symicl.language.showing import text_of

PREAMBLE = """
dims n, d
Sigma : covariance(d)
A, B, Gamma : matrix(d, d)
S : symmetric(d)
beta, v : vector(d)
t, c : scalar
sigma2 : scalar(nonnegative)
X ~ gaussian(n, d, col_cov = Sigma)
x ~ N(0, Sigma)
w ~ N(0, I_d)
e ~ N(0, sigma2 I_n)
"""


def claims(*lines):
    return symicl.check(PREAMBLE + "\n".join(lines) + "\n")


def claim(text):
    return claims(f"claim {text}")[0]


# --- proved ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "E[X' X] = n Sigma",
        "E[X] = 0",
        "E[x x'] = Sigma",
        "E[x' A x] = tr(A Sigma)",
        "E[(x' A x)^2] = tr(A Sigma)^2 + tr(A Sigma A Sigma) + tr(A Sigma A' Sigma)",
        "E[||X w + e||^2] = n (tr(Sigma) + σ²)",
        "E_x[w' x x' w] = w' Sigma w",
        "E_{x, w}[w' x x' w] = tr(Sigma)",
        "E[X' X/n] = Sigma",
        "E[tr(X' X)/n - tr(Sigma)] = 0",
        "E[E_X[X' X] x] = 0",
        "(A B)' = B' A'",
        "2 A/4 = 0.5 A",
        "2 I A = A + A",
        "2 I + I = 3 I",
        "E[c I] = c I",
        "inv(2 Sigma + 4 I) = 1/2 * (Sigma + 2 I)^-1",
        "(A B)^-1 = B^-1 A^-1",
        "A^-2 A^3 = A",
        "||v||_Sigma^2 = v' Sigma v",
        "||A||_F^2 = tr(A A')",
        "(n + 1)^2 = n^2 + 2 n + 1",
        "1/n - 1/(n + 1) = 1/(n (n + 1))",
        "limit n -> infinity of n/(n + d + 1) A = A",
        "limit n -> infinity of (2 n^2 + d)/(3 n^2 + n) = 2/3",
        "limit sigma2 -> 0 of (sigma2^2 + sigma2)/(2 sigma2) = 1/2",
        "n^2 >= n",
        "sigma2/(n + sigma2 + 1) <= sigma2",
        "tr(Sigma A' Sigma A) >= 0",
        "t^2 + 1 > 0",
        "(v' A v)^2 >= 0",
        "v = 0 minimises ||v||^2",
        "v = beta minimises E[(x' v - x' beta)^2]",
        "v = beta minimises (v - beta)' Sigma (v - beta) + E[(x' v - x' beta)^2]".replace(
            "(v - beta)' Sigma (v - beta)", "||v - beta||_Sigma^2"
        ),
        "t = tr(Sigma)/(2 n) minimises E[(t - x' x/(2 n))^2]",
        "Gamma = (n + d + 1) I - (n + d + 1) I minimises E[||Gamma x||^2]",
        "S = 0 minimises ||S||_F^2",
    ],
)
def test_proved(text):
    result = claim(text)
    assert result.verdict == "proved", str(result)


# --- refuted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "truth", "convention"),
    [
        ("E[X' X] = Sigma", "n Sigma", "1/n or not"),
        ("E[X' X] = (n + 1) Sigma", "n Sigma", "n or n + 1, as when the query token is counted"),
        ("E[x' A x] = tr(A Sigma^-1)", "tr(A Sigma)", "a matrix or its inverse"),
        ("E[x x' A x x'] = 2 Sigma A Sigma + tr(A Sigma) Sigma",
         "Sigma A Sigma + Sigma Aᵀ Sigma + tr(A Sigma) Sigma", ""),
        ("E[(x' v)^2] = 2 v' Sigma v", "vᵀ Sigma v", "the factor 1/2 in the loss"),
        ("E[e e'] = σ^4 I", "sigma2 I_n", "a standard deviation or a variance"),
        ("E[(X w + e)' (X w + e)] = n tr(Sigma)", "n(tr(Sigma) + sigma2)", ""),
        ("(A B)' = A' B'", "Bᵀ Aᵀ", "the order of factors"),
        ("E[x' x] = -tr(Sigma)", "tr(Sigma)", "a sign"),
        ("tr(Sigma) = E[x' x]/2", "tr(Sigma)/2", "a factor 2"),
    ],
)  # fmt: skip
def test_refuted_with_the_right_answer(text, truth, convention):
    result = claim(text)
    assert result.verdict == "refuted"
    assert text_of(result.truth, result.names) == truth
    assert (result.convention.name if result.convention else "") == convention
    assert result.counterexample.left != result.counterexample.right
    # The answer can be put into the claim, which is then proved.
    left, right = text.split(" = ")
    mended = f"{left} = {truth}" if "left" not in result.truth_is else f"{truth} = {right}"
    assert claim(mended).verdict == "proved"


@pytest.mark.parametrize(
    ("text", "truth"),
    [("I = 2 I", "I"), ("(2 I)^2 = 3 I", "4I"), ("2 I A = A", "2 A"), ("c I/2 = I", "c I/2")],
)
def test_the_right_answer_to_a_claim_on_multiples_of_I_is_one(text, truth):
    """It used to be the number in front, and 2 I A was no value at all."""
    result = claim(text)
    assert result.verdict == "refuted"
    assert claim(f"{text.split(' = ')[0]} = {text_of(result.truth)}").verdict == "proved"
    assert claim(f"{text_of(result.truth)} = {truth}").verdict == "proved"


@pytest.mark.parametrize(
    ("text", "convention"),
    [
        ("E[X' X] = Sigma", ""),
        ("E[(x' A x)^2] = 2 tr(A Sigma)^2", ""),
        ("E[x' A' B x] = tr(A B Sigma)", "Aᵀ"),
    ],
)
def test_what_a_convention_proposes_is_true(text, convention):
    result = claim(text)
    assert result.verdict == "refuted"
    if result.convention is not None:
        left, _ = text.split(" = ")
        assert convention in result.convention.claim
        assert claim(f"{left} = {result.convention.claim}").verdict == "proved"


def test_the_counterexample_is_the_smallest():
    """tr(A)² and tr(A²) agree for d = 1; a transpose needs two dimensions."""
    result = claim("tr(A)^2 = tr(A^2)")
    assert {str(s): int(v) for s, v in result.counterexample.values.items() if str(s) == "d"} == {"d": 2}
    result = claim("E[X' X A] = n Sigma A'")
    values = {str(s): v for s, v in result.counterexample.values.items()}
    assert (values["d"], values["n"]) == (2, 1)
    assert claim("n = 2 n").counterexample.document == {"at": {"n": "1"}, "left": "1", "right": "2"}


def test_a_forgotten_expectation_is_named():
    result = claim("X' X = n Sigma")
    assert result.verdict == "refuted"
    assert result.convention.name == "a missing expectation"
    assert "X is random" in result.reason


def test_a_limit_that_diverges_refutes():
    result = claim("limit n -> infinity of n^2/(n + 1) = 1")
    assert result.verdict == "refuted"
    assert "no finite limit" in result.reason


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("n >= n + d", "the opposite inequality holds for all values"),
        ("n >= 2", ""),
        ("n > 1", ""),
        ("sigma2 > 0", ""),
        ("t >= 0", ""),
        ("1000 >= n", ""),
        ("v' A v >= 0", ""),
        ("||v||^2 > 0", ""),
    ],
)
def test_refuted_inequalities(text, remark):
    result = claim(text)
    assert result.verdict == "refuted", str(result)
    assert result.reason == remark


def test_a_wrong_minimiser_meets_a_better_point():
    result = claim("v = 2 beta minimises E[(x' v - x' beta)^2]")
    assert result.verdict == "refuted"
    assert text_of(result.truth, result.names) == "beta"
    assert result.convention.name == "a factor 2"
    assert result.counterexample.right < result.counterexample.left
    result = claim("Gamma = I minimises E[(x' Gamma X' (X w + e) - x' w)^2]")
    assert text_of(result.truth, result.names) == "[(n + 1) Sigma + (tr(Sigma) + sigma2) I_d]⁻¹"


def test_a_maximum_and_a_saddle_are_no_minimum():
    for objective in ("-||v||^2", "||v||^2 - 2 ||v||_Sigma^2"):
        result = claim(f"v = 0 minimises {objective}")
        assert result.verdict == "refuted"
        assert "it is no minimum" in result.reason
    assert claim("v = beta minimises -||v||^2").verdict == "refuted"


# --- undecided -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("E[inv(X' X)] = A", "with assume n > d + 1"),
        ("E[1/(x' x)] = 1", "outside the exact calculus"),
        ("limit d -> infinity of tr(Sigma)/d = 1", "a matrix has the size d"),
        ("limit n -> infinity of tr((A + 1/n I)^-1) = 1", "not rational in scalars"),
        (f"E[tr({' '.join(['X' + chr(39) + ' X A'] * 12)})] = 1", "steps of Stein's identity"),
        ("E[((X' X)^24)^24] = A", "a product of 1152 random factors"),
        ("n^4 - 9 n^3 + 30 n^2 - 44 n + 25 >= 0", "no certificate"),
        ("v = 0 minimises ||v||^2 ||v||^2", "not quadratic"),
    ],
)
def test_what_is_not_known_is_undecided(text, reason):
    result = claim(text)
    assert result.verdict == "undecided", str(result)
    assert reason in result.reason
    assert result.counterexample is None


def test_an_inequality_in_moments_that_belong_together_is_not_refuted():
    """E f² ≥ 0 and E f⁴ are numbers of one function; free numbers for them are no counterexample."""
    text = "task T = RotationInvariantRegression()\nmodel M = OneStepGD()\nclaim minimum(M, T) {} sigma2\n"
    result = symicl.check(text.format(">="))
    assert result.verdict == "undecided"
    assert "which moments" in result[0].reason
    result = symicl.check(text.format("="))
    assert result.verdict == "refuted"
    assert "free numbers" in result[0].reason


# --- several claims --------------------------------------------------------------------------------------


def test_one_wrong_claim_outweighs_the_others():
    right, wrong, open_ = "claim E[x] = 0", "claim E[x x'] = 2 Sigma", "claim E[inv(X' X)] = A"
    assert claims(right).verdict == "proved"
    assert claims(right, open_).verdict == "undecided"
    assert claims(right, open_, wrong).verdict == "refuted"


def test_titles():
    result = claims('claim "first": E[x] = 0', "claim second: E[x x'] = 2 Sigma")
    assert result["first"].verdict == "proved"
    assert result["second"].verdict == "refuted"
    assert [c.title for c in result] == ["first", "second"]
    assert len(result) == 2


def test_library_symbols_are_those_of_the_file():
    text = "dims n, d\nGamma : {}\ntask T = LinearRegression()\nmodel M = OneStepGD()\n"
    claim = (
        "claim loss(M, T) = σ² + d - 2 n tr(Gamma) + n (n + 1) ||Gamma||_F^2 + n (d + σ²) ||Gamma||_F^2\n"
        "claim Gamma = 1/(n + d + 1 + σ²) I minimises loss(M, T)"
    )
    assert symicl.check(text.format("matrix(d, d)") + claim).verdict == "proved"
    with pytest.raises(
        symicl.ClaimError, match="Gamma is a d×d matrix here, but the file declares it as another"
    ):
        symicl.check(text.format("symmetric(d)") + claim)


def test_every_explanation_is_judged_like_the_claim():
    """An explanation that nothing confirms is not given."""
    assert explain.__module__ == "symicl.language.conventions"
    assert claim("E[x' x] = 17 n d tr(A) + 5").convention is None
