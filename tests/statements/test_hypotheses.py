"""What the narrower hypotheses are for: without each of them the statement is false, at exact numbers."""

from fractions import Fraction

import flint
import pytest
import sympy

from oracle import causal as oracle
from symicl.algebra import ClosedForm
from symicl.numeric import evaluate
from symicl.proofs.mahankali2023 import nonlinear
from symicl.proofs.mahankali2023.parts.signs import signed
from symicl.proofs.sander2024 import augmented, orthogonal, unitary
from symicl.proofs.zheng2024 import capability, limit
from symicl.tasks import MOMENTS
from symicl.theory import expected_loss


def test_without_the_reflection_minus_I_other_weights_do_better():
    """f(x) = x for certain, d = n = σ² = 1: no rotation but the identity exists, and the sum of x_i² predicts better.

    The prediction η x x_1² has E(x − η x x_1²)² = 1 − 2η + 3η², the one of gradient descent, η x x_1 y_1, has 1 − 2η
    + (3 + σ²)η².
    """
    at = {
        nonlinear.n: 1,
        nonlinear.d: 1,
        nonlinear.sigma2: 1,
        nonlinear.G: 1,
        nonlinear.XF: 3,
        nonlinear.F: 1,
    }
    values = {symbol: sympy.Integer(value) for symbol, value in at.items()}
    stated = evaluate(nonlinear.theorem.states["loss"], values) - 1
    eta = sympy.Symbol("eta")
    by_gradient, by_squares = (1 - 2 * eta + curvature * eta**2 for curvature in (4, 3))
    least = [sympy.Min(*(form.subs(eta, root) for root in sympy.solve(form.diff(eta)))) for form in
             (by_gradient, by_squares)]  # fmt: skip
    assert least == [stated, sympy.Rational(2, 3)] and least[1] < stated


def test_the_loss_is_that_of_a_law_that_minus_I_changes_if_minus_f_does_not():
    """d = n = 1, f = s(x + x²) with a sign s: the loss is the derived one; for s = 1 for certain it is another one."""
    loss = expected_loss(nonlinear.model, signed)
    (a,), (c,) = loss.parameters["w"].grid
    (B, _), (g, _) = loss.parameters["M"].grid
    numbers = [sympy.Rational(*pair) for pair in ((1, 3), (2, 5), (-1, 2), (3, 7))]
    values = {
        nonlinear.n: sympy.Integer(1),
        nonlinear.d: sympy.Integer(1),
        nonlinear.sigma2: sympy.Rational(1, 2),
    }
    for form, number in zip((a, c, B, g), numbers, strict=True):
        symbol = ClosedForm.of(min(form.letters())).expr
        matrix = flint.fmpq_mat([[flint.fmpq(int(number.p), int(number.q))]])
        values[symbol] = matrix if hasattr(symbol, "shape") else number
    moments = {"g2": 1, "xf2": 18, "f2": 4, "f2f2": 16, "f4": 198}
    values |= {MOMENTS[name]: sympy.Integer(value) for name, value in moments.items()}
    derived = evaluate(loss.closed_form.expr, values)

    def mean(signs):
        x1, x, e1, e0, s = variables = sympy.symbols("x1 x e1 e0 s")
        y1, y0 = s * (x1 + x1**2) + e1, s * (x + x**2) + e0
        first, second, third, fourth = numbers
        read = (first * x1 + second * y1) * (third * x1 + fourth * y1) * x
        laws = [_gaussian] * 2 + [lambda k: _gaussian(k) / sympy.Integer(2) ** (k // 2)] * 2
        laws.append(lambda k: sympy.Rational(sum(sign**k for sign in signs), len(signs)))
        terms = sympy.Poly((read - y0) ** 2, *variables).terms()
        return sum(c * sympy.prod(law(k) for law, k in zip(laws, powers, strict=True)) for powers, c in terms)

    assert mean([1, -1]) == derived
    assert mean([1]) != derived


def _gaussian(k):
    """E z^k of a standard Gaussian z."""
    return sympy.factorial2(k - 1) if k % 2 == 0 else sympy.Integer(0)


def test_coordinates_that_are_not_exchangeable_do_not_share_a_step():
    """Independent signs in front of 1 and 2: the loss of (a I, b I) has no stationary point with one product ab."""
    support = [(Fraction(1, 4), (s, 2 * t)) for s in (1, -1) for t in (1, -1)]
    moment = oracle.over_support(support)

    def loss(first, second):
        A = [[first, Fraction(0)], [Fraction(0), second]]
        one = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
        return oracle.attention_loss(*oracle.active(A, one), 2, 4, moment, normalised=True)

    def best(place):
        """Where the loss, a quadratic in the products u_1 and u_2, is stationary in one of them along u_1 = u_2."""
        slope = []
        for u in (Fraction(0), Fraction(1)):
            moved = [[u, u], [u, u]]
            moved[0][place] += 1
            moved[1][place] -= 1
            slope.append((loss(*moved[0]) - loss(*moved[1])) / 2)
        return -slope[0] / (slope[1] - slope[0])

    assert best(0) != best(1)


@pytest.mark.parametrize(
    ("theorem", "words"),
    [
        (nonlinear.theorem, ("rotations", "reflections", "-I", "-F")),
        (limit.theorem, ("exchangeable", "odd exponent")),
        (capability.theorem, ("exchangeable", "odd exponent")),
        (augmented.theorem, ("real diagonal", "s_1=(1")),
        (unitary.theorem, ("real", "s_1=(1")),
        (orthogonal.theorem, ("real", "s_1=(1")),
    ],
    ids=lambda x: getattr(x, "id", None),
)
def test_statements_name_them(theorem, words):
    for word in words:
        assert word in theorem.statement
        assert any(word in assumption for assumption in theorem.assumptions)
