"""A trained model against wrong statements."""

from __future__ import annotations

import math
from collections.abc import Sequence

from symicl.studies.regression.experiment_result import Comparison, WrongStatement
from symicl.studies.regression.result import TrainResult
from symicl.studies.regression.yardstick import Yardstick


def compare_with(
    result: TrainResult, wrong: Sequence[WrongStatement], yardstick: Yardstick
) -> tuple[Comparison, ...]:
    """One run against each wrong statement that differs, in exact numbers."""
    out = []
    e = yardstick.gap(result.parameters, yardstick.target)
    for statement in wrong:
        e_w = statement.separation
        if not e_w:
            continue
        position = math.nan
        if statement.exact is not None:
            to_wrong = yardstick.gap(result.parameters, statement.exact)
            position = float((e - to_wrong + e_w) / (2 * e_w))
        multiple, errors = _in_fit(result, statement, yardstick)
        out.append(
            Comparison(
                name=statement.name,
                ratio=2 * float(e / e_w) ** 0.5,
                position=position,
                told_apart=4 * e < e_w,
                distance=float(e_w),
                times_reached=float(e_w / e) if e > 0 else math.inf,
                multiple=multiple,
                standard_errors=errors,
            )
        )
    return tuple(out)


def _in_fit(
    result: TrainResult, statement: WrongStatement, yardstick: Yardstick
) -> tuple[float | None, float | None]:
    """The multiple of the derived predictor that a fit finds for a wrong one, and its distance in standard errors."""
    fit = None if result.check is None else result.check.fit
    if fit is None or statement.exact is None:
        return None, None
    zero = yardstick.target - yardstick.target
    power, own = (yardstick.separation(K, zero) for K in (yardstick.target, statement.exact))
    # E[f* f_w] / E[f*²] by polarisation.
    multiple = float((power + own - statement.separation) / (2 * power))
    gap = abs(fit.multiple.mean - multiple)
    return multiple, gap / fit.multiple.error if fit.multiple.error else None
