"""`flow`: the gradient flow of a loss, with exact velocities of all weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import (
    MEANING,
    PARTNER,
    STRUCTURED_KINDS,
    Blocks,
    ClosedForm,
    RandomMatrix,
    Structured,
    exact_scalar,
    gradient,
    letter_of,
    read_form,
    refuse_namesakes,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import InputError, brief, described
from symicl.theory.dynamics.roots import Roots
from symicl.theory.dynamics.stability import Stability, stability
from symicl.theory.dynamics.system import System
from symicl.theory.loss import Loss
from symicl.theory.model_loss import ModelLoss


def flow(
    loss: ModelLoss | sympy.Expr,
    unknowns: Iterable[sympy.Basic] | None = None,
    *,
    weights: bool = False,
    rate: sympy.Expr | float = 1,
) -> Flow:
    """The gradient flow θ̇ = −rate · ∇L of a loss, in closed form with symbolic dimensions.

    Parameters
    ----------
    loss : Loss, AutoregressiveLoss or SymPy scalar
        What `expected_loss` returns, or an expression without anything random in it, such as what `expect` returns.
    unknowns : list of symbols, optional
        The symbols that move; of a symmetric one the gradient is that of `gradient`. Needed for an expression; of a
        loss by default all its effective parameters.
    weights : bool
        For the loss of a model on prompts: let all its weights move instead of the effective parameters.
    rate : number or SymPy scalar
        Such as ½, for papers that have ½ in front of their loss.

    Returns
    -------
    Flow

    Raises
    ------
    InputError
        For anything else; for an unknown that the loss does not depend on.
    UnsupportedError
        If the loss is not rational, or has no gradient in closed form.

    Examples
    --------
    >>> import symicl as si
    >>> p, v = si.scalar("p"), si.scalar("v")
    >>> flow = si.flow((1 - p * v) ** 2, [p, v])
    >>> print(flow)
    ṗ = 2v - 2p v²
    v̇ = 2p - 2p² v
    >>> flow.conserved()
    (Conserved(p² - v²: conserved),)
    """
    if isinstance(loss, ModelLoss):
        return _of_model(loss, unknowns, weights, rate)
    if weights:
        raise InputError(
            "weights=True needs the loss of a model; list what moves of an expression as unknowns"
        )
    if isinstance(loss, MatrixExpr) and tuple(loss.shape) != (1, 1):
        raise InputError(f"{brief(loss)} is a {loss.shape[0]}×{loss.shape[1]} matrix; a loss is a scalar")
    if isinstance(loss, str | type) or not isinstance(loss, sympy.Expr | MatrixExpr):
        raise InputError(f"flow() takes a loss or a SymPy expression, not {described(loss)}")
    return _of_expression(loss, unknowns, rate)


@dataclass(frozen=True, eq=False, repr=False)
class Flow(System):
    """A gradient flow; see `flow`.

    Attributes
    ----------
    letters, velocities, blocks, loss_form, roots
        As of every `symicl.theory.System`.
    source : Loss or SymPy expression
        Whose flow it is.
    rate : SymPy scalar
    weights : bool
        True if all weights of a model move.
    """

    source: Any = None
    rate: sympy.Expr = sympy.S.One
    weights: bool = False

    def gradient(self, name: str | sympy.Basic) -> Any:
        """∂L/∂W for one of the letters that move, as a SymPy expression, without the rate."""
        return self.written(gradient(self.loss_form, self.letters[self._name(name)]))

    def stability(self, **numbers: Any) -> Stability:
        """Linear stability of a stationary point, from the exact Hessian at numbers.

        Parameters
        ----------
        **numbers
            Exact values by name for the letters that move, the sizes, and the parameters of the law.

        Raises
        ------
        InputError
            If the point is not stationary, with the component that moves; for a missing or impossible value.
        """
        return stability(self, numbers)

    def __repr__(self) -> str:
        source = self.source if isinstance(self.source, ModelLoss) else brief(self.source)
        return f"Flow({', '.join(self.letters)}; L = {source!r})"


def _of_model(loss: ModelLoss, unknowns: Any, weights: bool, rate: Any) -> Flow:
    if not weights:
        letters = {name: loss.letter_to_differentiate(name) for name in sorted(loss.letter_names)}
        blocks = {name: Blocks([[ClosedForm.of(a)]]) for name, a in letters.items()}
        return _made(loss.closed_form, letters, blocks, unknowns, rate, loss)
    if not isinstance(loss, Loss):
        raise InputError(f"weights=True needs the loss of a model on prompts, not {described(loss)}")
    whole = loss.model.symbolic_weights(**loss.model.sizes_on(loss.task))
    table: dict[int, ClosedForm] = {}
    images = loss.model.effective(whole)
    for name, parameter in loss.parameters.items():
        for row, image_row in zip(parameter.grid, images[name].grid, strict=True):
            for block, image in zip(row, image_row, strict=True):
                a = letter_of(block)
                table[min(a, PARTNER[a])] = image if a <= PARTNER[a] else image.T
    letters = {
        str(MEANING[a]): min(a, PARTNER[a])
        for matrix in whole.values()
        for row in matrix.grid
        for block in row
        for a in block.letters()
    }
    return _made(loss.closed_form.substitute(table), letters, whole, unknowns, rate, loss, weights=True)


def _of_expression(loss: Any, unknowns: Any, rate: Any) -> Flow:
    if unknowns is None:
        raise InputError("name what moves, flow(loss, [W, v]); everything else in the expression stays fixed")
    listed = [unknowns] if isinstance(unknowns, sympy.Basic) else list(unknowns)
    for symbol in listed:
        if not isinstance(symbol, sympy.Symbol | MatrixSymbol) or isinstance(symbol, RandomMatrix):
            raise InputError(f"{brief(symbol)} cannot move; list symbols from matrix(), vector() or scalar()")
        if isinstance(symbol, Structured):
            raise InputError(
                f"{symbol.name} is declared as {STRUCTURED_KINDS[type(symbol)]}, which a gradient flow leaves; declare "
                "it with matrix() or vector()"
            )
    random = next(iter(sorted(loss.atoms(RandomMatrix), key=str)), None)
    if random is not None:
        raise InputError(f"{random} is random; take the expectation first, flow(si.expect(…), …)")
    refuse_namesakes(loss, *listed)
    letters = {s.name: scalar_letter(s) if isinstance(s, sympy.Symbol) else symbol_letter(s) for s in listed}
    blocks = {name: Blocks([[ClosedForm.of(a)]]) for name, a in letters.items()}
    roots = Roots().with_those_of(loss)
    form = roots.put(read_form(roots.named(loss)))
    return _made(form, letters, blocks, listed, rate, loss, roots)


def _made(
    form: ClosedForm,
    letters: Mapping[str, int],
    blocks: Mapping[str, Blocks],
    unknowns: Any,
    rate: Any,
    source: Any,
    roots: Roots | None = None,
    weights: bool = False,
) -> Flow:
    present = form.letters()
    if unknowns is not None:
        names = [str(getattr(u, "name", u)) for u in unknowns]
        for name in names:
            if name not in letters or letters[name] not in present:
                known = ", ".join(k for k, a in letters.items() if a in present)
                raise InputError(f"the loss does not depend on {brief(name)}; it depends on {known}")
        letters = {name: letters[name] for name in names}
    moving = {name: a for name, a in letters.items() if a in present}
    step = exact_scalar(rate, "the rate")
    if (
        step.free_symbols & {MEANING[a] for a in moving.values()}
        or step.is_nonpositive
        or step.has(RandomMatrix)
    ):
        raise InputError(
            f"the rate is {brief(step)}; give a positive number or a positive symbol that does not move"
        )
    roots = (roots or Roots()).with_those_of(step)
    factor = roots.put(read_form(roots.named(step)))
    velocities = {name: gradient(form, a) * (-factor) for name, a in moving.items()}
    used = {
        name: matrix
        for name, matrix in blocks.items()
        if any(not part.letters().isdisjoint(moving.values()) for row in matrix.grid for part in row)
    }
    return Flow(moving, velocities, used, form, roots, source, step, weights)
