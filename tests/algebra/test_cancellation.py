"""Inverses of sums beside these sums: what is equal is seen to be, what is not is not, and numbers agree."""

import functools
import itertools
import operator
import random
import subprocess
import sys
import time

import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm, cancelled, dimension_index, read_form, same_form, vanishing_parts
from symicl.numeric import evaluate, instances
from symicl.numeric.points import symbols_of
from symicl.statements import compare

d, n = si.dims("d n")
a, c = sympy.symbols("a c", positive=True)
H, P = si.covariance("H", d), si.covariance("P", d)
M = si.matrix("M", (d, d))
A, B = si.matrix("A", (d, n)), si.matrix("B", (n, d))
u, v = si.vector("u", d), si.vector("v", d)
I, Trace = sympy.Identity(d), sympy.Trace
R, S = (H + a * I).inverse(), (H + c * I).inverse()
HP, PH = (H * P + a * I).inverse(), (P * H + a * I).inverse()
AB, BA = (A * B + a * I).inverse(), (B * A + a * sympy.Identity(n)).inverse()
WIDE, THIN = (
    (A * A.T + Trace(A * A.T) * I).inverse(),
    (A.T * A + Trace(A * A.T) * sympy.Identity(n)).inverse(),
)
SQUARE, SUM = (H**2 + c * H + a * I).inverse(), (H + M).inverse()

EQUAL = [
    (H * R, I - a * R),
    (R * H, I - a * R),
    (H * R * M * R * H, (I - a * R) * M * (I - a * R)),
    (Trace(H * R), d - a * Trace(R)),
    (u.T * R * H * u, u.T * u - a * u.T * R * u),
    ((2 * H + 2 * a * I).inverse(), R / 2),
    (R - S, (c - a) * R * S),
    (R * S, S * R),
    (H * SQUARE, SQUARE * H),
    (H**2 * SQUARE, I - c * H * SQUARE - a * SQUARE),
    (HP.T, PH),
    (P * HP, PH * P),
    (P * HP * H, I - a * PH),
    (Trace(M * P * HP), Trace(HP.T * P * M.T)),
    (Trace(H * M.T * P * HP), Trace(M) - a * Trace(M * HP)),
    (B * AB, BA * B),
    (Trace(AB * A * B), d - a * Trace(AB)),
    (Trace(A * BA * B), d - a * Trace(AB)),
    (Trace(AB) - d / a, Trace(BA) - n / a),
    (Trace(AB * AB) - d / a**2, Trace(BA * BA) - n / a**2),
    (P * (a * H * P + c * I).inverse(), (a * H + c * P.inverse()).inverse()),
    ((M * H + P * H).inverse(), H.inverse() * (M + P).inverse()),
    ((M * H + M * P).inverse() * M, (H + P).inverse()),
    (H * P * (H * P * M + H * P).inverse(), H * P * (M + I).inverse() * P.inverse() * H.inverse()),
    (P.inverse() * (H.inverse() + P.inverse()).inverse() * H.inverse(), (H + P).inverse()),
    (H * SUM * M, M * SUM * H),
    (WIDE * A, A * THIN),
    (H.inverse() - SUM, H.inverse() * M * SUM),
    (H.inverse() * R, (H.inverse() - R) / a),
    ((H + u * v.T).inverse() * (H + u * v.T), I),
    ((a * I + u * v.T).inverse(), (I - u * v.T / (a + Trace(v.T * u))) / a),
    ((H + u * v.T + v * u.T).inverse() * (H + u * v.T + v * u.T), I),
    # Functions of one matrix: partial fractions, products, inverses of sums of inverses.
    ((c - a) * (H**2 + (a + c) * H + a * c * I).inverse(), R - S),
    (R * S, (H**2 + (a + c) * H + a * c * I).inverse()),
    (
        (a**2 - c * a + 1) * (H**2 + c * H + I).inverse() * R,
        R - (H**2 + c * H + I).inverse() * (H + (c - a) * I),
    ),
    ((H**3 + a * H + c * I).inverse() * R, R * (H**3 + a * H + c * I).inverse()),
    ((R + S).inverse() * (2 * H + (a + c) * I), (H + a * I) * (H + c * I)),
    ((I + R).inverse(), I - (H + (a + 1) * I).inverse()),
    (R * M * S * (c - a) * R, (R * M * (R - S))),
    ((c - a) * Trace(M * R * S), Trace(R * M) - Trace(S * M)),
    ((HP * HP - a * HP).inverse() * HP, (HP - a * I).inverse()),
    ((H * P * H * P + (a + c) * H * P + a * c * I).inverse(), HP * (H * P + c * I).inverse()),
    (
        (A * B * A * B + (a + c) * A * B + a * c * I).inverse() * A,
        AB * A * (B * A + c * sympy.Identity(n)).inverse(),
    ),
    # Woodbury, push-through and resolvents of two matrices.
    ((H + A * A.T).inverse() * A, H.inverse() * A * (sympy.Identity(n) + A.T * H.inverse() * A).inverse()),
    (
        (H + A * A.T).inverse(),
        H.inverse()
        - H.inverse() * A * (sympy.Identity(n) + A.T * H.inverse() * A).inverse() * A.T * H.inverse(),
    ),
    (
        A.T * (A * A.T + a * H).inverse(),
        (A.T * H.inverse() * A + a * sympy.Identity(n)).inverse() * A.T * H.inverse(),
    ),
    ((H + P + a * I).inverse() - R, -R * P * (H + P + a * I).inverse()),
    ((R + (P + c * I).inverse()).inverse(), (H + a * I) * (H + P + (a + c) * I).inverse() * (P + c * I)),
]

DIFFERENT = [
    (H * HP, PH * H),
    (H * R, I + a * R),
    (H * R, I - c * R),
    (H * R * M, M * H * R),
    (Trace(H * R), d + a * Trace(R)),
    (R - S, (a - c) * R * S),
    (P * HP, HP * P),
    (Trace(AB), Trace(BA)),
    (H * SUM * M, M * SUM * M),
    (A * (A.T * A).inverse() * A.T, I),  # a projection: A Aᵀ has no inverse where d > n
    (Trace(B.T * (B * B.T).inverse() * B), d),
    (WIDE * A, A * THIN / 2),
    ((M * H + P * H).inverse(), (M + P).inverse() * H.inverse()),
    (P * (a * H * P + c * I).inverse(), (a * P + c * H.inverse()).inverse()),
    (H.inverse() * R, (H.inverse() + R) / a),
    ((a * I + u * v.T).inverse(), (I + u * v.T / (a + Trace(v.T * u))) / a),
    (R * S, (H**2 + (a + c) * H + (a + c) * I).inverse()),
    ((c - a) * (H**2 + (a + c) * H + a * c * I).inverse(), S - R),
    ((R + S).inverse() * (2 * H + a * I), (H + a * I) * (H + c * I)),
    ((I + R).inverse(), I - R),
    (R * M * S, S * M * R),
    (Trace(R * M * S), Trace(R * M * R)),
    ((H + A * A.T).inverse() * A, H.inverse() * A * (sympy.Identity(n) - A.T * H.inverse() * A).inverse()),
    ((H + P + a * I).inverse() - R, -R * P * R),
    (
        (H * P * H * P + (a + c) * H * P + a * c * I).inverse(),
        HP * (P * H + c * I).inverse(),
    ),
    # Both inverses exist only where d = n, of which nothing is used.
    (Trace((A * A.T).inverse() * A * A.T), Trace((A.T * A).inverse() * A.T * A)),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_what_is_equal(left, right):
    one, other = read_form(left), read_form(right)
    assert one == other and other == one
    assert not cancelled(one - other)


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_both_sides_agree_at_numbers(left, right):
    """So that nothing in the list above is equal by a defect of the rules."""
    agreed = 0
    for values in itertools.islice(instances(symbols_of(left) | symbols_of(right)), 3):
        try:
            assert evaluate(left, values) == evaluate(right, values)
            agreed += 1
        except ZeroDivisionError:
            continue
    assert agreed


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=str)
def test_what_is_not_equal(left, right):
    assert read_form(left) != read_form(right)
    assert compare(read_form(left), right).status == "refuted"


WORDS = [word for k in (2, 3, 4) for word in itertools.product((H, P, HP, PH), repeat=k)]


@pytest.mark.parametrize("start", range(4))
def test_a_cancelled_word_has_the_value_of_the_word(start):
    for word in WORDS[start::16]:
        product = sympy.MatMul(*word)
        for expression in (product, Trace(product)):
            form = read_form(expression)
            found = cancelled(form)
            assert form == found
            values = next(iter(instances(symbols_of(expression))))
            assert evaluate(expression, values) == evaluate(found.expr, values)


def test_inverses_have_cancelled_wherever_they_meet_their_sums():
    rest = cancelled(read_form(H * P * HP * M * PH * P * H * PH))
    assert same_form(rest, cancelled(read_form((I - a * HP) * M * (PH - a * PH * PH))))
    assert {len(word) for _, word in rest.terms} == {2, 3, 4}  # M PH, HP M PH, and both with one more PH
    whole = read_form((H + I) * (H + I).inverse())
    assert same_form(cancelled(whole), ClosedForm.identity(dimension_index(d)))


def test_a_vector_times_its_transpose_has_no_inverse_that_cancels():
    J = (u * u.T).inverse()
    assert read_form(u.T * J * u) != ClosedForm.number(1)


def test_a_form_without_inverses_of_sums_is_itself():
    form = read_form(H * P + a * I)
    assert cancelled(form) is form


def test_signs_that_change_with_a_transpose():
    """M − Mᵀ begins with another sign than its transpose, which has to lead to one inverse and not around."""
    left = (M.T - M + M * A * B * M.T).inverse()
    right = (M.T - M - M * (A * B).T * M.T).inverse()
    for one, other in ((left.T, -right), (Trace(left * A * B), -Trace((A * B).T * right))):
        assert read_form(one) == read_form(other)
        assert read_form(one) != -read_form(other)
    assert same_form(cancelled(cancelled(read_form(left))), cancelled(read_form(left)))


SCRIPT = """
import symicl as si, sympy
from symicl.algebra import cancelled, read_form
d = si.dims("d")
H, P = si.covariance("H", d), si.covariance("P", d)
I = sympy.Identity(d)
{first}
print(cancelled(read_form(P * (H * P + I).inverse() + 2 * (P * H + I).inverse() * P * H)).expr)
"""


def test_results_do_not_depend_on_what_was_met_before():
    firsts = ["", "cancelled(read_form((P * H + I).inverse() * P))", "read_form(H.inverse() * P.inverse())"]
    run = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT.format(first=first)], capture_output=True, text=True, check=True
        ).stdout
        for first in firsts
    ]
    assert len(set(run)) == 1


def functions_of(source, count):
    """Random functions of one matrix: products of polynomials in it and of resolvents."""
    T = source.choice([H, M, H * P])
    for _ in range(count):
        roots = [source.choice([a, c, 1, 2]) for _ in range(3)]
        quadratic = T * T + (roots[0] + roots[1]) * T + roots[0] * roots[1] * I
        factors = [
            (T + roots[0] * I).inverse(),
            (T + roots[2] * I).inverse(),
            quadratic.inverse(),
            T,
            quadratic,
        ]
        yield sympy.MatMul(*source.choices(factors, k=source.randint(1, 4)))


@pytest.mark.parametrize("seed", range(12))
def test_functions_of_one_matrix_are_equal_where_their_numbers_are(seed):
    """Beside each other, around another matrix, and in traces; all at once and one by one."""
    source = random.Random(seed)
    f, g, h = functions_of(source, 3)
    for left, right in (
        (f * g, g * f),
        (f * M * g, g * M * f),
        (Trace(f * g * h), Trace(h * f * g)),
        (f * g, f * h),
    ):
        one, other = read_form(left), read_form(right)
        agree = True
        for values in itertools.islice(instances(symbols_of(left) | symbols_of(right)), 12):
            try:
                agree = agree and evaluate(left, values) == evaluate(right, values)
            except ZeroDivisionError:
                continue
        assert (one == other) == agree


def test_what_vanishes_is_a_sum_of_equations_of_inverses():
    """Term by term, and none of what does not vanish."""
    for left, right in EQUAL:
        gap = read_form(left) - read_form(right)
        parts = vanishing_parts(gap)
        if gap and left != (a * I + u * v.T).inverse():  # where tags are in denominators, and no sum is found
            assert same_form(functools.reduce(operator.add, [part.form for part in parts]), gap)
    for left, right in DIFFERENT:
        assert vanishing_parts(read_form(left) - read_form(right)) is None


def test_many_inverses_of_sums_do_not_take_long():
    sums = [M * A * B + a * I, A * B * M + c * I, M * M + A * B, H * M + M * H + a * I, H**2 + M + c * I]
    started = time.perf_counter()
    product = functools.reduce(operator.mul, [s.inverse() for s in sums])
    assert read_form(product) != read_form(product.T)
    assert time.perf_counter() - started < 5
