"""What a picture says of a run is what the record of the run says: method, optimiser, number of samples."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from symicl.pictures import figure_of
from symicl.studies import ExperimentResult, TrainResult, summary
from symicl.studies.evidence import Evidence
from symicl.studies.measurements import Measurement
from symicl.studies.regression.experiment_result import Run
from symicl.views import plots

WAYS = [
    Evidence("tokens", "Adam", 1234),
    Evidence("statistic", "Adam", 5678),
    Evidence("population", "L-BFGS"),
    Evidence("population", "Adam"),
    Evidence("flow", "RK45"),
]


def trained(evidence, seed=0):
    return TrainResult(
        id="a.test", verdict="reached", reason="why", seed=seed, steps=3, seconds=0.0, loss_at_optimum=1.0,
        excess_loss=1e-4, relative_excess=1e-4, distance_to_optimum=0.1, coefficient=np.eye(2),
        optimal_coefficient=np.eye(2), trajectory=[(0, 1.0), (3, 1e-4)], weights={}, parameters={},
        method=evidence.method, optimiser=evidence.optimiser, samples=evidence.samples,
    )  # fmt: skip


def result_of(*ways):
    runs = tuple(Run(trained(way, seed), (), Fraction(1)) for seed, way in enumerate(ways))
    return ExperimentResult("a.test", "inconclusive", "why", {}, runs, (), 1.0, np.eye(2), 0.0)


def words(figure):
    from matplotlib.text import Text

    return " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


def drawn(result, tmp_path, monkeypatch):
    """The words of the picture that is written."""
    seen, close = [], plots._pyplot().close
    monkeypatch.setattr(plots._pyplot(), "close", lambda figure: (seen.append(words(figure)), close(figure)))
    plots.draw(result, tmp_path / "picture.png")
    return seen[0]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.method}, {way.optimiser}")
def test_the_picture_of_a_run_says_how_it_was_made(way, tmp_path, monkeypatch):
    others = {text for one in WAYS for text in (one.axis, one.text)} - {way.axis, way.text}
    for text in (words(figure_of(trained(way))), drawn(result_of(way), tmp_path, monkeypatch)):
        assert way.axis in text and way.text in text
        assert not [other for other in others if other in text]


def test_two_ways_are_drawn_apart_and_each_is_named(tmp_path, monkeypatch):
    text = drawn(result_of(*WAYS[1:3]), tmp_path, monkeypatch)
    for way in WAYS[1:3]:
        assert way.axis in text and way.text in text


def test_a_caption_that_is_not_that_of_the_record_would_be_seen():
    right, wrong = (words(figure_of(trained(way))) for way in (WAYS[2], replace(WAYS[0], samples=1)))
    assert "fresh prompts" not in right and "fresh prompts" in wrong


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.method}, {way.optimiser}")
def test_sentences_and_json_say_the_same(way):
    result = result_of(way)
    assert way.text in "\n".join(result.lines())
    record = result.to_json()["runs"][0]
    assert {name: record[name] for name in ("method", "optimiser", "samples", "unit")} == way.to_json()
    one = Measurement("a", 0, 3, "reached", "why", 1.0, 0.0, 0.0, evidence=way)
    assert one.to_json().items() >= way.to_json().items()


def row_of(way, number):
    return {
        "id": number,
        "theorem": "a.b",
        "inputs": {"n": "4"},
        "seed": 0,
        "method": way.method,
        "numbers": {"loss_at_optimum": 1.0},
        "document": way.to_json() | {"coefficient": [[1.0]], "optimal_coefficient": [[1.0]]},
    }


@pytest.mark.parametrize("ways", [WAYS[:1], WAYS[1:2], WAYS[2:3], WAYS[1:3]], ids=lambda w: w[0].method)
def test_recorded_runs_that_are_drawn_again_say_what_their_records_say(ways, tmp_path, monkeypatch):
    from symicl.views import run_plots

    pyplot, found = run_plots._pyplot(), []
    monkeypatch.setattr(pyplot, "close", lambda figure: found.append(words(figure)))
    rows = [row_of(way, k) for k, way in enumerate(ways)]
    run_plots.draw_runs(rows, [[(0, 1.0), (1, 0.5)]] * len(rows), tmp_path / "runs.png")
    for way in ways:
        assert way.axis in found[0]
        assert summary([way]) in found[0]
    for other in set(WAYS) - set(ways):
        assert summary([other]) not in found[0]


@pytest.mark.parametrize("way", WAYS[:3], ids=lambda way: way.method)
def test_pictures_of_sweeps_say_what_their_records_say(way):
    from symicl.sweeps import Point
    from symicl.sweeps.pictures import Layout, Pictures

    points = [Point({"n": "4"}, [row_of(way, 0), row_of(way, 1)])]
    title = Pictures("a.b", points, Layout("n", None, ()), None)._title("the loss")
    assert summary([way, way]) in " ".join(title.split("\n")[1:])
