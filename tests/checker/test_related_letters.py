"""Letters of averages over phases between which there is a relation that the first checker does not know."""

import json

import pytest

import symicl as si
from checker.expensive import averages
from checker.test_rules import HEADER, Log, run
from symicl.algebra.symbols import GREEK_LETTERS
from symicl.certificates.checkers import phases, proof, samples
from symicl.certificates.checkers.reading import GREEK
from symicl.errors import InputError

ONE = [[1, [], []]]


def complaint(log):
    """What the second checker says of a file, or nothing."""
    try:
        phases.Checker().check([json.dumps(line).encode() for line in (HEADER, *log.entries)])
    except (phases.Rejected, phases.Unreadable) as error:
        return str(error).split(": ", 1)[1]
    return None


def sum_of_entries(log, letter, factors, power=1):
    """The sum over i of a_i to a power, named by a letter."""
    entries = [["a", 0]] * power
    summand = [ONE, 0, [[[0, 0, 0, 0], 0]], entries, []]
    averages(log, [summand], powers=[[0, [[1, [[letter]], []]]]], sums=[[letter, factors]])


@pytest.mark.parametrize("forged", [True, False])
def test_two_letters_of_one_sum(forged):
    """s − t would be zero and divided by."""
    log = Log()
    log.size()
    s, t = log.scalar("s"), log.scalar("t")
    sum_of_entries(log, s, [["a", [0, 1]]])
    sum_of_entries(log, t if forged else s, [["a", [0, 1]]])
    sentence = "two letters are one sum, between which there is a relation"
    assert complaint(log) == (sentence if forged else None)


@pytest.mark.parametrize("forged", [True, False])
def test_a_sum_that_is_a_product_of_sums(forged):
    """The sum of a_i a_j over all i, j is the square of that of a_i, and their difference zero."""
    log = Log()
    log.size()
    s = log.scalar("s")
    sum_of_entries(log, s, [["a", [0, 1]], ["a", [int(forged), 1]]], power=2)
    assert complaint(log) == ("a sum is a product of two sums, or one of nothing" if forged else None)


@pytest.mark.parametrize("forged", [True, False])
def test_a_moment_over_a_letter_with_a_meaning(forged):
    """E x² = 1/s, where s is a sum that may be related to other letters."""
    log = Log()
    log.size()
    s, x = log.scalar("s"), log.scalar("x")
    sum_of_entries(log, s, [["a", [0, 1]]])
    below = s if forged else x
    value = [[1, [[2], [0, below]], []]]
    averages(
        log, [[ONE, 0, [[[0, 0, 0, 0], 2]], [], []]],
        moments=[[[2], ONE, [[1, [[below]], []]]]], powers=[[0, value]], law=1,
    )  # fmt: skip
    assert complaint(log) == ("a letter is made of one with a meaning" if forged else None)


@pytest.mark.parametrize("forged", [True, False])
def test_sums_of_a_matrix_that_is_a_diagonal_one_for_one_of_them(forged):
    """The sum of A_ii, A a diagonal matrix, is that of A_i."""
    log = Log()
    log.size()
    s, t = log.scalar("s"), log.scalar("t")
    name = "a" if forged else "b"
    sum_of_entries(log, s, [["a", [0, 1]]])
    summand = [ONE, 0, [[[0, 0, 0, 0], 0]], [[name, 0, 0]], []]
    averages(log, [summand], powers=[[0, [[1, [[t]], []]]]], sums=[[t, [[name, [0, 1], [0, 1]]]]])
    sentence = "a matrix is a diagonal one in one sum and not in another one"
    assert complaint(log) == (sentence if forged else None)


@pytest.mark.parametrize("kind", ["sums", "free"])
@pytest.mark.parametrize("size", [2, "d"])
def test_sums_over_few_coordinates_are_related(checker, monkeypatch, kind, size):
    """s is a + b, t is a² + b² and u is a³ + b³ where d = 2; a sum over three different ones of two is zero."""
    log = Log()
    d = log.size()
    s, t, u = log.scalar("s"), log.scalar("t"), log.scalar("u")
    below = log.number(1, [u])
    if kind == "sums":
        below = log.terms(1, 1, [2, [[u]], []], [-3, [[s], [t]], []], [1, [[s]] * 3, []])
        meanings = [[x, [["a", [0, 1]]] * k] for k, x in enumerate((s, t, u), 1)]
    else:
        meanings = [[u, [], [2, 2, 2]]]
    log("over", of=below, by=below)
    terms = [[2, [], []]] if size == 2 else [[1, [[d]], []]]
    log("asserted", claim="", why="", phases={kind: meanings, "size": terms})
    one = log.number(1)
    log("stated", name="q", text="1", stated=one, derived=one)
    log("verdict", verdict="proved", entries=len(log.entries) + 2)
    found, _ = run(checker, log.entries, monkeypatch)
    related = found is not None and found.endswith("is related to other letters")
    assert related if size == 2 else found is None


ALIKE = [
    "d\u0301",
    "\U0001d451",
    "\u0501",
    "\u0434",
    "d ",
    "a  b",
    "\u2211",
    "\u00b5",
    "x\u2081",
    "\u03bd",
    "x" * 101,
]


@pytest.mark.parametrize("name", ALIKE, ids=ascii)
def test_a_name_that_looks_like_another_one_is_refused_everywhere(name):
    letter = {"id": 2, "rule": "letter", "name": name, "rows": 1, "cols": 1}
    lines = [json.dumps(line).encode() for line in (HEADER, letter)]
    for module in (proof, phases, samples):
        with pytest.raises((module.Rejected, module.Unreadable), match="can be taken for another one"):
            module.Checker().check(lines)
    if not name.isascii():
        with pytest.raises(InputError, match="can be taken for another one"):
            si.scalar(name)
        with pytest.raises(InputError, match="can be taken for another one"):
            si.dims(f"n {name}")


@pytest.mark.parametrize("name", ["d", "d_2", "t of a limit", "σ", "Σ", "p_{T}"])
def test_names_that_are_taken(name):
    letter = {"id": 2, "rule": "letter", "name": name, "rows": 1, "cols": 1}
    lines = [json.dumps(line).encode() for line in (HEADER, letter)]
    with pytest.raises(proof.Rejected, match="without a verdict"):
        proof.Checker().check(lines)
    phases.Checker().check(lines)
    samples.Checker().check(lines)
    assert str(si.scalar(name)) == name


def test_all_take_the_same_letters():
    assert GREEK == GREEK_LETTERS
