"""Attention on tokens with independent entries: the diagonal of a product of weights is a letter of the loss."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from oracle.diagonal_parts import case as diagonal_case
from symicl.certificates.checkers.command import main as check_certificates
from symicl.numeric import LossGradient
from symicl.statements.entrywise_prompts import instances

n, d, kappa = *si.dims("n d"), si.scalar("kappa", positive=True)
task = si.LinearRegression(covariates=si.independent_entries("X", (n, d), fourth=kappa))
model = si.LinearSelfAttention()
W = np.array([[0.5], [-0.25], [0.75]])
M = np.array([[0.5, 0.25, 0], [0.25, -0.5, 0], [0.25, 0.75, 0]])


@pytest.fixture(scope="module")
def loss():
    return si.expected_loss(model, task)


@pytest.mark.parametrize(
    ("n", "d", "kappa", "excess"), [(2, 2, 1, "2/3"), (4, 3, 1, "1"), (3, 4, 1, "2"), (2, 3, 5, "9/4")]
)
def test_the_least_excess_losses_that_enumeration_gives(loss, n, d, kappa, excess):
    at = si.minimise(loss).at(n=n, d=d, kappa=kappa, sigma2=0)
    assert at.value == sympy.Rational(excess)


def test_both_engines_agree_and_the_kurtosis_is_seen():
    found = list(instances(task, model))
    assert found and all(closed == value for _, _, closed, value in found)


def test_the_minimum_is_certified(loss, tmp_path):
    optimum = si.minimise(loss)
    assert optimum.symmetry == "the signed permutations of coordinates"
    assert optimum.certificate.distance
    file = tmp_path / "kurtosis.certificate.jsonl"
    file.write_text(text := str(si.certificate(optimum)))
    assert check_certificates([str(file)]) == 0
    assert '"diagonal_of"' in text and '"rule":"asserted"' not in text
    # A diagonal of another product is not accepted.
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if '"diagonal_of"' in line)
    of = lines[at].split('"diagonal_of":')[1].split("}")[0].split(",")[0]
    where = next(i for i, line in enumerate(lines) if line.startswith(f'{{"id":{of},'))
    lines[where] = lines[where].replace("-", "", 1)
    if lines != text.splitlines():
        file.write_text("\n".join(lines))
        assert check_certificates([str(file)]) == 1


def test_values_and_slopes_at_numbers(loss):
    at = loss.at(n=3, d=2, kappa=2, sigma2="1/4")
    exact = at(w=W, M=M)
    assert float(exact) == pytest.approx(float(at.compile("numpy")({"w": W, "M": M})), rel=1e-12)
    gradient = LossGradient(loss.closed_form, at.values, loss.parameters)
    _, slopes = gradient({"w": W, "M": M})
    step = 1e-6
    for i in range(3):
        for j in range(2):
            moved = [M.copy(), M.copy()]
            moved[0][i, j] += step
            moved[1][i, j] -= step
            up, down = (float(at.compile("numpy")({"w": W, "M": m})) for m in moved)
            assert slopes["M"][i, j] == pytest.approx((up - down) / (2 * step), rel=1e-5)
    plain = si.expected_loss(model, si.LinearRegression()).at(n=3, d=2, sigma2="1/4")(w=W, M=M)
    assert loss.at(n=3, d=2, kappa=3, sigma2="1/4")(w=W, M=M) == plain != exact


def test_torch_has_the_same_slopes(loss):
    torch = pytest.importorskip("torch")
    at = loss.at(n=3, d=2, kappa=Fraction(7, 2), sigma2="1/4")
    given = {name: torch.tensor(x, requires_grad=True) for name, x in (("w", W), ("M", M))}
    at.compile("torch")(given).backward()
    _, slopes = LossGradient(loss.closed_form, at.values, loss.parameters)({"w": W, "M": M})
    assert given["M"].grad.numpy() == pytest.approx(slopes["M"])


def test_what_is_inside_the_diagonal_is_not_replaced_silently(loss):
    for call in (lambda: loss.gradient("B"), lambda: si.flow(loss)):
        with pytest.raises(si.UnsupportedError, match="one letter"):
            call()
    assert loss.gradient("a") and loss.gradient("c")


def test_a_query_that_attends_to_itself_is_refused_by_name():
    with pytest.raises(si.UnsupportedError, match="entrywise product"):
        si.expected_loss(si.LinearSelfAttention(query_in_context=True), task)


@pytest.mark.parametrize("model", [model, si.OneStepGD()])
def test_a_covariance_of_the_task_meets_the_signs_of_tokens(model, tmp_path):
    """The normal equation has the diagonal of S; the matrix that is cut out of an average is in no letter."""
    S = si.covariance("S", d)
    turned = si.LinearRegression(covariates=si.rademacher("X", (n, d)), task_cov=S)
    optimum = si.minimise(si.expected_loss(model, turned))
    assert str(optimum).lower().startswith("k⋆ = s [(n + 1) s - 2 diag(diag(s)) + (tr(s) + σ²) i_d]⁻¹\n")
    assert all(closed == value for _, _, closed, value in instances(turned, model))
    file = tmp_path / "signs.certificate.jsonl"
    file.write_text(str(si.certificate(optimum)))
    assert check_certificates([str(file)]) == 0


@pytest.mark.parametrize("seed", range(30))
def test_diagonals_by_going_through_all_signs(seed):
    try:
        found, right = diagonal_case(seed)
    except si.UnsupportedError as error:
        assert "entrywise product" in str(error)
        return
    assert found == right
