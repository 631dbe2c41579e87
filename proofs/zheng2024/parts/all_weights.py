"""The limit of the unmasked flow among all weights: the second derivative of the loss in blocks, minima and saddles."""

from symicl.algebra import closed_form
from symicl.expectation import BLOCK_KINDS, SKEW, SYMMETRIC, TRIVIAL, Places, at_exchangeable
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_
from symicl.proofs.zheng2024.parts.length_four import every_size_at_four
from symicl.proofs.zheng2024.parts.lengths_from_five import every_size
from symicl.proofs.zheng2024.parts.letters import of, slope
from symicl.proofs.zheng2024.parts.second_order import check_stretched
from symicl.proofs.zheng2024.parts.shortest import shortest_sequences
from symicl.proofs.zheng2024.parts.stability import POINT, loss_of_all, second_variations
from symicl.proofs.zheng2024.setting import N, d
from symicl.statements import Recorder, SecondOrder
from symicl.typeset import Equation

COEFFICIENTS = (alpha, alpha_, beta, beta_)


def all_weights(step: Recorder, four, line, profile, gradient):
    """The second derivative over all A, B at the limit; where it is positive, and where it is not.

    Parameters
    ----------
    step : Recorder
    four : AutoregressiveLoss
        At A = (α − α')I + α'J, B = (β − β')I + β'J.
    line : OneVariable
        Its reduction to p = α'/α.
    profile : Profile
        Its least value for a direction of A.

    gradient : tuple of identities
        On where it vanishes.

    Returns
    -------
    dict
        The corollaries on T = 3.
    """
    loss = loss_of_all()
    over_all(step, loss, four)
    second = in_blocks(step, loss, four)
    reduced = at_exchangeable(loss.closed_form, POINT, d)

    def evidence(signs, cases, identities=gradient):
        return SecondOrder(loss.closed_form, identities, tuple(signs), loss.total, reduced, tuple(cases))

    found = shortest_sequences(step, loss, four, line, second, profile, evidence)

    every_size_at_four(step, second, profile, evidence)
    every_size(step, second, profile, evidence, 5)
    return found


def over_all(step, loss, four):
    """The loss of every A and B, and that it contains the one of four parameters."""
    step(
        "The loss over all real matrices $A$ and $B$",
        *[Equation(rf"P_{{{k}}}", part) for k, part in loss.by_power.items()],
        Equation(r"\varepsilon_2", loss.exceptions.get(2, closed_form(0))),
        r"L=(T-2)P_0+H_{T-2}P_{-1}+H_{T-2}^{(2)}P_{-2}+\varepsilon_2",
        note="The flow of the four parameters only sees directions that permutations of the coordinates leave alone. "
        "Whether its limit is a minimum among all weights is decided by the others, too.",
    )
    step.require(
        r"$t=2$ is the only exceptional time",
        Places((loss.total.summand,), frozenset({2}), frozenset({0, -1, -2})),
        rule="the equations between times, case by case",
    )
    step.check(
        r"$d$ occurs in it, beside the sums over coordinates, in $(T-2)d/2$ alone",
        slope(loss.closed_form, d),
        of(N / 2),
    )
    step.check(
        "at matrices that permutations leave alone this is the loss of four parameters",
        at_exchangeable(loss.closed_form, POINT, d),
        four.closed_form,
    )


def in_blocks(step, loss, four):
    """One block for each irreducible representation of the permutations."""
    found = second_variations(loss.closed_form)
    step(
        r"Its second derivative at such a point falls into one block for each kind of move of $A$ and of $B$",
        r"\text{trivial: }I,\ J-I;\qquad4\times4,\text{ once}",
        r"\text{standard: }\operatorname{diag}(v),\ v\mathbf{1}^{\top},\ \mathbf{1}v^{\top},\quad"
        r"\mathbf{1}^{\top}v=0,\ v^{\top}v=1;\qquad6\times6,\ d-1\text{ times}",
        r"\text{symmetric: }S=S^{\top},\quad S\mathbf{1}=0,\ S_{ii}=0,\ \lVert S\rVert_F=1;\qquad"
        r"2\times2,\ \tfrac{d(d-3)}2\text{ times}",
        r"\text{skew: }K=-K^{\top},\quad K\mathbf{1}=0,\ \lVert K\rVert_F=1;\qquad"
        r"2\times2,\ \tfrac{(d-1)(d-2)}2\text{ times}",
        *[
            Equation(rf"\delta^{{2}}L(z_0{name},z_1{name})", found[kind][1])
            for kind, name in ((SYMMETRIC, "S"), (SKEW, "K"))
        ],
        note=r"The coefficients of $\delta^{2}L$ are polynomials in $\alpha,\alpha',\beta,\beta'$ and $d$; the 21 of "
        r"the standard kind, which decide, are computed like these and take a page. The loss is "
        r"constant along $(cA,B/c)$ for every number $c\neq0$. If the form is positive in all directions "
        "but along this curve, the limit is a local minimum; if it is negative somewhere, a strict saddle.",
        where={
            "v": "is any vector of this kind",
            "S, K": "are any matrices of these kinds",
            r"\delta^{2}L": r"is the second derivative in $\varepsilon$ at $\varepsilon=0$ of the loss at "
            r"$A+\varepsilon\,\delta A$, $B+\varepsilon\,\delta B$",
            r"\varepsilon": "is a real number",
            "z_k": r"are the sizes of the moves $\delta A$ of $A$, and then $\delta B$ of $B$",
        },
    )
    step.axiom(
        "Schur's lemma: a quadratic form that all permutations of the coordinates leave alone does not couple "
        "different irreducible representations, and couples copies of the same one by a number"
    )
    step.check(
        "the moves are all of them: the dimensions times the numbers of copies add up to $d^{2}$",
        sum((of(kind.dimension(d)) * len(kind.copies) for kind in BLOCK_KINDS), closed_form(0)),
        of(d) ** 2,
    )
    sizes, form = found[TRIVIAL]
    pairs = [
        (x, y, of(z) * of(w))
        for x, z in zip(COEFFICIENTS, sizes, strict=True)
        for y, w in zip(COEFFICIENTS, sizes, strict=True)
    ]
    step.check(
        "the trivial block is the second derivative of the loss of four parameters",
        form,
        sum((slope(slope(four.closed_form, x), y) * zw for x, y, zw in pairs), closed_form(0)),
    )
    for sizes, second in found.values():
        check_stretched(step, sizes, second)
    return found
