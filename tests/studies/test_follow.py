"""The numeric flow beside a derived one."""

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.errors import InputError, ShapeError

pytest.importorskip("scipy")

d = si.dims("d")
p, v = si.scalar("p"), si.scalar("v")
A, b = si.matrix("A", (d, d)), si.vector("b", d)


def test_a_linear_flow_is_its_exponential():
    flow = si.flow(sympy.Trace(b.T * b) / 2, [b])
    path = si.follow(flow, start={"b": [1, -2]}, times=[0, 0.5, 2], d=2)
    assert np.allclose(path["b"], np.outer(np.exp([0, -0.5, -2]), [1, -2]), atol=1e-10)
    assert path.loss.shape == (3,)
    assert np.allclose(path.along(b * b.T)[1], np.exp(-1) * np.array([[1, -2], [-2, 4]]))
    assert path.values.keys() == {"b"}
    assert repr(path) == "Path(b; 3 times from 0 to 2)"


def test_a_start_close_to_a_saddle_leaves_it():
    flow = si.flow((1 - p * v) ** 2 / 2, [p, v])
    small = 1e-12
    path = si.follow(flow, {"p": small, "v": small}, times=[0, 1, 20, 60])
    assert path["p"][1] == pytest.approx(small * np.e, rel=1e-3)
    assert path["p"][-1] == pytest.approx(1, abs=1e-7)


def test_a_flow_that_has_arrived_stays():
    path = si.follow(si.flow((1 - p) ** 2, [p]), start={"p": 0}, times=[0, 1, 100, 200])
    assert path["p"][-1] == pytest.approx(1, abs=1e-8)
    assert len(path["p"]) == 4


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"flow": 3}, InputError, "takes what si.flow"),
        ({"times": [0, 2, 1]}, InputError, "increase from 0"),
        ({"times": [1, 2]}, InputError, "increase from 0"),
        ({"start": {}}, InputError, "no start is given for b"),
        ({"start": {"b": [1, 2], "c": 1}}, InputError, "c does not move here"),
        ({"start": {"b": [1, 2, 3]}}, ShapeError, "must be 2×1"),
        ({"start": {"b": "now"}}, InputError, "give real numbers"),
        ({"d": -1}, InputError, "d"),
    ],
)
def test_bad_calls_are_refused(change, error, words):
    call = {"flow": si.flow(sympy.Trace(b.T * b), [b]), "start": {"b": [1, 2]}, "times": [0, 1], "d": 2}
    with pytest.raises(error, match=words):
        si.follow(**{**call, **change})
