"""Matrices in place of step sizes: where the best scalar steps are stationary among them, and where not."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy.matrices.expressions import Identity, Inverse, MatrixExpr

from symicl.algebra import ClosedForm, gradient, letter, read_form, scalar
from symicl.errors import UnsupportedError
from symicl.tasks import LinearRegression

MAX_MATRIX_LAYERS = 4
"""Layers up to which the gradients are written out."""


@dataclass(frozen=True)
class MatrixSteps:
    """The loss of layers ŵ ← ŵ + A_ℓ Xᵀ(y − Xŵ)/n near A_ℓ = η_ℓ P, where P is the preconditioner.

    Attributes
    ----------
    point : tuple of matrix expressions
        η_ℓ P.
    gradients : tuple of ClosedForm
        The derivative of the excess loss by A_ℓ there, a d × d matrix in η_1, …, η_L.
    slopes : tuple of ClosedForm
        Its derivative by η_ℓ.
    stationary : bool
        True if every gradient is the slope over d times the inverse of Pᵀ: then the point is stationary among all
        matrices wherever it is so among scalars, such as at the best steps. False if one is not.

    Notes
    -----
    Stationary is not a minimum. That nothing is smaller among matrices is not shown, and is open.
    """

    point: tuple[MatrixExpr, ...]
    gradients: tuple[ClosedForm, ...]
    slopes: tuple[ClosedForm, ...]
    stationary: bool

    def __repr__(self) -> str:
        seen = (
            "stationary among matrices wherever it is so among scalars"
            if self.stationary
            else "not stationary"
        )
        return f"MatrixSteps({', '.join(map(str, self.point))}: {seen}; a minimum is not claimed)"


def matrix_steps(task: LinearRegression, preconditioner: MatrixExpr | None, layers: int) -> MatrixSteps:
    """The gradients at η_ℓ P, from the forward pass.

    Raises
    ------
    UnsupportedError
        For more than four layers, or a preconditioner without an inverse that is known.
    """
    if layers > MAX_MATRIX_LAYERS:
        raise UnsupportedError(f"the gradients of {layers} layers are too long; at most {MAX_MATRIX_LAYERS}")
    P = Identity(task.d) if preconditioner is None else preconditioner
    sizes = tuple(scalar(f"eta_{k}") for k in range(1, layers + 1))
    inverse = read_form(Inverse(P).doit()).T
    if inverse.T @ read_form(P) != ClosedForm.identity(inverse.rows):
        raise UnsupportedError(f"the inverse of {P} is not known")
    found = [_slopes(task, read_form(P), sizes, k) for k in range(layers)]
    d = read_form(task.d)
    stationary = all(slope / d * inverse == along for along, slope in found)
    point = tuple(size * P for size in sizes)
    return MatrixSteps(point, tuple(g for g, _ in found), tuple(s for _, s in found), stationary)


def _slopes(
    task: LinearRegression, P: ClosedForm, sizes: tuple[sympy.Symbol, ...], moved: int
) -> tuple[ClosedForm, ClosedForm]:
    """The derivative of the excess by the matrix of one layer, and by its step size.

    The prediction is linear in that matrix D: of (f − ⟨w, x⟩)² the part 2 (f − ⟨w, x⟩) f_D is what counts.
    """
    D = letter(("change of a step", moved), P.rows, P.cols)
    X, x, w = (read_form(z) for z in (task.X, task.x, task.w))
    y = X @ w if task.noise == 0 else read_form(task.responses)
    n = read_form(task.n)
    learned: ClosedForm | None = None
    changed: ClosedForm | None = None
    for k, size in enumerate(sizes):
        residual = y if learned is None else y - X @ learned
        pulled = X.T @ residual / n
        step = P @ pulled * read_form(size)
        if k == moved:
            changed = ClosedForm.of(D) @ pulled
        elif changed is not None:
            changed = changed - P @ (X.T @ (X @ changed)) * (read_form(size) / n)
        learned = step if learned is None else learned + step
    assert learned is not None and changed is not None
    error = (x.T @ (learned - w)).trace()
    slope = task.expectation(error * (x.T @ changed).trace()) * 2
    return gradient(slope, D), slope.substitute({D: P})
