"""Prompts on which a forward pass is written down: with parts known by name, and with a letter for each part."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import Blocks, ClosedForm, Dimension, NamedMatrix, dims, matrix, symbol_letter
from symicl.tasks import Prompt

PARTS = {
    "covariates": "X",
    "responses": "y",
    "query": "x",
    "context": "Z",
    "query_token": "z",
    "inverse_length": r"\tfrac{1}{n}",
}
"""How the parts of a prompt are written."""


def named_prompt() -> Prompt:
    """A prompt whose parts are known by name."""
    return _NamedPrompt(*(NamedMatrix.of(PARTS[part]) for part in ("covariates", "responses", "query")))


@dataclass(frozen=True)
class _NamedPrompt(Prompt):
    @property
    def context(self) -> NamedMatrix:
        return NamedMatrix.of(PARTS["context"])

    @property
    def query_token(self) -> NamedMatrix:
        return NamedMatrix.of(PARTS["query_token"])

    @property
    def inverse_length(self) -> NamedMatrix:
        return NamedMatrix.of(PARTS["inverse_length"])


def symbolic_prompt(
    d: Dimension, *, n: Dimension | None = None, m: Dimension = 1, **others: Dimension
) -> Prompt:
    """A prompt of any law: X, y and x are letters."""
    length = dims("n") if n is None else n
    shapes = {"X": (length, d), "y": (length, m), "x": (d, 1)}
    letters = [ClosedForm.of(symbol_letter(matrix(name, shape))) for name, shape in shapes.items()]
    return Prompt(*(Blocks([[letter]]) for letter in letters))
