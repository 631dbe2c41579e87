"""What a user gets shows itself in a notebook."""

import pytest

import symicl as si
from symicl.statements import evaluate_theorem


def objects():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    optimum = si.minimise(loss)
    theorem = si.find("mahankali2023.isotropic")
    verdict = si.prove(theorem)
    checked = si.check("dims n, d\nX ~ gaussian(n, d)\nclaim E[tr(X' X)] = n d + 1")
    at = {"n": 20, "d": 5, "sigma2": "1/4"}
    return [
        loss, loss.at(n=20, d=5, sigma2=1), optimum, optimum.at(n=20, d=5, sigma2=1), optimum.certificate,
        optimum.solution, optimum.closed_form, theorem, verdict, verdict.derivation, verdict.derivation.steps[0],
        checked, checked[0], si.LinearRegression(), si.RotationInvariantRegression(), si.find_neuron("relu"),
        si.LinearSelfAttention(), si.GDBeta(), si.OneStepGD(), si.CausalLinearAttention(), si.AutoregressiveTask(),
        evaluate_theorem(theorem, at),
    ]  # fmt: skip


@pytest.mark.parametrize("shown", objects(), ids=lambda o: type(o).__name__)
def test_shows_itself(shown):
    text = (getattr(shown, "_repr_html_", None) or shown._repr_latex_)()
    assert isinstance(text, str) and len(text) > 10


def test_a_claim_is_escaped():
    html = si.check('dims n\nclaim "<b>x</b>": n = n + 1')._repr_html_()
    assert "<b>" not in html and "refuted" in html
