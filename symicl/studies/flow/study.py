"""Does gradient flow stay below the proven envelope? And does gradient descent on the real model arrive?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symicl.errors import InputError
from symicl.numeric import evaluate
from symicl.statements import Theorem, show
from symicl.studies.flow.on_prompts import on_prompts
from symicl.studies.flow.problem import FlowProblem
from symicl.studies.flow.runs import FlowRuns, block_schedule
from symicl.studies.kinds.defaults import Numbers, at_given
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.feasible import refuse_hopeless
from symicl.studies.runtime.cost import Part, expected_seconds
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import TaskAt, refuse_unknown


@dataclass(frozen=True, kw_only=True)
class FlowStudy(FlowProblem, Study):
    """The numeric check of an exponential bound on the start error of GD-β.

    Attributes
    ----------
    id : str
    theorem : Theorem, optional
        Its inputs are those of `evaluate`.
    numbers : callable
        From d to default numbers of the task.
    d : int
        Where neither d nor a matrix is given.
    seeds : tuple of int
    """

    id: str
    numbers: Numbers
    theorem: Theorem | None = None
    d: int = 3
    seeds: tuple[int, ...] = (0, 1)

    def at(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers.

        Raises
        ------
        InputError
            For an unknown or impossible input, or without any covariate.
        """
        refuse_unknown(given, self.task.symbols(), self.id)
        at = at_given(self.task, self.numbers, self.d, given, self.theorem)
        if not any(evaluate(self.task.covariate_cov, at.values).entries()):
            raise InputError(
                f"{self.task.covariate_cov} = 0: all covariates vanish and training moves nothing; give a covariance "
                "that is not zero (symicl eval takes this one)"
            )
        return at

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        at = self.at(given)
        return {name: show(at.values[symbol]) for name, symbol in self.task.symbols().items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "wrong_rates": {name: str(rate) for name, rate in self.wrong_rates.items()},
            "steps": self.steps,
            "batch": self.batch,
            "block_steps": self.block_steps,
            "block_starts": self.block_starts,
        }

    def begin(self, given: Mapping[str, Any], steps: int | None) -> FlowRuns:
        """Integrate the flow, descend, and compare with the envelope; ``steps`` are those of GD-β on prompts."""
        load_integrate()
        return FlowRuns(self, self._feasible(given), self.steps if steps is None else steps)

    def _feasible(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers; what is hopeless is refused."""
        load_torch()
        at = self.at(given)
        d = int(at.values[self.task.d])
        shapes = self.block.weight_sizes(**self.block.sizes_on(at))
        refuse_hopeless(at, shapes, d)
        return at

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float:
        """By one step of GD-β and of the block on prompts; flows on the closed form take a few seconds at all sizes."""
        at = self._feasible(given)
        d, runs = int(at.values[self.task.d]), len(self.seeds if seeds is None else seeds)
        begun = [start for start in self.starts(np.eye(d), 1, np.random.default_rng(0)) if start.on_prompts]
        zero = {
            name: np.zeros(size) for name, size in self.model.weight_sizes(**self.model.sizes_on(at)).items()
        }
        schedule = block_schedule(self.block_steps)

        def parts() -> Iterator[Part]:
            yield (
                lambda: on_prompts(self.model, at, zero, 0, 1, self.batch, 0.0).train(),
                (self.steps if steps is None else steps) * len(begun) * runs,
            )
            block = Descent(self.block, at, d, schedule, 0, lambda weights: 0.0)
            yield from block.parts(self.block_starts * runs)

        return expected_seconds(parts())
