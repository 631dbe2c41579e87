"""`iterate`: steps of gradient descent in context, with given steps or with one step size that is minimised over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm, exact_scalar, read_form, scalar
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.layers.gram import Gram, gram_of
from symicl.theory.layers.writing import written
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation, pretty_ratio

if TYPE_CHECKING:
    import flint

    from symicl.theory.layers.at_numbers import DepthAt

ETA = scalar("eta")
ZERO, ONE = ClosedForm.number(0), ClosedForm.number(1)


def iterate(
    task: Any,
    steps: int,
    step: sympy.Expr | float | Sequence[Any] | None = None,
    *,
    preconditioner: MatrixExpr | None = None,
) -> Loop:
    """The risk of k steps of gradient descent in context, from zero, exactly.

    Parameters
    ----------
    task : LinearRegression
    steps : int
        k.
    step : scalar or sequence of k scalars, optional
        The step size η in w ← w + η P Xᵀ(y − Xw)/n; default the symbol ``eta``. A sequence is one per step.
    preconditioner : matrix expression, optional
        P, d × d. Default the identity.

    Returns
    -------
    Loop
        ``.risk`` and ``.excess`` in symbols, ``.at(…)`` at numbers, ``.best_step(…)``.

    Raises
    ------
    InputError
        For another task, or steps that do not fit.

    Examples
    --------
    >>> import symicl as si
    >>> one = si.iterate(si.LinearRegression(), steps=1)
    >>> print(one.best_step().parameter)
    n/(d + n + sigma2 + 1)
    >>> si.iterate(si.LinearRegression(noise=0), steps=2).best_step(n=20, d=5).value
    0.4990073880072561380224
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InputError(f"steps is {brief(steps)}; give a number of steps, an integer from 1 on")
    gram = gram_of(task, preconditioner)
    if steps > gram.max_layers:
        raise UnsupportedError(f"{steps} steps are too many here; at most {gram.max_layers} are taken")
    if step is None:
        return Loop(gram, steps)
    given = tuple(step) if isinstance(step, Sequence) and not isinstance(step, str) else (step,) * steps
    if len(given) != steps:
        raise InputError(f"{len(given)} step sizes are given for {steps} steps; give one, or one per step")
    return Loop(gram, steps, tuple(exact_scalar(value, "a step size") for value in given))


@dataclass(frozen=True, eq=False)
class Loop(TypesetQuantity):
    """Steps of descent, or layers with tied weights; see `iterate`.

    Attributes
    ----------
    gram : Gram
    layers : int
    sizes : tuple of SymPy scalars or None
        The step sizes; None for one symbol η in all of them.
    """

    gram: Gram
    layers: int
    sizes: tuple[sympy.Expr, ...] | None = None

    @property
    def step_sizes(self) -> tuple[sympy.Expr, ...]:
        """One per step: those given, or the symbol η for each."""
        return self.sizes or (ETA,) * self.layers

    @property
    def is_one_number(self) -> bool:
        """True if the common step is all that is left open."""
        return self.sizes is None and not self.gram.symbols

    @cached_property
    def coefficients(self) -> tuple[ClosedForm, ...]:
        """Those of 1, λ, …, λᴸ of ∏(1 − η_ℓ λ)."""
        found = [ONE]
        for size in self.step_sizes:
            eta = read_form(size)
            found = [a - eta * b for a, b in zip([*found, ZERO], [ZERO, *found], strict=True)]
        return tuple(found)

    @cached_property
    def excess_form(self) -> ClosedForm:
        """E(f − ⟨w, x⟩)² as a closed form."""
        a, g = self.coefficients, self.gram.entry
        size = range(len(a))
        return sum((a[i] * a[j] * g(i, j) for i in size for j in size), ZERO)

    @property
    def excess(self) -> sympy.Expr:
        """E(f − ⟨w, x⟩)²; for Σ = I this is E‖w_k − w‖²."""
        return written(self.excess_form)

    closed_form = property(lambda self: self.excess_form, doc="E(f − ⟨w, x⟩)² as a closed form.")
    expr = excess

    @property
    def risk(self) -> sympy.Expr:
        """The excess plus the variance of the noise of the response."""
        return self.excess + self.gram.task.noise

    loss = risk

    @property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The symbols of the task and of the steps, by name."""
        found = self.gram.symbols
        for size in self.step_sizes:
            found |= {s.name: s for s in sorted(size.free_symbols, key=str) if s.name not in found}
        return found

    def at(self, **numbers: Any) -> DepthAt:
        """At numbers: the exact excess for given steps; without ``eta`` the best constant step and its excess.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        from symicl.numeric import evaluate, exact_matrix, sympy_rational
        from symicl.tasks import exact_values
        from symicl.theory.layers.at_numbers import DepthAt

        if self.sizes is None and ETA.name not in numbers:
            best = self.best_step(**numbers)
            values = exact_values(self.gram.symbols, numbers)
            steps, excess = (best.parameter,) * self.layers, best.value
        else:
            values = exact_values(self.symbols, numbers)
            row = exact_matrix([[evaluate(c.expr, values) for c in self.coefficients]])
            g = exact_matrix(self.gram.at(self.layers + 1, values))
            steps = tuple(evaluate(size, values) for size in self.step_sizes)
            excess = sympy_rational((row * g * row.transpose())[0, 0])
        return DepthAt(excess, excess + evaluate(self.gram.task.noise, values), steps, excess, "steps")

    def best_step(self, **numbers: Any) -> Any:
        """The best constant step and the excess there: with proven digits, or in symbols for one step.

        Returns
        -------
        BestParameter

        Raises
        ------
        UnsupportedError
            In symbols for more than one step; where the steps are given already.
        """
        from symicl.theory.recursions.best_parameter import BestParameter, quadratic_in

        if self.sizes is not None:
            raise UnsupportedError("the step sizes are given; leave out step= to minimise over one")
        if not numbers and self.gram.symbols:
            if self.layers > 1:
                raise UnsupportedError(
                    f"the best step of {self.layers} steps is a root of a polynomial; give numbers, such as n=…, d=…"
                )
            two, one, zero = quadratic_in(
                self.excess_form, ETA
            )  # the first is a mean square, of the prediction
            least = read_form(zero - one**2 / (4 * two))
            return BestParameter(pretty_ratio(read_form(-one / (2 * two))), pretty_ratio(least))
        import flint

        from symicl.numeric import infimum
        from symicl.tasks import exact_values

        found = infimum(self.objective(exact_values(self.gram.symbols, numbers)), flint.fmpq_poly([1]))
        return BestParameter(found.at, found.value)

    def objective(self, values: Mapping[sympy.Basic, Any]) -> flint.fmpq_poly:
        """The excess as a polynomial in the common step, at exact values of the task's symbols."""
        import flint

        g = self.gram.at(self.layers + 1, values)
        power, p = flint.fmpq_poly([1]), []
        for k in range(self.layers + 1):
            p.append(power * int(sympy.binomial(self.layers, k)))
            power = power * flint.fmpq_poly([0, -1])
        size = range(self.layers + 1)
        return sum((p[i] * p[j] * g[i][j] for i in size for j in size), flint.fmpq_poly())

    @property
    def equations(self) -> list[Equation]:
        """The excess."""
        return [Equation(r"\mathbb{E}(f-\langle w,x\rangle)^{2}", self.excess)]

    def __repr__(self) -> str:
        return f"Loop({self.layers} steps on {self.gram.task})"
