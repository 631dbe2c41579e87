"""Models of sequences are trained by the same `train` as those of prompts, and held against the derived minimum."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import symicl as si
from symicl.errors import InputError

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin" / "own_kinds"))

from symicl_own_kinds import experiments, sequences

AT = {"d": 2, "T": 5, "rho": "1/2"}
quick = replace(experiments.sequences, steps=300, defaults=AT)


class Dishonest(sequences.ScaledAttention):
    """On tensors it computes something else."""

    def forward(self, weights, sequence):
        found = super().forward(weights, sequence)
        return found * 2.0 if hasattr(weights["a"], "requires_grad") else found


def test_training_reaches_the_derived_minimum_on_fresh_sequences():
    result = si.train(sequences.model, sequences.task.at(**AT), seed=1, steps=300)
    assert result.verdict == "reached" and 0 <= result.excess_loss < 0.01 * result.loss_at_optimum
    best = si.minimise(si.expected_loss(sequences.model, sequences.task)).at(**AT)
    assert result.loss_at_optimum == float(best.value)
    assert np.allclose(result.coefficient, float(best.coefficient["a"]), rtol=0.05)
    assert abs(result.sampled_loss - best.value) < 6 * result.sampled_error + result.excess_loss
    assert "sampled sequences" in result.evidence.text
    again = si.train(sequences.model, sequences.task.at(**AT), seed=1, steps=300)
    assert (again.weights["a"] == result.weights["a"]).all()


def test_a_pass_that_is_not_that_of_the_closed_form_is_contradicted():
    result = si.train(Dishonest(), sequences.task.at(**AT), steps=300)
    assert result.verdict == "contradicted" and "on fresh sequences the loss is" in result.reason


def test_without_a_derived_minimum_nothing_is_reached():
    result = si.train(si.CausalLinearAttention(), si.AutoregressiveTask().at(d=1, T=4), steps=20)
    assert result.verdict == "unfinished" and "no minimum of this loss is derived" in result.reason


def test_few_steps_are_not_enough():
    assert si.train(sequences.model, sequences.task.at(**AT), steps=3).verdict == "unfinished"


def test_the_experiment_confirms():
    result = quick.run()
    assert result.verdict == "confirmed" and "tell apart: d for d − 1" in result.reason


def test_a_wrong_statement_is_contradicted():
    wrong = replace(sequences.theorem, states={"a": sequences.theorem.states["a"] * 2})
    assert replace(quick, theorem=wrong).run(seeds=[0]).verdict == "contradicted"


@pytest.mark.parametrize("wrong", [{}, {"the same": dict(sequences.theorem.states)}])
def test_what_could_not_have_said_no_confirms_nothing(wrong):
    assert replace(quick, nearest_wrong=wrong).run().verdict == "inconclusive"


def test_a_wrong_statement_too_near_is_not_told_apart():
    near = {"a hair more": {"a": sequences.theorem.states["a"] * (1 + sequences.rho / 10**9)}}
    assert replace(quick, nearest_wrong=near).run().verdict == "inconclusive"


def test_a_run_is_taken_up_from_its_checkpoint(tmp_path):
    file = tmp_path / "run.pt"
    first = si.train(sequences.model, sequences.task.at(**AT), steps=20, checkpoint=file)
    assert file.exists()
    again = si.train(sequences.model, sequences.task.at(**AT), steps=20, checkpoint=file)
    assert (again.weights["a"] == first.weights["a"]).all() and again.steps == 20


@pytest.mark.parametrize("options", [{"method": "population"}, {"device": "cuda"}], ids=str)
def test_options_that_are_not_there_are_refused(options):
    with pytest.raises(InputError):
        si.train(sequences.model, sequences.task.at(**AT), **options)


def test_kinds_that_do_not_go_together():
    with pytest.raises(InputError, match="ScaledAttention does not go with LinearRegression"):
        si.train(sequences.model, si.LinearRegression().at(n=3, d=2, sigma2=1))
    with pytest.raises(InputError, match="OneStepGD does not go with Doubled"):
        si.train(si.OneStepGD(), sequences.task.at(**AT))
