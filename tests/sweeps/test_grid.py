"""Grids from text: exact, counted without being made, and refused where they cannot be meant."""

import pytest
import sympy

from symicl.errors import InputError
from symicl.sweeps import read_grid
from symicl.sweeps.axis import read_axis

n, d = sympy.symbols("n d")
S = sympy.MatrixSymbol("Sigma", d, d)
SYMBOLS = {"n": n, "d": d, "Sigma": S}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4,8,16", "4 8 16"),
        ("0, 1/4 ,1", "0 1/4 1"),
        ("2:6", "2 3 4 5 6"),
        ("0:1:1/4", "0 1/4 1/2 3/4 1"),
        ("0:1:0.3", "0 3/10 3/5 9/10"),
        ("5:1:-2", "5 3 1"),
        ("8:512:x2", "8 16 32 64 128 256 512"),
        ("8:500:x2", "8 16 32 64 128 256"),
        ("9:1:x1/3", "9 3 1"),
        ("1:5:x3/2", "1 3/2 9/4 27/8"),
        ("1,2,4:16:x2", "1 2 4 8 16"),
        ("7", "7"),
        ("3:3", "3"),
        ("-1:1", "-1 0 1"),
    ],
)
def test_values(text, values):
    axis = read_axis("n", text)
    assert list(axis) == values.split()
    assert axis.count == len(values.split())
    assert [axis[k] for k in range(axis.count)] == values.split()


def test_brackets_keep_their_commas():
    assert list(read_axis("Sigma", "[[2,1],[1,3]],I,diag(1,2)", is_number=False)) == [
        "[[2,1],[1,3]]",
        "I",
        "diag(1,2)",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no value, hence no point"),
        ("1,,2", "missing between two commas"),
        ("6:2", "has no points"),
        ("2:6:-1", "has no points"),
        ("8:4:x2", "has no points"),
        ("1:2:0", "step of 1:2:0 is 0"),
        ("1:8:x1", "must be positive and not 1"),
        ("1:8:x-2", "must be positive and not 1"),
        ("0:8:x2", "both ends must be positive"),
        ("1:2:3:4", "more than two colons"),
        ("1:b", "b is not a number"),
        ("1:1/0", "is not a number"),
        ("1:", "nothing is not a number"),
        ("1:__import__('os'):x2", "is not a number"),
        ("1:1e99999", "is not a number"),
        ("1:1e300:x1000001/1000000", "more than 300 digits"),
        ("[1,2", "not closed"),
        ("1],2", "closes nothing"),
    ],
)
def test_what_is_refused(text, problem):
    with pytest.raises(InputError, match=".*".join([r"n=", problem.split("'")[0].replace("(", r"\(")])):
        read_axis("n", text)


def test_a_grid_is_every_combination_the_last_axis_fastest():
    grid = read_grid(
        ["n=2:6:x3", "target=relu,cubic", "d=1,4"], {"n": n, "d": d}, {"target": ["relu", "cubic"]}
    )
    points = [tuple(point.values()) for point in grid]
    assert grid.count == 8
    assert points[:3] == [("2", "relu", "1"), ("2", "relu", "4"), ("2", "cubic", "1")]
    assert len(set(points)) == 8
    assert grid.varied == ["n", "target", "d"]
    assert {point["n"] for point in grid.edges()} == {"2", "6"}


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ([], "has no points"),
        (["n"], "not of the form name=values"),
        (["m=1"], "m is not an input"),
        (["n=1", "n=2"], "given twice"),
        (["n=8,4:16:x2"], "the value 8 twice"),
        (["Sigma=1:3,I", "n=5:1"], "has no points"),
    ],
)
def test_grids_that_are_refused(texts, problem):
    with pytest.raises(InputError, match=problem):
        read_grid(texts, SYMBOLS)


def test_astronomical_grids_are_counted_without_being_made():
    grid = read_grid(["n=1:10000000000000000000000", "d=1:1000000"], SYMBOLS)
    assert grid.count == 10**28
    first = iter(grid)
    assert next(first) == {"n": "1", "d": "1"}
    assert next(first) == {"n": "1", "d": "2"}
