"""The excess loss of steps of descent as a quadratic form in the coefficients of a polynomial.

After steps η₁, …, η_L of preconditioned descent from zero on n examples the error is p(A)w and a multiple of the noise,
with A = P XᵀX/n and p(λ) = ∏ (1 − η_ℓ λ) = Σ a_k λᵏ. The excess loss is then Σ a_i a_j g_ij.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import Identity, Inverse, MatMul, MatrixExpr, Trace, ZeroMatrix

from symicl.algebra import ClosedForm, exact_size, gaussian, read_form
from symicl.errors import DerivationError, InputError, brief, described
from symicl.expectation import expect
from symicl.tasks import LinearRegression

MAX_LETTERS_DEGREE = 8
"""Degree in XᵀX up to which moments with letters in between are taken."""


class Gram(ABC):
    """The numbers g_ij, symmetric, in symbols and at numbers.

    Attributes
    ----------
    task : LinearRegression
    preconditioner : matrix expression or None
        P, the identity if None.
    is_spectral : bool
        True if all entries are moments of one spectrum.
    max_layers, max_symbolic : int
        Layers up to which moments are taken, and up to which a closed form is written out in symbols.
    """

    max_layers: int
    max_symbolic: int
    is_spectral = False

    def __init__(self, task: LinearRegression, preconditioner: MatrixExpr | None):
        self.task, self.preconditioner = task, preconditioner
        self.entry = cache(self._entry)

    @abstractmethod
    def _entry(self, i: int, j: int) -> ClosedForm:
        """g_ij in symbols."""

    @abstractmethod
    def at(self, size: int, values: Mapping[sympy.Basic, Any]) -> list[list[flint.fmpq]]:
        """g_ij for i, j < size, at exact numbers."""

    @property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The symbols of the task and of the preconditioner, by name."""
        found = self.task.symbols()
        if self.preconditioner is not None:
            found |= {
                s.name: s for s in sorted(self.preconditioner.free_symbols, key=str) if s.name not in found
            }
        return found


class WordGram(Gram):
    """For any covariances and any preconditioner: moments with matrices between the factors XᵀX."""

    max_layers, max_symbolic = MAX_LETTERS_DEGREE // 2, 3

    def _entry(self, i: int, j: int) -> ClosedForm:
        if i > j:  # the trace of a product is that of its transpose
            return self.entry(j, i)
        return read_form(word_moment(self.task, self.preconditioner, i, j))

    def at(self, size: int, values: Mapping[sympy.Basic, Any]) -> list[list[flint.fmpq]]:
        from symicl.numeric import evaluate, flint_rational

        return [
            [flint_rational(evaluate(self.entry(i, j).expr, values)) for j in range(size)]
            for i in range(size)
        ]


class SpectralGram(Gram):
    """For what is isotropic after whitening: g_ij = a·m_{i+j} + b·m_{i+j−1} with m_k = E tr Sᵏ of standard normal rows.

    Attributes
    ----------
    variance : scalar
        S stands for XᵀX/n times this.
    front, noise : ClosedForm
        a, and b without the rows and columns 0, where it is zero.
    """

    max_layers, max_symbolic = 12, 5
    is_spectral = True

    def __init__(
        self,
        task: LinearRegression,
        preconditioner: MatrixExpr | None,
        variance: sympy.Expr,
        front: sympy.Expr,
        noise: sympy.Expr,
    ):
        super().__init__(task, preconditioner)
        self.variance, self.front, self.noise = variance, front, noise
        self._moment = cache(lambda k: read_form(moment(task.n, task.d, k) * variance**k))
        self._check()

    def _entry(self, i: int, j: int) -> ClosedForm:
        value = read_form(self.front) * self._moment(i + j)
        return value + read_form(self.noise) * self._moment(i + j - 1) if i and j else value

    def at(self, size: int, values: Mapping[sympy.Basic, Any]) -> list[list[flint.fmpq]]:
        from symicl.numeric import evaluate, flint_rational

        n, d = (int(values.get(side, side)) for side in (self.task.n, self.task.d))
        variance, front, noise = (
            flint_rational(evaluate(part, values)) for part in (self.variance, self.front, self.noise)
        )
        m = [flint_rational(moment(n, d, k)) * variance**k for k in range(2 * size - 1)]
        return [
            [front * m[i + j] + (noise * m[i + j - 1] if i and j else 0) for j in range(size)]
            for i in range(size)
        ]

    def _check(self) -> None:
        """That rotations leave only the trace of what stands between is checked on the first moments with letters."""
        for i, j in ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2)):
            if self.entry(i, j) != read_form(word_moment(self.task, self.preconditioner, i, j)):
                raise DerivationError("the whitened moments of a task are not those of the task")


def gram_of(task: object, preconditioner: MatrixExpr | None) -> Gram:
    """The quadratic form of a task; spectral where the task is isotropic after whitening.

    Raises
    ------
    InputError
        For anything but a `LinearRegression`, or a preconditioner of another shape.
    """
    if not isinstance(task, LinearRegression):
        raise InputError(f"depth and descent are derived for LinearRegression(), not for {described(task)}")
    sigma = task.covariate_cov
    if preconditioner is not None and not _has_shape(preconditioner, sigma.shape):
        raise InputError(
            f"the preconditioner is {brief(preconditioner)}; give a {task.d}×{task.d} matrix expression, such as "
            "Sigma.inv()"
        )
    if preconditioner is not None and preconditioner.doit() == ZeroMatrix(*sigma.shape):
        raise InputError("the preconditioner is zero; no step would move")
    n, d = task.n, task.d
    scale = _multiple_of_identity(sigma)
    inside = _multiple_of_identity(preconditioner) if preconditioner is not None else sympy.Integer(1)
    second_moment = task.task_cov + task.task_mean * task.task_mean.T
    if scale is not None and inside is not None:
        front = scale * expect(Trace(second_moment)) / d
        return SpectralGram(task, preconditioner, scale * inside, front, task.noise * scale * inside / n)
    if preconditioner is not None and preconditioner == Inverse(sigma):
        front = expect(Trace(sigma * second_moment)) / d
        return SpectralGram(task, preconditioner, sympy.Integer(1), front, task.noise / n)
    return WordGram(task, preconditioner)


def moment(n: sympy.Symbol | int, d: sympy.Symbol | int, k: int) -> sympy.Expr:
    """E tr Sᵏ for S = XᵀX/n with independent standard normal entries."""
    X = gaussian("X", (n, d))
    return expect(Trace((X.T * X) ** k)) / exact_size(n) ** k if k else exact_size(d)


def word_moment(task: LinearRegression, preconditioner: MatrixExpr | None, i: int, j: int) -> sympy.Expr:
    """g_ij of a task: E tr Σ Aⁱ M Aʲᵀ with M = E wwᵀ, and σ²/n E tr Σ Aⁱ⁻¹ P S Pᵀ Aʲ⁻¹ᵀ if i, j ≥ 1."""
    sigma, X = task.covariate_cov, task.X
    P = Identity(task.d) if preconditioner is None else preconditioner
    A, turned = P * X.T * X, X.T * X * P.T
    between = task.task_cov + task.task_mean * task.task_mean.T
    value = expect(Trace(_product(sigma, [A] * i, between, [turned] * j))) / task.n ** (i + j)
    if i and j:
        inner = P * X.T * X * P.T
        noise = expect(Trace(_product(sigma, [A] * (i - 1), inner, [turned] * (j - 1))))
        value += task.noise * noise / task.n ** (i + j)
    return value


def _product(
    first: MatrixExpr, left: list[MatrixExpr], inner: MatrixExpr, right: list[MatrixExpr]
) -> MatrixExpr:
    return MatMul(first, *left, inner, *right)


def _has_shape(matrix: object, shape: tuple) -> bool:
    return isinstance(matrix, MatrixExpr) and tuple(matrix.shape) == tuple(shape)


def _multiple_of_identity(matrix: MatrixExpr) -> sympy.Expr | None:
    """v of v·I, None for anything else."""
    if isinstance(matrix, Identity):
        return sympy.Integer(1)
    if isinstance(matrix, MatMul):
        coefficient, matrices = matrix.as_coeff_matrices()
        if all(isinstance(part, Identity) for part in matrices):
            return coefficient
    return None
