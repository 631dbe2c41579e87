"""Where the unmasked flow ends and whether it is stable there, by signs of forms: each sign can say no."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symicl.algebra import closed_form
from symicl.errors import DerivationError
from symicl.expectation import STANDARD
from symicl.proofs.zheng2024.parts import length_four, only_limit
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, four_parameters
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.only_limit import bracket, bracket_at, close_to_root, numbers
from symicl.proofs.zheng2024.parts.profile import DIRECTION, Profile, profile_of
from symicl.proofs.zheng2024.parts.second_order import (
    block,
    minors_of_definite,
    number_of_B,
    rows_of,
    stretched,
)
from symicl.proofs.zheng2024.parts.shortest import fewer_are_better
from symicl.proofs.zheng2024.parts.signs_on_arcs import positive_between
from symicl.proofs.zheng2024.parts.stability import loss_of_all, second_variation_of
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


def _minors(profile, standard, size):
    found, (sizes, form) = bracket_at(profile, size, 4), standard
    rows = rows_of(STANDARD, found.profile.size, size == 2)
    matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
    return minors_of_definite([[found.between(entry) for entry in row] for row in matrix], number_of_B(rows))


@pytest.mark.parametrize(("size", "expected"), [(2, True), (7, True), (8, False), (12, False)])
def test_the_standard_block_at_four(profile, standard, size, expected):
    """Definite up to d = 7, where a strict saddle is refused, and not from 8 on."""
    minors = _minors(profile, standard, size)
    assert holds(map(positive, minors)) == expected
    assert holds(map(positive, minors[:3]))  # the block of B is always


@pytest.mark.parametrize("first", [7, 6])
def test_the_move_that_lowers_the_loss_does_not_at_smaller_sizes(profile, standard, first):
    with pytest.raises(DerivationError, match=r"is negative|exactly one root"):
        length_four.large_sizes(Recorder(), {STANDARD: standard}, profile.at(numbers(4)), first)


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
def test_minors_of_definite_are_those_of_the_whole_matrix(size):
    """All positive if and only if the eigenvalues are, for random symmetric matrices."""
    rng, seen = np.random.default_rng(3), set()
    for shift in (0, 1, 3, 6):
        for _ in range(6):
            numbers_ = rng.integers(-3, 4, size=(2 * size, 2 * size))
            matrix = numbers_ + numbers_.T + 2 * shift * np.eye(2 * size, dtype=int)
            rows = [[closed_form(int(x)) for x in row] for row in matrix]
            expected = bool(np.linalg.eigvalsh(matrix.astype(float)).min() > 1e-9)
            assert holds(map(positive, minors_of_definite(rows, size))) == expected
            seen.add(expected)
    assert seen == {True, False}
