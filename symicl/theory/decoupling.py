"""Blocks of the weights of a model of sequences without which its loss is no larger, whatever the law of x_1 is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symicl.expectation import ByCharge, FullMatrix, charges, inner


def complex_blocks(model: Any) -> dict[str, list[list[FullMatrix]]]:
    """All blocks of all weights of a model of sequences, as complex matrices."""
    return {
        name: [[replace(block, is_complex=True) for block in row] for row in grid]
        for name, grid in model.symbolic_parameters().items()
    }


@dataclass(frozen=True, eq=False)
class ActiveByCharge(ByCharge):
    """That one charge has the active blocks alone, and each term of the others has another block.

    Attributes
    ----------
    own : (int, int)
        The charge.
    active : tuple of str
        The names of the active blocks.
    absent : frozenset of str
        Names of blocks that are in no term.
    """

    own: tuple[int, int]
    active: tuple[str, ...]
    absent: frozenset[str]

    @property
    def holds(self) -> bool:
        others = [
            set(names) for charge, found in self.products.items() if charge != self.own for names in found
        ]
        alone = self.products.get(self.own) == frozenset({self.active})
        met = set(self.active).union(*others)
        return (
            super().holds
            and alone
            and all(names - set(self.active) for names in others)
            and not met & self.absent
        )


def active_blocks(model: Any) -> dict[str, list[list[Any]]]:
    """The weights with the active pair alone, each block by its own name."""
    places = model.active(FullMatrix("A"), FullMatrix("B"))
    return {
        name: [
            [block if used else 0 for block, used in zip(*rows, strict=True)]
            for rows in zip(grid, places[name], strict=True)
        ]
        for name, grid in complex_blocks(model).items()
    }


def is_decoupled(model: Any, task: Any) -> bool:
    """True if no weights have a smaller loss than they have with all blocks zero but the active pair.

    Multiply all phases by one number z of modulus 1. The part of the prediction that is multiplied as the target is has
    to be the prediction of the active pair, and the other parts have to be orthogonal to it and to the target in the
    mean, for every law of x_1 and all complex weights: then the loss is that of the active pair plus a mean square.

    Parameters
    ----------
    model, task
        Of sequences; the model has an ``active`` pair.
    """
    sequence = task.sequence()
    target = sequence.target()
    parts = charges(model.predict(complex_blocks(model), sequence))
    (own,) = charges(target)
    if own not in parts:
        return False
    like_target = parts.pop(own)
    apart = like_target - model.predict(active_blocks(model), sequence)
    others = [inner(part, other) for part in parts.values() for other in (like_target, target)]
    return not any(task.over_phases(product).patterns for product in (apart.norm2(), *others))
