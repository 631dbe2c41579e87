"""Sequences x_{t+1} = W x_t: the samplers, sizes and refusals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from symicl.errors import InputError
from symicl.expectation import ScalarMatrix, given_moments
from symicl.models import CausalLinearAttention
from symicl.tasks import LAWS, AutoregressiveTask, NumpyDraws
from symicl.tasks.autoregressive import PHASE_KINDS
from symicl.theory import autoregressive_loss

d, T, T_max = sympy.symbols("d T T_max", integer=True, positive=True)
DRAWS, ERRORS = 40_000, 5.0


def drawn(kind, law, batch=DRAWS, seed=1, **numbers):
    return AutoregressiveTask(kind, law, Fraction(3, 2)).at(**numbers).sample(batch, NumpyDraws(seed)).x


def within(average: np.ndarray, mean: float) -> bool:
    spread = average.std() / len(average) ** 0.5
    return bool(abs(average.mean() - mean) <= ERRORS * spread + 1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_moments_of_the_first_vector(law):
    task = AutoregressiveTask("unitary", law, Fraction(3, 2), d=3, T=3)
    x = task.at().sample(DRAWS, NumpyDraws(0)).x[:, 0].real
    for exponents in ((2,), (4,), (6,), (2, 2), (4, 2), (2, 2, 2), (1,), (1, 1), (3, 1)):
        average = np.prod([x[:, i] ** k for i, k in enumerate(exponents)], axis=0)
        assert within(average, float(task.law.moment(tuple(exponents)))), exponents
    if law != "sparse":
        # A wrong scale is noticed.
        assert not within(x[:, 0] ** 2, 1.1 * float(task.law.moment((2,))))


@pytest.mark.parametrize("kind", PHASE_KINDS)
@pytest.mark.parametrize("law", LAWS)
def test_sequences_follow_one_orthogonal_matrix(kind, law):
    x = drawn(kind, law, batch=6, d=4, T=7)
    assert x.shape == (6, 7, 4)
    assert np.iscomplexobj(x) == (kind != "haar")
    assert np.allclose((abs(x) ** 2).sum(-1), (abs(x[:, :1]) ** 2).sum(-1))
    if kind == "haar":
        for sequence in x:
            W = np.linalg.lstsq(sequence[:-1], sequence[1:], rcond=None)[0]
            assert np.allclose(sequence[:-1] @ W, sequence[1:])
    elif law != "sparse":
        phases = x[:, 1] / x[:, 0]
        assert np.allclose(abs(phases), 1) and np.allclose(x[:, 2:], x[:, 1:-1] * phases[:, None])
        if kind == "orthogonal":
            assert np.allclose(phases[:, 0::2], phases[:, 1::2].conj())
            assert not np.allclose(phases[:, 0], phases[:, 2])


@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
def test_phases_are_uniform(kind):
    x = drawn(kind, "ones", d=2, T=3)
    phases = x[:, 1] / x[:, 0]
    for power in (1, 2, 3, 4):
        assert within((phases[:, 0] ** power).real, 0.0) and within((phases[:, 0] ** power).imag, 0.0)
    product = phases[:, 0] * phases[:, 1]
    assert np.allclose(product, 1) if kind == "orthogonal" else within(product.real, 0.0)


def test_haar_matrices_are_uniform():
    x = drawn("haar", "ones", d=3, T=3)
    start, image = x[:, 0] / 1.5, x[:, 1] / 1.5
    # W 1 is uniform on the sphere of radius √3: E (W1)_i² = 1, E (W1)_1⁴ = 3 · 9/15.
    assert np.allclose(start, 1)
    for i in range(3):
        assert within(image[:, i], 0.0) and within(image[:, i] ** 2, 1.0)
    assert within(image[:, 0] ** 4, 9 / 5) and within(image[:, 0] * image[:, 1], 0.0)
    # E tr(W²) = 1 for the orthogonal group: Σ_i over W² 1 tested through E⟨1, W² 1⟩ = d · 1/d.
    assert within((x[:, 2] / 1.5).sum(-1), 1.0)


@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
@pytest.mark.parametrize("law", ["gaussian", "ones"])
def test_the_sample_has_the_expected_loss(kind, law):
    task, model = AutoregressiveTask(kind, law, Fraction(1, 2)), CausalLinearAttention()
    a, b = sympy.symbols("a b", real=True)
    loss = autoregressive_loss(model, task, model.active(ScalarMatrix(a), ScalarMatrix(b)))
    expected = float(loss.at(d=2, T=5)(a=Fraction(4, 5), b=Fraction(3, 2)))
    sample = task.at(d=2, T=5).sample(DRAWS, NumpyDraws(3))
    weights = model.active(0.8 * np.eye(2), 1.5 * np.eye(2))
    errors = model.forward(weights, sample.data).predictions - sample.target
    total = (abs(errors) ** 2).sum((-1, -2))
    assert within(total, expected) and not within(total, 1.2 * expected)


def test_torch_draws_the_same_way():
    pytest.importorskip("torch")
    from symicl.studies.runtime.draws import TorchDraws

    for kind in PHASE_KINDS:
        for law in LAWS:
            task = AutoregressiveTask(kind, law, 2).at(d=4, T=5)
            x = task.sample(3, TorchDraws(0, dtype="float64")).x
            assert x.shape == (3, 5, 4) and x.is_complex() == (kind != "haar")
            norms = (abs(x) ** 2).sum(-1)
            assert np.allclose(norms, norms[:, :1])


def test_symbols_and_sizes():
    scale = sympy.Symbol("scale", positive=True)
    assert list(AutoregressiveTask(scale=scale).symbols()) == ["d", "T", "scale"]
    task = AutoregressiveTask(law="ones", T=T_max + 1)
    assert list(task.symbols()) == ["d", "T_max"] and task.last == T_max
    assert AutoregressiveTask(law="ones", d=4, T=9).symbols() == {}
    own = given_moments(d, {2: sympy.Symbol("m_2", nonnegative=True)})
    assert list(AutoregressiveTask(law=own).symbols()) == ["d", "T", "m_2"]
    sample = task.at(d=2, T_max=4).sample(3, NumpyDraws(0))
    assert sample.x.shape == (3, 5, 2) and sample.target.shape == (3, 3, 2)
    assert sample.data.times == [2, 3, 4]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: AutoregressiveTask("gaussian"), "choose one of unitary, orthogonal, haar"),
        (lambda: AutoregressiveTask(law="cauchy"), "'cauchy' is not a law"),
        (lambda: AutoregressiveTask(scale=0.5), "exact positive number"),
        (lambda: AutoregressiveTask(scale=-1), "exact positive number"),
        (lambda: AutoregressiveTask(scale=sympy.Symbol("s")), "exact positive number"),
        (lambda: AutoregressiveTask().at(d=2, T=2), "T=2 is too short; .* T ≥ 3"),
        (lambda: AutoregressiveTask(T=2), "T=2 is too short"),
        (lambda: AutoregressiveTask(T=T_max + 1).at(d=2, T_max=1), "T_max=1 is too short; .* T_max ≥ 2"),
        (lambda: AutoregressiveTask("orthogonal").at(d=5, T=4), "d=5 is odd"),
        (lambda: AutoregressiveTask("orthogonal", d=3), "d=3 is odd"),
        (lambda: AutoregressiveTask(d=0), "positive integer"),
        (lambda: AutoregressiveTask().at(d=2), "T"),
        (lambda: AutoregressiveTask().at(d=2, T=4, n=1), "not an input"),
        (lambda: AutoregressiveTask(law=given_moments(d + 1, {2: 1})), "d \\+ 1 coordinates"),
        (
            lambda: AutoregressiveTask(law=given_moments(d, {2: 1})).at(d=2, T=4).sample(1, NumpyDraws(0)),
            "choose a law by name",
        ),
    ],
)
def test_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
