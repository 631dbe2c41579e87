"""What is finished is not done again, what comes of it does not depend on who did it, and theory agrees."""

import pytest

from symicl.errors import InputError
from symicl.records import Records
from symicl.studies import recorded
from symicl.sweeps import InThisProcess, Processes, by_point, counts, rows_of, run_sweep

GRID = ("n=6,9", "d=1,3", "sigma2=2")


@pytest.fixture
def records(tmp_path):
    with Records(tmp_path / "runs.db") as found:
        yield found


def stop_after(count, done):
    def progress(found):
        done.append(found)
        if len(done) == count:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_sweep_continues_and_equals_the_uninterrupted_one(tmp_path, records, plan, numbers):
    sweep = plan(*GRID, seeds=2)
    done = []
    with pytest.raises(KeyboardInterrupt):
        run_sweep(sweep, records, InThisProcess(), stop_after(5, done))
    assert len(list(records.rows())) == 5
    done.clear()
    run_sweep(sweep, records, InThisProcess(), done.append)
    assert done.count(True) == 5
    assert done.count(False) == 3
    with Records(tmp_path / "whole.db") as whole:
        run_sweep(sweep, whole, InThisProcess())
        assert numbers(whole) == numbers(records)


@pytest.mark.slow
def test_processes_give_the_same_numbers_bit_for_bit(tmp_path, records, plan, numbers):
    sweep = plan(*GRID)
    run_sweep(sweep, records, Processes(2))
    with Records(tmp_path / "here.db") as here:
        run_sweep(sweep, here, InThisProcess())
        assert numbers(here) == numbers(records)


def test_theory_and_runs_agree(records, plan):
    sweep = plan(*GRID, seeds=2)
    run_sweep(sweep, records, InThisProcess())
    points = by_point(rows_of(sweep, records))
    assert len(points) == 4
    assert counts(points).keys() <= {"reached", "local minimum"}
    for point in points:
        n, d = int(point.inputs["n"]), int(point.inputs["d"])
        sigma2 = 2.0
        minimum = sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2)
        assert point.mean("loss_at_optimum") == pytest.approx(minimum, rel=1e-12)
        assert 0 <= point.mean("relative_excess") < 1e-8
        assert point.mean("scale") == pytest.approx(1, abs=1e-3)
        # A step size with n + d + 2 + σ² would be seen.
        assert abs(point.mean("scale") - (n + d + 1 + sigma2) / (n + d + 2 + sigma2)) > 0.02


def test_other_settings_are_done_anew(records, plan):
    for sweep in (plan("n=6", "d=1"), plan("n=6", "d=1", steps=40), plan("n=6", "d=1", seeds=2)):
        run_sweep(sweep, records, InThisProcess())
    assert len(list(records.rows())) == 3


def test_a_point_that_fails_is_recorded_and_tried_again(records, plan, monkeypatch):
    from symicl.sweeps import training

    def fail(study, given, unit):
        raise InputError("no luck")

    sweep = plan("n=6,9", "d=1")
    with monkeypatch.context() as patch:
        patch.setattr(training, "train_point", fail)
        run_sweep(sweep, records, InThisProcess())
    assert [(row["state"], row["reason"]) for row in records.rows()] == [("failed", "no luck")] * 2
    run_sweep(sweep, records, InThisProcess())
    assert [row["state"] for row in records.rows()] == ["finished"] * 2


def test_workers_with_other_code_are_refused(records, plan, monkeypatch):
    monkeypatch.setattr("symicl.sweeps.unit.sources_of_units", lambda: "other")
    sweep = plan("n=6", "d=1")
    monkeypatch.setattr("symicl.sweeps.unit.sources_of_units", lambda: "mine")
    with pytest.raises(InputError, match="is not the one that sends the work"):
        run_sweep(sweep, records, InThisProcess())


def test_evaluations_are_exact(records, plan):
    sweep = plan("n=20", "d=5", "sigma2=1/4,2", evaluate=True)
    run_sweep(sweep, records, InThisProcess())
    values = [row["document"]["values"]["eta"]["exact"] for row in records.rows()]
    assert values == ["4/105", "1/28"]


@pytest.mark.parametrize(
    ("id", "method"),
    [
        ("mahankali2023.isotropic", "statistic"),
        ("mahankali2023.nonlinear", "tokens"),
        ("zhang2024.lsa_gap", "study"),
    ],
)
def test_a_sweep_is_trained_on_samples_unless_it_is_asked_for_something_else(id, method):
    pytest.importorskip("torch")
    from symicl.cli.commands.sweep import _plan

    def planned(wanted):
        return _plan(id, ["n=6"], 1, None, wanted, evaluate=False)[0].method

    assert planned(None) == method
    if method != "study":
        assert planned("population") == "population"


def test_rows_say_what_they_rest_on(records, plan):
    for method in ("statistic", "population"):
        run_sweep(plan("n=6", "d=1", method=method, steps=20), records, InThisProcess())
    for row in records.rows():
        (evidence,) = recorded(row["document"])
        assert evidence.method == row["method"]
        assert (evidence.samples > 0) == (row["method"] == "statistic")
        assert row["numbers"]["samples"] == evidence.samples


@pytest.mark.parametrize("method", ["tokens", "statistic"])
def test_sampled_training(records, plan, method):
    sweep = plan("n=6", "d=1", "sigma2=2", method=method, steps=20)
    run_sweep(sweep, records, InThisProcess())
    (row,) = records.rows()
    assert row["steps"] == 20
    assert records.points(row["id"])[0][0] == 0
    assert not list(records.path.parent.glob("*.checkpoints"))
