"""Moments of x_1: laws by name against their definitions, moments of a user's own, refusals."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy

from symicl.algebra import read_scalar
from symicl.certificates.coordinates import phases as oracle
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import (
    AnyLaw,
    FullMatrix,
    MixedMoment,
    PositionalWeights,
    ScalarMatrix,
    given_moments,
    kappa_law,
)
from symicl.expectation.phases.given_moments import OpaqueMoments
from symicl.models import CausalLinearAttention, PositionalAttention
from symicl.tasks import LAWS, AutoregressiveTask, find_law
from symicl.theory import autoregressive_loss, loss_in_time

d = sympy.Symbol("d", integer=True, positive=True)
a, b = sympy.symbols("a b", real=True)


@pytest.mark.parametrize("name", LAWS)
def test_laws_by_name(name):
    size, scale = 3, Fraction(5, 2)
    moment, law = oracle.law(name, size, scale), find_law(name, sympy.Integer(size), sympy.Rational(5, 2))
    for exponents in product(range(5), repeat=size):
        found = law.moment(tuple(sorted((k for k in exponents if k), reverse=True)))
        assert Fraction(str(found)) == moment(exponents), exponents


def scalar_loss(law):
    model = CausalLinearAttention()
    return autoregressive_loss(
        model, AutoregressiveTask(law=law), model.active(ScalarMatrix(a), ScalarMatrix(b))
    )


def test_moments_of_ones_own():
    """The moments of a law as numbers give the loss of the law."""
    gaussian = given_moments(d, {2: 1, 4: 3, 6: 15, (4, 2): 3})
    assert scalar_loss(gaussian).closed_form == scalar_loss("gaussian").closed_form
    wrong = given_moments(d, {2: 1, 4: 3, 6: 14, (4, 2): 3})
    assert scalar_loss(wrong).closed_form != scalar_loss("gaussian").closed_form


def test_moments_at_numbers():
    kappas = {"m_2": 1, "kappa_1": 3, "kappa_2": 15, "kappa_3": 3 * 4}
    general = scalar_loss(kappa_law(d)).at(d=5, T=7, **kappas)
    gaussian = scalar_loss("gaussian").at(d=5, T=7)
    assert general(a=2, b=Fraction(1, 3)) == gaussian(a=2, b=Fraction(1, 3))


def test_a_missing_moment_is_named():
    with pytest.raises(InputError, match=r"E\[x_1\^4 x_2\^2\].*add \(4, 2\)"):
        scalar_loss(given_moments(d, {2: 1, 4: 3, 6: 15})).closed_form  # noqa: B018
    with pytest.raises(InputError, match=r"E\[x_1\^6\]"):
        scalar_loss(given_moments(d, {2: 1, 4: 3, (2, 4): 3})).closed_form  # noqa: B018
    asymmetric = given_moments(d, {2: 1, 4: 3, 6: 15, (4, 2): 3, (2, 2): 1, (2, 2, 2): 1}, symmetric=False)
    model = CausalLinearAttention()
    loss = autoregressive_loss(
        model, AutoregressiveTask(law=asymmetric), model.active(FullMatrix("A"), FullMatrix("B"))
    )
    with pytest.raises(InputError, match="needed but not given"):
        loss.closed_form  # noqa: B018


@pytest.mark.parametrize("value", [0.5, "x", None])
def test_moments_must_be_exact(value):
    with pytest.raises(InputError, match="exact number"):
        given_moments(d, {2: value})


def test_opaque_moments():
    assert OpaqueMoments(d).moment((4, 2)) == sympy.Symbol("mu_42", real=True)
    assert OpaqueMoments(d, symmetric=True).moment((3, 1)) == 0
    single = AnyLaw(d).marked((1,), (2,))
    assert AnyLaw(d).marked((1,), (2, 0)) == single * read_scalar(d - 2)
    assert AnyLaw(d).marked((1,), (2, 0, 0)) == single * read_scalar(d - 2) * read_scalar(d - 3)
    mixed = MixedMoment(sympy.Tuple(1, 3), sympy.Tuple(2))
    assert str(mixed) == "sum_r E[x_lx_m^3x_r^2]" and mixed.exponents == ((1, 3), (2,))
    assert sympy.latex(mixed) == r"\sum_{r}\mathbb{E}[x_{l}x_{m}^{3}x_{r}^{2}]"


def test_what_does_not_fit_is_refused():
    model = CausalLinearAttention()
    full = model.active(FullMatrix("A"), FullMatrix("B"))
    with pytest.raises(InputError, match="exchangeable coordinates"):
        autoregressive_loss(model, AutoregressiveTask(law=AnyLaw(d)), full).closed_form  # noqa: B018
    with pytest.raises(InputError, match="paired"):
        pair = model.active(ScalarMatrix(a), ScalarMatrix(b))
        autoregressive_loss(model, AutoregressiveTask("orthogonal", AnyLaw(d)), pair).closed_form  # noqa: B018
    with pytest.raises(UnsupportedError, match="remainder of t"):
        autoregressive_loss(model, AutoregressiveTask("orthogonal", "ones"), full).closed_form  # noqa: B018
    with pytest.raises(UnsupportedError, match="Haar"):
        autoregressive_loss(model, AutoregressiveTask("haar", "ones"), full).closed_form  # noqa: B018
    with pytest.raises(InputError, match="loss_in_time"):
        autoregressive_loss(PositionalAttention(), AutoregressiveTask(law="ones"))
    with pytest.raises(InputError, match="depends on t"):
        loss_in_time(model, AutoregressiveTask(law="ones"), full).closed_form  # noqa: B018
    with pytest.raises(InputError, match="not a parameter"):
        autoregressive_loss(model, AutoregressiveTask(), model.active("A", "B")).closed_form  # noqa: B018
    with pytest.raises(InputError, match="add A="):
        autoregressive_loss(model, AutoregressiveTask(law="ones"), full).at(d=2, T=3)(B=[[1, 0], [0, 1]])
    with pytest.raises(UnsupportedError, match="different distances"):
        two_positions()


def two_positions():
    """p_s p_{s+1} is no power sum."""
    sequence, p = AutoregressiveTask().sequence(), PositionalWeights("p")
    s = sequence.context()
    vector = sequence.sum(s.x() * s.positional(p), s)
    r = sequence.context(last=1)
    other = sequence.sum(r.x(-1) * r.positional(p), r)
    AutoregressiveTask(law="ones").expectation((vector.conj() * other).total())
