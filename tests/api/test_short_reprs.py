"""The repr of an object is short, however much the object holds."""

import pytest

import symicl as si


def objects():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    optimum = si.minimise(loss)
    sequences = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask())
    theorem = si.find("mahankali2023.isotropic")
    return [
        loss, loss.at(n=3, d=2, sigma2=1), optimum, optimum.problem, optimum.equation, optimum.certificate,
        optimum.at(n=3, d=2, sigma2=1), sequences, sequences.in_time, sequences.at(d=3, T=5), theorem,
        si.prove(theorem),
        si.minimise(si.expected_loss(si.GDBeta(), si.LinearRegression())),
        si.check("dims d\nx ~ N(0, I_d)\nclaim E[x' x] = d"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    return {type(thing).__name__: repr(thing) for thing in objects()}


def test_it_is_short(shown):
    long = {name: len(text) for name, text in shown.items() if len(text) > 300 or text.count("\n") > 20}
    assert not long


def test_it_names_the_model_and_the_task(shown):
    for name in ("Loss", "LossAt", "Optimum", "LiftedProblem"):
        assert "LinearSelfAttention" in shown[name] or "GDBeta" in shown[name]
        assert "LinearRegression" in shown[name]
    assert "d: 3" in shown["AutoregressiveLossAt"] and "isotropic" in shown["Theorem"]
