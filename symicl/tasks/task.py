"""What a task offers: symbols and their law, and a sampler for the same law."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra.polynomial import Polynomial
from symicl.tasks.draws import Draws
from symicl.tasks.prompt import Prompt


@dataclass(frozen=True)
class Sample:
    """A batch of prompts with the responses to be predicted, batch × 1 × 1."""

    prompt: Prompt
    target: Any


class Task(ABC):
    """A distribution of in-context problems, once as symbols and once as a sampler."""

    @property
    @abstractmethod
    def d(self) -> sympy.Symbol | int:
        """Covariate dimension."""

    @abstractmethod
    def prompt(self) -> Prompt:
        """The prompt in symbols, as block matrices."""

    def centred(self, prediction: Polynomial) -> Polynomial:
        """A prediction in coordinates in which the task has mean zero; by default unchanged."""
        return prediction

    def prompt_letters(self) -> set[int]:
        """Letters of the prompt, in the original and in the centred coordinates."""
        prompt = self.prompt()
        blocks = (prompt.covariates, prompt.responses, prompt.query)
        return {a for block in blocks for a in block.single().letters()}

    @abstractmethod
    def target(self) -> Polynomial:
        """The response that the model has to predict, in symbols."""

    @abstractmethod
    def expectation(self, polynomial: Polynomial) -> Polynomial:
        """Exact expectation of a polynomial in the prompt, the target and any parameters."""

    @abstractmethod
    def symbols(self) -> dict[str, sympy.Basic]:
        """The free symbols of the law by name: dimensions, variances, covariances, means."""

    @abstractmethod
    def sample(self, values: Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw ``batch`` prompts for numeric values of the symbols."""
