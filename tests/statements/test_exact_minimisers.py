"""Sets of minimisers by equations: proved both ways, refuted where too large or too small, or undecided."""

import json
from dataclasses import replace

import pytest
from sympy import Identity, Integer, Inverse, Trace, ZeroMatrix

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import ClosedForm, closed_form, letter_of, read_form
from symicl.certificates.checkers.proof import main as check_proof
from symicl.errors import DerivationError, InputError
from symicl.models import GDBeta
from symicl.statements import (
    MinimalExactlyWhere,
    certify,
    derive_loss,
    find,
    minimal_value,
    prove,
    solve,
)
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import D
from symicl.theory import (
    Deduction,
    at_coordinates,
    entry_squares,
    entry_symbol,
    expected_loss,
    gaussian,
    mean_of_square,
    minimise,
    trace_square,
    zeros,
)

H, Psi, beta_star = si.covariance("H", D), si.symmetric("Psi", D), si.vector("beta_star", D)
TASK = si.LinearRegression(covariate_cov=H, task_cov=Psi, task_mean=beta_star)
n, d, sigma2 = TASK.n, TASK.d, TASK.noise
Gamma, beta = si.matrix("Gamma", (d, d)), si.vector("beta", d)
power = Trace(H * Psi)
tau = power + sigma2
best = n * Psi * Inverse((n + 1) * H * Psi + tau * Identity(d))
risk = tau - Trace(H * best * H * Psi)
SAID = MinimalExactlyWhere(
    risk,
    {beta: beta_star, Gamma: best},
    given=(H, tau),
    fails=({H: ZeroMatrix(d, d), sigma2: Integer(1)}, {Psi: ZeroMatrix(d, d), sigma2: Integer(0)}),
)


def evidence():
    """The loss less its least value, as terms that are not negative."""
    Hf, Psif, N, G = map(read_form, (H, Psi, n, Gamma))
    delta = read_form(beta_star) - read_form(beta)
    gap = G * (1 / N) - read_form(best) * (1 / N)
    x, theta = gaussian(Hf.rows, letter_of(Hf), "x"), gaussian(Hf.rows, letter_of(Psif), "theta")
    row, column = ClosedForm.of(x.letter).T, ClosedForm.of(theta.letter)
    p = G @ Hf @ delta
    square = trace_square(gap, Hf, Hf)
    return [
        trace_square((delta - p).T, right=Hf),
        trace_square(p.T, right=Hf) * (1 / N),
        trace_square(G, Hf, Hf) * (1 / N) * trace_square(delta.T, right=Hf),
        mean_of_square((row @ gap @ Hf @ column).trace(), x, theta, task=TASK) * (N * (N + 1)),
        square * mean_of_square((row @ column).trace(), x, theta, task=TASK) * N,
        square * read_form(n * sigma2),
    ]


def conclude(step, given=(H, tau), **fields):
    loss = expected_loss(GDBeta(), TASK).closed_form
    delta = read_form(beta_star) - read_form(beta)
    p = read_form(Gamma) @ read_form(H) @ delta
    both = Deduction(
        (delta,),
        tuple((read_form(Identity(d)), zero, closed_form(1)) for zero in (delta - p, p)),
    )
    said = MinimalExactlyWhere(
        read_form(risk), {beta: read_form(beta_star), Gamma: read_form(best)}, given, loss=loss,
        **{"deductions": (both,)} | fields,
    )  # fmt: skip
    step.conclude(said, *evidence())


def lemma(*propositions, derivation=None, task=TASK, model=None, **fields):
    theorem = own_theorem(*propositions, task=task, model=model or GDBeta(), **fields)

    def derive(step):
        expected_loss(theorem.model, theorem.task)
        step("A step")
        return (derivation and derivation(step)) or {}

    theorem.derivation(derive)
    return theorem


def judged(said, derivation=conclude, **fields):
    theorem = lemma(said, derivation=derivation, **fields)
    (statement,) = judge_propositions(theorem, theorem.derive())
    return statement


def test_a_set_of_minimisers_is_proved(tmp_path, capsys):
    def derive(step):
        optimum = solve(step, derive_loss(step, GDBeta(), TASK))
        certify(step, optimum)
        conclude(step)
        return {"risk": minimal_value(step, optimum)}

    said = replace(SAID, value="risk")
    verdict = prove(lemma(said, derivation=derive, states={"risk": risk}), record=True)
    assert verdict.status == "proved", verdict.reason
    statement, _ = verdict.statements
    assert statement.text.startswith(
        "If H ≻ 0 and tr(H Ψ) + σ² > 0, the loss has its least value risk exactly"
    )
    assert "exactly where β = β⋆ and Γ = n Ψ" in statement.text
    entries = [json.loads(line) for line in verdict.proof_log.splitlines()]
    assert not [e for e in entries if e.get("rule") == "asserted"]
    assert [e for e in entries if "vanishes where" in e.get("claim", "")]
    file = tmp_path / "lemma.jsonl"
    file.write_text(verdict.proof_log)
    assert check_proof([file]) == 0, capsys.readouterr()


def test_wrong_versions_are_refuted():
    theorem = lemma(SAID, derivation=conclude)
    derivation = theorem.derive()
    wrong = list(wrong_propositions(theorem))
    assert len(wrong) == 8
    for w in wrong:
        (statement,) = judge_propositions(w.applied(theorem), derivation)
        assert statement.comparison.status == "refuted", w.change
        assert "is false" in statement.comparison.counterexample()


def test_what_the_catalogue_says_of_gd_beta():
    theorem = find("zhang2024.gd_beta")
    derivation = theorem.derive()
    (place,) = (i for i, p in enumerate(theorem.propositions) if isinstance(p, MinimalExactlyWhere))
    assert judge_propositions(theorem, derivation)[place].comparison.status == "proved"
    for w in wrong_propositions(theorem):
        if w.place == place:
            found = judge_propositions(w.applied(theorem), derivation)[place].comparison
            assert found.status == "refuted", w.change


def test_without_evidence_it_is_undecided():
    assert judged(SAID, derivation=None).comparison.status == "undecided"
    assert prove(lemma(SAID)).status == "undecided"


def test_what_is_not_given_is_not_used():
    with pytest.raises(DerivationError, match="H is positive definite, which is not given"):
        judged(SAID, lambda step: conclude(step, (tau,)))
    with pytest.raises(DerivationError, match="it does not follow that"):
        judged(SAID, lambda step: conclude(step, (H,)))
    with pytest.raises(DerivationError, match="it does not follow that"):
        judged(SAID, lambda step: conclude(step, deductions=()))


@pytest.mark.parametrize(
    "changed",
    [
        {"equations": {beta: read_form(2 * beta_star), Gamma: read_form(best)}},
        {"equations": {beta: read_form(beta_star)}},
        {"equations": {beta: read_form(beta_star), Gamma: read_form(best), H: read_form(Identity(d))}},
        {"value": read_form(risk / 2)},
    ],
    ids=["another point", "too few equations", "too many", "another value"],
)
def test_a_wrong_conclusion_ends_the_derivation(changed):
    loss = expected_loss(GDBeta(), TASK).closed_form
    said = MinimalExactlyWhere(
        read_form(risk), {beta: read_form(beta_star), Gamma: read_form(best)}, (H, tau), loss=loss
    )
    delta = read_form(beta_star) - read_form(beta)
    p = read_form(Gamma) @ read_form(H) @ delta
    one = read_form(Identity(d))
    both = Deduction((delta,), ((one, delta - p, closed_form(1)), (one, p, closed_form(1))))
    with pytest.raises(DerivationError):
        judged(SAID, lambda step: step.conclude(replace(said, deductions=(both,), **changed), *evidence()))


def test_one_of_two_conditions_is_enough():
    """σ² > 0 or tr(HΨ) > 0: each is concluded by itself."""

    def both(step):
        conclude(step, (H, sigma2))
        conclude(step, (H, power))

    said = replace(SAID, given=(H, (sigma2, power)))
    statement = judged(said, both)
    assert statement.comparison.status == "proved"
    assert statement.text.startswith("If H ≻ 0 and either σ² > 0 or tr(H Ψ) > 0, the loss")
    assert judged(said, lambda step: conclude(step, (H, sigma2))).comparison.status == "undecided"
    assert judged(replace(SAID, given=(H, sigma2)), both).comparison.status == "proved"
    with pytest.raises(DerivationError, match="each of the alternatives by itself"):
        judged(said, lambda step: conclude(step, (H, (sigma2, power))))


def test_values_of_symbols_for_which_it_is_said():
    """Without noise, and for no other variance of it."""
    task, model = si.LinearRegression(), si.OneStepGD()
    loss = expected_loss(model, task)
    (name,) = loss.letter_names
    K = si.matrix(name, (d, d))
    optimum = minimise(loss)
    none, quiet = {task.noise: Integer(0)}, {letter_of(read_form(task.noise)): closed_form(0)}
    gap = read_form(K) - optimum.solution.substitute(quiet)

    def derive(step):
        said = MinimalExactlyWhere(optimum.closed_form, {K: optimum.solution}, at=none, loss=loss.closed_form)
        step.conclude(said, trace_square(gap) * read_form(n * (n + d + 1)))

    said = MinimalExactlyWhere(
        optimum.closed_form.substitute(quiet).expr, {K: Identity(d) / (n + d + 1)}, at=none
    )
    statement = judged(said, derive, task=task, model=model)
    assert statement.comparison.status == "proved"
    assert statement.text.startswith("For σ² = 0, the loss has its least value")
    for wrong in (replace(said, at=None), replace(said, at={task.noise: Integer(1)})):
        assert judged(wrong, derive, task=task, model=model).comparison.status == "refuted"


def test_equations_that_are_not_solved_for_a_parameter():
    """(n + d + 1 + σ²) Γ = n I, where the factor is no number."""
    task, model = si.LinearRegression(), si.OneStepGD()
    loss = expected_loss(model, task)
    optimum = minimise(loss)
    (name,) = loss.letter_names
    K = si.matrix(name, (d, d))
    equations = {(n + d + 1 + task.noise) * K: Identity(d)}
    gap = read_form(K) - optimum.solution

    def derive(step):
        weight = read_form(n * (n + d + 1 + task.noise))
        said = MinimalExactlyWhere(optimum.closed_form, equations, loss=loss.closed_form)
        step.conclude(said, trace_square(gap) * weight)

    said = MinimalExactlyWhere(optimum.closed_form.expr, equations)
    assert judged(said, derive, task=task, model=model).comparison.status == "proved"
    solved = replace(said, equations={K: Identity(d) / (n + d + 1 + task.noise)})
    assert judged(solved, derive, task=task, model=model).comparison.status == "proved"
    tries = ({K: Identity(d) / (n + d + 1 + task.noise)}, {K: Identity(d) / (n + d + 2 + task.noise)})
    for changed in (n + d, n + d + 2 + task.noise):
        wrong = replace(said, equations={changed * K: Identity(d)}, tries=tries)
        found = judged(wrong, derive, task=task, model=model).comparison
        assert found.status == "refuted", changed


def test_what_depends_on_parameters_is_no_least_value():
    """The loss is what it is, everywhere."""
    loss = expected_loss(GDBeta(), TASK)
    delta = read_form(beta_star) - read_form(beta)
    value = loss.closed_form - (delta.T @ read_form(H) @ delta).trace()

    def derive(step):
        said = MinimalExactlyWhere(value, {beta: read_form(beta_star)}, (H,), loss=loss.closed_form)
        step.conclude(said, trace_square(delta.T, right=read_form(H)))

    said = MinimalExactlyWhere(value.expr, {beta: beta_star}, (H,))
    assert judged(said, derive).comparison.status != "proved"


def test_deductions_say_no():
    a, b, c = (read_form(si.scalar(name)) for name in "abc")
    one = closed_form(1)
    squares = Deduction((a, b), ((one, a**2 + b**2, one),), squared=True)
    assert squares.verified([a**2 + b**2])
    for wrong, message in (
        (Deduction((a,), ((one, a**2 + b**2, one),), squared=True), "is not the combination"),
        (Deduction((a,), ((one, c, one),)), "is not seen to vanish"),
        (Deduction((a,), ((one, a * c, one),), factor=c), "is not seen to be positive"),
        (Deduction((a,), ((one / c, a**2 + b**2, one),)), "is not seen to be positive"),
    ):
        with pytest.raises(DerivationError, match=message):
            wrong.verified([a**2 + b**2, a * c])
    assert Deduction((a,), ((one, a * c, one),), factor=c).verified([a * c], [c])


def test_only_definite_weights_make_zeros():
    G, Hf = read_form(Gamma), read_form(H)
    assert [zero.form for zero in zeros([trace_square(G, Hf, Hf)])] == [G]
    assert not zeros([trace_square(G, Hf, Hf) * read_form(d - 1)])
    assert not zeros([trace_square(G, Hf, Hf) * read_form(sigma2)])
    assert zeros([trace_square(G, Hf, Hf) * read_form(sigma2)], [read_form(sigma2)])
    assert not zeros([trace_square(G) * trace_square(Hf @ G)])


u, weight = si.scalar("u", positive=True), si.scalar("c", nonnegative=True)
A_jj, A_jk, B_jj, B_jk = (entry_symbol(name, "j", k) for name in "AB" for k in "jk")
OWN = [("A", "j", "j"), ("B", "j", "j")]
SQUARES = (
    entry_squares([(1, OWN), (-read_form(u), [])], "j", d),
    entry_squares([(1, OWN), (-read_form(u * d), [])], "", d) * read_form(weight),
    entry_squares([(1, [("A", "j", "k")])], "jk", d, distinct=True),
    entry_squares([(1, [("B", "j", "k")]), (2, [("A", "k", "j")])], "jk", d, distinct=True),
    entry_squares([(1, [("A", "j", "k"), ("B", "k", "m")])], "jkm", d, distinct=True),
)


def of_entries(equations, terms=SQUARES, **fields):
    loss = sum((term.form for term in terms), closed_form(0))
    said = MinimalExactlyWhere(closed_form(0), equations, loss=loss, **fields)
    one = closed_form(1)
    a, b = read_form(A_jk), read_form(B_jk)
    mixed = b + at_coordinates(a, {"j": "k", "k": "j"}) * 2
    found = Deduction((b,), ((one, mixed, one), (one * -2, at_coordinates(a, {"j": "k", "k": "j"}), one)))
    return replace(said, deductions=(found,)), terms


def test_equations_between_entries():
    """What is squared and summed over coordinates vanishes at each, and at each in another order."""
    equations = {A_jk: Integer(0), B_jk: Integer(0), A_jj * B_jj: u}
    said, terms = of_entries(equations)
    assert said.verify(terms).total.form == said.loss
    claims = [claim for claim, _, _ in said.identities(terms)]
    assert r"$B_{jk}$ vanishes where $2 A_{kj} + B_{jk}$ and $A_{kj}$ do" in claims
    assert said.sentence({}).endswith("for every coordinate $j$ and all others $k$.")
    for wrong, message in (
        ({A_jk: Integer(0), B_jk: Integer(0)}, "term 1 of 5 is not seen to vanish"),
        ({A_jk: Integer(0), A_jj * B_jj: u}, "term 4 of 5 is not seen to vanish"),
        ({**equations, A_jj: Integer(1)}, r"it does not follow that A_\{jj\} - 1"),
        ({**equations, A_jj * B_jj: 2 * u}, "it does not follow that"),
    ):
        said, terms = of_entries(wrong)
        with pytest.raises(DerivationError, match=message):
            said.verify(terms)


def test_a_third_coordinate_need_not_exist():
    """Σ over three different coordinates is 0 for d = 2, whatever the entries are."""
    one, form = closed_form(1), read_form(entry_symbol("A", "j", "k") * entry_symbol("B", "k", "m"))
    step = Deduction((read_form(entry_symbol("A", "j", "k")),), ((one, form, one),), factor=1)
    with pytest.raises(DerivationError, match="there need not be a coordinate m"):
        step.verified([form])


def test_equations_are_needed():
    with pytest.raises(InputError, match="give the equations of the minimisers"):
        MinimalExactlyWhere("risk", {})
