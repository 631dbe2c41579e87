"""Solutions of equations between times, counted by case analysis, against enumeration."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from symicl.errors import UnsupportedError
from symicl.expectation.phases.affine import FREE, Affine, time
from symicl.expectation.phases.diophantine import count_solutions
from symicl.expectation.phases.partitions import coincidences
from symicl.expectation.phases.power_sums import faulhaber

S, R, Q = 1, 2, 3
TIMES = range(2, 11)


def form(constant: int, **coefficients: int) -> Affine:
    names = {"t": FREE, "s": S, "r": R, "q": Q}
    terms = sorted((names[name], c) for name, c in coefficients.items() if c)
    return Affine(constant, tuple(terms))


def box(*variables: int, first: int = 1, last: int = 1) -> tuple[Affine, ...]:
    """first ≤ v ≤ t − last."""
    bounds = []
    for v in variables:
        bounds += [time(v).shift(-first), time(FREE, last).plus(time(v).times(-1))]
    return tuple(bounds)


def enumerated(equations, region, variables, t: int) -> int:
    def value(f: Affine, at: dict) -> int:
        return f.constant + sum(c * at[v] for v, c in f.terms)

    count = 0
    for numbers in product(range(t + 2), repeat=len(variables)):
        at = {FREE: t, **dict(zip(variables, numbers, strict=True))}
        count += all(value(f, at) == 0 for f in equations) and all(value(f, at) >= 0 for f in region)
    return count


def number(function, t: int) -> Fraction:
    return Fraction(str(function.at(t).expr))


SYSTEMS = {
    "free": ([], box(S, R)),
    "equal": ([form(0, s=1, r=-1)], box(S, R)),
    "next": ([form(-1, s=1, r=-1)], box(S, R)),
    "first": ([form(-1, s=1)], box(S, R)),
    "sum is t": ([form(0, s=1, r=1, t=-1)], box(S, R)),
    "sum is 1": ([form(-1, s=1, r=1)], box(S, R)),
    "beyond": ([form(1, s=1, r=-1, t=-1)], box(S, R)),
    "only t = 2": ([form(-2, t=1)], box(S, R)),
    "no t": ([form(1, t=2)], box(S)),
    "three times": ([form(2, s=1, r=1, q=-1)], box(S, R, Q)),
    "sum of three": ([form(0, s=1, r=1, q=1, t=-1)], box(S, R, Q)),
    "ordered": ([], (*box(S, R), form(0, r=1, s=-1))),
    "narrow": ([], box(S, first=3, last=2)),
    "two bounds": ([], (*box(S), form(0, s=-2, r=0, t=2), form(5, s=-1))),
    "common factor": ([form(-2, s=2, r=-2)], box(S, R)),
    "odd": ([form(-1, s=2, r=-2)], box(S, R)),
    "dependent": ([form(0, s=1, r=-1), form(0, s=2, r=-2)], box(S, R)),
    "parity that cancels": ([form(0, s=1, r=1, t=-1), form(0, s=2, r=2, t=-2)], box(S, R)),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_named_systems(name):
    equations, region = SYSTEMS[name]
    variables = sorted({v for f in (*equations, *region) for v in f.variables()})
    function = count_solutions(frozenset(equations), tuple(region))
    for t in TIMES:
        assert number(function, t) == enumerated(equations, region, variables, t), t


def test_random_systems():
    rng = random.Random(4)
    solved = exceptional = 0
    for _ in range(300):
        names = [S, R, Q][: rng.choice((1, 2, 2, 3))]
        equations = []
        for _ in range(rng.choice((1, 1, 2))):
            terms = [(v, rng.choice((-1, 0, 1, 1))) for v in (FREE, *names)]
            equations.append(Affine(rng.randint(-3, 3), tuple((v, c) for v, c in terms if c)))
        region = box(*names, first=rng.randint(1, 2), last=rng.randint(0, 2))
        try:
            function = count_solutions(frozenset(equations), region)
        except UnsupportedError:
            continue
        solved += 1
        exceptional += bool(function.exceptions)
        for t in (2, 3, 4, 5, 8):
            assert number(function, t) == enumerated(equations, region, names, t), (equations, region, t)
    assert solved > 200 and exceptional > 20


def test_exceptional_times_are_shown():
    # s = 3 has a solution from t = 4 on; a general count of 1 is too much before.
    function = count_solutions(frozenset([form(-3, s=1)]), box(S))
    assert {t: number(function, t) for t in (2, 3, 4)} == {2: 0, 3: 0, 4: 1}
    assert sorted(function.exceptions) == [2, 3]


@pytest.mark.parametrize(
    ("equations", "region"),
    [([form(0, s=2, t=-1)], box(S)), ([form(0, s=2, r=3, t=-1)], box(S, R)), ([], (form(-1, s=1),))],
)
def test_refused(equations, region):
    with pytest.raises(UnsupportedError):
        count_solutions(frozenset(equations), tuple(region))


def test_power_sums():
    for k in range(7):
        for x in range(-1, 8):
            value = sum(c * Fraction(x) ** i for i, c in enumerate(faulhaber(k)))
            assert value == (
                sum(j**k for j in range(1, x + 1)) if x >= 0 else -sum(j**k for j in range(x + 1, 1))
            )


def test_coincidences_are_counted():
    assert [len(coincidences(n, False)) for n in range(6)] == [1, 1, 2, 5, 15, 52]
    # Σ_k S(n, k) 2^{n−k}
    assert [len(coincidences(n, True)) for n in range(5)] == [1, 1, 3, 11, 49]
    for labels in coincidences(4, True):
        first = {}
        for block, sign in labels:
            assert first.setdefault(block, sign) == 1
