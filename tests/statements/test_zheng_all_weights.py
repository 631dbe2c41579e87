"""The least loss over all A and B, by enumeration; the exceptions among the minimisers; wrong versions."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
import sympy

from oracle import causal as oracle
from symicl.algebra import closed_form
from symicl.errors import DerivationError, InputError
from symicl.expectation import InTime, entry_sum, in_entry_sums, modulus_sum, square_sum
from symicl.numeric import evaluate
from symicl.proofs.zheng2024 import limit
from symicl.proofs.zheng2024.parts import complex_weights, flow, global_minimum, minimisers, squares
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.quadratic import minimum_over_u
from symicl.proofs.zheng2024.setting import H2, H, d, k1, k2, model
from symicl.statements import Recorder, evaluate_theorem
from symicl.tasks import T
from symicl.theory import COORDINATES, mean_over_coordinates

HALF = Fraction(1, 2)


def recorder():
    """One in which the steps that later ones refer to are there."""
    step = Recorder()
    for name in (
        "charges",
        "quadratic",
        "moments",
        "squares",
        "pairs",
        "minimisers",
        "solution",
        "all minimisers",
    ):
        step(name, name=name)
    return step


@pytest.fixture(scope="module")
def above():
    step = recorder()
    return global_minimum.minimum_over_all(step, minimum_over_u(step))


def loss(A, B, size, length, law):
    moment = oracle.law(law, size, Fraction(1))
    return oracle.attention_loss(*oracle.active(A, B), size, length, moment, normalised=True) / 2


def least(size, length, law):
    found = evaluate_theorem(limit.theorem, {"d": size, "T": length, "law": law, "scale": 1}).values
    return Fraction(found["loss"]["exact"]), Fraction(found["ab"]["exact"])


def random_matrix(rng, size):
    return [[Fraction(rng.randint(-3, 3), 2) for _ in range(size)] for _ in range(size)]


def diagonal(*entries):
    return [
        [Fraction(x) if i == j else Fraction(0) for j, _ in enumerate(entries)] for i, x in enumerate(entries)
    ]


def value_of(name, A, B):
    """A sum of squares at numbers, coordinate by coordinate."""
    different, *combination = squares.COMBINATIONS[name]
    indices = sorted({i for _, *entries in combination for entry in entries for i in entry[1:]})
    total = 0
    for at in product(range(len(A)), repeat=len(indices)):
        place = dict(zip(indices, at, strict=True))
        if len({place[i] for i in different}) < len(different):
            continue
        inside = 0
        for number, *entries in combination:
            term = number
            for matrix, row, column in entries:
                term *= {"A": A, "B": B}[matrix][place[row]][place[column]]
            inside += term
        total += inside**2
    return total


# --- the minimum ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "length", "law"), [(2, 4, "gaussian"), (3, 3, "rademacher"), (2, 3, "uniform")]
)
def test_the_loss_of_random_matrices_is_this_sum_of_squares(above, size, length, law):
    rng = Random(size * length)
    A, B = random_matrix(rng, size), random_matrix(rng, size)
    power = {"gaussian": (3, 15, 3, 1), "rademacher": (1, 1, 1, 1)}.get(
        law, (Fraction(1, 5), Fraction(1, 7), Fraction(1, 15), Fraction(1, 27))
    )
    kappa_1, kappa_2, mu, nu = (sympy.Rational(x) for x in power)
    numbers = {d: sympy.Integer(size), T: sympy.Integer(length), k1: kappa_1, k2: kappa_2}
    numbers |= {squares.mu: mu, squares.nu: nu}
    numbers |= {H: sympy.harmonic(length - 2), H2: sympy.harmonic(length - 2, 2)}
    lowest, best = least(size, length, law)
    trace = sum(A[j][j] * B[j][j] for j in range(size))
    K = evaluate(above.quadratic.K.expr, numbers)
    total = Fraction(K) * (trace - size * best) ** 2 / size
    for name, coefficient in above.coefficients.items():
        total += Fraction(evaluate(coefficient.expr, numbers)) * value_of(name, A, B)
    assert loss(A, B, size, length, law) == lowest + total / 2


@pytest.mark.parametrize(
    ("law", "length", "A", "B", "attained"),
    [
        ("gaussian", 4, ((2, 0), (0, -2)), (HALF, -HALF), True),
        ("gaussian", 4, ((2, 0), (0, 1)), (HALF, 1), False),
        ("gaussian", 3, ((2, 0), (0, 1)), (HALF, 1), False),
        ("rademacher", 3, ((3, 0), (0, 1)), (Fraction(3, 5), Fraction(1, 5)), True),
        ("rademacher", 4, ((3, 0), (0, 1)), (Fraction(3, 5), Fraction(1, 5)), False),
        ("uniform", 3, ((3, 0), (0, 1)), (Fraction(3, 5), Fraction(1, 5)), False),
        ("sparse", 4, ((3, 7), (-2, 1)), (Fraction(1, 3), 1), True),
        ("gaussian", 4, ((2, 1), (0, 2)), (HALF, HALF), False),
    ],
)
def test_who_attains_it(law, length, A, B, attained):
    """B is diagonal with these multiples of u*. T = 3 with equal moments and the sparse law are exceptions."""
    lowest, best = least(2, length, law)
    weights = [list(map(Fraction, row)) for row in A], diagonal(*(x * best for x in B))
    found = loss(*weights, 2, length, law)
    assert (found == lowest) is attained and found >= lowest


def enumerated(A, B, length):
    """The loss of complex matrices for independent signs, by roots of unity."""
    M = 16
    roots = np.exp(2j * np.pi * np.arange(M) / M)
    total, count = 0.0, 0
    for phases in product(roots, repeat=2):
        for signs in product((1, -1), repeat=2):
            x = [np.array(signs) * np.array(phases) ** t for t in range(length)]
            for t in range(2, length):
                memory = sum(np.outer(x[s + 1], x[s].conj()) for s in range(t - 1)) / (t - 1)
                total += np.sum(np.abs(B @ memory @ A @ x[t - 1] - x[t]) ** 2) / 2
            count += 1
    return total / count


def test_complex_weights_by_enumeration():
    lowest, best = (float(x) for x in least(2, 4, "rademacher"))
    rng = np.random.default_rng(3)
    for _ in range(3):
        A, B = (rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)) for _ in "AB")
        assert enumerated(A / 2, B / 2, 4) > lowest
    S = np.diag(np.exp(1j * np.array([0.3, 2.0])))
    assert enumerated(2 * S, best / 2 * S.conj(), 4) == pytest.approx(lowest, abs=1e-12)
    assert enumerated(2 * S, best / 2 * S, 4) > lowest + 0.01


# --- what must be refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Q_1", "Q_5", "Q_9", "Q_{13}"])
def test_other_squares_are_not_the_loss(name, monkeypatch):
    different, (number, *entries), *others = squares.COMBINATIONS[name]
    changed = squares.COMBINATIONS | {name: (different, (2 * number, *entries), *others)}
    monkeypatch.setattr(squares, "COMBINATIONS", changed)
    with pytest.raises(DerivationError, match="not this combination of sums of squares"):
        squares.loss_in_squares()


def test_another_value_is_not_the_minimum():
    step = recorder()
    found = minimum_over_u(step)
    for wrong in (
        replace(found, L_star=found.L_star + of(d)),
        replace(found, u_star=of(k1) / of(k2)),
        replace(found, K=found.K + of(H)),
    ):
        with pytest.raises(DerivationError, match="the identity"):
            global_minimum.minimum_over_all(step, wrong)


def test_a_coefficient_that_may_be_negative_is_refused(monkeypatch):
    """H − (T − 2) for (T − 2) − H, where another square makes up for it in the identity or not."""
    monkeypatch.setattr(global_minimum, "in_differences", lambda form: -form)
    with pytest.raises(DerivationError, match="no negative coefficient"):
        step = recorder()
        global_minimum.minimum_over_all(step, minimum_over_u(step))


def test_moments_that_are_not_compared():
    """E x_1⁶ − E x_1⁴x_2² is an average of squares, and E x_1⁶ − 2 E x_1⁴x_2² is not this one."""
    x, y, _ = map(of, COORDINATES)
    average = mean_over_coordinates((x**2 + y**2) * (x**2 - y**2) ** 2, squares.law) / 2
    assert average == of(k2) - of(squares.mu)
    assert average != of(k2) - of(squares.mu) * 2
    assert mean_over_coordinates(x**3 * y**3, squares.law) == closed_form(0)


def test_minimisers_without_the_exception_at_three_tokens(above, monkeypatch):
    """The coefficient is not positive if T − 2 − H is only known to be at least 0."""
    minimisers.minimisers(recorder(), above)
    monkeypatch.setattr(
        minimisers, "over_mu", lambda coefficient, least, over_mu=minimisers.over_mu: over_mu(coefficient, 0)
    )
    with pytest.raises(DerivationError, match=r"the coefficient over \$\\mu\$ is positive"):
        minimisers.minimisers(recorder(), above)


@pytest.mark.parametrize(
    ("name", "claim"), [("Q_1", "A_{kk}"), ("Q_2", "the first identity"), ("Q_5", "the first identity")]
)
def test_minimisers_from_other_squares(above, monkeypatch, name, claim):
    different, (number, *entries), *others = squares.COMBINATIONS[name]
    changed = squares.COMBINATIONS | {name: (different, (-number, *entries), *others)}
    monkeypatch.setattr(minimisers, "COMBINATIONS", changed)
    with pytest.raises(DerivationError) as error:
        minimisers.minimisers(recorder(), above)
    assert claim in str(error.value)


@pytest.mark.parametrize("gone", [("Q_1",), ("Q_9",), ("Q_{13}",)])
def test_more_minimisers_at_three_tokens_need_every_other_square(above, gone, monkeypatch):
    """A larger set: a square with a positive coefficient among those that need not vanish."""
    monkeypatch.setattr(minimisers, "FREE_AT_3", minimisers.FREE_AT_3 + gone)
    with pytest.raises(DerivationError, match="have the coefficient 0"):
        minimisers.minimisers(recorder(), above)


def test_the_sparse_exception_needs_two_moments_that_vanish(above, monkeypatch):
    monkeypatch.setattr(minimisers, "WITHOUT_PAIRS", {squares.nu: closed_form(0)})
    with pytest.raises(DerivationError, match="the other squares have the coefficient 0"):
        minimisers.minimisers(recorder(), above)


def test_complex_weights_with_other_products(above, monkeypatch):
    complex_weights.complex_weights(recorder(), above)
    monkeypatch.setattr(complex_weights, "CROSSED", (("BjjAjk", "BjkAjj"), ("BjkAkj", "BkkAjj")))
    with pytest.raises(DerivationError, match="this is the loss for complex matrices"):
        complex_weights.complex_weights(recorder(), above)


def test_a_loss_that_conjugation_changes_is_refused():
    weights = modulus_sum([(1, ("A", "j", "k"))], [(1,)], "", d)
    with pytest.raises(DerivationError, match="exchanged with its conjugate"):
        complex_weights.staying_real(recorder(), weights)


# --- the flow ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        lambda end, other: (end - other * of(flow.q) * of(flow.e) * 2) / (1 - of(flow.q) * of(flow.e)),
        lambda end, other: (other - end * of(flow.q) * of(flow.e)) / (1 - of(flow.q) * of(flow.e)),
        lambda end, other: end - (end - other) * of(flow.q) * of(flow.e),
    ],
)
def test_another_curve_is_not_the_solution(wrong, monkeypatch):
    monkeypatch.setattr(flow, "through", wrong)
    for part in (flow.solution, flow.exception):
        with pytest.raises(DerivationError, match="the curve solves"):
            part(recorder())


@pytest.mark.parametrize("start", [(1, 2), (-3, 1), (2, -5), (-1, -1), (0.5, -0.499), (0.5, -0.5)])
def test_the_solution_against_integration(start):
    """From signs of all kinds, a start next to the exceptional line, and one on it."""
    K, best = 1.3, 0.7
    a, b = start
    c, root = a * a - b * b, np.sqrt((a * a - b * b) ** 2 + 4 * best**2)
    y_0, time, steps = (a + b) ** 2, 6.0, 60_000
    h = time / steps

    def slope(a, b):
        return -K * b * (a * b - best), -K * a * (a * b - best)

    for _ in range(steps):
        p = slope(a, b)
        q = slope(a + h / 2 * p[0], b + h / 2 * p[1])
        a, b = a + h * q[0], b + h * q[1]
    if y_0 == 0:
        assert a * b == pytest.approx(0, abs=1e-2) and a == -b
        return
    ratio, e = (y_0 - 2 * best - root) / (y_0 - 2 * best + root), np.exp(-K * root * time)
    y = (2 * best + root - (2 * best - root) * ratio * e) / (1 - ratio * e)
    assert (a + b) ** 2 == pytest.approx(y, rel=1e-5)
    assert a * b == pytest.approx((y - c * c / y) / 4, rel=1e-5)


# --- sums of squares --------------------------------------------------------------------------------------


def test_a_sum_of_squares_multiplied_out():
    square = square_sum([(2, ("A", "i", "i")), (-1, ("A", "j", "j"))])
    trace, norm = (of(entry_sum([("A", "i", "i")] * k)) for k in (1, 2))
    assert square.is_nonnegative and in_entry_sums(of(square), d) == norm * of(d) * 5 - trace**2 * 4
    unlike = square_sum([(1, ("A", "i", "j"))], "ij")
    assert in_entry_sums(of(unlike), d) == of(entry_sum([("A", "i", "j")] * 2)) - norm
    with pytest.raises(InputError, match="each product in a square has all indices"):
        square_sum([(1, ("A", "i", "i")), (1, ("A", "i", "j"))], "ij")


def test_an_average_that_is_not_this_one():
    from symicl.expectation import FullMatrix
    from symicl.theory import autoregressive_loss

    expectation = autoregressive_loss(
        model, squares.task, model.active(FullMatrix("A"), FullMatrix("B")), factor=HALF
    ).in_time.over_phases
    found = expectation.over(squares.law)
    assert expectation.in_squares(squares.law, found) == found
    with pytest.raises(DerivationError, match="not this combination"):
        expectation.in_squares(squares.law, found + InTime({-3: closed_form(1).num}))
