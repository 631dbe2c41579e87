"""The formulas of Zheng et al. (2024) and Sander et al. (2024) come out by exact algebra, and wrong ones do not."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
import sympy
from sympy import harmonic

from oracle import causal as oracle
from symicl.algebra import ClosedForm, closed_form, read_form
from symicl.expectation import (
    AnyLaw,
    DiagonalMatrix,
    ExchangeableMatrix,
    FullMatrix,
    MixedMoment,
    ScalarMatrix,
    TimeSum,
    charges,
    entry_sum,
    kappa_law,
)
from symicl.expectation.phases.given_moments import OpaqueMoments
from symicl.models import CausalLinearAttention, PositionalAttention
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss, loss_in_time

d, T, T_max = sympy.symbols("d T T_max", integer=True, positive=True)
a, b = sympy.symbols("a b", real=True)
al, al_, be, be_ = sympy.symbols("alpha alpha' beta beta'", real=True)
m2, k1, k2, k3 = sympy.symbols("m_2 kappa_1 kappa_2 kappa_3", nonnegative=True)
H, H2, N = harmonic(T - 2), harmonic(T - 2, 2), T - 2
HALF = Fraction(1, 2)
u = a * b


def same(polynomial: ClosedForm, expression: sympy.Expr) -> bool:
    return closed_form(polynomial - read_form(sympy.expand(expression))).num == 0


def active(law="ones", pair=None, *, normalised=True, kind="unitary", T=T, factor=HALF):
    model = CausalLinearAttention(normalised)
    pair = pair or (ScalarMatrix(a), ScalarMatrix(b))
    return autoregressive_loss(model, AutoregressiveTask(kind, law, T=T), model.active(*pair), factor=factor)


# --- Zheng et al. -----------------------------------------------------------------------------------


def test_scalar_loss():
    loss = active(kappa_law(d))
    assert same(loss.closed_form, d / 2 * (N * (k2 * u**2 - 2 * k1 * u + m2) + H * k3 * u**2))
    assert loss.exceptions == {} and loss.valid_from == 3
    assert not same(
        loss.closed_form, d / 2 * (N * (k2 * u**2 - 2 * k1 * u + m2) + harmonic(T - 1) * k3 * u**2)
    )
    assert not same(loss.closed_form, d / 2 * (N * (k3 * u**2 - 2 * k1 * u + m2) + H * k2 * u**2))
    assert not same(loss.closed_form, d / 2 * ((T - 1) * (k2 * u**2 - 2 * k1 * u + m2) + H * k3 * u**2))


def test_scalar_loss_needs_no_other_moments():
    # Every other moment is a symbol that does not occur.
    loss = active(OpaqueMoments(d))
    names = {s.name for s in loss.expr.free_symbols}
    assert names == {"a", "b", "d", "T", "mu_2", "mu_4", "mu_6", "mu_42"}


def test_diagonal_loss():
    loss = active("gaussian", (DiagonalMatrix("a"), DiagonalMatrix("b")))
    ab = [("a", "i"), ("b", "i")]
    both, u_sum = entry_sum(ab * 2), entry_sum(ab)
    a2, b2 = entry_sum([("a", "i")] * 2), entry_sum([("b", "i")] * 2)
    expected = N * (15 * both - 6 * u_sum + d) / 2 + 3 * H * (a2 * b2 - both) / 2
    assert same(loss.closed_form, expected)


def test_gradients_at_multiples_of_the_identity():
    loss = active(AnyLaw(d), (FullMatrix("A"), FullMatrix("B")))

    def mu(marked, *rest):
        return MixedMoment(sympy.Tuple(*marked), sympy.Tuple(*rest))

    def gradient(name, diagonal):
        return loss.entry_derivative(name, {"A": a, "B": b}, diagonal=diagonal).closed_form

    k1, k2 = mu((4,)), mu((6,))
    assert same(gradient("A", True), b * (-N * k1 + u * (N * k2 + H * mu((4,), 2))))
    assert same(gradient("B", True), a * (-N * k1 + u * (N * k2 + H * mu((2,), 4))))
    off = -H * mu((1, 3)) + u * (H2 * mu((1, 3), 2) + H * mu((1, 5)) + H * mu((3, 3)))
    assert same(gradient("A", False), b * off)
    assert same(gradient("B", False), a**2 * b * H * mu((3, 3)))
    # E x_l x_m³ is not E x_l³ x_m.
    assert not same(gradient("A", False), b * (off + H * mu((1, 3)) - H * mu((3, 1))))


def test_gradients_for_all_ones():
    loss = active("ones", (FullMatrix("A"), FullMatrix("B")))
    at = {"A": a, "B": b}
    A, B = (loss.entry_derivative(name, at, diagonal=False).closed_form for name in "AB")
    assert same(A, b * (-H + u * ((d - 2) * H2 + 2 * H)))
    assert same(B, a**2 * b * H)


def test_gradients_for_a_random_discrete_law():
    """Against exact differences of the loss, which is quadratic in one entry, for a law without symmetries."""
    D, length, at = 3, 4, {"A": Fraction(3, 5), "B": Fraction(-7, 4)}
    atoms = [(1, (2, -1, 3)), (3, (1, 1, -2)), (2, (0, 3, 1)), (4, (-2, 1, 1))]
    moment = oracle.over_support([(Fraction(weight, 10), v) for weight, v in atoms])
    loss = active(AnyLaw(d), (FullMatrix("A"), FullMatrix("B")))

    def derived(name, diagonal):
        derivative = loss.entry_derivative(name, at, diagonal=diagonal)
        return derivative.at_last(length - 1).expr.subs(d, D)

    def evaluated(expression, given):
        table = {}
        for symbol in expression.atoms(MixedMoment):
            marked, rest = symbol.exponents
            value = Fraction(0)
            others = [i for i in range(D) if i not in given]
            for chosen in permutations(others, len(rest)):
                exponents = [0] * D
                for i, k in zip((*given, *chosen), (*marked, *rest), strict=True):
                    exponents[i] = k
                value += moment(tuple(exponents))
            table[symbol] = sympy.Rational(value.numerator, value.denominator)
        return expression.xreplace(table)

    def differences(name, l, m):
        values = []
        for step in (1, -1):
            pair = {key: [[at[key] * (i == j) for j in range(D)] for i in range(D)] for key in "AB"}
            pair[name][l][m] += step
            weights = oracle.active(pair["A"], pair["B"])
            values.append(oracle.attention_loss(*weights, D, length, moment, normalised=True) / 2)
        return (values[0] - values[1]) / 2

    for name in "AB":
        assert evaluated(derived(name, True), (1,)) == differences(name, 1, 1)
        assert evaluated(derived(name, False), (0, 2)) == differences(name, 0, 2)


def test_all_ones_with_its_exceptional_time():
    loss = active("ones", (ExchangeableMatrix(al, al_), ExchangeableMatrix(be, be_)))
    q2 = d * (al**2 + (d - 1) * al_**2) * (be**2 + (d - 1) * be_**2)
    q1 = (
        d * (d - 1) * (al**2 * be**2 + 2 * al**2 * be * be_ + (2 * d - 3) * al**2 * be_**2
        + 4 * al * al_ * be**2 + 4 * al * al_ * be * be_ + (6 * d - 8) * al * al_ * be_**2
        + (3 * d - 5) * al_**2 * be**2 + (3 * d - 5) * (d - 1) * al_**2 * be_**2)
    )  # fmt: skip
    q0 = (
        d * (d - 1) * (d - 2) * al_ * (2 * al * be**2 + 4 * al * be * be_ + (4 * d - 6) * al * be_**2
        + (d - 2) * al_ * be**2 + 2 * al_ * be * be_ + d * (d - 2) * al_ * be_**2)
    )  # fmt: skip
    epsilon = d * (d - 1) * (d**2 - 3 * d + 3) * al_**2 * be_ * (2 * be + (d - 2) * be_)
    linear = -2 * (N * d * al * be + H * d * (d - 1) * al_ * be) + N * d
    assert same(loss.closed_form, (N * q2 + H * q1 + H2 * q0 + epsilon + linear) / 2)
    assert sorted(loss.exceptions) == [2] and same(loss.exceptions[2], epsilon / 2)
    assert sorted(loss.by_power) == [-2, -1, 0] and same(loss.by_power[-2], q0 / 2)
    # The same with ρ ≡ 1 and no ½: power sums of n, and ε once.
    n = T_max - 1
    S1, S2 = n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6
    plain = active(
        "ones", (ExchangeableMatrix(al, al_), ExchangeableMatrix(be, be_)),
        normalised=False, T=T_max + 1, factor=1,
    )  # fmt: skip
    linear = -2 * (S1 * d * al * be + n * d * (d - 1) * al_ * be) + n * d
    assert same(plain.closed_form, S2 * q2 + S1 * q1 + n * q0 + epsilon + linear)


def test_a_fit_at_later_times_misses_the_exceptional_one():
    """Powers of n fitted to the exact summands at t = 3, 4, 5 reproduce t = 6, but not t = 2."""
    pair = ExchangeableMatrix(1, Fraction(1, 3)), ExchangeableMatrix(2, Fraction(-1, 5))
    model = CausalLinearAttention()
    function = loss_in_time(model, AutoregressiveTask("unitary", "ones", d=2), model.active(*pair)).function

    def true(t):
        A, B = ([[Fraction(p.same if i == j else p.other) for j in range(2)] for i in range(2)] for p in pair)
        prediction = oracle.attention(*oracle.active(A, B), 2, t, normalised=True)
        return oracle.squared_error(prediction, 2, t, oracle.law("ones", 2, Fraction(1)), paired=False)

    exact = {t: true(t) for t in (2, 3, 4, 5, 6)}
    assert all(function.at(t) == closed_form(value) for t, value in exact.items())
    rows = [[Fraction(t - 1) ** -m for m in range(3)] for t in (3, 4, 5)]
    fit = sympy.Matrix(rows).solve(sympy.Matrix([exact[t] for t in (3, 4, 5)]))

    def fitted(t):
        return sum(c * sympy.Rational(1, t - 1) ** m for m, c in enumerate(fit))

    assert fitted(6) == exact[6] and fitted(2) != exact[2]
    assert exact[2] - Fraction(str(fitted(2))) == function.exceptions[2].terms[()]


def test_charges():
    model = CausalLinearAttention()
    parts = charges(model.predict(model.symbolic_parameters(), AutoregressiveTask().sequence()))

    def blocks(part):
        return {tuple(sorted(e.parameter.name for e in term.entries)) for term in part.terms}

    assert {key: blocks(part) for key, part in parts.items()} == {
        (1, 0): {("W_KQ_32", "W_PV_12")},
        (1, -1): {("W_KQ_22", "W_PV_12"), ("W_KQ_33", "W_PV_12"), ("W_KQ_32", "W_PV_13")},
        (1, -2): {("W_KQ_23", "W_PV_12"), ("W_KQ_22", "W_PV_13"), ("W_KQ_33", "W_PV_13")},
        (1, -3): {("W_KQ_23", "W_PV_13")},
    }
    target = AutoregressiveTask().sequence().target()
    assert list(charges(target)) == [(1, 0)]


def test_risk_and_ratio():
    """The risk at test length n + 1, and the average ratio of prediction and truth."""
    model, task = CausalLinearAttention(), AutoregressiveTask(law=kappa_law(d))
    pair = model.active(ScalarMatrix(a), ScalarMatrix(b))
    risk = loss_in_time(model, task, pair).function
    assert same(risk.powers[0], d * (u**2 * k2 - 2 * u * k1 + m2)) and same(risk.powers[-1], d * u**2 * k3)
    sequence = task.sequence()
    ratio = task.expectation((model.predict(pair, sequence) * sequence.over_target()).total())
    assert list(ratio.powers) == [0] and same(ratio.powers[0], d * u * m2) and not ratio.exceptions


# --- Sander et al. ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
def test_augmented_loss(kind):
    loss = active("ones", normalised=False, kind=kind, T=T_max + 1, factor=1)
    n = T_max - 1
    S1, S2 = n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6
    assert same(loss.closed_form, d * ((S2 + (d - 1) * S1) * u**2 - 2 * S1 * u + n))
    assert loss.exceptions == {}
    best = sympy.solve(sympy.diff(loss.expr.subs(b, 1), a), a)[0]
    assert sympy.simplify(best - 3 / (2 * T_max + 3 * d - 4)) == 0


def test_augmented_loss_for_diagonal_matrices():
    loss = active("ones", (DiagonalMatrix("a"), DiagonalMatrix("b")), normalised=False, T=T_max + 1, factor=1)
    n = T_max - 1
    S1, S2 = n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6
    ab = [("a", "i"), ("b", "i")]
    a2, b2 = entry_sum([("a", "i")] * 2), entry_sum([("b", "i")] * 2)
    expected = S2 * entry_sum(ab * 2) - 2 * S1 * entry_sum(ab) + n * d + S1 * (a2 * b2 - entry_sum(ab * 2))
    assert same(loss.closed_form, expected)


C = {
    "trace": entry_sum([("C", "i", "i")]),
    "frobenius": entry_sum([("C", "i", "j")] * 2),
    "rows": entry_sum([("C", "i", "j"), ("C", "i", "k")]),
    "diagonal": entry_sum([("C", "i", "i")] * 2),
    "partner": entry_sum([("C", "i", "~i")] * 2),
    "row and partner": entry_sum([("C", "i", "j"), ("C", "i", "~i")]),
}


def positional(kind):
    loss = loss_in_time(PositionalAttention(), AutoregressiveTask(kind, "ones"))
    weights = loss.parameters["P"]
    return loss, weights.last(), weights.last(1), weights.earlier(1), weights.earlier(2)


def test_positional_unitary_loss():
    loss, p_T, p_before, _, squares = positional("unitary")
    fitted = p_T**2 * C["frobenius"] - 2 * p_T * C["trace"] + d
    expected = fitted + squares * C["frobenius"] + p_before**2 * C["rows"]
    assert same(loss.closed_form, expected)
    # The authors' code over-counts by p_{T−1}² ‖C‖².
    assert not same(loss.closed_form, expected + p_before**2 * C["frobenius"])


def test_positional_orthogonal_loss():
    loss, p_T, p_before, earlier, squares = positional("orthogonal")
    sigma, others = earlier + p_T, squares + p_T**2
    expected = (
        p_T**2 * C["diagonal"] - 2 * p_T * C["trace"] + d
        + squares * C["diagonal"]
        + others * (C["frobenius"] - C["diagonal"] - C["partner"])
        + p_before**2 * C["rows"] + 2 * p_before * sigma * C["row and partner"] + sigma**2 * C["partner"]
    )  # fmt: skip
    assert same(loss.closed_form, expected)
    assert not same(loss.closed_form, expected + squares * C["diagonal"])


def test_the_two_papers_agree():
    """Sander et al. is Zheng et al. with ρ ≡ 1, x_1 = 1, T = T_max + 1 and no factor ½."""
    zheng = active("ones", normalised=False)
    sander = active("ones", normalised=False, T=T_max + 1, factor=1)
    assert sympy.expand(2 * zheng.expr.subs(T, T_max + 1) - sander.expr) == 0


def test_sums_are_written_with_sympy():
    loss = active("gaussian")
    assert loss.expr.has(harmonic(T - 2)) and loss.expr.subs({T: 5, d: 2}).free_symbols == {a, b}
    summand = loss.in_time.function
    assert TimeSum(summand, sympy.Integer(4)).closed_form.expr.free_symbols == {a, b, d}
    assert "harmonic" in loss.latex() or "H_{" in loss.latex()
