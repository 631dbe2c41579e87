"""One runner, one kind of checkpoint, one rule of judging, for every kind of study."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from symicl.errors import InputError  # noqa: E402
from symicl.numeric_checks.mahankali2023 import isotropic  # noqa: E402
from symicl.numeric_checks.sander2024 import augmented, unitary  # noqa: E402
from symicl.numeric_checks.zhang2024 import bayes, gradient_flow, lsa_gap  # noqa: E402
from symicl.numeric_checks.zheng2024 import not_gd  # noqa: E402
from symicl.studies import Schedule  # noqa: E402
from symicl.studies.augmented.haar import HaarExperiment  # noqa: E402
from symicl.studies.kinds import stepwise  # noqa: E402
from symicl.studies.kinds.fresh_descent import DESCENT, FreshDescent, FreshSchedule, Part  # noqa: E402
from symicl.studies.kinds.judging import Grounds, judge, not_told_apart, too_few, unreached  # noqa: E402

# --- one checkpoint -----------------------------------------------------------------------------------

SCHEDULE = FreshSchedule(4, (Part(DESCENT, 7, 0.05), Part("Adam", 9, 0.02), Part("Adam", 8, 0.01)), 5)


def quadratic(**options):
    """E|W x − x|² on fresh x, two runs side by side."""

    def losses(weights, draws, batch):
        x = draws.normal(batch, 3)
        return (x @ weights["W"].mT - x).square().sum(-1).mean(-1)

    def watch(weights):
        return {"trace": weights["W"].diagonal(dim1=-2, dim2=-1).sum(-1).numpy().copy()}

    start = {"W": np.zeros((2, 3, 3))}
    return FreshDescent(losses, start, 3, SCHEDULE, "a square", watch=watch, **options)


def stopped(at):
    """Progress that stops a run as Ctrl-C does."""

    def progress(step, total, excess):
        if step == at:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("at", [1, 6, 7, 11, 16, 22])
def test_a_run_that_was_stopped_goes_on_bit_for_bit(at, tmp_path):
    whole, part, rest = quadratic(), quadratic(), quadratic()
    whole.train()
    part.train(stopped(at), tmp_path / "run.pt")
    assert part.interrupted and part.step == at
    rest.train(checkpoint=tmp_path / "run.pt")
    assert rest.trajectory == whole.trajectory
    for one, other in zip(
        [rest.path.average, *rest.path.ends, *rest.path.seen],
        [whole.path.average, *whole.path.ends, *whole.path.seen],
        strict=True,
    ):
        assert all(np.array_equal(one[name], other[name]) for name in other)
    assert all(map(np.array_equal, rest.path.losses, whole.path.losses))


def test_a_finished_run_is_taken_from_its_checkpoint(tmp_path, monkeypatch):
    first, again = quadratic(), quadratic()
    first.train(checkpoint=tmp_path / "run.pt")
    monkeypatch.setattr(FreshDescent, "advance", lambda self: 1 / 0)
    again.train(checkpoint=tmp_path / "run.pt")
    assert np.array_equal(again.path.average["W"], first.path.average["W"])


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    quadratic().train(checkpoint=tmp_path / "run.pt")
    other = quadratic(masks={"W": np.eye(3)})
    with pytest.raises(InputError, match="other settings"):
        other.train(checkpoint=tmp_path / "run.pt")


def test_a_checkpoint_of_an_earlier_format_is_refused(tmp_path):
    torch.save({"format": "symicl training checkpoint 1", "run": ""}, tmp_path / "run.pt")
    with pytest.raises(InputError, match="not a checkpoint of this version"):
        quadratic().train(checkpoint=tmp_path / "run.pt")


POSITIONAL = replace(unitary.experiment, steps=30, polish=10, few=(2, 2, 1, 10))
AUGMENTED = replace(augmented.experiment, steps=40, haar=HaarExperiment(d=2, length=4, steps=20, batch=8))
CAUSAL = replace(not_gd.experiment, d=2, T=4, batch=16, starts=((0.6, 0.9),))
FLOW = replace(gradient_flow.experiment, steps=20, batch=16, block_starts=1, block_steps=10)
SAMPLED = replace(bayes.experiment, sizes=(2, 20), steps=1, trained=None)
LEVELS = replace(lsa_gap.experiment, contenders=lsa_gap.experiment.contenders[:1], max_seeds=1, seeds=(0, 1))
SHORT = Schedule(steps=30, batch=(128, 128), lr=0.02)


@pytest.mark.parametrize(
    ("study", "given"),
    [
        (POSITIONAL, {"d": 2, "H": 2, "T": 3}),
        (AUGMENTED, {"d": 2, "T_max": 3}),
        (CAUSAL, {}),
        (FLOW, {"n": 2, "d": 1, "H": [[1]], "Psi": [[1]], "sigma2": "1/4", "beta_star": [1]}),
        (SAMPLED, {}),
        (replace(isotropic.experiment, schedule=SHORT, max_seeds=2), {"n": 3, "d": 1}),
        (
            replace(LEVELS, contenders=(replace(LEVELS.contenders[0], schedule=SHORT),)),
            {"n": 3, "d": 1, "sigma2": 1, "H": [[1]], "Psi": [[1]], "beta_star": [3]},
        ),
    ],
    ids=["positional", "augmented", "causal", "flow", "bounds", "experiment", "levels"],
)
def test_every_study_goes_on_where_it_was_stopped(study, given, tmp_path, monkeypatch):
    """In the middle of its second run: the first one is not done again, and all numbers are the same."""
    begun, steps = [], []

    def progress(seed, step, total, excess):
        if not begun or step <= begun[-1]:
            begun.append(step)
        begun[-1] = step
        if len(begun) == 2 and step < total:
            raise KeyboardInterrupt

    real = stepwise.Stepwise._record
    monkeypatch.setattr(
        stepwise.Stepwise, "_record", lambda run, relay: (steps.append(run), real(run, relay))[1]
    )
    whole = study.run(given)
    all_steps = len(steps)
    steps.clear()
    stopped = study.run(given, checkpoint=tmp_path, progress=progress)
    assert stopped.interrupted and stopped.verdict == "inconclusive"
    stopped.document()
    assert [file.suffix for file in tmp_path.iterdir()] == [".pt"] * 2
    before = len(steps)
    steps.clear()
    rest = study.run(given, checkpoint=tmp_path)
    assert not rest.interrupted
    assert len(steps) == all_steps - before

    def numbers(result):
        hidden = ("seconds", "distance_to_optimum")
        return [{k: v for k, v in run.items() if k not in hidden} for run in result.document()["runs"]]

    assert repr(numbers(rest)) == repr(numbers(whole))
    assert (rest.verdict, rest.reason) == (whole.verdict, whole.reason)


# --- one rule of judging --------------------------------------------------------------------------------


@dataclass
class Outcome:
    verdict: str = "reached"
    seed: int = 0
    samples: int = 100
    is_claimed: bool = True
    name: str = "a run"
    reason: str = "why"


def verdict(runs, *, interrupted=False, **rest):
    rest = {"lacking": unreached(runs), **rest}
    return judge(Grounds(runs, lambda: "all is well", **rest), interrupted=interrupted)


def test_what_arrived_on_samples_is_confirmed():
    assert verdict([Outcome(), Outcome(seed=1)]) == ("confirmed", "all is well")


def test_a_single_contradiction_outweighs_everything():
    runs = [Outcome(), Outcome("unfinished"), Outcome("contradicted", seed=7)]
    assert verdict(runs, interrupted=True) == ("contradicted", "a run, seed 7: why")
    assert verdict([Outcome()], contradictions=["it differs"]) == ("contradicted", "it differs")


def test_a_run_that_the_statement_does_not_speak_of_decides_nothing():
    aside = Outcome("contradicted", is_claimed=False)
    assert verdict([Outcome(), aside], lacking=())[0] == "confirmed"


def test_what_was_interrupted_or_lacks_something_is_inconclusive():
    assert verdict([Outcome()], interrupted=True)[0] == "inconclusive"
    assert verdict([Outcome(), Outcome("unfinished", seed=1)]) == ("inconclusive", "a run, seed 1: why")
    assert verdict([Outcome()], lacking=["too little", 1 / 3]) == ("inconclusive", "too little")


def test_without_samples_nothing_is_confirmed():
    found, reason = verdict([Outcome(samples=0)])
    assert found == "inconclusive" and "0 runs of the real model on samples" in reason


def test_how_many_runs_are_needed():
    one, left = Outcome(), Outcome("unfinished", seed=3)
    assert not list(too_few([one, one, left], "runs"))
    assert list(too_few([one, left, left], "runs")) == ["only 1 of 3 runs arrived; a run, seed 3: why"]
    assert not list(too_few([one], "runs"))
    assert list(too_few([], "runs")) == ["only 0 of 0 runs arrived"]


def test_wrong_versions_have_to_be_told_apart():
    assert list(not_told_apart({"near": 0.9, "far": 1.1, "unknown": float("nan")})) == [
        "no run told the statement apart from a wrong one: near",
        "no run told the statement apart from a wrong one: unknown",
    ]
