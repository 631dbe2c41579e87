"""Files in which every line can be read and an average is false: hidden zeros, and letters with a second meaning."""

import json

import pytest

from symicl.certificates.checkers import phases

HEADER = {
    "format": "symicl-certificate", "version": 3, "theorem": "t", "statement": "s", "source": "p",
    "assumptions": [], "axioms": [], "argued": [], "quantities": ["q"], "propositions": [],
}  # fmt: skip
ONE = [[1, [], []]]
SQUARE = [ONE, 0, [[[0, 0, 0, 0], 2]], [], []]
NOTHING = [ONE, 0, [], [], []]


def term(c, *letters):
    return [c, [[x] for x in letters], []]


class File:
    """Lines with numbers."""

    def __init__(self):
        self.lines = [HEADER]

    def add(self, rule, **fields):
        self.lines.append({"id": len(self.lines) + 1, "rule": rule, **fields})
        return len(self.lines)

    def letter(self, name, **more):
        return self.add("letter", name=name, rows=1, cols=1, **more)

    def average(self, summand, powers, size=None, **more):
        fields = {
            "summands": [summand],
            "paired": False,
            "size": size or [term(3)],
            "law": 0,
            "powers": powers,
            "times": [],
        }
        return self.add("asserted", claim="c", why="w", phases={**fields, "moments": [], **more})

    def part(self, terms, more=None, **fields):
        more = more or {}
        return self.add("asserted", claim="c", why="w", phases=fields, rows=1, cols=1, terms=terms, **more)

    def outcome(self):
        """What is wrong, or nothing."""
        try:
            phases.Checker().check([json.dumps(line).encode() for line in self.lines])
        except (phases.Rejected, phases.Unreadable) as error:
            return str(error).split(": ", 1)[1]
        return None


@pytest.mark.parametrize(
    ("below", "sentence"),
    [
        (lambda y, z: [term(1, y, z), term(-1)], "a letter is no reciprocal, or a moment is divided by zero"),
        (lambda y, z: [term(1, y, z), term(1)], None),
    ],
)
def test_a_moment_over_a_zero_that_a_reciprocal_hides(below, sentence):
    file = File()
    d, z, y = file.letter("d", at_least=1), file.letter("z"), file.letter("y")
    u = below(y, z)
    file.average(
        SQUARE, [[0, [term(1, d)]]], size=[term(1, d)], moments=[[[2], u, u]], reciprocals=[[y, [term(1, z)]]]
    )
    assert file.outcome() == sentence


def test_a_sum_over_time_of_a_weight():
    for weighted, sentence in ((True, "a sum over t is one of weights, which depend on t"), (False, None)):
        file = File()
        d, p, last = file.letter("d", at_least=1), file.letter("p_t"), file.letter("T", at_least=2)
        factor = [p] if weighted else []
        more = {"weights": [["last", 0, p]]} if weighted else {}
        summand = [*SQUARE, [[0, 1, 0, 0]]] if weighted else SQUARE
        average = file.average(
            summand, [[0, [term(1, d, *factor)]]], size=[term(1, d)], moments=[[[2], ONE, ONE]], **more
        )
        assert file.outcome() is None
        file.part(
            [term(1, d, *factor, last), term(-1, d, *factor)], of=average, last=[term(1, last)], harmonic=[]
        )
        assert file.outcome() == sentence


def test_an_average_over_phases_is_not_that_of_another_line():
    """The first checker takes the field `of` of an asserted entry for what is averaged."""
    for more, sentence in (({"of": 2}, "an average over phases is not that of another line"), ({}, None)):
        file = File()
        d = file.letter("d", at_least=1)
        summand = [[term(-1)], *SQUARE[1:]]
        average = file.average(summand, [[0, [term(-1, d)]]], size=[term(1, d)], moments=[[[2], ONE, ONE]])
        file.part([term(-1, d)], more, of=average, place=["power", 0])
        assert file.outcome() == sentence


def test_the_reciprocal_of_a_random_letter():
    for more, sentence in (
        ({"law": {"row_cov": 0, "col_cov": 0, "scale": 2}}, "a letter is made of one with a meaning"),
        ({}, None),
    ):
        file = File()
        file.add("data", rows=1, cols=1, terms=ONE)
        z, y = file.letter("Z", **more), file.letter("y")
        file.average(NOTHING, [[0, [term(1, y, z)]]], reciprocals=[[y, [term(1, z)]]])
        assert file.outcome() == sentence


@pytest.mark.parametrize("where", ["summand", "moment", "value", "entry", "nowhere"])
@pytest.mark.parametrize("later", [False, True])
def test_a_derivative_of_what_hides_an_entry(where, later):
    """The derivative of u A_ii, where u is the sum of all A_ii, is not u."""
    file = File()
    d, u, v = file.letter("d", at_least=1), file.letter("u"), file.letter("v")

    def meant():
        file.average(NOTHING, [[0, ONE]], size=[term(1, d)], sums=[[u, [["A", [0, 1], [0, 1]]]]])

    def derived():
        x = {name: [term(1, u if name == where else v)] for name in ("summand", "moment", "value", "entry")}
        other = [0, 0, x["entry"], ONE, ONE]
        summand = [x["summand"], 0, [[[0, 0, 0, 0], 2]], [["A", 0, 0], ["A", 0, 0], other], []]
        names = [u if name == where else v for name in ("summand", "moment", "value", "entry")]
        more = {"moments": [[[2], x["moment"], ONE]], "entry": ["A", True, [["A", x["value"]]]]}
        file.average(summand, [[0, [term(2, *names)]]], size=[term(1, d)], **more)

    for add in (derived, meant) if later else (meant, derived):
        add()
    sentence = "a derivative is one of what may depend on entries"
    assert file.outcome() == (None if where == "nowhere" else sentence)


def test_a_size_that_is_random_or_a_reciprocal():
    """The size d of a law is a letter without a law and without a meaning."""
    sentence = "a letter is made of one with a meaning"
    for kind, said in (("law", sentence), ("reciprocal", sentence), ("free", None)):
        file = File()
        file.add("data", rows=1, cols=1, terms=ONE)
        law = {"law": {"row_cov": 0, "col_cov": 0, "scale": 2}} if kind == "law" else {}
        d, z = file.letter("d", **law), file.letter("z")
        more = {"reciprocals": [[d, [term(1, z)]]]} if kind == "reciprocal" else {}
        file.average(SQUARE, [[0, [term(1, d)]]], size=[term(1, d)], moments=[[[2], ONE, ONE]], **more)
        assert file.outcome() == said


@pytest.mark.parametrize("later", [False, True])
def test_the_reciprocal_of_what_becomes_a_reciprocal_later(later):
    """y = 1/(z w − 1) is one of nothing if w is 1/z."""
    file = File()
    z, w, y = file.letter("z"), file.letter("w"), file.letter("y")
    file.average(
        NOTHING, [[0, [term(1, y, z, w), term(-1, y)]]], reciprocals=[[y, [term(1, z, w), term(-1)]]]
    )
    assert file.outcome() is None
    other = w if later else file.letter("v")
    file.average(NOTHING, [[0, [term(1, z, other)]]], reciprocals=[[other, [term(1, z)]]])
    assert file.outcome() == ("a letter is made of one with a meaning" if later else None)


def test_a_harmonic_number_up_to_itself():
    file = File()
    h, other = file.letter("H", at_least=0), file.letter("T", at_least=2)
    average = file.average([ONE, 1, [], [], []], [[-1, ONE]])
    file.part([term(1, h)], of=average, last=[term(1, other), term(2)], harmonic=[[h, 1]])
    assert file.outcome() is None
    file.lines.pop()
    file.part([term(1, h)], of=average, last=[term(1, h), term(2)], harmonic=[[h, 1]])
    assert file.outcome() == "a letter is made of one with a meaning"


def test_a_place_at_which_a_hidden_zero_stands():
    for places, sentence in (
        ([["power", 0], ["power", 5]], "the average has other powers or times"),
        ([["power", 0]], None),
    ):
        file = File()
        z, y = file.letter("z"), file.letter("y")
        powers = [[0, ONE], [5, [term(1, y, z), term(-1)]]]
        average = file.average(NOTHING, powers, reciprocals=[[y, [term(1, z)]]])
        file.add("asserted", claim="c", why="w", phases={"of": average, "places": places})
        assert file.outcome() == sentence
