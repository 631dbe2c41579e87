"""The theorems on autoregressive training: numbers against exact enumeration over roots of unity, and wrong claims."""

from dataclasses import replace
from fractions import Fraction
from math import isclose

import pytest
import sympy

from oracle import causal as oracle
from proved import derivation_of
from symicl.algebra import read_form
from symicl.certificates.coordinates.phases import Laurent, M
from symicl.errors import DerivationError, InputError
from symicl.numeric import evaluate
from symicl.numeric.rational_minimum import real_root_count
from symicl.proofs.zheng2024 import capability, limit, not_gd
from symicl.proofs.zheng2024.parts import flow, risk, stationary
from symicl.proofs.zheng2024.parts.counterexample import AT, Dependent
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.plane import full_loss, masked
from symicl.proofs.zheng2024.parts.quadratic import complete_the_square, scalar_loss
from symicl.proofs.zheng2024.setting import H2, H, N, T_test, a, b, d, k1, k2, k3, m2, model
from symicl.statements import (
    ConvergenceUnless,
    LeastOverAll,
    NotDetermined,
    Recorder,
    compare,
    evaluate_theorem,
    prove,
)
from symicl.statements.mutate import mutants, wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.tasks import AutoregressiveTask, T

THEOREMS = (limit.theorem, capability.theorem, not_gd.theorem)
LAWS = ("gaussian", "rademacher", "sparse", "uniform", "ones")
SCALE = Fraction(3, 2)


@pytest.fixture(scope="module")
def derivations():
    return {theorem.id: derivation_of(theorem.id) for theorem in THEOREMS}


def values(theorem, digits=15, **given):
    return {k: v["decimal"] for k, v in evaluate_theorem(theorem, given, digits=digits).values.items()}


def exact(theorem, **given):
    found = evaluate_theorem(theorem, given).values
    return {k: Fraction(v["exact"]) for k, v in found.items() if v["exact"] is not None}


def identity(size, value):
    return [[value if i == j else Fraction(0) for j in range(size)] for i in range(size)]


# --- limit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("size", "length"), [(1, 3), (2, 4), (3, 5)])
def test_the_limit_is_the_minimum_of_the_enumerated_loss(law, size, length):
    """The loss on the plane is a quadratic in u; three exact values of it give its minimum."""
    moment = oracle.law(law, size, SCALE)

    def loss(u):
        weights = oracle.active(identity(size, u), identity(size, Fraction(1)))
        return oracle.attention_loss(*weights, size, length, moment, normalised=True) / 2

    L0, L1, L2 = (loss(Fraction(u)) for u in range(3))
    square = (L2 - 2 * L1 + L0) / 2
    best = -(L1 - L0 - square) / (2 * square)
    found = exact(limit.theorem, d=size, T=length, law=law, scale=SCALE)
    assert found == {"ab": best, "loss": L0 - square * best**2}


def test_published_values():
    for size, length, law, scale, expected in (
        (5, 100, "gaussian", 1, 0.1919),
        (5, 1000, "ones", 1, 0.9708795672),
        (5, 100, "ones", 1, 0.8258257206),
        (7, 13, "sparse", "1/2", 4.0),
        (5, 3000, "gaussian", 2, 0.05),
    ):
        found = values(limit.theorem, d=size, T=length, law=law, scale=Fraction(scale))["ab"]
        assert found == pytest.approx(expected, rel=3e-3 if law == "gaussian" else 1e-9)
    assert values(limit.theorem, d=5, T=100, law="ones", scale=1)["loss"] == pytest.approx(42.67269845)
    assert values(limit.theorem, d=5, T=50, law="sparse", scale=2)["loss"] == 0


def test_the_gradient_of_the_counterexample_by_enumeration():
    """C6.1: every moment with an exponent equal to one vanishes, the gradient off the diagonal does not."""
    atoms = [(p, (Fraction(x), Fraction(y))) for p, x, y in Dependent().atoms]
    moment = oracle.over_support(atoms)
    assert all(moment((1, r)) == moment((r, 1)) == 0 for r in range(6))
    assert moment((3, 3)) == Fraction("0.648")
    losses = []
    for step in (1, -1):
        A, B = (identity(2, AT[name]) for name in "AB")
        B[0][1] += step
        losses.append(oracle.attention_loss(*oracle.active(A, B), 2, 5, moment, normalised=True) / 2)
    assert (losses[0] - losses[1]) / 2 == Fraction("0.342144")


def test_the_gauge_of_signs_by_enumeration():
    """For a law without symmetries, signs of columns may be flipped in both matrices, but not in one."""
    moment = oracle.over_support([(Fraction(1, 3), (2, -1)), (Fraction(2, 3), (1, 3))])
    A = [[Fraction(1), Fraction(2, 3)], [Fraction(-1, 2), Fraction(3)]]
    B = [[Fraction(1, 2), Fraction(-1)], [Fraction(2), Fraction(1, 5)]]
    flipped = [[[row[0], -row[1]] for row in matrix] for matrix in (A, B)]

    def loss(A, B):
        return oracle.attention_loss(*oracle.active(A, B), 2, 4, moment, normalised=True)

    assert loss(*flipped) == loss(A, B)
    assert loss(flipped[0], B) != loss(A, B)


# --- capability -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("length", [2, 4])
def test_risk_and_ratio_by_enumeration(law, length):
    size, train = 2, 4
    moment = oracle.law(law, size, SCALE)
    u = exact(limit.theorem, d=size, T=train, law=law, scale=SCALE)["ab"]
    weights = oracle.active(identity(size, u), identity(size, Fraction(1)))
    prediction = oracle.attention(*weights, size, length, normalised=True)
    found = exact(capability.theorem, d=size, T=train, law=law, scale=SCALE, T_test=length)
    risk = oracle.squared_error(prediction, size, length, moment, paired=False) / size
    assert found["mse"] == risk
    # 1/x_{t+1} at the first coordinate: the phase turned back, one power of x_1 less.
    inverse = Laurent({((-length % M, 0), (-1, 0)): Fraction(1)})
    share = Fraction(1, size) if law == "sparse" else 1
    assert found["ratio"] == (prediction[0] * inverse).mean(moment) / share


def test_limits_of_the_laws():
    given = {"d": 4, "T": 100, "scale": 1, "T_test": 31}
    gaussian = exact(capability.theorem, law="gaussian", **given)
    assert (gaussian["limit_ratio"], gaussian["limit_mse"]) == (Fraction(1, 5), Fraction(2, 5))
    uniform = exact(capability.theorem, law="uniform", **given)
    assert (uniform["limit_ratio"], uniform["limit_mse"]) == (Fraction(7, 15), Fraction(4, 75))
    for law in ("rademacher", "sparse", "ones"):
        found = exact(capability.theorem, law=law, **given)
        assert (found["limit_ratio"], found["limit_mse"]) == (1, 0)
    sparse = exact(capability.theorem, law="sparse", **given)
    assert (sparse["mse"], sparse["ratio"]) == (0, 1)
    assert float(gaussian["mse"]) == pytest.approx(0.4120, abs=2e-3)
    scaled = exact(capability.theorem, law="gaussian", **(given | {"scale": 3}))
    assert scaled["ratio"] == gaussian["ratio"] and scaled["mse"] == 9 * gaussian["mse"]


# --- not_gd -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (100, (0.8536317866, -0.0525819989, -0.0328535778, 38.17957874, 0.8258257206, 42.67269845)),
        (1000, (0.9719067305, -0.0110645266, -0.0068784377, 70.89745648, 0.9708795672, 72.65547979)),
    ],
)
def test_the_limit_without_a_mask(length, expected):
    found = values(not_gd.theorem, d=5, T=length)
    names = ("ab", "alpha_ratio", "beta_ratio", "loss", "masked_ab", "masked_loss")
    assert [found[name] for name in names] == pytest.approx(expected, rel=2e-9, abs=1e-10)


def exchangeable(size, same, other):
    return [[same if i == j else other for j in range(size)] for i in range(size)]


@pytest.mark.parametrize(("size", "length"), [(2, 4), (3, 5)])
def test_the_certified_point_is_a_minimum_of_the_enumerated_loss(size, length):
    found = {k: Fraction(v) for k, v in values(not_gd.theorem, digits=30, d=size, T=length).items()}
    moment = oracle.law("ones", size, Fraction(1))

    def loss(u, p, q):
        A = exchangeable(size, u, u * p)
        B = exchangeable(size, Fraction(1), q)
        return oracle.attention_loss(*oracle.active(A, B), size, length, moment, normalised=True) / 2

    point = found["ab"], found["alpha_ratio"], found["beta_ratio"]
    assert isclose(loss(*point), found["loss"], rel_tol=1e-14)
    for k in range(3):
        for step in (Fraction(1, 1000), Fraction(-1, 1000)):
            moved = list(point)
            moved[k] += step
            assert loss(*moved) > found["loss"]
    assert loss(found["masked_ab"], 0, 0) == pytest.approx(found["masked_loss"])
    assert found["masked_loss"] > found["loss"]


def test_more_digits_continue_the_same_numbers():
    few, many = (values(not_gd.theorem, digits=n, d=4, T=11) for n in (20, 60))
    for name in ("ab", "alpha_ratio", "beta_ratio", "loss"):
        assert many[name].startswith(few[name][:-1])


def test_what_is_not_determined_is_said():
    shortest = evaluate_theorem(not_gd.theorem, {"d": 3, "T": 3})
    assert shortest.values.keys() >= {"loss", "beta_ratio"}
    assert shortest.values["ab"] == {"exact": None, "decimal": None}
    assert any("depend on a_0 and b_0" in note for note in shortest.notes)
    alone = evaluate_theorem(not_gd.theorem, {"d": 1, "T": 9})
    assert alone.values["loss"]["exact"] == "0" and alone.values["ab"]["exact"] == "1"
    assert alone.values["alpha_ratio"]["decimal"] is None
    stationary.check_unique(stationary.line_at(3, 4))
    with pytest.raises(NotDetermined):
        stationary.check_unique(stationary.line_at(3, 3))


@pytest.mark.parametrize(("size", "length"), [(2, 4), (4, 4), (3, 11), (9, 30)])
def test_real_roots_are_counted_as_by_sturm(size, length):
    line = stationary.line_at(size, length)
    for polynomial in (line.slope, line.discriminant, line.Q2, line.slope * (line.linear + 7)):
        assert len(stationary.real_roots(polynomial)) == real_root_count(polynomial)


def test_the_distance_to_gradient_descent_falls_as_predicted():
    for length, tolerance in ((200, 0.4), (2000, 0.08)):
        numbers = {d: sympy.Integer(4), T: sympy.Integer(length)}
        found = values(not_gd.theorem, d=4, T=length)
        for name in ("alpha_ratio", "beta_ratio"):
            leading = float(evaluate(not_gd.theorem.corollaries[f"{name}_leading"], numbers))
            assert found[name] == pytest.approx(leading, rel=tolerance)
        excess = float(evaluate(not_gd.theorem.corollaries["excess_of_masked_leading"], numbers))
        assert found["masked_loss"] - found["loss"] == pytest.approx(excess, rel=2 * tolerance)


# --- what must be refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theorem", "given", "message"),
    [
        (limit.theorem, {"d": 5, "T": 2, "law": "gaussian", "scale": 1}, "T=2 is too short.*T ≥ 3"),
        (
            limit.theorem,
            {"d": 5, "T": 9, "law": "cauchy", "scale": 1},
            "law=cauchy is not known; choose one of",
        ),
        (limit.theorem, {"d": 5, "T": 9, "scale": 1}, "no value is given for law"),
        (limit.theorem, {"d": 5, "T": 9, "law": "sparse", "scale": 0}, "scale=0 must be positive"),
        (not_gd.theorem, {"d": 5, "T": 1}, "T=1 is too short"),
        (
            capability.theorem,
            {"d": 5, "T": 9, "law": "ones", "scale": 1, "T_test": 1},
            "T_test=1 is too short; the context needs a pair",
        ),
    ],
)
def test_bad_inputs(theorem, given, message):
    with pytest.raises(InputError, match=message):
        evaluate_theorem(theorem, given)


def test_a_law_without_the_needed_moments_names_the_one_that_is_missing():
    from symicl.expectation import given_moments

    task = AutoregressiveTask(law=given_moments(d, {2: m2, 4: k1, 6: k2}))
    with pytest.raises(InputError, match=r"E\[x_1\^4 x_2\^2\] of x_1 is needed but not given"):
        _ = scalar_loss(task).closed_form


WRONG = [
    (limit.theorem, "ab", k1 / (k2 + k3 * sympy.harmonic(T - 1) / N)),
    (limit.theorem, "ab", k1 / (k3 + k2 * H / N)),
    (limit.theorem, "ab", k1 / (k2 + k3 * H / (T - 1))),
    (limit.theorem, "ab", k1 / (k2 + k3 * H2 / N)),
    (limit.theorem, "ab", k1 / k2),
    (limit.theorem, "loss", d * (T - 1) / 2 * (m2 - k1 * limit.ab)),
    (limit.theorem, "loss", d * N * (m2 - k1 * limit.ab)),
    (limit.theorem, "ab_not_normalised", 3 / (2 * T)),
    (limit.theorem, "ab_gaussian", 1 / (5 * limit.scale**2)),
    (limit.theorem, "moment_3_3", sympy.Integer(0)),
    (capability.theorem, "mse", limit.ab**2 * k2 - 2 * limit.ab * k1 + m2 + limit.ab**2 * k3 / T_test),
    (capability.theorem, "limit_mse_gaussian", sympy.Rational(16, 25) * limit.scale**2),
    (capability.theorem, "limit_ratio_gaussian", sympy.Rational(3, 5)),
    (not_gd.theorem, "at_t_2_only", sympy.Integer(0)),
    (not_gd.theorem, "gradient_B", a * b**2 * H),
    (not_gd.theorem, "alpha_ratio_leading", -H / N),
    (not_gd.theorem, "masked_ab", 1 / (1 + d * H / N)),
]


@pytest.mark.parametrize(("theorem", "name", "claim"), WRONG, ids=lambda x: getattr(x, "id", None))
def test_wrong_claims_are_refuted(theorem, name, claim, derivations):
    assert compare(derivations[theorem.id].found[name], claim).status == "refuted"


def test_a_wrong_theorem_is_refuted_with_an_instance():
    wrong = replace(limit.theorem, states={**limit.theorem.states, "ab": k1 / (k3 + k2 * H / N)})
    verdict = prove(wrong)
    assert verdict.status == "refuted" and verdict.counterexample.startswith("ab at ")


def is_defined(expression):
    """Whether a changed statement has a value anywhere; H with a negative index has none."""
    return not any(h.args[0].could_extract_minus_sign() for h in expression.atoms(sympy.harmonic))


def not_refuted(theorem, found, names):
    part = replace(
        theorem,
        propositions=(),
        states={k: v for k, v in theorem.states.items() if k in names},
        corollaries={k: v for k, v in theorem.corollaries.items() if k in names},
    )
    checked = [m for m in mutants(part) if is_defined(m.expression)]
    assert checked
    return [
        (m.quantity, m.change)
        for m in checked
        if compare(found[m.quantity], m.expression).status != "refuted"
    ]


QUICK = {
    "zheng2024.limit": ("ab", "ab_T_3", "moment_3_3"),
    "zheng2024.capability": ("limit_mse", "mse_rademacher_long"),
    "zheng2024.not_gd": ("masked_ab", "gradient_B", "beta_ratio_leading"),
}


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_mutants_are_refuted(theorem, derivations):
    found = derivations[theorem.id].found
    assert not_refuted(theorem, found, QUICK[theorem.id]) == []


@pytest.mark.slow
@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_all_mutants_are_refuted(theorem, derivations):
    assert not_refuted(theorem, derivations[theorem.id].found, theorem.claims) == []


# --- the parts of the derivations can say no --------------------------------------------------------------


def recorder():
    step = Recorder()
    step("a step")
    return step


def test_a_loss_that_is_not_quadratic_in_the_product_is_refused():
    for expression in (a * b**2 + 1, a**3 * b**3 + a * b + a**2 * b**2, a + b):
        with pytest.raises(DerivationError, match="not a quadratic function of ab"):
            complete_the_square(of(expression))


def test_the_masked_flow_is_not_that_of_another_law():
    gaussian = complete_the_square(scalar_loss(AutoregressiveTask(law="gaussian")).closed_form)
    with pytest.raises(DerivationError, match="its gradient on the diagonal"):
        masked(recorder(), full_loss(), gaussian)


def test_the_implicit_solution_does_not_hold_at_another_rate():
    def vanishes(value):
        return value == flow.multiple_of_roots(value)

    root, other, c = of(flow.R_star), of(flow.R), of(flow.c)
    assert vanishes(root * root - c**2 - of(flow.u_star) ** 2 * 4)
    assert vanishes((root**3 * other**2 - (c**2 + of(flow.u_star) ** 2 * 4) * root * other**2) / (other - c))
    assert not vanishes(root * root - c**2 - of(flow.u_star) ** 2)
    assert not vanishes(root - other)


def test_a_model_whose_parts_share_a_charge_is_refused():
    from symicl.models import CausalLinearAttention
    from symicl.proofs.zheng2024.parts.charges import charge_grading

    class WithSkip(CausalLinearAttention):
        """The prediction contains x_t itself, of the charge t − 1."""

        def predict(self, parameters, sequence):
            return super().predict(parameters, sequence) + sequence.now.x()

    charge_grading(recorder(), model)
    with pytest.raises(DerivationError, match="inactive block"):
        charge_grading(recorder(), WithSkip())


def test_one_step_of_descent_needs_the_right_pairs():
    """With x_s x_s* in place of x_{s+1} x_s* the difference does not vanish."""
    sequence = limit.task.sequence()
    s, now = sequence.context(last=1), sequence.now
    wrong = sequence.attend(s.x(), s.x(), now.x(), s) * sequence.inverse_length * (a * b)
    difference = model.predict(model.active(limit.A, limit.B), sequence) - wrong
    assert limit.task.over_phases(difference.norm2()).patterns


def test_the_loss_of_all_six_blocks_is_never_below_that_of_the_active_pair():
    """At random matrices, exactly: charge grading for a law without any symmetry."""
    from random import Random

    rng = Random(5)
    moment = oracle.over_support([(Fraction(1, 4), (1, -2)), (Fraction(3, 4), (2, 1))])

    def matrix(rows, cols):
        return [[Fraction(rng.randint(-4, 4), 3) for _ in range(cols)] for _ in range(rows)]

    for _ in range(3):
        W_PV, W_KQ = matrix(6, 6), matrix(6, 6)
        A, B = [row[2:4] for row in W_KQ[4:]], [row[2:4] for row in W_PV[:2]]
        full = oracle.attention_loss(W_PV, W_KQ, 2, 4, moment, normalised=True)
        pair = oracle.attention_loss(*oracle.active(A, B), 2, 4, moment, normalised=True)
        assert full > pair


# --- the joint limit of the risk ---------------------------------------------------------------------------


def _risks():
    """The risk of the trained model, and its limit."""
    step = Recorder()
    found = risk.exact_risk(step)
    trained = found.at(read_form(limit.ab))
    return step, trained, read_form(m2 - k1**2 / k2)


def test_the_joint_limit_is_shown():
    step, trained, value = _risks()
    risk.joint_limit(step, trained, value)
    assert len(step.steps[-1].checks) == 3


@pytest.mark.parametrize("change", ["limit", "rest"])
def test_a_wrong_joint_limit_is_refused(change):
    step, trained, value = _risks()
    if change == "limit":
        value = value + read_form(k3)
    else:
        trained = replace(trained, over_n=trained.over_n * 2)
    with pytest.raises(DerivationError, match="excess over the limit"):
        risk.joint_limit(step, trained, value)


def test_two_sizes_of_a_coordinate_leave_a_risk():
    """x² ∈ {1, 4} with equal chances: not of the form {0, c²}, and the limit is positive; {0, 4} leaves none."""
    for squares, expected in (((1, 4), sympy.Rational(18, 65)), ((0, 4), 0)):
        mean = {k: sympy.Rational(sum(x**k for x in squares), 2) for k in (1, 2, 3)}
        left = capability.limit_mse.subs({m2: mean[1], k1: mean[2], k2: mean[3]})
        assert left == expected


LESS = {"together → one after the other", "if and only if → if", "if and only if → only if"}
"""Changes that say less, and are true again."""


def test_wrong_versions_of_the_limits_are_refuted(derivations):
    theorem = capability.theorem
    wrong = list(wrong_propositions(theorem))
    assert len(wrong) >= 6 and {w.change for w in wrong} >= LESS
    for w in wrong:
        said = judge_propositions(w.applied(theorem), derivations[theorem.id])[w.place].comparison
        assert said.status == ("proved" if w.change in LESS else "refuted"), w.change


def test_what_limit_and_capability_say_is_typed():
    kinds = {t.id: [p.kind for p in t.propositions] for t in (limit.theorem, capability.theorem)}
    assert "convergence with an exception" in kinds["zheng2024.limit"]
    assert "least loss over all weights" in kinds["zheng2024.limit"]
    assert kinds["zheng2024.limit"].count("exact set of minimisers of the active pair") == 2
    assert kinds["zheng2024.capability"].count("equivalence") == 1
    assert not limit.theorem.wording and not capability.theorem.wording


def test_the_limit_of_the_flow_has_this_sign_and_this_exception(derivations):
    """Minus the limit, from every start, and faster are refuted; so are both kinds of minima, without a condition."""
    theorem = limit.theorem
    found = {
        (type(theorem.propositions[w.place]).__name__, w.change): judge_propositions(
            replace(theorem, propositions=(w.proposition,)), derivations[theorem.id]
        )[0].comparison.status
        for w in wrong_propositions(theorem)
        if isinstance(w.proposition, ConvergenceUnless | LeastOverAll)
    }
    assert {"the exception dropped", "twice the rate"} <= {change for _, change in found}
    assert set(found.values()) == {"refuted"}
    minus = replace(theorem.propositions[0], to=-flow.u_star)
    (statement,) = judge_propositions(replace(theorem, propositions=(minus,)), derivations[theorem.id])
    assert statement.comparison.status == "refuted"
