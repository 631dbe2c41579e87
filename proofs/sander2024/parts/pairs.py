"""Orthogonal W: the zeros of the loss, blocks (1 r; r 1)/p_T with one r, and the number of heads that they need."""

from symicl.algebra import ClosedForm, closed_form, read_form, scalar, scalar_letter
from symicl.expectation import ExchangeableMatrix
from symicl.proofs.sander2024.parts.low_rank import A_SUM_OF_SQUARES, RANK_OF_A_PRODUCT
from symicl.proofs.sander2024.parts.optimum import put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, Positional, d
from symicl.typeset import Equation

r, c = scalar("r"), scalar("c")


def zero_set(step, positional: Positional) -> tuple[ClosedForm, ClosedForm]:
    """ℓ = 0: blocks (1 r; r 1)/p_T with one r; returns C_ii and p_{T−1}/p_T."""
    last, before, R = positional.last, positional.before, read_form(r)
    diagonal = root(last * read_form(c) - 1, c)
    restricted = put(
        positional.loss_of(ExchangeableMatrix(c, 0, c * r)),
        {WEIGHTS.earlier(1): closed_form(0), WEIGHTS.earlier(2): closed_form(0)},
    )
    left = restricted.substitute({scalar_letter(c): diagonal})
    bracket = before * (R + 1) / last + R
    solution = root(bracket, WEIGHTS.last(1)) / last
    step(
        r"Its zeros: $C_{ii}=1/p_T$, $C_{ij}=0$ for $j\ne i,\bar\imath$, $p_t=0$ for $t\le T-2$; with "
        r"$C_{i\bar\imath}=r/p_T$ the last square remains",
        Equation(r"\ell", left),
        Equation("p_{T-1}/p_T", solution),
        r"p_TC=\bigoplus_{k=1}^{d/2}\begin{pmatrix}1&r\\r&1\end{pmatrix},\qquad r\ne-1",
        where={
            "i,j": "are coordinates",
            "r_i": r"$=p_TC_{i\bar\imath}$, which turns out to be $r$ for every $i$",
            "q": "$=p_{T-1}/p_T$",
            "g_i": "$=q(1+r_i)+r_i$",
        },
        name="zeros",
    )
    only_there(step, positional)
    step.check(
        r"there it is $d\,(p_{T-1}(1+r)/p_T+r)^2$ by the expectation for blocks $(1\ r;r\ 1)/p_T$",
        left,
        bracket * bracket * read_form(d),
    )
    step.check(
        r"this is zero at $p_{T-1}=-r\,p_T/(1+r)$",
        put(left, {WEIGHTS.last(1): solution * last}),
    )
    step.check(
        r"for $r=-1$ it is $d$: no zero", left.substitute({scalar_letter(r): closed_form(-1)}), read_form(d)
    )
    other = read_form(scalar("r'"))
    step.check(
        r"any two different $r$ and $r'$ have different $p_{T-1}/p_T$: the difference is $(r'-r)/((1+r)(1+r'))$",
        solution - solution.substitute({scalar_letter(r): other}),
        (other - R) / ((R + 1) * (other + 1)),
    )
    return diagonal, solution


def only_there(step, positional: Positional) -> None:
    """Each square of the sum vanishes, and what is claimed follows from these equations."""
    last, squares = positional.last, positional.squares
    own, beside, third = (read_form(scalar(f"C_{name}")) for name in ("ii", "partner", "ij"))
    q, ri, rj = (read_form(scalar(name)) for name in ("q", "r_i", "r_j"))
    fitted = last * own - 1
    step.axiom(A_SUM_OF_SQUARES)
    step.check(
        r"$\sum_{t\le T-2}p_t^2=p_T^2\,(\sum_{t\le T-2}p_t^2)C_{ii}^2-(\sum_{t\le T-2}p_t^2)(p_TC_{ii}+1)"
        r"(p_TC_{ii}-1)$: zero where the squares are",
        squares,
        last**2 * (squares * own**2) - squares * (fitted + 2) * fitted,
    )
    step.check(
        r"$C_{ij}^2=C_{ii}^2\,((\sum_{t\ne T-1}p_t^2)C_{ij}^2-(\sum_{t\le T-2}p_t^2)C_{ij}^2)-C_{ij}^2(p_TC_{ii}+1)"
        r"(p_TC_{ii}-1)$: zero where the squares are",
        third**2,
        own**2 * ((squares + last**2) * third**2 - squares * third**2) - third**2 * (fitted + 2) * fitted,
    )

    def bracket(ratio):
        return q * (ratio + 1) + ratio

    step.check(
        r"with these zeros $(C\mathbf{1})_i=C_{ii}+C_{i\bar\imath}$ and $\sigma=p_T$, so that the last bracket is "
        r"$g_i+q(p_TC_{ii}-1)$",
        q * last * (own + beside) + last * beside,
        bracket(last * beside) + q * fitted,
    )
    step.check(
        r"$r_i-r_j=(1+r_j)g_i-(1+r_i)g_j$: all $r_i$ are equal where all $g_i=0$",
        ri - rj,
        (rj + 1) * bracket(ri) - (ri + 1) * bracket(rj),
    )
    step.check(
        r"$g_i=-1$ at $r_i=-1$: no zero there",
        bracket(ri).substitute({scalar_letter(scalar("r_i")): closed_form(-1)}),
        closed_form(-1),
    )
    step.check(
        r"$q+r_i/(1+r_i)=g_i/(1+r_i)$: one $q$ for each $r$", q + ri / (ri + 1), bracket(ri) / (ri + 1)
    )
    step.check(
        r"$C_{i\bar\imath}/C_{ii}=r_i-C_{i\bar\imath}(p_TC_{ii}-1)/C_{ii}$: $r$ is that of $C$, the same for all $T$",
        beside / own,
        last * beside - beside * fitted / own,
    )


def zero_block(diagonal: ClosedForm) -> list[list[ClosedForm]]:
    """Two coordinates of a pair at the zeros: C_ii on the diagonal, r C_ii off it."""
    off = diagonal * read_form(r)
    return [[diagonal, off], [off, diagonal]]


def ranks(step, block: list[list[ClosedForm]]) -> ClosedForm:
    """det of a block; the rank of C is d unless r = 1, where it is d/2."""
    R, last = read_form(r), read_form(WEIGHTS.last(0))
    determinant = block[0][0] * block[1][1] - block[0][1] * block[1][0]
    step(
        r"Heads that zero loss needs: the blocks have the eigenvalues $(1\pm r)/p_T$, so $\operatorname{rank}C=d$, or "
        r"$d/2$ for $r=1$",
        Equation(r"\det C_{ll}", determinant),
        r"r\ne\pm1:\quad C_{ll}^{-1}=\frac{p_T}{1-r^2}\begin{pmatrix}1&-r\\-r&1\end{pmatrix},\qquad r=1:\quad "
        r"C_{ll}=\tfrac1{p_T}vv^{\top}",
        where={
            "v": r"$=(1,1)^{\top}$",
            "U": r"$\in\mathbb{R}^{d\times d/2}$ has one $v$ for each pair, and 0 elsewhere",
        },
        note=r"$C=\sum_hb_ha_h^{\top}$ has rank at most $H$: for $d/2\le H<d$ no inverse of $C$ exists, and $r=-1$ is "
        r"no zero, so $r=1$. There $C=UU^{\top}/p_T$, and $U$ has the left inverse $U^{\top}/2$. For $H\ge d$ every "
        r"$r\ne-1$ occurs: $A=C$, $B=I$.",
    )
    step.axiom(RANK_OF_A_PRODUCT)
    for sign in (1, -1):
        vector = [closed_form(1), closed_form(sign)]
        for row, entry in zip(block, vector, strict=True):
            step.check(
                rf"$C_{{ll}}(1,{sign})^{{\top}}=\frac{{1{sign:+d}r}}{{p_T}}(1,{sign})^{{\top}}$".replace(
                    "1+1r", "1+r"
                ).replace("1-1r", "1-r"),
                row[0] * vector[0] + row[1] * vector[1],
                (R * sign + 1) / last * entry,
            )
    inverse = [[(R if i != j else closed_form(-1)) * last / (R * R - 1) for j in range(2)] for i in range(2)]
    for i in range(2):
        for j in range(2):
            step.check(
                rf"$r\ne\pm1$: $C_{{ll}}C_{{ll}}^{{-1}}=I$, entry $({i + 1},{j + 1})$",
                block[i][0] * inverse[0][j] + block[i][1] * inverse[1][j],
                closed_form(int(i == j)),
            )
            step.check(
                rf"$r=1$: $C_{{ll}}=vv^{{\top}}/p_T$, entry $({i + 1},{j + 1})$",
                block[i][j].substitute({scalar_letter(r): closed_form(1)}),
                closed_form(1) / last,
            )
    return determinant
