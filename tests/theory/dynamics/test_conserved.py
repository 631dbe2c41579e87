"""Conserved quantities: found, proved, and wrong ones refuted."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import kernel, read_form
from symicl.errors import InputError

n, d = si.dims("n d")


def flow_of(heads=1):
    return si.flow(si.expected_loss(si.MultiHeadLinearAttention(heads), si.LinearRegression(noise=0)))


def letters(flow):
    return (flow.unknowns[name] for name in "acBg")


def test_the_scale_of_a_head_is_conserved():
    flow = flow_of()
    (found,) = flow.conserved()
    a, c, B, g = letters(flow)
    assert found.proved
    assert found.derivative == 0
    assert str(found) == "tr(B Bᵀ) - c² - aᵀ a + gᵀ g"
    assert r"\mathrm{const} = " in found.latex()
    assert "U" in found.latex(notation={"B": "U"})
    assert r"\frac{\mathrm{d}}{\mathrm{d}t}" in flow.is_conserved(c).latex()
    assert flow.is_conserved(c**2 + sympy.Trace(a.T * a) - sympy.Trace(B * B.T) - sympy.Trace(g.T * g)).proved


def test_without_the_blocks_that_stay_zero_it_is_the_known_one():
    flow = flow_of().reduce({"a": 0, "g": 0})
    (found,) = flow.conserved()
    c, B = flow.unknowns["c"], flow.unknowns["B"]
    assert sympy.simplify(found.expr - (sympy.Trace(B * B.T) - c**2)) == 0
    assert found.at(c=2, B=[[1, 2], [3, 4]]) == 1 + 4 + 9 + 16 - 4


def test_heads_have_a_conserved_matrix_of_scales():
    found = flow_of(2).conserved()
    assert len(found) == 3  # one for each head and one for the pair
    assert all(q.proved for q in found)
    assert "tr(B₁ B₂ᵀ) - c₁ c₂ - a₁ᵀ a₂ + g₁ᵀ g₂" in map(str, found)


def test_a_wrong_quantity_is_refuted_at_exact_numbers():
    flow = flow_of()
    a, c, B, g = letters(flow)
    for wrong in (
        c**2 - sympy.Trace(B * B.T),  # without the blocks that move as well
        c**2 + sympy.Trace(a.T * a) - 2 * sympy.Trace(B * B.T) - sympy.Trace(g.T * g),
        c**2 + sympy.Trace(a.T * a) + sympy.Trace(B * B.T) + sympy.Trace(g.T * g),
        B.T * B - g * g.T,
    ):
        verdict = flow.is_conserved(wrong)
        assert verdict.verdict == "refuted"
        assert verdict.instance["d"] >= 2
        assert verdict.derivative != 0
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(verdict)


def test_the_instance_of_a_refutation_is_one():
    p, v = si.scalar("p"), si.scalar("v")
    flow = si.flow((1 - p * v) ** 2, [p, v])
    verdict = flow.is_conserved(p**2 + v**2)
    at = {p: verdict.instance["p"], v: verdict.instance["v"]}
    assert verdict.derivative.subs(at) != 0
    assert flow.is_conserved(p**2 - v**2).proved


def test_weights_that_are_multiplied_are_balanced():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    flow = si.flow(loss, weights=True)
    found = flow.conserved()
    assert [str(q) for q in found] == [
        "W_K W_Kᵀ - W_Q W_Qᵀ",
        "W_V W_Vᵀ - h hᵀ",
        "tr(W_Kᵀ W_K) - tr(W_Vᵀ W_V)",
    ]
    with pytest.raises(InputError, match="W_K consists of the blocks W_K_11, W_K_12"):
        flow.is_conserved(found[0].expr)


def test_deep_linear_networks_are_balanced_and_nothing_is_found_where_there_is_nothing():
    A, B, C, M = (si.matrix(name, (d, d)) for name in "ABCM")
    S = si.covariance("S", d)
    R = C * B * A - M
    flow = si.flow(sympy.Trace(R * S * R.T), [A, B, C])
    assert {str(q) for q in flow.conserved()} == {"A Aᵀ - Bᵀ B", "B Bᵀ - Cᵀ C"}
    alone = si.flow(sympy.Trace((A - M) * S * (A - M).T), [A])
    assert alone.conserved() == ()


def test_coefficients_may_hold_symbols_that_do_not_move():
    p, v, k = si.scalar("p"), si.scalar("v"), si.scalar("k", positive=True)
    flow = si.flow((1 - p * v) ** 2, [p, v]).reduce({"v": k * v}, fixed=[k])
    (found,) = flow.conserved()
    assert flow.is_conserved(p**2 - k**2 * v**2).proved
    assert sympy.simplify(found.expr / (p**2 - k**2 * v**2)).is_number
    assert flow.is_conserved(p**2 - k * v**2).verdict == "refuted"


def test_a_found_quantity_stays_in_the_numeric_flow():
    flow = flow_of()
    (found,) = flow.conserved()
    source = np.random.default_rng(1)
    start = {
        "a": source.normal(size=2),
        "B": source.normal(size=(2, 2)),
        "c": 0.3,
        "g": source.normal(size=2),
    }
    values = si.follow(flow, start=start, times=[0, 0.1, 0.5, 2], n=6, d=2).along(found.expr)
    assert np.abs(values - values[0]).max() < 1e-8
    assert abs(values[0]) > 0.1


def test_bad_questions_are_refused():
    flow = flow_of()
    with pytest.raises(InputError, match="nothing moves"):
        flow.is_conserved(n + d)
    with pytest.raises(InputError, match="the quantity is 'c'"):
        flow.is_conserved("c")
    with pytest.raises(InputError, match="two different symbols"):
        flow.is_conserved(sympy.Symbol("c") ** 2)
    with pytest.raises(InputError, match="random"):
        flow.is_conserved(sympy.Trace(si.gaussian("Z", (d, d))))


def test_kernels_are_mapped_to_zero():
    a, b = (read_form(si.scalar(name)) for name in "ab")
    rows = [[a, b, 1, 0], [1, a, 0, b], [a + 1, a + b, 1, b]]
    basis = kernel(rows, 4)
    assert len(basis) == 2
    for vector in basis:
        for row in rows:
            assert not sum((x * y for x, y in zip(row, vector, strict=True)), read_form(sympy.Integer(0)))
    assert kernel([[1, 0], [0, Fraction(1, 3)]], 2) == []
