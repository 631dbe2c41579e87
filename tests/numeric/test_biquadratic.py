"""Lower bounds of biquadratic polynomials: near the minimum, exactly those of the given polynomial, and refusable."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from symicl.errors import UnsupportedError
from symicl.numeric import biquadratic_bound, is_positive_definite, monomial

ONE, HALF = Fraction(1), Fraction(1, 2)


def written_out(gram, a):
    """zᵀ gram z as a polynomial."""
    found = Counter()
    for i, row in enumerate(gram):
        for j, x in enumerate(row):
            found[monomial(i, j, a)] += x
    return {key: x for key, x in found.items() if x}


def squares(pairs, coefficients, constant):
    """Σ coefficient² (b_i a_k)² over pairs, with (b_0 a_0 − constant)² in front."""
    found = Counter({((), ()): constant**2, ((0,), (0,)): -2 * constant, ((0, 0), (0, 0)): ONE})
    for (b, a), c in zip(pairs, coefficients, strict=True):
        found[(b, b), (a, a)] += c**2
    return found


# The least values: 1/3 + ((b_0 a_0 − 2)² + …), attained where b_0 a_0 = 2 and all else is 0.
SIMPLE = squares([(0, 1), (1, 0), (1, 1)], [ONE, HALF, Fraction(3)], Fraction(2)) + Counter(
    {((), ()): Fraction(1, 3)}
)
# (b_0 a_1 − b_1 a_0)² + (b_0 a_0)² + (b_1 a_1)² − 2 b_0 a_0, and 3/10 of a product that is made in two ways.
CROSSED = Counter(
    {
        ((0, 0), (1, 1)): ONE, ((1, 1), (0, 0)): ONE, ((0, 1), (0, 1)): Fraction(-17, 10),
        ((0,), (0,)): Fraction(-2),
        ((0, 0), (0, 0)): ONE, ((1, 1), (1, 1)): ONE,
    }
)  # fmt: skip


def least(polynomial):
    """By many descents."""
    from scipy.optimize import minimize

    def value(x):
        b, a = x[:2], x[2:]
        return sum(float(c) * np.prod(b[list(i)]) * np.prod(a[list(k)]) for (i, k), c in polynomial.items())

    rng = np.random.default_rng(0)
    return min(
        minimize(value, rng.normal(size=4), method="BFGS", options={"gtol": 1e-9}).fun for _ in range(30)
    )


@pytest.mark.parametrize("polynomial", [SIMPLE, CROSSED], ids=["simple", "crossed"])
def test_the_bound_is_just_below_the_minimum(polynomial):
    found = biquadratic_bound(polynomial, 2, 2)
    assert 0 <= least(polynomial) - float(found.value) < 1e-6
    assert is_positive_definite(found.gram)
    exact = Counter(polynomial)
    exact[(), ()] -= found.value
    assert written_out(found.gram, 2) == {key: c for key, c in exact.items() if c}


def test_a_bound_above_the_minimum_is_refused():
    found = biquadratic_bound(SIMPLE, 2, 2)
    higher = found.gram.copy()
    higher[0, 0] -= Fraction(1, 1000)
    assert not is_positive_definite(higher)


def test_short_numbers():
    found = biquadratic_bound(SIMPLE, 2, 2, slacks=(1e-2,), bits=8)
    assert found.value.denominator <= 2**8 and float(found.value) > 0.2
    assert is_positive_definite(found.gram)


def test_what_is_unbounded_or_no_such_polynomial_is_refused():
    with pytest.raises(UnsupportedError, match="no Gram matrix"):
        biquadratic_bound(
            {((0,), (0,)): ONE, ((0, 0), (0, 0)): Fraction(1, 10), ((1, 1), (1, 1)): -ONE}, 2, 2
        )
    with pytest.raises(UnsupportedError, match="not biquadratic"):
        biquadratic_bound({((0, 0, 0), (0, 0, 0)): ONE}, 2, 2)
