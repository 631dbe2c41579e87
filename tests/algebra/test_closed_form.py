"""Closed forms against exact numbers, against SymPy's field, and whatever was met before."""

import subprocess
import sys
from fractions import Fraction

import flint
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symicl as si
from oracle.form_values import FormValues
from symicl.algebra import (
    ONE,
    ClosedForm,
    Facts,
    closed_form,
    dimension_index,
    inverse_letter,
    listening,
    read_scalar,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import ShapeError

d, n = si.dims("d n")
s, t = sympy.symbols("s t", positive=True)
A, S = si.matrix("A", (d, d)), si.covariance("S", d)
u = si.vector("u", d)

SCALARS = {symbol: ClosedForm.of(scalar_letter(symbol)) for symbol in (d, n, s, t)}
MATRICES = {symbol: ClosedForm.of(symbol_letter(symbol)) for symbol in (A, S)}
U = ClosedForm.of(symbol_letter(u))
INVERSE = ClosedForm.of(inverse_letter(symbol_letter(S)))
I = ClosedForm.identity(dimension_index(d))


def matrix(rows):
    return flint.fmpq_mat(len(rows), len(rows[0]), [flint.fmpq(*entry) for row in rows for entry in row])


def values():
    a = matrix([[(1, 2), (-3, 1)], [(2, 5), (7, 3)]])
    covariance = matrix([[(3, 1), (1, 2)], [(1, 2), (2, 1)]])
    numbers = {
        scalar_letter(d): flint.fmpq(2),
        scalar_letter(n): flint.fmpq(5),
        scalar_letter(s): flint.fmpq(3, 7),
        scalar_letter(t): flint.fmpq(11, 4),
        symbol_letter(A): a,
        symbol_letter(S): covariance,
        inverse_letter(symbol_letter(S)): covariance.inv(),
        symbol_letter(u): matrix([[(2, 1)], [(-5, 3)]]),
    }
    return FormValues(numbers.__getitem__)


AT = values()
ARRAYS = {symbol: AT.matrix(form) for symbol, form in MATRICES.items()}

# A random expression is (closed form, its value), built by the same operations on both sides.
numbers = st.fractions(-4, 4, max_denominator=5)
scalar_leaves = st.one_of(
    numbers.map(lambda x: (ClosedForm.number(x), flint.fmpq(x.numerator, x.denominator))),
    st.sampled_from([(form, AT.scalar(form)) for form in SCALARS.values()]),
)


def trace_of(pair):
    form, value = pair
    return form.trace(), sum((value[i, i] for i in range(2)), flint.fmpq(0))


matrix_leaves = st.sampled_from(
    [(form, AT.matrix(form)) for form in (*MATRICES.values(), INVERSE, I, U @ U.T)]
)


def larger_matrices(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: (p[0][0] + p[1][0], p[0][1] + p[1][1])),
        st.tuples(inner, inner).map(lambda p: (p[0][0] @ p[1][0], p[0][1] * p[1][1])),
        inner.map(lambda p: (p[0].T, p[1].transpose())),
        st.tuples(inner, scalar_leaves).map(lambda p: (p[0][0] * p[1][0], p[0][1] * p[1][1])),
    )


matrices = st.recursive(matrix_leaves, larger_matrices, max_leaves=4)


def larger_scalars(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: (p[0][0] + p[1][0], p[0][1] + p[1][1])),
        pairs.map(lambda p: (p[0][0] - p[1][0], p[0][1] - p[1][1])),
        pairs.map(lambda p: (p[0][0] * p[1][0], p[0][1] * p[1][1])),
        pairs.filter(lambda p: p[1][1] != 0).map(lambda p: (p[0][0] / p[1][0], p[0][1] / p[1][1])),
    )


scalars = st.recursive(st.one_of(scalar_leaves, matrices.map(trace_of)), larger_scalars, max_leaves=8)


@given(scalars)
@settings(max_examples=200, deadline=None)
def test_scalars_have_the_right_value(pair):
    form, value = pair
    assert AT.scalar(form) == value


@given(matrices)
@settings(max_examples=100, deadline=None)
def test_matrices_have_the_right_value(pair):
    form, value = pair
    assert AT.matrix(form) == value


@given(scalars, scalars, scalars)
@settings(max_examples=100, deadline=None)
def test_the_laws_of_a_field(x, y, z):
    (a, _), (b, _), (c, value) = x, y, z
    assert (a + b) + c == c + (b + a)
    assert a * (b + c) == b * a + a * c
    assert a - a == 0
    if value != 0:
        assert a * c / c == a
        assert (a / c) * (b / c) == a * b / c**2


@given(scalars)
@settings(max_examples=100, deadline=None)
def test_a_closed_form_is_not_itself_plus_something(pair):
    form, _ = pair
    assert form != form + Fraction(1, 10**9)
    assert form != form + SCALARS[s] * 0 + 1


@given(scalars)
@settings(max_examples=100, deadline=None)
def test_lowest_terms(pair):
    form, _ = pair
    common = form.denominator
    for coefficient in form.terms.values():
        common = common.gcd(coefficient)
    assert common.is_one() or not form.terms
    assert form.denominator.leading_coefficient() > 0
    assert all(form.terms.values())


def test_traces_that_are_divided_by_leave_the_words():
    trace = (MATRICES[A] @ MATRICES[S]).trace()
    quotient = (trace**2 + SCALARS[s]) / trace
    assert quotient * trace == trace**2 + SCALARS[s]
    assert quotient - SCALARS[s] / trace == trace
    assert (trace / trace) == 1
    assert trace in [quotient - SCALARS[s] / trace]


def test_equality_does_not_ask_for_the_field():
    trace = MATRICES[A].trace()
    over_more = trace / SCALARS[t] * SCALARS[t] + (1 / trace - 1 / trace)
    assert over_more == trace
    assert over_more.field.join(trace.field) is over_more.field
    assert over_more != trace + 1


def test_inverses_cancel_in_words():
    assert MATRICES[S] @ INVERSE == I
    assert (MATRICES[S] @ INVERSE).trace() == SCALARS[d]
    assert MATRICES[S] == MATRICES[S].T
    assert MATRICES[A] != MATRICES[A].T


def test_reciprocal_letters_are_powers():
    polynomial = read_scalar(s / n + (n + 1) / n**2)
    assert closed_form(polynomial) == (SCALARS[s] * SCALARS[n] + SCALARS[n] + 1) / SCALARS[n] ** 2
    assert set(closed_form(polynomial).field.words) == {
        (scalar_letter(s),),
        (scalar_letter(n),),
    }


def test_powers():
    half = SCALARS[s] / (SCALARS[n] + 1)
    assert half**3 == half * half * half
    assert half**-2 == ((SCALARS[n] + 1) / SCALARS[s]) ** 2
    assert half**0 == 1
    assert ClosedForm.number(0) ** 0 == 1
    assert ClosedForm.number(0) ** 2 == 0
    assert MATRICES[A] ** 2 == MATRICES[A] @ MATRICES[A]
    assert MATRICES[A] ** 0 == I


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="cannot add d×d and d×1"):
        MATRICES[A] + U
    with pytest.raises(ShapeError, match="cannot multiply d×1 by d×d"):
        U @ MATRICES[A]
    with pytest.raises(ShapeError, match="use @ for matrices"):
        MATRICES[A] * MATRICES[A]
    with pytest.raises(ShapeError, match="only by a scalar"):
        SCALARS[s] / MATRICES[A]
    with pytest.raises(ShapeError, match="the trace needs a square matrix"):
        U.trace()
    with pytest.raises(ZeroDivisionError):
        SCALARS[s] / (MATRICES[A].trace() - MATRICES[A].T.trace())
    with pytest.raises(TypeError):
        hash(SCALARS[s])
    assert SCALARS[s].rows == ONE


RATIONAL = sympy.symbols("x0:3")


@st.composite
def rational_functions(draw):
    linear = [sum(draw(st.integers(-3, 3)) * x for x in RATIONAL) + draw(st.integers(1, 4)) for _ in range(4)]
    return [(linear[0] / linear[1]) ** 2, linear[2] / linear[3], linear[0] * linear[3]]


def form_of(expression):
    num, den = sympy.fraction(sympy.together(expression))
    return closed_form(read_scalar(sympy.expand(num))) / closed_form(read_scalar(sympy.expand(den)))


@given(rational_functions(), rational_functions())
@settings(max_examples=40, deadline=None)
def test_equality_agrees_with_the_field_of_sympy(left, right):
    field = sympy.QQ.frac_field(*RATIONAL)
    a, b = sum(left), sum(right)
    assert (form_of(a) == form_of(b)) == (field.from_sympy(a) == field.from_sympy(b))
    total = sum((form_of(part) for part in left), ClosedForm.number(0))
    assert total == form_of(sympy.together(a))


HISTORY = """
import sympy, symicl as si
from symicl.algebra import ClosedForm
from symicl.algebra import scalar_letter, symbol_letter
d, n = si.dims("d n")
s, t = sympy.symbols("s t", positive=True)
A, S = si.matrix("A", (d, d)), si.covariance("S", d)
for symbol in {order}:
    (scalar_letter if symbol.is_Symbol else symbol_letter)(symbol)
form = lambda x: ClosedForm.of((scalar_letter if x.is_Symbol else symbol_letter)(x))
trace = (form(A) @ form(S) @ form(A)).trace()
value = (form(s) * form(n) + form(t)) / (trace - form(d)) + 1 / (form(t) - 2 * form(s))
print(value.denominator, *value.terms.values())
"""


def test_the_order_in_which_symbols_were_met_does_not_matter():
    """The generators are named by the serial number of their words, so these stand for their places."""
    import re

    def shown(order):
        text = subprocess.run(
            [sys.executable, "-c", HISTORY.format(order=order)], capture_output=True, text=True, check=True
        ).stdout
        return re.sub(r"g\d+", "g", text), len(set(re.findall(r"g\d+", text)))

    assert shown("[d, n, s, t, A, S]") == shown("[S, t, n, A, s, d]")


@given(scalars, scalars, st.sampled_from((s, t)))
@settings(max_examples=100, deadline=None)
def test_substitution_has_the_right_value(outer, inner, symbol):
    """Putting in a closed form is evaluating with its value in the place of the letter."""
    (form, _), (inside, value) = outer, inner
    a = scalar_letter(symbol)

    def number(letter):
        return value if letter == a else values()._number(letter)

    try:
        expected = FormValues(number).scalar(form)
    except ZeroDivisionError:
        return
    try:
        found = form.substitute({a: inside})
    except ZeroDivisionError:  # the denominator is zero for all values, not for this one alone
        raise AssertionError("a denominator that does not vanish became zero") from None
    assert AT.scalar(found) == expected


@given(scalars)
@settings(max_examples=50, deadline=None)
def test_matrices_are_put_in_with_their_inverses(pair):
    """A multiple of another covariance in the place of one, inverses and traces that are divided by included."""
    form, _ = pair
    a, inverse = symbol_letter(S), inverse_letter(symbol_letter(S))
    scaled = MATRICES[S] * (SCALARS[s] + 1)
    covariance = AT.matrix(scaled)
    numbers = {a: covariance, inverse: covariance.inv()}
    try:
        expected = FormValues(lambda letter: numbers.get(letter) or values()._number(letter)).scalar(form)
        found = form.substitute({a: scaled})
    except ZeroDivisionError:
        return
    assert AT.scalar(found) == expected


def test_a_substitution_is_at_once():
    form = SCALARS[s] / (SCALARS[t] + 2)
    swapped = form.substitute({scalar_letter(s): SCALARS[t], scalar_letter(t): SCALARS[s]})
    assert swapped == SCALARS[t] / (SCALARS[s] + 2)
    assert swapped != form
    with pytest.raises(ZeroDivisionError):
        form.substitute({scalar_letter(t): -2})
    with pytest.raises(ShapeError, match="differ in shape"):
        MATRICES[A].substitute({symbol_letter(A): U})


def test_factors_one_and_summands_zero():
    one, zero = ClosedForm.number(1), ClosedForm.number(0)
    a, fraction = MATRICES[A], SCALARS[s] / (SCALARS[t] + 2)
    assert one * I == I * one == I
    assert (fraction * I).scalar_multiple_of_identity() == fraction
    assert (I * fraction).shape_text == I.shape_text
    assert I @ a == a @ I == one * a == a
    assert one * fraction == fraction + zero == fraction
    assert a + 0 * a == a - (a - a) == a
    assert 2 * I @ a != a
    assert (0 * a @ U).shape_text == U.shape_text
    with pytest.raises(ShapeError):
        U @ a  # also of a zero
    with pytest.raises(ShapeError):
        U @ (a - a)
    with pytest.raises(ShapeError):
        U @ I


def test_no_value_comes_from_itself():
    def is_among(value, origin):
        arguments = [x for x in origin.arguments if x is not None]
        inside = [x for a in arguments for x in (a.values() if isinstance(a, dict) else [a])]
        return any(x is value for x in inside)

    with listening(Facts()):
        image = ClosedForm.of(symbol_letter(u))
        made = [
            ClosedForm.of(symbol_letter(u)).substitute({symbol_letter(u): image}),
            ClosedForm.of(scalar_letter(s)).substitute({scalar_letter(s): SCALARS[t]}),
            1 * image,
            image + (image - image),
            I @ image,
        ]
    for value in made:
        assert not is_among(value, value.origin)
