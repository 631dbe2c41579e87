"""Linear systems over the rational functions, derivatives, and closed forms as functions of one scalar."""

import flint
import pytest
import sympy

import symicl as si
from symicl.algebra import (
    ClosedForm,
    degrees,
    determinant,
    gradient,
    in_one_variable,
    monomials_of,
    read_form,
    scalar_letter,
    solve,
    stationary_point,
    with_letters,
)
from symicl.errors import DerivationError, UnsupportedError

n, d = si.dims("n d")
s = si.scalar("s")
N, D, S = map(read_form, (n, d, s))
A, u = si.matrix("A", (d, d)), si.vector("u", d)


def test_a_linear_system_with_symbolic_coefficients():
    assert solve([[N, S], [S, D]], [1, 0]) == [D / (N * D - S**2), -S / (N * D - S**2)]
    assert solve([[0, 1 / N], [2, S]], [D, 0]) == [-S * N * D / 2, N * D]
    trace = read_form(sympy.Trace(A))
    assert solve([[trace + 1]], [trace]) == [trace / (trace + 1)]


def test_a_larger_system_is_solved_as_sympy_solves_it():
    x = sympy.symbols("x0:5")
    matrix = sympy.Matrix(4, 4, lambda i, j: x[(i + 2 * j) % 5] + (i * j) % 3)
    right = sympy.Matrix(x[:4])
    found = solve([list(map(read_form, row)) for row in matrix.tolist()], list(map(read_form, right)))
    expected = matrix.LUsolve(right)
    assert all(a == read_form(b) for a, b in zip(found, expected, strict=True))


def test_a_system_without_a_unique_solution_is_refused():
    for rows in ([[N, N], [N, N]], [[0, N], [0, S]], [[N, S], [N * D, S * D]]):
        with pytest.raises(DerivationError, match="unique"):
            solve(rows, [0, 1])


def test_determinants():
    context = flint.fmpq_mpoly_ctx.get(("x", "y"), "lex")
    x, y = context.gens()
    zero, one = context.constant(0), context.constant(1)
    rows = [[zero, x, one], [y, zero, x], [x, y, zero]]
    assert determinant(rows) == x**3 + y**2
    assert determinant([rows[1], rows[0], rows[2]]) == -(x**3) - y**2
    assert not determinant([[zero, x], [zero, y]])
    assert determinant([[x, y], [y, x]]) == x**2 - y**2


def test_the_stationary_point_of_a_quadratic():
    x, y = si.scalar("x"), si.scalar("y")
    X, Y = map(read_form, (x, y))
    form = N * (X - S) ** 2 + (Y - X * D) ** 2 / D + 3
    letters = [scalar_letter(z) for z in (x, y)]
    found = stationary_point(form, letters)
    assert [found[a] for a in letters] == [S, S * D]
    assert form.substitute(found) == 3
    assert form.substitute(found | {letters[1]: S}) != 3
    with pytest.raises(DerivationError, match="unique"):
        stationary_point((X - Y) ** 2, letters)


def test_a_derivative_of_a_rational_function():
    form = read_form((s**2 + n) / (s * d - n))
    expected = sympy.diff((s**2 + n) / (s * d - n), s)
    assert gradient(form, scalar_letter(s)) == read_form(sympy.together(expected))
    assert gradient(N / D, scalar_letter(s)) == 0
    assert gradient(read_form(s * sympy.Trace(A)), scalar_letter(s)) == read_form(sympy.Trace(A))


def test_degrees():
    assert degrees((N**2 * D + S) / (1 + N * S), scalar_letter(n)) == (2, 1)
    assert degrees(D + 1, scalar_letter(n)) == (0, 0)


def test_letters_in_the_place_of_traces():
    square = read_form(sympy.Trace(A.T * A))
    ((word,),) = monomials_of(square)
    named = with_letters(square * square * N + square, {word: scalar_letter(s)})
    assert named == S**2 * N + S


def test_one_variable_at_numbers():
    P = flint.fmpq_poly
    at = {scalar_letter(n): ClosedForm.number(2), scalar_letter(d): read_form(sympy.Rational(1, 3))}
    found = ((N * S**2 + D) / (S - 1)).substitute(at)
    num, den = in_one_variable(found, scalar_letter(s))
    assert num * P([-1, 1]) == den * P([flint.fmpq(1, 3), 0, 2])
    assert den(0) > 0
    with pytest.raises(UnsupportedError, match="n needs a value"):
        in_one_variable(N * S, scalar_letter(s))
