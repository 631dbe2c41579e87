"""Sums of entries over coordinates: canonical names, and different coordinates against all coordinates."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy

from symicl.algebra import read_scalar, write_scalar
from symicl.errors import InputError
from symicl.expectation import EntrySum, Factor, entry_sum, unrestricted
from symicl.expectation.phases.entry_sums import canonical, distinct_sum
from symicl.typeset import expression_latex, formula_text


def random_matrix(rng, d):
    return [[Fraction(rng.randint(-5, 5), 2) for _ in range(d)] for _ in range(d)]


def random_factors(rng, blocks, paired):
    def node():
        return rng.randrange(blocks), rng.choice((1, -1)) if paired else 1

    factors = [Factor(rng.choice("AB"), False, (node(), node())) for _ in range(rng.randint(1, 4))]
    return (*factors, Factor("p", False, (node(),))) if rng.random() < 0.5 else tuple(factors)


def value(expression, d, entries, partner):
    atoms = expression.atoms(EntrySum)
    return expression.xreplace({s: sympy.sympify(s.value(d, entries, partner)) for s in atoms})


@pytest.mark.parametrize("paired", [False, True])
def test_different_coordinates_in_terms_of_all(paired):
    rng = random.Random(8)
    for _ in range(25):
        factors = random_factors(rng, 3, paired)
        d = 4
        entries = {"A": random_matrix(rng, d), "B": random_matrix(rng, d)}
        entries["p"] = [Fraction(rng.randint(-3, 3)) for _ in range(d)]
        partner = [i ^ 1 for i in range(d)] if paired else None
        direct = value(write_scalar(distinct_sum(factors)), d, entries, partner)
        inverted = value(write_scalar(unrestricted(factors, paired)), d, entries, partner)
        assert direct == inverted, factors


def test_names_of_coordinates_do_not_matter():
    rng = random.Random(5)
    for _ in range(60):
        factors = random_factors(rng, 4, True)
        blocks = sorted({b for f in factors for b, _ in f.nodes})
        names = dict(zip(blocks, rng.sample(range(7), len(blocks)), strict=True))
        flips = {b: rng.choice((1, -1)) for b in blocks}
        renamed = [f._replace(nodes=tuple((names[b], s * flips[b]) for b, s in f.nodes)) for f in factors]
        rng.shuffle(renamed)
        assert canonical(tuple(renamed)) == canonical(factors)


def test_different_sums_stay_apart():
    specs = [
        [("C", "i", "j"), ("C", "i", "k")],
        [("C", "j", "i"), ("C", "k", "i")],
        [("C", "i", "j"), ("C", "j", "k")],
        [("C", "i", "j"), ("C", "j", "i")],
        [("C", "i", "j"), ("C", "i", "j")],
        [("C", "i", "i"), ("C", "i", "i")],
        [("C", "i", "i"), ("C", "j", "j")],
        [("C", "i", "~i"), ("C", "i", "i")],
        [("C", "i", "~i"), ("C", "i", "~i")],
        [("C", "i", "~i"), ("C", "~i", "i")],
        [("C", "i", "j"), ("C", "i", "~j")],
        [("C", "i", "j"), ("C", "~i", "j")],
    ]
    assert len({entry_sum(spec) for spec in specs}) == len(specs)


def test_printing_and_evaluation():
    norm = entry_sum([("C", "i", "j"), ("C", "i", "j")])
    assert expression_latex(norm) == r"\sum_{i,j} C_{ij}^{2}"
    assert expression_latex(norm**2) == r"\left(\sum_{i,j} C_{ij}^{2}\right)^{2}"
    assert expression_latex(entry_sum([("C", "i", "~i")])) == r"\sum_{i} C_{i\bar \imath}"
    assert str(entry_sum([("a", "k"), ("C", "k", "l")])) == "sum(C[i,j]*a[i])"
    assert "distinct" in expression_latex(entry_sum([("C", "i", "j")], distinct=True))
    assert norm.value(2, {"C": [[1, 2], [3, 4]]}) == 30
    assert entry_sum([("C", "i", "j")], distinct=True).value(2, {"C": [[1, 2], [3, 4]]}) == 5
    assert norm.is_real and read_scalar(norm**2) == read_scalar(norm) ** 2
    with pytest.raises(InputError, match="one or two"):
        entry_sum([("C", "i", "j", "k")])


def test_a_block_of_a_matrix_keeps_its_indices_below():
    """W_{KQ_22,ii} would set KQ with a subscript 2, and another 2 beside it."""
    block = entry_sum([("W_KQ_22", "i", "i")])
    assert expression_latex(block) == r"\sum_{i} W_{KQ,22,ii}"
    assert formula_text(block) == "∑_i W_{KQ,22,ii}"
