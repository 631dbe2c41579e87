"""Exact averages over M-th roots of unity, one for each coordinate, and over x_1.

A quantity is a polynomial in the phases and the entries of x_1 with rational coefficients. The average of
λ^m over the M-th roots of unity is 1 if M divides m and 0 otherwise, so the average of a product counts
exponents modulo M. With M above all exponents it equals the average over the circle. Nothing here imports
the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod

M = 97

Matrix = Sequence[Sequence[Fraction]]

Moment = Callable[[tuple[int, ...]], Fraction]
"""From the exponents of x_11, …, x_1d to the mixed moment."""


class Laurent:
    """Σ coefficient · Π λ_i^{m_i} · Π x_{1i}^{k_i}, the m_i modulo M."""

    def __init__(self, terms: dict | None = None):
        self.terms: dict[tuple[tuple[int, ...], tuple[int, ...]], Fraction] = terms or {}

    def __add__(self, other: Laurent) -> Laurent:
        terms = dict(self.terms)
        for key, c in other.terms.items():
            terms[key] = terms.get(key, Fraction(0)) + c
        return Laurent(terms)

    def __mul__(self, other: Laurent | Fraction | int) -> Laurent:
        if not isinstance(other, Laurent):
            return Laurent({key: c * other for key, c in self.terms.items()} if other else {})
        terms: dict = {}
        for (m, k), c in self.terms.items():
            for (p, l), e in other.terms.items():
                key = (
                    tuple((a + b) % M for a, b in zip(m, p, strict=True)),
                    tuple(a + b for a, b in zip(k, l, strict=True)),
                )
                terms[key] = terms.get(key, Fraction(0)) + c * e
        return Laurent(terms)

    __rmul__ = __mul__

    def __sub__(self, other: Laurent) -> Laurent:
        return self + other * -1

    def conj(self) -> Laurent:
        return Laurent({(tuple(-a % M for a in m), k): c.conjugate() for (m, k), c in self.terms.items()})

    conjugate = conj
    """The name that NumPy uses for entries of arrays."""

    def mean(self, moment: Moment) -> Fraction:
        return sum((c * moment(k) for (m, k), c in self.terms.items() if not any(m)), Fraction(0))


def entry(d: int, time: int, i: int, *, paired: bool = False) -> Laurent:
    """x_{time, i}; zero before the first time."""
    if time < 1:
        return Laurent()
    phases = [0] * d
    if paired:
        # Coordinates 2k and 2k + 1 share the phase k, once as it is and once conjugated.
        phases[i - i % 2] = (time - 1) * (-1 if i % 2 else 1) % M
    else:
        phases[i] = (time - 1) % M
    return Laurent({(tuple(phases), tuple(int(j == i) for j in range(d))): Fraction(1)})


def vector(d: int, time: int, *, paired: bool = False) -> list[Laurent]:
    """x_time."""
    return [entry(d, time, i, paired=paired) for i in range(d)]


def inner(u: Sequence[Laurent], v: Sequence[Laurent]) -> Laurent:
    """u* v."""
    return sum((a.conj() * b for a, b in zip(u, v, strict=True)), Laurent())


def squared_error(prediction: Sequence[Laurent], d: int, t: int, moment: Moment, *, paired: bool) -> Fraction:
    """E‖prediction − x_{t+1}‖²."""
    target = vector(d, t + 1, paired=paired)
    errors = [a - b for a, b in zip(prediction, target, strict=True)]
    return inner(errors, errors).mean(moment)


# --- laws of x_1, from their definitions ------------------------------------------------------------


def over_support(support: Sequence[tuple[Fraction, Sequence[Fraction]]]) -> Moment:
    """A law given by its atoms (probability, vector)."""
    assert sum(p for p, _ in support) == 1

    def moment(exponents: tuple[int, ...]) -> Fraction:
        return sum(
            (p * prod(Fraction(x) ** k for x, k in zip(v, exponents, strict=True)) for p, v in support),
            Fraction(0),
        )

    return moment


def independent(one: Callable[[int], Fraction]) -> Moment:
    """Independent coordinates with given moments of one of them."""
    return lambda exponents: prod((one(k) for k in exponents), start=Fraction(1))


def _gaussian(k: int, scale: Fraction) -> Fraction:
    # E x^k = (k − 1) σ² E x^{k−2}
    if k == 0:
        return Fraction(1)
    return Fraction(0) if k == 1 else (k - 1) * scale**2 * _gaussian(k - 2, scale)


def law(name: str, d: int, scale: Fraction) -> Moment:
    """The moments of a law of x_1 by its name."""
    scale = Fraction(scale)
    if name == "gaussian":
        return independent(lambda k: _gaussian(k, scale))
    if name == "rademacher":
        return independent(lambda k: (scale**k + (-scale) ** k) / 2)
    if name == "uniform":
        # ∫_{−s}^{s} x^k dx / 2s
        return independent(lambda k: (scale ** (k + 1) - (-scale) ** (k + 1)) / (k + 1) / (2 * scale))
    if name == "sparse":
        unit = [[scale * sign * (i == j) for j in range(d)] for i in range(d) for sign in (1, -1)]
        return over_support([(Fraction(1, 2 * d), v) for v in unit])
    assert name == "ones"
    return over_support([(Fraction(1), [scale] * d)])
