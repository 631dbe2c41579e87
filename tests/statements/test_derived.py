"""What a derivation returns is computed: it does not read what the theorem states, and it follows its ingredients."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import CodeType, FunctionType

import numpy as np
import pytest
import sympy

from symicl.algebra import closed_form, read_form
from symicl.expectation import at_exchangeable
from symicl.proofs.sander2024.parts.heads import scale, trained_scale
from symicl.proofs.sander2024.parts.positional import WEIGHTS, T_max, d
from symicl.proofs.zheng2024.parts import all_ones
from symicl.statements import Recorder, all_theorems


def codes(function: FunctionType) -> Iterator[CodeType]:
    """The code of a function and of everything inside of it."""
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [part for part in code.co_consts if isinstance(part, CodeType)]


def stated_names(theorem, module) -> set[str]:
    """Names of the module that hold a part of a stated expression, other than a letter."""
    parts = {part for claim in theorem.claims.values() for part in sympy.preorder_traversal(claim)}
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, sympy.Expr)
        and value in parts
        and not (value.is_Atom or isinstance(value, LETTERS) or getattr(value, "is_letter", False))
    }


LETTERS = sympy.MatrixSymbol, sympy.harmonic
LENGTHS = {"N"}
"""T − 2 is how many terms the loss has; it is part of the setting."""


def reads_what_is_stated(theorem) -> set[str]:
    derive = theorem._derivations[0]
    module = sys.modules[derive.__module__]
    functions = [
        f for f in vars(module).values() if isinstance(f, FunctionType) and f.__module__ == module.__name__
    ]
    used = {name for f in (*functions, derive) for code in codes(f) for name in code.co_names}
    return used & stated_names(theorem, module) - LENGTHS


@pytest.mark.parametrize("theorem", all_theorems(), ids=lambda t: t.id)
def test_no_derivation_reads_the_statement(theorem):
    assert reads_what_is_stated(theorem) == set()


def test_a_derivation_that_reads_the_statement_is_found():
    from symicl.proofs.zheng2024 import limit

    def derive(step):
        return {"ab": read_form(ab)}  # noqa: F821

    derive.__module__ = limit.__name__
    assert reads_what_is_stated(replace(limit.theorem, _derivations=[derive])) == {"ab"}


def trained(diagonal, before):
    step = Recorder()
    step("a step")
    return trained_scale(step, diagonal, before, "C")


@pytest.mark.parametrize(
    ("block", "before"),
    [([[1.0]], 0), ([[1.0, 1.0], [1.0, 1.0]], sympy.Rational(-1, 2))],
    ids=["unitary", "orthogonal"],
)
def test_the_trained_scale_by_the_singular_values_of_C(block, before):
    """Balanced heads have A'A = (C'C)^½, from a singular value decomposition, and p is in every row."""
    size, length, c = 4, 6, 1.7
    C = c * np.kron(np.eye(size // len(block)), block)
    left, values, right = np.linalg.svd(C)
    A = np.sqrt(values)[:, None] * right
    B = np.sqrt(values)[:, None] * left.T
    assert pytest.approx(C) == B.T @ A and pytest.approx(A @ A.T) == B @ B.T
    rows = [(1 / c) ** 2 + (float(before) / c) ** 2 for _ in range(2, length + 1)]
    found = trained(closed_form(1) / read_form(WEIGHTS.last(0)), read_form(sympy.sympify(before)))
    at = {scale: sympy.Rational("1.7"), d: size, T_max: length}
    assert float(found.expr.subs(at)) == pytest.approx((A**2).sum() - sum(rows))


def test_the_trained_scale_follows_its_ingredients():
    """Another p_{T−1}, or another C_ii, changes it: the stated value is not returned whatever happens."""
    right = trained(closed_form(1) / read_form(WEIGHTS.last(0)), closed_form(0))
    assert trained(closed_form(1) / read_form(WEIGHTS.last(0)), closed_form(1)) != right
    with pytest.raises(Exception, match="does not hold"):
        trained(closed_form(2) / read_form(WEIGHTS.last(0)) + 1, closed_form(0))


def test_the_weights_of_the_flow_count_entries():
    for size in (2, 3, 5):
        point = {all_ones.alpha: 2, all_ones.alpha_: 3}
        entries = [2 if i == j else 3 for i in range(size) for j in range(size)]
        norm = all_ones.squared_norm("A")
        assert closed_form(norm).expr.subs(point | {d: size}) == sum(x * x for x in entries)


def test_a_sum_of_entries_at_matrices_that_permutations_leave_alone():
    from symicl.algebra import read_form
    from symicl.expectation import entry_sum

    sum_ = entry_sum([("A", "i", "j"), ("B", "j", "k"), ("A", "i", "i")])
    values = {all_ones.alpha: 2, all_ones.alpha_: -1, all_ones.beta: 3, all_ones.beta_: 5}
    A, B = ([[x if i == j else y for j in range(4)] for i in range(4)] for x, y in ((2, -1), (3, 5)))
    found = closed_form(at_exchangeable(read_form(sum_), all_ones.POINT, d)).expr
    assert found.subs(values | {d: 4}) == sum_.value(4, {"A": A, "B": B})
