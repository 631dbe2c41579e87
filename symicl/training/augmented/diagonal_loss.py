"""The exact loss of diagonal weights as a function of vectors, from the engine's sums over coordinates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from symicl.algebra.evaluate import evaluate
from symicl.algebra.letters import MEANING
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.writer import write_scalar
from symicl.errors import UnsupportedError
from symicl.expectation.phases.entry_sums import EntrySum
from symicl.theory.autoregressive_loss import AutoregressiveLossAt

if TYPE_CHECKING:
    import torch


def compile_diagonal(loss: AutoregressiveLossAt) -> Callable[[Mapping[str, Any]], torch.Tensor]:
    """The loss at numbers of the task, as a function of the diagonals, runs… × d each.

    Raises
    ------
    UnsupportedError
        If the parameters are not diagonal matrices.
    """
    terms: list[tuple[float, list[EntrySum]]] = []
    for monomial, coefficient in loss.polynomial:
        sums, rest = [], []
        for word in monomial:
            meaning: Any = MEANING[word[0]] if len(word) == 1 else None
            if isinstance(meaning, EntrySum):
                if meaning.distinct or any(len(f.nodes) != 1 or f.is_conjugate for f in meaning.factors):
                    raise UnsupportedError(f"{meaning} is not a sum over the entries of real diagonals")
                sums.append(meaning)
            else:
                rest.append(word)
        number = evaluate(write_scalar(Polynomial({tuple(rest): coefficient})), loss.values)
        terms.append((float(number), sums))

    def function(diagonals: Mapping[str, Any]) -> torch.Tensor:
        found = {
            s: math.prod((diagonals[f.name] for f in s.factors[1:]), start=diagonals[s.factors[0].name]).sum(
                -1
            )
            for s in dict.fromkeys(s for _, sums in terms for s in sums)
        }
        total: Any = 0.0
        for factor, sums in terms:
            total = total + math.prod((found[s] for s in sums), start=factor)
        return total

    return function
