"""The interface of a task: symbols and their law, and a sampler for the same law."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra.evaluate import evaluate
from symicl.algebra.polynomial import Polynomial
from symicl.tasks.draws import Draws
from symicl.tasks.prompt import Prompt
from symicl.tasks.values import Values, exact_values
from symicl.typeset.passage import Passage


@dataclass(frozen=True)
class Sample:
    """A batch of prompts with the responses to be predicted, batch × 1 × 1."""

    prompt: Prompt
    target: Any


@dataclass(frozen=True)
class TaskAt:
    """A task together with exact values of all its symbols.

    Attributes
    ----------
    task : Task
    values : dict
        From each symbol of the task, opaque moments included, to its exact value.
    """

    task: Task
    values: Values

    @property
    def d(self) -> int:
        """Covariate dimension."""
        return int(self.values.get(self.task.d, self.task.d))

    def sample(self, batch: int, draws: Draws) -> Sample:
        """Draw ``batch`` prompts."""
        return self.task.sample(self.values, batch, draws)


class Task(ABC):
    """A distribution of in-context problems, once as symbols and once as a sampler."""

    def _repr_html_(self) -> str:
        from symicl.typeset.notebook import described

        return described(self)

    def setting(self) -> Passage:
        """The law of the data in words and formulas, with the meaning of every letter; by default its name alone."""
        return Passage(f"The data follow the law of {type(self).__name__}")

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

    def moments(self) -> dict[sympy.Symbol, sympy.Expr]:
        """Opaque moments of the law in terms of its dimensions, where they are known."""
        return {}

    def at(self, **numbers: Any) -> TaskAt:
        """The task with numbers for its symbols.

        Parameters
        ----------
        **numbers
            By name: integers, fractions, floats (at their binary value), nested lists, arrays.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        return self.at_values(exact_values(self.symbols(), numbers))

    def at_values(self, values: Values) -> TaskAt:
        """The same with exact values that have been checked already."""
        return TaskAt(
            self, values | {symbol: evaluate(moment, values) for symbol, moment in self.moments().items()}
        )

    @abstractmethod
    def sample(self, values: Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw ``batch`` prompts for numeric values of the symbols."""
