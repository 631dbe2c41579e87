"""Unitary W, plain tokens: d heads and one position solve the task; fewer heads pay one coordinate each.

Setting     s_{t+1} = W s_t, W = diag(λ_1, …, λ_d), λ independent uniform on the unit circle, s_1 = (1, …, 1). H linear
            attention heads with diagonal matrices and free positional weights p on plain tokens, query s_{T−1}; the
            heads enter through C = BᵀA, of rank ≤ H.
Statement   ℓ = ‖p_T C − I‖² + (Σ_{t≤T−2} p_t²) ‖C‖² + p_{T−1}² ‖C1‖². It vanishes exactly where p_T C = I and p_t = 0
            for t ≠ T: the model reads W = diag(conj(s_{T−1}) ∘ s_T) and applies it to s_T. For rank ≤ H the minimum is
            (d − H)₊. For H = d heads are biorthogonal, and orthogonal if they start balanced; gradient flow conserves
            AAᵀ − BBᵀ and ‖A‖² − ‖P‖², which gives the trained scale.
Source      Sander, Giryes, Suzuki, Blondel, Peyré (2024), the proposition on unitary matrices without augmentation;
            the minimum for fewer heads, the conserved quantities and the correction of the published loss are derived
            here.
"""

from sympy import Integer

from symicl.algebra import PositivePart, closed_form, read_form, scalar
from symicl.expectation import DiagonalMatrix, InTime, ScalarMatrix, entry_sum
from symicl.proofs.sander2024.paper import PAPER
from symicl.proofs.sander2024.parts.heads import (
    biorthogonal,
    conserved,
    scale,
    trained_scale,
)
from symicl.proofs.sander2024.parts.inputs import impossible
from symicl.proofs.sander2024.parts.low_rank import RANK_OF_A_PRODUCT
from symicl.proofs.sander2024.parts.low_rank import WHERE as LOW_RANK
from symicl.proofs.sander2024.parts.optimum import positive_part, put, root
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
from symicl.proofs.sander2024.parts.zeros import SINCE, UNITARY, UNITARY_EXAMPLES, of_unitary
from symicl.statements import LeastByRank, MinimalAtEntries, RankBound, SpecialCase, Theorem, Threshold
from symicl.theory import Projector, entry_squares
from symicl.typeset import Equation

positional = Positional("unitary")
task, model = positional.task, positional.model
p_last, p_before = WEIGHTS.last(0), WEIGHTS.last(1)
everything, trace, rows = (
    entry_sum(factors)
    for factors in ([("C", "i", "j")] * 2, [("C", "i", "i")], [("C", "i", "j"), ("C", "i", "k")])
)
PUBLISHED = (
    (WEIGHTS.earlier(2) + p_before**2 + p_last**2) * everything + p_before**2 * rows - 2 * p_last * trace + d
)
"""The loss as the authors' code has it."""

NO_OTHER_POSITION = {WEIGHTS.last(1): closed_form(0), WEIGHTS.earlier(2): closed_form(0)}
"""p_t = 0 for t ≠ T."""

WHERE = {
    r"\ell_{H}^{*}": r"$=\min_{\operatorname{rank}C\le H}\ell$ is the least loss of $H$ heads",
    "c": r"$>0$ is the number of $C=cI$",
    "i,j": "are coordinates",
}
NOTATION = {
    "loss": r"\ell_{H}^{*}",
    "heads_needed": r"\text{the least }H\text{ with zero loss}",
    "diagonal_of_C": "C_{ii}",
    "conserved_at_balanced_optimum": r"\lVert A\rVert_F^2-\lVert P\rVert_F^2",
    "overcounted_by_publication": r"\ell_{\mathrm{published}}-\ell",
}

theorem = Theorem(
    id="sander2024.unitary",
    title="Unitary matrices, plain tokens: one head for each coordinate",
    paper=PAPER,
    source="the proposition on unitary matrices and tokens without augmentation; the rest is derived here",
    assumptions=(
        r"$W=\operatorname{diag}(\lambda_1,\dots,\lambda_d)$, $\lambda_j$ independent uniform on the unit circle",
        *ASSUMPTIONS,
    ),
    task=task,
    model=model,
    states={"loss": PositivePart(d - H)},
    propositions=(
        LeastByRank("loss", H),
        Threshold("loss", H, d),
        MinimalAtEntries(Integer(0), UNITARY, least=SINCE, positions=WEIGHTS, examples=UNITARY_EXAMPLES),
    ),
    corollaries={
        "heads_needed": d,
        "diagonal_of_C": 1 / p_last,
        "conserved_at_balanced_optimum": d * scale - (T_max - 1) / scale**2,
        "overcounted_by_publication": p_before**2 * everything,
    },
    setting=(sequence("T"), POSITIONAL),
    where=WHERE,
    notation=NOTATION,
    inputs={"d": d, "H": H, "T": T},
    refusals=(impossible(task),),
    special_cases=(
        SpecialCase(
            applies=lambda values: values[H] > values[d],
            note="H > d: d heads reach zero loss, the other H - d are redundant",
        ),
    ),
)


@theorem.derivation
def derive(step):
    loss = derive_loss(step, positional)
    diagonal = zero_set(step, loss, as_squares(step, loss))
    biorthogonal(step)
    least, heads = few_heads(step, loss)
    conserved(step, loss)
    energy = trained_scale(step, diagonal, closed_form(0), "C=cI")
    excess = overcounted(step, loss)
    return {
        "loss": least,
        "heads_needed": heads,
        "diagonal_of_C": diagonal,
        "conserved_at_balanced_optimum": energy,
        "overcounted_by_publication": excess,
    }


def as_squares(step, loss):
    """ℓ as a sum of squares; returns its terms."""
    last, before, squares = positional.last, positional.before, positional.squares
    entry = [("C", "i", "j")]
    terms = (
        entry_squares([(last, [("C", "i", "i")]), (-1, [])], "i", d),
        entry_squares([(last, entry)], "ij", d, distinct=True),
        entry_squares([(1, entry)], "ij", d) * squares,
        entry_squares([(before, entry)], "i", d),
    )
    step(
        "The loss is a sum of squares",
        r"\ell=\lVert p_TC-I\rVert_F^2+\Big(\sum_{t\le T-2}p_t^2\Big)\lVert C\rVert_F^2+p_{T-1}^2\lVert "
        r"C\mathbf{1}\rVert^2",
    )
    step.check(
        r"this is the expected loss, for every matrix $C$ and all $p$, $d$ and $T\ge2$",
        sum((term.form for term in terms), closed_form(0)),
        loss,
    )
    return terms


def zero_set(step, loss, terms):
    """ℓ = 0 exactly at p_T C = I, p_t = 0 for t ≠ T; returns the diagonal of C."""
    c = scalar("c")
    diagonal = positional.loss_of(ScalarMatrix(c))
    form = positional.last * read_form(c) - 1
    solution = root(form, c)
    left = put(diagonal, {c: solution})
    sequence = task.sequence()
    now = sequence.now
    read = now.x(1).conj() * now.x()
    step(
        r"Its zeros: $p_TC=I$, hence $C\mathbf{1}\ne0$ and $p_t=0$ for all $t\ne T$",
        Equation("C_{ii}", solution),
        Equation(r"p_TC=I:\quad\ell", left),
        r"\Gamma=\operatorname{diag}(\bar s_{T-1}\circ s_T)=W,\qquad\hat s_{T+1}=\Gamma s_T",
    )
    step.conclude(
        MinimalAtEntries(
            closed_form(0),
            UNITARY,
            least=SINCE,
            positions=WEIGHTS,
            loss=loss,
            deductions=of_unitary(positional),
        ),
        *terms,
    )
    step.check(
        r"for $C=cI$ the loss is $d\,((p_Tc-1)^2+(\sum_{t\le T-2}p_t^2+p_{T-1}^2)c^2)$",
        diagonal,
        (form * form + (positional.squares + positional.before**2) * read_form(c) ** 2) * read_form(d),
    )
    step.check(
        r"at $p_TC=I$ it is $d\,(\sum_{t\le T-2}p_t^2+p_{T-1}^2)/p_T^2$, zero only for $p_t=0$, $t\ne T$",
        left,
        read_form(d) * (positional.squares + positional.before**2) / positional.last**2,
    )
    step.check(
        r"and zero there: $p_TC=I$ and $p_t=0$ for all $t\ne T$ give $\ell=0$",
        put(left, NO_OTHER_POSITION),
    )
    step.check(
        r"there the prediction is exact: $\mathbb{E}\lVert\bar s_{T-1}\circ s_T\circ s_T-s_{T+1}\rVert^2=0$",
        task.expectation((read * now.x() - sequence.target()).norm2()),
        InTime(),
    )
    return solution


def few_heads(step, loss):
    """The minimum over C of rank ≤ H, and the number of heads that zero loss needs."""
    last, before, squares = positional.last, positional.before, positional.squares
    Pi, entry = Projector("C", d), [("C", "i", "j")]
    bound = read_form(d) - read_form(H)
    step(
        r"The least loss of rank at most $H$, by the argument of Eckart and Young",
        r"\ell-(d-\rho)=\lVert p_TC-\Pi\rVert_F^2+\Big(\sum_{t\le T-2}p_t^2\Big)\lVert C\rVert_F^2"
        r"+p_{T-1}^2\lVert C\mathbf{1}\rVert^2",
        Equation(r"d-\rho\ge", bound),
        Equation(r"\min\ell", positive_part(bound)),
        where=LOW_RANK,
        name="few",
        note=r"The two sides differ by $2p_T\operatorname{tr}(\Pi^{\top}C-C)+\operatorname{tr}(\Pi-\Pi^{\top}\Pi)$, "
        r"which vanishes. $C=B^{\top}A$ with $A\in\mathbb{R}^{H\times d}$ has a rank of at most $H$.",
    )
    step.axiom(RANK_OF_A_PRODUCT)
    vanishing = (Pi.keeps([(last * 2, [])], "i", "i", "i"), Pi.idempotent([(-1, [])], "i", "i", "i"))
    step.conclude(
        LeastByRank(positive_part(bound), H, proof=RankBound(loss, Pi, vanishing, {p_last: Integer(1)})),
        entry_squares([(last, entry), (-1, [("Pi", "i", "j")])], "ij", d),
        entry_squares([(1, entry)], "ij", d) * squares,
        entry_squares([(before, entry)], "i", d),
    )
    attained(step)
    minimisers(step, Pi)
    return positive_part(bound), root(bound, H)


def attained(step):
    """C = diag(c) with min(H, d) ones."""
    here = {WEIGHTS.last(0): closed_form(1), **NO_OTHER_POSITION}
    step.check(
        r"$C=\operatorname{diag}(c)$, $p_T=1$ has the loss $\sum_i(c_i-1)^2$: with $c_i\in\{0,1\}$ and "
        r"$\min(H,d)$ ones, one head each, the bound is attained",
        put(positional.loss_of(DiagonalMatrix("c")), here),
        entry_squares([(1, [("c", "i")]), (-1, [])], "i", d).form,
    )


def minimisers(step, Pi):
    """Equality for H < d: p_T C = Π of rank H, p_t = 0 for t ≤ T − 2, and p_{T−1} = 0 or Π1 = 0."""
    step(
        r"Equality for $H<d$: $p_TC=\Pi$ is a projector of rank $H$, $p_t=0$ for $t\le T-2$, and $p_{T-1}=0$ unless "
        r"$\Pi\mathbf{1}=0$",
        r"\ell-(d-H)=\lVert p_TC-\Pi\rVert_F^2+(H-\rho)+\Big(\sum_{t\le T-2}p_t^2\Big)\lVert C\rVert_F^2"
        r"+p_{T-1}^2\lVert C\mathbf{1}\rVert^2",
        note=r"No term is negative ({step:few}). Where all vanish $p_T^2\lVert C\rVert_F^2=\rho=H\ge1$ and "
        r"$p_T^2\lVert C\mathbf{1}\rVert^2=\lVert\Pi\mathbf{1}\rVert^2$.",
    )
    step.check(
        r"$\lVert\Pi\rVert_F^2=\rho+\operatorname{tr}(\Pi^{\top}\Pi-\Pi)=\rho$",
        entry_squares([(1, [("Pi", "i", "j")])], "ij", d).form,
        Pi.rank + Pi.idempotent([(1, [])], "i", "i", "i").form,
    )


def overcounted(step, loss):
    """The excess of the published closed form over the loss."""
    excess = read_form(PUBLISHED.expand()) - loss
    step(
        r"The authors' code trains on a closed form that is too large",
        Equation(r"\ell_{\mathrm{published}}-\ell", excess),
        where={
            r"\ell_{\mathrm{published}}": r"$=\lVert p\rVert^2\lVert "
            r"C\rVert_F^2+p_{T-1}^2\mathbf{1}^{\top}C^{\top}C\mathbf{1}"
            r"-2p_T\operatorname{tr}C+d$"
        },
        note="It counts $t=T-1$ twice. Where $p_{T-1}=0$, as at the minimum, the two agree.",
    )
    step.check(
        r"the difference is $\sum_{i,j}(p_{T-1}C_{ij})^2$",
        excess,
        entry_squares([(positional.before, [("C", "i", "j")])], "ij", d).form,
    )
    return excess
