"""The excess of one head over the transformer block at a = sβ*, Ψ = φH⁻¹, and its certified minimum at numbers."""

from functools import cache

import flint
import sympy

from symicl.algebra import in_one_variable, read_form, scalar, scalar_letter, unheard
from symicl.models import MultiHeadLinearAttention
from symicl.numeric import evaluate, infimum
from symicl.proofs.zhang2024.lsa.one_head import MULTIPLE, A, b2, one_head, phi, t
from symicl.proofs.zhang2024.lsa.one_head_at_numbers import gap_at_numbers
from symicl.proofs.zhang2024.lsa.parity import split_by_parity
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, d, n, sigma2, task
from symicl.statements import NotDetermined, Recorder
from symicl.theory import expected_loss, right_quotient

s = scalar("s")


@unheard
def gap_on_a_line(profile, gd_beta):
    """profile − R* at A = s²‖β*‖², t = s‖β*‖²."""
    S, norm = read_form(s), read_form(b2)
    excess = profile - risk_of_gd_beta(gd_beta)
    return excess.substitute({scalar_letter(A): S**2 * norm, scalar_letter(t): S * norm})


def risk_of_gd_beta(gd_beta):
    """R* at Ψ = φH⁻¹, where its equation has a scalar factor."""
    equation = gd_beta.equation
    solution = right_quotient(equation.right_side.substitute(MULTIPLE), equation.factor.substitute(MULTIPLE))
    explained = gd_beta.explained.substitute(MULTIPLE).substitute({gd_beta.problem.unknown: solution})
    return gd_beta.target_power.substitute(MULTIPLE) - explained


@cache
@unheard
def derived_gap():
    """The gap as a function of s, derived anew without recording the steps."""
    step = Recorder()
    split, risk = split_by_parity(step, expected_loss(MultiHeadLinearAttention(), task))
    return gap_on_a_line(one_head(step, risk, split), split.gd_beta)


def single_head_gap(values, digits):
    """inf over all parameters of one head, minus R*, with proven digits.

    At Ψ = φH⁻¹ from the function of one variable, otherwise from a search over a direction for each eigenvalue of HΨ.

    Raises
    ------
    NotDetermined
        Where tr(HΨ) + σ² = 0, and where there are too many eigenvalues.
    """
    product = evaluate(H * Psi, values)
    level = product[0, 0]
    size = product.nrows()
    norm = evaluate(sympy.Trace(beta_star.T * H * beta_star), values)
    if norm == 0:
        return sympy.Integer(0)
    multiple = [level if i == j else 0 for i in range(size) for j in range(size)]
    if product != flint.fmpq_mat(size, size, multiple):
        return gap_at_numbers(values, digits)
    if level == 0 and values[sigma2] == 0:
        raise NotDetermined("the one-variable form needs tr(H Psi) + sigma2 > 0")
    numbers = {
        n: values[n],
        d: sympy.Integer(size),
        sigma2: values[sigma2],
        phi: sympy.Rational(int(level.p), int(level.q)),
        b2: norm,
    }
    gap = derived_gap().substitute({scalar_letter(x): read_form(value) for x, value in numbers.items()})
    return infimum(*in_one_variable(gap, scalar_letter(s)), digits=digits).value
