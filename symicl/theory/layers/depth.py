"""`depth`: the best steps of L linear layers, by the polynomial that is orthogonal for the spectrum of the examples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm, solve
from symicl.errors import DerivationError, InputError, UnsupportedError, brief
from symicl.theory.layers.gram import Gram, SpectralGram, gram_of
from symicl.theory.layers.loop import Loop
from symicl.theory.layers.writing import written
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation

if TYPE_CHECKING:
    from symicl.theory.layers.at_numbers import DepthAt
    from symicl.theory.layers.matrix_steps import MatrixSteps

VARIABLE = sympy.Symbol("lambda", real=True)
ZERO = ClosedForm.number(0)


def depth(
    task: Any, layers: int = 2, *, tied: bool = False, preconditioner: MatrixExpr | None = None
) -> Depth | Loop:
    """The least loss of linear layers that each take one step of gradient descent in context.

    Parameters
    ----------
    task : LinearRegression
        Its number of examples n, dimension d, noise and covariances may be symbols.
    layers : int
        L. In symbols up to 5, at numbers up to 12; with a covariance that is not whitened up to 3 and 4.
    tied : bool
        True for one step size in all layers (a looped transformer).
    preconditioner : matrix expression, optional
        P, d × d, in front of each gradient; Σ⁻¹ whitens the examples. Default the identity.

    Returns
    -------
    Depth, or Loop if ``tied``
        ``.excess`` is the least E(f − ⟨w, x⟩)², ``.loss`` that plus the variance of the noise, ``.steps`` the step
        sizes, ascending; ``.at(n=…, d=…)`` has all of it with proven digits.

    Raises
    ------
    InputError
        For another task, a number of layers that is not positive, or a preconditioner that does not fit.

    Notes
    -----
    Layer ℓ moves the estimate by η_ℓ P Xᵀ(y − Xw)/n, so the error is ∏(1 − η_ℓ PXᵀX/n) w and a part of the noise. The
    best coefficients of this polynomial solve normal equations in the moments of XᵀX; they are checked, and what any
    other polynomial loses more is a mean square. Without noise and whitened, p is orthogonal to λ, …, λᴸ. If it had
    fewer than L changes of sign, at the zeros of q, E tr p(S) q(S) S would vanish, and be the mean of what is ≥ 0: so
    all roots are real, and steps attain it. With noise they can be complex, and the value is a lower bound then.

    Examples
    --------
    >>> import symicl as si
    >>> two = si.depth(si.LinearRegression(noise=0), layers=2)
    >>> [round(float(step), 6) for step in two.at(n=20, d=5).steps]
    [0.515371, 1.249572]
    >>> two.at(n=20, d=5).excess
    1795/4969
    """
    if isinstance(layers, bool) or not isinstance(layers, int) or layers < 1:
        raise InputError(
            f"layers is {brief(layers)}; give an integer from 1 on (for all depths at once, depth_limit())"
        )
    gram = gram_of(task, preconditioner)
    if layers > gram.max_layers:
        raise UnsupportedError(f"{layers} layers are too many here; at most {gram.max_layers} are taken")
    return Loop(gram, layers) if tied else Depth(gram, layers)


@dataclass(frozen=True, eq=False)
class Depth(TypesetQuantity):
    """L layers with a step size each; see `depth`.

    Attributes
    ----------
    gram : Gram
        The excess loss as a quadratic form in the coefficients of the polynomial.
    layers : int
    """

    gram: Gram
    layers: int

    # --- in symbols ----------------------------------------------------------------------------------

    @cached_property
    def coefficients(self) -> tuple[ClosedForm, ...]:
        """Those of 1, λ, …, λᴸ of the best polynomial; its normal equations are checked.

        Raises
        ------
        UnsupportedError
            For more than five layers, or three where a covariance is not whitened.
        """
        if self.layers > self.gram.max_symbolic and self.symbols:
            raise UnsupportedError(
                f"the closed form for {self.layers} layers is too long; in symbols at most {self.gram.max_symbolic} "
                "are taken here, at numbers .at(n=…, d=…) takes more"
            )
        g, inner = self.gram.entry, range(1, self.layers + 1)
        found = solve([[g(i, j) for j in inner] for i in inner], [-g(i, 0) for i in inner])
        coefficients = (ClosedForm.number(1), *found)
        check_normal_equations(self.gram, coefficients)
        return coefficients

    @cached_property
    def excess_form(self) -> ClosedForm:
        """The least excess loss over all polynomials, as a closed form."""
        return sum((a * self.gram.entry(0, j) for j, a in enumerate(self.coefficients)), ZERO)

    @property
    def excess(self) -> sympy.Expr:
        """The least E(f − ⟨w, x⟩)² over all polynomials, in symbols."""
        return written(self.excess_form)

    closed_form = property(lambda self: self.excess_form, doc="The least excess loss as a closed form.")
    expr = excess

    @property
    def loss(self) -> sympy.Expr:
        """The excess plus the variance of the noise of the response."""
        return self.excess + self.gram.task.noise

    @cached_property
    def polynomial(self) -> sympy.Expr:
        """The polynomial p(λ) = ∏(1 − η_ℓ λ) of the error."""
        return sympy.Add(*(written(a) * VARIABLE**k for k, a in enumerate(self.coefficients)))

    @property
    def symmetric_functions(self) -> tuple[sympy.Expr, ...]:
        """The elementary symmetric functions of the steps: their sum, the sum of products of two, …, their product."""
        return tuple(written(a if k % 2 == 0 else -a) for k, a in enumerate(self.coefficients) if k)

    @cached_property
    def steps(self) -> tuple[sympy.Expr, ...]:
        """The step sizes in symbols, the smaller one first; complex ones where roots are not real.

        Raises
        ------
        UnsupportedError
            For more than two layers.
        """
        if self.layers > 2:
            raise UnsupportedError(
                f"the steps of {self.layers} layers are roots of a polynomial of degree {self.layers}; "
                ".symmetric_functions are their sums, and .at(n=…, d=…).steps their digits"
            )
        total, *product = self.symmetric_functions
        if not product:
            return (total,)
        root = sympy.sqrt(sympy.factor(total**2 - 4 * product[0]))
        return (total - root) / 2, (total + root) / 2

    @property
    def attained(self) -> str:
        """ "steps" where real steps attain the excess whatever the symbols are, otherwise "lower bound"."""
        if not self.symbols:
            return self.at().attained
        noiseless = self.gram.task.noise == 0 and isinstance(self.gram, SpectralGram)
        return "steps" if self.layers == 1 or noiseless else "lower bound"

    def matrix_steps(self) -> MatrixSteps:
        """The same layers with a matrix in place of each step: whether the best steps are stationary among these.

        Raises
        ------
        UnsupportedError
            For more than four layers.
        """
        from symicl.theory.layers.matrix_steps import matrix_steps

        return matrix_steps(self.gram.task, self.gram.preconditioner, self.layers)

    # --- at numbers ----------------------------------------------------------------------------------

    @property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The symbols that `at` needs a value for, by name."""
        return self.gram.symbols

    def at(self, *, digits: int = 17, **numbers: Any) -> DepthAt:
        """The optimum at numbers: exact losses, steps with proven digits, and whether steps attain it.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        from symicl.tasks import exact_values
        from symicl.theory.layers.at_numbers import depth_at

        values = exact_values(self.symbols, numbers)
        return depth_at(self.gram, self.layers, values, digits)

    # --- views ---------------------------------------------------------------------------------------

    @property
    def equations(self) -> list[Equation]:
        """The least excess loss, or a bound where complex steps are not excluded."""
        steps = r"\eta_{1}" if self.layers == 1 else rf"\eta_{{1}},\dots,\eta_{{{self.layers}}}"
        relation = "" if self.attained == "steps" else r"\ge"
        left = rf"\min_{{{steps}}}\mathbb{{E}}(f-\langle w,x\rangle)^{{2}}{relation}"
        return [Equation(left, self.excess)]

    def __repr__(self) -> str:
        return f"Depth({self.layers} layers on {self.gram.task})"


def check_normal_equations(gram: Gram, coefficients: tuple[ClosedForm, ...]) -> None:
    """That the best coefficients a are stationary: Σ_j g_ij a_j = 0 for i ≥ 1.

    Any other coefficients a + b, b₀ = 0, then lose Σ b_i b_j g_ij more, which is a mean square.

    Raises
    ------
    DerivationError
        If an equation fails.
    """
    size = len(coefficients)
    if coefficients[0] != 1:
        raise DerivationError("the polynomial of a depth is not 1 at zero")
    for i in range(1, size):
        if sum((gram.entry(i, j) * a for j, a in enumerate(coefficients)), ZERO):
            raise DerivationError("the normal equations of a depth do not hold")
