"""Optima for covariances that are sums: those of one letter, with the sum put in."""

import pytest
import sympy

import symicl as si
from symicl.algebra import read_form, symbol_letter
from symicl.numeric import AtNumbers, exact_matrix

n, d = si.dims("n d")
S, T, H = (si.covariance(name, d) for name in "STH")
s = si.scalar("s", positive=True)
VALUES = {n: sympy.Integer(4), d: sympy.Integer(2), s: sympy.Integer(3)}
AT_S, AT_T = sympy.Matrix([[2, 1], [1, 3]]), sympy.Matrix([[4, 1], [1, 1]])


def optimum(cov, model):
    return si.minimise(si.expected_loss(model, si.LinearRegression(covariate_cov=cov)))


@pytest.mark.parametrize(
    ("cov", "at"),
    [
        (S + s * sympy.Identity(d), AT_S + 3 * sympy.eye(2)),
        (2 * S + s * S * S, 2 * AT_S + 3 * AT_S * AT_S),
        (S + T, AT_S + AT_T),
    ],
    ids=["S + s I", "2 S + s S^2", "S + T"],
)
def test_an_optimum_of_a_sum_is_that_of_a_letter_at_the_sum(cov, at):
    model = si.LinearSelfAttention()
    found, plain = optimum(cov, model), optimum(H, model)
    assert found.attained == "weights" and found.certificate
    noise = {x: sympy.Integer(1) for x in found.value.free_symbols if x.name == "sigma2"}
    values = VALUES | noise | {S: exact_matrix(AT_S.tolist()), T: exact_matrix(AT_T.tolist())}

    def value(optimum, given):
        return AtNumbers(given).of(read_form(optimum.value))

    assert value(found, values) == value(plain, values | {H: exact_matrix(at.tolist())})
    assert value(found, values) != value(plain, values | {H: exact_matrix(AT_S.tolist())})


def test_the_coefficient_is_written_with_one_inverse():
    K = read_form(optimum(S + s * sympy.Identity(d), si.OneStepGD()).solution.expr)
    letters = {symbol_letter(S)}
    assert len(K.terms) == 1 and not letters & K.letters()
