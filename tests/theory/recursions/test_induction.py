"""Induction refuses closed forms that are slightly wrong, in each of their parts."""

from dataclasses import replace

import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm, read_form
from symicl.theory.recursions.exponentials import solve
from symicl.theory.recursions.induction import check_induction
from symicl.theory.recursions.square_root import ROOT, parts, square_root, vanishes

lam, mu, c = (read_form(si.scalar(name)) for name in ("lambda", "mu", "c"))
ONE, NUMBER = ClosedForm.number(1), ClosedForm.number
MAPS = {
    "chain": ([{0: lam, 1: c}, {1: mu, 2: ONE}, {2: ONE}], [NUMBER(2), NUMBER(3), ONE]),
    "resonance": ([{0: lam, 1: c}, {1: lam, 2: mu}, {2: lam}], [NUMBER(0), NUMBER(1), ONE]),
    "block": ([{0: lam, 1: c}, {0: c, 1: lam, 2: ONE}, {2: ONE}], [NUMBER(5), NUMBER(7), ONE]),
    "delay": ([{1: c}, {1: mu, 2: ONE}, {2: ONE}], [NUMBER(5), NUMBER(7), ONE]),
    "two delays": ([{1: c}, {2: lam}, {2: mu, 3: ONE}, {3: ONE}], [NUMBER(5), NUMBER(7), NUMBER(2), ONE]),
    "square root": ([{0: lam, 1: c, 2: ONE}, {0: ONE, 1: mu}, {2: ONE}], [NUMBER(5), NUMBER(7), ONE]),
    "rotation of order two": ([{1: ONE}, {0: ONE}], [NUMBER(5), NUMBER(7)]),
}


@pytest.mark.parametrize("name", MAPS)
def test_solutions_pass(name):
    matrix, initial = MAPS[name]
    found = solve(matrix, initial)
    check_induction(matrix, initial, found)
    u = list(initial)
    for t in range(5):
        for i, start in enumerate(found.start):
            assert t < start or vanishes(found.value(found.terms[i], t) - u[i], found.radicand)
        u = [sum((entry * u[j] for j, entry in row.items()), NUMBER(0)) for row in matrix]


@pytest.mark.parametrize("name", MAPS)
def test_wrong_coefficients_are_refused(name):
    matrix, initial = MAPS[name]
    found = solve(matrix, initial)
    for i, terms in enumerate(found.terms):
        for key in terms:
            for wrong in (terms | {key: terms[key] + 1}, {k: v for k, v in terms.items() if k != key}):
                changed = [*found.terms[:i], wrong, *found.terms[i + 1 :]]
                with pytest.raises(si.DerivationError):
                    check_induction(matrix, initial, replace(found, terms=tuple(changed)))


@pytest.mark.parametrize("name", MAPS)
def test_wrong_eigenvalues_and_starts_are_refused(name):
    matrix, initial = MAPS[name]
    found = solve(matrix, initial)
    for k, value in enumerate(found.eigenvalues):
        changed = [*found.eigenvalues[:k], value + c, *found.eigenvalues[k + 1 :]]
        with pytest.raises(si.DerivationError):
            check_induction(matrix, initial, replace(found, eigenvalues=tuple(changed)))
    for i, start in enumerate(found.start):
        if start:
            earlier = [*found.start[:i], start - 1, *found.start[i + 1 :]]
            with pytest.raises(si.DerivationError):
                check_induction(matrix, initial, replace(found, start=tuple(earlier)))


def test_another_map_is_refused():
    matrix, initial = MAPS["chain"]
    found = solve(matrix, initial)
    for i, j in ((0, 0), (0, 1), (1, 2)):
        changed = [dict(row) for row in matrix]
        changed[i][j] = changed[i][j] + 1
        with pytest.raises(si.DerivationError):
            check_induction(changed, initial, found)


def test_a_closed_form_that_satisfies_the_step_alone_is_refused():
    matrix, initial = MAPS["resonance"]
    doubled = solve(matrix, [2 * value for value in initial])
    with pytest.raises(si.DerivationError, match="t = 0"):
        check_induction(matrix, initial, doubled)


def test_repeated_eigenvalues_of_a_block_are_refused():
    x = sympy.Symbol("x")
    block = [{0: read_form(x + 1), 1: ONE}, {0: NUMBER(-1), 1: read_form(x - 1)}]  # (λ − x)²
    with pytest.raises(si.UnsupportedError, match="repeated"):
        solve(block, [ONE, ONE])


def test_another_radicand_is_refused():
    matrix, initial = MAPS["square root"]
    found = solve(matrix, initial)
    assert found.radicand is not None
    with pytest.raises(si.DerivationError):
        check_induction(matrix, initial, replace(found, radicand=found.radicand + 1))
    with pytest.raises(si.DerivationError):
        check_induction(matrix, initial, replace(found, radicand=None))


def test_square_roots():
    front, radicand = square_root(lam**2 * (mu + 1) * 12 / (c**3 * (mu + 1) ** 3))
    assert front**2 * radicand == 12 * lam**2 / (c**3 * (mu + 1) ** 2)
    root = read_form(ROOT)
    assert parts((lam + root) / (mu - root), c) == ((lam * mu + c) / (mu**2 - c), (lam + mu) / (mu**2 - c))
    assert vanishes(root**4 - c**2, c) and vanishes(1 / root - root / c, c)
    assert not vanishes(root**4 - c**2 + 1, c) and not vanishes(root, c)
    with pytest.raises(si.DerivationError, match="divides by zero"):
        vanishes(1 / (root**2 - c), c)


def test_two_square_roots_are_refused():
    matrix = [{0: lam, 1: ONE}, {0: c, 1: mu}, {2: mu, 3: ONE}, {2: c, 3: ONE}]
    with pytest.raises(si.UnsupportedError, match="two different"):
        solve(matrix, [ONE] * 4)
