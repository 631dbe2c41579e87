"""Inverses of sums beside these sums: what is equal is seen to be, what is not is not, and numbers agree."""

import itertools
import subprocess
import sys

import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm, cancelled, dimension_index, read_form, same_form
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
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_what_is_equal(left, right):
    one, other = read_form(left), read_form(right)
    assert one == other and other == one
    assert same_form(cancelled(one), cancelled(other))


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
