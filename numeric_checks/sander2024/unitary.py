"""Ten diagonal heads on unitary sequences reach p_T C = I, p_t = 0 for t ≠ T, with the predicted scale.

Setting     d = H = 10, T ≤ 20 (one row of positions for each), weights of size 0.1, heads balanced. Plain gradient
            descent on fresh sequences, all weights of the real model, then Adam. With d = 6 also 1, …, 6 heads.
Measured    The distance of C/c from I and of c·p from e_T; c after gradient descent against the c at which
            ‖A‖² − ‖P‖² has its initial value; the least loss for each number of heads against (d − H)₊.
Why it      With p_{T−1} = −p_T/2 (r = 1) or one row too many the scale would differ by more than the error that is
could fail  seen. No run may fall below (d − H)₊, and a zero of the loss elsewhere would contradict the statement.
"""

from symicl.proofs.sander2024.parts.heads import scale
from symicl.proofs.sander2024.parts.positional import H, T, T_max, d
from symicl.proofs.sander2024.unitary import theorem
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
            "p_{T-1} = -p_T/2": d * scale - 5 * (T_max - 1) / (4 * scale**2),
            "T_max rows": d * scale - T_max / scale**2,
        },
        scale=scale,
        longest=T_max,
        defaults={"d": 10, "H": 10, "T": 20},
        lr=0.002,
        steps=1200,
        polish=200,
    )


experiment = check(theorem)
