"""Training the gates of a declared recursion: it runs what is declared, and can say no."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")

import numpy as np
import torch
from sympy import Rational

import symicl as si
from symicl.errors import InputError
from symicl.numeric_checks.deltanet.delta_rule import experiment
from symicl.studies import Learner
from symicl.studies.kinds.fresh_descent import FreshSchedule, Part
from symicl.studies.recursions.forward import TokenPass
from symicl.studies.runtime.draws import TorchDraws
from symicl.tasks import exact_values

SMALL = replace(experiment, schedule=FreshSchedule(256, (Part("Adam", 60, 0.05),)))
AT = {"n": 4, "d": 2, "beta": Rational(1, 10)}


def changed(**fields):
    (learner,) = SMALL.learners
    return replace(SMALL, learners=(replace(learner, **fields),))


def test_the_trained_gate_reaches_the_least_risk():
    result = SMALL.run(AT, seeds=[0, 1])
    assert result.verdict == "confirmed" and len(result.runs) == 3 and result.shown.samples > 0


@pytest.mark.parametrize(
    ("factor", "verdict"), [(Rational(6, 5), "contradicted"), (Rational(4, 5), "inconclusive")]
)
def test_another_least_risk_is_not_confirmed(factor, verdict):
    (learner,) = SMALL.learners
    wrong = changed(minimum=lambda values: learner.minimum(values) * factor)
    assert wrong.run(AT, seeds=[0, 1]).verdict == verdict


def test_another_stated_risk_is_contradicted():
    theorem = SMALL.theorem
    wrong = replace(
        theorem,
        corollaries={**theorem.corollaries, "excess": theorem.corollaries["excess"] * Rational(101, 100)},
    )
    assert replace(SMALL, theorem=wrong).run(AT, seeds=[0]).verdict == "contradicted"


def test_a_pass_that_is_not_the_one_of_the_closed_form_is_contradicted(monkeypatch):
    whole = TokenPass.after_each

    def one_more(self, gates, draws, size, *, last=False):
        self.tokens += 1
        yield from whole(self, gates, draws, size, last=last)
        self.tokens -= 1

    monkeypatch.setattr(TokenPass, "after_each", one_more)
    assert SMALL.run({**AT, "beta": Rational(1, 5)}, seeds=[0]).verdict == "contradicted"


def test_too_much_to_train_is_refused_by_a_sentence():
    with pytest.raises(InputError, match="n=100000000"):
        SMALL.run({"n": 100_000_000})


def test_any_declared_recursion_runs_as_it_is_written():
    """A momentum, a matrix as the state, what is drawn once, and a query at the end."""
    n, d = si.dims("n d")
    mu, eta = si.scalar("mu"), si.scalar("eta")
    S, V = si.vector("S", d), si.vector("V", d)
    x, w, q = si.gaussian("x", d), si.gaussian("w", d), si.gaussian("q", d)
    moved = mu * V + eta * x * x.T * (w - S)
    rule = si.recursion({S: 0 * w, V: 0 * w}, {S: S + moved, V: moved}, tokens=n, constant=[w])
    risk = rule.expect((q.T * (S - w)) ** 2)
    values = exact_values(
        {name: s for name, s in risk.symbols.items() if name not in ("mu", "eta")}, {"n": 3, "d": 2}
    )
    gates = {"mu": torch.tensor([0.5]).double(), "eta": torch.tensor([0.1, 0.2, 0.1]).double()}
    found = TokenPass(risk, values)(gates, TorchDraws(0, "float64"), 200_000).numpy()
    exact = float(
        risk.at(n=3, d=2, mu=[Rational(1, 2)] * 3, eta=[Rational(1, 10), Rational(1, 5), Rational(1, 10)])
    )
    assert abs(found.mean() - exact) < 6 * found.std() / np.sqrt(len(found)) < 0.1 * exact


def test_a_learner_may_have_one_gate_for_each_token():
    risk = SMALL.risk
    schedule = risk.greedy("beta")
    own = Learner(
        "one for each token",
        risk,
        {"beta": lambda values: Rational(1, 10)},
        lambda values: schedule.at(digits=35, n=4, d=2, sigma2=Rational(1, 2)).value,
        per_token=True,
    )
    result = replace(SMALL, learners=(own,)).run({**AT, "sigma2": Rational(1, 2)}, seeds=[0, 1])
    assert result.verdict == "confirmed"
