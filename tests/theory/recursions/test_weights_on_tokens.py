"""Weights on tokens: decay, correlated tokens, segments with tasks of their own, any matrix of weights."""

import pytest
import sympy
from sympy import Rational, ZeroMatrix

import symicl as si

n, d = si.dims("n d")
alpha, eta = si.scalar("alpha"), si.scalar("eta")
sigma2 = si.scalar("sigma2", nonnegative=True)
S, x, w, query = si.vector("S", d), si.gaussian("x", d), si.gaussian("w", d), si.gaussian("x_q", d)
NOTHING = ZeroMatrix(d, 1)
HALF_LIFE = 2 ** Rational(-1, 50)

decaying = si.recursion(state={S: NOTHING}, step={S: alpha * S + x * x.T * w}, tokens=n, constant=[w])


def test_decay_over_exactly_one_half_life():
    dot, square = (decaying.expect(q).expr.subs({n: 50, d: 4, alpha: HALF_LIFE}) for q in (w.T * S, S.T * S))
    assert float((4 - dot**2 / square).evalf(15)) == pytest.approx(0.376714488, abs=5e-10)


def test_decay_with_infinite_context():
    (dot, falls), (square, _) = (decaying.expect(q).limit() for q in (w.T * S, S.T * S))
    assert falls == (alpha,)
    effective = (1 + alpha) / (1 - alpha)  # coth(ln 2/(2N)) at α = 2^(−1/N)
    assert sympy.cancel(d - dot**2 / square - d * (d + 1) / (effective + d + 1)) == 0
    ratio = effective.subs(alpha, HALF_LIFE) - sympy.coth(sympy.log(2) / 100)
    assert abs(ratio.evalf(30)) < 1e-25


@pytest.mark.parametrize(("noise", "published"), [(0, 1.896594), (Rational(1, 2), 1.944013)])
def test_correlated_tokens_are_a_part_of_the_state(noise, published):
    phi = Rational(3, 5)
    last, fresh, first = si.vector("x", d), si.gaussian("z", d, row_cov=1 - phi**2), si.gaussian("x_0", d)
    token, epsilon = phi * last + fresh, si.gaussian("epsilon", (1, 1), col_cov=sigma2)
    chain = si.recursion(
        state={last: first, S: NOTHING},
        step={last: token, S: S + token * (token.T * w + epsilon)},
        tokens=n,
        constant=[w],
    )
    risk = chain.expect((eta * query.T * S - query.T * w) ** 2)
    assert float(risk.best("eta", n=20, d=5, sigma2=noise).value) == pytest.approx(published, abs=5e-7)


def test_any_matrix_of_weights():
    X, D, epsilon = (
        si.gaussian("X", (n, d)),
        si.matrix("D", (n, n)),
        si.gaussian("epsilon", (n, 1), col_cov=sigma2),
    )
    f = query.T * X.T * D * (X * w + epsilon)
    trace, squares, product = (sympy.Trace(m) for m in (D, D.T * D, D * D))
    stated = d * trace**2 + d**2 * squares + d * product + sigma2 * d * squares
    assert sympy.expand(si.expect(f * f.T) - si.expect(stated)) == 0
    assert sympy.expand(si.expect(f * f.T) - si.expect(stated + product)) != 0
    assert si.expect(f * w.T * query) == d * trace


def test_two_segments_with_tasks_of_their_own():
    n_1, n_2 = si.dims("n_1 n_2")
    r_1, r_2, rho, o_1, o_2 = (si.scalar(name) for name in ("r_1", "r_2", "rho", "omega_1", "omega_2"))
    X_1, X_2 = si.gaussian("X_1", (n_1, d)), si.gaussian("X_2", (n_2, d))
    z_1, z_2 = si.gaussian("z_1", d), si.gaussian("z_2", d)
    a, b = (
        si.scalar("a"),
        si.scalar("b"),
    )  # w₁ = r₁w + a z₁ with 1 = r₁² + a², w₂ alike, a part of it along z₁
    w_1, w_2 = r_1 * w + a * z_1, r_2 * w + b * z_1 + si.scalar("c") * z_2
    f = query.T * (o_1 * X_1.T * X_1 * w_1 + o_2 * X_2.T * X_2 * w_2)
    loss = si.expect((f - query.T * w) * (f - query.T * w).T)
    unit = {a**2: 1 - r_1**2, si.scalar("c") ** 2: 1 - r_2**2 - b**2}
    loss = sympy.expand(sympy.expand(loss).subs(unit).subs(b, (rho - r_1 * r_2) / a)).subs(unit)
    found = sympy.solve([sympy.diff(loss, o) for o in (o_1, o_2)], (o_1, o_2))
    stated = (r_1 * (d + 1 + n_2) - n_2 * rho * r_2) / ((d + 1 + n_1) * (d + 1 + n_2) - n_1 * n_2 * rho**2)
    assert sympy.cancel((found[o_1] - stated).subs(a, sympy.sqrt(1 - r_1**2))) == 0
    assert sympy.cancel((found[o_1] - 2 * stated).subs(a, sympy.sqrt(1 - r_1**2))) != 0
