"""The risk on tasks of another covariance, at matrices that do not commute, by its plain formula."""

import sympy

from symicl.proofs.letey2025.mismatch import theorem
from symicl.statements import evaluate_theorem

H, PSI, OMEGA = ([[2, 1], [1, 3]], [[1, 0], [0, 2]], [[3, -1], [-1, 1]])


def plain(n, s):
    """n² times the risk of G is n tr(GHGᵀH)(tr(HΩ) + s) − 2n² tr(GHΩH) + n(n + 1) tr(GHΩHGᵀH) + n² tr(HΩ)."""
    h, psi, omega = map(sympy.Matrix, (H, PSI, OMEGA))
    ridge = (n + 1) * h * psi + ((h * psi).trace() + s) * sympy.eye(2)
    g = n * psi * ridge.inv()
    return (
        n * (g * h * g.T * h).trace() * ((h * omega).trace() + s)
        - 2 * n**2 * (g * h * omega * h).trace()
        + n * (n + 1) * (g * h * omega * h * g.T * h).trace()
    ) / n**2 + (h * omega).trace()


def test_matrices_that_do_not_commute():
    s = sympy.Rational(1, 2)
    given = {"n": 8, "d": 2, "sigma2": "1/2", "H": H, "Psi": PSI, "Omega": OMEGA}
    found = evaluate_theorem(theorem, given).values["excess"]["exact"]
    assert sympy.Rational(found) == plain(8, s) != plain(9, s)
