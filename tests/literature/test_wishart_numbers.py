"""Numbers that wishmom (Kan and Liang, 2024) prints for real Wishart matrices, to all digits that it shows."""

from __future__ import annotations

import pytest
import sympy
from sympy import Trace as tr

import symicl as si

S = [[25, 49], [49, 109]]
n = 20
X = si.gaussian("X", (n, 2), col_cov=sympy.Matrix(S))
W = X.T * X


def test_a_power_of_the_trace():
    assert f"{float(si.expect(tr(W) ** 4).doit()):.6e}" == "8.705084e+13"


@pytest.mark.parametrize(
    ("i", "j", "printed"), [(0, 0, "9.039462e+23"), (0, 1, "1.956948e+24"), (1, 1, "4.258714e+24")]
)
def test_traces_times_a_square(i, j, printed):
    size, dof = si.dims("d n")
    Sigma = si.covariance("Sigma", size)
    Y = si.gaussian("Y", (dof, size), col_cov=Sigma)
    V = Y.T * Y
    mean = si.compile(si.expect(tr(V) ** 2 * tr(V**3) * V**2))
    assert f"{mean(n=n, Sigma=S)[i, j]:.6e}" == printed


def test_inverses():
    """E tr(W⁻¹)², by the closed form in symbols."""
    size, dof = si.dims("d n")
    Sigma = si.covariance("Sigma", size)
    Y = si.gaussian("Y", (dof, size), col_cov=Sigma)
    with si.assuming(dof > size + 3):
        mean = si.compile(si.expect(tr((Y.T * Y).I) ** 2))
    assert f"{float(mean(n=n, d=2, Sigma=S)):.7g}" == "0.0006680892"
