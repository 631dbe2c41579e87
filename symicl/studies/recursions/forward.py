"""A declared recursion in torch: its state and its step as they are written, on tokens that are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import RandomMatrix, parts_of
from symicl.numeric import CompiledFunction, evaluate, float_matrix
from symicl.numeric import compile as compiled
from symicl.tasks import Values, draw
from symicl.theory import AfterTokens

if TYPE_CHECKING:
    import torch

    from symicl.studies.runtime.draws import TorchDraws


class TokenPass:
    """The forward pass of a recursion on fresh tokens, at trained values of some of its scalars.

    Parameters
    ----------
    risk : AfterTokens
        Its state, its step and its quantity are evaluated as they are written; nothing of its closed form is used.
    values : dict
        Exact values of all other symbols.
    """

    def __init__(self, risk: AfterTokens, values: Values):
        update = risk.update
        self.tokens = int(values.get(risk.tokens, risk.tokens))
        self._values = values
        self._state = {symbol.name: compiled(value) for symbol, value in update.state.items()}
        self._step = {symbol.name: compiled(value) for symbol, value in update.step.items()}
        self._quantity = compiled(risk.quantity)
        first = _random(*update.state.values()) | set(update.constant)
        self._first, self._token = _by_name(first), _by_name(_random(*update.step.values()) - first)
        self._query = _by_name(_random(risk.quantity) - first)
        self._numbers = {
            symbol.name: _float(value) for symbol, value in values.items() if isinstance(symbol, sympy.Basic)
        }

    def __call__(self, gates: Mapping[str, torch.Tensor], draws: TorchDraws, size: int) -> torch.Tensor:
        """The quantity after all tokens, for each of so many sequences of fresh ones.

        Parameters
        ----------
        gates : dict of tensors
            Of each trained scalar one number, or one for each token.
        draws : TorchDraws
        size : int
        """
        *_, last = self.after_each(gates, draws, size, last=True)
        return last

    def after_each(
        self, gates: Mapping[str, torch.Tensor], draws: TorchDraws, size: int, *, last: bool = False
    ) -> Iterator[torch.Tensor]:
        """The same after each token, or only after the last one."""
        kept = self._drawn(self._first, draws, size)
        first = {name: gate.reshape(-1)[0] for name, gate in gates.items()}
        state = {name: self._called(start, kept, first) for name, start in self._state.items()}
        for k in range(self.tokens):
            now = {name: gate.reshape(-1)[min(k, gate.numel() - 1)] for name, gate in gates.items()}
            known = kept | state | self._drawn(self._token, draws, size)
            state = {name: self._called(step, known, now) for name, step in self._step.items()}
            if not last or k == self.tokens - 1:
                known = kept | state | self._drawn(self._query, draws, size)
                yield self._called(self._quantity, known, now).reshape(-1)

    def _drawn(self, letters: Mapping[str, RandomMatrix], draws: TorchDraws, size: int) -> dict[str, Any]:
        return {name: draw(z, self._values, size, draws) for name, z in letters.items()}

    def _called(self, function: CompiledFunction, *known: Mapping[str, Any]) -> Any:
        everything: dict[str, Any] = dict(self._numbers)
        for more in known:
            everything |= more
        return function(**{name: everything[name] for name in function.names})


def _random(*expressions: Any) -> set[RandomMatrix]:
    return {
        part for expression in expressions for part in parts_of(expression) if isinstance(part, RandomMatrix)
    }


def _by_name(letters: set[RandomMatrix]) -> dict[str, RandomMatrix]:
    """In a fixed order, so that draws depend on the seed alone."""
    return {z.name: z for z in sorted(letters, key=lambda z: z.name)}


def _float(value: Any) -> Any:
    found = evaluate(value, {}) if isinstance(value, sympy.Basic) else value
    return float(found) if not hasattr(found, "nrows") else float_matrix(found)
