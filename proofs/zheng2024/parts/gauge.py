"""Signs: L(AS, BS) = L(A, B) for every law of x_1, so global minimisers are not unique."""

from symicl.expectation import EvenColumns


def sign_gauge(step, full):
    """Every term of the loss contains each coordinate an even number of times as a column of A or B."""
    step(
        r"A gauge of signs: for every law of $x_1$ and every $S=\operatorname{diag}(\pm1)$",
        r"L(AS,BS)=L(A,B),\qquad L(cA,c^{-1}B)=L(A,B)",
        note=r"At $(aI,bI)$ these are the $2^{d}$ points $(aS,bS)$ of one loss; the start decides between them.",
    )
    step.require(
        "in every term of the loss each coordinate is a column index of $A$ or $B$ an even number of times, and there "
        "are as many entries of $A$ as of $B$",
        EvenColumns(full.over_phases),
        rule="the ways in which coordinates coincide, law of $x_1$ left free",
    )
