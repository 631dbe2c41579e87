"""Several responses and a covariance: the best coefficient is an identity on the responses, times a matrix."""

import pytest

import symicl as si
from symicl.certificates.checkers import proof

n, d, m = si.dims("n d m")
Sigma, Psi = si.covariance("Sigma", d), si.covariance("Psi", m)
s = si.scalar("sigma2", nonnegative=True)
X, x = si.gaussian("X", (n, d), col_cov=Sigma), si.gaussian("x", d, row_cov=Sigma)
E, e = si.gaussian("E", (n, m), col_cov=s), si.gaussian("e", m, row_cov=s)
MODELS = [si.Layers([si.Attention()]), si.Layers([si.Residual(si.Attention()), si.LinearMLP()])]


def task(row_cov=None, noise=True):
    W = si.gaussian("W", (m, d)) if row_cov is None else si.gaussian("W", (m, d), row_cov=row_cov)
    y, y0 = (X * W.T + E, W * x + e) if noise else (X * W.T, W * x)
    return si.GaussianRegression(X, x, responses=y, response=y0)


@pytest.mark.parametrize("model", MODELS, ids=["attention", "block"])
def test_the_optimum_is_a_step_of_a_matrix(model):
    found = si.minimise(si.expected_loss(model, task()))
    step = si.minimise(si.expected_loss(si.OneStepGD(), task()))
    assert found.attained == "weights"
    assert found.closed_form == step.closed_form
    assert str(found).splitlines()[0] == "K⋆ = [(n + 1) Σ + (tr(Σ) + σ²) I_d]⁻¹"


def test_no_weights_are_better():
    """The excess over the optimum is a mean square, for all weights, as for one response."""
    loss = si.expected_loss(MODELS[0], task(noise=False))
    found = si.minimise(loss)
    assert found.certificate.distance
    numbers = {"n": 3, "d": 2, "m": 2, "Sigma": [[2, 1], [1, 3]]}
    least, at = found.at(**numbers).value, loss.at(**numbers)
    K = found.at(**numbers).coefficient
    one = [[1, 0], [0, 1]]

    def weights(K, responses):
        """With n K in the keys, as attention divides by n = 3."""
        keys = [[*(3 * c for c in row), 0, 0] for row in K.tolist()] + [[0] * 4] * 2
        values = [[0] * 4] * 2 + [[0, 0, *row] for row in responses]
        return {"W_PV": values, "W_KQ": keys}

    assert at(**weights(K, one)) == least
    assert at(**weights(K, [[1, 0], [0, 2]])) > least
    assert at(**weights(K + K, one)) > least


def test_the_certificate_is_accepted():
    text = si.certificate(si.minimise(si.expected_loss(MODELS[0], task())))
    running = proof.Checker()
    running.check([(line + "\n").encode() for line in text.splitlines()])
    assert running.asserted == [] and len(running.propositions) == 1


def test_responses_that_are_correlated():
    """Without noise a covariance between the rows of the task changes nothing but the size of the loss."""
    found = si.minimise(si.expected_loss(MODELS[0], task(Psi, noise=False)))
    assert str(found).splitlines()[0] == "K⋆ = [(n + 1) Σ + tr(Σ) I_d]⁻¹"
    with pytest.raises(si.UnsupportedError, match="each direction of the responses has a matrix of its own"):
        si.minimise(si.expected_loss(MODELS[0], task(Psi)))
