"""No diagonal matrices A and B have a smaller loss than (aI, bI) with ab = u*: a sum of squares."""

from symicl.expectation import DiagonalMatrix, entry_sum
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.setting import HALF, H, N, d, k2, k3, model, task
from symicl.theory import autoregressive_loss

P, Q = ("A", "i"), ("B", "i")


def minimum_over_diagonals(step, found):
    """L(A, B) − L* for diagonal A and B as a sum of squares with coefficients ≥ 0."""
    pair = model.active(DiagonalMatrix("A"), DiagonalMatrix("B"))
    loss = autoregressive_loss(model, task, pair, factor=HALF)
    products, squares, first, second = (
        of(entry_sum(factors)) for factors in ([P, Q], [P, P, Q, Q], [P, P], [Q, Q])
    )
    mean = products / of(d)
    rest = of(H) * of(k3) / of(d - 1)
    step(
        r"No diagonal matrices $A=\operatorname{diag}(a_j)$, $B=\operatorname{diag}(b_j)$ do better",
        r"2(L-L^{*})=\big((T-2)\kappa_2-\mu H_{T-2}\big)\sum_j(u_j-\bar u)^{2}"
        r"+\tfrac12\mu H_{T-2}\sum_{j,r}(a_jb_r-a_rb_j)^{2}+dK\,(\bar u-u^{*})^{2}",
        where={
            "a_j,b_j": "are the diagonal entries",
            "u_j": "$=a_jb_j$",
            r"\bar u": "is the mean of the $u_j$",
            r"\mu": r"$=\kappa_3/(d-1)$",
        },
        note=r"$\mu=\kappa_3/(d-1)=\mathbb{E}x_{1j}^{2}x_{1r}^{4}\le\kappa_2$ and $H_{T-2}\le T-2$, so no "
        r"coefficient is "
        r"negative.",
    )
    step.check(
        r"the identity, with $\sum_j(u_j-\bar u)^{2}=\sum_ju_j^{2}-d\bar u^{2}$ and "
        r"$\tfrac12\sum_{j,r}(a_jb_r-a_rb_j)^{2}=\sum_ja_j^{2}\sum_jb_j^{2}-(\sum_ju_j)^{2}$",
        (loss.closed_form - found.L_star) * 2,
        (of(N) * of(k2) - rest) * (squares - products * mean)
        + rest * (first * second - products**2)
        + of(d) * found.K * (mean - found.u_star) ** 2,
    )
    step.axiom(
        r"Young's inequality $3x^{2}y^{4}\le x^{6}+2y^{6}$ for every $x$ and $y$, and $1/n\le1$ for every $n\ge1$"
    )
