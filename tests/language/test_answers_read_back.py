"""Every true side and every difference that is printed, put back into the claim, is proved."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import symicl
from symicl.errors import InputError

DECLARED = """
dims n, d
P, T : symmetric(d)
A : matrix(d, d)
Σ : covariance(d)
Psi_1 : covariance(d)
v : vector(d)
β⋆ : vector(d)
σ² : scalar(nonnegative)
tau2 : scalar(positive)
t : scalar
X ~ gaussian(n, d, col_cov = Σ)
x ~ N(0, I_d)
y ~ N(β⋆, Σ)
z ~ N(0, Psi_1)
"""


def answers(question, stated="0"):
    """What is printed for a refuted claim: the true side and the difference."""
    (result,) = symicl.check(f"{DECLARED}claim {question} = {stated}\n")
    if result.verdict != "refuted":
        return None
    assert str(result).count(result.details()[0][1]) >= 1
    return result.document["truth"], result.document["difference"]


def assert_read_back(question, stated="0"):
    found = answers(question, stated)
    if found is None:
        return False
    truth, difference = found
    claims = f"{DECLARED}claim {question} = {truth}\nclaim {stated} = {truth} + {difference}\n".replace(
        "+ -", "- "
    )
    for result in symicl.check(claims):
        assert result.verdict == "proved", str(result)
    return True


@pytest.mark.parametrize(
    ("question", "truth"),
    [
        ("E[-2 x' P x - 2 x' T x]", "-2(tr(P) + tr(T))"),
        ("E[(v' z)^4]", "3(vᵀ Psi_1 v)²"),
        ("E[(z' z)^2]", "tr(Psi_1)² + 2 tr(Psi_1²)"),
        ("E[y' y]/(v' v)", "(tr(Σ) + β⋆ᵀ β⋆)/(vᵀ v)"),
        ("E[X' X A X' X]", "n² Σ A Σ + n Σ Aᵀ Σ + n tr(A Σ) Σ"),
        ("E[X' X]/(n + σ^2)^2", "n Σ/(n + σ²)²"),
        ("E[(v' y)^2 (σ^4 + tau2)]", "((β⋆ᵀ v)² + vᵀ Σ v)(tau2 + σ⁴)"),
        ("inv(Σ + σ² I) A' E[x x']", "[Σ + σ² I_d]⁻¹ Aᵀ"),
        ("(A Psi_1^-1)' E[x' x]", "d Psi_1⁻¹ Aᵀ"),
        ("E[z z'] - (t - n) A", "(n - t) A + Psi_1"),
        ("E[x' x] I_3", "d I₃"),
        ("E[x' x x' x] - 3 d^2", "-2d(d - 1)"),
        ("Var[x' P x]", "2 tr(P²)"),
        ("Cov[y' P y, v' y]", "2β⋆ᵀ P Σ v"),
        ("E[X X' 1_n]", "tr(Σ) 1_n"),
        ("E[||x||^4]", "d(d + 2)"),
        ("E[<v, y>^2] - <v, β⋆>^2", "vᵀ Σ v"),
        ("limit n -> infinity of (n inv(n Σ + I))", "Σ⁻¹"),
    ],
)
def test_named_cases(question, truth):
    assert answers(question, "t" if "I_3" not in question and "'" in truth else "0")[0] == truth
    assert assert_read_back(question)


def test_a_name_is_written_as_it_was_declared():
    for declared, wanted in (
        ("sigma2", "sigma2 d"),
        ("σ²", "σ² d"),
        ("sigma^2", "sigma² d"),
        ("s_1", "d s_1"),
    ):
        name = "s_1" if declared == "s_1" else declared.replace("^2", "²")
        text = f"dims d\n{declared} : scalar(nonnegative)\nx ~ N(0, {name} I_d)\nclaim E[x' x] = 0"
        (result,) = symicl.check(text)
        assert sorted(result.document["truth"].split()) == sorted(wanted.split())


SCALARS = [
    "x' P x", "x' T x", "(v' z)^2", "y' y", "v' y", "tr(X' X)", "tr(A)", "v' Σ v", "n", "d", "σ²", "tau2", "t", "2",
    "(n + 1)", "(t - d)", "β⋆' P β⋆", "z' A y", "v' v", "tr(P T)",
]  # fmt: skip
MATRICES = [
    "X' X",
    "x x'",
    "y v'",
    "z z'",
    "A",
    "A'",
    "P",
    "Σ",
    "inv(P + T)",
    "inv(Σ + σ² I)",
    "Psi_1^-1",
    "(A + T)",
    "I_d",
]
DIVISORS = ["", "", "/n", "/(n + σ²)", "/(v' v)", "/(2 n (d + 1))", "/tr(Σ)^2"]


@st.composite
def sums(draw, pieces, most=3):
    """A sum of products of pieces, with signs and coefficients."""
    terms = []
    for _ in range(draw(st.integers(1, most))):
        sign, coefficient = (
            draw(st.sampled_from(["+", "-"])),
            draw(st.sampled_from(["", "2 ", "3/2 * ", "n "])),
        )
        factors = draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=2))
        terms.append(f"{sign} {coefficient}{' * '.join(factors)}")
    return " ".join(terms).removeprefix("+ ")


often = settings(
    max_examples=30, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@often
@given(sums(SCALARS), st.sampled_from(DIVISORS), st.sampled_from(["0", "t", "n/(n + t)"]))
def test_scalars(inside, divisor, stated):
    assume(try_it(f"E[{inside}]{divisor}", stated))


@often
@given(sums(MATRICES), sums(SCALARS, 1), st.sampled_from(DIVISORS))
def test_matrices(inside, factor, divisor):
    assume(try_it(f"E[({factor}) * ({inside})]{divisor}", "A"))


def try_it(question, stated):
    try:
        return assert_read_back(question, stated)
    except InputError:  # what cannot be meant is not the subject here
        return False
