"""Models that are composed of parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from symicl.algebra import (
    Blocks,
    ClosedForm,
    Dimension,
    Matrix,
    dimension_index,
    last_rows,
    matrix,
    read_form,
    scalar,
    symbol_letter,
)
from symicl.errors import InputError, described
from symicl.models.model import Model, Weights
from symicl.models.parts import Attention, Part, Residual, Tokens, check_part
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class Layers(Model):
    """A linear transformer: the tokens (xᵢ; yᵢ) and (x; 0) pass its parts one after the other.

    The prediction is the last entry of the token of the query, or with m responses its last m entries. A weight that
    several parts have is numbered by the part, W_K_1 and W_K_2; others keep their names.

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
        return last_rows(tokens.query, prompt.responses)

    def families(self) -> Mapping[str, Callable[..., Weights]]:
        """Of layers of merged attention with residual connections: each layer updates the labels alone.

        With W_PV = diag(0, I) and W_KQ = diag(A_ℓ, 0) layer ℓ adds (1/n) yᵀXA_ℓx to the label of a token, a step of
        preconditioned gradient descent. "label updates" has any A_ℓ, "scalar label updates" A_ℓ = a_ℓ I.
        """
        if not all(map(_is_merged, self.parts)):
            return {}
        return {
            "label updates": partial(self._label_updates, of=_matrix),
            "scalar label updates": partial(self._label_updates, of=_number),
        }

    def _label_updates(
        self, of: Callable[[str, Dimension], ClosedForm], d: Dimension, m: Dimension = 1, **_: Dimension
    ) -> Weights:
        weights = {}
        for number, names in enumerate(self._names(), 1):
            A = of(f"_{number}" if len(self.parts) > 1 else "", d)
            one = ClosedForm.identity(dimension_index(m))
            corner, column = A * 0, ClosedForm.zero(A.rows, one.rows)
            row = column.T
            weights[names["W_KQ"]] = Blocks([[A, column], [row, one * 0]])
            weights[names["W_PV"]] = Blocks([[corner, column], [row, one]])
        return self.effective(weights)


def _matrix(index: str, d: Dimension) -> ClosedForm:
    return ClosedForm.of(symbol_letter(matrix(f"A{index}", (d, d))))


def _number(index: str, d: Dimension) -> ClosedForm:
    return ClosedForm.identity(dimension_index(d)) * read_form(scalar(f"a{index}"))


def _is_merged(part: Part) -> bool:
    inner = part.part if isinstance(part, Residual) else None
    return isinstance(inner, Attention) and inner.merged and inner.mask and inner.gates == "none"


def _own(weights: Weights, names: Mapping[str, str]) -> dict[str, Matrix]:
    return {name: weights[whole] for name, whole in names.items()}
