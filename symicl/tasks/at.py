"""A task at numbers."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.tasks.draws import Draws
from symicl.tasks.task import Sample, Task
from symicl.tasks.values import Values


@dataclass(frozen=True)
class TaskAt:
    """A task together with exact values of all its symbols.

    Attributes
    ----------
    task : Task
    values : dict
        From each symbol of the task to its exact value.
    """

    task: Task
    values: Values

    def sample(self, batch: int, draws: Draws) -> Sample:
        """Draw ``batch`` prompts."""
        return self.task.sample(self.values, batch, draws)
