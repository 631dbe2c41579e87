"""Limits and series of closed forms: against exact values far out, in every order of the limits, and refusals."""

from fractions import Fraction

import pytest
import sympy
from sympy import Identity, Rational, Trace, harmonic, oo, pi, sqrt

import symicl as si
from symicl.algebra import ClosedForm, read_form
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import evaluate, exact_matrix, float_matrix

n, d, m = si.dims("n d m")
c = si.scalar("c", positive=True)
sigma2 = si.scalar("sigma2", nonnegative=True)
Sigma, A = si.covariance("Sigma", d), si.matrix("A", (d, d))
LEAST = sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2)
RESOLVENT = ((n + 1) * Sigma + (Trace(Sigma) + sigma2) * Identity(d)).inv()
AT = {d: sympy.Integer(2), sigma2: Rational(1, 3), Sigma: exact_matrix([[2, 1], [1, 3]]),
      A: exact_matrix([[1, 2], [-3, 5]])}  # fmt: skip


def far(expression, size):
    value = evaluate(expression, AT | {n: sympy.Integer(size)})
    return float(value) if isinstance(value, sympy.Expr) else float_matrix(value)


@pytest.mark.parametrize(
    "expression, wanted",
    [
        (LEAST, sigma2),
        (n * (LEAST - sigma2), d * (d + 1 + sigma2)),
        ((n**2 + d) / (3 * n**2 - n), Rational(1, 3)),
        (Trace(A * Sigma) / (n + Trace(Sigma)), 0),
        (n * RESOLVENT, Sigma.inv()),
        (n * Trace(RESOLVENT * Sigma), d),
    ],
    ids=str,
)
def test_a_limit_is_where_the_values_go(expression, wanted):
    found = si.limit(expression, n)
    assert read_form(found) == read_form(sympy.sympify(wanted))
    value, there = far(expression, 10**8), far(sympy.sympify(wanted), 1)
    assert abs(value - there).max() < 1e-5 if hasattr(value, "max") else abs(value - there) < 1e-5


def test_where_the_leading_terms_cancel_the_inverse_is_expanded_further():
    expression = n * (n * RESOLVENT - Sigma.inv())
    found = si.limit(expression, n)
    assert read_form(found) == read_form(-(Trace(Sigma) + sigma2) * Sigma.inv() ** 2 - Sigma.inv())
    assert abs(far(expression, 10**8) - far(found, 1)).max() < 1e-5
    again = n * (expression - found)
    assert abs(far(again, 10**8) - far(si.limit(again, n), 1)).max() < 1e-5


def test_a_series_is_right_to_the_next_order_and_not_beyond():
    for order in (1, 2, 3):
        expansion = si.series(LEAST, n, order=order)
        errors = [abs(far(LEAST - expansion.expr, size)) for size in (10**3, 10**4)]
        assert errors[0] / errors[1] == pytest.approx(10 ** (order + 1), rel=0.1)
    matrix = si.series(n * RESOLVENT, n, order=2)
    errors = [abs(far(n * RESOLVENT - matrix.expr, size)).max() for size in (10**3, 10**4)]
    assert errors[0] / errors[1] == pytest.approx(10**3, rel=0.1)


def test_series_at_zero_and_how_they_print():
    expansion = si.series(1 / (sigma2 + d), sigma2, 0, order=1)
    assert str(expansion) == "1/d - σ²/d² + O(σ⁴)"
    loss = si.series(LEAST, n, order=2)
    assert str(loss) == "σ² + d(d + 1 + σ²)/n - d(d + 1 + σ²)²/n² + O(1/n³)"
    assert (
        loss.coefficient(-1) == sympy.expand(d * (d + 1 + sigma2))
        or sympy.simplify(loss.coefficient(-1) - d * (d + 1 + sigma2)) == 0
    )
    assert loss.coefficient(-2).subs({d: 2, sigma2: 0}) == -18 and loss.coefficient(1) == 0
    assert loss.at(n=10, d=2, sigma2=0) == Rational(6, 10) - Rational(18, 100)
    assert loss.latex().rstrip(r"\]").rstrip().endswith("O(1/n^{3})")
    assert "N" in loss.latex(notation={"n": "N"})
    with pytest.raises(InputError, match="the power -3 was left out"):
        loss.coefficient(-3)


def test_orders_of_limits_are_explicit_and_differ():
    quotient = d / (n + d)
    assert si.limit(quotient, [n, d]) == 0 and si.limit(quotient, [d, n]) == 1
    assert si.limit(quotient, n, proportional={d: c}) == c / (c + 1)
    two = si.depth(si.LinearRegression(noise=0), layers=2)
    depth_two = si.limit(two.excess / d, n, proportional={d: c})
    assert sympy.simplify(depth_two - c**2 / (1 + c + c**2)) == 0
    assert si.limit(quotient, n, proportional={d: Fraction(1, 3)}) == Rational(1, 4)
    both = si.limit(d * m / (n**2 + d * m), n, proportional={d: c, m: 2})
    assert sympy.simplify(both - 2 * c / (1 + 2 * c)) == 0


def test_the_least_loss_of_one_layer_in_proportion():
    """Per coordinate, without noise: d(d+1)/(n+d+1) over d goes to c/(1 + c), the law of depth one."""
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression(noise=0)))
    assert si.limit(optimum.value / d, n, proportional={d: c}) == c / (c + 1)
    wrong = si.limit(optimum.value / (d + n), n, proportional={d: c})
    assert sympy.simplify(wrong - c / (c + 1)) != 0


def test_a_quotient_at_which_the_limit_depends_on_the_way():
    expression = (n - d + 1) / (2 * n - 2 * d + 3)
    assert si.limit(expression, n, proportional={d: c}) == Rational(1, 2)
    assert si.limit(expression, n, proportional={d: 2}) == Rational(1, 2)
    with pytest.raises(UnsupportedError, match="depends on how it is approached"):
        si.limit(expression, n, proportional={d: 1})


def test_infinite_limits_finite_points_and_kinds():
    assert si.limit(n * d, n) == oo and si.limit(1 - n, n) == -oo
    s, t = si.scalar("s", positive=True), si.scalar("t", nonnegative=True)
    assert si.limit(s * n, n) == si.limit(n**2 * (s + t), n) == oo and si.limit(-s * n / 2, n) == -oo
    with pytest.raises(UnsupportedError, match="the leading term is t times n"):  # t may be 0
        si.limit(t * n, n)
    assert si.limit(1 / (n + sigma2), sigma2, 0) == 1 / n
    assert si.limit((n**2 - 1) / (n - 1), n, 1) == 2
    assert isinstance(si.limit(read_form(LEAST), n), ClosedForm)
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))
    assert si.limit(optimum, n) == sigma2
    assert si.limit(n * optimum.coefficient, n) == Identity(d)


D, X = si.symmetric("D", n), si.gaussian("X", (n, d))


@pytest.mark.parametrize(
    "call, kind, sentence",
    [
        (lambda: si.limit(c * A * n, n), UnsupportedError, "no finite limit: the leading term is c\\*A times n"),
        (lambda: si.limit(si.scalar("s") * n, n), UnsupportedError, "leading term is s times n; series"),
        (lambda: si.limit(Trace(D) / n, n), UnsupportedError, "a matrix has the size n"),
        (lambda: si.limit(Sigma / d, d), UnsupportedError, "a matrix has the size d"),
        (lambda: si.limit(Trace(Sigma) / n, n, proportional={d: c}), UnsupportedError, "a matrix has the size d"),
        (lambda: si.limit((n * A + Identity(d)).inv(), n), UnsupportedError, "not seen to be invertible"),
        (lambda: si.limit(sympy.log(n) / n, n), UnsupportedError, "not a rational function"),
        (lambda: si.limit(harmonic(n) - harmonic(n + 1), n), UnsupportedError, "of one argument that grows"),
        (lambda: si.limit(harmonic(n) / harmonic(d), n, proportional={d: c}), UnsupportedError, "on d in a"),
        (lambda: si.limit(harmonic(n, 3), n), UnsupportedError, "not among the closed forms"),
        (lambda: si.limit(n * (harmonic(n, 2) - pi**2 / 6), n), UnsupportedError, "so more is needed"),
        (lambda: si.limit(n / (harmonic(n, 2) - pi**2 / 6), n), UnsupportedError, "vanishes where harmonic"),
        (lambda: si.limit(sqrt(n + 1) / sqrt(n), n), UnsupportedError, "no root of a size alone"),
        (lambda: si.limit(sqrt(d / n), n, proportional={d: 1}), UnsupportedError, "has to be a symbol"),
        (lambda: si.limit(RESOLVENT, n, 2), UnsupportedError, "depends on n|depends on"),
        (lambda: si.limit(Trace(X.T * X), n), InputError, "X is random; take the expectation first"),
        (lambda: si.limit(1 / n, sympy.Symbol("n")), InputError, "two different symbols are called n"),
        (lambda: si.limit("1/n", n), InputError, "the text '1/n' is no formula"),
        (lambda: si.limit(1 / n, "n"), InputError, "give a scalar symbol or a size"),
        (lambda: si.limit(1 / n, n, "oo"), InputError, "the point is 'oo'"),
        (lambda: si.limit(1 / n, []), InputError, "the list of symbols is empty"),
        (lambda: si.limit(d / n, [n, d], proportional={d: c}), InputError, "proportional goes with one symbol"),
        (lambda: si.limit(d / n, n, proportional={d: -1}), InputError, "the limit of d/n is -1"),
        (lambda: si.limit(d / n, n, proportional={n: c}), InputError, "does not grow beside n"),
        (lambda: si.limit(d / n, n, 0, proportional={d: c}), InputError, "with n going to oo"),
        (lambda: si.series(1 / n, n, order="2"), InputError, "order=2 must be an integer"),
        (lambda: si.series(1 / n, n, 3), InputError, "at oo or at 0, not at 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_a_sentence(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()


@pytest.mark.parametrize(
    "formula, quotient",
    [
        (n - d, 1),
        ((n - d) ** 2 / n, 1),
        (n - 2 * d + 3, Rational(1, 2)),
        (d - c * n, c),
        ((d - c * n) ** 2 / n + 1, c),
    ],
    ids=str,
)
def test_a_quotient_alone_does_not_decide_where_leading_terms_cancel(formula, quotient):
    """d = n − 2√n has d/n → 1, and n − d grows; d = n has it, too."""
    with pytest.raises(
        UnsupportedError, match="numerator vanishes at this quotient, so the limit depends on how"
    ):
        si.limit(formula, n, proportional={d: quotient})
    assert si.limit(formula / n**2 + 5, n, proportional={d: quotient}) == 5


def test_the_distance_from_a_number_is_named():
    with pytest.raises(UnsupportedError, match=r"1 times \(n - 1\)\^-1"):
        si.limit(1 / (n - 1), n, 1)


H = harmonic(n)
SLOW = [
    (sqrt(n) / (sqrt(n) + 1), 1),
    ((2 * n ** Rational(3, 2) + n) / (3 * n ** Rational(3, 2) - sqrt(n)), Rational(2, 3)),
    (n ** Rational(1, 3) / sqrt(n), 0),
    ((sqrt(n) + d) * (sqrt(n) - d) / n, 1),
    (H / sqrt(n), 0),
    ((H + d) / (2 * H - 1), Rational(1, 2)),
    (harmonic(n - 2) / (n - 2), 0),
    (1 / (2 + 3 * H / n) + harmonic(n, 2), Rational(1, 2) + pi**2 / 6),
    (harmonic(n, 2) / H, 0),
    ((n * H + n) / (n * H + sqrt(n)), 1),
]


def far_out(x, order=1):
    """The harmonic number of a large number up to 1/x³."""
    return sympy.log(x) + sympy.EulerGamma + 1 / (2 * x) if order == 1 else pi**2 / 6 - 1 / x + 1 / (2 * x**2)


@pytest.mark.parametrize(("expression", "wanted"), SLOW, ids=str)
def test_roots_and_harmonic_numbers(expression, wanted):
    """Far out the expression comes near to its limit, and a slightly wrong one is not what is found."""
    found = si.limit(expression, n)
    assert found == wanted and found != wanted + 1
    gap = (expression - wanted).replace(harmonic, far_out)
    errors = [abs(float(gap.subs({d: 2, n: 10**k}).evalf(30))) for k in (6, 18, 40)]
    assert errors[0] > errors[1] > errors[2] or errors == [0, 0, 0]
    assert errors[2] < 0.05


def test_roots_and_harmonic_numbers_that_grow():
    assert si.limit(sqrt(n), n) == si.limit(H, n) == si.limit(n / (H - 2), n) == oo
    assert si.limit(n / (2 - H), n) == -oo
    assert si.limit((sqrt(n) + 1) / (sqrt(n) + 2), n, 0) == Rational(1, 2)


def test_roots_of_sizes_in_proportion():
    assert si.limit(sqrt(d / n) + H / n, n, proportional={d: c}) == sqrt(c)
    found = si.limit((sqrt(d) + sqrt(n)) ** 2 / (n + d), n, proportional={d: c})
    assert sympy.simplify(found - (sqrt(c) + 1) ** 2 / (c + 1)) == 0


def test_a_closed_form_with_harmonic_numbers():
    found = si.limit(read_form((H + n) / (2 * n)), n)
    assert isinstance(found, ClosedForm) and found == Fraction(1, 2)
