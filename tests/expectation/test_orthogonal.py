"""Haar's law, its first columns, and the orthogonal ensemble: exactly at size 2, by identities, and by draws."""

from fractions import Fraction
from math import prod

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.gaussian import Coordinates, disagreement
from symicl.algebra import read_form
from symicl.certificates.coordinates.entries import BITS, MASK, Entry
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.weingarten import SIZE, circles, pairings, weingarten

d, k = si.dims("d k")
A, B, v = si.matrix("A", (d, d)), si.matrix("B", (d, d)), si.vector("v", d)
TWO = sympy.Integer(2)


def odd_factorial(n):
    return prod(range(n - 1, 0, -2))


def on_the_circle(a, b):
    """E cosᵃ sinᵇ for a uniform angle, a and b even."""
    half = (a + b) // 2
    return Fraction(odd_factorial(a) * odd_factorial(b), 2**half * sympy.factorial(half))


def numbers():
    """The same for all expressions, whatever is met first."""
    at = Coordinates({d: 2})
    for symbol in (A, B, v):
        at.value(symbol)
    return at


def exactly(expression, O):
    """E over O(2), entry by entry: a rotation or a reflection, with cos and sin as the variables 0 and 1."""
    total = 0
    for sign in (1, -1):
        at = numbers()
        c, s = Entry.variable(0), Entry.variable(1)
        at.values[O] = [[c, s * -sign], [s, c * sign]]
        value = at.value(expression)
        value = value[0][0] if isinstance(value, list) else value
        for monomial, coefficient in value.terms.items():
            a, b = monomial & MASK, monomial >> BITS
            if a % 2 == b % 2 == 0:
                total += coefficient * on_the_circle(a, b) / 2
    return total


@pytest.mark.parametrize(
    "integrand",
    [
        lambda O: Trace(O * A * O.T * B),
        lambda O: Trace(O * A * O * B),
        lambda O: Trace(O * A * O.T * B) ** 2,
        lambda O: Trace(O * A * O * B) * Trace(O) * Trace(B.T * O),
        lambda O: Trace(O * A * O.T * B * O * B * O.T * A),
        lambda O: (v.T * O * v) ** 4,
    ],
)
def test_exactly_at_size_2(integrand):
    O = si.haar("O", d)
    with si.assuming(d > 1):
        answer = si.expect(integrand(O))
    expected, found = exactly(integrand(O), O), numbers().value(answer)
    assert (found[0][0] if isinstance(found, list) else found) == expected != 0


def test_products_that_are_the_identity():
    O, U = si.haar("O", d), si.haar("U", (d, k))
    with si.assuming(d > 3):
        assert not read_form(si.expect(Trace(O * A * O.T * O * B * O.T)) - Trace(A * B))
        assert not read_form(si.expect(Trace(O.T * O * A * O.T * O * B * O.T * O)) - Trace(A * B))
        assert not read_form(si.expect(Trace(U.T * U * U.T * U * U.T * U)) - k)
        for power in (1, 2, 3, 4):
            assert si.expect(Trace(O) ** (2 * power)) == odd_factorial(2 * power)


def test_a_column_is_a_point_on_the_sphere():
    u, s = si.haar("u", (d, 1)), si.sphere("s", d, radius2=1)
    with si.assuming(d > 2):
        for f in (lambda x: x * x.T, lambda x: (x.T * A * x) ** 2, lambda x: (v.T * x) ** 6):
            a, b = si.expect(f(u)), si.expect(f(s))
            assert not read_form(Trace(A * a) - Trace(A * b) if a.is_Matrix else a - b)


def test_weingarten_is_the_inverse_of_circles():
    for pairs in (1, 2, 3):
        every = list(pairings(tuple(range(2 * pairs))))
        for r in every:
            row = sum(weingarten(pairs)[circles(every[0], q)] * SIZE ** len(circles(q, r)) for q in every)
            assert sympy.cancel(row) == int(r == every[0])


@pytest.mark.parametrize(
    ("quantity", "numbers"),
    [
        (lambda O, U: Trace(O * A * O * A) ** 2, {"d": 3}),
        (lambda O, U: Trace(U * U.T * A) ** 3, {"d": 4, "k": 2}),
    ],
)
def test_draws(quantity, numbers):
    quantity = quantity(si.haar("O", d), si.haar("U", (d, k)))
    with si.assuming(d > 2):
        right = si.expect(quantity)
    size = numbers["d"]
    numbers = numbers | {"A": [[i + 2 * j + 1 for j in range(size)] for i in range(size)]}
    mean = si.sample(quantity, draws=50_000, **numbers)
    assert mean.agrees_with(right, false_alarm=1e-6).verdict != "contradicted"
    assert mean.agrees_with(right * Fraction(11, 10), false_alarm=1e-6).verdict == "contradicted"


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_orthogonal_ensemble(power):
    G, Z = si.goe("G", d, variance=3), si.gaussian("Z", (d, d), col_cov=Fraction(3, 2))
    for f in (lambda g: Trace(g * A * g * B) ** power, lambda g: Trace((g * g) ** power)):
        assert disagreement(f(Z + Z.T), si.expect(f(G)), {d: 2}) is None
        assert disagreement(f(Z + Z.T), si.expect(f(G)) + 1, {d: 2})
    mean = si.sample(Trace(G * G), d=3, draws=20_000)
    assert mean.agrees_with(si.expect(Trace(G * G)), false_alarm=1e-6).verdict == "confirmed"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: si.expect(Trace(si.haar("O", d)) ** 4), UnsupportedError, r"only if d > 1"),
        (lambda: si.expect(Trace(si.haar("O", 2)) ** 6), InputError, r"only if 2 > 2, which is not so"),
        (lambda: si.expect(Trace(si.haar("O", 9)) ** 10), UnsupportedError, "at most 8 times"),
        (lambda: si.haar("U", (2, 3)), InputError, "orthonormal columns"),
        (lambda: si.haar("U", (d, d + k)), InputError, "orthonormal columns"),
        (lambda: si.sample(Trace(si.haar("U", (d, k)).T * si.haar("U", (d, k))), d=2, k=3), InputError, "orthonormal"),
        (lambda: si.goe("G", d, variance=-1), InputError, "variance"),
        (lambda: si.goe("G", 0), InputError, "size 0"),
    ],
)  # fmt: skip
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
