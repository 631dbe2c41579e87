"""A confirmation needs runs of the real model on samples, whatever else was run."""

from dataclasses import dataclass

import pytest

from symicl.studies import recorded, summary
from symicl.studies.evidence import METHODS, Evidence, demand_samples


@dataclass(frozen=True)
class Run:
    verdict: str
    samples: int


@pytest.mark.parametrize(
    ("verdict", "runs", "expected"),
    [
        ("confirmed", [Run("reached", 0), Run("reached", 100)], "confirmed"),
        ("confirmed", [Run("reached", 0), Run("reached", 0)], "inconclusive"),
        ("confirmed", [Run("reached", 0), Run("unfinished", 100)], "inconclusive"),
        ("confirmed", [], "inconclusive"),
        ("contradicted", [Run("contradicted", 0)], "contradicted"),
        ("inconclusive", [Run("reached", 100)], "inconclusive"),
    ],
)
def test_only_runs_on_samples_that_arrived_confirm(verdict, runs, expected):
    found, reason = demand_samples(verdict, "all is well", runs, "leave --method out")
    assert found == expected
    assert ("0 runs of the real model on samples" in reason) == (found != verdict)


def test_exact_runs_have_no_samples():
    for method in ("population", "flow"):
        with pytest.raises(ValueError, match="no samples"):
            Evidence(method, "L-BFGS", 5)
    with pytest.raises(ValueError, match="not one of"):
        Evidence("guess", "Adam")


@pytest.mark.parametrize("method", METHODS)
def test_captions_name_the_method_and_the_optimiser(method):
    evidence = Evidence(method, "Adam", 3000 if method in ("tokens", "statistic") else 0, "sequences")
    own = {"method": method, "optimiser": "Adam", "samples": evidence.samples, "unit": "sequences"}
    assert evidence.to_json() == own
    assert recorded(own) == recorded({"runs": [own]}) == (evidence,)
    assert "Adam" in evidence.text
    assert ("sequences" in evidence.axis) == ("3,000" in evidence.text) == bool(evidence.samples)
    assert ("closed" in evidence.axis) == ("no samples" in evidence.text) == (not evidence.samples)


def test_records_without_evidence_and_averages():
    assert recorded(None) == recorded({}) == recorded({"method": "study"}) == ()
    average = Evidence("statistic", "", 500, "contexts")
    assert summary([average]) == "1 average over 500 sampled contexts, nothing is trained"
