"""Matrices of rank at most H in letters: norms as traces, and the facts on ranks and sums that derivations rest on."""

from symicl.algebra import ClosedForm, dimension, letter, scalar_letter
from symicl.expectation import entry_sum
from symicl.proofs.sander2024.parts.positional import d

COORDINATES = dimension(d)
ONES = ClosedForm.of(letter("vector of ones", COORDINATES, dimension(1)))
A_SUM_OF_SQUARES = "a sum of non-negative numbers vanishes only if each of them does"
RANK_OF_A_PRODUCT = "the rank of a product of matrices is at most that of each factor"

WHERE = {
    r"\Pi": "is the orthogonal projector on the range of $C$",
    r"\rho": r"$=\operatorname{tr}\Pi$ is the rank of $C$, at most $H$",
}


def norm(matrix: ClosedForm) -> ClosedForm:
    """‖·‖²."""
    return (matrix.T @ matrix).trace()


def in_matrices(loss: ClosedForm, C: ClosedForm) -> ClosedForm:
    """A loss in Σ C_ij², Σ C_ii and Σ_ijk C_ij C_ik, with these sums as traces: ‖C‖², tr C and ‖C1‖²."""
    table = {
        entry_sum([("C", "i", "j")] * 2): norm(C),
        entry_sum([("C", "i", "i")]): C.trace(),
        entry_sum([("C", "i", "j"), ("C", "i", "k")]): norm(C @ ONES),
    }
    return loss.substitute({scalar_letter(sums): value for sums, value in table.items()})
