"""The verdict on a theorem about one optimum, from its runs and from what it states.

Runs on samples confirm; runs on the closed form of the loss stand beside them. A run contradicts only by its exact
loss: by lying below the claimed minimum. That a run is far from the optimum, or near a wrong statement, says how long
it was trained and where it was held up, and nothing about the statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from symicl.training.evidence import MIN_RUNS, demand_samples
from symicl.training.regression.experiment_result import Run, WrongStatement
from symicl.training.regression.statement import Statement
from symicl.training.study import Verdict

REMEDY = "leave --method out, or take --method tokens"


def judge(
    runs: Sequence[Run],
    wrong: Sequence[WrongStatement],
    statement: Statement | None = None,
    *,
    is_learnable: bool = True,
) -> tuple[Verdict, str]:
    """The verdict on all runs, and why.

    Parameters
    ----------
    runs : sequence of Run
    wrong : sequence of WrongStatement
    statement : Statement, optional
        What the theorem states at these numbers; without one the derived optimum alone is judged.
    is_learnable : bool
        False where the derived optimum is the predictor that is zero.
    """
    for run in runs:
        if run.verdict == "contradicted":
            return "contradicted", f"seed {run.result.seed}: {run.result.reason}"
    reached = [run for run in runs if run.verdict == "reached"]
    if statement is not None and statement.false:
        return _false(statement, reached)
    if any(run.result.interrupted for run in runs):
        return "inconclusive", "training was interrupted"
    if statement is not None and not statement.read:
        return "inconclusive", (
            f"nothing that the theorem states ({', '.join(statement.unread)}) can be compared with a trained model here"
        )
    required = [w for w in wrong if w.required and w.separation]
    if not required:
        if not is_learnable:
            return (
                "inconclusive",
                "at these numbers the optimum is the predictor that is zero: nothing can be learned",
            )
        return "inconclusive", "at these numbers no wrong statement differs from the derived one"
    sampled = [run for run in runs if run.samples]
    return _judge_optimum(sampled or list(runs), runs, {w.name for w in required})


def _judge_optimum(main: Sequence[Run], runs: Sequence[Run], names: set[str]) -> tuple[Verdict, str]:
    """By the runs of one method; the others are mentioned."""
    reached = [run for run in main if run.verdict == "reached"]
    good = [run for run in reached if all(c.told_apart for c in run.comparisons if c.name in names)]
    if len(good) >= MIN_RUNS:
        worst = max(run.result.relative_excess for run in good)
        kind = "runs of the real model on samples" if main[0].samples else "runs"
        reason = (
            f"{len(good)} of {len(main)} {kind} ({good[0].result.evidence.text}) reach the derived optimum within "
            f"{worst:.2g} of the minimal loss and tell it apart from {', '.join(sorted(names))}"
            f"{_others(main, good)}{_besides(main, runs)}"
        )
        return demand_samples("confirmed", reason, runs, REMEDY)
    if len(reached) >= MIN_RUNS:
        missed = sorted(
            {c.name for run in reached for c in run.comparisons if c.name in names and not c.told_apart}
        )
        return (
            "inconclusive",
            f"the runs end too far from the optimum to rule out {', '.join(missed)}; train longer",
        )
    others = "; ".join(
        f"seed {run.result.seed}: {run.result.reason}" for run in main if run.verdict != "reached"
    )
    return (
        "inconclusive",
        f"{len(reached)} of {len(main)} runs reach the optimum, but {MIN_RUNS} are needed; {others}"
        f"{_besides(main, runs)}",
    )


def _others(main: Sequence[Run], good: Sequence[Run]) -> str:
    """A sentence on the other runs, about which a theorem on the optimum says nothing."""
    rest = [run for run in main if not any(run is one for one in good)]
    if not rest:
        return ""
    what = "; ".join(
        f"seed {run.result.seed}: {run.result.reason if run.verdict != 'reached' else 'not near enough to tell'}"
        for run in rest
    )
    return (
        f"; the theorem says what is optimal and not that every run finds it, and the others do not ({what})"
    )


def _besides(main: Sequence[Run], runs: Sequence[Run]) -> str:
    """The second line of evidence."""
    rest = [run for run in runs if bool(run.samples) != bool(main[0].samples)]
    if not rest:
        return ""
    arrived = [run.result.relative_excess for run in rest if run.verdict == "reached"]
    how = rest[0].result.evidence.text
    within = f" within {max(0.0, *map(abs, arrived)):.1g}" if arrived else ""
    return f"; besides, {len(arrived)} of {len(rest)} runs by {how} reach it{within}"


def _false(statement: Statement, reached: Sequence[Run]) -> tuple[Verdict, str]:
    """A statement that differs from the derived optimum: contradicted where a run has reached that one."""
    losses = [(f"seed {run.result.seed}", run.loss) for run in reached if run.loss is not None]
    text = "; ".join(one.text(losses) for one in statement.false)
    if reached:
        return "contradicted", text
    return "inconclusive", f"{text}; but no run has reached the derived optimum"
