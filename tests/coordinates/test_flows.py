"""The second engine on certificates of flows: it agrees, also where a size has a root, and refuses wrong ones."""

import json

import pytest

from checker.test_motion import RESULTS, certificate_of, numbers
from symicl.certificates.coordinates import recheck
from symicl.certificates.coordinates.duals import Dual, moving, slope
from symicl.certificates.coordinates.proof_log import ProofLog
from symicl.errors import EnginesDisagreeError

SIZES = [{"n": 1, "d": 1}, {"n": 1, "d": 4}]
RULES = ("gradient_flow", "reduction", "equation", "solution")


@pytest.mark.parametrize("name", RESULTS)
def test_the_engines_agree(name):
    lines = certificate_of(name).text.splitlines()
    found, log = recheck(lines, SIZES), ProofLog(lines)
    assert found.undetermined == 0
    assert found.facts >= sum(len(log.rule(rule)) for rule in RULES) > 0


def doubled(lines, line, field, place=None):
    """The value of a field, or in a place of it, doubled."""
    of = line[field] if place is None else line[field][place][1]
    last = lines.pop()
    two = {"id": last_id(lines) + 1, "rule": "data", "rows": 1, "cols": 1, "terms": [[2, [], []]]}
    twice = {"id": two["id"] + 1, "rule": "product", "parts": [two["id"], of]}
    lines += [two, twice, last | {"id": twice["id"] + 1}]
    if place is None:
        line[field] = twice["id"]
    else:
        line[field][place][1] = twice["id"]


def last_id(lines):
    return lines[-1]["id"]


WRONG = {
    "a gradient": ("gradient_flow", "velocities", 0),
    "a rate": ("gradient_flow", "rate", None),
    "a velocity on the set": ("reduction", "velocities", 0),
    "a set": ("reduction", "place", 0),
    "an equation": ("equation", "value", None),
    "what has an equation": ("equation", "of", None),
    "a solution": ("solution", "value", None),
    "the rate of a solution": ("solution", "alpha", None),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_flows_are_refused(name):
    rule, field, place = WRONG[name]
    lines = [json.loads(line) for line in certificate_of("equation").lines]
    doubled(lines, numbers(lines, rule), field, place)
    with pytest.raises(EnginesDisagreeError, match="the two engines disagree"):
        recheck(map(json.dumps, lines), SIZES)


def test_a_constant_that_moves_is_refused():
    """v² − d p² stays, and v² − 2d p² does not."""
    lines = [json.loads(line) for line in certificate_of("squared equation").lines]
    line = lines[numbers(lines, "equation")["constants"][0][1] - 1]
    line["terms"] = [[2 * c if c < 0 else c, *rest] for c, *rest in line["terms"]]
    with pytest.raises(EnginesDisagreeError, match="the two engines disagree"):
        recheck(map(json.dumps, lines), SIZES)


def test_slopes():
    """(x + 1)/x at 2 with the velocity 3 has the slope −3/4."""
    ((x,),) = moving([[2]], [[3]])
    assert slope([[(x + 1) * x.reciprocal()]]) == [[pytest.approx(-0.75)]]
    assert Dual(2, 1) * Dual(3, 5) == Dual(6, 13)
