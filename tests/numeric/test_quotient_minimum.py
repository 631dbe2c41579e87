"""The least value of a quotient of forms: known minima, all their digits, and what is refused."""

import flint
import numpy as np
import pytest

from symicl.errors import UnsupportedError
from symicl.numeric import least_value
from symicl.numeric.bernstein import Pieces, halves
from symicl.numeric.intervals import Intervals
from symicl.numeric.jets import Jet, inverse


def form(terms):
    return {exponents: flint.arb(value) for exponents, value in terms.items()}


def chart(above, below, place):
    """The quotient at x_place = 1."""

    def at(terms, point, constant):
        full, total = [*point[:place], None, *point[place:]], None
        for exponents, value in terms.items():
            term = constant(value)
            for x, power in zip(full, exponents, strict=True):
                for _ in range(power if x is not None else 0):
                    term = x * term
            total = term if total is None else total + term
        return total

    return lambda point, constant: at(above, point, constant) * inverse(at(below, point, constant))


def least(above, below, digits=20):
    above, below = form(above), form(below)
    size = len(next(iter(above)))
    charts = [chart(above, below, place) for place in range(size)]
    return least_value(above, below, charts, [False] * size, digits=digits, what="the quotient")


def test_the_least_eigenvalue():
    # (2x² + 2xy + 3y²)/(x² + y²): (5 − √5)/2.
    found = least({(2, 0): 2, (1, 1): 2, (0, 2): 3}, {(2, 0): 1, (0, 2): 1}, digits=40)
    assert abs(found - (5 - np.sqrt(5)) / 2) < 1e-14
    assert str(found).startswith("1.381966011250105151795413165634361882279")


def test_the_lower_of_two_minima_is_taken():
    # y⁴ + (x² − y²)² + tilt: minima near x = ±y with different values.
    found = least({(4, 0): 1, (2, 2): -2, (0, 4): 2, (3, 1): 0.125}, {(4, 0): 1, (0, 4): 1})
    t = np.linspace(0, np.pi, 2_000_001)
    x, y = np.cos(t), np.sin(t)
    values = (x**4 - 2 * x**2 * y**2 + 2 * y**4 + 0.125 * x**3 * y) / (x**4 + y**4)
    assert float(found) == pytest.approx(values.min(), abs=1e-10)
    assert float(found) < values[t < np.pi / 2].min() - 1e-3


def test_a_curve_of_minima_is_refused():
    with pytest.raises(UnsupportedError, match="could not be enclosed"):
        least({(2, 0, 0): 1, (0, 2, 0): 1, (0, 0, 2): 2}, {(2, 0, 0): 1, (0, 2, 0): 1, (0, 0, 2): 1})


def test_halves_are_the_same_polynomial():
    rng = np.random.default_rng(0)
    array = rng.normal(size=(1, 4))
    left, right = halves(array, 1)

    def at(b, t):
        return sum(
            c * w * t**k * (1 - t) ** (3 - k) for k, (c, w) in enumerate(zip(b[0], (1, 3, 3, 1), strict=True))
        )

    for t in (0, 0.3, 0.9):
        assert at(left, t) == pytest.approx(at(array, t / 2))
        assert at(right, t) == pytest.approx(at(array, (1 + t) / 2))


def test_boxes_above_a_value_are_left_out_and_no_others():
    whole = Pieces.of(
        form({(2, 0): 1, (1, 1): -1, (0, 2): 1}), form({(2, 0): 1, (0, 2): 1}), 1, [False, False]
    )
    parts = whole.divided().divided()
    kept = parts.above(0.55)
    assert 0 < kept.count < parts.count
    assert np.all(kept.high[:, 0] > 0.5)
    assert parts.above(0.4).count == 0


def test_intervals_and_jets_hold_the_truth():
    rng = np.random.default_rng(1)
    low = rng.normal(size=50)
    high = low + rng.random(50)
    x, y = Intervals(low, high), Intervals(low[::-1], high[::-1])
    inside = low + (high - low) * rng.random(50), (low + (high - low) * 0.5)[::-1]
    jets = Jet.variables([x, y], 2)
    found = (jets[0] * jets[1] - 2 * jets[0].square()) * inverse(jets[1].square() + 1)
    a, b = inside
    value, scale = (a * b - 2 * a * a) / (b * b + 1), 1 / (b * b + 1)
    slope = (b - 4 * a) * scale
    bend = -4 * scale
    for ball, exact in ((found.value, value), (found.slope[0], slope), (found.curve[0][0], bend)):
        assert np.all((ball.low <= exact) & (exact <= ball.high))
    assert np.all(inverse(Intervals(np.array([-1.0]), np.array([1.0]))).low == -np.inf)
