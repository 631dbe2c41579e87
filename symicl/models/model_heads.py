"""Several heads, each of which is a whole model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symicl.algebra import Dimension, Matrix
from symicl.errors import InputError, UnsupportedError, brief, described
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class ModelHeads(Model):
    """f = Σ_h f_h: the sum of copies of a model, each with weights of its own; `symicl.models.parts.Heads` makes it.

    The weights and the effective parameters of copy h are called W_h, where there are several copies.

    Parameters
    ----------
    model : Model
        Of prompts.
    heads : int

    Raises
    ------
    InputError
        For a number of copies that is not a positive integer.
    UnsupportedError
        For a model of sequences.
    """

    model: Model
    heads: int

    def __post_init__(self) -> None:
        check_count(self.heads)
        if not isinstance(self.model, Model):
            raise InputError(f"Heads takes a part or a model, not {described(self.model)}")
        if self.model.reads != "prompt":
            raise UnsupportedError(
                f"Heads takes models of prompts, and {type(self.model).__name__} reads sequences; sum the heads in its "
                "forward pass"
            )

    @classmethod
    def options(cls) -> None:
        """A claim file has no name for the model inside."""
        return

    @property
    def _suffixes(self) -> list[str]:
        return [""] if self.heads == 1 else [f"_{h}" for h in range(1, self.heads + 1)]

    def weight_shapes(self) -> dict[str, WeightShape]:
        return self._each(self.model.weight_shapes())

    def effective_shapes(self) -> dict[str, WeightShape]:
        return self._each(self.model.effective_shapes())

    def _each(self, of: Mapping[str, WeightShape]) -> dict[str, WeightShape]:
        return {f"{name}{h}": shape for h in self._suffixes for name, shape in of.items()}

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        total: Any = None
        for h in self._suffixes:
            out = self.model.forward(_own(weights, self.model.weight_shapes(), h), prompt)
            total = out if total is None else total + out
        return total

    def effective(self, weights: Weights) -> dict[str, Any]:
        return {
            f"{name}{h}": value
            for h in self._suffixes
            for name, value in self.model.effective(_own(weights, self.model.weight_shapes(), h)).items()
        }

    def predict(self, parameters: Weights, prompt: Prompt) -> Matrix:
        total: Any = None
        for h in self._suffixes:
            out = self.model.predict(_own(parameters, self.model.effective_shapes(), h), prompt)
            total = out if total is None else total + out
        return total

    def weights_for(self, parameters: Mapping[str, Any], d: Dimension, **others: Dimension) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for h in self._suffixes:
            own = _own(parameters, self.model.effective_shapes(), h)
            found |= {f"{name}{h}": w for name, w in self.model.weights_for(own, d, **others).items()}
        return found


def check_count(count: object) -> None:
    """Refuse a number of heads that is none.

    Raises
    ------
    InputError
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise InputError(f"Heads takes a positive integer, not count={brief(count)}")


def _own(weights: Weights, names: Mapping[str, Any], suffix: str) -> dict[str, Any]:
    return {name: weights[f"{name}{suffix}"] for name in names}
