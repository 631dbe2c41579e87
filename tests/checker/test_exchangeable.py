"""Sums of entries at matrices that permutations leave alone, and their second derivatives: by hand, and forged."""

from fractions import Fraction
from itertools import combinations, product
from math import prod

import pytest

from checker.test_forged_averages import File, term
from symicl.certificates.checkers.phases import checker, exchangeable

SUMS = {
    "u": [["A", [0, 1], [1, 1]], ["B", [1, 1], [2, 1]]],
    "v": [["A", [0, 1], [0, 1]], ["A", [0, 1], [1, 1]], ["B", [1, 1], [0, 1]]],
    "w": [["A", [0, 1], [1, 1]], ["A", [1, 1], [0, 1]], ["B", [0, 1], [2, 1]], ["B", [2, 1], [1, 1]]],
}
"""By the name of the letter."""
VALUE = [("u",), ("v",), ("w",), ("u", "u"), ("u", "v")]
POINT = {"A": (Fraction(2), Fraction(3)), "B": (Fraction(5), Fraction(-1))}
SIZE = 4
V = [Fraction(1, 2), Fraction(-1, 2), Fraction(1, 2), Fraction(-1, 2)]


def matrices():
    """One move of each kind, d = 4: v'v = 1, tr(S'S) = tr(K'K) = 1."""
    cells = list(product(range(SIZE), repeat=2))
    S = {(i, j): Fraction(0) for i, j in cells}
    K = dict(S)
    for i, j, c in ((0, 1, 1), (1, 2, -1), (2, 3, 1), (3, 0, -1)):
        S[i, j] = S[j, i] = Fraction(c)
        K[i, j], K[j, i] = Fraction(1), Fraction(-1)
    of = {
        "I": {(i, j): Fraction(i == j) for i, j in cells},
        "J - I": {(i, j): Fraction(i != j) for i, j in cells},
        "diag(v)": {(i, j): V[i] * (i == j) for i, j in cells},
        "v1'": {(i, j): V[i] for i, j in cells},
        "1v'": {(i, j): V[j] for i, j in cells},
        "S": S,
        "K": K,
    }
    return of, {"S": sum(x * x for x in S.values()), "K": sum(x * x for x in K.values())}


MOVES, NORMS = matrices()


def sum_of(letters, matrix):
    """The product of sums of entries; `matrix` gives the matrix of the k-th entry."""
    total, k = Fraction(1), 0
    for x in letters:
        factors = SUMS[x]
        blocks = 1 + max(b for _, *at in factors for b, _ in at)
        total *= sum(
            prod(matrix(k + n, f)[at[i], at[j]] for n, (f, (i, _), (j, _)) in enumerate(factors))
            for at in product(range(SIZE), repeat=blocks)
        )
        k += len(factors)
    return total


def at_point(f):
    same, other = POINT[f]
    return {(i, j): same if i == j else other for i in range(SIZE) for j in range(SIZE)}


def by_hand(letters, moves):
    """The second derivative along Σ z · move, z the number of each."""
    names = [f for x in letters for f, *_ in SUMS[x]]
    along = {f: {cell: Fraction(0) for cell in MOVES["I"]} for f in POINT}
    for z, name, copy in moves:
        for cell, x in MOVES[copy].items():
            along[name][cell] += z * x
    return 2 * sum(
        sum_of(letters, lambda k, f, pair=pair: along[f] if k in pair else at_point(f))
        for pair in combinations(range(len(names)), 2)
    )


def value_file(stated, moves=(), point=None, size=SIZE, letters=("u",), sums=None, **more):
    """A file that says that the product of sums, or its second derivative, is a number."""
    file = File()
    ids = {x: file.letter(x) for x in SUMS}
    of = file.add("sum", parts=[])
    data = file.add("data", rows=1, cols=1, terms=[term(1, *(ids[x] for x in letters))], of=of)
    point = POINT if point is None else point
    fields = {
        "value": data,
        "sums": [[ids[x], SUMS[x] if sums is None else sums] for x in dict.fromkeys(letters)],
        "size": [term(size)],
        "point": [[f, [number(p)], [number(q)]] for f, (p, q) in point.items()],
    }
    if moves:
        fields["moves"] = [[[number(z)], *move] for z, *move in moves]
    file.part([number(stated)] if stated else [], more={"of": of}, **{**fields, **more})
    return file


def number(c):
    c = Fraction(c)
    return term(int(c) if c.denominator == 1 else f"{c.numerator}/{c.denominator}")


CASES = [
    [(1, "A", "I"), (2, "B", "J - I")],
    [(1, "A", "J - I"), (-1, "A", "I"), (3, "B", "I")],
    [(1, "A", "diag(v)"), (2, "B", "v1'"), (Fraction(1, 3), "B", "1v'")],
    [(1, "A", "1v'"), (2, "A", "v1'"), (5, "B", "diag(v)")],
    [(1, "A", "S"), (3, "B", "S")],
    [(2, "A", "K"), (3, "B", "K")],
]


@pytest.mark.parametrize("letters", VALUE)
def test_a_value_is_that_by_hand(letters):
    expected = sum_of(letters, lambda k, f: at_point(f))
    assert value_file(expected, letters=letters).outcome() is None
    assert value_file(expected + 1, letters=letters).outcome() == "the value is another one"


@pytest.mark.parametrize("letters", VALUE)
@pytest.mark.parametrize("moves", CASES)
def test_a_second_derivative_is_that_by_hand(letters, moves):
    found = by_hand(letters, moves) / NORMS.get(moves[0][2], 1)
    assert value_file(found, moves, letters=letters).outcome() is None
    assert value_file(found + 1, moves, letters=letters).outcome() == "the value is another one"
    if found:
        assert value_file(-found, moves, letters=letters).outcome() == "the value is another one"
        assert value_file(found / 2, moves, letters=letters).outcome() == "the value is another one"


STANDARD = [(1, "A", "v1'"), (2, "B", "diag(v)")]
TRUE = by_hand(("v",), STANDARD)


@pytest.mark.parametrize(
    "forged",
    [
        {"moves": [(1, "A", "1v'"), (2, "B", "diag(v)")]},
        {"moves": [(1, "A", "diag(v)"), (2, "B", "diag(v)")]},
        {"moves": [(2, "A", "v1'"), (1, "B", "diag(v)")]},
        {"moves": [(1, "B", "v1'"), (2, "A", "diag(v)")]},
        {"moves": [(1, "A", "v1'"), (-2, "B", "diag(v)")]},
        {"moves": []},
        {"size": 3},
        {"point": {"A": POINT["B"], "B": POINT["A"]}},
        {"point": {"A": POINT["A"], "B": (POINT["B"][1], POINT["B"][0])}},
        {"sums": SUMS["u"]},
        {"letters": ("w",)},
    ],
)
def test_something_else_is_put_in(forged):
    assert value_file(TRUE, STANDARD, letters=("v",)).outcome() is None
    assert TRUE != 0
    fields = {"letters": ("v",), "moves": STANDARD, **forged}
    assert value_file(TRUE, **fields).outcome() == "the value is another one"


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        ([(1, "A", "S"), (1, "B", "K")], "it is not known what moves, or moves are of different kinds"),
        ([(1, "A", "v1'"), (1, "B", "I")], "it is not known what moves, or moves are of different kinds"),
        ([(1, "A", "J")], "it is not known what moves, or moves are of different kinds"),
        ([(1, "C", "I")], "it is not known what moves, or moves are of different kinds"),
        ([(1, "A", "I")] * 7, "it is not known what moves, or moves are of different kinds"),
    ],
)
def test_moves_that_are_not_known(moves, sentence):
    assert value_file(0, moves).outcome() == sentence


def test_a_matrix_without_a_value_or_with_two():
    assert value_file(1, point={"A": POINT["A"]}).outcome() == "no value is given for a matrix"
    twice = [[f, [number(1)], [number(1)]] for f in "AAB"]
    file = value_file(1)
    file.lines[-1]["phases"]["point"] = twice
    assert file.outcome() == "a matrix has two values"


def test_diagonal_matrices_and_conjugates_are_refused():
    assert value_file(1, sums=[["A", [0, 1]]]).outcome() == "an entry is not that of a full matrix"
    file = value_file(1, sums=[["A", [0, 1], [0, -1]]])
    assert file.outcome() == "there are no partners"


def test_the_value_is_one_that_the_first_checker_compares():
    file = value_file(sum_of(("u",), lambda k, f: at_point(f)))
    assert file.outcome() is None
    file.lines[5].pop("of")
    assert file.outcome() == "it is no data that is checked against another line"
    file.lines[5]["of"] = 2
    assert file.outcome() == "what is put in is the value of another line"


def test_a_sum_that_is_divided_by():
    file = value_file(1)
    file.lines[5]["terms"] = [[1, [[0, 2]], []]]
    assert file.outcome() == "it divides by a sum of entries"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, None),
        ({"positive_part_of": 2}, "a derivative is one of what may depend on entries"),
        (
            {"law": {"row_cov": 0, "col_cov": 0, "scale": 2}},
            "a derivative is one of what may depend on entries",
        ),
    ],
)
def test_what_hides_an_entry_is_no_constant(more, sentence):
    """max(0, u) is not constant while the sum u changes."""
    file = value_file(3 * sum_of(("u",), lambda k, f: at_point(f)))
    file.lines[3] |= more  # the letter w
    file.lines[5]["terms"] = [term(3, 2, 4)]
    file.lines[-1]["terms"] = [[c, [*words, [4]], rest] for c, words, rest in file.lines[-1]["terms"]]
    assert file.outcome() == sentence


@pytest.mark.parametrize("place", ["data", "point", "move"])
def test_another_sum_is_no_constant(place):
    """The sum v is none of the letters that are put in: it would stay as it is."""
    file = value_file(by_hand(("u",), CASES[0]), CASES[0])
    u, v = 2, 3
    other = value_file(1, letters=("v",)).lines[-1]["phases"] | {"value": 6}
    phases = file.lines[-1]["phases"]
    if place == "data":
        file.lines[5]["terms"] = [term(1, u, v)]
        file.lines[-1]["terms"] = [[c, [[v]], []] for c, _, _ in file.lines[-1]["terms"]]
    elif place == "point":
        phases["point"].append(["C", [term(1, v)], [term(1)]])
    else:
        phases["moves"].append([[term(1, v), term(-1, v)], "A", "I"])
        phases["moves"].append([[term(1, v)], "C", "I"])
        phases["point"].append(["C", [term(1)], [term(1)]])
    assert file.outcome() is None  # of v nothing is known yet
    second = sum_of(("v",), lambda k, f: at_point(f))
    of = file.add("sum", parts=[])
    other["value"] = file.add("data", rows=1, cols=1, terms=[term(1, v)], of=of)
    file.part([number(second)], more={"of": of}, **other)
    assert file.outcome() == "a derivative is one of what may depend on entries"


def test_a_power_is_no_constant():
    file = value_file(3 * sum_of(("u",), lambda k, f: at_point(f)))
    file.lines[5]["terms"] = [term(3, 2, 4)]
    file.lines[-1]["terms"] = [[c, [*words, [4]], rest] for c, words, rest in file.lines[-1]["terms"]]
    assert file.outcome() is None
    file.add("recursion", powers=[[4, 5]])
    assert file.outcome() == "a derivative is one of what may depend on entries"


def test_a_checker_that_forgets_that_v_adds_up_to_zero_accepts_a_wrong_value(monkeypatch):
    moves = [(1, "A", "v1'"), (1, "B", "v1'")]
    assert by_hand(("u",), moves) == 0
    assert value_file(0, moves).outcome() is None
    monkeypatch.setattr(exchangeable, "mean_of", lambda moved, places: (1, 1))
    assert value_file(0, moves).outcome() == "the value is another one"
    assert value_file(2 * SIZE**2, moves).outcome() is None


def test_large_statements_are_refused_at_once():
    file = value_file(1, CASES[2], letters=("w", "w"))
    assert file.outcome() == "the value is another one"
    file = value_file(1, CASES[2], letters=("w", "w", "w"))
    assert file.outcome() == "a product is too long"
    assert checker.Checker.MAX_WORK == 8_000_000
