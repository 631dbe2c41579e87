"""Pictures, documents and sentences say which method, optimiser and number of samples they show."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("scipy")

from symicl.numeric_checks.sander2024 import augmented, orthogonal, positions, unitary
from symicl.numeric_checks.zhang2024 import bayes, gradient_flow, lsa_gap
from symicl.numeric_checks.zheng2024 import capability, limit, not_gd
from symicl.studies import summary
from symicl.studies.augmented.haar import HaarExperiment
from symicl.studies.evidence import Evidence
from symicl.studies.regression.population import Population

HEADS = {"steps": 20, "polish": 10, "few": (2, 3, 2, 20)}
STUDIES = {
    "limit": (replace(limit.experiment, batch=16), {"d": 2, "T": 4, "law": "sparse"}),
    "not_gd": (replace(not_gd.experiment, batch=16), {"d": 2, "T": 4}),
    "capability": (replace(capability.experiment, batch=16, thousands=1), {"d": 2, "T": 4, "law": "sparse"}),
    "augmented": (
        replace(augmented.experiment, steps=20, haar=HaarExperiment(d=2, length=4, steps=4, batch=8)),
        {},
    ),
    "unitary": (replace(unitary.experiment, **HEADS), {"d": 2, "H": 2, "T": 3}),
    "orthogonal": (replace(orthogonal.experiment, **HEADS), {"d": 4, "H": 2, "T": 3}),
    "positions": (replace(positions.experiment, steps=20), {"d": 2, "T": 3}),
    "lsa_gap": (
        replace(lsa_gap.experiment, population=Population(evaluations=5), max_seeds=1),
        {"n": 4, "d": 1, "H": [[2]], "Psi": [[1]], "beta_star": [1]},
    ),
    "bayes": (replace(bayes.experiment, trained=None, families=bayes.FAMILIES[:2], sizes=(2,)), {"d": 1}),
    "gradient_flow": (
        replace(gradient_flow.experiment, steps=5, batch=8, block_steps=4, block_starts=1),
        {"n": 4, "d": 1, "H": [[2]], "Psi": [[1]], "beta_star": [1]},
    ),
}
STEPS = {"lsa_gap": 5, "bayes": 1}


@pytest.mark.parametrize("name", STUDIES)
def test_captions_are_what_the_records_say(name):
    study, given = STUDIES[name]
    result = study.run(given, seeds=[0], steps=STEPS.get(name))
    records = result.to_json()["runs"]
    assert all({"method", "optimiser", "samples"} <= set(record) for record in records)
    for record in records:
        assert (record["samples"] > 0) == (record["method"] in ("tokens", "statistic"))
    known = {(record["method"], record["optimiser"], record["samples"]) for record in records}
    for panel, document in zip(result.panels, result.document()["panels"], strict=True):
        assert panel.shows, panel.title
        assert {(one.method, one.optimiser, one.samples) for one in panel.shows} <= known
        assert document["caption"] == summary(panel.shows)
        for one in panel.shows:
            assert one.optimiser in document["caption"]
            assert f"{one.samples:,}" in document["caption"] or "no samples" in document["caption"]
        axis = getattr(panel, "x_label", "")
        if "fresh" in axis or "sampled" in panel.title:
            assert all(one.samples for one in panel.shows), panel.title
    drawn = {one for panel in result.panels for one in panel.shows}
    sampled = {run.evidence for run in result.runs if run.samples}
    assert sampled <= drawn
    for line, run in zip(result.lines(), result.runs, strict=False):  # notes follow
        assert run.evidence.text in line
    if result.verdict == "confirmed":
        assert "sampled" in result.reason


def test_several_runs_in_words():
    adam = [Evidence("tokens", "Adam", n, "sequences") for n in (1000, 2000)]
    flow = Evidence("flow", "LSODA")
    assert summary([*adam, flow]) == (
        "2 runs of Adam on 1,000 to 2,000 sampled sequences each; "
        "1 run of gradient flow on the closed form of the loss (LSODA), no samples"
    )
    assert summary([adam[0]]) == "1 run of Adam on 1,000 sampled sequences"
    assert summary([]) == "no runs"
