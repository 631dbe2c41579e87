"""Orthogonal W with few heads: the minimum over matrices of low rank, and what attains it."""

from sympy import Integer, Rational

from symicl.algebra import MEANING, closed_form, read_form
from symicl.expectation import EntrySum, blocks_of, entry_sum
from symicl.proofs.sander2024.parts.blocks import block_lemma
from symicl.proofs.sander2024.parts.low_rank import RANK_OF_A_PRODUCT
from symicl.proofs.sander2024.parts.low_rank import WHERE as LOW_RANK
from symicl.proofs.sander2024.parts.optimum import positive_part, put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, H, d
from symicl.statements import LeastByRank, RankBound
from symicl.theory import Projector, entry_squares
from symicl.typeset import Equation

ATTAINING = {WEIGHTS.last(0): Integer(1), WEIGHTS.last(1): -Rational(1, 2)}
"""p_T and p_{T−1}."""
i, partner, j = "i", "~i", "j"


def few_planes(step, positional):
    """The minimum over C of rank ≤ H, and the number of heads that zero loss needs."""
    cost = block_lemma(step)
    bound = read_form(d) - read_form(H) * 2
    step(
        r"Rank at most $H$: the two columns of each of the $d/2$ pairs cost at least $2-2\operatorname{tr}G_l$",
        r"\begin{aligned}\mathrm{cost}_l-(2-2\operatorname{tr}G_l)={}&\lVert V-KL\rVert_F^2+\tfrac12(\tau-2+2\delta)^2"
        r"+\tfrac12(Z_{11}-Z_{22})^2\\&+\lVert K\rVert_F^2+(G_{12}-G_{21})^2+\operatorname{tr}G_l\,\det G_l"
        r",\qquad L=(1-t)I+G_l\end{aligned}",
        r"\ell\ge\sum_{l=1}^{d/2}\mathrm{cost}_l\ge\sum_{l=1}^{d/2}(2-2\operatorname{tr}G_l)=d-2\operatorname{tr}\Pi"
        r"=d-2\rho",
        Equation(r"d-2\rho\ge", bound),
        Equation(r"\min\ell", positive_part(bound)),
        where={
            r"\rho": LOW_RANK[r"\rho"],
            "G_{12},G_{21}": r"are the entries of $G_l$ off its diagonal, which are equal",
        },
        name="planes",
        note=r"This is the bound above at $k=1$. The two sides differ by "
        r"$2\operatorname{tr}L^{\top}(\Pi^{\top}X-X)_l-\operatorname{tr}L^{\top}(\Pi^{\top}\Pi-\Pi)_lL"
        r"-\operatorname{tr}(\Pi^{\top}\Pi-\Pi)_l$, which vanishes.",
    )
    step.axiom(RANK_OF_A_PRODUCT)
    Pi = Projector("C", d, paired=True)
    step.conclude(
        LeastByRank(
            positive_part(bound),
            H,
            proof=RankBound(positional.loss, Pi, vanishing(Pi, positional.last), ATTAINING),
        ),
        *above_costs(positional),
        *above_the_ranks(Pi, positional.last),
    )
    attained(step, positional)
    return cost, positive_part(bound), root(bound, H)


def squares_of(form, over, *, distinct=False):
    """Sums of squares over paired coordinates."""
    return entry_squares(form, over, d, distinct=distinct, paired=True)


def above_costs(positional):
    """ℓ − Σ_l cost_l: the positions t ≤ T − 2 and the last square of the loss."""
    last, before, earlier, squares = (
        positional.last,
        positional.before,
        positional.earlier,
        positional.squares,
    )
    entry = [("C", i, j)]
    return (
        squares_of([(1, [("C", i, i)])], "i") * squares,
        squares_of([(1, entry)], "ij", distinct=True) * squares,
        squares_of([(before, entry), (earlier + last, [("C", i, partner)])], "i"),
    )


def pi(row, column):
    """An entry of Π."""
    return ("Pi", row, column)


def above_the_ranks(Pi, last):
    """Σ_l cost_l − (d − 2 tr Π), with L_ii = 1 − Π_īī and L_iī = Π_iī, up to what vanishes."""
    half = closed_form(1) / 2
    residual = [
        (last, [("C", j, i)]),
        (-1, [pi(j, i)]),
        (1, [pi(j, i), pi(partner, partner)]),
        (-1, [pi(j, partner), pi(partner, i)]),
    ]
    trace = [
        (last, [("C", i, i)]),
        (last, [("C", partner, partner)]),
        (-2, [pi(i, i)]),
        (-2, [pi(partner, partner)]),
        (2, [pi(i, i), pi(partner, partner)]),
        (-2, [pi(i, partner), pi(partner, i)]),
    ]
    return (
        squares_of(residual, "ij", distinct=True),
        squares_of(trace, "i") * (half / 2),  # each pair has two coordinates
        squares_of([(last, [("C", i, i)]), (-last, [("C", partner, partner)])], "i") * (half / 2),
        squares_of([(1, [pi(j, i)])], "ij", distinct=True),
        squares_of([(1, [pi(i, partner)]), (-1, [pi(partner, i)])], "i") * half,
        Pi.minors,
    )


def vanishing(Pi, last):
    """Multiples of ΠᵀC − C and ΠᵀΠ − Π in the block of a pair: by 2L, by −LLᵀ and by −I."""
    own, other = [(1, []), (-1, [pi(partner, partner)])], [(1, [pi(i, partner)])]
    own_own = [
        (-1, []),
        (2, [pi(partner, partner)]),
        (-1, [pi(partner, partner)] * 2),
        (-1, [pi(i, partner)] * 2),
    ]
    own_other = [
        (-1, [pi(partner, i)]),
        (1, [pi(partner, partner), pi(partner, i)]),
        (-1, [pi(i, partner)]),
        (1, [pi(i, partner), pi(i, i)]),
    ]
    return (
        Pi.keeps([(last * c * 2, entries) for c, entries in own], i, i, i),
        Pi.keeps([(last * c * 2, entries) for c, entries in other], i, partner, i),
        Pi.idempotent(own_own, i, i, i),
        Pi.idempotent(own_other, i, partner, i),
        Pi.idempotent([(-1, [])], i, i, i),
    )


def attained(step, positional):
    """C with blocks a_l (1 1; 1 1), p_T = 1, p_{T−1} = −1/2."""
    table = {x: read_form(value) for x, value in ATTAINING.items()}
    table |= {WEIGHTS.earlier(k): closed_form(0) for k in (1, 2)}
    for x in positional.loss.letters():
        sums = MEANING[x]
        if isinstance(sums, EntrySum):
            # Every index but the first is the first or its partner; each entry is the a of the pair.
            power = [("a", i)] * len(sums.factors)
            table[sums] = read_form(entry_sum(power)) * 2 ** (len(blocks_of(sums.factors)) - 1)
    step(
        r"It is attained with one head for each of $\min(H,d/2)$ planes: "
        r"$C=\bigoplus_la_l\begin{pmatrix}1&1\\1&1\end{pmatrix}$, $p_T=1$, $p_{T-1}=-\frac12$",
        where={
            "a_l": r"$\in\{0,1\}$ says whether plane $l$ has a head, and $a_i$ is that of the plane of coordinate $i$"
        },
        note=r"A plane without a head costs 2.",
    )
    step.check(
        r"the loss of this $C$ is $\sum_i(a_i-1)^2$ over the $d$ coordinates",
        put(positional.loss, table),
        squares_of([(1, [("a", i)]), (-1, [])], "i").form,
    )
    blocks = [[[int(a // 2 == b // 2 and a // 2 < m) for b in range(6)] for a in range(6)] for m in range(4)]
    for m, C in enumerate(blocks):
        step.check(
            rf"for $d=6$, {m} such blocks and $T=4$ the expectation gives ${6 - 2 * m}$",
            read_form(positional.at(C, [0, 0, ATTAINING[WEIGHTS.last(1)], 1])),
            closed_form(6 - 2 * m),
        )
