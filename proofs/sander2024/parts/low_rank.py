"""Matrices of rank at most H: the projector on their range, and what the distance to the identity is at least.

The columns of Q are an orthonormal basis of the range of X, and their number is the rank ρ: X = QY, Π = QQᵀ. That
QᵀQ = I enters through E = QᵀQ − I, in which every remainder is linear.
"""

from symicl.algebra import ClosedForm, dimension, dims, letter, read_form, scalar, scalar_letter
from symicl.expectation import entry_sum
from symicl.proofs.sander2024.parts.positional import H, d
from symicl.theory import nonnegative

rho = dims("rho")
COORDINATES, RANK = dimension(d), dimension(rho)
ONES = ClosedForm.of(letter("vector of ones", COORDINATES, dimension(1)))
A_SUM_OF_SQUARES = "a sum of non-negative numbers vanishes only if each of them does"
RANK_OF_A_PRODUCT = "the rank of a product of matrices is at most that of each factor"

WHERE = {
    "X": "$=p_TC$",
    r"\rho": r"$\le\min(H,d)$ is its rank",
    "Q": r"$\in\mathbb{R}^{d\times\rho}$ has an orthonormal basis of the range of $X$ in its columns: $Q^{\top}Q=I$, "
    "and $X=QY$ for some $Y$",
    "Y": r"$\in\mathbb{R}^{\rho\times d}$ is $Q^{\top}X$",
    r"\Pi": r"$=QQ^{\top}$ is the orthogonal projector on the range of $X$",
    "E": r"$=Q^{\top}Q-I$, which vanishes",
}


class LowRank:
    """X = QY and Π = QQᵀ in letters."""

    def __init__(self) -> None:
        Q = ClosedForm.of(letter("orthonormal basis of the range", COORDINATES, RANK))
        Y = ClosedForm.of(letter("coefficients in that basis", RANK, COORDINATES))
        self.X, self.Pi = Q @ Y, Q @ Q.T
        self.E = Q.T @ Q - ClosedForm.identity(RANK)
        self.Q, self.Y = Q, Y

    def project(self, step) -> None:
        """Π is a projector on the range of X, and its trace is the rank."""
        Q, Y, E = self.Q, self.Y, self.E
        step.axiom("a subspace has an orthonormal basis, with as many vectors as its dimension")
        step.axiom(RANK_OF_A_PRODUCT)
        step.check(r"$\Pi^2-\Pi=QEQ^{\top}=0$", self.Pi @ self.Pi - self.Pi, Q @ E @ Q.T)
        step.check(r"$\Pi X-X=QEY=0$", self.Pi @ self.X - self.X, Q @ E @ Y)
        step.check(
            r"$\operatorname{tr}\Pi=\rho+\operatorname{tr}E=\rho$",
            self.Pi.trace(),
            read_form(rho) + E.trace(),
        )


def norm(matrix: ClosedForm) -> ClosedForm:
    """‖·‖²."""
    return (matrix.T @ matrix).trace()


def smaller_ranks(step, at_rank: ClosedForm, at_most: ClosedForm) -> None:
    """A rank below H leaves more: a bound at ρ is at least that at H ≥ ρ."""
    m = scalar("m", nonnegative=True)
    gap = at_rank - at_most
    step.require(
        r"a rank $\rho\le H$ leaves no less than the rank $H$",
        nonnegative(gap.substitute({scalar_letter(H): read_form(rho) + read_form(m)})),
        rule=r"no negative coefficient, written in $H-\rho$",
    )


def zeros_and_ones(step, loss: ClosedForm, name: str, counts) -> None:
    """For entries in {0, 1} the loss is d less their number; and its values at some numbers of ones.

    Parameters
    ----------
    loss : ClosedForm
        In Σ_i c_i and Σ_i c_i².
    name : str
        Of the entries.
    counts : sequence of (str, ClosedForm, ClosedForm)
        A claim, a number of ones, and the loss that it gives.
    """
    ones, squares = (read_form(entry_sum([(name, "i")] * k)) for k in (1, 2))
    step.check(
        rf"this is $d-\sum_i{name}_i$ and $\sum_i{name}_i({name}_i-1)$, which vanishes for ${name}_i\in\{{0,1\}}$",
        loss,
        read_form(d) - ones + (squares - ones),
    )
    letters = [scalar_letter(entry_sum([(name, "i")] * k)) for k in (1, 2)]
    for claim, number, value in counts:
        step.check(claim, loss.substitute(dict.fromkeys(letters, number)), value)


def in_matrices(loss: ClosedForm, C: ClosedForm) -> ClosedForm:
    """A loss in Σ C_ij², Σ C_ii and Σ_ijk C_ij C_ik, with these sums as traces: ‖C‖², tr C and ‖C1‖²."""
    table = {
        entry_sum([("C", "i", "j")] * 2): norm(C),
        entry_sum([("C", "i", "i")]): C.trace(),
        entry_sum([("C", "i", "j"), ("C", "i", "k")]): norm(C @ ONES),
    }
    return loss.substitute({scalar_letter(sums): value for sums, value in table.items()})
