"""Facts on ranks and sums of squares that the derivations rest on, and the letters of matrices of rank at most H."""

A_SUM_OF_SQUARES = "a sum of non-negative numbers vanishes only if each of them does"
RANK_OF_A_PRODUCT = "the rank of a product of matrices is at most that of each factor"

WHERE = {
    r"\Pi": "is the orthogonal projector on the range of $C$",
    r"\rho": r"$=\operatorname{tr}\Pi$ is the rank of $C$, at most $H$",
}
