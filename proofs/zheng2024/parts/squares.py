"""The loss over all real A and B as a combination of sums of squares."""

from dataclasses import dataclass

from sympy import Symbol

from symicl.algebra import ClosedForm
from symicl.expectation import (
    FullMatrix,
    InTime,
    SquareSum,
    TimeSum,
    entry_sum,
    given_moments,
    in_entry_sums,
    square_sum,
)
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.setting import HALF, d, k1, k2, m2, model
from symicl.tasks import AutoregressiveTask, T
from symicl.theory import autoregressive_loss

mu, nu = (Symbol(name, nonnegative=True) for name in ("mu", "nu"))
"""E x_1²x_2⁴ and E x_1²x_2²x_3²."""
law = given_moments(d, {2: m2, 4: k1, 6: k2, (4, 2): mu, (2, 2, 2): nu})
task = AutoregressiveTask("unitary", law, d=d, T=T)


def entries(combination):
    """(1, "Bjk", "Akm") for the number 1 times B_jk A_km, as `square_sum` takes it."""
    return [(number, *[(name[0], *name[1:]) for name in names]) for number, *names in combination]


COMBINATIONS = {
    "Q_1": ("jk", (1, "Bjj", "Akk"), (1, "Bjk", "Akj"), (-1, "Bkk", "Ajj"), (-1, "Bkj", "Ajk")),
    "Q_2": ("jk", (1, "Bjk", "Ajj"), (1, "Bjj", "Ajk"), (1, "Bkj", "Akk"), (1, "Bkk", "Akj")),
    "Q_3": ("jk", (1, "Bjk", "Akk"), (-1, "Bkj", "Ajj")),
    "Q_4": ("jk", (1, "Bjj", "Akj"), (-1, "Bkk", "Ajk")),
    "Q_5": ("jk", (1, "Bjk", "Ajk"), (1, "Bkj", "Akj")),
    "Q_6": ("jk", (1, "Bjk", "Akk")),
    "Q_7": ("jk", (1, "Bjk", "Akj")),
    "Q_8": ("jk", (1, "Bjj", "Ajk")),
    "Q_9": ("jkm", (1, "Bjk", "Akm"), (1, "Bjm", "Akk")),
    "Q_{10}": ("jkm", (1, "Bjk", "Akm")),
    "Q_{11}": ("jkm", (1, "Bjm", "Akm")),
    "Q_{12}": ("klm", (1, "Bjk", "Alm")),
    "Q_{13}": ("klm", (1, "Bjk", "Alm"), (1, "Bjm", "Alk")),
    "V": ("", (1, "Bjj", "Ajj"), (-1, "Bkk", "Akk")),
}
"""The coordinates that are different from each other, and what is squared and summed."""


@dataclass(frozen=True)
class InSquares:
    """The loss over all real A and B.

    Attributes
    ----------
    squares : dict of SquareSum
    trace : ClosedForm
        Σ_j A_jj B_jj.
    loss : ClosedForm
        In the sums of squares, the trace, d, T, harmonic numbers and moments.
    entries : ClosedForm
        The same in sums of products of entries.
    """

    squares: dict[str, SquareSum]
    trace: ClosedForm
    loss: ClosedForm
    entries: ClosedForm

    def letter(self, name):
        """A sum of squares as a closed form."""
        return of(self.squares[name])


def square_sums():
    """The sums of squares by name."""
    return {
        name: square_sum(entries(combination), different)
        for name, (different, *combination) in COMBINATIONS.items()
    }


def loss_in_squares():
    """The loss of the active pair, derived over the phases, and written with sums of squares.

    Raises
    ------
    DerivationError
        If the loss is not this combination of them.
    """
    loss = autoregressive_loss(model, task, model.active(FullMatrix("A"), FullMatrix("B")), factor=HALF)
    squares = square_sums()
    Q = {name: of(square) for name, square in squares.items()}
    trace = of(entry_sum([("A", "i", "i"), ("B", "i", "i")]))
    κ1, κ2, μ, ν = map(of, (k1, k2, mu, nu))
    pairs = (Q["Q_1"] + Q["Q_2"] + Q["Q_3"] + Q["Q_4"] + Q["Q_5"]) / 2
    crossed, rest = Q["Q_7"] + Q["Q_8"] + Q["Q_{10}"], Q["Q_6"] + Q["Q_7"] + Q["Q_8"]
    # Σ_j u_j², from V = 2d Σ_j u_j² − 2 (Σ_j u_j)².
    on_diagonal = (Q["V"] + trace**2 * 2) / of(2 * d)
    outside = Q["Q_9"] - Q["Q_{10}"] + Q["Q_{11}"]
    twice = {
        0: of(d * m2) - κ1 * trace * 2 + κ2 * (on_diagonal + Q["Q_6"]) + μ * crossed,
        -1: μ * (trace**2 - on_diagonal + pairs - rest + outside) + ν * Q["Q_{12}"],
        -2: ν * (Q["Q_{13}"] / 2 - Q["Q_{12}"]),
    }
    stated = InTime.of_powers({power: value / 2 for power, value in twice.items()})
    found = TimeSum(loss.in_time.over_phases.in_squares(law, stated), task.last)
    return InSquares(squares, trace, found.closed_form, in_entry_sums(found.closed_form, d))
