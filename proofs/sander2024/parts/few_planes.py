"""Orthogonal W with few heads: the minimum over matrices of low rank, and what attains it."""

from symicl.algebra import MEANING, closed_form, read_form, scalar_letter
from symicl.expectation import EntrySum, blocks_of, entry_sum
from symicl.proofs.sander2024.parts.blocks import block_lemma, t
from symicl.proofs.sander2024.parts.optimum import positive_part, put, root
from symicl.proofs.sander2024.parts.positional import WEIGHTS, H, d
from symicl.proofs.sander2024.parts.squares import square_sum
from symicl.typeset import Equation


def few_planes(step, positional):
    """The minimum over C of rank ≤ H, and the number of heads that zero loss needs."""
    cost, per_pair = block_lemma(step)
    # Σ_l (2 − 2 tr G_l) over d/2 pairs, linear in tr Π = Σ_l tr G_l: any distribution gives what equal ones give.
    pairs = read_form(d) / 2
    bound = per_pair.substitute({scalar_letter(t): read_form(H) / pairs}) * pairs
    step(
        r"Rank at most $H$: the two columns of each of the $d/2$ pairs cost at least $2-2\operatorname{tr}G_l$",
        r"\ell\ge\sum_{l=1}^{d/2}\mathrm{cost}_l\ge\sum_{l=1}^{d/2}(2-2\operatorname{tr}G_l)=d-2\operatorname{tr}\Pi",
        Equation(r"d-2\operatorname{tr}\Pi\ge", bound),
        note=r"The last square of the loss and the positions $t\le T-2$ are left out. The diagonal blocks have "
        r"$\sum_l\operatorname{tr}G_l=\operatorname{tr}\Pi$.",
    )
    step.axiom(
        r"$\operatorname{tr}\Pi=\operatorname{rank}X\le\min(H,d)$ for the orthogonal projector on the range of $X$"
    )
    attained(step, positional)
    step("Since a loss is never negative, the minimum is", Equation(r"\min\ell", positive_part(bound)))
    return cost, positive_part(bound), root(bound, H)


def attained(step, positional):
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
    step.check(
        r"the loss of this $C$ is $\sum_i(a_i-1)^2$ over the $d$ coordinates",
        put(positional.loss, table),
        square_sum([(1, [("a", "i")]), (-1, [])], "i", d, paired=True),
    )
    blocks = [[[int(i // 2 == j // 2 and i // 2 < m) for j in range(6)] for i in range(6)] for m in range(4)]
    half = table[WEIGHTS.last(1)].expr
    for m, C in enumerate(blocks):
        step.check(
            rf"for $d=6$, {m} such blocks and $T=4$ the expectation gives ${6 - 2 * m}$",
            read_form(positional.at(C, [0, 0, half, 1])),
            closed_form(6 - 2 * m),
        )
