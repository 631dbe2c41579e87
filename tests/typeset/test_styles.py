"""Styles: eigenvalue form and normalised form are exact, and a wrong rearrangement is noticed."""

import pytest
import sympy
from sympy import Identity, Inverse, Trace

from proved import derivation_of
from symicl.algebra import covariance, dims
from symicl.errors import DerivationError
from symicl.typeset import Style, formula_latex, restyled
from symicl.typeset.eigenvalues import EigenSum, eigenvalue_form
from symicl.typeset.instances import agree
from symicl.typeset.leading_order import normalised_form
from symicl.typeset.styles import checked

n, d = dims("n d")
sigma2 = sympy.Symbol("sigma2", nonnegative=True)
H, Psi = covariance("H", d), covariance("Psi", d)
K = Inverse((n + 1) * H * Psi + (Trace(H * Psi) + sigma2) * Identity(d))
FOUND = {
    name: derivation_of(name).found
    for name in ("zhang2024.gd_beta", "zhang2024.bayes", "mahankali2023.isotropic")
}


def test_the_risk_in_eigenvalues():
    risk = restyled(FOUND["zhang2024.gd_beta"]["risk"], Style.eigen)
    (total,) = [s for s in risk.atoms(EigenSum) if s.eigenvalue.name == "varphi_i"]
    # The summand is the theorem's own: φ (τ + φ) / ((n+1) φ + τ), τ = σ² + tr HΨ.
    tau, phi = sympy.symbols("tau varphi", positive=True)
    inner = dict.fromkeys(total.body.atoms(EigenSum), tau - sigma2)
    body = total.body.xreplace(inner).subs(total.eigenvalue, phi)
    body = body.xreplace({s: sigma2 for s in body.free_symbols if s.name == "sigma2"})
    (n_of_the_task,) = (s for s in body.free_symbols if s.name == "n")
    assert sympy.simplify(body - phi * (phi + tau) / ((n_of_the_task + 1) * phi + tau)) == 0


@pytest.mark.parametrize(
    "expression",
    [
        Trace(H * Psi),
        sigma2 + 3 * Trace(H * H) * Trace(H),
        Trace(K * H * Psi),
        Trace(H * Inverse(H + 2 * Identity(d)) * H),
        Trace(H * Psi * H * Psi) / Trace(H * Psi) ** 2,
    ],
)  # fmt: skip
def test_traces_become_sums(expression):
    form = eigenvalue_form(expression)
    assert form is not None
    assert form.atoms(EigenSum)
    assert not form.atoms(Trace)
    assert agree(expression, form)


@pytest.mark.parametrize("name", ["A", "K", "Z"])
def test_other_matrices_stay_beside_the_sums(name):
    other = sympy.MatrixSymbol(name, d, d)
    expression = Trace(H * Psi) * Trace(other * H * other.T * H) + Trace(other * H * other.T * H * Psi * H)
    form = eigenvalue_form(expression)
    assert form.atoms(EigenSum)
    assert agree(expression, form)
    assert not agree(expression, form + Trace(other))


@pytest.mark.parametrize(
    "expression",
    [Trace(H * H * Psi), Trace(H * Psi * Psi * H), Trace(K * Psi * H * H), Trace(K * Psi * H), sigma2 * n],
)
def test_what_is_no_function_of_eigenvalues_stays(expression):
    form = eigenvalue_form(expression)
    assert form is None or (form.atoms(Trace) and agree(expression, form))


@pytest.mark.parametrize(
    "expression",
    [
        d * (d + 1 + sigma2) / (n + d + 1 + sigma2) + sigma2,
        (n**2 + 3 * n * d + 2) / (5 * n**3 + d),
        sigma2 - n * Trace(K * H * Psi * H * Psi),
        n * Psi * K,
    ],
)
def test_normalised_forms_are_equal(expression):
    assert agree(expression, normalised_form(expression))


def test_the_step_normalised():
    eta = restyled(FOUND["mahankali2023.isotropic"]["eta"], Style.normalised)
    assert formula_latex(eta) == r"\frac{1}{n \left(1 + \frac{d + 1 + \sigma^{2}}{n}\right)}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1 / (n + d), 1 / (n + d + 1)),
        (Trace(H * Psi), Trace(H * Psi) + sigma2),
        (Trace(H * H * Psi), EigenSum(sympy.Symbol("varphi_i") ** 2, sympy.Symbol("varphi_i"), d, H, Psi)),
        (Trace(H * H), EigenSum(sympy.Symbol("lambda_i"), sympy.Symbol("lambda_i"), d, H)),
        (n * Psi * K, Psi * K),
        (H * Psi, Psi * H),
    ],
)
def test_a_wrong_rearrangement_is_noticed(one, other):
    assert not agree(one, other)
    with pytest.raises(DerivationError):
        checked(one, other)


def test_trace_style_changes_nothing():
    value = FOUND["zhang2024.bayes"]["risk"]
    assert restyled(value, Style.trace) is value
