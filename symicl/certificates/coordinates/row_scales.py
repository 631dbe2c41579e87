"""Rows with a Gaussian direction and a length of another law in explicit coordinates."""

from __future__ import annotations

from fractions import Fraction

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Number, reduced
from symicl.certificates.coordinates.gaussian import Gaussians
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.proof_log import Line, ProofLog
from symicl.certificates.coordinates.valuation import Undetermined, Valuation, divided

MAX_ORDER = 8


def drawn_rows(log: ProofLog, at: Valuation, inner: Line, outer: Line) -> tuple[Gaussians, Matrix]:
    """The entries of the letter of one average whose rows have the squared scales of that of another one.

    Raises
    ------
    Undetermined
        If a covariance of rows of one column is not the identity.
    """
    line, scales = log.letters[inner["letter"]], outer["letter"]
    rows, cols, law = at.size(line["rows"]), at.size(line["cols"]), line["law"]
    column = line["cols"] == 1
    key, size = ("row_cov", rows) if column else ("col_cov", cols)
    if column and law["col_cov"]:
        raise Undetermined("the rows have one more covariance")
    cov = at.value(law[key]) if law[key] else matrices.identity(size)
    ((factor,),) = at.with_letters(law["scale"], {scales: [[1]]})
    gaussians = Gaussians()
    moments = moments_of(log, at, scales)
    Z = gaussians.draw_elliptical(1 if column else rows, size, matrices.scaled(cov, factor), moments)
    return gaussians, matrices.transpose(Z) if column else Z


def reciprocals(at: Valuation, line: Line) -> dict[int, Matrix]:
    """The values of the letters that stand for reciprocals in an average."""
    return {r: divided([[1]], at.value(x)[0][0]) for r, x in line.get("reciprocals", [])}


def moments_of(log: ProofLog, at: Valuation, scales: int) -> tuple[Number, ...]:
    """E s², E s⁴, …; on a sphere E s²ᵏ is what makes E ‖s g‖²ᵏ the power of its squared radius."""
    law = log.letters[scales]["law"]
    if "moments" in law:
        return tuple(at.value(i)[0][0] if i else 0 for i in law["moments"])
    ((radius2,),), d = at.value(law["sphere"]), at.size(law["size"])
    found: list[Number] = [Fraction(1)]
    for k in range(MAX_ORDER):
        found.append(found[-1] * radius2 / (d + 2 * k))
    return tuple(map(reduced, found[1:]))
