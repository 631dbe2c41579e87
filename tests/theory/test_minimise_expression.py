"""`minimise` of an expression: minima, stationary points that are not called minima, and refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.algebra import ClosedForm, symbol_letter
from symicl.theory import WeightedSquare

n, d, m = si.dims("n d m")
S, P, H = (si.covariance(name, d) for name in ("Sigma", "Psi", "H"))
K, A, B = (si.matrix(name, (d, d)) for name in "KAB")
W, W2 = si.matrix("W", (m, d)), si.matrix("W2", (d, d))
G = si.symmetric("G", d)
u, p = si.vector("u", d), si.vector("p", d)
s = si.scalar("s", nonnegative=True)
a, b = si.scalar("a"), si.scalar("b")
I = sympy.Identity(d)
X, x = si.gaussian("X", (n, d), col_cov=H), si.gaussian("x", (d, 1), row_cov=H)
w, e = si.gaussian("w", (d, 1)), si.gaussian("e", (n, 1), row_cov=s * sympy.Identity(n))
V = si.gaussian("V", (d, d), mean=K)
Y = si.gaussian("Y", (n, d), row_cov=b * sympy.Identity(n))
Z = si.gaussian("Z", (n, m), mean=si.matrix("M", (n, m)))

NUMBERS = {
    "n": 3,
    "d": 2,
    "m": 4,
    "s": sympy.Rational(1, 3),
    "Sigma": [[2, 1], [1, 3]],
    "Psi": [[1, 0], [0, 2]],
    "H": [[3, 1], [1, 1]],
    "A": [[1, 2], [3, 5]],
    "B": [[0, 2], [-1, 1]],
    "u": [1, 2],
    "M": [[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 0, 1]],
}
MINIMA = {
    "one step of descent": ((x.T * K * X.T * (X * w + e) - x.T * w) ** 2, [K]),
    "low rank, before the rank": (s - 2 * Trace(A.T * K) + Trace(P * K * S * K.T), [K]),
    "a norm": (Trace((A - K * S).T * P * (A - K * S)), [K]),
    "two features": ((Trace(G * X.T * X) / n + a * Trace(e.T * e) - 1) ** 2, [G, a]),
    "a matrix and a number": (
        Trace(K * S * K.T) + (Trace(K * P) - a) ** 2 + n * a**2 - 2 * Trace(K * A),
        [K, a],
    ),
    "written out, coupled": (
        Trace(K * S * K.T) + a * Trace(K) + d * a**2 * Trace(S.I) - 2 * Trace(K * A) - a,
        [K, a],
    ),
    "isotropic": (n * Trace(K * K.T) + Trace(K * K) + Trace(K) ** 2 - 2 * Trace(K * A), [K]),
    "scalars": (a**2 + a * b + b**2 - n * a, [a, b]),
    "a vector": ((Trace(u.T * p) - 1) ** 2 + s * Trace(p.T * p) + Trace(p.T * S * p), [p]),
    "a random mean": (Trace((Z * W - X).T * (Z * W - X)), [W]),
    "the mean of a law": (Trace((V - A).T * S * (V - A)), [K]),
    "squares of symmetric sums": (
        Trace((K + K.T) ** 2) + n * Trace((K - A).T * (K - A)) + (Trace(K) - 1) ** 2,
        [K],
    ),
    "flat": ((Trace(K) - 1) ** 2, [K]),
}


@pytest.mark.parametrize("name", MINIMA)
def test_the_minimum_agrees_with_the_linear_system_at_numbers(name):
    """The entries of the unknowns are solved for at numbers by code that knows nothing of the symbolic solution."""
    expression, unknowns = MINIMA[name]
    found = si.minimise(expression, unknowns)
    assert found.attained == "minimum"
    inputs = {str(symbol) for symbol in found.symbols}
    numbers = {name: value for name, value in NUMBERS.items() if name in inputs}
    here, there = found.at(**numbers), si.minimise(expression, unknowns, at=numbers)
    assert here.value == there.value
    if found.unique:
        assert there.unique
        assert {k: str(v) for k, v in here.minimisers.items()} == {
            k: str(v) for k, v in there.minimisers.items()
        }


def test_at_numbers_it_is_said_where_the_point_is_not_the_only_one():
    """In general it is; not where u'v = 1, so that K = p v' and p = K u for every p."""
    v = si.vector("v", d)
    K_less = K - p * v.T
    found = si.minimise(Trace((K * u - p).T * (K * u - p)) + Trace(K_less.T * K_less), [K, p])
    assert found.unique
    assert found.at(u=[1, 2], v=[3, 1]).unique
    assert not found.at(u=[1, 2], v=[3, -1]).unique


def test_the_identity_holds_for_all_points():
    expression, unknowns = MINIMA["a matrix and a number"]
    found = si.minimise(expression, unknowns)
    certificate = found.certificate
    assert certificate.remainder
    assert not certificate.remainder.substitute(
        {certificate.other[k]: v for k, v in found.solution.values.items()}
    )
    assert len(certificate.evidence) == 3


def test_a_slightly_wrong_minimum_has_no_certificate():
    found = si.minimise(*MINIMA["low rank, before the rank"])
    (letter,) = found.problem.unknowns
    for wrong in (found.solution.values[letter] * 2, found.solution.values[letter].T):
        moved = replace(found, solution=replace(found.solution, values={letter: wrong}))
        with pytest.raises(si.DerivationError, match="gradient does not vanish"):
            _ = moved.certificate
    # Squares that are others, or of which one is missing, are no evidence.
    other = replace(found, evidence=(WeightedSquare(ClosedForm.of(letter), weight=symbol_letter(S)),))
    with pytest.raises(si.DerivationError, match="do not add up"):
        _ = other.certificate


def test_a_stationary_point_is_not_called_a_minimum():
    """At n = 1, Σ = I/100 it is a saddle; at Σ = I a minimum."""
    saddle = Trace(K * S * K.T) + a * Trace(K) + n * a**2 - 2 * Trace(K * A) - a
    found = si.minimise(saddle, [K, a])
    assert found.attained == "stationary"
    assert str(found).startswith("a stationary point")
    assert "stationary" in repr(found) and "tationary" in found.latex()
    numbers = {"n": 1, "d": 2, "A": [[1, 2], [3, 5]]}
    with pytest.raises(si.UnsupportedError, match="no minimum at these numbers"):
        si.minimise(saddle, [K, a], at=numbers | {"Sigma": [[0.01, 0], [0, 0.01]]})
    assert si.minimise(saddle, [K, a], at=numbers | {"Sigma": [[1, 0], [0, 1]]}).attained == "minimum"


A2, K2 = (si.matrix(name, (2, 2)) for name in "AK")

REFUSED = {
    "indefinite": (Trace(K * K), [K], "falls for ever along some direction, as at d = 2"),
    "a factor of any sign": (Trace(K * A * K.T) - 2 * Trace(K), [K], r"as at d = 1, A = \[\[-2\]\]"),
    "a negative trace": (Trace(K * K.T) - Trace(K) ** 2, [K], "falls for ever"),
    "linear along a flat direction": ((a + b) ** 2 - a, [a, b], "no minimum over a and b"),
    "cubic": (Trace(K * K * K), [K], "not quadratic in K"),
    "an inverse": (Trace(K.I * A), [K], "inverse of K"),
    "a denominator": (1 / a, [a], "not quadratic in a"),
    "Sylvester": (Trace(G * S * G) - 2 * Trace(G * P), [G], "not solved in closed form.*at numbers"),
    "equal sides only at one trace": (
        (Trace(A * K) - a) ** 2 + Trace((w.T * K * w - w.T * w) ** 2),
        [K],
        "not solved in closed form.*only a part of K",
    ),
    "the inverse of a random matrix": (
        Trace((K - (X.T * X + S).I) * (K - (X.T * X + S).I).T),
        [K],
        "the inverse of a random matrix is not a polynomial",
    ),
    "traces that depend on each other at d = 2": (
        (Trace(A2 * A2 * K2) - 1) ** 2 + (Trace(A2 * K2) - 1) ** 2 + (Trace(K2) - 3) ** 2,
        [K2],
        "divided by zero at these sizes",
    ),
    "a law with the unknown": (Trace(Y.T * Y) ** 2 - b, [b], "law of Y depends on b"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_a_sentence(name):
    expression, unknowns, words = REFUSED[name]
    with pytest.raises(si.UnsupportedError, match=words):
        si.minimise(expression, unknowns)


OPEN = {
    "the skew part and the trace": ((Trace(K) - Trace(W2)) ** 2 + Trace((W2 - W2.T) * (W2.T - W2)), [K, W2]),
    "the symmetric part and a column": (Trace((K * u - p).T * (K * u - p)) + Trace((K + K.T) ** 2), [K]),
    "the symmetric part and an entry": (
        (Trace(u.T * K * p) - 1) ** 2 - 2 * Trace(A * A.T * K) + Trace((K + K.T) ** 2),
        [K],
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_solved_is_not_said_to_have_no_minimum(name):
    """There is one at numbers: a part of the unknown is left open by one term and fixed by another."""
    expression, unknowns = OPEN[name]
    try:
        found = si.minimise(expression, unknowns)
    except si.UnsupportedError as refusal:
        assert "has no minimum" not in str(refusal)
        assert "at numbers" in str(refusal)
    else:
        assert found.attained == "minimum"
    numbers = {"d": 2, "A": [[1, 2], [3, 5]], "u": [1, 2], "p": [3, -1]}
    inputs = {str(symbol) for symbol in expression.free_symbols | {d}} - set(map(str, unknowns))
    at = {key: value for key, value in numbers.items() if key in inputs}
    assert si.minimise(expression, unknowns, at=at).attained == "minimum"


def test_no_instance_is_one_where_the_objective_is_not_defined():
    """It is positive for n ≥ 2, and at n = 1 it is divided by zero."""
    assert si.minimise((a - 1) ** 2 / (n - 1), [a]).attained == "stationary"


WHOLE = sympy.Symbol("WHOLE", integer=True)

BAD = {
    "no unknowns": (lambda: si.minimise(a**2), "over which letters"),
    "an empty list": (lambda: si.minimise(a**2, []), "one letter at least"),
    "text": (lambda: si.minimise(a**2, ["a"]), "give a letter"),
    "an expression as unknown": (lambda: si.minimise(Trace(A * K), [A * K]), "give a letter"),
    "a matrix": (lambda: si.minimise(A * K, [K]), "d×d matrix; take a trace"),
    "no expression": (lambda: si.minimise("a**2", [a]), "a loss or a scalar SymPy expression"),
    "absent": (lambda: si.minimise(Trace(A), [K]), "K does not occur"),
    "random": (lambda: si.minimise(Trace(X.T * X), [X]), "X is random"),
    "with a sign": (lambda: si.minimise(s**2, [s]), "declared with a sign"),
    "an integer": (lambda: si.minimise((2 * WHOLE - 1) ** 2, [WHOLE]), "WHOLE is declared as a special kind"),
    "an imaginary factor": (
        lambda: si.minimise(sympy.Symbol("c", imaginary=True) ** 2 * a**2, [a]),
        "c is declared as not real",
    ),
    "a complex unknown": (
        lambda: si.minimise((sympy.Symbol("c", complex=True) - 1) ** 2, [sympy.Symbol("c", complex=True)]),
        "c is declared as complex",
    ),
    "a complex number": (
        lambda: si.minimise((a - sympy.Symbol("c", complex=True)) ** 2, [a]),
        r"c is declared as complex, and a minimum is one of real numbers; declare it with scalar\('c'\)",
    ),
    "a denominator that vanishes": (
        lambda: si.minimise((a - 1) ** 2 / (n - 1), [a], at={"n": 1}),
        "divided by zero",
    ),
    "a covariance": (lambda: si.minimise(Trace(S), [S]), "positive definite"),
    "an unknown number": (lambda: si.minimise(a**2 + b, [a]).at(c=1), "c is not an input here"),
    "a missing number": (lambda: si.minimise(a**2 + b, [a]).at(), "no value is given for b"),
    "another letter": (lambda: si.minimise(a**2 + b, [a]).gradient(b), "one of the unknowns a"),
    "a namesake": (lambda: si.minimise(a**2 + sympy.Symbol("a"), [a]), "called a"),
}


def test_symbols_of_which_nothing_is_declared_count_as_real():
    for c in (sympy.Symbol("c"), sympy.Symbol("c", real=True), sympy.Symbol("c", finite=True)):
        assert si.minimise((a - c) ** 2, [a]).solution


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence(name):
    call, words = BAD[name]
    with pytest.raises(si.InputError, match=words):
        call()


def test_the_gradient_vanishes_at_the_minimum():
    found = si.minimise(*MINIMA["low rank, before the rank"])
    assert not found.gradient(K).substitute(found.solution.values)
    assert found.gradient("K").expr == si.gradient(MINIMA["low rank, before the rank"][0], K)


def test_latex_and_text():
    found = si.minimise(*MINIMA["low rank, before the rank"])
    assert found.latex().splitlines()[1] == r"K^{*} = \Psi^{-1} A \Sigma^{-1}"
    assert r"\operatorname{tr}" in found.latex() and r"\kappa" in found.certificate._repr_latex_()
    assert str(found).splitlines() == ["K⋆ = Ψ⁻¹ A Σ⁻¹", "L⋆ = s - tr(Ψ⁻¹ A Σ⁻¹ Aᵀ)"]
    assert len(repr(found)) < 100
