"""Orthogonal W: the zeros of the loss, blocks (1 r; r 1)/p_T with one r, and the number of heads that they need."""

from symicl.algebra import ClosedForm, closed_form, read_form, scalar, scalar_letter
from symicl.expectation import ExchangeableMatrix
from symicl.proofs.sander2024.parts.low_rank import RANK_OF_A_PRODUCT
from symicl.proofs.sander2024.parts.optimum import put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, Positional, d
from symicl.proofs.sander2024.parts.zeros import (
    ORTHOGONAL,
    SINCE,
    SOME,
    back_to_the_bracket,
    of_orthogonal,
    r,
)
from symicl.statements import MinimalAtEntries
from symicl.typeset import Equation

c = scalar("c")


def zero_set(step, positional: Positional, terms) -> tuple[ClosedForm, ClosedForm]:
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
        where={"i,j": "are coordinates"},
        name="zeros",
    )
    step.conclude(
        MinimalAtEntries(
            closed_form(0),
            ORTHOGONAL,
            SOME,
            least=SINCE,
            positions=WEIGHTS,
            loss=positional.loss,
            deductions=of_orthogonal(positional),
            back=back_to_the_bracket(positional),
        ),
        *terms,
    )
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


def zero_block(diagonal: ClosedForm) -> list[list[ClosedForm]]:
    """Two coordinates of a pair at the zeros: C_ii on the diagonal, r C_ii off it."""
    off = diagonal * read_form(r)
    return [[diagonal, off], [off, diagonal]]


def ranks(step, block: list[list[ClosedForm]]) -> ClosedForm:
    """det of a block; the rank of C is d unless r = 1, where it is d/2."""
    R, last = read_form(r), read_form(WEIGHTS.last(0))
    determinant = block[0][0] * block[1][1] - block[0][1] * block[1][0]
    step(
        r"Heads that zero loss needs: the blocks have the eigenvalues $(1\pm r)/p_T$; $\operatorname{rank}C=d$, or "
        r"$d/2$ for $r=1$",
        Equation(r"\det C_{ll}", determinant),
        r"r\ne\pm1:\quad C_{ll}^{-1}=\frac{p_T}{1-r^2}\begin{pmatrix}1&-r\\-r&1\end{pmatrix},\qquad r=1:\quad "
        r"C_{ll}=\tfrac1{p_T}vv^{\top}",
        where={
            "v": r"$=(1,1)^{\top}$",
            "U": r"$\in\mathbb{R}^{d\times d/2}$ has one $v$ for each pair, and 0 elsewhere",
        },
        note=r"With $H$ heads $C=\sum_hb_ha_h^{\top}=B^{\top}A$ has rank at most $H$, and $r=-1$ is no zero "
        r"as was seen: for $H<d$ this leaves $r=1$, where $C=UU^{\top}/p_T$ is made by the $d/2$ heads "
        r"$A=U^{\top}$, $B=U^{\top}/p_T$. For $H\ge d$ every $r\ne-1$ is made: $A=C$, $B=I$, other heads zero.",
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
    at_one = [[entry.substitute({scalar_letter(r): closed_form(1)}) for entry in row] for row in block]
    step.check(
        r"$r=1$: $v^{\top}C_{ll}v=4/p_T$, so that $U^{\top}CU=\frac4{p_T}I$ has rank $d/2$",
        sum((entry for row in at_one for entry in row), closed_form(0)),
        closed_form(4) / last,
    )
    return determinant
