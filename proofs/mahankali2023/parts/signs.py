"""The paper's hypothesis on the random function: rotations of its argument, and −F in place of −I.

For d odd no rotation is −I. What −I does is to let every average of odd order in the covariates vanish; F ↦ −F does it
too if F occurs in each of these an odd number of times. For d ≥ 2 neither is needed: these averages are vectors, or
tensors of order three that are symmetric in two of their indices.
"""

from symicl.tasks import RotationInvariantRegression
from symicl.theory import expected_loss

signed = RotationInvariantRegression(reflections=False)
rotated = RotationInvariantRegression(reflections=False, signs=False)


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
    step(
        r"For $d\ge2$ rotations alone are enough, without $-I$ and without $-F$",
    )
    step.axiom(
        r"for $d\ge2$ a vector that all rotations leave unchanged is zero, and so is a tensor of order three that is "
        r"symmetric in two of its indices: for $d=3$ the invariants are the multiples of the alternating one, for "
        "every other $d$ there are none (Weyl, The Classical Groups, chapter II)"
    )
    step.check(
        "the loss over all parameters is the same, where an average of odd order that is no such tensor is refused",
        expected_loss(loss.model, rotated).closed_form,
        loss.closed_form,
        rule="samples with the same power of $F$ can be exchanged, and two indices of one sample as well",
    )
