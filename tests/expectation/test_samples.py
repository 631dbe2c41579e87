"""Samples of a random rotation-invariant function: moments in symbols against polynomial neurons in coordinates."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.gaussian import Coordinates
from oracle.prompts import Setting, draw
from symicl.algebra import read_form, read_scalar
from symicl.certificates.coordinates import entry, matrices
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.samples import set_partitions
from symicl.tasks import MOMENTS

task = si.RotationInvariantRegression()
n, d, sigma2 = task.n, task.d, task.noise
X, y, x, y0 = task.X, task.y, task.x, task.y0
A, B = si.matrix("A", (d, d)), si.matrix("B", (d, d))
u, v = si.vector("u", d), si.vector("v", d)
tr = Trace

EXPRESSIONS = {
    "covariates": tr(X.T * X * A * X.T * X * B),
    "query": x.T * A * x,
    "query and covariates": x.T * A * X.T * X * x,
    "responses": y.T * y,
    "responses squared": tr(y.T * y) ** 2,
    "response of the query": y0**2,
    "all responses": tr(y.T * y) * y0**2,
    "gradient": u.T * X.T * y * y.T * X * v,
    "gradient and query": tr(u.T * X.T * y) * tr(v.T * x) * y0,
    "gradient norm": y.T * X * A * X.T * y,
    "prediction": tr(y.T * X * A * x) * y0,
    "prediction squared": tr(y.T * X * A * x) ** 2,
    "second feature": tr(u.T * X.T * X * A * x) * tr(v.T * x) * y0**2,
    "with the covariates": tr(y.T * y) * tr(X.T * X * A),
    "odd in the covariates": tr(u.T * X.T * y) * y0**2,
    "odd in three": tr(u.T * X.T * X * v) * tr(u.T * X.T * y) * y0**2,
    "nothing random": tr(A * B) * n + sigma2,
}
SIZES = [(1, 1), (3, 1), (1, 2), (2, 2), (2, 3)]
NEURONS = {"linear": lambda z: z, "cubic": lambda z: z**3}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_against_coordinates(name, neuron, size):
    expression = EXPRESSIONS[name]
    polynomial = read_form(expression)
    found = task.expectation(polynomial).expr
    rows, cols = size
    eye = matrices.identity(cols)
    at = Coordinates({n: rows, d: cols, sigma2: Fraction(9, 4)})
    for moment, value in si.find_neuron(neuron).moments(d).items():
        at.values[MOMENTS[moment]] = at.value(value)
    stated = at.value(found)
    prompt = draw(Setting(rows, cols, eye, eye, [[0]] * cols, Fraction(3, 2)), NEURONS[neuron])
    at.values |= {X: prompt.covariates, y: prompt.responses, x: prompt.query, y0: prompt.target}
    value = at.value(expression)
    exact = entry(value[0][0] if isinstance(value, list) else value).mean()
    assert stated == exact


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (y0, "not declared"),
        (tr(y.T * y) * y0, "not declared"),
        (tr(y.T * y) ** 3, "not declared"),
        (tr(x.T * A * x) * y0, "not declared"),
        (tr(u.T * X.T * y) ** 2 * tr(v.T * X.T * y) ** 2, "several rotation invariants"),
        (tr(x.T * A * x) * tr(x.T * B * x) * y0**2, "several rotation invariants"),
        (tr(y.T * si.matrix("C", (n, n)) * y), "mixes the samples"),
        (tr(X.T * si.matrix("C", (n, n)) * X), "mixes the samples"),
        (tr(si.vector("e", n).T * y), "mixes the samples"),
    ],
    ids=str,
)
def test_refused(expression, words):
    with pytest.raises(si.UnsupportedError, match=words):
        task.expectation(read_form(expression))


def test_set_partitions_are_counted_by_bell_numbers():
    for size, bell in enumerate([1, 1, 2, 5, 15, 52, 203]):
        partitions = list(set_partitions(size))
        assert len(partitions) == len(set(partitions)) == bell
        assert all(
            label <= max((-1, *partition[:i])) + 1
            for partition in partitions
            for i, label in enumerate(partition)
        )


def test_moments_of_homogeneous_neurons():
    """E f² and E f⁴ of φ(z) = p z₊ᵏ + q z₋ᵏ at d = 1 with u²: (p² + q²)/2 and (p⁴ + q⁴)/2 times Gaussian moments."""
    for neuron in (*map(si.find_neuron, ("relu", "linear", "cubic", "abs", "leaky_relu")),
                   si.Neuron("odd one", 3, Fraction(2), Fraction(-1, 3))):  # fmt: skip
        moments = {name: value.subs(d, 1) for name, value in neuron.moments(d).items()}
        p, q, k = neuron.right, neuron.left, neuron.degree

        def normal(power: int) -> int:
            return int(sympy.factorial2(power - 1))

        assert moments["f2"] == (p**2 + q**2) / 2 * normal(2 * k) ** 2
        assert moments["f4"] == (p**4 + q**4) / 2 * normal(4 * k) ** 2
        assert moments["xf2"] == (p**2 + q**2) / 2 * normal(2 * k) * normal(2 * k + 2)
        # g = E_x[x φ(ux)] = u^k E[z^{k+1}] (p + q)/2, and E_x f² = u^{2k} E[z^{2k}] (p² + q²)/2.
        assert moments["g2"] == ((p + q) / 2) ** 2 * normal(k + 1) ** 2 * normal(2 * k)
        assert moments["f2f2"] == ((p**2 + q**2) / 2) ** 2 * normal(2 * k) ** 2 * normal(4 * k)


@pytest.mark.parametrize("degree", [0, 2, -1])
def test_even_degrees_are_refused(degree):
    with pytest.raises(si.InputError, match="odd"):
        si.Neuron("even", degree, Fraction(1), Fraction(1))


# --- rotations, and −f in place of −I -------------------------------------------------------------------------

signed = si.RotationInvariantRegression(reflections=False)
BY_MINUS_I_ALONE = {"odd in the covariates in pairs": tr(u.T * X.T * y) * y0, "query": tr(u.T * x) * y0**2}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_other_averages_are_the_same_with_minus_f_in_place_of_minus_I(name):
    form = read_form(EXPRESSIONS[name])
    assert signed.expectation(form) == task.expectation(form)


@pytest.mark.parametrize("name", BY_MINUS_I_ALONE)
def test_what_vanishes_by_minus_I_alone_is_refused(name):
    form = read_form(BY_MINUS_I_ALONE[name])
    assert not task.expectation(form).terms
    with pytest.raises(UnsupportedError, match="need not vanish"):
        signed.expectation(form)


def test_a_matrix_that_need_not_be_symmetric_is_refused():
    """E[E[x f | f] E[x f³ | f]ᵀ] may have a skew part for d = 2, which all rotations of the plane leave alone."""
    form = read_form(tr(u.T * X.T * y) * tr(v.T * x) * y0**3)
    for space in (replace(t.space, moment=lambda pattern: read_scalar(sigma2)) for t in (task, signed)):
        if space.reflections:
            assert space.over_samples(form).terms
            continue
        with pytest.raises(UnsupportedError, match="symmetric"):
            space.over_samples(form)


def test_a_neuron_with_an_even_part_is_not_the_law_of_minus_f():
    assert si.RotationInvariantRegression(si.find_neuron("cubic"), reflections=False).neuron.name == "cubic"
    with pytest.raises(InputError, match="odd neuron"):
        si.RotationInvariantRegression(si.find_neuron("relu"), reflections=False)


# --- rotations alone, for d ≥ 2 ----------------------------------------------------------------------------------

rotated = si.RotationInvariantRegression(reflections=False, signs=False)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_other_averages_are_the_same_with_rotations_alone(name):
    form = read_form(EXPRESSIONS[name])
    assert rotated.expectation(form) == task.expectation(form)


@pytest.mark.parametrize("name", BY_MINUS_I_ALONE)
def test_vectors_vanish_by_rotations_alone(name):
    assert not rotated.expectation(read_form(BY_MINUS_I_ALONE[name])).terms


def test_tensors_of_order_three_vanish_if_two_indices_can_be_exchanged():
    """Three samples with f, f² and f³ leave a tensor that may be a multiple of the alternating one for d = 3."""
    zero = rotated.space._refuse_unless_zero
    zero([(1, 1), (1, 1), (1, 3)])
    zero([(2, 1), (1, 3)])
    with pytest.raises(UnsupportedError, match="symmetric in no two"):
        zero([(1, 1), (1, 2), (1, 3)])
    with pytest.raises(UnsupportedError, match="has more than three"):
        zero([(3, 1), (2, 1)])


def test_signs_are_left_open_without_reflections_alone():
    with pytest.raises(InputError, match="leave signs=False out"):
        si.RotationInvariantRegression(signs=False)
    law = si.RotationInvariantRegression(si.find_neuron("relu"), reflections=False, signs=False)
    assert repr(law) == "RotationInvariantRegression(relu, reflections=False, signs=False)"
