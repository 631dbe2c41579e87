"""Where the unmasked flow ends and whether it is stable there, by signs of forms: each sign can say no."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symicl.algebra import closed_form
from symicl.errors import DerivationError
from symicl.expectation import STANDARD
from symicl.proofs.zheng2024.parts import length_four, lengths_from_five, only_limit
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, four_parameters
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.only_limit import bracket, bracket_at, close_to_root, numbers
from symicl.proofs.zheng2024.parts.profile import DIRECTION, Profile, profile_of
from symicl.proofs.zheng2024.parts.second_order import (
    Combined,
    Completed,
    block,
    completed,
    dominant,
    number_of_B,
    rows_of,
    stretched,
)
from symicl.proofs.zheng2024.parts.shortest import fewer_are_better
from symicl.proofs.zheng2024.parts.signs_on_arcs import positive_between
from symicl.proofs.zheng2024.parts.stability import loss_of_all, second_variation_of, second_variations
from symicl.proofs.zheng2024.setting import d
from symicl.statements import Recorder
from symicl.theory import positive

X, Y = of(alpha), of(alpha_)


@pytest.fixture(scope="module")
def profile():
    return profile_of(four_parameters().closed_form)


@pytest.fixture(scope="module")
def standard():
    sizes, form = second_variation_of(loss_of_all().closed_form, STANDARD)
    return sizes, put(stretched(sizes, form), numbers(4))


def holds(signs):
    return all(sign.holds for sign in signs)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (X**2 - X * Y + Y**2, True),
        (X**2 - X * Y * Fraction(19, 10) + Y**2, True),
        ((X - Y) ** 2, False),
        (X**2 - X * Y * Fraction(21, 10) + Y**2, False),
        (X * 2 - Y, False),
        (Y - X * 2, False),
    ],
)
def test_a_form_with_a_root_between_two_directions_is_not_positive(form, expected):
    assert holds(positive_between(form, DIRECTION, (1, 0), (1, 3))) == expected


def test_the_root_is_between_the_directions_and_not_beside_them(profile):
    there = profile.at(numbers(5)).at({d: of(sympy.Integer(3))})
    width, near = close_to_root(3, 5)
    assert holds(bracket_at(profile, 3, 5).signs())
    for low, high in ((1, 3), (-3, -1)):
        assert not holds(bracket(there, (width, near + low), (width, near + high), scale=width).signs())


def test_a_form_with_three_roots_is_refused(monkeypatch, profile):
    there = bracket_at(profile, 3, 5)
    cubic = (Y + X) * (Y + X * 2) * (Y + X * 3)
    three = only_limit.Bracket(there.profile, cubic, X * cubic, (1, -4), (1, 0))
    assert not holds(three.signs())
    with pytest.raises(DerivationError, match="exactly one root"):
        three.record(_opened(), "here")


def _opened():
    step = Recorder()
    step("a step", name="definite")
    return step


def test_another_equation_is_no_form_of_degree_five(profile):
    found = bracket_at(profile, 3, 5)
    wrong = only_limit.Bracket(found.profile, found.f, found.equation + X**6, found.low, found.high)
    with pytest.raises(DerivationError, match="is a form"):
        wrong.record(_opened(), "here")


def _signs(found, standard, size):
    sizes, form = standard
    rows = rows_of(STANDARD, found.profile.size, size == 2)
    matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
    return completed(matrix, number_of_B(rows)).positive_if(found.between)


@pytest.mark.parametrize(("size", "expected"), [(2, True), (7, True), (8, False), (12, False)])
def test_the_standard_block_at_four(profile, standard, size, expected):
    """Definite up to d = 7, where a strict saddle is refused, and not from 8 on."""
    signs = _signs(bracket_at(profile, size, 4), standard, size)
    assert holds(map(positive, signs)) == expected
    assert holds(map(positive, signs[: 2 if size == 2 else 3]))  # the block of B is always


@pytest.mark.parametrize(("length", "expected"), [(5, True), (4, False)])
def test_the_standard_block_for_every_size_at_once(profile, length, expected):
    """At T = 5 it is definite for every d ≥ 3, and at T = 4, where it is not, the same moves show nothing."""
    sizes, form = second_variation_of(loss_of_all().closed_form, STANDARD)
    form = put(stretched(sizes, form), numbers(length))
    found = lengths_from_five.bracket_from(profile.at(numbers(length)), 5)
    rows = rows_of(STANDARD, found.profile.size, False)
    matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
    square = completed(matrix, number_of_B(rows))
    assert (
        holds(map(positive, square.positive_if(found.between, lengths_from_five.moves_of_A(5)))) == expected
    )


@pytest.mark.slow
@pytest.mark.parametrize("length", [6, 7, 8, 9])
def test_longer_sequences_end_at_a_minimum_for_every_size(monkeypatch, profile, length):
    """What the theorem says of T = 5, by the same signs; and not with the slope of another T."""
    second = second_variations(loss_of_all().closed_form)

    def signs():
        shown = []
        step = Recorder()
        step("a step", name="one equation")
        monkeypatch.setattr(step, "conclude", lambda said, *_, **__: said)
        lengths_from_five.every_size(step, second, profile, lambda found, _: shown.extend(found), length)
        return shown

    found = signs()
    assert found and holds(found)
    monkeypatch.setitem(lengths_from_five.SLOPES, length, Fraction(-1, 5))
    with pytest.raises(DerivationError, match="exactly one root"):
        signs()


def test_other_best_moves_are_refused(profile, standard):
    found, (sizes, form) = bracket_at(profile, 3, 4), standard
    rows = rows_of(STANDARD, found.profile.size, False)
    matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
    square, mixed = completed(matrix, 3), [row[3:] for row in matrix[:3]]
    square.verify(mixed)
    other = Completed(square.of_B, square.best, square.weight * 2, square.rest)
    with pytest.raises(DerivationError, match="best moves"):
        other.verify(mixed)


@pytest.mark.parametrize("first", [7, 6])
def test_the_move_that_lowers_the_loss_does_not_at_smaller_sizes(profile, first):
    standard = second_variation_of(loss_of_all().closed_form, STANDARD)
    with pytest.raises(DerivationError, match=r"is negative|exactly one root"):
        length_four.large_sizes(Recorder(), {STANDARD: standard}, profile, first)


def test_the_same_move_without_its_part_in_B_does_not_lower_the_loss(monkeypatch, profile, standard):
    move = length_four.direction_of_descent()
    none = closed_form(0)
    monkeypatch.setattr(length_four, "direction_of_descent", lambda: (*move[:3], none, none, none))
    with pytest.raises(DerivationError, match="is negative"):
        length_four.large_sizes(Recorder(), {STANDARD: standard}, profile.at(numbers(4)), 8)


@pytest.mark.parametrize(
    ("size", "length", "expected"), [(5, 4, True), (5, 20, False), (3, 4, False), (4, 4, False)]
)
def test_whether_fewer_coordinates_are_better(profile, size, length, expected):
    assert holds(fewer_are_better(size, length, profile)) == expected


def test_a_profile_of_another_loss_is_refused(profile):
    other = Profile(profile.h0, profile.h1, profile.h2, profile.g * 2, profile.constant, profile.size)
    with pytest.raises(DerivationError, match="has this form"):
        only_limit.one_equation(_opened(), other, four_parameters().closed_form)


@pytest.mark.parametrize("size", [2, 3])
def test_the_completed_square_tells_what_is_definite(size):
    """All forms are positive if and only if the eigenvalues are, for random symmetric matrices."""
    seen = set()
    for matrix, rows in random_matrices(2 * size):
        expected = bool(np.linalg.eigvalsh(matrix).min() > 1e-9)
        try:
            square = completed(rows, size)
        except ZeroDivisionError:
            assert not expected
            continue
        found = square.positive_if(lambda entry: entry)
        assert holds(map(positive, found)) == expected
        seen.add(expected)
    assert seen == {True, False}


def test_what_is_diagonally_dominant_is_definite():
    """In combinations of moves and with weights; the converse does not hold."""
    rng, seen = np.random.default_rng(5), set()
    for matrix, rows in random_matrices(3):
        moves = rng.integers(-2, 3, size=(3, 3)) + 3 * np.eye(3, dtype=int)
        weights = rng.integers(1, 4, size=3)
        combined = Combined(
            [[closed_form(int(x)) for x in row] for row in moves], [closed_form(int(x)) for x in weights]
        )
        there = moves @ matrix @ moves.T
        assert [[float(e.expr) for e in row] for row in combined.of(rows)] == there.tolist()
        expected = all(
            there[i, i] * weights[i] > sum(abs(there[i, j]) * weights[j] for j in range(3) if j != i)
            for i in range(3)
        )
        found = holds(map(positive, dominant(combined.of(rows), combined.weights)))
        assert found == expected
        if found:
            assert np.linalg.eigvalsh(matrix).min() > 0
        seen.add(found)
    assert seen == {True, False}


def random_matrices(size):
    """Symmetric matrices of integers, as arrays and as rows of closed forms."""
    rng = np.random.default_rng(3)
    for shift in (0, 1, 3, 6):
        for _ in range(6):
            half = rng.integers(-3, 4, size=(size, size))
            matrix = half + half.T + 2 * shift * np.eye(size, dtype=int)
            yield matrix.astype(float), [[closed_form(int(x)) for x in row] for row in matrix]
