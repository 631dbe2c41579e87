"""The interface of a task: symbols and their law, and a sampler for the same law; and its kind for prompts."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

import sympy

from symicl.algebra import DIMENSIONS, ClosedForm, exact_size
from symicl.errors import UnsupportedError
from symicl.numeric import evaluate
from symicl.tasks.draws import Draws
from symicl.tasks.prompt import Prompt
from symicl.tasks.values import Values, exact_values
from symicl.typeset import Passage


@dataclass(frozen=True)
class Sample:
    """A batch of prompts with the responses to be predicted, batch × m × 1."""

    prompt: Prompt
    target: Any

    @property
    def data(self) -> Prompt:
        """The prompts, which a forward pass reads."""
        return self.prompt


LawT = TypeVar("LawT", bound="Task")


@dataclass(frozen=True)
class TaskAt(Generic[LawT]):
    """A task together with exact values of all its symbols.

    Attributes
    ----------
    task : Task
    values : dict
        From each symbol of the task, opaque moments included, to its exact value.
    """

    task: LawT
    values: Values

    @property
    def d(self) -> int:
        """The dimension of covariates, or of the vectors of a sequence."""
        return int(evaluate(exact_size(self.task.d), self.values))

    def sizes(self) -> dict[str, int]:
        """The sizes of `Task.sizes` as integers."""
        return {
            name: int(evaluate(exact_size(size), self.values)) for name, size in self.task.sizes().items()
        }

    def sample(self, batch: int, draws: Draws) -> Any:
        """Draw ``batch`` prompts or sequences; the result has ``data`` and ``target``."""
        return self.task.sample(self.values, batch, draws)


class Task(ABC):
    """The law of data that a model predicts in context, once as symbols and once as a sampler; they share no code.

    There are two kinds, `PromptTask` and `symicl.tasks.autoregressive.AutoregressiveTask`, which differ in what a
    forward pass reads and in how a prediction is compared with its target.

    Attributes
    ----------
    shows : str
        What its models read, "prompt" or "sequence".
    """

    shows: ClassVar[str]

    def _repr_html_(self) -> str:
        from symicl.typeset import described

        return described(self)

    def setting(self) -> Passage:
        """The law of the data in words and formulas, with the meaning of every letter; by default its name alone."""
        return Passage(f"The data follow the law of {type(self).__name__}")

    @property
    @abstractmethod
    def d(self) -> sympy.Expr | int:
        """Dimension of the covariates, or of the vectors of a sequence."""

    def sizes(self) -> dict[str, Any]:
        """The sizes that sides of weights may have, by name; "d" is first."""
        return {"d": self.d}

    @abstractmethod
    def data(self) -> Any:
        """The input of a forward pass, in symbols: a prompt or a sequence."""

    @abstractmethod
    def target(self) -> Any:
        """The response or the next vector that a model has to predict, in symbols."""

    @abstractmethod
    def expectation(self, expression: Any) -> Any:
        """Exact expectation of a scalar in the data, the target and any parameters."""

    @abstractmethod
    def symbols(self) -> dict[str, sympy.Basic]:
        """The free symbols of the law by name: dimensions, variances, covariances, means, moments."""

    def moments(self) -> dict[sympy.Symbol, sympy.Expr]:
        """Opaque moments of the law in terms of its dimensions, where they are known."""
        return {}

    @classmethod
    def options(cls) -> Mapping[str, str] | None:
        """The arguments with which a claim file can make one.

        Each is a "matrix", a "scalar" or a "dimension". By default a law that is made without arguments has none, and
        None stands for one that a claim file cannot make.
        """
        needed = [
            p
            for p in inspect.signature(cls).parameters.values()
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        return None if needed else {}

    def opaque_moments(self) -> dict[str, sympy.Basic]:
        """The moments that stay symbols and are not free of each other, such as E f² and E f⁴, by name."""
        return {}

    def examples(self) -> Mapping[str, Task]:
        """Tasks that can be sampled and that this one covers, by name; where it can be sampled, itself."""
        return {"": self}

    def at(self, **numbers: Any) -> TaskAt[Self]:
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

    def at_values(self, values: Values) -> TaskAt[Self]:
        """The same with exact values that have been checked already."""
        return TaskAt(
            self, values | {symbol: evaluate(moment, values) for symbol, moment in self.moments().items()}
        )

    @abstractmethod
    def sample(self, values: Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Any:
        """Draw ``batch`` prompts or sequences for numeric values of the symbols."""


class PromptTask(Task):
    """A law of prompts: labelled examples, and a query whose response is to be predicted."""

    shows: ClassVar[str] = "prompt"

    @property
    @abstractmethod
    def d(self) -> sympy.Symbol | int:
        """Covariate dimension."""

    @abstractmethod
    def prompt(self) -> Prompt:
        """The prompt in symbols, as block matrices."""

    @property
    def axioms(self) -> tuple[str, ...]:
        """Facts on the law, in words, that its averages rest on besides Stein's identity; by default none."""
        return ()

    def sizes(self) -> dict[str, Any]:
        """d, the number n of examples, and the number m of responses to each."""
        prompt = self.prompt()
        n, m = prompt.responses.heights[0], prompt.responses.widths[0]
        return {"d": self.d, "n": DIMENSIONS[n], "m": DIMENSIONS[m]}

    def data(self) -> Prompt:
        """The prompt."""
        return self.prompt()

    @abstractmethod
    def target(self) -> ClosedForm:
        """The response that the model has to predict, in symbols: as a number, see `component`."""

    def component(self, response: ClosedForm) -> ClosedForm:
        """A response, or a prediction of it, as a number.

        A single response is one. Of several, a law gives vᵀy for a direction v ~ N(0, I_m) that no model sees:
        E(vᵀ(ŷ − y))² = E‖ŷ − y‖².

        Parameters
        ----------
        response : ClosedForm, m × 1
        """
        return response.trace()

    @abstractmethod
    def expectation(self, form: ClosedForm) -> ClosedForm:
        """Exact expectation of a closed form in the prompt, the target and any parameters."""

    def centred(self, prediction: ClosedForm) -> ClosedForm:
        """A prediction in coordinates in which the task has mean zero; by default unchanged."""
        return prediction

    def with_noise(self, noise: sympy.Expr) -> PromptTask:
        """The same law with noise of another variance.

        Raises
        ------
        UnsupportedError
            If the task does not say how.
        """
        raise UnsupportedError(f"{type(self).__name__} does not say how the variance of its noise is changed")

    def prompt_letters(self) -> set[int]:
        """Letters of the prompt, in the original and in the centred coordinates."""
        prompt = self.prompt()
        blocks = (prompt.covariates, prompt.responses, prompt.query)
        return {a for whole in blocks for row in whole.grid for block in row for a in block.letters()}

    def token_blocks(self) -> tuple[tuple[int, ...], ...]:
        """The letters of covariates and of responses of each block of tokens, in the same order; by default one."""
        return ()

    @abstractmethod
    def sample(self, values: Mapping[sympy.Basic, Any], batch: int, draws: Draws) -> Sample:
        """Draw ``batch`` prompts for numeric values of the symbols."""
