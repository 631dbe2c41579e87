"""Derivatives with respect to a matrix: against exact differences, and where SymPy fails."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import Identity, Trace

import symicl as si
from symicl.algebra import ClosedForm, directional, gradient, read_form, scalar_letter, symbol_letter
from symicl.errors import UnsupportedError
from symicl.numeric import compile_matrix, compile_scalar

n, d = si.dims("n d")
A, B, C = (si.matrix(name, (d, d)) for name in "ABC")
R = si.matrix("R", (n, d))
H = si.covariance("H", d)
u, v = si.vector("u", d), si.vector("v", d)
s = si.scalar("s")
I = Identity(d)
SIZES = {n: 2, d: 3}


def numbers(seed=0):
    rng = np.random.default_rng(seed)

    def entries(rows, cols):
        return [[Fraction(int(x), 2) for x in row] for row in rng.integers(-4, 5, (rows, cols))]

    values = {m: entries(3, 3) for m in (A, B, C)} | {R: entries(2, 3), u: entries(3, 1), v: entries(3, 1)}
    half = entries(3, 3)
    values[H] = [[half[i][j] + half[j][i] + (20 if i == j else 0) for j in range(3)] for i in range(3)]
    return values | {s: Fraction(5, 3), n: sympy.Integer(2), d: sympy.Integer(3)}


def slope_at_zero(f, degree):
    """f′(0) of a polynomial, exactly, by interpolation."""
    points = [Fraction(k) for k in range(-(degree // 2) - 1, degree // 2 + 2)]
    t = sympy.Symbol("t")
    interpolant = sympy.interpolate([(sympy.Rational(p), sympy.Rational(f(p))) for p in points], t)
    return Fraction(str(sympy.diff(interpolant, t).subs(t, 0)))


def by_differences(expression, letter, degree, *, symmetric=False):
    """Every entry of the gradient from values of the function alone."""
    f, values = compile_scalar(read_form(expression), "exact"), numbers()
    base = values[letter]
    rows, cols = len(base), len(base[0])

    def moved(i, j, t):
        shifted = [list(row) for row in base]
        shifted[i][j] += t
        if symmetric and i != j:
            shifted[j][i] += t
        return f({**values, letter: shifted})

    slopes = [
        [slope_at_zero(lambda t, i=i, j=j: moved(i, j, t), degree) for j in range(cols)] for i in range(rows)
    ]
    if symmetric:
        slopes = [[x if i == j else x / 2 for j, x in enumerate(row)] for i, row in enumerate(slopes)]
    return slopes


def exact_gradient(expression, letter):
    found = compile_matrix(gradient(read_form(expression), symbol_letter(letter)), "exact")(numbers())
    return [[Fraction(int(x.p), int(x.q)) for x in row] for row in found.tolist()]


CASES = [
    (Trace(A), A, 1),
    (Trace(A.T * B), A, 1),
    (Trace(A.T * A) + Trace(B.T * B), A, 2),
    (Trace((I - A) * (I - A)), A, 2),
    (Trace(I - A) ** 2, A, 2),
    (Trace(A * B * A.T * C * A), A, 3),
    (Trace(A * A * B) * Trace(A.T * C) + s * Trace(A), A, 3),
    (u.T * A * v * (v.T * A * A.T * u), A, 3),
    (u.T * H * u, u, 2),
    ((v - u).T * A * (v - u) * (u.T * v), u, 3),
    (Trace(R.T * R * A), R, 2),
    (Trace(R * A * R.T) ** 2, R, 4),
    (u.T * R.T * R * v, R, 2),
    (Trace(H * A.T * H * A * H), A, 2),
]


@pytest.mark.parametrize(("expression", "letter", "degree"), CASES, ids=str)
def test_agrees_with_exact_differences(expression, letter, degree):
    assert exact_gradient(expression, letter) == by_differences(expression, letter, degree)


@pytest.mark.parametrize(
    ("expression", "degree"),
    [(Trace(H * A), 1), (Trace(H * A * H * B.T), 2), (u.T * H * v * Trace(H), 2), (Trace(H * A) ** 2, 2)],
    ids=str,
)
def test_the_gradient_at_a_symmetric_matrix_is_symmetric(expression, degree):
    found = gradient(read_form(expression), symbol_letter(H))
    assert found == found.T
    assert exact_gradient(expression, H) == by_differences(expression, H, degree, symmetric=True)


def test_two_traces_that_sympy_differentiates_to_zero():
    """SymPy 1.14: (tr(AᵀA) + tr(BᵀB)).diff(A) is 0, and tr((I − A)²) and tr(I − A)² raise an AttributeError."""
    a = symbol_letter(A)
    assert gradient(read_form(Trace(A.T * A) + Trace(B.T * B)), a) == read_form(2 * A)
    assert gradient(read_form(Trace((I - A) * (I - A))), a) == read_form(2 * A.T - 2 * I)
    trace = read_form(Trace(I - A))
    assert gradient(trace * trace, a) == ClosedForm.identity(read_form(A).rows) * trace * -2


def test_a_scalar_letter():
    f = read_form(s**3 * Trace(A) + s)
    assert gradient(f, scalar_letter(s)).trace() == read_form(3 * s**2 * Trace(A) + 1)


def test_what_does_not_occur_has_gradient_zero():
    assert not gradient(read_form(Trace(B)), symbol_letter(A))


def test_an_inverse():
    """In floating point, since it is no polynomial."""
    expression = Trace(H.inv() * A) + Trace(u.T * H.inv() * H.inv() * v)
    values = {k: np.array(x, dtype=float) if isinstance(x, list) else x for k, x in numbers().items()}
    f = compile_scalar(read_form(expression))
    found = compile_matrix(gradient(read_form(expression), symbol_letter(H)))(values)
    for i in range(3):
        for j in range(3):
            step = np.zeros((3, 3))
            step[i, j] += 0.5
            step[j, i] += 0.5
            up, down = (f({**values, H: values[H] + sign * 1e-5 * step}) for sign in (1, -1))
            assert (up - down) / 2e-5 == pytest.approx(float((found * step).sum()), rel=1e-5, abs=1e-9)


def test_a_general_inverse_and_its_transpose():
    inverse = A.inv()
    found = gradient(read_form(Trace(inverse * B) + Trace(inverse.T * C)), symbol_letter(A))
    assert found == read_form(-inverse.T * B.T * inverse.T - inverse.T * C * inverse.T)


def test_a_letter_inside_another_one_is_refused():
    with pytest.raises(UnsupportedError, match="one letter"):
        gradient(read_form(Trace((A + B).inv() * C)), symbol_letter(A))


def test_a_quotient():
    assert gradient(read_form(s / n), scalar_letter(n)) == read_form(-s / n**2)
    ratio = read_form(Trace(A * B) / (Trace(A) + s))
    over = read_form(Trace(A) + s)
    expected = read_form(B.T) / over - read_form(I) * read_form(Trace(A * B)) / over**2
    assert gradient(ratio, symbol_letter(A)) == expected
    assert gradient(ratio, symbol_letter(A)) != expected * 2


def test_a_direction():
    f = read_form(Trace(A.T * H * A))
    along = directional(f, symbol_letter(A), read_form(B))
    assert along == read_form(2 * Trace(A.T * H * B))
