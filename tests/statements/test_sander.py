"""Sander et al.: values against independent enumeration, minima that nothing falls below, and wrong statements."""

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

from oracle import causal as oracle
from proved import derivation_of
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.proofs.sander2024 import augmented, orthogonal, unitary
from symicl.proofs.sander2024 import positions as alone
from symicl.proofs.sander2024.augmented import T_max, d
from symicl.proofs.sander2024.parts import all_weights as all_pairs
from symicl.proofs.sander2024.parts import arc, few_planes, pairs
from symicl.proofs.sander2024.parts.heads import scale
from symicl.proofs.sander2024.parts.optimum import PositivePart
from symicl.proofs.sander2024.parts.pairs import r
from symicl.proofs.sander2024.parts.positional import H, Positional
from symicl.statements import compare, evaluate_theorem, prove
from symicl.statements.derivation import Recorder
from symicl.statements.mutate import Mutant, mutants
from symicl.theory import entry_squares, loss_in_time

THEOREMS = {
    module.theorem.id.partition(".")[2]: module.theorem for module in (augmented, unitary, orthogonal, alone)
}


def value(theorem, name="loss", **given):
    return evaluate_theorem(theorem, given).values[name]


# --- values -----------------------------------------------------------------------------------------


def test_augmented_values():
    assert value(augmented.theorem, "u", d=2, T_max=5)["exact"] == "1/4"
    assert value(augmented.theorem, "loss", d=2, T_max=5)["exact"] == "3"
    assert value(augmented.theorem, "u", d=5, T_max=50)["exact"] == "1/37"


@pytest.mark.parametrize(
    ("size", "length", "expected"), [(2, 5, 2.659761), (3, 6, 6.577206), (2, 10, 5.467399)]
)
def test_symmetric_weights_are_better(size, length, expected):
    found = value(augmented.theorem, "symmetric_loss", d=size, T_max=length)
    assert found["decimal"] == pytest.approx(expected, abs=1e-6)
    assert found["decimal"] < value(augmented.theorem, "loss", d=size, T_max=length)["decimal"]
    longer = evaluate_theorem(augmented.theorem, {"d": size, "T_max": length}, digits=40)
    assert float(longer.values["symmetric_loss"]["decimal"]) == found["decimal"]


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("unitary", {"d": 6, "H": 2, "T": 4}, "4"),
        ("unitary", {"d": 6, "H": 6, "T": 2}, "0"),
        ("orthogonal", {"d": 6, "H": 2, "T": 4}, "2"),
        ("orthogonal", {"d": 6, "H": 3, "T": 4}, "0"),
        ("positions", {"d": 3, "T": 5}, "2"),
        ("positions", {"d": 1, "T": 2}, "0"),
    ],
)
def test_minima(name, given, expected):
    assert value(THEOREMS[name], **given)["exact"] == expected


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("augmented", {"d": 2, "T_max": 1}, "T_max=1 is too short"),
        ("unitary", {"d": 2, "H": 1, "T": 1}, "T=1 is too short"),
        ("positions", {"d": 2, "T": 1}, "T=1 is too short"),
        ("orthogonal", {"d": 5, "H": 2, "T": 4}, "d=5 is odd"),
        ("orthogonal", {"d": 4, "H": 0, "T": 4}, "H=0"),
        ("unitary", {"d": 4, "H": 2}, "no value is given for T"),
    ],
)
def test_bad_inputs(name, given, words):
    with pytest.raises(InputError, match=words):
        evaluate_theorem(THEOREMS[name], given)


def test_redundant_heads_are_named():
    (note,) = evaluate_theorem(unitary.theorem, {"d": 3, "H": 5, "T": 4}).notes
    assert "H - d are redundant" in note
    (note,) = evaluate_theorem(orthogonal.theorem, {"d": 4, "H": 3, "T": 4}).notes
    assert "r = 1" in note
    assert not evaluate_theorem(orthogonal.theorem, {"d": 4, "H": 1, "T": 4}).notes
    note, unbounded = evaluate_theorem(augmented.theorem, {"d": 3, "T_max": 2}).notes
    assert "T_max = 2: the minimum is also attained" in note
    assert "lower_bound_over_all_weights: T_max = 2" in unbounded


# --- against exact averages over roots of unity --------------------------------------------------------


@pytest.mark.parametrize("paired", [False, True])
def test_the_augmented_minimum_by_enumeration(paired):
    """Every choice of signs attains ℓ*, and neighbours do not."""
    size, length = 2, 4
    u, best = (
        Fraction(value(augmented.theorem, name, d=size, T_max=length)["exact"]) for name in ("u", "loss")
    )
    moment = oracle.law("ones", size, Fraction(1))

    def loss(a, b):
        A, B = ([[v[i] * (i == j) for j in range(size)] for i in range(size)] for v in (a, b))
        weights = oracle.active(A, B)
        return oracle.attention_loss(*weights, size, length + 1, moment, normalised=False, paired=paired)

    for signs in ((1, 1), (1, -1)):
        a = [Fraction(3, 7) * s for s in signs]
        b = [u / x for x in a]
        assert loss(a, b) == best
        for k in range(size):
            moved = list(a)
            moved[k] += Fraction(1, 50)
            assert loss(moved, b) > best
    assert loss([Fraction(3, 7), Fraction(4, 7)], [u / Fraction(3, 7), u / Fraction(4, 7)]) > best


def positional(C, p, *, paired):
    """The exact loss of C by enumeration: one head for each row of C."""
    size = len(C)
    A = [[Fraction(x) for x in row] for row in C]
    B = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    p = [Fraction(x) for x in p]
    return oracle.positional_loss(A, B, p, size, oracle.law("ones", size, Fraction(1)), paired=paired)


@pytest.mark.parametrize("paired", [False, True])
def test_the_loss_at_numbers_by_enumeration(paired):
    C = [[Fraction(3 * i + 5 * j - 7, 2 + (i + j) % 3) for j in range(4)] for i in range(4)]
    kind = Positional("orthogonal" if paired else "unitary")
    for p in ([2, Fraction(-1, 3)], [Fraction(1, 2), -1, Fraction(3, 4), 2, Fraction(-1, 5)]):
        expected = positional(C, p, paired=paired)
        assert kind.at(C, p) == sympy.Rational(expected.numerator, expected.denominator)


def test_the_zeros_by_enumeration():
    size, at = 4, Fraction(5, 3)
    identity = [[Fraction(int(i == j)) / at for j in range(size)] for i in range(size)]
    assert positional(identity, [0, 0, 0, at], paired=False) == 0
    assert positional(identity, [0, 0, Fraction(1, 9), at], paired=False) > 0
    assert positional(identity, [0, Fraction(1, 9), 0, at], paired=False) > 0

    def blocks(ratios):
        return [
            [
                Fraction(1) / at if i == j else ratios[i // 2] / at if i // 2 == j // 2 else 0
                for j in range(size)
            ]
            for i in range(size)
        ]

    def before(ratio):
        return -ratio / (1 + ratio) * at

    for ratio in (Fraction(0), Fraction(1), Fraction(2, 7), Fraction(-3)):
        assert positional(blocks([ratio] * 2), [0, 0, 0, before(ratio), at], paired=True) == 0
    one, half = Fraction(1), Fraction(1, 2)
    assert positional(blocks([one, half]), [0, 0, 0, before(one), at], paired=True) > 0
    assert positional(blocks([one, one]), [0, 0, 0, 0, at], paired=True) > 0
    assert positional(blocks([-one, -one]), [0, 0, 0, before(Fraction(7)), at], paired=True) == size


# --- nothing falls below the minimum ----------------------------------------------------------------------


def boxed(C, p, *, paired):
    """Both losses written out in NumPy."""
    size, earlier = len(C), p[:-2]
    diagonal, rows = np.diag(C), C.sum(1)
    if not paired:
        fitted = ((p[-1] * C - np.eye(size)) ** 2).sum()
        return fitted + (earlier**2).sum() * (C**2).sum() + p[-2] ** 2 * (rows**2).sum()
    beside = C[np.arange(size), np.arange(size) ^ 1]
    rest = (C**2).sum() - (diagonal**2).sum() - (beside**2).sum()
    return (
        ((p[-1] * diagonal - 1) ** 2).sum()
        + (earlier**2).sum() * (diagonal**2).sum()
        + ((earlier**2).sum() + p[-1] ** 2) * rest
        + ((p[-2] * rows + (earlier.sum() + p[-1]) * beside) ** 2).sum()
    )


@pytest.mark.parametrize("name", ["unitary", "orthogonal"])
def test_no_matrix_of_low_rank_is_below(name):
    """Random heads, and small changes of the minimisers."""
    paired = name == "orthogonal"
    rng = np.random.default_rng(0)
    for size in (2, 4, 6):
        for heads in range(1, size + 1):
            least = float(value(THEOREMS[name], d=size, H=heads, T=4)["decimal"])
            A = B = np.zeros((heads, size))
            count = min(heads, size // 2 if paired else size)
            eye = np.kron(np.eye(size // 2), np.ones((1, 2))) if paired else np.eye(size)
            A[:count] = eye[:count]
            p = np.array([0, 0, -0.5 if paired else 0, 1])
            assert boxed(B.T @ A, p, paired=paired) == pytest.approx(least, abs=1e-12)
            for size_of_change in (0.01, 0.1, 0.5, 2):
                for _ in range(100):
                    a, b = (x + size_of_change * rng.standard_normal(A.shape) for x in (A, B))
                    q = p + size_of_change * rng.standard_normal(4)
                    assert boxed(b.T @ a, q, paired=paired) >= least - 1e-9


def test_the_formulas_in_numpy_are_those_of_the_engine():
    rng = np.random.default_rng(1)
    for paired in (False, True):
        C, p = rng.integers(-4, 5, (4, 4)), rng.integers(-4, 5, 5)
        kind = Positional("orthogonal" if paired else "unitary")
        assert float(kind.at(C.tolist(), p.tolist())) == pytest.approx(boxed(C * 1.0, p * 1.0, paired=paired))


def test_positions_alone():
    """The Gram matrix by sampling the phase, and the iterate by iterating."""
    width, length, step = 7.0, 6, 0.3
    theta = (np.arange(400_000) + 0.5) * 2 * np.pi / 400_000
    lags = np.arange(length)
    sampled = np.cos(2 * lags[:, None] * theta / width).mean(1)
    derived = [1.0] + [float(arc.gram().subs({arc.lag: k, arc.mu: width})) for k in range(1, length)]
    assert np.allclose(sampled, derived, atol=1e-9)
    G = np.array([[derived[abs(i - j)] for j in lags] for i in lags])
    e = np.eye(length)[-1]
    p = np.zeros(length)
    for _ in range(40):
        p = p - step * 2 * (G @ p - G @ e)
    power = np.linalg.matrix_power(np.eye(length) - 2 * step * G, 40)
    assert np.allclose(p, (np.eye(length) - power) @ e, atol=1e-12)


def test_square_sums_by_counting():
    """Σ over distinct pairs of coordinates of a square, against plain loops."""
    rng = np.random.default_rng(2)
    C = rng.integers(-5, 6, (4, 4)).tolist()
    dim = sympy.Symbol("d", integer=True, positive=True)
    from symicl.expectation import EntrySum

    form = entry_squares(
        [(2, [("C", "i", "j")]), (3, [("C", "~i", "j")])], "ij", dim, distinct=True, paired=True
    )
    expression = form.form.expr
    partner = [1, 0, 3, 2]
    found = expression.subs({s: s.value(4, {"C": C}, partner) for s in expression.atoms(EntrySum)})
    pairs = [(i, j) for i in range(4) for j in range(4) if j not in (i, i ^ 1)]
    assert found == sum((2 * C[i][j] + 3 * C[i ^ 1][j]) ** 2 for i, j in pairs)


# --- verdicts ---------------------------------------------------------------------------------------------


def test_all_are_proved_quickly():
    start = time.process_time()
    verdicts = [prove(theorem) for theorem in THEOREMS.values()]
    assert [v.status for v in verdicts] == ["proved"] * 4
    assert time.process_time() - start < 4


@pytest.mark.parametrize("name", THEOREMS)
def test_every_wrong_version_is_refuted(name):
    theorem = THEOREMS[name]
    found = derivation_of(theorem.id).found
    changed = list(mutants(theorem))
    assert len(changed) > 40
    for mutant in changed:
        assert compare(found[mutant.quantity], mutant.expression).status == "refuted", mutant


@pytest.mark.parametrize(
    ("name", "quantity", "wrong"),
    [
        ("augmented", "u", 3 / (2 * T_max)),
        ("augmented", "u", 3 / (2 * T_max + 3 * d - 3)),
        ("augmented", "limit_of_T_max_u", sympy.Rational(3, 4)),
        ("augmented", "gradient_A", sympy.Integer(0)),
        ("unitary", "loss", PositivePart(d - 2 * H)),
        ("unitary", "loss", d - H),
        ("unitary", "loss", sympy.Integer(0)),
        ("unitary", "overcounted_by_publication", sympy.Integer(0)),
        ("orthogonal", "loss", PositivePart(d - H)),
        ("orthogonal", "weight_of_T_minus_1", -r),
        ("orthogonal", "weight_of_T_minus_1_for_d_over_2_heads", sympy.Integer(0)),
        ("orthogonal", "conserved_at_balanced_optimum", d * scale - (T_max - 1) / scale**2),
        ("orthogonal", "heads_needed", d),
        ("positions", "loss", d),
        ("positions", "loss", sympy.Integer(0)),
        ("positions", "weight_of_T", sympy.Integer(1)),
        ("positions", "loss_of_pairs", d - 2),
        ("positions", "weight_of_T_minus_1_for_pairs", sympy.Integer(0)),
    ],
)
def test_named_mistakes_are_refuted(name, quantity, wrong):
    verdict = prove(Mutant(quantity, "by hand", wrong).applied(THEOREMS[name]))
    assert verdict.status == "refuted", verdict.reason
    assert verdict.counterexample.startswith(quantity)


def test_the_published_loss_stops_the_derivation(monkeypatch):
    """With the closed form of the authors' code in place of the expectation."""
    from symicl.algebra import read_form

    wrong = read_form(unitary.PUBLISHED.expand())
    monkeypatch.setattr(Positional, "loss", property(lambda _: wrong))
    verdict = prove(unitary.theorem)
    assert verdict.status == "undecided" and "the forward pass has the loss" in verdict.reason


def test_a_wrong_projector_bound_stops_the_derivation(monkeypatch):
    from symicl.proofs.sander2024.parts import blocks

    monkeypatch.setattr(blocks, "delta", lambda T, det: 1 - T - det)
    verdict = prove(orthogonal.theorem)
    assert verdict.status == "undecided" and "does not hold" in verdict.reason


def test_a_term_left_out_of_the_bound_stops_the_derivation(monkeypatch):
    monkeypatch.setattr(few_planes, "above_costs", lambda positional: ())
    verdict = prove(orthogonal.theorem)
    assert verdict.status == "undecided" and "the terms that are not negative add up to" in verdict.reason


def test_diagonal_weights_that_are_not_optimal_stop_the_derivation(monkeypatch):
    real = augmented.solution_ratio
    monkeypatch.setattr(augmented, "solution_ratio", lambda optimum: real(optimum) * 2)
    assert prove(augmented.theorem).status == "undecided"


def test_a_certificate_of_another_task_does_not_count():
    other = replace(augmented.theorem, task=type(augmented.task)("unitary", "gaussian", d=d, T=T_max + 1))
    assert prove(other).status == "undecided"


# --- the zeros, both ways ------------------------------------------------------------------------------------


def test_the_minimisers_of_few_heads_by_enumeration():
    """p_{T−1} is free where Π1 = 0 and nowhere else; what is no projector, or has a smaller rank, costs more."""
    half = Fraction(1, 2)
    across, along = [[half, -half], [-half, half]], [[half, half], [half, half]]
    assert positional(across, [0, 0, 5, 1], paired=False) == 1
    assert positional(along, [0, 0, 0, 1], paired=False) == 1
    assert positional(along, [0, 0, 5, 1], paired=False) > 1
    assert positional(across, [0, half, 5, 1], paired=False) > 1
    assert positional([[half, 0], [0, 0]], [0, 0, 0, 1], paired=False) > 1
    assert positional([[0, 0], [0, 0]], [0, 0, 0, 1], paired=False) == 2


@pytest.mark.parametrize(("power", "words"), [(2, "C_{ll}"), (0, "C_{ll}")])
def test_the_rank_of_other_blocks_is_refused(power, words):
    step = Recorder()
    one = closed_form(1) / read_form(pairs.WEIGHTS.last(0))
    pairs.ranks(step, pairs.zero_block(one))
    off = one * read_form(r) ** power
    with pytest.raises(DerivationError, match=words):
        pairs.ranks(step, [[one, off], [off, one]])


def test_a_zero_elsewhere_stops_the_derivation(monkeypatch):
    """Another solution of the last bracket."""
    real = pairs.root

    def wrong(ratio, symbol):
        return -real(ratio, symbol) if symbol == pairs.WEIGHTS.last(1) else real(ratio, symbol)

    monkeypatch.setattr(pairs, "root", wrong)
    verdict = prove(orthogonal.theorem)
    assert verdict.status == "undecided" and "this is zero at" in verdict.reason


# --- positions alone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("size", [2, 4])
def test_positions_alone_by_enumeration(size, paired):
    """The stated weights attain the stated minimum, and any other ones cost more."""
    ones = [[Fraction(1)] * size] * size
    names = ("loss_of_pairs", "weight_of_T_for_pairs") if paired else ("loss", "weight_of_T")
    least, last = (Fraction(str(alone.theorem.claims[name].subs(d, size))) for name in names)
    before = (
        Fraction(str(alone.theorem.claims["weight_of_T_minus_1_for_pairs"].subs(d, size))) if paired else 0
    )
    best = [Fraction(0), Fraction(0), Fraction(before), last]
    assert positional(ones, best, paired=paired) == least
    for k in range(4):
        moved = list(best)
        moved[k] += Fraction(1, 30)
        assert positional(ones, moved, paired=paired) > least
    if paired and size == 2:
        assert least == 0


def test_the_gradient_of_positions_alone_vanishes_at_one_point_only():
    """The loss is a strictly convex quadratic: its least-squares solution by random draws of the phases."""
    rng = np.random.default_rng(3)
    size, length = 3, 5
    x = np.exp(1j * rng.uniform(0, 2 * np.pi, (200_000, size))[:, None, :] * np.arange(length + 1)[:, None])
    scores = (x[:, length - 2, None, :].conj() * x[:, :length]).sum(-1)
    terms = scores[..., None] * x[:, :length]  # draws × positions × coordinates
    gram = np.einsum("nsi,nti->st", terms.conj(), terms).real / len(x)
    linear = np.einsum("nsi,ni->s", terms.conj(), x[:, length]).real / len(x)
    p = np.linalg.solve(gram, linear)
    assert np.allclose(p, [0, 0, 0, 0, 1 / size], atol=5e-3)
    assert size - linear @ p == pytest.approx(size - 1, abs=2e-2)


def test_another_pass_stops_the_derivation_of_positions(monkeypatch):
    """With the weights of the row of another time at the last position."""
    wrong = loss_in_time(alone.model, alone.pairs)
    monkeypatch.setattr(alone, "loss_in_time", lambda *_: wrong)
    verdict = prove(alone.theorem)
    assert verdict.status == "undecided" and "add up to" in verdict.reason


# --- all weights on augmented tokens -----------------------------------------------------------------------------


def all_weights(size, length):
    given = {"d": size, "T_max": length}
    names = ("lower_bound_over_all_weights", "symmetric_loss")
    return [value(augmented.theorem, name, **given)["decimal"] for name in names]


@pytest.mark.parametrize(("size", "length"), [(2, 3), (2, 5), (2, 10), (3, 4)])
def test_the_least_loss_of_all_weights_is_enclosed(size, length):
    lower, upper = all_weights(size, length)
    assert 0 <= upper - lower < 1e-6


def test_the_polynomial_in_entries_is_the_loss_by_enumeration():
    size, length = 2, 4
    numbers = {d: sympy.Integer(size), T_max: sympy.Integer(length)}
    polynomial = all_pairs.in_entries(augmented.model, augmented.task, numbers)
    rng = np.random.default_rng(4)
    lower, _ = all_weights(size, length)
    moment = oracle.law("ones", size, Fraction(1))
    for _ in range(3):
        A, B = (
            [[Fraction(int(rng.integers(-9, 10)), 7) for _ in range(size)] for _ in range(size)] for _ in "AB"
        )
        entries = [[x for row in matrix for x in row] for matrix in (B, A)]
        found = Fraction(0)
        for key, c in polynomial.items():
            for numbers_of, places in zip(entries, key, strict=True):
                for place in places:
                    c *= numbers_of[place]
            found += c
        weights = oracle.active(A, B)
        exact = oracle.attention_loss(*weights, size, length + 1, moment, normalised=False, paired=False)
        assert found == exact
        assert found > lower


@pytest.mark.parametrize(
    ("given", "words"), [({"d": 4, "T_max": 5}, "up to 3"), ({"d": 2, "T_max": 2}, "T_max = 2")]
)
def test_where_no_bound_over_all_weights_is_computed(given, words):
    assert value(augmented.theorem, "lower_bound_over_all_weights", **given)["exact"] is None
    assert any(words in note for note in evaluate_theorem(augmented.theorem, given).notes)


def test_a_bound_that_is_too_high_stops_the_derivation(monkeypatch):
    real = all_pairs._bound

    def wrong(*arguments, **how):
        found = real(*arguments, **how)
        return replace(found, value=found.value + Fraction(1, 10))

    monkeypatch.setattr(all_pairs, "_bound", wrong)
    verdict = prove(augmented.theorem)
    assert verdict.status == "undecided" and "less the bound" in verdict.reason
