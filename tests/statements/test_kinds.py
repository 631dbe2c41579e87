"""Inequalities, decays, limits and thresholds: proved by evidence, refuted by an instance, or undecided."""

import json
from dataclasses import replace

import pytest
from sympy import Identity, Integer, Inverse, Rational, Trace, Transpose, ZeroMatrix, harmonic

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import ClosedForm, PositivePart, SmallestEigenvalue, closed_form, read_form
from symicl.certificates.checkers.proof import main as check_proof
from symicl.errors import DerivationError, InputError
from symicl.models import GDBeta
from symicl.statements import (
    ConvexIn,
    ExponentialDecay,
    Inequality,
    Limit,
    LossAtLeast,
    NotConvex,
    Recorder,
    Threshold,
    certify,
    derive_loss,
    minimal_value,
    prove,
    solve,
)
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import D
from symicl.theory import expected_loss, flow, gaussian, mean_of_square, rayleigh, seen, trace_square

H, Psi, beta_star = si.covariance("H", D), si.symmetric("Psi", D), si.vector("beta_star", D)
TASK = si.LinearRegression(covariate_cov=H, task_cov=Psi, task_mean=beta_star)
n, d = TASK.n, TASK.d
Gamma, v, beta = si.matrix("Gamma", (d, d)), si.vector("v", d), si.vector("beta", d)
LEAST = SmallestEigenvalue(H)


def norm(u):
    return Trace(u.T * H * u)


Q = (
    H - H * Gamma * H - H * Transpose(Gamma) * H + (n + 1) / n * H * Transpose(Gamma) * H * Gamma * H
    + Trace(H * Transpose(Gamma) * H * Gamma) / n * H
)  # fmt: skip
ERROR = beta_star - beta
BOUND = Inequality(
    2 / (n + 2) * norm(v), Trace(v.T * Q * v), equality={Gamma: n / (n + 2) / norm(v) * v * v.T}
)
DECAY = ExponentialDecay(
    ERROR,
    4 * LEAST / (n + 2),
    fastest={H: Identity(d), Gamma: n / (n + 2) / Trace(ERROR.T * ERROR) * ERROR * ERROR.T},
)


def conclude(step, factor=1, rate=4):
    """The bound by two squares, and the decay by the bound."""
    form, Hf, V, N = (read_form(e) for e in (Gamma, H, v, n))
    p, size = form @ Hf @ V, read_form(norm(v))
    rest = p - V * read_form(n / (n + 2))
    Z = form @ (read_form(Identity(d)) * size - Hf @ V @ V.T)
    low = step.conclude(
        Inequality(read_form(2 / (n + 2)) * size * factor, read_form(Trace(v.T * Q * v))),
        trace_square(rest.T, right=Hf) * read_form((n + 2) / n),
        trace_square(Z, Hf, Hf) * (1 / (N * size)),
    )
    motion, error = flow(expected_loss(GDBeta(), TASK)), read_form(ERROR)
    (a,) = V.letters()
    step.conclude(
        ExponentialDecay(error, read_form(rate * LEAST / (n + 2)), motion=motion),
        low.at({a: error}) * 4,
        rayleigh(error, LEAST) * read_form(8 / (n + 2)),
    )


def lemma(*propositions, derivation=None, task=TASK, model=None, **fields):
    theorem = own_theorem(*propositions, task=task, model=model or GDBeta(), **fields)

    def derive(step):
        expected_loss(theorem.model, theorem.task)
        step("A step")
        return (derivation and derivation(step)) or {}

    theorem.derivation(derive)
    return theorem


def test_a_bound_and_a_decay_are_proved(tmp_path, capsys):
    tau = Trace(H * Psi) + TASK.noise
    best = n * Psi * Inverse((n + 1) * H * Psi + tau * Identity(d))

    def derive(step):
        optimum = solve(step, derive_loss(step, GDBeta(), TASK))
        certify(step, optimum)
        conclude(step)
        return {"risk": minimal_value(step, optimum)}

    theorem = lemma(BOUND, DECAY, derivation=derive, states={"risk": tau - Trace(H * best * H * Psi)})
    verdict = prove(theorem, record=True)
    assert verdict.status == "proved", verdict.reason
    bound, decay, _ = verdict.statements
    assert bound.text.endswith("with equality at Γ = (n/((n + 2) vᵀ H v)) v vᵀ.")
    assert "from every start" in decay.text and decay.text.endswith("where no larger one holds.")
    assert any("Gronwall" in fact for fact in verdict.derivation.axioms)
    entries = [json.loads(line) for line in verdict.proof_log.splitlines()]
    assert not [e for e in entries if e.get("rule") == "asserted"]
    file = tmp_path / "lemma.jsonl"
    file.write_text(verdict.proof_log)
    assert check_proof([file]) == 0, capsys.readouterr()


def test_wrong_versions_of_them_are_refuted():
    theorem = lemma(BOUND, DECAY, derivation=conclude)
    derivation = theorem.derive()
    wrong = list(wrong_propositions(theorem))
    assert {"≤ → <", "the other way round", "a rate 11/10 times as large"} <= {w.change for w in wrong}
    for w in wrong:
        statement = judge_propositions(w.applied(theorem), derivation)[w.place]
        assert statement.comparison.status == "refuted", w.change
        assert "is false" in statement.comparison.counterexample()


def test_an_equality_for_all_values_is_printed_and_certified_as_one(tmp_path, capsys):
    one = Trace(H * Psi * H)
    verdict = prove(lemma(Inequality(one, Trace(H * H * Psi), equality={})), record=True)
    assert verdict.status == "proved", verdict.reason
    assert "=" in verdict.statements[0].text and "≤" not in verdict.statements[0].text
    file = tmp_path / "lemma.jsonl"
    file.write_text(verdict.proof_log)
    assert check_proof([file]) == 0, capsys.readouterr()
    report = capsys.readouterr().out
    assert "tr(H*H*Psi) = tr(H*H*Psi)" in report and "<=" not in report
    assert prove(lemma(Inequality(one, 2 * one, equality={}))).status == "refuted"


def test_without_evidence_they_are_undecided():
    for said in (BOUND, replace(DECAY, fastest=None)):
        verdict = prove(lemma(said))
        assert verdict.status == "undecided"


@pytest.mark.parametrize("wrong", [{"factor": 2}, {"rate": 5}])
def test_a_wrong_conclusion_ends_the_derivation(wrong):
    verdict = prove(lemma(BOUND, derivation=lambda step: conclude(step, **wrong)))
    assert verdict.status == "undecided"
    assert "the terms that are not negative add up to" in verdict.reason


def test_what_is_not_seen_to_be_nonnegative_is_no_term():
    for form in (d - 2, si.scalar("c"), 1 / (d - 1), Trace(v.T * H * beta)):
        with pytest.raises(DerivationError, match="is not seen to be at least 0"):
            seen(read_form(form))
    with pytest.raises(DerivationError, match="positive semidefinite"):
        trace_square(read_form(v).T, right=read_form(Psi))
    with pytest.raises(DerivationError, match="does not stand for just any value"):
        (a,) = read_form(H).letters()
        trace_square(read_form(v).T, right=read_form(H)).at({a: -read_form(H)})


def test_nothing_gaussian_has_a_matrix_with_a_negative_eigenvalue_as_covariance():
    """vᵀSv is no mean of a square for a symmetric S; the covariance of the task of a law is one."""
    V, own = read_form(v), read_form(Psi)
    (a,) = own.letters()
    law = gaussian(own.rows, a, "theta")
    root = (V.T @ ClosedForm.of(law.letter)).trace()
    with pytest.raises(DerivationError, match="Psi is not seen to be positive semidefinite"):
        mean_of_square(root, law)
    assert mean_of_square(root, law, task=TASK).form == (V.T @ own @ V).trace()


def test_a_difference_has_to_be_defined_everywhere():
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match=r"the denominator .* is not seen to be positive"):
        step.conclude(Inequality(closed_form(0), read_form(1 / norm(v))), seen(read_form(1 / norm(v))))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (Inequality(Integer(0), norm(v)), "proved"),
        (Inequality(Integer(0), norm(v), strict=True), "undecided"),
        (Inequality(n, n + d, strict=True), "proved"),
        (Inequality(n, 2 * d), "refuted"),
        (Inequality(n, n, strict=True), "refuted"),
        (Inequality(n, n + d, equality={d: Integer(1)}), "refuted"),
    ],
    ids=str,
)
def test_inequalities_without_a_derivation(said, status):
    (statement,) = judge_propositions(lemma(said))
    assert statement.comparison.status == status


def test_limits():
    T, S = si.dims("T S")
    form = (n + harmonic(T - 2)) / (T - 2) + T / (S + T) + 1 / S
    for said, status in (
        (Limit(form, Integer(1), (T,)), "refuted"),
        (Limit(form, 1 + 1 / S, (T,)), "proved"),
        (Limit(form, Integer(1), (T, S)), "proved"),
        (Limit(form, Integer(1), (S, T)), "refuted"),
        (Limit(form, Integer(1), (T, S), together=True), "undecided"),
        (Limit(1 / T + 1 / S, Integer(0), (T, S), together=True), "proved"),
        (Limit(T, Integer(0), (T,)), "refuted"),
        (Limit(harmonic(T), Integer(0), (T,)), "undecided"),
    ):
        (statement,) = judge_propositions(lemma(said))
        assert statement.comparison.status == status, said
    with pytest.raises(InputError, match="a limit is taken in one symbol or several"):
        Limit(form, Integer(1), ())


def test_thresholds():
    heads = si.dims("m")
    for of, least, status in (
        (PositivePart(d - heads), d, "proved"),
        (PositivePart(d - heads), d + 1, "refuted"),
        (PositivePart(d - 2 * heads), d / 2, "proved"),
        (PositivePart(d - 2 * heads), d, "refuted"),
        (d - heads, d, "undecided"),
    ):
        theorem = lemma(Threshold(of, heads, least))
        (statement,) = judge_propositions(theorem)
        assert statement.comparison.status == status, (of, least)
    said = Threshold(PositivePart(d - heads), heads, d)
    for w in wrong_propositions(lemma(said)):
        (statement,) = judge_propositions(w.applied(lemma(said)))
        one_direction = w.change.endswith(("→ if", "→ only if"))
        assert statement.comparison.status == ("proved" if one_direction else "refuted"), w.change
    with pytest.raises(InputError, match="the relation of a threshold"):
        Threshold(PositivePart(d - heads), heads, d, "perhaps if")
    with pytest.raises(InputError, match="the number of a threshold"):
        Threshold(PositivePart(d - heads), si.scalar("c"), d)


def test_the_rate_of_a_decay_is_that_of_the_own_model():
    """What is concluded along the flow of another loss is no evidence."""

    def elsewhere(step):
        other = si.LinearRegression(covariate_cov=H, task_cov=Psi, task_mean=beta_star, noise=Rational(0))
        step("A step")
        motion, error = flow(expected_loss(GDBeta(), other)), read_form(ERROR)
        step.conclude(ExponentialDecay(error, closed_form(0), motion=motion))

    with pytest.raises(DerivationError):
        elsewhere(Recorder())


def test_convexity():
    s = si.scalar("s", positive=True)
    bends = NotConvex(
        at={Gamma: ZeroMatrix(d, d), beta: beta_star - s * v},
        along={beta: -2 * s * norm(v) * v, Gamma: v * v.T},
        growing=s,
    )
    for said, status in (
        (ConvexIn((beta,)), "proved"),
        (ConvexIn((Gamma,)), "proved"),
        (ConvexIn((beta, Gamma)), "refuted"),
        (bends, "proved"),
        (replace(bends, along={beta: 2 * s * norm(v) * v, Gamma: v * v.T}), "refuted"),
    ):
        (statement,) = judge_propositions(lemma(said))
        assert statement.comparison.status == status, (said, statement.comparison)
    for w in wrong_propositions(lemma(bends)):
        (statement,) = judge_propositions(w.applied(lemma(bends)))
        assert statement.comparison.status == "refuted", w.change


def test_lower_bounds_of_the_loss(tmp_path):
    task = si.LinearRegression()
    model = si.OneStepGD()
    loss = expected_loss(model, task)
    x, w, noise = read_form(task.x), read_form(task.w), task.noise
    (name,) = loss.letter_names
    near = {si.matrix(name, (d, d)): Identity(d) / (n + d + 1)}

    def derive(step):
        error = loss.prediction - (x.T @ w).trace()
        step.conclude(LossAtLeast(read_form(noise), loss=loss.closed_form), mean_of_square(error, task=task))

    for bound, status in (
        (noise, "proved"),
        (noise / 2, "proved"),
        (noise + d, "refuted"),
    ):
        theorem = lemma(LossAtLeast(bound, near), task=task, model=model, derivation=derive)
        (statement,) = judge_propositions(theorem, theorem.derive())
        assert statement.comparison.status == status, bound


def test_what_is_said_at_a_start_is_not_said_where_nothing_moves():
    """At E = 0 every rate is reached."""
    theorem = lemma(replace(DECAY, fastest={beta: beta_star}), derivation=conclude)
    (statement,) = judge_propositions(theorem, theorem.derive())
    assert statement.comparison.status == "refuted"
    assert "the norm is zero" in statement.comparison.counterexample()


def test_a_namesake_of_a_parameter_is_no_parameter():
    """A Γ of another shape is printed like that of the model."""
    for said in (
        ConvexIn((beta, si.matrix("Gamma", (d, 1)))),
        replace(BOUND, smaller=si.scalar("n"), equality=None),
        Limit(1 / n, Integer(0), (si.scalar("n"),)),
    ):
        (statement,) = judge_propositions(
            lemma(said, derivation=conclude), lemma(derivation=conclude).derive()
        )
        assert statement.comparison.status == "undecided", said
        assert "called" in statement.comparison.reason or "Gamma" in statement.comparison.reason


def test_a_size_of_matrices_does_not_grow_unseen():
    """tr(H)/n² need not vanish as n and d grow together: the trace grows, too."""
    for together in (False, True):
        (statement,) = judge_propositions(
            lemma(Limit(Trace(H) / n**2, Integer(0), (d, n), together=together))
        )
        assert statement.comparison.status == "undecided"
        assert "a matrix has the size d" in statement.comparison.reason
