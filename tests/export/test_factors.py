"""Factors of polynomials, as SymPy finds them where it ends."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import QQ
from sympy.polys.fields import field

from symicl.certificates.export.steps import factor_list

FIELD, *GENERATORS = field(["x", "y", "z"], QQ)
EXPONENTS = st.tuples(*[st.integers(0, 2)] * 3)
COEFFICIENTS = st.fractions(min_value=-5, max_value=5, max_denominator=4)
FACTORS = st.dictionaries(EXPONENTS, COEFFICIENTS.filter(bool), min_size=1, max_size=4)


def polynomial(terms):
    return FIELD.ring.from_dict({powers: QQ(c.numerator, c.denominator) for powers, c in terms.items()})


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(FACTORS, st.integers(1, 2)), min_size=1, max_size=3))
def test_they_are_those_of_sympy(factors):
    product = FIELD.ring.one
    for terms, k in factors:
        product *= polynomial(terms) ** k
    number, found = factor_list(product)
    c, expected = product.factor_list()
    assert number == Fraction(int(c.numerator), int(c.denominator))
    assert sorted((sorted(terms), k) for terms, k in found) == sorted(
        (sorted((powers, int(c)) for powers, c in factor.terms()), k) for factor, k in expected
    )
