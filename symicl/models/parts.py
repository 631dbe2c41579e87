"""The parts that linear transformers are made of: each maps tokens to tokens, once for symbols and for tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symicl.algebra import Matrix, diagonal, transpose
from symicl.errors import InputError, brief, described
from symicl.models.model import Model
from symicl.models.model_heads import ModelHeads, check_count
from symicl.models.shapes import Side, WeightShape

TOKEN: Side = ("d", "m")
"""A token holds a covariate and its responses."""


class Tokens:
    """The tokens of a prompt on their way through a model.

    Parameters
    ----------
    context : callable
        Gives the tokens of the examples as columns; it is called when they are used first.
    query : Matrix
        The token of the query.
    inverse_length : scalar
        1/n.
    """

    def __init__(self, context: Callable[[], Matrix], query: Matrix, inverse_length: Any):
        self._context, self.query, self.inverse_length = context, query, inverse_length

    @cached_property
    def context(self) -> Matrix:
        """The tokens of the examples as columns. Those behind the last part are never computed."""
        return self._context()

    def mapped(self, function: Callable[[Matrix], Matrix]) -> Tokens:
        """A map of columns, applied to all tokens."""
        return Tokens(lambda: function(self.context), function(self.query), self.inverse_length)

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(lambda: self.context + other.context, self.query + other.query, self.inverse_length)


class Part(ABC):
    """A map from tokens to tokens with weights of its own."""

    @abstractmethod
    def weight_shapes(self) -> dict[str, WeightShape]:
        """The trainable matrices."""

    @abstractmethod
    def apply(self, weights: Mapping[str, Matrix], tokens: Tokens) -> Tokens:
        """The tokens that come out, in ``@``, ``+``, ``*`` and the functions of `symicl.algebra`."""


def check_part(part: object, where: str) -> None:
    """Refuse what is no part.

    Raises
    ------
    InputError
    """
    if not isinstance(part, Part):
        or_models = " or a model" if where == "Heads" else ""
        raise InputError(
            f"{where} takes parts, such as Attention() or LinearMLP(),{or_models} not {described(part)}"
        )


@dataclass(frozen=True)
class Attention(Part):
    """Linear attention, without a residual connection: z ↦ (1/n) W_PᵀW_V C D CᵀW_KᵀW_Q z.

    C holds the tokens of the examples as columns, and z is any token. Wrap it in `Residual` to add z, and in `Heads`
    for several.

    Parameters
    ----------
    merged : bool
        One matrix W_KQ in place of W_KᵀW_Q, and W_PV in place of W_PᵀW_V.
    keys : int or str, optional
        The dimension of keys and queries, a number or a name; by default that of the tokens.
    mask : bool
        Keep the token of the query from being attended to.
    scaled : bool
        Divide by n.
    gates : "none", "diagonal" or "full"
        Trained weights D on the n examples: the identity, diag(ω), or any n × n matrix.

    Raises
    ------
    InputError
        For a switch that is none, keys of matrices that are merged, or gates without a mask.
    """

    merged: bool = False
    keys: int | str | None = None
    mask: bool = True
    scaled: bool = True
    gates: str = "none"

    def __post_init__(self) -> None:
        for name in ("merged", "mask", "scaled"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"{name}={brief(getattr(self, name))} must be True or False")
        if self.gates not in ("none", "diagonal", "full"):
            raise InputError(f"gates={brief(self.gates)!r}; choose none, diagonal or full")
        if self.merged and self.keys is not None:
            raise InputError("merged matrices have no keys; leave keys or merged out")
        if self.gates != "none" and not self.mask:
            raise InputError("gates weigh the n examples alone; leave gates or mask=False out")

    def weight_shapes(self) -> dict[str, WeightShape]:
        square = WeightShape(TOKEN, TOKEN)
        narrow = square if self.keys is None else WeightShape((self.keys,), TOKEN)
        shapes = (
            {"W_KQ": square, "W_PV": square}
            if self.merged
            else {"W_K": narrow, "W_Q": narrow, "W_V": square, "W_P": square}
        )
        if self.gates == "diagonal":
            shapes["omega"] = WeightShape(("n",), ("n",), kind="diagonal")
        if self.gates == "full":
            shapes["D"] = WeightShape(("n",), ("n",))
        return shapes

    def apply(self, weights: Mapping[str, Matrix], tokens: Tokens) -> Tokens:
        def attend(columns: Matrix) -> Matrix:
            total = self._head(weights, tokens.context, columns, gated=self.gates != "none")
            if not self.mask:
                total = total + self._head(weights, tokens.query, columns, gated=False)
            return total * tokens.inverse_length if self.scaled else total

        return tokens.mapped(attend)

    def _head(
        self, weights: Mapping[str, Matrix], attended: Matrix, columns: Matrix, *, gated: bool
    ) -> Matrix:
        if self.merged:
            scores = transpose(attended) @ (weights["W_KQ"] @ columns)
        else:
            scores = transpose(weights["W_K"] @ attended) @ (weights["W_Q"] @ columns)
        if gated:
            scores = (diagonal(weights["omega"]) if self.gates == "diagonal" else weights["D"]) @ scores
        if self.merged:
            return weights["W_PV"] @ (attended @ scores)
        return transpose(weights["W_P"]) @ ((weights["W_V"] @ attended) @ scores)


@dataclass(frozen=True)
class LinearMLP(Part):
    """z ↦ W_2ᵀW_1 z, a linear network of two layers on each token.

    Parameters
    ----------
    hidden : int or str, optional
        Its inner dimension, a number or a name; by default that of the tokens.
    """

    hidden: int | str | None = None

    def weight_shapes(self) -> dict[str, WeightShape]:
        hidden = self.hidden
        inner: Side = TOKEN if hidden is None else (hidden,)
        if (
            isinstance(hidden, int) and hidden > 1
        ):  # so that weights can be written down that use one unit alone
            inner = (1, hidden - 1)
        shape = WeightShape(inner, TOKEN)
        return {"W_1": shape, "W_2": shape}

    def apply(self, weights: Mapping[str, Matrix], tokens: Tokens) -> Tokens:
        return tokens.mapped(lambda columns: transpose(weights["W_2"]) @ (weights["W_1"] @ columns))


@dataclass(frozen=True)
class Residual(Part):
    """z ↦ z + part(z).

    Parameters
    ----------
    part : Part
    """

    part: Part

    def __post_init__(self) -> None:
        check_part(self.part, "Residual")

    def weight_shapes(self) -> dict[str, WeightShape]:
        return self.part.weight_shapes()

    def apply(self, weights: Mapping[str, Matrix], tokens: Tokens) -> Tokens:
        return tokens + self.part.apply(weights, tokens)


@dataclass(frozen=True)
class Heads(Part):
    """The sum of several copies of a part; the weights of copy h are called W_K_h and so on.

    Of a whole model it is a model, `symicl.models.model_heads.ModelHeads`.

    Parameters
    ----------
    part : Part or Model
    count : int

    Raises
    ------
    InputError
        For a number of copies that is not a positive integer.
    """

    part: Part
    count: int

    def __new__(cls, part: Part | Model, count: int) -> Any:
        return ModelHeads(part, count) if isinstance(part, Model) else super().__new__(cls)

    def __getnewargs__(self) -> tuple[Part, int]:
        return self.part, self.count

    def __post_init__(self) -> None:
        check_part(self.part, "Heads")
        check_count(self.count)

    def weight_shapes(self) -> dict[str, WeightShape]:
        shapes = self.part.weight_shapes()
        return {f"{name}_{h}": shape for h in range(1, self.count + 1) for name, shape in shapes.items()}

    def apply(self, weights: Mapping[str, Matrix], tokens: Tokens) -> Tokens:
        total = None
        for h in range(1, self.count + 1):
            own = {name: weights[f"{name}_{h}"] for name in self.part.weight_shapes()}
            out = self.part.apply(own, tokens)
            total = out if total is None else total + out
        assert total is not None
        return total
