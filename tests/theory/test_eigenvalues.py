"""Closed forms as sums over eigenvalues: against the matrices themselves, by two ways; and clear refusals."""

from fractions import Fraction

import flint
import pytest
import sympy

import symicl as si
from symicl.algebra import read_form
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.numeric import evaluate
from symicl.typeset import checked

N, M, d = si.dims("N M d")
a = si.scalar("a", positive=True)
L, H, P = si.covariance("Lambda", d), si.covariance("H", d), si.covariance("P", d)
A = si.matrix("A", (d, d))
w, u = si.vector("w", d), si.vector("u", d)
I, tr = sympy.Identity(d), sympy.Trace


@pytest.fixture(scope="module")
def risk():
    """The test risk of attention trained on N tokens, on M tokens with the task w."""
    gamma = (1 + 1 / N) * L + tr(L) / N * I
    X, x = si.gaussian("X", (M, d), col_cov=L), si.gaussian("x", d, row_cov=L)
    gap = x.T * gamma.inverse() * X.T * X * w / M - w.T * x
    return si.expect(tr(gap * gap.T))


def stated(factor=2):
    G = ((1 + 1 / N) * L + tr(L) / N * I).inverse()
    S = L * w * w.T * L + tr(w.T * L * w) * L
    rest = (
        tr(w.T * G * G * L**3 * w)
        + factor * tr(L) * tr(w.T * G * G * L**2 * w)
        + tr(L) ** 2 * tr(w.T * G * G * L * w)
    )
    return tr(S * G * G * L) / M + rest / N**2


def test_the_test_risk_of_trained_attention(risk):
    """Equal as closed forms, since Γ⁻¹ cancels with Γ; a wrong factor is not."""
    assert read_form(risk) == read_form(stated())
    assert read_form(risk) != read_form(stated(factor=1))


@pytest.mark.parametrize(("spectrum", "along"), [([2, 1], [1, 3]), ([3, 2, "1/2"], [1, 0, -2])])
def test_the_risk_at_a_spectrum_is_that_of_the_diagonal_matrix(risk, spectrum, along):
    found = si.in_eigenvalues(risk).at(spectrum=spectrum, w=along, N=4, M=3)
    exact = [flint.fmpq(Fraction(v).numerator, Fraction(v).denominator) for v in spectrum]
    size = len(exact)
    diagonal = flint.fmpq_mat(size, size, [exact[i] * int(i == j) for i in range(size) for j in range(size)])
    values = {
        L: diagonal,
        w: flint.fmpq_mat(size, 1, [flint.fmpq(k) for k in along]),
        **dict(zip((N, M, d), map(sympy.Integer, (4, 3, size)), strict=True)),
    }
    assert found == evaluate(risk, values)
    assert found == si.in_eigenvalues(stated()).at(spectrum=spectrum, w=along, N=4, M=3)
    assert found != si.in_eigenvalues(stated(factor=1)).at(spectrum=spectrum, w=along, N=4, M=3)


def test_its_face():
    form = si.in_eigenvalues(tr(w.T * L * (L + a * I).inverse() * w))
    assert str(form) == "∑_{i=1}^{d} λ_i w_i²/(a + λ_i)"
    assert repr(form) == f"EigenvalueForm({form})"
    assert r"\sum_{i=1}^{d} \frac{\lambda_{i} w_{i}^{2}}{a + \lambda_{i}}" in form.latex()
    assert r"\text{ the eigenvalues of }\Lambda" in form.latex()
    assert r"w_{i}\text{ the component of }w" in form.latex() == form._repr_latex_()
    assert (form.matrices, form.vectors) == ((L,), (w,))
    assert r"\alpha" in form.latex(notation={"a": r"\alpha"})


def test_a_product_of_two_matrices():
    form = si.in_eigenvalues(tr(H * P * (H * P + a * I).inverse()))
    assert form.matrices == (H, P)
    assert form.at(spectrum=[1, 2], a=1) == sympy.Rational(7, 6)


def test_an_optimum():
    task = si.LinearRegression(covariate_cov=H, noise=0)
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), task))
    found = si.in_eigenvalues(optimum).at(spectrum=[2, 1], n=3)
    values = {H: flint.fmpq_mat(2, 2, [2, 0, 0, 1]), task.n: sympy.Integer(3), task.d: sympy.Integer(2)}
    assert found == evaluate(optimum.expr, values)


@pytest.mark.parametrize(
    ("formula", "error", "words"),
    [
        (tr(A * L), UnsupportedError, "a trace with A is not"),
        (tr(A * A), UnsupportedError, "a trace with A is not"),
        (tr(A * L * A), UnsupportedError, "A, Lambda"),
        (tr(H * L * H), UnsupportedError, "H, Lambda"),
        (a * d, UnsupportedError, "nothing in it"),
        (H * P, InputError, "give a scalar"),
        (sympy.Symbol("lambda_i") * tr(L), InputError, "another name"),
        ("tr(L)", InputError, "no formula"),
    ],
)
def test_what_has_no_such_form(formula, error, words):
    with pytest.raises(error, match=words):
        si.in_eigenvalues(formula)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"spectrum": [], "a": 1, "w": []}, "empty"),
        ({"spectrum": [1, -1], "a": 1, "w": [1, 1]}, "not positive"),
        ({"spectrum": [1, 0.5], "w": [1, 1]}, "add a="),
        ({"spectrum": [1, 2], "a": 1}, "add w="),
        ({"spectrum": [1, 2], "a": 1, "w": [1]}, "1 components"),
        ({"spectrum": [1, 2], "a": 1, "w": [1, 1], "d": 3}, "2 eigenvalues"),
        ({"spectrum": [1, "x"], "a": 1, "w": [1, 1]}, "integer or a fraction"),
        ({"spectrum": [1, 2], "a": 1, "w": [1, 1], "b": 2}, "b is not an input"),
    ],
)
def test_wrong_numbers(numbers, words):
    form = si.in_eigenvalues(tr(w.T * L * (L + a * I).inverse() * w))
    with pytest.raises(InputError, match=words):
        form.at(**numbers)


def test_a_denominator_that_vanishes():
    S = si.symmetric("S", d)
    with pytest.raises(ZeroDivisionError):
        si.in_eigenvalues(tr((S + a * I).inverse())).at(spectrum=[-1, 2], a=1)


def test_a_wrong_rearrangement_is_noticed():
    expression = tr(w.T * L * w)
    form = si.in_eigenvalues(expression)
    other = si.in_eigenvalues(tr(u.T * L * w)).expr
    with pytest.raises(DerivationError):
        checked(expression, 2 * form.expr)
    with pytest.raises(DerivationError):
        checked(expression, other)
