"""Signs of fractions: as few as possible, alike in text and LaTeX, and the value stays what it is."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symicl.expectation import entry_sum
from symicl.typeset import expression_latex, expression_text
from symicl.typeset.fraction import fraction_of, minus_signs

a, b, c, t, w = sympy.symbols("a b c t w")
n, T = (sympy.Symbol(name, integer=True, positive=True) for name in "nT")

WRITTEN = [
    (sympy.factor(4 * (t - w - 1) / (t - 2)), "4(w - t + 1)/(2 - t)", r"\frac{4 (w - t + 1)}{2 - t}"),
    (sympy.factor(-2 * (t - 2 * w) / (t - 2)), "2(t - 2w)/(2 - t)", r"\frac{2 (t - 2 w)}{2 - t}"),
    (-(a**2 - b * c) / c, "(b c - a²)/c", r"\frac{b c - a^{2}}{c}"),
    (-(t + 1) * (t - 1) / a**2, "(1 - t)(t + 1)/a²", r"\frac{(1 - t) (t + 1)}{a^{2}}"),
    (-((a - b) ** 3) / c, "(b - a)³/c", r"\frac{\left(b - a\right)^{3}}{c}"),
    (-((a - b) ** 2) / c, "-(a - b)²/c", r"-\frac{\left(a - b\right)^{2}}{c}"),
    # Sums of dimensions are positive as a rule and stay as they are, so that the sign of the whole is seen.
    (-(3 * n - 2) / n, "-(3n - 2)/n", r"-\frac{3 n - 2}{n}"),
    (sympy.Mul(2 - T, b, evaluate=False), "-(T - 2) b", "-(T - 2) b"),
    (-2 / (t - 2), "2/(2 - t)", r"\frac{2}{2 - t}"),
    (a - b, "a - b", "a - b"),
    (-a - b, "-a - b", "-a - b"),
]


@pytest.mark.parametrize(("expression", "text", "tex"), WRITTEN, ids=[w[1] for w in WRITTEN])
def test_examples(expression, text, tex):
    assert expression_text(expression) == text
    assert expression_latex(expression) == tex


sums = st.lists(
    st.tuples(st.integers(-3, 3).filter(bool), st.sampled_from([a, b, c, t, a * b, n, T, sympy.Integer(1)])),
    min_size=2,
    max_size=4,
    unique_by=lambda pair: pair[1],
).map(lambda terms: sympy.Add(*(k * x for k, x in terms)))
factors = st.tuples(sums, st.sampled_from([1, 1, 2, 3, -1, -2])).map(lambda pair: pair[0] ** pair[1])


@settings(max_examples=150, deadline=None)
@given(st.lists(factors, min_size=1, max_size=3), st.integers(-4, 4).filter(bool))
def test_the_value_stays_and_signs_become_fewer(parts, number):
    product = sympy.Mul(number, *parts, evaluate=False)
    found = fraction_of([product])
    value = sympy.Mul(found.numerator, *found.above) / sympy.Mul(found.denominator, *found.below)
    assert sympy.cancel((-value if found.negative else value) - product) == 0
    written = found.negative + sum(
        minus_signs(f.base if f.is_Pow else f)
        for f in (*found.above, *found.below)
        if (f.base if f.is_Pow else f).is_Add
    )
    plain = (number < 0) + sum(minus_signs(f.base if f.is_Pow else f) for f in parts)
    has_dimensions = any(f.free_symbols & {n, T} for f in parts)
    assert written <= plain or has_dimensions


A = sympy.MatrixSymbol("A", 2, 2)
MEAN, SCALE = sympy.Symbol("E_g2"), sympy.Symbol("scale")
SUM_OF_A, SUM_OF_B = (entry_sum([(name, "i", "j")] * 2) for name in "AB")


@pytest.mark.parametrize(
    ("expression", "tex"),
    [
        (MEAN * sympy.Trace(A), r"\left(\mathbb{E}\lVert G\rVert^{2}\right) \operatorname{tr}(A)"),
        (sympy.MatMul(MEAN, A), r"\left(\mathbb{E}\lVert G\rVert^{2}\right) A"),
        (2 * MEAN, r"2 \mathbb{E}\lVert G\rVert^{2}"),
        (SUM_OF_A * SUM_OF_B / 2, r"\frac{\left(\sum_{i,j} A_{ij}^{2}\right) \sum_{i,j} B_{ij}^{2}}{2}"),
        (SCALE**2, r"\varsigma^{2}"),
    ],
)
def test_what_is_open_to_the_right_stands_in_brackets(expression, tex):
    """𝔼‖G‖² tr A must not read as a mean of tr A, nor one sum as standing in the other."""
    assert expression_latex(expression) == tex
