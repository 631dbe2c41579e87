"""The paper's hypothesis on the random function: rotations of its argument, and −F in place of −I.

For d odd no rotation is −I. What −I does is to let every average of odd order in the covariates vanish; F ↦ −F does it
too if F occurs in each of these an odd number of times.
"""

from symicl.tasks import RotationInvariantRegression
from symicl.theory import expected_loss

signed = RotationInvariantRegression(reflections=False)


def same_loss(step, loss):
    """The loss over all parameters, from the averages that rotations and F ↦ −F determine.

    Parameters
    ----------
    step
    loss : Loss
        For a law that orthogonal maps of the argument do not change.
    """
    step(
        r"The hypothesis of the paper: the law of $F$ does not change under rotations, of determinant 1, and that of "
        "$-F$ is the same; about $-I$ nothing is assumed",
    )
    step.axiom(
        "a symmetric matrix that all rotations leave unchanged is a multiple of the identity, and what changes its "
        "sign with $F$ has mean zero if $-F$ has the law of $F$"
    )
    step.check(
        "the loss over all parameters is the same, where an average that vanishes by $-I$ alone is refused",
        expected_loss(loss.model, signed).closed_form,
        loss.closed_form,
        rule="in each average of odd order in the covariates $F$ occurs an odd number of times, and in those of order "
        "two a symmetric matrix: what has another form is refused",
    )
