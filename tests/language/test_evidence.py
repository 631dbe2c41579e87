"""Inequalities, minimisers, limits and solutions in certificates: rechecked, and refused where they are wrong."""

import json

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from symicl.language import inequalities, judge, minimisers, sign_evidence
from symicl.theory import Quadratic
from symicl.verdicts import PROVED

HEAD = """
dims n, d
Sigma, Psi : covariance(d)
A, B, Gamma : matrix(d, d)
S : symmetric(d)
M : matrix(n, d)
beta, v : vector(d)
t, c : scalar
sigma2 : scalar(nonnegative)
lambda : scalar(positive)
X ~ gaussian(n, d, col_cov = Sigma)
x ~ N(0, Sigma)
z ~ N(beta, Sigma)
w ~ N(0, I_d)
e ~ N(0, sigma2 I_n)
"""
LIBRARY = """
dims n, d
H, Psi : covariance(d)
mu : vector(d)
s2 : scalar(nonnegative)
Gamma : matrix(d, d)
task T = LinearRegression(covariate_cov = H, task_mean = mu, task_cov = Psi, noise = s2)
task U = LinearRegression()
model G = GDBeta()
model O = OneStepGD()
model L = LinearSelfAttention()
"""
FUNCTION = """
task R = RotationInvariantRegression()
model O = OneStepGD()
model L = LinearSelfAttention()
claim minimum(O, R) = minimum(L, R)
"""

INEQUALITIES = [
    "n^2 + 1 >= 2 n",
    "n/(n + 1) < 1",
    "sigma2/(n + sigma2 + 1) <= sigma2",
    "t^2 + 1 > 0",
    "-(v' A v)^2 <= 0",
    "tr(Sigma A' Psi A) >= 0",
    "tr(A' A) + t^2 (n - 1) >= 0",
    "||beta||_Sigma^2/(lambda + tr(Sigma)) >= 0",
    "tr(Sigma) > 0",
    "lambda tr(Sigma Psi) + ||beta||^2 > 0",
    "1/lambda > 0",
    "E[||X v||^2]/n >= 0",
    "E[x' x] > 0",
]
MINIMISERS = [
    "v = beta minimises E[(x' v - x' beta)^2]",
    "v = 0 minimises ||v||^2",
    "t = tr(Sigma)/(2 n) minimises E[(t - x' x/(2 n))^2]",
    "t = c/2 minimises t^2 + (t - c)^2",
    "S = Sigma minimises 3 ||S - Sigma||_F^2",
    "Gamma = A minimises E[(x' Gamma w - x' A w)^2]",
    "M = 0 minimises E[(v' x - w' x)^2] + ||M||_F^2",
    "v = beta minimises (lambda + 1/n) ||v - beta||^2 + tr(Sigma) E[(x' v - x' beta)^2]",
    "v = beta minimises E[||z||^2 (z' v - z' beta)^2] + E[(||x||^2/n) ||v - beta||_Psi^2]",
    "v = beta minimises n ||v - beta||^2 + (n + d + lambda + 1)^4 * ||A v - A beta||^2/(n + 2 tr(Psi))",
    # These contain the inverse of a sum: on the left, on the right, and where the objective has a denominator.
    "v = inv(M' M + lambda I) M' M beta minimises ||M v - M beta||^2 + lambda ||v||^2",
    "Gamma = A Sigma inv(Sigma + lambda I) minimises E[||Gamma x - A x||^2] + lambda ||Gamma||_F^2",
    "Gamma = inv(Sigma + lambda I) Sigma A minimises E[||Gamma' x - A' x||^2]/(n + 1) + lambda/(n + 1) * ||Gamma||_F^2",
    "Gamma = inv((n + 1) Sigma + (tr(Sigma) + sigma2) I) minimises E[(x' Gamma X' (X w + e) - x' w)^2]",
]
LIMITS = [
    "limit n -> infinity of n/(n + d + 1) A = A",
    "limit n -> infinity of (2 n^2 + d)/(3 n^2 + n) = 2/3",
    "limit n -> infinity of A/n = 0",
    "limit sigma2 -> 0 of (sigma2^2 A + sigma2 B)/(2 sigma2) = B/2",
]
OF_THE_LIBRARY = [
    "coefficient(G, T) = Psi inv((n + 1) H Psi + (tr(H Psi) + s2) I)",
    "coefficient(G, T) = inv((n + 1) H + (tr(H Psi) + s2) inv(Psi))",
    "minimum(L, U) >= sigma2",
    "minimum(O, U) > 0",
    "limit n -> infinity of minimum(L, U) = sigma2",
    "Gamma = 1/(n + d + 1 + sigma2) I minimises loss(O, U)/2",
    "Gamma = n/(n (n + d + 1 + sigma2) + 1) I minimises loss(O, U) + ||Gamma||_F^2",
]


def certified(text, head=HEAD):
    result = si.check(f"{head}claim {text}\n", certificate=True)
    assert result.verdict == "proved", str(result)
    return result.certificate


def recheck(checker, certificate):  # noqa: F811
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in certificate.splitlines()])
    return running


# --- accepted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "head"),
    [(text, HEAD) for text in INEQUALITIES + MINIMISERS + LIMITS]
    + [(text, LIBRARY) for text in OF_THE_LIBRARY],
)
def test_nothing_of_it_is_asserted(checker, text, head):  # noqa: F811
    certificate = certified(text, head)
    running = recheck(checker, certificate)
    assert running.asserted == []
    ((_, stated),) = running.stated.items()
    assert text in stated
    rules = [json.loads(line).get("rule") for line in certificate.splitlines()]
    assert "sign" in rules or any(sign in text for sign in "=<>")
    if "minimises" in text or "(G, T)" in text or "minimum" in text:
        assert "minimum" in rules
    if "limit" in text:
        assert "substitute" in rules
        assert "entered" not in stated or "minimum" not in text


def test_what_rests_on_a_declaration_is_printed(checker):  # noqa: F811
    report = "\n".join(recheck(checker, certified("1/lambda > 0")).report())
    assert "since lambda > 0" in report
    assert "assumption, in the words of the file: lambda > 0" in report
    assert "assumption, in the words of the file: Sigma is symmetric and positive definite" in report


def test_averages_over_a_random_function_are_asserted(checker):  # noqa: F811
    """Moments of a function whose law is not known are no expectation over a Gaussian letter."""
    running = recheck(checker, si.check(FUNCTION, certificate=True).certificate)
    assert running.averages and not running.asserted
    assert all("an expectation over samples" in text for text in running.averages)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # The letter x is averaged over twice, one average inside the other.
        (
            "v = beta minimises E[||x||^2 E[(x' v - x' beta)^2]]",
            "the quadratic part of the objective is not the square",
        ),
        ("v = beta minimises (n - 1) ||v - beta||^2", "a factor of a square is no sum of a few terms"),
    ],
)
def test_what_no_rule_reaches_is_asserted_with_its_reason(checker, text, reason):  # noqa: F811
    result = si.check(f"{HEAD}claim {text}\n", certificate=True)
    assert result.verdict == "proved"
    assert result.certificate is None
    result = si.check(f"{HEAD}claim {text}\nclaim n >= 1\n", certificate=True)
    running = recheck(checker, result.certificate)
    assert list(running.stated) == ["line 17"]
    assert len(running.asserted) == 1
    assert f"not written out: {reason}" in running.asserted[0]


# --- rejected --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "||beta||^2/(lambda + tr(Sigma)) >= 0",
        "t^2 + (v' A v)^2 + 1 > 0",
        "t = tr(Sigma)/(2 n) minimises E[(t - x' x/(2 n))^2]",
        "Gamma = inv(Sigma + lambda I) Sigma A minimises E[||Gamma' x - A' x||^2] + lambda ||Gamma||_F^2",
        # A sum with the transpose, which no matrix of another shape has.
        "limit n -> infinity of (2 n^2 + d)/(3 n^2 + n) (A + A') = 2/3 * (A + A')",
    ],
)
def test_corrupted_ones_are_rejected(checker, text):  # noqa: F811
    real = Certificate(certified(text))
    cases = list(real.corruptions(per_kind=2))
    assert len(cases) > 300
    assert [name for name, kind in outcomes(checker, real, cases).items() if kind == "accepted"] == []


@pytest.fixture
def credulous(monkeypatch):
    """A prover that believes whatever it is told, and writes it into its certificate."""
    monkeypatch.setattr(judge, "_proof", lambda *_: judge.SAME)
    monkeypatch.setattr(judge, "_cross_check", lambda *_: None)
    monkeypatch.setattr(inequalities, "is_positive", lambda _: True)
    monkeypatch.setattr(inequalities, "is_nonnegative", lambda _: True)
    monkeypatch.setattr(sign_evidence, "oriented", lambda ratio, **_: ratio.fraction())
    monkeypatch.setattr(minimisers, "is_stationary", lambda *_: True)
    monkeypatch.setattr(Quadratic, "is_stationary", lambda *_: True)


@pytest.mark.parametrize(
    ("text", "rule", "sentence"),
    [
        ("2 n >= n^2 + 1", "sign", "a coefficient is negative"),
        ("n^2 + 1 <= 2 n", "sign", "a coefficient is negative"),
        ("n >= 2", "sign", "a coefficient is negative"),
        ("-t^2 >= 0", "sign", "a coefficient is negative"),
        ("sigma2/(n + sigma2 + 1) >= sigma2", "sign", "a coefficient is negative"),
        ("||beta||^2/(n - lambda) >= 0", "", ""),
        ("v = 2 beta minimises E[(x' v - x' beta)^2]", "minimum", "the remainder is another one"),
        ("t = tr(Sigma)/n minimises E[(t - x' x/(2 n))^2]", "minimum", "the remainder is another one"),
        ("S = 2 Sigma minimises 3 ||S - Sigma||_F^2", "minimum", "the remainder is another one"),
        ("Gamma = A' minimises E[(x' Gamma w - x' A w)^2]", "minimum", "the remainder is another one"),
        ("v = c beta minimises E[(x' v - x' beta)^2]", "minimum", "the remainder is another one"),
        ("limit n -> infinity of (2 n^2 + d)/(3 n^2 + n) = 3/2", "", ""),
        ("limit n -> infinity of n/(n + d + 1) A = A'", "", ""),
        ("limit sigma2 -> 0 of (sigma2^2 + sigma2)/(2 sigma2) = 0", "", ""),
    ],
)
def test_a_credulous_prover_is_not_believed(checker, credulous, text, rule, sentence):  # noqa: F811
    result = si.check(f"{HEAD}claim {text}\n", certificate=True)
    assert result.verdict == PROVED
    if not rule:
        # There is no form of it in which it could be written down.
        assert result.certificate is None
        return
    with pytest.raises(checker.Rejected) as error:
        recheck(checker, result.certificate)
    assert f", {rule}: " in str(error.value)
    assert sentence in str(error.value)


def test_a_wrong_limit_is_rejected(checker, monkeypatch):  # noqa: F811
    """The coefficients of a lower power, as if they were the leading ones."""
    from symicl.algebra import limits

    monkeypatch.setattr(limits, "max", min, raising=False)
    certificate = certified("limit n -> infinity of (n + d)/(3 n + 1) = d")
    with pytest.raises(checker.Rejected, match="substitute: its value is not the one that was printed"):
        recheck(checker, certificate)


def test_a_solution_that_is_not_one_is_not_written(checker, monkeypatch):  # noqa: F811
    """Without a common factor nothing says that two quotients are the same."""
    monkeypatch.setattr(minimisers, "is_stationary", lambda *_: True)
    head = HEAD + "claim n >= 1\n"
    text = "Gamma = A Sigma inv(Sigma + 2 lambda I) minimises E[||Gamma x - A x||^2] + lambda ||Gamma||_F^2"
    running = recheck(checker, certified(text, head))
    assert list(running.stated) == ["line 16"]
    assert "the gradient does not vanish at the point" in running.asserted[0]
