"""The files of a sweep: the table as CSV, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symicl.errors import MissingDependencyError
from symicl.records import write_csv
from symicl.sweeps.pictures import Pictures, layout_of, theory_of
from symicl.sweeps.unit import theorem_of
from symicl.views import replacing

if TYPE_CHECKING:
    from symicl.records import Records
    from symicl.studies import Study
    from symicl.sweeps.summary import Point
    from symicl.sweeps.sweep import Sweep


def write_output(
    folder: Path,
    sweep: Sweep,
    study: Study | None,
    rows: Sequence[dict[str, Any]],
    points: Sequence[Point],
    records: Records,
) -> Iterator[str]:
    """Write ``ID.csv`` and whatever pictures there is something for; yields what was written.

    Without matplotlib one remark stands for the pictures.
    """
    if not rows:
        return
    table = folder / f"{sweep.theorem}.csv"
    with replacing(table) as temporary:
        write_csv(rows, temporary)
    yield str(table)
    try:
        for file in _pictures(folder, sweep, study, points, records):
            if file is not None:
                yield str(file)
    except MissingDependencyError as error:
        yield f"no pictures: {error}"


def _pictures(
    folder: Path, sweep: Sweep, study: Study | None, points: Sequence[Point], records: Records
) -> Iterator[Path | None]:
    layout = layout_of(points)
    theorem = theorem_of(sweep.theorem) if sweep.file is None else None
    theory = None if theorem is None else theory_of(theorem)

    def path(what: str) -> Path:
        return folder / f"{sweep.theorem}.{what}.png"

    if layout is not None:
        pictures = Pictures(sweep.theorem, points, layout, theory)
        if sweep.kind == "eval":
            names = dict.fromkeys(name for point in points for row in point.rows for name in row["numbers"])
            for name in names:
                yield pictures.quantity(path(name), name)
            return
        yield pictures.loss(path("loss"))
        yield pictures.excess(path("excess"), getattr(study, "tolerance", None))
        yield pictures.step_size(path("eta"))
        yield pictures.step_sizes(path("eta-against-eta"))
    else:
        from symicl.sweeps.pictures import Layout

        pictures = Pictures(sweep.theorem, points, Layout("", None, ()), theory)
        if sweep.kind == "eval":
            return
    yield pictures.weights(path("weights"))
    yield pictures.trajectories(path("steps"), records)
