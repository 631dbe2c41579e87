"""Random expressions, in any form that SymPy lets them have: text and LaTeX read back are what was meant."""

import pytest
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy import Identity, Inverse, MatAdd, MatMul, MatPow, Trace, Transpose

import symicl as si
from symicl.typeset import expression_text, formula_latex
from typeset.readable import Readable

n, d = si.dims("n d")
sigma2, t, c = si.scalar("sigma2", nonnegative=True), si.scalar("t"), si.scalar("c", positive=True)
A, B, X = si.matrix("A", (d, d)), si.matrix("B", (d, d)), si.matrix("X", (n, d))
H, Psi = si.covariance("H", d), si.covariance("Psi", d)
beta, v = si.vector("beta", d), si.vector("v", d)


@st.composite
def matrices(draw, depth=2):
    """A d×d matrix."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([A, B, H, Psi, Identity(d), MatMul(X.T, X), MatMul(beta, v.T)]))

    def inner():
        return draw(matrices(depth - 1))

    kind = draw(st.sampled_from(["sum", "product", "scaled", "transpose", "inverse", "power"]))
    if kind == "sum":
        return MatAdd(inner(), inner(), evaluate=False)
    if kind == "product":
        return MatMul(inner(), inner(), evaluate=False)
    if kind == "scaled":
        return MatMul(draw(scalars(depth - 1)), inner(), evaluate=False)
    if kind == "transpose":
        return Transpose(inner())
    if kind == "inverse":
        return Inverse(inner())
    return MatPow(inner(), draw(st.integers(2, 3)))


@st.composite
def scalars(draw, depth=3):
    """A scalar; sums and products are left as they come, or factored, or multiplied out."""
    if depth <= 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([n, d, sigma2, t, c, *map(sympy.Rational, ("-2", "3", "-1/2", "5/3"))]))

    def inner():
        return draw(scalars(depth - 1))

    kind = draw(st.sampled_from(["sum", "sum", "product", "product", "power", "trace", "form", "factored"]))
    if kind == "sum":
        return sympy.Add(*(inner() for _ in range(draw(st.integers(2, 3)))), evaluate=draw(st.booleans()))
    if kind == "product":
        return sympy.Mul(inner(), inner(), evaluate=draw(st.booleans()))
    if kind == "power":
        return sympy.Pow(inner(), draw(st.sampled_from([2, 3, -1, -2])), evaluate=draw(st.booleans()))
    if kind == "trace":
        return Trace(draw(matrices(1)))
    if kind == "form":
        return Trace(MatMul(beta.T, draw(st.sampled_from([H, A, A * Psi, A.T + B])), v))
    whole = sympy.Add(inner(), inner())
    return draw(st.sampled_from([sympy.factor, sympy.together, sympy.expand, sympy.cancel]))(whole)


def check(expression, written):
    readable = Readable(expression)
    values = readable.numbers()
    try:
        wanted = readable.value_meant(values)
    except (ZeroDivisionError, sympy.matrices.exceptions.NonInvertibleMatrixError):
        assume(False)
    assume(not any(x.has(sympy.zoo, sympy.nan, sympy.oo) for x in wanted))
    for text in written(readable.formula):
        assert readable.value_read(text, values) == wanted, text


def both(expression):
    return expression_text(expression), f"${formula_latex(expression)}$"


often = settings(
    max_examples=120, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


@often
@given(scalars())
def test_scalars(expression):
    check(expression, both)


@often
@given(matrices())
def test_matrices(expression):
    check(expression, both)


def test_the_comparison_can_say_no():
    readable = Readable(-2 * (t + c))
    values = readable.numbers()
    wanted = readable.value_meant(values)
    assert readable.value_read("-2(t + c)", values) == wanted
    assert readable.value_read("-2t + 2c", values) != wanted
    readable = Readable(A.T * H)
    values = readable.numbers()
    assert (
        readable.value_read("Aᵀ H", values)
        == readable.value_meant(values)
        != readable.value_read("A H", values)
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sympy.factor(-2 * t - 2 * c), "-2(c + t)"),
        (-2 * Trace(A) - 2 * Trace(B), "-2 tr(A) - 2 tr(B)"),
        (3 * Trace(v.T * H * v) ** 2, "3(vᵀ H v)²"),
        (Trace(H**2), "tr(H²)"),
        (1 / Trace(v.T * v), "1/(vᵀ v)"),
        (sympy.Add(t, sympy.Mul(-1, sympy.Add(c, -2), evaluate=False), evaluate=False), "t - (c - 2)"),
        (sympy.factor((t + c) * (t - c) / (n + d)), "(t - c)(c + t)/(n + d)"),
        (-sympy.Rational(1, 2) * (t + 1), "-t/2 - 1/2"),
        (sigma2**2 / (n + d + 1 + sigma2), "σ⁴/(n + d + 1 + σ²)"),
        (Trace(A) * Trace(v.T * H * v) * Trace(beta.T * beta), "tr(A) βᵀ β · vᵀ H v"),
        (Inverse(A + H), "[A + H]⁻¹"),
        (Inverse(A).T, "(Aᵀ)⁻¹"),
        (MatMul(2, Transpose(A + H), H, evaluate=False), "2(A + H)ᵀ H"),
        (MatPow(A + H, 2), "(A + H)²"),
        (Identity(d) / (n + 1), "I_d/(n + 1)"),
        (sympy.harmonic(n - 2) * t + sympy.harmonic(n - 2, 2) ** 2, "(H_{n-2}⁽²⁾)² + t H_{n-2}"),
        (sympy.Symbol("E_g2") * sigma2 / sympy.Symbol("lambda_min"), "(𝔼‖G‖²) σ²/λ_min(H)"),
        (sympy.Symbol("alpha'") ** 2 * sympy.Symbol("T_max"), "T_max α′²"),
        (sympy.Max(0, d - n), "max(0, d - n)"),
        (2**n * t ** sympy.Rational(3, 2), "t^(3/2) 2^n"),
    ],
)  # fmt: skip
def test_examples(expression, text):
    assert expression_text(expression) == text
