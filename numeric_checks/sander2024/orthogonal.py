"""Eight diagonal heads on ten coordinates reach the trigonometric solution of rank five, with the predicted scale.

Setting     d = 10, H = 8, T ≤ 20 (one row of positions for each), weights of size 0.1, heads balanced. Plain
            gradient descent on fresh sequences, all weights of the real model, then Adam. With d = 6 also 1, …, 6
            heads from several starts.
Measured    The distance of C/c from five blocks of ones, of c·p from (0, …, 0, −1/2, 1); c after gradient descent
            against the c at which ‖A‖² − ‖P‖² has its initial value; the least loss for each number of heads against
            (d − 2H)₊.
Why it      With p_{T−1} = 0 (r = 0, possible only for H ≥ 10) or one row too many the scale would differ by more than
could fail  the error that is seen. No run may fall below (d − 2H)₊, and a zero of the loss at another structure would
            contradict the statement. Some starts get stuck above the minimum; two of four must arrive.
"""

from symicl.proofs.sander2024.orthogonal import theorem
from symicl.proofs.sander2024.parts.heads import scale
from symicl.proofs.sander2024.parts.positional import H, T, T_max, d
from symicl.studies import PositionalStudy


def check(of):
    """The check of a statement, which need not be the true one."""
    return PositionalStudy(
        id=of.id,
        task=of.task,
        model=of.model,
        symbols={"d": d, "H": H, "T": T},
        minimum=of.states["loss"],
        energy=of.corollaries["conserved_at_balanced_optimum"],
        wrong_energies={
            "p_{T-1} = 0": d * scale - (T_max - 1) / scale**2,
            "T_max rows": d * scale - 5 * T_max / (4 * scale**2),
        },
        scale=scale,
        longest=T_max,
        defaults={"d": 10, "H": 8, "T": 20},
        lr=0.001,
        steps=4000,
        polish=800,
        batch=16,
        few=(6, 3, 24, 500),
    )


experiment = check(theorem)
