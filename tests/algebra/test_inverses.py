"""The one inverse of closed forms: of products, of functions of one letter, of updates, of sums."""

import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm, inverse, read_form
from symicl.errors import UnsupportedError

d, k = si.dims("d k")
H, A, B = si.covariance("H", d), si.matrix("A", (d, d)), si.matrix("B", (d, d))
W, u, v = si.matrix("W", (d, k)), si.vector("u", d), si.vector("v", d)
a = si.scalar("a")
identity = sympy.Identity(d)

MATRICES = {
    "a letter": A,
    "a multiple of a product": a * A * B,
    "a sum": A + B,
    "a multiple of a sum": a * H + a * identity,
    "a polynomial in one letter": H**2 + H,
    "letters at both ends": A * (H + identity) * B,
    "a function of one letter": H + sympy.Inverse(H + identity),
    "an update": A + a * u * v.T,
    "two updates": A + u * v.T + v * u.T,
    "a sum with a rectangle": W * W.T + identity,
}


@pytest.mark.parametrize("name", MATRICES)
def test_it_cancels_with_the_matrix_on_both_sides(name):
    form = read_form(MATRICES[name])
    found, one = inverse(form), ClosedForm.identity(form.rows)
    assert found @ form == one
    assert form @ found == one


@pytest.mark.parametrize("name", MATRICES)
def test_it_is_that_of_no_other_matrix(name):
    form = read_form(MATRICES[name])
    assert inverse(form) @ (form + form) != ClosedForm.identity(form.rows)
    assert inverse(form) != inverse(form * 2)


def test_scalars_and_equal_sums():
    assert inverse(read_form(a)) == read_form(1 / a)
    assert inverse(read_form(A + B)) == inverse(read_form(B + A))
    assert inverse(read_form(2 * A + 2 * B)) * 2 == inverse(read_form(A + B))
    assert inverse(read_form(H**2 + H)) == read_form(sympy.Inverse(H + identity) * sympy.Inverse(H))


def test_what_has_none_is_refused():
    for form in (read_form(W), ClosedForm.zero(read_form(A).rows, read_form(A).cols)):
        with pytest.raises(UnsupportedError, match="has no inverse"):
            inverse(form)
