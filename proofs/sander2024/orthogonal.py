"""Orthogonal W, plain tokens: d/2 heads solve the task by the recursion R² = 2cos θ R − I.

Setting     as in `unitary`, with the eigenvalues in conjugate pairs (λ_1, λ̄_1, …), d even: W is a rotation by θ_k in
            each of d/2 planes. ī is the partner of the coordinate i.
Statement   With σ = Σ_{t≠T−1} p_t the loss is Σ_i (p_T C_ii − 1)² + (Σ_{t≤T−2} p_t²) Σ_i C_ii² + (Σ_{t≠T−1} p_t²) Σ_i
            Σ_{j≠i,ī} C_ij² + Σ_i (p_{T−1} (C1)_i + σ C_iī)². It vanishes exactly where p_T C consists of blocks
            (1 r; r 1), p_{T−1} = −r/(1 + r) p_T, p_t = 0 for t ≤ T − 2, with one r ≠ −1. Its rank is d, or d/2 for
            r = 1, where s_{T+1} = (λ + λ̄) ∘ s_T − s_{T−1}. For rank ≤ H the minimum is (d − 2H)₊.
Source      Sander, Giryes, Suzuki, Blondel, Peyré (2024), the proposition on orthogonal matrices without augmentation;
            the number of heads, the minimum for fewer heads and the trained scale are derived here.
"""

from sympy import Integer, Rational

from symicl.algebra import PositivePart, closed_form, read_form, scalar, scalar_letter
from symicl.expectation import InTime
from symicl.proofs.sander2024.paper import PAPER
from symicl.proofs.sander2024.parts.blocks import t, w
from symicl.proofs.sander2024.parts.few_planes import few_planes, squares_of
from symicl.proofs.sander2024.parts.heads import conserved, scale, trained_scale
from symicl.proofs.sander2024.parts.inputs import impossible
from symicl.proofs.sander2024.parts.pairs import r, ranks, zero_block, zero_set
from symicl.proofs.sander2024.parts.positional import (
    ASSUMPTIONS,
    WEIGHTS,
    H,
    Positional,
    T,
    T_max,
    d,
    derive_loss,
)
from symicl.proofs.sander2024.parts.setting import POSITIONAL, sequence
from symicl.proofs.sander2024.parts.zeros import ORTHOGONAL, ORTHOGONAL_EXAMPLES, SINCE, SOME
from symicl.statements import LeastByRank, MinimalAtEntries, SpecialCase, Theorem, Threshold
from symicl.typeset import Equation

positional = Positional("orthogonal")
task, model = positional.task, positional.model
p_last, p_before = WEIGHTS.last(0), WEIGHTS.last(1)

WHERE = {
    r"\ell_{H}^{*}": r"$=\min_{\operatorname{rank}C\le H}\ell$ is the least loss of $H$ heads",
    r"\bar\imath": r"is the partner of the coordinate $i$, whose phase is the complex conjugate",
    "C_{ll}": r"$\in\mathbb{R}^{2\times2}$ are the diagonal blocks of $C$, $l=1,\dots,d/2$, one for each pair or plane",
    r"\theta": r"is the angle of a plane: its phases are $e^{\pm\mathrm{i}\theta}$",
    r"\mathrm{i}": "is the imaginary unit",
    "r": r"$=p_TC_{i\bar\imath}$ where the loss is zero, the same for all $i$",
    "c": r"$>0$ is the number of $C=c\bigoplus_l\begin{pmatrix}1&1\\1&1\end{pmatrix}$",
}
NOTATION = {
    "loss": r"\ell_{H}^{*}",
    "heads_needed": r"\text{the least }H\text{ with zero loss}",
    "weight_of_T_minus_1": "p_{T-1}/p_T",
    "weight_of_T_minus_1_for_d_over_2_heads": r"p_{T-1}/p_T\text{ at }r=1",
    "coefficient_of_s_T_minus_1": r"p_{T-1}(C\mathbf{1})_i",
    "determinant_of_block": r"\det C_{ll}",
    "cost_of_block": r"\min_{Z,V}\mathrm{cost}_l",
    "conserved_at_balanced_optimum": r"\lVert A\rVert_F^2-\lVert P\rVert_F^2",
}

theorem = Theorem(
    id="sander2024.orthogonal",
    title="Orthogonal matrices, plain tokens: one head for each plane, by a trigonometric identity",
    paper=PAPER,
    source="the proposition on orthogonal matrices and tokens without augmentation; the minimum for few heads is "
    "derived here",
    assumptions=(
        r"$W=\operatorname{diag}(\lambda_1,\bar\lambda_1,\dots,\lambda_{d/2},\bar\lambda_{d/2})$ in its "
        r"eigenbasis, $d$ even, "
        r"$\lambda_k$ independent uniform on the unit circle",
        *ASSUMPTIONS,
    ),
    task=task,
    model=model,
    states={"loss": PositivePart(d - 2 * H)},
    propositions=(
        LeastByRank("loss", H),
        Threshold("loss", H, d / 2),
        MinimalAtEntries(
            Integer(0), ORTHOGONAL, SOME, least=SINCE, positions=WEIGHTS, examples=ORTHOGONAL_EXAMPLES
        ),
    ),
    corollaries={
        "heads_needed": d / 2,
        "weight_of_T_minus_1": -r / (1 + r),
        "weight_of_T_minus_1_for_d_over_2_heads": -Rational(1, 2),
        "coefficient_of_s_T_minus_1": -r,
        "determinant_of_block": (1 - r**2) / p_last**2,
        "cost_of_block": 4 * (1 - t + w) / (2 - t),
        "conserved_at_balanced_optimum": d * scale - 5 * (T_max - 1) / (4 * scale**2),
    },
    setting=(sequence("T", paired=True), POSITIONAL),
    where=WHERE,
    notation=NOTATION,
    inputs={"d": d, "H": H, "T": T},
    refusals=(impossible(task),),
    special_cases=(
        SpecialCase(
            applies=lambda values: values[d] < 2 * values[H] and values[H] < values[d],
            note="d/2 < H < d: d/2 heads reach zero loss, the others are redundant; the rank still forces r = 1",
        ),
        SpecialCase(
            applies=lambda values: values[H] == values[d],
            note="H = d: d/2 heads reach zero loss, and with d heads r is free",
        ),
        SpecialCase(
            applies=lambda values: values[H] > values[d],
            note="H > d: d/2 heads reach zero loss; with d heads or more r is free, and H - d of them are "
            "redundant in "
            "any case",
        ),
    ),
)


@theorem.derivation
def derive(step):
    loss = derive_loss(step, positional)
    diagonal, before = zero_set(step, positional, as_squares(step, loss))
    block = zero_block(diagonal)
    determinant = ranks(step, block)
    coefficient = recursion(step, before, block)
    cost, least, heads = few_planes(step, positional)
    conserved(step, loss)
    at_one = before.substitute({scalar_letter(r): closed_form(1)})
    energy = trained_scale(step, diagonal, at_one, r"C=c\bigoplus\begin{pmatrix}1&1\\1&1\end{pmatrix}")
    return {
        "loss": least,
        "heads_needed": heads,
        "weight_of_T_minus_1": before,
        "weight_of_T_minus_1_for_d_over_2_heads": at_one,
        "coefficient_of_s_T_minus_1": coefficient,
        "determinant_of_block": determinant,
        "cost_of_block": cost,
        "conserved_at_balanced_optimum": energy,
    }


def as_squares(step, loss):
    """ℓ as a sum of squares; returns its terms."""
    last, before, earlier, squares = (
        positional.last,
        positional.before,
        positional.earlier,
        positional.squares,
    )
    own, partner = [("C", "i", "i")], [("C", "i", "~i")]
    step(
        "The loss is a sum of squares",
        r"\begin{aligned}\ell={}&\sum_i(p_TC_{ii}-1)^2+\Big(\sum_{t\le T-2}p_t^2\Big)\sum_iC_{ii}^2"
        r"+\Big(\sum_{t\ne T-1}p_t^2\Big)\sum_i\sum_{j\ne i,\bar\imath}C_{ij}^2\\"
        r"&+\sum_i\big(p_{T-1}(C\mathbf{1})_i+\sigma C_{i\bar\imath}\big)^2\end{aligned}",
        where={r"\sigma": r"$=\sum_{t\ne T-1}p_t$"},
        note=r"The partner at every $t$ and every $j$ at $t=T-1$ contribute $\lambda_i^{T-2}$; all other monomials are "
        r"different.",
    )
    terms = (
        squares_of([(last, own), (-1, [])], "i"),
        squares_of([(1, own)], "i") * squares,
        squares_of([(1, [("C", "i", "j")])], "ij", distinct=True) * squares,
        squares_of([(last, [("C", "i", "j")])], "ij", distinct=True),
        squares_of([(before, [("C", "i", "j")]), (earlier + last, partner)], "i"),
    )
    step.check(
        r"this is the expected loss, for every matrix $C$ and all $p$, even $d$ and $T\ge2$",
        sum((term.form for term in terms), closed_form(0)),
        loss,
    )
    return terms


def recursion(step, before, block):
    """The prediction at the zeros; returns the coefficient of s_{T−1}."""
    coefficient = before * read_form(p_last) * (block[0][0] + block[0][1])  # p_{T−1} (C1)_i
    sequence = task.sequence()
    now = sequence.now
    ratio = now.x(1).conj() * now.x()
    predicted = (ratio + ratio.conj() * r) * now.x() - now.x(1) * r
    trigonometric = (ratio + ratio.conj()) * now.x() - now.x(1)
    step(
        r"The prediction there: $s_{T+1}=(\lambda+r\bar\lambda)\circ s_T-r\,s_{T-1}$, for $r=1$ a trigonometric "
        r"identity",
        Equation(r"p_{T-1}(C\mathbf{1})_i", coefficient),
        r"r=1:\qquad s_{T+1}=2\cos\theta\circ s_T-s_{T-1},\qquad R_\theta^2=2\cos\theta\,R_\theta-I",
        where={
            r"\lambda": r"$=\bar s_{T-1}\circ s_T$ is the vector of all phases, $\circ$ multiplies entry by entry",
            r"\bar\lambda": "is its complex conjugate",
            r"R_\theta": r"is the rotation of the plane by $\theta$",
        },
        note=r"The heads with $p_T$ give the first term, those with $p_{T-1}$ "
        r"the second.",
    )
    for claim, value in (
        (
            r"$\mathbb{E}\lVert(\lambda+r\bar\lambda)\circ s_T-r\,s_{T-1}-s_{T+1}\rVert^2=0$ for all $r$",
            predicted,
        ),
        (r"$\mathbb{E}\lVert(\lambda+\bar\lambda)\circ s_T-s_{T-1}-s_{T+1}\rVert^2=0$", trigonometric),
    ):
        step.check(claim, task.expectation((value - sequence.target()).norm2()), InTime())
    cos, sin = (read_form(scalar(name)) for name in ("cos", "sin"))
    rotation = [[cos, -sin], [sin, cos]]
    for i in range(2):
        for j in range(2):
            square = rotation[i][0] * rotation[0][j] + rotation[i][1] * rotation[1][j]
            step.check(
                r"$R_\theta^2-2\cos\theta\,R_\theta+(\cos^2\theta+\sin^2\theta)I=0$, entry "
                rf"$({i + 1},{j + 1})$",
                square - cos * rotation[i][j] * 2 + (cos * cos + sin * sin) * int(i == j),
            )
    return coefficient
