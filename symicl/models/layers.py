"""Models that are composed of parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symicl.algebra import Matrix, last_unit, transpose
from symicl.errors import InputError, described
from symicl.models.model import Model, Weights
from symicl.models.parts import Part, Tokens, check_part
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class Layers(Model):
    """A linear transformer: the tokens (xᵢ; yᵢ) and (x; 0) pass its parts one after the other.

    The prediction is the last entry of the token of the query. A weight that several parts have is numbered by the
    part, W_K_1 and W_K_2; others keep their names.

    Parameters
    ----------
    parts : list of Part

    Raises
    ------
    InputError
        For an empty list, or one with something else in it.

    Examples
    --------
    The linear transformer block, attention with a residual connection and an MLP:

    >>> import symicl as si
    >>> block = si.Layers([si.Residual(si.Attention()), si.LinearMLP()])
    >>> print(si.minimise(si.expected_loss(block, si.LinearRegression())))
    K⋆ = I_d/(n + d + 1 + σ²)
    L⋆ = σ² + d(d + 1 + σ²)/(n + d + 1 + σ²)
    """

    parts: tuple[Part, ...]

    def __init__(self, parts: Iterable[Part]):
        if isinstance(parts, Part) or not isinstance(parts, Iterable):
            raise InputError(f"Layers takes a list of parts, not {described(parts)}")
        object.__setattr__(self, "parts", tuple(parts))
        if not self.parts:
            raise InputError("Layers takes one part at least, such as Attention()")
        for part in self.parts:
            check_part(part, "Layers")

    def _names(self) -> list[dict[str, str]]:
        """For each part, from the name of a weight in the part to that in the model."""
        own = [part.weight_shapes() for part in self.parts]
        count = Counter(name for shapes in own for name in shapes)
        return [
            {name: name if count[name] == 1 else f"{name}_{number}" for name in shapes}
            for number, shapes in enumerate(own, 1)
        ]

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {
            names[name]: shape
            for part, names in zip(self.parts, self._names(), strict=True)
            for name, shape in part.weight_shapes().items()
        }

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        tokens = Tokens(lambda: prompt.context, prompt.query_token, prompt.inverse_length)
        for part, names in zip(self.parts, self._names(), strict=True):
            tokens = part.apply(_own(weights, names), tokens)
        return transpose(last_unit(tokens.query)) @ tokens.query


def _own(weights: Weights, names: Mapping[str, str]) -> dict[str, Matrix]:
    return {name: weights[whole] for name, whole in names.items()}
