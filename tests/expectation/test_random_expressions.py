"""The engine against explicit coordinates on random expressions.

The alphabet mixes general and symmetric letters, vectors, and Gaussians with every kind of law; sizes are
symbols, integers, equal, or one. A failure is shrunk by hypothesis; turn what it prints into a case of
`REGRESSIONS`.
"""

from __future__ import annotations

import os

import pytest
import sympy
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sympy.matrices.expressions import MatMul, Trace

import symicl as si
from oracle.cases import ALPHABETS, DEGREES, SIZES_OF, d, n, tokens_outcome
from oracle.expressions import expressions
from oracle.gaussian import disagreement
from symicl.errors import UnsupportedError

SIZES = [{n: 2, d: 3}, {n: 3, d: 2}, {n: 1, d: 2}, {n: 2, d: 1}]
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
# A longer search: SYMICL_EXAMPLES=1000 pytest -m slow tests/expectation takes about ten minutes.
MORE = int(os.environ.get("SYMICL_EXAMPLES", "60"))
quick = settings(derandomize=True, deadline=None, database=None, suppress_health_check=CHECKS)


def sizes_of(name: str) -> list[dict[sympy.Symbol, int]]:
    """Sizes at which the letters of an alphabet exist."""
    if name not in SIZES_OF:
        return SIZES
    return [{n: sizes["n"], d: sizes["d"]} for sizes in SIZES_OF[name]]


def check(expression: sympy.Basic, sizes: list[dict[sympy.Symbol, int]], seed: int = 0) -> None:
    try:
        found = si.expect(expression)
    except UnsupportedError as error:
        # The words of what a law beyond Gaussian leaves are few, and its moments are given up to some order.
        assert any(words in str(error) for words in ("entrywise", "moment", "at most", "row")), error
        reject()
    for dims in sizes:
        assert disagreement(expression, found, dims, seed) is None


def check_tokens(expression: sympy.Basic, dims: dict[sympy.Symbol, int]) -> None:
    """Rows from a finite set have no coordinates: they are averaged over one by one."""
    found = tokens_outcome(expression, {symbol.name: size for symbol, size in dims.items()})
    if found is None:
        reject()
    assert found == ""


@pytest.mark.parametrize("name", ALPHABETS)
@settings(quick, max_examples=80)
@given(data=st.data())
def test_the_engine_agrees_with_coordinates(name, data):
    expression = data.draw(expressions(ALPHABETS[name], degree=3 if name in DEGREES else 6, depth=2))
    if name == "tokens":
        check_tokens(expression, data.draw(st.sampled_from(sizes_of(name))))
        return
    check(expression, [data.draw(st.sampled_from(sizes_of(name)))], seed=data.draw(st.integers(0, 5)))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALPHABETS if name not in DEGREES])
@settings(quick, max_examples=MORE)
@given(data=st.data())
def test_the_engine_agrees_with_coordinates_on_longer_products(name, data):
    expression = data.draw(expressions(ALPHABETS[name], degree=8, depth=3))
    check(expression, [data.draw(st.sampled_from(sizes_of(name)))], seed=data.draw(st.integers(0, 5)))


def _regressions() -> dict[str, sympy.Basic]:
    """What once went wrong, or nearly: each case has the smallest expression that showed it."""
    sigma = si.covariance("Sigma", d)
    noiseless = si.gaussian("noiseless", (n, 1), col_cov=0)
    scaled = si.gaussian("scaled", (n, d), col_cov=MatMul(4, MatMul(9, sigma)))
    weights = si.gaussian("weights", d, row_cov=sigma)
    X = si.gaussian("X", (n, d), col_cov=sigma)
    return {
        # SymPy's + rebuilds its terms by doit(), which used to rewrite the law and with it the letter.
        "a law that doit() rewrites, zero": Trace((X * weights + noiseless).T * (X * weights + noiseless)),
        "a law that doit() rewrites, nested factors": Trace((scaled + X).T * (scaled + X)),
    }


REGRESSIONS = _regressions()


@pytest.mark.parametrize("name", REGRESSIONS)
def test_regression(name):
    for seed in range(3):
        check(REGRESSIONS[name], SIZES, seed)
