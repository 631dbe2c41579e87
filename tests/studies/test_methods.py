"""Three ways to train one model: they agree, the traps are refused or documented, and wrong methods are refused."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.errors import InputError, UnsupportedError

torch = pytest.importorskip("torch")

from symicl.studies import check_device, choose  # noqa: E402
from symicl.studies.regression.contexts import ContextSampler  # noqa: E402
from symicl.studies.regression.engines import ThroughRows, start_network  # noqa: E402
from symicl.studies.regression.exact_objective import ExactObjective, torch_objective  # noqa: E402
from symicl.studies.regression.population import Population  # noqa: E402
from symicl.studies.regression.yardstick import Yardstick  # noqa: E402
from symicl.studies.runtime.draws import TorchDraws  # noqa: E402

MODEL, TASK = si.LinearSelfAttention(), si.LinearRegression()
SMALL = TASK.at(n=7, d=2, sigma2=Fraction(1, 4))


def zero():
    return {name: np.zeros(shape.sizes(2)) for name, shape in MODEL.weight_shapes().items()}


def test_the_population_run_reaches_the_optimum_to_ten_digits():
    result = si.train(MODEL, SMALL, seed=1, method="population")
    assert (result.method, result.verdict) == ("population", "reached")
    assert (result.samples, result.optimiser) == (0, "L-BFGS")
    assert abs(result.relative_excess) < 1e-10
    assert "closed form" in result.computed_by


@pytest.mark.parametrize(("optimiser", "within"), [("adam", 1e-4), ("flow", 1e-3)])
def test_other_optimisers_of_the_population_loss(optimiser, within):
    schedule = Population(evaluations=3000, gain=1e-9, optimiser=optimiser)
    result = si.train(MODEL, SMALL, seed=1, method="population", population=schedule)
    assert result.relative_excess < within
    assert optimiser.split("-")[0] in result.computed_by.lower()
    assert (result.method, result.samples) == ({"flow": "flow"}.get(optimiser, "population"), 0)


@pytest.mark.parametrize("method", ["tokens", "statistic"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sampled_methods_approach_the_optimum_and_repeat_bit_for_bit(method, dtype):
    def run(seed=0):
        return si.train(MODEL, SMALL, method=method, steps=150, batch=128, lr=0.03, dtype=dtype, seed=seed)

    one, two, other = run(), run(), run(2)
    assert one.trajectory[-1][1] < 0.7 * one.trajectory[0][1]
    assert all(np.array_equal(one.weights[k], two.weights[k]) for k in one.weights)
    assert not np.array_equal(one.weights["W_K"], other.weights["W_K"])
    assert one.weights["W_K"].dtype == dtype


def test_the_population_run_repeats_bit_for_bit():
    one, two = (si.train(MODEL, SMALL, method="population") for _ in range(2))
    assert all(np.array_equal(one.weights[k], two.weights[k]) for k in one.weights)


def test_the_recorded_map_agrees_with_torch():
    loss = Yardstick(si.LinearTransformerBlock(), SMALL).loss
    flat = np.random.default_rng(0).standard_normal(6 * 9)
    objective = ExactObjective(loss, SMALL.values)
    one = objective(flat)
    objective.function = torch_objective(loss, SMALL.values)
    two = objective(flat)
    assert one[0] == pytest.approx(two[0], rel=1e-12)
    assert np.allclose(one[1], two[1], rtol=1e-9, atol=1e-9 * abs(two[1]).max())


# --- the statistic ---------------------------------------------------------------------------------------

SIGMA, PSI = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.3], [-0.3, 0.7]])


def monomials(c):
    """Entries of S = XᵀX, v = Xᵀy and t = yᵀy, squares and products: whatever a wrong law would change."""
    S, v, t = c.covariates.mT @ c.covariates, c.covariates.mT @ c.responses, c.responses.mT @ c.responses
    S11, S12, v1, t = S[:, 0, 0], S[:, 0, 1], v[:, 0, 0], t[:, 0, 0]
    columns = [S11, S12, v1, t, S11 * S11, S12 * S12, v1 * v1, S11 * t, v1 * t, t * t, v1 * c.w[:, 0, 0]]
    return torch.stack(columns, 1)


def exact_moments(n):
    """E tr S, E yᵀy, E tr S², E |v|², E (yᵀy) tr S by the engine, at numbers."""
    from symicl.algebra import read_form
    from symicl.numeric import evaluate

    task = si.LinearRegression(
        si.covariance("Sigma", TASK.d), si.vector("b", TASK.d), si.covariance("Psi", TASK.d)
    )
    X, y = task.X, task.y
    values = task.at(n=n, sigma2=Fraction(1, 4), Sigma=SIGMA.tolist(), Psi=PSI.tolist(), b=[0.5, -1.0]).values
    S = read_form(X.T * X)
    t, v2, s = (read_form(m).trace() for m in (y.T * y, y.T * X * X.T * y, X.T * X))
    from symicl.numeric import compile_scalar

    wanted = [s, t, (S @ S).trace(), v2, t * s, t * t]
    return task, values, [float(compile_scalar(task.expectation(p))(values)) for p in wanted], evaluate


@pytest.mark.parametrize("n", [2, 9])
def test_bartletts_contexts_have_the_moments_of_the_engine(n):
    task, values, exact, _ = exact_moments(n)
    from symicl.tasks import TaskAt

    sampler = ContextSampler(TaskAt(task, values), TorchDraws(5, "float64"), bartlett=True)
    c = sampler.draw(200_000)
    assert c.covariates.shape[1] == 3
    S, v, t = c.covariates.mT @ c.covariates, c.covariates.mT @ c.responses, (c.responses**2).sum((1, 2))
    s, s2, v2 = S.diagonal(0, 1, 2).sum(1), (S * S).sum((1, 2)), (v * v).sum((1, 2))
    for sampled, value in zip((s, t, s2, v2, t * s, t * t), exact, strict=True):
        error = float(sampled.std()) / len(sampled) ** 0.5
        assert abs(float(sampled.mean()) - value) < 5 * error
        # It could fail: with n + 1 in place of n the mean would be seen to differ.
        assert abs(float(sampled.mean()) - value * (n + 1) / n) > 5 * error


def test_the_same_law_as_contexts_of_n_examples():
    task, values, _, _ = exact_moments(6)
    from symicl.tasks import TaskAt

    both = [
        monomials(ContextSampler(TaskAt(task, values), TorchDraws(seed, "float64"), bartlett=b).draw(100_000))
        for seed, b in ((1, True), (2, False))
    ]
    difference = both[0].mean(0) - both[1].mean(0)
    error = ((both[0].var(0) + both[1].var(0)) / 100_000).sqrt()
    assert float((difference / error).abs().max()) < 4.5


def test_memory_of_the_statistic_does_not_grow_with_n():
    def largest(n):
        sampler = ContextSampler(TASK.at(n=n, d=5, sigma2=1), TorchDraws(0))
        c = sampler.draw(64)
        return max(c.covariates.numel(), c.responses.numel(), c.w.numel()), sampler.numbers

    assert largest(400) == largest(400_000)
    assert largest(400)[0] < 64 * 400
    network = start_network(MODEL, TASK.at(n=40, d=2, sigma2=1), 2, TorchDraws(0))
    tracemalloc.start()
    engine = ThroughRows(network, TASK.at(n=10**9, d=2, sigma2=1), TorchDraws(0), statistic=True)
    engine.steps([64], [1e-6])
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_bartletts_decomposition_is_used_where_it_pays():
    used = {(n, d): ContextSampler(TASK.at(n=n, d=d, sigma2=1), TorchDraws(0)).bartlett
            for n, d in ((20, 5), (25, 5), (39, 20), (40, 20))}  # fmt: skip
    assert used == {(20, 5): False, (25, 5): True, (39, 20): False, (40, 20): True}
    with pytest.raises(UnsupportedError, match="n ≥ d"):
        ContextSampler(TASK.at(n=3, d=5, sigma2=1), TorchDraws(0), bartlett=True)


# --- traps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["tokens", "statistic", "population"])
def test_all_zero_weights_are_refused(method):
    with pytest.raises(InputError, match="all-zero"):
        si.train(MODEL, SMALL, method=method, initial=zero())


def test_initial_weights_of_a_wrong_size_are_refused():
    with pytest.raises(InputError, match="W_K of size 3×3"):
        si.train(MODEL, SMALL, method="population", initial={**zero(), "W_K": np.ones((2, 3))})


def test_the_rank_one_saddle_of_a_small_start_has_the_predicted_excess():
    # At K of rank one the loss without noise is d − n η, of which the trivial predictor has d.
    # One direction alone: K = s e₁e₁ᵀ, whose loss d − 2 s n + s² n (n + d + 1) is least at s = η = 1/(n + d + 1).
    n, d = 7, 2
    loss = si.expected_loss(si.OneStepGD(), TASK).at(n=n, d=d, sigma2=0)
    eta = Fraction(1, n + d + 1)
    saddle = loss(Gamma=[[eta, 0], [0, 0]])
    assert saddle == d - n * eta
    assert loss(Gamma=[[eta, 0], [0, eta]]) < saddle < loss(Gamma=[[eta * 2 / 3, 0], [0, 0]])


def test_zeroing_blocks_of_the_weights_changes_the_infimum_with_a_prior_mean():
    pytest.importorskip("scipy")
    b = si.vector("b", TASK.d)
    task = si.LinearRegression(task_mean=b)
    loss = si.expected_loss(MODEL, task)
    values = task.at(n=20, d=5, sigma2=Fraction(1, 4), b=[1] * 5).values
    from scipy.optimize import minimize

    objective = ExactObjective(loss, values)
    size = sum(r * c for r, c in objective.shapes.values())
    free = {k: np.ones(s) for k, s in objective.shapes.items()}
    for name in ("W_K", "W_Q", "W_V"):
        free[name][:5, 5] = free[name][5, :5] = 0
    free["h"][:5] = 0
    mask = objective.pack(free)
    found = []
    for m in (mask, np.ones(size)):
        ends = []
        for seed in range(3):
            start = m * 0.3 * np.random.default_rng(seed).standard_normal(size)

            def masked(w, m=m):
                value, slope = objective(m * w)
                return value, m * slope

            ends.append(minimize(masked, start, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).fun)
        found.append(min(ends))
    assert found[0] == pytest.approx(2.1556 + 0.25, abs=1e-3)
    assert found[1] == pytest.approx(2.0128 + 0.25, abs=1e-3)


# --- refusals --------------------------------------------------------------------------------------------


def test_the_fastest_method_that_sees_samples_is_chosen():
    assert choose(None, MODEL, SMALL).method == "statistic"
    query = si.LinearSelfAttention(query_in_context=True)
    assert choose(None, query, SMALL).method == "tokens"


def test_methods_that_do_not_go():
    with pytest.raises(InputError, match="method=magic"):
        si.train(MODEL, SMALL, method="magic")
    with pytest.raises(UnsupportedError, match="not linear in the query"):
        si.train(si.LinearSelfAttention(query_in_context=True), SMALL, method="statistic")
    nonlinear = si.find("mahankali2023.nonlinear")
    task = type("At", (), {"task": nonlinear.task, "values": {}})()
    with pytest.raises(UnsupportedError, match="LinearRegression only"):
        choose("statistic", MODEL, task)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA here")
def test_cuda_where_there_is_none_is_one_sentence():
    with pytest.raises(InputError, match="no CUDA device"):
        check_device("cuda")
    with pytest.raises(InputError, match="device=tpu"):
        check_device("tpu")
