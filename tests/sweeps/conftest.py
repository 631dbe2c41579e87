"""Sweeps as the command plans them, and what their records must not differ in."""

import pytest

ISOTROPIC = "mahankali2023.isotropic"


@pytest.fixture
def plan():
    """A sweep over isotropic data, as `symicl sweep` plans it; by the method that takes no time."""
    pytest.importorskip("torch")
    from symicl.cli.commands.sweep import _plan

    def call(*grid, seeds=1, steps=None, method="population", evaluate=False):
        method = None if evaluate else method
        return _plan(ISOTROPIC, list(grid), seeds, steps, method, evaluate=evaluate)[0]

    return call


@pytest.fixture
def numbers():
    """What a run has measured, by key: equal for equal runs, bit for bit."""

    def call(records):
        rows = list(records.rows())
        found = {row["key"]: (row["numbers"], row["verdict"], row["document"]) for row in rows}
        assert len(found) == len(rows), "a point was recorded twice"
        return found

    return call
