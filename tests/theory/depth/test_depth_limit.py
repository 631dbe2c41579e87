"""The law of depth in the proportional limit: proved for every L, and what a wrong version of each part meets."""

import pytest
import sympy
from sympy import Rational

import symicl as si
from symicl.algebra import read_form
from symicl.theory.layers import proportional_proof
from symicl.theory.layers.proportional_proof import RATIO, jacobi, limit_moment, prove

n, d, L = si.dims("n d L")
c = RATIO


def limit_of(expression):
    """As n grows with d = c n."""
    top, bottom = (sympy.Poly(part, n) for part in sympy.fraction(sympy.cancel(expression.subs(d, c * n))))
    assert top.degree() == bottom.degree()
    return sympy.factor(top.LC() / bottom.LC())


def test_the_law():
    law = si.depth_limit()
    for layers, fraction in (
        (1, Rational(1, 5)),
        (2, Rational(1, 21)),
        (3, Rational(1, 85)),
        (4, Rational(1, 341)),
    ):
        assert law.at(c="1/4", layers=layers).fraction == fraction
        assert law.fraction.subs({c: Rational(1, 4), L: layers}) == fraction
    assert law.at(c=1, layers=4).fraction == Rational(1, 5)
    assert law.at(c=3, layers=2).fraction == Rational(9, 13)


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_the_exact_loss_at_finite_sizes_tends_to_it(layers):
    found = limit_of(si.depth(si.LinearRegression(noise=0), layers).excess / d)
    law = si.depth_limit(layers).fraction
    assert sympy.cancel(found - law) == 0
    for wrong in (law * c, si.depth_limit(layers + 1).fraction, 1 / (1 + c) ** layers):
        assert sympy.cancel(found - wrong) != 0 or (layers == 1 and wrong != law * c)


def test_the_steps_are_the_limits_of_the_steps():
    limit = si.depth_limit().at(c="1/4", layers=3).steps
    assert [float(step) for step in limit] == sorted(map(float, limit))
    near = si.depth(si.LinearRegression(noise=0), 3).at(n=40_000, d=10_000).steps
    assert [float(step) for step in near] == pytest.approx([float(step) for step in limit], rel=2e-3)


def test_the_steps_are_zeros_of_the_polynomial():
    """Q_L by its recursion vanishes at 1 + c + 2√c cos(jπ/(L + 1)), and nowhere near 1 % beside it."""
    for layers in (1, 2, 5):
        for step in si.depth_limit().at(c="4/9", layers=layers).steps:
            for scale, vanishes in ((1, True), (Rational(101, 100), False)):
                point = scale / step
                before, now = sympy.Integer(1), point - 1 - Rational(4, 9)
                for _ in range(layers - 1):
                    before, now = now, (point - 1 - Rational(4, 9)) * now - Rational(4, 9) * before
                assert (abs(sympy.N(now, 30)) < 1e-25) == vanishes


def test_what_the_proof_rests_on_is_said():
    law = si.depth_limit()
    assert len(law.axioms) == 2 and "Marchenko" in law.axioms[0]
    assert [step.checked_by.split(",")[0] for step in law.proof.steps] == [
        "an identity in √c and e^{iθ}",
        "induction over k",
        "linear algebra",
        "induction over L",
        "induction over L",
        "the moments of the engine",
    ]


@pytest.mark.parametrize("name", ["jacobi", "moment", "limit_moment"])
def test_a_slightly_wrong_ingredient_is_refused(monkeypatch, name):
    true = getattr(proportional_proof, name)
    wrong = {
        "jacobi": lambda diagonal, below, begun: true(diagonal, below + 1, begun),
        "moment": lambda n, d, k: true(n, d, k) + d * n**0 / 10**6,
        "limit_moment": lambda ratio, k: true(ratio, k) + (k == 5) * ratio,
    }[name]
    monkeypatch.setattr(proportional_proof, name, wrong)
    with pytest.raises(si.SymiclError):
        prove()


def test_wrong_beginnings_are_refused(monkeypatch):
    true = jacobi
    ratio = read_form(c)

    def shifted(diagonal, below, begun):
        if begun[1] == -ratio:
            begun = [begun[0], begun[1] + ratio**2]
        return true(diagonal, below, begun)

    monkeypatch.setattr(proportional_proof, "jacobi", shifted)
    with pytest.raises(si.DerivationError, match="other values"):
        prove()


def test_moments_of_the_limit_are_narayana_numbers():
    for k in range(1, 8):
        narayana = sum(
            Rational(sympy.binomial(k, j) * sympy.binomial(k, j - 1), k) * c ** (j - 1)
            for j in range(1, k + 1)
        )
        assert limit_moment(read_form(c), k) == read_form(narayana)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: si.depth_limit(0), "from 1 on"),
        (lambda: si.depth_limit("L"), "from 1 on"),
        (lambda: si.depth_limit().at(c=2), "from 1 on"),
        (lambda: si.depth_limit().at(c=-1, layers=2), "must be positive"),
        (lambda: si.depth_limit(2).at(c=1, layers=3), "for 2 layers"),
    ],
)
def test_refusals(ask, message):
    with pytest.raises(si.InputError, match=message):
        ask()


def test_views():
    law = si.depth_limit()
    assert str(law) == "c^L(c - 1)/(c^(L+1) - 1)"
    assert r"\frac{c^{L}" in law._repr_latex_()
    assert repr(law) == "DepthLimit(L layers, 6 steps checked, 2 axioms)"
