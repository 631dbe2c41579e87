"""Circular complex Gaussians: permutations against Stein's identity on real and imaginary parts, values, draws."""

import random

import pytest
import sympy
from sympy import HadamardProduct, I, Trace

import symicl as si
from symicl.errors import InputError, UnsupportedError

n, d = si.dims("n d")
S, U = si.covariance("S", d), si.covariance("U", n)
A, M = si.matrix("A", (d, d)), si.matrix("M", (n, n))
W, Z = si.complex_gaussian("W", (n, d), col_cov=S, row_cov=U), si.complex_gaussian("Z", (n, d))
P = si.gaussian("P", (n, d), col_cov=S / 2, row_cov=U)
Q = si.gaussian("Q", (n, d), col_cov=S / 2, row_cov=U)
COMPLEX = {"W": W, "H": W.H, "T": W.T, "C": W.conjugate()}
REAL = {"W": P + I * Q, "H": P.T - I * Q.T, "T": P.T + I * Q.T, "C": P - I * Q}
WIDE, TALL = ["W", "C"], ["H", "T"]


def word(source, pairs):
    """Factors of a trace: n×d and d×n ones in turn, constants between some."""
    found = []
    for _ in range(pairs):
        found += [
            source.choice(WIDE),
            source.choice(["A", ""]),
            source.choice(TALL),
            source.choice(["M", ""]),
        ]
    return [x for x in found if x]


def trace(letters, factors):
    return Trace(sympy.MatMul(*(letters.get(x, {"A": A, "M": M}.get(x)) for x in factors)))


@pytest.mark.parametrize("seed", range(40))
def test_by_real_and_imaginary_parts(seed):
    """Stein's identity on words of the two real matrices knows nothing of permutations."""
    source = random.Random(seed)
    words = [word(source, pairs) for pairs in source.choice([[1], [2], [1, 1], [3], [1, 2]])]
    complex_, real = (sympy.Mul(*(trace(letters, w) for w in words)) for letters in (COMPLEX, REAL))
    found = si.expect(complex_)
    assert sympy.expand(found - si.expect(real)) == 0
    if found != 0:
        assert sympy.expand(2 * found - si.expect(real)) != 0


def test_known_values():
    """Moments of the complex Wishart law: E tr(ZZᴴ)⁴ is 4! for a number."""
    assert si.expect(Z * Z.H) == d * sympy.Identity(n)
    assert si.expect(W * W.H) == Trace(S) * U
    assert sympy.expand(si.expect(Trace((Z * Z.H) ** 2)) - n * d * (n + d)) == 0
    fourth = si.expect(Trace((Z * Z.H) ** 4))
    assert fourth.subs({n: 1, d: 1}) == 24
    assert sympy.expand(fourth - n * d * (n**3 + d**3 + 6 * n * d**2 + 6 * n**2 * d + 5 * n + 5 * d)) == 0
    assert si.expect(Trace(Z * Z.T)) == 0 and si.expect(Z) == sympy.ZeroMatrix(n, d)
    assert si.expect(HadamardProduct(Z, Z.conjugate())) == sympy.OneMatrix(n, d)
    w = si.complex_gaussian("w", d)
    assert sympy.expand(si.expect((w.H * w) ** 3) - d * (d + 1) * (d + 2)) == 0
    assert si.expect(Trace(w.H * A * w) * sympy.conjugate(Trace(w.H * A * w))) == Trace(A) ** 2 + Trace(
        A * A.T
    )


def test_against_draws():
    """A right value is contradicted once in a million runs."""
    numbers = {"n": 2, "d": 2, "S": [[2, 1], [1, 3]], "U": [[2, 0], [0, 1]], "draws": 40_000}
    expression = Trace(W * W.H) ** 2
    mean = si.sample(expression, **numbers)
    assert mean.agrees_with(si.expect(expression)).verdict != "contradicted"
    assert mean.agrees_with(si.expect(expression) * 3 / 2).verdict == "contradicted"
    mean = si.sample(Trace(W * W.H), **numbers)
    assert mean.agrees_with(15).verdict == "confirmed" and mean.agrees_with(14).verdict == "contradicted"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: si.expect(Trace((Z * Z.H) ** 7)),
            UnsupportedError,
            "14 times in a product of entries; at most 12",
        ),
        (
            lambda: si.expect_at(Trace(Z * Z.H), n=2, d=2),
            UnsupportedError,
            "law of Z is not taken entry by entry",
        ),
        (lambda: si.expect((Z * Z.H).inv()), UnsupportedError, "Inverse of a random matrix"),
        (lambda: si.complex_gaussian("Z", (n, d), col_cov=U), InputError, "shape"),
        (lambda: si.complex_gaussian("Z", (n, d), col_cov=-1), InputError, "negative"),
        (
            lambda: si.compile(si.expected_loss(si.OneStepGD(), si.LinearRegression(covariates=Z))),
            InputError,
            "test=",
        ),
    ],
)
def test_bad_input(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
