"""The block lemma: what a matrix of low rank pays in two columns of a pair, in ΠX = X with a projector Π.

In the two coordinates of the block Π = [[G, Kᵀ], [K, M]], and the two columns of X are [Z; V].
"""

from symicl.algebra import (
    Blocks,
    ClosedForm,
    dimension,
    dims,
    letter,
    read_form,
    scalar,
    scalar_letter,
    stationary_point,
)
from symicl.typeset import Equation

PAIR, REST = dimension(2), dimension(dims("m"))
t, w = scalar("t", nonnegative=True), scalar("w", nonnegative=True)
tau, k = scalar("tau"), scalar("k")


def block_lemma(step) -> ClosedForm:
    """The least cost of two columns as a function of t = tr G and w = det G."""
    _relations(step)
    value = _minimum(step)
    _certificate(step, value)
    return value


def _relations(step) -> None:
    """The relations Π² = Π and ΠX = X in the block."""
    G, K, Z, V, L = (
        ClosedForm.of(letter(f"block {name}", *shape, symmetric=name in "GM"))
        for name, *shape in (
            ("G", PAIR, PAIR),
            ("K", REST, PAIR),
            ("Z", PAIR, PAIR),
            ("V", REST, PAIR),
            ("L", PAIR, PAIR),
        )
    )
    M = ClosedForm.of(letter("block M", REST, REST, symmetric=True))
    Pi, X = Blocks([[G, K.T], [K, M]]), Blocks([[Z], [V]])
    step(
        "What the two columns of one pair cost",
        r"\Pi=\begin{pmatrix}G&K^{\top}\\K&M\end{pmatrix},\quad XE_l=\begin{pmatrix}Z\\V\end{pmatrix},\qquad"
        r"\mathrm{cost}_l=(Z_{11}-1)^2+(Z_{22}-1)^2+\lVert V\rVert_F^2",
        where={
            "X": "$=p_TC$",
            r"\Pi": "is the orthogonal projector on the range of $X$",
            "l": "is a pair",
            "E_l": r"$\in\mathbb{R}^{d\times2}$ picks the two columns of pair $l$, whose coordinates come first",
            "G": r"$=G_l\in\mathbb{R}^{2\times2}$ is the block of $\Pi$ that belongs to the pair, and "
            r"$K,M$ are the others",
            "G_l,K,M": "are these blocks",
            "Z": r"$\in\mathbb{R}^{2\times2}$ is the block of $X$ that belongs to the pair",
            "V": "is the rest of the two columns of $X$",
            "Z_{11},Z_{22}": "are the entries on the diagonal of $Z$",
            r"\mathrm{cost}_l": "is the part of the loss that belongs to the pair",
        },
        name="pair",
        note=r"$\Pi^2=\Pi$ and $\Pi X=X$ give $K^{\top}K=G-G^2$ and $K^{\top}V=(I-G)Z$.",
    )
    step.check(
        r"the block of $\Pi^2-\Pi$ is $G^2+K^{\top}K-G$", (Pi @ Pi).grid[0][0] - G, G @ G + K.T @ K - G
    )
    step.check(r"the block of $\Pi X-X$ is $GZ+K^{\top}V-Z$", (Pi @ X).grid[0][0] - Z, G @ Z + K.T @ V - Z)
    step.check(
        r"$\lVert V-KL\rVert_F^2=\lVert V\rVert_F^2-2\operatorname{tr}(L^{\top}K^{\top}V)"
        r"+\operatorname{tr}(L^{\top}K^{\top}KL)$ for every $2\times2$ matrix $L$",
        ((V - K @ L).T @ (V - K @ L)).trace(),
        (V.T @ V).trace() - (L.T @ K.T @ V).trace() * 2 + (L.T @ K.T @ K @ L).trace(),
    )


def _minimum(step):
    """The saddle of ½(τ − 2)² + 2kδτ − k²δ(t − 2w), which bounds the cost from below for every k."""
    T, det, trace, K = map(read_form, (t, w, tau, k))
    bound = (trace - 2) ** 2 / 2 + K * trace * delta(T, det) * 2 - K**2 * delta(T, det) * (T - det * 2)
    at = stationary_point(bound, [scalar_letter(x) for x in (tau, k)])
    value = bound.substitute(at)
    step(
        r"Choose $L=k\,((1-t)I+G)$ with the best $k$",
        r"\mathrm{cost}_l\ge\tfrac12(\tau-2)^2+2k\delta\tau-k^2\delta(t-2w)",
        Equation("k", at[scalar_letter(k)]),
        Equation(r"\text{least at}\quad\tau", at[scalar_letter(tau)]),
        Equation(r"\mathrm{cost}_l\ge", value),
        where={
            "t": r"$=\operatorname{tr}G$",
            "w": r"$=\det G$",
            "k": "is a number",
            r"\tau": r"$=\operatorname{tr}Z$",
            r"\delta": r"$=1-t+w$",
        },
        note=r"For $t<2$; $(1-t)I+G$ is the adjugate of $I-G$, and $\delta=\det(I-G)$.",
    )
    return value


def delta(T, det):
    """det(I − G)."""
    return 1 - T + det


def _certificate(step, value) -> None:
    """The cost minus the bound is a sum of squares."""
    names = ("g_11", "g_12", "g_22", "z_11", "z_12", "z_21", "z_22")
    g11, g12, g22, z11, z12, z21, z22 = (read_form(scalar(name)) for name in names)
    G, Z = [[g11, g12], [g12, g22]], [[z11, z12], [z21, z22]]
    T, det, trace = g11 + g22, g11 * g22 - g12 * g12, z11 + z22
    best = 2 / (2 - T)
    L = [[best * (G[i][j] + (1 - T if i == j else 0)) for j in range(2)] for i in range(2)]
    off = [[int(i == j) - G[i][j] for j in range(2)] for i in range(2)]
    # ‖V‖² = ‖V − KL‖² + 2 tr(LᵀKᵀV) − tr(LᵀKᵀKL) with KᵀV = (I − G)Z and KᵀK = G(I − G).
    attached = inner(L, times(off, Z)) * 2 - inner(L, times(times(G, off), L))
    cost = (z11 - 1) ** 2 + (z22 - 1) ** 2 + attached
    bound = value.substitute({scalar_letter(t): T, scalar_letter(w): det})
    squares = (trace - 2 + best * 2 * delta(T, det)) ** 2 / 2 + (z11 - z22) ** 2 / 2
    step.check(
        r"$\mathrm{cost}_l-\min=\lVert V-KL\rVert_F^2+\frac12(\tau-2+2k\delta)^2+\frac12(Z_{11}-Z_{22})^2$, for "
        r"all $G$, $Z$",
        cost - bound,
        squares,
        rule="rational functions of the entries of $G$ and $Z$ are equal",
    )


def times(left, right):
    """The product of two 2×2 matrices."""
    return [[left[i][0] * right[0][j] + left[i][1] * right[1][j] for j in range(2)] for i in range(2)]


def inner(left, right):
    """tr(LᵀR)."""
    return sum(left[i][j] * right[i][j] for i in range(2) for j in range(2))
