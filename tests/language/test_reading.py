"""The two ways from a formula to a number agree: by algebra and a closed form, and straight from the tree."""

import flint
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import symicl
from oracle.gaussian import disagreement
from symicl.language import tree as t
from symicl.language.declarations import Declarer
from symicl.language.numbers import at_numbers, same, symbols_in
from symicl.language.parser import parse
from symicl.language.reading import Reader
from symicl.language.scope import Scope
from symicl.language.source import Source
from symicl.language.value import form_of
from symicl.numeric import AtNumbers, small_instances

quick = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
PREAMBLE = """
dims n, d
Sigma : covariance(d)
A, B : matrix(d, d)
S : symmetric(d)
R : matrix(n, d)
U : covariance(n)
v : vector(d)
c : scalar
s : scalar(positive)
X ~ gaussian(n, d, row_cov = U, col_cov = Sigma, mean = R)
Z ~ gaussian(n, d, col_cov = s I_d)
x ~ N(v, Sigma/n)
w ~ N(0, I_d)
let G = Z' Z/n
"""


def reader_of(text):
    source = Source(text)
    reader = Reader(source, Scope(source))
    declarer = Declarer(reader)
    claims = []
    for statement in parse(source):
        if isinstance(statement, t.Claim):
            claims.append(statement)
        else:
            declarer.run(statement)
    return reader, claims


@st.composite
def texts(draw, kind="scalar", depth=3, random=False):
    """A formula that makes sense; only what is polynomial stands under an expectation."""
    scalars = ["n", "d", "c", "s", "2", "0.5", "tr(Sigma)", "v' A v", "||v||^2"]
    matrices = ["A", "B", "Sigma", "S", "v v'", "R' R", "I_d", "U".replace("U", "A'")]
    if random:
        scalars += ["x' A x", "x' v", "tr(X' Z)", "w' x"]
        matrices += ["X' X", "Z' Z", "X' R", "x v'", "w x'", "G"]
    if depth == 0:
        return draw(st.sampled_from(scalars if kind == "scalar" else matrices))

    def inner(wanted, rand=random):
        return draw(texts(wanted, depth - 1, rand))

    if kind == "scalar":
        form = draw(st.integers(0, 7 if not random else 5))
        if form == 0:
            return f"({inner('scalar')}) + ({inner('scalar')})"
        if form == 1:
            return f"({inner('scalar')}) ({inner('scalar')})"
        if form == 2:
            return f"tr({inner('matrix')})"
        if form == 3:
            return f"v' ({inner('matrix')}) v - ({inner('scalar')})"
        if form == 4:
            return f"({inner('scalar')})/({draw(st.sampled_from(['n', 's + 1', 'd + tr(Sigma)', '3']))})"
        if form == 5:
            return f"({inner('scalar')})^2"
        return f"E[{inner('scalar', True)}]" if form == 6 else f"1/({inner('scalar')})"
    form = draw(st.integers(0, 6 if not random else 4))
    if form == 0:
        return f"({inner('matrix')}) - ({inner('matrix')})"
    if form == 1:
        return f"({inner('matrix')}) ({inner('matrix')})"
    if form == 2:
        return f"({inner('scalar')}) ({inner('matrix')})"
    if form == 3:
        return f"({inner('matrix')})'"
    if form == 4:
        return f"({inner('matrix')}) + ({inner('scalar')}) I"
    return f"E[{inner('matrix', True)}]" if form == 5 else f"inv({inner('matrix')})"


def compare(text):
    try:
        reader, (claim,) = reader_of(f"{PREAMBLE}claim {text} = 1")
        node = claim.body.left
        value = reader.value(node)
    except (symicl.InputError, symicl.UnsupportedError):
        # Too large, or the inverse of something that is zero or random.
        assume(False)
    compared = 0
    for values in list(small_instances(symbols_in([node], reader)))[::7]:
        try:
            expected = at_numbers(node, values, reader)
            found = AtNumbers(values).of(form_of(value))
        except (symicl.InputError, ZeroDivisionError):
            continue
        assert same(expected, found), f"{text} at {values}: {expected} and {found}"
        compared += 1
        if compared == 4:
            break


@settings(quick, max_examples=120)
@given(texts("scalar", 3))
def test_scalars(text):
    compare(text)


@settings(quick, max_examples=120)
@given(texts("matrix", 3))
def test_matrices(text):
    compare(text)


def test_same_can_say_no():
    one, two = flint.fmpq_mat(2, 2, [1, 0, 0, 1]), flint.fmpq_mat(2, 2, [1, 0, 0, 2])
    assert same(one, one) and not same(one, two)
    assert not same(flint.fmpq(0), one) and same(flint.fmpq(0), flint.fmpq_mat(2, 2))


@pytest.mark.parametrize(
    "text",
    [
        "x' A x",
        "X' X A X' X",
        "(X - R)' A' (X - R)".replace("A'", "U"),
        "G G/n",
        "tr(X' Z)^2",
        "x x' A' x x'",
    ],
)
def test_expectations_against_explicit_coordinates(text):
    """The expectation that a claim is measured by, against the sum over all entries at small sizes."""
    reader, (inside, outside) = reader_of(f"{PREAMBLE}claim {text} = 1\nclaim E[{text}] = 1")
    expression = reader.value(inside.body.left).expr
    found = reader.value(outside.body.left).expr
    symbols = {str(s): s for s in expression.free_symbols | found.free_symbols}
    n, d = (reader.scope.entries[name].symbol for name in "nd")
    assert symbols
    # The oracle takes the root of the factor 1/n of a covariance.
    for sizes in ({n: 1, d: 2}, {n: 4, d: 1}):
        assert disagreement(expression, found, sizes, 3) is None
