"""The minimum over all weights of a model, with all that a certificate has to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symicl.algebra import PARTNER, Blocks, ClosedForm
from symicl.errors import UnsupportedError
from symicl.theory import Loss, Optimum, attaining_weights


@dataclass(frozen=True)
class ForwardPass:
    """The prediction of a model of prompts, over all weights.

    Attributes
    ----------
    computed : ClosedForm
        The prediction, each block of each weight matrix a letter.
    parameters : dict
        From the letters of the effective parameters to what they are in the weights.
    blocks : dict of Blocks
        The weights by name, in letters.
    """

    computed: ClosedForm
    parameters: Mapping[int, ClosedForm]
    blocks: Mapping[str, Blocks]

    @property
    def free(self) -> list[int]:
        """The letters of the weights."""
        return list(_by_letters(self.blocks, self.blocks))

    def at(self, weights: Mapping[str, Blocks]) -> dict[int, ClosedForm]:
        """Values of these letters, from matrices by name."""
        return _by_letters(self.blocks, weights)


@dataclass(frozen=True)
class Attained(ForwardPass):
    """A minimum, and the weights over which it is one; the prediction is in centred coordinates.

    Attributes
    ----------
    optimum : Optimum
    weights : dict
        From the letters of the weights to their values at the minimum, which may contain the unknown of the optimum.
    """

    optimum: Optimum
    weights: Mapping[int, ClosedForm]


def forward_pass(loss: Loss) -> ForwardPass:
    """The forward pass of the model of a loss, on its task.

    Raises
    ------
    UnsupportedError
        For models of sequences, whose losses are sums of averages and no single square; for a family of weights.
    """
    model, task = loss.model, loss.task
    if task.shows == "sequence":
        raise UnsupportedError("the loss of a model of sequences is no single square")
    if loss.family is not None:
        raise UnsupportedError(f"the loss is that of the weights of the family {loss.family!r} alone")
    weights = model.symbolic_weights(**model.sizes_on(task))
    computed = task.component(model.forward(weights, task.prompt()).single())
    return ForwardPass(computed, _by_letters(loss.parameters, model.effective(weights)), weights)


def attained(found: ForwardPass, optimum: Optimum) -> Attained:
    """A minimum over the weights of a forward pass.

    Raises
    ------
    SymiclError
        If no weights are known that attain it.
    """
    at = _by_letters(found.blocks, attaining_weights(optimum))
    computed = optimum.loss.task.centred(found.computed)
    return Attained(computed, found.parameters, found.blocks, optimum, at)


def _by_letters(letters: Mapping[str, Blocks], values: Mapping[str, Blocks]) -> dict[int, ClosedForm]:
    """The value of each letter, where matrices of letters have the values of others."""
    found = {}
    for name, blocks in letters.items():
        if (blocks.heights, blocks.widths) != (values[name].heights, values[name].widths):
            raise UnsupportedError(f"the blocks of {name} have other sizes where it has a value")
        for row, others in zip(blocks.grid, values[name].grid, strict=True):
            for block, value in zip(row, others, strict=True):
                (a,) = block.letters() if len(block.letters()) == 1 else (None,)
                if a is None or block not in (ClosedForm.of(a), ClosedForm.of(PARTNER[a])):
                    raise UnsupportedError(f"{name} is no matrix of free letters")
                found[min(a, PARTNER[a])] = value if block == ClosedForm.of(min(a, PARTNER[a])) else value.T
    return found
