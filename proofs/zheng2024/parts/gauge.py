"""Signs: L(AS, BS) = L(A, B) for every law of x_1, so global minimisers are not unique."""

from collections import Counter


def sign_gauge(step, full):
    """Every term of the loss contains each coordinate an even number of times as a column of A or B."""
    step(
        r"A gauge of signs: for every law of $x_1$ and every $S=\operatorname{diag}(\pm1)$",
        r"L(AS,BS)=L(A,B),\qquad L(cA,c^{-1}B)=L(A,B)",
        note=r"So a minimiser $(aI,bI)$ has the $2^{d}$ copies $(aS,bS)$, of which only $S=\pm I$ is gradient "
        r"descent: "
        "that the model learns to descend is a statement on the initialisation, not on the minimum alone.",
    )
    patterns = [pattern.factors for pattern in full.over_phases.patterns]
    step.require(
        "in every term of the loss each coordinate is a column index of $A$ or $B$ an even number of times",
        all(
            count % 2 == 0
            for factors in patterns
            for count in Counter(factor.nodes[1] for factor in factors).values()
        ),
        rule="the patterns of coordinates, law of $x_1$ left free",
    )
    step.require(
        "every term has as many entries of $A$ as of $B$",
        all(
            sum(factor.name == "A" for factor in factors) == sum(factor.name == "B" for factor in factors)
            for factors in patterns
        ),
        rule="the patterns of coordinates, law of $x_1$ left free",
    )
