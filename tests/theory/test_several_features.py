"""Optima over several features: traces of the unknown, tensors, heads; and weights that attain them."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
import sympy

import symicl as si
from symicl.algebra import closed_form, diagonal, read_form, transpose
from symicl.errors import DerivationError
from symicl.theory import excess_identity
from symicl.theory.features import lifted_features
from symicl.theory.heads.attained_by_heads import heads_that_attain
from symicl.theory.optimum import LowerBound
from symicl.theory.spanning import spanned_optimum

n, d = si.dims("n d")
mu, psi = si.vector("mu", d), si.scalar("psi", nonnegative=True)
sigma2 = si.scalar("sigma2", nonnegative=True)
retrieval = si.RetrievalRegression()
guessed = si.LinearRegression(task_mean=mu, task_cov=psi)


@cache
def optimum(model, task):
    return si.minimise(si.expected_loss(model, task))


# --- Covariates that lean towards the query ----------------------------------------------------------------

RETRIEVAL = [
    si.LinearSelfAttention(),
    si.LinearSelfAttention(query_in_context=True),
    si.LinearTransformerBlock(),
    si.MultiHeadLinearAttention(2),
    si.OneStepGD(),
]


@pytest.mark.parametrize("model", RETRIEVAL, ids=str)
def test_on_retrieved_examples_all_weights_give_one_step_of_descent(model):
    found = optimum(model, retrieval)
    assert found.attained == "weights" and found.certificate and excess_identity(found) == 0
    for (n, d, alpha, s), excess in {
        (20, 20, Fraction(3, 10), 0): 5.661723,
        (20, 5, Fraction(3, 5), Fraction(1, 2)): 1.052186,
        (10, 5, Fraction(9, 10), 0): 1.133668,
    }.items():
        at = found.at(n=n, d=d, alpha=alpha, sigma2=s)
        assert abs(float(at.value) - float(s) - excess) < 1e-6


def test_the_step_on_retrieved_examples():
    found = optimum(si.LinearSelfAttention(), retrieval)
    a = si.scalar("alpha") ** 2
    fourth = (n - 1) * (d**2 + 4 * d + 5)
    second = d**2 + 2 * d * n + d * sigma2 + 3 * d + 2 * n + sigma2 + 4
    A = d * n * (a * d + a + 1)
    B = d * n * (a**2 * fourth + a * second + d + n + sigma2 + 1)
    step = found.solution.scalar_multiple_of_identity().expr
    assert sympy.cancel(step - A / B) == 0
    assert sympy.cancel(found.value - sigma2 - d + A**2 / B) == 0
    ((function, coefficient),) = ((f.function, f.coefficient) for f in found.features)
    assert function.expr == sympy.Trace(found.loss.task.y.T * found.loss.task.X * found.loss.task.x)
    assert sympy.cancel(coefficient.expr - A / B) == 0 and found.symmetry == "O(d)"


def test_a_slightly_wrong_solution_is_not_certified():
    found = optimum(si.LinearSelfAttention(), retrieval)
    wrong = replace(found, solution=found.solution * Fraction(101, 100))
    with pytest.raises(DerivationError, match="does not solve"):
        wrong.certificate  # noqa: B018


def test_without_the_lean_it_is_the_theorem_on_isotropic_data():
    found = optimum(si.LinearSelfAttention(), retrieval)
    isotropic = optimum(si.LinearSelfAttention(), si.LinearRegression())
    assert sympy.cancel(found.value.subs(si.scalar("alpha"), 0) - isotropic.value) == 0


# --- A prior mean ------------------------------------------------------------------------------------------


def gap_of_all_heads():
    """The excess of any number of heads over GD-β, with r = ‖μ‖²."""
    r = sympy.Trace(mu.T * mu)
    s = sigma2
    top = d**2 * psi**2 + d * n * psi**2 + d * psi**2 + 2 * d * psi * s + s**2
    below = (
        d**3 * n * psi**2 + d**2 * n**2 * psi**2 + d**2 * n * psi**2 + 2 * d**2 * n * psi * s + 2 * d**2 * psi**2
        + 2 * d * n * psi**2 + d * n * s**2 + 2 * d * psi**2 + 4 * d * psi * s + n * s**2 + 2 * s**2
    )  # fmt: skip
    return 2 * r * top / below


@pytest.mark.parametrize("heads", [1, 2])
def test_what_a_prior_mean_costs_attention(heads):
    bound = optimum(si.MultiHeadLinearAttention(heads), guessed)
    descent = optimum(si.GDBeta(), guessed)
    assert isinstance(bound, LowerBound) and bound.attained == "lower bound"
    if heads == 1:
        assert bound.certificate and excess_identity(bound) == 0
    assert bound.closed_form - descent.closed_form == read_form(gap_of_all_heads())
    at = {"n": 3, "d": 2, "mu": [1, 1], "psi": 1, "sigma2": 0}
    assert bound.at(**at).value - descent.at(**at).value == sympy.Rational(1, 2)
    assert bound.symmetry == "the stabiliser of mu in O(d)"


def test_the_features_of_attention_with_a_prior_mean_are_shown():
    bound = optimum(si.MultiHeadLinearAttention(1), guessed)
    task = bound.loss.task
    shown = {f.function.expr for f in bound.features}
    guess = sympy.Trace(mu.T * task.x)
    assert shown == {
        sympy.Trace(task.r.T * task.X * task.x),
        sympy.Trace(task.X * task.X.T) * guess,
        guess * sympy.Trace(task.r.T * task.r),
    }
    text, latex = str(bound), bound.latex()
    assert "lower bound" in text and "k₁ = " in text and r"k_{1} = " in latex and "L^*" not in text


def test_with_two_covariances_the_bound_is_that_of_the_theorem():
    H, Psi = si.covariance("H", d), si.covariance("Psi", d)
    task = si.LinearRegression(covariate_cov=H, task_mean=mu, task_cov=Psi)
    bound, descent = (optimum(model, task) for model in (si.MultiHeadLinearAttention(), si.GDBeta()))
    at = {"n": 3, "sigma2": Fraction(1, 3), "mu": [1, -2], "H": [[2, 1], [1, 3]], "Psi": [[1, -1], [-1, 2]]}
    h, p, m = (sympy.Matrix(at[name]) for name in ("H", "Psi", "mu"))
    s = sympy.Rational(1, 3)
    tau = (h * p).trace() + s
    kappa = 2 / (2 + 3 * (2 + s**2 / (tau**2 + 4 * (h * p * h * p).trace())))
    assert bound.at(**at).value - descent.at(**at).value == kappa * (m.T * h * m)[0]


def test_as_many_heads_as_dimensions_and_one_attain_it():
    H, Psi = si.covariance("H", d), si.covariance("Psi", d)
    general = si.LinearRegression(covariate_cov=H, task_mean=mu, task_cov=Psi)
    for task in (guessed, general):
        bound = optimum(si.MultiHeadLinearAttention(2), task)
        assert bound.attained == "lower bound" and bound.heads == d + 1
        assert "d + 1 heads attain it" in str(bound) and "$d + 1$ heads attain it" in bound.latex()
    assert optimum(si.LinearTransformerBlock(residual=False), guessed).heads is None


@pytest.mark.parametrize(("heads", "attained"), [(2, "lower bound"), (3, "weights"), (4, "weights")])
def test_at_a_number_of_dimensions_the_heads_are_counted(heads, attained):
    found = optimum(
        si.MultiHeadLinearAttention(heads), si.LinearRegression(task_mean=si.vector("mu", 2), d=2)
    )
    assert found.attained == attained and found.heads == 3
    assert ("lower bound" in str(found)) == (attained == "lower bound")
    with pytest.raises(si.UnsupportedError, match=r"heads attain|lower bound"):
        found.parameters  # noqa: B018


class NarrowHeads(si.MultiHeadLinearAttention):
    """Keys and queries are numbers, so that no head has an M of rank two."""

    def weight_shapes(self):
        narrow = si.WeightShape((1,), ("d", 1))
        return {
            name: narrow if name[:3] in ("W_K", "W_Q") else shape
            for name, shape in super().weight_shapes().items()
        }


class OneHead(si.MultiHeadLinearAttention):
    """What it calls its heads is not added up."""

    def forward(self, weights, prompt):
        return si.MultiHeadLinearAttention().forward(
            {name.removesuffix("_1"): weight for name, weight in weights.items()}, prompt
        )


@pytest.mark.parametrize("kind", [NarrowHeads, OneHead])
def test_heads_that_are_too_narrow_or_no_sum_do_not_attain_it(kind):
    bound = optimum(kind(), guessed)
    assert bound.attained == "lower bound" and bound.heads is None


def test_narrow_heads_at_a_number_of_dimensions():
    found = optimum(NarrowHeads(3), si.LinearRegression(task_mean=si.vector("mu", 2), d=2))
    assert found.attained == "lower bound" and found.heads is None


def test_heads_that_leave_something_out_do_not_attain_it():
    problem = optimum(si.MultiHeadLinearAttention(2), guessed).problem
    first, second = problem.summands
    for wrong in ((first,), (replace(first, coefficient=first.coefficient * 2), second)):
        assert heads_that_attain(replace(problem, summands=wrong)) is None


def test_a_symmetry_that_the_loss_has_not_is_refused():
    centred, with_mean = (si.expected_loss(si.OneStepGD(), task) for task in (retrieval, guessed))
    assert si.minimise(centred, symmetry="O(d)").attained == "weights"
    with pytest.raises(
        si.InputError, match=r"the stabiliser of mu in O\(d\), and not seen to be under O\(d\)"
    ):
        si.minimise(with_mean, symmetry="O(d)")
    with pytest.raises(si.UnsupportedError, match="a symmetry is stated"):
        si.minimise(centred, rank={"Gamma": 1}, symmetry="O(d)")


def test_a_guess_in_the_prompt_costs_nothing():
    found, descent = optimum(si.InitialGuessAttention(), guessed), optimum(si.GDBeta(), guessed)
    assert found.attained == "weights" and found.certificate and excess_identity(found) == 0
    assert found.closed_form == descent.closed_form
    assert found.problem.predictor() == descent.problem.predictor()
    assert found.parameters["b"] == descent.parameters["beta"]


# --- What is not right -------------------------------------------------------------------------------------


def test_what_is_left_of_the_target_is_orthogonal_to_every_feature():
    problem = optimum(si.MultiHeadLinearAttention(1), guessed).problem
    task = problem.loss.task
    for feature in problem.orthogonal:
        assert not task.expectation(problem.residual_target * feature.probe("test"))
    wrong = problem.residual_target - problem.offset * Fraction(1, 100)
    assert any(task.expectation(wrong * feature.probe("test")) for feature in problem.orthogonal)


def test_a_wrong_part_of_several_features_is_not_certified():
    bound = optimum(si.MultiHeadLinearAttention(1), guessed)
    wrong = replace(bound, problem=replace(bound.problem, offset=bound.problem.offset * Fraction(99, 100)))
    with pytest.raises(DerivationError):
        wrong.certificate  # noqa: B018


def test_a_law_whose_functions_do_not_end_is_refused():
    """x and the rows of X have different covariances: their powers go on for ever."""
    Sigma, Lambda = si.covariance("Sigma", d), si.covariance("Lambda", d)
    X, x, w = (
        si.gaussian("X", (n, d), col_cov=Sigma),
        si.gaussian("x", d, row_cov=Lambda),
        si.gaussian("w", d),
    )
    task = si.GaussianRegression(X, x, responses=X * w, response=w.T * x)
    problem = si.expected_loss(si.OneStepGD(), task)
    features = list(lifted_features(problem.prediction, task.prompt_letters()))
    with pytest.raises(si.UnsupportedError, match="more than 12 functions"):
        spanned_optimum(task, task.target(), features)


def test_what_no_feature_predicts():
    task = si.LinearRegression()
    assert spanned_optimum(task, closed_form(0), []) == ()


class DiagonalStep(si.Model):
    """One step of descent with a diagonal preconditioner."""

    def weight_shapes(self):
        return {"omega": si.WeightShape(("d",), ("d",), kind="diagonal")}

    def forward(self, weights, prompt):
        step = transpose(prompt.covariates) @ prompt.responses
        return transpose(prompt.query) @ (diagonal(weights["omega"]) @ step)


def test_a_diagonal_weight_is_not_moved_by_rotations():
    assert optimum(DiagonalStep(), si.LinearRegression()).symmetry == "the signed permutations of coordinates"
    with pytest.raises(si.InputError, match="signed permutations"):
        si.minimise(si.expected_loss(DiagonalStep(), si.LinearRegression()), symmetry="O(d)")


def test_numbers_have_no_part_in_the_symmetry_of_one_dimension():
    assert optimum(si.OneStepGD(), si.LinearRegression(d=1)).symmetry == "O(d)"


def test_no_coefficient_bears_the_name_of_a_letter_of_the_law():
    named = optimum(si.MultiHeadLinearAttention(), si.LinearRegression(task_mean=si.vector("k_1", d)))
    assert "c₁ = " in str(named) and "k₁ = " not in str(named)
    assert r"c_{1} = " in named.latex()
