"""What a training will take is measured on a part of it, and said before it begins."""

import time

import numpy as np
import pytest

pytest.importorskip("torch")

from symicl.errors import InputError
from symicl.studies import find_experiment
from symicl.studies.runtime.cost import expected_seconds


def work(seconds):
    def once():
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass

    return once


def test_pieces_are_multiplied_by_their_number():
    assert expected_seconds([(work(0.02), 10), (work(0.05), 2)]) == pytest.approx(0.3, rel=0.3)


def test_a_later_piece_may_depend_on_an_earlier_one():
    done = []

    def parts():
        yield lambda: done.append("start"), 1
        yield lambda: done.append(done[0]), 1

    expected_seconds(parts())
    assert done[0] == "start"


@pytest.mark.parametrize("id", ["mahankali2023.isotropic", "mahankali2023.nonlinear"])
def test_the_estimate_is_of_the_size_of_what_a_run_takes(id):
    study = find_experiment(id)
    given, seeds = {"n": 20, "d": 5}, [0, 1]
    estimate = study.expected_seconds(given, seeds=seeds)
    started = time.process_time()
    study.run(given, seeds=seeds)
    took = time.process_time() - started
    assert took / 4 < estimate < 4 * took


@pytest.mark.parametrize(
    "id", ["mahankali2023.nonlinear", "zhang2024.lsa_gap", "zhang2024.bayes", "zhang2024.gradient_flow"]
)
def test_it_grows_with_the_sizes(id):
    study = find_experiment(id)
    small, large = (study.expected_seconds({"n": n, "d": 2}) for n in (4, 400))
    assert large > 2 * small


def test_what_is_hopeless_is_refused_and_not_estimated():
    with pytest.raises(InputError, match="n=100000000"):
        find_experiment("mahankali2023.isotropic").expected_seconds({"n": 100_000_000})


def test_the_closed_form_of_the_loss_takes_the_same_at_all_sizes():
    exact = find_experiment("mahankali2023.isotropic").trained_by(method="population")
    assert exact.expected_seconds({}) is None


def test_long_trainings_are_announced_and_short_ones_are_not(capsys):
    from symicl.cli.commands.train import _say_cost

    for seconds in (None, 1.0):
        _say_cost(seconds)
    assert not capsys.readouterr().err
    _say_cost(40.0)
    assert "about 40 seconds of CPU time" in capsys.readouterr().err
    _say_cost(600.0)
    assert "about 10 minutes of CPU time" in capsys.readouterr().err


def test_long_contexts_are_sampled_in_parts_that_fit_into_memory():
    study = find_experiment("zhang2024.bayes")
    at = study.at({"n": 10_000})
    assert study.drawn_together(at, 20_000) * 10_000 * 3 <= 2_000_000
    errors = study.direct(at, 2, np.random.default_rng(0))
    assert errors.shape == (2,) and (errors < 0.01).all()
