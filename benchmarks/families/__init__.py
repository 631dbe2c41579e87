"""The benchmark tasks, one module a family."""

from families import losses, matrices, traces

TASKS = {task.name: task for family in (traces, matrices, losses) for task in family.TASKS}
