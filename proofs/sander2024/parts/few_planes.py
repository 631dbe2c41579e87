"""Orthogonal W with few heads: the minimum over matrices of low rank, and what attains it."""

from symicl.algebra import MEANING, closed_form, read_form, scalar_letter
from symicl.expectation import EntrySum, blocks_of, entry_sum
from symicl.proofs.sander2024.parts.blocks import block_lemma, t
from symicl.proofs.sander2024.parts.low_rank import WHERE as LOW_RANK
from symicl.proofs.sander2024.parts.low_rank import LowRank, rho, smaller_ranks, zeros_and_ones
from symicl.proofs.sander2024.parts.optimum import positive_part, put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, H, d
from symicl.proofs.sander2024.parts.squares import square_sum
from symicl.typeset import Equation


def few_planes(step, positional):
    """The minimum over C of rank ≤ H, and the number of heads that zero loss needs."""
    cost, per_pair = block_lemma(step)
    # Σ_l (2 − 2 tr G_l) over d/2 pairs, linear in tr Π = Σ_l tr G_l: any distribution gives what equal ones give.
    pairs = read_form(d) / 2
    at_rank, bound = (per_pair.substitute({scalar_letter(t): read_form(x) / pairs}) * pairs for x in (rho, H))
    low = LowRank()
    step(
        r"Rank at most $H$: the two columns of each of the $d/2$ pairs cost at least $2-2\operatorname{tr}G_l$",
        r"\ell\ge\sum_{l=1}^{d/2}\mathrm{cost}_l\ge\sum_{l=1}^{d/2}(2-2\operatorname{tr}G_l)=d-2\operatorname{tr}\Pi"
        r"=d-2\rho",
        Equation(r"d-2\rho\ge", bound),
        where={name: LOW_RANK[name] for name in (r"\rho", "Q", "Y", "E")},
        note=r"The diagonal blocks have $\sum_l\operatorname{tr}G_l=\operatorname{tr}\Pi$; $X=0$, which has no $Q$, "
        "leaves $d$.",
    )
    above_costs(step, positional)
    low.project(step)
    smaller_ranks(step, at_rank, bound)
    attained(step, positional, bound)
    step("Since a loss is never negative, the minimum is", Equation(r"\min\ell", positive_part(bound)))
    return cost, positive_part(bound), root(bound, H)


def above_costs(step, positional):
    """ℓ − Σ_l cost_l: the positions t ≤ T − 2 and the last square of the loss."""
    last, before, earlier, squares = (
        positional.last,
        positional.before,
        positional.earlier,
        positional.squares,
    )
    own, partner, entry = [("C", "i", "i")], [("C", "i", "~i")], [("C", "i", "j")]
    off = square_sum([(1, entry)], "ij", d, distinct=True, paired=True)
    step.check(
        r"$\ell-\sum_l\mathrm{cost}_l=(\sum_{t\le T-2}p_t^2)(\sum_iC_{ii}^2+\sum_i\sum_{j\ne i,\bar\imath}C_{ij}^2)"
        r"+\sum_i(p_{T-1}(C\mathbf{1})_i+\sigma C_{i\bar\imath})^2\ge0$",
        positional.loss - square_sum([(last, own), (-1, [])], "i", d, paired=True) - off * last**2,
        (square_sum([(1, own)], "i", d, paired=True) + off) * squares
        + square_sum([(before, entry), (earlier + last, partner)], "i", d, paired=True),
    )


def attained(step, positional, bound):
    """C with blocks a_l (1 1; 1 1), p_T = 1, p_{T−1} = −1/2."""
    one = closed_form(1)
    table = {
        WEIGHTS.last(0): one,
        WEIGHTS.last(1): -one / 2,
        WEIGHTS.earlier(1): closed_form(0),
        WEIGHTS.earlier(2): closed_form(0),
    }
    for x in positional.loss.letters():
        sums = MEANING[x]
        if isinstance(sums, EntrySum):
            # Every index but the first is the first or its partner; each entry is the a of the pair.
            power = [("a", "i")] * len(sums.factors)
            table[sums] = read_form(entry_sum(power)) * 2 ** (len(blocks_of(sums.factors)) - 1)
    step(
        r"It is attained with one head for each of $\min(H,d/2)$ planes: "
        r"$C=\bigoplus_la_l\begin{pmatrix}1&1\\1&1\end{pmatrix}$, $p_T=1$, $p_{T-1}=-\frac12$",
        where={
            "a_l": r"$\in\{0,1\}$ says whether plane $l$ has a head, and $a_i$ is that of the plane of coordinate $i$"
        },
        note=r"A plane without a head costs 2.",
    )
    there = put(positional.loss, table)
    step.check(
        r"the loss of this $C$ is $\sum_i(a_i-1)^2$ over the $d$ coordinates",
        there,
        square_sum([(1, [("a", "i")]), (-1, [])], "i", d, paired=True),
    )
    zeros_and_ones(
        step,
        there,
        "a",
        [
            (r"with $H\le d/2$ planes it is $d-2H$", read_form(H) * 2, bound),
            (r"with $d/2$ planes it is 0", read_form(d), closed_form(0)),
        ],
    )
    blocks = [[[int(i // 2 == j // 2 and i // 2 < m) for j in range(6)] for i in range(6)] for m in range(4)]
    half = table[WEIGHTS.last(1)].expr
    for m, C in enumerate(blocks):
        step.check(
            rf"for $d=6$, {m} such blocks and $T=4$ the expectation gives ${6 - 2 * m}$",
            read_form(positional.at(C, [0, 0, half, 1])),
            closed_form(6 - 2 * m),
        )
