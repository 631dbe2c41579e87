"""Minima under a bound on the rank: pins, second opinions by exact losses, wrong versions, refusals."""

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import Rational

import symicl as si
from symicl.algebra import ClosedForm, transpose
from symicl.models import Model, WeightShape
from symicl.numeric import eigenvalues, exact_matrix, matrix_entries
from symicl.theory.rank.factors import products_through
from symicl.theory.rank.low_rank import LowRankOptimum

n, d, r = si.dims("n d r")
H, Psi = si.covariance("H", d), si.covariance("Psi", d)
PLAIN, GENERAL = si.LinearRegression(), si.LinearRegression(covariate_cov=H, task_cov=Psi)
FOUR = {"n": 8, "sigma2": 0, "H": np.diag([3, 2, 1, 0.5]), "Psi": np.eye(4, dtype=int)}
MIXED = {
    "n": 3,
    "sigma2": "1/2",
    "H": [[2, 1, 0], [1, 3, 0], [0, 0, 1]],
    "Psi": [[2, "1/2", 0], ["1/2", 1, "1/3"], [0, "1/3", 1]],
}


def low_rank(rank, task=GENERAL, model=None, name="Gamma", **more):
    return si.minimise(si.expected_loss(model or si.OneStepGD(), task), rank={name: rank}, **more)


@pytest.mark.parametrize("rank", range(5))
def test_smallest_terms_are_lost(rank):
    at = low_rank(rank).at(**FOUR)
    assert float(at.value) == pytest.approx([6.5, 4.350746, 3.044624, 2.528495, 2.346677][rank], abs=5e-7)
    assert at.value.is_Rational and at.attained == "weights" and at.minimisers == "one minimiser"
    eigen = [Rational(3), Rational(2), Rational(1), Rational(1, 2)]
    terms = [x**2 / (Rational(9, 8) * x + Rational(13, 16)) for x in eigen]
    assert list(at.gains) == terms and at.value == sum(eigen) - sum(terms[:rank])
    assert at.value != sum(eigen) - sum(terms[1 : rank + 1]) or rank == 0


def test_isotropic_in_symbols():
    optimum = low_rank(r, PLAIN)
    expected = (
        si.scalar("sigma2", nonnegative=True)
        + d
        - r * n / (n + d + 1 + si.scalar("sigma2", nonnegative=True))
    )
    assert sympy.cancel(optimum.expr - expected) == 0
    assert sympy.cancel(optimum.lost - (d - r) * n / (n + d + 1 + PLAIN.noise)) == 0
    at = optimum.at(n=20, d=5, sigma2=0, r=2)
    assert at.value == Rational(45, 13) == at.loss_there
    assert (
        "2-dimensional subspace of the 5-dimensional" in at.minimisers and "not unique" in optimum.minimisers
    )
    assert "rank P = r" in str(optimum) and r"\operatorname{rank}P=r" in optimum.latex()
    assert low_rank(7, PLAIN).at(n=20, d=5, sigma2=0).value == Rational(15, 13)


def test_a_rank_above_the_dimension_gains_no_more_than_the_dimension():
    task = si.LinearRegression(d=3)
    optimum = low_rank(7, task)
    assert sympy.cancel(optimum.expr - si.minimise(si.expected_loss(si.OneStepGD(), task)).value) == 0
    assert optimum.lost == 0 and optimum.condition == sympy.true and "rank P = 3" in str(optimum)
    symbolic = low_rank(n, PLAIN)
    assert str(symbolic).endswith("\nfor n ≤ d")
    assert r"\text{for } N\le d" in symbolic.latex(notation={"n": "N"})
    assert low_rank(d, PLAIN).condition == low_rank(1, PLAIN).condition == sympy.true


def test_an_update_says_what_it_is_added_to():
    start = sympy.Identity(d) / 2
    optimum = low_rank(2, PLAIN, update_of={"Gamma": start})
    assert "K⋆ = K₀ + η P" in str(optimum) and "K₀ = I_d/2" in str(optimum)
    assert "K_{0}+" in optimum.latex() and "K_{0}+" not in low_rank(2, PLAIN).latex()
    best = si.minimise(si.expected_loss(si.OneStepGD(), PLAIN))
    nothing_left = low_rank(1, PLAIN, update_of={"Gamma": best.coefficient})
    assert sympy.cancel(nothing_left.expr - best.value) == 0 and "K₀ itself" in nothing_left.minimisers
    assert set(nothing_left.at(n=2, d=2, sigma2=1).gains) == {0}


def test_named_eigenvalues_in_symbols():
    optimum = low_rank(r)
    total = optimum.expr.atoms(sympy.Sum)
    assert len(total) == 1 and total.pop().limits[0][1:] == (1, r)
    assert r"\lambda_{1}\ge \lambda_{2}" in optimum.latex() and "H Ψ" in str(optimum)
    for rank in range(4):
        symbolic = low_rank(rank).expr.doit()
        x = sympy.IndexedBase("lambda", real=True)
        values = {x[i + 1]: value for i, value in enumerate([3, 2, 1, Rational(1, 2)])}
        trace = {t: Rational(13, 2) for t in symbolic.atoms(sympy.Trace)}
        found = symbolic.subs(values).xreplace(trace).subs({n: 8, GENERAL.noise: 0})
        assert found == low_rank(rank).at(**FOUR).value
    with pytest.raises(si.UnsupportedError, match="sum over the largest eigenvalues"):
        optimum.closed_form  # noqa: B018


def test_matrices_that_do_not_commute():
    """The minimum is irrational; a rational K of that rank comes as close as rounding lets it, and never below."""
    loss = si.expected_loss(si.OneStepGD(), GENERAL).at(**MIXED)
    for rank in (1, 2):
        at = low_rank(rank).at(**MIXED)
        assert not at.value.is_Rational
        entries = matrix_entries(at.coefficient)
        assert sympy.Matrix(entries).rank() == rank
        assert loss(Gamma=entries) == at.loss_there >= at.value
        assert float(at.loss_there - at.value) < 1e-25
        moved = [
            [x + Fraction(1, 1000) * (i == j == 0) for j, x in enumerate(row)]
            for i, row in enumerate(entries)
        ]
        if rank == 1:
            assert loss(Gamma=[[row[0] * Fraction(101, 100), *row[1:]] for row in entries]) > at.value
        assert loss(Gamma=moved) != at.loss_there


def test_no_sampled_matrix_of_that_rank_is_better():
    at = low_rank(1).at(**MIXED)
    compiled = si.expected_loss(si.OneStepGD(), GENERAL).at(**MIXED).compile()
    best = np.array(matrix_entries(at.coefficient), dtype=float)
    draws = np.random.default_rng(1)
    u, size, v = np.linalg.svd(best)
    for away in (1.0, 0.1, 0.01):
        left, right = (side + away * draws.normal(size=(3000, 3)) for side in (u[:, 0], v[0]))
        tried = size[0] * left[:, :, None] * right[:, None, :]
        assert (compiled({"Gamma": tried}) >= float(at.value) - 1e-12).all()


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (si.LinearSelfAttention(), "M"),
        (si.LinearSelfAttention(), "W_Q"),
        (si.GDBeta(), "Gamma"),
        (si.LinearTransformerBlock(), "M"),
    ],
    ids=str,
)
def test_models_of_the_catalogue(model, name):
    optimum = low_rank(r, PLAIN, model, name)
    assert optimum.attained == "weights" and sympy.cancel(optimum.expr - low_rank(r, PLAIN).expr) == 0
    assert len(optimum.certificate.steps) == 5 and "Eckart" in str(optimum.certificate)


def test_attention_of_low_rank_by_its_exact_loss():
    loss = si.expected_loss(si.LinearSelfAttention(), PLAIN).at(n=20, d=3, sigma2=0)
    least = low_rank(1, PLAIN, si.LinearSelfAttention(), "M").at(n=20, d=3, sigma2=0).value
    assert least == 3 - Rational(20, 24)
    M = [[Fraction(int(i == j == 0), 24) for j in range(4)] for i in range(4)]
    assert loss(w=[[0], [0], [0], [1]], M=M) == least
    draws = np.random.default_rng(3).integers(-3, 4, size=(40, 3, 4))
    for w, left, right in draws:
        tried = [[Fraction(int(a * b), 48) for b in right] for a in left]
        assert loss(w=[[int(x)] for x in w], M=tried) >= least


@dataclass(frozen=True)
class Heads(Model):
    """G = Σ_h p_h q_hᵀ with factors of inner side one, or G = c p qᵀ + c q pᵀ."""

    shared: bool = False

    def weight_shapes(self):
        column = WeightShape(("d",), (1,))
        return {"p": column, "q": column, "s": column, "t": column}

    def effective_shapes(self):
        return {"G": WeightShape(("d",), ("d",))}

    def effective(self, weights):
        p, q, s, t = (weights[k] for k in "pqst")
        return {"G": p @ transpose(q) + (p if self.shared else s) @ transpose(t)}

    def forward(self, weights, prompt):
        return self.predict(self.effective(weights), prompt)

    def predict(self, parameters, prompt):
        return transpose(prompt.query) @ (parameters["G"] @ (transpose(prompt.covariates) @ prompt.responses))


def test_the_rank_of_sums_of_products():
    letters = {name: si.matrix(name, (d, 1)) for name in ("p", "q", "s", "t")}
    p, q, s, t = (letters[k] for k in "pqst")
    from symicl.algebra import read_form

    for expression, rank in [
        (p * q.T, 1),
        (p * q.T + s * t.T, 2),
        (p * q.T + p * t.T, 1),
        (p * q.T + s * q.T * 2, 1),
        ((p + s) * (q + 3 * t).T, 1),
        (p * q.T + s * t.T + p * t.T, 2),
        (si.matrix("U", (d, 3)) * si.matrix("V", (3, d)), 3),
    ]:
        assert sum(products_through(read_form(expression))) == rank
    assert products_through(read_form(p * q.T + si.matrix("B", (d, d)))) is None
    assert products_through(ClosedForm.zero(read_form(H).rows, read_form(H).rows)) == ()


@pytest.mark.parametrize("shared", [False, True])
def test_heads_without_known_weights_stay_a_lower_bound(shared):
    bound = si.minimise(si.expected_loss(Heads(shared), PLAIN))
    assert bound.attained == "lower bound"


class FewHeads(si.Model):
    """Attention with merged value and projection, and small sides of keys and queries."""

    def __init__(self, heads, side):
        self.heads, self.side = range(1, heads + 1), side

    def weight_shapes(self):
        inner, token = (self.side,), ("d", 1)
        shapes = {f"{name}_{h}": si.WeightShape(inner, token) for h in self.heads for name in ("W_K", "W_Q")}
        return shapes | {f"W_V_{h}": si.WeightShape((1,), token) for h in self.heads}

    def forward(self, weights, prompt):
        tokens, query, outputs = prompt.context, prompt.query_token, []
        for h in self.heads:
            keys = weights[f"W_K_{h}"] @ tokens
            scores = transpose(keys) @ (weights[f"W_Q_{h}"] @ query)
            outputs.append((weights[f"W_V_{h}"] @ tokens) @ scores)
        return sum(outputs[1:], outputs[0])


@pytest.mark.parametrize(("heads", "side", "rank"), [(1, 2, 2), (2, 1, 2), (3, 1, 3), (2, "r", 2 * r)])
def test_few_heads_of_low_rank(heads, side, rank):
    optimum = si.minimise(si.expected_loss(FewHeads(heads, side), GENERAL))
    assert optimum.rank == rank and optimum.attained == "weights" and optimum.certificate
    assert optimum.expr == low_rank(rank if rank != 2 * r else r).expr.subs(r, rank)


def test_the_plateaus_of_heads_of_rank_one():
    eigen = [Rational(3), Rational(2), Rational(1), Rational(1, 2)]
    for heads in (1, 2):
        at = si.minimise(si.expected_loss(FewHeads(heads, 1), GENERAL)).at(**FOUR)
        kept = sum(x / (1 + (1 + sum(eigen) / x) / 8) for x in eigen[:heads])
        assert at.value == sum(eigen) - kept


# --- updates of a given matrix ---------------------------------------------------------------------------


def test_updates_of_low_rank():
    G0 = si.matrix("G0", (d, d))
    start = [[Fraction(1, 10), Fraction(1, 5), 0], [0, Fraction(1, 10), 0], [Fraction(-1, 20), 0, 0]]
    loss = si.expected_loss(si.OneStepGD(), GENERAL).at(**MIXED)
    for rank in range(4):
        optimum = low_rank(rank, update_of={"Gamma": G0})
        at = optimum.at(**MIXED, G0=start)
        entries = matrix_entries(at.coefficient)
        difference = sympy.Matrix(entries) - sympy.Matrix(start)
        assert difference.rank() == rank
        assert loss(Gamma=entries) == at.loss_there >= at.value
        assert float(at.loss_there - at.value) < 1e-20
    assert at.value == si.minimise(si.expected_loss(si.OneStepGD(), GENERAL)).at(**MIXED).value
    assert low_rank(0, update_of={"Gamma": G0}).at(**MIXED, G0=start).value == loss(Gamma=start)


def test_an_update_of_numbers_and_of_scaled_weights():
    """GD-β has K = Γ/n."""
    start = [[1, 0], [0, 2]]
    task = si.LinearRegression(d=2)
    at = low_rank(1, task, si.GDBeta(), update_of={"Gamma": start}).at(n=6, sigma2=1)
    loss = si.expected_loss(si.GDBeta(), task).at(n=6, sigma2=1)
    entries = [[6 * x for x in row] for row in matrix_entries(at.coefficient)]
    assert loss(beta=[[0], [0]], Gamma=entries) == at.loss_there
    assert float(at.loss_there) == pytest.approx(float(at.value), abs=1e-20)
    assert sympy.Matrix(entries)[0, 0] == 1 and abs(float(entries[1][1]) - 0.6) < 1e-12


def test_zero_as_start_changes_nothing():
    zero = sympy.ZeroMatrix(d, d)
    assert low_rank(1, update_of={"Gamma": zero}).at(**FOUR).value == low_rank(1).at(**FOUR).value


# --- expressions -----------------------------------------------------------------------------------------

A, G = si.matrix("A", (d, d)), si.matrix("G", (d, d))
L, R = si.covariance("L", d), si.covariance("R", d)
EXPRESSION = sympy.Trace(L * G * R * G.T) - 2 * sympy.Trace(A.T * G) + sympy.Trace(L)


def test_an_expression():
    values = {"A": [[1, 2, 0], [0, 1, 1], [-1, 0, 3]], "L": MIXED["H"], "R": MIXED["Psi"]}
    exact = {name: sympy.Matrix(value).applyfunc(Rational) for name, value in values.items()}
    for rank in range(4):
        minimum = si.minimise(EXPRESSION, [G], rank={"G": rank})
        at = minimum.at(**values)
        found = sympy.Matrix(matrix_entries(at.coefficient))
        put_in = (exact["L"] * found * exact["R"] * found.T).trace() - 2 * (exact["A"].T * found).trace()
        assert put_in + exact["L"].trace() == at.loss_there and found.rank() == rank
        assert 0 <= float(at.loss_there - at.value) < 1e-20
    assert at.value == si.minimise(EXPRESSION, [G]).at(**values).value
    assert "A R⁻¹ Aᵀ L⁻¹" in str(minimum) and len(minimum.certificate.steps) == 3


def test_an_expectation_and_its_loss_agree():
    X, w, x = si.gaussian("X", (n, d)), si.gaussian("w", (d, 1)), si.gaussian("x", (d, 1))
    minimum = si.minimise(sympy.Trace(x.T * G * X.T * X * w - w.T * x) ** 2, [G], rank={"G": r})
    loss = low_rank(r, si.LinearRegression(noise=0)).expr
    assert sympy.cancel(minimum.expr - loss) == 0 and "G⋆" in str(minimum)


def test_a_matrix_that_is_not_square_and_an_update_of_it():
    p = si.dims("p")
    C, B, S = si.matrix("C", (p, d)), si.matrix("B", (p, d)), si.matrix("S", (p, d))
    expression = sympy.Trace(C * R * C.T) - 2 * sympy.Trace(B.T * C)
    at = si.minimise(expression, [C], rank={"C": 1}).at(B=[[1, 2], [0, 1], [1, 1]], R=[[1, 0], [0, 1]])
    assert len(at.gains) == 3 and at.gains[2] == 0
    assert [float(x) for x in at.gains[:2]] == pytest.approx([(8 + 52**0.5) / 2, (8 - 52**0.5) / 2])
    update = si.minimise(expression, [C], rank={"C": 1}, update_of={"C": S})
    moved = update.at(B=[[2, 2], [0, 1], [1, 1]], S=[[1, 0], [0, 0], [0, 0]], R=[[1, 0], [0, 1]])
    assert moved.value == at.value + 1 - 4
    assert moved.value.evalf(12) == (at.value - 3).evalf(12)


def test_a_side_without_a_number():
    class Attention(si.Model):
        def weight_shapes(self):
            return {name: si.WeightShape(("r",), ("d",)) for name in ("W_K", "W_Q")}

        def forward(self, weights, prompt):
            keys = weights["W_K"] @ (transpose(prompt.covariates) @ prompt.responses)
            return transpose(prompt.query) @ (transpose(weights["W_Q"]) @ keys)

    optimum = si.minimise(si.expected_loss(Attention(), PLAIN))
    assert optimum.attained == "weights" and sympy.cancel(optimum.expr - low_rank(r, PLAIN).expr) == 0
    assert optimum.at(n=20, d=5, sigma2=0, r=2).value == Rational(45, 13)
    assert optimum.certificate


@pytest.mark.parametrize(
    ("expression", "unknowns", "rank", "kind", "words"),
    [
        (EXPRESSION, [G], {"K": 1}, si.InputError, "the unknowns are G"),
        (EXPRESSION + sympy.Trace(A * G) ** 2, [G], {"G": 1}, si.UnsupportedError, "tr.L K M K"),
        (EXPRESSION + sympy.Trace(G * G.T), [G], {"G": 1}, si.UnsupportedError, "different matrices"),
        (EXPRESSION, [G], {"G": -1}, si.InputError, "the rank of G is"),
    ],
)
def test_expressions_that_are_refused(expression, unknowns, rank, kind, words):
    with pytest.raises(kind, match=words):
        si.minimise(expression, unknowns, rank=rank)


def test_a_wrong_form_of_an_expression_is_refused():
    minimum = si.minimise(EXPRESSION, [G], rank={"G": r})
    for part in ("A", "M", "base", "best"):
        wrong = replace(minimum.form, **{part: getattr(minimum.form, part) * 2})
        with pytest.raises(si.DerivationError):
            replace(minimum, form=wrong).certificate  # noqa: B018
    with pytest.raises(si.InputError, match="numbers are given to what"):
        si.minimise(EXPRESSION, [G], rank={"G": r}, at={"d": 2})


# --- wrong versions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["A", "M", "base", "best"])
def test_a_wrong_form_is_refused(part):
    optimum = low_rank(r)
    assert optimum.certificate
    wrong = replace(optimum.form, **{part: getattr(optimum.form, part) * 2})
    with pytest.raises(si.DerivationError):
        replace(optimum, form=wrong).certificate  # noqa: B018


def test_a_wrong_rank_is_refused():
    from tests.api.test_attained import Factored

    optimum = si.minimise(si.expected_loss(Factored((2,)), PLAIN))
    assert isinstance(optimum, LowRankOptimum) and optimum.certificate
    for rank in (1, 3):
        with pytest.raises(si.DerivationError, match="another bound on the rank"):
            replace(optimum, rank=sympy.Integer(rank)).certificate  # noqa: B018


# --- eigenvalues -----------------------------------------------------------------------------------------


def test_all_eigenvalues_with_multiplicities():
    diagonal = exact_matrix([[2, 0, 0], [0, 1, 0], [0, 0, 2]])
    assert eigenvalues(diagonal) == (1, 2, 2)
    golden = eigenvalues(
        exact_matrix([[1, 1, 0], [1, 0, 0], [0, 0, 0]]) * exact_matrix([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
    )
    assert [float(x) for x in golden] == pytest.approx([0, 0.381966011, 2.618033989])
    draws = np.random.default_rng(0).integers(-3, 4, size=(6, 6))
    square = draws @ draws.T
    found = [float(x) for x in eigenvalues(exact_matrix(square))]
    assert found == pytest.approx(list(np.linalg.eigvalsh(square.astype(float))), abs=1e-9)
    assert all(a <= b for a, b in itertools.pairwise(found))


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [-1, 1.5, True, "2", None, sympy.Rational(1, 2), si.scalar("x")])
def test_ranks_that_are_none(rank):
    with pytest.raises(si.InputError, match="the rank of Gamma is"):
        low_rank(rank)


@pytest.mark.parametrize("rank", [{}, {"Gamma": 1, "beta": 1}, 2, {3: 1}])
def test_one_weight_is_named(rank):
    with pytest.raises(si.InputError, match="such as"):
        si.minimise(si.expected_loss(si.OneStepGD(), PLAIN), rank=rank)


def test_weights_that_do_not_enter_as_one_matrix():
    with pytest.raises(si.InputError, match="there is no weight called G; bound the rank of one of Gamma"):
        low_rank(1, name="G")
    for name in ("w", "W_V"):
        with pytest.raises(si.UnsupportedError, match="not seen to bound"):
            low_rank(1, PLAIN, si.LinearSelfAttention(), name)
    with pytest.raises(si.UnsupportedError, match="not a multiple"):
        low_rank(1, PLAIN, si.LinearSelfAttention(), "M", update_of={"M": sympy.eye(3)})


def test_the_whitening_is_positive_definite():
    indefinite = si.LinearRegression(covariate_cov=si.symmetric("C", d))
    with pytest.raises(si.UnsupportedError, match=r"C weighs .* si.covariance"):
        low_rank(1, indefinite)
    singular = si.LinearRegression(task_cov=si.symmetric("P", d))
    with pytest.raises(si.InputError, match="M is not positive definite"):
        low_rank(1, singular).at(n=3, sigma2=0, P=[[0, 0], [0, 0]])
    with pytest.raises(si.UnsupportedError, match="no feature"):
        low_rank(1, si.LinearRegression(task_cov=sympy.ZeroMatrix(d, d)))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({"beta": 1}, "give the matrix that Gamma starts from"),
        ({"Gamma": "I"}, "give a matrix"),
        ({"Gamma": si.matrix("G0", (n, d))}, "starts from is n×d"),
        ({"Gamma": si.gaussian("Z", (d, d))}, "random"),
        ({"Gamma": si.matrix("K", (d, d))}, "letter of the unknown"),
    ],
)
def test_starts_that_do_not_fit(start, words):
    with pytest.raises(si.InputError, match=words):
        low_rank(1, update_of=start)


def test_calls_that_do_not_fit():
    loss = si.expected_loss(si.OneStepGD(), PLAIN)
    with pytest.raises(si.InputError, match="update_of needs rank="):
        si.minimise(loss, update_of={"Gamma": sympy.eye(2)})
    with pytest.raises(si.InputError, match="symbol of the law"):
        low_rank(sympy.Symbol("n", integer=True, nonnegative=True), PLAIN).at(n=3, d=2, sigma2=0)
    sequences = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask())
    with pytest.raises(si.UnsupportedError, match="not of sequences"):
        si.minimise(sequences, rank={"A": 1})
