"""Recursions over tokens: closed forms in n, their pins, and what unrolling and sampling say of them."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import Rational, Trace, ZeroMatrix
from sympy.stats import Normal

import symicl as si

n, d = si.dims("n d")
beta, alpha, gamma = si.scalar("beta"), si.scalar("alpha"), si.scalar("gamma")
sigma2 = si.scalar("sigma2", nonnegative=True)
e, a, S = si.vector("e", d), si.vector("a", d), si.vector("S", d)
x, w = si.gaussian("x", d), si.gaussian("w", d)
epsilon = si.gaussian("epsilon", (1, 1), col_cov=sigma2)
NORMAL = Normal("z", 0, 1)
NOTHING = ZeroMatrix(d, 1)
RHO = 1 - 2 * beta + (d + 2) * beta**2
SIZES = {"n": 20, "d": 5}

error = e - beta * x * (x.T * e - epsilon)
delta_rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
noisy = si.recursion(state={e: w}, step={e: error}, tokens=n)
gated = si.recursion(
    state={S: NOTHING},
    step={S: alpha * (S - beta * x * x.T * S) + beta * x * (x.T * w + epsilon)},
    tokens=n,
    constant=[w],
)
average = si.recursion(state={e: w, a: w}, step={e: error, a: gamma * a + (1 - gamma) * error}, tokens=n)
decaying = si.recursion(state={S: NOTHING}, step={S: alpha * S + x * x.T * w}, tokens=n, constant=[w])
attention = si.recursion(state={S: NOTHING}, step={S: S + x * (x.T * w + epsilon)}, tokens=n, constant=[w])
delayed = si.recursion(state={e: w, a: 2 * w}, step={e: error, a: e}, tokens=n)
momentum = si.recursion(
    state={e: w, a: NOTHING},
    step={a: gamma * a + x * x.T * e, e: e - beta * (gamma * a + x * x.T * e)},
    tokens=n,
)
slow = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e / n}, tokens=n)
three = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=3)
P = si.symmetric("P", d)
covariance = si.recursion(state={P: ZeroMatrix(d, d)}, step={P: gamma * P + (1 - gamma) * x * x.T}, tokens=n)
CASES = {
    "delta rule": delta_rule.expect(e.T * e),
    "with noise": noisy.expect(e.T * e),
    "gated": gated.expect((S - w).T * (S - w)),
    "average": average.expect(a.T * a),
    "decay": decaying.expect(S.T * S),
    "attention": attention.expect((S - n * w).T * (S - n * w)),
    "delayed": delayed.expect(a.T * a + e.T * a),
    "covariance": covariance.expect(Trace((P - sympy.Identity(d)) ** 2)),
    "step of size 1/n": slow.expect(e.T * e),
    "fourth moment": delta_rule.expect((e.T * e) ** 2),
}


@pytest.mark.parametrize("name", CASES)
def test_the_closed_form_is_what_unrolling_gives(name):
    found = CASES[name]
    values = {
        "alpha": Rational(2, 3),
        "beta": Rational(1, 7),
        "gamma": Rational(3, 5),
        "sigma2": Rational(1, 4),
        "d": 3,
    }
    values = {key: value for key, value in values.items() if key in found.symbols}
    at = {found.symbols[key]: value for key, value in values.items()}
    for tokens in range(max(found.valid_from, 1), 6):
        closed = found.expr.subs(at | {n: tokens})
        assert closed == found.unrolled(tokens).subs(at | {n: tokens})
        assert closed == found.at(n=tokens, **values)


# --- numbers that were published or derived by hand ------------------------------------------------------


def test_the_delta_rule():
    found = CASES["delta rule"]
    assert found.check(d * RHO**n).proved
    best = found.best(beta)
    assert best.parameter == 1 / (d + 2)
    assert sympy.simplify(best.value - d * ((d + 1) / (d + 2)) ** n) == 0
    assert float(found.at(**SIZES, beta=Rational(1, 7))) == pytest.approx(0.229104812, abs=5e-10)
    at_numbers = found.best("beta", **SIZES)
    assert at_numbers.parameter == pytest.approx(1 / 7)
    assert float(at_numbers.value) == pytest.approx(float(5 * Rational(6, 7) ** 20), rel=1e-15)


def test_noise_adds_a_geometric_sum():
    geometric = beta**2 * sigma2 * (1 - RHO**n) / (1 - RHO)
    assert CASES["with noise"].check(d * RHO**n + d * geometric).proved
    limit, smaller_than_one = CASES["with noise"].limit()
    assert sympy.simplify(limit - d * beta * sigma2 / (2 - (d + 2) * beta)) == 0
    assert [sympy.expand(value - RHO) for value in smaller_than_one] == [0]


def test_the_best_schedule():
    schedule = CASES["with noise"].greedy("beta")
    v = sympy.Symbol("v", nonnegative=True)
    # v is here the sum over the coordinates, d times the one per coordinate.
    assert sympy.simplify(schedule.parameter - v / (v * (d + 2) + d * sigma2)) == 0
    at = schedule.at(**SIZES, sigma2=Rational(1, 4))
    assert float(at.value) == pytest.approx(0.3637638474036, abs=5e-14)
    constant = CASES["with noise"].best("beta", **SIZES, sigma2=Rational(1, 4))
    assert constant.value > at.value
    exact = [Fraction(str(value)) for value in at.parameters]
    scheduled = CASES["with noise"].at(**SIZES, sigma2=Rational(1, 4), beta=exact)
    assert float(scheduled) == pytest.approx(float(at.value), rel=1e-14)
    for k in (0, 7, 19):  # no gate of it can be moved
        for change in (Fraction(1, 50), Fraction(-1, 50)):
            moved = [value + change * (i == k) for i, value in enumerate(exact)]
            assert CASES["with noise"].at(**SIZES, sigma2=Rational(1, 4), beta=moved) > scheduled


def test_no_decay_is_the_best_decay():
    """With the best gates every token leaves the state as it is: any other factor, for any token, costs."""
    schedule = CASES["with noise"].greedy("beta").at(n=6, d=3, sigma2=Rational(1, 2))
    numbers = {
        "n": 6,
        "d": 3,
        "sigma2": Rational(1, 2),
        "beta": [Fraction(str(b)) for b in schedule.parameters],
    }
    kept = CASES["gated"].at(**numbers, alpha=[1] * 6)
    assert float(kept) == pytest.approx(float(schedule.value), rel=1e-13)
    for k in range(1, 6):  # before the first token there is nothing to be kept
        for factor in (Fraction(97, 100), Fraction(103, 100)):
            assert CASES["gated"].at(**numbers, alpha=[factor if i == k else 1 for i in range(6)]) > kept


def test_gates_with_decay():
    numbers = {**SIZES, "sigma2": Rational(1, 4), "beta": Rational(3, 20)}
    assert float(CASES["gated"].at(**numbers, alpha=Rational(19, 20))) == pytest.approx(
        0.670965306, abs=5e-10
    )
    assert float(CASES["gated"].at(**numbers, alpha=1)) == pytest.approx(0.419270743, abs=5e-10)


def test_linear_attention_token_by_token():
    query, eta = si.gaussian("x_q", d), si.scalar("eta")
    best = attention.expect((eta * query.T * S - query.T * w) ** 2).best(eta)
    assert sympy.simplify(best.parameter - 1 / (n + d + 1 + sigma2)) == 0
    assert sympy.simplify(best.value - d * (d + 1 + sigma2) / (n + d + 1 + sigma2)) == 0


def test_a_matrix_is_learned_as_well():
    m = si.dims("m")
    W, M = si.gaussian("W", (m, d)), si.matrix("M", (m, d))
    learner = si.recursion(
        state={M: ZeroMatrix(m, d)}, step={M: M - beta * (M - W) * x * x.T}, tokens=n, constant=[W]
    )
    assert learner.expect(Trace((M - W).T * (M - W))).check(m * d * RHO**n).proved


@pytest.mark.parametrize(
    ("rule", "quantity"),
    [
        (noisy, e.T * e),
        (gated, (S - w).T * (S - w)),
        (average, a.T * a + e.T * a),
        (covariance, Trace(P**2)),
    ],
    ids=["noise", "gated", "average", "covariance"],
)
def test_two_tokens_by_one_expectation(rule, quantity):
    """Independent copies of the token put in by hand, and everything integrated at once."""
    after = dict(rule.state)
    for k in (1, 2):
        copies = {
            x: si.gaussian(f"x_{k}", d),
            epsilon: si.gaussian(f"epsilon_{k}", (1, 1), col_cov=sigma2),
        }
        after = {symbol: step.xreplace(copies).xreplace(after) for symbol, step in rule.step.items()}
    direct = si.expect(quantity.xreplace(after))
    assert sympy.expand(direct - rule.expect(quantity).unrolled(2)) == 0
    assert sympy.expand(direct - rule.expect(quantity).unrolled(3)) != 0


# --- samples ---------------------------------------------------------------------------------------------


def test_samples_agree():
    draws, tokens, size, runs = np.random.default_rng(5), 6, 3, 40_000
    decay, gate, noise = 0.9, 0.2, 0.5
    task, learned = draws.normal(size=(runs, size)), np.zeros((runs, size))
    for _ in range(tokens):
        token = draws.normal(size=(runs, size))
        response = (token * task).sum(1) + noise**0.5 * draws.normal(size=runs)
        inner = (token * learned).sum(1)
        learned = decay * (learned - gate * token * inner[:, None]) + gate * token * response[:, None]
    squares = ((learned - task) ** 2).sum(1)
    exact = float(CASES["gated"].at(n=tokens, d=size, sigma2=noise, alpha=decay, beta=gate))
    assert abs(squares.mean() - exact) < 4 * squares.std() / runs**0.5


# --- many tokens, one value per token --------------------------------------------------------------------


def test_ten_thousand_tokens():
    numbers = {"n": 10_000, "d": 5, "sigma2": Rational(1, 4), "alpha": Rational(19, 20)}
    constant = CASES["gated"].at(**numbers, beta=Rational(3, 20))
    assert CASES["gated"].at(**numbers, beta=Rational(3, 20), digits=20) == pytest.approx(constant, rel=1e-18)
    schedule = [Fraction(1, i + 7) for i in range(10_000)]
    exact = CASES["gated"].at(**numbers, beta=schedule)
    assert CASES["gated"].at(**numbers, beta=schedule, digits=20) == pytest.approx(exact, rel=1e-18)


def test_the_first_value_of_a_schedule_is_that_of_the_first_token():
    rates = [Fraction(1, 3), Fraction(1, 11), Fraction(1, 5)]
    v = Fraction(4)
    for rate in rates:
        v = (1 - 2 * rate + 6 * rate**2) * v + 4 * rate**2 * Fraction(1, 2)
    assert CASES["with noise"].at(n=3, d=4, sigma2=Fraction(1, 2), beta=rates) == v
    assert CASES["with noise"].at(n=3, d=4, sigma2=Fraction(1, 2), beta=rates[::-1]) != v


def test_numbers_at_which_the_closed_form_divides_by_zero():
    assert CASES["gated"].at(n=4, d=3, sigma2=0, alpha=1, beta=0) == 3
    assert CASES["with noise"].at(n=4, d=3, sigma2=1, beta=Rational(2, 5)) == 3 + 4 * 3 * Rational(4, 25)


def test_eigenvalues_that_are_no_rational_functions():
    found = momentum.expect(e.T * e)
    with pytest.raises(si.UnsupportedError, match="root of degree 3"):
        _ = found.expr
    assert str(found).startswith(f"{found!r} without a closed form: ") and "root of degree 3" in str(found)
    assert found._repr_latex_() is None
    exact = found.at(n=3, d=2, beta=Rational(1, 5), gamma=Rational(1, 2))
    assert exact == found.unrolled(3).subs({d: 2, beta: Rational(1, 5), gamma: Rational(1, 2)})


def test_two_coordinates_with_different_variances():
    """An eigenvalue with a square root in it; the limit has none."""
    first, second = si.scalar("e_1"), si.scalar("e_2")
    x_1, x_2 = (Trace(si.gaussian(f"x_{k}", (1, 1), col_cov=3 - k)) for k in (1, 2))
    inner = x_1 * first + x_2 * second - Trace(epsilon)
    descent = si.recursion(
        state={first: 1, second: 1},
        step={first: first - beta * x_1 * inner, second: second - beta * x_2 * inner},
        tokens=n,
    )
    found = descent.expect(2 * first**2 + second**2)
    for tokens in (1, 2, 5):
        exact = found.at(n=tokens, beta=Rational(1, 10), sigma2=Rational(1, 3))
        closed = found.expr.subs({n: tokens, beta: Rational(1, 10), sigma2: Rational(1, 3)})
        assert sympy.simplify(closed - exact) == 0
    limit, _ = found.limit()
    assert sympy.cancel(limit - beta * sigma2 * (3 - 4 * beta) / (8 * beta**2 - 9 * beta + 2)) == 0
    late = found.at(n=400, beta=Rational(1, 10), sigma2=1, digits=17)
    assert float(late) == pytest.approx(float(limit.subs({beta: Rational(1, 10), sigma2: 1})), rel=1e-12)
    assert found.check(found.expr).verdict == "undecided"  # roots are not compared
    assert found.check(found.expr + 1).verdict != "proved"
    with pytest.raises(si.UnsupportedError, match="square root"):
        found.best(beta)


# --- wrong statements ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        d * (RHO + beta**2) ** n,
        d * (RHO - beta) ** n,
        d * RHO ** (n + 1),
        d * RHO ** (2 * n),
        (d + 1) * RHO**n,
        n * RHO**d,
        d * RHO**n + sympy.Rational(1, 10**9),
        d,
    ],
)
def test_wrong_closed_forms_are_refuted(wrong):
    verdict = CASES["delta rule"].check(wrong)
    assert verdict.verdict == "refuted"
    assert verdict.stated != verdict.derived == CASES["delta rule"].at(**verdict.instance)


def test_true_ones_in_another_form_are_proved():
    assert CASES["delta rule"].check(d * sympy.expand(RHO) ** (n - 1) * RHO).proved
    assert CASES["decay"].check(CASES["decay"].expr).proved
    assert CASES["attention"].check(d * n * (d + 1 + sigma2)).proved
    with pytest.raises(TypeError):
        bool(CASES["delta rule"].check(d))
    kept = si.recursion(state={e: w}, step={e: e}, tokens=n).expect(Trace(e.T * e) / (2 * d))
    assert kept.check(Fraction(1, 2)).proved and kept.check(0.5).proved and kept.check(1).verdict == "refuted"


def test_what_cannot_be_read_is_undecided_or_refuted_never_proved():
    assert CASES["delta rule"].check(d * sympy.exp(n * sympy.log(RHO))).verdict != "proved"
    assert CASES["delta rule"].check(d * RHO ** (n**2)).verdict == "refuted"
    with pytest.raises(si.InputError, match="no symbol"):
        CASES["delta rule"].check(gamma)
    with pytest.raises(si.InputError, match="SymPy expression"):
        CASES["delta rule"].check("d")


# --- refusals --------------------------------------------------------------------------------------------


def test_invariants_that_do_not_close():
    H = si.covariance("H", d)
    z = si.gaussian("z", d, row_cov=H)
    with pytest.raises(si.UnsupportedError, match="do not close"):
        si.recursion(state={e: w}, step={e: e - beta * z * z.T * e}, tokens=n).expect(e.T * e)
    A, Z = si.matrix("A", (d, d)), si.gaussian("Z", (d, d))
    with pytest.raises(si.UnsupportedError, match="do not close"):
        si.recursion(state={A: sympy.Identity(d)}, step={A: A * A + Z}, tokens=n).expect(Trace(A.T * A))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(state={e: w}, step={e: e - beta * w * w.T * e}, tokens=n), r"add constant=\[w\]"),
        (dict(state={e: w}, step={a: a}, tokens=n), "no entry in"),
        (dict(state={e: w}, step={}, tokens=n), "step is a dict"),
        (dict(state=[e], step={e: e}, tokens=n), "state is a list"),
        (dict(state={x: w}, step={x: x}, tokens=n), "its symbols come from"),
        (dict(state={e: w}, step={e: "e"}, tokens=n), "the step of e is the text"),
        (dict(state={e: 1}, step={e: e}, tokens=n), "e is d×1, but its value before the first token is 1×1"),
        (dict(state={e: w}, step={e: e}, tokens=-1), "number of tokens"),
        (dict(state={e: w}, step={e: e}, tokens=True), "number of tokens"),
        (dict(state={e: w}, step={e: e}, tokens=beta), "number of tokens"),
        (dict(state={e: w}, step={e: e}, tokens=n, constant=[e]), "drawn once"),
        (dict(state={e: w}, step={e: NORMAL * e}, tokens=n), "random variable of sympy.stats"),
        (dict(state={P: ZeroMatrix(d, d)}, step={P: P + x * w.T}, tokens=n), "declared symmetric"),
    ],
)
def test_wrong_calls(arguments, message):
    with pytest.raises(si.InputError, match=message):
        si.recursion(**arguments)


def test_too_many_tokens_with_symbols():
    with pytest.raises(si.UnsupportedError, match=r"the number to \.at"):
        si.recursion(state={e: w}, step={e: e}, tokens=10**6)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: delta_rule.expect(e), "is a matrix"),
        (lambda: delta_rule.expect(x.T * e), "x is a token"),
        (lambda: delta_rule.expect("e"), "SymPy expression"),
        (lambda: delta_rule.expect(w.T * e), r"drawn before the first token; add constant=\[w\]"),
        (lambda: delta_rule.expect(NORMAL * e.T * e), "random variable of sympy.stats"),
        (lambda: CASES["delta rule"].at(n=3, d=2), "no value is given for beta"),
        (lambda: CASES["delta rule"].at(n=3, d=2, beta=1, eta=1), "eta is not an input"),
        (lambda: CASES["delta rule"].at(n=3, d=2, beta=[1, 1]), "one per token"),
        (lambda: CASES["delta rule"].at(n=3, d=2, beta=["1/2", "a", 1]), "not a rational number"),
        (lambda: CASES["delta rule"].best("n"), "not a scalar of this recursion"),
        (lambda: CASES["delta rule"].best("eta"), "not a scalar of this recursion"),
    ],
)
def test_wrong_questions(ask, message):
    with pytest.raises(si.InputError, match=message):
        ask()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: delta_rule.expect(1 / Trace(e.T * e)), "."),
        (lambda: CASES["with noise"].best(beta), "give numbers"),
        (lambda: CASES["gated"].greedy(beta), "one mean square"),
        (lambda: slow.expect(e.T * e).limit(), "depends on n"),
        (lambda: attention.expect(S.T * S).limit(), "no limit"),
        (lambda: three.expect(e.T * e).limit(), "number of tokens is 3"),
        (lambda: CASES["delta rule"].at(n=10**8, d=5, beta=Rational(1, 7)), "digits=17"),
        (lambda: CASES["delta rule"].best(beta, n=10**4, d=3), "at most"),
    ],
)
def test_what_is_not_supported_is_refused_with_the_reason(ask, message):
    with pytest.raises(si.UnsupportedError, match=message):
        ask()


# --- views -----------------------------------------------------------------------------------------------


def test_latex():
    found = CASES["delta rule"]
    assert r"\mathbb{E}\left[e_{n}^{\top} e_{n}\right] = d" in found.latex()
    assert found._repr_latex_() == found.latex()
    assert "S_{n} - w" in CASES["gated"].latex()  # the task is the same for all tokens
    assert r"\eta" in found.latex(notation={"beta": r"\eta"})
    assert repr(found) == "AfterTokens(e.T*e, 1 invariants, n tokens)"
    assert repr(delta_rule).startswith("Recursion(e ← ")


def test_torch_is_not_loaded():
    code = (
        "import sys, symicl as si\nn, d = si.dims('n d')\ne, x, w = si.vector('e', d), si.gaussian('x', d), "
        "si.gaussian('w', d)\nb = si.scalar('beta')\n"
        "r = si.recursion(state={e: w}, step={e: e - b * x * x.T * e}, tokens=n).expect(e.T * e)\n"
        "assert r.best(b).parameter == 1 / (d + 2)\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
