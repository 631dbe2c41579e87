"""`certificate`: a result as a file that the checkers recompute."""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.certificates.recorder import Recording, recording
from symicl.certificates.results.conserved import ConservedEvidence
from symicl.certificates.results.depth import DepthEvidence
from symicl.certificates.results.depth_limit import DepthLimitEvidence
from symicl.certificates.results.descent import DescentEvidence
from symicl.certificates.results.eigenvalues import EigenvalueEvidence
from symicl.certificates.results.heads import HeadEvidence
from symicl.certificates.results.minimum import MinimumEvidence
from symicl.certificates.results.motion import MotionEvidence
from symicl.certificates.results.optimum import OptimumEvidence
from symicl.certificates.results.rank import RankEvidence
from symicl.certificates.results.recursion import AverageEvidence
from symicl.certificates.results.sequences import SequenceEvidence
from symicl.certificates.results.series import SeriesEvidence
from symicl.certificates.time_sums import TimeSumLog
from symicl.certificates.values import header
from symicl.errors import InputError, described
from symicl.theory import (
    AfterTokens,
    Conserved,
    Depth,
    DepthLimit,
    EigenvalueForm,
    Flow,
    HeadCount,
    Loop,
    LowRankOptimum,
    Optimum,
    QuadraticMinimum,
    Reduction,
    ScalarEquation,
    SequenceOptimum,
    StationaryMatrices,
    Series,
    Solution,
    SquaredEquation,
)


ResultEvidence = (
    AverageEvidence
    | ConservedEvidence
    | DepthEvidence
    | DepthLimitEvidence
    | DescentEvidence
    | EigenvalueEvidence
    | MinimumEvidence
    | MotionEvidence
    | OptimumEvidence
    | RankEvidence
    | HeadEvidence
    | SeriesEvidence
    | SequenceEvidence
)


def certificate(result: Any) -> str:
    """The certificate of a result: text that `symicl check-certificate` recomputes, line by line.

    Parameters
    ----------
    result : AfterTokens, Depth, DepthLimit, EigenvalueForm, Loop, Optimum, QuadraticMinimum, LowRankOptimum, HeadCount, \
            Series, Flow or Conserved
        What `recursion`, `depth`, `depth_limit`, `in_eigenvalues`, `iterate`, `minimise` of a loss or of an expression,
        `head_count`, `series` at infinity and `flow` give, and the ``conserved``, ``reduce``, ``equation_of`` and ``squared_equation_of`` of a
        flow. For one at numbers, give the numbers to the task.

    Returns
    -------
    str
        One JSON object a line, as for theorems. Written to a file, it is checked by ``symicl check-certificate FILE``.

    Raises
    ------
    InputError
        For another result.
    UnsupportedError
        Where the rules of certificates do not reach, with the reason.

    Notes
    -----
    Of the minimum of a loss the checker recomputes the loss, that over all parameters it exceeds its minimum by a
    mean square, and the forward pass over all weights, also at those that attain it; of a lower bound the same
    without these. Of a recursion it recomputes what one token does to each invariant, and the induction over their
    number; of a depth the loss of the forward pass, and that any other polynomial loses a mean square more; of a tied
    depth at numbers the sum of squares by which the loss exceeds its least value; of an expression its expectation,
    and that it is its least value plus the expectation of a square; of a conserved quantity the loss, its gradient,
    and that the derivative along it is zero; of a series each coefficient, as the limit of what the terms before
    leave; of depth in the proportional limit the recursions of its polynomials; of sums over eigenvalues each
    summand; of a flow its velocities, the sets that it does not leave, and equations of scalars with their solutions.
    Nothing in these is asserted but averages over samples of a random function. Of a bounded rank it recomputes that
    the loss is that of one matrix and a mean square, its quadratic form and the rank, and of heads the moments and what the
    best forms leave; their count is asserted. Of a loss of sequences it recomputes the averages over phases, and by which
    sum of mean squares it exceeds its least value; of a point that is stationary among matrices the derivatives.

    Examples
    --------
    >>> import symicl as si
    >>> text = si.certificate(si.depth(si.LinearRegression(), layers=1))
    >>> "minimum" in text
    True
    """
    with recording() as recorded:
        found = _evidence(result)
    log = TimeSumLog(recorded, header(*found.first_line))
    first = next(iter(found.first_line[5]), "")
    found.write(log, first, str(getattr(result, "expr", result)))
    found.write_more(log)
    log.emit("verdict", verdict="proved", entries=len(log.lines) + 1)
    return "\n".join(log.lines) + "\n"


def evidence_of(result: AfterTokens | Depth | Loop, recorded: Recording) -> ResultEvidence:
    """The evidence of a result as a part of another certificate; its facts are added to the recording of that.

    Raises
    ------
    UnsupportedError
        As in `certificate`.
    """
    with recording() as own:
        found = _evidence(result)
    recorded.facts.extend(own.facts)
    return found


def _evidence(result: Any) -> ResultEvidence:
    if isinstance(result, AfterTokens):
        return AverageEvidence(result)
    if isinstance(result, Depth):
        return DepthEvidence(result)
    if isinstance(result, EigenvalueForm):
        return EigenvalueEvidence(result)
    if isinstance(result, DepthLimit):
        return DepthLimitEvidence(result)
    if isinstance(result, Loop):
        return DescentEvidence(result)
    if isinstance(result, QuadraticMinimum):
        return MinimumEvidence(result)
    if isinstance(result, LowRankOptimum):
        return RankEvidence(result)
    if isinstance(result, Optimum):
        return OptimumEvidence(result)
    if isinstance(result, Series):
        return SeriesEvidence(result)
    if isinstance(result, SequenceOptimum | StationaryMatrices):
        return SequenceEvidence(result)
    if isinstance(result, HeadCount):
        return HeadEvidence(result)
    if isinstance(result, Conserved):
        return ConservedEvidence(result)
    if isinstance(result, Flow | Reduction | ScalarEquation | SquaredEquation):
        return MotionEvidence(result)
    if isinstance(result, sympy.Basic | ClosedForm):
        raise InputError(
            "certificate() takes a result that knows what it was derived from, not a formula; a limit is certified as the "
            "series of order 0: si.certificate(si.series(formula, n, order=0))"
        )
    if isinstance(result, Solution):
        raise InputError(
            "a solution is certified with its equation: certificate(equation), of which it is the .solve()"
        )
    nearest = _nearest(type(result).__name__)
    raise InputError(
        "certificate() takes a result of recursion(…).expect(…), depth(), depth_limit(), iterate(), head_count(), flow(), "
        "minimise(…), series(…), in_eigenvalues(…), or what a flow conserves, not "
        f"{described(result)}; {nearest}theorems have theirs by symicl prove ID --certificate DIR"
    )


def _nearest(kind: str) -> str:
    """The certificate that there is instead of one of a kind of result, as the beginning of a sentence."""
    if kind == "LowRankMinimum":
        return "of a bounded rank there is one for the loss of a model, minimise(loss, rank=…); "
    if kind in ("QuadraticMinimumAt", "LowRankMinimumAt"):
        return "take it of the minimum in symbols, minimise(expression, unknowns) without at=; "
    if kind.endswith("At"):
        return "numbers are given to the task, such as LinearRegression(n=20, d=5, noise=0); "
    return "of a loss its minimum has one, minimise(loss); " if kind == "Loss" else ""
