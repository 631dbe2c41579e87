"""The grounds of a verdict on a theorem about one optimum: its runs, and what it states.

Runs on samples confirm; runs on the closed form of the loss stand beside them. A run contradicts only by its exact
loss: by lying below the claimed minimum. That a run is far from the optimum, or near a wrong statement, says how long
it was trained and where it was held up, and nothing about the statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symicl.studies.evidence import MIN_RUNS
from symicl.studies.kinds.judging import Grounds, sentence
from symicl.studies.regression.experiment_result import Run, WrongStatement
from symicl.studies.regression.statement import Statement

REMEDY = "leave --method out, or take --method tokens"


def grounds_of(
    runs: Sequence[Run],
    wrong: Sequence[WrongStatement],
    statement: Statement | None = None,
    *,
    is_learnable: bool = True,
) -> Grounds:
    """The grounds of the verdict on all runs.

    Parameters
    ----------
    runs : sequence of Run
    wrong : sequence of WrongStatement
    statement : Statement, optional
        What the theorem states at these numbers; without one the derived optimum alone is judged.
    is_learnable : bool
        False where the derived optimum is the predictor that is zero.
    """
    main = [run for run in runs if run.samples] or list(runs)
    required = {w.name for w in wrong if w.required and w.separation}
    good = [
        run
        for run in main
        if run.verdict == "reached" and all(c.told_apart for c in run.comparisons if c.name in required)
    ]
    false = "" if statement is None else _false(statement, runs)
    is_seen = any(run.verdict == "reached" for run in runs)

    def lacking() -> Iterator[str]:
        if false:
            yield f"{false}; but no run has reached the derived optimum"
        if any(run.result.interrupted for run in runs):
            yield "training was interrupted"
        if statement is not None and not statement.read:
            yield (
                f"nothing that the theorem states ({', '.join(statement.unread)}) can be compared with a trained "
                "model here"
            )
        if not required and not is_learnable:
            yield "at these numbers the optimum is the predictor that is zero: nothing can be learned"
        if not required:
            yield "at these numbers no wrong statement differs from the derived one"
        if len(good) < MIN_RUNS:
            yield _too_few(main, runs, required)

    def confirmed() -> str:
        worst = max(run.result.relative_excess for run in good)
        kind = "runs of the real model on samples" if main[0].samples else "runs"
        return (
            f"{len(good)} of {len(main)} {kind} ({good[0].result.evidence.text}) reach the derived optimum within "
            f"{worst:.2g} of the minimal loss and tell it apart from {', '.join(sorted(required))}"
            f"{_others(main, good)}{_besides(main, runs)}"
        )

    contradictions = [false] if false and is_seen else []
    return Grounds(runs, confirmed, lacking(), contradictions, remedy=REMEDY)


def _too_few(main: Sequence[Run], runs: Sequence[Run], names: set[str]) -> str:
    """Why the runs of one method do not suffice; the others are mentioned."""
    reached = [run for run in main if run.verdict == "reached"]
    if len(reached) >= MIN_RUNS:
        apart = [c for run in reached for c in run.comparisons if c.name in names and not c.told_apart]
        missed = ", ".join(sorted({c.name for c in apart}))
        return f"the runs end too far from the optimum to rule out {missed}; train longer"
    others = "; ".join(sentence(run) for run in main if run.verdict != "reached")
    return (
        f"{len(reached)} of {len(main)} runs reach the optimum, but {MIN_RUNS} are needed; {others}"
        f"{_besides(main, runs)}"
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
    rest = [run for run in runs if not any(run is one for one in main)]
    if not rest:
        return ""
    arrived = [run.result.relative_excess for run in rest if run.verdict == "reached"]
    how = rest[0].result.evidence.text
    within = f" within {max(0.0, *map(abs, arrived)):.1g}" if arrived else ""
    return f"; besides, {len(arrived)} of {len(rest)} runs by {how} reach it{within}"


def _false(statement: Statement, runs: Sequence[Run]) -> str:
    """How a statement differs from the derived optimum, beside the losses of the runs that have reached that one."""
    losses = [
        (f"seed {run.seed}", run.loss) for run in runs if run.verdict == "reached" and run.loss is not None
    ]
    return "; ".join(one.text(losses) for one in statement.false)
