"""A prior mean costs attention nothing if its prompt carries a guess: a theorem of one's own, proved and certified."""

import pytest

import symicl as si
from symicl.algebra import read_form
from symicl.certificates.checkers.command import main as check_certificates
from symicl.statements import (
    EveryMinimiser,
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    prove,
    reduce_weights,
    solution_ratio,
    solve,
)
from symicl.statements.second_engine import second_opinion

d, psi = si.dims("d"), si.scalar("psi", positive=True)
mu = si.vector("mu", d)
task, model = si.LinearRegression(task_mean=mu, task_cov=psi), si.InitialGuessAttention()
n, sigma2, X, y, x = task.n, task.noise, task.X, task.y, task.x


def theorem(extra: int) -> Theorem:
    """One step of gradient descent from μ, with n + d + `extra` below."""
    below = (n + d + extra) * psi + sigma2
    found = Theorem(
        id="mine.guess",
        title="A guess in the prompt",
        paper=Paper("mine", "Me", "Guesses", 2026, "none"),
        source="Proposition 1",
        assumptions=(r"$x\sim N(0,I_d)$, $w\sim N(\mu,\psi I_d)$, noise of variance $\sigma^{2}$",),
        task=task,
        model=model,
        propositions=(EveryMinimiser(x.T * mu + psi / below * x.T * X.T * (y - X * mu)),),
        states={"eta": psi / below, "excess": d * psi * ((d + extra) * psi + sigma2) / below},
        notation={"eta": r"\eta"},
    )

    @found.derivation
    def derive(step):
        step.axiom("Stein's identity for centred Gaussians")
        reduce_weights(step, model, task)
        optimum = solve(step, derive_loss(step, model, task))
        certify(step, optimum)
        loss = minimal_value(step, optimum)
        return {
            "eta": solution_ratio(optimum).scalar_multiple_of_identity(),
            "excess": loss - read_form(sigma2),
        }

    return found


@pytest.fixture(scope="module")
def proved():
    return prove(theorem(1), record=True)


def test_it_is_proved_and_certified(proved, tmp_path):
    assert proved.status == "proved", proved.reason
    file = tmp_path / "guess.certificate.jsonl"
    file.write_text(proved.proof_log)
    assert check_certificates([str(file)]) == 0


def test_the_second_engine_agrees(proved):
    assert second_opinion(proved).losses == 4


def test_a_wrong_step_is_refuted():
    assert prove(theorem(2)).status == "refuted"
